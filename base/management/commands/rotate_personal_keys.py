"""Write what is encrypted anew under the newest key for personal data."""

from django.core.management.base import BaseCommand, CommandError

from ...audit.trail import record
from ...operations import encryption


class Command(BaseCommand):
    help = "Mã hóa lại mọi dữ liệu cá nhân bằng khóa đứng đầu PORTAL_PERSONAL_KEYS; sau đó có thể bỏ khóa cũ."

    def handle(self, *args, **options):
        if not encryption.has_own_keys():
            raise CommandError("Chưa đặt PORTAL_PERSONAL_KEYS; hãy đặt khóa mới đứng đầu, giữ khóa cũ phía sau.")
        done = encryption.rotate()
        for row in done:
            self.stdout.write(f"{row.model._meta.verbose_name}: {row.rewritten} giá trị đã mã hóa lại.")
        total, lost = sum(row.rewritten for row in done), sum(row.unreadable for row in done)
        record("personal_keys.rotated", detail={"rewritten": total, "unreadable": lost})
        if lost:
            raise CommandError(f"{lost} giá trị không khóa nào mở được, được giữ nguyên; đừng bỏ khóa nào.")
        self.stdout.write(f"Xong: {total} giá trị. Có thể bỏ các khóa cũ khỏi PORTAL_PERSONAL_KEYS.")
