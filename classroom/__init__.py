"""What a teacher runs: collect what a class handed in, judge it in confinement, and tell what came out."""
