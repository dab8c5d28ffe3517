from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from vietnam import text

from ... import opening


class Command(BaseCommand):
    help = "Lập hồ sơ mở trang của một phường, xã; người thứ hai duyệt trong phần quản trị."

    def add_arguments(self, parser):
        parser.add_argument("name", help="Tên đầy đủ, ví dụ «Phường Mỹ Long»")
        parser.add_argument("--by", required=True, help="Tên đăng nhập của người lập hồ sơ")
        parser.add_argument("--kind", choices=["ward", "commune"], required=True, help="Phường hay xã")
        parser.add_argument("--valid-from", required=True, help="Ngày bắt đầu, dạng ngày/tháng/năm")
        parser.add_argument("--legal-act", required=True, help="Căn cứ: số, ký hiệu văn bản")
        parser.add_argument("--email", required=True, help="Thư điện tử chính thức")
        parser.add_argument("--slug", default="", help="Tên trong địa chỉ; mặc định lấy từ tên")
        parser.add_argument("--host-label", default="", help="Tên miền con; mặc định như tên trong địa chỉ")
        parser.add_argument("--address", default="")
        parser.add_argument("--phone", default="")
        parser.add_argument("--submit", action="store_true", help="Gửi duyệt ngay")

    def handle(self, *args, **options):
        by = User.objects.filter(username=options["by"]).first()
        if by is None:
            raise CommandError(f"Không có tài khoản «{options['by']}»; hãy kiểm tra tên đăng nhập.")
        try:
            valid_from = datetime.strptime(options["valid_from"], "%d/%m/%Y").date()  # noqa: DTZ007  a local day
        except ValueError:
            raise CommandError("Ngày bắt đầu phải theo dạng ngày/tháng/năm, ví dụ 01/07/2026.") from None
        name = options["name"]
        slug = options["slug"] or text.slug(name.split(" ", 1)[-1])
        try:
            dossier = opening.open_ward(
                by=by,
                name=name,
                kind=options["kind"],
                slug=slug,
                host_label=options["host_label"] or slug,
                legal_act=options["legal_act"],
                valid_from=valid_from,
                address=options["address"],
                phone=options["phone"],
                email=options["email"],
            )
            if options["submit"]:
                dossier = opening.submit_opening(dossier, by=by)
        except ValidationError as problem:
            raise CommandError("\n".join(problem.messages)) from None
        except PermissionDenied as problem:
            raise CommandError(str(problem)) from None
        self.stdout.write(f"{dossier}: {dossier.get_state_display()}, {dossier.pages().count()} trang.")
