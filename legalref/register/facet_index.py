"""A site's register in memory: which documents it lists, in which order, and which of them have which value.

Every document is one bit, in the order of the list; a value of a filter is the number whose bits are its documents. So
a list, its total and the counts of every filter are a few operations on numbers, whatever was chosen and found, and
they add up. The facet index is built from the entries of the register (`models/entry.py`) when these have changed,
which their version tells: one small query a request.
"""

import re
from array import array
from bisect import bisect_left
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from itertools import islice
from threading import Lock

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Q

from base.models import PortalSite
from base.public.site_cache import remembered
from base.queries import sql
from vietnam import text

from ..life.effect import StatusCode
from ..models.entry import (
    ISSUER_MARK,
    TYPE_MARK,
    YEAR_MARK,
    RegisterEntry,
    RegisterVersion,
    belongs_to,
    field_mark,
    mark,
    marked_from_elsewhere,
)
from ..models.issuing import DocumentType, IssuingBody

TYPE, ISSUER, YEAR, STATUS, FIELD, SIGNER = "loai", "co-quan", "nam", "tinh-trang", "linh-vuc", "nguoi-ky"
FILTERS = (TYPE, ISSUER, YEAR, STATUS, FIELD, SIGNER)
# The column of an entry behind each filter.
COLUMNS = {
    TYPE: "document_type_id",
    ISSUER: "main_issuer_id",
    YEAR: "year",
    STATUS: "status",
    FIELD: "field",
    SIGNER: "signer",
}
# How the index of words finds the value of an entry for a filter; a status changes without its document.
MARKS = {
    TYPE: partial(mark, TYPE_MARK),
    ISSUER: partial(mark, ISSUER_MARK),
    YEAR: partial(mark, YEAR_MARK),
    FIELD: field_mark,
}
# The value of documents that have none, so that the counts of a filter add up to the total.
NONE = "chua-ghi"
IN_FORCE_FIRST, NEWEST, NUMBER = "hieu-luc", "moi-nhat", "so"
MOST_INDEXES = 40
# Documents of other sites on one site; more of them are named by a query instead of one by one.
MOST_NAMED = 500
# Fewer documents than this are sorted by themselves; for more all are gone through in their order.
FEW = 5000

_indexes: OrderedDict[int, "FacetIndex"] = OrderedDict()
_lock = Lock()


def _by_filter() -> dict[str, dict]:
    return {name: {} for name in FILTERS}


@dataclass
class FacetIndex:
    """The register of one site (all registers for None) at one version of the entries.

    `keys`: the documents in the order of the list, in force first, then the newest; `issued` and `numbers` have the
    same order. `condition`: what their entries meet. `values`: for each filter the documents of each value as bits, bit
    0 the first document; `own_values`: the values in the entries for it; `labels`: (label, sort key), where a status is
    labelled by its code and a missing value by "".
    """

    version: int
    condition: Q
    keys: array
    issued: array
    numbers: array
    values: dict[str, dict[str, int]] = field(default_factory=_by_filter)
    own_values: dict[str, dict[str, list]] = field(default_factory=_by_filter)
    labels: dict[str, dict[str, tuple]] = field(default_factory=_by_filter)
    _orders: dict[str, array] = field(default_factory=dict)
    _ranks: dict[str, array] = field(default_factory=dict)

    @property
    def everything(self) -> int:
        return (1 << len(self.keys)) - 1

    def chosen(self, selection: dict[str, str], but: str = "") -> int:
        """Return the documents under every chosen value, leaving out the filter `but`, as bits."""
        found = self.everything
        for name, value in selection.items():
            if name != but:
                found &= self.values[name].get(value, 0)
        return found

    def part(self, selection: dict[str, str] | None = None, but: str = "") -> "Part":
        """Return the documents under every chosen value but that of one filter, as the search wants them."""
        chosen = {name: value for name, value in (selection or {}).items() if name != but}
        own = {name: self.own_values[name].get(value, []) for name, value in chosen.items()}
        marks = [[MARKS[name](one) for one in own[name]] for name in chosen if name in MARKS]
        condition, parameters = self.written
        if STATUS in chosen:
            with_status, codes = self.with_status(own[STATUS])
            condition, parameters = f"{condition} AND {with_status}", [*parameters, *codes]
        if own.get(SIGNER):
            signed = f"legalref_registerentry.signer IN {sql.places(own[SIGNER])}"
            condition, parameters = f"{condition} AND {signed}", [*parameters, *own[SIGNER]]
        return Part(self, self.chosen(chosen), condition, parameters, marks)

    @cached_property
    def written(self) -> tuple[str, list]:
        """`condition` as written SQL on the table of entries, with its parameters."""
        query = RegisterEntry.objects.filter(self.condition).query
        if not query.where:
            return "TRUE", []
        condition, parameters = query.get_compiler(DEFAULT_DB_ALIAS).compile(query.where)
        return f"({condition})", list(parameters)

    def with_status(self, codes: list[str]) -> tuple[str, list]:
        """Return what an entry must meet to have one of these statuses, as written SQL with its parameters."""
        return f"legalref_registerentry.status IN {sql.places(codes)}", codes

    def issued_until(self, day: date) -> int:
        """Return the documents issued on a local date or before, as bits."""
        newest, last = self._order(NEWEST), day.toordinal()
        first = bisect_left(newest, -last, key=lambda place: -self.issued[place])
        return bits_at(newest[first:], len(self.keys))

    def counts(self, name: str, found: int) -> dict[str, int]:
        """Return how many of the documents `found` have each value of a filter; they add up to all of them."""
        return {value: (bits & found).bit_count() for value, bits in self.values[name].items()}

    def bits_of(self, keys) -> int:
        """Return documents as bits; those that do not stand here are left out."""
        return bits_at(list(self.places_of(keys).values()), len(self.keys))

    def places_of(self, keys) -> dict[int, int]:
        """Return the place of each document in the order of the list; those that do not stand here are left out."""
        first, places = self._by_key
        last = first + len(places)
        return {key: places[key - first] for key in keys if first <= key < last and places[key - first] >= 0}

    def page(self, found: int, order: str, first: int, count: int) -> list[int]:
        """Return the keys of the documents number `first` to `first + count` among `found`, in an order."""
        if found == self.everything and order == IN_FORCE_FIRST:
            return list(self.keys[first : first + count])
        if order == IN_FORCE_FIRST:
            places = places_in(found)
        elif found.bit_count() < FEW:
            places = iter(sorted(places_in(found), key=self._rank(order).__getitem__))
        else:
            bits = found.to_bytes(len(self.keys) // 8 + 1, "little")
            places = (place for place in self._order(order) if bits[place >> 3] >> (place & 7) & 1)
        return [self.keys[place] for place in islice(places, first, first + count)]

    @cached_property
    def _by_key(self) -> tuple[int, array]:
        """The lowest key, and the places of all keys from that on, -1 for one that does not stand here."""
        first = min(self.keys, default=0)
        places = array("i", [-1]) * (max(self.keys, default=-1) - first + 1)
        for place, key in enumerate(self.keys):
            places[key - first] = place
        return first, places

    def _order(self, order: str):
        if order == IN_FORCE_FIRST:
            return range(len(self.keys))
        if order not in self._orders:
            newest = [-day for day in self.issued]
            if order == NUMBER:
                # By number, the newest of each first; what has no number comes last.
                key = [(number or 1 << 62, day) for number, day in zip(self.numbers, newest, strict=True)].__getitem__
            else:
                key = newest.__getitem__
            self._orders[order] = array("l", sorted(range(len(self.keys)), key=key))
        return self._orders[order]

    def _rank(self, order: str) -> array:
        """The number of each place in an order."""
        if order not in self._ranks:
            ranks = array("l", bytes(array("l").itemsize * len(self.keys)))
            for rank, place in enumerate(self._order(order)):
                ranks[place] = rank
            self._ranks[order] = ranks
        return self._ranks[order]


@dataclass(frozen=True)
class Part:
    """Some documents of a facet index, as bits, and what their entries meet: a condition, and marks in their words.

    `condition`: written SQL on the table of entries. `marks`: terms as `models/entry.py: Holds` wants them.
    """

    index: FacetIndex
    bits: int
    condition: str
    parameters: list
    marks: list[list[str]]

    @cached_property
    def count(self) -> int:
        return self.bits.bit_count()

    def issued_at(self, number: int) -> date:
        """Return when the document number `number`, counted from 0, from the newest was issued. Raises IndexError."""
        key = self.index.page(self.bits, NEWEST, number, 1)[0]
        return date.fromordinal(self.index.issued[self.index.places_of([key])[key]])

    def is_within(self, keys) -> bool:
        """Tell whether all these documents are among some that were found."""
        return len(keys) >= self.count and not self.bits & ~self.index.bits_of(keys)


def index_of(site: PortalSite | None, request=None) -> FacetIndex:
    """Return the register of a site as it is now, of all sites for None: one query, three when it has changed.

    None for the `request` of a reader until a site changes: whatever changes an entry announces it.
    """
    version = remembered(request, "register version", RegisterVersion.current)
    # An open transaction may be rolled back: its changes are not cached for other requests.
    return _build(site, version) if connection.in_atomic_block else _cached(site, version)


def _cached(site: PortalSite | None, version: int) -> FacetIndex:
    """The facet index of a site at a version, built once a process."""
    key = site.pk if site else 0
    index = _indexes.get(key)
    if index is not None and index.version == version:
        return index
    with _lock:
        index = _indexes.get(key)
        if index is None or index.version != version:
            index = _indexes[key] = _build(site, version)
            while len(_indexes) > MOST_INDEXES:
                _indexes.popitem(last=False)
    return index


def _build(site: PortalSite | None, version: int) -> FacetIndex:
    condition = _condition(site)
    rows = (
        RegisterEntry.objects.filter(condition)
        .order_by("rank", "-issued_on", "-document_id")
        .values_list("document_id", "issued_on", "number_order", *(COLUMNS[name] for name in FILTERS))
    )
    keys, days, numbers, *columns = list(zip(*rows, strict=True)) or [()] * (3 + len(FILTERS))
    places: dict[str, dict] = {}
    for name, column in zip(FILTERS, columns, strict=True):
        places[name] = defaultdict(list)
        for place, own_value in enumerate(column):
            places[name][own_value].append(place)
    issued = array("l", (day.toordinal() for day in days))
    index = FacetIndex(version, condition, array("q", keys), issued, array("q", numbers))
    for name, names in _names(places).items():
        for own_value, own_places in places[name].items():
            value, label, order = names(own_value)
            index.values[name][value] = index.values[name].get(value, 0) | bits_at(own_places, len(keys))
            index.own_values[name].setdefault(value, []).append(own_value)
            index.labels[name].setdefault(value, (label, order))
    return index


def _condition(site: PortalSite | None) -> Q:
    """The condition for entries of a site's register; documents of other sites are listed by key when they are few."""
    if site is None:
        return Q()
    named = list(marked_from_elsewhere(site)[: MOST_NAMED + 1])
    return belongs_to(site, [row["document_id"] for row in named] if len(named) <= MOST_NAMED else None)


def bits_at(places: Iterable[int], size: int) -> int:
    """Return the number whose bits at these places are set, of `size` places."""
    bits = bytearray(size // 8 + 1)
    for place in places:
        bits[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(bits, "little")


def places_in(bits: int) -> Iterator[int]:
    """Return the places at which bits are set, in order."""
    data = bits.to_bytes(bits.bit_length() // 8 + 1, "little")
    for piece in _NOT_EMPTY.finditer(data):
        for number, byte in enumerate(piece.group(), piece.start()):
            for bit in _BITS_OF[byte]:
                yield number * 8 + bit


_NOT_EMPTY = re.compile(rb"[^\0]+")
_BITS_OF = [[bit for bit in range(8) if byte >> bit & 1] for byte in range(256)]


def _names(places) -> dict:
    """Return, for each filter, the map from a value in an entry to (value in the address, label, sort key)."""
    kinds = {
        row.pk: (row.slug, row.name, (0, row.sort_order, text.sort_key(row.name)))
        for row in DocumentType.objects.filter(pk__in=places[TYPE])
    }
    issuers = {
        row.pk: (row.slug, row.name, (0, text.sort_key(row.name)))
        for row in IssuingBody.objects.filter(pk__in=places[ISSUER])
    }
    statuses = list(StatusCode)
    nothing = (NONE, "", (1,))
    signers = _signers(places[SIGNER])
    return {
        TYPE: lambda key: kinds[key],
        ISSUER: lambda key: issuers[key],
        YEAR: lambda year: (str(year), str(year), (0, -year)) if year else nothing,
        STATUS: lambda code: (code.replace("_", "-"), code, (0, statuses.index(code))),
        FIELD: lambda topic: (text.slug(topic), topic, (0, text.sort_key(topic))) if text.slug(topic) else nothing,
        SIGNER: lambda signer: signers.get(signer, nothing),
    }


def _signers(entries: Iterable[str]) -> dict[str, tuple]:
    """Return value, label and sort key of every signer in the entries.

    One value is one name without marks: its label has each spelling with all the positions that documents give it.
    """
    people: dict[str, dict[str, list[str]]] = {}
    for signer in sorted(entries):
        name, _line, position = signer.partition("\n")
        if value := text.slug(name):
            positions = people.setdefault(value, {}).setdefault(name, [])
            positions += [position] if position else []
    labels = {
        value: "; ".join(f"{name} ({', '.join(positions)})" if positions else name for name, positions in names.items())
        for value, names in people.items()
    }
    values = {signer: text.slug(signer.partition("\n")[0]) for signer in entries}
    return {
        signer: (value, labels[value], (0, text.sort_key(labels[value]))) for signer, value in values.items() if value
    }
