"""A feed in Atom, written straight from rows: no page object is built and no template rendered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from ..index.removals import Removal

MOST_ENTRIES = 20
CONTENT_TYPE = "application/atom+xml; charset=utf-8"
NAMESPACES = 'xmlns="http://www.w3.org/2005/Atom" xmlns:at="http://purl.org/atompub/tombstones/1.0"'
CORRECTED = "dinh-chinh"


@dataclass(frozen=True)
class Source:
    """The feed of another site that an entry comes from: its id and its title."""

    key: str
    title: str


@dataclass(frozen=True)
class Entry:
    """One thing in a feed. `key`: its id (an address or URN), the same whatever becomes of its title and address.

    `corrections`: (day, text) each, the oldest first; `category`: (term, label) or None;
    `source`: of what is shown here and published elsewhere.
    """

    key: str
    title: str
    url: str
    published_at: datetime | None
    updated_at: datetime | None
    summary: str = ""
    author: str = ""
    corrections: Sequence[tuple] = ()
    category: tuple[str, str] | None = None
    source: Source | None = None


@dataclass(frozen=True)
class Feed:
    """What a feed says of itself. `url`: the page that shows the list; `own_url`: that of the feed, which is its id."""

    title: str
    url: str
    own_url: str
    language: str
    author: str
    since: datetime | None = None


def urn_of(translation_key) -> str:
    """Return the id of a page in feeds, which its translations share."""
    return f"urn:uuid:{translation_key}"


def respond(feed: Feed, entries: Iterable[Entry], removed: Iterable[tuple[str, datetime]] = ()) -> HttpResponse:
    """Answer a feed. `removed`: (id, moment) of what went, without a title."""
    entries, removed = list(entries), list(removed)
    moments = [entry.updated_at or entry.published_at for entry in entries] + [moment for _key, moment in removed]
    updated = max((moment for moment in moments if moment), default=feed.since or timezone.now())
    parts = [
        f'<?xml version="1.0" encoding="utf-8"?>\n<feed {NAMESPACES} xml:lang={quoteattr(feed.language)}>',
        f"<title>{escape(feed.title)}</title><id>{escape(feed.own_url)}</id><updated>{_moment(updated)}</updated>",
        f"<author><name>{escape(feed.author)}</name></author>",
        f'<link rel="self" type="application/atom+xml" href={quoteattr(feed.own_url)}/>',
        f'<link rel="alternate" type="text/html" href={quoteattr(feed.url)}/>',
        *(_entry(entry) for entry in entries),
        *(f"<at:deleted-entry ref={quoteattr(key)} when={quoteattr(_moment(moment))}/>" for key, moment in removed),
        "</feed>",
    ]
    return HttpResponse("".join(parts), content_type=CONTENT_TYPE)


def marks_of(removals: Iterable[Removal]) -> list[tuple[str, datetime]]:
    """Return what `respond` wants of pages that went."""
    return [(urn_of(one.translation_key), one.removed_at) for one in removals]


def _entry(entry: Entry) -> str:
    published, updated = entry.published_at, entry.updated_at or entry.published_at
    notes = [
        _("Đính chính ngày %(day)s: %(note)s") % {"day": f"{day:%d/%m/%Y}", "note": note}
        for day, note in entry.corrections
    ]
    summary = "\n".join(filter(None, [entry.summary, *notes]))
    categories = [entry.category] if entry.category else []
    categories += [(CORRECTED, _("Đính chính"))] if notes else []
    return "".join(
        [
            f"<entry><title>{escape(entry.title)}</title><id>{escape(entry.key)}</id>",
            f'<link rel="alternate" type="text/html" href={quoteattr(entry.url)}/>' if entry.url else "",
            f"<summary>{escape(summary)}</summary>" if summary else "",
            f"<author><name>{escape(entry.author)}</name></author>" if entry.author else "",
            *(f"<category term={quoteattr(term)} label={quoteattr(label)}/>" for term, label in categories),
            _source(entry.source, updated) if entry.source else "",
            f"<published>{_moment(published)}</published>" if published else "",
            f"<updated>{_moment(updated)}</updated></entry>",
        ]
    )


def _source(source: Source, updated: datetime) -> str:
    return (
        f"<source><id>{escape(source.key)}</id><title>{escape(source.title)}</title>"
        f"<updated>{_moment(updated)}</updated></source>"
    )


def _moment(moment: datetime) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds")
