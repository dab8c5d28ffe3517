"""What is cached of an answer: its variants by encoding, and its generations."""

import gzip
from hashlib import blake2b
from typing import NamedTuple

import brotli

from .marks import INTERNAL_PREFIX

# For the web server in front: a page taken down (Quy chế Điều 21) must leave every cache at once.
SHARED_SECONDS = 1
SMALLEST_COMPRESSED = 500
OVERHEAD_BYTES = 3000
# Made anew for the variant kept, or meaningful on one connection only.
DROPPED_HEADERS = frozenset("content-length etag vary cache-control expires date server connection keep-alive".split())
COMPRESSIBLE = (
    "text/",
    "application/json",
    "application/ld+json",
    "application/xml",
    "application/rss",
    "application/atom",
    "image/svg",
)

# How many readers of a page that stays as it was weigh as much as one of a page that changes show on.
OF_CHANGING = 8.0
CHEAPEST_SECONDS = 0.005
STAYS, MAY_CHANGE, DID_CHANGE = range(3)

PLAIN, GZIP, BROTLI = 0, 1, 2
VARIANT_OF = {"": PLAIN, "gzip": GZIP, "br": BROTLI}
# The counter of the journal (`base/public/gone/`) where there is no journal.
NOTHING_GONE = bytes(8)
# No copy has it: neither the database nor the other machines were heard for long.
UNKNOWN = b"\xff" * 8


class Generation(NamedTuple):
    """A site's generation as this worker knows it."""

    value: int
    urgent: int


NEVER_RAISED = Generation(0, 0)


class Answer:
    """One variant of a copy, ready to send."""

    __slots__ = ("body", "etag", "headers", "headers_of_304")

    def __init__(self, body: bytes, etag: str, headers: list, headers_of_304: list):
        self.body = body
        self.etag = etag
        self.headers = headers
        self.headers_of_304 = headers_of_304


class Copy:
    """A cached response: its variants by accepted encodings, its generations, when it expires.

    `stamp`: the counter of the journal up to which it shows nothing that went. `cost`: seconds of processor in which it
    was made. `changes`: whether it is likely to be another one after the next change of its sites: DID_CHANGE after the
    last one, MAY_CHANGE after the one before (a front page stays as it was when a page goes that it did not show), else
    STAYS; None where there was no change yet.
    """

    __slots__ = (
        "answers",
        "changes",
        "conditional",
        "cost",
        "expires",
        "generations",
        "seen",
        "size",
        "stamp",
        "status",
        "used",
    )

    def __init__(self, status, conditional, answers, generations, seen, stamp, expires, size, used):
        self.status = status
        self.conditional = conditional
        self.answers = answers
        self.generations = generations
        self.seen = seen
        self.stamp = stamp
        self.expires = expires
        self.size = size
        self.used = used
        self.cost = 0.0
        self.changes = None

    @property
    def worth(self) -> float:
        """What a reader gains when it is made anew: more where changes show, and where that is soon done."""
        return (OF_CHANGING if self.changes else 1.0) / max(self.cost, CHEAPEST_SECONDS)

    def note_making(self, seconds: float, old: "Copy | None") -> None:
        """Note in how many seconds of processor it was made, in place of an older one."""
        self.cost = seconds
        if old is not None and old.generations != self.generations:
            is_other = old.answers[PLAIN].body != self.answers[PLAIN].body
            self.changes = DID_CHANGE if is_other else MAY_CHANGE if old.changes == DID_CHANGE else STAYS
        elif old is not None:
            self.changes = old.changes


class Route:
    """A path known to be public: the parameters it declares, how many of its variants are kept."""

    __slots__ = ("params", "variants")

    def __init__(self, params: frozenset):
        self.params = params
        self.variants = 0


class Started:
    """The `start_response` given to Django: keeps what it says."""

    __slots__ = ("headers", "status")

    def __init__(self):
        self.status = None
        self.headers = []

    def __call__(self, status, headers, exc_info=None):
        self.status = status
        self.headers = headers


def copy_of(
    started: Started,
    body: bytes,
    old: Copy | None,
    borne: tuple,
    sites,
    now: float,
    lifetime: int,
    *,
    is_plain_address: bool = True,
) -> Copy:
    """Return the copy with its variants; an unchanged page takes its compressed bodies from the old one.

    `borne`: (generations, counter of the journal). `is_plain_address`: the address has no query. Of one that has,
    caches in front keep nothing: there are endlessly many, and our own memory has a bound.
    """
    snapshot, stamp = borne
    headers = [
        pair
        for pair in started.headers
        if pair[0].lower() not in DROPPED_HEADERS and not pair[0].startswith(INTERNAL_PREFIX)
    ]
    content_type = next((value for name, value in headers if name.lower() == "content-type"), "")
    headers.append(("Vary", "Accept-Encoding"))
    who = f"public, max-age=0, s-maxage={SHARED_SECONDS}" if is_plain_address else "private, max-age=0"
    headers.append(("Cache-Control", f"{who}, must-revalidate"))
    conditional = started.status.startswith("200")
    tag = blake2b(body, digest_size=12).hexdigest()
    unchanged = old is not None and old.answers[PLAIN].body == body and len(set(old.answers)) > 1
    compressible = len(body) >= SMALLEST_COMPRESSED and content_type.startswith(COMPRESSIBLE)

    def answer(variant: bytes, encoding: str) -> Answer:
        etag = f'"{tag}.{encoding}"' if encoding else f'"{tag}"'
        own = [("ETag", etag)] if conditional else []
        length = [("Content-Length", str(len(variant)))]
        coded = [("Content-Encoding", encoding)] if encoding else []
        of_304 = [pair for pair in headers if pair[0] in ("Cache-Control", "Vary")] + own
        return Answer(variant, etag if conditional else "", [*headers, *own, *length, *coded], of_304)

    plain = answer(body, "")
    zipped = brotlied = plain
    if compressible:
        if unchanged:
            zipped = answer(old.answers[GZIP].body, "gzip")
            brotlied = answer(old.answers[BROTLI].body, "br")
        else:
            zipped = answer(gzip.compress(body, 6, mtime=0), "gzip")
            brotlied = answer(brotli.compress(body, quality=5), "br")
    size = OVERHEAD_BYTES + sum(len(variant.body) for variant in {plain, zipped, brotlied})
    generations = tuple((site, tuple(snapshot.get(site, NEVER_RAISED))) for site in sites)
    answers = (plain, zipped, brotlied)
    return Copy(started.status, conditional, answers, generations, snapshot, stamp, now + lifetime, size, now)


def not_for_others(headers: list) -> list:
    """Return the headers of a cached answer, changed so that the web server in front does not keep it."""
    return [
        (name, "private, max-age=0, must-revalidate") if name == "Cache-Control" else (name, value)
        for name, value in headers
    ]
