"""The administration's screens of the catalogue: forms, lists, import."""
