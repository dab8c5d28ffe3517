"""The list of a register: filters with counts, search, number look-up, sorting and paging; its queries never grow.

1. `facet_index.py` has the whole register in memory; a chosen filter leaves the documents that have its value.
2. A number typed is looked up by itself (`numbered`); other words are found by `finding.py`.
3. The counts of a filter are those of its values under the other filters: they add up to the list without it.
4. The page of the list is read by its keys, the words looked for are marked.
5. For another day than today the same is asked of `facet_index_on_day.py`.
Parameters that make no sense are ignored; a value that makes sense but that no document has finds none. A page beyond
the last is the last.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from django.core.paginator import Page as PaginatorPage
from django.core.paginator import Paginator
from django.db.models import Q
from django.db.models.functions import Length, Substr
from django.utils.formats import localize
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from base.models import PortalSite
from base.public.highlighting import highlight
from base.public.index import meanings
from base.queries.prepared import Prepared, given_list, in_steps
from vietnam import document_numbers, text
from vietnam.analysis import clean, excerpt, query_terms
from vietnam.equivalents import Wanted

from ..life.effect import StatusCode
from ..models.document import LegalDocument, number_key, suffix_key
from ..models.entry import BEGUN, RegisterEntry
from ..models.issuing import DocumentType, IssuingBody
from .as_of import statuses
from .facet_index import (
    FIELD,
    FILTERS,
    IN_FORCE_FIRST,
    ISSUER,
    NEWEST,
    NONE,
    NUMBER,
    SIGNER,
    STATUS,
    TYPE,
    YEAR,
    FacetIndex,
    index_of,
)
from .facet_index_on_day import index_on
from .finding import EXACT, NEAR, NEAR_IN_TITLE, find

DOCUMENTS_A_PAGE = 20
QUERY, SORT, PAGE = "q", "sap-xep", "trang"
PARAMETERS = (*FILTERS, QUERY, SORT, PAGE)
BEST = "phu-hop"
# Of a text, the letters that are looked through for an excerpt.
LONGEST_TEXT = 20_000
# Of the value of a filter, the letters that are read.
LONGEST_VALUE = 200
# Documents bearing one number that are looked through; those whose letters fit exactly come first.
MOST_CANDIDATES = 100

SELECTED = mark_safe(" selected")

_YEAR = re.compile(r"(?:1[89]|20)\d\d", re.ASCII)
_DASHES = re.compile("[\u2010-\u2015\u2212]")
# A year written out after a number: "so 15 nam 2019".
_SPOKEN_YEAR = re.compile(r"(?<=[\da-z])\s+nam\s+(?=(?:19|20)\d\d\b)")
# Letters that stand for digits before or between slashes: "0l/2020", "15/2o19".
_DIGITS = re.compile(r"(?<![a-z\d])[\doli]*\d[\doli]*(?=\s*/)|(?<=/)[\doli]*\d[\doli]*(?=/|$)")
_LETTERS_AS_DIGITS = str.maketrans("oli", "011")
# A number as people type it, after folding: "43/2011", "01 2020 qd ubnd", "quyet dinh so 308/ttr-vhtt".
_TYPED = re.compile(
    r"(?P<word>[a-z ]*?)(?:\s*so)?\s*:?\s*(?P<number>\d+(?:\.\d+)*[a-z]?)\s*(?:[/\s-]\s*(?P<year>(?:19|20)\d\d)(?!\d))?"
    r"[\s/.-]*(?P<letters>[a-z&][a-z0-9&\s/.-]*)?"
)


@dataclass(frozen=True)
class Choice:
    """One value of a filter or order: its value in the address, its label, how many documents, whether chosen."""

    value: str
    label: str
    count: int | None = None
    is_chosen: bool = False


@dataclass
class Filter:
    """One filter of the list with its values."""

    name: str
    label: str
    any_label: str
    choices: list[Choice] = field(default_factory=list)

    @property
    def options(self) -> SafeString:
        """The choices as options of a select."""
        rows = [
            (choice.value, SELECTED if choice.is_chosen else "", f"{choice.label} ({localize(choice.count)})")
            for choice in self.choices
        ]
        return format_html_join("", '<option value="{}"{}>{}</option>', rows)


@dataclass
class Listing:
    """What the template of a register needs.

    `near_from`: how many documents of this page are exact matches; those after them are fuzzy matches. `is_cut`: there
    are more than `total`, which were not counted. `unknown`: filters whose value makes no sense, which are ignored.
    """

    paging: PaginatorPage
    filters: list[Filter]
    orders: list[Choice]
    query: str
    is_filtered: bool
    near_from: int
    is_cut: bool = False
    unknown: tuple[str, ...] = ()

    @property
    def documents(self) -> list:
        return self.paging.object_list

    @property
    def exact(self) -> list:
        return self.documents[: self.near_from]

    @property
    def near(self) -> list:
        return self.documents[self.near_from :]

    @property
    def total(self) -> int:
        return self.paging.paginator.count


def list_documents(
    site: PortalSite | None,
    parameters,
    keys: Iterable[int] = (),
    day: date | None = None,
    *,
    whole: bool = False,
    request=None,
    at_once: int = DOCUMENTS_A_PAGE,
) -> Listing:
    """Return one page of the public documents of a site's register, of all sites for None.

    `parameters`: a mapping with "loai", "co-quan" (slugs), "nam", "tinh-trang", "linh-vuc", "nguoi-ky", "q", "sap-xep",
    "trang".
    `keys`: the documents that have the number typed as "q", from `numbered`; without any, "q" is searched as words.
    `day`: another day than today, as of which the register is shown. Each document has its status as `shown_status`.
    `whole`: the documents with all their columns, not only with those that a row of the list shows. Words that mean the
    same are looked for too; they are read once for all requests, and again without a `request`. `at_once`: how many
    documents a page has.
    """
    index = index_of(site, request)
    if day:
        index = index_on(index, day)
    selection, named, unknown = _selected(index, parameters)
    query = clean(str(parameters.get(QUERY) or ""))
    by_words = bool(query) and not keys
    orders = ([BEST] if by_words else [IN_FORCE_FIRST]) + [NEWEST, NUMBER]
    order = parameters.get(SORT) if parameters.get(SORT) in orders else orders[0]
    searched, marked = _Searched(index.bits_of(keys) if keys else None), ""
    if by_words:
        wanted = meanings.wanted(query, request)
        searched, marked = _search(index, query, selection, wanted), meanings.marked(query, wanted)
    found = searched.under(index, selection)
    paging = Paginator(range(found.bit_count()), at_once).get_page(parameters.get(PAGE))
    first = paging.start_index() - 1 if found else 0
    page, near_from = _page(index, found, searched.looks, order, first, at_once)
    paging.object_list = _read(page, marked, searched.looks, day, whole=whole)
    return Listing(
        paging,
        _filters(index, selection, searched, named),
        _orders(orders, order),
        query,
        bool(selection or query),
        near_from,
        searched.is_cut,
        unknown,
    )


def _selected(index: FacetIndex, parameters) -> tuple[dict[str, str], dict[str, str], tuple[str, ...]]:
    """Return the chosen values, the labels of those that no document here has, and the filters without sense."""
    selection, named, unknown = {}, {}, []
    for name in FILTERS:
        value = str(parameters.get(name) or "").strip()[:LONGEST_VALUE]
        if not value:
            continue
        if value not in index.labels[name]:
            label = _known_elsewhere(name, value)
            if label is None:
                unknown.append(name)
                continue
            named[name] = label
        selection[name] = value
    return selection, named, tuple(unknown)


def _known_elsewhere(name: str, value: str) -> str | None:
    """Return the label of a value that no document of a register has, or None when the value makes no sense."""
    if value == NONE and name in (YEAR, FIELD, SIGNER):
        return ""
    if name == STATUS:
        code = value.replace("-", "_")
        return code if code in StatusCode.values else None
    if name == YEAR:
        return value if _YEAR.fullmatch(value) else None
    if name in (FIELD, SIGNER):
        return index_of(None).labels[name].get(value, (None,))[0]
    model = DocumentType if name == TYPE else IssuingBody
    return model.objects.filter(slug=value).values_list("name", flat=True).first()


@dataclass(frozen=True)
class _Searched:
    """What a query found, as bits of the facet index: None for everything.

    When more was found than is counted, `without` holds what was found without each chosen filter.
    """

    bits: int | None
    looks: dict[int, int] = field(default_factory=dict)
    is_cut: bool = False
    without: dict[str, int] = field(default_factory=dict)

    def under(self, index: FacetIndex, selection, but: str = "") -> int:
        bits = self.without.get(but, self.bits)
        return index.chosen(selection, but) & (index.everything if bits is None else bits)


def _search(index: FacetIndex, query: str, selection, wanted: Wanted) -> _Searched:
    """Search by words. Common words are searched again under the filters chosen, so that these reach further back."""
    found = find(query, index.part(), wanted=wanted)
    without = {}
    if found.is_cut and selection:
        found = find(query, index.part(selection), wanted=wanted)
        for name in selection:
            others = find(query, index.part(selection, but=name), wanted=wanted)
            without[name] = index.bits_of(others.looks)
    return _Searched(index.bits_of(found.looks), found.looks, found.is_cut, without)


def _page(
    index: FacetIndex, found: int, looks: dict[int, int], order: str, first: int, most: int
) -> tuple[list[int], int]:
    """Return the keys of a page and how many of them are exact matches; fuzzy matches come after all of these."""
    if not looks:
        page = index.page(found, order, first, most)
        return page, len(page)
    keys = index.page(found, IN_FORCE_FIRST if order == BEST else order, 0, len(looks))
    # Sorting is stable: among equals the order stays.
    keys.sort(key=lambda key: looks[key] if order == BEST else looks[key] >= NEAR_IN_TITLE)
    page = keys[first : first + most]
    return page, sum(looks[key] < NEAR_IN_TITLE for key in page)


def _read(keys: list[int], query: str, looks: dict[int, int], day: date | None, *, whole: bool) -> list[LegalDocument]:
    """Return the documents of a page in its order, their names and subjects with the words looked for marked.

    What was found by its text only comes with an excerpt of it.
    """
    by_text = {key for key in keys if looks.get(key) in (EXACT, NEAR)}
    rows = _rows(whole=bool(day or whole), with_text=bool(by_text)).all(keys=in_steps(keys)) if keys else []
    known = {document.pk: document for document in rows}
    documents = [known[key] for key in keys if key in known]
    on_day = statuses(documents, day) if day else {}
    for document in documents:
        document.shown_status = on_day.get(document.pk) or document.status
        document.shown_name, document.shown_subject = document.name, document.subject
        if query:
            document.shown_name = highlight(document.name, query)
            document.shown_subject = highlight(document.subject, query)
        document.shown_excerpt = ""
        if document.pk in by_text:
            document.shown_excerpt = highlight(excerpt(document.beginning, query), query)
    return documents


@cache
def _rows(*, whole: bool, with_text: bool) -> Prepared:
    """The documents with some keys: with what a row of the list shows or `whole`, with the beginning of their text."""

    def made(keys: int):
        rows = LegalDocument.objects.public().filter(pk__in=given_list("keys", keys))
        rows = rows.for_display() if whole else rows.for_list()
        return rows.annotate(beginning=Substr("full_text", 1, LONGEST_TEXT)) if with_text else rows

    return Prepared(made)


def _filters(index: FacetIndex, selection, searched: _Searched, named: dict[str, str]) -> list[Filter]:
    """Return the filters with the values that documents have, and the chosen ones; `named`: those without documents."""
    filters = []
    for name, (label, any_label) in LABELS.items():
        counts = index.counts(name, searched.under(index, selection, but=name))
        shown = sorted(index.labels[name].items(), key=lambda row: row[1][1])
        choices = [
            Choice(value, _label(name, value, known), counts[value], value == selection.get(name))
            for value, (known, _order) in shown
            if counts[value] or value == selection.get(name)
        ]
        if name in named:
            choices.append(Choice(selection[name], _label(name, selection[name], named[name]), 0, is_chosen=True))
        filters.append(Filter(name, str(label), str(any_label), choices))
    return filters


LABELS = {
    TYPE: (gettext_lazy("Loại văn bản"), gettext_lazy("Mọi loại")),
    ISSUER: (gettext_lazy("Cơ quan ban hành"), gettext_lazy("Mọi cơ quan")),
    YEAR: (gettext_lazy("Năm ban hành"), gettext_lazy("Mọi năm")),
    STATUS: (gettext_lazy("Tình trạng hiệu lực"), gettext_lazy("Mọi tình trạng")),
    FIELD: (gettext_lazy("Lĩnh vực"), gettext_lazy("Mọi lĩnh vực")),
    SIGNER: (gettext_lazy("Người ký"), gettext_lazy("Mọi người ký")),
}
ORDERS = {
    BEST: gettext_lazy("Khớp nhất trước"),
    IN_FORCE_FIRST: gettext_lazy("Còn hiệu lực trước"),
    NEWEST: gettext_lazy("Mới nhất trước"),
    NUMBER: gettext_lazy("Theo số"),
}


def _label(name: str, value: str, known: str) -> str:
    if not known:
        return _("Chưa ghi")
    return str(StatusCode(known).label) if name == STATUS else known


def _orders(orders: list[str], chosen: str) -> list[Choice]:
    return [Choice(order, str(ORDERS[order]), is_chosen=order == chosen) for order in orders]


# --- For other lists of documents -----------------------------------------------------------------


def matching(documents, query: str, *, is_begun: bool = False):
    """Return the documents that have the number typed; for other words those that hold every one, marks or not.

    `is_begun`: the last word may be incomplete, as while a user types.
    """
    keys = numbered(documents, query)
    return documents.filter(pk__in=keys) if keys else holding(documents, query, is_begun=is_begun)


def holding(documents, query: str, *, is_begun: bool = False):
    """Return the documents that hold every word of a query, with or without marks.

    Public ones by the register's index; drafts, where `documents` has any, by their number, subject and issuer.
    """
    terms = query_terms(query)
    if not terms:
        return documents.none()
    if is_begun:
        terms = [*terms[:-1], [word + BEGUN for word in terms[-1]]]
    public = RegisterEntry.objects.filter(words__holds=terms).values("document")
    drafts = Q(live=False)
    for word in text.fold(clean(query)).split():
        drafts &= Q(search_text__contains=word)
    return documents.filter(Q(pk__in=public) | drafts)


def numbered(documents, query: str) -> list[int]:
    """Return the keys of the documents whose number was typed, as `addressed`."""
    return [pk for pk, _slug in addressed(documents, query)]


def addressed(documents, query: str) -> list[tuple[int, str | None]]:
    """Return key and address of the documents whose number was typed, whatever the blanks and marks; one query.

    Empty when the query is not a number, or no document has it. "01 2020 qd ubnd", "0l/2020" and "quyết định số 1 năm
    2020" find 01/2020/QĐ-UBND.
    """
    match = _TYPED.fullmatch(_as_printed(query))
    if not match or not (match["year"] or match["letters"]):
        return []
    word = match["word"].strip()
    found_type = document_numbers.type_named(word) if word and word != "so" else None
    if word and word != "so" and found_type is None:
        return []
    wanted = suffix_key(match["letters"] or "")
    found = documents.filter(number_key=number_key(match["number"]), suffix_key__startswith=wanted)
    if match["year"]:
        # A number of one year may be issued in the next: what is printed counts as well.
        year = match["year"]
        found = found.filter(Q(year=int(year)) | Q(symbol_as_printed__contains=f"/{year}"))
    if found_type:
        found = found.filter(document_type__name=found_type.name)
    rows = found.order_by(Length("suffix_key"), "-issued_on", "-pk").values_list("pk", "slug", "suffix_key")
    rows = list(rows[:MOST_CANDIDATES])
    exact = [(pk, slug) for pk, slug, suffix in rows if suffix == wanted]
    return exact or [(pk, slug) for pk, slug, _suffix in rows]


def _as_printed(query: str) -> str:
    """Return a number as typed, folded, in the joints of print: "Số 15 năm 2019" -> "so 15/2019"."""
    folded = re.sub(r"\s*([/-])\s*", r"\1", _DASHES.sub("-", text.fold(query))).strip(" .,;")
    return _DIGITS.sub(lambda match: match[0].translate(_LETTERS_AS_DIGITS), _SPOKEN_YEAR.sub("/", folded))
