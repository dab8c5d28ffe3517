"""What comes back: reports of mails that were not delivered (RFC 3464) and of mails called junk (RFC 5965).

`take_in` reads one message; `manage.py take_in_bounces` a letter box of them. The return address (`returns.py`) says
which mail it was, in the report's own fields or in the mail that it quotes: nothing else that a stranger wrote is
looked up. A letter box that is not there is suppressed at once, one that fails otherwise on the third day; who calls a
mail junk wants no more of them. What no rule reads is counted and left to a person.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from enum import Enum

from django.db import transaction
from django.utils import timezone

from base.operations.mail import NO_SUCH_BOX

from . import retention, returns, sending
from .models import Mailing, Subscriber

# A letter box that was full or away on several days counts as given up.
MOST_PASSING = 3
# Fields of a report, and of the mail that it quotes, in which our mark may stand.
FIELDS = ("To", "Delivered-To", "X-Original-To", "Return-Path", "Original-Mail-From", "X-Failed-Recipients")
LONGEST_PART = 200_000
Why = Subscriber.Suppressed


class Outcome(Enum):
    """What became of one message."""

    SUPPRESSED = "ngừng gửi"
    COUNTED = "ghi một lần trả lại"
    NOTHING = "thư đã gửi được hoặc còn đang gửi"
    UNKNOWN = "không nhận ra"


@dataclass(frozen=True)
class Report:
    """What a message says: of which of our mails, whether it is a complaint, whether a failure is final."""

    mailing: int
    is_complaint: bool = False
    is_failure: bool = False
    is_final: bool = False


def take_in(message: Message, *, on: datetime | None = None) -> Outcome:
    """Take in one message; return what became of it. Safe to repeat."""
    report, moment = read(message), on or timezone.now()
    if report is None:
        return Outcome.UNKNOWN
    if not report.is_complaint and not report.is_failure:
        return Outcome.NOTHING
    return _apply(report, moment)


def note_refused(key: str, on: datetime) -> None:
    """Suppress the address of a mail that the recipient's server has refused for good; called by the outbox."""
    mailing = Mailing.objects.select_related("subscriber").filter(pk=key.removeprefix(sending.KEY)).first()
    if mailing is not None:
        retention.suppress(mailing.subscriber, Why.BOUNCED, on=on)


@transaction.atomic
def _apply(report: Report, moment: datetime) -> Outcome:
    mailing = Mailing.objects.filter(pk=report.mailing).first()
    subscriber = Subscriber.objects.select_for_update().filter(pk=mailing.subscriber_id).first() if mailing else None
    if subscriber is None:
        return Outcome.UNKNOWN
    if report.is_complaint or report.is_final:
        retention.suppress(subscriber, Why.COMPLAINED if report.is_complaint else Why.BOUNCED, on=moment)
        return Outcome.SUPPRESSED
    today = timezone.localdate(moment)
    if subscriber.bounced_on == today:
        return Outcome.COUNTED
    subscriber.bounces, subscriber.bounced_on = subscriber.bounces + 1, today
    subscriber.save(update_fields=["bounces", "bounced_on"])
    if subscriber.bounces < MOST_PASSING:
        return Outcome.COUNTED
    retention.suppress(subscriber, Why.BOUNCED, on=moment)
    return Outcome.SUPPRESSED


def read(message: Message) -> Report | None:
    """Return what a message reports of one of our mails; None for what is no report, or of no mail of ours."""
    key = next((found for text in _texts(message) if (found := returns.marked_in(text)) is not None), None)
    if key is None:
        return None
    kind = str(message.get_param("report-type", "") or "").lower()
    if kind == "feedback-report":
        return Report(key, is_complaint=True)
    statuses = list(_delivery_fields(message))
    if kind != "delivery-status" or not statuses:
        return None
    failed = [status for action, status in statuses if action == "failed"]
    is_final = any(NO_SUCH_BOX.search(status.encode()) for status in failed)
    return Report(key, is_failure=bool(failed), is_final=is_final)


def _delivery_fields(message: Message) -> Iterator[tuple[str, str]]:
    """Yield (action, status) of each recipient that a report names: ("failed", "5.1.1")."""
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            for block in part.get_payload() if part.is_multipart() else ():
                if block.get("Action"):
                    yield str(block["Action"]).strip().lower(), str(block.get("Status", "")).strip()


def _texts(message: Message) -> Iterable[str]:
    """The texts in which our mark may stand: fields of the report, then of what it quotes, then the quoted headers."""
    for part in message.walk():
        for name in FIELDS:
            yield from (str(value) for value in part.get_all(name, ()))
    for part in message.walk():
        if part.get_content_type() == "text/rfc822-headers":
            yield str(part.get_payload())[:LONGEST_PART]
