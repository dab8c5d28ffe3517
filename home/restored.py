"""What is done in a portal that was just put back from a backup, before anyone may use it.

1. A database that comes from SQLite is moved to PostgreSQL; one that an older release left is migrated. 2. The rows of
each table and the lengths of the chains are what the backup says. 3. The folders and keys become those of this portal;
guarded tables have their triggers. 4. What happened after the backup is done again from the journals: taken down,
erased, revoked; who was signed in signs in anew, links to drafts end; every generation leaps. 5. `verify_portal` finds
nothing wrong, and ten public pages answer.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles.storage import ManifestFilesMixin, staticfiles_storage
from django.core.management import call_command
from django.db import connection
from django.test import Client
from wagtail.models import Page

from accounts.signin import sessions
from base.audit.trail import record
from base.chain import tips
from base.operations import append_only, health, installation
from base.operations.backup import ended, moving, restoring
from base.operations.backup.restoring import Plan
from base.public.gone.journal import LONGEST_TRANSACTION_SECONDS
from workflows.drafts import previews
from workflows.publishing import replaying
from workflows.upkeep import invariants

PAGES_OPENED = 10


@dataclass
class Found:
    """What came of it: `done` what was compared and repeated, `by_hand` what a person must do, `wrong` what fails."""

    done: list[str] = field(default_factory=list)
    by_hand: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def complete(*, on: datetime) -> Found:
    """Do all of it in the portal of these settings. Raises BackupFailed when no backup was put back here."""
    plan, found = restoring.read_plan(), Found()
    if plan.moves:
        _move(found)
    _compare_rows(plan, found)
    if not found.wrong:
        # From here on the rows change; a second call goes on behind this.
        restoring.write_plan(Path(settings.VAR_DIR), replace(plan, moves=False, counts={}))
    if health.check_migrations().state != health.OK:
        call_command("migrate", verbosity=0)
        found.done.append("Đã áp dụng các thay đổi cấu trúc của bản đang chạy.")
    append_only.install()
    _compare_tips(plan, found)
    installation.adopt()
    _replay(plan, found, on)
    found.by_hand += plan.by_hand
    record("portal.restored", detail={"backup": plan.backup, "by_hand": len(found.by_hand)})
    found.wrong += invariants.violations()
    _open_pages(found)
    if not found.wrong:
        (Path(settings.VAR_DIR) / restoring.PLAN).unlink()
    return found


def _move(found: Found) -> None:
    source = Path(settings.VAR_DIR) / restoring.MOVED_FROM
    call_command("migrate", verbosity=0)
    counts = moving.move(source)
    for command in ("update_index", "rebuild_public_index", "rebuild_register", "sync_roles"):
        call_command(command, verbosity=0)
    source.unlink()
    found.done.append(f"Đã chuyển {sum(counts.values())} dòng của {len(counts)} bảng từ SQLite sang PostgreSQL.")


def _compare_rows(plan: Plan, found: Found) -> None:
    """Count the rows of each table. In a database that was moved, only what was copied row by row."""
    known = set(moving.tables_to_copy()) if plan.moves else set(connection.introspection.table_names())
    tables = {table: count for table, count in plan.counts.items() if table in known}
    with connection.cursor() as cursor:
        for table, count in tables.items():
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
            (now,) = cursor.fetchone()
            if now != count:
                found.wrong.append(f"Bảng {table}: {now} dòng, bản sao lưu có {count}.")
    if not plan.moves and (missing := plan.counts.keys() - known):
        found.wrong.append(f"Thiếu bảng: {', '.join(sorted(missing))}.")
    found.done.append(f"Đã đối chiếu số dòng của {len(tables)} bảng.")


def _compare_tips(plan: Plan, found: Found) -> None:
    now = tips.tips()
    for name, (count, _seal) in plan.tips.items():
        if name not in now or now[name][0] < count:
            found.wrong.append(f"Chuỗi niêm phong {name}: thiếu mắt xích, bản sao lưu có {count}.")


def _replay(plan: Plan, found: Found, on: datetime) -> None:
    # What was noted before the snapshot may have been committed after it.
    moment = plan.moment - timedelta(seconds=LONGEST_TRANSACTION_SECONDS)
    again = [(item.label, item.problem) for item in replaying.replay(moment, on=on)]
    again += [(str(entry), problem) for entry, problem in ended.replay(moment, on=on)]
    found.by_hand += [f"{label}: {problem}" for label, problem in again if problem]
    done = sum(not problem for _label, problem in again)
    found.done.append(f"Đã làm lại {done} việc gỡ, xóa, thu hồi có sau bản sao lưu.")
    if count := sessions.end_everyone(on=on):
        found.done.append(f"Đã kết thúc {count} phiên đăng nhập.")
    # The journal does not name those that were revoked since.
    if count := previews.end_all(on=on):
        found.done.append(f"Đã kết thúc {count} liên kết xem trước.")
    if plan.moment < on - timedelta(days=ended.RETENTION_DAYS):
        found.wrong.append(
            f"Bản sao lưu {plan.backup} cũ hơn {ended.RETENTION_DAYS} ngày, sổ không còn giữ những gì đã gỡ, xóa, thu "
            "hồi ngay sau bản đó: hãy dùng bản mới hơn."
        )


def _open_pages(found: Found) -> None:
    if isinstance(staticfiles_storage, ManifestFilesMixin) and not staticfiles_storage.hashed_files:
        call_command("collectstatic", interactive=False, verbosity=0)
    pages = list(Page.objects.live().filter(depth__gt=2).order_by("-last_published_at", "-pk")[: PAGES_OPENED - 1])
    pages += list(Page.objects.live().filter(depth=2).order_by("pk")[:1])
    opened = 0
    for page in pages:
        parts = page.get_url_parts()
        if parts is None:
            continue
        _site, root, path = parts
        answer = Client(SERVER_NAME=urlsplit(root).hostname).get(path, secure=settings.PORTAL_HTTPS)
        if answer.status_code != 200:
            found.wrong.append(f"Trang {path} trả lời {answer.status_code}.")
        opened += 1
    found.done.append(f"Đã mở {opened} trang công khai.")
