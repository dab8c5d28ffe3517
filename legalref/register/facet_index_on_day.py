"""A site's register as of another day: what was issued by then, under the status that each document had.

The facet index of today with a few numbers changed: only documents whose status may have changed between that day and
today are read, and get theirs from `effect.status_on`; for the others the stored status holds.
"""

from dataclasses import dataclass, fields
from datetime import date

from django.db.models import Q
from django.utils import timezone

from ..life.effect import Status, StatusCode
from ..models.document import LegalDocument
from . import as_of
from .facet_index import IN_FORCE_FIRST, NEWEST, STATUS, FacetIndex, bits_at

# A register of at most as many documents is named by their keys in the question which of them may have turned.
KEYS_IN_CONDITION = 5_000


@dataclass
class FacetIndexOnDay(FacetIndex):
    """The facet index `today` as of a day: `issued_by` are the documents issued by then, as bits.

    `by_rank`: the documents of each rank of that day's statuses, in force first.
    """

    today: FacetIndex | None = None
    issued_by: int = 0
    by_rank: tuple[int, ...] = ()

    @property
    def everything(self) -> int:
        return self.issued_by

    @property
    def _by_key(self):
        return self.today._by_key

    def with_status(self, codes: list[str]) -> tuple[str, list]:
        """An entry knows the status of today only; that of the day is left to the bits."""
        return "TRUE", []

    def page(self, found: int, order: str, first: int, count: int) -> list[int]:
        if order != IN_FORCE_FIRST:
            return super().page(found, order, first, count)
        page: list[int] = []
        for bits in self.by_rank:
            here = bits & found
            size = here.bit_count()
            if first < size:
                page += super().page(here, NEWEST, first, count - len(page))
            first = max(first - size, 0)
            if len(page) == count:
                break
        return page


def index_on(index: FacetIndex, day: date) -> FacetIndexOnDay:
    """Return a register as of a local date: a query for what may have turned since, a few for its statuses.

    A document without a known day of issue is included, with its status unknown as always.
    """
    issued_by = index.issued_until(day)
    documents = LegalDocument.objects.public().filter(Q(issued_on__lte=day) | Q(issued_on=None))
    if len(index.keys) <= KEYS_IN_CONDITION:
        documents = documents.filter(pk__in=list(index.keys))
    turned = as_of.statuses_apart(documents, day, timezone.localdate())
    codes = _codes(index, issued_by, turned)
    ranks: dict[int, int] = {}
    for code, bits in codes.items():
        rank = Status(code).rank
        ranks[rank] = ranks.get(rank, 0) | bits
    return FacetIndexOnDay(
        **{field.name: getattr(index, field.name) for field in fields(FacetIndex)}
        | {
            "condition": index.condition & Q(issued_on__lte=day),
            "values": index.values | {STATUS: {_value(code): bits for code, bits in codes.items()}},
            "labels": index.labels | {STATUS: {_value(code): (code, (0, place)) for place, code in enumerate(codes)}},
        },
        today=index,
        issued_by=issued_by,
        by_rank=tuple(ranks[rank] for rank in sorted(ranks)),
    )


def _codes(index: FacetIndex, issued_by: int, turned: dict[int, Status]) -> dict[str, int]:
    """The documents of each status as bits, in the order in which the statuses are listed."""
    places = index.places_of(turned)
    unturned = issued_by & ~bits_at(places.values(), len(index.keys))
    found = {}
    for code in StatusCode:
        here = bits_at((place for key, place in places.items() if turned[key].code == code), len(index.keys))
        found[str(code)] = index.values[STATUS].get(_value(code), 0) & unturned | here & issued_by
    return found


def _value(code: str) -> str:
    return code.replace("_", "-")
