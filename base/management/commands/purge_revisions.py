"""Replaces Wagtail's command of this name, which deletes former versions."""

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    """Refuse: versions are part of the record of who wrote and approved what (Quy chế Điều 21.1)."""

    help = "Không xóa phiên bản cũ: chúng thuộc hồ sơ lưu trữ."

    def add_arguments(self, parser):
        parser.add_argument("--days")
        parser.add_argument("--pages", action="store_true")
        parser.add_argument("--non-pages", action="store_true")

    def handle(self, *args, **options):
        raise CommandError("Phiên bản cũ thuộc hồ sơ lưu trữ nên không xóa được (Điều 21.1 của Quy chế).")
