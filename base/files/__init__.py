"""Pictures and files: what may be uploaded, how it is scanned and stored, who gets it (decision 0017)."""
