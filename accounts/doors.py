"""Which of this room's screens are for whom (`base.admin.screen_access`), and the question that the rooms above ask,
too."""

from collections.abc import Callable

from base.admin.screen_access import anybody, open_to

from . import appointment_rights
from .appointment_views.access import may_look
from .roles import ROLES, held_roles, may


def holds_a_role(user) -> bool:
    """Tell whether a user holds any role by an appointment in force."""
    return bool(held_roles(user))


def holding(*capabilities: str) -> Callable:
    """Return the question whether a role of the user, on any site, carries one of the capabilities.

    Whoever is turned away is told which roles these are.
    """

    def holds(user) -> bool:
        return any(may(user, capability) for capability in capabilities)

    holds.whom = ", ".join(role.label for role in ROLES.values() if role.capabilities & set(capabilities))
    return holds


def open_own() -> None:
    """Name this room's screens; called once, from `AccountsConfig.ready`."""
    open_to(
        anybody,
        """
        accounts_sign_in accounts_sign_out accounts_verify accounts_enrol accounts_factor accounts_change_password
        accounts_ask_reset accounts_reset_asked accounts_reset accounts_activate accounts_state accounts_keep
        accounts_may_send accounts_end_others accounts_end_session accounts_own accounts_rescued accounts_rescued_text
        """,
    )
    open_to(
        may_look,
        """
        accounts_appointments accounts_held accounts_decision accounts_decision_scan accounts_decision_add_scan
        accounts_person
        accounts_appointment accounts_confirm accounts_revoke accounts_end accounts_replace accounts_delegate
        accounts_account accounts_send_activation accounts_reset_factor accounts_record
        """,
    )
    open_to(appointment_rights.may_see_all, "accounts_lists accounts_list accounts_list_xlsx accounts_list_pdf")
