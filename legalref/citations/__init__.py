"""What texts cite, who cites a document, and how readers see it (decision 0022)."""
