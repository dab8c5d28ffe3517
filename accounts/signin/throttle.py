"""Who guesses is slowed, then locked: by account *and* network, so that the owner elsewhere is not locked out.

1. From the 5th failure each further attempt has to wait, from the 10th on for 15 minutes. A network is what one
   subscriber is given (`base.operations.throttle.network_of`): an IPv4 address, or an IPv6 /64 with all the addresses
   in it.
2. Somebody who tries many accounts from one network is locked there.
3. Somebody who tries one account from many networks is stopped by a bound of the account. Beyond it only those may go
   on who showed before that they are its owner: whoever came in from that network earlier, or has just chosen a new
   password by the link in his mail; and, up to a bound of their own, the neighbours of where he came from.
4. In a browser that its owner came in with before (`known_browsers.py`) only what was wrong there counts, in the
   network in which he has just chosen a password only what was wrong for him there. So nobody is locked out of his own
   browser by what a stranger does, at the same desk or elsewhere.
5. What is refused here is not counted again: a lock ends by itself. Names are kept as digests: what was typed may be
   nobody's name, or a password in the wrong field.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count, F, Max
from django.utils.crypto import salted_hmac

from base.audit.trail import record
from base.operations.notices import notify
from base.operations.throttle import network_of

from ..models import AttemptCount, PortalSession, User
from ..roles import ADMINISTER, ROLES
from . import sessions

WINDOW = LOCKED = timedelta(minutes=15)
SLOW_FROM, LOCKED_FROM = 5, 10
FIRST_DELAY_SECONDS = 4
# Accounts that one network may get wrong before it is locked: a whole office may stand behind one address.
SPRAYED_ACCOUNTS = 15
# Wrong passwords, and wrong codes, for one account from all networks together; beyond it only its owner's may try.
PASSWORDS_OF_ACCOUNT, CODES_OF_ACCOUNT = 50, 30
# Of these, how many may come from one wider network that the owner came from: a provider gives him another address.
PASSWORDS_NEARBY, CODES_NEARBY = 30, 15
# How long the network is the owner's from which he chose a new password by the link in his mail.
OWNER_BY_LINK = timedelta(hours=1)
RESETS_OF_ADDRESS = 10
ALERT_EVERY = timedelta(hours=1)
NO_WAIT = timedelta(0)

PASSWORD, PASSWORD_OF_ACCOUNT, OWNER = "password", "password-account", "password-owner"
PASSWORD_NEARBY, PASSWORD_OF_BROWSER, CODE_NEARBY = "password-nearby", "password-browser", "code-nearby"
CODE, CODE_OF_ACCOUNT, OLD_PASSWORD, RESET, ALERT = "code", "code-account", "old-password", "reset", "alert"
# How long a count of a kind means anything, where it is not WINDOW.
WINDOWS = {ALERT: ALERT_EVERY, OWNER: OWNER_BY_LINK}


def wait_after(failures: int, since_last: timedelta) -> timedelta:
    """Return how long to wait yet: 4, 8, 16 … seconds from the 5th failure, 15 minutes from the 10th."""
    if failures < SLOW_FROM:
        return NO_WAIT
    delay = LOCKED if failures >= LOCKED_FROM else timedelta(seconds=FIRST_DELAY_SECONDS * 2 ** (failures - SLOW_FROM))
    return max(NO_WAIT, delay - since_last)


# --- Passwords -------------------------------------------------------------------------------------


def password_wait(typed: str, address: str, *, on: datetime, browser: str = "") -> timedelta:
    """Return how long this network may not try this account, or any account when it tried too many.

    `typed` is a user name as it was typed; a name that nobody has is counted like any other. `browser`: the name of one
    that is the account's owner's (`known_browsers.py`); then only what was wrong in it counts.
    """
    if browser:
        return _wait(PASSWORD_OF_BROWSER, _account_at(typed, browser), on=on)
    wait = _wait(PASSWORD, _account_at(typed, address), on=on)
    if _count(OWNER, _account_at(typed, address), on=on):
        return wait
    tried = AttemptCount.objects.filter(scope=PASSWORD, network=network_of(address), last_at__gt=on - WINDOW)
    spray = tried.aggregate(accounts=Count("pk"), last=Max("last_at"))
    if spray["accounts"] >= SPRAYED_ACCOUNTS:
        wait = max(wait, LOCKED - (on - spray["last"]))
    came = PortalSession.objects.filter(user__username__iexact=typed.strip())
    bounds = _Bounds(PASSWORD_OF_ACCOUNT, PASSWORDS_OF_ACCOUNT, PASSWORD_NEARBY, PASSWORDS_NEARBY)
    return max(wait, _bounded(bounds, account_digest(typed), address, came, on=on))


def password_failed(typed: str, address: str, *, on: datetime, browser: str = "") -> tuple[int, int]:
    """Count a wrong password; return how many there were for this account lately: of this network, of all."""
    everywhere = _add(PASSWORD_OF_ACCOUNT, account_digest(typed), on=on)
    _add(PASSWORD_NEARBY, _nearby(account_digest(typed), address), on=on)
    if browser:
        _add(PASSWORD_OF_BROWSER, _account_at(typed, browser), on=on)
    return _add(PASSWORD, _account_at(typed, address), on=on, network=network_of(address)), everywhere


def password_right(typed: str, address: str, *, browser: str = "") -> None:
    """Forget the wrong ones of this network and browser; what others try goes on being counted."""
    AttemptCount.objects.filter(scope=PASSWORD, key=_account_at(typed, address)).delete()
    if browser:
        AttemptCount.objects.filter(scope=PASSWORD_OF_BROWSER, key=_account_at(typed, browser)).delete()


def password_chosen(user: User, address: str, *, on: datetime) -> None:
    """Remember that the account's owner is here: he has just chosen a new password by the link in his mail."""
    password_right(user.username, address)
    _add(OWNER, _account_at(user.username, address), on=on)


def account_digest(typed: str) -> str:
    """The digest a name is counted under; upper case and spaces around make no other account."""
    return salted_hmac("accounts.signin.throttle", typed.strip().casefold(), algorithm="sha256").hexdigest()[:40]


def _account_at(typed: str, place: str) -> str:
    return f"{network_of(place)} {account_digest(typed)}"


class _Bounds(NamedTuple):
    """How often an account may be got wrong by all together, and by a wider network its owner came from."""

    everywhere: str
    most: int
    nearby: str
    most_nearby: int


def _bounded(bounds: _Bounds, account: str, address: str, came, *, on: datetime) -> timedelta:
    """Return how long an account's own bound keeps this address from it; `came`: the sessions of its owner.

    Beyond the bound its owner goes on where he came from before, and his neighbours in the wider network a little. The
    same work is done for a name that nobody has.
    """
    everywhere, nearby = (
        _row(bounds.everywhere, account, on=on),
        _row(bounds.nearby, _nearby(account, address), on=on),
    )
    came = came.filter(entered_at__isnull=False, network=sessions.network_of(address))
    here = {network_of(known) for known in came.order_by().values_list("address", flat=True).distinct()}
    if everywhere is None or everywhere.count < bounds.most or network_of(address) in here:
        return NO_WAIT
    if not here:
        return LOCKED - (on - everywhere.last_at)
    return LOCKED - (on - nearby.last_at) if nearby and nearby.count >= bounds.most_nearby else NO_WAIT


def _nearby(account: str, address: str) -> str:
    return f"{sessions.network_of(address)} {account}"


def forget_old_attempts(*, on: datetime) -> int:
    """Remove what no longer counts; return how many rows went."""
    return AttemptCount.objects.filter(last_at__lt=on - timedelta(days=1)).delete()[0]


# --- Codes, old passwords, requests ----------------------------------------------------------------


def code_wait(user: User, address: str, *, on: datetime, scope: str = CODE) -> timedelta:
    """Return how long this network may try no code (or old password) of this account."""
    wait = _wait(scope, _at(user, address), on=on)
    if scope != CODE:
        return wait
    bounds = _Bounds(CODE_OF_ACCOUNT, CODES_OF_ACCOUNT, CODE_NEARBY, CODES_NEARBY)
    return max(wait, _bounded(bounds, str(user.pk), address, user.portal_sessions, on=on))


def code_failed(user: User, address: str, *, on: datetime, scope: str = CODE) -> int:
    """Count a wrong code; return how many there were lately at this network."""
    if scope == CODE:
        _add(CODE_OF_ACCOUNT, str(user.pk), on=on)
        _add(CODE_NEARBY, _nearby(str(user.pk), address), on=on)
    return _add(scope, _at(user, address), on=on)


def code_right(user: User, address: str, *, scope: str = CODE) -> None:
    """Forget the wrong ones of this network."""
    AttemptCount.objects.filter(scope=scope, key=_at(user, address)).delete()


def reset_wait(address: str, *, on: datetime, browser: str = "") -> timedelta:
    """Return how long this address, or a browser of the account's owner, may not ask for another new password."""
    row = _row(RESET, browser or sessions.network_of(address), on=on)
    if row is None or row.count < RESETS_OF_ADDRESS:
        return NO_WAIT
    return max(NO_WAIT, LOCKED - (on - row.last_at))


def reset_asked(address: str, *, on: datetime, browser: str = "") -> None:
    """Count a request for a new password."""
    _add(RESET, browser or sessions.network_of(address), on=on)


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
    *, who: User | None, address: str, what: str, on: datetime, kind: str = "sign_in_locked", **more
) -> None:
    """Record that somebody was locked, and tell the technical administrators; once an hour for each address.

    `kind` of notice, and what `more` its text has, for what another room guards.
    """
    record("session.locked", by=who, actor_name="" if who else "không rõ", result="refused", detail={"what": what})
    if _count(ALERT, sessions.network_of(address), on=on):
        return
    _add(ALERT, sessions.network_of(address), on=on)
    roles = [role.key for role in ROLES.values() if ADMINISTER in role.capabilities]
    admins = User.objects.filter(is_active=True, groups__role_group__role__in=roles).exclude(email="").distinct()
    notify(admins, kind, {"address": address, "what": what, "on": on, **more})


def _at(user: User, address: str) -> str:
    return f"{user.pk}@{network_of(address)}"


def _window(scope: str) -> timedelta:
    return WINDOWS.get(scope, WINDOW)


def _row(scope: str, key: str, *, on: datetime) -> AttemptCount | None:
    return AttemptCount.objects.filter(scope=scope, key=key, last_at__gt=on - _window(scope)).first()


def _count(scope: str, key: str, *, on: datetime) -> int:
    row = _row(scope, key, on=on)
    return row.count if row else 0


def _wait(scope: str, key: str, *, on: datetime) -> timedelta:
    row = _row(scope, key, on=on)
    return wait_after(row.count, on - row.last_at) if row else NO_WAIT


@transaction.atomic
def _add(scope: str, key: str, *, on: datetime, network: str = "") -> int:
    row, _made = AttemptCount.objects.select_for_update().get_or_create(
        scope=scope, key=key, defaults={"last_at": on, "network": network}
    )
    fresh = row.last_at > on - _window(scope)
    AttemptCount.objects.filter(pk=row.pk).update(count=F("count") + 1 if fresh else 1, last_at=on)
    return row.count + 1 if fresh else 1
