"""What the screens of the reports share: for those who work on the content of a site."""

from accounts.responsibility import sites_worked_on
from base.admin.screen_access import ScreenAccess


def works_on_content(user) -> bool:
    """Tell whether a user works on the content of any site."""
    return bool(sites_worked_on(user))


SITE_WORKERS = ScreenAccess(works_on_content)
