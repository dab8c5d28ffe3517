"""The events of a site: read from the public index, so that one that is taken down is gone from every list at once."""

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from base.public.index.addresses import Addresses
from base.public.index.items import OwnFacts
from base.queries import sql
from vietnam.dates import format_short

from .lines import CANCELLED, CONFIRMED, Entry

MOST_EVENTS = 300
PLANNED, MOVED, CALLED_OFF = "planned", "moved", "cancelled"
# What lasts is not said: a calendar shows an hour (RFC 5545, 3.6.1 would show a line without length).
USUAL_LENGTH = timedelta(hours=1)
ONE_DAY = timedelta(days=1)
# What stands under a section that is not public is on no list.
BETWEEN = (
    "SELECT i.title, i.summary, p.url_path, i.starts_on, i.ends_on, i.facts, CAST(i.published_at AS TEXT), "
    "CAST(i.updated_at AS TEXT), i.translation_key FROM base_publicitem i "
    "JOIN wagtailcore_page p ON p.id = i.page_id AND p.live WHERE i.site_id = %s AND i.language = %s "
    "AND i.kind = 'sections.EventPage' AND i.starts_on <= %s AND i.ends_on >= %s "
    "AND EXISTS (SELECT 1 FROM base_publicitem s WHERE s.page_id = i.section_id) "
    "ORDER BY i.starts_on, i.page_id LIMIT %s"
)


@dataclass(frozen=True)
class Event:
    """One event as lists and calendars say it. `own`: its facts (`EventPage.own_facts`); `key` is its for good.

    `url`: its address for the reader of this answer, `full_url`: with its host.
    """

    title: str
    summary: str
    url: str
    full_url: str
    own: OwnFacts
    published_at: datetime | None
    updated_at: datetime | None
    key: str

    @property
    def starts_on(self) -> date:
        return self.own.starts_on

    @property
    def ends_on(self) -> date:
        return self.own.ends_on or self.own.starts_on

    @property
    def starts_at(self) -> time | None:
        """The hour on the first day, None for what lasts whole days."""
        return _hour(self.own, "at")

    @property
    def ends_at(self) -> time | None:
        return _hour(self.own, "until")

    @property
    def place(self) -> str:
        return self.own.more.get("place", "")

    @property
    def state(self) -> str:
        return self.own.more.get("state", PLANNED)

    @property
    def is_cancelled(self) -> bool:
        return self.state == CALLED_OFF

    @property
    def change(self) -> str:
        """What changed and why, "" for an event as it was announced."""
        return change_as_text(self.own)


def between(site, language: str, first: date, last: date, request=None) -> list[Event]:
    """Return the public events of a site in a language that fall on days from `first` to `last`, the earliest first."""
    addresses = Addresses(request)
    found = []
    for title, summary, path, starts, ends, facts, published, updated, key in sql.read(
        BETWEEN, [site.pk, language, last, first, MOST_EVENTS]
    ):
        own = OwnFacts(starts_on=sql.day(starts), ends_on=sql.day(ends), more=json.loads(facts) if facts else {})
        moments = sql.moment(published), sql.moment(updated)
        found.append(Event(title, summary, addresses.of(path), addresses.full(path), own, *moments, key))
    return found


def of_page(page) -> Event:
    """Return the event that a page announces."""
    address = page.full_url or ""
    moments = page.first_published_at, page.last_published_at
    return Event(page.title, page.summary, address, address, page.own_facts(), *moments, str(page.translation_key))


def hours(event: Event) -> str:
    """Return the hours of an event as text: "08:00 – 11:00", "08:00"; "" for whole days."""
    if event.starts_at is None:
        return ""
    times = [event.starts_at, *([event.ends_at] if event.ends_at else [])]
    return " – ".join(f"{one:%H:%M}" for one in times)


def change_as_text(own: OwnFacts) -> str:
    """Return what changed and why, from the facts of an event."""
    why = own.more.get("why", "")
    if own.more.get("state") == CALLED_OFF:
        return _("Đã hủy: %(why)s") % {"why": why}
    if own.more.get("state") == MOVED:
        before = sql.day(own.more.get("from"))
        return _("Dời từ ngày %(day)s: %(why)s") % {"day": format_short(before) if before else "", "why": why}
    return ""


def entry_of(event: Event) -> Entry:
    """Return an event as a calendar writes it; a cancelled one stays in it as cancelled."""
    start, end = _span(event)
    more = event.own.more
    details = [
        event.change,
        event.summary,
        f"{_('Đơn vị tổ chức')}: {more['by']}" if more.get("by") else "",
        f"{_('Ai được dự')}: {more['who']}" if more.get("who") else "",
    ]
    published, updated = event.published_at or timezone.now(), event.updated_at or timezone.now()
    return Entry(
        uid=f"su-kien-{event.key}",
        stamp=updated,
        start=start,
        end=end,
        title=f"{_('Đã hủy')}: {event.title}" if event.is_cancelled else event.title,
        place=event.place,
        details=tuple(filter(None, details)),
        url=event.full_url,
        status=CANCELLED if event.is_cancelled else CONFIRMED,
        # Grows with each publication: the seconds since the first.
        sequence=max(0, int((updated - published).total_seconds())),
    )


def _span(event: Event) -> tuple:
    """Return when an event begins and ends: two moments, or the first day and the one after the last."""
    if event.starts_at is None:
        return event.starts_on, event.ends_on + ONE_DAY
    start = timezone.make_aware(datetime.combine(event.starts_on, event.starts_at))
    if event.ends_at is not None:
        return start, timezone.make_aware(datetime.combine(event.ends_on, event.ends_at))
    if event.ends_on > event.starts_on:
        return start, timezone.make_aware(datetime.combine(event.ends_on + ONE_DAY, time.min))
    return start, start + USUAL_LENGTH


def _hour(own: OwnFacts, name: str) -> time | None:
    value = own.more.get(name)
    return time.fromisoformat(value) if value else None
