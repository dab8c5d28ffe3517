"""The register as readers and programs see it: its index, list, document pages, feeds, API."""
