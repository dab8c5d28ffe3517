"""The text as it is read: composed letters with plain spaces and hyphens, each with its place in the original."""

import re
import unicodedata
from collections.abc import Iterator

from vietnam.text import LOOK_ALIKES

BREAK = "\x00"
_SPACES = dict.fromkeys(
    map(
        ord,
        "\t\r\f\v\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
        "\u200a\u202f\u205f\u3000\u2028\u0085",
    ),
    " ",
)
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-")
_SAME_LENGTH = str.maketrans(LOOK_ALIKES) | _SPACES | _HYPHENS | {0x2029: "\n", 0: " "}
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
_EMPTY_LINE = re.compile(r"\n[ \n]*\n")


def as_read(text: str) -> tuple[str, list[int] | None]:
    """Return the text as it is read, and the place of each of its letters in the original (None: the same places)."""
    if unicodedata.is_normalized("NFC", text) and _INVISIBLE.isdisjoint(text):
        plain, places = text, None
    else:
        letters, places = [], []
        for place, end in _clusters(text):
            for letter in unicodedata.normalize("NFC", text[place:end]):
                if letter not in _INVISIBLE:
                    letters.append(letter)
                    places.append(place)
        places.append(len(text))
        plain = "".join(letters)
    plain = plain.translate(_SAME_LENGTH)
    return _EMPTY_LINE.sub(lambda match: BREAK * len(match[0]), plain), places


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Yield each letter with its marks as (start, end)."""
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or not unicodedata.combining(text[place]):
            yield start, place
            start = place
