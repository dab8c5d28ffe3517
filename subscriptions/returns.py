"""The address to which a mail comes back: it says which mail it was, to the portal alone.

With `PORTAL_MAIL_RETURNS` ("tra-ve@longxuyen.example.invalid") each mail of news has an envelope sender of its own,
`tra-ve+12-0f3a…@…`: the number of the mail and a keyed digest of it. A report that comes back to it, or quotes it, thus
names the mail without naming the person. Without the setting mails come back to the portal's sender, unmarked.
"""

import re

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from .models import Mailing

_MARK = re.compile(r"\+(\d{1,18})-([0-9a-f]{16})@")


def address_for(mailing: Mailing) -> str:
    """Return the envelope sender of a mail; "" for the portal's own."""
    name, _at, host = settings.PORTAL_MAIL_RETURNS.rpartition("@")
    return f"{name}+{mailing.pk}-{_digest(mailing.pk)}@{host}" if name else ""


def marked_in(text: str) -> int | None:
    """Return the number of the mail whose return address a text has, None where there is none of ours."""
    for number, mark in _MARK.findall(text):
        if constant_time_compare(mark, _digest(int(number))):
            return int(number)
    return None


def _digest(key: int) -> str:
    return salted_hmac("subscriptions.returns", str(key), algorithm="sha256").hexdigest()[:16]
