"""Write the register's own index anew: beside documents older than it, and after a change of the analysis."""

from django.core.management.base import BaseCommand

from ...register import indexing


class Command(BaseCommand):
    help = "Ghi lại chỉ mục của sổ văn bản từ các văn bản đang đăng."

    def handle(self, *args, **options):
        written, removed = indexing.rebuild()
        self.stdout.write(f"Đã ghi {written} văn bản, xóa {removed} mục thừa.")
