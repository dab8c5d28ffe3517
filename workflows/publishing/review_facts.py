"""What the user who opens a review must know beside the text: what came after it, how it ended, what was before.

1. `saved_since`: the versions saved after the one that was submitted; it cannot be approved any more.
2. `ending`, `outcome`, `returned`, `newer_review`: how a review ended, by whom and when, and the one that runs now; so
   `ending_of_takedown`, `ending_of_proposal`.
3. `appears`: when the version is public, before the decision and after it; `papers`: the files of a record.
4. `returns`: how often it was given back since it was last approved. `former_life`: of what was public once and was
   taken down: why, by whose decision, and why it was brought back. `supplied`: who of those without an account supplied
   it, and who answers for having taken it in. `origin`: what was sent to the office and became a draft, as it was sent.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from wagtail.log_actions import registry
from wagtail.models import Page, Revision, TaskState, WorkflowState

from accounts.roles import DISPATCH, may
from base.models.files import content_type_of
from base.sites import city_site
from vietnam.dates import format_moment, format_short

from ..models import ArchivalUnpublishTaskState, Contribution, EditorialApprovalTask, TakeDown
from ..models.proposal import Proposal
from . import schedules

WITHDRAWN = "portal.takedown.withdraw"
TAKEN_DOWN_WITH_OTHERS = "portal.takedown.record"
RESTORED = "portal.takedown.restore"


# --- 1. Since the submission -----------------------------------------------------------------------


def saved_since(task_state: TaskState, obj) -> list[Revision]:
    """Return the versions saved after the one under review, the oldest first; [] while it is the newest."""
    if task_state.revision_id == obj.latest_revision_id:
        return []
    later = Revision.objects.for_instance(obj).filter(pk__gt=task_state.revision_id)
    return list(later.select_related("user").defer("content").order_by("pk"))


def who_saved(versions: list[Revision]) -> str:
    """Say who saved versions and when: "Cán bộ mẫu 05 lúc 10:00 07/09/2020"; a person once, with the last time."""
    last = {name_of(version.user): version.created_at for version in versions}
    return "; ".join(f"{name} lúc {format_moment(moment)}" for name, moment in last.items())


def name_of(user) -> str:
    """A person as named in a sentence."""
    return str(user) if user is not None else "hệ thống"


# --- 2. The end of a review ------------------------------------------------------------------------


def ending(task_state: TaskState) -> str:
    """Say how a review ended, by whom and when; "" while it runs."""
    if task_state.status == TaskState.STATUS_IN_PROGRESS:
        return ""
    who, state = name_of(task_state.finished_by), task_state.workflow_state
    when = f" lúc {format_moment(task_state.finished_at)}" if task_state.finished_at else ""
    if task_state.status == TaskState.STATUS_APPROVED:
        return f"{who} đã duyệt{when}."
    if task_state.status == TaskState.STATUS_REJECTED:
        return f"{who} đã trả lại{when}: {task_state.comment}"
    if state.task_states.filter(pk__gt=task_state.pk).exists():
        return f"{who} đã rút bản này{when} để gửi phiên bản mới."
    if task_state.finished_by_id == state.requested_by_id:
        return f"Người gửi ({who}) đã rút{when}."
    return f"{who} đã rút{when}." if task_state.finished_by_id else f"{who} đã dừng việc duyệt{when}."


def outcome(workflow_state: WorkflowState) -> dict[str, str]:
    """Say what was decided at the end of a workflow, for the mail that tells it: `outcome` in few words, `ended` whole.

    "Duyệt, đã đăng"; "… đã duyệt lúc 10:00 07/09/2020. Đã đăng."; of a take-down what was decided and the note.
    """
    task_state = workflow_state.current_task_state.specific
    if isinstance(task_state, ArchivalUnpublishTaskState) and task_state.takedown:
        row = TakeDown.objects.select_related("decided_by").get(pk=task_state.takedown_id)
        return {"outcome": row.get_decision_display(), "ended": ending_of_takedown(row)}
    later = Revision.objects.filter(pk=task_state.revision_id).values_list("approved_go_live_at", flat=True).first()
    when = f"sẽ đăng lúc {format_moment(later)}" if later else "đã đăng"
    return {"outcome": f"Duyệt, {when}", "ended": f"{ending(task_state)} {when[0].upper()}{when[1:]}."}


def returned(obj) -> str:
    """Say who gave a page or record back and why, as long as it was not submitted again; "" otherwise."""
    states = WorkflowState.objects.for_instance(obj).filter(status=WorkflowState.STATUS_NEEDS_CHANGES)
    state = states.select_related("current_task_state__finished_by").order_by("pk").last()
    return ending(state.current_task_state) if state and state.current_task_state else ""


def newer_review(task_state: TaskState, obj) -> TaskState | None:
    """Return the review of the same page or record that runs now, when it is another one."""
    running = WorkflowState.objects.for_instance(obj).filter(status=WorkflowState.STATUS_IN_PROGRESS)
    return (
        TaskState.objects.filter(
            workflow_state__in=running,
            status=TaskState.STATUS_IN_PROGRESS,
            task__in=EditorialApprovalTask.objects.values("pk"),
        )
        .exclude(pk=task_state.pk)
        .select_related("workflow_state__requested_by")
        .last()
    )


def ending_of_takedown(row: TakeDown) -> str:
    """Say how a proposed take-down ended, by whom and when; "" while it waits for a decision."""
    if row.state in TakeDown.UNDECIDED:
        return ""
    if row.state == TakeDown.State.WITHDRAWN:
        logs = registry.get_logs_for_instance(row.subject).filter(action=WITHDRAWN).order_by("pk")
        entry = next((entry for entry in logs if entry.data.get("takedown") == row.pk), None)
        who = f"{name_of(entry.user)} đã rút" if entry else "Đã rút"
        when = f" lúc {format_moment(entry.timestamp)}" if entry else ""
        return f"{who} đề nghị này{when}: {row.decision_note}"
    note = f": {row.decision_note}" if row.decision_note else "."
    message = f"{name_of(row.decided_by)} đã quyết định «{row.get_decision_display()}»"
    return f"{message} lúc {format_moment(row.decided_at)}{note}" if row.decided_at else f"{message}{note}"


def ending_of_proposal(row: Proposal) -> str:
    """Say how a proposal of one person for another ended, by whom and when; "" while it is open."""
    if row.is_open:
        return ""
    what = "đã đồng ý" if row.accepted else "đã rút đề nghị" if row.decided_by == row.proposed_by else "không đồng ý"
    note = f": {row.note}" if row.note else "."
    return f"{name_of(row.decided_by)} {what} lúc {format_moment(row.decided_at)}{note}"


# --- 3. What readers get ---------------------------------------------------------------------------


def appears(task_state: TaskState, moment: datetime) -> str:
    """Say when the version under review is public: once it is approved, or now that it was; "" of one given back."""
    revision = task_state.revision
    if task_state.status == TaskState.STATUS_APPROVED:
        later = revision.approved_go_live_at
        return f"Đã duyệt, sẽ đăng lúc {format_moment(later)}." if later else ""
    if task_state.status != TaskState.STATUS_IN_PROGRESS:
        return ""
    version = revision.as_object()
    if passed := schedules.hour_passed(version, moment):
        return f"Giờ hẹn đăng {format_moment(passed)} đã qua: duyệt là đăng ngay."
    return f"Đăng lúc {format_moment(version.go_live_at)}." if version.go_live_at else "Đăng ngay khi duyệt."


def papers(version) -> list[dict]:
    """Return the PDF files that a record shows beside its text, the signed one first, each with its label.

    Only what may be opened: a file that the scanner has not passed is a finding.
    """
    shown = version.shown_files() if hasattr(version, "shown_files") else []
    return [
        item
        for item in shown
        if content_type_of(item["file"].file.name) == "application/pdf" and item["file"].is_servable()
    ]


# --- 4. Before -------------------------------------------------------------------------------------


def returns(task_state: TaskState, obj) -> list[TaskState]:
    """Return the steps at which a page or record was given back before this review, the newest first.

    Those since it was last approved: what was said about an earlier version that is public since is closed.
    """
    steps = TaskState.objects.filter(
        workflow_state__in=WorkflowState.objects.for_instance(obj),
        pk__lt=task_state.pk,
        task__in=EditorialApprovalTask.objects.values("pk"),
    )
    approved = steps.filter(status=TaskState.STATUS_APPROVED).order_by("-pk").values_list("pk", flat=True).first()
    given_back = steps.filter(status=TaskState.STATUS_REJECTED, pk__gt=approved or 0)
    return list(given_back.select_related("finished_by", "revision").order_by("-pk"))


def supplied(obj) -> str:
    """Say who without an account supplied a page, and who answers for it in the portal now; "" for one of the staff's.

    The user who entered it may have left: then the standing office answers, as for all contributions (Điều 13.1, 20.2).
    """
    row = Contribution.objects.filter(page_id=obj.pk).select_related("entered_by").order_by("pk").last()
    if row is None or not isinstance(obj, Page):
        return ""
    who = f"{row.contributor_name} ({row.organisation})" if row.organisation else row.contributor_name
    taken_in = f"{name_of(row.entered_by)} tiếp nhận ngày {format_short(row.received_on)}"
    if may(row.entered_by, DISPATCH, city_site()):
        return f"{who}, không có tài khoản; {taken_in}."
    return f"{who}, không có tài khoản; {taken_in}, nay Cơ quan Thường trực chịu trách nhiệm."


@dataclass(frozen=True)
class Origin:
    """What a draft was made of: its name, its screen ("" for who may not open it), the draft as it was made."""

    label: str
    address: str
    version: Page


_origins: list[Callable] = []


def register_origin(function: Callable[[Page, object], tuple[str, str] | None]) -> None:
    """Let a room that makes drafts of what was sent say so: `function` gets page and user, returns (label, address)."""
    _origins.append(function)


def origin(obj, user) -> Origin | None:
    """Return what a draft that was never public was made of, as far as a room says so."""
    if not isinstance(obj, Page) or obj.first_published_at is not None:
        return None
    found = next((named for function in _origins if (named := function(obj, user))), None)
    first = Revision.objects.for_instance(obj).order_by("pk").first() if found else None
    return Origin(*found, first.as_object()) if first else None


@dataclass(frozen=True)
class FormerLife:
    """What was public once: since when, why and by whom it went, why and by whom it was brought back."""

    first_published_at: datetime | None
    gone: str = ""
    takedown_id: int | None = None
    restored: str = ""


def former_life(obj) -> FormerLife | None:
    """Return the former life of what is not public now; None for what never was, and for what is."""
    if obj.live or obj.first_published_at is None:
        return None
    row = TakeDown.objects.of(obj).filter(state=TakeDown.State.TAKEN_DOWN).select_related("decided_by").order_by("pk")
    row, logs = row.last(), registry.get_logs_for_instance(obj).order_by("timestamp", "pk")
    if row is not None:
        note = f" {row.decision_note}" if row.decision_note else ""
        gone = f"{row.get_ground_display()}. {_by(row.decided_by, row.decided_at)}.{note}"
        back = [entry for entry in logs.filter(action=RESTORED) if entry.data.get("takedown") == row.pk]
        return FormerLife(obj.first_published_at, gone, row.pk, _reason(back[-1]) if back else "")
    taken = logs.filter(action=TAKEN_DOWN_WITH_OTHERS).last()
    return FormerLife(obj.first_published_at, _reason(taken) if taken else "")


def _by(user, moment: datetime | None) -> str:
    return name_of(user) + (f", {format_moment(moment)}" if moment else "")


def _reason(entry) -> str:
    return f"{entry.data.get('reason', '')} ({_by(entry.user, entry.timestamp)})"
