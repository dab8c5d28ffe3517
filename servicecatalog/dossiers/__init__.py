"""Dossiers: updates come in, what follows from them goes out (decision 0039)."""
