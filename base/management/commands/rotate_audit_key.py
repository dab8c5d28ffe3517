"""Let a new key sign the tips of the chains from now on."""

from django.core.management.base import BaseCommand

from ...audit.trail import record
from ...chain import keys


class Command(BaseCommand):
    help = "Thêm một khóa mới để ký đầu chuỗi niêm phong; khóa cũ vẫn dùng để đối chiếu những gì nó đã ký."

    def handle(self, *args, **options):
        number = keys.rotate()
        record("audit.key_rotated", detail={"number": number})
        self.stdout.write(f"Từ nay khóa {number} ký đầu chuỗi. Hãy sao lưu tệp khóa, để riêng khỏi cơ sở dữ liệu.")
