"""Beginning to follow: nothing is sent to an address before its person has pressed the button of a first mail.

1. `ask` writes down what is wished and mails one link; who asks learns nothing of an address, whatever is known of it.
2. `confirm` is the press behind the link: mail programs and scanners open links, they press no buttons.
No letter box is mailed more than `OF_BOX` allows, however often its address is typed.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone, translation
from wagtail.log_actions import log

from base.operations.attempts import Attempts
from base.operations.notices import notify
from base.operations.throttle import network_of
from faq.asking.limits import digest_of

from . import addresses, statuses
from .following import Followed
from .models import Subscriber, Subscription

CONFIRM_DAYS = 7
# First mails to one letter box, and from one network, in a day.
OF_BOX = Attempts("subscriptions-box", most=5, window=timedelta(days=1))
OF_NETWORK = Attempts("subscriptions-net", most=300, window=timedelta(days=1))
State = Subscriber.State


@transaction.atomic
def ask(
    followed: Followed,
    *,
    email: str,
    frequency: str,
    language: str,
    consent_text: str,
    network: str = "",
    on: datetime | None = None,
) -> Subscription | None:
    """Write down that a person wishes to follow something, and mail the link by which they say so themselves.

    `network`: the address it came from. Returns None, and mails nothing, for a letter box that takes no mails, or over
    the limit of a day; who asked is told the same. Who follows it already gets the link to their subscriptions.
    """
    moment = on or timezone.now()
    digest = addresses.box_digest(email)
    if not _may_be_mailed(digest, network, moment):
        return None
    subscriber, is_new = Subscriber.objects.select_for_update().get_or_create(
        mail_digest=digest,
        defaults={
            "email": email,
            "domain_digest": addresses.domain_digest(email),
            "word": addresses.new_word(),
            "language": language,
            "frequency": frequency,
            "consent_text": consent_text,
            "asked_at": moment,
        },
    )
    if subscriber.state == State.SUPPRESSED:
        return None
    subscription, _made = Subscription.objects.get_or_create(
        subscriber=subscriber,
        followed=followed.key,
        ended_at=None,
        defaults={"words": followed.words, "asked_at": moment},
    )
    if subscription.confirmed_at is not None and subscriber.state == State.ACTIVE:
        send_link(subscriber)
        return subscription
    if not is_new and subscriber.state == State.UNCONFIRMED:
        subscriber.frequency, subscriber.language, subscriber.consent_text = frequency, language, consent_text
        subscriber.save(update_fields=["frequency", "language", "consent_text"])
    context = {
        "subscription": subscription,
        "label": followed.label,
        "url": addresses.link(addresses.CONFIRM, subscriber, subscription),
        "days": CONFIRM_DAYS,
        "asked": f"{moment.timestamp():.0f}",
    }
    notify(subscriber, "subscription_confirm", context, language=language)
    return subscription


def _may_be_mailed(digest: str, network: str, moment: datetime) -> bool:
    """Count a first mail; tell whether it may be sent."""
    at_network = digest_of(network_of(network)) if network else ""
    if OF_BOX.wait(digest, on=moment) or (at_network and OF_NETWORK.wait(at_network, on=moment)):
        return False
    OF_BOX.add(digest, on=moment)
    if at_network:
        OF_NETWORK.add(at_network, on=moment)
    return True


@transaction.atomic
def confirm(subscriber: Subscriber, subscription_id: int, *, on: datetime | None = None) -> Subscription | None:
    """Let a subscription count from now on; None when it was left or has lapsed meanwhile. Safe to repeat."""
    moment = on or timezone.now()
    held = Subscriber.objects.select_for_update().filter(pk=subscriber.pk).exclude(state=State.SUPPRESSED).first()
    subscription = Subscription.objects.filter(pk=subscription_id, subscriber=held, ended_at=None).first()
    if held is None or subscription is None:
        return None
    if subscription.confirmed_at is None:
        subscription.confirmed_at = moment
        subscription.save(update_fields=["confirmed_at"])
        statuses.begin(subscription.followed)
        log(instance=subscription, action="portal.subscription.confirmed")
    held.consented_at = held.consented_at or moment
    renew(held, moment)
    return subscription


def renew(subscriber: Subscriber, moment: datetime) -> None:
    """Note that a person has said now that the mails are wanted: the term begins anew."""
    subscriber.state, subscriber.confirmed_at, subscriber.reminded_at = State.ACTIVE, moment, None
    subscriber.save(update_fields=["state", "confirmed_at", "reminded_at", "consented_at"])


@transaction.atomic
def ask_for_link(email: str, *, network: str = "", on: datetime | None = None) -> bool:
    """Mail a person the link to their subscriptions; nothing is sent, and no one learns it, where there are none."""
    moment, digest = on or timezone.now(), addresses.box_digest(email)
    subscriber = Subscriber.objects.filter(mail_digest=digest, state=State.ACTIVE).first()
    if subscriber is None or not _may_be_mailed(digest, network, moment):
        return False
    send_link(subscriber)
    return True


def send_link(subscriber: Subscriber) -> None:
    """Mail a person the link to their subscriptions."""
    with translation.override(subscriber.language):
        context = {"subscriber": subscriber, "url": addresses.link(addresses.MANAGE, subscriber)}
        notify(subscriber, "subscription_link", context, language=subscriber.language)
