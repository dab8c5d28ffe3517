"""How services are used (counted by `base/public/usage/`) and how satisfied people are: figures, pages, the way out."""
