"""The score sheet of a site and month, and its lines."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from base.figures import share
from base.models import PortalSite

NOTHING = Decimal(0)


class ScoreSheetQuerySet(models.QuerySet):
    """Sheets by what became of them."""

    def signed(self):
        """Those that the head has signed: they are published."""
        return self.filter(state=ScoreSheet.State.SIGNED)

    def not_superseded(self):
        """Those of which no newer version is signed."""
        return self.exclude(successor__state=ScoreSheet.State.SIGNED)

    def counting(self):
        """One a site and month: the newest that is signed, before that the first version."""
        return self.not_superseded().filter(Q(replaces=None) | Q(state=ScoreSheet.State.SIGNED))

    def with_points(self):
        """With the points of their lines: `awarded_points`, `most_points`, `self_points`; one query.

        `scored_points`: the most points of the lines that have some, `unscored_lines`: how many wait for theirs.
        """
        waits = Q(lines__corrected=None, lines__measured=None)
        summed = self.annotate(
            awarded_points=models.Sum(models.functions.Coalesce("lines__corrected", "lines__measured", NOTHING)),
            most_points=models.Sum("lines__max_points"),
            scored_points=models.Sum("lines__max_points", filter=~waits),
            self_points=models.Sum("lines__self_assessed"),
            unscored_lines=models.Count("lines", filter=waits & ~Q(lines=None)),
        )
        # Django leaves out a model's own order where rows are summed up.
        return summed.order_by(*ScoreSheet._meta.ordering, "pk")


class ScoreSheet(models.Model):
    """What a site scored in a month (phiếu chấm điểm).

    `open`: the job measures it anew each morning of its month, the site assesses itself, the standing office corrects
    with a reason. `submitted`: it waits for the head, as it is. `signed`: nothing changes any more; `digest` is that of
    what was signed, `archive_copy` the number of its sealed copy.
    A sheet that was signed with a mistake is replaced by another `version` of the same month (`replaces`, and why:
    `version_reason`); once that is signed, the former is superseded, and stays as it was signed.
    Names of site and persons are those of that day.
    """

    class State(models.TextChoices):
        OPEN = "open", "Đang chấm"
        SUBMITTED = "submitted", "Chờ ký"
        SIGNED = "signed", "Đã ký"

    site = models.ForeignKey(PortalSite, verbose_name="trang", on_delete=models.PROTECT, related_name="score_sheets")
    site_name = models.CharField("tên trang trong tháng", max_length=200)
    month = models.DateField("tháng", help_text="Ngày đầu của tháng.")
    state = models.CharField("tình trạng", max_length=10, choices=State.choices, default=State.OPEN)
    measured_on = models.DateField("đo ngày")
    returned_note = models.CharField("lý do trả lại", max_length=500, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người trình", null=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_by_name = models.CharField("tên người trình", max_length=200, blank=True)
    submitted_at = models.DateTimeField("trình lúc", null=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người ký", null=True, on_delete=models.PROTECT, related_name="+"
    )
    signed_by_name = models.CharField("tên người ký", max_length=200, blank=True)
    signed_at = models.DateTimeField("ký lúc", null=True)
    digest = models.CharField("mã băm", max_length=64, blank=True)
    archive_copy = models.BigIntegerField("bản lưu trữ", null=True)
    is_illustrative = models.BooleanField("dữ liệu minh họa", default=False, editable=False)
    version = models.PositiveSmallIntegerField("bản", default=1)
    replaces = models.OneToOneField(
        "self", verbose_name="thay phiếu", null=True, on_delete=models.PROTECT, related_name="successor"
    )
    version_reason = models.CharField("lý do lập bản mới", max_length=500, blank=True)
    # Every user who wrote anything into it, also what another has changed or taken back since: none of them signs it.
    writers = models.ManyToManyField(settings.AUTH_USER_MODEL, verbose_name="người đã ghi", related_name="+")

    objects = ScoreSheetQuerySet.as_manager()
    never_deleted = True
    retention_class = "permanent"

    class Meta:
        verbose_name = "phiếu chấm điểm"
        verbose_name_plural = "phiếu chấm điểm"
        ordering = ["-month", "site__kind", "site_name"]
        indexes = [models.Index(fields=["month", "state"])]
        constraints = [
            models.UniqueConstraint(fields=["site", "month", "version"], name="one_score_sheet_a_version"),
            models.CheckConstraint(
                condition=Q(version=1, replaces=None) | (Q(version__gt=1) & ~Q(replaces=None) & ~Q(version_reason="")),
                name="score_sheet_version_says_why",
            ),
            models.CheckConstraint(
                condition=Q(signed_by=None) | ~Q(signed_by=F("submitted_by")), name="score_sheet_by_two_persons"
            ),
            models.CheckConstraint(
                condition=~Q(state="signed")
                | (~Q(signed_by=None) & ~Q(submitted_by=None) & ~Q(digest="") & ~Q(archive_copy=None)),
                name="signed_score_sheet_is_sealed",
            ),
        ]

    def __str__(self):
        return f"Phiếu chấm điểm {self.month_and_site}"

    @property
    def month_and_site(self) -> str:
        """Which one it is: "tháng 11/2026 · Phường Mỹ Long (bản 2)"."""
        version = f" (bản {self.version})" if self.is_new_version else ""
        return f"tháng {self.month:%m/%Y} · {self.site_name}{version}"

    @property
    def owner_site(self) -> PortalSite:
        return self.site

    @property
    def is_signed(self) -> bool:
        return self.state == self.State.SIGNED

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    @property
    def is_new_version(self) -> bool:
        """Whether it takes the place of a sheet that was signed."""
        return self.version > 1

    @property
    def newer(self) -> "ScoreSheet | None":
        """The version that takes its place, signed or not yet; None for the newest."""
        return getattr(self, "successor", None)

    @property
    def is_superseded(self) -> bool:
        """Whether a newer version is signed."""
        return self.newer is not None and self.newer.is_signed

    @property
    def name_of_month(self) -> str:
        return f"{self.month:%m/%Y}"


class ScoreLine(models.Model):
    """One criterion of a sheet, with the words and points of its day, so that later lists change nothing here.

    `measured` is what the portal counted (None: a person gives the points), `corrected` what a person put in its place
    and why; `self_assessed` is what the site says of itself. `evidence`: [{"label", "address"}], public addresses.
    """

    class Shown(models.TextChoices):
        FRESH = "fresh", "Mới"
        PRESENT = "present", "Có"
        LATE = "late", "Chậm"
        EMPTY = "empty", "Trống"

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.PROTECT, related_name="lines")
    criterion = models.SlugField("mã", max_length=60)
    label = models.CharField("tiêu chí", max_length=300)
    group = models.CharField("nhóm", max_length=200)
    legal_source = models.CharField("căn cứ", max_length=300)
    sort_order = models.PositiveIntegerField("thứ tự", default=0)
    max_points = models.DecimalField("điểm tối đa", max_digits=6, decimal_places=2)
    measured = models.DecimalField("điểm đo", max_digits=6, decimal_places=2, null=True)
    shown = models.CharField("hiện trạng", max_length=8, choices=Shown.choices, blank=True)
    found = models.CharField("kết quả đo", max_length=500, blank=True)
    evidence = models.JSONField("liên kết", default=list)
    corrected = models.DecimalField(
        "điểm sửa", max_digits=6, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    correction_reason = models.CharField("lý do sửa", max_length=500, blank=True)
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người sửa", null=True, on_delete=models.PROTECT, related_name="+"
    )
    self_assessed = models.DecimalField(
        "tự đánh giá", max_digits=6, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    note = models.CharField("ghi chú", max_length=500, blank=True)

    never_deleted = True

    class Meta:
        verbose_name = "dòng của phiếu chấm điểm"
        verbose_name_plural = "dòng của phiếu chấm điểm"
        ordering = ["sort_order", "pk"]
        constraints = [models.UniqueConstraint(fields=["sheet", "criterion"], name="one_line_a_criterion")]

    def __str__(self):
        return self.label

    @property
    def owner_site(self) -> PortalSite:
        return self.sheet.site

    @property
    def awarded(self) -> Decimal:
        """The points that count: those of a person before those counted; nothing while neither is there."""
        return next((points for points in (self.corrected, self.measured) if points is not None), NOTHING)

    @property
    def is_corrected(self) -> bool:
        return self.corrected is not None

    @property
    def waits_for_points(self) -> bool:
        """Whether a person is still to give the points."""
        return self.measured is None and self.corrected is None


def first_of_month(day: date) -> date:
    """Return the first day of a day's month, by which sheets are known."""
    return day.replace(day=1)


def percent(awarded: Decimal, scored: Decimal | None) -> float | None:
    """Return the share of the points in per cent, one digit after the comma; None where there were none to get.

    `scored`: the most points of the criteria that have been scored; what still waits for its points lowers nothing.
    """
    return share(float(awarded or 0), float(scored or 0), digits=1)
