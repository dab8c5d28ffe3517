"""Write the public index anew: beside content older than it, and after a change of what a type of page shows."""

from django.core.management.base import BaseCommand

from ...public.index import rebuilding


class Command(BaseCommand):
    help = "Ghi lại chỉ mục công khai từ các trang đang đăng; chạy được khi cổng đang phục vụ."

    def handle(self, *args, **options):
        written, removed = rebuilding.rebuild()
        self.stdout.write(f"Đã ghi {written} trang, xóa {removed} mục thừa.")
