"""The administration's screens of the search."""
