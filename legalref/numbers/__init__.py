"""Number books: numbers taken in order, never twice."""
