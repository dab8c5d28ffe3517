"""What an older copy of the database gives back to people is taken again (`base/operations/backup/ended.py`).

1. An appointment that was revoked or ended, or got an earlier last day. 2. A password that was changed: the former one
may be known to others, so the person chooses a new one by a link sent anew. 3. An account at the identity provider that
was joined and is no longer.
"""

from datetime import date, datetime

from base.audit.trail import record
from base.operations.backup.ended import Ended, register_replay

from . import persons
from .appointments.ending import end_again
from .models import Appointment, JoinedSignIn, User
from .signin.single_sign_on.joining import JOINED
from .signin.single_sign_on.joining import end_again as separate_again

APPOINTMENT, LAST_DAY, PASSWORD = "appointment", "appointment-last-day", "password"


def register() -> None:
    """Register what repeats each kind."""
    register_replay(APPOINTMENT, stands=_is_open, again=_end_again)
    register_replay(LAST_DAY, stands=_lasts_longer, again=_shorten_again)
    register_replay(PASSWORD, stands=_is_older, again=_drop_password)
    register_replay(JOINED, stands=_is_joined, again=_separate_again)


def _is_open(entry: Ended) -> bool:
    appointment = Appointment.objects.filter(pk=entry.key).first()
    return appointment is not None and appointment.is_open


def _end_again(entry: Ended, on: datetime) -> str:
    end_again(Appointment.objects.get(pk=entry.key), state=entry.facts["state"], on=on)
    return ""


def _lasts_longer(entry: Ended) -> bool:
    appointment = Appointment.objects.filter(pk=entry.key).first()
    if appointment is None or not appointment.is_open:
        return False
    return appointment.valid_to is None or appointment.valid_to > date.fromisoformat(entry.facts["day"])


def _shorten_again(entry: Ended, on: datetime) -> str:
    end_again(Appointment.objects.get(pk=entry.key), last_day=date.fromisoformat(entry.facts["day"]), on=on)
    return ""


def _is_older(entry: Ended) -> bool:
    person = User.objects.filter(pk=entry.key).first()
    if person is None or not person.has_usable_password():
        return False
    return person.password_changed_at is None or person.password_changed_at < entry.moment


def _drop_password(entry: Ended, on: datetime) -> str:
    person = User.objects.select_for_update().get(pk=entry.key)
    if person.is_superuser:
        return (
            f"mật khẩu của {person} (tài khoản dự phòng) đã đổi sau bản sao lưu: hãy đổi ngay, manage.py changepassword"
        )
    person.set_unusable_password()
    person.credentials_epoch += 1
    person.save(update_fields=["password", "credentials_epoch"])
    record("account.password_dropped", obj=person)
    if person.is_active:
        persons.send_activation(person, on=on)
    return ""


def _is_joined(entry: Ended) -> bool:
    return JoinedSignIn.objects.filter(pk=entry.key, joined_at__lt=entry.moment).exists()


def _separate_again(entry: Ended, on: datetime) -> str:
    separate_again(JoinedSignIn.objects.get(pk=entry.key))
    return ""
