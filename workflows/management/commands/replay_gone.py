from datetime import datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.signin import sessions
from base.operations.backup import ended

from ...publishing import replaying


class Command(BaseCommand):
    help = (
        "Sau khi cơ sở dữ liệu trở về một lúc trước: làm lại những gì đã gỡ, xóa, thu hồi từ lúc đó theo sổ "
        "var/gone và var/gone-shared; kết thúc mọi phiên đăng nhập."
    )

    def add_arguments(self, parser):
        parser.add_argument("--since", required=True, help="lúc sao lưu, giờ Việt Nam: «2026-11-28 02:00»")
        parser.add_argument("--dry-run", action="store_true", help="chỉ liệt kê, không đổi gì")

    def handle(self, *args, since, dry_run, **options):
        try:
            moment = timezone.make_aware(datetime.strptime(since, "%Y-%m-%d %H:%M"))  # noqa: DTZ007  local by name
        except ValueError as error:
            raise CommandError(f"--since «{since}» không đúng dạng; hãy ghi như «2026-11-28 02:00».") from error
        found = [(item.label, item.problem) for item in replaying.replay(moment, dry_run=dry_run)]
        now = timezone.now()
        found += [(str(entry), problem) for entry, problem in ended.replay(moment, on=now, dry_run=dry_run)]
        if not dry_run:
            sessions.end_everyone(on=now)
        for label, problem in found:
            done = "cần làm lại" if dry_run else "đã làm lại"
            self.stdout.write(f"{label}: {problem or done}")
        left = sum(bool(problem) for _label, problem in found)
        self.stdout.write(f"{len(found)} mục, {left} mục cần người làm.")
