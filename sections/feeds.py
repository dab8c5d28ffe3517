"""RSS 2.0 of a section and of a whole site: the newest live items, written straight from the database rows.

No page object is built and no template rendered, so that a feed read every few minutes by many readers stays
cheap.
"""

from collections.abc import Iterable
from email.utils import format_datetime
from xml.sax.saxutils import escape

from django.db.models.functions import Substr
from django.http import HttpResponse
from django.utils import timezone
from wagtail.models import Page

from base.sites import site_of

from .listing import item_models

MOST_ITEMS = 20
CONTENT_TYPE = "application/rss+xml; charset=utf-8"
# Types whose items are news to a reader of the whole site.
SITE_TYPES = (
    "sections.ArticlePage",
    "sections.NoticePage",
    "sections.ProjectPage",
    "sections.StatisticsReportPage",
    "sections.ConsultationPage",
    "sections.ClarificationPage",
)
COLUMNS = ("title", "url_path", "summary", "author_name", "first_published_at", "translation_key")


def section_feed(page, request=None) -> HttpResponse:
    """Return the feed of a section index: its newest live items, at most 20."""
    rows = []
    for model in item_models(page.item_types):
        rows += model.objects.child_of(page).live().order_by("-first_published_at").values(*COLUMNS)[:MOST_ITEMS]
    return write(page, page.feed_title, rows, f"{page.full_url}rss/")


def site_feed(home, request=None) -> HttpResponse:
    """Return the feed of the site whose home page is `home`, in its language, without its component sites."""
    site = site_of(home)
    sections = Page.objects.child_of(home).live()
    rows = []
    for model in item_models(SITE_TYPES):
        # Two levels below: what stands under a component site's sections is one level deeper.
        items = (
            model.objects.live()
            .filter(path__startswith=home.path, depth=home.depth + 2)
            .annotate(section_path=Substr("path", 1, len(home.path) + Page.steplen))
            .filter(section_path__in=sections.values("path"))
        )
        rows += items.order_by("-first_published_at").values(*COLUMNS)[:MOST_ITEMS]
    return write(home, site.name if site else home.title, rows, f"{home.full_url}rss/")


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
    return format_datetime(timezone.localtime(moment))
