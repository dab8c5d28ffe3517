from django.core.management.base import BaseCommand

from ...models import DeadlineRule
from ...seeding import add_new_rules, load_calendar, load_rules


class Command(BaseCommand):
    help = "Nạp quy tắc thời hạn và lịch làm việc lần đầu; chạy lại chỉ thêm quy tắc mới, không đổi gì đã có."

    def handle(self, *args, **options):
        # As `migrate` does: a rule of which the board has any row stays as the board keeps it.
        rules = add_new_rules() if DeadlineRule.objects.exists() else load_rules()
        days = load_calendar()
        self.stdout.write(f"Đã thêm {len(rules)} quy tắc thời hạn và {len(days)} ngày trong lịch làm việc.")
