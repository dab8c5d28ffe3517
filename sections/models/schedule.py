"""The leaders' working schedule of one week (NĐ 43/2011 Điều 10.1.c)."""

from dataclasses import replace
from datetime import date, time, timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.models import Orderable
from wagtail.search import index

from base.models import BasePage
from base.preflight import Finding
from base.public.index.items import OwnFacts

from .item import SectionItem

WEEK = timedelta(days=6)
# What front pages show of a week.
DAYS_IN_SHORT, ITEMS_A_DAY_IN_SHORT = 3, 2


class WorkSchedulePage(SectionItem):
    """One week from Monday to Sunday. A changed item stays in its place with its mark and what changed."""

    week_start = models.DateField("tuần từ thứ Hai, ngày")
    remark = models.CharField("ghi chú chung", max_length=300, blank=True)

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("week_start"),
        FieldPanel("remark"),
        InlinePanel("items", heading="Lịch", label="việc"),
        *BasePage.responsibility_panels,
    ]
    search_fields = [
        *BasePage.search_fields,
        index.FilterField("week_start"),
        index.RelatedFields("items", [index.SearchField("content", boost=1), index.SearchField("leader", boost=1)]),
    ]

    template = "sections/work_schedule_page.html"
    icon_name = "calendar-alt"
    review_rule = ""
    page_description = "Lịch làm việc của lãnh đạo trong một tuần."
    needs_source = needs_summary = False
    dublin_core_type = "Event"
    retention_class = "notice"

    class Meta:
        verbose_name = "lịch làm việc tuần"
        verbose_name_plural = "lịch làm việc tuần"

    @classmethod
    def defaults_for(cls, site, user):
        """The week that begins next Monday."""
        today = timezone.localdate()
        return {**super().defaults_for(site, user), "week_start": today + timedelta(days=7 - today.weekday())}

    @property
    def week_end(self) -> date | None:
        return self.week_start + WEEK if self.week_start else None

    def own_facts(self):
        own = super().own_facts()
        return replace(
            own, starts_on=self.week_start, ends_on=self.week_end, more={**own.more, "days": self._beginning()}
        )

    def _beginning(self) -> list:
        """Return what front pages show of the week: [day, [[hour, who, what, where] of some items]] of some days."""
        return [
            [
                day.isoformat(),
                [
                    [f"{item.starts_at:%H:%M}" if item.starts_at else "", item.leader, item.content, item.place]
                    for item in items[:ITEMS_A_DAY_IN_SHORT]
                ],
            ]
            for day, items in self.days()[:DAYS_IN_SHORT]
        ]

    @classmethod
    def labels(cls, own, on):
        return _("Lịch làm việc"), ""

    @property
    def kind_label(self):
        # The same for all of them: what they contain need not be read.
        return self.labels(OwnFacts(), timezone.localdate())[0]

    def description(self):
        if not self.summary and self.week_start:
            return f"{self.title}: {self.week_start:%d/%m/%Y} – {self.week_end:%d/%m/%Y}"
        return super().description()

    def get_context(self, request, *args, **kwargs):
        """Add `before` and `after`: the nearest weeks of the section, or None; `calendar_url`: all as a calendar."""
        context = super().get_context(request, *args, **kwargs)
        weeks = WorkSchedulePage.objects.sibling_of(self, inclusive=False).live().select_related("locale")
        if self.week_start:
            context["before"] = weeks.filter(week_start__lt=self.week_start).order_by("-week_start").first()
            context["after"] = weeks.filter(week_start__gt=self.week_start).order_by("week_start").first()
        section = self.get_parent().specific
        if hasattr(section, "calendar_url"):
            context["calendar_url"] = section.calendar_url(request)
        return context

    def days(self) -> list[tuple[date, list]]:
        """Return (day, its items by the hour) for the days that have items, Monday first."""
        by_day: dict[date, list] = {}
        for item in self.items.all():
            by_day.setdefault(item.on, []).append(item)
        return [(day, sorted(items, key=_by_hour)) for day, items in sorted(by_day.items())]

    def clean(self):
        super().clean()
        if self.week_start and self.week_start.weekday() != 0:
            monday = self.week_start - timedelta(days=self.week_start.weekday())
            raise ValidationError(
                {"week_start": f"Ngày bắt đầu phải là thứ Hai; tuần này bắt đầu ngày {monday:%d/%m/%Y}."}
            )

    def preflight(self):
        findings = super().preflight()
        items = list(self.items.all())
        if not items:
            findings.append(Finding("blocker", "items", "Lịch chưa có việc nào; hãy thêm ít nhất một việc."))
        for item in items:
            if self.week_start and not self.week_start <= item.on <= self.week_end:
                findings.append(
                    Finding(
                        "blocker",
                        "items",
                        f"Việc ngày {item.on:%d/%m/%Y} nằm ngoài tuần; hãy sửa ngày của việc này.",
                    )
                )
            if item.is_changed and not item.change_note.strip():
                findings.append(
                    Finding(
                        "blocker",
                        "items",
                        f"Việc ngày {item.on:%d/%m/%Y} ghi có thay đổi; hãy viết thay đổi gì.",
                    )
                )
        if self.week_start and self.path:
            twin = (
                WorkSchedulePage.objects.sibling_of(self, inclusive=False)
                .filter(week_start=self.week_start, live=True)
                .first()
            )
            if twin:
                findings.append(
                    Finding("blocker", "week_start", f"Đã có lịch của tuần này: «{twin.title}»; hãy sửa lịch đó.")
                )
        return findings


class ScheduleItem(Orderable):
    """One entry of the week: when, who, what, where, with whom."""

    page = ParentalKey(WorkSchedulePage, on_delete=models.CASCADE, related_name="items")
    on = models.DateField("ngày")
    starts_at = models.TimeField("giờ", null=True, blank=True, help_text="Để trống nếu cả ngày.")
    leader = models.CharField("lãnh đạo chủ trì, dự", max_length=200)
    content = models.TextField("nội dung", max_length=500)
    place = models.CharField("địa điểm", max_length=200, blank=True)
    attending = models.CharField("thành phần", max_length=300, blank=True)
    is_changed = models.BooleanField("có thay đổi", default=False)
    change_note = models.CharField("thay đổi", max_length=200, blank=True, help_text="Ví dụ: Dời sang 14 giờ; hoãn.")

    panels = [
        FieldRowPanel([FieldPanel("on"), FieldPanel("starts_at")]),
        FieldPanel("leader"),
        FieldPanel("content"),
        FieldRowPanel([FieldPanel("place"), FieldPanel("attending")]),
        FieldRowPanel([FieldPanel("is_changed"), FieldPanel("change_note")]),
    ]

    class Meta(Orderable.Meta):
        verbose_name = "việc trong tuần"
        verbose_name_plural = "việc trong tuần"

    def __str__(self):
        return f"{self.on:%d/%m/%Y}: {self.content[:60]}"


def _by_hour(item: ScheduleItem) -> tuple:
    """What lasts the whole day stands before what has an hour."""
    return item.starts_at is not None, item.starts_at or time.min, item.sort_order or 0
