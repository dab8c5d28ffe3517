"""The address of what was taken down: 410 with the reason, the date and the replacement, instead of 404."""

from django.db.models import Q
from django.utils.translation import get_language
from wagtail.models import Site

from .gone import gone
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
    return TakeDown.objects.filter(Q(old_url_path=address) | Q(page__url_path=address)).in_force()
