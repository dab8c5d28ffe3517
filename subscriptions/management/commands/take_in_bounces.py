"""Take in the mails that came back: from a letter box in a file (mbox) or a folder (Maildir), or one from a pipe."""

import mailbox
import sys
from collections import Counter
from email import message_from_binary_file
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from ... import bounces

PIPE = "-"


class Command(BaseCommand):
    help = (
        "Đọc thư bị trả lại và thư báo «thư rác» từ tệp mbox, thư mục Maildir, hoặc một thư qua đường ống (-); "
        "địa chỉ hỏng thì ngừng gửi. Chạy lại không hại gì; không xóa thư nào."
    )

    def add_arguments(self, parser):
        parser.add_argument("place", help="tệp mbox, thư mục Maildir, hoặc - để đọc một thư từ đầu vào")

    def handle(self, *args, place: str, **options):
        found = Counter(bounces.take_in(message) for message in _messages(place))
        for outcome in bounces.Outcome:
            self.stdout.write(f"{outcome.value}: {found[outcome]} thư")


def _messages(place: str):
    if place == PIPE:
        return [message_from_binary_file(sys.stdin.buffer)]
    path = Path(place)
    if path.is_file():
        return mailbox.mbox(path, create=False)
    if (path / "cur").is_dir():
        return mailbox.Maildir(path, create=False)
    raise CommandError(f"{place}: không phải tệp mbox hay thư mục Maildir.")
