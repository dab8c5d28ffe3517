"""The sessions of a person: begun, seen, ended; and whether a new one is unlike the former.

1. `begin` after the password, `enter` once every step is done. 2. `find` and `overdue` at every request that brings a
session's key: idle after `PORTAL_IDLE_MINUTES`, too old after `PORTAL_SESSION_HOURS`. 3. `end`, `end_all`: the next
request with that key is a stranger's. 4. `purge` deletes ended sessions after 90 days.
"""

import ipaddress
import re
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, transaction
from django.utils.crypto import salted_hmac
from django.utils.timezone import localtime

from base.audit.trail import record
from base.locking import without_waiting
from base.operations.notices import notify
from base.queries.prepared import Prepared, given
from base.request_facts import client_address

from ..models import PortalSession, User

End = PortalSession.End
RETENTION_DAYS = 90
# A visit is written down at most this often.
SEEN_EVERY = timedelta(seconds=30)
# From 22:00 to 05:00 no user is expected at work.
NIGHT_BEGINS, NIGHT_ENDS = 22, 5
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("coc_coc", "Cốc Cốc"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


class LeftAlone:
    """In the place of a dead session: neither saved nor taken from the browser by SessionMiddleware."""

    accessed = modified = False

    def __init__(self, key: str):
        self.session_key = key

    def is_empty(self):
        return False

    def get(self, name, default=None):
        return default

    def pop(self, name, default=None):
        return default

    def __contains__(self, name):
        return False

    def __getitem__(self, name):
        raise KeyError(name)


def key_digest(key: str) -> str:
    """Return what is kept of a session's key."""
    return salted_hmac("accounts.signin.session", key, algorithm="sha256").hexdigest()


_WITH_PERSON = Prepared(lambda: PortalSession.objects.select_related("user").filter(key_digest=given("digest")))


def find(key: str) -> PortalSession | None:
    """Return the session of a key with its person, ended or not."""
    return _WITH_PERSON.first(digest=key_digest(key))


# --- Beginning -------------------------------------------------------------------------------------


def begin(request, user: User, *, on: datetime) -> PortalSession:
    """Write down the session that Django has just begun for the person; return it."""
    if request.session.session_key is None:
        request.session.save()
    address = client_address(request)
    session, _made = PortalSession.objects.update_or_create(
        key_digest=key_digest(request.session.session_key),
        defaults={
            "user": user,
            "started": on,
            "last_seen": on,
            "address": address,
            "network": network_of(address),
            "agent": agent_name(request.META.get("HTTP_USER_AGENT", "")),
            "ended": None,
            "why": "",
        },
    )
    return session


def change_key(request, session: PortalSession) -> None:
    """Give the session a new key, as whenever it may open more than before."""
    request.session.cycle_key()
    session.key_digest = key_digest(request.session.session_key)
    session.save(update_fields=["key_digest"])


@transaction.atomic
def enter(session: PortalSession, *, on: datetime) -> PortalSession:
    """Note that every step of signing in is done; tell the person by mail when it is unlike their former sign-ins."""
    if session.entered_at is not None:
        return session
    differences = unusual(session, on=on)
    session.entered_at = on
    session.save(update_fields=["entered_at"])
    record("session.in", by=session.user, obj=session.user, detail={"unusual": differences} if differences else None)
    if differences:
        notify(session.user, "unusual_sign_in", {"session": session, "on": on, "differences": differences})
    return session


def unusual(session: PortalSession, *, on: datetime) -> list[str]:
    """Return what is unlike the person's former sign-ins, as texts; nothing at the very first one."""
    former = session.user.portal_sessions.filter(entered_at__isnull=False).exclude(pk=session.pk)
    if not former.exists():
        return []
    found = []
    if not former.filter(agent=session.agent).exists():
        found.append("trình duyệt hoặc thiết bị mới")
    if not is_known_network(session.user, session.address, but=session):
        found.append("mạng mới")
    hour = localtime(on).hour
    if hour >= NIGHT_BEGINS or hour < NIGHT_ENDS:
        found.append("đăng nhập ban đêm")
    return found


def is_known_network(user: User, address: str, *, but: PortalSession | None = None) -> bool:
    """Tell whether the person has come in from the network of this address before."""
    former = user.portal_sessions.filter(entered_at__isnull=False, network=network_of(address))
    return former.exclude(pk=but.pk if but else None).exists()


def network_of(address: str) -> str:
    """Return the network an address belongs to: "10.1.2.3" -> "10.1.2.0/24", IPv6 its /48; "" for no address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    return str(ipaddress.ip_network(f"{found}/{24 if found.version == 4 else 48}", strict=False))


def agent_name(header: str) -> str:
    """Return browser and system of a User-Agent header, without versions: "Chrome, Windows"."""
    parts = [
        next((name for mark, name in table if re.search(rf"\b{mark}", header)), "") for table in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(part for part in parts if part) or header[:40]


# --- Being seen, ending ----------------------------------------------------------------------------


def overdue(session: PortalSession, on: datetime) -> str:
    """Return why the session has run out at this moment, or ""."""
    if on - session.started >= timedelta(hours=settings.PORTAL_SESSION_HOURS):
        return End.TOO_OLD
    if on - session.last_seen >= timedelta(minutes=settings.PORTAL_IDLE_MINUTES):
        return End.IDLE
    return ""


def seconds_left(session: PortalSession, on: datetime) -> int:
    """Return how many seconds the session lasts if it is not used."""
    idle = session.last_seen + timedelta(minutes=settings.PORTAL_IDLE_MINUTES)
    oldest = session.started + timedelta(hours=settings.PORTAL_SESSION_HOURS)
    return max(0, int((min(idle, oldest) - on).total_seconds()))


def touch(session: PortalSession, on: datetime) -> None:
    """Note that the person did something; while another holds SQLite's lock, the next request notes it."""
    if on - session.last_seen < SEEN_EVERY:
        return
    session.last_seen = on
    with suppress(OperationalError), without_waiting(), transaction.atomic():
        PortalSession.objects.filter(pk=session.pk, ended__isnull=True).update(last_seen=on)


@transaction.atomic
def end(session: PortalSession, *, on: datetime, why: str, by: User | None = None) -> PortalSession:
    """End one session; a person ends only their own. Raises PermissionDenied. Ending twice changes nothing."""
    if by is not None and by.pk != session.user_id:
        raise PermissionDenied("Chỉ kết thúc được phiên của chính mình.")
    session = PortalSession.objects.select_for_update().select_related("user").get(pk=session.pk)
    if session.ended is None:
        session.ended, session.why = on, why
        session.save(update_fields=["ended", "why"])
        record("session.out", by=session.user, obj=session.user, detail={"why": End(why).label})
    return session


@transaction.atomic
def end_all(user: User, *, on: datetime, why: str, by: User | None = None, but: PortalSession | None = None) -> int:
    """End all sessions of a person, `but` one; return how many. A person ends only their own."""
    if by is not None and by.pk != user.pk:
        raise PermissionDenied("Chỉ kết thúc được phiên của chính mình.")
    going = user.portal_sessions.filter(ended__isnull=True).exclude(pk=but.pk if but else None)
    count = going.update(ended=on, why=why)
    if count:
        record("session.out", by=user, obj=user, detail={"why": End(why).label, "count": count})
    return count


def end_everyone(*, on: datetime) -> int:
    """End all sessions of all people, after the portal was put back from a backup; return how many."""
    return PortalSession.objects.filter(ended__isnull=True).update(ended=on, why=End.CREDENTIALS)


def going_on(user: User, on: datetime) -> list[PortalSession]:
    """Return the sessions that still open something, the latest seen first."""
    return [session for session in user.portal_sessions.filter(ended__isnull=True) if not overdue(session, on)]


def purge(*, on: datetime) -> int:
    """End what ran out unseen, delete what ended 90 days ago; return how many were deleted."""
    idle = on - timedelta(minutes=settings.PORTAL_IDLE_MINUTES)
    PortalSession.objects.filter(ended__isnull=True, last_seen__lt=idle).update(ended=on, why=End.IDLE)
    purged, _rows = PortalSession.objects.filter(ended__lt=on - timedelta(days=RETENTION_DAYS)).delete()
    return purged
