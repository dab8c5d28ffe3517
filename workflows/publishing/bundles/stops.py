"""What ends the review or the hour of a dossier without its people: an item of it is removed, or stands elsewhere.

1. `hold_with`, before an action holds pages or records: the waiting dossiers that they, or pages below them, are in.
2. `stop`: what of them was submitted, or approved for its hour, goes back to its writers with the reason; those
concerned are told. 3. `follow_move`: so for what was moved; what left the site of its dossier leaves the dossier too.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from wagtail.models import Page

from accounts.roles import owner_site
from base.operations.notices import notify
from vietnam.dates import format_moment

from ...deadlines import duties
from ...models import BundleItem, PublicationBundle
from ...models.bundle import OPEN, WAITING, type_of
from .collecting import end
from .deciding import hand_back
from .hours import people_of
from .items import things_of

State = PublicationBundle.State


def waiting_with(things: Iterable) -> list[PublicationBundle]:
    """Return the waiting dossiers in which a page, one below it, or a record is, the oldest first."""
    return list(PublicationBundle.objects.filter(pk__in=_with(things, WAITING)).order_by("pk"))


def hold_with(things: Iterable) -> list[PublicationBundle]:
    """Return `waiting_with` locked. An action that will stop them locks them before its pages, as an approval does."""
    found = PublicationBundle.objects.filter(pk__in=_with(things, WAITING), state__in=WAITING).order_by("pk")
    return list(found.select_for_update(of=("self",)))


def _with(things: Iterable, states: Iterable[str]) -> set[int]:
    things = list(things)
    items = BundleItem.objects.filter(bundle__state__in=states)
    paged = dict.fromkeys(items.filter(object_type=Page._meta.label).values_list("object_id", "bundle_id"))
    inside = {
        str(pk)
        for pk, path in Page.objects.filter(pk__in={pk for pk, _bundle in paged}).values_list("pk", "path")
        if any(isinstance(thing, Page) and path.startswith(thing.path) for thing in things)
    }
    found = {bundle for pk, bundle in paged if pk in inside}
    for thing in things:
        if not isinstance(thing, Page):
            rows = items.filter(object_type=type_of(thing), object_id=str(thing.pk))
            found.update(rows.values_list("bundle_id", flat=True))
    return found


@transaction.atomic
def stop(things: Iterable, reason: str, *, by=None, on: datetime | None = None) -> list[PublicationBundle]:
    """Return the waiting dossiers with some pages, pages below them, or records to their writers; return them.

    Called by the action that removed or moved them, which has checked who may.
    """
    found = hold_with(things)
    for bundle in found:
        _stop(bundle, reason, by=by, on=on)
    return found


def stop_removed(thing, *, by=None, on: datetime | None = None) -> list[PublicationBundle]:
    """`stop` for what is taken down. The reason has no title: it may be what the thing was removed for."""
    moment = format_moment(on or timezone.now())
    return stop([thing], f"Một nội dung của hồ sơ, hoặc mục chứa nó, bị gỡ bỏ lúc {moment}.", by=by, on=on)


def _stop(bundle: PublicationBundle, reason: str, *, by, on: datetime | None) -> None:
    was_approved = bundle.state == State.SCHEDULED
    people = people_of(bundle) if was_approved else [bundle.submitted_by]
    duties.stop_review(bundle, by=by, on=on)
    hand_back(bundle, reason, by=by, on=on, failure=reason if was_approved else "", action="portal.bundle.stop")
    notify(people, "bundle_stopped", {"bundle": bundle})


@transaction.atomic
def follow_move(page, *, by, on: datetime | None = None) -> None:
    """Stop what waits with a page that has moved, or with one below it; what is on another site now than its dossier
    leaves it, unless all of it moved there.

    Called by the action that moved it, which has checked who may.
    """
    found = PublicationBundle.objects.filter(pk__in=_with([page], OPEN), state__in=OPEN).order_by("pk")
    for bundle in found.select_for_update(of=("self",)):
        reason = "Một nội dung của hồ sơ được chuyển sang nơi khác." + _leave(bundle)
        if not bundle.items.exists():
            duties.stop_review(bundle, by=by, on=on)
            end(bundle, reason, by=by, on=on)
        elif bundle.state in WAITING:
            _stop(bundle, reason, by=by, on=on)
        else:
            bundle.save(update_fields=["site"])


def _leave(bundle: PublicationBundle) -> str:
    """Take out of a dossier what is on another site than it; return what the reason has to say of that.

    Who reads the dossier of a ward works there, and reads no drafts of another.
    """
    if bundle.site.is_city:
        return ""
    items = list(bundle.items.all())
    sites = {key: owner_site(thing) for key, thing in things_of(items).items()}
    if len(set(sites.values())) == 1:
        bundle.site = next(iter(sites.values()))
        return f" Hồ sơ theo sang «{bundle.site}»."
    gone = [item for item in items if item.key in sites and sites[item.key] != bundle.site]
    bundle.items.filter(pk__in=[item.pk for item in gone]).delete()
    names = ", ".join(f"«{item}»" for item in gone)
    return f" Đã ra khỏi hồ sơ: {names}." if gone else ""
