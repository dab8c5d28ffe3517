"""All that was written in a form as a spreadsheet, for the people of its site and unit."""

from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from base.tables import xlsx
from sections.models import FormPage
from sections.models.taking_part.form import Question

from ..models import FilledForm, FormVersion
from . import receiving

SUSPECT = "Nghi không phải người gửi"


class _Row(NamedTuple):
    """What one person wrote, by key and wording of the questions."""

    filled: FilledForm
    version: FormVersion
    answers: dict[tuple[str, str], str]


@transaction.atomic
def as_xlsx(page: FormPage, *, by) -> bytes:
    """Return what a person may read of a form as an XLSX file, in the order in which it came; the export is logged.

    A column for each question, of all versions that were answered, the newest first; what was erased is left out. The
    purposes are those that the senders have agreed to, whatever the form says now. What may be a program's is marked.
    """
    rows = list(receiving.visible_to(by).filter(page=page, purged_at=None).order_by("received_at", "pk"))
    log(instance=page, action="portal.form.exported", user=by, data={"answers": len(rows)})
    answered = FormVersion.objects.filter(pk__in={filled.version_id for filled in rows}).order_by("-made_at", "-pk")
    asked = {version: version.asked() for version in answered}
    columns = [
        ("Số", 18, lambda row: row.filled.number),
        ("Tiếp nhận lúc", 18, lambda row: f"{timezone.localtime(row.filled.received_at):%d/%m/%Y %H:%M}"),
        ("Phiên bản từ", 18, lambda row: f"{timezone.localtime(row.version.made_at):%d/%m/%Y %H:%M}"),
        ("Lưu ý", 26, lambda row: SUSPECT if row.filled.is_suspect else ""),
        # A question that is worded otherwise is another column.
        *((label, 36, partial(_answer, (key, label))) for key, label in _worded(*asked.values())),
    ]
    purposes = dict.fromkeys(version.purpose for version in asked)
    lines = [f"Biểu mẫu: {page.title}", f"Số lượt gửi: {len(rows)}", *(f"Mục đích: {purpose}" for purpose in purposes)]
    return xlsx.write([xlsx.sheet("Biểu mẫu", lines, columns, _read(rows, asked))])


def _worded(*asked: list[Question]) -> list[tuple[str, str]]:
    return list(dict.fromkeys((question.key, question.label) for questions in asked for question in questions))


def _read(rows: list[FilledForm], asked: dict[FormVersion, list[Question]]) -> Iterator[_Row]:
    """Read what each person wrote, once for all cells of their row."""
    versions = {version.pk: version for version in asked}
    for filled in rows:
        version, given = versions[filled.version_id], filled.given()
        yield _Row(filled, version, {(key, label): given.get(key, "") for key, label in _worded(asked[version])})


def _answer(worded: tuple[str, str], row: _Row) -> str:
    return row.answers.get(worded, "")
