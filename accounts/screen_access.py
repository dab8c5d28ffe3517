"""Screen access by role (`base.admin.screen_access`): for those who hold any role, or one with a capability."""

from base.admin.screen_access import ScreenAccess

from .roles import ROLES, held_roles, may


def holds_a_role(user) -> bool:
    """Tell whether a user holds any role by an appointment in force."""
    return bool(held_roles(user))


ROLE_HOLDERS = ScreenAccess(holds_a_role)


def holding(*capabilities: str) -> ScreenAccess:
    """Return the access of those of whom a role, on any site, carries one of the capabilities; it names these roles."""

    def holds(user) -> bool:
        return any(may(user, capability) for capability in capabilities)

    return ScreenAccess(
        holds, ", ".join(role.label for role in ROLES.values() if role.capabilities & set(capabilities))
    )
