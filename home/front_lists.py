"""The lists of a front page, read from the public index: one query for all of them, whatever the amount of content."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from base.public.feeds.lists import BELOW_PUBLIC
from base.public.index import cards
from base.public.index.addresses import Addresses
from base.public.index.cards import Card, Part
from base.public.index.places import HERE
from base.queries import sql
from base.sites import site_of

ARTICLE, NOTICE = "sections.ArticlePage", "sections.NoticePage"
SCHEDULE, CONSULTATION = "sections.WorkSchedulePage", "sections.ConsultationPage"
SECTION, WARD_HOME = "sections.SectionIndexPage", "home.WardHomePage"
# Sections whose newest items stand on a home page, in this order.
NEWS_SECTIONS = ("tin-tuc", "chi-dao-dieu-hanh", "tuyen-truyen")
DISCLOSURES, CONSULTATIONS = "cong-khai", "gop-y"
NEWS_A_SECTION = 5
NOTICES_SHOWN = 5
WARD_NEWS_SHOWN = 6
WARD_CHOSEN_SHOWN = 4
CITY_NEWS_SHOWN = 5
CONSULTATIONS_SHOWN = 3
DISCLOSURES_SHOWN = 5
# More of them no site has.
MOST_SECTIONS, MOST_WARDS = 100, 200
OF_SITE = "i.site_id = %s AND i.language = %s AND i.kind = %s"
BELOW = (
    "i.section_id = (SELECT s.page_id FROM base_publicitem s WHERE s.section_id = %s "
    f"AND s.kind = '{SECTION}' AND s.sub_kind = %s LIMIT 1)"
)
WARDS = "i.site_id IN (SELECT s.id FROM base_portalsite s WHERE s.kind = 'ward' AND s.state IN ('open', 'frozen'))"
OPEN_WARDS = "i.site_id IN (SELECT s.id FROM base_portalsite s WHERE s.kind = 'ward' AND s.state = 'open')"
# What the city shows on a ward's site, as long as it counts.
FROM_CITY = f"{HERE} AND i.language = %s AND (i.ends_on IS NULL OR i.ends_on >= %s) AND {BELOW_PUBLIC}"
BY_UNIT = ", ".join(
    f"(SELECT o.{name} FROM base_portalsite s JOIN base_organisationunit o ON o.id = s.unit_id WHERE s.id = i.site_id)"
    for name in ("sort_order", "name")
)


@dataclass
class NewsSection:
    """A news section with its newest items."""

    page: Card
    items: list[Card] = field(default_factory=list)


@dataclass
class FrontLists:
    """The lists by the names that the templates of front pages know, and the pages chosen for one by their keys.

    `context`: `sections` (by key), `news_sections`, `notices`, `schedule` (this week's, or None), `consultations`,
    `disclosures`, `featured_pages`; of the city also `wards` (open component sites) and `ward_news` (the newest of all
    wards), of a ward `city_news`, which the city shows there.
    """

    context: dict
    chosen: dict[int, Card]


def read(home, request=None) -> FrontLists:
    """Return the lists of a front page for the reader of a request."""
    site, language, today = site_of(home), home.locale.language_code, timezone.localdate()
    featured, chosen = _chosen(home)
    parts = {"sections": Part("i.section_id = %s AND i.kind = %s", [home.pk, SECTION], MOST_SECTIONS, order="p.path")}
    if chosen:
        parts["chosen"] = Part(f"i.page_id IN {sql.places(chosen)}", chosen, len(chosen))
    for key in NEWS_SECTIONS:
        parts[key] = Part(f"{BELOW} AND i.kind = %s", [home.pk, key, ARTICLE], NEWS_A_SECTION)
    parts[DISCLOSURES] = Part(BELOW, [home.pk, DISCLOSURES], DISCLOSURES_SHOWN)
    if site is not None:
        parts |= _of_site(site, language, today)
    found = cards.read(parts, Addresses(request))
    by_page = {card.pk: card for card in found.get("chosen", [])}
    sections = {card.own.sub_kind: card for card in found["sections"] if card.own.sub_kind}
    context = {
        "sections": sections,
        "news_sections": [NewsSection(sections[key], found[key]) for key in NEWS_SECTIONS if key in sections],
        "notices": found.get("notices", []),
        "schedule": week_in_short(next(iter(found.get("schedule", [])), None)),
        "consultations": found.get("consultations", []),
        "disclosures": found[DISCLOSURES],
        "featured_pages": [by_page[key] for key in featured if key in by_page],
    }
    if "wards" in found:
        context |= {"wards": found["wards"], "ward_news": found["ward_news"]}
    if "city_news" in found:
        context["city_news"] = found["city_news"]
    return FrontLists(context, by_page)


def of_ward(site, language: str, request=None) -> dict[str, list[Card]]:
    """Return the newest of a ward for who has chosen it, one query: `news`, `notices`, `consultations`, `city_news`."""
    parts = _of_site(site, language, timezone.localdate())
    parts.pop("schedule", None)
    parts["news"] = Part(OF_SITE, [site.pk, language, ARTICLE], WARD_CHOSEN_SHOWN)
    return cards.read(parts, Addresses(request))


def topics(home, request=None) -> list[tuple[str, str]]:
    """Return the blocks of the front page that a reader can put first: (id of the heading, what it is called)."""
    part = Part("i.section_id = %s AND i.kind = %s", [home.pk, SECTION], MOST_SECTIONS)
    cards_read = cards.read({"sections": part}, Addresses(request))["sections"]
    titles = {card.own.sub_kind: card.title for card in cards_read}
    news = [(key, titles[key]) for key in NEWS_SECTIONS if key in titles]
    if news:
        # The first one opens the front page, under a heading of its own.
        news[0] = ("tin-moi", news[0][1])
    return [
        *news,
        ("thong-bao", _("Thông báo")),
        ("van-ban-moi", _("Văn bản mới")),
        ("lich-cong-tac", _("Lịch công tác tuần này")),
        ("dang-lay-y-kien", _("Đang lấy ý kiến")),
        ("cong-khai", _("Công khai thông tin")),
        ("tin-phuong-xa", _("Tin từ phường, xã")),
    ]


def _of_site(site, language: str, today: date) -> dict[str, Part]:
    own = [site.pk, language]
    parts = {
        "notices": Part(f"{OF_SITE} AND (i.ends_on IS NULL OR i.ends_on >= %s)", [*own, NOTICE, today], NOTICES_SHOWN),
        "schedule": Part(f"{OF_SITE} AND i.starts_on = %s", [*own, SCHEDULE, monday()], 1),
        "consultations": Part(
            f"{OF_SITE} AND i.starts_on <= %s AND i.ends_on >= %s",
            [*own, CONSULTATION, today, today],
            CONSULTATIONS_SHOWN,
            order="i.ends_on, i.page_id",
        ),
    }
    if site.is_city:
        parts["wards"] = Part(
            f"i.kind = %s AND i.language = %s AND {OPEN_WARDS}",
            [WARD_HOME, language],
            MOST_WARDS,
            order=BY_UNIT,
        )
        parts["ward_news"] = Part(
            f"i.kind = %s AND i.language = %s AND {WARDS}",
            [ARTICLE, language],
            WARD_NEWS_SHOWN,
        )
    else:
        parts["city_news"] = Part(FROM_CITY, [site.pk, language, today], CITY_NEWS_SHOWN)
    return parts


def _chosen(home) -> tuple[list[int], list[int]]:
    """Return the keys of the featured pages in their order, and of all pages that the front page leads to."""
    featured = [block["value"] for block in home.featured.raw_data if block["value"]]
    tasks = [block["value"].get("page") for block in home.tasks.raw_data]
    return featured, sorted({*featured, *(key for key in tasks if key)})


def monday() -> date:
    """Return the first day of this week."""
    today = timezone.localdate()
    return today - timedelta(days=today.weekday())


@dataclass
class ShortWeek:
    """The beginning of a week's schedule: `days` are (day, items), an item (hour, who, what, where)."""

    url: str
    days: list[tuple[date, list]]


def week_in_short(card: Card | None) -> ShortWeek | None:
    """Return the beginning of a schedule that is given as a card."""
    if card is None:
        return None
    return ShortWeek(card.url, [(date.fromisoformat(day), items) for day, items in card.own.more.get("days", [])])
