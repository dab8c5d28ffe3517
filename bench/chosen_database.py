"""The database of a command of this folder, named in the environment before Django is set up."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def database_of(kind: str) -> Iterator[None]:
    """Name the database: "sqlite" is the settings' own, a "postgresql" is started for this run and thrown away."""
    if kind == "sqlite":
        os.environ["DATABASE_URL"] = ""
        yield
        return
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tools"))
    import postgres  # noqa: PLC0415  only where it is wanted

    with postgres.server() as url:
        os.environ["DATABASE_URL"] = url
        yield
