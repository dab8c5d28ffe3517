"""1. Drafts of one's sites are put together; another item, or one item less, takes a dossier out of review."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.admin.utils import get_latest_str
from wagtail.log_actions import log

from accounts.roles import WRITE, may, owner_site
from base.gate import Refused
from base.locking import hold
from base.models import PortalSite
from base.sites import city_site, sites_held

from ...deadlines import duties
from ...models import BundleItem, PublicationBundle
from ...models.bundle import WAITING, open_items_of, type_of
from . import proposals
from .items import in_order, place_in_order

State = PublicationBundle.State
MOST_ITEMS = 30
NO_TITLE = "Hãy ghi tên hồ sơ, ví dụ «Sửa lệ phí đăng ký kinh doanh»."
NOTHING = "Hồ sơ chưa có nội dung nào; hãy chọn ít nhất một bản nháp."
CLOSED = "Hồ sơ này đã đăng hoặc đã bỏ nên không sửa được nữa."


def may_change(user, bundle: PublicationBundle) -> bool:
    """Tell whether a user may put something into a dossier, take something out, submit it or drop it."""
    return bundle.is_open and may(user, WRITE, bundle.site)


@transaction.atomic
def make(title: str, things: Iterable = (), *, by, on: datetime | None = None) -> PublicationBundle:
    """Begin a dossier with some drafts; return it.

    Raises ValidationError (`title`, `things`) without a title or a draft; Refused for what may not be put into it.
    """
    things = list(things)
    errors = {} if title.strip() else {"title": NO_TITLE}
    if not things:
        errors["things"] = NOTHING
    if errors:
        raise ValidationError(errors)
    bundle = PublicationBundle.objects.create(
        site=site_of(things), title=title.strip()[:200], made_by=by, made_at=on or timezone.now()
    )
    log(instance=bundle, action="portal.bundle.make", user=by)
    return _put_in(bundle, things, by=by)


@transaction.atomic
def put_in(bundle: PublicationBundle, things: Iterable, *, by) -> PublicationBundle:
    """Put drafts into a dossier; one that was submitted has to be submitted anew. Raises Refused, ValidationError."""
    return _put_in(held_open(bundle, by), list(things), by=by)


def _put_in(bundle: PublicationBundle, things: list, *, by) -> PublicationBundle:
    if bundle.items.count() + len(things) > MOST_ITEMS:
        raise ValidationError({"things": f"Một hồ sơ có nhiều nhất {MOST_ITEMS} nội dung; hãy lập thêm hồ sơ."})
    # Held before it is looked where they are, each in the order of publication: of two dossiers one gets a draft.
    for thing in map(hold, sorted(things, key=place_in_order)):
        _demand_may_join(thing, by)
        bundle.items.create(
            object_type=type_of(thing), object_id=str(thing.pk), title=get_latest_str(thing)[:300], added_by=by
        )
    return changed(bundle, by=by)


@transaction.atomic
def take_out(bundle: PublicationBundle, items: Iterable[BundleItem], *, by) -> PublicationBundle:
    """Take items out of a dossier; one that was submitted has to be submitted anew. The drafts stay. Raises Refused."""
    bundle = held_open(bundle, by)
    bundle.items.filter(pk__in=[item.pk for item in items]).delete()
    return changed(bundle, by=by)


def _demand_may_join(thing, by) -> None:
    site = owner_site(thing)
    if not may(by, WRITE, site):
        raise Refused("Bạn không có quyền soạn trên trang của một nội dung đã chọn.")
    if proposals.is_proposal(thing) and (reason := proposals.why_not_join(thing)):
        raise Refused(reason)
    other = open_items_of(thing).first()
    if other is not None:
        raise Refused(f"«{get_latest_str(thing)}» đã ở trong hồ sơ «{other.bundle}»; hãy bỏ ra khỏi hồ sơ đó trước.")


def changed(bundle: PublicationBundle, *, by) -> PublicationBundle:
    """Follow what is in a dossier now: whose it is, and that nothing of it is under review any more."""
    things = in_order(bundle)
    if things:
        bundle.site = site_of(things)
    if bundle.state in WAITING:
        duties.stop_review(bundle, by=by)
        bundle.state, bundle.failure = State.COLLECTING, ""
        bundle.items.update(revision=None)
    bundle.save(update_fields=["site", "state", "failure"])
    log(instance=bundle, action="portal.bundle.change", user=by, data={"rows": len(things)})
    return bundle


def site_of(things: list) -> PortalSite:
    """Return the site of all of them, the city's where they are of several."""
    with sites_held():
        sites = {site.pk: site for site in map(owner_site, things) if site is not None}
    found = next(iter(sites.values())) if len(sites) == 1 else city_site()
    if found is None:
        raise Refused("Nội dung này không thuộc trang nào nên không lập hồ sơ được.")
    return found


@transaction.atomic
def drop(bundle: PublicationBundle, *, by, on: datetime | None = None) -> PublicationBundle:
    """Give a dossier up; its drafts stay and go their own way again. Raises Refused."""
    bundle = held_open(bundle, by)
    duties.stop_review(bundle, by=by, on=on)
    end(bundle, "", by=by, on=on)
    return bundle


def end(bundle: PublicationBundle, reason: str, *, by=None, on: datetime | None = None) -> None:
    """Give up a dossier that the caller holds."""
    bundle.state, bundle.decided_by, bundle.decided_at = State.DROPPED, by, on or timezone.now()
    bundle.reason = reason
    bundle.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    log(instance=bundle, action="portal.bundle.drop", user=by)


def held_open(bundle: PublicationBundle, by) -> PublicationBundle:
    bundle = PublicationBundle.objects.select_for_update(of=("self",)).get(pk=bundle.pk)
    if not bundle.is_open:
        raise Refused(CLOSED)
    if not may_change(by, bundle):
        raise Refused("Bạn không có vai trò soạn bài trên trang của hồ sơ này.")
    return bundle
