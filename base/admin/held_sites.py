"""Screens that are rendered while the sites are held: the frame's menu and lists of sites ask for them many times."""

from functools import wraps

from wagtail.admin.menu import Menu

from ..sites import held_now, sites_held


class SitesHeld:
    """Mixin for class-based screens with a template that only show, no form that writes.

    The gate of the administration, which asks before who may open the screen, hands on what it has read.
    """

    def get(self, request, *args, **kwargs):
        with sites_held(getattr(request, "sites_read", None)):
            return super().get(request, *args, **kwargs).render()


def asked_with_sites(request, view, question) -> bool:
    """Answer a question about who may open a view; of one that holds the sites they are read for both."""
    view_class = getattr(view, "view_class", None)
    if request.method != "GET" or view_class is None or not issubclass(view_class, SitesHeld):
        return question()
    with sites_held():
        request.sites_read = held_now()
        return question()


def hold_in_menus() -> None:
    """Let Wagtail (8.0) put its menus together while the sites are held, on every screen; called once, when ready.

    Each entry asks where its person works. It can go when every screen is a `SitesHeld`.
    """
    render = Menu.render_component

    @wraps(render)
    def rendered(self, request):
        with sites_held():
            return render(self, request)

    Menu.render_component = rendered
