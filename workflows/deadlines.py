"""Deadlines: when a thing is due, how that was computed, what becomes of the clock.

The only caller of the arithmetic in `vietnam.workdays`.

1. `start`: an event starts a clock under a rule; the due date, its explanation and the calendar version are
stored. 2. `days_left`, `is_late`, `explain`: what officers and citizens are told; all from the stored last
day. 3. `meet`, `extend`, `cancel`: how a clock ends or moves. `meet_for`, `cancel_for`: every open clock of a
subject. 4. `set_day`, `remove_day`: the calendar changes, a new version is made, open clocks are recomputed
(`recompute_open`).

An event at 23:50 belongs to its local day. A thing is not late on its last day; it is from the next day at
00:00 in Việt Nam (Bộ luật Dân sự 2015, Điều 148.6: the last day ends at 24:00).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from accounts.roles import ADMINISTER, APPROVE, DISPATCH, may
from base.gate import Refused
from vietnam import workdays
from vietnam.dates import format_short, format_vn

from .models import CalendarDay, CalendarVersion, Deadline, DeadlineRule
from .models.deadline import content_type_of

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
NOVEMBER = 11
Unit = DeadlineRule.Unit


class NoDeadline(LookupError):
    """No due date can be computed: the rule is unknown or ended, or its period was never set."""


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
# The calendar of the version asked for last; versions never change.
_read_calendars: dict[tuple[int, UUID | None], WorkingCalendar] = {}


def calendar() -> WorkingCalendar:
    """Return the working calendar as it stands now; one query unless its version changed."""
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


def _newest_version() -> tuple[int, UUID | None]:
    newest = CalendarVersion.objects.order_by("-pk").values_list("pk", "key").first()
    return newest or NO_VERSION


def _calendar_of(rows: Iterable[CalendarDay], version: int) -> WorkingCalendar:
    rows = list(rows)
    worked = frozenset(row.date for row in rows if row.kind == CalendarDay.Kind.MAKE_UP_WORKING)
    return WorkingCalendar(
        version=version,
        days=workdays.Calendar(off=frozenset(row.date for row in rows) - worked, make_up=worked),
        confirmed_years=frozenset(row.date.year for row in rows if row.confirmed),
        unconfirmed_days=frozenset(row.date for row in rows if not row.confirmed),
    )


def years_without_calendar(on: date | datetime | None = None) -> list[int]:
    """List the years whose official calendar is missing: this one, and from November the next."""
    day = local_date(on)
    wanted = {day.year} | ({day.year + 1} if day.month >= NOVEMBER else set())
    return sorted(wanted - calendar().confirmed_years)


@transaction.atomic
def set_day(
    day: date, *, kind: str, name: str, legal_source: str = "", confirmed: bool = True, by, on=None
) -> CalendarDay:
    """Add or change one day of the calendar, make a new version and recompute the open clocks.

    Raises Refused without the right, ValidationError (field → messages) when the day makes no sense.
    """
    _demand_calendar_right(by)
    row = CalendarDay.objects.select_for_update().filter(date=day).first() or CalendarDay(date=day)
    row.kind, row.name, row.legal_source, row.confirmed = kind, name, legal_source, confirmed
    row.full_clean()
    row.save()
    _make_version(f"{format_short(day)}: {row.get_kind_display()}, {name}", by)
    log(instance=row, action="portal.calendar.set", user=by, data={"date": day.isoformat(), "kind": kind})
    recompute_open(by=by, on=on)
    return row


@transaction.atomic
def remove_day(day: date, *, by, on=None) -> CalendarDay | None:
    """Make a day an ordinary one again and recompute the open clocks; None when it was one.

    Raises Refused without the right.
    """
    _demand_calendar_right(by)
    row = CalendarDay.objects.select_for_update().filter(date=day).first()
    if row is None:
        return None
    log(
        instance=row,
        action="portal.calendar.remove",
        user=by,
        data={"date": day.isoformat(), "kind": row.kind},
    )
    row.delete()
    _make_version(f"{format_short(day)}: bỏ khỏi lịch ({row.name})", by)
    recompute_open(by=by, on=on)
    return row


def affected_by(changes: Iterable[CalendarDay], removed: Iterable[date] = ()) -> list[tuple[Deadline, date]]:
    """List (open clock, new due date) for what a change of the calendar would move; nothing is changed.

    `changes`: unsaved rows to add or replace by date. Soonest due first.
    """
    rows = {row.date: row for row in CalendarDay.objects.all()}
    rows |= {row.date: row for row in changes}
    proposed = _calendar_of([row for day, row in rows.items() if day not in set(removed)], calendar().version)
    moved = []
    for deadline in Deadline.objects.open().select_related("rule"):
        due = _due(deadline.rule, deadline.started_at or deadline.started_on, proposed)
        if due != deadline.due_on:
            moved.append((deadline, due))
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
    ).select_related("rule"):  # fmt: skip
        if deadline.calendar_version == present.version:
            continue
        before, event = deadline.due_on, deadline.started_at or deadline.started_on
        deadline.due_on = _due(deadline.rule, event, present)
        deadline.explanation = _sentence(deadline.rule, event, deadline.due_on, present)
        deadline.calendar_version = present.version
        deadline.save(update_fields=["due_on", "explanation", "calendar_version"])
        if deadline.due_on != before:
            data = {"from": before.isoformat(), "to": deadline.due_on.isoformat(), "version": present.version}
            log(instance=deadline, action="portal.deadline.recompute", user=by, data=data)
            moved.append(deadline)
    return moved


def _make_version(change: str, by) -> CalendarVersion:
    return CalendarVersion.objects.create(change=change[:300], made_by=by)


def _demand_calendar_right(by) -> None:
    if not (may(by, DISPATCH) or may(by, ADMINISTER)):
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


def workdays_after(start: date | datetime, n: int) -> date:
    """Return the n-th working day after a day, for waits that are no deadline of anybody (n < 0: before)."""
    return workdays.add_working_days(local_date(start), n, calendar().days)


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
    if rule.amount is None:
        raise NoDeadline(f"Quy tắc thời hạn “{rule.code}” chưa đặt số ngày. Hãy đặt số ngày rồi làm lại.")
    if rule.unit == Unit.HOUR:
        return workdays.first_working_day(_after_hours(start, rule.amount), present.days)
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
    running = Deadline.objects.for_subject(subject).open().filter(rule=rule, site=site).first()
    if running:
        return running
    present = calendar()
    due = _due(rule, moment, present)
    deadline = Deadline.objects.create(
        rule=rule,
        content_type=content_type_of(subject),
        object_id=str(subject.pk),
        site=site,
        unit=unit,
        title=(title or str(subject))[:300],
        started_on=local_date(moment),
        started_at=moment if rule.unit == Unit.HOUR and isinstance(moment, datetime) else None,
        due_on=due,
        calendar_version=present.version,
        explanation=_sentence(rule, moment, due, present),
    )
    data = {"rule": rule.code, "started": deadline.started_on.isoformat(), "due": due.isoformat()}
    log(instance=deadline, action="portal.deadline.start", user=by, data=data)
    return deadline


# --- 2. Tell ----------------------------------------------------------------------------------------


def days_left(deadline: Deadline, on: date | datetime | None = None) -> int | None:
    """Count the days until the last day, in the rule's unit: 0 on it, negative when late, None when ended.

    Working days for every rule but those in calendar days.
    """
    if not deadline.is_open:
        return None
    day = local_date(on)
    if deadline.rule.unit == Unit.CALENDAR_DAY:
        return (deadline.last_day - day).days
    return workdays.working_days_between(day, deadline.last_day, calendar().days)


def is_late(deadline: Deadline, on: date | datetime | None = None) -> bool:
    """Answer whether the thing was not done by its last day, seen from a day (today for None).

    A met clock is judged by the day it was met; one that was extended only after it had passed stays late.
    """
    if deadline.cancelled:
        return False
    return deadline.extended_when_late or (deadline.met_on or local_date(on)) > deadline.last_day


def explain(deadline: Deadline, on: date | datetime | None = None) -> str:
    """Say in one Vietnamese sentence how the last day was computed and how the clock stands.

    "tiếp nhận thứ Tư 22/01/2020; không tính ngày tiếp nhận; nghỉ 23–24/01, 27–29/01; hạn cuối thứ Sáu
    31/01/2020", followed by the extension, the cancellation or the day it was met.
    """
    parts = [deadline.explanation]
    if deadline.extended_to:
        parts.append(f"gia hạn đến {format_vn(deadline.extended_to)}: {deadline.extension_reason}")
    if deadline.cancelled:
        parts.append("đã hủy")
    elif deadline.met_on:
        late = " (quá hạn)" if is_late(deadline) else ""
        parts.append(f"hoàn thành {format_vn(deadline.met_on)}{late}")
    elif is_late(deadline, on):
        parts.append("đã quá hạn")
    return "; ".join(parts)


def explain_period(rule: DeadlineRule | str, start: date | datetime, on: date | datetime | None = None) -> str:
    """Say how `due_date(rule, start, on)` comes about, without starting a clock; NoDeadline as there."""
    rule, present = find_rule(rule, on or start), calendar()
    return _sentence(rule, start, _due(rule, start, present), present)


def _sentence(rule: DeadlineRule, start: date | datetime, due: date, present: WorkingCalendar) -> str:
    day, event, days = local_date(start), rule.start_event, present.days
    first = day if rule.count_first_day else day + timedelta(days=1)
    parts = [f"{event} {format_vn(day)}"]
    if rule.unit == Unit.IMMEDIATE:
        parts.append("xử lý ngay, chậm nhất ngày làm việc kế tiếp")
    elif rule.unit == Unit.HOUR:
        parts.append(f"thời hạn {rule.amount} giờ")
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
    off = workdays.days_off_between(begin, end, days)
    if off:
        parts.append(f"nghỉ {_ranges(off)}")
    made_up = workdays.make_up_days_between(begin, end, days)
    if made_up:
        parts.append(f"làm bù {_ranges(made_up)}")
    parts.append(f"hạn cuối {format_vn(due)}")
    estimated = present.estimated_years(min(day, due), max(day, due))
    if estimated:
        years = ", ".join(map(str, estimated))
        parts.append(f"dự kiến, vì lịch nghỉ năm {years} chưa có văn bản công bố")
    return "; ".join(parts)


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
    deadline.save(update_fields=["met_on"])
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

    Raises Refused without the right or when the clock has ended; ValidationError (field → messages) without a
    reason, for a day not later than the present last day, or for a day off.
    """
    deadline = Deadline.objects.select_for_update().get(pk=deadline.pk)
    _demand_ruling_right(deadline, by)
    present = calendar().days
    if not reason.strip():
        raise ValidationError({"extension_reason": "Hãy ghi lý do gia hạn; người dân sẽ đọc được lý do này."})
    if to <= deadline.last_day:
        raise ValidationError(
            {"extended_to": f"Ngày gia hạn phải sau hạn hiện nay ({format_short(deadline.last_day)})."}
        )
    if not workdays.is_working_day(to, present):
        later = workdays.next_working_day(to, present)
        raise ValidationError(
            {"extended_to": f"{format_vn(to)} không phải ngày làm việc; có thể chọn {format_vn(later)}."}
        )
    before = deadline.last_day
    deadline.extended_when_late = is_late(deadline, on)
    deadline.extended_to, deadline.extended_on, deadline.extension_reason = to, local_date(on), reason.strip()
    deadline.save(update_fields=["extended_to", "extended_on", "extension_reason", "extended_when_late"])
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


def _cancel(deadline: Deadline, reason: str, by, on) -> Deadline:
    if not reason.strip():
        raise ValidationError({"cancellation_reason": "Hãy ghi lý do hủy thời hạn."})
    deadline.cancelled, deadline.cancellation_reason = True, reason.strip()
    deadline.save(update_fields=["cancelled", "cancellation_reason"])
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
