"""Where a new page of a section would stand on front pages: for the preview «Trong danh sách».

The same parts of templates as on the front pages, with the page in its place among the newest that are public.
"""

from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone
from wagtail.models import Page

from base.admin.preview_modes import NEIGHBOURS, Place
from base.sites import site_of
from sections.models import ArticlePage, ConsultationPage, NoticePage, SectionIndexPage, WorkSchedulePage

from .models import NEWS_SECTIONS, NewsSection, monday, shown

DISCLOSURES = "cong-khai"


def front_places(page, request) -> list[Place]:
    """Return where a page would stand on the front page of its site, and on the city's: some small queries."""
    section, site = page.get_parent().specific, site_of(page)
    if not isinstance(section, SectionIndexPage) or not section.live or site is None:
        return []
    found = _own_parts(page, section)
    places = [Place("Trên trang chủ", render_to_string(template, context, request)) for template, context in found]
    if not site.is_city and isinstance(page, ArticlePage):
        context = {"ward_news": [page]}
        places.append(
            Place("Trên trang chủ thành phố", render_to_string("home/parts/ward_news.html", context, request))
        )
    return places


def _own_parts(page, section) -> list[tuple[str, dict]]:
    """Return (template, context) of the parts of the own front page that would show a page."""
    key, today = section.section_key, timezone.localdate()
    sections = {key: section}
    parts = []
    if isinstance(page, ArticlePage) and key == NEWS_SECTIONS[0]:
        news = NewsSection(section, [page, *_newest(page, section)])
        parts.append(("home/parts/news.html", {"news_sections": [news]}))
    elif isinstance(page, ArticlePage) and key in NEWS_SECTIONS:
        context = {"heading": section.title, "anchor": section.slug, "all_page": section}
        parts.append(("home/parts/page_list.html", {**context, "items": [page, *_newest(page, section)]}))
    elif isinstance(page, NoticePage) and page.is_current(today):
        notices = [page, *_newest(page, section, NoticePage.counts_on(today))]
        parts.append(("home/parts/notices.html", {"notices": notices}))
    elif isinstance(page, WorkSchedulePage) and page.week_start == monday():
        parts.append(("home/parts/schedule.html", {"schedule": page}))
    elif isinstance(page, ConsultationPage) and page.is_open:
        parts.append(("home/parts/consultations.html", {"consultations": [page], "sections": sections}))
    if key == DISCLOSURES:
        others = Page.objects.child_of(section).live().select_related("locale").exclude(pk=page.pk)
        items = [page, *others.order_by("-first_published_at")[:NEIGHBOURS]]
        parts.append(("home/parts/disclosures.html", {"disclosures": items, "sections": sections}))
    return parts


def _newest(page, section, condition=None) -> list:
    others = shown(type(page)).child_of(section).filter(condition or Q()).exclude(pk=page.pk)
    return list(others.order_by("-first_published_at")[:NEIGHBOURS])
