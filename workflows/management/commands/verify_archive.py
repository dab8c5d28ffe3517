"""Check the archive against its seals, its files and the heads outside the database."""

import sys

from django.core.management.base import BaseCommand

from ...archive import copies


class Command(BaseCommand):
    help = "Kiểm tra kho lưu trữ: từng bản ghi, từng tệp, chuỗi niêm phong, đầu chuỗi bên ngoài; mã thoát 1 khi có lỗi."

    def handle(self, *args, **options):
        faults = copies.verify()
        for number, fault in enumerate(faults):
            place = f"bản ghi {fault.copy_id}" if fault.copy_id else "toàn chuỗi"
            self.stderr.write(f"{'BẢN GHI SAI ĐẦU TIÊN: ' if not number else ''}{place}: {fault.message}")
        if faults:
            sys.exit(1)
        self.stdout.write(f"{copies.chain_head()[0]} bản lưu trữ nguyên vẹn.")
