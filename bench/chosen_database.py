"""The database and settings of a command of this folder, named in the environment before Django is set up."""

import contextlib
import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@contextlib.contextmanager
def database_of(kind: str) -> Iterator[None]:
    """Name the database: "sqlite" is the settings' own, a "postgresql" is started for this run and thrown away."""
    if kind == "sqlite":
        os.environ["DATABASE_URL"] = ""
        yield
        return
    sys.path.insert(0, str(ROOT / "tools"))
    import postgres  # noqa: PLC0415  only where it is wanted

    with postgres.server() as url:
        os.environ["DATABASE_URL"] = url
        yield


@contextlib.contextmanager
def own_portal_folder(kind: str = "sqlite", **more: str) -> Iterator[Path]:
    """Set up a portal of its own over plain HTTP, its database a `kind`; give its `var` folder, thrown away at the end.

    `more`: further variables of the environment.
    """
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as var:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "config.settings.production",
            "PORTAL_VAR": var,
            "PYTHONPATH": str(ROOT),
            "PORTAL_HOST": "localhost",
            "PORTAL_HTTPS": "false",
            "SECRET_KEY": secrets.token_urlsafe(64),
            "PORTAL_LOG_LEVEL": "ERROR",
            "PORTAL_DEMO": "true",
        } | more
        with database_of(kind):
            yield Path(var)
