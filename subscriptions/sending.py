"""The mails of news: one a person and period, written from what is public at that moment.

1. `send_due` finds who has to be told: at once who wishes so, the others at `HOUR`, each day or on Mondays; what
   ends at once. Each person is one transaction: mail and tellings are written together or not at all.
2. At most `MOST_A_MINUTE` mails are written a minute, to one host at most `MOST_A_HOST`, and none while `MOST_WAITING`
   wait in the outbox: a mail server that comes back is not flooded.
3. The outbox asks `is_still_so` before each of them leaves: one whose person has left, or that says what is not public
   any more, does not leave, and what is left to say is written anew.
"""

from collections import Counter
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, Min, OuterRef, Q
from django.utils import timezone, translation

from base.models import OutgoingMail
from base.operations.notices import notify

from . import addresses, returns
from .models import Mailing, Subscriber, Telling
from .news import News, news_of

HOUR = time(7, 0)
MONDAY = 0
MOST_A_MINUTE, MOST_A_HOST, MOST_WAITING = 400, 200, 800
MOST_IN_A_MAIL = 30
# What the keys of these mails begin with.
KEY = "subscription-news-"
MINUTE = timedelta(minutes=1)
Frequency = Subscriber.Frequency


def send_due(*, on: datetime) -> int:
    """Write the mails whose time has come, as many as may be; return how many."""
    room = min(MOST_A_MINUTE - _written(on).count(), MOST_WAITING - _waiting())
    if room <= 0:
        return 0
    at_host = Counter(_written(on).values_list("subscriber__domain_digest", flat=True))
    sent = 0
    for key, host in _due(on):
        if sent >= room:
            break
        if at_host[host] < MOST_A_HOST and _tell(key, on):
            at_host[host] += 1
            sent += 1
    return sent


def slot(frequency: str, on: datetime) -> datetime:
    """Return the last moment up to `on` at which those with a frequency are told; `on` itself for at once.

    >>> slot("weekly", datetime(2026, 9, 9, 12, tzinfo=UTC))
    datetime.datetime(2026, 9, 7, 7, 0, tzinfo=zoneinfo.ZoneInfo(key='Asia/Ho_Chi_Minh'))
    """
    if frequency == Frequency.AT_ONCE:
        return on
    local = timezone.localtime(on, timezone.get_default_timezone())
    found = local.replace(hour=HOUR.hour, minute=HOUR.minute, second=0, microsecond=0)
    days = (local.weekday() - MONDAY) % 7 if frequency == Frequency.WEEKLY else 0
    if days == 0 and found > local:
        days = 7 if frequency == Frequency.WEEKLY else 1
    return found - timedelta(days=days)


def _written(on: datetime):
    return Mailing.objects.filter(written_at__gt=on - MINUTE)


def _waiting() -> int:
    states = (OutgoingMail.State.QUEUED, OutgoingMail.State.SENDING)
    return OutgoingMail.objects.filter(state__in=states, key__startswith=KEY).count()


def _due(on: datetime) -> list[tuple[int, str]]:
    """Return (key, digest of the host) of those who have to be told, who waits longest first."""
    pending = Telling.objects.filter(Telling.PENDING, subscriber=OuterRef("pk"))
    ready = Q(Exists(pending.filter(is_urgent=True)))
    for frequency in Frequency.values:
        begins = slot(frequency, on)
        before = pending.filter(change__at__lte=begins)
        waits = Q(mailed_at=None) | Q(mailed_at__lt=begins) if frequency != Frequency.AT_ONCE else Q()
        ready |= Q(Exists(before), frequency=frequency) & waits
    found = Subscriber.objects.filter(ready, state=Subscriber.State.ACTIVE)
    found = found.annotate(first=Min("tellings__change", filter=Q(tellings__mailing=None, tellings__dropped_at=None)))
    return list(found.order_by("first", "pk").values_list("pk", "domain_digest"))


@transaction.atomic
def _tell(key: int, on: datetime) -> bool:
    """Write one person's mail; tell whether there was anything to say."""
    skip = connection.features.has_select_for_update_skip_locked
    people = Subscriber.objects.filter(pk=key, state=Subscriber.State.ACTIVE).select_for_update(skip_locked=skip)
    subscriber = people.first()
    if subscriber is None:
        return False
    wanted = Telling.objects.filter(Telling.PENDING, subscriber=subscriber)
    # What ended has one last word, and that is urgent.
    wanted = wanted.filter(Q(is_urgent=True) | Q(subscription__ended_at=None))
    tellings = list(wanted.select_related("change"))
    with translation.override(subscriber.language):
        news = news_of(tellings)
        dropped = {telling.pk for telling in news.dropped}
        Telling.objects.filter(pk__in=dropped).update(dropped_at=on)
        if not news.entries:
            return False
        mailing = Mailing.objects.create(subscriber=subscriber, written_at=on, shown=news.shown)
        mailed = [telling.pk for telling in tellings if telling.pk not in dropped]
        Telling.objects.filter(pk__in=mailed).update(mailing=mailing)
        subscriber.mailed_at = on
        subscriber.save(update_fields=["mailed_at"])
        _mail(subscriber, mailing, news)
    return True


def _mail(subscriber: Subscriber, mailing: Mailing, news: News) -> None:
    entries = news.entries[:MOST_IN_A_MAIL]
    context = {
        "mailing": mailing,
        "entries": entries,
        "count": len(news.entries),
        "more": len(news.entries) - len(entries),
        "manage_url": addresses.link(addresses.MANAGE, subscriber),
        "leave_url": addresses.link(addresses.LEAVE, subscriber),
        "site_name": settings.WAGTAIL_SITE_NAME,
    }
    headers = {
        # RFC 8058: a mail program ends it by one POST, without opening a page.
        "List-Unsubscribe": f"<{context['leave_url']}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
    }
    sender = returns.address_for(mailing)
    notify(subscriber, "subscription_news", context, language=subscriber.language, headers=headers, sender=sender)


# --- Before it leaves ------------------------------------------------------------------------------------


def is_still_so(key: str, on: datetime) -> bool:
    """Tell the outbox whether a mail of ours may leave; if not, what it said waits to be told anew."""
    mailing = Mailing.objects.select_related("subscriber").filter(pk=key.removeprefix(KEY)).first()
    if mailing is None or mailing.subscriber.state != Subscriber.State.ACTIVE:
        return False
    mailed = mailing.tellings.filter(Q(is_urgent=True) | Q(subscription__ended_at=None)).select_related("change")
    with translation.override(mailing.subscriber.language):
        if news_of(list(mailed)).shown == mailing.shown:
            return True
    mailing.tellings.update(mailing=None)
    # Told anew at once: its hour has come already, only what it said is not true any more.
    Subscriber.objects.filter(pk=mailing.subscriber_id).update(mailed_at=None)
    mailing.delete()
    return False
