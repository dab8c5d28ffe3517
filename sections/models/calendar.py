"""The public calendar of a site: its events, and the days on which leaders receive citizens."""

import re
from datetime import time

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.http import Http404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.contrib.routable_page.models import path
from wagtail.models import Orderable

from base.models import BasePage, RoutedPage
from base.preflight import Finding
from base.public.page_cache import mark_public
from base.public.routed import place_below
from base.sites import site_of
from base.templatetags.portal import WEEKDAYS
from vietnam.dates import format_short

from ..calendars import events, lines, months, receptions

DAYS = re.compile(r"\d{1,2}")
# What a page shows of the receptions to come.
SHOWN_RECEPTIONS = 4
# Characters of a month in an address, "/2026/12/" and zeros before it; a longer number is none.
LONGEST_MONTH = 24


class CalendarPage(RoutedPage):
    """The events and reception days of a site by month, and the same for one's own calendar.

    The rules by which leaders receive citizens stand here, with the legal source of each: they change as every page
    does, by two persons. The days themselves are worked out (`calendars/receptions.py`).
    """

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("summary"),
        InlinePanel("receptions", heading="Tiếp công dân", label="quy định"),
        InlinePanel("changes", heading="Ngày tiếp công dân dời hoặc không tiếp", label="ngày"),
        *BasePage.responsibility_panels,
    ]
    max_count_per_parent = 1

    template = "sections/calendar_page.html"
    icon_name = "date"
    review_rule = "DL-CHECK-HALF"
    page_description = "Lịch của trang theo tháng: sự kiện và lịch tiếp công dân, đưa được vào lịch điện thoại."
    needs_source = needs_summary = False
    dublin_core_type = "Collection"
    schema_type = "CollectionPage"
    retention_class = "permanent"

    class Meta:
        verbose_name = "lịch sự kiện, tiếp công dân"
        verbose_name_plural = "lịch sự kiện, tiếp công dân"

    def get_context(self, request, *args, **kwargs):
        """Add `month` (that of today unless `first` is given), `rules`, and where the calendars are subscribed to."""
        today = timezone.localdate()
        first = kwargs.pop("first", None) or today.replace(day=1)
        context = super().get_context(request, *args, **kwargs)
        address = self.full_url or ""
        context |= {
            "today": today,
            "month": months.month_of(self, first, today, request),
            "rules": self.rules(),
            "calendar_url": lines.subscription(f"{address}ical/"),
            "calendar_file_url": f"{address}ical/",
            "reception_url": lines.subscription(f"{address}tiep-cong-dan/ical/"),
        }
        return context

    @path("<int:year>/<int:month>/", name="month")
    def month_route(self, request, year, month):
        """Another month."""
        today = timezone.localdate()
        if not months.is_shown(year, month, today):
            raise Http404
        first = today.replace(year=year, month=month, day=1)
        context = self.get_context(request, first=first)
        place_below(context["frame"], self, request, self.month_title(first), f"{year}/{month}")
        return TemplateResponse(request, self.template, context)

    @path("ical/", name="calendar")
    def calendar(self, request):
        """The events and reception days of the site, to subscribe to."""
        today = timezone.localdate()
        first, last = today - receptions.BACK, today + receptions.AHEAD
        found = events.between(site_of(self), self.locale.language_code, first, last, request)
        entries = [*map(events.entry_of, found), *self._reception_entries()]
        return self._as_calendar(self.title, entries, "lich")

    @path("tiep-cong-dan/ical/", name="reception_calendar")
    def reception_calendar(self, request):
        """The reception days alone."""
        return self._as_calendar(_("Lịch tiếp công dân"), self._reception_entries(), "lich-tiep-cong-dan")

    def serve(self, request, *args, **kwargs):
        return self.redirect_to_successor(request) or self.marked(super().serve(request, *args, **kwargs))

    def shows(self, route):
        year, _slash, month = route.strip("/").partition("/")
        if all(part.isascii() and part.isdecimal() for part in (year, month)):
            return len(route) <= LONGEST_MONTH and months.is_shown(int(year), int(month), timezone.localdate())
        return super().shows(route)

    def rules(self) -> list["ReceptionRule"]:
        """The rules that hold today or later, in their order."""
        today = timezone.localdate()
        return [rule for rule in self.receptions.all() if rule.valid_to is None or rule.valid_to >= today]

    def next_receptions(self) -> list[receptions.Reception]:
        """The next reception days, at most four."""
        today = timezone.localdate()
        found = receptions.between(self.rules(), self.changes.all(), today, today + receptions.AHEAD)
        return found[:SHOWN_RECEPTIONS]

    @staticmethod
    def month_title(first) -> str:
        return _("Lịch tháng %(month)s") % {"month": f"{first:%m/%Y}"}

    def _reception_entries(self) -> list[lines.Entry]:
        today = timezone.localdate()
        first, last = today - receptions.BACK, today + receptions.AHEAD
        found = receptions.between(self.receptions.all(), self.changes.all(), first, last)
        return list(receptions.entries_of(self, found, self.full_url or ""))

    def _as_calendar(self, name: str, entries, file_name: str):
        answer = lines.answer(f"{name} – {site_of(self).name}", entries, file_name)
        return mark_public(answer, self.cache_sites())

    def preflight(self):
        changes = [change for change in self.changes.all() if change.on]
        days = [change.on for change in changes]
        twice = [
            Finding("blocker", "changes", f"Ngày {format_short(day)} ghi hai lần; hãy giữ một dòng.")
            for day in sorted({day for day in days if days.count(day) > 1})
        ]
        return [*super().preflight(), *filter(None, map(self._about_change, changes)), *twice]

    def _about_change(self, change: "ReceptionChange") -> Finding | None:
        """What is wrong with the change of a day: to itself, so far that it is found no more, of a day that is none."""
        day = format_short(change.on)
        if change.new_on == change.on:
            message = f"Ngày {day} dời sang chính ngày đó; hãy ghi ngày khác, hoặc để trống nếu không tiếp."
            return Finding("blocker", "changes", message)
        if change.new_on and abs(change.new_on - change.on) > receptions.FARTHEST:
            message = (
                f"Ngày {day} dời sang {format_short(change.new_on)} là quá {receptions.FARTHEST.days} ngày nên lịch "
                "không hiện được; hãy ghi ngày gần hơn, hoặc để trống nếu không tiếp."
            )
            return Finding("blocker", "changes", message)
        if receptions.falls_on([rule for rule in self.receptions.all() if rule.valid_from], change.on):
            return None
        message = f"Theo các quy định ở trên, ngày {day} không tiếp công dân nên dòng này không đổi gì; hãy sửa ngày."
        return Finding("warning", "changes", message)


class ReceptionRule(Orderable):
    """Who receives citizens on which days, in which hours, where, and by which law (Luật Tiếp công dân 42/2013/QH13).

    Either days of the month or a day of the week. `valid_to`: the last day on which the rule holds.
    """

    class WhenOff(models.TextChoices):
        NEXT = receptions.NEXT, gettext_lazy("Chuyển sang ngày làm việc kế tiếp")
        BEFORE = receptions.BEFORE, gettext_lazy("Chuyển lên ngày làm việc liền trước")
        NONE = receptions.NONE, gettext_lazy("Không tiếp ngày đó")

    page = ParentalKey(CalendarPage, on_delete=models.CASCADE, related_name="receptions")
    leader = models.CharField("người tiếp", max_length=200, help_text="Chức vụ, ví dụ: Chủ tịch Ủy ban nhân dân.")
    days = models.CharField(
        "ngày trong tháng",
        max_length=40,
        blank=True,
        validators=[
            RegexValidator(r"^\s*\d{1,2}(\s*[,;]\s*\d{1,2})*\s*$", "Hãy ghi các ngày cách nhau bằng dấu phẩy: 5, 20.")
        ],
        help_text="Ví dụ: 5, 20. Tháng không có ngày ấy thì lấy ngày cuối tháng.",
    )
    weekday = models.PositiveSmallIntegerField(
        "hoặc thứ trong tuần",
        null=True,
        blank=True,
        choices=[*enumerate(name[:1].upper() + name[1:] for name in WEEKDAYS)],
    )
    starts_at = models.TimeField("từ", default=time(8, 0))
    ends_at = models.TimeField("đến", default=time(11, 0))
    afternoon_starts_at = models.TimeField("chiều từ", null=True, blank=True)
    afternoon_ends_at = models.TimeField("chiều đến", null=True, blank=True)
    place = models.CharField("địa điểm", max_length=200)
    when_off = models.CharField("khi trùng ngày nghỉ", max_length=10, choices=WhenOff.choices, default=WhenOff.NEXT)
    legal_source = models.CharField(
        "căn cứ", max_length=300, help_text="Điều luật, hoặc thông báo lịch tiếp công dân của cơ quan."
    )
    valid_from = models.DateField("áp dụng từ ngày", default=timezone.localdate)
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)

    panels = [
        FieldPanel("leader"),
        FieldRowPanel([FieldPanel("days"), FieldPanel("weekday")]),
        FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")]),
        FieldRowPanel([FieldPanel("afternoon_starts_at"), FieldPanel("afternoon_ends_at")]),
        FieldPanel("place"),
        FieldPanel("when_off"),
        FieldPanel("legal_source"),
        FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_to")]),
    ]

    class Meta(Orderable.Meta):
        verbose_name = "quy định tiếp công dân"
        verbose_name_plural = "quy định tiếp công dân"

    def __str__(self):
        return self.leader

    @property
    def month_days(self) -> list[int]:
        """The numbers of the days: "5, 20" -> [5, 20]."""
        return [int(number) for number in DAYS.findall(self.days)]

    @property
    def sessions(self) -> list[tuple[time, time]]:
        """When it begins and ends, in the morning and in the afternoon."""
        found = [(self.starts_at, self.ends_at)]
        if self.afternoon_starts_at and self.afternoon_ends_at:
            found.append((self.afternoon_starts_at, self.afternoon_ends_at))
        return found

    @property
    def days_as_text(self) -> str:
        """The days as text for readers."""
        if self.weekday is not None:
            return _("%(weekday)s hằng tuần") % {"weekday": self.get_weekday_display()}
        numbers = ", ".join(str(number) for number in sorted(set(self.month_days)))
        return _("Ngày %(days)s hằng tháng") % {"days": numbers}

    def clean(self):
        super().clean()
        errors = {}
        if bool(self.month_days) == (self.weekday is not None):
            errors["days"] = "Hãy ghi ngày trong tháng, hoặc chọn thứ trong tuần; chỉ một trong hai."
        elif any(not 1 <= number <= 31 for number in self.month_days):
            errors["days"] = "Ngày trong tháng là số từ 1 đến 31; hãy sửa."
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            errors["ends_at"] = "Giờ kết thúc phải sau giờ bắt đầu; hãy sửa."
        if (self.afternoon_starts_at is None) != (self.afternoon_ends_at is None):
            errors["afternoon_ends_at"] = "Buổi chiều phải có giờ bắt đầu và giờ kết thúc; hãy điền đủ hoặc xóa cả hai."
        elif self.afternoon_starts_at and not (self.ends_at or time.min) <= self.afternoon_starts_at:
            errors["afternoon_starts_at"] = "Buổi chiều phải bắt đầu sau buổi sáng; hãy sửa giờ."
        elif self.afternoon_starts_at and self.afternoon_ends_at <= self.afternoon_starts_at:
            errors["afternoon_ends_at"] = "Giờ kết thúc phải sau giờ bắt đầu; hãy sửa."
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            errors["valid_to"] = "Ngày cuối phải từ ngày đầu trở đi; hãy sửa."
        if errors:
            raise ValidationError(errors)


class ReceptionChange(Orderable):
    """A single reception day that is another one, or without reception (`new_on` empty), with its reason."""

    page = ParentalKey(CalendarPage, on_delete=models.CASCADE, related_name="changes")
    on = models.DateField("ngày tiếp theo lịch")
    new_on = models.DateField("dời sang ngày", null=True, blank=True, help_text="Để trống nếu không tiếp.")
    reason = models.CharField("lý do", max_length=200)

    panels = [FieldRowPanel([FieldPanel("on"), FieldPanel("new_on")]), FieldPanel("reason")]

    class Meta(Orderable.Meta):
        verbose_name = "ngày tiếp công dân thay đổi"
        verbose_name_plural = "ngày tiếp công dân thay đổi"

    def __str__(self):
        return format_short(self.on)
