"""What is answered instead of a 404: 410 with reason and date for what was taken down, or a redirect.

Also count the numbers of the menu anew after a person has done something.
"""

from urllib.parse import urlsplit

from django.db.models import Q
from django.http import HttpResponsePermanentRedirect, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from wagtail.contrib.redirects.middleware import get_redirect
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Site

from base.public.usage.counting import usage
from workflows.dashboard import queue_screen

from .models import TakeDown
from .publishing import redirects, targets
from .publishing.gone import gone, gone_redirect
from .publishing.targets import Target


class RedirectMiddleware:
    """Redirect from an address where nothing is; answer 410 where the target of the redirect is gone.

    It is outside of `GoneMiddleware`: what was taken down is answered first. The target is looked up by its key each
    time, and a row that leads to a host that is not allowed, no matter who wrote it, redirects nowhere.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if response.status_code != 404 or request.method not in ("GET", "HEAD"):
            return response
        found = redirect_at(request)
        if found is None:
            return response
        page = found.redirect_page
        address = targets.address_of(Target(page, found.redirect_page_route_path, found.redirect_link))
        if address:
            if request.method == "GET":
                usage.add(found.pk, redirects.FOLLOWED)
            lead = HttpResponsePermanentRedirect if found.is_permanent else HttpResponseRedirect
            return lead(address)
        if page is None:
            return response
        takedown = TakeDown.objects.of(page).in_force()
        return gone_redirect(request) if takedown is None else gone(request, takedown)


def redirect_at(request) -> Redirect | None:
    """Return the redirect of the address of a request, with its query or without."""
    path = Redirect.normalise_path(request.get_full_path(), decode_unicode=False)
    return get_redirect(request, path) or get_redirect(request, urlsplit(path).path)


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


class CountedAnewMiddleware:
    """After what a person sends in the administration, the next screen counts what waits for them anew."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if request.method == "POST" and request.path.startswith(reverse("wagtailadmin_home")):
            queue_screen.count_anew(request.user)
        return response
