"""The asker's side: the form, its files between the steps, tracking."""
