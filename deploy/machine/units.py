"""The units of systemd: from the templates of `deploy/systemd/`, for one release."""

import os
from pathlib import Path

from . import places
from .actions import Run, Write
from .answers import Answers

TEMPLATES = Path(__file__).resolve().parents[1] / "systemd"
NAMES = ("portal-web@.service", "portal-jobs.service", "portal-backup.service")
JOBS = "portal-jobs.service"
RELOAD = Run(("systemctl", "daemon-reload"))


def web(port: int) -> str:
    """Return the name of the unit of one of the servers."""
    return f"portal-web@{port}.service"


def files(answers: Answers, release: Path) -> tuple[Write, ...]:
    """Return the units of a release. They name its folder, so that what runs never loads a part of another one."""
    return tuple(Write(places.UNITS / name, text_of(name, answers, release)) for name in NAMES)


def text_of(name: str, answers: Answers, release: Path) -> str:
    """Return the text of a unit; the periodic work alone may open connections to other machines, and backs up."""
    folders = [places.VAR, places.SEALS, places.KEYS]
    if name != "portal-web@.service":
        named = (answers.get(setting) for setting in ("PORTAL_BACKUP", "PORTAL_BACKUP_KEYS"))
        # A disk of backups that is not mounted stops no periodic work.
        folders += [f"-{folder}" for folder in named if folder]
    outgoing = answers.get("INSTALL_OUTGOING", "").replace(",", " ") if name == JOBS else ""
    values = {
        "@HARDENING@": (TEMPLATES / "hardening.conf").read_text(encoding="utf-8").rstrip(),
        "@RELEASE@": str(release),
        "@WRITABLE@": " ".join(map(str, folders)),
        "@OUTGOING@": outgoing,
        "@WORKERS@": str(workers()),
    }
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    for placeholder, value in values.items():
        text = text.replace(placeholder, value)
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def workers() -> int:
    """Return how many processes each of the servers has: together one a processor, eight at most."""
    return max(1, min(8, os.cpu_count() or 1) // len(places.PORTS))
