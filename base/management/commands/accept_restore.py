"""State that the database was put back from an older copy, so that the chains may go on from there."""

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError

from ...audit.sealing import accept_restore


class Command(BaseCommand):
    help = "Xác nhận cơ sở dữ liệu vừa được khôi phục từ bản sao cũ; lời xác nhận được ký và giữ mãi."

    def add_arguments(self, parser):
        parser.add_argument("--by", required=True, help="Tên đăng nhập của tài khoản dự phòng (siêu quản trị)")
        parser.add_argument("--reason", required=True, help="Bản sao lưu nào, vì sao phải khôi phục")

    def handle(self, *args, **options):
        by = get_user_model().objects.filter(username=options["by"]).first()
        if by is None:
            raise CommandError(f"--by: không có tài khoản «{options['by']}»; hãy kiểm tra tên đăng nhập.")
        try:
            lost = accept_restore(by=by, reason=options["reason"])
        except (PermissionDenied, ValueError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Đã ghi nhận; {lost} mắt xích không còn trong cơ sở dữ liệu.")
