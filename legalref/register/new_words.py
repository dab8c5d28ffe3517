"""What an amending document says of a provision that it amends: the passage that names it, with the words it quotes.

A citation is compared unit by unit, so that "khoản 1 Điều 2" is not found in "khoản 1 Điều 21". What is named in no
passage, or in several, is not shown: the reader opens the document instead.
"""

import re
from collections.abc import Iterable

from vietnam import text as written

from ..models.provision import Provision

MOST_LINES = 40
_UNIT = r"(?:điểm\s+(?P<point>[a-zđ])\b\s*,?\s*)?(?:khoản\s+(?P<clause>\d+[a-zđ]?)\b\s*,?\s*)?"
_CITED = re.compile(rf"{_UNIT}điều\s+(?P<article>\d+[a-zđ]?)\b", re.IGNORECASE)
_AMENDS = re.compile(r"sửa đổi|bổ sung|thay thế|thay cụm từ", re.IGNORECASE)


def passage(label: str, provisions: Iterable[Provision]) -> list[str]:
    """Return the lines of an amending document about a provision; none when it is named nowhere, or in several places.

    `label`: as a relation names it, "khoản 1 Điều 2". The first line names it; after it comes what is quoted.
    """
    wanted = _named(label)
    if not wanted:
        return []
    found = []
    for provision in provisions:
        lines = [line for line in (provision.heading, *provision.text.split("\n")) if line.strip()]
        for place, line in enumerate(lines):
            if _AMENDS.search(line) and wanted & _named(line):
                found.append(_from(lines, place))
    return found[0] if len(found) == 1 else []


def _named(line: str) -> set[tuple]:
    """Return the provisions that a line names, each as (article, clause, point)."""
    plain = written.nfc(line).lower()
    return {(match["article"], match["clause"], match["point"]) for match in _CITED.finditer(plain)}


def _from(lines: list[str], place: int) -> list[str]:
    """Return a line with what it quotes on the lines after it, to the end of the quotation."""
    taken, depth, was_open = [], 0, False
    for line in lines[place : place + MOST_LINES]:
        if taken and not depth and (was_open or not line.lstrip().startswith(("“", '"'))):
            break
        taken.append(line)
        depth += line.count("“") - line.count("”")
        was_open = was_open or "“" in line
    return taken
