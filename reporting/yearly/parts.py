"""What a part of the yearly review is made of: the period that it covers, and what was counted for it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from base.models import PortalSite
from base.sites import all_sites
from vietnam.amounts import in_figures
from vietnam.dates import format_short, moments_of

State = PortalSite.State
# In every whole number of the review: a point after each thousand.
number = in_figures


@dataclass(frozen=True)
class Period:
    """The year up to the day of counting; `sites`: those that are open on the day of counting."""

    year: int
    day: date
    sites: Sequence[PortalSite]

    @property
    def first(self) -> date:
        return date(self.year, 1, 1)

    @property
    def last(self) -> date:
        return min(self.day, date(self.year, 12, 31))

    @property
    def moments(self) -> tuple[datetime, datetime]:
        """The first moment of the period, and that after its end."""
        return moments_of(self.first, self.last)

    @cached_property
    def sites_then(self) -> list[PortalSite]:
        """The sites that were open on the last day of the period, as far as their last change tells; one query."""
        if self.day == self.last:
            return list(self.sites)
        return [site for site in all_sites() if _was_open(site, self.last)]

    @property
    def as_of_words(self) -> str:
        """The words beside figures that are not known of an earlier day."""
        words = f"Hiện trạng tại ngày lập, {format_short(self.day)}"
        return f"{words}; không phải của ngày {format_short(self.last)}." if self.day > self.last else f"{words}."


def _was_open(site: PortalSite, day: date) -> bool:
    has_changed_since = site.state_changed_on is not None and site.state_changed_on > day
    return site.state in ((State.FROZEN, State.CLOSED) if has_changed_since else (State.OPEN,))


@dataclass(frozen=True)
class Counted:
    """What was counted for a part: figures (key, label, value; "" for one that a person is to give), a table, words.

    `of_now`: keys of the figures that tell how things stand on the day of counting, whatever the period.
    """

    figures: Sequence[tuple[str, str, str]] = ()
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    found: str = ""
    of_now: Collection[str] = ()
