"""First filling of the working calendar and the deadline rules; what people changed is never touched.

1. `load_rules`: every row of `data/deadline_rules.csv` that is not there yet.
2. `load_calendar`: the official calendar of `data/calendar_days.csv`, then for other years what the package
   `holidays` expects, as unconfirmed. Each year is filled once; a day removed by hand does not come back.
"""

from collections.abc import Container, Iterable, Iterator
from datetime import date
from pathlib import Path

import holidays
from django.db import transaction

from base.tables.incoming import shipped

from . import deadlines
from .models import CalendarDay, CalendarVersion, DeadlineRule

DATA = Path(__file__).resolve().parent / "data"
# The package is asked for this many years after the present one.
YEARS_AHEAD = 2
ESTIMATE = "Dự kiến theo Bộ luật Lao động 2019, Điều 112; chờ thông báo của năm"


@transaction.atomic
def load_rules(*, but: Container[str] = ()) -> list[DeadlineRule]:
    """Add the deadline rules that are missing (by code and first day); return those added. `but`: codes left out."""
    added = []
    for row in shipped(DATA / "deadline_rules.csv"):
        if row["code"] in but:
            continue
        rule, is_new = DeadlineRule.objects.get_or_create(
            code=row["code"],
            valid_from=date.fromisoformat(row["valid_from"]),
            defaults={
                "label": row["label"],
                "amount": int(row["amount"]) if row["amount"] else None,
                "unit": row["unit"],
                "start_event": row["start_event"],
                "count_first_day": row["count_first_day"] == "true",
                "site_condition": row["site_condition"],
                "addressee": row["addressee"],
                "acting": row["acting"],
                "legal_source": row["legal_source"],
                "valid_to": date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                "pause_limit": int(row["pause_limit"]) if row["pause_limit"] else None,
                "extension_workdays": int(row["extension_workdays"]) if row["extension_workdays"] else None,
                "soon_within": int(row["soon_within"]),
                "very_late_after": int(row["very_late_after"]),
                "reminders": row["reminders"],
                "warns_half_way": row["warns_half_way"] == "true",
            },
        )
        if is_new:
            added.append(rule)
    return added


@transaction.atomic
def add_new_rules() -> list[str]:
    """Add the deadline rules that a release brings to a portal that stands (`base.operations.upgrading`).

    Return a line for each. A rule of which the board has any row stays as the board keeps it; an empty portal waits for
    `setup_portal`.
    """
    known = set(DeadlineRule.objects.values_list("code", flat=True))
    return [f"Quy tắc thời hạn mới: {rule.code}, {rule.label}" for rule in load_rules(but=known)] if known else []


@transaction.atomic
def load_calendar(years: Iterable[int] | None = None) -> list[CalendarDay]:
    """Fill the years that were never filled; return the days added, and recompute open deadlines.

    `years`: years outside the official table to take from the package `holidays` as unconfirmed; by default
    those after it up to two years from now.
    """
    official = [_official_day(row) for row in shipped(DATA / "calendar_days.csv")]
    last = max(day.date.year for day in official)
    if years is None:
        years = range(last + 1, deadlines.today().year + YEARS_AHEAD + 1)
    outside = sorted(set(years) - {day.date.year for day in official})
    expected = [day for year in outside for day in _expected_days(year)]
    seeded = {year for version in CalendarVersion.objects.all() for year in version.seeded_years}
    fresh = sorted({day.date.year for day in [*official, *expected]} - seeded)
    existing = set(CalendarDay.objects.values_list("date", flat=True))
    added, known = [], set(existing)
    for day in [*official, *expected]:
        if day.date.year in fresh and day.date not in known:
            known.add(day.date)
            added.append(day)
    if fresh:
        CalendarDay.objects.bulk_create(added)
        CalendarVersion.objects.create(
            change=f"Nạp lịch các năm {', '.join(map(str, fresh))}"[:300], seeded_years=fresh
        )
        deadlines.recompute_open()
    return added


def _official_day(row: dict[str, str]) -> CalendarDay:
    return CalendarDay(
        date=date.fromisoformat(row["date"]),
        kind=row["kind"],
        name=row["name"],
        legal_source=row["legal_source"],
        confirmed=row["confirmed"] == "true",
    )


def _expected_days(year: int) -> Iterator[CalendarDay]:
    """Weekdays off and make-up days of one year as the package expects them."""
    expected = holidays.country_holidays("VN", years=year, language="vi")
    for day, name in sorted(expected.items()):
        if day.weekday() < 5:
            yield CalendarDay(date=day, kind=_kind_of(name), name=name[:200], legal_source=ESTIMATE, confirmed=False)
    for day in sorted(expected.weekend_workdays):
        if day.year == year:
            yield CalendarDay(
                date=day,
                kind=CalendarDay.Kind.MAKE_UP_WORKING,
                name="Làm bù",
                legal_source=ESTIMATE,
                confirmed=False,
            )


def _kind_of(name: str) -> str:
    if "nghỉ bù" in name:
        return CalendarDay.Kind.SUBSTITUTE
    return CalendarDay.Kind.SWAP_OFF if "thay cho" in name else CalendarDay.Kind.HOLIDAY
