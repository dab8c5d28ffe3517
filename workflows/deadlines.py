"""Deadlines: when a thing is due, how that was computed, what becomes of the clock.

The only caller of the arithmetic in `vietnam.workdays`.

1. `start`: an event starts a clock under a rule; the due date, its explanation and the calendar version are
stored. `start_until`: the same for a day that was promised. 2. `days_left`, `is_late`, `is_very_late`, `standing`,
`explain`: what officers and citizens are told; all from the stored last day. 3. `meet`, `extend`, `cancel`: how a
clock ends or moves; `pause`, `resume`: how it stands still while the office waits for the person who asked.
`meet_for`, `cancel_for`: every open clock of a subject. 4. `change_days`: the calendar changes by two persons
(`calendar_changes.py`), a new version is made, open clocks are recomputed (`recompute_open`).

An event at 23:50 belongs to its local day. A thing is not late on its last day; it is from the next day at
00:00 in Việt Nam (Bộ luật Dân sự 2015, Điều 148.6: the last day ends at 24:00).
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from wagtail.log_actions import log

from accounts.roles import ADMINISTER, APPROVE, DISPATCH, has_role, may
from base.gate import Refused
from base.models import PortalSite
from base.operations.log_names import name_in_logs
from base.public.page_cache import raise_generation
from vietnam import workdays
from vietnam.dates import format_short, format_vn

from .models import CalendarDay, CalendarVersion, Deadline, DeadlinePause, DeadlineRule, EmergencyAct
from .models.deadline import content_type_of

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
NOVEMBER = 11
LONGEST = timedelta(days=366)
Unit = DeadlineRule.Unit
# A unit of periods that other rooms lay down (`period_end`); no rule of the Regulation counts in months.
MONTH = "month"
BOARD_HEAD = "head"


class NoDeadline(LookupError):
    """No due date can be computed: the rule is unknown or ended, or its period was never set."""


class Standing(models.TextChoices):
    """How a clock stands on a day; the order is that of concern."""

    VERY_LATE = "very_late", "Quá hạn lâu"
    LATE = "late", "Quá hạn"
    SOON = "soon", "Sắp đến hạn"
    RUNNING = "running", "Còn hạn"
    PAUSED = "paused", "Đang tạm dừng"
    MET_LATE = "met_late", "Hoàn thành quá hạn"
    MET = "met", "Hoàn thành đúng hạn"
    CANCELLED = "cancelled", "Đã hủy"


@dataclass(frozen=True)
class WorkingCalendar:
    """The calendar of one version: the arithmetic's days, and which of them are only expected."""

    version: int
    days: workdays.Calendar
    confirmed_years: frozenset[int]
    unconfirmed_days: frozenset[date]

    def estimated_years(self, first: date, last: date) -> list[int]:
        """Years from first to last whose working days are not official yet, for this stretch of days."""
        unknown = set(range(first.year, last.year + 1)) - self.confirmed_years
        return sorted(unknown | {day.year for day in self.unconfirmed_days if first <= day <= last})


# --- The calendar -----------------------------------------------------------------------------------

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
        read = _calendar_of(CalendarDay.objects.all(), newest[0])
        if newest != _newest_version():
            continue  # another process changed the calendar between the two queries
        if newest != NO_VERSION:
            _read_calendars.clear()
            _read_calendars[newest] = read
        return read


def forget_calendar() -> None:
    """Read the calendar anew when next asked for: for tests that count what the database is asked."""
    _read_calendars.clear()


def _newest_version() -> tuple[int, UUID | None]:
    newest = CalendarVersion.objects.order_by("-pk").values_list("pk", "key").first()
    return newest or NO_VERSION


def _calendar_of(rows: Iterable[CalendarDay], version: int) -> WorkingCalendar:
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


@transaction.atomic
def change_days(
    days: Iterable[CalendarDay], removed: Iterable[date] = (), *, by, agreed_by=None, act: EmergencyAct | None = None,
    on=None,
) -> list[Deadline]:  # fmt: skip
    """Add or replace several days, make others ordinary ones, as one version; return the clocks that moved.

    `days`: unsaved rows. `by` proposed it, `agreed_by` is the second person; without one there is an open emergency
    `act` of `by` (`calendar_changes.change_at_once`). All of it or nothing. Raises Refused without the right, for one
    person alone, or when nothing would change; ValidationError (field → messages) for a day that makes no sense.
    """
    if act is None or not act.is_open or act.kind != EmergencyAct.Kind.CALENDAR or act.acted_by_id != by.pk:
        demand_calendar_right(by)
        demand_second(by, agreed_by)
    hold_calendar()
    known = {row.date: row for row in CalendarDay.objects.select_for_update()}
    said = []
    for day in days:
        row = known.get(day.date) or CalendarDay(date=day.date)
        if row.pk and facts_of(row) == facts_of(day):
            continue
        row.kind, row.name, row.legal_source, row.confirmed = facts_of(day)
        row.full_clean()
        row.save()
        log(
            instance=row, action="portal.calendar.set", user=by,
            data={"date": row.date.isoformat(), "kind": row.kind},
        )  # fmt: skip
        said.append(f"{format_short(row.date)}: {row.get_kind_display()}, {row.name}")
    for day in sorted(set(removed) & known.keys()):
        row = known[day]
        log(
            instance=row, action="portal.calendar.remove", user=by,
            data={"date": day.isoformat(), "kind": row.kind},
        )  # fmt: skip
        row.delete()
        said.append(f"{format_short(day)}: bỏ khỏi lịch ({row.name})")
    if not said:
        raise Refused("Không có gì thay đổi so với lịch hiện nay.")
    _make_version(said[0] if len(said) == 1 else f"{len(said)} ngày: {'; '.join(said)}", by)
    return recompute_open(by=by, on=on)


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


def affected_by(changes: Iterable[CalendarDay], removed: Iterable[date] = ()) -> list[tuple[Deadline, date]]:
    """List (open clock, new last day) for what a change of the calendar would move; nothing is changed.

    `changes`: unsaved rows to add or replace by date; `removed`: days that become ordinary. Soonest due first.
    """
    rows = {row.date: row for row in CalendarDay.objects.all()}
    rows |= {row.date: row for row in changes}
    proposed = _calendar_of([row for day, row in rows.items() if day not in set(removed)], calendar().version)
    moved = []
    for deadline in Deadline.objects.open().select_related("rule").prefetch_related("pauses"):
        last_day, _ = _moved(deadline, _due_of(deadline, proposed), proposed)
        if last_day != deadline.last_day:
            moved.append((deadline, last_day))
    return moved


@transaction.atomic
def recompute_open(*, by=None, on=None) -> list[Deadline]:
    """Recompute every open clock by the present calendar; return, with a log line each, those that moved.

    Closed clocks keep what was computed for them. An extension that was granted stays.
    """
    present = calendar()
    moved = []
    for deadline in Deadline.objects.select_for_update(of=("self",)).filter(
        pk__in=Deadline.objects.open().values("pk")
    ).select_related("rule").prefetch_related("pauses"):  # fmt: skip
        if deadline.calendar_version == present.version:
            continue
        before = deadline.last_day
        deadline.due_on = _due_of(deadline, present)
        deadline.last_day, deadline.paused_workdays = _moved(deadline, deadline.due_on, present)
        deadline.explanation = _explanation(deadline, present)
        deadline.calendar_version = present.version
        deadline.save(update_fields=["due_on", "last_day", "paused_workdays", "explanation", "calendar_version"])
        if deadline.last_day != before:
            data = {"from": before.isoformat(), "to": deadline.last_day.isoformat(), "version": present.version}
            log(instance=deadline, action="portal.deadline.recompute", user=by, data=data)
            moved.append((deadline, before))
            _tell_subject(deadline)
    if moved:
        for function in _after_moving:
            function(moved)
    return [deadline for deadline, _ in moved]


_after_moving: list[Callable[[list[tuple[Deadline, date]]], object]] = []


def on_moved(function: Callable) -> Callable:
    """Register what is told when a change of the calendar moves clocks, in the same transaction.

    `function(moved)`: list of (clock with its new last day, last day before).
    """
    if function not in _after_moving:
        _after_moving.append(function)
    return function


def _tell_subject(deadline: Deadline) -> None:
    """A record that keeps its last day itself (`note_last_day`) is told the new one."""
    model = deadline.content_type.model_class()
    if hasattr(model, "note_last_day") and deadline.subject is not None:
        deadline.subject.note_last_day(deadline.last_day)


def hold_calendar() -> int:
    """Let one person at a time change the calendar until the transaction ends; return the newest version, 0 for none.

    The first version is locked, which never goes. Locking the newest would not do: who waited for it would still take
    it for the newest, although another was made meanwhile.
    """
    CalendarVersion.objects.select_for_update().order_by("pk").first()
    return CalendarVersion.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _make_version(change: str, by) -> CalendarVersion:
    # Days of return, and whether an office is open today, are shown to readers.
    raise_generation(PortalSite.objects.all())
    return CalendarVersion.objects.create(change=change[:300], made_by=by)


def demand_calendar_right(by) -> None:
    """Raise Refused for whoever may not propose a change of the calendar or of a rule."""
    if not may_change_calendar(by):
        raise Refused("Chỉ cơ quan Thường trực hoặc cán bộ quản trị kỹ thuật được sửa lịch làm việc.")


# --- Due dates --------------------------------------------------------------------------------------


def local_date(moment: date | datetime | None = None) -> date:
    """Return the day in Việt Nam on which a moment falls; today for None. A naive moment is local."""
    if moment is None:
        return today()
    if not isinstance(moment, datetime):
        return moment
    return moment.astimezone(VIETNAM).date() if timezone.is_aware(moment) else moment.date()


def today() -> date:
    """Return today's date in Việt Nam."""
    return timezone.localdate(timezone=VIETNAM)


def find_rule(rule: DeadlineRule | str, on: date | datetime | None = None) -> DeadlineRule:
    """Return the rule itself, or the one with this code for an event on this day; else NoDeadline."""
    if isinstance(rule, DeadlineRule):
        return rule
    found = DeadlineRule.objects.for_event(rule, local_date(on))
    if found is None:
        raise NoDeadline(
            f"Không có quy tắc thời hạn “{rule}” áp dụng cho ngày {format_short(local_date(on))}. "
            "Hãy thêm quy tắc này hoặc nạp các quy tắc ban đầu bằng lệnh seed_deadlines."
        )
    return found


def due_date(rule: DeadlineRule | str, start: date | datetime, on: date | datetime | None = None) -> date:
    """Return the last day for something that an event on `start` made due.

    `on` is the day whose rules apply, by default that of the event. Raises NoDeadline when there is no rule
    or its period is not set. Example: DL-DOC-OWN from 22/01/2020 (before Tết) is due on 31/01/2020.
    """
    return _due(find_rule(rule, on or start), start, calendar())


def period_end(start: date | datetime, amount: int, unit: str, *, event: str) -> tuple[date, str]:
    """Return the last day of a period that is no rule of the Regulation, and the sentence that says how it came about.

    `unit`: one of `DeadlineRule.Unit` that counts, or MONTH. 0 working days end on the day of the event, or on the
    next working day when offices do not work on it; IMMEDIATE ends on the next working day. `event` stands before its
    date in the sentence ("tiếp nhận"). A period in months ends on the day with the same number (Bộ luật Dân sự 2015,
    Điều 148.3).
    """
    rule, present = DeadlineRule(amount=amount, unit=unit, start_event=event), calendar()
    due = _due(rule, start, present)
    return due, _sentence(rule, start, due, present)


def workdays_after(start: date | datetime, n: int) -> date:
    """Return the n-th working day after a day, for waits that are no deadline of anybody (n < 0: before)."""
    return workdays.add_working_days(local_date(start), n, calendar().days)


def workdays_until(day: date, on: date | datetime | None = None) -> int:
    """Count the working days from a day (today for None) until another: 0 on it, negative once it has passed."""
    return workdays.working_days_between(local_date(on), day, calendar().days)


def workdays_between(spans: Iterable[tuple[date | None, date | None]]) -> list[int | None]:
    """Count for each span the working days after its first day up to and including its last, as a deadline counts them.

    None for a span without one of its days, or whose last day comes before the first. One query for all.
    """
    days = calendar().days
    return [
        workdays.working_days_between(first, last, days) if first and last and first <= last else None
        for first, last in spans
    ]


def is_working_day(day: date | datetime | None = None) -> bool:
    """Answer whether offices work on this day (today for None)."""
    return workdays.is_working_day(local_date(day), calendar().days)


def _due(rule: DeadlineRule, start: date | datetime, present: WorkingCalendar) -> date:
    day = local_date(start)
    if rule.unit == Unit.IMMEDIATE:
        return workdays.next_working_day(day, present.days)
    if rule.unit == Unit.FIXED:
        raise NoDeadline(f"Quy tắc thời hạn “{rule.code}” chạy đến một ngày đã hẹn; hãy ghi ngày hẹn.")
    if rule.amount is None:
        raise NoDeadline(f"Quy tắc thời hạn “{rule.code}” chưa đặt số ngày. Hãy đặt số ngày rồi làm lại.")
    if rule.unit == Unit.HOUR:
        return workdays.first_working_day(_after_hours(start, rule.amount), present.days)
    if rule.unit == MONTH:
        return workdays.add_months(day, rule.amount, present.days)
    add = workdays.add_working_days if rule.unit == Unit.WORKING_DAY else workdays.add_calendar_days
    return add(day, rule.amount, present.days, rule.count_first_day)


def _after_hours(start: date | datetime, hours: int) -> date:
    """The local day on which the hours end; a day without its hour counts from its end (24:00)."""
    if isinstance(start, datetime):
        return local_date(start + timedelta(hours=hours))
    end = datetime.combine(start, time.max) + timedelta(hours=hours)
    return end.date()


# --- 1. Start ---------------------------------------------------------------------------------------


@transaction.atomic
def start(
    subject,
    rule: DeadlineRule | str,
    *,
    on: date | datetime | None = None,
    by=None,
    site=None,
    unit=None,
    title: str = "",
) -> Deadline:
    """Start a clock for a page or record under a rule; return it, or the one of this rule that already runs.

    `on`: when the event happened (now for None). `unit`: who must act. `title`: what citizens and officers
    read, by default the subject's name. Raises NoDeadline as `due_date` does.
    """
    moment = timezone.now() if on is None else on
    rule = find_rule(rule, moment)
    running = _running(subject, rule, site)
    if running:
        return running
    return _begin(subject, rule, moment, None, by=by, site=site, unit=unit, title=title)


@transaction.atomic
def start_until(
    subject,
    rule: DeadlineRule | str,
    *,
    on: date | datetime | None = None,
    until: date,
    by=None,
    site=None,
    unit=None,
    title: str = "",
) -> Deadline:
    """Start a clock that ends on a day somebody has promised, whatever period its rule has; return it.

    A clock of this rule that already runs is returned when it ends on that day. Raises Refused when it ends on
    another one (meet it first), ValidationError ("until") for a day before the event or a day off, NoDeadline for an
    unknown rule. When the calendar changes, a promised day that is off now gives way to the next working day.
    """
    moment = timezone.now() if on is None else on
    rule = find_rule(rule, moment)
    running = _running(subject, rule, site)
    if running and running.until == until:
        return running
    if running:
        raise Refused(
            f"Đang có lời hẹn đến {format_short(running.last_day)}; hãy ghi nhận xong lời hẹn này rồi hẹn ngày mới."
        )
    days = calendar().days
    if until < local_date(moment):
        raise ValidationError(
            {"until": f"Ngày hẹn {format_short(until)} trước ngày {rule.start_event}; hãy chọn ngày sau."}
        )
    _demand_within_a_year("until", until, local_date(moment))
    if not workdays.is_working_day(until, days):
        later = workdays.next_working_day(until, days)
        raise ValidationError(
            {"until": f"{format_vn(until)} không phải ngày làm việc; có thể chọn {format_vn(later)}."}
        )
    return _begin(subject, rule, moment, until, by=by, site=site, unit=unit, title=title)


def _demand_within_a_year(field: str, day: date, before: date) -> None:
    if day - before > LONGEST:
        raise ValidationError({field: f"Ngày {format_short(day)} quá xa; hãy chọn một ngày trong vòng một năm."})


def _running(subject, rule: DeadlineRule, site) -> Deadline | None:
    return Deadline.objects.for_subject(subject).open().filter(rule=rule, site=site).first()


def _begin(subject, rule: DeadlineRule, moment: date | datetime, until: date | None, *, by, site, unit, title):
    present = calendar()
    deadline = Deadline(
        rule=rule,
        content_type=content_type_of(subject),
        object_id=str(subject.pk),
        site=site,
        unit=unit,
        title=(title or name_in_logs(subject))[:300],
        started_on=local_date(moment),
        started_at=moment if rule.unit == Unit.HOUR and isinstance(moment, datetime) else None,
        until=until,
        calendar_version=present.version,
    )
    deadline.due_on = deadline.last_day = _due_of(deadline, present)
    deadline.explanation = _explanation(deadline, present)
    deadline.save()
    data = {"rule": rule.code, "started": deadline.started_on.isoformat(), "due": deadline.due_on.isoformat()}
    log(instance=deadline, action="portal.deadline.start", user=by, data=data)
    return deadline


def _due_of(deadline: Deadline, present: WorkingCalendar) -> date:
    """What the rule gives for a clock by a calendar, or the promised day."""
    if deadline.until:
        return workdays.first_working_day(deadline.until, present.days)
    return _due(deadline.rule, deadline.started_at or deadline.started_on, present)


# --- 2. Tell ----------------------------------------------------------------------------------------


def days_left(deadline: Deadline, on: date | datetime | None = None) -> int | None:
    """Count the days until the last day, in the rule's unit: 0 on it, negative when late, None when ended.

    Working days for every rule but those in calendar days. While a clock is paused the number stands still.
    """
    if not deadline.is_open:
        return None
    day = local_date(on)
    if is_paused(deadline, day):
        before, _ = _moved(deadline, deadline.due_on, calendar(), without_open=True)
        return _days_between(deadline, deadline.paused_on, before)
    return _days_between(deadline, day, deadline.last_day)


def is_late(deadline: Deadline, on: date | datetime | None = None) -> bool:
    """Answer whether the thing was not done by its last day, seen from a day (today for None).

    A met clock is judged by the day it was met; one that was extended or paused only after it had passed stays late.
    """
    if deadline.cancelled:
        return False
    return deadline.was_late or (deadline.met_on or local_date(on)) > deadline.last_day


def is_very_late(deadline: Deadline, on: date | datetime | None = None) -> bool:
    """Answer whether a late clock is late by more days than its rule's second threshold (`very_late_after`)."""
    if deadline.cancelled:
        return False
    return (
        -_days_between(deadline, deadline.met_on or local_date(on), deadline.last_day) > deadline.rule.very_late_after
    )


def standing(deadline: Deadline, on: date | datetime | None = None) -> Standing:
    """Say how a clock stands on a day (today for None)."""
    if deadline.cancelled:
        return Standing.CANCELLED
    if deadline.met_on:
        return Standing.MET_LATE if is_late(deadline) else Standing.MET
    day = local_date(on)
    if is_late(deadline, day):
        return Standing.VERY_LATE if is_very_late(deadline, day) else Standing.LATE
    if is_paused(deadline, day):
        return Standing.PAUSED
    left = workdays_until(deadline.last_day, day)
    return Standing.SOON if left <= deadline.rule.soon_within else Standing.RUNNING


def is_paused(deadline: Deadline, on: date | datetime | None = None) -> bool:
    """Answer whether a clock stands still on a day: it was stopped, and its rule's limit is not used up."""
    if not deadline.is_open or not deadline.paused_on or local_date(on) < deadline.paused_on:
        return False
    return local_date(on) < workdays_after(deadline.paused_on, _allowance(deadline))


def explain(deadline: Deadline, on: date | datetime | None = None) -> str:
    """Say in one Vietnamese sentence how the last day was computed and how the clock stands.

    "tiếp nhận thứ Tư 22/01/2020; không tính ngày tiếp nhận; nghỉ 23–24/01, 27–29/01; hạn cuối thứ Sáu
    31/01/2020", followed by the extension, the pauses, the cancellation or the day it was met.
    """
    parts = [deadline.explanation]
    pauses = _pauses_of(deadline) if deadline.paused_on or deadline.paused_workdays else []
    after = [pause for pause in pauses if _counts_after_extension(pause, deadline)]
    parts += [_pause_said(pause, deadline, on) for pause in pauses if pause not in after]
    if deadline.extended_to:
        parts.append(f"gia hạn đến {format_vn(deadline.extended_to)}: {deadline.extension_reason}")
    parts += [_pause_said(pause, deadline, on) for pause in after]
    if after and deadline.last_day != (deadline.extended_to or deadline.due_on):
        latest = "chậm nhất " if deadline.paused_on else ""
        parts.append(f"hạn cuối {latest}{format_vn(deadline.last_day)}")
    if deadline.cancelled:
        parts.append("đã hủy")
    elif deadline.met_on:
        late = " (quá hạn)" if is_late(deadline) else ""
        parts.append(f"hoàn thành {format_vn(deadline.met_on)}{late}")
    elif is_late(deadline, on):
        parts.append("đã quá hạn")
    return "; ".join(parts)


def _pause_said(pause: DeadlinePause, deadline: Deadline, on: date | datetime | None) -> str:
    what = pause.get_category_display()
    if pause.resumed_on:
        length = workdays.working_days_between(pause.stopped_on, pause.resumed_on, calendar().days)
        over = f", tối đa {deadline.rule.pause_limit} ngày" if length > (deadline.rule.pause_limit or 0) else ""
        return (
            f"tạm dừng từ {format_short(pause.stopped_on)} đến {format_short(pause.resumed_on)} "
            f"({what}), {length} ngày làm việc{over}"
        )
    if is_paused(deadline, on):
        return f"đang tạm dừng từ {format_vn(pause.stopped_on)} ({what})"
    return (
        f"tạm dừng từ {format_short(pause.stopped_on)} ({what}), đã hết {deadline.rule.pause_limit} ngày làm việc "
        "được tạm dừng nên tính tiếp"
    )


def _days_between(deadline: Deadline, day: date, last_day: date) -> int:
    """The days from one to the other in the rule's unit; negative when the last day lies before."""
    if deadline.rule.unit == Unit.CALENDAR_DAY:
        return (last_day - day).days
    return workdays.working_days_between(day, last_day, calendar().days)


def _sentence(rule: DeadlineRule, start: date | datetime, due: date, present: WorkingCalendar) -> str:
    day, event, days = local_date(start), rule.start_event, present.days
    first = day if rule.count_first_day else day + timedelta(days=1)
    parts = [f"{event} {format_vn(day)}"]
    if rule.unit == Unit.IMMEDIATE:
        parts.append("xử lý ngay, chậm nhất ngày làm việc kế tiếp")
    elif rule.unit == Unit.HOUR:
        parts.append(f"thời hạn {rule.amount} giờ")
    elif rule.amount == 0:
        parts.append("trong ngày" if due == day else "không phải ngày làm việc, tính sang ngày làm việc kế tiếp")
    elif rule.amount < 0:
        parts.append(f"phải xong {rule.period}, không tính ngày {event}")
    elif rule.count_first_day:
        parts.append(f"tính cả ngày {event}")
    else:
        parts.append(f"không tính ngày {event}")
        if rule.unit == Unit.WORKING_DAY and not workdays.is_working_day(day, days):
            parts.append(f"ngày thứ nhất là {format_vn(workdays.next_working_day(day, days))}")
    if rule.unit == Unit.CALENDAR_DAY and rule.amount > 0:
        end = first + timedelta(days=rule.amount - 1)
        if end != due:
            parts.append(f"ngày thứ {rule.amount} là {format_vn(end)}, không phải ngày làm việc")
    begin, end = (first, due) if due >= day else (due, day - timedelta(days=1))
    return "; ".join([*parts, *_closing(begin, end, due, present)])


def _explanation(deadline: Deadline, present: WorkingCalendar) -> str:
    """The sentence of a clock: how its rule's due date, or the promised day, came about."""
    if not deadline.until:
        return _sentence(deadline.rule, deadline.started_at or deadline.started_on, deadline.due_on, present)
    parts = [f"{deadline.rule.start_event} {format_vn(deadline.started_on)}"]
    if deadline.rule.unit != Unit.FIXED:
        # Another day was set than the one that the rule gives.
        parts = ["theo ngày đã đặt"]
    if deadline.until != deadline.due_on:
        parts.append(f"hẹn đến {format_vn(deadline.until)}, nay không phải ngày làm việc")
    elif deadline.rule.unit == Unit.FIXED:
        parts.append("hẹn ngày trả lời")
    return "; ".join([*parts, *_closing(deadline.started_on, deadline.due_on, deadline.due_on, present)])


def _closing(begin: date, end: date, due: date, present: WorkingCalendar) -> list[str]:
    """The last parts of a sentence: days off and worked from one day to the other, the last day, what is uncertain."""
    parts, days = [], present.days
    off = workdays.days_off_between(begin, end, days)
    if off:
        parts.append(f"nghỉ {_ranges(off)}")
    made_up = workdays.make_up_days_between(begin, end, days)
    if made_up:
        parts.append(f"làm bù {_ranges(made_up)}")
    parts.append(f"hạn cuối {format_vn(due)}")
    estimated = present.estimated_years(begin, end)
    if estimated:
        years = ", ".join(map(str, estimated))
        parts.append(f"dự kiến, vì lịch nghỉ năm {years} chưa có văn bản công bố")
    return parts


def _ranges(days: list[date]) -> str:
    """Write days in order with runs joined: "23–24/01, 27–29/01"."""
    runs = [[days[0], days[0]]]
    for before, day in pairwise(days):
        if day - before == timedelta(days=1):
            runs[-1][1] = day
        else:
            runs.append([day, day])
    return ", ".join(_range(first, last) for first, last in runs)


def _range(first: date, last: date) -> str:
    if first == last:
        return f"{first:%d/%m}"
    return f"{first:%d}–{last:%d/%m}" if first.month == last.month else f"{first:%d/%m}–{last:%d/%m}"


# --- 3. End or move ---------------------------------------------------------------------------------


@transaction.atomic
def meet(deadline: Deadline, *, on: date | datetime | None = None, by=None) -> Deadline:
    """Record that the thing was done on this day, in time or late; a clock that ended stays as it was.

    Called by the verb that did the thing, which has checked who may. ValidationError for a day before the
    start of a clock that runs forward.
    """
    deadline = Deadline.objects.select_for_update().get(pk=deadline.pk)
    if not deadline.is_open:
        return deadline
    deadline.met_on = local_date(on)
    _end_pause(deadline, deadline.met_on, by)
    deadline.save(update_fields=["met_on", *PAUSE_FIELDS])
    data = {"rule": deadline.rule.code, "late": is_late(deadline)}
    log(instance=deadline, action="portal.deadline.meet", user=by, data=data)
    return deadline


@transaction.atomic
def meet_for(subject, *, on: date | datetime | None = None, by=None, rule: str | None = None) -> list[Deadline]:
    """Meet every open clock of a page or record (of one rule's code when given); return them."""
    return [meet(deadline, on=on, by=by) for deadline in _open_for(subject, rule)]


@transaction.atomic
def extend(deadline: Deadline, *, to: date, reason: str, by, on: date | datetime | None = None) -> Deadline:
    """Move the last day of an open clock to a later working day; a clock already late stays late.

    The first time whoever may rule on the site, after that the head of the board only. Raises Refused without the
    right, when the clock has ended or stands still; ValidationError (field → messages) without a reason, for a day not
    later than the present last day, for a day off, or for another period than the rule fixes.
    """
    deadline = Deadline.objects.select_for_update().get(pk=deadline.pk)
    _demand_ruling_right(deadline, by)
    if deadline.extensions and not has_role(by, BOARD_HEAD, deadline.site):
        raise Refused("Thời hạn này đã gia hạn một lần; từ lần thứ hai chỉ Trưởng ban Biên tập được gia hạn.")
    if deadline.paused_on:
        raise Refused("Thời hạn đang tạm dừng; hãy cho tính tiếp rồi gia hạn.")
    present = calendar().days
    if not reason.strip():
        raise ValidationError({"extension_reason": "Hãy ghi lý do gia hạn; người dân sẽ đọc được lý do này."})
    if to is None:
        raise ValidationError({"extended_to": "Hãy ghi ngày gia hạn đến."})
    if to <= deadline.last_day:
        raise ValidationError(
            {"extended_to": f"Ngày gia hạn phải sau hạn hiện nay ({format_short(deadline.last_day)})."}
        )
    _demand_within_a_year("extended_to", to, deadline.last_day)
    if not workdays.is_working_day(to, present):
        later = workdays.next_working_day(to, present)
        raise ValidationError(
            {"extended_to": f"{format_vn(to)} không phải ngày làm việc; có thể chọn {format_vn(later)}."}
        )
    fixed = deadline.rule.extension_workdays
    if fixed and to != (wanted := workdays.add_working_days(deadline.last_day, fixed, present)):
        raise ValidationError(
            {"extended_to": f"Mỗi lần gia hạn là {fixed} ngày làm việc: hãy chọn {format_vn(wanted)}."}
        )
    before = deadline.last_day
    deadline.was_late = is_late(deadline, on)
    deadline.extended_to, deadline.extended_on, deadline.extension_reason = to, local_date(on), reason.strip()
    deadline.last_day, deadline.extensions = to, deadline.extensions + 1
    deadline.save(
        update_fields=["extended_to", "extended_on", "extension_reason", "last_day", "extensions", "was_late"]
    )
    _tell_subject(deadline)
    data = {"from": before.isoformat(), "to": to.isoformat(), "reason": reason.strip()}
    log(instance=deadline, action="portal.deadline.extend", user=by, data=data)
    return deadline


@transaction.atomic
def cancel(deadline: Deadline, *, reason: str, by, on: date | datetime | None = None) -> Deadline:
    """Stop an open clock because the thing need not be done; it never counts as late.

    Raises Refused without the right or when the clock has ended, ValidationError without a reason.
    """
    deadline = Deadline.objects.select_for_update().get(pk=deadline.pk)
    _demand_ruling_right(deadline, by)
    return _cancel(deadline, reason, by, on)


@transaction.atomic
def cancel_for(
    subject, *, reason: str, on: date | datetime | None = None, by=None, rule: str | None = None
) -> list[Deadline]:
    """Stop every open clock of a subject (of one rule's code when given); return them.

    Called by the verb that ended the matter, which has checked who may. ValidationError without a reason.
    """
    return [_cancel(deadline, reason, by, on) for deadline in _open_for(subject, rule)]


@transaction.atomic
def cancel_clock(deadline: Deadline, *, reason: str, on: date | datetime | None = None, by=None) -> Deadline:
    """Stop one clock; called by the verb that ended the matter, which has checked who may."""
    deadline = Deadline.objects.select_for_update().get(pk=deadline.pk)
    return _cancel(deadline, reason, by, on) if deadline.is_open else deadline


def _cancel(deadline: Deadline, reason: str, by, on) -> Deadline:
    if not reason.strip():
        raise ValidationError({"cancellation_reason": "Hãy ghi lý do hủy thời hạn."})
    deadline.cancelled, deadline.cancellation_reason = True, reason.strip()
    _end_pause(deadline, local_date(on), by)
    deadline.save(update_fields=["cancelled", "cancellation_reason", *PAUSE_FIELDS])
    data = {"rule": deadline.rule.code, "reason": reason.strip(), "on": local_date(on).isoformat()}
    log(instance=deadline, action="portal.deadline.cancel", user=by, data=data)
    return deadline


def _open_for(subject, rule: str | None) -> list[Deadline]:
    found = Deadline.objects.for_subject(subject).open().select_related("rule")
    return list(found.filter(rule__code=rule) if rule else found)


def _demand_ruling_right(deadline: Deadline, by) -> None:
    if not (may(by, APPROVE, deadline.site) or may(by, DISPATCH, deadline.site)):
        raise Refused("Chỉ người có quyền duyệt hoặc cơ quan Thường trực được gia hạn, hủy thời hạn.")
    if not deadline.is_open:
        raise Refused("Thời hạn này đã kết thúc nên không gia hạn, không hủy được.")


# --- Standing still -----------------------------------------------------------------------------------

PAUSE_FIELDS = ["paused_on", "paused_workdays", "last_day"]


@transaction.atomic
def pause(deadline: Deadline, *, category: str, reason: str, on: date | datetime | None, by) -> Deadline:
    """Stop an open clock on a day, because the office waits for the person who asked; return it.

    `category`: one of `DeadlinePause.Category`. The last day moves by the working days until `resume`, at most by the
    rule's `pause_limit`; then the clock goes on by itself. Called by the verb that waits, which has checked who may.
    Raises Refused when the clock has ended, is late, is stopped already, or its rule allows no (more) pause;
    ValidationError (field → messages) without category, reason or date, for a day before the event, in the future,
    before the last restart or before the last extension. One that is recorded after the last day does not undo the
    delay.
    """
    deadline = Deadline.objects.select_for_update().get(pk=deadline.pk)
    wrong = {}
    if category not in DeadlinePause.Category.values:
        wrong["category"] = "Hãy chọn loại tạm dừng."
    if not reason.strip():
        wrong["reason"] = "Hãy ghi lý do tạm dừng."
    if on is None:
        wrong["on"] = "Hãy ghi ngày tạm dừng."
    if wrong:
        raise ValidationError(wrong)
    day, limit = local_date(on), deadline.rule.pause_limit
    if not deadline.is_open:
        raise Refused("Thời hạn này đã kết thúc nên không tạm dừng được.")
    if deadline.paused_on:
        raise Refused(f"Thời hạn này đã tạm dừng từ {format_short(deadline.paused_on)}.")
    if not limit:
        raise Refused(f"Thời hạn «{deadline.rule.label}» không được tạm dừng.")
    _demand_day(day, deadline.started_on, f"ngày {deadline.rule.start_event}")
    earlier = _pauses_of(deadline)
    if earlier:
        _demand_day(day, earlier[-1].resumed_on, "ngày tính tiếp lần trước")
    if deadline.extended_on:
        _demand_day(day, deadline.extended_on, "ngày gia hạn")
    if is_late(deadline, day):
        raise Refused(f"Đã quá hạn từ sau {format_short(deadline.last_day)}; tạm dừng không xóa được việc quá hạn.")
    if _allowance(deadline) <= 0:
        raise Refused(f"Thời hạn này đã dùng hết {limit} ngày làm việc được tạm dừng.")
    DeadlinePause.objects.create(
        deadline=deadline, category=category, reason=reason.strip(), stopped_on=day, stopped_by=by
    )
    deadline.was_late = is_late(deadline)
    deadline.paused_on = day
    _move_by_pauses(deadline)
    deadline.save(update_fields=["was_late", *PAUSE_FIELDS])
    data = {"rule": deadline.rule.code, "on": day.isoformat(), "category": category}
    log(instance=deadline, action="portal.deadline.pause", user=by, data=data)
    return deadline


@transaction.atomic
def resume(deadline: Deadline, *, on: date | datetime | None, by) -> Deadline:
    """Let a stopped clock go on from a day; return it with its new last day.

    Raises Refused when it is not stopped, ValidationError ("on") without a date, for a day before the stop or in the
    future.
    """
    deadline = Deadline.objects.select_for_update().get(pk=deadline.pk)
    if on is None:
        raise ValidationError({"on": "Hãy ghi ngày tính tiếp."})
    if not deadline.is_open or not deadline.paused_on:
        raise Refused("Thời hạn này không tạm dừng nên không có gì để tính tiếp.")
    day = local_date(on)
    _demand_day(day, deadline.paused_on, "ngày tạm dừng")
    before = deadline.last_day
    _end_pause(deadline, day, by)
    deadline.save(update_fields=PAUSE_FIELDS)
    data = {"rule": deadline.rule.code, "on": day.isoformat(), "to": deadline.last_day.isoformat()}
    log(instance=deadline, action="portal.deadline.resume", user=by, data={**data, "from": before.isoformat()})
    return deadline


def _demand_day(day: date, first: date, what: str) -> None:
    if day < first:
        raise ValidationError({"on": f"Ngày {format_short(day)} trước {what} ({format_short(first)}); hãy sửa ngày."})
    if day > today():
        raise ValidationError({"on": f"Ngày {format_short(day)} chưa đến; hãy ghi ngày hôm nay hoặc trước đó."})


def _end_pause(deadline: Deadline, day: date, by) -> None:
    """Close the open pause of a clock, if any, and move its last day by what was paused; nothing is saved of it."""
    if deadline.paused_on is None:
        return
    open_pause = deadline.pauses.get(resumed_on=None)
    open_pause.resumed_on, open_pause.resumed_by = max(day, open_pause.stopped_on), by
    open_pause.save(update_fields=["resumed_on", "resumed_by"])
    deadline.paused_on = None
    _move_by_pauses(deadline)


def _move_by_pauses(deadline: Deadline) -> None:
    deadline.last_day, deadline.paused_workdays = _moved(deadline, deadline.due_on, calendar())


def _moved(deadline: Deadline, due: date, present: WorkingCalendar, *, without_open: bool = False) -> tuple[date, int]:
    """(last day, working days paused) of a clock whose rule gives `due`: its extension and its pauses move it.

    An extension was granted for a day; only pauses after it move that day. A pause that is open counts with all that
    the rule still allows.
    """
    left, moved, counted = deadline.rule.pause_limit or 0, 0, 0
    for item in _pauses_of(deadline):
        if item.resumed_on:
            length = min(left, workdays.working_days_between(item.stopped_on, item.resumed_on, present.days))
        else:
            length = 0 if without_open else left
        left -= length
        counted += length
        if _counts_after_extension(item, deadline):
            moved += length
    base = deadline.extended_to or due
    return (workdays.add_working_days(base, moved, present.days) if moved else base), counted


def _allowance(deadline: Deadline) -> int:
    """The working days for which the rule still lets a clock stand still, its open pause left aside."""
    _, counted = _moved(deadline, deadline.due_on, calendar(), without_open=True)
    return (deadline.rule.pause_limit or 0) - counted


def _counts_after_extension(item: DeadlinePause, deadline: Deadline) -> bool:
    return deadline.extended_on is None or item.stopped_on >= deadline.extended_on


def _pauses_of(deadline: Deadline) -> list[DeadlinePause]:
    """The pauses of a clock in their order; read once when they were prefetched."""
    return list(deadline.pauses.all())
