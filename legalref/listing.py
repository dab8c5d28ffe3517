"""The list of a register: filters, search, number look-up and paging, with a number of queries that never grows.

Parameters that make no sense are as if they were not there; a page beyond the last is the last.
"""

import re
from dataclasses import dataclass, field

from django.core.paginator import Page as PaginatorPage
from django.core.paginator import Paginator
from django.utils.translation import gettext_lazy as _

from vietnam import document_numbers, text

from .effect import StatusCode

DOCUMENTS_A_PAGE = 20
TYPE, ISSUER, YEAR, STATUS, FIELD, QUERY, PAGE = "loai", "co-quan", "nam", "tinh-trang", "linh-vuc", "q", "trang"
PARAMETERS = (TYPE, ISSUER, YEAR, STATUS, FIELD, QUERY, PAGE)
MOST_WORDS = 8
LONGEST_QUERY = 200
# More documents than this never share a number and year; the suffix is compared in memory.
MOST_CANDIDATES = 100

# A number as people type it, after folding: "43/2011", "01 2020 qd ubnd", "quyet dinh so 308/ttr-vhtt".
_TYPED = re.compile(
    r"(?P<word>[a-z ]*?)(?:\s*so)?\s*:?\s*(?P<number>\d+(?:\.\d+)*[a-z]?)\s*(?:[/\s-]\s*(?P<year>(?:19|20)\d\d)(?!\d))?"
    r"[\s/.-]*(?P<letters>[a-z&][a-z0-9&\s/.-]*)?"
)


@dataclass(frozen=True)
class Choice:
    """One value of a filter: what stands in the address, its label, whether it is chosen."""

    value: str
    label: str
    is_chosen: bool = False


@dataclass
class Filter:
    """One filter of the list with its values."""

    name: str
    label: str
    any_label: str
    choices: list[Choice] = field(default_factory=list)


@dataclass
class Listing:
    """What the template of a register needs."""

    paging: PaginatorPage
    filters: list[Filter]
    query: str
    is_filtered: bool

    @property
    def documents(self) -> list:
        return self.paging.object_list

    @property
    def total(self) -> int:
        return self.paging.paginator.count


def list_documents(documents, parameters) -> Listing:
    """Return one page of `documents` (a query set of public documents), in force first, then the newest.

    `parameters`: a mapping with "loai", "co-quan" (slugs), "nam", "tinh-trang", "linh-vuc", "q", "trang".
    """
    filters = _filters(documents, parameters)
    names = {TYPE: "document_type__slug", ISSUER: "main_issuer__slug", YEAR: "year"}
    found, is_filtered = documents, False
    for name, lookup in names.items():
        value = _chosen(filters, name)
        if value:
            found, is_filtered = found.filter(**{lookup: value}), True
    status = _chosen(filters, STATUS)
    if status:
        found, is_filtered = found.filter(stored_status__code=status.replace("-", "_")), True
    chosen_field = next((choice.label for choice in _filter(filters, FIELD).choices if choice.is_chosen), "")
    if chosen_field:
        found, is_filtered = found.filter(field=chosen_field), True
    query = " ".join(str(parameters.get(QUERY) or "").split())[:LONGEST_QUERY]
    if query:
        found, is_filtered = matching(found, query), True
    found = found.for_display().order_by("stored_status__rank", "-issued_on", "-pk")
    paging = Paginator(found, DOCUMENTS_A_PAGE).get_page(parameters.get(PAGE))
    paging.object_list = list(paging.object_list)
    return Listing(paging, filters, query, is_filtered)


def matching(documents, query: str):
    """Return the documents that bear the number typed; for other words those that hold every one, marks or not."""
    keys = numbered(documents, query)
    if keys:
        return documents.filter(pk__in=keys)
    for word in text.fold(query).split()[:MOST_WORDS]:
        documents = documents.filter(search_text__contains=word)
    return documents


def numbered(documents, query: str) -> list[int]:
    """Return the keys of the documents whose number was typed, whatever the spaces, slashes and marks; one query.

    Empty when the query is not a number, or nobody bears it. Example: "01 2020 qd ubnd" finds 01/2020/QĐ-UBND.
    """
    match = _TYPED.fullmatch(re.sub(r"\s*([/-])\s*", r"\1", text.fold(query)).strip(" .,;"))
    if not match or not (match["year"] or match["letters"]):
        return []
    word = match["word"].strip()
    found_type = document_numbers.type_named(word) if word and word != "so" else None
    if word and word != "so" and found_type is None:
        return []
    parts = match["number"].split(".")
    key = ".".join(part.lstrip("0") or "0" for part in parts)
    found = documents.filter(number_key=key)
    if match["year"]:
        found = found.filter(year=int(match["year"]))
    if found_type:
        found = found.filter(document_type__name=found_type.name)
    wanted = _bare(match["letters"] or "")
    rows = found.values_list("pk", "suffix")[:MOST_CANDIDATES]
    exact = [pk for pk, suffix in rows if _bare(suffix) == wanted]
    return exact or [pk for pk, suffix in rows if _bare(suffix).startswith(wanted)]


def _bare(letters: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", text.fold(letters))


def _filters(documents, parameters) -> list[Filter]:
    types = documents.order_by("document_type__sort_order").values_list("document_type__slug", "document_type__name")
    issuers = documents.order_by("main_issuer__name").values_list("main_issuer__slug", "main_issuer__name")
    years = documents.exclude(year=None).order_by("-year").values_list("year", flat=True)
    fields = documents.exclude(field="").order_by("field").values_list("field", flat=True)
    values = {
        TYPE: (_("Loại văn bản"), _("Mọi loại"), list(dict.fromkeys(types.distinct()))),
        ISSUER: (_("Cơ quan ban hành"), _("Mọi cơ quan"), list(issuers.distinct())),
        YEAR: (_("Năm ban hành"), _("Mọi năm"), [(str(year), str(year)) for year in years.distinct()]),
        STATUS: (
            _("Tình trạng hiệu lực"), _("Mọi tình trạng"),
            [(code.value.replace("_", "-"), str(code.label)) for code in StatusCode],
        ),
        FIELD: (_("Lĩnh vực"), _("Mọi lĩnh vực"), [(text.slug(name), name) for name in fields.distinct()]),
    }  # fmt: skip
    return [
        Filter(
            name, str(label), str(any_label),
            [Choice(value, shown, value == parameters.get(name)) for value, shown in pairs],
        )
        for name, (label, any_label, pairs) in values.items()
    ]  # fmt: skip


def _filter(filters, name: str) -> Filter:
    return next(found for found in filters if found.name == name)


def _chosen(filters, name: str) -> str:
    return next((choice.value for choice in _filter(filters, name).choices if choice.is_chosen), "")
