"""Decisions of the managing body (cơ quan chủ quản) and the appointments they make (Quy chế Điều 8.1)."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from base.gate import Refused
from base.models import OrganisationUnit, PortalFile, PortalSite

NOT_DELETED = "Quyết định và phân công không xóa được: hãy thu hồi, kết thúc hoặc thay thế bằng một quyết định khác."


class NeverDeletedQuerySet(models.QuerySet):
    """Rows that are ended, never deleted: they answer who held which right when."""

    def delete(self):
        raise Refused(NOT_DELETED)


class Recorded(models.Model):
    """A row with the user who recorded it; it is never deleted."""

    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người ghi", on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField("ghi lúc")

    objects = NeverDeletedQuerySet.as_manager()

    class Meta:
        abstract = True

    def delete(self, *args, **kwargs):
        raise Refused(NOT_DELETED)


class AppointmentDecision(Recorded):
    """A decision (quyết định) by which people are appointed to the portal, or cease to be.

    `number` is as printed. `signed_on` is unknown only for the legal act of a merger; `number` then has its whole text.
    `file` is the scanned decision; it lies in a collection of no site, so that only the screens of appointments give
    it out.
    """

    class Kind(models.TextChoices):
        APPOINT = "appoint", "Phân công"
        END = "end", "Chấm dứt, thu hồi"
        REPLACE = "replace", "Thay thế"
        DELEGATE = "delegate", "Ủy quyền"
        BOARD = "board", "Thành lập, kiện toàn Ban Biên tập"

    number = models.CharField("số, ký hiệu", max_length=300)
    signed_on = models.DateField("ngày ký", null=True, blank=True)
    issuing_body = models.CharField("cơ quan ban hành", max_length=200)
    title = models.CharField("trích yếu", max_length=300)
    kind = models.CharField("loại", max_length=10, choices=Kind.choices)
    file = models.ForeignKey(
        PortalFile,
        verbose_name="bản chụp quyết định",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    sent_to_department_on = models.DateField("gửi Sở ngày", null=True, blank=True)
    sent_by_letter = models.CharField("theo công văn", max_length=120, blank=True)

    class Meta:
        verbose_name = "quyết định phân công"
        verbose_name_plural = "quyết định phân công"
        ordering = ["-signed_on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["number", "signed_on", "issuing_body"], name="one_decision_a_number")
        ]

    def __str__(self):
        return f"{self.number} ngày {self.signed_on:%d/%m/%Y}" if self.signed_on else self.number


class AppointmentQuerySet(NeverDeletedQuerySet):
    """Appointments by state and day; days are local, both ends included."""

    def in_force(self):
        """Those that give rights now."""
        return self.filter(state=Appointment.State.IN_FORCE)

    def open(self):
        """Those that give rights or will."""
        return self.filter(state__in=Appointment.OPEN)

    def held_between(self, first, last):
        """Those that gave rights on at least one day from `first` to `last`."""
        return self.filter(began_on__lte=last).filter(Q(ended_on__isnull=True) | Q(ended_on__gte=first))

    def ending_by(self, day):
        """Those in force whose last day is not after `day`."""
        return self.in_force().filter(valid_to__lte=day)

    def due_to_begin(self, day):
        """Those prepared whose first day has come and that wait for no confirmation any more."""
        return self.filter(state=Appointment.State.PREPARED, valid_from__lte=day).filter(
            Q(needs_confirmation=False) | Q(confirmed_at__isnull=False)
        )

    def due_to_end(self, day):
        """Those whose last day has passed."""
        return self.open().filter(valid_to__lt=day)

    def for_lists(self):
        """With all that a list shows."""
        return self.select_related("person", "site", "unit", "decision", "ended_by", "recorded_by", "confirmed_by")


class Appointment(Recorded):
    """One role of one person on one site by one decision; the only source of rights.

    `role_label` keeps the role's name of that time. `valid_from` and `valid_to` are what the decision says, both days
    included; `began_on` and `ended_on` are the days on which the right was really held, `ended_at` the moment it
    was cut. A delegation (`delegated_from`) ends with the appointment it comes from. `needs_confirmation` was decided
    when it was recorded, by the capabilities of the role. `unit` only with a role that is of a unit.
    """

    class State(models.TextChoices):
        PREPARED = "prepared", "Chờ hiệu lực"
        IN_FORCE = "in_force", "Đang hiệu lực"
        ENDED = "ended", "Đã kết thúc"
        REVOKED = "revoked", "Đã thu hồi"
        REPLACED = "replaced", "Đã thay thế"

    OPEN = frozenset({State.PREPARED, State.IN_FORCE})

    decision = models.ForeignKey(
        AppointmentDecision, verbose_name="theo quyết định", on_delete=models.PROTECT, related_name="appointments"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="người được phân công",
        on_delete=models.PROTECT,
        related_name="appointments",
    )
    role = models.CharField("vai trò", max_length=30)
    role_label = models.CharField("tên vai trò", max_length=100)
    site = models.ForeignKey(PortalSite, verbose_name="trang", on_delete=models.PROTECT, related_name="appointments")
    unit = models.ForeignKey(
        OrganisationUnit,
        verbose_name="đơn vị",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="appointments",
    )
    valid_from = models.DateField("từ ngày")
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    delegated_from = models.ForeignKey(
        "self", verbose_name="ủy quyền từ", null=True, blank=True, on_delete=models.PROTECT, related_name="delegations"
    )
    replaces = models.ForeignKey(
        "self", verbose_name="thay cho", null=True, blank=True, on_delete=models.PROTECT, related_name="replacements"
    )
    state = models.CharField("tình trạng", max_length=10, choices=State.choices, default=State.PREPARED)
    needs_confirmation = models.BooleanField("cần người thứ hai xác nhận", default=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="người xác nhận",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    confirmed_at = models.DateTimeField("xác nhận lúc", null=True, blank=True)
    began_on = models.DateField("có quyền từ ngày", null=True, blank=True)
    ended_on = models.DateField("có quyền đến hết ngày", null=True, blank=True)
    ended_at = models.DateTimeField("kết thúc lúc", null=True, blank=True)
    ended_by = models.ForeignKey(
        AppointmentDecision,
        verbose_name="kết thúc theo quyết định",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="endings",
    )
    end_reason = models.CharField("lý do kết thúc", max_length=300, blank=True)
    warned_month_on = models.DateField("đã báo trước 30 ngày làm việc", null=True, editable=False)
    warned_week_on = models.DateField("đã báo trước 7 ngày làm việc", null=True, editable=False)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = "phân công"
        verbose_name_plural = "phân công"
        ordering = ["site__kind", "site__name", "role", "-valid_from", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role", "site"], condition=Q(state="in_force"), name="one_appointment_in_force"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="appointment_ends_after_start",
            ),
        ]
        indexes = [models.Index(fields=["state", "valid_to"], name="appointment_state_end")]

    def __str__(self):
        return f"{self.person}: {self.role_label}, {self.unit or self.site}"

    @property
    def is_open(self) -> bool:
        """Gives rights, or will."""
        return self.state in self.OPEN

    @property
    def is_delegation(self) -> bool:
        """By ủy quyền of a holder."""
        return self.delegated_from_id is not None

    @property
    def delegated_by(self):
        """The holder who delegates, or None."""
        return self.delegated_from.person if self.is_delegation else None

    @property
    def end_source(self) -> AppointmentDecision:
        """The decision by which it ended: one of its own, or the one that set its last day."""
        return self.ended_by or self.decision

    @property
    def waits_for_confirmation(self) -> bool:
        """A second person has to look at it before it gives any right."""
        return self.state == self.State.PREPARED and self.needs_confirmation and self.confirmed_at is None

    @property
    def state_label(self) -> str:
        """The state as shown: what a prepared appointment waits for, and an end that is coming."""
        if self.waits_for_confirmation:
            return "Chờ người thứ hai xác nhận"
        if self.state == self.State.PREPARED:
            return f"Có hiệu lực từ {self.valid_from:%d/%m/%Y}"
        return self.get_state_display()

    def days_left(self, on=None) -> int | None:
        """Days from `on` (default: today) to the last day; None without one."""
        return (self.valid_to - (on or timezone.localdate())).days if self.valid_to else None


class DepartmentList(Recorded):
    """One list of the appointed people for the department in charge (Sở), as it was made (Điều 8.1).

    `members` and `changes` are the rows as text, so that the file can be made again as it was. The changes are those
    since the last list that was sent before it.
    """

    as_of = models.DateField("tính đến ngày")
    members = models.JSONField(encoder=DjangoJSONEncoder, default=list)
    changes = models.JSONField(encoder=DjangoJSONEncoder, default=list)
    previous = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    sent_on = models.DateField("gửi ngày", null=True, blank=True)
    letter = models.CharField("theo công văn", max_length=120, blank=True)

    class Meta:
        verbose_name = "danh sách gửi Sở"
        verbose_name_plural = "danh sách gửi Sở"
        ordering = ["-recorded_at", "-pk"]

    def __str__(self):
        return f"Danh sách tính đến {self.as_of:%d/%m/%Y}"
