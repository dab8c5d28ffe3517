"""What becomes of the dossiers of a site that ends: they go along with their items, and back to who writes there.

1. `of_site`, asked before anything moves: the open dossiers of the site, and those with an item of it. 2. `follow`,
afterwards: what stayed on the site that ends leaves the dossier and stays a draft there, for the city's board; the rest
goes on at the site where it is now. What was submitted or approved was so for another place: it is returned with the
reason. One of which nothing is left is given up, and its people are told.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from wagtail.admin.utils import get_latest_str

from accounts.roles import WRITE, owner_site, works_on
from base.models import PortalSite
from base.operations.notices import notify

from ...deadlines import acting, duties
from ...models import BundleItem, PublicationBundle
from ...models.bundle import OPEN
from .collecting import end, site_of
from .deciding import hand_back
from .items import in_order, things_of

State = PublicationBundle.State


def of_site(site: PortalSite) -> list[PublicationBundle]:
    """Return the open dossiers of a site, and those in which something of it is, the oldest first."""
    found = PublicationBundle.objects.filter(state__in=OPEN).prefetch_related("items").order_by("pk")
    return [bundle for bundle in found if bundle.site_id == site.pk or _items_on(site, bundle)]


@transaction.atomic
def follow(found: Iterable[PublicationBundle], site: PortalSite, *, legal_act: str, by, on: datetime) -> None:
    """Let the dossiers of a site that has ended follow what moved to its successor.

    `found`: what `of_site` returned before. Called by the action that ended the site, which has checked who may.
    """
    for one in found:
        bundle = PublicationBundle.objects.select_for_update(of=("self",)).get(pk=one.pk)
        if bundle.is_open:
            _follow(bundle, site, legal_act=legal_act, by=by, on=on)


def _follow(bundle: PublicationBundle, site: PortalSite, *, legal_act: str, by, on: datetime) -> None:
    left = _items_on(site, bundle)
    bundle.items.filter(pk__in=[item.pk for item in left]).delete()
    things = in_order(bundle)
    reason = f"«{site}» ngừng cập nhật theo {legal_act.strip()}."
    if left:
        names = ", ".join(f"«{get_latest_str(item.thing)}»" for item in left)
        reason += f" Ở lại trang cũ, đã bỏ ra khỏi hồ sơ: {names}."
    duties.stop_review(bundle, by=by, on=on)
    if things:
        bundle.site = site_of(things)
        reason += f" Hồ sơ chuyển sang «{bundle.site}»; hãy xem lại rồi gửi duyệt."
        hand_back(bundle, reason, by=by, on=on, action="portal.bundle.hand_over")
    else:
        end(bundle, reason, by=by, on=on)
    notify(_people_of(bundle), "bundle_moved", {"bundle": bundle, "is_over": not things})


def _items_on(site: PortalSite, bundle: PublicationBundle) -> list[BundleItem]:
    items = list(bundle.items.all())
    things = things_of(items)
    return [item for item in items if item.key in things and owner_site(things[item.key]) == site]


def _people_of(bundle: PublicationBundle) -> list:
    """Its people while they work where it is now, and who writes there."""
    people = (bundle.made_by, bundle.submitted_by, bundle.decided_by)
    recipients = {user.pk: user for user in people if user is not None and user.is_active}
    if bundle.is_open:
        recipients = {pk: user for pk, user in recipients.items() if works_on(user, bundle.site)}
        recipients |= {user.pk: user for user in acting.people_at(WRITE, bundle.site)}
    return list(recipients.values())
