"""The names of laws, and how far one goes in running text: the longest known name wins.

No grammar tells that "Luật Thi đua, khen thưởng" is one name and "Luật Đầu tư, Luật Đất đai" are two, or that "Luật
Chuyển đổi số" does not end before "số". `law_names.txt` holds the names of laws, codes and ordinances as the codified
law prints them (Bộ pháp điển điện tử, phapdien.moj.gov.vn) and of those passed since, one a line; the register adds its
own.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from vietnam.text import fold

_TOKEN = re.compile(r"\w+|,")
# Letters that are looked at after "Luật": the longest name has some 160.
REACH = 260


class LawNames:
    """A set of names, asked for the longest that begins at a place of a text."""

    def __init__(self, names: Iterable[str]):
        self._keys = {tuple(_TOKEN.findall(fold(name))): name for name in names if name}
        # People leave the commas out.
        self._keys |= {
            tuple(word for word in key if word != ","): name for key, name in self._keys.items()
        } | self._keys
        self._longest = max(map(len, self._keys), default=0)

    def __contains__(self, name: str) -> bool:
        return tuple(_TOKEN.findall(fold(name))) in self._keys

    def with_commas(self, name: str) -> str:
        """Return a name as it is printed where only commas were left out: "Thi đua, khen thưởng"; else as it stands."""
        printed = self._keys.get(tuple(_TOKEN.findall(fold(name))), name)
        return printed if printed.count(",") > name.count(",") else name

    def end_at(self, text: str, place: int) -> int | None:
        """Return where the longest known name ends that begins at `place` (after white space), or None.

        Case and marks are not looked at. A line break or a comma may stand inside; another sign ends the name.

        >>> LawNames(["Thi đua, khen thưởng"]).end_at("Luật Thi đua, khen thưởng và", 4)
        25
        """
        keys: list[str] = []
        ends: list[int] = []
        last = place
        for token in _TOKEN.finditer(text, place, place + REACH):
            if text[last : token.start()].strip(" \n") or len(keys) == self._longest:
                break
            keys.append(fold(token[0]))
            ends.append(token.end())
            last = token.end()
        for count in range(len(keys), 0, -1):
            if tuple(keys[:count]) in self._keys and not (ends[count - 1] < len(text) and text[ends[count - 1]] == "/"):
                return ends[count - 1]
        return None


def known_names() -> tuple[str, ...]:
    """Return the names of `law_names.txt`."""
    return tuple((Path(__file__).parent / "law_names.txt").read_text(encoding="utf-8").split("\n"))


@lru_cache(4)
def with_known(more: tuple[str, ...]) -> LawNames:
    """Return the known names with some more; kept for the last few."""
    return LawNames((*known_names(), *more))
