"""A release on the machine: its own folder with its own libraries, never changed once it is made.

1. `prepare`: copied from where this program lies, libraries by their digests, those too that a setting asks for,
translations and modules compiled. 2. `migrate`: as the owner of the tables. 3. `serve`: units, then each server in
turn: out of nginx, started anew, asked until it is ready, back into nginx; the periodic work last. No request is lost:
the other one answers meanwhile. What broke off is known by `places.UNDER_WAY`, and goes on. 4. `prune`: older ones go,
but the two that may have to come back.
"""

import hashlib
import shutil
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

from . import front, places, units
from .actions import Failed, Link, Machine, Pause, Ready, Remove, Run, Write
from .answers import Answers, settings_text
from .steps import Step

SOURCE = Path(__file__).resolve().parents[2]
# What a machine that serves does not need, or what belongs to the machine that it was copied from.
NOT_COPIED = {".git", ".env", "var", "tests", "bench", "node_modules", "__pycache__"}
RELEASES_RETAINED = 3
# Requests that nginx had sent to a server before it was taken out; granian finishes those that came.
DRAIN_SECONDS = 3
UPGRADE, ROLLBACK = "upgrade", "rollback"
# A setting, the libraries without which the start stops then (`config/settings/production.py`), and where they stand.
EXTRAS = (
    ("PORTAL_OIDC_ISSUER", "authlib, joserfc", "requirements-sso.lock"),
    ("PORTAL_TRACES_URL", "opentelemetry.sdk, opentelemetry.exporter.otlp", "requirements-tracing.lock"),
    ("PORTAL_CACHE_URL", "redis", "requirements-redis.lock"),
    ("PORTAL_S3_BUCKET", "storages, boto3", "requirements-s3.lock"),
    ("PORTAL_BACKUP_S3_BUCKET", "storages, boto3", "requirements-s3.lock"),
)


def name_of(source: Path) -> str:
    """Return the name of a release: its version and a digest of what is in it."""
    digest = hashlib.sha256()
    for path in _files(source):
        digest.update(f"{path.relative_to(source)}\0".encode())
        digest.update(path.read_bytes())
    version = tomllib.loads((source / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    return f"{version}-{digest.hexdigest()[:12]}"


def folder_of(name: str) -> Path:
    """Return where a release lies."""
    return places.RELEASES / name


@dataclass(frozen=True)
class Copy:
    """The files of a release, whole or not at all."""

    source: Path
    release: Path

    def is_done(self, machine: Machine) -> bool:
        return machine.place(self.release).is_dir()

    def do(self, machine: Machine) -> None:
        written = machine.place(self.release.with_name(f".{self.release.name}.new"))
        shutil.rmtree(written, ignore_errors=True)
        for path in _files(self.source):
            target = written / path.relative_to(self.source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
            # The service reads them, whatever the account that unpacked them lets others do.
            target.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
        for folder in (written, *(path for path in written.rglob("*") if path.is_dir())):
            folder.chmod(0o755)
        written.replace(machine.place(self.release))

    def line(self) -> str:
        return f"chép {self.source} → {self.release}"


@dataclass(frozen=True)
class Prune:
    """Remove releases that are neither the one that runs nor the one before it nor among the newest."""

    def _old(self, machine: Machine) -> list[Path]:
        stay = {machine.place(link).resolve().name for link in (places.CURRENT, places.PREVIOUS)}
        found = [path for path in machine.place(places.RELEASES).glob("*") if not path.is_symlink()]
        found.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        return [path for path in found[RELEASES_RETAINED:] if path.name not in stay]

    def is_done(self, machine: Machine) -> bool:
        return not self._old(machine)

    def do(self, machine: Machine) -> None:
        for path in self._old(machine):
            shutil.rmtree(path)

    def line(self) -> str:
        return f"bỏ các bản cũ trong {places.RELEASES}"


def prepare(answers: Answers, source: Path, release: Path) -> Step:
    """Copy, install the libraries, compile."""
    python = str(release / ".venv" / "bin" / "python")
    return Step(
        f"Bản phát hành {release.name}",
        (
            Copy(source, release),
            Link(release / ".env", places.SETTINGS),
            Run(
                ("/usr/bin/python3", str(release / "tools" / "bootstrap.py")),
                unless=lambda machine: machine.place(release / ".venv" / "portal-run.sha256").exists(),
            ),
            *extras(answers, release),
            Run((python, str(release / "locale" / "compile.py"))),
            # The service may not write beside its modules.
            Run((python, "-m", "compileall", "-q", "-x", r"/\.venv/", str(release))),
        ),
    )


def extras(answers: Answers, release: Path) -> tuple[Run, ...]:
    """Install what the settings ask for beyond the libraries of every portal: each release has libraries of its own."""
    python = str(release / ".venv" / "bin" / "python")
    install = (python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r")

    def is_there(modules: str):
        return lambda machine: bool(machine.answers(python, "-c", f"import {modules}; print(1)"))

    return tuple(
        Run((*install, str(release / lock)), unless=is_there(modules))
        for setting, modules, lock in EXTRAS
        if answers.get(setting)
    )


def manage(release: Path, *words: str, account: str = places.ACCOUNT) -> Run:
    """Return a command of `manage.py`; the owner of the tables has no rights on the folders of the cache."""
    own = ("DATABASE_URL", places.database_url(places.OWNER)), ("PORTAL_CACHE_URL", "locmemcache://")
    return Run(
        (str(release / ".venv" / "bin" / "python"), str(release / "manage.py"), *words),
        account=account,
        environment=(
            ("DJANGO_SETTINGS_MODULE", "config.settings.production"),
            *(own if account == places.OWNER else ()),
        ),
    )


def migrate(release: Path) -> Step:
    """Change the tables as their owner; what the portal's role may do with them follows with it."""
    return Step(
        "Cấu trúc cơ sở dữ liệu, dữ liệu kèm bản này",
        (
            manage(release, "migrate", "--noinput", "-v", "0", account=places.OWNER),
            manage(release, "collectstatic", "--noinput", "-v", "0"),
        ),
    )


def dump(answers: Answers, name: str) -> Step:
    """Back up before the tables change: by the portal's own backup, or a dump where none is set up."""
    if answers.get("PORTAL_BACKUP"):
        return Step("Sao lưu", (Run(("systemctl", "start", "portal-backup.service")),))
    # Begun a second time, after the tables changed, it takes no other dump's place.
    into = str(places.DUMPS / f"before-{name}-{time.strftime('%Y%m%d-%H%M%S')}.dump")
    return Step(
        "Sao lưu (chưa đặt PORTAL_BACKUP: chỉ cơ sở dữ liệu, trên chính máy này)",
        (Run(("pg_dump", "-Fc", "-f", into, places.database_url(places.OWNER)), account=places.OWNER),),
    )


def start(answers: Answers, release: Path) -> Step:
    """Fill an empty portal, start everything; anew when units or settings are others than at the last start."""
    names, written = (*map(units.web, places.PORTS), units.JOBS), units.files(answers, release)
    started_with = _started_with(answers, release)
    return Step(
        "Chạy cổng thông tin",
        (
            manage(release, "setup_portal"),
            Link(places.CURRENT, release),
            *written,
            units.RELOAD,
            Run(("systemctl", "enable", *names)),
            Run(("systemctl", "restart", *names), unless=started_with.is_done),
            started_with,
            Run(("systemctl", "start", *names)),
            *map(Ready, places.PORTS),
            Remove(places.UNDER_WAY),
        ),
    )


def serve(answers: Answers, release: Path, before: Path, machine: Machine, *, work: str) -> tuple[Step, ...]:
    """Put a release in the place of the one that runs, server by server."""
    reload = (Run(("nginx", "-t")), front.RELOAD)
    in_turn = tuple(
        Step(
            f"Máy chủ web {port}: rút khỏi nginx, chạy bản mới, trở lại",
            (
                front.configuration(answers, before, tuple(other for other in places.PORTS if other != port)),
                *reload,
                Pause(DRAIN_SECONDS),
                Run(("systemctl", "restart", units.web(port))),
                Ready(port),
                front.configuration(answers, release, places.PORTS),
                *reload,
            ),
        )
        for port in _in_turn(machine)
    )
    return (
        Step(
            "Đơn vị systemd của bản này",
            (
                Write(places.UNDER_WAY, _under_way(work, release)),
                *units.files(answers, release),
                units.RELOAD,
                Link(places.PREVIOUS, before),
                Link(places.CURRENT, release),
            ),
        ),
        *in_turn,
        Step(
            "Việc định kỳ",
            (
                Run(("systemctl", "restart", units.JOBS)),
                _started_with(answers, release),
                Remove(places.UNDER_WAY),
            ),
        ),
    )


def broke_off(work: str, release: Path, machine: Machine) -> bool:
    """Tell whether a work that puts a release in its place has begun and not ended."""
    found = machine.place(places.UNDER_WAY)
    return found.is_file() and found.read_text(encoding="utf-8") == _under_way(work, release)


def running(machine: Machine) -> Path | None:
    """Return the release that runs; None where none was installed."""
    return _target(machine, places.CURRENT)


def one_before(machine: Machine) -> Path:
    """Return the release to go back to. Raises Failed without one."""
    found = _target(machine, places.PREVIOUS)
    if found is None or not machine.place(found).is_dir():
        raise Failed("Không có bản phát hành trước để quay lại.")
    return found


def _under_way(work: str, release: Path) -> str:
    return f"{work} {release.name}\n"


def _in_turn(machine: Machine) -> list[int]:
    """Return the servers in the order of their turns: first one that is away, then one that nginx does not ask.

    So the only one that answers is never taken out, whatever broke off or died before.
    """
    found = machine.place(places.NGINX)
    asked = found.read_text(encoding="utf-8") if found.exists() else ""
    return sorted(
        places.PORTS, key=lambda port: (machine.status(port, Ready.path) == 200, f"127.0.0.1:{port} " in asked)
    )


def _started_with(answers: Answers, release: Path) -> Write:
    texts = "".join([settings_text(answers), *(unit.text for unit in units.files(answers, release))])
    return Write(places.STARTED, hashlib.sha256(texts.encode()).hexdigest())


def _target(machine: Machine, link: Path) -> Path | None:
    found = machine.place(link)
    return Path(found.readlink()) if found.is_symlink() else None


def _files(source: Path) -> list[Path]:
    return sorted(
        path
        for path in source.rglob("*")
        if path.is_file()
        and not any(
            part in NOT_COPIED or part.startswith((".venv", ".ruff", ".pytest", ".hypothesis", ".import"))
            for part in path.relative_to(source).parts
        )
        and path.suffix not in (".mo", ".pyc")
    )
