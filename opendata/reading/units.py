"""Organisation units as data: those of today that readers find on the organisation chart, without anyone's name."""

from django.db.models import Q

from base.models import OrganisationUnit

from .asked import Asked, Place, Row
from .pages import iso

Kind = OrganisationUnit.Kind


def read(asked: Asked) -> list[Row]:
    """Return rows of units in the order of their keys: one query. They know no moment of change."""
    found = OrganisationUnit.objects.public(asked.today).real().exclude(kind=Kind.EXTERNAL)
    if asked.one:
        found = found.filter(pk=asked.one)
    if asked.site:
        found = found.filter(Q(portal_site=asked.site) | Q(parent__portal_site=asked.site))
    if asked.kind:
        found = found.filter(kind=asked.kind)
    if asked.after is not None:
        found = found.filter(pk__gt=asked.after.key)
    rows = found.select_related("parent", "portal_site").order_by("pk")[: asked.most]
    return [Row(Place(None, unit.pk), _values(unit)) for unit in rows]


def _values(unit: OrganisationUnit) -> dict:
    site = getattr(unit, "portal_site", None)
    return {
        "id": unit.pk,
        "slug": unit.slug,
        "name": unit.name,
        "name_en": unit.name_en or None,
        "authority_name": unit.authority_name or None,
        "kind": unit.kind,
        "kind_name": unit.get_kind_display(),
        "code": unit.gso_code or None,
        "parent": unit.parent.slug if unit.parent else None,
        "address": unit.address,
        "phone": unit.phone,
        "fax": unit.fax,
        "email": unit.email,
        "website": unit.website or None,
        "duties": unit.duties,
        "reception_hours": unit.reception_hours,
        "site": site.slug if site else None,
        "valid_from": iso(unit.valid_from),
    }
