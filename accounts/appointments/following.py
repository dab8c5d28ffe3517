"""What follows a change of appointments: states, groups, mails, sessions, the steps of `register_after_end`."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from base.gate import Refused
from base.models import PortalSite
from base.operations.backup.ended import note as note_ended
from base.operations.notices import notify

from .. import persons
from ..appointment_notices import described, log_step
from ..models import Appointment, AppointmentDecision, User

logger = logging.getLogger(__name__)

HOLDER_ENDED = "Hết quyền của người ủy quyền."
State, Kind = Appointment.State, AppointmentDecision.Kind

_steps: list[Callable] = []


def register_after_end(function: Callable) -> Callable:
    """Register a step to run when a person's last right on a site ends; usable as a decorator.

    Called as `function(person, site, *, ended, by, on)`; `ended` are the appointments that ended there, the decision
    is their `end_source`. Rooms above fill it in their `AppConfig.ready`.
    """
    if function not in _steps:
        _steps.append(function)
    return function


def stop(found: Iterable[Appointment], state: str, *, by, moment, decision, reason: str) -> list[Appointment]:
    """End appointments now, each with what was delegated from it, and bring the people's rights up to date."""
    found = list(found)
    for appointment in found:
        if not appointment.is_open:
            raise Refused("Phân công này đã kết thúc.")
    by_person: dict[User, list[Appointment]] = {}
    for appointment in found:
        appointment.ended_by, appointment.end_reason = decision, reason[:300]
        by_person.setdefault(appointment.person, []).append(appointment)
        note_ended("appointment", appointment, state=state)
    for person, ended in by_person.items():
        apply_changes(person, ended=ended, state=state, by=by, moment=moment)
    return found


def apply_changes(person: User, *, ended=(), began=(), state: str | None = None, by, moment: datetime) -> None:
    """Write the new states of one person's appointments, then groups, mails and the steps of `register_after_end`.

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
    if began and person.is_active and not person.has_usable_password():
        persons.send_activation(person, on=moment)
    _run_steps(person, lost, held_until_now, by, moment)
    for delegation in delegations:
        stop(
            [delegation],
            State.REVOKED if state == State.REVOKED else State.ENDED,
            by=by,
            moment=moment,
            decision=delegation.delegated_from.ended_by,
            reason=HOLDER_ENDED,
        )


def _run_steps(person, lost, ended, by, moment) -> None:
    """Run the steps of `register_after_end` for every site on which a person has no right left."""
    remaining = set(Appointment.objects.in_force().filter(person=person).values_list("site_id", flat=True))
    for site in PortalSite.objects.filter(pk__in={site for _, site in lost} - remaining):
        run_steps(person, site, ended=[found for found in ended if found.site_id == site.pk], by=by, on=moment)


def run_steps(person, site: PortalSite, *, ended: list[Appointment], by, on: datetime) -> None:
    """Run the steps of `register_after_end` for one site; one that fails is logged and stops no other."""
    for step in _steps:
        try:
            with transaction.atomic():
                step(person, site, ended=ended, by=by, on=on)
        except Exception:
            logger.exception("Bàn giao việc của tài khoản %s trên %s không xong.", person.pk, site)
            log(instance=person, action="portal.appointment.handover_failed", user=by, data={"site": str(site)})


def note_end(person: User) -> None:
    """Bring `rights_until` up to date after a last day has moved."""
    persons.sync_person(User.objects.get(pk=person.pk))


def hold(appointment: Appointment) -> Appointment:
    return (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("person", "site", "decision", "recorded_by")
        .get(pk=appointment.pk)
    )
