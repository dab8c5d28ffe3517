"""Bring updates of dossiers in from a CSV file, by the rules of the screen."""

from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from base.models import PortalSite

from ...dossiers import csv_import


class Command(BaseCommand):
    """All rows or none; the same file may come again."""

    help = "Nạp tình trạng hồ sơ từ tệp CSV UTF-8; tệp nào nạp lại cũng không tính hai lần."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="Tệp .csv theo mẫu")
        parser.add_argument("--by", required=True, help="Tên đăng nhập của người nạp")
        parser.add_argument("--site", required=True, help="Tên trang trong địa chỉ, ví dụ my-long")
        parser.add_argument("--dry-run", action="store_true", help="chỉ kiểm tra, không giữ lại gì")

    def handle(self, *args, file, by, site, **options):
        person = User.objects.filter(username=by).first()
        if person is None:
            raise CommandError(f"Không có tài khoản «{by}»; hãy kiểm tra tên đăng nhập.")
        owner = PortalSite.objects.filter(slug=site).first()
        if owner is None:
            raise CommandError(f"Không có trang «{site}»; hãy kiểm tra tên trang trong địa chỉ.")
        try:
            content = file.read_bytes()
        except OSError:
            raise CommandError(f"Không đọc được tệp «{file}»; hãy kiểm tra đường dẫn.") from None
        try:
            outcome = csv_import.import_table(
                content, name=file.name, site=owner, by=person, dry_run=options["dry_run"]
            )
        except PermissionDenied as error:
            raise CommandError(str(error)) from None
        for problem in outcome.problems:
            where = f"Dòng {problem.row}" if problem.row else "Tệp"
            self.stderr.write(f"{where}{f', {problem.column}' if problem.column else ''}: {problem.message}")
        if outcome.problems:
            raise CommandError("Không nạp dòng nào; hãy sửa tệp rồi nạp lại.")
        for item in outcome.set_aside:
            self.stdout.write(f"Dòng {item.row}: đã giữ nhưng chưa tính. {item.message}")
        done = "Sẽ nạp" if outcome.is_dry_run else "Đã nạp"
        self.stdout.write(
            f"{done} {outcome.new} lần cập nhật của {outcome.dossiers} hồ sơ; {outcome.repeated} dòng đã có từ trước, "
            f"{len(outcome.set_aside)} lần chưa tính."
        )
