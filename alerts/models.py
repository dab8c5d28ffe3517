"""Alerts with all that was ever shown of them, and the days of national mourning."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from base.models import PortalSite
from workflows.models import EmergencyAct

# A national mourning takes two days by the decree; a longer one is decided for itself. More is a slip of typing.
MOST_MOURNING_DAYS = 14


class AlertQuerySet(models.QuerySet):
    def standing(self, now=None):
        """Those that stand, or are to from a later hour."""
        return self.filter(ended_at=None, ends_at__gt=now or timezone.now())


class Alert(models.Model):
    """A bar under the menu of every page of its sites, from its start to its end.

    It is here once it was shown, or is to be from a later hour; what is proposed is a `RecordChange`.
    `owner_site`: whose alert it is; that of a ward stands on the ward's pages alone. `everywhere`: on every site, those
    that open later too; otherwise on `sites`. `source`: what it follows ("servicecatalog.ServiceOutagePage 12"), "" for
    one of its own. `digest`: of what it says; a reader who put it away sees it again when that changes.
    """

    class Level(models.TextChoices):
        EMERGENCY = "emergency", "Khẩn cấp"
        WARNING = "warning", "Cảnh báo"
        INFO = "info", "Thông báo"

    owner_site = models.ForeignKey(
        PortalSite, verbose_name="của trang", on_delete=models.PROTECT, related_name="own_alerts"
    )
    level = models.CharField("mức độ", max_length=10, choices=Level.choices)
    title = models.CharField("tiêu đề", max_length=120)
    text = models.CharField("nội dung", max_length=400, blank=True)
    title_en = models.CharField("tiêu đề tiếng Anh", max_length=120, blank=True)
    text_en = models.CharField("nội dung tiếng Anh", max_length=400, blank=True)
    url = models.CharField("liên kết", max_length=500, blank=True)
    everywhere = models.BooleanField("trên mọi trang", default=False)
    sites = models.ManyToManyField(PortalSite, verbose_name="các trang", blank=True, related_name="alerts")
    starts_at = models.DateTimeField("hiện từ")
    ends_at = models.DateTimeField("hiện đến")
    ended_at = models.DateTimeField("dừng lúc", null=True)
    version = models.PositiveIntegerField("phiên bản", default=0)
    digest = models.CharField("mã băm nội dung", max_length=64)
    source = models.CharField("theo", max_length=80, blank=True, db_index=True)

    objects = AlertQuerySet.as_manager()

    never_deleted = True
    retention_class = "notice"
    # A proposal says what shall be done: «Dừng cảnh báo: Triều cường».
    names_what_is_done = True

    class Meta:
        verbose_name = "cảnh báo"
        verbose_name_plural = "cảnh báo"
        ordering = ["-starts_at", "-pk"]
        indexes = [
            models.Index(fields=["ended_at", "ends_at"], name="alerts_that_stand"),
            models.Index(fields=["-starts_at", "-id"], name="alerts_newest_first"),
        ]

    def __str__(self):
        return self.title

    def is_over(self, now=None) -> bool:
        """Tell whether it was ended, or its end has come."""
        return self.ended_at is not None or self.ends_at <= (now or timezone.now())

    @property
    def state(self) -> str:
        """What became of it, as text."""
        now = timezone.now()
        if self.ended_at is not None:
            return "Đã dừng"
        if self.ends_at <= now:
            return "Đã hết giờ"
        return "Đang hiện" if self.starts_at <= now else "Chưa đến giờ"


class AlertVersion(models.Model):
    """What an alert said and where, from a moment on, and who did it; the newest one holds.

    `values`: as `contents.Content.as_data`; of an end those it had. `agreed_by_name`: the second person; where one
    acted alone there is an `emergency`, which a second looks at afterwards.
    """

    class Act(models.TextChoices):
        RAISE = "raise", "Đăng"
        CHANGE = "change", "Sửa"
        END = "end", "Dừng"

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("phiên bản")
    act = models.CharField("việc", max_length=10, choices=Act.choices)
    values = models.JSONField("nội dung")
    digest = models.CharField("mã băm", max_length=64)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_by_name = models.CharField("người làm", max_length=250)
    agreed_by_name = models.CharField("người thứ hai", max_length=250, blank=True)
    emergency = models.ForeignKey(EmergencyAct, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField("lý do")
    at = models.DateTimeField("lúc")

    append_only = True

    class Meta:
        verbose_name = "phiên bản cảnh báo"
        verbose_name_plural = "phiên bản cảnh báo"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["alert", "number"], name="one_version_a_number")]

    def __str__(self):
        return f"{self.get_act_display()}: {self.values.get('title', '')}"


class Mourning(models.Model):
    """Days of national mourning (quốc tang, Nghị định 105/2012/NĐ-CP): all pages are grey, front pages undecorated.

    By a decision of the State, with its number; one that was recorded in error is called off.
    """

    decision_number = models.CharField(
        "số, ký hiệu quyết định, thông báo", max_length=80, help_text="Ví dụ: 12/TB-TW, 345/QĐ-TTg."
    )
    decided_on = models.DateField("ngày quyết định")
    about = models.CharField("về việc", max_length=200, help_text="Ví dụ: tổ chức lễ Quốc tang.")
    first_day = models.DateField("từ ngày")
    last_day = models.DateField("đến hết ngày")
    called_off = models.BooleanField("bãi bỏ", default=False, help_text="Đánh dấu khi ghi nhầm.")

    never_deleted = True
    retention_class = "notice"

    class Meta:
        verbose_name = "quốc tang"
        verbose_name_plural = "quốc tang"
        ordering = ["-first_day", "-pk"]

    def __str__(self):
        return f"{self.about} ({self.decision_number})"

    def clean(self):
        """Refuse days that make no sense."""
        if None in (self.first_day, self.last_day):
            return
        if self.last_day < self.first_day:
            raise ValidationError({"last_day": "Ngày cuối phải từ ngày đầu trở đi; hãy sửa một trong hai."})
        if self.last_day - self.first_day >= timedelta(days=MOST_MOURNING_DAYS):
            raise ValidationError(
                {"last_day": f"Dài quá {MOST_MOURNING_DAYS} ngày; hãy xem lại hai ngày trong quyết định."}
            )
