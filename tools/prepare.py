"""Bring the database up to date and build the demo city: migrate, setup_portal, build_demo_city, accounts.

    python tools/prepare.py DIGEST ACCOUNTS_FILE [--wait]

With --wait it waits after the migration for a line on its standard input: pages that are drawn name static files, which
may be collected meanwhile.

Every step may run again: a run that was cut short is simply repeated. The demo city is built once and then
left as its users changed it. DIGEST is kept in the database as the mark that all of it is done (see
`prepared.py`); ACCOUNTS_FILE takes the demo accounts as text, readable for its owner only.
"""

import gc
import io
import sys
from pathlib import Path

import django
from console import step
from django.conf import settings
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.utils import timezone
from prepared import PREFIX

BUILT = "build-demo-city"


def main(digest: str, accounts_file: Path, *, waits: bool) -> None:
    """Prepare the database named by the settings."""
    django.setup()
    # Let the garbage collector look rarely: a tenth of the time of the demo city.
    gc.freeze()
    gc.set_threshold(200_000, 20, 50)
    with step("Cập nhật cấu trúc cơ sở dữ liệu"):
        try:
            call_command("migrate", interactive=False, verbosity=0)
        except CommandError as error:
            sys.exit(str(error))
    if waits:
        wait_for_static_files()
    with step("Thiết lập cổng thông tin (vai trò, chuyên mục, lịch)"):
        # What it advises to do next, the demo city does.
        call_command("setup_portal", verbosity=0, stdout=io.StringIO() if settings.PORTAL_DEMO else sys.stdout)
    if settings.PORTAL_DEMO:
        if not is_done(BUILT):
            with step("Dựng thành phố mẫu (lần đầu mất khoảng một phút)"):
                call_command("build_demo_city", verbosity=0)
            mark_done(BUILT)
        if not settings.PORTAL_HTTPS:
            move_to_port(settings.PORTAL_PORT)
        if not accounts_file.exists():
            write_accounts(accounts_file)
    # What another database left in the shared cache, such as which host leads to which page, is wrong here.
    cache.clear()
    remove_earlier_marks()
    mark_done(PREFIX + digest)


def wait_for_static_files() -> None:
    """Wait for the line that says that they are collected, and read anew what they are called."""
    if not sys.stdin.readline():
        sys.exit("Không gom được tệp tĩnh.")
    if isinstance(staticfiles_storage, ManifestFilesMixin):
        staticfiles_storage.hashed_files, staticfiles_storage.manifest_hash = staticfiles_storage.load_manifest()


def move_to_port(port: int) -> None:
    """Let the demo's sites name the port of this run in their addresses; the one they were built with may differ."""
    for label in ("wagtailcore.Site", "base.SiteHost"):
        django.apps.apps.get_model(label).objects.exclude(port=port).update(port=port)


def write_accounts(accounts_file: Path) -> None:
    """Write what `demo_accounts` prints into a file that only its owner reads."""
    text = io.StringIO()
    call_command("demo_accounts", stdout=text)
    accounts_file.touch(mode=0o600)
    accounts_file.write_text(text.getvalue(), encoding="utf-8")


def heartbeats():
    """Return the rows of the heartbeat table; the model exists only once Django is set up."""
    return django.apps.apps.get_model("base", "JobHeartbeat").objects


def is_done(name: str) -> bool:
    """True when the once-only work `name` was finished in this database."""
    return heartbeats().filter(name=name, last_result="ok").exists()


def mark_done(name: str) -> None:
    """Keep that the once-only work `name` is finished."""
    now = timezone.now()
    heartbeats().update_or_create(name=name, defaults={"last_started": now, "last_finished": now, "last_result": "ok"})


def remove_earlier_marks() -> None:
    """Remove the marks of earlier code."""
    heartbeats().filter(name__startswith=PREFIX).delete()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), waits="--wait" in sys.argv[3:])
