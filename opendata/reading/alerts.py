"""Alerts as data: those that stand on pages at this moment."""

from datetime import datetime

from django.db.models import Max, OuterRef, Q, Subquery
from django.utils import timezone

from alerts.models import Alert, AlertVersion

from .asked import Asked, Place, Row
from .pages import iso


def read(asked: Asked) -> list[Row]:
    """Return rows of alerts: two queries."""
    newest = AlertVersion.objects.filter(alert=OuterRef("pk")).order_by("-number").values("at")[:1]
    found = Alert.objects.standing(asked.now).filter(starts_at__lte=asked.now).annotate(changed_at=Subquery(newest))
    if asked.one:
        found = found.filter(pk=asked.one)
    if asked.site:
        found = found.filter(
            Q(everywhere=True) | Q(pk__in=Alert.sites.through.objects.filter(portalsite=asked.site).values("alert"))
        )
    if asked.kind:
        found = found.filter(level=asked.kind)
    if asked.since is not None:
        found = found.filter(changed_at__gte=asked.since)
    if asked.after is not None:
        moment, key = asked.after
        found = found.filter(Q(changed_at__gt=moment) | Q(changed_at=moment, pk__gt=key))
    rows = found.order_by("changed_at", "pk").prefetch_related("sites")[: asked.most]
    return [Row(Place(alert.changed_at, alert.pk), _values(alert)) for alert in rows]


def newest() -> datetime | None:
    """Return the last change of an alert that readers saw, or None; one query."""
    return AlertVersion.objects.filter(alert__starts_at__lte=timezone.now()).aggregate(last=Max("at"))["last"]


def turns(now: datetime) -> list[datetime]:
    """Return the moments at which an alert begins or ends by itself: one query."""
    rows = Alert.objects.standing(now).values_list("starts_at", "ends_at")
    return [moment for row in rows for moment in row]


def _values(alert: Alert) -> dict:
    return {
        "id": alert.pk,
        "kind": alert.level,
        "kind_name": alert.get_level_display(),
        "title": alert.title,
        "text": alert.text,
        "title_en": alert.title_en or None,
        "text_en": alert.text_en or None,
        "link": alert.url or None,
        "everywhere": alert.everywhere,
        "sites": sorted(site.slug for site in alert.sites.all()),
        "starts_at": iso(alert.starts_at),
        "ends_at": iso(alert.ends_at),
        "updated_at": iso(alert.changed_at),
    }
