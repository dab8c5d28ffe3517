"""Who keeps units and posts: the board and the standing office all of them, the people of a ward their own."""

from django.db.models import Q, QuerySet

from accounts.roles import DISPATCH, OPEN_SITES, WRITE, may
from base.gate import Refused
from base.models import OrganisationUnit, PortalSite
from base.sites import all_sites, city_site
from workflows.deadlines import today

# Their units end and begin with their sites.
OF_SITES = (OrganisationUnit.Kind.CITY, OrganisationUnit.Kind.WARD, OrganisationUnit.Kind.COMMUNE)


def keeps_units(user) -> bool:
    """Tell whether a user keeps the list of units: who opens sites, and the standing office."""
    # Sites are opened by people of the city alone: for them nothing more is asked.
    return may(user, OPEN_SITES) or may(user, DISPATCH, city_site())


def keeps(user, unit: OrganisationUnit) -> bool:
    """Tell whether a user may propose contacts, duties and posts of a unit: of all, or of that of their own ward."""
    if keeps_units(user):
        return True
    own = PortalSite.objects.filter(unit=unit.pk).first()
    return own is not None and may(user, WRITE, own)


def seen_units(user) -> QuerySet:
    """Return the units that a user may see: who keeps them all of them, others their own ward's and what readers know.

    Not what is to come, nor another ward that one person has only prepared.
    """
    units = OrganisationUnit.objects.exclude(portal_site__state=PortalSite.State.DISCARDED)
    if keeps_units(user):
        return units
    own = [site.unit_id for site in all_sites() if may(user, WRITE, site)]
    return units.filter(Q(pk__in=own) | Q(pk__in=OrganisationUnit.objects.known(today()).values("pk")))


def demand_keeps_units(user) -> None:
    """Raise Refused for who does not keep the list of units."""
    if not keeps_units(user):
        raise Refused("Chỉ Ban Biên tập và Cơ quan Thường trực được lập, đổi tên, sáp nhập, chia tách đơn vị.")


def demand_keeps(user, unit: OrganisationUnit) -> None:
    """Raise Refused for who may not propose contacts, duties and posts of a unit."""
    if not keeps(user, unit):
        raise Refused(f"Bạn không được sửa thông tin của {unit}; hãy nhờ người của đơn vị đó hoặc Cơ quan Thường trực.")
