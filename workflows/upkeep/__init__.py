"""What is public stays right: nightly checks, periodic review, what must hold after any fault."""
