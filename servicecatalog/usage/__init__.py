"""How services are used, counted without anybody (decision 0040), and how satisfied people are."""
