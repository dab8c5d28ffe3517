"""How a last day was computed, in a sentence that names the rule, the days that did not count and the calendar."""

from datetime import date, datetime, timedelta
from itertools import pairwise

from vietnam import workdays
from vietnam.dates import format_vn

from ..models import Deadline, DeadlineRule
from .terms import Unit, WorkingCalendar, local_date


def sentence_of(rule: DeadlineRule, start: date | datetime, due: date, present: WorkingCalendar) -> str:
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


def explanation_of(deadline: Deadline, present: WorkingCalendar) -> str:
    """The sentence of a deadline: how its rule's due date, or the promised day, was computed."""
    if not deadline.until:
        return sentence_of(deadline.rule, deadline.started_at or deadline.started_on, deadline.due_on, present)
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
        parts.append(f"nghỉ {ranges_of(off)}")
    made_up = workdays.make_up_days_between(begin, end, days)
    if made_up:
        parts.append(f"làm bù {ranges_of(made_up)}")
    parts.append(f"hạn cuối {format_vn(due)}")
    estimated = present.estimated_years(begin, end)
    if estimated:
        years = ", ".join(map(str, estimated))
        parts.append(f"dự kiến, vì lịch nghỉ năm {years} chưa có văn bản công bố")
    return parts


def ranges_of(days: list[date]) -> str:
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
