"""RSS 2.0 and Atom of a register: its newest documents, written straight from the rows."""

from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape

from django.http import HttpResponse
from django.utils import timezone

from base.public.feeds import atom
from base.public.feeds.atom import Entry, Feed
from base.public.index import removals
from base.queries import sql

from .addresses import DOCUMENT_TYPE, address_of, short_url

MOST_ITEMS = 20
CONTENT_TYPE = "application/rss+xml; charset=utf-8"


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
    """Return the Atom feed of a register page: what was published or changed last, at most 20, and what went.

    The id of an entry is the document's short address, which stays whatever becomes of its number.
    """
    address, site = page.full_url, page.portal_site
    own_url, language = f"{address}atom/", page.locale.language_code
    feed = Feed(page.title, address, own_url, language, site.name, since=page.last_published_at)
    entries = [
        Entry(
            key=short_url(document),
            title=document.name,
            url=f"{address}{document.slug}/",
            published_at=document.first_published_at,
            updated_at=document.last_published_at,
            summary=document.subject,
            author=document.main_issuer.name,
            category=(document.document_type.slug, document.document_type.name),
        )
        for document in _newest(documents, "-last_published_at")
    ]
    return atom.respond(feed, entries, _gone(site))


def _gone(site) -> list[tuple[str, datetime]]:
    """Return (short address, moment) of the documents of a site that went last and are not public again."""
    rows = removals.gone_of("r.kind = %s AND r.site_id = %s", [DOCUMENT_TYPE, site.pk], atom.MOST_ENTRIES)
    moments = {int(row.key.partition(":")[2]): row.removed_at for row in rows}
    again = sql.read(
        f"SELECT document_id FROM legalref_registerentry WHERE document_id IN {sql.places(list(moments))}",
        list(moments),
    )
    public = {key for (key,) in again}
    return [(address_of(key), moment) for key, moment in moments.items() if key not in public]


def _newest(documents, order: str = "-first_published_at") -> list:
    return list(
        documents.exclude(slug=None)
        .select_related("document_type", "main_issuer")
        .defer("full_text", "search_text")
        .order_by(order, "-pk")[:MOST_ITEMS]
    )
