"""A new version of a signed score sheet: what was signed with a mistake is corrected, and both stay readable.

1. `reopen`: the standing office says why; the lines begin as they were signed. 2. They are corrected, submitted and
signed as those of any sheet (`sheets`), by two persons. 3. The signature seals what changed and why with the new
version; the former is superseded by it, and stays in the archive as it was signed.
"""

from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.log_actions import log

from base.gate import Refused

from ..models import ScoreLine, ScoreSheet
from . import rights

# What a person can change of a line, with the words for it.
CHANGEABLE = (("awarded", "điểm"), ("self_assessed", "tự đánh giá"), ("note", "ghi chú"))
NOT_COPIED = ("id", "sheet")


@transaction.atomic
def reopen(sheet: ScoreSheet, *, by, reason: str) -> ScoreSheet:
    """Begin the next version of a signed sheet with the lines as they were signed; return it.

    Raises Refused without the right, for a sheet that is not signed and one that has a newer version already;
    ValidationError without a reason.
    """
    if not rights.may_score(by):
        raise Refused("Chỉ Cơ quan Thường trực và Ban Biên tập lập bản mới của phiếu đã ký.")
    sheet = ScoreSheet.objects.select_for_update(of=("self",)).select_related("site").get(pk=sheet.pk)
    if not sheet.is_signed:
        raise Refused(f"{sheet} chưa ký; hãy sửa ngay trên phiếu này.")
    if sheet.newer is not None:
        raise Refused(f"{sheet} đã có bản {sheet.newer.version}; hãy sửa ở bản đó.")
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do lập bản mới; lý do in trên phiếu và niêm phong cùng phiếu."})
    made = ScoreSheet.objects.create(
        site=sheet.site,
        site_name=sheet.site_name,
        month=sheet.month,
        measured_on=sheet.measured_on,
        is_illustrative=sheet.is_illustrative,
        version=sheet.version + 1,
        replaces=sheet,
        version_reason=reason.strip(),
    )
    names = [field.name for field in ScoreLine._meta.concrete_fields if field.name not in NOT_COPIED]
    ScoreLine.objects.bulk_create(
        ScoreLine(sheet=made, **{name: getattr(line, name) for name in names}) for line in sheet.lines.all()
    )
    made.writers.add(by)
    log(instance=made, action="portal.score.reopen", user=by, data={"reason": made.version_reason})
    return made


def changes(sheet: ScoreSheet) -> list[dict[str, str]]:
    """Return what a new version says otherwise than the one it replaces: {"criterion", "label", "what", "before",
    "after"}, in the order of the lines; nothing for a first version.
    """
    if sheet.replaces is None:
        return []
    former = {line.criterion: line for line in sheet.replaces.lines.all()}
    return [
        {
            "criterion": line.criterion,
            "label": line.label,
            "what": words,
            "before": _text_of(getattr(former[line.criterion], name)),
            "after": _text_of(getattr(line, name)),
        }
        for line in sheet.lines.all()
        for name, words in CHANGEABLE
        if getattr(line, name) != getattr(former[line.criterion], name)
    ]


def content_of(sheet: ScoreSheet) -> dict:
    """Return what the seal of a new version covers besides the sheet: which one it replaces, why, what changed."""
    return {
        "version": sheet.version,
        "replaces": sheet.replaces.digest,
        "reason": sheet.version_reason,
        "changes": changes(sheet),
    }


def _text_of(value: Decimal | str | None) -> str:
    return "" if value is None else str(value)
