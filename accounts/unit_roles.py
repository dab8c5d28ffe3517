"""What the roles of one unit without a site give: work of that unit alone (`roles.Role.of_unit`)."""

from .models import Appointment, User
from .roles import OF_UNIT, ROLES, roles_of


def units_for(user, capability: str) -> frozenset[int]:
    """Return the keys of the units, without a site of their own, for which a user may do something."""
    if not roles_of(user) & OF_UNIT:
        return frozenset()
    cached = getattr(user, "_held_units", None)
    if cached is None:
        rows = Appointment.objects.in_force().filter(person=user, role__in=OF_UNIT)
        cached = user._held_units = set(rows.values_list("role", "unit_id"))
    return frozenset(unit for role, unit in cached if capability in ROLES[role].capabilities)


def may_for_unit(user, capability: str, unit_id: int | None) -> bool:
    """Tell whether a user may do something for a unit by a role of that unit."""
    return unit_id in units_for(user, capability)


def unit_holders(capability: str, unit_id: int):
    """Return the active users who may do something for a unit by a role of that unit."""
    keys = [role.key for role in ROLES.values() if capability in role.capabilities and role.of_unit]
    held = Appointment.objects.in_force().filter(role__in=keys, unit=unit_id)
    return User.objects.filter(is_active=True, pk__in=held.values("person")).order_by("pk")
