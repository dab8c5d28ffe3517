"""Put a backup back into an empty folder and database, then compare and repeat there what has to be."""

import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from base.management.commands.backup import read_identities
from base.operations.backup import restoring
from base.operations.backup.target import BackupFailed, Target


class Command(BaseCommand):
    help = (
        "Khôi phục một bản sao lưu vào thư mục và cơ sở dữ liệu trống; đối chiếu, làm lại những gì đã gỡ, xóa, thu hồi "
        "sau bản đó, mở thử mười trang."
    )
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--from", dest="source", help="thư mục sao lưu; mặc định PORTAL_BACKUP")
        parser.add_argument("--backup", default="", help="tên bản sao lưu; mặc định bản mới nhất")
        parser.add_argument("--into", required=True, help="thư mục dữ liệu mới, trống (PORTAL_VAR của cổng khôi phục)")
        parser.add_argument("--database", default="", help="postgres://… trống; bỏ trống: SQLite trong thư mục đích")
        parser.add_argument("--identity", required=True, help="tệp khóa riêng của bản sao lưu")
        parser.add_argument("--keys", help="tệp portal-keys.age; mặc định: khóa của máy này")
        parser.add_argument(
            "--journal", action="append", default=[], help="thư mục var của máy cũ còn sổ những gì đã gỡ, xóa, thu hồi"
        )

    def handle(self, *args, source, backup, into, database, identity, keys, journal, **options):
        try:
            environment = self._put_back(source, backup, Path(into).resolve(), database, identity, keys, journal)
        except BackupFailed as error:
            raise CommandError(str(error)) from error
        # The settings of the new portal are not those of this process.
        done = subprocess.run(
            [sys.executable, settings.BASE_DIR / "manage.py", "finish_restore"], env=environment, check=False
        )
        if done.returncode:
            raise CommandError("Khôi phục chưa đạt: xem các dòng ở trên. Đừng đưa cổng này vào sử dụng.")
        self.stdout.write(f"Đã khôi phục vào {into}. Hãy đặt PORTAL_VAR và DATABASE_URL trong .env rồi khởi động cổng.")

    def _put_back(self, source, name, into, url, identity, keys, journals) -> dict[str, str]:
        place = source or settings.PORTAL_BACKUP
        if not place:
            raise BackupFailed("Hãy nêu thư mục sao lưu: --from, hoặc đặt PORTAL_BACKUP.")
        there = Target(Path(place))
        backup = there.named(name)
        self.stdout.write(f"Bản sao lưu {backup.name}: đang giải mã {backup.manifest['files']} tệp và cơ sở dữ liệu …")
        return restoring.restore(
            there,
            backup,
            into,
            url,
            read_identities(identity),
            key_file=Path(keys) if keys else None,
            journals=[Path(folder) for folder in journals],
        )
