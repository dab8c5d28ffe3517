"""When a thing is due: the only caller of the arithmetic in `vietnam.workdays`."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from vietnam import workdays
from vietnam.dates import format_short

from ..models import Deadline, DeadlineRule
from .explaining import sentence_of
from .terms import MONTH, NoDeadline, Unit, WorkingCalendar, local_date
from .working_calendar import calendar


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
    return due_by_rule(find_rule(rule, on or start), start, calendar())


def period_end(start: date | datetime, amount: int, unit: str, *, event: str) -> tuple[date, str]:
    """Return the last day of a period that is no rule of the Regulation, and the sentence that says how it came about.

    `unit`: one of `DeadlineRule.Unit` that counts, or MONTH. 0 working days end on the day of the event, or on the
    next working day when offices do not work on it; IMMEDIATE ends on the next working day. `event` stands before its
    date in the sentence ("tiếp nhận"). A period in months ends on the day with the same number (Bộ luật Dân sự 2015,
    Điều 148.3).
    """
    rule, present = DeadlineRule(amount=amount, unit=unit, start_event=event), calendar()
    due = due_by_rule(rule, start, present)
    return due, sentence_of(rule, start, due, present)


def workdays_after(start: date | datetime, n: int) -> date:
    """Return the n-th working day after a day, for waits that are no deadline (n < 0: before)."""
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


def due_by_rule(rule: DeadlineRule, start: date | datetime, present: WorkingCalendar) -> date:
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


def due_of(deadline: Deadline, present: WorkingCalendar) -> date:
    """What the rule gives for a deadline by a calendar, or the promised day."""
    if deadline.until:
        return workdays.first_working_day(deadline.until, present.days)
    return due_by_rule(deadline.rule, deadline.started_at or deadline.started_on, present)
