"""The list of a section: filters, paging, and the items of one page, with a number of queries that never
grows.

1. One query counts the live items by year, unit and kind: the filters and the length of the list come from
   it.
2. One query finds the items of the page; where a section holds several types, one more for each type on the
   page. Parameters that make no sense are as if they were not there; a page beyond the last is the last.
"""

from dataclasses import dataclass, field

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Page as PaginatorPage
from django.core.paginator import Paginator
from django.db.models import Case, Count, F, Prefetch, Value, When
from django.db.models.functions import Coalesce, ExtractYear
from django.utils import timezone
from wagtail.models import Page

from base.models import OrganisationUnit, PortalImage
from vietnam import text

ITEMS_A_PAGE = 15
PAGE, YEAR, UNIT, KIND = "trang", "nam", "don-vi", "loai"
PARAMETERS = (PAGE, YEAR, UNIT, KIND)
# The picture beside an item of a list; the templates name the same filter.
THUMBNAIL = "fill-480x270"


@dataclass(frozen=True)
class Choice:
    """One value of a filter: what the address has for it, its label, how many items it gives."""

    value: str
    label: str
    count: int
    is_chosen: bool = False


@dataclass
class Listing:
    """What the template of a section needs: the items of one page, and the filters with their values."""

    paging: PaginatorPage
    items: list
    total: int
    years: list[Choice] = field(default_factory=list)
    units: list[Choice] = field(default_factory=list)
    kinds: list[Choice] = field(default_factory=list)

    @property
    def is_filtered(self) -> bool:
        return any(choice.is_chosen for choice in (*self.years, *self.units, *self.kinds))

    @property
    def has_filters(self) -> bool:
        return any(len(choices) > 1 for choices in (self.years, self.units, self.kinds))


class LocalYear(ExtractYear):
    """The local year of a moment.

    On SQLite by its own function: Django's calls Python for every row, most of the price of a list of thousands.
    """

    def as_sqlite(self, compiler, connection, **extra):
        sql, params = compiler.compile(self.lhs)
        offset = timezone.localtime(timezone=self.tzinfo).utcoffset().total_seconds()
        return f"CAST(strftime('%%Y', {sql}, '{offset:+.0f} seconds') AS INTEGER)", params


class _CountedPaginator(Paginator):
    """A paginator that is told how many items there are."""

    def __init__(self, items, count: int):
        super().__init__(items, ITEMS_A_PAGE)
        self.count = count


def list_items(section_page, parameters) -> Listing:
    """Return one page of the live items under a section index.

    `parameters`: a mapping with "trang", "nam", "don-vi" (slug of the unit) and "loai" (slug of the kind's
    label).
    """
    models = item_models(section_page.item_types)
    items = _items(section_page, models)
    facets = list(items.values_list("item_year", "item_unit", "item_kind").annotate(count=Count("pk")).order_by())
    units = {unit.pk: unit for unit in OrganisationUnit.objects.filter(pk__in={row[1] for row in facets if row[1]})}
    kind_labels = {value: str(label) for model in models for value, label in kind_choices(model)}

    chosen = {
        0: _chosen(parameters.get(YEAR), {str(year): year for year, _u, _k, _c in facets if year}),
        1: _chosen(parameters.get(UNIT), {unit.slug: unit.pk for unit in units.values()}),
        2: _chosen(parameters.get(KIND), {text.slug(label): value for value, label in kind_labels.items()}),
    }
    for name, value in zip(("item_year", "item_unit", "item_kind"), chosen.values(), strict=True):
        if value is not None:
            items = items.filter(**{name: value})

    paginator = _CountedPaginator(items, _count(facets, chosen))
    paging = paginator.get_page(parameters.get(PAGE))
    return Listing(
        paging=paging,
        items=_load(paging.object_list, models),
        total=paginator.count,
        years=_choices(facets, 0, chosen, lambda year: (str(year), str(year)), newest_first=True),
        units=_choices(facets, 1, chosen, lambda pk: (units[pk].slug, units[pk].name)),
        kinds=_choices(facets, 2, chosen, lambda kind: (text.slug(kind_labels[kind]), kind_labels[kind]))
        if kind_labels
        else [],
    )


def item_models(labels) -> list[type]:
    """Return the model classes of page types given as "app.Model"."""
    return [apps.get_model(label) for label in labels]


def kind_choices(model) -> list[tuple[str, str]]:
    """Return (value, label) of the kinds of a page type, empty when it has none."""
    name = getattr(model, "kind_field", "")
    return list(model._meta.get_field(name).choices) if name else []


def _items(section_page, models):
    """The live items as a query set with their year, unit and kind: of their own type when there is only
    one.
    """
    if len(models) == 1:
        model = models[0]
        unit, kind = F("responsible_unit"), F(model.kind_field) if model.kind_field else Value("")
        found = model.objects
    else:
        found = Page.objects
        unit = Coalesce(*(f"{model._meta.model_name}__responsible_unit" for model in models))
        kind = (
            Coalesce(
                *(f"{model._meta.model_name}__{model.kind_field}" for model in models if model.kind_field),
                Value(""),
            )
            if any(model.kind_field for model in models)
            else Value("")
        )
    order = ("path",) if section_page.is_in_tree_order else ("item_rank", "-first_published_at", "-pk")
    return (
        found.child_of(section_page)
        .live()
        .annotate(
            item_year=LocalYear("first_published_at", tzinfo=timezone.get_default_timezone()),
            item_unit=unit,
            item_kind=kind,
            item_rank=_rank(models),
        )
        .order_by(*order)
    )


def _rank(models):
    """0 for what stands first today (an urgent notice, an open consultation), 1 for the rest."""
    today = timezone.localdate()
    conditions = [
        model.stands_first("" if len(models) == 1 else f"{model._meta.model_name}__", today) for model in models
    ]
    return Case(*(When(condition, then=0) for condition in conditions if condition), default=1)


def _load(items, models) -> list:
    """Load the items of one page with what a list shows, without their long texts, in the same order."""
    if len(models) == 1:
        return list(_light(items, models[0]))
    rows = list(items.values_list("pk", "content_type"))
    by_type: dict[int, set[int]] = {}
    for pk, content_type in rows:
        by_type.setdefault(content_type, set()).add(pk)
    loaded = {}
    for model in models:
        keys = by_type.get(ContentType.objects.get_for_model(model).pk)
        if keys:
            loaded |= {item.pk: item for item in _light(model.objects.filter(pk__in=keys), model)}
    return [loaded[pk] for pk, _type in rows if pk in loaded]


def _light(items, model):
    items = items.select_related("responsible_unit", "locale").defer_streamfields()
    if hasattr(model, "lead_image"):
        items = items.prefetch_related(
            Prefetch("lead_image", queryset=PortalImage.objects.prefetch_renditions(THUMBNAIL))
        )
    return items


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
