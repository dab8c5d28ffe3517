"""Counts and filters of what a search found: kind, section, field, year, unit, place, status and kind of file.

Everything found is one `Row` with a value for each facet, so the counts of a facet add up to the number of results
under the other filters; only what has several, a service its wards or a page files of several kinds, counts once in
each of them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

from base.public.index.filters import Choice, Filter
from vietnam import text

KIND, SECTION, FIELD, YEAR = "loai", "muc", "linh-vuc", "nam"
UNIT, PLACE, STATUS, FILE = "don-vi", "noi-dang", "tinh-trang", "loai-tep"
LABELS = {
    KIND: (_("Loại"), _("Mọi loại")),
    SECTION: (_("Chuyên mục"), _("Mọi chuyên mục")),
    FIELD: (_("Lĩnh vực"), _("Mọi lĩnh vực")),
    YEAR: (_("Năm"), _("Mọi năm")),
    UNIT: (_("Đơn vị"), _("Mọi đơn vị")),
    PLACE: (_("Nơi đăng"), _("Mọi nơi đăng")),
    STATUS: (_("Tình trạng văn bản"), _("Mọi tình trạng")),
    FILE: (_("Tệp đi kèm"), _("Mọi loại tệp")),
}
FACETS = tuple(LABELS)


class Row(NamedTuple):
    """One thing found: its key among its source, and its label for each facet in the order of FACETS.

    A label may be several, as a tuple, where the thing is in several places. `day`: when it was published or issued,
    "2026-03-02", "" where no day counts.
    """

    key: int
    source: str
    labels: tuple[str | tuple[str, ...], ...]
    day: str = ""


def narrow(rows: Iterable[Row], parameters: Mapping) -> tuple[list[Row], list[Filter]]:
    """Return the rows under every filter that `parameters` choose, and all facets with their counts.

    A value that no row has is as if it were not there.
    """
    rows = list(rows)
    columns = [[row.labels[place] for row in rows] for place in range(len(FACETS))]
    labels = [{label for given in set(column) for label in each(given)} for column in columns]
    slugs = {label: text.slug(label) for label in set().union(*labels)}
    # What rows have under each filter that is chosen: a label, or several.
    chosen = {
        place: {given for given in set(columns[place]) if parameters.get(name) in {slugs[one] for one in each(given)}}
        for place, name in enumerate(FACETS)
        if any(slugs[label] == parameters.get(name) for label in labels[place])
    }

    def under(*filters: int) -> list[Row]:
        return [row for row in rows if all(row.labels[place] in chosen[place] for place in filters)]

    facets = []
    for place, (name, (label, any_label)) in enumerate(LABELS.items()):
        others = [other for other in chosen if other != place]
        given = [row.labels[place] for row in under(*others)] if others else columns[place]
        counts = _counted(given)
        # What is chosen can still be seen when the other filters leave nothing of it.
        value = parameters.get(name) if place in chosen else None
        counts.update({one: 0 for one in labels[place] if slugs[one] == value})
        choices = [
            Choice(slugs[one], one, counts[one], slugs[one] == value)
            for one in sorted(counts, key=_years_back if name == YEAR else _most_first(counts))
        ]
        facets.append(Filter(name, str(label), str(any_label), choices, len(given)))
    return under(*chosen), facets


def each(label: str | tuple[str, ...]) -> tuple[str, ...]:
    """Return the labels of a row under one facet: one, or those of all places where it is."""
    return label if isinstance(label, tuple) else (label,)


def _counted(given: list[str | tuple[str, ...]]) -> Counter:
    """Return how many rows have each label."""
    counts = Counter(given)
    for several in [one for one in counts if isinstance(one, tuple)]:
        number = counts.pop(several)
        counts.update(dict.fromkeys(several, number))
    return counts


def _years_back(label: str):
    return -int(label) if label.isdigit() else 0


def _most_first(counts):
    return lambda label: (-counts[label], _sort_key(label))


# Labels of the portal's own; nothing that a reader typed is kept.
_sort_key = lru_cache(maxsize=5_000)(text.sort_key)
