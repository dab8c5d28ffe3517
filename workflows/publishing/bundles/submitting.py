"""2. One person submits every version of a dossier with the declaration of accuracy; it can be taken back."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.admin.utils import get_latest_str
from wagtail.log_actions import log

from base.gate import Refused
from base.operations.notices import notify
from base.preflight import Finding, public_together
from base.sites import sites_held
from vietnam.dates import format_moment

from ...deadlines import duties, late_reasons
from ...models import PublicationBundle
from ...models.bundle import WAITING, type_of
from ...translations import sources
from ...versions import one_action
from .. import approval
from . import proposals
from .collecting import NOTHING, State, changed, held_open
from .deciding import deciders
from .items import begins_after, demand_unhindered, ends_before, in_order, outdated, version_to_submit


def findings(things: list) -> list[tuple[object, list[Finding]]]:
    """Return what the preflight says of the things of a dossier (`in_order`): (page or record, findings) of each.

    That one leads to another of them, which is not public yet either, is no finding. Of a proposal nothing is said: it
    was looked at when it was made, and what stops it now is a hindrance (`items.hindrances`).
    """
    with sites_held(), public_together(things):
        return [
            (thing, [] if proposals.is_proposal(thing) else approval.findings_at_submission(thing)) for thing in things
        ]


@transaction.atomic
@one_action()
def submit(
    bundle: PublicationBundle,
    *,
    by,
    on: datetime | None = None,
    declaration: bool,
    remark: str = "",
    publish_at: datetime | None = None,
    late_reason: str = "",
) -> PublicationBundle:
    """Submit the newest version of every item for approval as one act; return the dossier.

    `publish_at`: nothing of it is public before that hour; None means at the approval. `late_reason`: why what of it is
    past its last day comes late. Of one that waits already, the
    versions saved since take the place of the older ones. Raises Refused without the right, or where an item cannot be
    published now; ValidationError without the declaration, for an empty dossier, for an hour that has passed, for what
    an item lacks (naming it), and where warnings have no `remark`.
    """
    bundle = held_open(bundle, by)
    if bundle.state in WAITING and not outdated(bundle):
        raise Refused("Hồ sơ này đã duyệt rồi." if bundle.state == State.SCHEDULED else "Hồ sơ này đang chờ duyệt rồi.")
    if not declaration:
        raise ValidationError({"declaration": "Hãy đánh dấu cam kết về tính chính xác (Điều 20.2) rồi gửi lại."})
    moment = on or timezone.now()
    _demand_to_come(publish_at, moment)
    found = findings(in_order(bundle))
    if not found:
        raise ValidationError(NOTHING)
    demand_unhindered(thing for thing, _of_it in found)
    versions, lacking, warnings = [], [], {}
    for thing, of_it in found:
        versions.append((thing, version_to_submit(thing, by, moment)))
        lacking += [f"«{get_latest_str(thing)}»: {one.message}" for one in of_it if one.is_blocker]
        lacking += begins_after(publish_at, thing) + ends_before(publish_at, thing)
        warnings[thing] = [" ".join(one.message.split()) for one in of_it if not one.is_blocker]
    if lacking:
        raise ValidationError(lacking)
    if any(warnings.values()) and not remark.strip():
        raise ValidationError({"remark": "Có điều cần xem lại; hãy ghi vì sao vẫn gửi duyệt, hoặc sửa rồi gửi."})
    followed = sources.followed_together(versions)
    for thing, revision in versions:
        if revision is not None:
            answers = {"warnings": warnings[thing], "remark": remark.strip(), "source_version": followed.get(thing)}
            approval.declare(thing, revision, by=by, **answers)
            duties.note_duties(thing, by=by, on=on)
            late_reasons.note(thing, late_reason, by=by, on=on)
        bundle.items.filter(object_type=type_of(thing), object_id=str(thing.pk)).update(
            revision=revision, title=get_latest_str(thing)[:300]
        )
    bundle.state, bundle.submitted_by, bundle.submitted_at = State.SUBMITTED, by, moment
    bundle.remark, bundle.reason, bundle.decided_by, bundle.decided_at = remark.strip(), "", None, None
    bundle.publish_at, bundle.failure = publish_at, ""
    bundle.save()
    log(instance=bundle, action="portal.bundle.submit", user=by, data={"rows": len(versions)})
    duties.start_review(bundle, by=by, on=on)
    notify(deciders(bundle), "bundle_submitted", {"bundle": bundle})
    return bundle


def _demand_to_come(hour: datetime | None, moment: datetime) -> None:
    if hour is not None and hour <= moment:
        message = f"Giờ đăng {format_moment(hour)} đã qua; hãy chọn giờ sau bây giờ, hoặc để trống để đăng khi duyệt."
        raise ValidationError({"publish_at": message})


@transaction.atomic
def recall(bundle: PublicationBundle, *, by) -> PublicationBundle:
    """Take a dossier back that waits for its decision or its hour, so that it can be changed.

    Raises Refused without the right, or too late.
    """
    bundle = held_open(bundle, by)
    if bundle.state not in WAITING:
        raise Refused("Hồ sơ này không còn chờ duyệt.")
    return changed(bundle, by=by)
