"""Check the archive against its seals, its files and the tips outside the database."""

import sys

from django.core.management.base import BaseCommand

from ...archive.verifying import verify
from ...models import ChainTip


class Command(BaseCommand):
    help = "Kiểm tra kho lưu trữ: từng bản ghi, từng tệp, chuỗi niêm phong, đầu chuỗi bên ngoài; mã thoát 1 khi có lỗi."

    def handle(self, *args, **options):
        violations = verify()
        for number, found in enumerate(violations):
            place = f"bản ghi {found.place}" if found.place else "toàn chuỗi"
            self.stderr.write(f"{'BẢN GHI SAI ĐẦU TIÊN: ' if not number else ''}{place}: {found.message}")
        if violations:
            sys.exit(1)
        self.stdout.write(f"{ChainTip.tip()[0]} bản lưu trữ nguyên vẹn.")
