"""What there is to count of hits: kinds, places, units, for the filters beside the list."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _
from wagtail.models import Page

from base.files.kinds import labels_of
from base.public.index.items import kind_names
from base.public.index.searching import Hit
from base.public.site_cache import memory_of, remembered
from base.queries import sql
from base.sites import ancestor_paths
from legalref.life.effect import StatusCode

from .contacts import Contact
from .facets import Row
from .order import CONTACT, DOCUMENT, PAGE, SERVICE

# What a document is counted by, as columns of its entry in the register.
DOCUMENT_FACTS = ("year", "main_issuer_id", "owner_site_id", "status", "field", "issued_on", "file_kinds")


def _names_in(table: str, request) -> Mapping[int, str]:
    """Return the names of a small table by their keys: one query, none until a site changes."""
    return remembered(request, ("names in", table), lambda: dict(sql.read(f"SELECT id, name FROM {table}")))


def _titles_at(paths: Iterable[str], request) -> Mapping[str, str]:
    """Return the titles of pages by their paths in the tree: each is asked for once until a site changes."""
    memory = memory_of(request)
    known = memory.get("titles at") if memory is not None else {}
    if known is None:
        known = memory.keep("titles at", {}, memory.all_sites)
    if unknown := sorted({path for path in paths if path not in known}):
        known |= sql.read(f"SELECT path, title FROM wagtailcore_page WHERE path IN {sql.places(unknown)}", unknown)
    return known


def page_rows_of(hits: Sequence[Hit], homes, request=None) -> list[Row]:
    """The pages found, as rows; at most two queries however many there are, none where their sections are known."""
    units = _names_in("base_organisationunit", request) if hits else {}
    kinds = kind_names(hit.kind for hit in hits)
    # The section of a page is the page under the home page above it, or itself.
    tops, ways = {}, {}
    for hit in hits:
        above = hit.path[: -Page.steplen]
        if above in homes or hit.path in homes:
            tops[hit.page_id] = _top_paths(hit.path, homes)
        else:
            # The same for all pages below one.
            tops[hit.page_id] = ways[above] if above in ways else ways.setdefault(above, _top_paths(above, homes))
    titles = _titles_at((top for top, _home in tops.values()), request)
    no_year, no_unit, nothing = _("Không ghi năm"), _("Không ghi đơn vị"), _("Không phải văn bản")
    no_field, files = _("Không ghi lĩnh vực"), _labels_of_files(hit.file_kinds for hit in hits)
    rows = []
    for hit in hits:
        top, home = tops[hit.page_id]
        rows.append(
            Row(
                hit.page_id,
                PAGE,
                (
                    kinds[hit.kind],
                    titles.get(top, ""),
                    no_field,
                    str(hit.year or no_year),
                    units.get(hit.unit_id or 0) or no_unit,
                    homes[home].name if home else "",
                    nothing,
                    files[hit.file_kinds],
                ),
                hit.published[:10],
            )
        )
    return rows


def _labels_of_files(stored: Iterable[str]) -> dict[str, str | tuple[str, ...]]:
    """Return what each stored set of kinds of files is called; a single kind is no tuple."""
    found = {kinds: labels_of(kinds) or (_("Không ghi tệp"),) for kinds in set(stored)}
    return {kinds: labels[0] if len(labels) == 1 else labels for kinds, labels in found.items()}


def _top_paths(path: str, homes) -> tuple[str, str]:
    """Return the tree paths of the section and of the home page above a page."""
    ways = ancestor_paths(path)
    place = max((place for place, way in enumerate(ways) if way in homes), default=None)
    if place is None:
        return path, ""
    return ways[min(place + 1, len(ways) - 1)], ways[place]


def document_rows_of(keys: Sequence[int], facts: Mapping[int, Sequence], homes, request=None) -> list[Row]:
    """The documents found, as rows in the same order; `facts`: of those for which they are known.

    At most two queries however many there are.
    """
    if not keys:
        return []
    unknown = [key for key in keys if key not in facts]
    entries, issuers = {**facts, **_entries_of(unknown)}, _names_in("legalref_issuingbody", request)
    sites = {home.site_id: home.name for home in homes.values()}
    statuses = {code.value: str(code.label) for code in StatusCode}
    kind, no_year, no_unit = _("Văn bản"), _("Không ghi năm"), _("Không ghi đơn vị")
    no_field, files = _("Không ghi lĩnh vực"), _labels_of_files(known[-1] for known in entries.values())
    rows = []
    for key in keys:
        if key not in entries:
            continue
        year, issuer, site, code, field, issued_on, kinds = entries[key]
        rows.append(
            Row(
                key,
                DOCUMENT,
                (
                    kind,
                    kind,
                    field or no_field,
                    str(year or no_year),
                    issuers.get(issuer) or no_unit,
                    sites.get(site, ""),
                    statuses.get(code, statuses[StatusCode.UNKNOWN]),
                    files[kinds],
                ),
                str(issued_on or ""),
            )
        )
    return rows


def _entries_of(keys: Sequence[int]) -> dict[int, tuple]:
    """Return DOCUMENT_FACTS of some documents by their keys: one query, none for no keys."""
    if not keys:
        return {}
    columns = ", ".join(("document_id", *DOCUMENT_FACTS))
    rows = sql.read(f"SELECT {columns} FROM legalref_registerentry WHERE document_id IN {sql.places(keys)}", keys)
    return {key: facts for key, *facts in rows}


def service_rows_of(services: list, offers: dict[int, list], homes) -> list[Row]:
    """The services as rows; one offered by several sites has the name of each."""
    kind, nothing, no_file = _("Dịch vụ công"), _("Không phải văn bản"), _("Không ghi tệp")
    rows = []
    for service in services:
        places = offers.get(service.key, [])
        years = [place.year for place in places if place.year]
        units = tuple(dict.fromkeys(place.unit for place in places if place.unit)) or (_("Không ghi đơn vị"),)
        sites = tuple(dict.fromkeys(homes[place.home].name for place in places)) or ("",)
        year = str(min(years)) if years else _("Không ghi năm")
        field = service.field or _("Không ghi lĩnh vực")
        rows.append(Row(service.key, SERVICE, (kind, kind, field, year, units, sites, nothing, no_file)))
    return rows


def contact_rows_of(contacts: Sequence[Contact], homes) -> list[Row]:
    """The units and people as rows; no query."""
    kind, nothing = _("Đơn vị, cán bộ"), _("Không phải văn bản")
    no_field, no_year, no_file = _("Không ghi lĩnh vực"), _("Không ghi năm"), _("Không ghi tệp")
    names = {home.site_id: home.name for home in homes.values()}
    return [
        Row(
            contact.key,
            CONTACT,
            (
                kind,
                kind,
                no_field,
                no_year,
                contact.unit or contact.title,
                names.get(contact.site_id, ""),
                nothing,
                no_file,
            ),
        )
        for contact in contacts
    ]
