"""What a reader yields of an old portal: one row a page, plain values, nothing of it believed yet."""

from dataclasses import dataclass, field
from datetime import datetime


class Unreadable(ValueError):
    """An export that cannot be read; the message says what is wrong and what to do."""


@dataclass
class OldPage:
    """One page as the old portal had it.

    key: what tells it from the others of its export ("wp:12"). html: its text as the old portal stored it. addresses:
    its paths with query, the usual one first ("/tin-tuc/bai-12.html"); an address with a host is one, too.
    published_at: with its zone, None where the export says nothing. lead_picture, files: addresses as they are in the
    export; files are (address, name). left: why it is no page that moves ("bản nháp"), "" for one that does.
    problem: why it cannot be read. lost: (name of a fact in `report.SENTENCES`, what it is about) of what the reader
    left out.
    """

    key: str
    title: str = ""
    html: str = ""
    addresses: list[str] = field(default_factory=list)
    category: str = ""
    author: str = ""
    source: str = ""
    summary: str = ""
    published_at: datetime | None = None
    lead_picture: str = ""
    lead_alt: str = ""
    files: list[tuple[str, str]] = field(default_factory=list)
    left: str = ""
    problem: str = ""
    lost: list[tuple[str, str]] = field(default_factory=list)
