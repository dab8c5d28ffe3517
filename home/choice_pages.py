"""The pages where readers arrange the portal for themselves (Quy chế Điều 3.1): their ward, topics, saved pages.

What they choose stays in their browser (decision 0090). The pages are the same for all; without a script they say
why nothing can be kept, and lead to everything that could be chosen.
"""

from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from base.models import PortalSite
from base.public.frame import build_frame
from base.public.navigation import CHOICES_ADDRESS, SAVED_ADDRESS, Link
from base.public.routed import place_below

from . import front_lists


def choices(home, request) -> TemplateResponse:
    """Answer where a reader chooses a ward and what a front page shows first (`/cua-toi/` of the city)."""
    context = _context(home, request, _("Phường, xã và chủ đề của tôi"), CHOICES_ADDRESS)
    english = home.locale.language_code == "en"
    wards = PortalSite.objects.filter(kind=PortalSite.Kind.WARD, state=PortalSite.State.OPEN).select_related("unit")
    context["wards"] = [
        (site.slug, (english and site.unit.name_en) or site.unit.name)
        for site in wards.order_by("unit__sort_order", "unit__name")
    ]
    context["topics"] = front_lists.topics(home, request)
    return home.mark_public(TemplateResponse(request, "home/choices.html", context))


def saved(home, request) -> TemplateResponse:
    """Answer the page that lists what a browser has saved (`/trang-da-luu/` of each site)."""
    context = _context(home, request, _("Trang đã lưu"), SAVED_ADDRESS)
    return home.mark_public(TemplateResponse(request, "home/saved_pages.html", context))


def _context(home, request, title: str, address: str) -> dict:
    frame = build_frame(home, request)
    place_below(frame, home, request, title, address)
    frame.breadcrumbs, frame.is_home = [Link(_("Trang chủ"), frame.home_url)], False
    frame.title_tail, frame.description = frame.site_name, ""
    return {"frame": frame, "title": title, "page": home}
