"""Mail addresses, and the links in mails: what is found again without being readable, what opens without an account."""

import secrets

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import salted_hmac

from faq.asking.limits import mail_digest

from .models import Subscriber, Subscription

# What a link is for; a link for one purpose opens no other.
CONFIRM, MANAGE, LEAVE = "confirm", "manage", "leave"
_NAMES = {CONFIRM: "subscriptions_confirm", MANAGE: "subscriptions_manage", LEAVE: "subscriptions_leave"}


def box_digest(address: str) -> str:
    """Return the keyed digest of a letter box: the same for all spellings of its address."""
    return mail_digest(address)


def domain_digest(address: str) -> str:
    """Return the keyed digest of the host that takes mails for an address."""
    host = address.strip().rpartition("@")[2].lower()
    return salted_hmac("subscriptions.domain", host, algorithm="sha256").hexdigest()


def new_word() -> str:
    """Return the word that is in the links of one person."""
    return secrets.token_urlsafe(12)


def link(purpose: str, subscriber: Subscriber, subscription: Subscription | None = None) -> str:
    """Return the whole address of a link for its person; nothing in it says who that is."""
    return f"{settings.WAGTAILADMIN_BASE_URL}{path(purpose, subscriber, subscription)}"


def path(purpose: str, subscriber: Subscriber, subscription: Subscription | None = None) -> str:
    """Return the same without the host."""
    marks = [subscriber.pk, subscriber.word] + ([subscription.pk] if subscription is not None else [])
    return reverse(_NAMES[purpose], args=[signing.dumps(marks, salt=_salt(purpose))])


def opened_by(purpose: str, token: str) -> tuple[Subscriber, int | None] | None:
    """Return whose a link is, and the subscription that it names; None for one that opens nothing (any more).

    The subscriber is held until the transaction ends, where there is one.
    """
    try:
        key, word, *rest = signing.loads(token, salt=_salt(purpose))
    except (signing.BadSignature, ValueError, TypeError):
        return None
    subscriber = Subscriber.objects.filter(pk=key, word=word).exclude(state=Subscriber.State.SUPPRESSED).first()
    return (subscriber, rest[0] if rest else None) if subscriber is not None else None


def _salt(purpose: str) -> str:
    return f"subscriptions.{purpose}"
