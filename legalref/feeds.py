"""RSS 2.0 of a register: its newest documents, written straight from the rows."""

from email.utils import format_datetime
from xml.sax.saxutils import escape

from django.http import HttpResponse
from django.utils import timezone

MOST_ITEMS = 20
CONTENT_TYPE = "application/rss+xml; charset=utf-8"


def documents_feed(page, documents) -> HttpResponse:
    """Return the feed of a register page: the newest published documents, at most 20."""
    address = page.full_url
    newest = list(
        documents.exclude(slug=None)
        .select_related("document_type", "main_issuer")
        .defer("full_text", "search_text")
        .order_by("-first_published_at", "-pk")[:MOST_ITEMS]
    )
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>',
        f"<title>{escape(page.title)}</title><link>{escape(address)}</link>",
        f"<description>{escape(page.description())}</description>",
        f"<language>{page.locale.language_code}</language>",
        f'<atom:link href="{escape(address)}rss/" rel="self" type="application/rss+xml"/>',
    ]
    for document in newest:
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
