"""The tips of the chains, stated outside the database after each batch and once a day; who may accept a restore."""

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from ..models import AuditChain
from ..operations.notices import notify
from . import keys
from .canonical_json import canonical
from .trail import record

CHAIN = "audit"
# How much of the newest heads' file is read to find its last lines.
TAIL = 65_536

# What reading a value raises that its column could not hold.
UNREADABLE = (AttributeError, TypeError, ValueError)

_chains: dict[str, Callable[[], tuple[int, str]]] = {}
_labels: dict[str, str] = {CHAIN: "Nhật ký kiểm tra"}


def register_chain(name: str, head: Callable[[], tuple[int, str]], *, label: str) -> None:
    """Let another room's chain put its head beside that of the trail; `head` returns (number of links, last seal).

    `label` is what the daily mail calls it.
    """
    _chains[name] = head
    _labels[name] = label


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
    statement = keys.sign(
        {
            "day": day.isoformat(),
            "at": keys.moment(on),
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
    tips = [{"label": _labels[name], "count": count, "seal": seal} for name, (count, seal) in ends.items()]
    notify(settings.PORTAL_AUDIT_MAIL, "daily_tips", {"day": day, "tips": tips, "statement": text})
    return path


def alarm(text: str) -> None:
    """Mail what a check found to `PORTAL_AUDIT_MAIL`, through the outbox; without addresses only the log tells."""
    notify(settings.PORTAL_AUDIT_MAIL, "seals_alarm", {"found": text})


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
            signed = keys.sign({**statement, "at": keys.moment(on), "previous": previous})
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
    known, found, previous, files = keys.keys(), Heads(), "", {}
    for path in _heads_files():
        for number, line in enumerate(path.read_bytes().splitlines(), start=1):
            where = f"{path.name} dòng {number}"
            statement = _parsed(line)
            if statement is None:
                # A line cut off by a crash was never followed by one that names it; the next line shows it.
                continue
            if not keys.is_genuine(statement, known):
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
        if statement is None or not keys.is_genuine(statement, known):
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
