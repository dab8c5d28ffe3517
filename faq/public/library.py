"""The library of answers (`/hoi-dap/`): found by words, narrowed by topic, unit, year and place, the newest first.

1. `_facts` reads what every answer within reach is counted by: one query, however many answers.
2. Words are looked up in the public index (`base/public/index/searching.py`), with marks or without; exact matches
   first.
3. `_narrow`: the counts of a filter are those of its values under the other filters, so that they add up.
4. The page of the list is read by its keys, the words looked for are marked.
A value that no answer has is as if it were not there; a page beyond the last is the last.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.core.paginator import Page as PaginatorPage
from django.core.paginator import Paginator
from django.template.response import TemplateResponse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from wagtail.models import Page

from base.models import PortalSite
from base.public.highlighting import highlight
from base.public.index import searching
from base.public.index.filters import Choice, Filter
from base.public.index.words import language_mark, site_mark
from base.public.navigation import following_url
from base.public.page_cache import mark_public
from base.public.site_cache import remembered
from base.queries.prepared import Prepared, given_list, in_steps
from legalref.citations.texts import plain
from sections import feeds
from vietnam import text
from vietnam.analysis import clean, excerpt, query_terms

from ..models import FaqPage, QuestionTopic

ANSWERS_A_PAGE = 20
QUERY, PAGE, SCOPE = "q", "trang", "pham-vi"
TOPIC, UNIT, YEAR, PLACE = "linh-vuc", "don-vi", "nam", "noi-dang"
LABELS = {
    TOPIC: (gettext_lazy("Lĩnh vực"), gettext_lazy("Mọi lĩnh vực")),
    UNIT: (gettext_lazy("Đơn vị trả lời"), gettext_lazy("Mọi đơn vị")),
    YEAR: (gettext_lazy("Năm trả lời"), gettext_lazy("Mọi năm")),
    PLACE: (gettext_lazy("Trang"), gettext_lazy("Mọi trang")),
}
FILTERS = tuple(LABELS)
PARAMETERS = (QUERY, PAGE, SCOPE, *FILTERS)
THIS_SITE, WHOLE_CITY = "trang-nay", "toan-thanh-pho"
NOT_OPEN = (*PortalSite.UNKNOWN, PortalSite.State.CLOSED)
# Stands for no value, so that the counts of a filter add up to the total.
NONE = "chua-ghi"
SUMMARY_LETTERS = 220
# Of what words find, counted and shown at most; a reader who finds more adds a word.
MOST_FOUND = 2_000


@dataclass(frozen=True, slots=True)
class Fact:
    """What one answer is counted by: its key, (value, label) for each filter in their order, and the day it came."""

    key: int
    values: tuple[tuple[str, str], ...]
    day: str


@dataclass
class Library:
    """What the template of the library needs; `near_from`: how many answers of this page are exact matches."""

    query: str
    is_whole_city: bool
    filters: list[Filter]
    paging: PaginatorPage
    near_from: int
    is_filtered: bool
    everything: int
    is_cut: bool = False
    site_ids: list[int] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.paging.paginator.count

    @property
    def exact(self) -> list[FaqPage]:
        return self.paging.object_list[: self.near_from]

    @property
    def near(self) -> list[FaqPage]:
        return self.paging.object_list[self.near_from :]


def respond(page, request) -> TemplateResponse:
    """Answer the library of a questions page, marked for the page cache."""
    library = list_answers(page, request.GET, request)
    context = page.get_context(request)
    frame = context["frame"]
    frame.feed_url, frame.feed_title = f"{page.get_url(request)}rss/", page.title
    frame.atom_url = f"{page.get_url(request)}atom/"
    if library.query:
        # One address a query would fill search engines with our lists.
        frame.is_indexed = False
    if topic := _topic_of(request.GET):
        frame.follow_url = following_url(topic)
    site = page.portal_site
    context |= {"library": library, "page_url": page.get_url(request), "may_widen": bool(site and site.is_city)}
    response = page.mark_public(TemplateResponse(request, page.template, context))
    return mark_public(response, library.site_ids, params=PARAMETERS)


def _topic_of(parameters: Mapping) -> QuestionTopic | None:
    """Return the field that the list is narrowed to, or None."""
    slug = parameters.get(TOPIC)
    return QuestionTopic.objects.filter(slug=slug, is_active=True).first() if slug else None


def list_answers(page, parameters: Mapping, request=None) -> Library:
    """Return one page of the published answers of a site in the language of its page, or of all sites.

    `parameters`: a mapping with "q", "trang", "pham-vi" and the names of the filters. The number of queries does not
    grow with the answers.
    """
    site = page.portal_site
    is_whole_city = bool(site and site.is_city and parameters.get(SCOPE) == WHOLE_CITY)
    homes = _homes(page.locale) if is_whole_city else {}
    answers = FaqPage.objects.live()
    facts = _facts(answers.filter(locale=page.locale), homes) if is_whole_city else _own_facts(page, request)
    everything = len(facts)
    query = clean(str(parameters.get(QUERY) or ""))
    is_searched, is_cut, hits = bool(query_terms(query)), False, {}
    if is_searched:
        found = searching.find(query, _where(page, homes), most=MOST_FOUND)
        hits, is_cut = {hit.page_id: hit for hit in found.hits}, found.is_cut
        facts = [fact for fact in facts if fact.key in hits]
    names = FILTERS if is_whole_city else FILTERS[:-1]
    facts, filters, is_narrowed = _narrow(facts, names, parameters)
    if is_searched:
        left = {fact.key for fact in facts}
        keys = [key for key in hits if key in left]
    else:
        keys = [fact.key for fact in sorted(facts, key=lambda fact: (fact.day, fact.key), reverse=True)]
    paging = Paginator(keys, ANSWERS_A_PAGE).get_page(parameters.get(PAGE))
    shown = _read(list(paging.object_list))
    near_from = sum(hits[answer.pk].is_exact for answer in shown) if is_searched else len(shown)
    for answer in shown:
        _annotate(answer, query if is_searched else "", homes)
    paging.object_list = shown
    site_ids = [home.pk for home in homes.values()] if is_whole_city else page.cache_sites()
    return Library(
        query, is_whole_city, filters, paging, near_from, is_narrowed or bool(query), everything, is_cut, site_ids
    )


def feed(page):
    """Return the RSS feed of a site's answers: the newest published ones, at most 20."""
    rows = FaqPage.objects.child_of(page).live().order_by("-first_published_at").values(*feeds.COLUMNS)
    return feeds.write(page, page.title, rows[: feeds.MOST_ITEMS], f"{page.full_url}rss/")


# --- What there is ---------------------------------------------------------------------------------


def as_listed(answer: FaqPage) -> FaqPage:
    """Return a version of an answer with what the list shows of it, for a preview."""
    _annotate(answer, "", {})
    return answer


def _homes(locale) -> dict[str, PortalSite]:
    """Return the sites that are open or frozen by the tree paths of their home pages in a language; two queries."""
    sites = {site.home_key: site for site in PortalSite.objects.exclude(state__in=NOT_OPEN)}
    rows = Page.objects.filter(translation_key__in=list(sites), locale=locale, live=True)
    return {path: sites[key] for path, key in rows.values_list("path", "translation_key")}


def _own_facts(page, request) -> list[Fact]:
    """Return what every answer of a page is counted by: one query, none until its site changes."""
    key = ("answers counted", page.pk, get_language())
    return remembered(request, key, lambda: _facts(FaqPage.objects.live().child_of(page), {}), page.cache_sites())


def _facts(answers, homes) -> list[Fact]:
    """Return what every answer is counted by: one query."""
    rows = answers.order_by().values_list(
        "pk",
        "path",
        "answered_on",
        "topic__slug",
        "topic__name",
        "topic__name_en",
        "responsible_unit__slug",
        "responsible_unit__name",
        "responsible_unit__name_en",
    )
    facts = []
    for key, path, day, *named in rows:
        # A site's home page stands two levels above its answers.
        home = homes.get(path[: -2 * Page.steplen])
        if homes and home is None:
            continue
        values = (_value(*named[:3]), _value(*named[3:]), _value(*[str(day.year) if day else ""] * 2))
        if home:
            values += ((home.slug, home.name),)
        facts.append(Fact(key, values, day.isoformat() if day else ""))
    return facts


def _value(slug: str | None, name: str | None, english: str | None = "") -> tuple[str, str]:
    """What is in the address and its label in the language of the page."""
    if not slug:
        return NONE, _("Chưa ghi")
    return slug, (english if get_language() == "en" else "") or name or slug


def _narrow(facts: list[Fact], names, parameters) -> tuple[list[Fact], list[Filter], bool]:
    """Return the answers under every chosen value, the filters with their counts, and whether any was chosen."""
    labels = [dict(fact.values[place] for fact in facts) for place in range(len(names))]
    chosen = {place: parameters.get(name) for place, name in enumerate(names) if parameters.get(name) in labels[place]}

    def passes(fact, but=None):
        return all(fact.values[place][0] == value for place, value in chosen.items() if place != but)

    filters = []
    for place, name in enumerate(names):
        counts = Counter(fact.values[place][0] for fact in facts if passes(fact, but=place))
        # What is chosen can still be seen when the other filters leave nothing of it.
        counts.update({chosen[place]: 0} if place in chosen else {})
        order = _years_back if name == YEAR else lambda value, place=place: text.sort_key(labels[place][value])
        choices = [
            Choice(value, labels[place][value], counts[value], value == chosen.get(place))
            for value in sorted(counts, key=order)
        ]
        label, any_label = LABELS[name]
        total = sum(choice.count for choice in choices)
        filters.append(Filter(name, str(label), str(any_label), choices, total))
    return [fact for fact in facts if passes(fact)], filters, bool(chosen)


def _years_back(value: str) -> int:
    return -int(value) if value.isdigit() else 0


# --- What is shown ---------------------------------------------------------------------------------


def _read(keys: list[int]) -> list[FaqPage]:
    """Return the answers of a page by their keys, in the same order: one query."""
    known = {answer.pk: answer for answer in _SHOWN.all(keys=in_steps(keys))} if keys else {}
    return [known[key] for key in keys if key in known]


_SHOWN = Prepared(
    lambda keys: (
        FaqPage.objects.live()
        .filter(id__in=given_list("keys", keys))
        .select_related("locale", "topic", "responsible_unit")
    )
)


def _where(page, homes) -> searching.Where:
    """Where answers are looked for: in the language of a page, on its site or on those of some front pages."""
    sites = [home.pk for home in homes.values()] or ([page.portal_site.pk] if page.portal_site else [])
    marks = [[language_mark(page.locale.language_code)], [site_mark(key) for key in sites] or [searching.NOWHERE]]
    return searching.Where(marks, " AND i.kind = %s", [FaqPage._meta.label])


def _annotate(answer: FaqPage, query: str, homes) -> None:
    """Give an answer what the list shows of it: title and piece of its text with the words marked, where it stands."""
    home = homes.get(answer.path[: -2 * Page.steplen])
    answer.shown_site = home.name if home else ""
    answer.shown_topic = answer.topic.label if answer.topic else ""
    words = text.nfc(f"{answer.question_text}\n{plain(answer.answer)}")
    piece = (query and excerpt(words, query, SUMMARY_LETTERS)) or _cut(answer.question_text)
    answer.shown_title = highlight(answer.title, query) if query else answer.title
    answer.shown_text = highlight(piece, query) if query else piece


def _cut(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= SUMMARY_LETTERS else words[:SUMMARY_LETTERS].rsplit(" ", 1)[0] + "…"
