"""The life of a yearly report: drafted from figures, corrected, submitted, approved by another, sent.

1. `prepare` makes the draft and starts its deadline; `recount` counts anew and keeps what people wrote. 2. `write`: a
person corrects figures with a reason and completes the text of a part. 3. `submit`. 4. `approve` by a second person, or
`send_back`. The approved report is sealed with both papers, and nothing of it changes any more. 5. `note_sent`: it went
to the department, which meets the deadline (DL-REPORT: before 1 December).
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from wagtail.log_actions import log

from base.chain.canonical_json import digest
from base.gate import Refused
from base.operations.log_names import person_text
from base.sites import city_site
from vietnam.dates import format_short
from workflows import deadlines
from workflows.archive import copies
from workflows.models import Deadline

from ..models import YearlyFigure, YearlyPart, YearlyReport
from . import counting, papers, rights

State = YearlyReport.State
RULE = "DL-REPORT"
# The rule's event: the report is due the day before (NĐ 43/2011/NĐ-CP Điều 30.5.b).
DUE_BEFORE = (12, 1)
LONGEST_TEXT = 20_000
# As people write numbers: 1.250.000, 3,5, 87,5%.
NUMBER = re.compile(r"\d+(\.\d{3})*(,\d+)? ?%?")
NOT_A_NUMBER = "Hãy ghi một số, ví dụ 0, 1.250 hoặc 3,5; giải thích thì ghi ở ô nhận xét."


# --- 1. The draft --------------------------------------------------------------------------------------


@transaction.atomic
def prepare(year: int, *, by=None, on: date | datetime | None = None, is_illustrative: bool = False) -> YearlyReport:
    """Make the draft of a year from the figures as they are, and start its deadline; return it.

    `by` None: the job. Raises Refused without the right, ValidationError ("year") for a year that has its report and
    for all but this year and the last.
    """
    day = deadlines.local_date(on)
    if by is not None and not rights.may_write(by):
        raise Refused("Chỉ Ban Biên tập và Cơ quan Thường trực lập báo cáo hằng năm.")
    if year not in (day.year - 1, day.year):
        # What sections lack and who has which role is known of today, not of years long past.
        raise ValidationError({"year": f"Chỉ lập được báo cáo của năm {day.year - 1} hoặc {day.year}."})
    report, is_new = YearlyReport.objects.get_or_create(
        year=year, defaults={"counted_on": day, "is_illustrative": is_illustrative}
    )
    if not is_new:
        raise ValidationError({"year": f"Năm {year} đã có báo cáo; hãy mở báo cáo đó."})
    _count(report, day)
    if not deadlines_of(year).exists():
        with suppress(deadlines.NoDeadline):
            # The board may have ended the rule; the report is made all the same.
            deadlines.start(report, RULE, on=event_of(year), by=by, site=city_site(), title=str(report))
    log(instance=report, action="portal.yearly.prepare", user=by, data={"year": year})
    return report


@transaction.atomic
def recount(report: YearlyReport, *, by, on: date | datetime | None = None) -> YearlyReport:
    """Count the figures of a draft anew; what people corrected and wrote stays. Raises Refused."""
    report = _held(report)
    _demand_writable(report, by)
    report.counted_on = deadlines.local_date(on)
    report.save(update_fields=["counted_on"])
    _count(report, report.counted_on)
    log(instance=report, action="portal.yearly.recount", user=by)
    return report


def _count(report: YearlyReport, day: date) -> None:
    """Write what is counted into the parts of a report; parts and figures of an older release stay as they are."""
    parts = {part.key: part for part in report.parts.all()}
    figures = {(figure.part_id, figure.key): figure for part in parts.values() for figure in part.figures.all()}
    new = []
    for place, (key, counted) in enumerate(counting.count(report.year, day).items()):
        part = parts.get(key) or YearlyPart(report=report, key=key)
        part.title, part.sort_order = counting.PARTS[key][0], place
        part.found, part.columns, part.is_suggestion = counted.found, list(counted.columns), key in counting.SUGGESTED
        part.rows = [list(row) for row in counted.rows]
        part.save()
        for order, (name, label, value) in enumerate(counted.figures):
            figure = figures.get((part.pk, name)) or YearlyFigure(part=part, key=name)
            figure.label, figure.sort_order, figure.counted = label, order, value
            figure.as_of = day if name in counted.of_now else None
            if figure.pk is None:
                new.append(figure)
            else:
                figure.save(update_fields=["label", "sort_order", "counted", "as_of"])
    YearlyFigure.objects.bulk_create(new)


def event_of(year: int) -> date:
    """Return the day before which the report of a year is due."""
    return date(year, *DUE_BEFORE)


def deadlines_of(year: int) -> QuerySet[Deadline]:
    """Return the deadlines of a year's report that count, whatever record they were started for."""
    return Deadline.objects.filter(rule__code=RULE, started_on=event_of(year), cancelled=False)


# --- 2. What people write ------------------------------------------------------------------------------


@transaction.atomic
def write(part: YearlyPart, *, text: str, corrections: Mapping[int, tuple[str, str]], by) -> YearlyPart:
    """Keep the text of a part and the corrections of its figures: {key: (figure, reason)}, ("", "") for none.

    Raises Refused unless it is a draft and the user writes it; ValidationError ("text", "value-<key>", "reason-<key>")
    for a figure that is no number, or without the reason why the portal counted otherwise.
    """
    report = _held(part.report)
    _demand_writable(report, by)
    part = report.parts.get(pk=part.pk)
    errors, changed = {}, {}
    if len(text) > LONGEST_TEXT:
        errors["text"] = f"Phần ghi dài quá {LONGEST_TEXT} ký tự; hãy rút gọn."
    for figure in part.figures.all():
        value, reason = (typed.strip() for typed in corrections.get(figure.pk, (figure.corrected, figure.reason)))
        if value and not NUMBER.fullmatch(value) and value != figure.corrected:
            errors[f"value-{figure.pk}"] = NOT_A_NUMBER
        elif value and not _is_same(value, figure.counted) and figure.counted and not reason:
            errors[f"reason-{figure.pk}"] = f"Hãy ghi lý do sửa «{figure.label}»; lý do có trong báo cáo."
        if _is_same(value, figure.counted):
            value = ""
        reason = reason if value else ""
        if (value, reason) != (figure.corrected, figure.reason):
            changed[figure] = (value, reason)
    if errors:
        raise ValidationError(errors)
    for figure, (value, reason) in changed.items():
        if value != figure.corrected:
            # Who edits only the reason leaves the figure another's.
            figure.corrected_by = by if value else None
        figure.corrected, figure.reason = value, reason
        figure.save(update_fields=["corrected", "reason", "corrected_by"])
    if changed or part.text != text.strip():
        report.writers.add(by)
    part.text = text.strip()
    part.save(update_fields=["text"])
    log(instance=report, action="portal.yearly.write", user=by, data={"part": part.key, "figures": len(changed)})
    return part


def _is_same(typed: str, counted: str) -> bool:
    """Whether a number is the one that was counted, with a point after each thousand or without."""
    return typed.replace(".", "") == counted.replace(".", "")


# --- 3. Submission -------------------------------------------------------------------------------------


@transaction.atomic
def submit(report: YearlyReport, *, by, on: datetime | None = None) -> YearlyReport:
    """Submit a draft to a second person; return it. Raises Refused while figures that only people know are missing."""
    report = _held(report)
    _demand_writable(report, by)
    if missing := missing_in(report):
        raise Refused(f"Còn số liệu chưa ghi: «{'», «'.join(missing)}»; hãy ghi (kể cả số 0) rồi trình.")
    report.state, report.submitted_by, report.submitted_at = State.SUBMITTED, by, on or timezone.now()
    report.submitted_by_name, report.returned_note = person_text(by), ""
    report.save(update_fields=["state", "submitted_by", "submitted_by_name", "submitted_at", "returned_note"])
    log(instance=report, action="portal.yearly.submit", user=by)
    return report


def missing_in(report: YearlyReport) -> list[str]:
    """Return the names of the figures that a person is still to give."""
    figures = YearlyFigure.objects.filter(part__report=report, counted="", corrected="")
    return list(figures.order_by("part__sort_order", "sort_order").values_list("label", flat=True))


def not_measured(report: YearlyReport) -> list[str]:
    """Return what a report says that the portal did not measure in its year, a sentence each: for who seals it."""
    figures = [figure for part in report.parts.all() for figure in part.figures.all()]
    given = [
        f"«{figure.label}»: cổng không đo; người lập ghi «{figure.value}»."
        for figure in figures
        if not figure.counted and figure.value
    ]
    return given + [
        f"«{figure.label}»: là hiện trạng ngày {format_short(figure.as_of)}, không phải của năm {report.year}."
        for figure in figures
        if figure.as_of and figure.as_of > report.counted_to
    ]


# --- 4. The second person ------------------------------------------------------------------------------


@transaction.atomic
def send_back(report: YearlyReport, *, by, reason: str) -> YearlyReport:
    """Make a submitted report a draft again, with the reason; return it. Raises Refused, ValidationError ("reason")."""
    report = _held(report)
    _demand_approvable(report, by)
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do trả lại để người lập biết cần sửa gì."})
    report.state, report.submitted_by, report.submitted_by_name, report.submitted_at = State.DRAFT, None, "", None
    report.returned_note = reason.strip()
    report.save(update_fields=["state", "submitted_by", "submitted_by_name", "submitted_at", "returned_note"])
    log(instance=report, action="portal.yearly.send_back", user=by, data={"reason": report.returned_note})
    return report


@transaction.atomic
def approve(report: YearlyReport, *, by, on: datetime | None = None) -> YearlyReport:
    """Approve what another submitted: sealed in the archive with its papers; return it. Raises Refused."""
    report, moment = _held(report), on or timezone.now()
    _demand_approvable(report, by)
    report.state, report.approved_by, report.approved_at = State.APPROVED, by, moment
    report.approved_by_name = person_text(by)
    content = content_of(report)
    report.digest = digest(content)
    copy = copies.seal_record(
        report,
        content,
        approved_by=by,
        submitted_by=report.submitted_by,
        on=moment,
        ground="Duyệt báo cáo rà soát hằng năm",
        files=[(papers.file_name(report, kind), papers.write(report, kind)) for kind in papers.KINDS],
    )
    report.archive_copy = copy.pk
    report.save(update_fields=["state", "approved_by", "approved_by_name", "approved_at", "digest", "archive_copy"])
    log(instance=report, action="portal.yearly.approve", user=by, data={"digest": report.digest})
    return report


def content_of(report: YearlyReport) -> dict:
    """Return what the seal of an approved report covers, as JSON holds it."""
    return {
        "year": report.year,
        "counted_on": report.counted_on.isoformat(),
        "submitted_by": report.submitted_by_name,
        "approved_by": report.approved_by_name,
        "parts": [
            {
                "key": part.key,
                "title": part.title,
                "found": part.found,
                "text": part.text,
                "columns": part.columns,
                "rows": part.rows,
                "figures": [
                    {
                        "key": figure.key,
                        "label": figure.label,
                        "counted": figure.counted,
                        **({"as_of": figure.as_of.isoformat()} if figure.as_of else {}),
                        "corrected": figure.corrected,
                        "reason": figure.reason,
                    }
                    for figure in part.figures.all()
                ],
            }
            for part in report.parts.all()
        ],
    }


def violations() -> list[str]:
    """Return which approved reports are not what was approved (`verify_portal`)."""
    approved = YearlyReport.objects.filter(state=State.APPROVED).prefetch_related("parts__figures")
    return [
        f"{report}: nội dung khác bản đã duyệt." for report in approved if digest(content_of(report)) != report.digest
    ]


# --- 5. To the department ------------------------------------------------------------------------------


@transaction.atomic
def note_sent(
    report: YearlyReport, *, sent_on: date | None, letter: str, by, on: datetime | None = None
) -> YearlyReport:
    """Write down when and by which letter an approved report went to the department; meets its deadline; return it.

    Raises Refused without the right or before it is approved, ValidationError (field → messages).
    """
    report, today = _held(report), deadlines.local_date(on)
    if not rights.may_write(by):
        raise Refused("Chỉ Ban Biên tập và Cơ quan Thường trực ghi việc gửi báo cáo.")
    if not report.is_approved or report.sent_on:
        raise Refused("Chỉ ghi việc gửi một lần, khi báo cáo đã được duyệt.")
    errors, approved_on = {}, timezone.localtime(report.approved_at).date()
    if not letter.strip():
        errors["letter"] = "Hãy ghi số, ký hiệu công văn gửi báo cáo."
    if sent_on is None or not approved_on <= sent_on <= today:
        errors["sent_on"] = f"Ngày gửi phải từ ngày duyệt, {format_short(approved_on)}, đến hôm nay."
    if errors:
        raise ValidationError(errors)
    report.sent_on, report.letter = sent_on, letter.strip()
    report.save(update_fields=["sent_on", "letter"])
    for deadline in deadlines_of(report.year).filter(met_on=None):
        deadlines.meet(deadline, on=sent_on, by=by)
    log(instance=report, action="portal.yearly.send", user=by, data={"letter": report.letter})
    return report


# --- Private -------------------------------------------------------------------------------------------


def _held(report: YearlyReport) -> YearlyReport:
    rows = YearlyReport.objects.select_for_update(of=("self",)).select_related("submitted_by")
    return rows.prefetch_related("parts__figures", "writers").get(pk=report.pk)


def _demand_writable(report: YearlyReport, by) -> None:
    if not rights.may_write(by):
        raise Refused("Chỉ Ban Biên tập và Cơ quan Thường trực lập báo cáo hằng năm.")
    if not report.is_draft:
        raise Refused(f"{report} đã trình hoặc đã duyệt nên không sửa được; người duyệt có thể trả lại để sửa.")


def _demand_approvable(report: YearlyReport, by) -> None:
    if not report.is_submitted:
        raise Refused(f"{report} không chờ duyệt.")
    if not rights.may_approve(by, report):
        raise Refused(
            "Người duyệt thuộc Ban Biên tập thành phố và không phải người đã trình hay đã ghi số liệu, lời văn."
        )
