"""To the identity provider and back: where a browser is sent, and who came back from there.

1. `begin` makes the address to send a browser to; state, nonce and the code's verifier (PKCE, RFC 7636) wait in its
session for `STATE_SECONDS`. 2. `finish` takes an answer once, whatever becomes of it. Of the answer only the subject
and the second factor are used: no name, no address, no group.
"""

import time
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from .joining import Subject
from .offered import DECLINED, OVER, SKEW_SECONDS, NotIn

STATE_SECONDS = 600
LONGEST_ANSWER = 4096
WAITING = "_single_sign_on"


@dataclass(frozen=True)
class Answer:
    """Who came back, whether the provider showed a second factor that counts, and what was asked: `next`, `joins`."""

    subject: Subject
    has_second_factor: bool
    next: str
    joins: int | None


@cache
def client():
    """Return the module that asks the provider: its library is installed only where there is one."""
    return import_module(f"{__package__}.client")


def begin(request, *, wanted: str, joins: int | None = None) -> str:
    """Return the address of the provider to send the browser to; `wanted`: where the person goes afterwards.

    `joins`: the key of the session of a person who joins an account; then the provider asks anew who they are, else
    only where they said it longer ago than a session of the portal may lie idle. Raises NotIn (away).
    """
    place = settings.WAGTAILADMIN_BASE_URL + reverse("accounts_sso_back")
    how = {"max_age": str(_longest_ago(joins))} | ({"prompt": "login"} if joins else {})
    made = client().application().create_authorization_url(place, **how)
    request.session[WAITING] = {
        **{name: made[name] for name in ("state", "nonce", "code_verifier")},
        "place": place,
        "began": int(time.time()),
        "next": wanted,
        "joins": joins,
    }
    return made["url"]


def finish(request) -> Answer:
    """Return who came back from the provider; raises NotIn."""
    waiting = request.session.pop(WAITING, None)
    if not waiting:
        raise NotIn(OVER)
    # At once: whatever becomes of this request, the same state opens nothing again.
    request.session.save()
    asked = {name: request.GET.get(name, "")[:LONGEST_ANSWER] for name in ("state", "code", "error", "iss")}
    is_ours = constant_time_compare(asked["state"], waiting["state"])
    if not is_ours or not 0 <= time.time() - waiting["began"] <= STATE_SECONDS:
        raise NotIn(OVER)
    if asked["iss"] and asked["iss"] != settings.PORTAL_OIDC_ISSUER:
        raise client().refused("another issuer answered")
    if asked["error"] or not asked["code"]:
        raise NotIn(DECLINED)
    claims = client().claims_of(
        asked["code"], place=waiting["place"], verifier=waiting["code_verifier"], nonce=waiting["nonce"]
    )
    if not _is_recent(claims, waiting):
        raise client().refused("the person signed in at the provider too long ago")
    subject = Subject.of(claims["iss"], claims["sub"])
    return Answer(subject, _has_second_factor(claims), waiting["next"], waiting["joins"])


def sign_out_address() -> str:
    """Return where the provider ends its own session, "" when it has no such place. Raises NotIn (away)."""
    app = client().application()
    if not app.server_metadata.get("end_session_endpoint"):
        return ""
    back = settings.WAGTAILADMIN_BASE_URL + reverse("accounts_sign_in")
    # The portal's name there in the place of a token: logs have addresses.
    return app.create_logout_url(post_logout_redirect_uri=back, client_id=app.client_id)["url"]


# --- Private ---------------------------------------------------------------------------------------


def _longest_ago(joins: int | None) -> int:
    """How many seconds before the portal's question a person may have signed in at the provider."""
    return 0 if joins else settings.PORTAL_IDLE_MINUTES * 60


def _is_recent(claims: dict, waiting: dict) -> bool:
    signed_in = claims.get("auth_time")
    oldest = waiting["began"] - _longest_ago(waiting["joins"]) - SKEW_SECONDS
    return isinstance(signed_in, int | float) and oldest <= signed_in <= time.time() + SKEW_SECONDS


def _has_second_factor(claims: dict) -> bool:
    """Tell whether the provider names a way that the settings count as a second factor."""
    ways = claims.get("amr")
    named = [claims.get("acr"), *(ways if isinstance(ways, list) else ())]
    return any(name in settings.PORTAL_OIDC_SECOND_FACTOR for name in named if isinstance(name, str))
