"""What the days bring, and how a right stops."""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from base.gate import Refused
from base.models import OrganisationUnit, PortalSite
from base.operations.backup.ended import note as note_ended
from base.sites import city_site
from vietnam.dates import format_short

from .. import decisions
from ..appointment_notices import log_step
from ..appointment_rights import APPOINTABLE, may_end
from ..models import Appointment, AppointmentDecision, User
from ..roles import APPROVE, OPEN_SITES, may
from .following import HOLDER_ENDED, Kind, State, apply_changes, hold, note_end, stop

ENDED_AGAIN = "Kết thúc lại theo sổ, sau khi khôi phục cổng từ bản sao lưu có trước quyết định."


def begin_and_end_due(*, on: datetime | None = None) -> list[Appointment]:
    """Begin what has come to its first day and end what is past its last; return the appointments changed.

    One transaction a person, the ends and the beginnings together, so that a renewal cuts nothing. A person for whom
    it fails is reported after the others are done.
    """
    moment = on or timezone.now()
    today = timezone.localdate(moment)
    due = Appointment.objects.due_to_begin(today) | Appointment.objects.due_to_end(today)
    changed, failed = [], []
    for pk in sorted(set(due.values_list("person_id", flat=True))):
        try:
            changed += apply_due(pk, on=moment)
        except Exception as error:  # noqa: BLE001  one person must not stop the others; it is raised below
            failed.append((pk, error))
    if failed:
        raise RuntimeError(
            "Không cập nhật được phân công: " + "; ".join(f"tài khoản {pk}: {error}" for pk, error in failed)
        ) from failed[0][1]
    return changed


@transaction.atomic
def apply_due(person_id: int, *, on: datetime | None = None) -> list[Appointment]:
    """Begin and end what is due for one person (and what they delegated); return the appointments changed."""
    moment = on or timezone.now()
    today = timezone.localdate(moment)
    person = User.objects.select_for_update().get(pk=person_id)
    own = Appointment.objects.filter(person=person).select_related("site", "decision", "ended_by")
    ending, beginning = list(own.due_to_end(today)), list(own.due_to_begin(today).exclude(valid_to__lt=today))
    apply_changes(person, ended=ending, began=beginning, by=None, moment=moment)
    return [*ending, *beginning]


@transaction.atomic
def end(
    appointment: Appointment,
    *,
    by,
    on: datetime | None = None,
    decision: AppointmentDecision,
    last_day: date,
    reason: str = "",
) -> Appointment:
    """End an appointment after `last_day` by a decision; at once when that day has passed. Return it.

    Raises Refused without the right or when it has ended already, ValidationError for a wrong day or decision.
    """
    if not may_end(by):
        raise Refused("Chỉ cán bộ quản trị kỹ thuật được kết thúc phân công.")
    decisions.demand_ending(decision)
    appointment = hold(appointment)
    if not last_day:
        raise ValidationError({"last_day": ["Hãy ghi ngày cuối cùng giữ vai trò theo dạng ngày/tháng/năm."]})
    end_on(appointment, last_day, by=by, moment=on or timezone.now(), decision=decision, reason=reason)
    return appointment


@transaction.atomic
def revoke(
    appointment: Appointment, *, by, on: datetime | None = None, decision: AppointmentDecision, reason: str
) -> Appointment:
    """Revoke an appointment by a decision: the right is cut now, and what was delegated from it. Return it.

    Raises Refused without the right or when it has ended already, ValidationError without a reason.
    """
    if not may_end(by):
        raise Refused("Chỉ cán bộ quản trị kỹ thuật được thu hồi phân công.")
    decisions.demand_ending(decision)
    if not reason.strip():
        raise ValidationError({"reason": ["Hãy ghi lý do thu hồi."]})
    appointment = hold(appointment)
    stop([appointment], State.REVOKED, by=by, moment=on or timezone.now(), decision=decision, reason=reason.strip())
    return appointment


@transaction.atomic
def end_site(site: PortalSite, *, by, on: datetime | None = None, legal_act: str, last_day: date) -> list[Appointment]:
    """End every appointment on a site that has stopped, by the legal act that stopped it; return them.

    No person is moved: people get rights on a successor by a new decision, and are in `waiting_for_decision` until
    then. Called while the dossier of a merger or closing is carried out, by its second person. Raises Refused for a
    site that goes on, or without the right to open sites and to approve.
    """
    city = city_site()
    if not (may(by, OPEN_SITES, city) and may(by, APPROVE, city)):
        raise Refused("Bạn không có quyền kết thúc phân công của một trang.")
    if site.state in APPOINTABLE:
        raise Refused(f"{site} còn hoạt động; hãy kết thúc từng phân công bằng quyết định.")
    moment = on or timezone.now()
    decision = _decision_of(legal_act, "Chấm dứt phân công do sáp nhập, đóng trang", by, moment)
    found = list(Appointment.objects.select_for_update().open().filter(site=site).order_by("pk"))
    reason = f"{site} ngừng từ ngày {format_short(last_day + timedelta(days=1))}."
    return stop(found, State.ENDED, by=by, moment=moment, decision=decision, reason=reason)


@transaction.atomic
def end_unit(
    unit: OrganisationUnit, *, by, on: datetime | None = None, legal_act: str, last_day: date
) -> list[Appointment]:
    """End every appointment for a unit that has ended, by the legal act that ended it; return them.

    Called while that act is carried out, by its second person. Raises Refused for a unit that goes on.
    """
    if unit.valid_to is None:
        raise Refused(f"{unit} còn hoạt động; hãy kết thúc từng phân công bằng quyết định.")
    found = list(Appointment.objects.select_for_update().open().filter(unit=unit).order_by("pk"))
    if not found:
        return []
    moment = on or timezone.now()
    decision = _decision_of(legal_act, "Chấm dứt phân công do đơn vị chấm dứt hoạt động", by, moment)
    reason = f"{unit} chấm dứt từ ngày {format_short(last_day + timedelta(days=1))}."
    return stop(found, State.ENDED, by=by, moment=moment, decision=decision, reason=reason)


def _decision_of(legal_act: str, title: str, by, moment: datetime) -> AppointmentDecision:
    """The decision that a dossier or an act rests on, named in one line, its day and issuer included."""
    number = " ".join(legal_act.split())[:300]
    decision = AppointmentDecision.objects.filter(number=number, signed_on=None).first()
    if decision is None:
        decision = AppointmentDecision.objects.create(
            number=number, title=title, kind=Kind.END, recorded_by=by, recorded_at=moment
        )
        decisions.log_decision(decision, "decide", by)
    return decision


def waiting_for_decision():
    """Return the people whose appointment ended with their site and who have got no other since, by name."""
    stopped = Appointment.objects.filter(
        site__state__in=[PortalSite.State.FROZEN, PortalSite.State.CLOSED],
        state=State.ENDED,
        began_on__isnull=False,
        ended_by__kind=Kind.END,
        ended_by__signed_on__isnull=True,
    )
    newer = Appointment.objects.open()
    return (
        User.objects.filter(appointments__in=stopped)
        .exclude(appointments__in=newer)
        .distinct()
        .order_by("full_name", "pk")
    )


def end_on(appointment, last_day: date, *, by, moment, decision, reason, at_once=State.ENDED) -> None:
    """End on a day to come by moving the last day, on a day that has passed at once."""
    if not appointment.is_open:
        raise Refused("Phân công này đã kết thúc.")
    if last_day < timezone.localdate(moment):
        stop([appointment], at_once, by=by, moment=moment, decision=decision, reason=reason)
        return
    if appointment.valid_to and last_day > appointment.valid_to:
        raise ValidationError(
            {"last_day": [f"Phân công chỉ đến {format_short(appointment.valid_to)}; muốn kéo dài cần phân công mới."]}
        )
    if last_day < appointment.valid_from:
        stop([appointment], at_once, by=by, moment=moment, decision=decision, reason=reason)
        return
    appointment.valid_to, appointment.ended_by, appointment.end_reason = last_day, decision, reason[:300]
    appointment.save(update_fields=["valid_to", "ended_by", "end_reason"])
    note_ended("appointment-last-day", appointment, day=last_day.isoformat())
    log_step(appointment, "end", by, last_day=format_short(last_day))
    for delegation in appointment.delegations.open().filter(valid_to__gt=last_day):
        if delegation.valid_from > last_day:
            stop(
                [delegation],
                State.ENDED,
                by=by,
                moment=moment,
                decision=decision,
                reason=HOLDER_ENDED,
            )
        else:
            delegation.valid_to = last_day
            delegation.save(update_fields=["valid_to"])
            note_end(delegation.person)
    note_end(appointment.person)


@transaction.atomic
def end_again(appointment: Appointment, *, on: datetime, state: str = "", last_day: date | None = None) -> Appointment:
    """Repeat an end that a restored backup does not know: at once with its `state`, or after `last_day`; return it.

    The decision on which it rested may be missing there; it is found in the copies that the board keeps. Called by
    `accounts/after_restore.py` only.
    """
    appointment = hold(appointment)
    if state:
        stop([appointment], state, by=None, moment=on, decision=None, reason=ENDED_AGAIN)
    else:
        end_on(appointment, last_day, by=None, moment=on, decision=None, reason=ENDED_AGAIN)
    return appointment
