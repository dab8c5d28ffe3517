"""The yearly review of the portal, its parts and their figures."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from base.models import PortalSite
from base.sites import city_site
from vietnam.dates import format_short


class YearlyReport(models.Model):
    """The review of all sites in one year (Quy chế Điều 18.2; NĐ 43/2011/NĐ-CP Điều 30.5.b).

    `draft`: counted by the portal, corrected and completed by people. `submitted`: waits for a second person, as it is.
    `approved`: nothing changes any more; `digest` is that of what was approved, `archive_copy` the number of its sealed
    copy with both papers. `sent_on`, `letter`: when and by which letter it went to the department.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Đang soạn"
        SUBMITTED = "submitted", "Chờ duyệt"
        APPROVED = "approved", "Đã duyệt"

    year = models.PositiveSmallIntegerField("năm", unique=True)
    state = models.CharField("tình trạng", max_length=10, choices=State.choices, default=State.DRAFT)
    counted_on = models.DateField("số liệu đến ngày")
    returned_note = models.CharField("lý do trả lại", max_length=500, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người trình", null=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_by_name = models.CharField("tên người trình", max_length=200, blank=True)
    submitted_at = models.DateTimeField("trình lúc", null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người duyệt", null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_by_name = models.CharField("tên người duyệt", max_length=200, blank=True)
    approved_at = models.DateTimeField("duyệt lúc", null=True)
    digest = models.CharField("mã băm", max_length=64, blank=True)
    archive_copy = models.BigIntegerField("bản lưu trữ", null=True)
    sent_on = models.DateField("gửi ngày", null=True)
    letter = models.CharField("công văn gửi", max_length=100, blank=True)
    # Every user who wrote a text or a figure, also what another has changed or taken back since: none of them approves.
    writers = models.ManyToManyField(settings.AUTH_USER_MODEL, verbose_name="người đã ghi", related_name="+")
    is_illustrative = models.BooleanField("dữ liệu minh họa", default=False, editable=False)

    never_deleted = True
    retention_class = "permanent"

    class Meta:
        verbose_name = "báo cáo rà soát hằng năm"
        verbose_name_plural = "báo cáo rà soát hằng năm"
        ordering = ["-year"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None) | ~Q(approved_by=F("submitted_by")), name="yearly_report_by_two_persons"
            ),
            models.CheckConstraint(
                condition=~Q(state="approved")
                | (~Q(approved_by=None) & ~Q(submitted_by=None) & ~Q(digest="") & ~Q(archive_copy=None)),
                name="approved_yearly_report_is_sealed",
            ),
        ]

    def __str__(self):
        return f"Báo cáo rà soát hằng năm {self.year}"

    @property
    def owner_site(self) -> PortalSite | None:
        return city_site()

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_submitted(self) -> bool:
        return self.state == self.State.SUBMITTED

    @property
    def is_approved(self) -> bool:
        return self.state == self.State.APPROVED

    @property
    def counted_to(self) -> date:
        """The last day that its figures are of: the day of counting, or the end of its year."""
        return min(self.counted_on, date(self.year, 12, 31))


class YearlyPart(models.Model):
    """One part of a report: what the portal counted, a table, and what a person writes to it.

    `found` is written anew whenever the report is counted. `text` comes after it; in the parts that the portal only
    suggests (`is_suggestion`) it replaces it.
    """

    report = models.ForeignKey(YearlyReport, on_delete=models.PROTECT, related_name="parts")
    key = models.SlugField("mã", max_length=40)
    title = models.CharField("phần", max_length=200)
    sort_order = models.PositiveIntegerField("thứ tự", default=0)
    found = models.TextField("hệ thống ghi", blank=True)
    text = models.TextField("người lập ghi", blank=True)
    columns = models.JSONField("cột", default=list)
    rows = models.JSONField("dòng", default=list)
    is_suggestion = models.BooleanField("là gợi ý", default=False)

    never_deleted = True

    class Meta:
        verbose_name = "phần của báo cáo hằng năm"
        verbose_name_plural = "phần của báo cáo hằng năm"
        ordering = ["sort_order", "pk"]
        constraints = [models.UniqueConstraint(fields=["report", "key"], name="one_yearly_part_a_key")]

    def __str__(self):
        return self.title

    @property
    def owner_site(self) -> PortalSite | None:
        return self.report.owner_site

    @property
    def paragraphs(self) -> list[str]:
        """The text of the part in the report, a paragraph each."""
        texts = [self.text or self.found] if self.is_suggestion else [self.found, self.text]
        return [line.strip() for text in texts for line in text.splitlines() if line.strip()]


class YearlyFigure(models.Model):
    """One figure of a part: what the portal counted ("": only a person knows it), what a person wrote instead.

    `as_of`: the day whose state it tells, which may lie after the year; None for what happened in the year.
    """

    part = models.ForeignKey(YearlyPart, on_delete=models.PROTECT, related_name="figures")
    key = models.SlugField("mã", max_length=40)
    label = models.CharField("số liệu", max_length=200)
    sort_order = models.PositiveIntegerField("thứ tự", default=0)
    counted = models.CharField("hệ thống đếm", max_length=60, blank=True)
    as_of = models.DateField("hiện trạng ngày", null=True)
    corrected = models.CharField("người lập sửa", max_length=60, blank=True)
    reason = models.CharField("lý do sửa", max_length=300, blank=True)
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người sửa", null=True, on_delete=models.PROTECT, related_name="+"
    )

    never_deleted = True

    class Meta:
        verbose_name = "số liệu của báo cáo hằng năm"
        verbose_name_plural = "số liệu của báo cáo hằng năm"
        ordering = ["sort_order", "pk"]
        constraints = [models.UniqueConstraint(fields=["part", "key"], name="one_yearly_figure_a_key")]

    def __str__(self):
        return self.label

    @property
    def owner_site(self) -> PortalSite | None:
        return self.part.owner_site

    @property
    def label_and_day(self) -> str:
        """What it counts, and of which day: "Liên kết hỏng trong cổng (tại ngày lập 15/01/2027)"."""
        return f"{self.label} (tại ngày lập {format_short(self.as_of)})" if self.as_of else self.label

    @property
    def value(self) -> str:
        """The figure that counts."""
        return self.corrected or self.counted

    @property
    def is_missing(self) -> bool:
        """Whether a person is still to give it."""
        return not self.value

    @property
    def remark(self) -> str:
        """Why the figure is another than the portal counted; "" otherwise."""
        return f"hệ thống đếm {self.counted}; {self.reason}" if self.corrected and self.counted else ""
