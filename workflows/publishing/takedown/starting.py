"""1. The archival-unpublish task of a proposal starts at once, or waits for a running approval."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Workflow, WorkflowState, WorkflowTask

from base.gate import Refused

from ... import deadlines
from ...models import ArchivalUnpublishTask, TakeDown
from .. import reviews
from ..approval import current_state
from .grounds import State
from .rights import undecided
from .subjects import held

WORKFLOW_NAME = "Gỡ bỏ lưu trữ (Điều 21.2)"
# A take-down waits at most this long for a running approval.
WAIT_WORKDAYS = 2
TO_BE_LOOKED_AT = "Dừng duyệt để xem xét gỡ bỏ."


def start_waiting(*, on: datetime | None = None) -> list[TakeDown]:
    """Start the task of every take-down that waits for an approval which has ended, or has waited long enough,
    and of every open one whose workflow was lost; return the rows started.

    One that fails stays as it is and is reported after the others are done.
    """
    moment = on or timezone.now()
    started, failed = [], []
    for row in TakeDown.objects.filter(state__in=TakeDown.UNDECIDED).select_related("workflow_state"):
        if row.state == State.OPEN and row.workflow_state and row.workflow_state.is_active:
            continue
        try:
            with transaction.atomic():
                row = held(row)
                if row.state in TakeDown.UNDECIDED and start(row, moment):
                    started.append(row)
        except Exception as error:  # noqa: BLE001  one bad row must not stop the others; it is raised below
            failed.append((row.pk, error))
    if failed:
        raise RuntimeError(
            "Không bắt đầu được việc gỡ bỏ: " + "; ".join(f"đề nghị {pk}: {error}" for pk, error in failed)
        ) from failed[0][1]
    return started


def start(row: TakeDown, moment: datetime) -> bool:
    """Start the archival-unpublish task of a row unless a running approval goes first; tell whether it started."""
    page = row.subject
    state = current_state(page)
    if state:
        running = state.status == WorkflowState.STATUS_IN_PROGRESS
        waited = deadlines.workdays_after(timezone.localtime(row.proposed_at).date(), WAIT_WORKDAYS)
        if (
            running
            and row.ground not in TakeDown.AT_ONCE
            and timezone.localtime(moment).date() <= waited
            and not isinstance(state.current_task_state.task.specific, ArchivalUnpublishTask)
        ):
            if row.state != State.WAITING:
                row.state = State.WAITING
                row.save(update_fields=["state"])
            return False
        # The draft under review keeps its versions; its writer sees in the page's history why it stopped.
        reviews.stop(page, state, TO_BE_LOOKED_AT, by=row.proposed_by, on=moment)
        log(instance=page, action="portal.takedown.first", user=row.proposed_by, data={"takedown": row.pk})
    if page.get_latest_revision() is None:
        page.save_revision(user=None, changed=False, clean=False)
    row.state = State.OPEN
    row.save(update_fields=["state"])
    row.workflow_state = _workflow().start(page, row.proposed_by)
    row.save(update_fields=["workflow_state"])
    return True


def start_task(task, default_start, workflow_state, user):
    """Start the Wagtail task for the undecided row of its page or record; refuse one that no proposal opened."""
    row = undecided(workflow_state.content_object)
    if row is None:
        raise Refused("Hãy dùng «Đề nghị gỡ bỏ» để bắt đầu việc gỡ bỏ.")
    task_state = default_start(workflow_state, user=user)
    task_state.takedown = row
    task_state.save(update_fields=["takedown"])
    return task_state


def _workflow() -> Workflow:
    task = ArchivalUnpublishTask.objects.first()
    if task is None:
        task = ArchivalUnpublishTask.objects.create(name="Quyết định gỡ bỏ")
        workflow = Workflow.objects.create(name=WORKFLOW_NAME)
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    return Workflow.objects.get(workflow_tasks__task=task)
