"""Who guesses is slowed, then locked: by account *and* address, so that the owner elsewhere is not locked out.

Wrong passwords are counted by django-axes (`AccessAttempt`), wrong codes and requests for a new password here. From the
5th failure each further attempt has to wait, from the 10th on for 15 minutes. Somebody who tries many accounts from one
address is locked at that address. What is refused here is not counted again: a lock ends by itself.
"""

from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Count, F, Max, Sum
from django.utils.timezone import localtime

from base.audit import record
from base.request_facts import client_address

from ..models import AttemptCount, User
from ..roles import ADMINISTER, ROLES
from .sessions import is_known_network, network_of

WINDOW = LOCKED = timedelta(minutes=15)
SLOW_FROM, LOCKED_FROM = 5, 10
FIRST_DELAY_SECONDS = 4
# Accounts that one address may get wrong before it is locked: a whole office may stand behind one.
SPRAYED_ACCOUNTS = 15
# Wrong codes for one account from all addresses together; beyond it only networks he has come from before.
CODES_OF_ACCOUNT = 30
RESETS_OF_ADDRESS = 10
ALERT_EVERY = timedelta(hours=1)
NO_WAIT = timedelta(0)

CODE, CODE_OF_ACCOUNT, OLD_PASSWORD, RESET, ALERT = "code", "code-account", "old-password", "reset", "alert"


def wait_after(failures: int, since_last: timedelta) -> timedelta:
    """Return how long to wait yet: 4, 8, 16 … seconds from the 5th failure, 15 minutes from the 10th."""
    if failures < SLOW_FROM:
        return NO_WAIT
    delay = LOCKED if failures >= LOCKED_FROM else timedelta(seconds=FIRST_DELAY_SECONDS * 2 ** (failures - SLOW_FROM))
    return max(NO_WAIT, delay - since_last)


# --- Passwords, as django-axes counts them ---------------------------------------------------------


def account_key(request=None, credentials=None) -> str:
    """Return the name an attempt is counted under; settings.AXES_USERNAME_CALLABLE."""
    typed = (credentials or {}).get("username") or (request.POST.get("username", "") if request else "")
    return typed.strip().casefold()[:150]


def axes_address(request) -> str | None:
    """Return the address an attempt is counted under; settings.AXES_CLIENT_IP_CALLABLE."""
    return client_address(request) or None


def password_wait(username: str, address: str, *, on: datetime) -> timedelta:
    """Return how long nobody at this address may try this account, or any account when it tried too many."""
    recent = AccessAttempt.objects.filter(ip_address=address or None, attempt_time__gt=on - WINDOW)
    own = recent.filter(username=account_key(credentials={"username": username})).aggregate(
        failures=Sum("failures_since_start"), last=Max("attempt_time")
    )
    wait = wait_after(own["failures"] or 0, on - own["last"]) if own["last"] else NO_WAIT
    spray = recent.aggregate(accounts=Count("username", distinct=True), last=Max("attempt_time"))
    if spray["accounts"] >= SPRAYED_ACCOUNTS:
        wait = max(wait, LOCKED - (on - spray["last"]))
    return max(NO_WAIT, wait)


def password_failures(username: str, address: str, *, on: datetime) -> int:
    """Return how many wrong passwords this address gave for this account lately."""
    recent = AccessAttempt.objects.filter(
        username=account_key(credentials={"username": username}),
        ip_address=address or None,
        attempt_time__gt=on - WINDOW,
    )
    return recent.aggregate(failures=Sum("failures_since_start"))["failures"] or 0


def forget_old_attempts(*, on: datetime) -> int:
    """Remove what no longer counts; return how many rows went."""
    attempts, _rows = AccessAttempt.objects.filter(attempt_time__lt=on - 2 * WINDOW).delete()
    counts, _rows = AttemptCount.objects.filter(last_at__lt=on - timedelta(days=1)).delete()
    return attempts + counts


# --- Codes, old passwords, requests ----------------------------------------------------------------


def code_wait(user: User, address: str, *, on: datetime, scope: str = CODE) -> timedelta:
    """Return how long this address may try no code (or old password) of this account."""
    wait = _wait(scope, _at(user, address), on=on)
    if scope == CODE and _count(CODE_OF_ACCOUNT, str(user.pk), on=on) >= CODES_OF_ACCOUNT:
        return wait if is_known_network(user, address) else max(wait, LOCKED)
    return wait


def code_failed(user: User, address: str, *, on: datetime, scope: str = CODE) -> int:
    """Count a wrong code; return how many there were lately at this address."""
    if scope == CODE:
        _add(CODE_OF_ACCOUNT, str(user.pk), on=on)
    return _add(scope, _at(user, address), on=on)


def code_right(user: User, address: str, *, scope: str = CODE) -> None:
    """Forget the wrong ones of this address."""
    AttemptCount.objects.filter(scope=scope, key=_at(user, address)).delete()


def reset_wait(address: str, *, on: datetime) -> timedelta:
    """Return how long this address may not ask for another new password."""
    row = _row(RESET, network_of(address), on=on)
    if row is None or row.count < RESETS_OF_ADDRESS:
        return NO_WAIT
    return max(NO_WAIT, LOCKED - (on - row.last_at))


def reset_asked(address: str, *, on: datetime) -> None:
    """Count a request for a new password."""
    _add(RESET, network_of(address), on=on)


# --- What others count: guesses at what opens something without an account ---------------------------


def guess_wait(scope: str, key: str, *, on: datetime) -> timedelta:
    """Return how long nothing may be tried under a key of another room: `scope` is its word, `key` what and where."""
    return _wait(scope, key, on=on)


def guess_failed(scope: str, key: str, *, on: datetime) -> int:
    """Count a wrong guess under a key; return how many there were lately."""
    return _add(scope, key, on=on)


def guess_count(scope: str, key: str, *, on: datetime) -> int:
    """Return how many wrong guesses there were lately under a key."""
    return _count(scope, key, on=on)


def guess_right(scope: str, key: str) -> None:
    """Forget the wrong guesses under a key."""
    AttemptCount.objects.filter(scope=scope, key=key).delete()


# --- Telling ---------------------------------------------------------------------------------------


def tell_locked(
    *,
    who: User | None,
    address: str,
    what: str,
    on: datetime,
    subject: str = "Có nhiều lần đăng nhập sai vào trang quản trị",
) -> None:
    """Record that somebody was locked, and mail the technical administrators; once an hour for each address."""
    record("session.locked", by=who, actor_name="" if who else "không rõ", result="refused", detail={"what": what})
    if _count(ALERT, network_of(address), on=on, window=ALERT_EVERY):
        return
    _add(ALERT, network_of(address), on=on)
    roles = [role.key for role in ROLES.values() if ADMINISTER in role.capabilities]
    admins = User.objects.filter(is_active=True, groups__role_group__role__in=roles).exclude(email="").distinct()
    for admin in admins:
        send_mail(
            subject,
            f"Lúc {localtime(on):%H:%M ngày %d/%m/%Y}, địa chỉ mạng {address or 'không rõ'} bị tạm khóa: {what}.\n"
            "Hãy xem nhật ký kiểm tra trong trang quản trị.\n",
            None,
            [admin.email],
        )


def _at(user: User, address: str) -> str:
    return f"{user.pk}@{address}"


def _row(scope: str, key: str, *, on: datetime, window: timedelta = WINDOW) -> AttemptCount | None:
    return AttemptCount.objects.filter(scope=scope, key=key, last_at__gt=on - window).first()


def _count(scope: str, key: str, *, on: datetime, window: timedelta = WINDOW) -> int:
    row = _row(scope, key, on=on, window=window)
    return row.count if row else 0


def _wait(scope: str, key: str, *, on: datetime) -> timedelta:
    row = _row(scope, key, on=on)
    return wait_after(row.count, on - row.last_at) if row else NO_WAIT


@transaction.atomic
def _add(scope: str, key: str, *, on: datetime) -> int:
    row, _made = AttemptCount.objects.select_for_update().get_or_create(scope=scope, key=key, defaults={"last_at": on})
    window = ALERT_EVERY if scope == ALERT else WINDOW
    fresh = row.last_at > on - window
    AttemptCount.objects.filter(pk=row.pk).update(count=F("count") + 1 if fresh else 1, last_at=on)
    return row.count + 1 if fresh else 1
