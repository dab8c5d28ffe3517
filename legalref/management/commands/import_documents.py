"""Bring a table of documents into the register from the command line, by the rules of the screens."""

from pathlib import Path

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from base.files.checks.examine import examine_document
from base.files.checks.names import check_name
from base.files.upload_forms import demand_storable
from base.models import PortalSite
from base.operations import leases, periodic
from base.sites import city_site

from ...importing import batches, tables
from ...importing.checking import AS_IS
from ...models import ImportBatch, ImportRow

SHOWN = {
    ImportRow.Outcome.NEW: "thêm mới",
    ImportRow.Outcome.CHANGED: "sửa văn bản đã có",
    ImportRow.Outcome.SAME: "không có gì mới",
    ImportRow.Outcome.WRONG: "có lỗi, không nhập",
}


class Command(BaseCommand):
    """Dry run, question, then one transaction; the batch waits for its second person in the administration."""

    help = "Nhập văn bản từ bảng XLSX hoặc CSV (kèm ZIP) thành bản nháp; người thứ hai duyệt lô trong phần quản trị."

    def add_arguments(self, parser):
        parser.add_argument("file", help="Bảng .xlsx hoặc .csv theo mẫu")
        parser.add_argument("--zip", default="", help="Tệp ZIP chứa bản ký, tệp kèm theo, toàn văn")
        parser.add_argument("--by", required=True, help="Tên đăng nhập của người nhập")
        parser.add_argument("--site", default="", help="Tên trang trong địa chỉ; mặc định là trang thành phố")
        parser.add_argument("--dry-run", action="store_true", help="chỉ kiểm tra, không giữ lại gì")
        parser.add_argument("--yes", action="store_true", help="ghi ngay, không hỏi lại; là cam kết về tính chính xác")
        parser.add_argument("--take-text", action="store_true", help="lấy toàn văn từ bản ký khi bảng không có")
        parser.add_argument("--scheme", choices=["tcvn3", "vni", AS_IS], default="", help="bảng mã cũ đã xác nhận")
        parser.add_argument("--report", default="", help="ghi danh sách lỗi ra tệp .xlsx này")

    def handle(self, *args, **options):
        by = User.objects.filter(username=options["by"]).first()
        if by is None:
            raise CommandError(f"Không có tài khoản «{options['by']}»; hãy kiểm tra tên đăng nhập.")
        site = PortalSite.objects.filter(slug=options["site"]).first() if options["site"] else city_site()
        if site is None:
            raise CommandError(f"Không có trang «{options['site']}»; hãy kiểm tra tên trang trong địa chỉ.")
        try:
            # The periodic job would carry the same batch on.
            with leases.hold(periodic.LONG, wait_seconds=60):
                self._import(by, site, options)
        except leases.Locked as error:
            raise CommandError(f"{error} Hãy thử lại sau.") from error
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from None
        except PermissionDenied as error:
            raise CommandError(str(error)) from None

    def _import(self, by, site, options) -> None:
        batch = self._checked(by, site, options)
        self._report(batch, options["report"])
        if options["dry_run"]:
            batches.discard(batch, by=by)
            self.stdout.write("Chỉ kiểm tra; không ghi gì.")
            return
        if batch.state == ImportBatch.State.CHECKED and (options["yes"] or self._agreed()):
            batch = batches.confirm(batch, by=by, declaration=True)
            batch = batches.write_now(batch)
        self.stdout.write(f"{batch}: {batch.get_state_display().lower()}. {batch.message}".strip())

    def _checked(self, by, site, options) -> ImportBatch:
        with open(self._path(options["file"]), "rb") as table:
            examined = examine_document(File(table, Path(options["file"]).name)).file
            demand_storable(examined, by=by, site=site)
            if not options["zip"]:
                batch = self._submitted(by, site, examined, None, options)
            else:
                with open(self._path(options["zip"]), "rb") as package:
                    archive = File(package, Path(options["zip"]).name)
                    check_name(archive.name)
                    demand_storable(archive, by=by, site=site)
                    batch = self._submitted(by, site, examined, archive, options)
        while batch.state == ImportBatch.State.CHECKING:
            batch = batches.step(batch)
            self.stdout.write(f"Đã kiểm tra {max(batch.rows_checked - 1, 0)}/{batch.rows_total} dòng.", ending="\r\n")
        return batch

    @staticmethod
    def _path(name: str) -> Path:
        path = Path(name)
        if not path.is_file():
            raise CommandError(f"Không có tệp «{name}»; hãy kiểm tra đường dẫn.")
        return path

    @staticmethod
    def _submitted(by, site, table, package, options) -> ImportBatch:
        batch = batches.upload(by=by, site=site, table=table, package=package, takes_text=options["take_text"])
        if options["scheme"]:
            batch.scheme = options["scheme"]
            batch.save(update_fields=["scheme"])
        return batch

    def _report(self, batch: ImportBatch, target: str) -> None:
        if batch.state == ImportBatch.State.UNREADABLE:
            raise CommandError(batch.message)
        for note in batch.notes:
            self.stdout.write(f"Lưu ý: {note}")
        for row in batch.rows.filter(outcome=ImportRow.Outcome.WRONG).order_by("number").iterator():
            for found in row.problems:
                self.stdout.write(f"Dòng {row.number} · {found['column']} · {found['message']}")
        for outcome, count in batches.counts(batch).items():
            self.stdout.write(f"{count:6} dòng {SHOWN[outcome]}")
        if target:
            Path(target).write_bytes(tables.problems(batch.rows.order_by("number")))
            self.stdout.write(f"Danh sách lỗi: {target}")

    def _agreed(self) -> bool:
        answer = input("Tôi cam kết nội dung chính xác (Điều 20.2). Ghi các dòng không lỗi thành bản nháp? (có/không) ")
        return answer.strip().lower() in ("có", "co", "c", "y", "yes")
