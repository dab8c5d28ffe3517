"""Deciding the level of a service in the scheme of today, where it only follows from an older one.

`decide_level` writes it into the draft of the procedure, which goes through approval like any other change; until then
the mapped level stays, and stays flagged (`levels.py`).
"""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from accounts.roles import WRITE, may
from base.gate import Refused
from base.locking import hold
from workflows.publishing.approval import current_state

from ..models import Procedure, ProcedureLevel, ServiceLevel
from .levels import DELIVERY, Levels

# (scheme, level) that needs a reason: under Nghị định 224/2026/NĐ-CP Điều 14 whole online service is the rule.
PARTLY = ("nd224", "mot-phan")


def choices(on: date | None = None):
    """Return the levels of the scheme that is law on a local day (today for None), the least online first."""
    scheme = Levels().scheme_on(on or timezone.localdate())
    return ServiceLevel.objects.filter(scheme=scheme, axis=DELIVERY).order_by("rank")


@transaction.atomic
def decide_level(
    procedure: Procedure, level: ServiceLevel, *, by, on: date | None = None, reason: str = ""
) -> Procedure:
    """Put a level of the scheme of the day into the procedure's draft, for all sites; return the draft.

    The scheme's other level, if there was one, gives way. Raises Refused without the right or while the procedure is
    under review or locked, ValidationError (field → messages) for a level of another scheme or without its reason.
    """
    procedure = hold(procedure)
    if not may(by, WRITE, procedure.owner_site):
        raise Refused("Bạn không có quyền sửa thủ tục này.")
    if current_state(procedure) is not None or procedure.locked:
        raise Refused("Thủ tục đang chờ duyệt, bị trả lại hoặc bị khóa; hãy xử lý xong rồi xác định mức độ.")
    if not choices(on).filter(pk=level.pk).exists():
        raise ValidationError({"level": "Mức độ này không thuộc hệ đang áp dụng; hãy chọn mức độ khác."})
    if (level.scheme.code, level.code) == PARTLY and not reason.strip():
        raise ValidationError(
            {"reason": "«Một phần» phải có lý do (NĐ 224/2026 Điều 14); hãy ghi vì sao chưa toàn trình."}
        )
    newest = procedure.get_latest_revision_as_object()
    rows = [
        row for row in newest.levels.all() if (row.level.scheme_id, row.level.axis) != (level.scheme_id, level.axis)
    ]
    newest.levels = [*rows, ProcedureLevel(level=level, reason=reason.strip()[:300])]
    revision = newest.save_revision(user=by, log_action=False)
    log(
        instance=newest,
        action="portal.procedure.level",
        user=by,
        revision=revision,
        data={"level": str(level), "reason": reason.strip()[:300]},
    )
    return newest
