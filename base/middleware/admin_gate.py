"""The admin gate: which screens of the administration there are, and for whom.

Default deny: a screen that states no access on its view (`..admin.screen_access`) and that is none of Wagtail's listed
ones (`..admin.patches.wagtail_screens`) is not there, for any user. So a new release opens nothing by itself, nor does
a screen of our own that was left out by mistake.
"""

from django.conf import settings
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse

from ..admin.held_sites import asked_with_sites
from ..admin.patches import wagtail_screens
from ..admin.patches.admin_refusals import turned_away
from ..admin.screen_access import CLOSED, access_of, screen_at
from ..models import PortalSite
from ..public.site_cache import remembered
from ..queries import sql
from ..sites import host_of
from ..views import page_not_found


class AdminGateMiddleware:
    """Answer 404 to a screen of Wagtail that the user has no business with.

    On the host of a component site the administration is not there: it has one address, with one session.
    Runs inside AuthenticationMiddleware. A user who is not signed in is left to Wagtail, which asks to sign in.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.prefix = reverse("wagtailadmin_home")

    def __call__(self, request):
        if request.path_info.startswith(self.prefix) and _is_component_host(request):
            if request.method in ("GET", "HEAD"):
                return HttpResponseRedirect(settings.WAGTAILADMIN_BASE_URL + request.get_full_path())
            return page_not_found(request)
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        if not request.path_info.startswith(self.prefix) or not request.user.is_authenticated:
            return None
        name = request.resolver_match.view_name
        if asked_with_sites(request, view, lambda: may_open(request.user, view, name, kwargs)):
            return None
        access = access_of(view)
        # What is closed to all is not there; what is for others is said to be.
        if access is None or access == CLOSED:
            raise Http404
        return turned_away(request, access.roles)


def _is_component_host(request) -> bool:
    host = host_of(request)
    if host is None or host.is_default_site:
        # That of the city.
        return False
    return host.pk in remembered(request, "hosts of component sites", _component_hosts)


def _component_hosts() -> frozenset[int]:
    statement = "SELECT wagtail_site_id FROM base_portalsite WHERE kind = %s AND wagtail_site_id IS NOT NULL"
    return frozenset(key for (key,) in sql.read(statement, [PortalSite.Kind.WARD]))


def may_open(user, view, name: str, kwargs) -> bool:
    """Tell whether a user may open a screen: by what its view states, for Wagtail's by the name of its address."""
    access = access_of(view)
    return access.allows(user) if access else wagtail_screens.may_open(user, name, kwargs)


def leads_in(user, address: str) -> bool:
    """Tell whether a link of a menu leads to a screen that a user may open; a group ("#", "") leads nowhere itself."""
    if address.startswith(("#", "?")) or not address:
        return True
    found = screen_at(address)
    return found is not None and may_open(user, found.func, found.view_name, found.kwargs)
