"""What one entry of the journal says went, and whether a cached answer still shows or names it.

A page is known by its address, in each spelling that an answer may hold: within its own site, with a host, escaped for
a query. A title counts only when it is telling (`noting.py`), or every page with the word "Giới thiệu" would go.
"""

import html
import json
import re
from dataclasses import dataclass, field
from urllib.parse import quote

# What an entry says of itself: a page that went; a whole site that closed; an address whose older text must not come
# back; words that went from pages that stay; a page that is public again.
KINDS = frozenset({"gone", "closed", "replaced", "words", "back"})
FOLDED_CALENDAR = b"BEGIN:VCALENDAR"


@dataclass
class Removal:
    """One entry.

    `places`: (host without port, path). `words`: found wherever they stand. `titles`: found in each escaped form.
    `hosts`: every host that a site has; another one shows the pages of `default_host`. `things`: (label, key) of what
    went; `facts`: by whom and why, for `replay_gone`; `origin`: (machine, number) where another one noted it;
    `is_untitled`: it is so old that its titles were purged, and touches every copy that is older.
    """

    number: int
    at: int
    kind: str
    places: list[tuple[str, str]]
    words: list[str]
    titles: list[str]
    hosts: frozenset[str]
    default_host: str
    things: list[tuple[str, str]]
    facts: dict
    origin: tuple
    is_untitled: bool = False
    _needles: list[bytes] = field(default_factory=list)
    _patterns: dict = field(default_factory=dict)

    @classmethod
    def read(cls, entry: dict) -> "Removal":
        """Return the entry of a file. Raises KeyError, TypeError or ValueError for what is none."""
        if entry["kind"] not in KINDS:
            raise ValueError(entry["kind"])
        removal = cls(
            number=int(entry["number"]),
            at=int(entry["at"]),
            kind=entry["kind"],
            places=[(str(host), str(path)) for host, path in entry.get("places", [])],
            words=[str(word) for word in entry.get("words", [])],
            titles=[str(title) for title in entry.get("titles", [])],
            hosts=frozenset(entry.get("hosts", [])),
            default_host=str(entry.get("default_host", "")),
            things=[(str(label), str(key)) for label, key in entry.get("things", [])],
            facts=dict(entry.get("facts", {})),
            origin=tuple(entry.get("origin", ())),
            is_untitled=bool(entry.get("untitled")),
        )
        forms = {form for word in removal.words for form in (word, quote(word, safe=""))}
        forms |= {form for title in removal.titles for form in _forms(title)}
        removal._needles = sorted({form.encode() for form in forms if form})
        return removal

    def keys(self) -> set[tuple[str, str]]:
        """The places, and once more under no host those of the city's pages."""
        return {*self.places, *(("", path) for host, path in self.places if host == self.default_host)}

    def touches(self, host: str, path: str, body: bytes) -> bool:
        """Tell whether the answer at an address shows or names what went; `body` plain."""
        if self.kind == "back":
            return False
        if self.is_untitled:
            return True
        host = bare_host(host)
        host = host if host in self.hosts else self.default_host
        if self.kind == "replaced":
            return (host, path) in self.places
        if any(host == of and path.startswith(begin) for of, begin in self.places):
            return True
        if self.kind == "closed":
            return False
        if body.startswith(FOLDED_CALENDAR):
            body = body.replace(b"\r\n ", b"")
        if any(needle in body for needle in self._needles):
            return True
        return any(self._is_named(of, begin, host, body) for of, begin in self.places)

    def _is_named(self, of: str, path: str, host: str, body: bytes) -> bool:
        plain, escaped = path.encode(), quote(path, safe="").encode()
        # Nearly every answer ends here: a search for bytes costs less than an expression.
        if plain not in body and escaped not in body:
            return False
        pattern = self._patterns.get((of, path, of == host))
        if pattern is None:
            pattern = self._patterns[of, path, of == host] = _pattern(of, plain, escaped, of == host)
        return pattern.search(body) is not None


def bare_host(host: str) -> str:
    """Return a host as entries name it: small letters, no port, no dot at the end.

    >>> bare_host("Longxuyen.example.:8000")
    'longxuyen.example'
    """
    return host.partition(":")[0].lower().rstrip(".")


def _pattern(host: str, plain: bytes, escaped: bytes, is_own: bool) -> re.Pattern:
    """The address with its host, and without when the answer is of the same host."""
    name = re.escape(host.encode())
    spellings = [
        rb"//%s(?::\d+)?%s" % (name, re.escape(plain)),
        rb"%%2F%%2F%s(?:%%3A\d+)?%s" % (name, re.escape(escaped)),
    ]
    if is_own:
        spellings += [rb"(?<![\w.:%%/-])%s" % re.escape(plain), rb"(?<![\w.:%%-])%s" % re.escape(escaped)]
    return re.compile(b"|".join(spellings), re.IGNORECASE)


def _forms(title: str) -> set[str]:
    """A title as HTML, XML, JSON, a script's data and a calendar write it."""
    escaped = html.escape(title)
    in_json = json.dumps(title, ensure_ascii=False)[1:-1]
    in_script = in_json.replace("&", "\\u0026").replace("<", "\\u003C").replace(">", "\\u003E")
    in_calendar = title.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    return {
        title,
        escaped,
        html.escape(escaped),
        html.escape(title, quote=False),
        in_json,
        in_script,
        json.dumps(title)[1:-1],
        in_calendar,
    }
