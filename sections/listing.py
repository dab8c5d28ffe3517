"""The list of a section: filters, paging, and the items of one page, by two queries of the public index.

1. One counts the items by year, unit and kind, those that stand first today apart: the filters and the length of the
   list come from it. It goes through all items, so its answer is kept until the site or the day changes.
2. One reads the items of the page. Parameters that make no sense are as if they were not there; a page beyond the last
   is the last.
"""

from dataclasses import dataclass, field
from datetime import date

from django.apps import apps
from django.core.paginator import Page as PaginatorPage
from django.core.paginator import Paginator
from django.utils import timezone

from base.public.index import cards
from base.public.index.addresses import Addresses
from base.public.index.filters import Choice
from base.public.index.items import kind_names
from base.public.index.places import HERE, IN_SECTION
from base.public.site_cache import remembered
from base.queries import sql
from base.sites import site_of
from vietnam import text

ITEMS_A_PAGE = 15
CITY_ITEMS_SHOWN = 5
PAGE, YEAR, UNIT, KIND = "trang", "nam", "don-vi", "loai"
PARAMETERS = (PAGE, YEAR, UNIT, KIND)
# What stands before newer items today: an urgent notice, an open consultation.
FIRST = "i.stands_first AND (i.starts_on IS NULL OR i.starts_on <= %s) AND i.ends_on >= %s"
NOT_FIRST = "NOT (i.stands_first AND (i.starts_on IS NULL OR i.starts_on <= %s) AND i.ends_on >= %s)"
# What the city shows on a ward's site, from the section of the same key there.
FROM_CITY = f"{HERE} AND i.language = %s AND (i.ends_on IS NULL OR i.ends_on >= %s) AND {IN_SECTION}"
# The columns of the filters, in the order of the places below. What is of no kind counts by its type, a notice among
# news.
COLUMNS = ("i.year", "i.unit_id", "COALESCE(NULLIF(i.sub_kind, ''), i.kind)")


@dataclass
class Listing:
    """What the template of a section needs: the items of one page as cards, and the filters with their values.

    `city_items`: the newest that the city shows here, beside the first page of a ward's list that is not filtered.
    """

    paging: PaginatorPage
    items: list[cards.Card]
    total: int
    years: list[Choice] = field(default_factory=list)
    units: list[Choice] = field(default_factory=list)
    kinds: list[Choice] = field(default_factory=list)
    city_items: list[cards.Card] = field(default_factory=list)

    @property
    def is_filtered(self) -> bool:
        return any(choice.is_chosen for choice in (*self.years, *self.units, *self.kinds))

    @property
    def has_filters(self) -> bool:
        return any(len(choices) > 1 for choices in (self.years, self.units, self.kinds))


class _CountedPaginator(Paginator):
    """A paginator that is told how many items there are."""

    def __init__(self, count: int):
        super().__init__([], ITEMS_A_PAGE)
        self.count = count


def list_items(section_page, parameters, request=None) -> Listing:
    """Return one page of the items under a section index.

    `parameters`: a mapping with "trang", "nam", "don-vi" (slug of the unit) and "loai" (slug of the kind's
    label).
    """
    today = timezone.localdate()
    kinds = section_page.item_types
    facets, first, units = remembered(
        request,
        ("facets", section_page.pk, today),
        lambda: _facets(section_page, kinds, today),
        section_page.cache_sites(),
    )
    kind_labels = _kind_labels(kinds, facets)
    chosen = {
        0: _chosen(parameters.get(YEAR), {str(year): year for year, _u, _k, _c in facets if year}),
        1: _chosen(parameters.get(UNIT), {slug: key for key, (slug, _name) in units.items()}),
        2: _chosen(parameters.get(KIND), {text.slug(label): value for value, label in kind_labels.items()}),
    }
    total = _count(facets, chosen)
    paging = _CountedPaginator(total).get_page(parameters.get(PAGE))
    first_count = 0 if section_page.is_in_tree_order else _count(first, chosen)
    is_begun = paging.number == 1 and all(value is None for value in chosen.values())
    parts = _parts(section_page, kinds, chosen, paging, first_count, today)
    found = cards.read(parts | (_from_city(section_page, today) if is_begun else {}), Addresses(request))
    return Listing(
        paging=paging,
        items=[*found.get("first", []), *found["others"]],
        city_items=found.get("city", []),
        total=total,
        years=_choices(facets, 0, chosen, lambda year: (str(year), str(year)), newest_first=True),
        units=_choices(facets, 1, chosen, lambda key: units[key]),
        kinds=_choices(
            [row for row in facets if row[2] in kind_labels],
            2,
            chosen,
            lambda kind: (text.slug(kind_labels[kind]), kind_labels[kind]),
        ),
    )


def item_models(labels) -> list[type]:
    """Return the model classes of page types given as "app.Model"."""
    return [apps.get_model(label) for label in labels]


def kind_choices(model) -> list[tuple[str, str]]:
    """Return (value, label) of the kinds of a page type, empty when it has none."""
    name = getattr(model, "kind_field", "")
    return list(model._meta.get_field(name).choices) if name else []


def _kind_labels(kinds, facets) -> dict[str, str]:
    """Return {value: label} of the kinds, and of the types of what is of no kind where the list has both."""
    labels = kind_names(kinds) if len({row[2] for row in facets}) > 1 else {}
    return labels | {value: str(label) for model in item_models(kinds) for value, label in kind_choices(model)}


def _facets(section_page, kinds, today: date) -> tuple[list[tuple], list[tuple], dict[int, tuple[str, str]]]:
    """Return (year, unit, kind, count) of all items, of those that stand first today, and (slug, name) of the units."""
    within, few = (f"FROM base_publicitem i WHERE {condition}" for condition in _within(kinds))
    names = f"{', '.join(COLUMNS)} AS sub_kind"
    by = ", ".join(COLUMNS)
    rows = sql.read(
        "SELECT f.first, f.year, f.unit_id, f.sub_kind, f.items, u.slug, u.name FROM ("
        f"SELECT 0 AS first, {names}, COUNT(*) AS items {within} GROUP BY {by} UNION ALL "
        f"SELECT 1 AS first, {names}, COUNT(*) AS items {few} AND {FIRST} GROUP BY {by}"
        ") f LEFT JOIN base_organisationunit u ON u.id = f.unit_id",
        [section_page.pk, *kinds, section_page.pk, *kinds, today, today],
    )
    units = {unit: (slug, name) for _first, _year, unit, _kind, _count, slug, name in rows if slug is not None}
    return [row[1:5] for row in rows if not row[0]], [row[1:5] for row in rows if row[0]], units


def _parts(section_page, kinds, chosen: dict, paging, first_count: int, today: date) -> dict[str, cards.Part]:
    """Return what one page of the list consists of: what stands first today, then the others."""
    condition, few = _within(kinds)
    parameters = [section_page.pk, *kinds]
    for place, value in chosen.items():
        if value is not None:
            condition, few = (f"{one} AND {COLUMNS[place]} = %s" for one in (condition, few))
            parameters.append(value)
    start = (paging.number - 1) * ITEMS_A_PAGE
    if section_page.is_in_tree_order:
        return {"others": cards.Part(condition, parameters, ITEMS_A_PAGE, start, "p.path")}
    before = max(0, min(ITEMS_A_PAGE, first_count - start))
    parts = {}
    if before:
        parts["first"] = cards.Part(f"{few} AND {FIRST}", [*parameters, today, today], before, start)
    if first_count:
        condition, parameters = f"{condition} AND {NOT_FIRST}", [*parameters, today, today]
    parts["others"] = cards.Part(condition, parameters, ITEMS_A_PAGE - before, max(0, start - first_count))
    return parts


def _from_city(section_page, today: date) -> dict[str, cards.Part]:
    """Return what the list of a ward's section shows of the city; nothing elsewhere."""
    site = site_of(section_page)
    if site is None or site.is_city or not section_page.section_key:
        return {}
    given = [site.pk, section_page.locale.language_code, today, section_page.section_key]
    return {"city": cards.Part(FROM_CITY, given, CITY_ITEMS_SHOWN)}


def _within(kinds) -> tuple[str, str]:
    """Return the condition on the items of a section, and the same for the few that stand first: their own index is
    taken only when the kind is no column.
    """
    kinds = sql.places(kinds)
    return f"i.section_id = %s AND i.kind IN {kinds}", f"i.section_id = %s AND (i.kind || '') IN {kinds}"


def _chosen(typed, known: dict):
    return known.get(typed) if isinstance(typed, str) else None


def _matches(row, chosen: dict, but: int | None = None) -> bool:
    return all(value is None or place == but or row[place] == value for place, value in chosen.items())


def _count(facets, chosen) -> int:
    return sum(row[3] for row in facets if _matches(row, chosen))


def _choices(facets, place, chosen, names, newest_first=False) -> list[Choice]:
    """The values of one filter among the items that the other filters leave, each with its count."""
    counts: dict = {} if chosen[place] is None else {chosen[place]: 0}
    for row in facets:
        if row[place] not in (None, "") and _matches(row, chosen, but=place):
            counts[row[place]] = counts.get(row[place], 0) + row[3]
    found = [Choice(*names(value), count, is_chosen=chosen[place] == value) for value, count in counts.items()]
    if newest_first:
        return sorted(found, key=lambda choice: choice.value, reverse=True)
    return sorted(found, key=lambda choice: text.sort_key(choice.label))
