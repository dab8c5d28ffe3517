"""How the machines of one portal tell each other what went, without the database: by a file in a folder of all.

It is opened anew for each look, because that is when a network folder says what others have written. The counter in
memory cannot be shared that way: the processes of one machine alone see the same memory. What is old is cut off by
writing another file in its place; its first line has another number, so a machine that had read the former begins anew.
"""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote, unquote

# The kind of the first line of a file that was cut.
BEGUN = "begun"
NETWORK = frozenset("nfs nfs4 cifs smb3 smbfs ceph glusterfs fuse.glusterfs fuse.sshfs 9p ocfs2 gfs2 lustre".split())


class SharedLog:
    """The file `entries.log`: one entry a line, with the machine that wrote it. Methods raise OSError."""

    def __init__(self, folder: Path):
        self._path = folder / "entries.log"

    def append(self, entry: dict) -> None:
        """Add an entry, on the disk when this returns."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._held() as handle:
            os.write(handle, _line(entry))
            os.fsync(handle)

    def join(self, machine: str) -> None:
        """Note the name of a machine that shares the folder."""
        folder = self._path.parent / "machines"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / quote(machine, safe="")).touch()

    def machines(self) -> set[str]:
        """Return the names of all machines that ever shared the folder."""
        return {unquote(name) for name in os.listdir(self._path.parent / "machines")}

    def state(self) -> tuple[int, int]:
        """Return the number of the file and how long it is; (0, 0) before the first entry.

        Raises OSError when its folder is away.
        """
        try:
            with open(self._path, "rb") as handle:
                return _number(handle.readline()), os.fstat(handle.fileno()).st_size
        except FileNotFoundError:
            os.stat(self._path.parent)
            return 0, 0

    def after(self, number: int, offset: int) -> tuple[list[dict], tuple[int, int]]:
        """Return the entries that begin at or after `offset` of the file `number`, and where the last whole one ends.

        When another file took its place, or it is shorter by now, all that there are. A line that is none is an entry
        without a kind.
        """
        with open(self._path, "rb") as handle:
            found, size = _number(handle.readline()), os.fstat(handle.fileno()).st_size
            offset = offset if (found == number and offset <= size) else 0
            handle.seek(offset)
            text = handle.read()
        whole = text[: text.rfind(b"\n") + 1]
        entries = [_read(line) for line in whole.splitlines()]
        return [entry for entry in entries if entry.get("kind") != BEGUN], (found, offset + len(whole))

    def cut(self, *, before: float, shorten: Callable[[dict], dict]) -> bool:
        """Write it anew without what stands above the first entry of a moment, the others as `shorten` returns them.

        Return whether anything changed. `before`: seconds since 1970. Who appends meanwhile waits, and appends to the
        new file.
        """
        if not self._path.exists():
            return False
        with self._held():
            lines = self._path.read_bytes().splitlines()
            entries = [entry for entry in map(_read, lines) if entry.get("kind") != BEGUN]
            young = next((at for at, entry in enumerate(entries) if _moment(entry) >= before), len(entries))
            shortened = [shorten(entry) for entry in entries[young:]]
            if shortened == entries:
                return False
            unfinished = self._path.with_suffix(".new")
            with open(unfinished, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as handle:
                handle.writelines(map(_line, [{"kind": BEGUN, "log": time.time_ns() // 1000}, *shortened]))
                handle.flush()
                os.fsync(handle.fileno())
            unfinished.rename(self._path)
        return True

    @contextlib.contextmanager
    def _held(self) -> Iterator[int]:
        """Open the file for appending and keep others from it."""
        while True:
            handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX)
                if self._is_still(handle):
                    yield handle
                    return
            finally:
                os.close(handle)

    def _is_still(self, handle: int) -> bool:
        """Whether no other file took the place of an open one while it was waited for."""
        try:
            found, ours = os.stat(self._path), os.fstat(handle)
        except FileNotFoundError:
            return False
        return (found.st_dev, found.st_ino) == (ours.st_dev, ours.st_ino)


def demand_own_disk(folder: Path) -> None:
    """Raise OSError when a folder lies on a disk of the network, whose memory the machines do not share."""
    try:
        mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    except OSError:
        return
    path = folder.resolve()
    kinds = {mount[1]: mount[2] for mount in mounts if path.is_relative_to(mount[1])}
    if kinds and kinds[max(kinds, key=len)] in NETWORK:
        raise OSError(0, "thư mục nằm trên ổ mạng; hãy đặt PORTAL_GONE trên ổ của chính máy này")


def _line(entry: dict) -> bytes:
    return json.dumps(entry, ensure_ascii=False).encode() + b"\n"


def _read(line: bytes) -> dict:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return entry if isinstance(entry, dict) else {}


def _number(first_line: bytes) -> int:
    """The number of a file by its first line; 0 for one that was never cut."""
    entry = _read(first_line)
    number = entry.get("log") if entry.get("kind") == BEGUN else 0
    return number if isinstance(number, int) and 0 <= number < 2**64 else 0


def _moment(entry: dict) -> float:
    """When an entry was noted; never, for what says nothing of it."""
    moment = entry.get("at")
    return moment if isinstance(moment, int | float) else float("-inf")
