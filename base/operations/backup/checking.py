"""Whether a backup is what was written: by its checksums, and with a private key by opening all of it.

1. `check_written`, in each run, before the backup exists: its parts and new objects are read back from the disk; of the
older objects a seventh, another one each day, and of all others whether they are there with their size. 2. `check`, by
`manage.py backup --check`: everything is read; with a private key it is decrypted too and compared with the contents.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from ...chain import keys
from . import age_file
from .dumping import POSTGRESQL, expanded, program
from .target import CONTENTS, DATABASE, MANIFEST, Backup, BackupFailed, Target, file_digest, read

# All old objects are read again within these runs.
TURNS = 7


def check_written(there: Target, folder: Path, new: set[str]) -> None:
    """Read a backup back before it gets its name. Raises BackupFailed."""
    backup, turn = read(folder), datetime.now(UTC).toordinal() % TURNS
    _check_parts(backup)
    _check_objects(there, backup, lambda name: name in new or int(name[:4], 16) % TURNS == turn)


def check(there: Target, backup: Backup, identities: list | None = None, known: dict[str, bytes] | None = None) -> int:
    """Read a whole backup, with private keys decrypted; return how many files it holds. Raises BackupFailed.

    `known`: the keys of the chains, those of this machine unless given; without any, who signed it is not looked at.
    """
    known = keys.keys() if known is None else known
    if known:
        demand_genuine(backup, known)
    _check_parts(backup)
    _check_objects(there, backup, lambda _name: True)
    if identities:
        _facts, files = contents(backup, identities)
        for file in files:
            for _piece in content_of(there, file, identities):
                pass
        _check_database(backup, identities)
    return backup.manifest["files"]


def demand_genuine(backup: Backup, known: dict[str, bytes]) -> None:
    """Raise BackupFailed unless a known key of the chains signed the manifest: a public key lets anyone encrypt."""
    if not keys.is_genuine(backup.manifest, known):
        raise BackupFailed(
            f"Bản sao lưu {backup.name} không do cổng này ký, hoặc thiếu khóa (--keys): không dùng bản này."
        )


def contents(backup: Backup, identities: list) -> tuple[dict, list[dict]]:
    """Return what a backup says of its database, and its files (`taking.Stored` as dicts)."""
    text = b"".join(expanded(decrypted(backup.folder / CONTENTS, identities)))
    facts, *files = [json.loads(line) for line in text.splitlines()]
    return facts, files


def content_of(there: Target, file: dict, identities: list) -> Iterator[bytes]:
    """Yield the content of one file of a backup. Raises BackupFailed when it is not what was stored."""
    found = sha256()
    for piece in decrypted(there.path(file["object"]), identities):
        found.update(piece)
        yield piece
    if found.hexdigest() != file["sha256"]:
        raise BackupFailed(
            f"Tệp {file['area']}/{file['path']} trong bản sao lưu không khớp mã băm: bản sao lưu bị hỏng."
        )


def decrypted(path: Path, identities: list) -> Iterator[bytes]:
    """Yield the text of an encrypted file of a backup. Raises BackupFailed with what to do."""
    try:
        with open(path, "rb") as source:
            yield from age_file.decrypt(source, identities)
    except age_file.WrongKey as error:
        raise BackupFailed(
            "Khóa riêng không mở được bản sao lưu này; hãy dùng tệp khóa ứng với khóa công khai ghi trong tệp kê khai "
            f"({MANIFEST}, «recipients»)."
        ) from error
    except age_file.Damaged as error:
        raise BackupFailed(f"Tệp {path.name} của bản sao lưu bị hỏng hoặc bị sửa: không dùng bản này.") from error
    except FileNotFoundError as error:
        raise BackupFailed(f"Bản sao lưu thiếu tệp {path.name}.") from error


def _check_parts(backup: Backup) -> None:
    for name, stated in backup.manifest["parts"].items():
        path = backup.folder / name
        _drop_from_memory(path)
        if not path.exists() or file_digest(path) != stated["sha256"]:
            raise BackupFailed(f"Phần {name} của bản sao lưu {backup.name} bị hỏng hoặc bị sửa: không dùng bản này.")


def _check_objects(there: Target, backup: Backup, is_read: Callable[[str], bool]) -> None:
    damaged = []
    for name, size in backup.objects():
        path = there.path(name)
        # Written anew for another number of keys, it has another size.
        is_whole = path.exists() and (path.stem != name or path.stat().st_size == size)
        if is_whole and is_read(name):
            _drop_from_memory(path)
            is_whole = file_digest(path)[:32] == path.stem.partition(".")[2]
        if not is_whole:
            damaged.append(path)
    if damaged:
        there.set_aside(damaged)
        raise BackupFailed(
            f"{len(damaged)} tệp trong {there.folder} bị hỏng hoặc mất (đầu tiên: {damaged[0].name}); đã để riêng ra. "
            "Hãy kiểm tra ổ đĩa; lần sao lưu sau ghi lại chúng từ tệp của cổng."
        )


def _check_database(backup: Backup, identities: list) -> None:
    pieces = decrypted(backup.folder / DATABASE, identities)
    if backup.manifest["database"] != POSTGRESQL:
        for _piece in expanded(pieces):
            pass
        return
    # The whole dump is read and written as commands to nowhere.
    with tempfile.TemporaryFile() as errors:
        command = [program("pg_restore"), "--file=/dev/null"]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=errors, stderr=errors)
        try:
            for piece in pieces:
                process.stdin.write(piece)
        except BrokenPipeError:
            pass
        finally:
            process.stdin.close()
            process.wait()
        if process.returncode:
            raise BackupFailed(f"pg_restore không đọc được bản sao lưu {backup.name}.")


def _drop_from_memory(path: Path) -> None:
    """Let the next reading come from the disk, not from what the system remembers of the writing."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(handle)
