"""How a deadline stands on a day, as officers and citizens are told."""

from datetime import date, datetime

from vietnam import workdays
from vietnam.dates import format_short, format_vn

from ..models import Deadline, DeadlinePause
from .due import workdays_until
from .pauses import counts_after_extension, is_paused, moved_by_pauses, pauses_of
from .terms import Standing, Unit, local_date
from .working_calendar import calendar


def days_left(deadline: Deadline, on: date | datetime | None = None) -> int | None:
    """Count the days until the last day, in the rule's unit: 0 on it, negative when late, None when ended.

    Working days for every rule but those in calendar days. The number does not change while a deadline is paused.
    """
    if not deadline.is_open:
        return None
    day = local_date(on)
    if is_paused(deadline, day):
        before, _ = moved_by_pauses(deadline, deadline.due_on, calendar(), without_open=True)
        return _days_between(deadline, deadline.paused_on, before)
    return _days_between(deadline, day, deadline.last_day)


def time_left(deadline: Deadline, on: date | datetime | None = None) -> str:
    """Say what is left of a deadline as people do, in the rule's unit: the one wording of all screens, sheets, mails.

    "còn 3 ngày làm việc", "hạn cuối hôm nay", "quá hạn 2 ngày", "đã quá hạn" (no working day has passed since),
    "đang tạm dừng, còn 3 ngày làm việc"; "" for a deadline that ended.
    """
    left, day = days_left(deadline, on), local_date(on)
    if left is None:
        return ""
    unit = "ngày" if deadline.rule.unit == Unit.CALENDAR_DAY else "ngày làm việc"
    paused = is_paused(deadline, day)
    if left < 0:
        words = f"quá hạn {-left} {unit}"
    elif left == 0 and day >= deadline.last_day and not paused:
        words = "hạn cuối hôm nay" if day == deadline.last_day else "đã quá hạn"
    else:
        words = f"còn {left} {unit}"
    return f"đang tạm dừng, {words}" if paused else words


def is_late(deadline: Deadline, on: date | datetime | None = None) -> bool:
    """Answer whether the thing was not done by its last day, seen from a day (today for None).

    A met deadline is judged by the day it was met; one that was extended or paused only after it had passed stays late.
    """
    if deadline.cancelled:
        return False
    return deadline.was_late or (deadline.met_on or local_date(on)) > deadline.last_day


def is_very_late(deadline: Deadline, on: date | datetime | None = None) -> bool:
    """Answer whether a late deadline is late by more days than its rule's second threshold (`very_late_after`)."""
    if deadline.cancelled:
        return False
    return (
        -_days_between(deadline, deadline.met_on or local_date(on), deadline.last_day) > deadline.rule.very_late_after
    )


def standing(deadline: Deadline, on: date | datetime | None = None, *, soon_within: int | None = None) -> Standing:
    """Return the standing of a deadline on a day (today for None): the one definition of what is due soon, too.

    `soon_within`: the working days left, 0 on the last day, up to which it is; the rule's own for None.
    """
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
    most = deadline.rule.soon_within if soon_within is None else soon_within
    return Standing.SOON if left <= most else Standing.RUNNING


def explain(deadline: Deadline, on: date | datetime | None = None) -> str:
    """Say in one Vietnamese sentence how the last day was computed and what the deadline's standing is.

    "tiếp nhận thứ Tư 22/01/2020; không tính ngày tiếp nhận; nghỉ 23–24/01, 27–29/01; hạn cuối thứ Sáu
    31/01/2020", followed by the extension, the pauses, the cancellation or the day it was met.
    """
    parts = [deadline.explanation]
    pauses = pauses_of(deadline) if deadline.paused_on or deadline.paused_workdays else []
    after = [pause for pause in pauses if counts_after_extension(pause, deadline)]
    parts += [_pause_text(pause, deadline, on) for pause in pauses if pause not in after]
    if deadline.extended_to:
        parts.append(f"gia hạn đến {format_vn(deadline.extended_to)}: {deadline.extension_reason}")
    parts += [_pause_text(pause, deadline, on) for pause in after]
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


def _pause_text(pause: DeadlinePause, deadline: Deadline, on: date | datetime | None) -> str:
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
