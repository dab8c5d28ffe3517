"""Services on the sites: which site offers which procedure, and how that begins and ends.

1. `belongs_to`: the sites that a procedure belongs to, by the levels at which it is carried out. 2. `offer`: the draft
of a service on one site. 3. `offer_everywhere`: drafts on all sites, submitted as one batch for a second person.
4. `offer_all`: everything that belongs to a site, for one that opens; `take_over`: drafts of what predecessors offered,
for the site that follows them. 5. `withdraw`: a site, or every site, ends a service: proposed to the one take-down of
the portal, which answers its address from then on.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from accounts.roles import WRITE, may
from base.gate import Refused
from base.models import PortalSite
from base.sites import all_sites, site_of, sites_held
from vietnam import text
from workflows.models import TakeDown
from workflows.publishing import takedown

from ..models import CatalogueBatch, CataloguePage, Procedure, ServiceOffering
from . import batches

LONGEST_TITLE, LONGEST_SLUG = 255, 80


# --- 1. Where it belongs -----------------------------------------------------------------------------


def belongs_to(procedure: Procedure, sites: Iterable[PortalSite] | None = None) -> list[PortalSite]:
    """Return the open sites that offer a procedure by right: wards what is done at ward level, the city the rest.

    The city's site offers what the district level, the province or another body does (Nghị định 63/2010/NĐ-CP).
    """
    of_city = procedure.at_district or procedure.at_province or procedure.at_other
    found = all_sites() if sites is None else sites
    return [
        site
        for site in found
        if site.state == PortalSite.State.OPEN and (of_city if site.is_city else procedure.at_ward)
    ]


def procedures_of(site: PortalSite, on) -> list[Procedure]:
    """Return the public procedures in use on a local day that belong to a site."""
    return [
        procedure
        for procedure in Procedure.objects.in_use(on)
        if (procedure.at_district or procedure.at_province or procedure.at_other if site.is_city else procedure.at_ward)
    ]


def catalogue_of(site: PortalSite) -> CataloguePage | None:
    """Return the Vietnamese catalogue of a site, or None where there is none."""
    home = site.home_page()
    return CataloguePage.objects.child_of(home).first() if home else None


# --- 2. One site -------------------------------------------------------------------------------------


@transaction.atomic
def offer(procedure: Procedure, site: PortalSite, *, by, on: datetime | None = None, **fields) -> ServiceOffering:
    """Make the draft of a service on one site; return it, or the page that the site has for the procedure already.

    `fields`: what the site has of its own (place, hours, apply_url). Raises Refused without the right to write there,
    for a site that has stopped or has no catalogue, or for a procedure that is not public.
    """
    _demand_may_write(by, site)
    return _offer(procedure, site, by=by, **fields)[0]


def _demand_may_write(by, site: PortalSite) -> None:
    if not may(by, WRITE, site):
        raise Refused(f"Bạn không có quyền soạn trên «{site}».")


def _offer(procedure: Procedure, site: PortalSite, *, by, **fields) -> tuple[ServiceOffering, bool]:
    """(the page, whether it was made now)."""
    if site.state not in (PortalSite.State.OPEN, PortalSite.State.PREPARED):
        raise Refused(f"«{site}» đã ngừng cập nhật nên không thêm dịch vụ.")
    if not procedure.live:
        raise Refused(f"«{procedure}» chưa được đăng; hãy gửi duyệt thủ tục trước.")
    catalogue = catalogue_of(site)
    if catalogue is None:
        raise Refused(f"«{site}» chưa có mục Dịch vụ công; hãy mở mục này trước.")
    known = offering_of(procedure, catalogue)
    if known is not None:
        return known, False
    page = ServiceOffering(
        title=procedure.name[:LONGEST_TITLE],
        slug=_free_slug(procedure, catalogue),
        procedure=procedure,
        responsible_unit=site.unit,
        locale=catalogue.locale,
        owner=by,
        live=False,
        is_illustrative=procedure.is_illustrative,
        **fields,
    )
    catalogue.add_child(instance=page)
    page.save_revision(user=by)
    return page, True


def offering_of(procedure: Procedure, catalogue: CataloguePage) -> ServiceOffering | None:
    """Return the page of a procedure below a catalogue, public or draft; one that was taken down does not count."""
    pages = ServiceOffering.objects.child_of(catalogue).filter(procedure=procedure)
    gone = TakeDown.objects.filter(state=TakeDown.State.TAKEN_DOWN, page__in=pages).values("page")
    return pages.exclude(pk__in=gone, live=False).first()


def _free_slug(procedure: Procedure, catalogue: CataloguePage) -> str:
    slug = text.slug(procedure.name)[:LONGEST_SLUG].strip("-")
    taken = catalogue.get_children().filter(slug__startswith=slug).values_list("slug", flat=True)
    return text.free_slug(slug, taken, other=f"{slug}-{procedure.code.replace('.', '-')}")


# --- 3. Every site -----------------------------------------------------------------------------------


@transaction.atomic
def offer_everywhere(
    procedures: Iterable[Procedure],
    sites: Iterable[PortalSite] | None = None,
    *,
    by,
    on: datetime | None = None,
    declaration: bool,
    fields=lambda procedure, site: {},
) -> CatalogueBatch:
    """Make the services of procedures on all sites that they belong to (or those given); submit them as one batch.

    A site that has the page already keeps it; its draft that was never public is included. `fields(procedure, site)`:
    what a site has of its own. Raises Refused as `offer` does, ValidationError when there is nothing to add.
    """
    procedures, made, fresh = list(procedures), [], set()
    with sites_held() as held:
        chosen = held if sites is None else list(sites)
        for procedure in procedures:
            for site in belongs_to(procedure, chosen):
                _demand_may_write(by, site)
                page, is_new = _offer(procedure, site, by=by, **fields(procedure, site))
                if not page.live:
                    made.append(page)
                if is_new:
                    fresh.add(page.pk)
        return _submitted(procedures, made, fresh, by=by, on=on, declaration=declaration)


def _submitted(procedures, made, fresh, *, by, on, declaration: bool) -> CatalogueBatch:
    if not made:
        raise ValidationError("Mọi trang đã cung cấp các thủ tục này; không có gì để thêm.")
    names = str(procedures[0]) if len(procedures) == 1 else f"{len(procedures)} thủ tục"
    return batches.hand_in(
        f"Cung cấp {names} trên {len({site_of(page).pk for page in made})} trang",
        offerings=made,
        by=by,
        on=on,
        declaration=declaration,
        fresh=fresh,
    )


# --- 4. A site that opens ----------------------------------------------------------------------------


@transaction.atomic
def offer_all(site: PortalSite, *, by, on) -> list[ServiceOffering]:
    """Make the drafts of everything that belongs to a site that is prepared; they open with its dossier.

    `on`: the local day whose procedures count. Called by the action that opens the site, which has checked who may.
    """
    if catalogue_of(site) is None:
        return []
    return [_offer(procedure, site, by=by)[0] for procedure in procedures_of(site, on)]


@transaction.atomic
def take_over(successor: PortalSite, predecessors: Iterable[PortalSite], *, by, on) -> list[ServiceOffering]:
    """Make drafts of the services of closing sites that their successor does not offer yet; return them.

    Nothing is published: each waits in the successor's work queue (`own_work.py`) until a person there has checked it.
    The way to apply is copied; place, hours and telephone are the successor's own. Services of procedures that are
    abolished on the local day `on` are left out. Safe to repeat. Called by the action that ends the sites, which has
    checked who may.
    """
    catalogue, made = catalogue_of(successor), []
    if catalogue is None:
        return made
    for site in predecessors:
        there = catalogue_of(site)
        if there is None:
            continue
        offered = ServiceOffering.objects.live().child_of(there).select_related("procedure").order_by("path")
        for page in offered:
            if not (page.procedure.live and page.procedure.is_in_use(on) and page.is_offered(on)):
                continue
            way = {name: getattr(page, name) for name in ("delivery", "apply_url", "apply_to")}
            draft, is_new = _offer(page.procedure, successor, by=by, taken_over_from=site, **way)
            if is_new:
                log(instance=draft, action="portal.service.take_over", user=by, data={"site": site.slug})
                made.append(draft)
    return made


# --- 5. The end --------------------------------------------------------------------------------------


@transaction.atomic
def withdraw(offerings: Iterable[ServiceOffering], *, by, on: datetime | None = None, reason: str) -> list[TakeDown]:
    """Propose to end services, for one reason that readers will see; return the take-downs, decided as one group.

    Drafts that were never public are left. Raises Refused without the right on one of the sites or when none of them is
    public, ValidationError without a reason.
    """
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do ngừng cung cấp; người dân sẽ đọc được lý do này."})
    moment, group, rows = on or timezone.now(), uuid.uuid4(), []
    for page in offerings:
        if page.live:
            rows += takedown.propose(
                page, TakeDown.Ground.NO_LONGER_SUITABLE, by=by, on=moment, explanation=reason.strip(), group=group
            )
            log(instance=page, action="portal.service.withdraw", user=by, data={"reason": reason.strip()[:300]})
    if not rows:
        raise Refused("Không có dịch vụ nào đang đăng để ngừng.")
    return rows


def everywhere(procedure: Procedure):
    """Return the public pages of a procedure on all sites."""
    return ServiceOffering.objects.live().filter(procedure=procedure).order_by("path")
