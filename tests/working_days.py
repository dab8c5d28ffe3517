"""The working calendar as tests change it: proposed by one person, agreed to by another, in one line."""

from datetime import date

from accounts.models import User
from workflows import deadlines
from workflows.models import CalendarDay, Deadline


def set_day(
    day: date, *, kind: str, name: str, legal_source: str = "", confirmed: bool = True, by, on=None
) -> CalendarDay:
    """Add or change one day of the calendar."""
    wanted = CalendarDay(date=day, kind=kind, name=name, legal_source=legal_source, confirmed=confirmed)
    deadlines.change_days([wanted], by=by, agreed_by=other_than(by), on=on)
    return CalendarDay.objects.get(date=day)


def remove_day(day: date, *, by, on=None) -> list[Deadline]:
    """Make a day an ordinary one again; return the clocks that moved."""
    return deadlines.change_days([], [day], by=by, agreed_by=other_than(by), on=on)


def other_than(person) -> User:
    """Somebody else; made where there is nobody."""
    found = User.objects.exclude(pk=person.pk).order_by("pk").first()
    return found or User.objects.create(username="nguoi-thu-hai")
