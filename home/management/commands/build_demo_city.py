from django.core.management.base import BaseCommand, CommandError

from ...demo.build import build


class Command(BaseCommand):
    help = "Dựng thành phố trình diễn qua đúng các bước gửi duyệt, duyệt; chạy lại không làm mất gì."

    def handle(self, *args, **options):
        try:
            found = build(lambda line: self.stdout.write(f"  {line}"))
        except ValueError as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write(f"Đã dựng xong; {len(found)} tài khoản trình diễn (xem lệnh demo_accounts).")
