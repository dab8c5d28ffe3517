"""RSS 2.0 and Atom of a register: its newest documents, written straight from the rows."""

from email.utils import format_datetime
from xml.sax.saxutils import escape

from django.http import HttpResponse
from django.utils import timezone

from .addresses import short_url

MOST_ITEMS = 20
CONTENT_TYPE = "application/rss+xml; charset=utf-8"
ATOM_TYPE = "application/atom+xml; charset=utf-8"


def documents_feed(page, documents) -> HttpResponse:
    """Return the RSS feed of a register page: the newest published documents, at most 20."""
    address = page.full_url
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>',
        f"<title>{escape(page.title)}</title><link>{escape(address)}</link>",
        f"<description>{escape(page.description())}</description>",
        f"<language>{page.locale.language_code}</language>",
        f'<atom:link href="{escape(address)}rss/" rel="self" type="application/rss+xml"/>',
    ]
    for document in _newest(documents):
        url = f"{address}{document.slug}/"
        parts.append(
            f"<item><title>{escape(document.name)}</title><link>{escape(url)}</link>"
            f"<description>{escape(document.subject)}</description>"
            f"<dc:creator>{escape(document.main_issuer.name)}</dc:creator>"
            f'<guid isPermaLink="true">{escape(url)}</guid>'
            f"<pubDate>{format_datetime(timezone.localtime(document.first_published_at))}</pubDate></item>"
        )
    parts.append("</channel></rss>")
    return HttpResponse("".join(parts), content_type=CONTENT_TYPE)


def documents_atom(page, documents) -> HttpResponse:
    """Return the Atom feed of a register page: the newest published documents, at most 20, with their last change.

    The id of an entry is the document's short address, which stays whatever becomes of its number.
    """
    address, newest = page.full_url, _newest(documents)
    changed = max((document.last_published_at for document in newest), default=page.last_published_at)
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
        f'xml:lang="{page.locale.language_code}">',
        f"<title>{escape(page.title)}</title><id>{escape(address)}</id><updated>{_moment(changed)}</updated>",
        f'<link rel="self" type="application/atom+xml" href="{escape(address)}atom/"/>',
        f'<link rel="alternate" type="text/html" href="{escape(address)}"/>',
    ]
    for document in newest:
        parts.append(
            f"<entry><title>{escape(document.name)}</title><id>{escape(short_url(document))}</id>"
            f'<link rel="alternate" type="text/html" href="{escape(f"{address}{document.slug}/")}"/>'
            f"<summary>{escape(document.subject)}</summary>"
            f"<author><name>{escape(document.main_issuer.name)}</name></author>"
            f'<category term="{document.document_type.slug}" label="{escape(document.document_type.name)}"/>'
            f"<published>{_moment(document.first_published_at)}</published>"
            f"<updated>{_moment(document.last_published_at)}</updated></entry>"
        )
    parts.append("</feed>")
    return HttpResponse("".join(parts), content_type=ATOM_TYPE)


def _newest(documents) -> list:
    return list(
        documents.exclude(slug=None)
        .select_related("document_type", "main_issuer")
        .defer("full_text", "search_text")
        .order_by("-first_published_at", "-pk")[:MOST_ITEMS]
    )


def _moment(moment) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds") if moment else ""
