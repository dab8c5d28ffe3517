"""Events: what takes place when and where, who may come, and what became of it."""

from dataclasses import replace
from datetime import datetime, time

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.search import index
from wagtail.url_routing import RouteResult

from base.models import BasePage
from base.preflight import Finding
from base.public.page_cache import mark_public
from base.public.translated.same import take_from_source
from vietnam.dates import format_short

from ..calendars import events, lines
from .item import CitesLaw, SectionItem, WithBody, WithFiles, missing, text_panels, wrong_order

CALENDAR = "ical"


class EventPage(WithBody, WithFiles, CitesLaw, SectionItem):
    """One event. Without an hour it lasts whole days; without a last day it ends on its first.

    An event that is called off or takes place on another day stays with its reason, as calendars that took it need it.
    `moved_from`: the day that was announced before.
    """

    class State(models.TextChoices):
        PLANNED = events.PLANNED, _("Theo lịch")
        MOVED = events.MOVED, _("Đã dời")
        CANCELLED = events.CALLED_OFF, _("Đã hủy")

    starts_on = models.DateField("từ ngày", default=timezone.localdate)
    starts_at = models.TimeField("lúc", null=True, blank=True, help_text="Để trống nếu cả ngày.")
    ends_on = models.DateField("đến hết ngày", null=True, blank=True, help_text="Để trống nếu trong một ngày.")
    ends_at = models.TimeField("đến lúc", null=True, blank=True)
    place = models.CharField("địa điểm", max_length=200, blank=True)
    organiser = models.CharField("đơn vị tổ chức", max_length=200, blank=True)
    who_may_come = models.CharField(
        "ai được dự", max_length=300, blank=True, help_text="Ví dụ: Mọi người; hoặc hộ kinh doanh có giấy mời."
    )
    state = models.CharField("tình trạng", max_length=20, choices=State.choices, default=State.PLANNED)
    moved_from = models.DateField(
        "ngày đã báo trước", null=True, blank=True, help_text="Khi dời: ngày ghi ở lần đăng trước."
    )
    state_reason = models.CharField("lý do dời, hủy", max_length=300, blank=True)

    content_panels = [
        *BasePage.content_panels,
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("starts_on"), FieldPanel("starts_at")]),
                FieldRowPanel([FieldPanel("ends_on"), FieldPanel("ends_at")]),
                FieldPanel("place"),
                FieldPanel("organiser"),
                FieldPanel("who_may_come"),
            ],
            heading="Thời gian, địa điểm",
        ),
        MultiFieldPanel(
            [FieldRowPanel([FieldPanel("state"), FieldPanel("moved_from")]), FieldPanel("state_reason")],
            heading="Dời, hủy",
        ),
        FieldPanel("summary"),
        *text_panels,
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("body", boost=1),
        index.SearchField("place", boost=1),
        index.SearchField("organiser", boost=1),
    ]

    template = "sections/event_page.html"
    is_news = True
    icon_name = "date"
    review_rule = ""
    page_description = "Sự kiện có ngày giờ, địa điểm; vào lịch của trang, người đọc đưa được vào lịch điện thoại."
    dublin_core_type = "Event"
    retention_class = "notice"
    schema_type = "Event"

    class Meta:
        verbose_name = "sự kiện"
        verbose_name_plural = "sự kiện"

    @classmethod
    def defaults_for(cls, site, user):
        """Who runs the site organises it."""
        known = super().defaults_for(site, user)
        unit = known.get("responsible_unit")
        return {**known, "organiser": unit.full_name} if unit is not None else known

    # --- In lists ---------------------------------------------------------------------------------

    def own_facts(self):
        own = super().own_facts()
        more = {
            "at": self.starts_at and self.starts_at.isoformat("minutes"),
            "until": self.ends_at and self.ends_at.isoformat("minutes"),
            "place": self.place,
            "by": self.organiser,
            "who": self.who_may_come,
            "state": self.state,
            "why": self.state_reason,
            "from": self.moved_from and self.moved_from.isoformat(),
        }
        return replace(
            own,
            starts_on=self.starts_on,
            ends_on=self.ends_on or self.starts_on,
            more=own.more | {name: value for name, value in more.items() if value},
        )

    @classmethod
    def labels(cls, own, on):
        """A list says on which day it is, and what became of it."""
        if own.starts_on is None:
            return _("Sự kiện"), ""
        day = format_short(own.starts_on)
        state = own.more.get("state")
        if state == cls.State.CANCELLED:
            return _("Sự kiện"), _("Đã hủy (%(day)s)") % {"day": day}
        if own.ends_on is not None and own.ends_on < on:
            return _("Sự kiện"), _("Đã qua (%(day)s)") % {"day": day}
        text = _("Dời sang ngày %(day)s") if state == cls.State.MOVED else _("Ngày %(day)s")
        return _("Sự kiện"), text % {"day": day}

    # --- Showing ----------------------------------------------------------------------------------

    def get_context(self, request, *args, **kwargs):
        """Add `event`, its `hours`, and `calendar_url`, where it is had for one's own calendar."""
        context = super().get_context(request, *args, **kwargs)
        event = events.of_page(self)
        frame = context["frame"]
        if frame.canonical_url:
            frame.structured_data |= self._as_schema(event)
        address = self.get_url(request) or ""
        return {
            **context,
            "event": event,
            "hours": events.hours(event),
            "calendar_url": f"{address}{CALENDAR}/" if address else "",
        }

    def route(self, request, path_components):
        if self.live and path_components == [CALENDAR]:
            return RouteResult(self, kwargs={"as_calendar": True})
        return super().route(request, path_components)

    def serve(self, request, as_calendar=False):
        if not as_calendar:
            return super().serve(request)
        if elsewhere := self.redirect_to_successor(request):
            return elsewhere
        return mark_public(self.calendar(), self.cache_sites())

    def calendar(self):
        """Return the event for one's own calendar."""
        event = events.of_page(take_from_source(self))
        return lines.answer(self.title, [events.entry_of(event)], "su-kien")

    @property
    def has_passed(self) -> bool:
        last = self.ends_on or self.starts_on
        return last is not None and last < timezone.localdate()

    def attributes(self) -> list[tuple[str, str]]:
        """Return (label, value) of what the page shows as a table, empty ones left out."""
        rows = [
            (_("Địa điểm"), self.place),
            (_("Đơn vị tổ chức"), self.organiser),
            (_("Ai được dự"), self.who_may_come),
        ]
        return [(label, value) for label, value in rows if value]

    def _as_schema(self, event: events.Event) -> dict:
        """The event in the words of schema.org; days without an hour as dates."""
        status = {
            self.State.MOVED: "EventRescheduled",
            self.State.CANCELLED: "EventCancelled",
        }.get(self.state, "EventScheduled")
        data = {
            "startDate": _iso(event.starts_on, event.starts_at),
            "endDate": _iso(event.ends_on, event.ends_at),
            "eventStatus": f"https://schema.org/{status}",
            "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
            "previousStartDate": self.moved_from.isoformat() if self.moved_from else "",
            "location": {"@type": "Place", "name": self.place, "address": self.place} if self.place else None,
            "organizer": {"@type": "Organization", "name": self.organiser} if self.organiser else None,
        }
        return {name: value for name, value in data.items() if value}

    # --- Before it is public ----------------------------------------------------------------------

    def clean(self):
        super().clean()
        errors = wrong_order(self, "starts_on", "ends_on", "Ngày cuối phải từ ngày đầu trở đi; hãy sửa một trong hai.")
        if self.ends_at is not None and self.starts_at is None:
            errors["starts_at"] = "Có giờ kết thúc thì phải có giờ bắt đầu; hãy điền, hoặc xóa giờ kết thúc."
        elif self.ends_at is not None and self.ends_on in (None, self.starts_on) and self.ends_at <= self.starts_at:
            errors["ends_at"] = "Giờ kết thúc phải sau giờ bắt đầu; hãy sửa, hoặc ghi ngày cuối."
        if errors:
            raise ValidationError(errors)

    def preflight(self):
        wanted = {
            "place": "Thiếu địa điểm; hãy ghi nơi tổ chức, hoặc «Trực tuyến».",
            "organiser": "Thiếu đơn vị tổ chức.",
            "who_may_come": "Chưa ghi ai được dự; ví dụ «Mọi người».",
        }
        if self.state != self.State.PLANNED:
            wanted["state_reason"] = "Sự kiện dời hoặc hủy phải có lý do; hãy ghi vì sao."
        if self.state == self.State.MOVED:
            wanted["moved_from"] = "Sự kiện đã dời phải ghi ngày đã báo trước; hãy điền ngày."
        return super().preflight() + missing(self, wanted) + self._unsaid_change()

    def _unsaid_change(self) -> list[Finding]:
        """An event that was announced for another day says that it moved."""
        if self.state != self.State.PLANNED or not self.pk or not self.live:
            return []
        before = EventPage.objects.filter(pk=self.pk).values_list("starts_on", flat=True).first()
        if before in (None, self.starts_on):
            return []
        return [
            Finding(
                "blocker",
                "state",
                f"Đã báo ngày {format_short(before)}, nay là {format_short(self.starts_on)}: hãy chọn «Đã dời», ghi "
                "ngày đã báo trước và lý do.",
            )
        ]


def _iso(day, hour: time | None) -> str:
    if hour is None:
        return day.isoformat()
    return timezone.make_aware(datetime.combine(day, hour)).isoformat()
