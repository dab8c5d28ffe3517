"""What becomes of a review whose page or record goes, moves or is replaced: it ends, or begins anew elsewhere."""

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Page, WorkflowState

from accounts.roles import owner_site, works_on
from base.admin.field_anchors import edit_address
from base.operations.log_names import name_in_logs

from .. import deadlines
from ..deadlines import duties
from ..models import Declaration, SiteWorkflow, TakeDown
from . import waiting
from .approval import workflow_for
from .waiting import Change, GoesOn, Happening, Reach


def register_what_waits() -> None:
    """Say what becomes of a review (`waiting`); called by `what_waits`."""
    waiting.register_waiting(
        WorkflowState,
        of=running_on,
        release={
            Change.REMOVED: _stop,
            Change.MOVED: _stop_unless_left_to_its_board,
            Change.HANDED_OVER: _begin_anew,
            Change.REPLACED: _stop,
            Change.ENDED: GoesOn("What cannot move stays with its page; the city's board decides it."),
        },
    )


def running_on(reach: Reach) -> list[WorkflowState]:
    """Return the running and returned reviews of what a change reaches, the oldest first; take-downs are none."""
    takedowns = TakeDown.objects.filter(state__in=TakeDown.UNDECIDED).exclude(workflow_state=None)
    states = WorkflowState.objects.active().exclude(pk__in=takedowns.values("workflow_state")).order_by("pk")
    found = [state for record in reach.records for state in states.for_instance(record)]
    if reach.pages:
        of_pages = states.filter(base_content_type=ContentType.objects.get_for_model(Page))
        if not reach.with_below:
            of_pages = of_pages.filter(object_id__in=[str(page.pk) for page in reach.pages])
        rows = list(of_pages)
        inside = reach.pages_among([int(state.object_id) for state in rows])
        found += [state for state in rows if int(state.object_id) in inside]
    return found


def stop(obj, state: WorkflowState, reason: str, *, by, on) -> None:
    """End the review of a page or record undecided, with the reason; who submitted it is told."""
    was_running = state.status == WorkflowState.STATUS_IN_PROGRESS
    state.cancel(user=by)
    deadlines.cancel_for(obj, reason=reason, on=on, by=by, rule=duties.REVIEW_RULE)
    if was_running:
        _tell(obj, state, reason, by=by)


def _tell(obj, state: WorkflowState, reason: str, *, by) -> None:
    """Tell who submitted it while they work where they did, with its address while they work where it is."""
    person, link = state.requested_by, SiteWorkflow.objects.filter(workflow=state.workflow).first()
    if person is None or person == by or link is None or not works_on(person, link.site):
        return
    address = edit_address(obj) if works_on(person, owner_site(obj)) else ""
    waiting.tell([person], "Bản gửi duyệt", name_in_logs(obj), reason, address=address)


def _stop(state: WorkflowState, happening: Happening) -> None:
    stop(state.content_object, state, happening.reason, by=happening.by, on=happening.on)


def _stop_unless_left_to_its_board(state: WorkflowState, happening: Happening) -> None:
    """Two persons moved it within its site: the same board reviews it there."""
    if not happening.by_two or owner_site(state.content_object) != happening.site:
        _stop(state, happening)


def _begin_anew(state: WorkflowState, happening: Happening) -> None:
    """Under the workflow of the site where it stands now, where it was declared; what was returned stays returned."""
    obj = state.content_object
    workflow = workflow_for(owner_site(obj))
    if state.status == WorkflowState.STATUS_NEEDS_CHANGES:
        state.workflow = workflow
        state.save(update_fields=["workflow"])
        return
    by, on = happening.by, happening.on
    state.cancel(user=by)
    deadlines.cancel_for(obj, reason=happening.reason, on=on, by=by, rule=duties.REVIEW_RULE)
    if Declaration.objects.filter(revision_id=obj.latest_revision_id).exists():
        workflow.start(obj, state.requested_by)
        duties.start_review(obj, by=by, on=on)
