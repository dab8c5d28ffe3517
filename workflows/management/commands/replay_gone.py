from datetime import datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from ...publishing import replaying


class Command(BaseCommand):
    help = "Sau khi khôi phục bản sao lưu: gỡ lại những gì đã gỡ từ lúc sao lưu, theo sổ var/gone."

    def add_arguments(self, parser):
        parser.add_argument("--since", required=True, help="lúc sao lưu, giờ Việt Nam: «2026-11-28 02:00»")
        parser.add_argument("--dry-run", action="store_true", help="chỉ liệt kê, không đổi gì")

    def handle(self, *args, since, dry_run, **options):
        try:
            moment = timezone.make_aware(datetime.strptime(since, "%Y-%m-%d %H:%M"))  # noqa: DTZ007  local by name
        except ValueError as error:
            raise CommandError(f"--since «{since}» không đúng dạng; hãy ghi như «2026-11-28 02:00».") from error
        found = replaying.replay(moment, dry_run=dry_run)
        for item in found:
            done = "cần gỡ lại" if dry_run else "đã gỡ lại"
            self.stdout.write(f"{item.label}: {item.problem or done}")
        left = sum(bool(item.problem) for item in found)
        self.stdout.write(f"{len(found)} mục, {left} mục cần người làm.")
