"""The practice site: the real screens for training (Quy chế Điều 15), and nothing of it is ever public (decision 0075).

1. `open_practice`: a site with the sections of a ward, all of them drafts that stay drafts; people get roles there by
   a decision as everywhere. What is approved there is noted (`approval.note_practised`), not published.
2. `clear_practice`: between two classes, what was written there is removed: nothing of it was ever public.
"""

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Page

from base.gate import Refused
from base.models import OrganisationUnit, PortalSite
from sections.catalogue import required
from workflows.deadlines import duties
from workflows.drafts import previews

from .preparing import build_sections, finish_site
from .rights import demand_city, demand_may_open

NAME = "Trang thực hành"
UNIT, SLUG = "thuc-hanh", "trang-thuc-hanh"


def practice_site() -> PortalSite | None:
    """Return the practice site, None where there is none."""
    return PortalSite.objects.select_related("unit").filter(kind=PortalSite.Kind.PRACTICE).first()


@transaction.atomic
def open_practice(*, by, on: datetime | None = None) -> PortalSite:
    """Make the practice site, or return the one there is. Raises Refused without the right to open sites.

    One person does it: no reader sees anything of it. Its own approver approves there (`approval_mode` delegated).
    """
    city = demand_city()
    demand_may_open(by, city)
    if (found := practice_site()) is not None:
        return found
    today = timezone.localdate(on or timezone.now())
    unit = OrganisationUnit.objects.create(
        name="Đơn vị thực hành", slug=UNIT, kind=OrganisationUnit.Kind.EXTERNAL, valid_from=today
    )
    site = PortalSite.objects.create(
        unit=unit,
        kind=PortalSite.Kind.PRACTICE,
        name=NAME,
        slug=SLUG,
        home_key=uuid.uuid4(),
        parent=city,
        valid_from=today,
        approval_mode=PortalSite.Approval.DELEGATED,
    )
    build_sections(site, city.home_page(), required("ward", today), by=by)
    finish_site(site)
    log(instance=site, action="portal.practice.open", user=by)
    return site


def practised() -> QuerySet:
    """Return the pages that were written below the sections of the practice site, the deepest first."""
    site = practice_site()
    if site is None:
        return Page.objects.none()
    return Page.objects.descendant_of(site.home_page()).filter(depth__gt=site.depth_of_items - 1).order_by("-depth")


@transaction.atomic
def clear_practice(*, by, on: datetime | None = None) -> int:
    """Remove what was written below the sections of the practice site; return how many pages were removed.

    Sections and roles stay. Raises Refused without the right to open sites, or without a practice site.
    """
    demand_may_open(by, demand_city())
    site = practice_site()
    if site is None:
        raise Refused("Chưa có trang thực hành.")
    pages = list(practised().specific())
    for page in pages:
        duties.drop_deadlines_of(page, by=by, on=on)
        previews.end_links_of(page, previews.End.REMOVED, by=by, on=on)
        # Read anew: the removal of a sibling writes into the tree.
        draft = Page.objects.get(pk=page.pk).specific
        draft.delete()
    log(instance=site, action="portal.practice.clear", user=by, data={"count": len(pages)})
    return len(pages)
