"""The second half of `manage.py restore`, which calls it with the settings of the portal that was put back."""

import sys

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from base.operations.backup.target import BackupFailed

from ... import restored


class Command(BaseCommand):
    help = "Phần sau của manage.py restore: đối chiếu, làm lại những gì có sau bản sao lưu. Chạy lại được."

    def handle(self, *args, **options):
        try:
            found = restored.complete(on=timezone.now())
        except BackupFailed as error:
            raise CommandError(str(error)) from error
        for line in found.done:
            self.stdout.write(line)
        for line in found.by_hand:
            self.stdout.write(f"CẦN NGƯỜI LÀM: {line}")
        for line in found.wrong:
            self.stderr.write(f"SAI: {line}")
        if found.wrong:
            sys.exit(1)
