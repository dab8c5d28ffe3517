"""Accounts that are not used: warned after 60 days, suspended after 90, opened again by the technical admin.

1. `look_for_unused` (job, mornings): what was not used for `PORTAL_UNUSED_WARN_DAYS` is warned; at
`PORTAL_UNUSED_SUSPEND_DAYS`, and never sooner after the warning than the days between the two, the account is
suspended: sessions end, open work goes to others. 2. `resume`: the technical admin opens it again.
3. `listed`: the report.

A suspension takes no appointment away: the decision stands, and what it says is shown. The last technical admin is
warned but not suspended; the superusers hold no appointment and are not looked at.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Min, Q
from django.utils import timezone
from wagtail.log_actions import log

from base.gate import Refused
from base.models import PortalSite
from base.operations.notices import notify
from base.sites import city_site
from vietnam.dates import format_short

from .. import persons
from ..appointment_rights import may_record
from ..appointments.following import run_steps
from ..models import Appointment, User
from ..roles import ADMINISTER, DISPATCH, holders
from ..signin import links

IN_FORCE = Q(appointments__state=Appointment.State.IN_FORCE)


@dataclass(frozen=True)
class Use:
    """When an account was last used: `last` the day of the last sign-in, or that on which its rights began."""

    person: User
    last: date
    has_signed_in: bool
    days: int

    @property
    def suspended_on(self) -> date | None:
        """The day of its suspension, None while it is not suspended."""
        return timezone.localdate(self.person.suspended_at) if self.person.suspended_at else None

    @property
    def state(self) -> str:
        """As shown in the report."""
        if self.suspended_on:
            return f"Tạm khóa từ {format_short(self.suspended_on)}"
        if self.person.unused_warned_on:
            return f"Đã báo ngày {format_short(self.person.unused_warned_on)}"
        return "Chưa báo"


def uses(on: date) -> list[Use]:
    """Return the use of every account with an appointment in force, the longest unused first; one query."""
    found = (
        User.objects.filter(IN_FORCE, is_superuser=False)
        .annotate(
            rights_began=Min("appointments__began_on", filter=IN_FORCE),
            seen_at=Max("portal_sessions__last_seen"),
        )
        .order_by("full_name", "pk")
    )
    rows = [_use_of(person, on) for person in found]
    return sorted(rows, key=lambda use: -use.days)


def _use_of(person: User, on: date) -> Use:
    moments = [timezone.localdate(at) for at in (person.last_login, person.seen_at) if at]
    days = [*moments, person.rights_began or on]
    if person.resumed_at:
        days.append(timezone.localdate(person.resumed_at))
    last = max(days)
    return Use(person, last, bool(moments), (on - last).days)


def listed(on: date) -> list[Use]:
    """Return what the report shows: every account that is suspended or was not used for as long as a warning takes."""
    return [use for use in uses(on) if use.person.suspended_at or use.days >= settings.PORTAL_UNUSED_WARN_DAYS]


def look_for_unused(*, on: datetime | None = None) -> tuple[list[User], list[User]]:
    """Warn of and suspend what is not used; return (people warned, people suspended). Each warning once.

    Technical admins and standing office get one report on a day on which something was done.
    """
    moment = on or timezone.now()
    today = timezone.localdate(moment)
    warned, suspended = [], []
    for use in uses(today):
        if use.person.suspended_at:
            continue
        if use.days < settings.PORTAL_UNUSED_WARN_DAYS:
            if use.person.unused_warned_on:
                User.objects.filter(pk=use.person.pk).update(unused_warned_on=None)
        elif use.person.unused_warned_on is None or use.person.unused_warned_on <= use.last:
            warned.append(_warn(use, today))
        elif today >= _suspended_from(use) and not _is_last_admin(use.person):
            suspended.append(_suspend(use, moment))
    if warned or suspended:
        context = {"day": today, "warned": warned, "suspended": suspended}
        city = city_site()
        readers = {*holders(ADMINISTER, city), *holders(DISPATCH, city)}
        notify(sorted({reader.email for reader in readers}), "unused_accounts", context)
    return warned, suspended


def _suspended_from(use: Use) -> date:
    """The day from which an account that was warned is suspended."""
    between = settings.PORTAL_UNUSED_SUSPEND_DAYS - settings.PORTAL_UNUSED_WARN_DAYS
    return max(
        use.last + timedelta(days=settings.PORTAL_UNUSED_SUSPEND_DAYS),
        use.person.unused_warned_on + timedelta(days=between),
    )


@transaction.atomic
def _warn(use: Use, today: date) -> User:
    person = use.person
    person.unused_warned_on = today
    person.save(update_fields=["unused_warned_on"])
    _log(person, "warn_unused", None, days=use.days)
    context = {"person": person, "days": use.days, "suspended_on": format_short(_suspended_from(use))}
    notify(person, "account_unused", context)
    return person


@transaction.atomic
def _suspend(use: Use, moment: datetime) -> User:
    person = User.objects.select_for_update().get(pk=use.person.pk)
    person.suspended_at = moment
    person.save(update_fields=["suspended_at"])
    # Their groups stay, as the appointments do; their sessions end.
    persons.sync_person(person, on=moment)
    _log(person, "suspend", None, days=use.days)
    held = Appointment.objects.in_force().filter(person=person).select_related("decision", "ended_by")
    # What is handed over for the city holds the work on its wards.
    for site in PortalSite.objects.filter(pk__in=held.values("site")).exclude(parent__in=held.values("site")):
        run_steps(person, site, ended=list(held.filter(site=site)), by=None, on=moment)
    notify(person, "account_suspended", {"person": person, "days": use.days})
    return person


def _is_last_admin(person: User) -> bool:
    others = holders(ADMINISTER, city_site())
    return others.filter(pk=person.pk).exists() and not others.exclude(pk=person.pk).exists()


@transaction.atomic
def resume(person: User, *, by, on: datetime | None = None, reason: str) -> User:
    """Open a suspended account again; return the person, who must set a new password.

    Raises Refused without the right, for oneself or an account that is not suspended; ValidationError without a reason.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    moment = on or timezone.now()
    if not may_record(by) or by.pk == person.pk:
        raise Refused("Chỉ cán bộ quản trị kỹ thuật khác được mở lại tài khoản này.")
    if person.suspended_at is None:
        raise Refused("Tài khoản này không bị tạm khóa.")
    if not reason.strip():
        raise ValidationError({"reason": ["Hãy ghi lý do mở lại, ví dụ «trở lại sau kỳ nghỉ»."]})
    person.suspended_at, person.unused_warned_on, person.resumed_at = None, None, moment
    person.must_change_password = person.has_usable_password()
    person.save(update_fields=["suspended_at", "unused_warned_on", "resumed_at", "must_change_password"])
    persons.sync_person(person, on=moment, by=by)
    _log(person, "resume", by, reason=reason.strip())
    if person.is_active and not person.has_usable_password():
        links.send_activation(person, by=by, on=moment)
    else:
        notify(person, "account_resumed", {"person": person})
    return person


def _log(person: User, step: str, by, **more) -> None:
    data = {"username": person.username, "full_name": person.get_full_name(), **more}
    log(instance=person, action=f"portal.account.{step}", user=by, data=data)
