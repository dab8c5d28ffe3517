"""What becomes of the dossiers of a site that ends: they go along with their items, and back to who writes there.

1. `of_site`, asked before anything moves: the open dossiers of the site, and those with an item of it. 2. `follow`,
afterwards: what stayed on the site that ends leaves the dossier and stays a draft there, for the city's board; the rest
goes on at the site where it is now. What was submitted or approved was so for another place: it is returned with the
reason. One of which nothing is left is given up, and its people are told.
"""

from wagtail.admin.utils import get_latest_str

from accounts.roles import WRITE, owner_site, works_on
from base.models import PortalSite
from base.operations.notices import notify

from ...deadlines import acting, duties
from ...models import BundleItem, PublicationBundle
from ...models.bundle import OPEN
from ..waiting import Happening
from .collecting import end, site_of
from .deciding import hand_back
from .items import in_order, reread, things_of

State = PublicationBundle.State


def of_site(site: PortalSite) -> list[PublicationBundle]:
    """Return the open dossiers of a site, and those in which something of it is, the oldest first."""
    found = PublicationBundle.objects.filter(state__in=OPEN).prefetch_related("items").order_by("pk")
    return [bundle for bundle in found if bundle.site_id == site.pk or _items_on(site, bundle)]


def follow(bundle: PublicationBundle, happening: Happening) -> None:
    """Let an open dossier follow what moved from a site that has ended to its successor.

    One of `of_site` before; called by the action that ended the site, which has checked who may.
    """
    bundle, by, on = reread(bundle), happening.by, happening.on
    if not bundle.is_open:
        return
    left = _items_on(happening.site, bundle)
    bundle.items.filter(pk__in=[item.pk for item in left]).delete()
    things = in_order(bundle)
    reason = f"«{happening.site}» ngừng cập nhật theo {happening.legal_act.strip()}."
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
