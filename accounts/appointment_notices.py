"""What is written down and told of an appointment: a line of the log, mails, warnings before it ends."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from base.operations.notices import notify
from base.sites import city_site
from vietnam.dates import format_short

from .appointment_rights import confirmers
from .models import Appointment
from .roles import ADMINISTER, DISPATCH, holders

FIRST_WARNING_WORKDAYS = 30
LAST_WARNING_WORKDAYS = 7
# What the screens call soon, in days; 30 working days are fewer, over Tết too.
SOON_DAYS = 60


def log_step(found: Appointment, step: str, by, **more) -> None:
    """One line of the log; all of it text that stays true when names and tables change."""
    data = {
        "person": found.person.get_full_name(),
        "username": found.person.username,
        "role": found.role_label,
        "site": str(found.site),
        "from": format_short(found.valid_from),
        "to": format_short(found.valid_to) if found.valid_to else "",
        "decision": str(found.end_source if step in ("end", "revoke", "replace") else found.decision),
    }
    if found.end_reason and step in ("end", "revoke", "replace"):
        data["reason"] = found.end_reason
    log(instance=found, action=f"portal.appointment.{step}", user=by, data={**data, **more})


def described(found: Appointment) -> str:
    """Return an appointment as text: who, as what, where, in whose stead."""
    by = f" (ủy quyền của {found.delegated_by})" if found.is_delegation else ""
    return f"Phân công của {found.person}: {found.role_label}, {found.unit or found.site}{by}"


def ask_for_confirmation(found: Appointment) -> None:
    """Mail those who may be the second person."""
    addresses = sorted({person.email for person in confirmers(found)})
    notify(addresses, "appointment_to_confirm", {"appointment": found, "described": described(found)})


def warn_ending(
    *, on: datetime | None = None, workdays_before: Callable[[date, int], date]
) -> list[tuple[Appointment, int]]:
    """Warn of appointments that end, 30 and 7 working days before; return (appointment, days left) of each warning.

    `workdays_before(day, n)` answers the day that lies n working days before a day; the calendar belongs to a room
    above. Mailed to the person, the technical admins and the standing office; each warning once.
    """
    moment = on or timezone.now()
    today = timezone.localdate(moment)
    warned = []
    soon = Appointment.objects.ending_by(today + timedelta(days=SOON_DAYS)).filter(valid_to__gte=today)
    for found in soon.for_lists().order_by("valid_to", "pk"):
        if today < workdays_before(found.valid_to, FIRST_WARNING_WORKDAYS):
            continue
        is_last = today >= workdays_before(found.valid_to, LAST_WARNING_WORKDAYS)
        if (found.warned_week_on if is_last else found.warned_month_on) is not None:
            continue
        with transaction.atomic():
            # A person whose first notice is that of the last days needs no earlier warning any more.
            found.warned_month_on = found.warned_month_on or today
            found.warned_week_on = today if is_last else None
            found.save(update_fields=["warned_month_on", "warned_week_on"])
            left = found.days_left(today)
            log_step(found, "warn", None, days_left=left)
            context = {
                "appointment": found,
                "described": described(found),
                "last_day": format_short(found.valid_to),
                "days_left": left,
            }
            people = {found.person, *_administrators(), *_standing_office()}
            notify(sorted({person.email for person in people}), "appointment_ending", context)
        warned.append((found, left))
    return warned


def _administrators():
    return list(holders(ADMINISTER, city_site()))


def _standing_office():
    return list(holders(DISPATCH, city_site()))
