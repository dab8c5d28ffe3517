from django.core.management.base import BaseCommand

from ...seeding import load_calendar, load_rules


class Command(BaseCommand):
    help = "Nạp quy tắc thời hạn và lịch làm việc lần đầu; chạy lại không đổi gì đã có."

    def handle(self, *args, **options):
        rules = load_rules()
        days = load_calendar()
        self.stdout.write(f"Đã thêm {len(rules)} quy tắc thời hạn và {len(days)} ngày trong lịch làm việc.")
