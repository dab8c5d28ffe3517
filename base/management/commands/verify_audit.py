"""Check the audit trail against its chain and the tips outside the database."""

import sys

from django.core.management.base import BaseCommand

from vietnam.dates import format_moment

from ...audit import verifying


class Command(BaseCommand):
    help = "Kiểm tra nhật ký kiểm tra: mắt xích, từng dòng, đầu chuỗi bên ngoài; mã thoát 1 khi có lỗi."

    def handle(self, *args, **options):
        report = verifying.verify()
        for note in report.notes:
            self.stdout.write(f"Lưu ý: {note}")
        if report.first is not None:
            self.stderr.write(f"DÒNG SAI ĐẦU TIÊN: {report.first}")
            for violation in report.violations[1:]:
                self.stderr.write(str(violation))
            sys.exit(1)
        until = f" đến {format_moment(report.sealed_at, seconds=True)}" if report.sealed_at else ""
        self.stdout.write(f"{report.sealed} mắt xích nguyên vẹn{until}; {report.unsealed} dòng chờ niêm phong.")
