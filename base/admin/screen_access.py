"""Screen access: each screen of the portal's own rooms says on its view, or on its viewset, for whom it is.

    class SitesView(TemplateView):
        screen_access = holding(OPEN_SITES)

A viewset says it once for the screens that it generates (`viewsets.AccessStated`), a function by `with_access`. The
admin gate reads it before the view runs. Default deny: a view that says nothing is not there, for any user. Behind the
gate the screen still asks whose the record is, and the action whether the user may. Wagtail's own screens say nothing;
`patches/wagtail_screens.py` names them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from django.urls import Resolver404, ResolverMatch, resolve
from wagtail.admin.menu import MenuItem

from ..authority import sites_of


@dataclass(frozen=True)
class ScreenAccess:
    """For whom a screen is: those of whom `may(user)` is true; None closes it to every user.

    `roles` names them to a user who is turned away, "" where that is no matter of roles alone.
    """

    may: Callable | None
    roles: str = ""

    def allows(self, user) -> bool:
        """Tell whether a user may open the screen; a superuser may open all that is for some user."""
        return self.may is not None and (user.is_superuser or self.may(user))


def works_on_a_site(user) -> bool:
    """Tell whether a user belongs to any site."""
    return bool(sites_of(user))


# For one's own account.
SIGNED_IN = ScreenAccess(lambda user: user.is_authenticated)
SITE_MEMBERS = ScreenAccess(works_on_a_site)
# For screens that Wagtail brings along and the portal has no use for.
CLOSED = ScreenAccess(None)


def with_access(access: ScreenAccess) -> Callable:
    """Return the decorator that states the access of a function view, or of a view of a class that is not ours."""

    def state(view):
        view.screen_access = access
        return view

    return state


def access_of(view) -> ScreenAccess | None:
    """Return what a view of the resolver states, itself or on its class; None for one that states nothing."""
    stated = getattr(view, "screen_access", None)
    return stated or getattr(getattr(view, "view_class", None), "screen_access", None)


@lru_cache(maxsize=500)
def screen_at(address: str) -> ResolverMatch | None:
    """Return the match of the view that a link leads to, None where there is none. Menus lead to the same all day."""
    try:
        return resolve(address.partition("?")[0].partition("#")[0])
    except Resolver404:
        return None


class ScreenMenuItem(MenuItem):
    """A menu entry for those for whom its screen is; a superuser, who may open all, is shown what their roles need."""

    def is_shown(self, request):
        return access_of(screen_at(self.url).func).may(request.user)
