"""The settings of a site that stands: contacts, how it is approved."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.log_actions import log

from accounts.models import RoleGroup
from base.models import OrganisationUnit, PortalSite
from base.public.index import readers_see_changed
from base.sites import city_site
from workflows.publishing import record_changes

from .rights import demand_city, demand_may_open

CONTACTS = ("address", "phone", "fax", "email", "responsible_person", "reception_hours")


@transaction.atomic
def change_settings(
    site: PortalSite, *, by, on: datetime | None = None, approval_mode: str, contacts: dict[str, str]
) -> PortalSite:
    """Change who approves on a site (Điều 20), propose how its authority is reached; return the site.

    Contacts are public text: they wait for a second person (`workflows.publishing.record_changes`).
    `contacts` holds some of CONTACTS. Raises Refused without the right to open sites, ValidationError when an
    approver is missing for a delegation or a contact is wrong.
    """
    demand_may_open(by, demand_city())
    errors: dict[str, list[str]] = {}
    if approval_mode not in PortalSite.Approval.values:
        errors["approval_mode"] = ["Hãy chọn ai duyệt bài trên trang này."]
    elif approval_mode == PortalSite.Approval.DELEGATED and site.is_city:
        errors["approval_mode"] = ["Trang thành phố do Ban Biên tập duyệt, không ủy quyền."]
    elif (
        approval_mode == PortalSite.Approval.DELEGATED
        and not RoleGroup.objects.filter(site=site, role="ward_approver", group__user__is_active=True).exists()
    ):
        errors["approval_mode"] = [
            "Trang chưa có người duyệt được ủy quyền; hãy gán vai trò này cho một tài khoản rồi chọn lại."
        ]
    unit = OrganisationUnit.objects.get(pk=site.unit_id)
    stored = {name: getattr(unit, name) for name in CONTACTS if name in contacts}
    for name in CONTACTS:
        if name in contacts:
            setattr(unit, name, contacts[name])
    try:
        unit.clean_fields(exclude=[field.name for field in unit._meta.fields if field.name not in CONTACTS])
    except ValidationError as error:
        errors |= {name: [str(message) for message in messages] for name, messages in error.message_dict.items()}
    if errors:
        raise ValidationError(errors)
    before = site.approval_mode
    site.approval_mode = approval_mode
    site.save(update_fields=["approval_mode"])
    if any(getattr(unit, name) != value for name, value in stored.items()):
        # Readers ring and write where this says: a second person lets it come true.
        record_changes.propose(unit, by=by, on=on)
    log(instance=site, action="portal.site.settings", user=by, data={"approval": [before, approval_mode]})
    readers_see_changed(sites=[site, *site.components.all()])
    return site


def site_showing(unit: OrganisationUnit) -> PortalSite:
    """Return the site that shows how a unit is reached: its own, else the city's."""
    return PortalSite.objects.filter(unit=unit.pk).first() or city_site()
