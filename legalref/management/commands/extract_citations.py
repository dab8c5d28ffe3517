from django.core.management.base import BaseCommand

from ...citations import reading


class Command(BaseCommand):
    help = "Tìm lại trích dẫn trong mọi trang và văn bản đang đăng; quyết định của biên tập được giữ nguyên."

    def handle(self, *args, **options):
        texts, changed = reading.extract_everything()
        self.stdout.write(f"Đã đọc {texts} nội dung đang đăng; {changed} nội dung có liên kết thay đổi.")
