"""What the screens of appointments share: who may look."""

from django.utils.functional import cached_property

from base.admin.screen_access import ScreenAccess
from base.models import PortalSite

from .. import appointment_rights
from ..roles import has_role


def may_look(user) -> bool:
    """Tell whether a user sees appointments of others."""
    return appointment_rights.may_see_all(user) or has_role(user, "unit_head")


# Also of the screen that takes a second factor.
APPOINTMENT_READERS = ScreenAccess(may_look)


class MayLook:
    """For those who see appointments of others: of all sites, or of the site they head."""

    screen_access = APPOINTMENT_READERS

    @cached_property
    def sees_all(self) -> bool:
        return appointment_rights.may_see_all(self.request.user)

    @cached_property
    def visible(self):
        return appointment_rights.visible(self.request.user)

    @cached_property
    def sites(self):
        everywhere = PortalSite.objects.order_by("kind", "name")
        headed = appointment_rights.headed_sites(self.request.user)
        return everywhere if self.sees_all else everywhere.filter(pk__in=headed)

    def get_context_data(self, **kwargs):
        user = self.request.user
        return super().get_context_data(
            may_record=appointment_rights.may_record(user),
            may_end=appointment_rights.may_end(user),
            may_send=appointment_rights.may_send(user),
            sees_all=self.sees_all,
            **kwargs,
        )


class MaySee(MayLook):
    """For those who see everything."""

    screen_access = ScreenAccess(appointment_rights.may_see_all)
