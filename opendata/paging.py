"""The one way of paging: an answer names the address of the next page, whose cursor is the place of the last row."""

import base64
import binascii
from datetime import UTC, datetime

from .reading.asked import Place

LONGEST_CURSOR = 120
_BETWEEN = "~"


def cursor_of(place: Place) -> str:
    """Return a place as an address has it."""
    moment = place.moment.isoformat() if place.moment is not None else ""
    return base64.urlsafe_b64encode(f"{moment}{_BETWEEN}{place.key}".encode()).decode().rstrip("=")


def place_of(cursor: str) -> Place:
    """Return the place that a cursor names. Raises ValueError or OverflowError for what is none."""
    if len(cursor) > LONGEST_CURSOR:
        raise ValueError(cursor)
    try:
        written = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, UnicodeError):
        raise ValueError(cursor) from None
    moment, between, key = written.partition(_BETWEEN)
    if not between or not key.isprintable():
        raise ValueError(cursor)
    parsed = datetime.fromisoformat(moment) if moment else None
    if parsed is not None and parsed.tzinfo is None:
        raise ValueError(cursor)
    # In UTC, as the database compares them; OverflowError for one at the end of time.
    parsed = parsed and parsed.astimezone(UTC)
    return Place(parsed, int(key) if key.isascii() and key.isdigit() else key)
