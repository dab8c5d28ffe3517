"""Appoint, replace, delegate, and confirm as a second person."""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from base.gate import Refused
from base.models import OrganisationUnit, PortalSite
from vietnam.dates import format_short

from .. import decisions, persons
from ..appointment_notices import ask_for_confirmation, log_step
from ..appointment_rights import APPOINTABLE, may_confirm, may_record
from ..models import Appointment, AppointmentDecision, User
from ..roles import ROLES
from .ending import end_on
from .following import Kind, State, apply_changes, hold


@transaction.atomic
def appoint(
    decision: AppointmentDecision,
    *,
    by,
    on: datetime | None = None,
    person: User,
    role: str,
    site: PortalSite,
    unit: OrganisationUnit | None = None,
    valid_from: date,
    valid_to: date | None = None,
) -> Appointment:
    """Record what a decision says of one person: a role on a site, from the first to the last day, both included.

    `unit`: for a role of one unit. In force at once when the first day has come and no second person is needed. Raises
    Refused without the right, for oneself, for a superuser, on a site that has stopped; ValidationError (field →
    messages).
    """
    if decision.kind not in decisions.GIVING:
        raise ValidationError({"kind": f"Quyết định loại «{decision.get_kind_display()}» không phân công được ai."})
    return _record(
        decision, by, on, person=person, role=role, site=site, unit=unit, valid_from=valid_from, valid_to=valid_to
    )


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
    appointment = hold(appointment)
    if person.pk == appointment.person_id:
        raise ValidationError({"person": ["Người thay phải là người khác."]})
    days = {"valid_from": valid_from, "valid_to": valid_to}
    new = _record(decision, by, on, person=person, **_post_of(appointment), **days, replaces=appointment)
    end_on(
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
    appointment = hold(appointment)
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
    days = {"valid_from": valid_from, "valid_to": valid_to}
    return _record(decision, by, on, person=person, **_post_of(appointment), **days, delegated_from=appointment)


def _post_of(appointment: Appointment) -> dict:
    """What another person is appointed to in the place of one who was."""
    return {"role": appointment.role, "site": appointment.site, "unit": appointment.unit}


def _record(decision, by, on, *, person, role, site, unit, valid_from, valid_to, **origin) -> Appointment:
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
        on=moment,
        role=role,
        site=site,
        unit=unit,
        valid_from=valid_from,
        valid_to=valid_to,
        signed_on=decision.signed_on,
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
        unit=unit,
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
        apply_changes(person, began=[appointment], by=by, moment=moment)
    return appointment


def problems(
    *,
    on: datetime | None = None,
    role: str = "",
    site: PortalSite | None = None,
    unit: OrganisationUnit | None = None,
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
    elif known.of_unit and unit is None:
        errors["unit"] = ["Vai trò này giữ cho một đơn vị; hãy chọn đơn vị."]
    elif unit is not None and not known.of_unit:
        errors["unit"] = [f"Vai trò «{known.label}» giữ cho cả trang; hãy để trống đơn vị hoặc chọn vai trò khác."]
    elif unit is not None and not unit.is_valid(timezone.localdate(on or timezone.now())):
        errors["unit"] = [f"{unit} đã chấm dứt hoạt động; hãy chọn đơn vị khác."]
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


@transaction.atomic
def confirm(appointment: Appointment, *, by, on: datetime | None = None) -> Appointment:
    """Confirm, as the second person, that an appointment is what the decision says; return it.

    In force at once when its first day has come. Raises Refused for the recorder, the appointed person, a user who may
    not, and an appointment that does not wait for it.
    """
    moment = on or timezone.now()
    appointment = hold(appointment)
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
        apply_changes(appointment.person, began=[appointment], by=by, moment=moment)
    return appointment
