"""RSS 2.0 of a section and of a whole site: the newest live items, written straight from the database rows.

No page object is built and no template rendered, so that a feed read every few minutes by many readers stays
cheap.
"""

import json
from collections.abc import Iterable
from xml.sax.saxutils import escape

from django.http import HttpResponse
from django.utils import timezone

from base.public.feeds.lists import BELOW_PUBLIC, summary_of
from base.queries import sql
from base.sites import site_of

MOST_ITEMS = 20
CONTENT_TYPE = "application/rss+xml; charset=utf-8"
DAYS, MONTHS = "Mon Tue Wed Thu Fri Sat Sun".split(), "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
COLUMNS = ("title", "url_path", "summary", "author_name", "first_published_at", "translation_key")


def section_feed(page, request=None) -> HttpResponse:
    """Return the feed of a section index: its newest items, at most 20."""
    kinds = page.item_types
    rows = _newest(f"i.section_id = %s AND i.kind IN {sql.places(kinds)}", [page.pk, *kinds])
    return write(page, page.feed_title, rows, f"{page.full_url}rss/")


def site_feed(home, request=None) -> HttpResponse:
    """Return the feed of the site whose home page is `home`, in its language, without its component sites."""
    site = site_of(home)
    rows = []
    if site is not None:
        rows = _newest(
            f"i.site_id = %s AND i.language = %s AND i.in_feed AND {BELOW_PUBLIC}", [site.pk, home.locale.language_code]
        )
    return write(home, site.name if site else home.title, rows, f"{home.full_url}rss/")


def _newest(condition: str, parameters: list) -> list[dict]:
    """Return the newest items under a written condition, as dicts of COLUMNS."""
    rows = sql.read(
        "SELECT i.title, p.url_path, i.summary, i.facts, CAST(i.published_at AS TEXT), i.translation_key "
        f"FROM base_publicitem i JOIN wagtailcore_page p ON p.id = i.page_id AND p.live WHERE {condition} "
        f"ORDER BY i.published_at DESC, i.page_id DESC LIMIT {MOST_ITEMS}",
        parameters,
    )
    found = []
    for title, path, summary, facts, moment, key in rows:
        more = json.loads(facts or "{}")
        values = title, path, summary_of(more, summary), more.get("author", ""), sql.moment(moment), key
        found.append(dict(zip(COLUMNS, values, strict=True)))
    return found


def write(page, title: str, rows: Iterable[dict], own_url: str) -> HttpResponse:
    """Return the feed of the newest of some rows (dicts of COLUMNS), all of pages below `page`."""
    newest = sorted(rows, key=lambda row: row["first_published_at"], reverse=True)[:MOST_ITEMS]
    address = page.full_url
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>',
        f"<title>{escape(title)}</title><link>{escape(address)}</link>",
        f"<description>{escape(page.description())}</description>",
        f"<language>{page.locale.language_code}</language>",
        f'<atom:link href="{escape(own_url)}" rel="self" type="application/rss+xml"/>',
    ]
    if newest:
        parts.append(f"<lastBuildDate>{_date(newest[0]['first_published_at'])}</lastBuildDate>")
    for row in newest:
        url = address + row["url_path"].removeprefix(page.url_path)
        author = f"<dc:creator>{escape(row['author_name'])}</dc:creator>" if row["author_name"] else ""
        parts.append(
            f"<item><title>{escape(row['title'])}</title><link>{escape(url)}</link>"
            f"<description>{escape(row['summary'])}</description>{author}"
            f'<guid isPermaLink="false">urn:uuid:{row["translation_key"]}</guid>'
            f"<pubDate>{_date(row['first_published_at'])}</pubDate></item>"
        )
    parts.append("</channel></rss>")
    return HttpResponse("".join(parts), content_type=CONTENT_TYPE)


def _date(moment) -> str:
    """Return a moment as RFC 822 writes it; `email.utils` took a tenth of a feed for its dates."""
    local = timezone.localtime(moment)
    return f"{DAYS[local.weekday()]}, {local:%d} {MONTHS[local.month - 1]} {local:%Y %H:%M:%S %z}"
