"""What stands at the address of something that was taken down."""

from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from base.public.frame import build_frame
from base.public.page_cache import mark_public
from base.sites import site_of

from ..models import TakeDown
from . import redirects


def gone(request, takedown: TakeDown) -> HttpResponse:
    """Answer 410 with the reason of a take-down, or redirect to what took the place, as long as that is public."""
    address, sites = redirects.leads_to(takedown)
    if takedown.behaviour == TakeDown.Behaviour.REDIRECT and address:
        return HttpResponsePermanentRedirect(address)
    frame = build_frame(None, request)
    frame.is_indexed = False
    context = {"takedown": takedown, "replacement_address": address, "frame": frame, "status": 410}
    answer = render(request, "410.html", context, status=410)
    answer["X-Robots-Tag"] = "noindex"
    if takedown.replacement_page_id and (site := site_of(takedown.replacement_page)) is not None:
        sites.add(site.pk)
    return mark_public(answer, [pk for pk in (*sites, takedown.site.parent_id) if pk], turns=frame.turns)


def gone_redirect(request) -> HttpResponse:
    """Answer 410 where an old address led to something that is not public any more."""
    frame = build_frame(None, request)
    frame.is_indexed = False
    lost = {"title": "", "get_ground_display": _("Nội dung mà địa chỉ này dẫn đến không còn được đăng")}
    answer = render(request, "410.html", {"takedown": lost, "frame": frame, "status": 410}, status=410)
    answer["X-Robots-Tag"] = "noindex"
    return answer
