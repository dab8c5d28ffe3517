"""What single words of a citation say: a number, a type, a day, an office."""

import re
import unicodedata
from datetime import date
from functools import lru_cache

from vietnam import document_numbers
from vietnam.dates import parse_vn
from vietnam.document_numbers import DocumentNumber

from . import patterns


def initials(name: str) -> str:
    """Return the first letters of a name, as people shorten it: "Công nghệ thông tin" -> "CNTT"."""
    return "".join(word[0].upper() for word in re.findall(r"[^\W\d_]+", unicodedata.normalize("NFC", name)))


def one_line(text: str) -> str:
    return " ".join(text.split())


@lru_cache(1024)
def parsed(symbol: str, type_name: str) -> DocumentNumber | None:
    # Joint circulars of the time before 2015 part their issuers by strokes.
    stem, joint, issuers = symbol.partition("LT/")
    symbol = f"{stem}LT-{issuers}" if joint else symbol
    if joint or "LT-" in symbol:
        stem, joint, issuers = symbol.partition("LT-")
        symbol = stem + joint + issuers.replace("/", "-")
    try:
        return document_numbers.parse(symbol, type_name)
    except ValueError:
        return None


def whole_name(word: str) -> str:
    """The name of a type that is written in letters, where there is just one: "NĐ" -> "Nghị định"."""
    known = document_numbers.types_with(word)
    return known[0].name if len(known) == 1 else word


def begins_like_a_name(name: str) -> bool:
    return name[0].isupper() or name.startswith("sửa đổi")


def day_in(written: str) -> date | None:
    words = one_line(written)
    try:
        return parse_vn(words if "tháng" in words else words.removeprefix("ngày").strip())
    except ValueError:
        return None


def speaks_for_itself(number: DocumentNumber) -> bool:
    """Tell whether a symbol is one without a word that says so: its letters are known."""
    if number.layout == document_numbers.PARTY:
        return True
    first = number.issuers[0] if number.issuers else ""
    if number.layout == document_numbers.DASH:
        return first == "HĐBT"
    if number.type_abbr or re.fullmatch(r"(?:QH|UBTVQH)\d{1,2}", first):
        return True
    return first in document_numbers.KNOWN_ISSUERS and len(number.issuers) > 1 and number.issuers[1].isupper()


def type_of(number: DocumentNumber, word: str) -> tuple[str, bool]:
    """The name of the type, by the word before the number and by its letters, and whether they differ."""
    likely = [found.name for found in number.types]
    named = document_numbers.type_named(word) if word else None
    if named is None and word:
        by_letters = document_numbers.types_with(word)
        named = by_letters[0] if by_letters else None
    if named is not None:
        return named.name, bool(likely) and named.name not in likely
    return (likely[0] if len(likely) == 1 else ""), False


def office_of(leader: str) -> str:
    for rule, office in patterns.LEADERS:
        if rule.match(leader):
            return rule.sub(office, leader)
    return leader
