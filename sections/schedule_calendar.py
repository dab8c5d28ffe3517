"""The leaders' working schedules of a section as a calendar to subscribe to (iCalendar, RFC 5545).

A calendar program reads it again by itself, so that a changed or cancelled item reaches all who follow it. Written
straight from the rows of live pages, as the feeds are.
"""

from datetime import UTC, datetime, time, timedelta

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from .models.schedule import ScheduleItem, WorkSchedulePage

CONTENT_TYPE = "text/calendar; charset=utf-8"
# How far back the calendar reaches; older weeks stay on their pages.
BACK = timedelta(days=28)
MOST_ITEMS = 500
USUAL_LENGTH = timedelta(hours=1)
# RFC 5545, 3.1: the most octets of a line, without its end.
LINE_OCTETS = 75
LINE = "\n"
ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


def section_calendar(section) -> HttpResponse:
    """Return the items of the live schedules of a section index, from four weeks ago on, at most 500."""
    weeks = WorkSchedulePage.objects.child_of(section).live().defer_streamfields()
    by_key = {week.pk: week for week in weeks}
    items = ScheduleItem.objects.filter(page_id__in=by_key, on__gte=timezone.localdate() - BACK)
    address = section.full_url
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Long Xuyen//Lich cong tac//VI",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{escape(_('Lịch công tác'))} – {escape(section.portal_site.name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "X-PUBLISHED-TTL:PT6H",
    ]
    found = list(items.order_by("on", "starts_at", "sort_order")[:MOST_ITEMS])
    ends = _ends(found)
    for item in found:
        week = by_key[item.page_id]
        lines += _event(item, week, address + week.url_path.removeprefix(section.url_path), ends[item.pk])
    lines.append("END:VCALENDAR")
    response = HttpResponse("".join(f"{fold(line)}\r\n" for line in lines), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = 'inline; filename="lich-cong-tac.ics"'
    return response


def escape(text: str) -> str:
    r"""Return a text as a value of iCalendar: "a, b; c" -> "a\, b\; c"."""
    return text.translate(ESCAPES)


def fold(line: str) -> str:
    """Return a line broken at 75 octets, never inside a letter; what follows begins with a space."""
    parts, size = [""], 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > LINE_OCTETS:
            parts.append(" ")
            size = 1
        parts[-1] += letter
        size += octets
    return "\r\n".join(parts)


def subscription(url: str) -> str:
    """Return the address by which a calendar program subscribes: "https://x/ical/" -> "webcal://x/ical/"."""
    return f"webcal://{url.partition('://')[2]}" if "://" in url else url


def _event(item: ScheduleItem, week: WorkSchedulePage, url: str, end: str) -> list[str]:
    """The lines of one item."""
    details = [f"{_('Thành phần')}: {item.attending}"] if item.attending else []
    if item.is_changed:
        details.append(f"{_('Có thay đổi')}: {item.change_note}")
    lines = [
        "BEGIN:VEVENT",
        f"UID:lich-{week.translation_key}-{item.pk}",
        f"DTSTAMP:{_moment(week.last_published_at)}",
        _start(item),
        end,
        f"SUMMARY:{escape(item.leader)}: {escape(item.content)}",
    ]
    if item.place:
        lines.append(f"LOCATION:{escape(item.place)}")
    if details:
        lines.append(f"DESCRIPTION:{escape(LINE.join(details))}")
    return [*lines, f"URL:{url}", "END:VEVENT"]


def _start(item: ScheduleItem) -> str:
    if item.starts_at is None:
        return f"DTSTART;VALUE=DATE:{item.on:%Y%m%d}"
    return f"DTSTART:{_moment(timezone.make_aware(datetime.combine(item.on, item.starts_at)))}"


def _ends(items: list[ScheduleItem]) -> dict[int, str]:
    """When items end, which the schedule does not say: after an hour, or when the same person has the next one.

    Without an end programs show a line that lasts no time (RFC 5545, 3.6.1); an item of a whole day ends with it.
    """
    ends, following = {}, {}
    for item in sorted(items, key=lambda item: (item.on, item.starts_at or time.min), reverse=True):
        if item.starts_at is None:
            ends[item.pk] = f"DTEND;VALUE=DATE:{item.on + timedelta(days=1):%Y%m%d}"
            continue
        start = timezone.make_aware(datetime.combine(item.on, item.starts_at))
        after = following.get(item.leader, start)
        ends[item.pk] = f"DTEND:{_moment(min(start + USUAL_LENGTH, after) if after > start else start + USUAL_LENGTH)}"
        following[item.leader] = start
    return ends


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
