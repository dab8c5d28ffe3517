"""The address of what was taken down: 410 with the reason, the date and the replacement, instead of 404."""

from django.db.models import Q
from django.http import HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.translation import get_language
from wagtail.models import Site

from base.frame import build_frame
from base.page_cache import mark_public

from .models import TakeDown


class GoneMiddleware:
    """Acts on a 404 only, so a live page at the same address always wins and living pages pay nothing."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code != 404 or request.method not in ("GET", "HEAD"):
            return response
        takedown = taken_down_at(request)
        return response if takedown is None else gone(request, takedown)


def gone(request, takedown: TakeDown):
    """Answer 410 with the reason of a take-down, or lead on to what took the place."""
    if takedown.behaviour == TakeDown.Behaviour.REDIRECT and takedown.replacement_url:
        return HttpResponsePermanentRedirect(takedown.replacement_url)
    frame = build_frame(None, request)
    frame.is_indexed = False
    answer = render(request, "410.html", {"takedown": takedown, "frame": frame, "status": 410}, status=410)
    answer["X-Robots-Tag"] = "noindex"
    return mark_public(answer, [pk for pk in (takedown.site_id, takedown.site.parent_id) if pk])


def taken_down_at(request) -> TakeDown | None:
    """Return the take-down whose page stood at the address of the request, the latest one."""
    site = Site.find_for_request(request)
    if site is None:
        return None
    root, path = site.root_page, request.path_info.lstrip("/")
    language = get_language()
    if path.startswith(f"{language}/"):
        path = path[len(language) + 1 :]
        root = root.get_translations().filter(locale__language_code=language).first() or root
    if path and not path.endswith("/"):
        path += "/"
    address = root.url_path + path
    return (
        TakeDown.objects.filter(state=TakeDown.State.TAKEN_DOWN)
        .filter(Q(old_url_path=address) | Q(page__url_path=address))
        .select_related("site__unit", "site__parent")
        .order_by("-decided_at")
        .first()
    )
