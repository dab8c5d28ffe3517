"""The doors of the administration: each screen of the portal's own rooms, by the name of its address, and for whom.

Default deny: a screen that no room has named here is not there, for anybody. Each room names its own in its
`AppConfig.ready`, together with the question that opens the door. Behind it the screen still asks whose the record is;
the door only keeps people away from screens that their roles have no use for. Wagtail's own screens are listed in
`middleware/admin_gate.py`.
"""

from collections.abc import Callable

from ..audit import reading
from ..authority import sites_of
from ..operations import mail

SNIPPET = "list list_results add edit delete usage history history_results copy"
CHOOSER = "choose choose_results chosen chosen_multiple create"

_doors: dict[str, Callable] = {}


def anybody(user) -> bool:
    """Tell whether a user is signed in: for his own account."""
    return user.is_authenticated


def works_on_a_site(user) -> bool:
    """Tell whether a user belongs to any site."""
    return bool(sites_of(user))


def nobody(user) -> bool:
    """Refuse everybody: for screens that Wagtail brings along and the portal has no use for."""
    return False


def open_to(may: Callable, names: str, space: str = "") -> None:
    """Open screens to those of whom `may(user)` is true; `may.whom`, where it has one, says for which roles that is.

    `names`: names of addresses, parted by blanks; `space` is put before each ("wagtailsnippets_legalref_issuingbody:").
    """
    for name in names.split():
        _doors[space + name] = may


def is_named(name: str) -> bool:
    """Tell whether a room has named a screen."""
    return name in _doors


def is_open_to(user, name: str) -> bool:
    """Tell whether a user may knock at a screen; a superuser may at all that is for somebody."""
    return not is_for_nobody(name) and (user.is_superuser or _doors[name](user))


def whom(name: str) -> str:
    """Say for which roles a screen is, "" where that is no matter of roles alone."""
    return getattr(_doors.get(name), "whom", "")


def is_for_nobody(name: str) -> bool:
    """Tell whether a screen is closed to everybody."""
    return _doors.get(name, nobody) is nobody


def names() -> frozenset[str]:
    """Return the names of all screens that the rooms have named."""
    return frozenset(_doors)


def open_own() -> None:
    """Name this room's screens; called once, from `BaseConfig.ready`."""
    open_to(anybody, "base_guide base_guide_page base_guide_picture base_dismissibles")
    # The view asks whether the person may add pictures.
    open_to(works_on_a_site, "base_add_pictures")
    open_to(mail.may_mend, "base_mail base_mail_retry base_mail_dismiss")
    open_to(reading.may_read, "base_audit base_audit_entry")
