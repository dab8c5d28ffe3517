"""Accounts by decision: who is appointed to what, by which decision, from when to when (Quy chế Điều 8.1).

1. `decisions.record_decision`: the decision of the managing body, with its scan. `persons.create_account`: a person who
   has none yet.
2. `appoint`, `replace`, `delegate`: what the decision says of each person. Only the technical admin records, and never
   for themselves. The superuser records while there is no technical admin (`appointment_rights.py`).
3. `confirm`: a role that approves, decides on removals, acts in an emergency or administers takes effect only after
   a second person (the head, or another admin) has compared it with the decision.
4. `begin_and_end_due`: every minute, what has come to its first or past its last day.
   `appointment_notices.warn_ending`: every morning.
5. `end`, `revoke`, `end_site`: how a right stops. Groups and `is_active` follow (`persons.sync_person`), sessions and
   links die, and the steps registered by `on_end` give the open work to other people.
6. `decisions.mark_sent`: the decision went to the department.

Rights are cut even when a step of `on_end` fails; the failure is logged.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from wagtail.log_actions import log

from base.gate import Refused
from base.models import PortalSite
from base.operations.notices import notify
from base.sites import city_site
from vietnam.dates import format_short

from . import decisions, persons
from .appointment_notices import ask_for_confirmation, described, log_step
from .appointment_rights import APPOINTABLE, may_confirm, may_end, may_record
from .models import Appointment, AppointmentDecision, User
from .roles import APPROVE, OPEN_SITES, ROLES, may

logger = logging.getLogger(__name__)

HOLDER_ENDED = "Hết quyền của người ủy quyền."
State, Kind = Appointment.State, AppointmentDecision.Kind

_steps: list[Callable] = []


def on_end(function: Callable) -> Callable:
    """Register a step to run when a person's last right on a site ends; usable as a decorator.

    Called as `function(person, site, *, ended, by, on)`; `ended` are the appointments that ended there, the decision
    is their `end_source`. Rooms above fill it in their `AppConfig.ready`.
    """
    if function not in _steps:
        _steps.append(function)
    return function


# --- 2. Appoint, replace, delegate -----------------------------------------------------------------


@transaction.atomic
def appoint(
    decision: AppointmentDecision,
    *,
    by,
    on: datetime | None = None,
    person: User,
    role: str,
    site: PortalSite,
    valid_from: date,
    valid_to: date | None = None,
) -> Appointment:
    """Record what a decision says of one person: a role on a site, from the first to the last day, both included.

    In force at once when the first day has come and no second person is needed. Raises Refused without the right,
    for oneself, for a superuser, on a site that has stopped; ValidationError (field → messages).
    """
    if decision.kind not in decisions.GIVING:
        raise ValidationError({"kind": f"Quyết định loại «{decision.get_kind_display()}» không phân công được ai."})
    return _record(decision, by, on, person=person, role=role, site=site, valid_from=valid_from, valid_to=valid_to)


@transaction.atomic
def replace(
    appointment: Appointment,
    *,
    by,
    on: datetime | None = None,
    decision: AppointmentDecision,
    person: User,
    valid_from: date,
    valid_to: date | None = None,
) -> Appointment:
    """Put another person in the place of an appointed one, same role and site; return the new appointment.

    The old one ends the day before the new one's first day, whether or not that has been confirmed by then.
    Raises as `appoint`.
    """
    if decision.kind != Kind.REPLACE:
        raise ValidationError({"kind": "Việc thay thế cần quyết định loại «Thay thế»."})
    appointment = _locked(appointment)
    if person.pk == appointment.person_id:
        raise ValidationError({"person": ["Người thay phải là người khác."]})
    new = _record(
        decision,
        by,
        on,
        person=person,
        role=appointment.role,
        site=appointment.site,
        valid_from=valid_from,
        valid_to=valid_to,
        replaces=appointment,
    )
    _end_on(
        appointment,
        valid_from - timedelta(days=1),
        by=by,
        moment=on or timezone.now(),
        decision=decision,
        reason=f"Thay bằng {person}.",
        at_once=State.REPLACED,
    )
    return new


@transaction.atomic
def delegate(
    appointment: Appointment,
    *,
    by,
    on: datetime | None = None,
    decision: AppointmentDecision,
    person: User,
    valid_from: date,
    valid_to: date,
) -> Appointment:
    """Record that a holder delegates (ủy quyền) their role to another person for a time; return the new row.

    Lies inside the holder's own appointment and ends with it; a delegation is not delegated on. Raises as `appoint`.
    """
    if decision.kind != Kind.DELEGATE:
        raise ValidationError({"kind": "Việc ủy quyền cần quyết định loại «Ủy quyền»."})
    appointment = _locked(appointment)
    errors: dict[str, list[str]] = {}
    if appointment.is_delegation:
        raise Refused("Người được ủy quyền không ủy quyền lại được.")
    if appointment.state != State.IN_FORCE:
        raise Refused("Chỉ ủy quyền được từ một phân công đang hiệu lực.")
    if person.pk == appointment.person_id:
        errors["person"] = ["Người được ủy quyền phải là người khác."]
    if not valid_to:
        errors["valid_to"] = ["Ủy quyền phải có ngày cuối; hãy ghi đến hết ngày nào."]
    elif appointment.valid_to and valid_to > appointment.valid_to:
        errors["valid_to"] = [
            f"Ủy quyền không dài hơn phân công của người ủy quyền, đến hết ngày {format_short(appointment.valid_to)}."
        ]
    if valid_from and valid_from < appointment.valid_from:
        errors["valid_from"] = [
            f"Ủy quyền không bắt đầu trước phân công của người ủy quyền, ngày {format_short(appointment.valid_from)}."
        ]
    if errors:
        raise ValidationError(errors)
    return _record(
        decision,
        by,
        on,
        person=person,
        role=appointment.role,
        site=appointment.site,
        valid_from=valid_from,
        valid_to=valid_to,
        delegated_from=appointment,
    )


def _record(decision, by, on, *, person, role, site, valid_from, valid_to, **origin) -> Appointment:
    moment = on or timezone.now()
    if not may_record(by):
        raise Refused("Chỉ cán bộ quản trị kỹ thuật được ghi phân công.")
    if person.pk == by.pk:
        raise Refused("Không ai tự ghi phân công cho mình; hãy nhờ cán bộ quản trị khác.")
    persons.demand_not_superuser(person)
    # Two admins at once: the second waits here, then sees what the first has recorded.
    User.objects.select_for_update().get(pk=person.pk)
    known = ROLES.get(role)
    errors = problems(
        on=moment, role=role, site=site, valid_from=valid_from, valid_to=valid_to, signed_on=decision.signed_on
    )
    if not errors:
        same = Appointment.objects.open().filter(person=person, role=role, site=site)
        same = same.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=valid_from))
        same = same.filter(valid_from__lte=valid_to) if valid_to else same
        other = same.first()
        if other:
            errors["person"] = [
                f"{person} đã được phân công vai trò này theo {other.decision}; hãy kết thúc phân công đó trước, hoặc "
                "ghi thời gian không trùng."
            ]
    if errors:
        raise ValidationError(errors)
    appointment = Appointment.objects.create(
        decision=decision,
        person=person,
        role=role,
        role_label=known.label,
        site=site,
        valid_from=valid_from,
        valid_to=valid_to,
        needs_confirmation=known.needs_confirmation,
        recorded_by=by,
        recorded_at=moment,
        **origin,
    )
    log_step(appointment, "delegate" if appointment.is_delegation else "appoint", by)
    if known.needs_confirmation:
        ask_for_confirmation(appointment)
    elif valid_from <= timezone.localdate(moment):
        _settle(person, began=[appointment], by=by, moment=moment)
    return appointment


def problems(
    *,
    on: datetime | None = None,
    role: str = "",
    site: PortalSite | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    signed_on: date | None = None,
) -> dict[str, list[str]]:
    """Return what `appoint` would refuse of role, site and days (field → messages), as far as they are known yet.

    `signed_on`: the day of the decision.
    """
    known, errors = ROLES.get(role), {}
    if known is None:
        errors["role"] = ["Hãy chọn vai trò."]
    elif site and site.kind not in known.on:
        errors["role"] = [f"Vai trò «{known.label}» không có trên {site}; hãy chọn vai trò hoặc trang khác."]
    if site and site.state not in APPOINTABLE:
        errors["site"] = [f"{site} đã ngừng cập nhật nên không phân công ai được."]
    if not valid_from:
        errors["valid_from"] = ["Hãy ghi ngày bắt đầu theo dạng ngày/tháng/năm."]
    elif signed_on and valid_from < signed_on:
        errors["valid_from"] = [f"Ngày bắt đầu ở trước ngày ký quyết định, {format_short(signed_on)}."]
    if valid_from and valid_to and valid_to < valid_from:
        errors["valid_to"] = ["Ngày cuối ở trước ngày bắt đầu."]
    elif valid_to and valid_to < timezone.localdate(on or timezone.now()):
        errors["valid_to"] = ["Ngày cuối đã qua; phân công này không còn hiệu lực ngày nào."]
    return errors


# --- 3. Confirm ------------------------------------------------------------------------------------


@transaction.atomic
def confirm(appointment: Appointment, *, by, on: datetime | None = None) -> Appointment:
    """Confirm, as the second person, that an appointment is what the decision says; return it.

    In force at once when its first day has come. Raises Refused for the recorder, the appointed person, a user who may
    not, and an appointment that does not wait for it.
    """
    moment = on or timezone.now()
    appointment = _locked(appointment)
    if not appointment.waits_for_confirmation:
        raise Refused("Phân công này không chờ xác nhận.")
    if by.pk == appointment.recorded_by_id:
        raise Refused("Người ghi phân công không tự xác nhận được; cần người thứ hai.")
    if by.pk == appointment.person_id:
        raise Refused("Không ai tự xác nhận phân công của mình.")
    if not may_confirm(by, appointment):
        raise Refused("Chỉ Trưởng ban Biên tập hoặc cán bộ quản trị kỹ thuật khác được xác nhận phân công.")
    if appointment.site.state not in APPOINTABLE:
        raise Refused(f"{appointment.site} đã ngừng cập nhật nên không phân công ai được.")
    appointment.confirmed_by, appointment.confirmed_at = by, moment
    appointment.save(update_fields=["confirmed_by", "confirmed_at"])
    log_step(appointment, "confirm", by)
    today = timezone.localdate(moment)
    if appointment.valid_from <= today and (appointment.valid_to is None or appointment.valid_to >= today):
        _settle(appointment.person, began=[appointment], by=by, moment=moment)
    return appointment


# --- 4. What the days bring -------------------------------------------------------------------------


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
            changed += settle_due(pk, on=moment)
        except Exception as error:  # noqa: BLE001  one person must not stop the others; it is raised below
            failed.append((pk, error))
    if failed:
        raise RuntimeError(
            "Không cập nhật được phân công: " + "; ".join(f"tài khoản {pk}: {error}" for pk, error in failed)
        ) from failed[0][1]
    return changed


@transaction.atomic
def settle_due(person_id: int, *, on: datetime | None = None) -> list[Appointment]:
    """Begin and end what is due for one person (and what they delegated); return the appointments changed."""
    moment = on or timezone.now()
    today = timezone.localdate(moment)
    person = User.objects.select_for_update().get(pk=person_id)
    own = Appointment.objects.filter(person=person).select_related("site", "decision", "ended_by")
    ending, beginning = list(own.due_to_end(today)), list(own.due_to_begin(today).exclude(valid_to__lt=today))
    _settle(person, ended=ending, began=beginning, by=None, moment=moment)
    return [*ending, *beginning]


# --- 5. End and revoke ------------------------------------------------------------------------------


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
    appointment = _locked(appointment)
    if not last_day:
        raise ValidationError({"last_day": ["Hãy ghi ngày cuối cùng giữ vai trò theo dạng ngày/tháng/năm."]})
    _end_on(appointment, last_day, by=by, moment=on or timezone.now(), decision=decision, reason=reason)
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
    appointment = _locked(appointment)
    _stop([appointment], State.REVOKED, by=by, moment=on or timezone.now(), decision=decision, reason=reason.strip())
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
    number = " ".join(legal_act.split())[:300]
    # The dossier names the act in one line, its day and issuer included.
    decision = AppointmentDecision.objects.filter(number=number, signed_on=None).first()
    if decision is None:
        decision = AppointmentDecision.objects.create(
            number=number,
            title="Chấm dứt phân công do sáp nhập, đóng trang",
            kind=Kind.END,
            recorded_by=by,
            recorded_at=moment,
        )
        decisions.log_decision(decision, "decide", by)
    found = list(Appointment.objects.select_for_update().open().filter(site=site).order_by("pk"))
    reason = f"{site} ngừng từ ngày {format_short(last_day + timedelta(days=1))}."
    return _stop(found, State.ENDED, by=by, moment=moment, decision=decision, reason=reason)


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


def _end_on(appointment, last_day: date, *, by, moment, decision, reason, at_once=State.ENDED) -> None:
    """End on a day to come by moving the last day, on a day that has passed at once."""
    if not appointment.is_open:
        raise Refused("Phân công này đã kết thúc.")
    if last_day < timezone.localdate(moment):
        _stop([appointment], at_once, by=by, moment=moment, decision=decision, reason=reason)
        return
    if appointment.valid_to and last_day > appointment.valid_to:
        raise ValidationError(
            {"last_day": [f"Phân công chỉ đến {format_short(appointment.valid_to)}; muốn kéo dài cần phân công mới."]}
        )
    if last_day < appointment.valid_from:
        _stop([appointment], at_once, by=by, moment=moment, decision=decision, reason=reason)
        return
    appointment.valid_to, appointment.ended_by, appointment.end_reason = last_day, decision, reason[:300]
    appointment.save(update_fields=["valid_to", "ended_by", "end_reason"])
    log_step(appointment, "end", by, last_day=format_short(last_day))
    for delegation in appointment.delegations.open().filter(valid_to__gt=last_day):
        if delegation.valid_from > last_day:
            _stop(
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
            _note_end(delegation.person)
    _note_end(appointment.person)


def _stop(found: Iterable[Appointment], state: str, *, by, moment, decision, reason: str) -> list[Appointment]:
    """End appointments now, each with what was delegated from it, and bring the people's rights up to date."""
    found = list(found)
    for appointment in found:
        if not appointment.is_open:
            raise Refused("Phân công này đã kết thúc.")
    by_person: dict[User, list[Appointment]] = {}
    for appointment in found:
        appointment.ended_by, appointment.end_reason = decision, reason[:300]
        by_person.setdefault(appointment.person, []).append(appointment)
    for person, ended in by_person.items():
        _settle(person, ended=ended, state=state, by=by, moment=moment)
    return found


# --- The account follows -----------------------------------------------------------------------------


def _settle(person: User, *, ended=(), began=(), state: str | None = None, by, moment: datetime) -> None:
    """Write the new states of one person's appointments, then groups, mails and the steps of `on_end`.

    `state` is that of the ended ones; without it each ends as planned.
    """
    today = timezone.localdate(moment)
    delegations = []
    held_until_now = [found for found in ended if found.state == State.IN_FORCE]
    for found in ended:
        planned = State.REPLACED if found.replacements.exists() else State.ENDED
        if found.state == State.PREPARED and state is None:
            found.end_reason = found.end_reason or "Hết thời gian mà chưa có hiệu lực."
        if found.state == State.IN_FORCE:
            found.ended_on = min(today, found.valid_to) if found.valid_to else today
            found.ended_on = max(found.ended_on, found.began_on)
        found.state, found.ended_at = state or planned, moment
        found.save(update_fields=["state", "ended_on", "ended_at", "ended_by", "end_reason", "valid_to"])
        log_step(found, {State.REVOKED: "revoke", State.REPLACED: "replace"}.get(found.state, "end"), by)
        delegations += found.delegations.open().select_related("person")
    for found in began:
        found.state, found.began_on = State.IN_FORCE, today
        found.save(update_fields=["state", "began_on"])
        log_step(found, "begin", by)
    lost = persons.sync_person(person, on=moment, by=by)
    for found in held_until_now:
        notify(person, "appointment_ended", {"appointment": found, "described": described(found)})
    for found in began:
        if person.has_usable_password():
            notify(person, "appointment_began", {"appointment": found, "described": described(found)})
    if began and not person.has_usable_password():
        persons.send_activation(person, on=moment)
    _run_steps(person, lost, held_until_now, by, moment)
    for delegation in delegations:
        _stop(
            [delegation],
            State.REVOKED if state == State.REVOKED else State.ENDED,
            by=by,
            moment=moment,
            decision=delegation.delegated_from.ended_by,
            reason=HOLDER_ENDED,
        )


def _run_steps(person, lost, ended, by, moment) -> None:
    """Run the steps of `on_end` for every site on which a person has no right left."""
    kept = set(Appointment.objects.in_force().filter(person=person).values_list("site_id", flat=True))
    for site in PortalSite.objects.filter(pk__in={site for _, site in lost} - kept):
        for step in _steps:
            try:
                with transaction.atomic():
                    step(person, site, ended=[found for found in ended if found.site_id == site.pk], by=by, on=moment)
            except Exception:
                logger.exception("Bàn giao việc của tài khoản %s trên %s không xong.", person.pk, site)
                log(instance=person, action="portal.appointment.handover_failed", user=by, data={"site": str(site)})


def _note_end(person: User) -> None:
    """Bring `rights_until` up to date after a last day has moved."""
    persons.sync_person(User.objects.get(pk=person.pk))


def _locked(appointment: Appointment) -> Appointment:
    return (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("person", "site", "decision", "recorded_by")
        .get(pk=appointment.pk)
    )
