"""Check what must hold after any fault."""

import argparse
import sys

from django.core.management.base import BaseCommand

from ...upkeep import acknowledged
from ...upkeep.invariants import violations


class Command(BaseCommand):
    help = (
        "Kiểm tra những điều phải luôn đúng (nội dung đăng, tệp, cây trang, tìm kiếm, thư, niêm phong, số văn bản, nội "
        "dung đã gỡ, quyền); mã thoát 1 khi có lỗi."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--acknowledged",
            type=argparse.FileType(encoding="utf-8"),
            default=None,
            help="Tệp ghi những việc cổng đã xác nhận, mỗi dòng «ứng_dụng.Mô_hình số [public]»",
        )

    def handle(self, *args, **options):
        found = violations()
        if options["acknowledged"] is not None:
            with options["acknowledged"] as lines:
                found += acknowledged.missing(lines)
        for line in found:
            self.stderr.write(line)
        self.stdout.write(f"{len(found)} lỗi.")
        if found:
            sys.exit(1)
