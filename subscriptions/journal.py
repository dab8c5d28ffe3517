"""The journal of what changes for readers: rows that are only added, read by `spreading`.

1. `note_published` is called in the transaction of each publication (`approval.register_after_publication`): what is
   new in the public index was published, what was there before counts when its title, its days or its kind changed, or
   when a correction was added. Other changes of a text are not told.
2. `find_gone`: of what a person was told and is public no more, whatever way it went.
3. `find_lost`: of what is followed itself and is public no more.
4. `find_new_statuses`: of documents whose effect is another than their followers know (`statuses.py`).

2 to 4 are looked for by a job, so that no way by which something goes is left out.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from wagtail.models import Page

from base.models import BasePage, PublicItem
from base.public.index.items import key_of
from legalref.models import LegalDocument

from . import following, statuses
from .models import PublicChange, Subscription, Telling

Kind = PublicChange.Kind
# The keys of a page and of a document, one of them None.
Thing = tuple[int | None, int | None]
# Changes of a page or document, not of what is followed itself.
OF_THINGS = (*PublicChange.SHOWING, Kind.GONE)
MAILED_OF_THINGS = [kind for kind in PublicChange.SHOWING if kind != Kind.STATUS]
# What goes later than this after it was told is not told.
REMEMBERED = timedelta(days=90)
# No news: a document issued long before it came into the register, a page that was public long before on an earlier
# portal.
NEWS_OF_DOCUMENTS, NEWS_OF_PAGES = timedelta(days=180), timedelta(days=30)


def note_published(obj, on: datetime) -> None:
    """Note what a publication changes for readers: the index still says what they saw before."""
    now = timezone.now()
    if isinstance(obj, BasePage) and obj.live and obj.is_listed:
        before = PublicItem.objects.filter(key=key_of(obj)).first()
        corrections = obj.corrections.count() if hasattr(obj, "corrections") else 0
        if before is None:
            kind = "" if _is_old(obj, now) else Kind.PUBLISHED
        else:
            kind = _kind_of_change(obj, before, corrections)
        if kind:
            PublicChange.objects.create(kind=kind, page_id=obj.pk, corrections=corrections, at=now)
    elif isinstance(obj, LegalDocument) and obj.live and _is_news(obj, on):
        if not PublicChange.objects.filter(document_id=obj.pk, kind=Kind.PUBLISHED).exists():
            PublicChange.objects.create(kind=Kind.PUBLISHED, document_id=obj.pk, at=now)


def _is_old(page, now: datetime) -> bool:
    """Tell whether a page came from an earlier portal, where it was public long before."""
    formerly = getattr(page, "formerly_published_at", None)
    return formerly is not None and formerly < now - NEWS_OF_PAGES


def _kind_of_change(page, before: PublicItem, corrections: int) -> str:
    if corrections and _is_corrected(page, before, corrections):
        return Kind.CORRECTED
    own = page.own_facts()
    shown = (page.title, own.sub_kind, own.starts_on, own.ends_on)
    return Kind.CHANGED if shown != (before.title, before.sub_kind, before.starts_on, before.ends_on) else ""


def _is_corrected(page, before: PublicItem, corrections: int) -> bool:
    """Tell whether a correction was added: there are more than when it was noted last, or one is younger than it."""
    last = PublicChange.objects.filter(page_id=page.pk, kind__in=PublicChange.SHOWING).order_by("-at", "-pk").first()
    if last is not None:
        return corrections > last.corrections
    since = timezone.localdate(before.updated_at or before.published_at)
    return any(row.corrected_on >= since for row in page.corrections.all())


def _is_news(document: LegalDocument, on: datetime) -> bool:
    first = document.first_published_at is None or document.first_published_at == document.last_published_at
    return first and document.issued_on is not None and document.issued_on >= (on - NEWS_OF_DOCUMENTS).date()


@transaction.atomic
def find_gone(*, on: datetime) -> int:
    """Note what went of that which was told in the last months; return how many."""
    went = {thing: last for thing, last in _last_of_what_went(on).items() if last.kind != Kind.GONE}
    mailed = _mailed_of(went)
    rows = [
        PublicChange(kind=Kind.GONE, page_id=last.page_id, document_id=last.document_id, of=last, at=on)
        for thing, last in went.items()
        if thing in mailed
    ]
    PublicChange.objects.bulk_create(rows)
    return len(rows)


def _last_of_what_went(on: datetime) -> dict[Thing, PublicChange]:
    """Return the last change of each page and document that changed lately and is not public now."""
    found = PublicChange.objects.filter(kind__in=OF_THINGS, at__gt=on - REMEMBERED).order_by("at", "pk")
    pages = Page.objects.filter(pk=OuterRef("page_id"), live=True)
    documents = LegalDocument.objects.public().filter(pk=OuterRef("document_id"))
    went = found.filter(~Exists(pages), document_id=None) | found.filter(~Exists(documents), page_id=None)
    return {(change.page_id, change.document_id): change for change in went}


def _mailed_of(things: Iterable[Thing]) -> set[Thing]:
    """Return those of some pages and documents of which a person was told."""
    things = list(things)
    named = Q(page_id__in=[page for page, _none in things if page])
    named |= Q(document_id__in=[document for _none, document in things if document])
    mailed = Telling.objects.filter(change=OuterRef("pk")).exclude(mailing=None)
    found = PublicChange.objects.filter(named, Exists(mailed), kind__in=MAILED_OF_THINGS) if things else ()
    return {(change.page_id, change.document_id) for change in found}


def of_thing(change: PublicChange) -> Q:
    """The tellings about the page or document of a change, as a condition; not those of a document's effect."""
    thing = Q(change__page_id=change.page_id) if change.page_id else Q(change__document_id=change.document_id)
    return thing & Q(change__kind__in=MAILED_OF_THINGS)


@transaction.atomic
def find_lost(*, on: datetime) -> int:
    """Note what is followed and public no more; return how many things."""
    keys = Subscription.objects.counting().exclude(followed__startswith=following.SEARCH)
    keys = set(keys.values_list("followed", flat=True).distinct())
    waiting = set(PublicChange.objects.filter(kind=Kind.LOST, spread_at=None).values_list("followed", flat=True))
    lost = sorted((keys - waiting) - following.still_public(keys))
    PublicChange.objects.bulk_create([PublicChange(kind=Kind.LOST, followed=key, at=on) for key in lost])
    return len(lost)


@transaction.atomic
def find_new_statuses(*, on: datetime) -> int:
    """Note the followed documents whose effect changed; return how many."""
    changed = statuses.changed()
    PublicChange.objects.bulk_create([PublicChange(kind=Kind.STATUS, document_id=key, at=on) for key in changed])
    return len(changed)
