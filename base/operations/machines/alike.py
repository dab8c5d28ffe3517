"""Which machines serve the portal now, and whether what they must have alike is alike.

Folders and keys of the audit trail are compared at the start (`installation.py`). What is in each machine's own
settings cannot be: it changes machine after machine. So each one notes digests of it (`announce`: at its start, then
whenever `/readyz` is asked), and the check compares those of the last two minutes. Of two that differ the one that
joined later steps back (503 at `/readyz`): sessions, stamps of forms and encrypted contacts of the one would mean
nothing to the other. The earlier one goes on and names it.
"""

import logging
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from urllib.parse import urlsplit

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Q
from django.db.models.functions import Now

from ...models import WebMachine
from ...public.gone.journal import journal
from .. import health

logger = logging.getLogger(__name__)

CHECK = "machines"
# A machine that has not been asked for so long serves no one.
SILENT_AFTER = timedelta(minutes=2)
NOTED_EVERY = timedelta(seconds=20)
REMEMBERED = timedelta(days=30)


@dataclass(frozen=True)
class Company:
    """This machine among those that serve now: its own row and those of the others."""

    own: WebMachine
    others: list[WebMachine]

    def differing(self) -> list[WebMachine]:
        """The others whose settings are not ours, the one that joined first before."""
        return sorted((one for one in self.others if one.facts != self.own.facts), key=lambda one: one.joined_at)


def facts() -> dict[str, str]:
    """Return digests of the settings that all machines must have alike, by what a person calls them."""
    cache = settings.CACHES["default"]
    # A folder of all may be mounted elsewhere; whether it is the same one its mark says.
    place = "folder" if cache["BACKEND"].endswith("FileBasedCache") else _without_password(cache.get("LOCATION", ""))
    alike = {
        "SECRET_KEY": settings.SECRET_KEY,
        "PORTAL_PERSONAL_KEYS": ",".join(settings.PORTAL_PERSONAL_KEYS),
        "PORTAL_CACHE_URL": place,
        "PORTAL_HOST": settings.PORTAL_HOST,
        "PORTAL_HOST_PATTERN": settings.PORTAL_HOST_PATTERN,
    }
    if settings.PORTAL_S3_BUCKET:
        # Where there is none it is left out, so that a release from before it agrees.
        alike["PORTAL_S3_BUCKET"] = f"{settings.PORTAL_S3_ENDPOINT}/{settings.PORTAL_S3_BUCKET}"
    return {name: sha256(f"portal machine {name} {value}".encode()).hexdigest()[:32] for name, value in alike.items()}


def _without_password(address) -> str:
    """Return an address of a cache without who signs in there: the digest of a short password can be guessed."""
    parts = urlsplit(str(address))
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def announce() -> None:
    """Note that this machine serves; it has served without a break unless it was silent or its settings changed."""
    name, own = journal().machine, facts()
    known = WebMachine.objects.filter(name=name)
    unbroken = known.filter(facts=own, seen_at__gt=Now() - SILENT_AFTER)
    if unbroken.update(seen_at=Now()):
        return
    WebMachine.objects.filter(seen_at__lt=Now() - REMEMBERED).delete()
    changes = {"facts": own, "joined_at": Now(), "seen_at": Now()}
    WebMachine.objects.update_or_create(name=name, defaults=changes)


def announce_start() -> None:
    """Note at its start that this machine serves; a database that is away stops nothing."""
    try:
        announce()
    except DatabaseError:
        logger.warning("Chưa ghi được máy này vào danh sách máy phục vụ; sẽ ghi khi có cơ sở dữ liệu.")


def company() -> Company:
    """Return who serves now; notes this machine when that was a while ago."""
    name = journal().machine
    rows = _rows(name)
    if not any(one.name == name for one in rows):
        announce()
        rows = _rows(name)
    own = next(one for one in rows if one.name == name)
    return Company(own, [one for one in rows if one is not own])


def check() -> "health.Finding":
    """Compare the settings of the machines that serve now."""
    found = company()
    differing = found.differing()
    if not differing:
        others = len(found.others)
        detail = f"{others + 1} máy đang phục vụ, thiết lập giống nhau." if others else "Một máy đang phục vụ."
        return health.Finding(CHECK, health.OK, detail)
    first = differing[0]
    names = ", ".join(name for name, digest in found.own.facts.items() if first.facts.get(name) != digest)
    if first.joined_at <= found.own.joined_at:
        detail = f"Máy này khác máy đang phục vụ từ trước ở {names}: hãy đặt giống nhau rồi khởi động lại máy này."
        return health.Finding(CHECK, health.FAILED, detail)
    detail = f"{len(differing)} máy vào sau khác máy này ở {names}."
    return health.Finding(CHECK, health.WARNING, detail)


def _rows(own: str) -> list[WebMachine]:
    """The rows of machines heard lately; this one's only while it need not be noted anew."""
    own_lately = Q(name=own, seen_at__gt=Now() - NOTED_EVERY)
    others = Q(seen_at__gt=Now() - SILENT_AFTER) & ~Q(name=own)
    return list(WebMachine.objects.filter(own_lately | others))
