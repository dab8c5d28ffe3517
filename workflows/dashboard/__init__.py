"""What waits for a person: the work queue, what this room puts into it, the two screens."""
