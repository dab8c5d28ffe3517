"""What ends the review or the hour of a dossier without its people: an item of it is removed, or stands elsewhere.

What of it was submitted, or approved for its hour, goes back to its writers with the reason; those concerned are told.
What left the site of its dossier leaves the dossier too. When its site ends, it follows its items (`handover.py`).
"""

from datetime import datetime

from wagtail.models import Page

from accounts.roles import owner_site
from base.operations.notices import notify
from vietnam.dates import format_moment

from ...deadlines import duties
from ...models import BundleItem, PublicationBundle
from ...models.bundle import OPEN, WAITING, type_of
from ..waiting import Change, GoesOn, Happening, Reach, register_waiting
from . import handover
from .collecting import end
from .deciding import hand_back
from .hours import people_of
from .items import reread, things_of, waiting_versions
from .proposals import is_proposal

State = PublicationBundle.State


def register_what_waits() -> None:
    """Say what becomes of a dossier (`waiting`); called by `what_waits`."""
    register_waiting(
        PublicationBundle,
        of=open_with,
        of_site=handover.of_site,
        release={
            Change.REMOVED: _stop_removed,
            Change.MOVED: _follow_move,
            Change.HANDED_OVER: GoesOn("It follows its items when the site has ended, all of them at once."),
            Change.REPLACED: GoesOn("Its approval names what was published meanwhile (`deciding.hold_unchanged`)."),
            Change.ENDED: handover.follow,
        },
        parts=(BundleItem,),
        is_held_first=True,
        waits=lambda bundle: bundle.state in WAITING,
        versions=waiting_versions,
    )


def open_with(reach: Reach) -> list[PublicationBundle]:
    """Return the open dossiers in which something is that a change reaches, the oldest first."""
    items = BundleItem.objects.filter(bundle__state__in=OPEN)
    found = set()
    if reach.pages:
        paged = list(items.filter(object_type=Page._meta.label).values_list("object_id", "bundle_id"))
        inside = reach.pages_among([int(pk) for pk, _bundle in paged])
        found = {bundle for pk, bundle in paged if int(pk) in inside}
    for record in reach.records:
        rows = items.filter(object_type=type_of(record), object_id=str(record.pk))
        found.update(rows.values_list("bundle_id", flat=True))
    return list(PublicationBundle.objects.filter(pk__in=found).order_by("pk")) if found else []


def _stop_removed(bundle: PublicationBundle, happening: Happening) -> None:
    """Of a page or record the reason has no title: it may be what it was removed for. Of a proposal it says all."""
    bundle = reread(bundle)
    if bundle.state in WAITING:
        reason = f"Một nội dung của hồ sơ, hoặc mục chứa nó, bị gỡ bỏ lúc {format_moment(happening.on)}."
        if any(map(is_proposal, happening.reach.records)):
            reason = happening.reason
        _stop(bundle, reason, by=happening.by, on=happening.on)


def _stop(bundle: PublicationBundle, reason: str, *, by, on: datetime) -> None:
    was_approved = bundle.state == State.SCHEDULED
    people = people_of(bundle) if was_approved else [bundle.submitted_by]
    duties.stop_review(bundle, by=by, on=on)
    hand_back(bundle, reason, by=by, on=on, failure=reason if was_approved else "", action="portal.bundle.stop")
    notify(people, "bundle_stopped", {"bundle": bundle})


def _follow_move(bundle: PublicationBundle, happening: Happening) -> None:
    """What is on another site now than its dossier leaves it, unless all of it moved there."""
    bundle, by, on = reread(bundle), happening.by, happening.on
    if not bundle.is_open:
        return
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
