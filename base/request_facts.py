"""What the house knows of the request being answered: address, number, session, and what was refused in it.

Set by `middleware/audit.py`, the outermost middleware, in a context variable; read by `audit.py`. Holds no model, so
that the gate and the models may use it too. All is worked out only when asked for: a reader's visit pays nothing.
"""

import ipaddress
import re
import secrets
from contextvars import ContextVar
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils.crypto import salted_hmac

from .public.request_kinds import READING

# Arguments of an address that open something by themselves.
SECRET_ARGUMENTS = frozenset({"token", "uidb64", "key", "code", "secret", "reset_token"})
# What looks like a random name: long, without a word's hyphens, with a digit in it.
RANDOM_NAME = re.compile(r"(?=[A-Za-z0-9_\-]*[0-9])[A-Za-z0-9_\-]{24,}")
HIDDEN = "…"
NUMBER = re.compile(r"[0-9a-f]{16}", re.ASCII)

current_request: ContextVar["RequestFacts | None"] = ContextVar("current_request", default=None)


class RequestFacts:
    """One request: `refusals` are (kind, text) noted on the way, `late` what is written after its transaction,
    `before` the digests of things as they were before the request changed them, `recorded` the actions written."""

    __slots__ = ("_id", "before", "late", "recorded", "refusals", "request")

    def __init__(self, request):
        self.request = request
        self.refusals: list[tuple[str, str]] = []
        self.late: list = []
        self.before: dict[tuple[str, str], str] = {}
        self.recorded: set[str] = set()
        self._id = ""

    @property
    def id(self) -> str:
        """The request's own number, 16 hexadecimal digits: the one that the web server in front logs, else drawn."""
        if not self._id:
            given = self.request.META.get("HTTP_X_REQUEST_ID", "") if settings.PORTAL_PROXIES else ""
            self._id = given if NUMBER.fullmatch(given) else secrets.token_hex(8)
        return self._id

    @property
    def address(self) -> str:
        """The client's network address, or ""."""
        return client_address(self.request)

    @property
    def session(self) -> str:
        """A short digest of the session's key, which tells sessions apart and opens none; "" without a session."""
        key = getattr(getattr(self.request, "session", None), "session_key", None)
        return salted_hmac("base.audit.trail.session", key).hexdigest()[:12] if key else ""

    @property
    def user(self):
        """The signed-in user, or None."""
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @property
    def path(self) -> str:
        """The address asked for, without what could open something: see `masked_path`."""
        return masked_path(self.request)

    @property
    def is_reading(self) -> bool:
        """Whether the request asks only, by its method."""
        return self.request.method in READING


# The kind of a refusal that is answered by leading elsewhere.
TURNED_AWAY = "right"


def note_refusal(kind: str, text: str = "") -> None:
    """Remember that something was refused in this request; without a request nothing happens.

    `kind` is a short word: "gate", "csrf", "rate", "conflict", "file". The entry is written after the transaction.
    """
    facts = current_request.get()
    if facts is not None:
        facts.refusals.append((kind, text))


def client_address(request) -> str:
    """Return the network address of the client, or "".

    There are `PORTAL_PROXIES` web servers in front. Each adds the address it answered at the end of X-Forwarded-For;
    entries before those were sent by the client and are not trusted.
    """
    return address_of(request.META)


def address_of(environ: dict) -> str:
    """Return the same from the environment of a WSGI request."""
    found = environ.get("REMOTE_ADDR", "") or ""
    if settings.PORTAL_PROXIES:
        hops = [hop.strip() for hop in environ.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        if hops:
            found = hops[max(0, len(hops) - settings.PORTAL_PROXIES)]
    try:
        return str(ipaddress.ip_address(found.strip("[]")))
    except ValueError:
        return ""


def masked_path(request) -> str:
    """Return path and names of the query's parameters; secret arguments, random names and all values are hidden.

    Example: /quan-tri/password_reset/confirm/…/…/?next
    """
    path = request.path_info
    match = getattr(request, "resolver_match", None)
    for name, value in match.kwargs.items() if match else ():
        if name in SECRET_ARGUMENTS and value:
            path = path.replace(str(value), HIDDEN)
    path = RANDOM_NAME.sub(HIDDEN, path)[:300]
    names = [RANDOM_NAME.sub(HIDDEN, name)[:40] for name in list(request.GET)[:10]]
    return f"{path}?{'&'.join(names)}" if names else path


def demand_own_form(request) -> None:
    """Raise PermissionDenied when the browser says that another site's page sent this form, as every browser does.

    For forms on pages that the page cache keeps: they hold no token of a session, and their readers have none.
    """
    origin = request.headers.get("Origin", "")
    if origin and urlsplit(origin).netloc != request.get_host():
        raise PermissionDenied
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise PermissionDenied
