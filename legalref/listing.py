"""The list of a register: filters, search, number look-up and paging, with a number of queries that never grows.

Parameters that make no sense are as if they were not there; a page beyond the last is the last.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.paginator import Page as PaginatorPage
from django.core.paginator import Paginator
from django.db.models import CharField, IntegerField, Value
from django.db.models.functions import Cast
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

_DASHES = re.compile("[\u2010-\u2015\u2212]")
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


def list_documents(documents, parameters, keys: Iterable[int] = ()) -> Listing:
    """Return one page of `documents` (a query set of public documents), in force first, then the newest.

    `parameters`: a mapping with "loai", "co-quan" (slugs), "nam", "tinh-trang", "linh-vuc", "q", "trang". `keys`: the
    documents that bear the number typed as "q", from `numbered`; without any, "q" is searched as words.
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
        found, is_filtered = found.filter(pk__in=keys) if keys else holding(found, query), True
    found = found.for_display().order_by("stored_status__rank", "-issued_on", "-pk")
    paging = Paginator(found, DOCUMENTS_A_PAGE).get_page(parameters.get(PAGE))
    paging.object_list = list(paging.object_list)
    return Listing(paging, filters, query, is_filtered)


def matching(documents, query: str):
    """Return the documents that bear the number typed; for other words those that hold every one, marks or not."""
    keys = numbered(documents, query)
    return documents.filter(pk__in=keys) if keys else holding(documents, query)


def holding(documents, query: str):
    """Return the documents that hold every word of a query, with or without marks."""
    for word in text.fold(query).split()[:MOST_WORDS]:
        documents = documents.filter(search_text__contains=word)
    return documents


def numbered(documents, query: str) -> list[int]:
    """Return the keys of the documents whose number was typed, whatever the spaces, slashes and marks; one query.

    Empty when the query is not a number, or nobody bears it. Example: "01 2020 qd ubnd" finds 01/2020/QĐ-UBND.
    """
    match = _TYPED.fullmatch(re.sub(r"\s*([/-])\s*", r"\1", _DASHES.sub("-", text.fold(query))).strip(" .,;"))
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
    """The values of every filter in one query: (filter, value, label, order) rows of four small distinct lists."""

    def rows(name, found, value, label, order):
        text_of = CharField()
        return (
            found.order_by()
            .values_list(
                Value(name, text_of), Cast(value, text_of), Cast(label, text_of), Cast(order, IntegerField())
            )
            .distinct()
        )  # fmt: skip

    found = rows(TYPE, documents, "document_type__slug", "document_type__name", "document_type__sort_order").union(
        rows(ISSUER, documents, "main_issuer__slug", "main_issuer__name", Value(0)),
        rows(YEAR, documents.exclude(year=None), "year", "year", Value(0)),
        rows(FIELD, documents.exclude(field=""), "field", "field", Value(0)),
        all=True,
    )
    values: dict[str, list] = {name: [] for name in (TYPE, ISSUER, YEAR, FIELD)}
    for name, value, label, order in found:
        values[name].append((order, text.slug(value) if name == FIELD else value, label))
    pairs = {name: [row[1:] for row in sorted(values[name], key=_order)] for name in values}
    pairs[YEAR].reverse()
    pairs[STATUS] = [(code.value.replace("_", "-"), str(code.label)) for code in StatusCode]
    labels = {
        TYPE: (_("Loại văn bản"), _("Mọi loại")),
        ISSUER: (_("Cơ quan ban hành"), _("Mọi cơ quan")),
        YEAR: (_("Năm ban hành"), _("Mọi năm")),
        STATUS: (_("Tình trạng hiệu lực"), _("Mọi tình trạng")),
        FIELD: (_("Lĩnh vực"), _("Mọi lĩnh vực")),
    }
    return [
        Filter(
            name,
            str(label),
            str(any_label),
            [Choice(value, shown, value == parameters.get(name)) for value, shown in pairs[name]],
        )
        for name, (label, any_label) in labels.items()
    ]


def _order(row):
    return row[0], text.sort_key(row[2])


def _filter(filters, name: str) -> Filter:
    return next(found for found in filters if found.name == name)


def _chosen(filters, name: str) -> str:
    return next((choice.value for choice in _filter(filters, name).choices if choice.is_chosen), "")
