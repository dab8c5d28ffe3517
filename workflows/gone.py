"""What stands at the address of something that was taken down."""

from django.http import HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render

from base.frame import build_frame
from base.page_cache import mark_public

from .models import TakeDown


def gone(request, takedown: TakeDown) -> HttpResponse:
    """Answer 410 with the reason of a take-down, or lead on to what took the place."""
    if takedown.behaviour == TakeDown.Behaviour.REDIRECT and takedown.replacement_url:
        return HttpResponsePermanentRedirect(takedown.replacement_url)
    frame = build_frame(None, request)
    frame.is_indexed = False
    answer = render(request, "410.html", {"takedown": takedown, "frame": frame, "status": 410}, status=410)
    answer["X-Robots-Tag"] = "noindex"
    sites = [pk for pk in (takedown.site_id, takedown.site.parent_id) if pk]
    return mark_public(answer, sites, turns=frame.turns)
