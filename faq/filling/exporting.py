"""All that was written in a form as a spreadsheet, for the people of its site and unit."""

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from base.tables import xlsx
from sections.models import FormPage
from sections.models.taking_part.form import Question

from ..models import FilledForm, FormVersion
from . import receiving


@transaction.atomic
def as_xlsx(page: FormPage, *, by) -> bytes:
    """Return what a person may read of a form as an XLSX file, in the order in which it came; the export is logged.

    A column for each question, of all versions that were answered, the newest first; what was erased is left out. The
    purposes are those that the senders have agreed to, whatever the form says now.
    """
    found = receiving.visible_to(by).filter(page=page, purged_at=None).order_by("received_at", "pk")
    rows = list(found.select_related("version"))
    log(instance=page, action="portal.form.exported", user=by, data={"answers": len(rows)})
    columns = [
        ("Số", 18, "number"),
        ("Tiếp nhận lúc", 18, lambda filled: f"{timezone.localtime(filled.received_at):%d/%m/%Y %H:%M}"),
        ("Phiên bản từ", 18, lambda filled: f"{timezone.localtime(filled.version.made_at):%d/%m/%Y %H:%M}"),
        *((question.label, 36, _answer_to(question)) for question in _asked(rows)),
    ]
    purposes = dict.fromkeys(version.purpose for version in _versions(rows))
    lines = [f"Biểu mẫu: {page.title}", f"Số lượt gửi: {len(rows)}", *(f"Mục đích: {purpose}" for purpose in purposes)]
    return xlsx.write([xlsx.sheet("Biểu mẫu", lines, columns, rows)])


def _versions(rows: list[FilledForm]) -> list[FormVersion]:
    """Return the versions that were answered, the newest first."""
    return sorted({filled.version for filled in rows}, key=lambda version: version.made_at, reverse=True)


def _asked(rows: list[FilledForm]) -> list[Question]:
    """Return the questions of all versions that were answered; one that is worded otherwise is another column."""
    found = {(one.key, one.label): one for version in _versions(rows) for one in version.asked()}
    return list(found.values())


def _answer_to(question: Question) -> Callable[[FilledForm], str]:
    def answer(filled: FilledForm) -> str:
        asked = {(one.key, one.label) for one in filled.version.asked()}
        return filled.given().get(question.key, "") if (question.key, question.label) in asked else ""

    return answer
