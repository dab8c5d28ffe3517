"""For whom the screens of procedures are."""

from accounts.roles import ADMINISTER, WRITE, may
from base.admin.screen_access import ScreenAccess
from base.authority import is_city_person


def keeps_procedures(user) -> bool:
    """Tell whether procedures are a user's business: they belong to the city's site."""
    return is_city_person(user) and (may(user, WRITE) or may(user, ADMINISTER))


PROCEDURE_KEEPERS = ScreenAccess(keeps_procedures)
