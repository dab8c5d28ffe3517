"""The chain that seals the audit trail; its tips outside the database (`tips.py`) and its check (`verifying.py`).

1. `seal` takes the entries that have no seal yet, in the order of their numbers, and adds a link for each: the digest
   of the entry, bound to the seal before it. A row lock on the chain's head keeps it from ever forking. An entry whose
   transaction commits late gets a later link; the order of the links is the order of the trail.
2. After each batch, `write_heads` appends the head, signed, to a file outside the database and flushes it to disk. The
   other chains of the house (the archive) put their heads there too (`register_chain`).
3. Once a day `write_daily_head` writes a signed file of its own and mails the heads to `PORTAL_AUDIT_MAIL`.
4. `verify` follows the chain from its start, asks of each entry whether the portal signed it (`keys.py`), and
   compares the chain with every head outside: a changed, dropped, swapped or inserted entry, a cut tail, a chain
   written anew and a database put back from an old copy are all found, the first bad entry named.
"""

import logging
import threading
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import DatabaseError, connection, transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from ..models import AuditChain, AuditEntry, AuditSeal
from . import keys
from .canonical_json import canonical
from .tips import CHAIN, write_heads
from .trail import FIELDS

logger = logging.getLogger(__name__)
BATCH = 1000
# No request lives longer: an entry older than this with a number below the sealed ones cannot come any more.
LATEST_COMMIT = timedelta(minutes=15)
# An entry without a seal after this time means that nobody seals.
UNSEALED_FOR = timedelta(seconds=60)


def seal(*, everything: bool = False) -> int:
    """Seal what has no seal yet and write the heads; return how many entries were sealed.

    Costs two small questions when nothing is new. `everything` also looks for stragglers among all old entries, which
    reads the whole index: once a night is enough.
    """
    total = 0
    while unsealed(everything).values("pk")[:1]:
        sealed = _seal_batch(everything)
        total += sealed
        if sealed < BATCH:
            break
    write_heads()
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
    return sha256(canonical({**columns, "at": keys.moment(row["at"])})).hexdigest()


def link_seal(sequence: int, entry_id: int, digest: str, sealed_at: datetime, previous: str) -> str:
    """Return the seal of a link."""
    return sha256(canonical([sequence, entry_id, digest, keys.moment(sealed_at), previous])).hexdigest()


@transaction.atomic
def _seal_batch(everything: bool) -> int:
    head = AuditChain.lock(CHAIN)
    rows = list(unsealed(everything).order_by("pk").values(*FIELDS)[:BATCH])
    now, links = timezone.now(), []
    for sequence, row in enumerate(rows, start=head.count + 1):
        digest, previous = entry_digest(row), links[-1].seal if links else head.seal
        links.append(
            AuditSeal(
                sequence=sequence,
                entry_id=row["id"],
                digest=digest,
                previous_seal=previous,
                sealed_at=now,
                seal=link_seal(sequence, row["id"], digest, now, previous),
            )
        )
    if links:
        AuditSeal.objects.bulk_create(links)
        head.move_on(links[-1].seal, len(links))
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
