"""Look whether every host opens its own site's first page, and put right what does not."""

import sys

from django.core.management.base import BaseCommand, CommandError

from ... import doctor


class Command(BaseCommand):
    help = "Kiểm tra tên miền và trang chủ của các trang; --repair để sửa; mã thoát 1 khi còn lỗi."

    def add_arguments(self, parser):
        parser.add_argument("--repair", action="store_true", help="Sửa những lỗi tìm thấy")
        parser.add_argument("--reason", default="", help="Vì sao sửa; ghi vào nhật ký kiểm tra")

    def handle(self, *args, **options):
        if not options["repair"]:
            found = [problem.text for problem in doctor.problems()]
        elif not options["reason"].strip():
            raise CommandError("--reason: hãy ghi vì sao sửa.")
        else:
            for text in doctor.repair(reason=options["reason"].strip()):
                self.stdout.write(f"Đã sửa: {text}")
            found = [problem.text for problem in doctor.problems()]
        for text in found:
            self.stderr.write(text)
        self.stdout.write(f"{len(found)} lỗi.")
        if found:
            sys.exit(1)
