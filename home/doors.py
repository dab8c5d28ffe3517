"""Which of this room's screens are for whom (`base.admin.screen_access`)."""

from accounts.doors import holding, holds_a_role
from accounts.roles import EMERGENCY, OPEN_SITES
from base.admin.screen_access import open_to


def open_own() -> None:
    """Name this room's screens; called once, from `HomeConfig.ready`."""
    open_to(
        holding(OPEN_SITES),
        "home_sites home_open_ward home_merge home_close home_opening home_site_settings",
    )
    open_to(holding(EMERGENCY), "home_emergency home_alert home_end_alert home_publish_at_once home_remove_at_once")
    open_to(holds_a_role, "home_first_steps")
