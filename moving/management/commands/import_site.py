"""Bring the pages of an old portal in from the command line, by the rules of the screens."""

import contextlib
import tempfile
import zipfile
from pathlib import Path

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files import File
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from base.models import PortalSite
from base.operations import leases, periodic
from base.sites import city_site
from sections.drafting import taking_articles
from vietnam import text

from ... import imports, report, rights
from ...checking import AS_IS
from ...models import MovedRow, SiteImport
from ...reading import FORMATS

State = SiteImport.State
SCHEMES = [*text.LEGACY_SCHEMES, AS_IS]
FIRST_SECTION = "tin-tuc"
OTHERWISE = (
    "«{batch}» của tệp này chưa xong và đã tải lên với lựa chọn khác ở {options}; hãy chạy lại với lựa chọn cũ hoặc "
    "không nêu các lựa chọn ấy, hoặc bỏ đợt đó rồi chạy lại."
)


class Command(BaseCommand):
    """Dry run, question, then drafts in dossiers. Killed on the way, the same command carries the same export on."""

    help = "Chuyển nội dung từ cổng cũ thành bản nháp trong các hồ sơ đăng; bị ngắt thì chạy lại lệnh để làm tiếp."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", default="", help="Tệp xuất từ cổng cũ")
        parser.add_argument("--format", choices=list(FORMATS), default="", help="Dạng của tệp xuất")
        parser.add_argument("--host", default="", help="Tên miền của cổng cũ, cách nhau bằng dấu phẩy")
        parser.add_argument("--files", default="", help="Tệp ZIP hoặc thư mục chứa ảnh và tệp của cổng cũ")
        parser.add_argument("--by", required=True, help="Tên đăng nhập của người chuyển")
        parser.add_argument("--site", default="", help="Tên trang trong địa chỉ; mặc định là trang thành phố")
        parser.add_argument("--section", default="", help="Mục nhận bài không có mục riêng; mặc định là tin-tuc")
        parser.add_argument("--category", action="append", default=[], help="«tên chuyên mục cũ=tên mục», nhiều lần")
        parser.add_argument("--place", action="append", default=[], help="«nội dung=div#chinh», với các trang đã lưu")
        parser.add_argument("--scheme", choices=SCHEMES, default="", help="bảng mã cũ đã xác nhận")
        parser.add_argument("--without-documents", action="store_true", help="không đề xuất văn bản vào sổ")
        parser.add_argument("--dry-run", action="store_true", help="chỉ kiểm tra; đợt mà lệnh này lập thì bỏ đi")
        parser.add_argument("--yes", action="store_true", help="tạo bản nháp ngay, không hỏi lại")
        parser.add_argument("--report", default="", help="ghi báo cáo từng bài ra tệp .xlsx này")
        parser.add_argument("--undo", type=int, default=0, help="số của đợt cần thu hồi")
        parser.add_argument("--reason", default="", help="lý do thu hồi")

    def handle(self, *args, **options):
        by = User.objects.filter(username=options["by"]).first()
        if by is None:
            raise CommandError(f"Không có tài khoản «{options['by']}»; hãy kiểm tra tên đăng nhập.")
        try:
            # The periodic job would carry the same import on.
            with leases.hold(periodic.LONG, wait_seconds=60):
                self._undo(by, options) if options["undo"] else self._import(by, options)
        except leases.Locked as error:
            raise CommandError(f"{error} Hãy thử lại sau.") from error
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from None
        except PermissionDenied as error:
            raise CommandError(str(error)) from None

    def _undo(self, by, options) -> None:
        batch = SiteImport.objects.filter(pk=options["undo"]).first()
        if batch is None:
            raise CommandError(f"Không có đợt chuyển {options['undo']}.")
        batch = self._carried_on(imports.undo(batch, by=by, reason=options["reason"]))
        self.stdout.write(f"{batch}: {batch.get_state_display().lower()}.")

    def _import(self, by, options) -> None:
        batch, is_ours = self._submitted(by, options)
        is_tried = options["dry_run"]
        if not is_tried or batch.state == State.CHECKING:
            batch = self._carried_on(batch)
        if batch.state == State.UNREADABLE:
            raise CommandError(batch.message)
        may_convert = batch.state == State.CHECKED and (is_ours or not is_tried)
        if options["scheme"] and batch.suspected_scheme and may_convert:
            batch = self._carried_on(imports.convert(batch, options["scheme"], by=by))
        self._report(batch, options["report"])
        if is_tried:
            if is_ours:
                imports.discard(batch, by=by)
            self.stdout.write("Chỉ kiểm tra; không ghi gì." if is_ours else f"«{batch}» để nguyên.")
            return
        if batch.state == State.CHECKED and (options["yes"] or self._agreed()):
            batch = self._carried_on(imports.begin(batch, by=by))
            self._report(batch, options["report"])
        self.stdout.write(f"{batch}: {batch.get_state_display().lower()}. {batch.message}".strip())

    def _submitted(self, by, options) -> tuple[SiteImport, bool]:
        """Return the import of the export, and whether this run made it: one that is not finished is carried on."""
        site = PortalSite.objects.filter(slug=options["site"]).first() if options["site"] else city_site()
        if site is None:
            raise CommandError(f"Không có trang «{options['site']}»; hãy kiểm tra tên trang trong địa chỉ.")
        slug = options["section"] or FIRST_SECTION
        section = next((one for one in taking_articles(site) if one.slug == slug), None)
        if section is None:
            known = ", ".join(one.slug for one in taking_articles(site))
            raise CommandError(f"Trang không có mục «{slug}» nhận bài; hãy chọn một trong: {known}.")
        if not options["file"] or not options["format"]:
            raise CommandError("Hãy nêu tệp xuất và --format.")
        written = {"sections": "\n".join(options["category"]), "places": "\n".join(options["place"])}
        with contextlib.ExitStack() as ending:
            source = File(ending.enter_context(open(self._path(options["file"]), "rb")), Path(options["file"]).name)
            if (batch := imports.unfinished(site, imports.digest_of(source))) is not None:
                self._demand_same(batch, section, written, by, options)
                self.stdout.write(f"Làm tiếp «{batch}»: {batch.get_state_display().lower()}.")
                return batch, False
            package = ending.enter_context(self._packed(options["files"])) if options["files"] else None
            return imports.submit(
                section,
                by=by,
                format=options["format"],
                source=source,
                package=package,
                hosts=options["host"],
                takes_documents=not options["without_documents"],
                **written,
            ), True

    def _demand_same(self, batch: SiteImport, section, written: dict[str, str], by, options) -> None:
        """Raise CommandError where an import that is not finished was submitted with other choices, or is not theirs.

        An option that is left out asks for nothing.
        """
        if not rights.visible_to(by).filter(pk=batch.pk).exists():
            raise CommandError(imports.AGAIN.format(batch=batch))
        wanted = imports.read_choices(batch.site, hosts=options["host"] or ",".join(batch.hosts), **written)
        asked = {
            "--format": options["format"] == batch.format,
            "--host": wanted["hosts"] == batch.hosts,
            "--section": not options["section"] or section.pk == batch.section_id,
            "--category": not options["category"] or wanted["sections"] == batch.sections,
            "--place": not options["place"] or wanted["places"] == batch.places,
            "--files": not options["files"] or self._name_of(options["files"]) == batch.package_name,
            "--scheme": not options["scheme"] or batch.scheme in ("", options["scheme"]),
            "--without-documents": not options["without_documents"] or not batch.takes_documents,
        }
        if other := [name for name, is_same in asked.items() if not is_same]:
            raise CommandError(OTHERWISE.format(batch=batch, options=", ".join(other)))

    @staticmethod
    def _name_of(files: str) -> str:
        """Return what the ZIP with the files is called: a folder is packed into one of its name."""
        place = Path(files)
        return (f"{place.resolve().name or 'tep'}.zip" if place.is_dir() else place.name)[-200:]

    @contextlib.contextmanager
    def _packed(self, name: str):
        """Give a ZIP, open; of a folder one that holds its files."""
        place = Path(name)
        if place.is_file():
            with place.open("rb") as handle:
                yield File(handle, place.name)
            return
        if not place.is_dir():
            raise CommandError(f"Không có tệp hoặc thư mục «{name}»; hãy kiểm tra đường dẫn.")
        with tempfile.NamedTemporaryFile(suffix=".zip") as made:
            with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
                for path in sorted(place.rglob("*")):
                    if path.is_file() and not path.is_symlink():
                        archive.write(path, path.relative_to(place).as_posix())
            made.seek(0)
            yield File(made, self._name_of(name))

    @staticmethod
    def _path(name: str) -> Path:
        path = Path(name)
        if not path.is_file():
            raise CommandError(f"Không có tệp «{name}»; hãy kiểm tra đường dẫn.")
        return path

    def _carried_on(self, batch: SiteImport) -> SiteImport:
        while batch.state in SiteImport.IN_WORK:
            batch = imports.step(batch)
            if batch.message and batch.state in SiteImport.IN_WORK:
                raise CommandError(batch.message)
            done, total = imports.progress_of(batch)
            if done:
                self.stdout.write(
                    f"{batch.get_state_display()}: {done}{f'/{total}' if total else ''} bài.", ending="\r\n"
                )
        return batch

    def _report(self, batch: SiteImport, target: str) -> None:
        for row in batch.rows.filter(outcome=MovedRow.Outcome.WRONG).order_by("number").iterator():
            for problem in row.problems:
                self.stdout.write(f"Mục {row.number} · {row.title} · {problem}")
        for outcome, count in imports.counts(batch).items():
            self.stdout.write(f"{count:6} bài: {MovedRow.Outcome(outcome).label.lower()}")
        if target:
            rows = batch.rows.select_related("section", "bundle").defer("values").order_by("number")
            Path(target).write_bytes(report.sheet(rows.iterator(chunk_size=500)))
            self.stdout.write(f"Báo cáo từng bài: {target}")

    def _agreed(self) -> bool:
        answer = input("Tạo bản nháp và hồ sơ đăng cho các bài này? (có/không) ")
        return answer.strip().lower() in ("có", "co", "c", "y", "yes")
