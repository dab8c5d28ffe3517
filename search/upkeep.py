"""The periodic work of the search: words of public things counted again, rare searches deleted."""

from datetime import datetime

from . import known_words, searched


def tend(on: datetime) -> int:
    """Count the words again that public things are called by, and purge what was searched; return how many rows went
    or changed. A job."""
    return known_words.count_anew(on=on) + searched.purge(on=on)
