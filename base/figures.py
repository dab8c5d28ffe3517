"""Figures that several rooms show, one definition each: shares, what was in time, satisfaction, the years asked for.

What is counted, and for whom, is decided in the room that counts it (`faq/public/figures.py`, `workflows/deadlines/`,
`servicecatalog/dossiers/figures.py`, `servicecatalog/usage/figures.py`).
"""

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MONTHS = range(1, 13)
# As drawings name them.
MONTH_LABELS = [
    gettext_lazy("T1"),
    gettext_lazy("T2"),
    gettext_lazy("T3"),
    gettext_lazy("T4"),
    gettext_lazy("T5"),
    gettext_lazy("T6"),
    gettext_lazy("T7"),
    gettext_lazy("T8"),
    gettext_lazy("T9"),
    gettext_lazy("T10"),
    gettext_lazy("T11"),
    gettext_lazy("T12"),
]


def share(part: int, whole: int, digits: int | None = None) -> int | float | None:
    """Return a share in per cent, rounded to a whole number or to `digits` after the comma; None of nothing.

    What lies in the middle goes to the even neighbour: 12.5 is 12, 13.5 is 14.

    >>> share(2, 3), share(2, 3, 1), share(1, 8), share(0, 0)
    (67, 66.7, 12, None)
    """
    return round(100 * part / whole, digits) if whole else None


def share_on_time(in_time: int, done: int, overdue: int = 0, digits: int | None = None) -> int | float | None:
    """Return which share was done in time, in per cent: of all that is done, and of what is `overdue` while it waits.

    Unfinished work counts against the unit that leaves it. A form that asks for what is done alone (Thông tư
    01/2020/TT-VPCP, Biểu II.06) gives no `overdue`.

    >>> share_on_time(9, 10), share_on_time(9, 10, overdue=2), share_on_time(0, 0)
    (90, 75, None)
    """
    return share(in_time, done + overdue, digits)


class Answers:
    """Mixin for figures with `very`, `satisfied` and `not_satisfied`: what people said, in three steps.

    Below `fewest` answers no share is told.
    """

    very = satisfied = not_satisfied = 0
    fewest = 1

    @property
    def rated(self) -> int:
        """How many said whether they were satisfied."""
        return self.very + self.satisfied + self.not_satisfied

    @property
    def pleased(self) -> int:
        """How many were satisfied, very or not so very."""
        return self.very + self.satisfied

    @property
    def are_answers_shown(self) -> bool:
        """Whether enough people answered for their answers to be shown."""
        return self.rated >= self.fewest

    @property
    def share_satisfied(self) -> int | None:
        """Of those who said something the share that was satisfied, in per cent."""
        return share(self.pleased, self.rated) if self.are_answers_shown else None


def about(count: int) -> int:
    """Return a count as "about" tells it: its first three digits, from a hundred on to tens.

    >>> about(12_345), about(1_234), about(987), about(86)
    (12300, 1230, 990, 86)
    """
    step = max(10 ** (len(str(count)) - 3), 10 if count >= 100 else 1)
    return (count + step // 2) // step * step


def first_of_month(day: date) -> date:
    """Return the first day of the month of a day."""
    return day.replace(day=1)


def last_months(day: date, count: int = 12) -> list[date]:
    """Return the first days of the last months, that of `day` last.

    >>> last_months(date(2026, 1, 15), 2)
    [datetime.date(2025, 12, 1), datetime.date(2026, 1, 1)]
    """
    number = day.year * 12 + day.month - 1
    return [date(at // 12, at % 12 + 1, 1) for at in range(number - count + 1, number + 1)]


def latest_first(found: Iterable[int], this_year: int) -> list[int]:
    """Return the years in which something was counted, and this one, the latest first.

    >>> latest_first({2024, 2021}, 2026)
    [2026, 2024, 2021]
    """
    return sorted({*found, this_year}, reverse=True)


def chosen_year(typed: str, years: Iterable[int], otherwise: int) -> int:
    """Return the year that an address asks for, when there is such a one, else another.

    >>> chosen_year("2024", [2026, 2024], 2026), chosen_year("2023", [2026, 2024], 2026)
    (2024, 2026)
    """
    is_number = typed.isascii() and typed.isdigit()
    return next((year for year in years if is_number and typed.lstrip("0") == str(year)), otherwise)


def rows_of_year(year: int, months: Iterable[tuple[int, object]], total) -> list[tuple[str, object]]:
    """Return the rows of a table by month with their labels ("03/2026"), and the whole year at the end."""
    return [*((f"{month:02}/{year}", row) for month, row in months), (_("Cả năm"), total)]


def written(number: float | int | None) -> str:
    """Write a number with its digits after the comma, as people here do; "" for none.

    >>> written(2.5), written(3), written(3.0), written(None)
    ('2,5', '3', '3,0', '')
    """
    return "" if number is None else str(number).replace(".", ",")
