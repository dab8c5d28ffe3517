"""Signed score sheets as data for the province (NĐ 224/2026/NĐ-CP Điều 12): `/api/cham-diem/v1/`, see `openapi.py`.

1. `months`: the months with signed sheets, the sites and their points. 2. `month`: all lines of a month, as they were
signed. 3. `description`: the OpenAPI document. What is not signed is not there.
"""

import re
from datetime import date

from base.models import PortalSite
from base.public.api import Problem, answer, read_only
from base.sites import city_site

from ..models import ScoreSheet
from ..models.score_sheet import percent
from . import openapi, table, versions

MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


@read_only
def months(request):
    """Answer the months with signed sheets, the newest first, each with the points of its sites."""
    found: dict[date, list[dict]] = {}
    for sheet in _signed():
        found.setdefault(sheet.month, []).append(_summary(sheet))
    data = [{"month": f"{month:%Y-%m}", "sheets": rows} for month, rows in found.items()]
    return answer(request, {"months": data}, _sites())


@read_only
def month(request, month: str):
    """Answer the signed sheets of a month with their lines."""
    parts = MONTH.fullmatch(month)
    if parts is None:
        raise Problem(400, "Tháng phải viết dạng 2026-11.")
    sheets = _signed().filter(month=date(int(parts[1]), int(parts[2]), 1))
    rows = [{**_summary(sheet), "lines": [_line(line) for line in sheet.lines.all()]} for sheet in sheets]
    if not rows:
        raise Problem(404, "Tháng này chưa có phiếu chấm điểm nào được ký.")
    return answer(request, {"month": month, "sheets": rows}, _sites())


@read_only
def description(request):
    """Answer the OpenAPI document of this API."""
    return answer(request, openapi.description(), _sites())


def _signed():
    """The signed sheets with their lines, of each the newest version."""
    found = ScoreSheet.objects.signed().counting().select_related("site", "replaces")
    return found.prefetch_related("lines", "replaces__lines")


def _sites() -> list[PortalSite]:
    """The sites whose generation rises when a sheet is signed."""
    return [city_site()]


def _summary(sheet: ScoreSheet) -> dict:
    total = table.sums(sheet)
    return {
        "site": sheet.site.slug,
        "name": sheet.site_name,
        "measured_on": sheet.measured_on.isoformat(),
        "signed_at": sheet.signed_at.isoformat(timespec="seconds"),
        "digest": sheet.digest,
        "version": sheet.version,
        "replaces": sheet.replaces.digest if sheet.is_new_version else None,
        "version_reason": sheet.version_reason or None,
        "changes": versions.changes(sheet),
        "is_illustrative": sheet.is_illustrative,
        "max_points": _number(total.most),
        "points": _number(total.awarded),
        "self_assessed": _number(total.own),
        "percent": percent(total.awarded, total.scored),
    }


def _line(line) -> dict:
    return {
        "criterion": line.criterion,
        "label": line.label,
        "group": line.group,
        "legal_source": line.legal_source,
        "max_points": _number(line.max_points),
        "points": _number(line.awarded),
        "measured": _number(line.measured),
        "self_assessed": _number(line.self_assessed),
        "state": line.shown or None,
        "found": line.found,
        "evidence": [one["address"] for one in line.evidence],
        "note": table.remark(line),
    }


def _number(points) -> float | None:
    return None if points is None else float(points)
