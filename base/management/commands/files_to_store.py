"""Bring files and archive from their folders into the object store of the settings."""

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from ...files import to_store
from ...files.storage import StoreAway


class Command(BaseCommand):
    help = (
        "Chép tệp tải lên và kho lưu trữ từ thư mục (PORTAL_VAR) vào kho S3 (PORTAL_S3_BUCKET), đọc lại để kiểm; "
        "chạy lại được, không xóa gì."
    )

    def handle(self, *args, **options):
        try:
            done = to_store.move()
        except (ImproperlyConfigured, StoreAway) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"Đã ghi {done.written} tệp, {done.bytes_written / 1024**2:.1f} MB vào kho và đọc lại; {done.there} "
            "tệp đã có, đúng nội dung."
        )
