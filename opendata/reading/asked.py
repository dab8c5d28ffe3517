"""What is asked of a set of data: some rows behind a place, in the order in which things changed.

Things that change meanwhile move to the end, so who goes on from the last row of a page misses nothing and gets what
changed twice. A place is a moment and a key, as the database compares them.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from django.utils import timezone

# The states of sites whose pages are read; a closed one redirects to its successor.
READ = "s.state IN ('open', 'frozen')"


class Place(NamedTuple):
    """Where a row is in its set: its last change, None in a set that knows none, and a key for those of one moment."""

    moment: datetime | None
    key: int | str


class Row(NamedTuple):
    """One row: where it is, and its values by the names of the columns."""

    place: Place
    values: dict


@dataclass(frozen=True)
class Asked:
    """Some rows of a set. `after`: the place behind which they are; `since`: changed at that moment or later.

    `site`: the key of the one whose rows are wanted; `kind`: of which kind, as the set understands it; `one`: the id of
    the only thing that is wanted. `now`: the moment at which it is asked what is public.
    """

    most: int
    after: Place | None = None
    since: datetime | None = None
    site: int | None = None
    kind: str = ""
    one: int | None = None
    now: datetime = field(default_factory=timezone.now)

    @property
    def today(self) -> date:
        """The local day."""
        return timezone.localdate(self.now)

    def written(self, *, moment: str, key: str, one: str, site: str, kind: str = "") -> tuple[str, list]:
        """Return the condition and the end of a statement with their parameters; the arguments are its columns."""
        parts, parameters = [], []
        for column, value in ((one, self.one), (site, self.site), (kind, self.kind if kind else None)):
            if value:
                parts.append(f"{column} = %s")
                parameters.append(value)
        if self.since is not None:
            parts.append(f"{moment} >= %s")
            parameters.append(self.since)
        if self.after is not None:
            parts.append(f"({moment}, {key}) > (%s, %s)")
            parameters += self.after
        condition = "".join(f" AND {part}" for part in parts)
        return f"{condition} ORDER BY {moment}, {key} LIMIT {int(self.most)}", parameters
