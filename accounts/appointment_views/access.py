"""What the screens of appointments share: who may look."""

from django.core.exceptions import PermissionDenied
from django.utils.functional import cached_property

from base.models import PortalSite

from .. import appointment_rights
from ..roles import has_role


class MayLook:
    """For those who see appointments of others: of all sites, or of the site they head."""

    def dispatch(self, request, *args, **kwargs):
        if not may_look(request.user):
            raise PermissionDenied("Bạn chỉ xem được phân công của mình, ở trang tài khoản.")
        return super().dispatch(request, *args, **kwargs)

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


def may_look(user) -> bool:
    """Tell whether a user sees appointments of others."""
    return appointment_rights.may_see_all(user) or has_role(user, "unit_head")


class MaySee(MayLook):
    """For those who see everything."""

    def dispatch(self, request, *args, **kwargs):
        if not appointment_rights.may_see_all(request.user):
            raise PermissionDenied("Bạn không có quyền xem danh sách gửi Sở.")
        return super().dispatch(request, *args, **kwargs)
