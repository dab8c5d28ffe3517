"""Polls: a press is counted once a visitor and day, without a cookie or a trace of who pressed (`voting.py`)."""
