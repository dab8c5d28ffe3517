"""`base` is safe for production by itself; `dev`, `test` and `production` only add to it."""
