"""The working calendar that holds now: read once a version, shared by all processes; who may change it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from uuid import UUID

from accounts.roles import ADMINISTER, DISPATCH, may
from base.gate import Refused
from base.models import PortalSite
from base.public.index import readers_see_changed
from base.queries import sql
from vietnam import workdays

from ..models import CalendarDay, CalendarVersion
from .terms import NOVEMBER, WorkingCalendar, local_date

NO_VERSION = (0, None)
# Bộ luật Lao động 2019, Điều 112.1: 11 days a year (10 before 2021), each taken or made up for by another day off.
DAYS_OF_LAW, LEAST_DAYS_OFF = (CalendarDay.Kind.HOLIDAY, CalendarDay.Kind.SUBSTITUTE), 10
# The calendar of the version asked for last; versions never change.
_read_calendars: dict[tuple[int, UUID | None], WorkingCalendar] = {}
_held: ContextVar[WorkingCalendar | None] = ContextVar("held calendar", default=None)


@contextmanager
def calendar_held() -> Iterator[WorkingCalendar]:
    """Read the calendar once for all that is told inside, instead of asking for its version each time: for lists."""
    token = _held.set(calendar())
    try:
        yield _held.get()
    finally:
        _held.reset(token)


def calendar() -> WorkingCalendar:
    """Return the working calendar as it stands now; one query unless its version changed, none while it is held."""
    if (held := _held.get()) is not None:
        return held
    while True:
        newest = _newest_version()
        known = _read_calendars.get(newest)
        if known:
            return known
        read = calendar_of(CalendarDay.objects.all(), newest[0])
        if newest != _newest_version():
            continue  # another process changed the calendar between the two queries
        if newest != NO_VERSION:
            _read_calendars.clear()
            _read_calendars[newest] = read
        return read


def reread_calendar() -> None:
    """Read the calendar anew when next asked for: for tests that count what the database is asked."""
    _read_calendars.clear()


def _newest_version() -> tuple[int, UUID | None]:
    rows = sql.read(f"SELECT id, key FROM {CalendarVersion._meta.db_table} ORDER BY id DESC LIMIT 1")
    return next(((number, sql.uuid(key)) for number, key in rows), NO_VERSION)


def calendar_of(rows: Iterable[CalendarDay], version: int) -> WorkingCalendar:
    rows = list(rows)
    worked = frozenset(row.date for row in rows if row.kind == CalendarDay.Kind.MAKE_UP_WORKING)
    return WorkingCalendar(
        version=version,
        days=workdays.Calendar(off=frozenset(row.date for row in rows) - worked, make_up=worked),
        confirmed_years=_official_years(rows),
        unconfirmed_days=frozenset(row.date for row in rows if not row.confirmed),
    )


def _official_years(rows: Iterable[CalendarDay]) -> frozenset[int]:
    """Return the years whose official calendar is here: no fewer confirmed days off than the Labour Code gives."""
    off = Counter(row.date.year for row in rows if row.confirmed and row.kind in DAYS_OF_LAW)
    return frozenset(year for year, days in off.items() if days >= LEAST_DAYS_OFF)


def years_without_calendar(on: date | datetime | None = None) -> list[int]:
    """List the years whose official calendar is missing: this one, and from November the next."""
    day = local_date(on)
    wanted = {day.year} | ({day.year + 1} if day.month >= NOVEMBER else set())
    return sorted(wanted - calendar().confirmed_years)


def facts_of(day: CalendarDay) -> tuple[str, str, str, bool]:
    """Return what the calendar says of a day: kind, name, source, whether it is official."""
    return day.kind, day.name, day.legal_source, day.confirmed


def may_change_calendar(user) -> bool:
    """Tell whether a user may change the calendar and the rules: the standing office, the technical administrator."""
    return may(user, DISPATCH) or may(user, ADMINISTER)


def demand_second(by, agreed_by) -> None:
    """Raise Refused unless a second person agreed: days of return and of answers are shown to readers."""
    if agreed_by is None or agreed_by.pk == by.pk:
        raise Refused("Lịch làm việc và quy tắc thời hạn người đọc đều thấy nên đổi cần hai người khác nhau.")


def hold_calendar() -> int:
    """Let one person at a time change the calendar until the transaction ends; return the newest version, 0 for none.

    The first version is locked, which never goes. Locking the newest would not do: who waited for it would still take
    it for the newest, although another was made meanwhile.
    """
    CalendarVersion.objects.select_for_update().order_by("pk").first()
    return CalendarVersion.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def make_version(change: str, by) -> CalendarVersion:
    # Days of return, and whether an office is open today, are shown to readers.
    readers_see_changed(sites=PortalSite.objects.all())
    return CalendarVersion.objects.create(change=change[:300], made_by=by)


def demand_calendar_right(by) -> None:
    """Raise Refused for a user who may not propose a change of the calendar or of a rule."""
    if not may_change_calendar(by):
        raise Refused("Chỉ cơ quan Thường trực hoặc cán bộ quản trị kỹ thuật được sửa lịch làm việc.")
