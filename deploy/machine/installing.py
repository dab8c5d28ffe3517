"""The three works as lists of steps: install, upgrade, go back."""

from pathlib import Path

from . import database, front, places, releases, units
from .actions import Account, Failed, Folder, Machine, Packages, Run, SetLines, Write
from .answers import YES, Answers, answers_text, settings_text
from .steps import Step

PACKAGES = (
    *("adduser", "bubblewrap", "ca-certificates", "chrony", "logrotate", "nginx", "openssl", "poppler-utils"),
    *("postgresql", "postgresql-client", "procps", "python3-venv"),
)
SCANNER = ("clamav-daemon", "clamav-freshclam")
RECOGNISER = ("tesseract-ocr", "tesseract-ocr-vie")
# What the scanner must take, as the portal does: films of 320 MB, packed folders of twice as much.
LIMITS = (
    ("StreamMaxLength", "StreamMaxLength 320M"),
    ("MaxFileSize", "MaxFileSize 320M"),
    ("MaxScanSize", "MaxScanSize 640M"),
    ("AlertExceedsMax", "AlertExceedsMax yes"),
)
JOURNAL = "[Journal]\nStorage=persistent\nSystemMaxUse=2G\nMaxRetentionSec=6month\n"
# nginx and PostgreSQL go before pages that are being made (docs/operations.md).
FIRST = "[Service]\nCPUWeight=1000\n"
# Connections that wait for a worker that dies go to the others.
KERNEL = "net.ipv4.tcp_migrate_req = 1\n"
MANAGE = f"""#!/bin/sh
# manage.py of the release that runs, as the portal's own account.
umask 027
cd {places.CURRENT} && exec runuser -u {places.ACCOUNT} -- env DJANGO_SETTINGS_MODULE=config.settings.production \\
    {places.CURRENT}/.venv/bin/python manage.py "$@"
"""


def install(answers: Answers, machine: Machine) -> tuple[Step, ...]:
    """Return the steps from a bare Debian to a portal that answers. Raises Failed where another release runs."""
    release = releases.folder_of(releases.name_of(releases.SOURCE))
    runs = releases.running(machine)
    if runs is not None and runs != release:
        raise Failed(f"Máy này đang chạy {runs.name}: hãy dùng deploy/upgrade.")
    return (
        *around(answers),
        releases.prepare(answers, releases.SOURCE, release),
        releases.migrate(release),
        *_backups(answers, release),
        releases.start(answers, release),
        *front.steps(answers, release, machine),
    )


def upgrade(answers: Answers, machine: Machine) -> tuple[Step, ...]:
    """Return the steps that put this release in the place of the one that runs, or go on where they broke off.

    Raises Failed without one that runs, and when it is this one.
    """
    runs = releases.running(machine)
    if runs is None:
        raise Failed("Máy này chưa có cổng thông tin: hãy dùng deploy/install.")
    release = releases.folder_of(releases.name_of(releases.SOURCE))
    is_half = releases.broke_off(releases.UPGRADE, runs, machine)
    if runs == release and not is_half:
        raise Failed(f"Bản {release.name} đang chạy rồi.")
    # One that came half way is none to go back to.
    before = releases.one_before(machine) if is_half else runs
    return (
        *around(answers),
        releases.prepare(answers, releases.SOURCE, release),
        releases.dump(answers, release.name),
        releases.migrate(release),
        *releases.serve(answers, release, before, machine, work=releases.UPGRADE),
        Step("Dọn bản cũ", (releases.Prune(),)),
    )


def rollback(answers: Answers, machine: Machine) -> tuple[Step, ...]:
    """Return the steps back to the release before, or go on where they broke off.

    The tables stay as they are, for it can live with them. Raises Failed without one.
    """
    before = releases.running(machine)
    if before is None:
        raise Failed("Máy này chưa có cổng thông tin.")
    release = releases.one_before(machine)
    if releases.broke_off(releases.ROLLBACK, before, machine):
        release, before = before, release
    static = releases.manage(release, "collectstatic", "--noinput", "-v", "0")
    return (
        Step("Thư viện và tệp tĩnh của bản trước", (*releases.extras(answers, release), static)),
        *releases.serve(answers, release, before, machine, work=releases.ROLLBACK),
    )


def around(answers: Answers) -> tuple[Step, ...]:
    """Return what every release finds around it: a machine that stands gets what a new release adds, as a bare one.

    What restarts nginx, PostgreSQL or the scanner does so only where its setting has changed.
    """
    return (
        Step("Gói của hệ thống", (Packages(packages_of(answers)),)),
        Step("Tài khoản và thư mục", _accounts_and_folders(answers)),
        Step("Cấu hình của cổng", configuration(answers)),
        *database.steps(),
        *_scanner(answers),
        front.room(),
        Step("Nhật ký và nhân hệ điều hành", *_system()),
    )


def packages_of(answers: Answers) -> tuple[str, ...]:
    """Return Debian's packages that the answers ask for."""
    acme = ("certbot",) if answers["INSTALL_TLS"] == "acme" else ()
    chosen = {"INSTALL_SCANNER": SCANNER, "INSTALL_RECOGNISER": RECOGNISER}
    asked_for = [name for question, names in chosen.items() if answers[question] == YES for name in names]
    return (*PACKAGES, *acme, *asked_for)


def configuration(answers: Answers) -> tuple[Write, ...]:
    """Return the files of settings: the portal's, with its secrets, and what else was answered."""
    return (
        Write(places.SETTINGS, settings_text(answers), 0o640, f"root:{places.ACCOUNT}"),
        Write(places.ANSWERS, answers_text(answers), 0o600),
        Write(places.MANAGE, MANAGE, 0o755),
    )


def _accounts_and_folders(answers: Answers) -> tuple:
    own, shown = f"{places.ACCOUNT}:{places.ACCOUNT}", f"{places.ACCOUNT}:{places.FRONT}"
    backups = [Path(answers[name]) for name in ("PORTAL_BACKUP", "PORTAL_BACKUP_KEYS") if answers.get(name)]
    return (
        Account(places.ACCOUNT, places.VAR),
        Account(places.OWNER, Path("/nonexistent"), group=places.ACCOUNT),
        Folder(Path("/etc/portal"), 0o711),
        Folder(places.RELEASES.parent, 0o755),
        Folder(places.RELEASES, 0o755),
        Folder(places.VAR, 0o711, own),
        # What is made inside is of the group of the web server in front, which may read it.
        *(Folder(places.VAR / name, 0o2750, shown) for name in ("media", "gone", "gone-shared")),
        *(Folder(folder, 0o700, own) for folder in (places.SEALS, places.KEYS, *backups)),
        Folder(places.DUMPS, 0o700, f"{places.OWNER}:{places.ACCOUNT}"),
    )


def _scanner(answers: Answers) -> tuple[Step, ...]:
    if answers["INSTALL_SCANNER"] != YES:
        return ()
    return (
        Step(
            "Máy quét mã độc ClamAV",
            (
                SetLines(places.CLAMD, LIMITS),
                Run(("systemctl", "enable", "--now", "clamav-freshclam", "clamav-daemon")),
            ),
            then=(Run(("systemctl", "restart", "clamav-daemon")),),
        ),
    )


def _backups(answers: Answers, release: Path) -> tuple[Step, ...]:
    if not answers.get("PORTAL_BACKUP"):
        return ()
    return (Step("Thư mục sao lưu", (releases.manage(release, "backup", "--prepare"),)),)


def _system() -> tuple[tuple, tuple]:
    """Return what the system's own programs are set to, and what makes it take effect."""
    return (
        (
            Write(Path("/etc/systemd/journald.conf.d/portal.conf"), JOURNAL),
            Write(Path("/etc/sysctl.d/90-portal.conf"), KERNEL),
            *(Write(places.UNITS / f"{name}.service.d" / "portal.conf", FIRST) for name in ("nginx", "postgresql@")),
        ),
        (
            units.RELOAD,
            Run(("systemctl", "restart", "systemd-journald")),
            Run(("sysctl", "-q", "-e", "-p", "/etc/sysctl.d/90-portal.conf")),
        ),
    )
