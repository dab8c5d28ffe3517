"""Alerts that stand, for tests: raised by the head, for every site or for some."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from alerts import raising
from alerts.contents import Content


def content(**changes) -> Content:
    """An alert for every site, for twelve hours from now."""
    values = {"level": "warning", "title": "Triều cường", "text": "Tránh đường ven sông.", "everywhere": True}
    if "sites" in changes:
        values["everywhere"] = False
        changes["sites"] = tuple(site.pk for site in changes["sites"])
    return Content(**{"ends_at": timezone.now() + timedelta(hours=12), **values, **changes})


def stand(by=None, reason="Nước lên nhanh.", **changes):
    """Raise an alert at once; return it."""
    by = by or User.objects.get(username="truong-ban")
    return raising.raise_alert(content(**changes), by=by, reason=reason)
