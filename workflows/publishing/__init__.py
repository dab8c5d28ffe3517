"""To the public page and away from it: approval, take-down, order, files, shared records, later hours."""
