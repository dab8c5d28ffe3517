"""Counts and filters of what a search found: kind, section, year, unit, place and status.

Everything found is one `Row` with a value for each facet, so the counts of a facet add up to the number of results
under the other filters; only what is in several places, a service with its wards, counts once in each of them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext_lazy as _

from vietnam import text

KIND, SECTION, YEAR, UNIT, PLACE, STATUS = "loai", "muc", "nam", "don-vi", "noi-dang", "tinh-trang"
LABELS = {
    KIND: (_("Loại"), _("Mọi loại")),
    SECTION: (_("Chuyên mục"), _("Mọi chuyên mục")),
    YEAR: (_("Năm"), _("Mọi năm")),
    UNIT: (_("Đơn vị"), _("Mọi đơn vị")),
    PLACE: (_("Nơi đăng"), _("Mọi nơi đăng")),
    STATUS: (_("Tình trạng văn bản"), _("Mọi tình trạng")),
}
FACETS = tuple(LABELS)


@dataclass(frozen=True, slots=True)
class Row:
    """One thing found: its key among its source, and its label for each facet in the order of FACETS.

    A label may be several, as a tuple, where the thing is in several places.
    """

    key: int
    source: str
    labels: tuple[str | tuple[str, ...], ...]

    def labels_of(self, place: int) -> tuple[str, ...]:
        """Return the labels of one facet."""
        label = self.labels[place]
        return label if isinstance(label, tuple) else (label,)


@dataclass(frozen=True)
class Choice:
    """A value of a facet: what the address has for it, its label, how many it gives."""

    value: str
    label: str
    count: int | None = None
    is_chosen: bool = False


@dataclass(frozen=True)
class Facet:
    """A facet with its values, the most frequent first, years backwards."""

    name: str
    label: str
    any_label: str
    choices: list[Choice]
    # How many there are under the other filters.
    total: int

    @property
    def is_chosen(self) -> bool:
        return any(choice.is_chosen for choice in self.choices)


def narrow(rows: Iterable[Row], parameters: Mapping) -> tuple[list[Row], list[Facet]]:
    """Return the rows under every filter that `parameters` choose, and all facets with their counts.

    A value that no row has is as if it were not there.
    """
    rows = list(rows)
    own = [[row.labels_of(place) for place in range(len(FACETS))] for row in rows]
    labels = [{label for row in own for label in row[place]} for place in range(len(FACETS))]
    slugs = {label: text.slug(label) for label in set().union(*labels)}
    chosen = {
        place: parameters.get(name)
        for place, name in enumerate(FACETS)
        if any(slugs[label] == parameters.get(name) for label in labels[place])
    }

    def passes(row, but=None):
        return all(
            any(slugs[label] == value for label in row[place]) for place, value in chosen.items() if place != but
        )

    facets = []
    for place, (name, (label, any_label)) in enumerate(LABELS.items()):
        rest = [row for row in own if passes(row, but=place)] if chosen else own
        counts = Counter(label for row in rest for label in row[place])
        # What is chosen can still be seen when the other filters leave nothing of it.
        counts.update({value: 0 for value in labels[place] if slugs[value] == chosen.get(place)})
        choices = [
            Choice(slugs[value], value, counts[value], slugs[value] == chosen.get(place))
            for value in sorted(counts, key=_years_back if name == YEAR else _most_first(counts))
        ]
        facets.append(Facet(name, str(label), str(any_label), choices, len(rest)))
    return [row for row, labels_of_row in zip(rows, own, strict=True) if passes(labels_of_row)], facets


def _years_back(label: str):
    return -int(label) if label.isdigit() else 0


def _most_first(counts):
    return lambda label: (-counts[label], _sort_key(label))


# Labels of the portal's own; nothing that a reader typed is kept.
_sort_key = lru_cache(maxsize=5_000)(text.sort_key)
