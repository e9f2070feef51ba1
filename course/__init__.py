"""The command of the course: python3 -m course."""
