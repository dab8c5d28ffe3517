"""How the machines of one portal tell each other what went, without the database: by a file in a folder of all.

It is opened anew for each look, because that is when a network folder says what others have written. The counter in
memory cannot be shared that way: the processes of one machine alone see the same memory.
"""

import fcntl
import json
import os
from pathlib import Path

NETWORK = frozenset("nfs nfs4 cifs smb3 smbfs ceph glusterfs fuse.glusterfs fuse.sshfs 9p ocfs2 gfs2 lustre".split())


class SharedLog:
    """The file `entries.log`: one entry a line, with the machine that wrote it. Methods raise OSError."""

    def __init__(self, folder: Path):
        self._path = folder / "entries.log"

    def append(self, entry: dict) -> None:
        """Add an entry, on the disk when this returns."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            os.write(handle, json.dumps(entry, ensure_ascii=False).encode() + b"\n")
            os.fsync(handle)
        finally:
            os.close(handle)

    def size(self) -> int:
        """How long it is now; 0 before the first entry. Raises OSError when its folder is away."""
        try:
            handle = os.open(self._path, os.O_RDONLY)
        except FileNotFoundError:
            os.stat(self._path.parent)
            return 0
        try:
            return os.fstat(handle).st_size
        finally:
            os.close(handle)

    def after(self, offset: int) -> tuple[list[dict], int]:
        """Return the entries that begin at or after `offset`, and where the last whole one ends.

        A line that is none is an entry without a kind.
        """
        with open(self._path, "rb") as handle:
            handle.seek(offset)
            text = handle.read()
        whole = text[: text.rfind(b"\n") + 1]
        return [_read(line) for line in whole.splitlines()], offset + len(whole)


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


def _read(line: bytes) -> dict:
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}
