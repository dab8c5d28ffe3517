"""How a unit is reached and what it does: proposed by its people, confirmed by another person; its name is an act."""

from datetime import datetime

from django.core.exceptions import ValidationError

from base.models import OrganisationUnit
from workflows.models import RecordChange
from workflows.publishing import record_changes

from .rights import demand_keeps, demand_keeps_units
from .telephones import problems_of_phone

FACTS = ("address", "phone", "fax", "email", "website", "reception_hours", "responsible_person", "duties")
# Of interest to all units: only who keeps them says this.
PLACE = ("parent", "name_en", "symbol", "sort_order")


def change_facts(unit: OrganisationUnit, *, by, on: datetime | None = None, **fields) -> RecordChange:
    """Propose other facts of a unit; return the proposal. `fields` holds some of FACTS and PLACE.

    Raises Refused for who does not keep the unit, for PLACE who does not keep all; ValidationError (field → messages)
    for what is wrong, and when nothing would change.
    """
    demand_keeps(by, unit)
    if set(fields) & set(PLACE):
        demand_keeps_units(by)
    unit = OrganisationUnit.objects.get(pk=unit.pk)
    for name, value in fields.items():
        setattr(unit, name, value)
    if _is_below_itself(unit):
        raise ValidationError({"parent": f"{unit.parent} trực thuộc {unit}; hãy chọn đơn vị khác."})
    if errors := problems_of_phone("phone", unit.phone) | problems_of_phone("fax", unit.fax):
        raise ValidationError(errors)
    unit.clean_fields(exclude=[field.name for field in unit._meta.fields if field.name not in fields])
    return record_changes.propose(unit, by=by, on=on)


def _is_below_itself(unit: OrganisationUnit) -> bool:
    above = unit.parent
    while above is not None:
        if above.pk == unit.pk:
            return True
        above = above.parent
    return False
