"""Seal the audit trail now."""

from django.core.management.base import BaseCommand

from ...audit import sealing


class Command(BaseCommand):
    help = "Niêm phong các dòng nhật ký kiểm tra chưa có niêm phong (run_jobs --forever làm việc này mỗi giây)."

    def handle(self, *args, **options):
        self.stdout.write(f"Đã niêm phong {sealing.seal(everything=True)} dòng.")
