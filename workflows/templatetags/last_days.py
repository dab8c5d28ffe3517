"""How a last day is written wherever one is shown."""

from datetime import date

from django import template

from vietnam.dates import format_short

from .. import deadlines
from ..deadlines import WorkingCalendar

register = template.Library()


@register.simple_tag
def working_calendar() -> WorkingCalendar:
    """Return the calendar as it stands, to be read once for a whole list: {% working_calendar as days %}."""
    return deadlines.calendar()


@register.filter
def last_day(day: date | None, days: WorkingCalendar) -> str:
    """Write a last day, marked while the calendar of its year is not official: "05/01/2027 (dự kiến)"; "" for none."""
    if day is None:
        return ""
    return f"{format_short(day)} (dự kiến)" if days.estimated_years(day, day) else format_short(day)
