"""The chain that seals the audit trail, and its heads outside the database.

1. `seal` takes the entries that have no seal yet, in the order of their numbers, and adds a link for each: the digest
   of the entry, bound to the seal before it. A row lock on the chain's head keeps it from ever forking. An entry whose
   transaction commits late gets a later link; the order of the links is the order of the trail.
2. After each batch, `write_heads` appends the head, signed, to a file outside the database and flushes it to disk. The
   other chains of the house (the archive) put their heads there too (`register_chain`).
3. Once a day `write_daily_head` writes a signed file of its own and mails the heads to `PORTAL_AUDIT_MAIL`.
4. `verify` follows the chain from its start, asks of each entry whether the portal signed it (`audit_keys.py`), and
   compares the chain with every head outside: a changed, dropped, swapped or inserted entry, a cut tail, a chain
   written anew and a database put back from an old copy are all found, the first bad entry named.
"""

import fcntl
import json
import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.mail import send_mail
from django.db import DatabaseError, connection, transaction
from django.db.models import Count, Exists, Max, OuterRef
from django.utils import timezone

from ..models import AuditChain, AuditEntry, AuditSeal
from ..operations import append_only
from . import keys as audit_keys
from .canonical_json import canonical
from .trail import FIELDS, record

logger = logging.getLogger(__name__)

CHAIN = "audit"
BATCH = 1000
# No request lives longer: an entry older than this with a number below the sealed ones cannot come any more.
LATEST_COMMIT = timedelta(minutes=15)
# An entry without a seal after this time means that nobody seals.
UNSEALED_FOR = timedelta(seconds=60)
MOST_FAULTS = 100
# How much of the newest heads' file is read to find its last lines.
TAIL = 65_536

# What reading a value raises that its column could not hold.
UNREADABLE = (AttributeError, TypeError, ValueError)
GONE = object()

_chains: dict[str, Callable[[], tuple[int, str]]] = {}
_labels: dict[str, str] = {CHAIN: "Nhật ký kiểm tra"}


def register_chain(name: str, head: Callable[[], tuple[int, str]], *, label: str) -> None:
    """Let another room's chain put its head beside that of the trail; `head` returns (number of links, last seal).

    `label` is what the daily mail calls it.
    """
    _chains[name] = head
    _labels[name] = label


# --- Sealing ---------------------------------------------------------------------------------------


def seal(*, everything: bool = False) -> int:
    """Seal what has no seal yet and write the heads; return how many entries were sealed.

    Costs two small questions when nothing is new. `everything` also looks for stragglers among all old entries, which
    reads the whole index: once a night is enough.
    """
    total = 0
    while _unsealed(everything).values("pk")[:1]:
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
    return sha256(canonical({**columns, "at": audit_keys.moment(row["at"])})).hexdigest()


def link_seal(sequence: int, entry_id: int, digest: str, sealed_at: datetime, previous: str) -> str:
    """Return the seal of a link."""
    return sha256(canonical([sequence, entry_id, digest, audit_keys.moment(sealed_at), previous])).hexdigest()


@transaction.atomic
def _seal_batch(everything: bool) -> int:
    head = AuditChain.lock(CHAIN)
    rows = list(_unsealed(everything).order_by("pk").values(*FIELDS)[:BATCH])
    now, links = timezone.now(), []
    for sequence, row in enumerate(rows, start=head.count + 1):
        digest, previous = entry_digest(row), links[-1].seal if links else head.seal
        links.append(
            AuditSeal(
                sequence=sequence, entry_id=row["id"], digest=digest, previous_seal=previous, sealed_at=now,
                seal=link_seal(sequence, row["id"], digest, now, previous),
            )
        )  # fmt: skip
    if links:
        AuditSeal.objects.bulk_create(links)
        head.move_on(links[-1].seal, len(links))
    return len(links)


def _unsealed(everything: bool):
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
    late = _unsealed(everything=False).filter(at__lt=on - UNSEALED_FOR)
    oldest = late.order_by("at").values_list("at", flat=True).first()
    return (late.count(), oldest) if oldest else (0, None)


# --- Heads outside the database --------------------------------------------------------------------


def heads() -> dict[str, tuple[int, str]]:
    """Return number of links and last seal of every chain, by its name."""
    head = AuditChain.objects.filter(name=CHAIN).first()
    found = {CHAIN: (head.count, head.seal) if head else (0, "")}
    return {**found, **{name: head() for name, head in sorted(_chains.items())}}


def write_heads() -> int:
    """Append the heads that moved since the file's last lines, signed and flushed to disk; return how many lines.

    Runs after the commit: a line without its link would be taken for a cut tail, a link without its line is caught up
    by the next run.
    """
    moved = heads()
    if all(_is_last(name, head) for name, head in moved.items()):
        return 0
    written = 0
    with _appending(timezone.now()) as append:
        stated = _last_lines()
        for name, (count, seal) in moved.items():
            if stated.get(name, (0, ""))[0] < count:
                append({"chain": name, "count": count, "seal": seal})
                written += 1
    _last_written.update(moved)
    return written


def write_daily_head(*, on: datetime) -> Path:
    """Write the day's heads into a signed file of their own, and mail them; return the file.

    A line among the other heads says that the file is there and what it holds. The mail and a printed copy are what
    stays when somebody holds the whole machine.
    """
    day = timezone.localtime(on).date()
    ends = heads()
    statement = audit_keys.sign(
        {
            "day": day.isoformat(),
            "at": audit_keys.moment(on),
            "heads": {name: {"count": count, "seal": seal} for name, (count, seal) in ends.items()},
        }
    )
    path = Path(settings.PORTAL_SEALS) / f"{day.isoformat()}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = canonical(statement).decode() + "\n"
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    with _appending(on) as append:
        append({"file": path.name, "digest": sha256(text.encode()).hexdigest()})
    if settings.PORTAL_AUDIT_MAIL:
        body = "\n".join(f"{_labels[name]}: {count} mắt xích, {seal}" for name, (count, seal) in ends.items())
        send_mail(
            f"Đầu chuỗi niêm phong ngày {day:%d/%m/%Y}",
            "Hãy giữ thư này: khi cần, nó chứng minh rằng nhật ký kiểm tra và kho lưu trữ chưa bị sửa sau thời điểm "
            f"trên.\n\n{body}\n\n{text}",
            settings.DEFAULT_FROM_EMAIL,
            settings.PORTAL_AUDIT_MAIL,
        )
    return path


def alarm(text: str) -> None:
    """Mail what a check found to `PORTAL_AUDIT_MAIL`, through the outbox; without addresses only the log tells."""
    if settings.PORTAL_AUDIT_MAIL:
        send_mail(
            "Báo động: đối chiếu niêm phong phát hiện lỗi",
            f"{text}\n\nHãy giữ nguyên máy chủ và các bản sao lưu, rồi làm theo tài liệu vận hành.",
            settings.DEFAULT_FROM_EMAIL,
            settings.PORTAL_AUDIT_MAIL,
        )


def accept_restore(*, by, reason: str) -> int:
    """State, signed, that the database was put back from an older copy; return how many links were given up.

    `by` a superuser, `reason` says which copy and why. Without this statement `verify` goes on naming the cut. The
    statement itself stays in the heads for ever, and an entry tells of it.
    """
    if not by.is_superuser:
        raise PermissionDenied("Chỉ tài khoản dự phòng được xác nhận việc khôi phục.")
    if len(reason.strip()) < 10:
        raise ValueError("Hãy ghi lý do: bản sao lưu nào, vì sao phải khôi phục (ít nhất 10 ký tự).")
    lost = 0
    with _appending(timezone.now()) as append:
        stated = {name: rows[-1].count for name, rows in read_heads().of_chain.items() if rows}
        for name, (count, seal) in heads().items():
            if stated.get(name, 0) > count:
                lost += stated[name] - count
                append({"chain": name, "count": count, "seal": seal, "restored": True, "reason": reason.strip()})
    record("audit.restored", by=by, detail={"reason": reason.strip(), "links_given_up": lost})
    return lost


# What this process wrote last: saves reading the file every second.
_last_written: dict[str, tuple[int, str]] = {}


def _is_last(name: str, head: tuple[int, str]) -> bool:
    return _last_written.get(name) == head or head[0] == 0


@contextmanager
def _appending(on: datetime) -> Iterator[Callable[[dict], None]]:
    """Hold the heads' file alone and give a function that appends a signed statement to it; flush it to disk."""
    path = Path(settings.PORTAL_SEALS) / f"heads-{timezone.localtime(on):%Y-%m}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        previous = _last_lines().get("", (0, ""))[1]

        def append(statement: dict) -> None:
            nonlocal previous
            signed = audit_keys.sign({**statement, "at": audit_keys.moment(on), "previous": previous})
            previous = signed["signature"]
            file.write(canonical(signed) + b"\n")

        if file.seek(0, os.SEEK_END):
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                # The machine went down in the middle of a line.
                file.write(b"\n")
        yield append
        file.flush()
        os.fsync(file.fileno())


def _heads_files() -> list[Path]:
    return sorted(Path(settings.PORTAL_SEALS).glob("heads-????-??.log"))


def _last_lines() -> dict[str, tuple[int, str]]:
    """The newest line of each chain within the last `TAIL` bytes: {name: (count, seal), "": (0, last signature)}.

    A chain that moved long ago is not found; its head is then stated once more, which does no harm.
    """
    found = {}
    for path in reversed(_heads_files()):
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - TAIL))
            lines = file.read().splitlines()
        for statement in filter(None, map(_parsed, reversed(lines))):
            found.setdefault("", (0, statement.get("signature", "")))
            if "chain" in statement:
                found.setdefault(statement["chain"], (statement.get("count", 0), statement.get("seal", "")))
        if found:
            break
    return found


def _parsed(line: bytes) -> dict | None:
    try:
        statement = json.loads(line)
    except ValueError:
        return None
    return statement if isinstance(statement, dict) else None


# --- Reading the heads -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Head:
    """One statement outside the database: after `count` links the seal was `seal`; `where` it stands."""

    count: int
    seal: str
    where: str


@dataclass
class Heads:
    """All statements, by chain, in the order of their counts, and what is wrong with the files themselves."""

    of_chain: dict[str, list[Head]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    restored_at: str = ""


def read_heads() -> Heads:
    """Read and check the heads' files and the daily files; a restore that was accepted takes back later statements."""
    known, found, previous, files = audit_keys.keys(), Heads(), "", {}
    for path in _heads_files():
        for number, line in enumerate(path.read_bytes().splitlines(), start=1):
            where = f"{path.name} dòng {number}"
            statement = _parsed(line)
            if statement is None:
                # A line cut off by a crash was never followed by one that names it; the next line shows it.
                continue
            if not audit_keys.is_genuine(statement, known):
                found.faults.append(f"{where}: chữ ký sai.")
                continue
            if statement["previous"] != previous:
                found.faults.append(f"{where}: thiếu dòng ngay trước đó.")
            previous = statement["signature"]
            if "file" in statement:
                files[statement["file"]] = statement["digest"]
                continue
            rows = found.of_chain.setdefault(statement["chain"], [])
            if statement.get("restored"):
                rows[:] = [head for head in rows if head.count <= statement["count"]]
                found.restored_at = max(found.restored_at, statement["at"])
            rows.append(Head(statement["count"], statement["seal"], where))
    daily = {path.name: path for path in sorted(Path(settings.PORTAL_SEALS).glob("????-??-??.json"))}
    found.faults += [f"{name}: thiếu tệp đầu chuỗi của ngày." for name in sorted(files.keys() - daily.keys())]
    for path in daily.values():
        data = path.read_bytes()
        statement = _parsed(data)
        if statement is None or not audit_keys.is_genuine(statement, known):
            found.faults.append(f"{path.name}: chữ ký sai.")
        elif sha256(data).hexdigest() != files.get(path.name, sha256(data).hexdigest()):
            found.faults.append(f"{path.name}: không phải tệp đã ghi trong ngày.")
        elif statement["at"] > found.restored_at:
            for name, head in statement["heads"].items():
                if head["count"]:
                    found.of_chain.setdefault(name, []).append(Head(head["count"], head["seal"], path.name))
    for rows in found.of_chain.values():
        rows.sort(key=lambda head: head.count)
    return found


# --- Verifying -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """One thing `verify` found wrong: the link (0 when none can be named), its entry, and why."""

    sequence: int
    entry_id: int
    message: str

    def __str__(self):
        place = f"mắt xích {self.sequence}" if self.sequence else "toàn chuỗi"
        return f"{place}{f', dòng nhật ký {self.entry_id}' if self.entry_id else ''}: {self.message}"


@dataclass
class Report:
    """What `verify` saw: the faults, the first bad link first; the whole links; what waits for a seal."""

    faults: list[Fault] = field(default_factory=list)
    sealed: int = 0
    sealed_at: datetime | None = None
    unsealed: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def first(self) -> Fault | None:
        """The first bad entry."""
        return self.faults[0] if self.faults else None


class Comparison:
    """Compares a chain, link by link, with the heads stated outside; used by the trail and by the archive.

    `confirmed`: so many links agree with a head; `reached`: so many have been compared with one, whatever came out.
    """

    def __init__(self, stated: list[Head]):
        self._stated, self._next, self.confirmed, self.reached = stated, 0, 0, 0

    def check(self, count: int, seal: str) -> tuple[int, str]:
        """Compare the seal after `count` links; return (first link that may be bad, message), or (0, "")."""
        result = (0, "")
        while self._next < len(self._stated) and self._stated[self._next].count <= count:
            head = self._stated[self._next]
            self._next, self.reached = self._next + 1, head.count
            if head.count == count and head.seal == seal:
                self.confirmed = count
            elif not result[0]:
                result = (
                    self.confirmed + 1,
                    f"chuỗi đã bị viết lại trong khoảng mắt xích {self.confirmed + 1}–{head.count}: "
                    f"khác đầu chuỗi đã ký ({head.where}).",
                )
        return result

    def missing(self, count: int) -> str:
        """After the last link: tell that the heads outside know of more links, or ""."""
        if self._next >= len(self._stated):
            return ""
        last = self._stated[-1]
        return (
            f"mất {last.count - count} mắt xích cuối: cơ sở dữ liệu bị cắt đuôi hoặc là bản sao cũ "
            f"({last.where} ghi {last.count} mắt xích, ở đây chỉ có {count})."
        )


def verify(*, on: datetime | None = None, tail: bool = True) -> Report:
    """Check every link, every entry and every head; change nothing.

    Faults stop the walk after `MOST_FAULTS`. Entries that at `on` (default: now) have waited over a minute for a seal
    are a fault, and so are links that no head outside knows by then; with `tail` false neither is asked.
    """
    on = on or timezone.now()
    report, previous, expected = Report(), "", 1
    outside = read_heads()
    comparison, authorship = Comparison(outside.of_chain.get(CHAIN, [])), Authorship()
    latest = None
    for link, row in _links():
        found = _faults_of(link, row, expected, previous) or authorship.faults_of(link, row)
        report.faults += found
        first, message = comparison.check(link.sequence, link.seal)
        if first:
            # Written anew from the first fault on, if one is known in this stretch; else from its beginning.
            first = min((fault.sequence for fault in report.faults if fault.sequence >= first), default=first)
            report.faults.append(Fault(first, _entry_of(first), message))
        if not found:
            if latest is not None and row["at"] < latest - LATEST_COMMIT and len(report.notes) < MOST_FAULTS:
                report.notes.append(
                    f"Dòng nhật ký {row['id']} ghi giờ lùi so với dòng trước nó ({audit_keys.moment(row['at'])})."
                )
            latest = row["at"] if latest is None else max(latest, row["at"])
        expected, previous, report.sealed_at = link.sequence + 1, link.seal, link.sealed_at
        if len(report.faults) >= MOST_FAULTS:
            break
        report.sealed = link.sequence if not report.faults else report.sealed
    else:
        report.faults += _faults_of_the_end(expected - 1, previous, comparison, on if tail else None)
    waiting = _unsealed(everything=True)
    report.unsealed = waiting.count()
    oldest = waiting.order_by("at").values("id", "at").first()
    if tail and oldest and oldest["at"] < on - UNSEALED_FOR:
        report.faults.append(
            Fault(
                expected, oldest["id"], f"{report.unsealed} dòng chưa niêm phong, từ {audit_keys.moment(oldest['at'])}."
            )
        )
    report.faults += _put_in_twice()
    report.faults.sort(key=lambda fault: fault.sequence or expected)
    report.faults += [Fault(0, 0, message) for message in outside.faults]
    report.faults += [
        Fault(0, 0, f"Bảng {table} không còn bộ chặn sửa, xóa trong cơ sở dữ liệu.") for table in append_only.missing()
    ]
    return report


class Authorship:
    """Tells whether the portal wrote each entry, in the order of the chain.

    Entries of the time before there were signatures stand at the beginning and have none; after the first signed one
    all are signed.
    """

    def __init__(self):
        self._known, self._has_begun = audit_keys.keys(), False

    def faults_of(self, link: AuditSeal, row: dict | None) -> list[Fault]:
        if row is None or (not row["signature"] and not self._has_begun):
            return []
        self._has_begun = True
        if audit_keys.wrote_entry(row, self._known):
            return []
        message = "dòng nhật ký không do cổng ghi: chữ ký sai hoặc thiếu."
        if row["signature"] and not audit_keys.has_key_of(row, self._known):
            number = row["signature"].partition(":")[0]
            message = f"dòng nhật ký không do cổng ghi, hoặc tệp khóa của máy này thiếu khóa {number}."
        return [Fault(link.sequence, link.entry_id, message)]


def _put_in_twice() -> list[Fault]:
    """An entry copied with its signature: the database refuses it, but for whoever takes its rule away."""
    signed = AuditEntry.objects.exclude(signature="").order_by()
    twice = signed.values("signature").annotate(times=Count("pk")).filter(times__gt=1).values("signature")
    faults, seen = [], set()
    for link in AuditSeal.objects.filter(entry_id__in=signed.filter(signature__in=twice).values("pk")):
        signature = AuditEntry.objects.values_list("signature", flat=True).get(pk=link.entry_id)
        if signature in seen:
            faults.append(Fault(link.sequence, link.entry_id, "dòng nhật ký là bản chép lại của một dòng trước."))
        seen.add(signature)
    return faults


def verify_tail(links: int) -> Report:
    """Check the last links by themselves and against the chain's head; quick, and no substitute for `verify`."""
    head = AuditChain.objects.filter(name=CHAIN).first()
    if head is None or not head.count:
        return Report()
    report, expected, previous = Report(), max(1, head.count - links + 1), None
    for link, row in _links(expected - 1):
        found = _faults_of(link, row, expected, link.previous_seal if previous is None else previous)
        report.faults += found
        expected, previous, report.sealed_at = link.sequence + 1, link.seal, link.sealed_at
        report.sealed = link.sequence
    if (expected - 1, previous) != (head.count, head.seal):
        report.faults.append(Fault(expected, 0, "đầu chuỗi trong cơ sở dữ liệu không khớp với mắt xích cuối."))
    return report


def _links(last: int | None = None):
    """Yield (link, its entry as a dict or None) in the order of the chain, those after `last`."""
    links = AuditSeal.objects.order_by("sequence")
    while True:
        batch = [
            link or AuditSeal(sequence=sequence, entry_id=0)
            for sequence, link in each(links.filter(sequence__gt=last)[:BATCH] if last is not None else links[:BATCH])
        ]
        if not batch:
            return
        keys = [link.entry_id for link in batch if isinstance(link.entry_id, int)]
        entries = dict(each(AuditEntry.objects.filter(pk__in=keys)))
        for link in batch:
            entry = entries.get(link.entry_id, GONE)
            yield link, None if entry is GONE else {name: getattr(entry, name, None) for name in FIELDS}
        last = batch[-1].sequence


def each(queryset) -> Iterator[tuple[object, object]]:
    """Yield (key, row) of a queryset, in its order; None for a row that holds what its columns never could.

    SQLite lets whoever has the file write any text into any column; that one row must not hide the others.
    """
    try:
        yield from [(row.pk, row) for row in queryset]
    except UNREADABLE:
        for key in queryset.values_list("pk", flat=True):
            try:
                row = queryset.model._base_manager.get(pk=key)
            except UNREADABLE:
                row = None
            yield key, row


def _faults_of(link: AuditSeal, row: dict | None, expected: int, previous: str) -> list[Fault]:
    found = []
    if link.sequence != expected:
        found.append(Fault(expected, 0, f"thiếu mắt xích trước mắt xích {link.sequence}."))
    elif link.previous_seal != previous:
        found.append(Fault(link.sequence, link.entry_id, "mắt xích không nối với mắt xích trước nó."))
    if _of_link(link) != link.seal:
        found.append(Fault(link.sequence, link.entry_id, "mắt xích đã bị sửa."))
    if row is None:
        found.append(Fault(link.sequence, link.entry_id, "dòng nhật ký đã bị xóa."))
    elif _of_entry(row) != link.digest:
        found.append(Fault(link.sequence, link.entry_id, "dòng nhật ký đã bị sửa."))
    return found[:1]


def _of_link(link: AuditSeal) -> str:
    try:
        return link_seal(link.sequence, link.entry_id, link.digest, link.sealed_at, link.previous_seal)
    except UNREADABLE:
        return "không đọc được"


def _of_entry(row: dict) -> str:
    try:
        return entry_digest(row)
    except UNREADABLE:
        return "không đọc được"


def _faults_of_the_end(count: int, seal: str, comparison: Comparison, on: datetime | None) -> list[Fault]:
    if message := comparison.missing(count):
        return [Fault(count + 1, 0, message)]
    head = AuditChain.objects.filter(name=CHAIN).first()
    if ((head.count, head.seal) if head else (0, "")) != (count, seal):
        return [Fault(count + 1, 0, "đầu chuỗi trong cơ sở dữ liệu không khớp với mắt xích cuối.")]
    first = AuditSeal.objects.filter(sequence=comparison.reached + 1).first()
    if first is not None and on is not None and first.sealed_at < on - UNSEALED_FOR:
        message = f"{count - comparison.reached} mắt xích cuối không có đầu chuỗi nào ký bên ngoài cơ sở dữ liệu."
        return [Fault(first.sequence, first.entry_id, message)]
    return []


def _entry_of(sequence: int) -> int:
    return AuditSeal.objects.filter(sequence=sequence).values_list("entry_id", flat=True).first() or 0
