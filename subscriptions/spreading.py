"""Each change is given to the subscriptions that it concerns: one row a subscription and change, whatever is repeated.

A change is worked on under its lock and marked in the same transaction: a killed job begins it anew, and nothing of it
is there twice. What is not public any more when its turn comes is given to no subscription. A person hears of what
happened since they confirmed, never of what was before.
"""

import time
from collections.abc import Iterable
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone
from wagtail.models import Page

from base.models import PublicItem
from base.public.index.places import sites_showing
from base.public.index.words import words_of
from base.queries import sql
from faq.models import FaqPage
from legalref.models import LegalDocument
from legalref.register.addresses import REGISTER_TYPE
from vietnam.analysis import tokens

from . import following, journal
from .following import DOCUMENT, SECTION, SITE, TOPIC
from .models import PublicChange, Subscription, Telling
from .searches import FollowedSearches

Kind = PublicChange.Kind
ROUND_SECONDS = 30
ROWS_AT_ONCE = 1000


def spread(*, on: datetime) -> int:
    """Give what changed to those who follow it, for at most ROUND_SECONDS; return how many changes were worked on.

    What changes meanwhile waits for the next round: it may concern a search that is followed since this one began.
    """
    journal.find_new_statuses(on=on)
    journal.find_gone(on=on)
    journal.find_lost(on=on)
    done, until = 0, time.monotonic() + ROUND_SECONDS
    begun, searches = max(on, timezone.now()), FollowedSearches()
    while time.monotonic() < until and _spread_next(on, begun, searches):
        done += 1
    return done


@transaction.atomic
def _spread_next(on: datetime, begun: datetime, searches: FollowedSearches) -> bool:
    skip = connection.features.has_select_for_update_skip_locked
    waiting = PublicChange.objects.filter(spread_at=None, at__lte=begun)
    change = waiting.select_for_update(skip_locked=skip).order_by("at", "pk").first()
    if change is None:
        return False
    if change.kind == Kind.LOST:
        _end_lost(change, on)
    elif change.kind == Kind.GONE:
        _tell_gone(change)
    elif change.page_id:
        _tell(change, _of_page(change, searches))
    else:
        _tell(change, _of_document(change, searches))
    change.spread_at = on
    change.save(update_fields=["spread_at"])
    return True


def _tell(change: PublicChange, concerned: Iterable[Subscription], *, is_urgent: bool = False) -> None:
    rows = (
        Telling(subscription=found, subscriber_id=found.subscriber_id, change=change, is_urgent=is_urgent)
        for found in concerned
    )
    Telling.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE, ignore_conflicts=True)


# --- Whom it concerns ----------------------------------------------------------------------------------


def _of_page(change: PublicChange, searches: FollowedSearches) -> list[Subscription]:
    item = PublicItem.objects.filter(page_id=change.page_id).first()
    page = Page.objects.filter(pk=change.page_id, live=True).first()
    if item is None or page is None:
        return []
    page = page.specific
    # News of the city are news of the wards that show them.
    wards = sites_showing(page.pk, item.language)
    keys = [f"{SITE}-{site}" for site in (item.site_id, *wards)] if item.in_feed else []
    keys += [f"{SECTION}-{section}" for section in _sections_like(item, wards)]
    if isinstance(page, FaqPage) and page.topic_id:
        keys.append(f"{TOPIC}-{page.topic_id}")
    keys += searches.answered_by(words_of(page, item.site_id, item.language)[1], [item.site_id, *wards])
    before = _following_since(change)
    return [
        *before.filter(followed=f"{SECTION}-{item.section_id}"),
        *_of_keys(before.filter(subscriber__language=item.language), keys),
    ]


def _sections_like(item: PublicItem, wards: list[int]) -> list[int]:
    """Return the sections of some wards in which the city shows an item: those of the key of its own."""
    if not wards:
        return []
    rows = sql.read(
        "SELECT w.page_id FROM base_publicitem w JOIN base_publicitem s ON s.page_id = %s AND s.sub_kind = w.sub_kind "
        f"AND s.kind = w.kind WHERE w.language = %s AND w.sub_kind <> '' AND w.site_id IN {sql.places(wards)}",
        [item.section_id, item.language, *wards],
    )
    return [key for (key,) in rows]


def _of_document(change: PublicChange, searches: FollowedSearches) -> list[Subscription]:
    document = LegalDocument.objects.public().filter(pk=change.document_id).first()
    if document is None:
        return []
    before = _following_since(change)
    if change.kind == Kind.STATUS:
        return list(before.filter(followed=f"{DOCUMENT}-{document.pk}"))
    sites = {document.owner_site_id, *document.site_documents.values_list("site_id", flat=True)}
    registers = sql.read(
        f"SELECT page_id FROM base_publicitem WHERE kind = %s AND site_id IN {sql.places(list(sites))}",
        [REGISTER_TYPE, *sites],
    )
    keys = [f"{SECTION}-{key}" for (key,) in registers] + [f"{SITE}-{key}" for key in sites]
    parts = (document.name, document.subject, document.main_issuer.name, document.search_text)
    return _of_keys(before, keys + searches.answered_by(tokens("\n".join(parts)), sites))


def _following_since(change: PublicChange):
    """Who followed something before a change; what they look for is not read again."""
    return Subscription.objects.counting().filter(confirmed_at__lte=change.at).only("subscriber")


def _of_keys(before, keys: list[str]) -> list[Subscription]:
    """Return the subscriptions of some things; a database takes a limited number of keys at once."""
    return [
        found
        for start in range(0, len(keys), ROWS_AT_ONCE)
        for found in before.filter(followed__in=keys[start : start + ROWS_AT_ONCE])
    ]


# --- What went -----------------------------------------------------------------------------------------


def _tell_gone(change: PublicChange) -> None:
    """Tell those who were told of a thing since it was gone last, if ever, that it is public no more."""
    earlier = PublicChange.objects.filter(
        kind=Kind.GONE, page_id=change.page_id, document_id=change.document_id, pk__lt=change.pk
    )
    last = earlier.order_by("-pk").first()
    earlier_tellings = Telling.objects.filter(journal.of_thing(change), change_id__gt=last.pk if last else 0).exclude(
        mailing=None
    )
    _tell(change, Subscription.objects.counting().filter(pk__in=earlier_tellings.values("subscription_id")))


def _end_lost(change: PublicChange, on: datetime) -> None:
    """End the subscriptions of what is followed no more, with a last word to each person; unless it is back."""
    if following.find(change.followed) is not None:
        return
    concerned = list(Subscription.objects.counting().filter(followed=change.followed, confirmed_at__lte=change.at))
    _tell(change, concerned, is_urgent=True)
    Subscription.objects.filter(pk__in=[found.pk for found in concerned]).update(ended_at=on)
