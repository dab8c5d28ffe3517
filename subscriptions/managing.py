"""What a person does by the link in each mail: see what they follow, change it, leave, fetch or erase their data.

Who leaves is gone at once: their row goes with all that hangs on it, and mails that wait to leave are emptied. A
mail that was written with something that is not followed any more is written anew (`sending.is_still_so`).
"""

from datetime import datetime

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from base.operations import mail
from base.operations.backup.ended import Ended, register_replay
from base.operations.backup.ended import note as note_ended
from vietnam.dates import format_moment

from . import following, subscribing
from .following import Followed
from .models import Subscriber, Subscription

# What the keys of all mails of this room begin with.
MAILS = "subscription-"
# What the journal outside the database says of who left, wholly or one thing.
LEFT, LEFT_ONE = "subscriber-left", "subscription-left"


def followed_by(subscriber: Subscriber) -> list[tuple[Subscription, Followed | None]]:
    """Return what a person follows, the oldest first, each with what it is now."""
    rows = subscriber.subscriptions.filter(ended_at=None).exclude(confirmed_at=None).order_by("pk")
    return [(row, following.find(row.followed, row.words)) for row in rows]


@transaction.atomic
def change_frequency(subscriber: Subscriber, frequency: str, *, on: datetime | None = None) -> Subscriber:
    """Change how often a person is told, from the next mail on. Raises ValueError for no such frequency."""
    held = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    held.frequency = Subscriber.Frequency(frequency)
    held.save(update_fields=["frequency"])
    subscribing.renew(held, on or timezone.now())
    log(instance=held, action="portal.subscription.frequency")
    return held


@transaction.atomic
def leave_one(subscriber: Subscriber, subscription_id: int, *, on: datetime | None = None) -> bool:
    """Stop following one thing; with the last one the person is gone. Tell whether they still follow something."""
    held = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    held.subscriptions.filter(pk=subscription_id).delete()
    if not held.subscriptions.filter(ended_at=None).exclude(confirmed_at=None).exists():
        leave_all(held, on=on)
        return False
    note_ended(LEFT_ONE, held, subscription=subscription_id)
    log(instance=held, action="portal.subscription.left_one")
    return True


@transaction.atomic
def leave_all(subscriber: Subscriber, *, on: datetime | None = None) -> None:
    """Stop telling a person anything, and erase what is known of them. Safe to repeat."""
    held = Subscriber.objects.select_for_update().filter(pk=subscriber.pk).first()
    if held is None:
        return
    empty_mails(held, on=on or timezone.now())
    note_ended(LEFT, held)
    log(instance=held, action="portal.subscription.left")
    held.delete()


def empty_mails(subscriber: Subscriber, *, on: datetime) -> None:
    """Empty the mails of this room to a person that wait to leave."""
    mail.empty(MAILS, recipient=subscriber.email, on=on)


def copy_of(subscriber: Subscriber) -> str:
    """Return everything that is kept of a person, as a text in their language."""
    with translation.override(subscriber.language):
        lines = [
            _("Dữ liệu về đăng ký nhận tin"),
            "",
            f"{_('Thư điện tử')}: {subscriber.email}",
            f"{_('Nhịp gửi')}: {subscriber.get_frequency_display()}",
            f"{_('Đăng ký lúc')}: {format_moment(subscriber.asked_at)}",
        ]
        if subscriber.confirmed_at:
            lines.append(f"{_('Xác nhận lúc')}: {format_moment(subscriber.confirmed_at)}")
        if subscriber.mailed_at:
            lines.append(f"{_('Thư tin gần nhất')}: {format_moment(subscriber.mailed_at)}")
        lines += [f"{_('Đã đồng ý')}: {subscriber.consent_text}", "", _("Đang theo dõi")]
        for row, found in followed_by(subscriber):
            lines.append(f"- {found.label if found else _('Mục không còn trên cổng')}")
            lines.append(f"  {_('từ')} {format_moment(row.confirmed_at)}")
        return "\n".join(lines) + "\n"


def register_replays() -> None:
    """Register what makes those leave again who left after a backup that was put back."""
    register_replay(LEFT, stands=lambda entry: Subscriber.objects.filter(pk=entry.key).exists(), again=_leave_again)
    register_replay(LEFT_ONE, stands=lambda entry: _left(entry).exists(), again=_leave_one_again)


def _leave_again(entry: Ended, on: datetime) -> str:
    leave_all(Subscriber(pk=entry.key), on=on)
    return ""


def _left(entry: Ended):
    return Subscription.objects.filter(pk=entry.facts["subscription"], subscriber=entry.key)


def _leave_one_again(entry: Ended, on: datetime) -> str:
    leave_one(Subscriber(pk=entry.key), entry.facts["subscription"], on=on)
    return ""
