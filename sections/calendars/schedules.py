"""The leaders' working schedules of a section as a calendar to subscribe to.

A calendar program reads it again by itself, so that a changed or cancelled item reaches all who follow it. Written
straight from the rows of live pages, as the feeds are.
"""

from datetime import datetime, time, timedelta

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from ..models.schedule import ScheduleItem, WorkSchedulePage
from .lines import Entry, answer

# How far back the calendar reaches; older weeks stay on their pages.
BACK = timedelta(days=28)
MOST_ITEMS = 500
USUAL_LENGTH = timedelta(hours=1)
ONE_DAY = timedelta(days=1)


def section_calendar(section) -> HttpResponse:
    """Return the items of the live schedules of a section index, from four weeks ago on, at most 500."""
    weeks = WorkSchedulePage.objects.child_of(section).live().defer_streamfields()
    by_key = {week.pk: week for week in weeks}
    items = ScheduleItem.objects.filter(page_id__in=by_key, on__gte=timezone.localdate() - BACK)
    found = list(items.order_by("on", "starts_at", "sort_order")[:MOST_ITEMS])
    address, ends = section.full_url, _ends(found)
    entries = []
    for item in found:
        week = by_key[item.page_id]
        entries.append(_entry(item, week, address + week.url_path.removeprefix(section.url_path), ends[item.pk]))
    return answer(f"{_('Lịch công tác')} – {section.portal_site.name}", entries, "lich-cong-tac")


def _entry(item: ScheduleItem, week: WorkSchedulePage, url: str, end) -> Entry:
    details = [f"{_('Thành phần')}: {item.attending}"] if item.attending else []
    if item.is_changed:
        details.append(f"{_('Có thay đổi')}: {item.change_note}")
    return Entry(
        uid=f"lich-{week.translation_key}-{item.pk}",
        stamp=week.last_published_at,
        start=item.on if item.starts_at is None else _start(item),
        end=end,
        title=f"{item.leader}: {item.content}",
        place=item.place,
        details=tuple(details),
        url=url,
    )


def _start(item: ScheduleItem) -> datetime:
    return timezone.make_aware(datetime.combine(item.on, item.starts_at))


def _ends(items: list[ScheduleItem]) -> dict:
    """When items end, which the schedule does not say: after an hour, or when the same person has the next one.

    Without an end programs show a line that lasts no time (RFC 5545, 3.6.1); an item of a whole day ends with it.
    """
    ends, following = {}, {}
    for item in sorted(items, key=lambda item: (item.on, item.starts_at or time.min), reverse=True):
        if item.starts_at is None:
            ends[item.pk] = item.on + ONE_DAY
            continue
        start = _start(item)
        after = following.get(item.leader, start)
        ends[item.pk] = min(start + USUAL_LENGTH, after) if after > start else start + USUAL_LENGTH
        following[item.leader] = start
    return ends
