"""Sealed chains: how a row is bound to the one before it, checked, and its tip stated outside (decision 0065)."""
