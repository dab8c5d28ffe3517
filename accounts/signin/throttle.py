"""Who guesses is slowed, then locked: by account *and* network, so that the owner elsewhere is not locked out.

1. From the 5th failure each further attempt has to wait, from the 10th on for 15 minutes. A network is what one
   subscriber is given (`base.operations.throttle.network_of`): an IPv4 address, or an IPv6 /64 with all the addresses
   in it.
2. An attacker who tries many accounts from one network is locked there.
3. An attacker who tries one account from many networks is stopped by a bound of the account. Beyond it only those may
   go on who showed before that they are its owner: they came in from that network earlier, or have just chosen a new
   password by the link in their mail; and, up to a bound of their own, the neighbours of where they came from.
4. In a browser that its owner came in with before (`known_browsers.py`) only what was wrong there counts, in the
   network in which they have just chosen a password only what was wrong for them there. So no user is locked out of
   their own browser by what a stranger does, on the same computer or elsewhere.
5. What is refused here is not counted again: a lock ends by itself. Names are kept as digests: what was typed may be
   the name of no user, or a password in the wrong field.
"""

from datetime import datetime, timedelta

from django.utils.crypto import salted_hmac

from base.audit.trail import record
from base.operations.attempts import NO_WAIT, Attempts
from base.operations.notices import notify
from base.operations.throttle import Buckets, Rate, network_of

from ..models import PortalSession, User
from ..roles import ADMINISTER, ROLES
from . import sessions

# One account, or what stands for it, at one place: slowed, then locked.
PASSWORD = Attempts("password", slow_from=5, most=10)
PASSWORD_OF_BROWSER = Attempts("password-browser", slow_from=5, most=10)
OLD_PASSWORD = Attempts("old-password", slow_from=5, most=10)
CODE = Attempts("code", slow_from=5, most=10)
# Accounts that one network may get wrong before it is locked: a whole office may stand behind one address.
SPRAYED_ACCOUNTS = 15
# Wrong passwords, and wrong codes, for one account from all networks together; beyond it only its owner's may try.
PASSWORD_OF_ACCOUNT, CODE_OF_ACCOUNT = Attempts("password-account", most=50), Attempts("code-account", most=30)
# Of these, how many may come from one wider network that the owner came from: a provider changes their address.
PASSWORD_NEARBY, CODE_NEARBY = Attempts("password-nearby", most=30), Attempts("code-nearby", most=15)
# How long a network counts as the owner's after they chose a new password there by the link in their mail.
OWNER = Attempts("password-owner", window=timedelta(hours=1))
RESET = Attempts("reset", most=10)
# Answers of the identity provider that let no person in, of one network; there is nothing to guess, but much to write.
PROVIDER = Attempts("single-sign-on", most=20)
# Ways to the provider that one network begins: each leaves a session of who is not known yet. A whole office begins at
# once in the morning.
WAYS = Buckets({"begun": Rate(600, 1)})
ALERT = Attempts("alert", most=1, window=timedelta(hours=1))


# --- Passwords -------------------------------------------------------------------------------------


def password_wait(typed: str, address: str, *, on: datetime, browser: str = "") -> timedelta:
    """Return how long this network may not try this account, or any account when it tried too many.

    `typed` is a user name as it was typed; an unknown name is counted like any other. `browser`: the name of one
    that is the account's owner's (`known_browsers.py`); then only what was wrong in it counts.
    """
    if browser:
        return PASSWORD_OF_BROWSER.wait(_account_at(typed, browser), on=on)
    wait = PASSWORD.wait(_account_at(typed, address), on=on)
    if OWNER.count(_account_at(typed, address), on=on):
        return wait
    accounts, last = PASSWORD.in_network(network_of(address), on=on)
    if accounts >= SPRAYED_ACCOUNTS:
        wait = max(wait, PASSWORD.window - (on - last))
    came = PortalSession.objects.filter(user__username__iexact=typed.strip())
    return max(wait, _bounded(PASSWORD_OF_ACCOUNT, PASSWORD_NEARBY, account_digest(typed), address, came, on=on))


def password_failed(typed: str, address: str, *, on: datetime, browser: str = "") -> tuple[int, int]:
    """Count a wrong password; return how many there were for this account lately: of this network, of all."""
    everywhere = PASSWORD_OF_ACCOUNT.add(account_digest(typed), on=on)
    PASSWORD_NEARBY.add(_nearby(account_digest(typed), address), on=on)
    if browser:
        PASSWORD_OF_BROWSER.add(_account_at(typed, browser), on=on)
    return PASSWORD.add(_account_at(typed, address), on=on, network=network_of(address)), everywhere


def password_right(typed: str, address: str, *, browser: str = "") -> None:
    """Reset the count of wrong ones of this network and browser; what others try goes on being counted."""
    PASSWORD.reset(_account_at(typed, address))
    if browser:
        PASSWORD_OF_BROWSER.reset(_account_at(typed, browser))


def password_chosen(user: User, address: str, *, on: datetime) -> None:
    """Remember that the account's owner is here: they have just chosen a new password by the link in their mail."""
    password_right(user.username, address)
    OWNER.add(_account_at(user.username, address), on=on)


def account_digest(typed: str) -> str:
    """The digest a name is counted under; upper case and spaces around make no other account."""
    return salted_hmac("accounts.signin.throttle", typed.strip().casefold(), algorithm="sha256").hexdigest()[:40]


def _account_at(typed: str, place: str) -> str:
    return f"{network_of(place)} {account_digest(typed)}"


def _bounded(everywhere: Attempts, nearby: Attempts, account: str, address: str, came, *, on: datetime) -> timedelta:
    """Return how long an account's own bound keeps this address from it; `came`: the sessions of its owner.

    `everywhere`: what all together may get wrong; beyond it its owner goes on where they came from before, and their
    neighbours in the wider network a little (`nearby`). The same work is done for a name that no user has.
    """
    wait, wait_nearby = everywhere.wait(account, on=on), nearby.wait(_nearby(account, address), on=on)
    came = came.filter(entered_at__isnull=False, network=sessions.network_of(address))
    here = {network_of(known) for known in came.order_by().values_list("address", flat=True).distinct()}
    if not wait or network_of(address) in here:
        return NO_WAIT
    return wait_nearby if here else wait


def _nearby(account: str, address: str) -> str:
    return f"{sessions.network_of(address)} {account}"


# --- Codes, old passwords, requests ----------------------------------------------------------------


def code_wait(user: User, address: str, *, on: datetime, limit: Attempts = CODE) -> timedelta:
    """Return how long this network may try no code (or old password) of this account."""
    wait = limit.wait(_at(user, address), on=on)
    if limit is not CODE:
        return wait
    return max(wait, _bounded(CODE_OF_ACCOUNT, CODE_NEARBY, str(user.pk), address, user.portal_sessions, on=on))


def code_failed(user: User, address: str, *, on: datetime, limit: Attempts = CODE) -> int:
    """Count a wrong code; return how many there were lately at this network."""
    if limit is CODE:
        CODE_OF_ACCOUNT.add(str(user.pk), on=on)
        CODE_NEARBY.add(_nearby(str(user.pk), address), on=on)
    return limit.add(_at(user, address), on=on)


def wrong_code(user: User, address: str, *, on: datetime) -> None:
    """Record and count a wrong code; tell of it when it locks this network."""
    record("session.second_factor", by=user, obj=user, result="failed")
    if code_failed(user, address, on=on) == CODE.most:
        tell_locked(who=user, address=address, what=f"sai mã xác thực {CODE.most} lần", on=on)


def wrong_old_password(user: User, address: str, *, what: str, on: datetime) -> None:
    """Record and count a wrong password of who is in already, and `what` they did; tell of it when it locks."""
    record("session.failed", by=user, result="failed", detail={"what": what})
    if code_failed(user, address, on=on, limit=OLD_PASSWORD) == OLD_PASSWORD.most:
        tell_locked(who=user, address=address, what=f"{what}: sai mật khẩu {OLD_PASSWORD.most} lần", on=on)


def code_right(user: User, address: str, *, limit: Attempts = CODE) -> None:
    """Reset the count of wrong ones of this network."""
    limit.reset(_at(user, address))


def reset_wait(address: str, *, on: datetime, browser: str = "") -> timedelta:
    """Return how long this address, or a browser of the account's owner, may not ask for another new password."""
    return RESET.wait(browser or sessions.network_of(address), on=on)


def reset_asked(address: str, *, on: datetime, browser: str = "") -> None:
    """Count a request for a new password."""
    RESET.add(browser or sessions.network_of(address), on=on)


def provider_wait(address: str, *, on: datetime) -> timedelta:
    """Return how long this network may not come in by the identity provider."""
    return PROVIDER.wait(network_of(address), on=on)


def provider_begun(address: str) -> timedelta:
    """Note that a way to the provider begins; return how long this network may begin no other."""
    return timedelta(seconds=WAYS.take("begun", address))


def provider_failed(address: str, *, on: datetime) -> int:
    """Count an answer that let no person in; return how many there were lately at this network."""
    return PROVIDER.add(network_of(address), on=on)


def provider_right(address: str) -> None:
    """Reset the count of this network."""
    PROVIDER.reset(network_of(address))


# --- Telling ---------------------------------------------------------------------------------------


def tell_locked(
    *, who: User | None, address: str, what: str, on: datetime, kind: str = "sign_in_locked", **more
) -> None:
    """Record that signing in was locked, and tell the technical administrators; once an hour for each address.

    `kind` of notice, and what `more` its text has, for what another room guards.
    """
    record("session.locked", by=who, actor_name="" if who else "không rõ", result="refused", detail={"what": what})
    if ALERT.wait(sessions.network_of(address), on=on):
        return
    ALERT.add(sessions.network_of(address), on=on)
    roles = [role.key for role in ROLES.values() if ADMINISTER in role.capabilities]
    admins = User.objects.filter(is_active=True, groups__role_group__role__in=roles).exclude(email="").distinct()
    notify(admins, kind, {"address": address, "what": what, "on": on, **more})


def _at(user: User, address: str) -> str:
    return f"{user.pk}@{network_of(address)}"
