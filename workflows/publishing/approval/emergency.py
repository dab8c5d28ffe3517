"""6. The head publishes alone, with a reason; the act is open until a second person has looked."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from accounts.roles import APPROVE, EMERGENCY, holders, owner_site
from base.gate import Refused
from base.locking import hold
from base.operations.notices import notify
from vietnam.dates import format_moment

from ...models import EmergencyAct
from .. import waiting
from ..waiting import Change
from .checking import blockers
from .publishing import publish_version
from .rights import acts_for_board


@transaction.atomic
def emergency_publish(obj, *, by, on: datetime | None = None, reason: str):
    """Publish the newest version at once by the head alone; return the published object.

    The one exception to two persons: only the head of the board, with a reason; the act stays open ("chờ xem lại")
    until a second person has looked. What waits on it is ended (`waiting`).
    """
    waiting.hold([obj], Change.REPLACED, with_below=False)
    obj = hold(obj)
    if not acts_for_board(by, EMERGENCY, owner_site(obj)):
        raise Refused("Chỉ Trưởng ban Biên tập được đăng khẩn cấp.")
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do đăng khẩn cấp."})
    if stopping := blockers(obj):
        raise ValidationError({finding.field: [finding.message] for finding in stopping})
    moment = on or timezone.now()
    hour = obj.get_latest_revision_as_object().go_live_at
    if hour and hour > timezone.now():
        raise ValidationError(
            {
                "go_live_at": f"Bản nháp hẹn đăng lúc {format_moment(hour)}, còn đăng khẩn cấp là đăng ngay; "
                "hãy bỏ giờ đăng, lưu rồi đăng khẩn cấp."
            }
        )
    revision = obj.get_latest_revision() or obj.save_revision(user=by)
    act = EmergencyAct.objects.create(
        kind=EmergencyAct.Kind.PUBLISH,
        site=owner_site(obj),
        object_type=obj._meta.label,
        object_id=str(obj.pk),
        object_label=str(obj)[:300],
        revision_id=revision.pk,
        reason=reason,
        acted_by=by,
        acted_at=moment,
    )
    why = f"Trưởng ban Biên tập đăng khẩn cấp lúc {format_moment(moment)}; hãy xem lại bản nháp."
    waiting.release_on([obj], Change.REPLACED, with_below=False, reason=why, by=by, on=moment)
    public = publish_version(
        obj,
        revision,
        approved_by=by,
        submitted_by=by,
        on=moment,
        ground=f"Đăng khẩn cấp: {reason}",
        urgent=True,
    )
    log(instance=public, action="portal.emergency", user=by, data={"reason": reason})
    ask_second(act)
    return public


def ask_second(act: EmergencyAct) -> int:
    """Tell those who may be the second person that one has acted alone; return how many. Called by each such action.

    The label of what was removed is not in the mail: it may be what the page was removed for.
    """
    people = [user for user in holders(APPROVE, act.site) if may_look(act, user)]
    title = "" if act.kind == EmergencyAct.Kind.REMOVE else act.object_label
    return notify(people, "second_look_waits", {"act": act, "done": _done(act), "title": title})


def may_look(act: EmergencyAct, user) -> bool:
    """Tell whether a person may be the second who looks at an emergency act."""
    return user.pk != act.acted_by_id and acts_for_board(user, APPROVE, act.site)


@transaction.atomic
def second_look(act: EmergencyAct, *, by, on: datetime | None = None, accepted: bool, note: str = "") -> EmergencyAct:
    """Close an emergency act after a second person has looked at it; a refusal needs a note."""
    act = EmergencyAct.objects.select_for_update().get(pk=act.pk)
    if not act.is_open:
        raise Refused("Việc này đã được xem lại.")
    if not may_look(act, by):
        raise Refused("Người xem lại phải có quyền duyệt và không phải người đã thực hiện.")
    if not accepted and not note.strip():
        raise ValidationError({"note": "Hãy ghi lý do không đồng ý và việc cần làm tiếp."})
    act.looked_by, act.looked_at, act.accepted, act.note = by, on or timezone.now(), accepted, note
    act.save(update_fields=["looked_by", "looked_at", "accepted", "note"])
    if not accepted:
        _tell_of_refusal(act)
    return act


def _tell_of_refusal(act: EmergencyAct) -> None:
    """Tell the user who acted alone that the second person does not agree: what was done stays until it is undone."""
    # No title: it may be what a page was removed for.
    notify(act.acted_by, "emergency_refused", {"act": act, "done": _done(act)})


def _done(act: EmergencyAct) -> str:
    return f"{act.get_kind_display()}, {format_moment(act.acted_at)}"
