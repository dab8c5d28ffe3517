"""Deadlines (thời hạn): the working calendar and the rules as data, one row per deadline, one per pause."""

import uuid

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from wagtail.models import Page

from accounts.roles import ADMINISTER, APPROVE, DECIDE_TAKEDOWN, DISPATCH, WRITE
from base.models.unit import Validity, ValidityQuerySet

SATURDAY = 5
MOST_REMINDER_DAYS = 60


class CalendarDay(models.Model):
    """One day outside the ordinary week; changed through `calendar_changes.py`.

    Days that are not `confirmed` are estimates: due dates that meet them are shown as "dự kiến".
    """

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", "Nghỉ lễ, tết"
        SUBSTITUTE = "substitute", "Nghỉ bù"
        SWAP_OFF = "swap_off", "Nghỉ hoán đổi"
        MAKE_UP_WORKING = "make_up_working", "Làm bù"

    date = models.DateField("ngày", unique=True)
    kind = models.CharField("loại", max_length=20, choices=Kind.choices)
    name = models.CharField("tên", max_length=200)
    legal_source = models.CharField(
        "căn cứ",
        max_length=300,
        blank=True,
        help_text="Điều luật hoặc thông báo, ví dụ: Thông báo 9441/TB-BNV ngày 16/10/2025.",
    )
    confirmed = models.BooleanField(
        "đã công bố",
        default=True,
        help_text="Bỏ đánh dấu khi ngày này mới là dự kiến, chưa có văn bản công bố.",
    )

    permissions_by_capability = {
        DISPATCH: ("add", "change", "delete", "view"),
        ADMINISTER: ("add", "change", "delete", "view"),
    }

    class Meta:
        verbose_name = "ngày trong lịch làm việc"
        verbose_name_plural = "lịch nghỉ lễ và làm bù"
        ordering = ["date"]

    def __str__(self):
        return f"{self.date:%d/%m/%Y} · {self.name}"

    def clean(self):
        super().clean()
        if self.date and self.kind == self.Kind.MAKE_UP_WORKING and self.date.weekday() < SATURDAY:
            raise ValidationError(
                {"date": "Ngày làm bù phải là thứ Bảy hoặc Chủ nhật; hãy sửa ngày hoặc chọn loại khác."}
            )


class CalendarVersion(models.Model):
    """One state of the calendar: each change makes a row, and a deadline says by which it was computed.

    `key` tells states apart even when a rolled-back change gave its number back. `seeded_years` are the years
    that the seed has filled: it never fills a year again, so a day that was removed stays removed.
    """

    key = models.UUIDField("khóa", default=uuid.uuid4, unique=True, editable=False)
    made_at = models.DateTimeField("lúc", auto_now_add=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="người sửa",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    change = models.CharField("thay đổi", max_length=300)
    seeded_years = models.JSONField("năm đã nạp", default=list, blank=True)

    class Meta:
        verbose_name = "phiên bản lịch"
        verbose_name_plural = "phiên bản lịch"
        ordering = ["-pk"]

    def __str__(self):
        return f"Lịch số {self.pk}: {self.change}" if self.pk else self.change


class DeadlineRuleQuerySet(ValidityQuerySet):
    """Rules by code and date."""

    def for_event(self, code, on):
        """The rule with this code for an event on this local date, or None.

        The one in force on that day; an event older than every rule falls under the first that came after it.
        """
        rules = self.filter(code=code)
        return (
            rules.valid(on).order_by("-valid_from").first()
            or rules.filter(valid_from__gt=on).order_by("valid_from").first()
        )


class DeadlineRule(Validity):
    """A period the law sets (Quy chế Điều 10 and others): how many days, from which event, for whom.

    `start_event` is read by citizens ("tiếp nhận thứ Tư 22/01/2020; không tính ngày tiếp nhận"). A negative
    amount counts back from a planned event; an empty one with a counted unit means that the owner must set it
    first. What the boards and reminders go by is data of the rule as well: when a deadline is soon due, when it is
    very late, before and after which days its people are reminded.
    """

    class Unit(models.TextChoices):
        WORKING_DAY = "working_day", "ngày làm việc"
        CALENDAR_DAY = "calendar_day", "ngày"
        HOUR = "hour", "giờ"
        IMMEDIATE = "immediate", "ngay, chậm nhất ngày làm việc kế tiếp"
        FIXED = "fixed", "theo ngày đã hẹn"

    class SiteCondition(models.TextChoices):
        ANY = "any", "Mọi trang"
        ISSUER = "issuer", "Trang của cơ quan ban hành"
        IN_SCOPE = "in_scope", "Trang của cơ quan thuộc phạm vi điều chỉnh"

    class Acting(models.TextChoices):
        WRITE = WRITE, "Người soạn bài của trang"
        APPROVE = APPROVE, "Người duyệt của trang"
        DECIDE_TAKEDOWN = DECIDE_TAKEDOWN, "Người quyết định gỡ bỏ của trang"
        DISPATCH = DISPATCH, "Cơ quan Thường trực Ban Biên tập"
        ADMINISTER = ADMINISTER, "Cán bộ quản trị kỹ thuật"

    code = models.CharField("mã", max_length=40)
    label = models.CharField("nội dung", max_length=300)
    amount = models.SmallIntegerField(
        "số ngày (giờ)", null=True, blank=True, help_text="Số âm: phải làm trước sự kiện ngần ấy ngày."
    )
    unit = models.CharField("đơn vị", max_length=20, choices=Unit.choices)
    start_event = models.CharField(
        "tính từ khi", max_length=100, help_text="Viết thường, ví dụ: tiếp nhận, ban hành, phê duyệt."
    )
    count_first_day = models.BooleanField(
        "tính cả ngày đầu",
        default=False,
        help_text="Bộ luật Dân sự 2015, Điều 147.2: ngày đầu tiên không được tính.",
    )
    site_condition = models.CharField(
        "áp dụng cho trang", max_length=20, choices=SiteCondition.choices, default=SiteCondition.ANY
    )
    addressee = models.CharField("người thực hiện", max_length=200, blank=True)
    acting = models.CharField(
        "việc chờ",
        max_length=20,
        choices=Acting.choices,
        default=Acting.WRITE,
        help_text="Ai thấy việc ở mục «Chờ tôi làm» và được nhắc, khi việc chưa giao cho một người.",
    )
    legal_source = models.CharField("căn cứ", max_length=300)
    pause_limit = models.PositiveSmallIntegerField(
        "tạm dừng tối đa (ngày làm việc)",
        null=True,
        blank=True,
        help_text="Hết tổng số ngày này thời hạn tự tính tiếp. Để trống: không được tạm dừng.",
    )
    extension_workdays = models.PositiveSmallIntegerField(
        "mỗi lần gia hạn (ngày làm việc)",
        null=True,
        blank=True,
        help_text="Khi có số này, mỗi lần gia hạn phải đúng bằng ngần ấy ngày làm việc kể từ hạn hiện hành.",
    )
    soon_within = models.PositiveSmallIntegerField(
        "sắp đến hạn khi còn (ngày làm việc)", default=3, help_text="Còn từ ngần ấy ngày làm việc trở xuống."
    )
    very_late_after = models.PositiveSmallIntegerField(
        "quá hạn lâu sau (ngày làm việc)", default=5, help_text="Quá hạn nhiều hơn ngần ấy ngày làm việc."
    )
    reminders = models.CharField(
        "nhắc việc vào các ngày",
        max_length=60,
        blank=True,
        default="-3,-1,0,1,5",
        help_text="Số ngày làm việc so với hạn cuối, cách nhau bằng dấu phẩy: -3 là trước hạn 3 ngày, 0 là ngày hạn "
        "cuối, 1 là sau hạn 1 ngày. Để trống: không nhắc.",
    )
    warns_half_way = models.BooleanField(
        "nhắc khi đã qua nửa thời hạn",
        default=False,
        help_text="Thêm một lần nhắc vào ngày làm việc giữa thời hạn.",
    )

    objects = DeadlineRuleQuerySet.as_manager()

    permissions_by_capability = {DISPATCH: ("change", "view"), ADMINISTER: ("add", "change", "view")}

    class Meta:
        verbose_name = "quy tắc thời hạn"
        verbose_name_plural = "quy tắc thời hạn"
        ordering = ["code", "valid_from"]
        constraints = [models.UniqueConstraint(fields=["code", "valid_from"], name="one_rule_per_code_and_date")]

    def __str__(self):
        return f"{self.code}: {self.label} ({self.period})"

    @property
    def period(self) -> str:
        """The period as text: "15 ngày làm việc", "trước 7 ngày làm việc", "ngay, …"."""
        unit = self.get_unit_display()
        if self.unit in (self.Unit.IMMEDIATE, self.Unit.FIXED):
            return unit
        if self.amount is None:
            return "chưa đặt"
        return f"{self.amount} {unit}" if self.amount >= 0 else f"trước {-self.amount} {unit}"

    @property
    def is_set(self) -> bool:
        """Whether a due date follows from the rule: the board has named the amount, or none is needed."""
        return self.amount is not None or self.unit in (self.Unit.IMMEDIATE, self.Unit.FIXED)

    @property
    def reminder_days(self) -> list[int]:
        """The working days against the last day on which people are reminded, in order: [-3, -1, 0, 1, 5]."""
        return sorted({int(part) for part in self.reminders.split(",") if part.strip()})

    def clean(self):
        super().clean()
        if self.unit in (self.Unit.IMMEDIATE, self.Unit.FIXED) and self.amount:
            raise ValidationError({"amount": f"Thời hạn “{self.get_unit_display()}” không có số ngày; hãy để trống."})
        try:
            days = self.reminder_days
        except ValueError:
            days = None
        if days is None or any(abs(day) > MOST_REMINDER_DAYS for day in days):
            raise ValidationError(
                {"reminders": "Hãy ghi các số nguyên cách nhau bằng dấu phẩy, từ -60 đến 60, ví dụ: -3,-1,0,1,5."}
            )
        self.reminders = ",".join(map(str, days))
        if self.unit == self.Unit.HOUR and self.amount is not None and self.amount < 0:
            raise ValidationError({"amount": "Thời hạn tính bằng giờ phải là số dương."})


class DeadlineQuerySet(models.QuerySet):
    """Deadlines by state; dates are local dates of Việt Nam."""

    def open(self):
        """Deadlines that still run, the soonest due first."""
        return self.filter(met_on=None, cancelled=False).order_by("last_day", "pk")

    def for_subject(self, subject):
        """Deadlines of one page or record."""
        return self.filter(content_type=content_type_of(subject), object_id=str(subject.pk))

    def late(self, on):
        """Deadlines late on that day: still running past their last day, or met after it."""
        return self.filter(cancelled=False).filter(
            Q(was_late=True) | Q(last_day__lt=Coalesce(F("met_on"), models.Value(on)))
        )


class Deadline(models.Model):
    """One running or ended deadline: what is due, by which rule, until when, and how that was computed.

    `due_on` is what the rule gives, or the day that was promised (`until`); `last_day`, until whose end (24:00) the
    thing may be done, is what extension and pauses make of it. While a deadline is paused (`paused_on`) its last day is
    the latest it can become. `explanation` is shown to citizens. What was granted after the last day does not undo the
    delay (`was_late`); why it came about says `late_reason` (`late_reasons`). `started_at` is kept for periods in hours
    only.
    """

    rule = models.ForeignKey(DeadlineRule, verbose_name="quy tắc", on_delete=models.PROTECT, related_name="deadlines")
    content_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    object_id = models.CharField("đối tượng", max_length=64)
    subject = GenericForeignKey("content_type", "object_id", for_concrete_model=True)
    site = models.ForeignKey(
        "base.PortalSite",
        verbose_name="trang",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="deadlines",
    )
    unit = models.ForeignKey(
        "base.OrganisationUnit",
        verbose_name="đơn vị thực hiện",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="deadlines",
    )
    title = models.CharField("việc", max_length=300)
    started_on = models.DateField("tính từ ngày")
    started_at = models.DateTimeField("tính từ lúc", null=True, blank=True)
    until = models.DateField("ngày đã hẹn", null=True, blank=True)
    due_on = models.DateField("hạn theo quy tắc")
    last_day = models.DateField("hạn hiện hành")
    paused_on = models.DateField("đang tạm dừng từ ngày", null=True, blank=True)
    paused_workdays = models.PositiveSmallIntegerField("số ngày làm việc đã tạm dừng", default=0)
    calendar_version = models.PositiveIntegerField("phiên bản lịch", default=0)
    explanation = models.TextField("cách tính")
    met_on = models.DateField("hoàn thành ngày", null=True, blank=True)
    late_reason = models.CharField("lý do quá hạn", max_length=500, blank=True)
    late_reason_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="người ghi lý do quá hạn",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    extended_to = models.DateField("gia hạn đến", null=True, blank=True)
    extended_on = models.DateField("ngày gia hạn", null=True, blank=True)
    extensions = models.PositiveSmallIntegerField("số lần gia hạn", default=0)
    extension_reason = models.TextField("lý do gia hạn", blank=True)
    was_late = models.BooleanField("đã quá hạn khi gia hạn, tạm dừng", default=False)
    cancelled = models.BooleanField("đã hủy", default=False)
    cancellation_reason = models.TextField("lý do hủy", blank=True)
    created = models.DateTimeField("tạo lúc", auto_now_add=True)

    objects = DeadlineQuerySet.as_manager()

    class Meta:
        verbose_name = "thời hạn"
        verbose_name_plural = "thời hạn"
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(fields=["content_type", "object_id"]),
            models.Index(fields=["last_day"], condition=Q(met_on=None, cancelled=False), name="deadline_open_last_day"),
            models.Index(fields=["started_on"], name="deadline_started_on"),
        ]
        constraints = [
            # One deadline of a kind runs for a subject on a site, however often its start is asked for.
            models.UniqueConstraint(
                "content_type",
                "object_id",
                "rule",
                Coalesce("site", 0),
                condition=Q(met_on=None, cancelled=False),
                name="one_open_deadline",
            )
        ]

    def __str__(self):
        return f"{self.title} · hạn {self.last_day:%d/%m/%Y}"

    @property
    def is_open(self) -> bool:
        return self.met_on is None and not self.cancelled


class DeadlinePause(models.Model):
    """One pause of a deadline, because the office waits for the person who asked.

    The day on which it was paused still counted, the day on which it resumed does not: the working days after
    `stopped_on` up to and including `resumed_on` are given back, up to the rule's limit. `reason` is for the office,
    not for readers.
    """

    class Category(models.TextChoices):
        MORE_INFORMATION = "more_information", "chờ người gửi bổ sung thông tin"
        IDENTITY = "identity", "chờ người gửi xác nhận thông tin liên hệ"
        THEIR_WISH = "their_wish", "người gửi đề nghị tạm dừng"

    deadline = models.ForeignKey(Deadline, verbose_name="thời hạn", on_delete=models.CASCADE, related_name="pauses")
    category = models.CharField("loại", max_length=20, choices=Category.choices)
    reason = models.TextField("lý do")
    stopped_on = models.DateField("tạm dừng từ ngày")
    resumed_on = models.DateField("tính tiếp từ ngày", null=True, blank=True)
    stopped_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người tạm dừng", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    resumed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="người cho tính tiếp",
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    class Meta:
        verbose_name = "lần tạm dừng"
        verbose_name_plural = "các lần tạm dừng"
        ordering = ["stopped_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["deadline"], condition=Q(resumed_on=None), name="one_open_pause")
        ]

    def __str__(self):
        return f"{self.stopped_on:%d/%m/%Y} · {self.get_category_display()}"


class DeadlineReminder(models.Model):
    """A reminder of a deadline, already sent: `level` working days after its last day, negative before it.

    When the last day has moved, people may be reminded of the new one.
    """

    deadline = models.ForeignKey(Deadline, on_delete=models.CASCADE, related_name="reminders")
    level = models.SmallIntegerField("ngày so với hạn")
    last_day = models.DateField("hạn khi nhắc")
    reminded_on = models.DateField("nhắc ngày", db_index=True)

    class Meta:
        verbose_name = "lần nhắc việc"
        verbose_name_plural = "các lần nhắc việc"
        constraints = [models.UniqueConstraint(fields=["deadline", "level", "last_day"], name="one_reminder_a_level")]

    def __str__(self):
        return f"{self.deadline_id} · {self.level:+d} · {self.reminded_on:%d/%m/%Y}"


def content_type_of(subject) -> ContentType:
    """The content type under which a subject's deadlines are stored; a page counts as its specific type."""
    if isinstance(subject, Page):
        return subject.cached_content_type
    return ContentType.objects.get_for_model(subject)
