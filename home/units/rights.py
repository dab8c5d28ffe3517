"""Who keeps units and posts: the board and the standing office all of them, the people of a ward their own."""

from accounts.roles import DISPATCH, OPEN_SITES, WRITE, may
from base.gate import Refused
from base.models import OrganisationUnit, PortalSite
from base.sites import city_site

# Their units end and begin with their sites.
OF_SITES = (OrganisationUnit.Kind.CITY, OrganisationUnit.Kind.WARD, OrganisationUnit.Kind.COMMUNE)


def keeps_units(user) -> bool:
    """Tell whether a user keeps the list of units: who opens sites, and the standing office."""
    # Sites are opened by people of the city alone: for them nothing more is asked.
    return may(user, OPEN_SITES) or may(user, DISPATCH, city_site())


def keeps(user, unit: OrganisationUnit) -> bool:
    """Tell whether a user may propose contacts, duties and posts of a unit: of all, or of that of their own ward."""
    own = PortalSite.objects.filter(unit=unit.pk).first()
    return keeps_units(user) or (own is not None and may(user, WRITE, own))


def demand_keeps_units(user) -> None:
    """Raise Refused for who does not keep the list of units."""
    if not keeps_units(user):
        raise Refused("Chỉ Ban Biên tập và Cơ quan Thường trực được lập, đổi tên, sáp nhập, chia tách đơn vị.")


def demand_keeps(user, unit: OrganisationUnit) -> None:
    """Raise Refused for who may not propose contacts, duties and posts of a unit."""
    if not keeps(user, unit):
        raise Refused(f"Bạn không được sửa thông tin của {unit}; hãy nhờ người của đơn vị đó hoặc Cơ quan Thường trực.")
