"""1. What the city shows on the sites of wards, and which ward does not show it, why and by whom."""

from dataclasses import dataclass, field

from django.conf import settings
from django.core.paginator import Page as PaginatorPage
from django.core.paginator import Paginator
from django.db.models import QuerySet
from wagtail.models import Page

from accounts.roles import works_on
from base.models import PlaceRefusal, PortalSite, PublicItem, PublicPlace
from base.public.index.places import EVERY_WARD
from base.sites import all_sites, sites_held
from workflows.models import RecordChange

from . import refusing

PER_PAGE = 50


@dataclass
class LeftOff:
    """A ward that does not show a page: its refusal, and the proposal that came true."""

    refusal: PlaceRefusal
    decided: RecordChange | None
    may_show_again: bool = False


@dataclass
class Standing:
    """A page of the city that wards show: on which of the sites that the person sees, and which of them leave it off.

    `is_for_all`: it is meant for every ward. `free`: the wards of the person that may leave it off now.
    """

    item: PublicItem
    is_for_all: bool
    is_urgent: bool
    wards: list[PortalSite]
    left_off: list[LeftOff] = field(default_factory=list)
    waiting: list[RecordChange] = field(default_factory=list)
    free: list[PortalSite] = field(default_factory=list)


def wards_of(user) -> list[PortalSite]:
    """Return the sites of wards on whose content a user works, by name; those that were never open left out."""
    shown = (*PortalSite.TAKING, PortalSite.State.FROZEN)
    return [
        site
        for site in all_sites()
        if site.kind == PortalSite.Kind.WARD and site.state in shown and works_on(user, site)
    ]


def standing(user, number: str | None = None) -> PaginatorPage:
    """Return one page of `Standing` rows of what the wards of a user show of the city, the newest first.

    A person of the city sees all wards, also when there is none; the same number of queries for any number of rows.
    """
    with sites_held():
        wards = wards_of(user)
        keys = [EVERY_WARD, *(ward.pk for ward in wards)]
        paging = Paginator(_items(keys), PER_PAGE).get_page(number)
        paging.object_list = _rows(user, list(paging.object_list), wards)
    return paging


def page_standing(user, key: int) -> Standing | None:
    """Return the row of one page, None where no ward of the user was to show it."""
    with sites_held():
        wards = wards_of(user)
        items = _items([EVERY_WARD, *(ward.pk for ward in wards)]).filter(page_id=key)
        return next(iter(_rows(user, list(items), wards)), None)


def _items(keys: list[int]) -> QuerySet[PublicItem]:
    """The public pages in the first language that stand, or were left off, at some places."""
    there = PublicPlace.objects.filter(site_key__in=keys, ended_at=None) | PublicPlace.objects.filter(
        site_key__in=keys, is_left_off=True
    )
    found = PublicItem.objects.filter(page_id__in=there.values("page_id"), language=settings.LANGUAGE_CODE)
    return found.order_by("-published_at", "-page_id")


def _rows(user, items: list[PublicItem], wards: list[PortalSite]) -> list[Standing]:
    keys, by_key = [item.page_id for item in items], {ward.pk: ward for ward in wards}
    places: dict[int, set[int]] = {key: set() for key in keys}
    for page, site in PublicPlace.objects.filter(page_id__in=keys, ended_at=None).values_list("page_id", "site_key"):
        places[page].add(site)
    pages = {page.pk: page for page in Page.objects.filter(pk__in=keys).specific()}
    rows = {
        item.page_id: Standing(
            item,
            is_for_all=EVERY_WARD in places[item.page_id],
            is_urgent=not pages[item.page_id].wards_may_refuse,
            wards=[by_key[key] for key in by_key if {key, EVERY_WARD} & places[item.page_id]],
        )
        for item in items
    }
    _add_left_off(user, rows, by_key)
    for change in refusing.open_proposals(keys):
        if change.site_id in by_key:
            rows[change.values["page"]].waiting.append(change)
    mine = {ward.pk for ward in wards if refusing.may_propose(user, ward)}
    for row in rows.values():
        gone = {one.refusal.site_id for one in row.left_off}
        row.wards = [ward for ward in row.wards if ward.pk not in gone]
        asked = {change.site_id for change in row.waiting}
        row.free = [ward for ward in row.wards if ward.pk in mine - asked and not row.is_urgent]
        for one in row.left_off:
            one.may_show_again = one.refusal.site_id in mine - asked
    return [rows[item.page_id] for item in items]


def _add_left_off(user, rows: dict[int, Standing], wards: dict[int, PortalSite]) -> None:
    """Add to rows which wards leave a page off; of an urgent notice it has no effect and is not named."""
    found = PlaceRefusal.objects.filter(page__in=rows, site__in=wards, is_in_force=True).order_by("site__name")
    refusals = [one for one in found.select_related("site") if not rows[one.page_id].is_urgent]
    decided = RecordChange.objects.filter(
        object_type=refusing.LABEL, object_id__in=[str(one.pk) for one in refusals], accepted=True
    )
    by_refusal = {
        change.object_id: change for change in decided.select_related("proposed_by", "decided_by").order_by("pk")
    }
    for one in refusals:
        rows[one.page_id].left_off.append(LeftOff(one, by_refusal.get(str(one.pk))))
