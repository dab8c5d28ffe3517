"""What the screens of the reports share: for those who work on the content of a site; sites are read once."""

from accounts.responsibility import sites_worked_on
from base.admin.screen_access import ScreenAccess
from base.sites import sites_held


def works_on_content(user) -> bool:
    """Tell whether a user works on the content of any site."""
    return bool(sites_worked_on(user))


SITE_WORKERS = ScreenAccess(works_on_content)


class SitesHeld:
    """Mixin for screens that only show: rendered while the sites are held, for which they ask many times."""

    def get(self, request, *args, **kwargs):
        with sites_held():
            return super().get(request, *args, **kwargs).render()
