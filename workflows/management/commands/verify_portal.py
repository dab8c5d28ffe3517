import sys

from django.core.management.base import BaseCommand

from workflows.invariants import faults


class Command(BaseCommand):
    help = "Kiểm tra những điều phải luôn đúng (nội dung đăng, bản lưu trữ, cây trang); mã thoát 1 khi có lỗi."

    def handle(self, *args, **options):
        found = faults()
        for line in found:
            self.stderr.write(line)
        self.stdout.write(f"{len(found)} lỗi.")
        if found:
            sys.exit(1)
