"""How services are used (counted by `base/usage/`) and how satisfied people are: figures, pages, the way out."""
