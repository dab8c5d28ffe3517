"""Queries that cost little: written SQL, and query sets that are compiled once."""
