"""6. The head removes alone, with a reason; the act is open until a second person has looked."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from accounts.roles import EMERGENCY
from base.gate import Refused
from base.sites import site_of

from ...models import EmergencyAct, TakeDown
from ..approval import acts_for_board, ask_second
from .grounds import AT_ONCE_GROUNDS, EXPLAINED_AT_ONCE, Ground
from .removing import remove_all
from .subjects import hold_with_waiting, is_home, reach


@transaction.atomic
def emergency_remove(page, *, by, on: datetime | None = None, reason: str, ground: str = Ground.ERROR) -> TakeDown:
    """Remove a page at once by the head alone, with a reason; open until a second person has looked.

    Readers are told the `ground`, one of `AT_ONCE_GROUNDS`; the reason stays in the office.
    """
    page = hold_with_waiting(page)
    site = site_of(page)
    if not acts_for_board(by, EMERGENCY, site):
        raise Refused("Chỉ Trưởng ban Biên tập được gỡ khẩn cấp.")
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do gỡ khẩn cấp."})
    if not page.live or is_home(page):
        raise Refused("Trang này không phải nội dung đang đăng, hoặc là trang chủ.")
    if ground not in AT_ONCE_GROUNDS:
        raise ValidationError({"ground": "Hãy chọn điều đã xảy ra."})
    moment = on or timezone.now()
    rows = remove_all(
        page,
        reach(page),
        ground=ground,
        explanation=EXPLAINED_AT_ONCE.get(ground, ""),
        note=reason,
        proposed_by=by,
        decided_by=by,
        moment=moment,
        over=True,
    )
    act = EmergencyAct.objects.create(
        kind=EmergencyAct.Kind.REMOVE,
        site=site,
        object_type=page._meta.label,
        object_id=str(page.pk),
        object_label=page.title[:300],
        reason=reason,
        acted_by=by,
        acted_at=moment,
    )
    log(instance=page, action="portal.emergency", user=by, data={"reason": reason})
    ask_second(act)
    return rows[0]
