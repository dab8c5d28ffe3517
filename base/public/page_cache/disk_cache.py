"""Cached pages on the disk, from which the processes of one server take what another of them has made."""

import contextlib
import fcntl
import json
import logging
import os
import shutil
import socket
import time
from hashlib import blake2b
from pathlib import Path
from threading import get_ident

from ..gone.sharing import demand_own_disk
from .copies import Answer, Copy

logger = logging.getLogger(__name__)

# Places on the disk: a page that comes to a taken one replaces the other.
PLACES = 4096
LARGEST_BYTES = 384 * 1024
# What another machine, or one of another name, left in the same folder.
MOST_AGE_SECONDS = 24 * 60 * 60
# Another number after each start of the machine.
BOOT = Path("/proc/sys/kernel/random/boot_id")


class DiskCache:
    """Copies in files of one folder, each at a place that follows from its key.

    A copy is judged by who takes it, by its generations and the counter of the journal, like one in memory. It expires
    by the monotonic clock, which the processes of a machine share. Nothing here ever fails: what cannot be written or
    read is made anew. Raises OSError only where the folder cannot be made.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._claims = os.open(folder / "claims", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def put(self, key: tuple, copy: Copy, params: frozenset) -> None:
        """Lay a copy down for the other processes."""
        if copy.size > LARGEST_BYTES:
            return
        file = self._file(key)
        unfinished = file.with_suffix(f".{os.getpid()}-{get_ident()}")
        try:
            data = packed(key, copy, params)
            try:
                unfinished.write_bytes(data)
            except FileNotFoundError:
                # The folder was deleted to make room on the disk.
                self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                unfinished.write_bytes(data)
            unfinished.rename(file)
        except (OSError, TypeError, ValueError) as error:
            logger.warning("A kept page cannot be laid down for the other processes: %s", error)
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)

    def get(self, key: tuple) -> tuple[Copy, frozenset] | None:
        """Return the copy of a key and the parameters of its page; whether it is still good, the caller must judge."""
        try:
            with self._file(key).open("rb") as file:
                header = json.loads(file.readline())
                return unpacked(header, file.read()) if tuple(header["key"]) == key else None
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, IndexError):
            logger.exception("A kept page that another process laid down cannot be read.")
            return None

    def remove(self, key: tuple) -> None:
        """Take away the copy of a key; another one that lies at its place stays."""
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            with self._file(key).open("rb") as file:
                is_its = tuple(json.loads(file.readline())["key"]) == key
            if is_its:
                self._file(key).unlink(missing_ok=True)

    def claim(self, key: tuple) -> bool:
        """Tell the other processes that the page of a key is made here; False where one of them makes it.

        The kernel gives back the claims of a process that died.
        """
        try:
            fcntl.lockf(self._claims, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _place(key))
        except BlockingIOError:
            return False
        except OSError:
            pass
        return True

    def release(self, key: tuple) -> None:
        """End a claim."""
        with contextlib.suppress(OSError):
            fcntl.lockf(self._claims, fcntl.LOCK_UN, 1, _place(key))

    def _file(self, key: tuple) -> Path:
        return self.folder / f"{_place(key):04}"


def disk_cache_of_this_server(root: Path, made_by: Path) -> DiskCache | None:
    """Return the disk cache of the server that this process belongs to; None where there can be none.

    Each server has a folder of its own under `root`, named after machine, first process and the moment at which
    `made_by` (what each new release writes) was written: pages of another release, or of another server, are never
    taken. What servers left that have ended is removed. A process whose parent is the first one of the machine, or is
    not to be seen, is no worker of a server.
    """
    try:
        parent = os.getppid()
        life = _life(parent) if parent > 1 else ""
        if not life:
            return None
        demand_own_disk(root)
        own = root / socket.gethostname() / f"{life}-{made_by.stat().st_mtime_ns if made_by.exists() else 0}"
        _tidy(root, own.parent)
        return DiskCache(own)
    except OSError:
        logger.warning("Processes of this server cannot share the pages that they made.", exc_info=True)
        return None


def _tidy(root: Path, own: Path) -> None:
    """Remove the folders of servers of this machine that have ended, and those of machines not heard of for a day."""
    for folder in own.iterdir() if own.exists() else ():
        process, _, _rest = folder.name.partition("-")
        if process.isdecimal() and not folder.name.startswith(f"{_life(int(process)) or 'none'}-"):
            shutil.rmtree(folder, ignore_errors=True)
    for machine in root.iterdir() if root.exists() else ():
        if machine != own and machine.is_dir():
            written = [folder.stat().st_mtime for folder in (machine, *machine.iterdir())]
            if max(written) < time.time() - MOST_AGE_SECONDS:
                shutil.rmtree(machine, ignore_errors=True)


def _life(process: int) -> str:
    """The number of a process, the moment it began and the start of the machine: no other process has the same three.

    "" for a process that has ended.
    """
    try:
        # The name of the process is in brackets and may hold any character.
        began = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19]
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return f"{process}-{began}-{BOOT.read_text().strip()}"


def packed(key: tuple, copy: Copy, params: frozenset) -> bytes:
    """Return a copy as bytes: a line of JSON, then the bodies."""
    answers = list(dict.fromkeys(copy.answers))
    header = {
        "key": key,
        "params": sorted(params),
        "status": copy.status,
        "conditional": copy.conditional,
        "answers": [[one.etag, one.headers, one.headers_of_304, len(one.body)] for one in answers],
        "order": [answers.index(one) for one in copy.answers],
        "generations": copy.generations,
        "stamp": copy.stamp.hex(),
        "expires": copy.expires,
        "size": copy.size,
        "cost": copy.cost,
        "changes": copy.changes,
    }
    return b"".join([json.dumps(header).encode(), b"\n", *(one.body for one in answers)])


def unpacked(header: dict, bodies: bytes) -> tuple[Copy, frozenset]:
    """Return a copy and the parameters of its page, from what `packed` made.

    Raises ValueError, KeyError, TypeError or IndexError for what is none.
    """
    answers, at = [], 0
    for etag, headers, headers_of_304, length in header["answers"]:
        body = bodies[at : at + length]
        if len(body) != length:
            raise ValueError("cut short")
        answers.append(Answer(body, etag, [tuple(pair) for pair in headers], [tuple(pair) for pair in headers_of_304]))
        at += length
    copy = Copy(
        header["status"],
        header["conditional"],
        tuple(answers[number] for number in header["order"]),
        tuple((site, tuple(borne)) for site, borne in header["generations"]),
        None,
        bytes.fromhex(header["stamp"]),
        header["expires"],
        header["size"],
        0.0,
    )
    copy.cost, copy.changes = header["cost"], header["changes"]
    return copy, frozenset(header["params"])


def _place(key: tuple) -> int:
    return int.from_bytes(blake2b(repr(key).encode(), digest_size=4).digest()) % PLACES
