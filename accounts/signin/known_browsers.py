"""The browsers from which a person came in before: a signed cookie for each account, sent to the administration alone.

A browser that a person came in with has a count of its own (`throttle.py`), so what strangers do in the same network
locks no user out of it. The cookie opens nothing: a thief of it may only be wrong as often as any other visitor.
"""

import secrets
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.urls import reverse

from .throttle import account_digest

RETENTION = timedelta(days=90)
_signer = signing.TimestampSigner(salt="accounts.signin.known_browsers")


def find(request, typed: str) -> str:
    """Return the random name of a browser from which the owner of a typed user name came in before, or ""."""
    value = request.COOKIES.get(_cookie(typed), "")
    try:
        account, _dot, name = _signer.unsign(value, max_age=RETENTION).partition(".")
    except signing.BadSignature:
        return ""
    return name if account == account_digest(typed) else ""


def remember(request, response, username: str) -> None:
    """Let the browser that gets this answer be known as one of the person, who has just come in."""
    name = find(request, username) or secrets.token_hex(8)
    response.set_cookie(
        _cookie(username),
        _signer.sign(f"{account_digest(username)}.{name}"),
        max_age=RETENTION,
        path=reverse("wagtailadmin_home"),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )


def _cookie(typed: str) -> str:
    return f"{'__Secure-' if settings.SESSION_COOKIE_SECURE else ''}known-{account_digest(typed)[:12]}"
