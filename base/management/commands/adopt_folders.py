"""Name the folders and keys of this machine as those of the portal."""

from django.core.management.base import BaseCommand

from ...audit.trail import record
from ...operations import installation


class Command(BaseCommand):
    help = "Ghi nhận các thư mục dữ liệu và tệp khóa của máy này là của cổng, sau khi khôi phục hoặc chuyển máy."

    def handle(self, *args, **options):
        differed = installation.adopt()
        record("portal.folders_adopted", detail={"differed": differed})
        for reason in differed:
            self.stdout.write(reason)
        self.stdout.write("Đã ghi nhận các thư mục và tệp khóa của máy này.")
