"""The score sheets: measured each morning, assessed, corrected with a reason, submitted, signed by the head, sealed.

1. `measure`: the job measures the open sheets of a month, and makes those that are not there yet; `measure_again`: a
person does. 2. `assess`: the site's people say what they give themselves. 3. `correct`: the standing office puts points
in the place of those that were measured, and says why. 4. `submit`: the sheet waits for the head as it is; `send_back`
opens it again. 5. `sign`: another person signs; the sheet is sealed in the archive with its table as XLSX and PDF, and
nothing changes any more. 6. `versions`: what was signed with a mistake is replaced by a new version, which goes through
3 to 5.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from wagtail.log_actions import log

from base.chain.canonical_json import digest
from base.gate import Refused
from base.models import PortalSite
from base.operations.log_names import person_text
from base.public.index import readers_see_changed
from base.sites import city_site, sites_held
from vietnam.dates import format_short
from workflows import deadlines
from workflows.archive import copies

from ..models import ScoreLine, ScoreSheet
from ..models.score_sheet import first_of_month
from . import matrix, rights, table, versions
from .measuring import Measured, Measuring, last_day_of, month_before

State = ScoreSheet.State
NO_REASON = "Hãy ghi lý do sửa điểm; lý do có trên phiếu."
MEASURED_BY = "Chỉ Cơ quan Thường trực và Ban Biên tập đo lại phiếu chấm điểm."
COPIED = ("label", "group", "legal_source", "sort_order", "max_points")


# --- 1. Measuring ------------------------------------------------------------------------------------


@transaction.atomic
def measure(month: date, *, on: date | datetime | None = None, sites: Sequence[PortalSite] = ()) -> list[ScoreSheet]:
    """Measure the sheets of a month as it stands on a day (today), and return those that are open.

    `month`: any day of it. Makes the sheets of sites that have none; what was submitted or signed stays. A month that
    is over is measured as of its last day where the rows say what was then: the deadlines; sections as they are now.
    """
    today, first = deadlines.local_date(on), first_of_month(month)
    if first > today:
        raise ValidationError({"month": f"Tháng {first:%m/%Y} chưa bắt đầu; hãy chọn tháng này hoặc tháng đã qua."})
    day = min(today, last_day_of(first))
    with sites_held():
        sites = list(sites) or matrix.open_sites()
        # A new version of a signed sheet stays as it was measured then; people correct it.
        first_versions = ScoreSheet.objects.select_for_update().filter(month=first, version=1)
        known = {sheet.site_id: sheet for sheet in first_versions}
        to_measure = [site for site in sites if site.pk not in known or known[site.pk].is_open]
        measuring = Measuring(to_measure, first, day)
        return [_measured(known.get(site.pk), site, first, day, measuring) for site in to_measure]


@transaction.atomic
def measure_again(month: date, *, by, on: datetime | None = None) -> list[ScoreSheet]:
    """Measure the open sheets of a month now, without waiting for the morning; return them.

    Raises Refused without the right, ValidationError for a month that is not begun.
    """
    if not rights.may_score(by):
        raise Refused(MEASURED_BY)
    measured = measure(month, on=on)
    for sheet in measured:
        log(instance=sheet, action="portal.score.measure", user=by)
    return measured


def measure_due(*, on: datetime) -> list[ScoreSheet]:
    """Measure this month, and in its first days once more the last one where a sheet of it is still open; the job."""
    today = deadlines.local_date(on)
    measured = measure(today, on=on)
    before = month_before(first_of_month(today))
    unfinished = ScoreSheet.objects.filter(month=before, version=1, measured_on__lt=last_day_of(before))
    if not unfinished.filter(state=State.OPEN):
        return measured
    return [*measured, *measure(before, on=on)]


def _measured(sheet: ScoreSheet | None, site: PortalSite, month: date, day: date, measuring: Measuring) -> ScoreSheet:
    if sheet is None:
        sheet = ScoreSheet.objects.create(site=site, site_name=site.name, month=month, measured_on=day)
    sheet.site, sheet.site_name, sheet.measured_on = site, site.name, day
    sheet.save(update_fields=["site_name", "measured_on"])
    lines = {line.criterion: line for line in sheet.lines.all()}
    new, changed = [], []
    for criterion, measured in measuring.of(site):
        line = lines.pop(criterion.code, None)
        (new if line is None else changed).append(_line(line, sheet, criterion, measured))
    ScoreLine.objects.bulk_create(new)
    ScoreLine.objects.bulk_update(changed, [*COPIED, "measured", "shown", "found", "evidence"])
    return sheet


def _line(line: ScoreLine | None, sheet: ScoreSheet, criterion, measured: Measured) -> ScoreLine:
    line = line or ScoreLine(sheet=sheet, criterion=criterion.code)
    for name in COPIED:
        setattr(line, name, getattr(criterion, name))
    line.measured, line.shown, line.found = measured.points, measured.shown, measured.found[:500]
    line.evidence = measured.evidence
    return line


# --- 2. The site's own assessment --------------------------------------------------------------------


@transaction.atomic
def assess(sheet: ScoreSheet, points: dict[int, Decimal | None], *, by) -> ScoreSheet:
    """Write down what a site gives itself: {key of a line: points, None for none}; return the sheet.

    Raises ValidationError by the name "line-<key>" where points are beyond what the criterion gives.
    """
    sheet = _held(sheet)
    if not rights.may_assess(by, sheet):
        raise Refused("Chỉ người soạn bài của trang tự đánh giá được, khi phiếu đang chấm.")
    lines = {line.pk: line for line in sheet.lines.filter(pk__in=points)}
    wrong = {f"line-{pk}": _beyond(line) for pk, line in lines.items() if _is_beyond(points[pk], line)}
    if wrong:
        raise ValidationError(wrong)
    for pk, line in lines.items():
        line.self_assessed = points[pk]
    ScoreLine.objects.bulk_update(lines.values(), ["self_assessed"])
    sheet.writers.add(by)
    log(instance=sheet, action="portal.score.assess", user=by, data={"lines": len(lines)})
    return sheet


# --- 3. Corrections ----------------------------------------------------------------------------------


@transaction.atomic
def correct(line: ScoreLine, *, by, points: Decimal | None, reason: str, note: str = "") -> ScoreLine:
    """Put points in the place of those that were measured, with the reason; None takes a correction back.

    `note` is that of the official table. Raises ValidationError without a reason or beyond the points of the criterion.
    """
    sheet, reason = _held(line.sheet), reason.strip()
    if not rights.may_score(by) or not sheet.is_open:
        raise Refused("Chỉ Cơ quan Thường trực và Ban Biên tập sửa điểm, khi phiếu chưa trình ký.")
    line = sheet.lines.select_for_update().get(pk=line.pk)
    if _is_beyond(points, line):
        raise ValidationError({"points": _beyond(line)})
    if points is not None and not reason:
        raise ValidationError({"reason": NO_REASON})
    before, former = line.corrected, (line.corrected, line.correction_reason, line.note)
    line.corrected, line.note = points, note.strip()
    line.correction_reason = reason if points is not None else ""
    if former == (line.corrected, line.correction_reason, line.note):
        return line
    if points is None or (before, former[1]) != (points, line.correction_reason):
        # Who edits only the note leaves the points another's.
        line.corrected_by = by if points is not None else None
    line.save(update_fields=["corrected", "note", "correction_reason", "corrected_by"])
    sheet.writers.add(by)
    if before != points:
        detail = {"criterion": line.criterion, "before": _text_of(before), "after": _text_of(points)}
        log(instance=sheet, action="portal.score.correct", user=by, data=detail)
    return line


def waiting_lines(found: QuerySet, month: date) -> list[ScoreLine]:
    """Return the lines of the open sheets of a month to which a person is still to give points, criterion by criterion.

    `found`: the sheets that are asked about.
    """
    lines = ScoreLine.objects.filter(
        sheet__in=found.filter(month=month, state=State.OPEN), measured=None, corrected=None
    )
    return list(lines.select_related("sheet").order_by("criterion", "sheet__site_name", "pk"))


@transaction.atomic
def score_waiting(lines: Iterable[ScoreLine], *, by, points: Decimal | None, reason: str) -> list[ScoreLine]:
    """Give lines that wait for points the same ones, with one reason, all of them or none; return the lines.

    Raises as `correct` does, Refused where one has points by now, and ValidationError without points or a line.
    """
    lines = list(lines)
    wrong = {} if points is not None else {"points": "Hãy ghi điểm."}
    wrong |= {} if reason.strip() else {"reason": NO_REASON}
    wrong |= {} if lines else {"left_out": "Mọi trang đều bị trừ ra; hãy bỏ đánh dấu ít nhất một trang."}
    if wrong:
        raise ValidationError(wrong)
    held = {line.pk: line for sheet in _all_held(line.sheet for line in lines) for line in sheet.lines.all()}
    if scored := [line.sheet.site_name for line in lines if not held[line.pk].waits_for_points]:
        raise Refused(f"Tiêu chí này vừa có điểm ở {', '.join(scored)}; hãy mở lại để ghi cho các trang còn chờ.")
    return [correct(line, by=by, points=points, reason=reason, note=held[line.pk].note) for line in lines]


def _text_of(points: Decimal | None) -> str:
    return "" if points is None else str(points)


def _is_beyond(points: Decimal | None, line: ScoreLine) -> bool:
    return points is not None and not 0 <= points <= line.max_points


def _beyond(line: ScoreLine) -> str:
    return f"Điểm phải từ 0 đến {table.points(line.max_points)}; hãy sửa lại."


# --- 4. Submission -----------------------------------------------------------------------------------


@transaction.atomic
def submit(sheets: Iterable[ScoreSheet], *, by, on: datetime | None = None) -> list[ScoreSheet]:
    """Submit open sheets to the head; return them.

    Raises Refused while points of a person are missing in one, and before it was measured to the end of its month.
    """
    if not rights.may_score(by):
        raise Refused("Chỉ Cơ quan Thường trực và Ban Biên tập trình phiếu chấm điểm.")
    moment, found = on or timezone.now(), _all_held(sheets)
    _demand(found, State.OPEN, "đã được trình hoặc ký")
    for sheet in found:
        if reason := why_not_submit(sheet):
            raise Refused(reason)
        sheet.state, sheet.submitted_by, sheet.submitted_at = State.SUBMITTED, by, moment
        sheet.submitted_by_name, sheet.returned_note = person_text(by), ""
        sheet.save(update_fields=["state", "submitted_by", "submitted_by_name", "submitted_at", "returned_note"])
        log(instance=sheet, action="portal.score.submit", user=by)
    return found


def why_not_submit(sheet: ScoreSheet) -> str:
    """Return what an open sheet lacks before it can be submitted, as a sentence; "" when nothing is missing."""
    missing = [line.label for line in sheet.lines.all() if line.waits_for_points]
    if sheet.measured_on < last_day_of(sheet.month) and not sheet.is_new_version:
        return f"{sheet}: mới đo đến ngày {format_short(sheet.measured_on)}; khi hết tháng hãy đo lại rồi trình."
    if missing:
        return f"{sheet}: chưa có điểm của «{'», «'.join(missing)}»; hãy ghi điểm rồi trình."
    if sheet.is_new_version and not versions.changes(sheet):
        return f"{sheet}: chưa sửa gì so với bản đã ký; hãy sửa điểm hoặc ghi chú rồi trình."
    return ""


@transaction.atomic
def send_back(sheet: ScoreSheet, *, by, reason: str) -> ScoreSheet:
    """Open a submitted sheet again, with the reason; return it."""
    sheet, reason = _held(sheet), reason.strip()
    if not rights.may_sign(by, sheet):
        raise Refused(rights.NOT_RETURNED)
    if not reason:
        raise ValidationError({"reason": "Hãy ghi lý do trả lại để Cơ quan Thường trực biết cần sửa gì."})
    sheet.state, sheet.submitted_by, sheet.submitted_by_name, sheet.submitted_at = State.OPEN, None, "", None
    sheet.returned_note = reason
    sheet.save(update_fields=["state", "submitted_by", "submitted_by_name", "submitted_at", "returned_note"])
    log(instance=sheet, action="portal.score.send_back", user=by, data={"reason": reason})
    return sheet


# --- 5. Signature ------------------------------------------------------------------------------------


@transaction.atomic
def sign(sheets: Iterable[ScoreSheet], *, by, on: datetime | None = None) -> list[ScoreSheet]:
    """Sign submitted sheets: each is sealed in the archive with its tables, and does not change any more; return them.

    Raises Refused for a user who submitted one or wrote anything into it, and while the month is not over.
    """
    moment, found = on or timezone.now(), _all_held(sheets)
    _demand(found, State.SUBMITTED, "không chờ ký")
    for sheet in found:
        if reason := rights.why_not_sign(by, sheet, deadlines.local_date(moment)):
            raise Refused(reason)
        sheet.state, sheet.signed_at = State.SIGNED, moment
        sheet.signed_by, sheet.signed_by_name = by, person_text(by)
        content = content_of(sheet)
        sheet.digest = digest(content)
        copy = copies.seal_record(
            sheet,
            content,
            approved_by=by,
            submitted_by=sheet.submitted_by,
            on=moment,
            ground="Trưởng ban ký phiếu chấm điểm",
            files=[
                (table.file_name([sheet], "xlsx"), table.as_xlsx([sheet])),
                (table.file_name([sheet], "pdf"), table.as_pdf([sheet])),
            ],
        )
        sheet.archive_copy = copy.pk
        sheet.save(update_fields=["state", "signed_by", "signed_by_name", "signed_at", "digest", "archive_copy"])
        log(instance=sheet, action="portal.score.sign", user=by, data={"digest": sheet.digest})
    # The province reads signed sheets as data, which is cached until the city's generation rises.
    readers_see_changed(sites=[city_site()])
    return found


def content_of(sheet: ScoreSheet) -> dict:
    """Return what the seal of a signed sheet covers, as JSON holds it."""
    return {
        **(versions.content_of(sheet) if sheet.is_new_version else {}),
        "site": sheet.site_name,
        "month": f"{sheet.month:%Y-%m}",
        "measured_on": sheet.measured_on.isoformat(),
        "submitted_by": sheet.submitted_by_name,
        "signed_by": sheet.signed_by_name,
        "lines": [
            {
                "criterion": line.criterion,
                "group": line.group,
                "label": line.label,
                "legal_source": line.legal_source,
                "max_points": str(line.max_points),
                "awarded": str(line.awarded),
                "measured": _text_of(line.measured),
                "self_assessed": _text_of(line.self_assessed),
                "shown": line.shown,
                "found": line.found,
                "evidence": line.evidence,
                "reason": line.correction_reason,
                "note": line.note,
            }
            for line in sheet.lines.all()
        ],
    }


def violations() -> list[str]:
    """Return what is wrong with signed sheets: changed since, or without their sealed copy (`verify_portal`)."""
    signed = ScoreSheet.objects.signed().prefetch_related("lines")
    return [f"{sheet}: nội dung khác bản đã ký." for sheet in signed if digest(content_of(sheet)) != sheet.digest]


# --- Private -----------------------------------------------------------------------------------------


def _held(sheet: ScoreSheet) -> ScoreSheet:
    return ScoreSheet.objects.select_for_update(of=("self",)).select_related("site").get(pk=sheet.pk)


def _all_held(sheets: Iterable[ScoreSheet]) -> list[ScoreSheet]:
    """The sheets as they are stored, locked in one order, with their lines."""
    rows = ScoreSheet.objects.select_for_update(of=("self",)).filter(pk__in=[sheet.pk for sheet in sheets])
    return list(rows.select_related("site", "submitted_by").prefetch_related("lines", "writers").order_by("pk"))


def _demand(sheets: list[ScoreSheet], state: str, otherwise: str) -> None:
    if not sheets:
        raise Refused("Không có phiếu nào để làm việc này.")
    for sheet in sheets:
        if sheet.state != state:
            raise Refused(f"{sheet} {otherwise}.")
