"""RSS 2.0 of a section and of a whole site: the newest live items, written straight from the database rows.

No page object is built and no template rendered, so that a feed read every few minutes by many readers stays
cheap.
"""

import json
from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from django.http import HttpResponse
from django.utils import timezone

from base.public.feeds.lists import BELOW_PUBLIC, from_city, newest_of, source_of, summary_of
from base.public.index.addresses import Addresses
from base.public.index.places import HERE
from base.queries import sql
from base.sites import site_of

MOST_ITEMS = 20
CONTENT_TYPE = "application/rss+xml; charset=utf-8"
DAYS, MONTHS = "Mon Tue Wed Thu Fri Sat Sun".split(), "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
COLUMNS = ("title", "url_path", "summary", "author_name", "first_published_at", "translation_key")


def section_feed(page, request=None) -> HttpResponse:
    """Return the feed of a section index: its newest items, at most 20.

    That of a ward has what the city shows there too.
    """
    kinds, site = page.item_types, site_of(page)
    wanted = [(f"i.section_id = %s AND i.kind IN {sql.places(kinds)}", [page.pk, *kinds])]
    if page.section_key and site is not None and not site.is_city:
        wanted.append(from_city(site, page.locale.language_code, page.section_key))
    rows = _newest(*wanted)
    return write(page, page.feed_title, rows, f"{page.full_url}rss/")


def site_feed(home, request=None) -> HttpResponse:
    """Return the feed of the site whose home page is `home`, in its language, without its component sites.

    That of a ward has what the city shows there too.
    """
    site = site_of(home)
    if site is None:
        return write(home, home.title, [], f"{home.full_url}rss/")
    news, given = f"i.language = %s AND i.in_feed AND {BELOW_PUBLIC}", [site.pk, home.locale.language_code]
    wanted = [(f"i.site_id = %s AND {news}", given)]
    if not site.is_city:
        wanted.append((f"{HERE} AND {news}", given))
    return write(home, site.name, _newest(*wanted), f"{home.full_url}rss/")


def _newest(*wanted: tuple[str, list]) -> list[dict]:
    """Return the newest items under any of some written conditions, as dicts of COLUMNS."""
    columns = "i.title, p.url_path, i.summary, i.facts, CAST(i.published_at AS TEXT) AS published, i.translation_key"
    found = []
    rows = newest_of(columns, "published_at", MOST_ITEMS, wanted)
    for title, path, summary, facts, moment, key, *_order in rows:
        more = json.loads(facts or "{}")
        values = title, path, summary_of(more, summary), more.get("author", ""), sql.moment(moment), key
        found.append(dict(zip(COLUMNS, values, strict=True)))
    return found


def write(page, title: str, rows: Iterable[dict], own_url: str) -> HttpResponse:
    """Return the feed of the newest of some rows (dicts of COLUMNS), of pages below `page` or of the city."""
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
    addresses, source = Addresses(), ""
    for row in newest:
        is_own = row["url_path"].startswith(page.url_path)
        url = address + row["url_path"].removeprefix(page.url_path) if is_own else addresses.full(row["url_path"])
        source = source or ("" if is_own else _source(page))
        author = f"<dc:creator>{escape(row['author_name'])}</dc:creator>" if row["author_name"] else ""
        parts.append(
            f"<item><title>{escape(row['title'])}</title><link>{escape(url)}</link>"
            f"<description>{escape(row['summary'])}</description>{author}{'' if is_own else source}"
            f'<guid isPermaLink="false">urn:uuid:{row["translation_key"]}</guid>'
            f"<pubDate>{_date(row['first_published_at'])}</pubDate></item>"
        )
    parts.append("</channel></rss>")
    return HttpResponse("".join(parts), content_type=CONTENT_TYPE)


def _source(page) -> str:
    """Return what names the feed of the city, for that of a ward's front page or section."""
    is_home = page.translation_key == site_of(page).home_key
    source = source_of(page if is_home else page.get_parent())
    address = f"{source.key.removesuffix('atom/')}rss/"
    return f"<source url={quoteattr(address)}>{escape(source.title)}</source>"


def _date(moment) -> str:
    """Return a moment as RFC 822 writes it; `email.utils` took a tenth of a feed for its dates."""
    local = timezone.localtime(moment)
    return f"{DAYS[local.weekday()]}, {local:%d} {MONTHS[local.month - 1]} {local:%Y %H:%M:%S %z}"
