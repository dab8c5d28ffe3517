"""Who may record, confirm, end and see appointments, and how many people approve for each site."""

from dataclasses import dataclass

from django.db.models import Q

from base.models import PortalSite
from base.sites import all_sites, city_site

from .models import Appointment, User
from .roles import ADMINISTER, APPROVE, DISPATCH, EMERGENCY, ROLES, holders, may

ENOUGH_APPROVERS = 2
# A site on which people may be appointed.
APPOINTABLE = frozenset({PortalSite.State.PREPARED, PortalSite.State.OPEN})
State = Appointment.State


def may_record(user) -> bool:
    """Tell whether a user may record decisions and appointments: the technical admin.

    A superuser only while no user has that role: at the very start, or when the last admin is gone.
    """
    city = city_site()
    if may(user, ADMINISTER, city):
        return True
    return user.is_active and user.is_superuser and city is not None and not holders(ADMINISTER, city).exists()


def may_end(user) -> bool:
    """Tell whether a user may end or revoke appointments: the technical admin, or a superuser, who can only take."""
    return may(user, ADMINISTER, city_site()) or (user.is_active and user.is_superuser)


def may_send(user) -> bool:
    """Tell whether a user may write down what went to the department."""
    city = city_site()
    return may(user, ADMINISTER, city) or may(user, DISPATCH, city)


def may_confirm(user, appointment: Appointment) -> bool:
    """Tell whether a user may be the second person for an appointment.

    The head or a technical admin, who neither recorded it nor is appointed by it. A superuser only while there is
    no such person.
    """
    if not appointment.waits_for_confirmation or user.pk in (appointment.recorded_by_id, appointment.person_id):
        return False
    if is_second_person(user):
        return True
    return user.is_active and user.is_superuser and not confirmers(appointment).exists()


def is_second_person(user) -> bool:
    """Tell whether a user confirms what another has recorded: the head and the technical admin do."""
    city = city_site()
    return may(user, ADMINISTER, city) or may(user, EMERGENCY, city)


def confirmers(appointment: Appointment):
    """Return the people who may confirm an appointment, superusers apart."""
    keys = [role.key for role in ROLES.values() if role.capabilities & {ADMINISTER, EMERGENCY}]
    return (
        User.objects.filter(
            is_active=True,
            appointments__state=State.IN_FORCE,
            appointments__role__in=keys,
            appointments__site=city_site(),
        )
        .exclude(pk__in=[appointment.recorded_by_id, appointment.person_id])
        .distinct()
    )


def may_see_all(user) -> bool:
    """Tell whether a user sees every appointment: the admin, who confirms, who reports to the department."""
    city = city_site()
    if not user.is_active:
        return False
    return user.is_superuser or any(may(user, capability, city) for capability in (ADMINISTER, EMERGENCY, DISPATCH))


def visible(user):
    """Return the appointments a user may see in lists: all, those of the site they head, or their own."""
    found = Appointment.objects.for_lists()
    if may_see_all(user):
        return found
    if not user.is_active:
        return found.none()
    return found.filter(Q(site__in=headed_sites(user)) | Q(person=user))


def headed_sites(user):
    """Return the sites a user is the unit head of."""
    return PortalSite.objects.filter(
        appointments__person=user, appointments__role="unit_head", appointments__state=State.IN_FORCE
    ).distinct()


@dataclass(frozen=True)
class Approvers:
    """How many people approve for a site: its own where approval is delegated, else those of the board."""

    site: PortalSite
    count: int
    by_board: bool

    @property
    def is_short(self) -> bool:
        """Too few: the user who wrote a text cannot approve it, so two are the least."""
        return self.count < ENOUGH_APPROVERS


def approvers() -> list[Approvers]:
    """Return how many people approve for each site that is open or prepared, the city first; two queries."""
    keys = [role.key for role in ROLES.values() if APPROVE in role.capabilities]
    held = Appointment.objects.in_force().filter(role__in=keys, person__is_active=True)
    people: dict[int, set[int]] = {}
    for site_id, person_id in held.values_list("site_id", "person_id"):
        people.setdefault(site_id, set()).add(person_id)
    found = []
    for site in all_sites():
        if site.state not in APPOINTABLE or site.is_practice:
            continue
        by_board = site.is_city or site.approval_mode != PortalSite.Approval.DELEGATED
        body = (site.parent_id or site.pk) if by_board else site.pk
        found.append(Approvers(site, len(people.get(body, ())), by_board))
    return found
