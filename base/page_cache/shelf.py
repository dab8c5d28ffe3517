"""Kept pages on the disk, from which the processes of one server take what another of them has made."""

import contextlib
import fcntl
import json
import logging
import os
import shutil
import socket
from hashlib import blake2b
from pathlib import Path

from .copies import Answer, Copy

logger = logging.getLogger(__name__)

# Places on the shelf: a page that comes to a taken one pushes the other out.
PLACES = 2048
LARGEST_BYTES = 2 * 1024 * 1024
# Another number after each start of the machine.
BOOT = Path("/proc/sys/kernel/random/boot_id")


class Shelf:
    """Copies in files of one folder, each at a place that follows from its key.

    A copy is judged by who takes it, by its generations and the counter of the journal, like one in memory. It expires
    by the monotonic clock, which the processes of a machine share. Nothing here ever fails: what cannot be written or
    read is made anew.
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
        unfinished = file.with_suffix(f".{os.getpid()}")
        try:
            unfinished.write_bytes(packed(key, copy, params))
            unfinished.rename(file)
        except OSError:
            logger.warning("A kept page cannot be laid down for the other processes.")
            unfinished.unlink(missing_ok=True)

    def get(self, key: tuple) -> tuple[Copy, frozenset] | None:
        """Return the copy of a key and the parameters of its page; whether it is still good, the caller must judge."""
        try:
            return unpacked(self._file(key).read_bytes(), key)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, IndexError):
            logger.exception("A kept page that another process laid down cannot be read.")
            return None

    def remove(self, key: tuple) -> None:
        """Take away what lies at the place of a key."""
        with contextlib.suppress(OSError):
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


def shelf_of_this_server(root: Path, made_by: Path) -> Shelf | None:
    """Return the shelf of the server that this process belongs to; None where there can be none.

    Each server has a folder of its own under `root`, named after machine, first process and the moment at which
    `made_by` (what each new release writes) was written: pages of another release, or of another server, are never
    taken. The folders of servers of this machine that have ended are removed.
    """
    root /= socket.gethostname()
    try:
        parent = os.getppid()
        own = f"{_life(parent)}-{made_by.stat().st_mtime_ns if made_by.exists() else 0}"
        for folder in root.iterdir() if root.exists() else ():
            life = folder.name.rpartition("-")[0]
            if folder.name != own and (_life(int(life.partition("-")[0])) != life or life == _life(parent)):
                shutil.rmtree(folder, ignore_errors=True)
        return Shelf(root / own)
    except (OSError, ValueError):
        logger.warning("Processes of this server cannot share the pages that they made.", exc_info=True)
        return None


def _life(process: int) -> str:
    """The number of a process, the moment it began and the start of the machine: no other process has the same three.

    "" for a process that has ended.
    """
    try:
        # The name of the process stands in brackets and may hold anything.
        began = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19]
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return f"{process}-{began}-{BOOT.read_text().strip()}"


def packed(key: tuple, copy: Copy, params: frozenset) -> bytes:
    """Return a copy as bytes: a line of JSON, then the bodies."""
    answers = list(dict.fromkeys(copy.answers))
    head = {
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
    return b"".join([json.dumps(head).encode(), b"\n", *(one.body for one in answers)])


def unpacked(data: bytes, key: tuple) -> tuple[Copy, frozenset] | None:
    """Return a copy from its bytes, and the parameters of its page; None where it is of another key.

    Raises ValueError, KeyError, TypeError or IndexError for bytes that are none.
    """
    line, _, bodies = data.partition(b"\n")
    head = json.loads(line)
    if tuple(head["key"]) != key:
        return None
    answers, at = [], 0
    for etag, headers, headers_of_304, length in head["answers"]:
        body = bodies[at : at + length]
        if len(body) != length:
            raise ValueError("cut short")
        answers.append(Answer(body, etag, [tuple(pair) for pair in headers], [tuple(pair) for pair in headers_of_304]))
        at += length
    copy = Copy(
        head["status"], head["conditional"], tuple(answers[number] for number in head["order"]),
        tuple((site, tuple(borne)) for site, borne in head["generations"]), None, bytes.fromhex(head["stamp"]),
        head["expires"], head["size"], 0.0,
    )  # fmt: skip
    copy.cost, copy.changes = head["cost"], head["changes"]
    return copy, frozenset(head["params"])


def _place(key: tuple) -> int:
    return int.from_bytes(blake2b(repr(key).encode(), digest_size=4).digest()) % PLACES
