"""A deadline is paused while the office waits for the person who asked, and resumed."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.log_actions import log

from base.gate import Refused
from vietnam.dates import format_short

from ..models import Deadline, DeadlinePause
from .pauses import allowance, moved_by_pauses, pauses_of
from .status import is_late
from .terms import local_date, today
from .working_calendar import calendar

PAUSE_FIELDS = ["paused_on", "paused_workdays", "last_day"]


@transaction.atomic
def pause(deadline: Deadline, *, category: str, reason: str, on: date | datetime | None, by) -> Deadline:
    """Pause an open deadline on a day, because the office waits for the person who asked; return it.

    `category`: one of `DeadlinePause.Category`. The last day moves by the working days until `resume`, at most by the
    rule's `pause_limit`; then the deadline resumes by itself. Called by the action that waits, which has checked who
    may. Raises Refused when the deadline has ended, is late, is paused already, or its rule allows no (more) pause;
    ValidationError (field → messages) without category, reason or date, for a day before the event, in the future,
    before the last restart or before the last extension. A pause that is recorded after the last day does not undo the
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
    earlier = pauses_of(deadline)
    if earlier:
        _demand_day(day, earlier[-1].resumed_on, "ngày tính tiếp lần trước")
    if deadline.extended_on:
        _demand_day(day, deadline.extended_on, "ngày gia hạn")
    if is_late(deadline, day):
        raise Refused(f"Đã quá hạn từ sau {format_short(deadline.last_day)}; tạm dừng không xóa được việc quá hạn.")
    if allowance(deadline) <= 0:
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
    """Resume a paused deadline from a day; return it with its new last day.

    Raises Refused when it is not paused, ValidationError ("on") without a date, for a day before the pause or in the
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
    """Close the open pause of a deadline, if any, and move its last day by what was paused; does not save it."""
    if deadline.paused_on is None:
        return
    open_pause = deadline.pauses.get(resumed_on=None)
    open_pause.resumed_on, open_pause.resumed_by = max(day, open_pause.stopped_on), by
    open_pause.save(update_fields=["resumed_on", "resumed_by"])
    deadline.paused_on = None
    _move_by_pauses(deadline)


def _move_by_pauses(deadline: Deadline) -> None:
    deadline.last_day, deadline.paused_workdays = moved_by_pauses(deadline, deadline.due_on, calendar())
