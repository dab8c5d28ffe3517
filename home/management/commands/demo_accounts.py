from django.core.management.base import BaseCommand

from ...demo.build import accounts


class Command(BaseCommand):
    help = "In bảng tài khoản trình diễn: tên, mật khẩu, vai trò, trang, khóa xác thực hai bước."

    def handle(self, *args, **options):
        rows = accounts()
        if not rows:
            self.stdout.write("Chưa có tài khoản trình diễn; hãy chạy lệnh build_demo_city trước.")
            return
        table = [("Tên đăng nhập", "Mật khẩu", "Vai trò", "Trang", "Khóa xác thực"), *rows]
        widths = [max(len(row[column]) for row in table) for column in range(5)]
        for row in table:
            self.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
