"""Commands of following by mail."""
