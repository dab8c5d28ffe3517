"""Approval: from a draft to the public page, always by two persons (Quy chế Điều 20).

1. `submit`: the preflight has no blockers, the person declares the content accurate, the site's workflow starts; what
   was edited while it waits is submitted anew in one act, in place of the older version; `recall` takes it back.
2. `send_back`: a reviewer who neither wrote nor submitted it returns it with a reason.
3. `approve`: a person who neither wrote nor submitted it approves exactly the version submitted.
4. `publish_approved`: keeps the sealed copy, opens the gate, publishes that version, meets its deadlines.
   On the practice site the approval is all: nothing becomes public there, and nothing is archived (`note_practised`).
5. `publish_due`: publishes what was approved for a later time.
6. `emergency_publish`: the head alone, with a reason; open until `second_look`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from modelcluster.models import get_all_child_relations
from wagtail.log_actions import log
from wagtail.models import Page, Revision, TaskState, Workflow, WorkflowPage, WorkflowState, WorkflowTask

from accounts.roles import APPROVE, EMERGENCY, REVIEW, ROLES, WRITE, held_roles, may, owner_site
from base.authority import references_foreign_to_owner
from base.files.serving import note_published
from base.gate import Refused, open_gate
from base.locking import hold
from base.models import PortalSite
from base.operations.log_names import name_in_logs
from base.operations.notices import notify
from base.preflight import Finding
from base.public.gone import note_back, note_replaced
from base.public.index import readers_see_changed
from base.sites import sites_held
from vietnam.dates import format_moment

from .. import deadlines
from ..archive import copies
from ..deadlines import duties, late_reasons
from ..models import ArchiveCopy, Contribution, Declaration, EditorialApprovalTask, EmergencyAct, SiteWorkflow, TakeDown
from ..models.bundle import waiting_bundle
from ..versions import action_on, hold_subject, newest_of, once_for, one_action, unshared, version_of
from . import declared_files, review_facts, schedules
from .writing import writers, writers_of

DECLARATION = (
    "Tôi cam kết nội dung này chính xác, có nguồn rõ ràng, và chịu trách nhiệm về tính chính xác của nội dung "
    "cung cấp (Điều 20.2 Quy chế ban hành kèm theo Quyết định 01/2020/QĐ-UBND)."
)
CHECKED = "Tôi đã kiểm tra: không có bí mật nhà nước, không lộ dữ liệu cá nhân, không vi phạm bản quyền."
# What every tick says that `declare` writes down: accuracy (`Declaration.text`) and check (`personal_data_checked`).
WHOLE_DECLARATION = f"{DECLARATION} {CHECKED}"
TASK_NAME = "Kiểm duyệt của Ban Biên tập"
NEVER_PUBLIC = "Nội dung của trang thực hành không bao giờ công khai."
NOT_OPEN = "trang chứa nội dung này chưa mở, nên nó chỉ công khai cùng hồ sơ mở trang."

_after_publication: list[Callable] = []


def register_after_publication(function: Callable) -> Callable:
    """Register what a room above does with a page or record that has just become public, in the same transaction.

    `function(obj, on)`: `obj` as it is public now. What it locks, it locks after the page, the chain of the archive
    and nothing else.
    """
    if function not in _after_publication:
        _after_publication.append(function)
    return function


# --- Who may ---------------------------------------------------------------------------------------


def approving_roles(user, site: PortalSite) -> set[str]:
    """Return the roles by which a user acts for the approving body of a site.

    A ward's own roles count only where its approval is delegated; the city's board counts everywhere (Điều 20).
    """
    deciding = {site.role_sites[-1]}
    if site.approval_mode == PortalSite.Approval.DELEGATED:
        deciding.add(site.pk)
    return {role for role, site_id in held_roles(user) if site_id in deciding}


def acts_for_board(user, capability: str, site: PortalSite | None) -> bool:
    """Tell whether a user may do something for the approving body of a site; the one definition of it."""
    if site is None:
        return False
    return any(capability in ROLES[role].capabilities for role in approving_roles(user, site) if role in ROLES)


def current_state(obj) -> WorkflowState | None:
    """Return the running or returned workflow of an object, read anew."""
    return WorkflowState.objects.active().for_instance(obj).select_related("current_task_state").first()


def may_review(user, obj) -> bool:
    """Tell whether a user may take an item over and edit it while it is under review."""
    return acts_for_board(user, REVIEW, owner_site(obj))


def may_return(user, obj) -> bool:
    """Tell whether a user may return an item: a reviewer who neither wrote nor submitted it."""
    return may_review(user, obj) and user.pk not in writers(obj)


def may_approve(user, obj, state: WorkflowState | None = None) -> bool:
    """Tell whether a user may approve an object for publication.

    They act for the site's approving body, and neither saved a version since the public one nor changed a file of it
    nor submitted it; a superuser without a role may not.
    """
    return acts_for_board(user, APPROVE, owner_site(obj)) and user.pk not in writers(obj, state)


@dataclass(frozen=True)
class Rights:
    """What a person may do about an item under review; `is_writer`: they wrote it, so they may do neither."""

    is_writer: bool
    may_return: bool
    may_approve: bool


def rights_of(user, obj) -> Rights:
    """Return `may_return` and `may_approve` at once, for a screen: who wrote it is asked a single time."""
    is_writer = user.pk in writers(obj)
    return Rights(
        is_writer=is_writer,
        may_return=not is_writer and may_review(user, obj),
        may_approve=not is_writer and acts_for_board(user, APPROVE, owner_site(obj)),
    )


def may_decide(user, obj) -> bool:
    """Tell whether something of a page or record waits for a decision that a user may take."""
    if waiting_review(obj) is None:
        return False
    rights = rights_of(user, obj)
    return rights.may_return or rights.may_approve


def those_he_may_approve(user, objects: Iterable) -> list[bool]:
    """Tell of each of several pages and records whether a user may approve it; for lists and batches."""
    objects = list(objects)
    return [
        user.pk not in wrote and acts_for_board(user, APPROVE, owner_site(obj))
        for obj, wrote in zip(objects, writers_of(objects), strict=True)
    ]


def task_states_to_review(user, task):
    """Return the task states in progress that a user may review, by site."""
    if user is None or not held_roles(user):
        return TaskState.objects.none()
    sites = [site.pk for site in PortalSite.objects.all() if acts_for_board(user, REVIEW, site)]
    return TaskState.objects.filter(
        task=task,
        status=TaskState.STATUS_IN_PROGRESS,
        workflow_state__workflow__site_workflow__site__in=sites,
    )


# --- The workflow of a site ------------------------------------------------------------------------


@transaction.atomic
def workflow_for(site: PortalSite) -> Workflow:
    """Return the approval workflow of a site, made on first use and assigned to its home page in every language."""
    link = SiteWorkflow.objects.select_related("workflow").filter(site=site).first()
    if link is None:
        task = EditorialApprovalTask.objects.first() or EditorialApprovalTask.objects.create(name=TASK_NAME)
        workflow = Workflow.objects.create(name=f"Kiểm duyệt · {site.name}"[:255])
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
        link = SiteWorkflow.objects.create(site=site, workflow=workflow)
    home = site.home_page()
    for page in [home, *home.get_translations()] if home else []:
        WorkflowPage.objects.get_or_create(page_id=page.pk, defaults={"workflow": link.workflow})
    return link.workflow


def _workflow_of(obj) -> Workflow:
    site = owner_site(obj)
    if site is None:
        raise Refused("Nội dung này không thuộc trang nào nên không gửi duyệt được.")
    return workflow_for(site)


# --- 1. Submit -------------------------------------------------------------------------------------


def findings(obj) -> list[Finding]:
    """Return what the preflight says of the newest version: blockers stop it, warnings want a remark."""
    return findings_of(newest_of(obj))


def findings_of(version) -> list[Finding]:
    """Return what the preflight says of one version, its dates among it."""
    found = version.preflight() if hasattr(version, "preflight") else []
    return [*found, *schedules.date_findings(version, timezone.now())]


def findings_at_submission(obj) -> list[Finding]:
    """Return what stops or doubts the submission of the newest version: an hour set to the past as well.

    One that passes while the version waits for a decision stops nothing: approved later, it appears at once.
    """
    return [*findings(obj), *schedules.hour_findings(obj, timezone.now())]


def blockers(obj) -> list[Finding]:
    """Return the preflight findings that stop submission and approval of the newest version."""
    return [finding for finding in findings(obj) if finding.is_blocker]


def unanswered(found: list[Finding], declared: Declaration | None) -> list[Finding]:
    """Return the warnings about which the user who submitted a version has not said anything yet."""
    known = set(declared.warnings.splitlines()) if declared is not None else set()
    return [finding for finding in found if not finding.is_blocker and _line(finding) not in known]


def declaration_of(revision_id: int) -> Declaration | None:
    """Return the last declaration that was made of a version."""
    return Declaration.objects.filter(revision_id=revision_id).select_related("declared_by").last()


def needs_remark(obj) -> bool:
    """Tell whether approving the newest version takes a remark: the preflight found what its submitter did not see."""
    return bool(unanswered(findings(obj), declaration_of(obj.latest_revision_id)))


def _line(finding: Finding) -> str:
    return " ".join(finding.message.split())


def _demand_no_blockers(found: list[Finding]) -> None:
    errors: dict[str, list[str]] = {}
    for finding in found:
        if finding.is_blocker:
            errors.setdefault(finding.field, []).append(finding.message)
    if errors:
        raise ValidationError(errors)


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
) -> WorkflowState:
    """Submit the newest version of a page or record for approval.

    `declaration` is the person's declaration of accuracy (Điều 20.2). `contribution` (contributor_name, organisation,
    contact, received_on, declaration_file) is given by the standing office for a person without an account. `remark`
    says why it is submitted although the preflight warns; without warnings none is asked for. Where an older version
    waits, it is withdrawn and this one takes its place; the user who submitted the older one stays among the writers.
    `late_reason`: why it comes after its last day (`late_reasons`).
    Raises Refused without the right, while this version waits already or a take-down is to be decided; ValidationError
    (field → messages) when the declaration is missing, the preflight has blockers, or its warnings have no remark.
    """
    obj = hold(obj)
    # Read under the lock, once for all that asks for them.
    with one_action():
        state = _submit(obj, by=by, on=on, declaration=declaration, contribution=contribution, remark=remark.strip())
        late_reasons.note(obj, late_reason, by=by, on=on)
        return state


def _submit(obj, *, by, on, declaration: bool, contribution: dict | None, remark: str) -> WorkflowState:
    site = owner_site(obj)
    if site is None:
        raise Refused("Nội dung này không thuộc trang nào nên không gửi duyệt được.")
    if not may(by, WRITE, site):
        raise Refused("Bạn không có vai trò soạn bài trên trang này nên không gửi duyệt được.")
    if site.state in (PortalSite.State.FROZEN, PortalSite.State.CLOSED):
        raise Refused("Trang này đã ngừng cập nhật nên không nhận bài mới.")
    _demand_open(obj, site)
    if not declaration:
        raise ValidationError({"declaration": "Hãy đánh dấu cam kết về tính chính xác (Điều 20.2) rồi gửi lại."})
    found = findings_at_submission(obj)
    _demand_no_blockers(found)
    revision = obj.get_latest_revision()
    if revision is None:
        revision = obj.save_revision(user=by)
    state, older = current_state(obj), waiting_review(obj)
    if refusal := waits_already(obj):
        raise Refused(refusal)
    warnings = [_line(finding) for finding in found if not finding.is_blocker]
    if warnings and not remark:
        raise ValidationError({"remark": "Có điều cần xem lại; hãy ghi vì sao vẫn gửi duyệt, hoặc sửa rồi gửi."})
    declare(obj, revision, by=by, warnings=warnings, remark=remark)
    if contribution:
        Contribution.objects.create(page_id=obj.pk, entered_by=by, **contribution)
    if older:
        _put_in_place(obj, older, revision, by=by)
    elif state:
        state.requested_by = by
        state.save(update_fields=["requested_by"])
        state.resume(by)
    else:
        state = _workflow_of(obj).start(obj, by)
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


def waiting_review(obj) -> TaskState | None:
    """Return the step of the review that waits for a decision about a page or record, None when there is none."""
    state = current_state(obj)
    task_state = state.current_task_state if state and state.status == WorkflowState.STATUS_IN_PROGRESS else None
    is_review = task_state is not None and isinstance(task_state.task.specific, EditorialApprovalTask)
    return task_state if is_review else None


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


def waits_in(bundle) -> str:
    """Say that something waits in a dossier, and what may be done."""
    return f"Nội dung này ở trong hồ sơ «{bundle}» đang chờ duyệt; hãy rút hồ sơ hoặc bỏ nội dung này ra trước."


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


def is_declared_version(revision_id: int) -> bool:
    """Tell whether a version was declared accurate."""
    return Declaration.objects.filter(revision_id=revision_id).exists()


def declare(
    obj, revision: Revision, *, by, warnings: Iterable[str] = (), remark: str = "", version=None
) -> Declaration:
    """Write down that a person declares one version accurate (Điều 20.2), with the pictures and files that it shows.

    `version`: the object as the revision has it, where the caller holds it already.
    """
    return Declaration.objects.create(
        revision_id=revision.pk,
        object_label=name_in_logs(obj)[:300],
        declared_by=by,
        declared_by_name=by.get_full_name(),
        text=DECLARATION,
        personal_data_checked=True,
        warnings="\n".join(warnings),
        remark=remark,
        files=declared_files.files_of(version if version is not None else version_of(revision)),
    )


def demand_declaration(workflow_state: WorkflowState, user) -> None:
    """Refuse to start the review of a version that was not declared accurate, or is declared for its dossier alone."""
    obj = workflow_state.content_object
    if bundle := waiting_bundle(obj):
        raise Refused(waits_in(bundle))
    revision = obj.get_latest_revision()
    if revision is None or not Declaration.objects.filter(revision_id=revision.pk).exists():
        raise Refused("Hãy dùng nút «Gửi duyệt» và xác nhận cam kết về tính chính xác (Điều 20.2).")


# --- 2. Return -------------------------------------------------------------------------------------


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


# --- 3. Approve ------------------------------------------------------------------------------------


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
    if not _approves(by, obj):
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
    _demand_no_blockers(found)
    if unanswered(found, declared) and not comment.strip():
        raise ValidationError({"comment": "Có điều cần xem lại phát sinh sau khi gửi; hãy ghi ý kiến rồi duyệt."})
    duties.end_review(obj, by=by, on=on)
    return task_state.approve(user=by, comment=comment)


def _held(task_state: TaskState):
    """Return a task state in progress and its object, both read anew under a lock: of two approvals one counts."""
    obj = hold_subject(task_state.revision)
    locked = TaskState.objects.select_for_update().get(pk=task_state.pk).specific
    if locked.status != TaskState.STATUS_IN_PROGRESS:
        raise Refused(f"Việc này đã được xử lý. {review_facts.ending(locked)}")
    return locked, obj


# --- 4. Publish ------------------------------------------------------------------------------------


@transaction.atomic
def publish_approved(task_state: TaskState, *, by=None, on: datetime | None = None):
    """Publish the version an approved task state names; return the published object.

    The one road to publication. Demands an approved state on exactly this version by a person who may approve it;
    then (1) keeps the sealed copy, (2) publishes through the gate, or schedules when the version says so, (3) checks
    that what is public is what was sealed, (4) meets deadlines, (5) raises the site's generation.
    """
    with action_on(task_state.revision) as obj:
        task_state.refresh_from_db()
        return _publish_approved(task_state, obj, on=on)


def _publish_approved(task_state: TaskState, obj, *, on: datetime | None):
    revision = task_state.revision
    if task_state.status != TaskState.STATUS_APPROVED or task_state.finished_by is None:
        raise Refused("Chưa có người duyệt phiên bản này nên không đăng được.")
    if not isinstance(task_state.task.specific, EditorialApprovalTask):
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
    return _publish(
        obj,
        revision,
        approved_by=task_state.finished_by,
        submitted_by=declared.declared_by,
        on=on or timezone.now(),
    )


def is_practice(obj) -> bool:
    """Tell whether a page or record belongs to the practice site, of which nothing is ever public."""
    site = owner_site(obj)
    return site is not None and site.is_practice


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


@transaction.atomic
def publish_bundle(
    objects,
    *,
    submitted_by,
    by,
    on: datetime | None = None,
    reason: str,
    is_declared: bool = False,
    versions: dict[int, int] | None = None,
    was_approved: bool = False,
) -> list:
    """Publish several drafts approved as one act, parents before children; return the published objects.

    For dossiers (opening a site, a demo built by its cast): one person submits the whole, a second with the right
    on each object's site approves it. `is_declared`: it was declared accurate, with its files, when it was submitted
    (`declare`), and is compared with that. `versions`: the submitted version of each object, by its key; without it the
    objects are submitted and approved in one step. `was_approved`: the rights were asked at the approval
    (`demand_bundle`), for the hour that has come now. Raises Refused when they are the same person or wrote it, or when
    the newest version is not the submitted one; ValidationError with the first object's blockers.
    """
    if submitted_by is None or by is None or submitted_by.pk == by.pk:
        raise Refused("Cần hai người khác nhau: người gửi và người duyệt.")
    moment, published = on or timezone.now(), []
    with sites_held():
        for obj in objects:
            with one_action():
                obj = hold(obj)
                revision = _submitted_version(obj, versions, submitted_by=submitted_by)
                if not was_approved:
                    _demand_bundling_rights(obj, submitted_by=submitted_by, by=by)
                _demand_bundled(obj, revision, submitted_by=submitted_by, is_declared=is_declared)
                people = {"approved_by": by, "submitted_by": submitted_by}
                published.append(_publish(obj, revision, **people, on=moment, ground=reason, raise_now=False))
        readers_see_changed(published, sites={owner_site(obj) for obj in published} - {None})
    return published


def demand_bundle(objects, *, submitted_by, by) -> None:
    """Demand of declared drafts, which the caller holds, what `publish_bundle` does; nothing of them becomes public.

    They were approved as one act for a later hour. Raises Refused and ValidationError as `publish_bundle`.
    """
    with sites_held():
        for obj in objects:
            with one_action():
                revision = obj.get_latest_revision()
                _demand_bundling_rights(obj, submitted_by=submitted_by, by=by)
                _demand_bundled(obj, revision, submitted_by=submitted_by, is_declared=True)
                demand_own_references(revision)


def _submitted_version(obj, versions: dict[int, int] | None, *, submitted_by) -> Revision:
    """Return the newest version of one object of a bundle; Refused when it is not the one that was submitted."""
    revision = obj.get_latest_revision() or obj.save_revision(user=submitted_by)
    if versions is not None and versions.get(obj.pk) != revision.pk:
        raise Refused(f"«{obj}» đã được sửa sau khi gửi nên không đăng được; hãy trả lại rồi gửi phiên bản mới.")
    return revision


def _demand_bundling_rights(obj, *, submitted_by, by) -> None:
    if is_practice(obj):
        raise Refused(NEVER_PUBLIC)
    if not may(submitted_by, WRITE, owner_site(obj)):
        raise Refused(f"Người gửi không có quyền soạn trên trang chứa «{obj}».")
    if not may_approve(by, obj):
        raise Refused(f"Người duyệt không duyệt được «{obj}»: phải có quyền duyệt và không soạn, không gửi nó.")


def _demand_bundled(obj, revision: Revision, *, submitted_by, is_declared: bool) -> None:
    """Demand of one object of a bundle what is demanded of a page alone beside rights: no blockers, declared files.

    What was taken down since its last publication, or is to be, comes back by itself: two persons look at that alone.
    """
    if obj.first_published_at and TakeDown.objects.of(obj).filter(state__in=TakeDown.AGAINST_PUBLICATION).exists():
        raise Refused(f"«{obj}» đã bị gỡ bỏ, hoặc có đề nghị gỡ bỏ chờ quyết định; hãy gửi duyệt riêng.")
    stopping = blockers(obj)
    if stopping:
        raise ValidationError({finding.field: [f"{obj}: {finding.message}"] for finding in stopping})
    declared = declaration_of(revision.pk)
    if not (is_declared and declared is not None and declared.declared_by_id == submitted_by.pk):
        declared = declare(obj, revision, by=submitted_by)
    declared_files.demand_as_declared(revision, declared)


def demand_own_references(revision) -> None:
    """Raise Refused when a version leads to what another site has not published (any more)."""
    foreign = references_foreign_to_owner(version_of(revision))
    if foreign:
        raise Refused(foreign[0].message)


def _publish(obj, revision, *, approved_by, submitted_by, on, ground="", raise_now=True, urgent=False, is_part=False):
    """Publish a version of a page or record that the caller holds, as it is stored now; the one place that does."""
    if is_practice(obj):
        raise Refused(NEVER_PUBLIC)
    _demand_open(obj, owner_site(obj))
    if urgent and obj.live and isinstance(obj, Page):
        # What it said until now may be why the head could not wait.
        note_replaced(obj)
    if not is_part:
        demand_own_references(revision)
    copy = copies.seal(revision, approved_by=approved_by, submitted_by=submitted_by, on=on, ground=ground)
    first = obj.first_published_at
    public = _let_through(revision, by=approved_by, log_action="portal.publish")
    if public.live and (timezone.now() - on).total_seconds() > 60:
        # An act recorded later than it happened keeps its day.
        public.first_published_at, public.last_published_at = first or on, on
        with open_gate("publish"):
            public.save(update_fields=["first_published_at", "last_published_at"])
    if public.live and public.live_revision_id == revision.pk:
        _finish(public, copy, on, is_part=is_part)
    else:
        schedules.note(revision, public, approved_by=approved_by, submitted_by=submitted_by, on=on)
    if raise_now:
        site = owner_site(public)
        readers_see_changed([public], sites=[site] if site else [], urgent=urgent)
    return public


def _demand_open(obj, site: PortalSite | None) -> None:
    """Refuse what is of a site that is only prepared: who opens it decides about all of it (`home/opening/`).

    The practice site is never opened, and nothing of it becomes public: there people submit and approve as elsewhere.
    """
    if site is not None and site.state == PortalSite.State.PREPARED and site.kind != PortalSite.Kind.PRACTICE:
        raise Refused(f"«{obj}»: {NOT_OPEN}")


def _let_through(revision, *, by, log_action: str):
    """Publish a version through the gate, now or at its hour; return the object as it is stored from then on."""
    with open_gate("publish"):
        unshared(revision).publish(user=by, skip_permission_checks=True, log_action=log_action)
    public = revision.content_type.model_class().objects.get(pk=revision.object_id)
    # Compared with the copy, looked through for files and written into the index: read once.
    for relation in get_all_child_relations(public):
        getattr(public, relation.get_accessor_name()).get_object_list()
    return public


def _finish(public, copy: ArchiveCopy, on, *, is_part=False) -> None:
    """Demand that what has just become public is what was sealed at its approval; then meet what depends on it.

    `is_part`: the rest of it was public before and was not reviewed now, so nothing that depends on it is met.
    """
    if not copies.is_as_sealed(copy, public):
        raise Refused("Nội dung đăng không khớp nội dung đã duyệt; không có gì được đăng.")
    if hidden := schedules.hidden_above(public):
        raise Refused(f"Mục «{hidden[-1].title}» chứa trang này chưa đăng hoặc đã gỡ; hãy đăng mục đó trước.")
    _clear_hour(public)
    note_published(copies.referenced_files(public), on)
    if not is_part:
        _meet_duties(public, on)


def _clear_hour(public) -> None:
    """Clear the hour that a publication has met: Wagtail would keep it with the page permanently."""
    if public.go_live_at is not None:
        public.go_live_at = None
        with open_gate("publish"):
            public.save(update_fields=["go_live_at"])


def _meet_duties(public, on) -> None:
    """Meet the duties that this publication fulfils, and end the take-down it answers."""
    duties.meet(public, on)
    _end_returning_takedown(public, on)
    if public.live:
        note_back(public)
    for function in _after_publication:
        function(public, on)


def _end_returning_takedown(subject, on) -> None:
    """A page or record that is public again ends its take-down: restored, or edited as asked."""
    rows = TakeDown.objects.of(subject)
    rows.filter(state=TakeDown.State.TAKEN_DOWN).update(state=TakeDown.State.RESTORED, restored_at=on)
    edited = rows.filter(state=TakeDown.State.TO_EDIT)
    if edited and getattr(subject, "retained_note", ""):
        # The two persons who published what was asked for have answered what the note said.
        subject.retained_note, subject.retained_note_on = "", None
        with open_gate("publish"):
            subject.save(update_fields=["retained_note", "retained_note_on"], clean=False)
    for row in edited:
        deadlines.meet_for(row, on=on)
        row.state = TakeDown.State.RETAINED_WITH_NOTE
        row.save(update_fields=["state"])


# --- 5. Later --------------------------------------------------------------------------------------


def publish_due(*, on: datetime | None = None) -> list:
    """Publish what was approved for a time that has come; return the published objects, soonest first.

    What may not appear any more (`schedules.obstacle`: it was edited or moved since, a file is not what was sealed, its
    section or what it leads to is public no more) becomes a draft again. Each item is its own transaction; one that
    fails keeps its schedule and is reported after the others are done. Author and approver are told of both.
    """
    moment = on or timezone.now()
    published, failed = [], []
    due = Revision.objects.filter(approved_go_live_at__lte=moment).order_by("approved_go_live_at", "pk")
    for pk in list(due.values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                published += _publish_scheduled(pk, moment)
        except Exception as error:  # noqa: BLE001  one bad item must not stop the others; it is raised below
            failed.append((pk, error))
    if failed:
        reasons = [f"phiên bản {pk}: {error}{_tell_failed(pk, error)}" for pk, error in failed]
        raise RuntimeError("Không đăng được theo lịch: " + "; ".join(reasons)) from failed[0][1]
    return published


def _tell_failed(pk: int, error: Exception) -> str:
    """Tell author and approver; return what there is to add to the reason when even that failed."""
    try:
        with transaction.atomic():
            schedules.tell_failed(Revision.objects.get(pk=pk), error)
    except Exception as another:  # noqa: BLE001  the reasons of the others must be told all the same
        return f" (chưa báo được cho ai: {another})"
    return ""


def _publish_scheduled(pk: int, moment: datetime) -> list:
    """Publish one version whose hour has come, or make it a draft again; return what became public."""
    obj = hold_subject(Revision.objects.get(pk=pk))
    revision = Revision.objects.select_for_update().filter(pk=pk, approved_go_live_at__lte=moment).first()
    if revision is None or schedules.waits_for_section(obj):
        return []
    if reason := schedules.obstacle(revision, obj, moment):
        schedules.void(revision, obj, reason, on=moment)
        return []
    # `obstacle` has found one: what is compared with no copy does not appear.
    copy = copies.last_copy_of(revision)
    public = _let_through(revision, by=None, log_action="wagtail.publish.scheduled")
    _finish(public, copy, moment)
    site = owner_site(public)
    readers_see_changed([public], sites=[site] if site else [])
    return [public]


# --- 6. The head's emergency -----------------------------------------------------------------------


@transaction.atomic
def emergency_publish(
    obj, *, by, on: datetime | None = None, reason: str, only: frozenset[str] = frozenset(), label: str = ""
):
    """Publish the newest version at once by the head alone; return the published object.

    The one exception to two persons: only the head of the board, with a reason; the act stays open ("chờ xem lại")
    until a second person has looked. A running review of it is ended. `only`: the caller made the newest version from
    what is public and changed these fields alone; what is amiss elsewhere is public already and stops nothing.
    `label`: what was done, where the name of the thing does not say it.
    """
    obj = hold(obj)
    if not acts_for_board(by, EMERGENCY, owner_site(obj)):
        raise Refused("Chỉ Trưởng ban Biên tập được đăng khẩn cấp.")
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do đăng khẩn cấp."})
    stopping = [finding for finding in blockers(obj) if not only or finding.field in only]
    if stopping:
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
    EmergencyAct.objects.create(
        kind=EmergencyAct.Kind.PUBLISH,
        site=owner_site(obj),
        object_type=obj._meta.label,
        object_id=str(obj.pk),
        object_label=(label or str(obj))[:300],
        revision_id=revision.pk,
        reason=reason,
        acted_by=by,
        acted_at=moment,
    )
    public = _publish(
        obj,
        revision,
        approved_by=by,
        submitted_by=by,
        on=moment,
        ground=f"Đăng khẩn cấp: {reason}",
        urgent=True,
        is_part=bool(only),
    )
    log(instance=public, action="portal.emergency", user=by, data={"reason": reason})
    return public


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
    done = f"{act.get_kind_display()}, {format_moment(act.acted_at)}"
    notify(act.acted_by, "emergency_refused", {"act": act, "done": done})
