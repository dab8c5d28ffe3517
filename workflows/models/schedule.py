"""What was approved for a later hour: for which place, by whom."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from wagtail.models import Revision

from accounts.models import Appointment
from accounts.roles import APPROVE, ROLES
from base.models import PortalSite


class ScheduleQuerySet(models.QuerySet):
    """Schedules by what became of them."""

    def waiting(self):
        """Those whose hour has not come, or came and could not be met; the version itself says so."""
        return self.filter(revision__approved_go_live_at__isnull=False)

    def of(self, obj):
        """Those of a page or record."""
        return self.filter(revision__in=Revision.objects.for_instance(obj))

    def without_approver(self):
        """Those whose approver holds no right to approve there any more, and that no user has looked at since."""
        approving = [role.key for role in ROLES.values() if APPROVE in role.capabilities]
        held = Appointment.objects.in_force().filter(person=OuterRef("approved_by"), role__in=approving)
        here = held.filter(Q(site=OuterRef("site")) | Q(site=OuterRef("site__parent")))
        return self.waiting().filter(looked_at=None).exclude(Q(Exists(here)), approved_by__is_active=True)

    def soonest_first(self):
        return self.order_by(F("revision__approved_go_live_at").asc(), "pk")


class Schedule(models.Model):
    """An approved publication at a later hour: the place it was approved for and the two persons.

    Whether it still waits is said by the version itself (`approved_go_live_at`). A page that is not in that place any
    more at its hour is not published. `looked_by`: of the board, when the approver's appointment had ended meanwhile.
    `failure`: why it could not be published at its hour, while that is tried again. `ended_reason`, `ended_at`: why and
    when the portal took its hour from it; the version is a draft again.
    """

    revision = models.OneToOneField(
        Revision, verbose_name="phiên bản", on_delete=models.CASCADE, related_name="schedule"
    )
    site = models.ForeignKey(PortalSite, verbose_name="trang", on_delete=models.PROTECT, related_name="+")
    # The number of the page it stands below; none for a record.
    parent_page_id = models.BigIntegerField("số trang cha", null=True)
    title = models.CharField("tiêu đề", max_length=300)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người gửi", null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người duyệt", null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField("duyệt lúc")
    looked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người xem lại", null=True, on_delete=models.PROTECT, related_name="+"
    )
    looked_at = models.DateTimeField("xem lại lúc", null=True)
    failure = models.TextField("vì sao chưa đăng được", blank=True)
    ended_reason = models.TextField("vì sao thôi hẹn giờ", blank=True)
    ended_at = models.DateTimeField("thôi hẹn giờ lúc", null=True)

    objects = ScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = "lịch đăng đã duyệt"
        verbose_name_plural = "lịch đăng đã duyệt"
        indexes = [models.Index(fields=["ended_at"], name="schedule_ended")]

    def __str__(self):
        return self.title
