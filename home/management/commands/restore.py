"""Put a backup back into an empty folder and database, then compare and repeat there what has to be."""

import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

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
        parser.add_argument(
            "--database",
            help="postgres://… trống, không mật khẩu; mặc định PORTAL_RESTORE_DATABASE_URL, không có thì SQLite",
        )
        parser.add_argument("--identity", required=True, help="tệp khóa riêng của bản sao lưu")
        parser.add_argument("--keys", help="tệp portal-keys.age; mặc định: khóa của máy này")
        parser.add_argument(
            "--journal", action="append", default=[], help="thư mục var của máy cũ còn sổ những gì đã gỡ, xóa, thu hồi"
        )

    def handle(self, *args, source, backup, into, database, identity, keys, journal, **options):
        try:
            url = _database(database)
            environment = self._put_back(source, backup, Path(into).resolve(), url, identity, keys, journal)
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


def _database(given: str | None) -> str:
    """Return the address of the target. Raises BackupFailed for one with a password: all users of a machine see it."""
    if given is None:
        return settings.PORTAL_RESTORE_DATABASE_URL
    try:
        has_password = bool(urlsplit(given).password) or "password" in parse_qs(urlsplit(given).query)
    except ValueError as error:
        raise BackupFailed("--database không đúng dạng postgres://người-dùng@máy/tên.") from error
    if has_password:
        raise BackupFailed(
            "Không ghi mật khẩu trong --database: ai dùng máy này cũng đọc được dòng lệnh. Hãy đặt cả địa chỉ vào "
            "PORTAL_RESTORE_DATABASE_URL trong .env, bỏ --database rồi chạy lại; nên đổi mật khẩu vừa ghi."
        )
    return given
