"""Which of this room's screens are for whom (`base.admin.screen_access`)."""

from accounts.doors import holding, holds_a_role
from accounts.roles import WRITE
from base.admin.screen_access import open_to


def open_own() -> None:
    """Name this room's screens; called once, from `SectionsConfig.ready`."""
    open_to(holding(WRITE), "sections_write_news sections_write_from_word")
    open_to(holds_a_role, "sections_offer_to_city sections_word_below sections_word_into sections_word_preview")
