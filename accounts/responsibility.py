"""Whose own work something is: each role's at the site where it is held, the city's where a site has no user for it.

`sites_worked_on` are the sites on whose content a person works; `own_work` are the capabilities that are theirs to use,
by site.
"""

from collections.abc import Callable

from base.authority import own_sites
from base.models import PortalSite
from base.sites import all_sites

from .models import Appointment
from .roles import OF_UNIT, ROLES, held_roles, works_on

# (role, site key, person key) of an appointment in force.
Post = tuple[str, int, int]


def sites_worked_on(user) -> list[PortalSite]:
    """Return the sites on whose content a user works, the city first, then by name."""
    return [site for site in own_sites(user) if works_on(user, site)]


def posts() -> list[Post]:
    """Return role, site and person of every appointment in force of active people; one query."""
    found = Appointment.objects.in_force().filter(person__is_active=True)
    return list(found.values_list("role", "site_id", "person_id"))


def capabilities_of(role: str) -> frozenset[str]:
    """Return what a role may do on a site; nothing by one of a unit, or one that is not in the table any more."""
    return ROLES[role].capabilities if role in ROLES and role not in OF_UNIT else frozenset()


def own_work(user, staff: Callable[[], list[Post]] = posts) -> set[tuple[str, int]]:
    """Return (capability, site key) of what is a user's own work.

    Each role counts at the site where they hold it; a role at the city also at the sites that have no user for it, but
    for practice. `staff`: gives the posts, when they may be known already; not asked for a user of wards alone.
    """
    own = {(capability, site_id) for role, site_id in held_roles(user) for capability in capabilities_of(role)}
    sites = all_sites() if own else []
    above = {site.pk for site in sites if site.parent_id is None}
    if not any(site_id in above for _capability, site_id in own):
        return own
    staffed = {(capability, site_id) for role, site_id, _person in staff() for capability in capabilities_of(role)}
    return own | {
        (capability, site.pk)
        for site in sites
        for capability, site_id in own
        if site.pk != site_id and site_id in site.role_sites and (capability, site.pk) not in staffed
    }
