"""Screens that are rendered while the sites are held: the frame's menu and lists of sites ask for them many times."""

from ..sites import sites_held


class SitesHeld:
    """Mixin for class-based screens with a template that only show, no form that writes."""

    def get(self, request, *args, **kwargs):
        with sites_held():
            return super().get(request, *args, **kwargs).render()
