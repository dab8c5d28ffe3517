"""Make a backup, prepare its folder, draw its keys, look at what there is."""

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from vietnam.dates import format_moment

from ...chain import keys as chain_keys
from ...operations.backup import age_keys, bucket, checking, secret_keys, taking
from ...operations.backup.target import BackupFailed


class Command(BaseCommand):
    help = (
        "Sao lưu cơ sở dữ liệu, tệp, kho lưu trữ, niêm phong và sổ vào PORTAL_BACKUP, mã hóa, rồi đọc lại để kiểm tra."
    )

    def add_arguments(self, parser):
        doing = parser.add_mutually_exclusive_group()
        doing.add_argument(
            "--new-key", action="store_true", help="tạo một cặp khóa, in ra màn hình; không ghi ở đâu cả"
        )
        doing.add_argument("--prepare", action="store_true", help="nhận thư mục PORTAL_BACKUP làm nơi sao lưu, lần đầu")
        doing.add_argument("--list", action="store_true", help="liệt kê các bản sao lưu")
        doing.add_argument(
            "--check", nargs="?", const="", metavar="BẢN", help="đọc lại cả một bản, mặc định bản mới nhất"
        )
        doing.add_argument(
            "--fetch", nargs="?", const="", metavar="BẢN", help="lấy một bản từ kho S3 sao lưu về thư mục --into"
        )
        parser.add_argument("--into", help="thư mục mới, trống cho --fetch; sau đó: manage.py restore --from THƯ_MỤC")
        parser.add_argument("--identity", help="tệp khóa riêng, để --check thử giải mã cả bản")
        parser.add_argument("--keys", help="tệp portal-keys.age, để --check kiểm chữ ký; mặc định: khóa của máy này")

    def handle(self, *args, new_key, prepare, list, check, fetch, into, identity, keys, **options):
        try:
            if new_key:
                self._draw_key()
            elif prepare:
                self.stdout.write(f"{taking.prepare().folder} đã sẵn sàng để sao lưu.")
            elif list:
                self._list()
            elif fetch is not None:
                self._fetch(fetch, into)
            elif check is not None:
                self._check(check, identity, keys)
            else:
                self._take()
        except (BackupFailed, ImproperlyConfigured) as error:
            raise CommandError(str(error)) from error

    def _draw_key(self) -> None:
        private = age_keys.new_private_key()
        self.stdout.write(
            f"# Khóa công khai, đặt vào PORTAL_BACKUP_RECIPIENTS: {age_keys.public_of(private)}\n"
            "# Khóa riêng: cất ở nơi khác máy này, ít nhất hai bản; mất khóa riêng là mất mọi bản sao lưu.\n"
            f"{private}"
        )

    def _take(self) -> None:
        taken = taking.take(on=timezone.now())
        self.stdout.write(
            f"Bản sao lưu {taken.backup.name}: {taken.files} tệp, ghi mới {taken.written} nội dung, "
            f"{taken.bytes_written / 1024**2:.1f} MB, trong {taken.seconds:.1f} giây; đã đọc lại."
        )
        for name in taken.removed:
            self.stdout.write(f"Đã hết hạn giữ: {name}.")

    def _list(self) -> None:
        for backup in taking.target().backups():
            made_at = format_moment(backup.made_at)
            self.stdout.write(
                f"{backup.name}  {made_at}  {backup.manifest['database']}  {backup.manifest['files']} tệp"
            )

    def _fetch(self, name: str, into: str | None) -> None:
        if not (bucket.is_set() and into):
            raise BackupFailed("Cần PORTAL_BACKUP_S3_BUCKET trong .env và --into THƯ_MỤC.")
        self.stdout.write(f"Đã lấy bản sao lưu {bucket.fetch(name, Path(into))} về {into}.")

    def _check(self, name: str, identity: str | None, keys: str | None) -> None:
        if keys and not identity:
            raise BackupFailed("Tệp khóa (--keys) chỉ mở được bằng khóa riêng: hãy nêu thêm --identity.")
        there = taking.target()
        backup = there.named(name)
        identities = read_identities(identity) if identity else None
        known = secret_keys.chain_keys(secret_keys.read(Path(keys), identities)) if keys else chain_keys.keys()
        files = checking.check(there, backup, identities, known)
        opened = "giải mã được cả bản" if identity else "chưa thử giải mã (--identity)"
        if known:
            self.stdout.write(f"Bản sao lưu {backup.name}: {files} tệp, đủ và đúng mã băm, do cổng này ký; {opened}.")
        else:
            self.stdout.write(
                f"Bản sao lưu {backup.name}: {files} tệp, khớp mã băm; {opened}. Máy này không có khóa của cổng nên "
                "chưa kiểm được chữ ký (--keys): chưa biết bản này có do cổng làm không."
            )


def read_identities(path: str) -> list:
    """Return the private keys of a file. Raises BackupFailed."""
    try:
        return age_keys.read_private_file(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise BackupFailed(f"Không đọc được tệp khóa riêng {path}: {error.strerror}.") from error
    except ValueError as error:
        raise BackupFailed(f"Tệp khóa riêng {path} không đúng dạng: {error}") from error
