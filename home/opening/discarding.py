"""3. A dossier that its maker prepared by mistake is discarded: what it had taken is free again.

Only before it is submitted, and when it is returned. Of a site that was prepared with it no reader has seen anything:
its pages are deleted, its host, names and groups are free. Its row and that of its unit stay, as no unit is ever
deleted (decision 0080), and are shown nowhere (`PortalSite.State.DISCARDED`). The story of the dossier stays.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from wagtail.models import Collection, Page

from accounts.models import Appointment, RoleGroup
from accounts.roles import sync_site
from base.gate import Refused
from base.models import PortalSite, SiteHost
from workflows.deadlines import duties
from workflows.drafts import previews
from workflows.models import Deadline, SiteWorkflow

from ..models import Opening
from .rights import demand_may_change, locked, noted

# What goes with the site, or only tells of it.
OWN_ROWS = (Appointment, Deadline, Opening, Opening.parts.through, RoleGroup, SiteHost, SiteWorkflow)
LONGEST_NAME, LONGEST_SLUG = 200, 80


@transaction.atomic
def discard_opening(opening: Opening, *, by, on: datetime | None = None) -> Opening:
    """Discard a dossier that is a draft or was returned, with the sites that were prepared for it; return it.

    Raises Refused for another user than its maker, once it is submitted, and while a user is appointed to such a site
    or something else belongs to it.
    """
    opening = locked(opening)
    demand_may_change(by, opening)
    moment = on or timezone.now()
    sites = opening.sites_prepared()
    for site in sites:
        _demand_empty(site)
        _remove_drafts(site, by, moment)
        _free(site, timezone.localtime(moment).date())
    opening.state, opening.versions = Opening.State.DISCARDED, []
    opening.save(update_fields=["state", "versions"])
    names = ", ".join(site.unit.name for site in sites)
    return noted(opening, "discard", by, moment, f"Bỏ hồ sơ; xóa trang nháp của {names}." if names else "Bỏ hồ sơ.")


def _demand_empty(site: PortalSite) -> None:
    if Appointment.objects.filter(site=site, state__in=Appointment.OPEN).exists():
        raise Refused(f"{site} đang có người được phân công; hãy kết thúc phân công ở trang này rồi bỏ hồ sơ.")
    held = [
        str(relation.related_model._meta.verbose_name)
        for relation in PortalSite._meta.related_objects
        if relation.related_model not in OWN_ROWS
        and relation.related_model._base_manager.filter(**{relation.field.name: site}).exists()
    ]
    if held:
        raise Refused(f"{site} đang có {', '.join(sorted(set(held)))}; hãy chuyển hoặc xóa trước rồi bỏ hồ sơ.")


def _remove_drafts(site: PortalSite, by, moment: datetime) -> None:
    for home in Page.objects.filter(translation_key=site.home_key):
        for page in Page.objects.descendant_of(home, inclusive=True).order_by("-depth").specific():
            duties.drop_deadlines_of(page, by=by, on=moment)
            previews.end_links_of(page, previews.End.REMOVED, by=by, on=moment)
            # Read anew: the removal of a sibling writes into the tree.
            draft = Page.objects.get(pk=page.pk).specific
            draft.delete()


def _free(site: PortalSite, today) -> None:
    """Give back name, addresses and host; the row ends before it began."""
    site.hosts.all().delete()
    collection = Collection.objects.filter(depth=2, name=site.slug).first()
    last_day = today - timedelta(days=1)
    unit = site.unit
    for row in (site, unit):
        row.slug = f"bo-{site.pk}-{row.slug}"[:LONGEST_SLUG]
        row.valid_from, row.valid_to = min(row.valid_from or last_day, last_day), last_day
    if collection is not None:
        collection.name = site.slug
        collection.save()
    site.name = f"{site.name} (hồ sơ đã bỏ, số {site.pk})"[:LONGEST_NAME]
    site.state, site.state_changed_on = PortalSite.State.DISCARDED, today
    unit.save(update_fields=["slug", "valid_from", "valid_to"])
    site.save()
    sync_site(site)
