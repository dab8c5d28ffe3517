"""Bring procedures into the catalogue from the command line, by the rules of the screen."""

from pathlib import Path

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from base.files.checks.common import extension_of, refuse_size
from base.files.checks.examine import examine_document

from ...importing import bringing, reading
from ...importing.bringing import Outcome


class Command(BaseCommand):
    """Dry run, question, then drafts in one batch, which waits for its second person in the administration."""

    help = "Nhập thủ tục từ tệp XLSX, CSV hoặc JSON thành bản nháp; người thứ hai duyệt cả lô trong phần quản trị."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", help="Tệp .xlsx, .csv hoặc .json theo mẫu")
        parser.add_argument("--by", default="", help="Tên đăng nhập của người nhập")
        parser.add_argument("--dry-run", action="store_true", help="chỉ kiểm tra, không ghi gì")
        parser.add_argument("--yes", action="store_true", help="ghi ngay, không hỏi lại; là cam kết về tính chính xác")
        parser.add_argument("--illustrative", action="store_true", help="đánh dấu thủ tục mới là dữ liệu minh họa")
        parser.add_argument("--template", default="", help="ghi mẫu trống ra tệp .xlsx này rồi thôi")

    def handle(self, *args, **options):
        if options["template"]:
            Path(options["template"]).write_bytes(reading.as_table([]))
            self.stdout.write(f"Mẫu: {options['template']}")
            return
        by = User.objects.filter(username=options["by"]).first()
        if by is None:
            raise CommandError(f"Không có tài khoản «{options['by']}»; hãy ghi --by với tên đăng nhập đúng.")
        try:
            self._import(self._path(options["file"]), by, options)
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from None
        except PermissionDenied as error:
            raise CommandError(str(error)) from None

    def _import(self, path: Path, by, options) -> None:
        with path.open("rb") as handle:
            file = File(handle, path.name)
            refuse_size(file.size, reading.LARGEST)
            if extension_of(path.name) != reading.JSON:
                file = examine_document(file).file
            items = reading.read(file, path.name)
        rows = bringing.check(items, by=by, is_illustrative=options["illustrative"])
        for row in rows:
            for column, message in row.problems:
                self.stdout.write(f"Dòng {row.number} · {column} · {message}")
        for outcome in Outcome:
            self.stdout.write(f"{sum(row.outcome == outcome for row in rows):6} {outcome.label.lower()}")
        if options["dry_run"]:
            self.stdout.write("Chỉ kiểm tra; không ghi gì.")
            return
        if not any(row.outcome in (Outcome.NEW, Outcome.CHANGED) for row in rows):
            self.stdout.write("Không có gì để ghi.")
            return
        if options["yes"] or self._agreed():
            batch = bringing.write(rows, by=by, declaration=True, title=f"Nhập thủ tục từ «{path.name}»")
            self.stdout.write(f"Đã gửi lô «{batch}»; cần người thứ hai duyệt trong phần quản trị.")

    @staticmethod
    def _path(name: str | None) -> Path:
        path = Path(name or "")
        if not path.is_file():
            raise CommandError(f"Không có tệp «{name or ''}»; hãy kiểm tra đường dẫn.")
        return path

    def _agreed(self) -> bool:
        answer = input("Tôi cam kết nội dung chính xác (Điều 20.2). Ghi các dòng không lỗi thành bản nháp? (có/không) ")
        return answer.strip().lower() in ("có", "co", "c", "y", "yes")
