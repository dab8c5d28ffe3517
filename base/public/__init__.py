"""What every public page shares: the frame, the cache of pages, addresses, charts, the APIs."""
