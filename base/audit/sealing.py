"""The chain that seals the audit trail (`base/chain/`), and who may accept that it was put back from an older copy.

1. `seal` takes the entries that have no seal yet, in the order of their numbers, and adds a link for each: the digest
   of the entry, bound to the seal before it. An entry whose transaction commits late gets a later link; the order of
   the links is the order of the trail.
2. After each batch, `write_tips` appends the tips of all chains, signed, to a file outside the database and flushes it
   to disk; once a day `write_daily_tips` writes a signed file of its own and mails them to `PORTAL_AUDIT_MAIL`.
3. `verify` (`verifying.py`) follows the chain from its start, asks of each entry whether the portal signed it, and
   compares the chain with every tip outside: a changed, dropped, swapped or inserted entry, a cut tail, a chain
   written anew and a database put back from an old copy are all found, the first bad entry named.
"""

import logging
import threading
from datetime import datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from ..chain.canonical_json import digest, moment
from ..chain.tips import give_up_links, write_tips
from ..models import AuditChain, AuditEntry, AuditSeal
from .trail import FIELDS, record

logger = logging.getLogger(__name__)
BATCH = 1000
# No request lives longer: an entry older than this with a number below the sealed ones cannot come any more.
LATEST_COMMIT = timedelta(minutes=15)
# An entry without a seal after this time means that the sealing job does not run.
UNSEALED_FOR = timedelta(seconds=60)


def seal(*, everything: bool = False) -> int:
    """Seal what has no seal yet and write the tips; return how many entries were sealed.

    Costs two small questions when nothing is new. `everything` also looks for stragglers among all old entries, which
    reads the whole index: once a night is enough.
    """
    total = 0
    while unsealed(everything).values("pk")[:1]:
        sealed = _seal_batch(everything)
        total += sealed
        if sealed < BATCH:
            break
    write_tips()
    return total


def seal_forever(*, stop: threading.Event, every_seconds: float = 1.0) -> None:
    """Seal every second until `stop` is set; a database that is away is waited for."""
    while not stop.wait(every_seconds):
        try:
            seal()
        except (DatabaseError, OSError):
            logger.exception("Không niêm phong được nhật ký kiểm tra, thử lại sau")
            stop.wait(5)
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
    connection.close()


def entry_digest(row: dict) -> str:
    """Return the digest of an entry, given as a dict of all its columns; times count in UTC to the microsecond."""
    # Sealed before there were signatures, it had no such column.
    columns = {name: value for name, value in row.items() if name != "signature" or value}
    return digest({**columns, "at": moment(row["at"])})


@transaction.atomic
def _seal_batch(everything: bool) -> int:
    tip = AuditChain.lock()
    rows, now = list(unsealed(everything).order_by("pk").values(*FIELDS)[:BATCH]), timezone.now()
    links = [
        AuditSeal(sequence=sequence, entry_id=row["id"], digest=entry_digest(row), sealed_at=now)
        for sequence, row in enumerate(rows, start=tip.count + 1)
    ]
    tip.append(links)
    return len(links)


def unsealed(everything: bool):
    """The entries without a seal: beyond the last sealed number, or recent enough to have been committed late."""
    bare = AuditEntry.objects.filter(~Exists(AuditSeal.objects.filter(entry_id=OuterRef("pk"))))
    if everything:
        return bare
    last = AuditSeal.objects.aggregate(last=Max("entry_id"))["last"] or 0
    # In the order of an index: the trail's own order would walk through all old entries.
    newer = bare.filter(pk__gt=last).order_by("pk")
    if newer.values("pk")[:1]:
        return newer
    return bare.filter(at__gte=timezone.now() - LATEST_COMMIT)


def unsealed_since(on: datetime) -> tuple[int, datetime | None]:
    """Return how many entries have waited for their seal longer than `UNSEALED_FOR` at `on`, and since when."""
    late = unsealed(everything=False).filter(at__lt=on - UNSEALED_FOR)
    oldest = late.order_by("at").values_list("at", flat=True).first()
    return (late.count(), oldest) if oldest else (0, None)


def accept_restore(*, by, reason: str) -> int:
    """State, signed, that the database was put back from an older copy; return how many links were given up.

    `by` a superuser, `reason` says which copy and why. Without this statement `verify` goes on naming the cut. The
    statement itself stays with the tips permanently, and an entry tells of it.
    """
    if not by.is_superuser:
        raise PermissionDenied("Chỉ tài khoản dự phòng được xác nhận việc khôi phục.")
    if len(reason.strip()) < 10:
        raise ValueError("Hãy ghi lý do: bản sao lưu nào, vì sao phải khôi phục (ít nhất 10 ký tự).")
    lost = give_up_links(reason.strip())
    record("audit.restored", by=by, detail={"reason": reason.strip(), "links_given_up": lost})
    return lost
