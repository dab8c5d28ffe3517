"""Lets scans whose recognition ended before their last sheet be read again."""

from django.core.management.base import BaseCommand

from ...files import recognising


class Command(BaseCommand):
    """After a day on which the machine was too busy, or with files put back; the job `recognise_scans` reads them."""

    help = "Cho nhận dạng lại chữ của các tệp quét đã dừng giữa chừng."

    def add_arguments(self, parser):
        parser.add_argument("--pictures", action="store_true", help="xem lại cả các ảnh chưa nhận ra chữ nào")

    def handle(self, *args, **options):
        count = recognising.read_again(pictures=options["pictures"])
        self.stdout.write(f"{count} tệp, ảnh sẽ được nhận dạng lại.")
