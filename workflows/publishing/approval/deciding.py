"""2. A reviewer returns a version. 3. Another person approves exactly the version submitted, and it is published."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Revision, TaskState, WorkflowState

from accounts.roles import APPROVE, owner_site
from base.gate import Refused
from base.queries.known_rows import make_known, make_present

from ...deadlines import duties, late_reasons
from ...models import Declaration, EditorialApprovalTask
from ...steps import steps_known
from ...versions import action_on, hold_subject, once_for
from .. import declared_files, review_facts
from .checking import demand_no_blockers, findings, unanswered
from .declaring import declaration_of
from .publishing import publish_version
from .rights import acts_for_board, is_practice, may_approve, may_return


@transaction.atomic
def send_back(task_state: TaskState, *, by, on: datetime | None = None, reason: str) -> TaskState:
    """Return an item to its writer with a reason.

    Raises Refused without the right, ValidationError without a reason.
    """
    task_state, obj = _held(task_state)
    if not may_return(by, obj):
        raise Refused(
            "Bạn không trả lại được nội dung này: chỉ thành viên Ban Biên tập không soạn, không gửi nó mới được."
        )
    if not reason.strip():
        raise ValidationError({"comment": "Hãy ghi lý do trả lại để người soạn biết cần sửa gì."})
    duties.end_review(obj, by=by, on=on)
    return task_state.reject(user=by, comment=reason)


@transaction.atomic
def approve(
    task_state: TaskState, *, by, on: datetime | None = None, comment: str = "", late_reason: str = ""
) -> TaskState:
    """Approve exactly the version that was submitted, and publish it when this was the last step.

    `late_reason`: why it comes after its last day, where the approver says so; it may be given afterwards too. Raises
    Refused when the person may not, when the version changed since submission, or when another person was quicker;
    ValidationError when the preflight now has blockers, or, without a comment, warnings that the user who submitted it
    has not seen.
    """
    with action_on(task_state.revision):
        task_state, obj = _held(task_state)
        late_reasons.note(obj, late_reason, by=by, on=on)
        return _approve(task_state, obj, by=by, on=on, comment=comment)


def _approve(task_state: TaskState, obj, *, by, on: datetime | None, comment: str) -> TaskState:
    if not _approves(by, obj, task_state.workflow_state):
        raise Refused(
            "Bạn không duyệt được nội dung này: người duyệt phải có quyền duyệt và không soạn, không gửi nó, không sửa "
            "tệp của nó."
        )
    if task_state.revision_id != obj.latest_revision_id:
        who = review_facts.who_saved(review_facts.saved_since(task_state, obj))
        raise Refused(
            f"Nội dung đã được sửa sau khi gửi duyệt ({who}); hãy trả lại, hoặc dùng «Gửi duyệt phiên bản mới»."
        )
    declared = _declared(obj, task_state.revision)
    found = findings(obj)
    demand_no_blockers(found)
    if unanswered(found, declared) and not comment.strip():
        raise ValidationError({"comment": "Có điều cần xem lại phát sinh sau khi gửi; hãy ghi ý kiến rồi duyệt."})
    duties.end_review(obj, by=by, on=on)
    with steps_known(task_state):
        return task_state.approve(user=by, comment=comment)


def _held(task_state: TaskState):
    """Return a task state in progress and its object, both read anew under a lock: of two approvals one counts."""
    obj = hold_subject(task_state.revision)
    steps = TaskState.objects.select_related("workflow_state__workflow", "task")
    locked = steps.select_for_update(of=("self",)).get(pk=task_state.pk).specific
    if locked.status != TaskState.STATUS_IN_PROGRESS:
        raise Refused(f"Việc này đã được xử lý. {review_facts.ending(locked)}")
    make_present(locked)
    make_known([locked.task, locked.workflow_state.workflow])
    return locked, obj


@transaction.atomic
def publish_approved(task_state: TaskState, *, by=None, on: datetime | None = None):
    """Publish the version an approved task state names; return the published object.

    The one road to publication. Demands an approved state on exactly this version by a person who may approve it;
    then (1) keeps the sealed copy, (2) publishes through the gate, or schedules when the version says so, (3) checks
    that what is public is what was sealed, (4) meets deadlines, (5) raises the site's generation.
    """
    with action_on(task_state.revision) as obj:
        # What it hangs on, and what else of it was read, stays as the action holds it.
        task_state.refresh_from_db(fields=["status", "revision", "task", "finished_by"])
        return _publish_approved(task_state, obj, on=on)


def _publish_approved(task_state: TaskState, obj, *, on: datetime | None):
    revision = task_state.revision
    if task_state.status != TaskState.STATUS_APPROVED or task_state.finished_by is None:
        raise Refused("Chưa có người duyệt phiên bản này nên không đăng được.")
    if not issubclass(task_state.task.specific_class or object, EditorialApprovalTask):
        raise Refused("Phiên bản này chưa qua kiểm duyệt của Ban Biên tập.")
    approver = task_state.finished_by
    # Their right is asked anew: an appointment may have ended while the request waited for the lock.
    if not acts_for_board(approver, APPROVE, owner_site(obj)) or not _approves(
        approver, obj, task_state.workflow_state
    ):
        raise Refused("Người duyệt không được là người soạn, người sửa tệp hoặc người gửi, và phải có quyền duyệt.")
    declared = _declared(obj, revision)
    if declared is None:
        raise Refused("Phiên bản này chưa có cam kết về tính chính xác của người gửi.")
    if is_practice(obj):
        return note_practised(obj, revision, by=approver)
    return publish_version(
        obj,
        revision,
        approved_by=task_state.finished_by,
        submitted_by=declared.declared_by,
        on=on or timezone.now(),
    )


def note_practised(obj, revision: Revision, *, by):
    """Write down that a version was approved for practice; the page stays a draft. Return it."""
    log(instance=obj, action="portal.practice.approve", user=by, revision=revision)
    return obj


def _approves(user, obj, state: WorkflowState | None = None) -> bool:
    """`may_approve`, asked once in an action: what is held cannot have changed between approval and publication."""
    return once_for(obj, f"approved by {user.pk} in {state and state.pk}", lambda obj: may_approve(user, obj, state))


def _declared(obj, revision: Revision) -> Declaration | None:
    """Return the declaration of a version whose files are as it says, looked at and held once in an action.

    Raises Refused when a file is not what was declared.
    """

    def as_declared(obj):
        declared = declaration_of(revision.pk)
        declared_files.demand_as_declared(revision, declared)
        return declared

    return once_for(obj, f"declared {revision.pk}", as_declared)
