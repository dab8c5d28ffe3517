"""Where a new page of a section would stand on front pages: for the preview «Trong danh sách».

The same parts of templates as on the front pages, with the page in its place among the newest that are public.
"""

from django.template.loader import render_to_string
from django.utils import timezone

from base.admin.preview_modes import NEIGHBOURS, Place
from base.public.index import cards
from base.public.index.addresses import Addresses
from base.public.index.cards import Card, Part, card_of
from base.sites import site_of
from sections.models import ArticlePage, ConsultationPage, NoticePage, SectionIndexPage, WorkSchedulePage

from .front_lists import CONSULTATIONS, DISCLOSURES, NEWS_SECTIONS, NewsSection, monday, week_in_short


def front_places(page, request) -> list[Place]:
    """Return where a page would stand on the front page of its site, and on the city's: some small queries."""
    section, site = page.get_parent().specific, site_of(page)
    if not isinstance(section, SectionIndexPage) or not section.live or site is None:
        return []
    card = card_of(page, request)
    found = _own_parts(page, card, section, request)
    places = [Place("Trên trang chủ", render_to_string(template, context, request)) for template, context in found]
    if not site.is_city and isinstance(page, ArticlePage):
        context = {"ward_news": [card]}
        places.append(
            Place("Trên trang chủ thành phố", render_to_string("home/parts/ward_news.html", context, request))
        )
    return places


def _own_parts(page, card: Card, section, request) -> list[tuple[str, dict]]:
    """Return (template, context) of the parts of the own front page that would show a page."""
    key, today, own = section.section_key, timezone.localdate(), card.own
    listed = card_of(section, request)
    parts = []
    if isinstance(page, ArticlePage) and key == NEWS_SECTIONS[0]:
        news = NewsSection(listed, [card, *_newest(page, section, request)])
        parts.append(("home/parts/news.html", {"news_sections": [news]}))
    elif isinstance(page, ArticlePage) and key in NEWS_SECTIONS:
        context = {"heading": section.title, "anchor": section.slug, "all_page": listed}
        parts.append(("home/parts/page_list.html", {**context, "items": [card, *_newest(page, section, request)]}))
    elif isinstance(page, NoticePage) and own.counts_on(today):
        others = _newest(page, section, request, " AND (i.ends_on IS NULL OR i.ends_on >= %s)", today)
        parts.append(("home/parts/notices.html", {"notices": [card, *others]}))
    elif isinstance(page, WorkSchedulePage) and page.week_start == monday():
        parts.append(("home/parts/schedule.html", {"schedule": week_in_short(card)}))
    elif isinstance(page, ConsultationPage) and page.is_open:
        parts.append(
            (
                "home/parts/consultations.html",
                {"consultations": [card], "all": listed if key == CONSULTATIONS else None},
            )
        )
    if key == DISCLOSURES:
        items = [card, *_newest(page, section, request, of_any_type=True)]
        parts.append(("home/parts/disclosures.html", {"disclosures": items, "all": listed}))
    return parts


def _newest(page, section, request, condition="", *parameters, of_any_type=False) -> list[Card]:
    """Return the newest public items of a section besides a page, of its type when not of any."""
    kind, given = ("", []) if of_any_type else (" AND i.kind = %s", [page._meta.label])
    part = Part(
        f"i.section_id = %s AND i.page_id <> %s{kind}{condition}",
        [section.pk, page.pk or 0, *given, *parameters],
        NEIGHBOURS,
    )
    return cards.read({"newest": part}, Addresses(request))["newest"]
