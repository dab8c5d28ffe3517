"""Completeness and timeliness as data (NĐ 224/2026/NĐ-CP Điều 12): the lines of the score sheets that are signed."""

from datetime import datetime
from decimal import Decimal

from django.db.models import Max, Q

from reporting.models import ScoreLine, ScoreSheet

from .asked import Asked, Place, Row
from .pages import iso


def read(asked: Asked) -> list[Row]:
    """Return a row for each criterion of the sheets that count: one query."""
    found = ScoreLine.objects.filter(sheet__in=ScoreSheet.objects.signed().counting())
    if asked.one:
        found = found.filter(pk=asked.one)
    if asked.site:
        found = found.filter(sheet__site=asked.site)
    if asked.kind:
        found = found.filter(criterion=asked.kind)
    if asked.since is not None:
        found = found.filter(sheet__signed_at__gte=asked.since)
    if asked.after is not None:
        moment, key = asked.after
        found = found.filter(Q(sheet__signed_at__gt=moment) | Q(sheet__signed_at=moment, pk__gt=key))
    rows = found.select_related("sheet__site").order_by("sheet__signed_at", "pk")[: asked.most]
    return [Row(Place(line.sheet.signed_at, line.pk), _values(line)) for line in rows]


def newest() -> datetime | None:
    """Return when the last sheet was signed, or None; one query."""
    return ScoreSheet.objects.signed().aggregate(last=Max("signed_at"))["last"]


def _values(line: ScoreLine) -> dict:
    sheet = line.sheet
    return {
        "id": line.pk,
        "month": f"{sheet.month:%Y-%m}",
        "site": sheet.site.slug,
        "site_name": sheet.site_name,
        "kind": line.criterion,
        "kind_name": line.label,
        "group": line.group,
        "legal_source": line.legal_source,
        "max_points": _number(line.max_points),
        "points": _number(line.awarded),
        "self_assessed": _number(line.self_assessed),
        "state": line.shown or None,
        "state_name": line.get_shown_display() or None,
        "found": line.found,
        "version": sheet.version,
        "digest": sheet.digest,
        "is_illustrative": sheet.is_illustrative,
        "measured_on": iso(sheet.measured_on),
        "updated_at": iso(sheet.signed_at),
    }


def _number(points: Decimal | None) -> float | None:
    return None if points is None else float(points)
