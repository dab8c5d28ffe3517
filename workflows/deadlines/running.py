"""The life of a deadline: it starts by an event, is extended, met or cancelled."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from accounts.roles import APPROVE, DISPATCH, has_role, may
from base.gate import Refused
from base.operations.log_names import name_in_logs
from vietnam import workdays
from vietnam.dates import format_short, format_vn

from ..models import Deadline, DeadlineRule
from ..models.deadline import content_type_of
from .due import due_of, find_rule
from .explaining import explanation_of
from .pausing import PAUSE_FIELDS, _end_pause
from .status import is_late
from .terms import BOARD_HEAD, LONGEST, Unit, local_date
from .working_calendar import calendar


def tell_subject(deadline: Deadline) -> None:
    """A record that keeps its last day itself (`note_last_day`) is told the new one."""
    model = deadline.content_type.model_class()
    if hasattr(model, "note_last_day") and deadline.subject is not None:
        deadline.subject.note_last_day(deadline.last_day)


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
    """Start a deadline for a page or record under a rule; return it, or the one of this rule that already runs.

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
    """Start a deadline that ends on a promised day, whatever period its rule has; return it.

    A deadline of this rule that already runs is returned when it ends on that day. Raises Refused when it ends on
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
    deadline.due_on = deadline.last_day = due_of(deadline, present)
    deadline.explanation = explanation_of(deadline, present)
    deadline.save()
    data = {"rule": rule.code, "started": deadline.started_on.isoformat(), "due": deadline.due_on.isoformat()}
    log(instance=deadline, action="portal.deadline.start", user=by, data=data)
    return deadline


@transaction.atomic
def meet(deadline: Deadline, *, on: date | datetime | None = None, by=None) -> Deadline:
    """Record that the thing was done on this day, in time or late; a deadline that ended stays as it was.

    Called by the action that did the thing, which has checked who may. ValidationError for a day before the start of a
    deadline that runs forward.
    """
    deadline = Deadline.objects.select_for_update(of=("self",)).select_related("rule").get(pk=deadline.pk)
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
    """Meet every open deadline of a page or record (of one rule's code when given); return them."""
    return [meet(deadline, on=on, by=by) for deadline in _open_for(subject, rule)]


@transaction.atomic
def extend(deadline: Deadline, *, to: date, reason: str, by, on: date | datetime | None = None) -> Deadline:
    """Move the last day of an open deadline to a later working day; a deadline already late stays late.

    A user who may rule on the site extends it once, after that only the head of the board. Raises Refused without the
    right, when the deadline has ended or is paused; ValidationError (field → messages) without a reason, for a day not
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
    tell_subject(deadline)
    data = {"from": before.isoformat(), "to": to.isoformat()}
    log(instance=deadline, action="portal.deadline.extend", user=by, data=data)
    return deadline


@transaction.atomic
def cancel(deadline: Deadline, *, reason: str, by, on: date | datetime | None = None) -> Deadline:
    """Stop an open deadline because the thing need not be done; it never counts as late.

    Raises Refused without the right or when the deadline has ended, ValidationError without a reason.
    """
    deadline = Deadline.objects.select_for_update().get(pk=deadline.pk)
    _demand_ruling_right(deadline, by)
    return _cancel(deadline, reason, by, on)


@transaction.atomic
def cancel_for(
    subject, *, reason: str, on: date | datetime | None = None, by=None, rule: str | None = None
) -> list[Deadline]:
    """Stop every open deadline of a subject (of one rule's code when given); return them.

    Called by the action that ended the matter, which has checked who may. ValidationError without a reason.
    """
    return [_cancel(deadline, reason, by, on) for deadline in _open_for(subject, rule)]


@transaction.atomic
def cancel_deadline(deadline: Deadline, *, reason: str, on: date | datetime | None = None, by=None) -> Deadline:
    """Stop one deadline; called by the action that ended the matter, which has checked who may."""
    deadline = Deadline.objects.select_for_update().get(pk=deadline.pk)
    return _cancel(deadline, reason, by, on) if deadline.is_open else deadline


def _cancel(deadline: Deadline, reason: str, by, on) -> Deadline:
    if not reason.strip():
        raise ValidationError({"cancellation_reason": "Hãy ghi lý do hủy thời hạn."})
    deadline.cancelled, deadline.cancellation_reason = True, reason.strip()
    _end_pause(deadline, local_date(on), by)
    deadline.save(update_fields=["cancelled", "cancellation_reason", *PAUSE_FIELDS])
    # The reason stays with the deadline: it may name a person, and what the trail holds can never be covered.
    data = {"rule": deadline.rule.code, "on": local_date(on).isoformat()}
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
