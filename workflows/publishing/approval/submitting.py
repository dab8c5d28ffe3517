"""1. A version is submitted, in place of an older one too, or taken back."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.log_actions import log
from wagtail.models import Revision, TaskState, WorkflowState

from accounts.roles import WRITE, may, owner_site
from base.gate import Refused
from base.locking import hold
from base.models import PortalSite

from ...deadlines import duties, late_reasons
from ...models import Contribution
from ...models.bundle import waiting_bundle
from ...translations.sources import version_to_follow
from ...versions import one_action
from ..writing import writers
from .checking import demand_no_blockers, findings_at_submission, line_of
from .declaring import declare, waits_in
from .publishing import demand_open
from .rights import current_state, waiting_review
from .site_workflow import workflow_of


@transaction.atomic
def submit(
    obj,
    *,
    by,
    on: datetime | None = None,
    declaration: bool,
    contribution: dict | None = None,
    remark: str = "",
    late_reason: str = "",
    follows_source: bool = False,
) -> WorkflowState:
    """Submit the newest version of a page or record for approval.

    `declaration` is the person's declaration of accuracy (Điều 20.2). `contribution` (contributor_name, organisation,
    contact, received_on, declaration_file) is given by the standing office for a person without an account. `remark`
    says why it is submitted although the preflight warns; without warnings none is asked for. Where an older version
    waits, it is withdrawn and this one takes its place; the user who submitted the older one stays among the writers.
    `late_reason`: why it comes after its last day (`late_reasons`). `follows_source`: a translation says what its
    source says now.
    Raises Refused without the right, while this version waits already or a take-down is to be decided; ValidationError
    (field → messages) when the declaration is missing, the preflight has blockers, or its warnings have no remark.
    """
    obj = hold(obj)
    # Read under the lock, once for all that asks for them.
    with one_action():
        answers = {"remark": remark.strip(), "source_version": version_to_follow(obj) if follows_source else None}
        state = _submit(obj, by=by, on=on, declaration=declaration, contribution=contribution, **answers)
        late_reasons.note(obj, late_reason, by=by, on=on)
        return state


def _submit(
    obj, *, by, on, declaration: bool, contribution: dict | None, remark: str, source_version: int | None
) -> WorkflowState:
    site = owner_site(obj)
    if site is None:
        raise Refused("Nội dung này không thuộc trang nào nên không gửi duyệt được.")
    if not may(by, WRITE, site):
        raise Refused("Bạn không có vai trò soạn bài trên trang này nên không gửi duyệt được.")
    if site.state in (PortalSite.State.FROZEN, PortalSite.State.CLOSED):
        raise Refused("Trang này đã ngừng cập nhật nên không nhận bài mới.")
    demand_open(obj, site)
    if not declaration:
        raise ValidationError({"declaration": "Hãy đánh dấu cam kết về tính chính xác (Điều 20.2) rồi gửi lại."})
    found = findings_at_submission(obj)
    demand_no_blockers(found)
    revision = obj.get_latest_revision()
    if revision is None:
        revision = obj.save_revision(user=by)
    state, older = current_state(obj), waiting_review(obj)
    if refusal := waits_already(obj):
        raise Refused(refusal)
    warnings = [line_of(finding) for finding in found if not finding.is_blocker]
    if warnings and not remark:
        raise ValidationError({"remark": "Có điều cần xem lại; hãy ghi vì sao vẫn gửi duyệt, hoặc sửa rồi gửi."})
    declare(obj, revision, by=by, warnings=warnings, remark=remark, source_version=source_version)
    if contribution:
        Contribution.objects.create(page_id=obj.pk, entered_by=by, **contribution)
    if older:
        _put_in_place(obj, older, revision, by=by)
    elif state:
        state.requested_by = by
        state.save(update_fields=["requested_by"])
        state.resume(by)
    else:
        state = workflow_of(obj).start(obj, by)
    state.refresh_from_db()
    duties.note_duties(obj, by=by, on=on)
    duties.start_review(obj, by=by, on=on)
    return state


@transaction.atomic
def recall(obj, *, by) -> None:
    """Take back a version that waits for approval, so that it can be edited and submitted again.

    Raises Refused where nothing waits, or to a person who may not (`may_recall`).
    """
    obj = hold(obj)
    older = waiting_review(obj)
    if older is None:
        raise Refused("Nội dung này không còn chờ duyệt; hãy mở lại bài để xem quyết định.")
    if not may_recall(by, obj):
        raise Refused(
            "Chỉ người đã soạn hoặc đã gửi rút được bài đang chờ duyệt; nếu cần, hãy nhờ người duyệt trả lại."
        )
    older.workflow_state.cancel(user=by)
    duties.stop_review(obj, by=by)


def may_recall(user, obj) -> bool:
    """Tell whether a user may take back the version of a page or record that waits for approval.

    Those who wrote or submitted it; other users ask a reviewer to give it back. A lock of another person is respected.
    """
    if waiting_review(obj) is None or not may(user, WRITE, owner_site(obj)) or user.pk not in writers(obj):
        return False
    return not (getattr(obj, "locked", False) and obj.locked_by_id != user.pk)


def waits_already(obj) -> str:
    """Say why the newest version cannot be submitted now; "" when it can."""
    state, older = current_state(obj), waiting_review(obj)
    if older is not None:
        return "Nội dung này đang chờ duyệt rồi." if older.revision_id == obj.latest_revision_id else ""
    if bundle := waiting_bundle(obj):
        return waits_in(bundle)
    if state and state.status == WorkflowState.STATUS_IN_PROGRESS:
        return "Nội dung này đang có đề nghị gỡ bỏ chờ quyết định; quyết định xong mới gửi duyệt được."
    return ""


def may_renew(user, obj) -> bool:
    """Tell whether a user may submit the newest version in place of the older one that waits."""
    return is_edited_since(obj) and may(user, WRITE, owner_site(obj))


def is_edited_since(obj) -> bool:
    """Tell whether a version waits for a decision and a newer one was saved since: the older cannot be approved."""
    older = waiting_review(obj)
    return older is not None and older.revision_id != obj.latest_revision_id


def _put_in_place(obj, older: TaskState, revision: Revision, *, by) -> None:
    """Withdraw the version that waits and let another take its place, within the same review.

    The review stays one, so that the user who declared the older version accurate remains among its writers.
    """
    withdrawn = older.specific
    state = withdrawn.workflow_state
    state.requested_by = by
    state.save(update_fields=["requested_by"])
    withdrawn.cancel(user=by, resume=True)
    data = {"withdrawn": withdrawn.revision_id, "submitted": revision.pk}
    log(instance=obj, action="portal.submission.renew", user=by, revision=revision, data=data)
