"""Read what a receiver found of a mail of the portal: SPF, DKIM, DMARC, and the headers by which one leaves."""

from email import message_from_bytes
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from ... import mail_check

LEAVING = ("List-Unsubscribe", "List-Unsubscribe-Post")


class Command(BaseCommand):
    help = (
        "Đọc một thư tin đã nhận ở hộp thư bên ngoài, lưu nguyên gốc (.eml): nơi nhận thấy SPF, DKIM, DMARC đạt không, "
        "có tiêu đề thôi nhận không. Lỗi khi một mục không đạt."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", help="tệp .eml của thư đã nhận")

    def handle(self, *args, file: str, **options):
        path = Path(file)
        if not path.is_file():
            raise CommandError(f"{file}: không có tệp này.")
        message = message_from_bytes(path.read_bytes())
        failed = [f"thiếu tiêu đề {name}" for name in LEAVING if name not in message]
        for found in mail_check.results_in(message):
            self.stdout.write(f"{found.method.upper()}: {found.result or 'nơi nhận không nêu'}")
            if not found.is_passed:
                failed.append(f"{found.method.upper()} không đạt")
        if failed:
            raise CommandError("; ".join(failed) + ". Xem mục «Thư tin» trong docs/van-hanh.md.")
        self.stdout.write("Đạt.")
