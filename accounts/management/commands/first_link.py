from django.core.management.base import BaseCommand, CommandError

from base.gate import Refused

from ...signin import first_accounts


class Command(BaseCommand):
    help = "In liên kết lập hai tài khoản đầu tiên, khi cổng chưa có tài khoản nào."

    def handle(self, *args, **options):
        try:
            self.stdout.write(first_accounts.link())
        except Refused as reason:
            raise CommandError(str(reason)) from None
