"""Whether mails of news can come back, and whether receivers can tell that they are the portal's: for `/readyz`.

It compares the portal's own settings, and reads what a receiver wrote into a mail that an officer got and saved
(`manage.py check_mail_headers`). What a name server says of the domain: `sender_records.py`.
"""

import re
from dataclasses import dataclass
from email.message import Message

from django.conf import settings

from base.operations.health import OK, WARNING, Finding

from .models import Subscriber

CHECK = "mail_returns"
METHODS = ("spf", "dkim", "dmarc")
_RESULT = re.compile(r"\b(spf|dkim|dmarc)=(\w+)", re.IGNORECASE)


def check() -> Finding:
    """Look whether mails that cannot be delivered come back marked, to the domain that they are sent from."""
    if not Subscriber.objects.filter(state=Subscriber.State.ACTIVE).exists():
        return Finding(CHECK, OK, "Chưa có người đăng ký nhận tin.")
    if not settings.PORTAL_MAIL_RETURNS:
        return Finding(CHECK, WARNING, "Chưa đặt PORTAL_MAIL_RETURNS: không nhận ra thư tin bị trả lại.")
    sender, returns = (_domain(text) for text in (settings.DEFAULT_FROM_EMAIL, settings.PORTAL_MAIL_RETURNS))
    if returns != sender and not returns.endswith(f".{sender}"):
        return Finding(CHECK, WARNING, "PORTAL_MAIL_RETURNS khác tên miền của PORTAL_MAIL_FROM: SPF không khớp.")
    return Finding(CHECK, OK, "Thư tin bị trả lại về đúng tên miền gửi.")


@dataclass(frozen=True)
class Result:
    """What a receiver found of a mail by one method: "pass", "fail", or "" where it says nothing."""

    method: str
    result: str

    @property
    def is_passed(self) -> bool:
        return self.result == "pass"


def results_in(message: Message) -> list[Result]:
    """Return what the first receiver of a mail found by SPF, DKIM and DMARC (`Authentication-Results`, RFC 8601)."""
    header = next(iter(message.get_all("Authentication-Results", ())), "")
    found = {method.lower(): result.lower() for method, result in reversed(_RESULT.findall(str(header)))}
    return [Result(method, found.get(method, "")) for method in METHODS]


def _domain(address: str) -> str:
    return address.rpartition("@")[2].strip("> ").lower()
