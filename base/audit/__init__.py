"""The audit trail: what is written down, how it is sealed, checked, mirrored and read (decision 0016)."""
