"""The Flask apps that the lessons talk to: well-behaved ones, and broken ones to repair."""
