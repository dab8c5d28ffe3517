"""1. Emblem, colours, licence and menu of a site are proposed; readers see them once another person agrees."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from wagtail.log_actions import log

from accounts.roles import site_collection
from base.files.scans import demand_storable
from base.files.serving import note_published
from base.models import PortalImage, PortalSite, SiteLook, SiteMenu
from base.models.files import StoredFile, WaitingVersion, register_waiting
from base.models.look import problem_of_emblem
from base.public.navigation import grouped
from workflows.models import RecordChange
from workflows.publishing import record_changes, record_rules, record_texts

from ..units.rights import demand_keeps

COLOURS = ("accent", "dark_accent", "dark_text")


def register() -> None:
    """Say how proposals about looks and menus come true; called once, from `HomeConfig.ready`."""
    record_rules.register(SiteLook, site_of=_site_of, check=_check, follow=_follow, draws=drawn_look)
    record_rules.register(SiteMenu, site_of=_site_of, check=_check, words=_menu_as_text)
    register_waiting(_waiting_with)


@transaction.atomic
def propose_look(
    site: PortalSite,
    *,
    by,
    on: datetime | None = None,
    emblem=None,
    without_emblem: bool = False,
    colours: Mapping[str, str],
    licence: str | None = None,
) -> RecordChange:
    """Propose an emblem, colours and the licence of a site; return the proposal.

    `emblem`: an uploaded picture that was looked into, or None to leave it; `without_emblem`: that of the city is shown
    again. `colours`: of each field of COLOURS, "" for none. `licence`: None to leave it.
    Raises Refused for who does not keep the unit of the site, ValidationError (field → messages) for what cannot be
    read or shown, and when nothing would change.
    """
    demand_keeps(by, site.unit)
    look, _ = SiteLook.objects.get_or_create(site=site)
    for name in COLOURS:
        setattr(look, name, colours[name].strip().lower())
    if licence is not None:
        look.licence = " ".join(licence.split())
    if without_emblem and emblem is not None:
        raise ValidationError({"without_emblem": "Vừa chọn biểu trưng mới vừa chọn bỏ; hãy chỉ chọn một."})
    if without_emblem:
        look.emblem = None
    # Before the picture is stored: a form that comes back has stored nothing.
    look.full_clean()
    if emblem is not None:
        look.emblem = _stored(emblem, site, by)
    return record_changes.propose(look, by=by, on=on)


def _stored(file, site: PortalSite, by) -> PortalImage:
    demand_storable(file, by=by, site=site)
    image = PortalImage(
        title=f"Biểu trưng, {site.name}"[:255],
        file=file,
        description=f"Biểu trưng của {site.unit.full_name}"[:255],
        collection=site_collection(site),
        uploaded_by_user=by,
    )
    image._set_image_file_metadata()
    if problem := problem_of_emblem(image):
        raise ValidationError({"emblem": problem})
    image.save()
    log(instance=image, action="wagtail.create", user=by, content_changed=True)
    return image


@transaction.atomic
def propose_menu(site: PortalSite, *, by, on: datetime | None = None, order: list[str]) -> RecordChange:
    """Propose the order of a site's menu; return the proposal. `order`: names in the address of its sections.

    Raises Refused for who does not keep the unit of the site, ValidationError when nothing would change.
    """
    demand_keeps(by, site.unit)
    menu, _ = SiteMenu.objects.get_or_create(site=site)
    known = {page.slug for page in sections_in_menu(site)}
    menu.order = [slug for slug in dict.fromkeys(order) if slug in known]
    return record_changes.propose(menu, by=by, on=on)


def sections_in_menu(site: PortalSite) -> list:
    """Return the pages that the menu of a site shows, in the order of the tree; the same in all languages."""
    home = site.home_page()
    return list(home.get_children().live().in_menu()) if home is not None else []


def groups_of(site: PortalSite, order: list[str]) -> list[tuple[str, list]]:
    """Return the groups of a site's menu with their pages, as an order arranges them."""
    return [(str(label), pages) for label, pages in grouped(sections_in_menu(site), order)]


# --- What the second person sees -------------------------------------------------------------------


def drawn_look(change: RecordChange) -> SafeString:
    """Draw both states of a look, one below the other."""
    states = [("Hiện nay", change.former), ("Đề nghị", change.values)]
    looks = [(label, record_texts.as_record(change, values)) for label, values in states if values]
    return render_to_string("home/admin/parts/looks.html", {"looks": looks})


def _menu_as_text(change: RecordChange) -> list[tuple[str, str, str]]:
    site = change.site
    former, wanted = (_as_lines(site, values.get("order", [])) for values in (change.former, change.values))
    return [
        (f"Vị trí {place}", before, after)
        for place, (before, after) in enumerate(zip(former, wanted, strict=True), 1)
        if before != after
    ]


def _as_lines(site: PortalSite, order: list[str]) -> list[str]:
    return [
        f"{label}: {', '.join(page.title for page in pages)}" if len(pages) > 1 else pages[0].title
        for label, pages in groups_of(site, order)
    ]


# --- How it comes true -----------------------------------------------------------------------------


def _site_of(row: SiteLook | SiteMenu) -> PortalSite:
    return row.site


def _check(row: SiteLook | SiteMenu, by) -> None:
    demand_keeps(by, row.site.unit)
    row.full_clean()


def _follow(look: SiteLook, _by, on: datetime | None) -> None:
    if look.emblem is not None:
        note_published([look.emblem], on or timezone.now())


def _waiting_with(item: StoredFile) -> list[WaitingVersion]:
    """The proposals that show a picture as it is: the second person agrees to these bytes."""
    if not isinstance(item, PortalImage):
        return []
    waiting = RecordChange.objects.filter(object_type=SiteLook._meta.label, decided_at=None)
    return [
        WaitingVersion(
            change,
            str(change),
            "«Rút đề nghị» ở màn hình của đề nghị, hoặc người xác nhận không đồng ý",
            reverse("workflows_record_change", args=[change.pk]),
        )
        for change in waiting.filter(values__emblem=item.pk)
    ]
