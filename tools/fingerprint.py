"""Short digests of sets of files, by which a step knows that nothing changed since it last ran."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def of_contents(paths: Iterable[Path], *more: str) -> str:
    """Digest the names and contents of `paths`, and the strings in `more`."""
    digest = hashlib.sha256("\0".join(more).encode())
    for path in sorted(paths):
        digest.update(str(path).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def of_tree(root: Path, pattern: str = "*") -> list[Path]:
    """List the files under `root` whose names match `pattern`; compiled files are left out."""
    return [
        path
        for path in root.rglob(pattern)
        if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".mo"
    ]
