"""Links by which a person chooses a password: of a new account (three working days), and of a lost one (24 hours).

1. `ask_reset` only writes down what was typed, known or not. 2. The job `send_resets` looks the person up and mails the
link; never to a closed account nor to who signed in meanwhile, and once an hour at most. 3. A link works once: it
depends on the password, the last sign-in and the epoch of the person's credentials, so that a decision that ends their
rights ends their links too.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import base36_to_int, urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.timezone import localtime, make_aware

from base.audit.trail import record
from base.operations.notices import notify

from ..models import ResetRequest, User

RESET_HOURS, ACTIVATION_WORKDAYS = 24, 3
# Django's tokens carry the local seconds since then.
MADE_SINCE = datetime(2001, 1, 1)  # noqa: DTZ001  local, as the tokens count
ONCE_EVERY = timedelta(hours=1)
RETENTION_DAYS = 30


_workdays_after: Callable[[date, int], date] | None = None


def register_calendar(workdays_after: Callable[[date, int], date]) -> None:
    """Let a room above say which day lies n working days after another."""
    global _workdays_after
    _workdays_after = workdays_after


def activation_ends(made: datetime) -> datetime:
    """Return the end of the third working day after a link was made: who begins after a holiday still finds it open."""
    day = localtime(made).date()
    day = _workdays_after(day, ACTIVATION_WORKDAYS) if _workdays_after else day + timedelta(days=ACTIVATION_WORKDAYS)
    return make_aware(datetime.combine(day + timedelta(days=1), time.min))


def reset_ends(made: datetime) -> datetime:
    """Return the moment at which a link for a lost password ends."""
    return made + timedelta(hours=RESET_HOURS)


class LinkTokens(PasswordResetTokenGenerator):
    """Tokens that die with the person's credentials, or at the moment that `ends` gives for when they were made."""

    def __init__(self, purpose: str, ends: Callable[[datetime], datetime]):
        super().__init__()
        self.key_salt = f"accounts.signin.links.{purpose}"
        self.ends = ends

    def _make_hash_value(self, user, timestamp):
        return f"{super()._make_hash_value(user, timestamp)}{user.credentials_epoch}{user.is_active}"

    def check_token(self, user, token):
        if not super().check_token(user, token):
            return False
        made = MADE_SINCE + timedelta(seconds=base36_to_int(token.split("-")[0]))
        return self._now() <= self.ends(make_aware(made)).replace(tzinfo=None)


RESET_TOKENS = LinkTokens("reset", reset_ends)
ACTIVATION_TOKENS = LinkTokens("activation", activation_ends)


def person_of(uidb64: str) -> User | None:
    """Return the person a link names, or None."""
    try:
        return User.objects.get(pk=urlsafe_base64_decode(uidb64).decode())
    except (ValueError, OverflowError, User.DoesNotExist):
        return None


# --- A new account ---------------------------------------------------------------------------------


def activation_link(user: User) -> str:
    """Return the address at which the person of a new account chooses their password."""
    return _address("accounts_activate", user, ACTIVATION_TOKENS)


@transaction.atomic
def send_activation(user: User, *, by: User, on: datetime) -> User:
    """Mail a new account's person the link to choose their password; return the person.

    Raises PermissionDenied for a closed account or one that has a password.
    """
    if not user.is_active or user.has_usable_password():
        raise PermissionDenied("Chỉ gửi liên kết kích hoạt cho tài khoản đang hoạt động và chưa có mật khẩu.")
    until = activation_ends(on) - timedelta(minutes=1)
    notify(user, "activation", {"until": until, "link": activation_link(user)})
    return user


# --- A lost password -------------------------------------------------------------------------------


def ask_reset(typed: str, *, address: str, on: datetime) -> ResetRequest:
    """Write down that a visitor asked for a new password; the same for known and unknown names."""
    return ResetRequest.objects.create(typed=typed.strip()[:254], address=address, asked_at=on)


def send_resets(*, on: datetime) -> int:
    """Answer the requests that wait, oldest first; return how many links were mailed."""
    sent = 0
    for request in ResetRequest.objects.filter(handled_at__isnull=True).order_by("asked_at", "pk"):
        sent += _answer(request, on=on)
    return sent


def purge(*, on: datetime) -> int:
    """Delete requests after 30 days; return how many."""
    purged, _rows = ResetRequest.objects.filter(asked_at__lt=on - timedelta(days=RETENTION_DAYS)).delete()
    return purged


@transaction.atomic
def _answer(request: ResetRequest, *, on: datetime) -> int:
    request = ResetRequest.objects.select_for_update().get(pk=request.pk)
    if request.handled_at is not None:
        return 0
    sent = 0
    for user in _named(request.typed):
        if _was_answered(user, on) or _has_come_in(user, request.asked_at):
            continue
        record("account.reset_sent", by=None, actor_name="Hệ thống", obj=user)
        link = _address("accounts_reset", user, RESET_TOKENS)
        notify(user, "password_reset", {"hours": RESET_HOURS, "link": link})
        sent += 1
    request.handled_at = on
    request.save(update_fields=["handled_at"])
    return sent


def _named(typed: str) -> list[User]:
    """The active people with this user name or mail address, none with an empty address."""
    found = User.objects.filter(Q(username=typed) | Q(email__iexact=typed), is_active=True).exclude(email="")
    return list(found.order_by("pk"))


def _was_answered(user: User, on: datetime) -> bool:
    return ResetRequest.objects.filter(
        Q(typed=user.username) | Q(typed__iexact=user.email), handled_at__gt=on - ONCE_EVERY
    ).exists()


def _has_come_in(user: User, asked_at: datetime) -> bool:
    """Whether the person signed in after asking: a link that waited for hours is not wanted any more."""
    return user.last_login is not None and user.last_login > asked_at


def _address(name: str, user: User, tokens: LinkTokens) -> str:
    path = reverse(name, args=[urlsafe_base64_encode(force_bytes(user.pk)), tokens.make_token(user)])
    return settings.WAGTAILADMIN_BASE_URL + path
