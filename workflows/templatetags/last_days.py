"""How a last day is written wherever one is shown."""

from datetime import date

from django import template

from vietnam.dates import format_short
from workflows import deadlines

register = template.Library()


@register.filter
def last_day(day: date | None) -> str:
    """Write a last day, marked while the calendar of its year is not official: "05/01/2027 (dự kiến)"; "" for none."""
    if day is None:
        return ""
    return f"{format_short(day)} (dự kiến)" if deadlines.calendar().estimated_years(day, day) else format_short(day)
