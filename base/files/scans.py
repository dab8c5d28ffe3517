"""What follows from a scan: refusal, withdrawal, alarm; and looking again when the signatures are new.

1. `demand_storable`, `refuse_infected`: at the upload; recorded, the technical administrators told, nothing stored.
2. `rescan`: first what was never scanned, then what was scanned with other signatures, the longest ago first.
3. Found later: the file is closed to all at once, the pages that show it are made anew, the alarm is raised.
4. `purge_orphans`: what lies in the store and no row names.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, FileField, Q
from django.utils import timezone
from wagtail.log_actions import log

from ..audit import trail as audit
from ..models import FileVersion, PortalFile, PortalImage
from ..models.files import INFECTED, ScanState, digest_of
from ..operations.notices import notify
from ..public.gone import note_words
from ..public.index import readers_see_changed
from . import scanner
from .serving import sites_that_show, words_of
from .storage import NO_ROOM

RESCAN_SECONDS = 40
# The code of a refusal that is the machine's alone: later the same file is taken.
NOT_NOW = "not_now"

_alarm_addresses: Callable[[], Iterable[str]] | None = None


def register_alarm_addresses(function: Callable[[], Iterable[str]]) -> None:
    """Let `accounts` say whom an alarm goes to: `function() -> mail addresses of the technical administrators`."""
    global _alarm_addresses
    _alarm_addresses = function


def alarm_addresses() -> list[str]:
    """Return whom an alarm of any kind goes to, each once."""
    return sorted(set(_alarm_addresses() if _alarm_addresses else ()))


def demand_storable(file, *, by, site=None) -> None:
    """Raise ValidationError unless there is room for an examined upload and the scanner lets it pass.

    Without a scanner nothing is taken, unless the settings say so (PORTAL_UNSCANNED_UPLOADS).
    """
    if not scanner.are_files_taken():
        raise ValidationError(scanner.ABSENT, code=NOT_NOW)
    if not default_storage.has_room(file.size):
        raise ValidationError(NO_ROOM, code=NOT_NOW)
    if scanner.is_configured():
        try:
            file.scan = scanner.scan(file)
        except scanner.ScannerDown as error:
            raise ValidationError(error.message, code=NOT_NOW) from None
        refuse_infected(file, file.scan, by=by, site=site)


def refuse_infected(file, scan: scanner.Scan, *, by=None, site=None) -> None:
    """Raise ValidationError when the scanner found something; record it and raise the alarm first."""
    if not scan.virus:
        return
    audit.record(
        "file.infected",
        by=by,
        object_label=file.name,
        site=site,
        before=digest_of(file),
        result=audit.REFUSED,
        detail={"virus": scan.virus, "signature": scan.signature},
    )
    who = by.get_full_name() if by is not None and by.pk else "không rõ"
    _alarm("infected_upload", {"name": file.name, "who": who, "virus": scan.virus})
    raise ValidationError(INFECTED.format(name=scan.virus))


def rescan(*, on: datetime, seconds: float = RESCAN_SECONDS) -> int:
    """Scan what is due, as much as fits into `seconds`; return how many files were looked at.

    Raises ScannerDown, so that the job counts as failed: at once when the scanner is away, after the others when it
    takes no content of some file's size. Without a scanner nothing happens.
    """
    if not scanner.is_configured():
        return 0
    ends, looked_at, too_long = time.monotonic() + seconds, 0, []
    for item in _due(scanner.version()[:120]):
        if time.monotonic() > ends:
            break
        try:
            looked_at += _scan_again(item, on)
        except scanner.ScannerRefusedSize:
            too_long.append(str(item.pk))
    if too_long:
        raise scanner.ScannerRefusedSize(f"{scanner.TOO_LONG} ({', '.join(too_long)})")
    return looked_at


def _due(signature: str) -> Iterator[PortalFile | PortalImage]:
    for model in (PortalFile, PortalImage):
        due = model.objects.filter(~Q(scan_signature=signature) | Q(scan_state=ScanState.UNSCANNED))
        for pk in list(due.order_by(F("scanned_at").asc(nulls_first=True), "pk").values_list("pk", flat=True)[:5000]):
            item = model.objects.filter(pk=pk).first()
            if item is not None:
                yield item


def _scan_again(item, on: datetime) -> int:
    try:
        with item.file.open("rb") as handle:
            scan = scanner.scan(handle)
    except FileNotFoundError:
        return 0
    with transaction.atomic():
        # Under a lock and by its digest: the content may have been replaced meanwhile.
        locked = type(item).objects.select_for_update().filter(pk=item.pk, digest=item.digest).first()
        if locked is None:
            return 0
        newly_found = scan.virus and locked.scan_state != ScanState.INFECTED
        newly_open = not scan.virus and locked.scan_state != ScanState.CLEAN
        locked.note_scan(scan, on)
        locked.save(update_fields=["scan_state", "scan_finding", "scan_signature", "scanned_at"])
        if newly_found:
            _withdraw(locked, scan)
        elif newly_open:
            readers_see_changed(sites=sites_that_show(locked))
    return 1


def _withdraw(item, scan: scanner.Scan) -> None:
    shown_by = item.public_sources()
    note_words(words=words_of(item), things=[item], action="infected")
    readers_see_changed(sites=sites_that_show(item), urgent=True)
    log(instance=item, action="portal.file.infected", data={"virus": scan.virus, "signature": scan.signature})
    places = "; ".join(str(row) for row in shown_by[:20]) or "chưa có bài nào đang đăng"
    _alarm("infected_file", {"file": item, "virus": scan.virus, "places": places})


def _alarm(kind: str, context: dict) -> None:
    notify(alarm_addresses(), kind, context)


# --- What nothing names ------------------------------------------------------------------------------


def purge_orphans(*, older_than_seconds: int = 86_400) -> int:
    """Remove stored files that no row names and that are older than a day; return how many went.

    A killed process leaves them: the file is written before the row is committed.
    """
    found = orphans(older_than_seconds=older_than_seconds)
    for name in found:
        default_storage.remove(name)
    return len(found)


def orphans(*, older_than_seconds: int) -> list[str]:
    """Return the names of the stored files that no row names and that are older than `older_than_seconds`.

    Those that lie there are read before the rows: one that comes meanwhile is not among them.
    """
    limit = timezone.now() - timedelta(seconds=older_than_seconds)
    stored = [name for name, moment, _size in default_storage.listed() if moment < limit]
    named = set(FileVersion.objects.exclude(path="").values_list("path", flat=True))
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, FileField) and field.storage == default_storage:
                named.update(model._base_manager.values_list(field.name, flat=True))
    return [name for name in stored if name not in named]
