"""How long an address stays: until its person leaves, and no longer than they say that they want the mails.

1. What was not confirmed within `CONFIRM_DAYS` goes.
2. `TERM` after the last press of a button a person is asked whether the mails are still wanted; who does not say so
   within `ANSWER_DAYS` goes.
3. Who follows nothing any more, because all of it went, goes `CONFIRM_DAYS` after the last mail.
4. Of an address that takes no mails only the digest stays, until its day. Old changes and tellings go as well.
"""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone, translation
from wagtail.log_actions import log

from base.operations.notices import notify
from vietnam.dates import format_short

from . import addresses, managing
from .models import Mailing, PublicChange, Subscriber, Subscription, Telling
from .subscribing import CONFIRM_DAYS

TERM, ANSWER_DAYS = timedelta(days=730), 30
# How long a suppressed letter box is not written to.
SUPPRESSED_DAYS = {Subscriber.Suppressed.BOUNCED: 90, Subscriber.Suppressed.COMPLAINED: 365}
# Longer than anything is told of (`journal.REMEMBERED`), or comes back.
JOURNAL = timedelta(days=120)
MOST_REMINDERS = 500
State = Subscriber.State


def asked_again_on(subscriber: Subscriber) -> date | None:
    """Return the day on which a person is asked whether the mails are still wanted."""
    return timezone.localdate(subscriber.confirmed_at + TERM) if subscriber.confirmed_at else None


def purge(*, on: datetime) -> int:
    """Erase whose term is over, and remind whose term ends; return how many people went. The job of the night."""
    today, went = timezone.localdate(on), 0
    unconfirmed = Subscription.objects.filter(confirmed_at=None, asked_at__lt=on - timedelta(days=CONFIRM_DAYS))
    unconfirmed.delete()
    went += _delete(Subscriber.objects.filter(state=State.UNCONFIRMED, subscriptions=None))
    went += _delete(Subscriber.objects.filter(state=State.SUPPRESSED, purge_on__lte=today))
    silent = Subscriber.objects.filter(state=State.ACTIVE, reminded_at__lt=on - timedelta(days=ANSWER_DAYS))
    for subscriber in silent:
        managing.leave_all(subscriber, on=on)
        went += 1
    following = Subscription.objects.filter(ended_at=None).values("subscriber_id")
    idle = Subscriber.objects.filter(state=State.ACTIVE).exclude(pk__in=following)
    # The last word about what ended may still have to be said, or be on its way.
    last_word = Telling.objects.filter(Telling.PENDING, subscriber=OuterRef("pk"), is_urgent=True)
    went += _delete(idle.filter(~Exists(last_word)).exclude(mailed_at__gt=on - timedelta(days=CONFIRM_DAYS)))
    _remind(on)
    Mailing.objects.filter(written_at__lt=on - JOURNAL).delete()
    PublicChange.objects.filter(at__lt=on - JOURNAL).exclude(spread_at=None).delete()
    return went


def _delete(rows) -> int:
    keys = list(rows.values_list("pk", flat=True).distinct())
    Subscriber.objects.filter(pk__in=keys).delete()
    return len(keys)


def _remind(on: datetime) -> None:
    due = Subscriber.objects.filter(state=State.ACTIVE, reminded_at=None, confirmed_at__lt=on - TERM)
    for subscriber in due.order_by("confirmed_at", "pk")[:MOST_REMINDERS]:
        with transaction.atomic(), translation.override(subscriber.language):
            context = {
                "subscriber": subscriber,
                "asked": f"{on.timestamp():.0f}",
                "url": addresses.link(addresses.MANAGE, subscriber),
                "last_day": format_short(timezone.localdate(on + timedelta(days=ANSWER_DAYS))),
            }
            notify(subscriber, "subscription_reminder", context, language=subscriber.language)
            Subscriber.objects.filter(pk=subscriber.pk).update(reminded_at=on)


@transaction.atomic
def suppress(subscriber: Subscriber, why: str, *, on: datetime) -> None:
    """Write no more mails to a letter box; erase the address and all that its person followed."""
    held = Subscriber.objects.select_for_update().filter(pk=subscriber.pk).exclude(state=State.SUPPRESSED).first()
    if held is None:
        return
    managing.empty_mails(held, on=on)
    held.subscriptions.all().delete()
    held.mailings.all().delete()
    held.email, held.consent_text, held.domain_digest, held.word = "", "", "", addresses.new_word()
    held.state, held.suppressed_for = State.SUPPRESSED, why
    held.purge_on = timezone.localdate(on) + timedelta(days=SUPPRESSED_DAYS[Subscriber.Suppressed(why)])
    held.save()
    log(instance=held, action="portal.subscription.suppressed")
