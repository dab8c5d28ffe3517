"""Walks the screens of the administration as everybody who works there, and reads what they show.

The screens are those of all addresses there are, with the numbers of a ward that has a row of everything
(`tests/isolation/ward.py`). Each request runs in a savepoint that is rolled back.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from http.cookies import SimpleCookie
from unittest import mock

from django.db import transaction
from wagtail.models import Page

from base import views
from base.public.frame import build_frame
from tests.isolation.addresses import Address, Filler, addresses
from tests.isolation.oracle import body_of
from tests.language.catalogues import untranslated_alike
from tests.language.english import english, shown

# How many sets of numbers are tried until a screen opens itself to a person.
MOST_TRIES = 5
# What an address without arguments is asked for besides: a search without a hit, the table to download.
QUERIES = ("", "?q=zq7khongco", "?export=csv")


@dataclass(frozen=True)
class English:
    """A text in which English was found."""

    words: tuple[str, ...]
    text: str
    place: str

    def __str__(self):
        return f"{' '.join(self.words)!r} trong <{self.place}> {self.text[:140]!r}"


@dataclass
class Report:
    """What was looked at by whom, and what of it is English: text → where it was met first."""

    screens: Counter = field(default_factory=Counter)
    patterns: set = field(default_factory=set)
    english: dict = field(default_factory=dict)
    statuses: Counter = field(default_factory=Counter)
    texts: set = field(default_factory=set)

    def as_data(self) -> dict:
        """The report as plain data, to be added up over several processes."""
        return {
            "screens": dict(self.screens),
            "patterns": sorted(self.patterns),
            "statuses": dict(self.statuses),
            "english": {str(found): where for found, where in self.english.items()},
            "texts": len(self.texts),
        }


def english_in(body: bytes, content_type: str, data: re.Pattern | None = None) -> list[English]:
    """Every text of an answer that holds English; see `judged`."""
    return [found for place, text in shown(body, content_type) if (found := judged(place, text, data))]


def judged(place: str, text: str, data: re.Pattern | None = None) -> English | None:
    """One text with what is English in it, or None; what `data` matches are words of people, in whatever language."""
    said = data.sub(" ", text) if data else text
    words = english(said) or untranslated_alike(said)
    return English(words, text, place) if words else None


def english_titles() -> re.Pattern:
    """The titles of pages that are written in English, for the English part of the portal."""
    titles = Page.objects.filter(locale__language_code="en").values_list("title", "draft_title")
    words = sorted({title for both in titles for title in both if title}, key=len, reverse=True)
    return re.compile("|".join(re.escape(title) for title in words) or r"(?!)")


class Walk:
    """Goes through screens as one person after the other."""

    def __init__(self, case, ward, own):
        self.case, self.ward, self.report = case, ward, Report()
        self.filler, self.data = Filler(ward, own), english_titles()

    @cache  # noqa: B019  one walk a run
    def paths(self, address: Address) -> tuple[str, ...]:
        """The paths that one address is asked for by; of those with numbers the first that opens is enough."""
        if address.arguments:
            return tuple(request.path for request in self.filler.requests(address))[:MOST_TRIES]
        plain = re.sub(r"[\^$?\\]|\(.*?\)|\.\*", "", address.pattern)
        return tuple(f"/{plain}{query}" for query in QUERIES)

    def walk(self, role: str, user, wanted: Iterable[Address], methods=("GET",)) -> None:
        """Open each address as `user` (None: somebody not signed in) and read what is shown."""
        client = self.case.client_class(raise_request_exception=False)
        if user is not None:
            client.force_login(user)
        cookies, frames = client.cookies.output(header="", sep=";"), {}

        def frame(page, request, **words):
            key = request.path.split("/")[1], *sorted(words.items())
            if key not in frames:
                frames[key] = build_frame(page, request, **words)
            return frames[key]

        with mock.patch.object(views, "build_frame", frame):
            for address in wanted:
                for method in methods:
                    for path in self.paths(address):
                        client.cookies = SimpleCookie(cookies)
                        opened = self.look(client, role, method, address, path)
                        # A screen with numbers has shown itself; one without them that stays shut has no searches.
                        if opened == bool(address.arguments) or method == "POST" and not address.arguments:
                            break

    def read_public(self) -> None:
        """Read every Vietnamese public page, list and search on the city's host, as readers get it."""
        client = self.case.client_class(raise_request_exception=False)
        paths = {request.path: request.address for request in self.filler.public() if request.host == "localhost"}
        for path, address in paths.items():
            # English pages, and what only programs read.
            if not path.startswith(("/en/", "/api/", "/.well-known/", "/robots.txt", "/readyz")):
                self.look(client, "reader", "GET", address, path)

    def look(self, client, role, method, address, path) -> bool:
        """Send one request and read the answer; tell whether the screen opened."""
        with transaction.atomic():
            response = client.post(path, {"wrong": "x"}) if method == "POST" else client.get(path)
            body = body_of(response)
            transaction.set_rollback(True)
        self.report.statuses[response.status_code] += 1
        is_open = response.status_code == 200
        kind = response.headers.get("Content-Type", "")
        if response.status_code >= 500:
            self.report.english.setdefault(English(("lỗi máy chủ",), path, method), role)
        if not is_open and (not kind.startswith("text/html") or b"<" not in body):
            # What an interface tells a program about a wrong question reaches no screen.
            return False
        if is_open:
            self.report.screens[role] += 1
            self.report.patterns.add(address.pattern)
        for place, text in shown(body, kind):
            if text in self.report.texts:
                continue
            self.report.texts.add(text)
            if found := judged(place, text, self.data):
                self.report.english.setdefault(found, f"{role} {method} {path} ({response.status_code})")
        return is_open


def admin_addresses() -> list[Address]:
    """Every address of the administration, once."""
    return list({address.pattern: address for address in addresses() if address.is_admin}.values())


def everybody(case, ward) -> dict:
    """Role → person: the cast, the ward's own people, one of another ward, one without a role, and a stranger."""
    cast = case.cast
    return {
        "superuser": cast.superuser,
        "head": cast.head,
        "deputy_head": cast.deputy,
        "editor": cast.editor,
        "standing_office": cast.standing_office,
        "technical_admin": cast.technical_admin,
        "accountant": cast.accountant,
        "contributor": ward.people["contributor"],
        "unit_head": ward.people["unit_head"],
        "ward_approver": ward.people["ward_approver"],
        "other_ward": cast.contributor,
        "entry_only": case.roles["entry_only"],
        "anonymous": None,
    }
