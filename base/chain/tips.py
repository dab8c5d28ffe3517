"""The tips of the chains, stated outside the database after each batch and once a day, and read back."""

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.utils import timezone

from ..models.chain import Chain
from ..operations.notices import notify
from . import keys
from .canonical_json import canonical, moment

# How much of the newest file of tips is read to find its last lines.
TAIL = 65_536
# The files of a month; those of an earlier release, which have the other name, are read before them.
FILE, FILES_READ = "tips-{:%Y-%m}.log", ("heads-????-??.log", "tips-????-??.log")


def chains() -> list[type[Chain]]:
    """Return the chains of the house, that of the lowest room (the audit trail) first."""
    return [model for model in reversed(list(apps.get_models())) if issubclass(model, Chain)]


def tips() -> dict[str, tuple[int, str]]:
    """Return number of links and last seal of every chain, by its name."""
    return {chain.NAME: chain.tip() for chain in chains()}


def write_tips() -> int:
    """Append the tips that moved since the file's last lines, signed and flushed to disk; return how many lines.

    Runs after the commit: a line without its link would be taken for a cut tail, a link without its line is caught up
    by the next run.
    """
    moved = tips()
    if all(tip[0] == 0 or _last_written.get(name) == tip for name, tip in moved.items()):
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


def write_daily_tips(*, on: datetime) -> Path:
    """Write the day's tips into a signed file of their own, and mail them; return the file.

    A line among the other tips says that the file is there and what it holds. The mail and a printed copy are what
    is left when an attacker holds the whole machine.
    """
    day = timezone.localtime(on).date()
    ends = tips()
    statement = keys.sign(
        {
            "day": day.isoformat(),
            "at": moment(on),
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
    labels = {chain.NAME: chain.LABEL for chain in chains()}
    stated = [{"label": labels[name], "count": count, "seal": seal} for name, (count, seal) in ends.items()]
    notify(settings.PORTAL_AUDIT_MAIL, "daily_tips", {"day": day, "tips": stated, "statement": text})
    return path


def alarm(text: str) -> None:
    """Mail what a check found to `PORTAL_AUDIT_MAIL`, through the outbox; without addresses only the log tells."""
    notify(settings.PORTAL_AUDIT_MAIL, "seals_alarm", {"found": text})


def give_up_links(reason: str) -> int:
    """State, signed, that chains are shorter than was stated and why; return how many links are given up.

    The statement stays in the files permanently; from then on what was stated beyond it no longer counts.
    """
    lost = 0
    with _appending(timezone.now()) as append:
        stated = {name: rows[-1].count for name, rows in read_tips().of_chain.items() if rows}
        for name, (count, seal) in tips().items():
            if stated.get(name, 0) > count:
                lost += stated[name] - count
                append({"chain": name, "count": count, "seal": seal, "restored": True, "reason": reason})
    return lost


# What this process wrote last: saves reading the file every second.
_last_written: dict[str, tuple[int, str]] = {}


@contextmanager
def _appending(on: datetime) -> Iterator[Callable[[dict], None]]:
    """Hold the month's file alone and give a function that appends a signed statement to it; flush it to disk."""
    path = Path(settings.PORTAL_SEALS) / FILE.format(timezone.localtime(on))
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        previous = _last_lines().get("", (0, ""))[1]

        def append(statement: dict) -> None:
            nonlocal previous
            signed = keys.sign({**statement, "at": moment(on), "previous": previous})
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


def _files() -> list[Path]:
    """The files of all months in their order; a month in which the release changed has two."""
    folder = Path(settings.PORTAL_SEALS)
    found = [path for pattern in FILES_READ for path in folder.glob(pattern)]
    return sorted(found, key=lambda path: (path.stem.partition("-")[2], path.name))


def _last_lines() -> dict[str, tuple[int, str]]:
    """The newest line of each chain within the last `TAIL` bytes: {name: (count, seal), "": (0, last signature)}.

    A chain that moved long ago is not found; its tip is then stated once more, which does no harm.
    """
    found = {}
    for path in reversed(_files()):
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
class Tip:
    """One statement outside the database: after `count` links the seal was `seal`; `where` it stands."""

    count: int
    seal: str
    where: str


@dataclass
class Tips:
    """All statements, by chain, in the order of their counts, and what is wrong with the files themselves."""

    of_chain: dict[str, list[Tip]] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)
    restored_at: str = ""


def read_tips() -> Tips:
    """Read and check the files of tips and the daily files; a restore that was accepted takes back later statements."""
    known, found, previous, files = keys.keys(), Tips(), "", {}
    for path in _files():
        for number, line in enumerate(path.read_bytes().splitlines(), start=1):
            where = f"{path.name} dòng {number}"
            statement = _parsed(line)
            if statement is None:
                # A line cut off by a crash was never followed by one that names it; the next line shows it.
                continue
            if not keys.is_genuine(statement, known):
                found.violations.append(f"{where}: chữ ký sai.")
                continue
            if statement["previous"] != previous:
                found.violations.append(f"{where}: thiếu dòng ngay trước đó.")
            previous = statement["signature"]
            if "file" in statement:
                files[statement["file"]] = statement["digest"]
                continue
            rows = found.of_chain.setdefault(statement["chain"], [])
            if statement.get("restored"):
                rows[:] = [tip for tip in rows if tip.count <= statement["count"]]
                found.restored_at = max(found.restored_at, statement["at"])
            rows.append(Tip(statement["count"], statement["seal"], where))
    daily = {path.name: path for path in sorted(Path(settings.PORTAL_SEALS).glob("????-??-??.json"))}
    found.violations += [f"{name}: thiếu tệp đầu chuỗi của ngày." for name in sorted(files.keys() - daily.keys())]
    for path in daily.values():
        data = path.read_bytes()
        statement = _parsed(data)
        if statement is None or not keys.is_genuine(statement, known):
            found.violations.append(f"{path.name}: chữ ký sai.")
        elif sha256(data).hexdigest() != files.get(path.name, sha256(data).hexdigest()):
            found.violations.append(f"{path.name}: không phải tệp đã ghi trong ngày.")
        elif statement["at"] > found.restored_at:
            for name, tip in statement["heads"].items():
                if tip["count"]:
                    found.of_chain.setdefault(name, []).append(Tip(tip["count"], tip["seal"], path.name))
    for rows in found.of_chain.values():
        rows.sort(key=lambda tip: tip.count)
    return found
