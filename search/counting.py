"""What there is to count of hits: kinds, places, units, for the filters beside the list."""

from django.contrib.contenttypes.models import ContentType
from django.db.models.functions import ExtractYear
from django.utils.translation import gettext as _
from wagtail.models import Page, get_page_models

from base.models import BasePage
from base.public.matching import MOST_FOUND, matches
from base.sites import ancestor_paths
from legalref.life.effect import StatusCode

from .facets import Row
from .order import DOCUMENT, PAGE, SERVICE


def kind_names(keys) -> dict[int, str]:
    kinds = ContentType.objects.get_for_models(*(m for m in get_page_models() if issubclass(m, BasePage)))
    models = {kind.pk: model for model, kind in kinds.items()}
    names = {
        key: _(str(models[key].search_kind or models[key]._meta.verbose_name)) for key in set(keys) if key in models
    }
    return {key: name[:1].upper() + name[1:] for key, name in names.items()}


def page_rows_of(pages, query: str, homes) -> list[Row]:
    """The pages that match, as rows; at most five queries however many there are."""
    year = ExtractYear("first_published_at")
    fields = ("pk", "path", "content_type_id", year)
    found = list(matches(pages, query).values_list(*fields)[:MOST_FOUND])
    kinds = kind_names(row[2] for row in found)
    units = _units(found)
    # The section of a page is the page under the home page above it, or itself.
    tops = {path: _top_paths(path, homes) for _key, path, _type, _year in found}
    titles = dict(Page.objects.filter(path__in={top for top, _home in tops.values()}).values_list("path", "title"))
    rows = []
    for key, path, type_id, published in found:
        top, home = tops[path]
        rows.append(
            Row(
                key,
                PAGE,
                (
                    kinds.get(type_id, _("Trang")),
                    titles.get(top, ""),
                    str(published or _("Không ghi năm")),
                    units.get(key) or _("Không ghi đơn vị"),
                    homes[home].name if home else "",
                    _("Không phải văn bản"),
                ),
            )
        )
    return rows


def _top_paths(path: str, homes) -> tuple[str, str]:
    """Return the tree paths of the section and of the home page above a page."""
    ways = ancestor_paths(path)
    place = max((place for place, way in enumerate(ways) if way in homes), default=None)
    if place is None:
        return path, ""
    return ways[min(place + 1, len(ways) - 1)], ways[place]


def _units(found) -> dict[int, str]:
    """Return the names of the units responsible for pages."""
    return dict(of_all_types({key: type_id for key, _path, type_id, _year in found}, "responsible_unit__name"))


def of_all_types(types: dict[int, int], *fields: str) -> list[tuple]:
    """Return (key, *fields) of pages of any type: one query, a part for each type. `types`: {key: content type}.

    "summary" is the field that the type names for it. Joined to the tables of all types PostgreSQL would plan longer
    than it reads.
    """
    parts = []
    for type_id in sorted(set(types.values())):
        model = ContentType.objects.get_for_id(type_id).model_class()
        if model is not None and issubclass(model, BasePage):
            keys = [key for key, of_type in types.items() if of_type == type_id]
            own = [model.search_summary if name == "summary" else name for name in fields]
            parts.append(model.objects.filter(pk__in=keys).order_by().values_list("pk", *own))
    return list(parts[0].union(*parts[1:], all=True)) if parts else []


def document_rows_of(documents) -> list[Row]:
    fields = ("pk", "year", "main_issuer__name", "owner_site__name", "stored_status__code")
    statuses = {code.value: str(code.label) for code in StatusCode}
    kind = _("Văn bản")
    return [
        Row(
            key,
            DOCUMENT,
            (
                kind,
                kind,
                str(year or _("Không ghi năm")),
                issuer or _("Không ghi đơn vị"),
                site,
                statuses.get(code, statuses[StatusCode.UNKNOWN]),
            ),
        )
        for key, year, issuer, site, code in documents.values_list(*fields)[:MOST_FOUND]
    ]


def service_rows_of(services: list, offers: dict[int, list], homes) -> list[Row]:
    """The services as rows; one offered by several sites has the name of each."""
    kind, nothing = _("Dịch vụ công"), _("Không phải văn bản")
    rows = []
    for service in services:
        places = offers.get(service.key, [])
        years = [place.year for place in places if place.year]
        units = tuple(dict.fromkeys(place.unit for place in places if place.unit)) or (_("Không ghi đơn vị"),)
        sites = tuple(dict.fromkeys(homes[place.home].name for place in places)) or ("",)
        year = str(min(years)) if years else _("Không ghi năm")
        rows.append(Row(service.key, SERVICE, (kind, kind, year, units, sites, nothing)))
    return rows
