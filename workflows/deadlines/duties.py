"""The deadlines of what is written here: started by the event, met by the publication or the decision, never by hand.

1. `note_duties`: a draft that names an event with a duty (approval of a plan, decision to publish figures, the
document an article explains) starts its deadline as soon as it is saved, so that boards and reminders see it before it
is late; a corrected date starts it anew. 2. `meet`: publication meets the deadlines, and starts those of what is owed
after it (the outcome of a consultation). A rule that is not there, or has no amount yet, starts nothing.
3. `start_review`, `end_review`: what was submitted waits for a decision; `stop_review`: it was taken back;
`drop_idle_reviews` ends the deadlines of reviews that ended otherwise.
"""

from datetime import datetime

from django.db import transaction
from wagtail.models import TaskState, WorkflowState

from accounts.roles import owner_site
from base.operations.log_names import name_in_logs

from .. import deadlines
from ..models import Deadline, DeadlineRule, PublicationBundle
from ..versions import newest_of

REVIEW_RULE = "DL-REVIEW"
CORRECTED = "Ngày của sự kiện đã được sửa."


# --- 1. Before publication -------------------------------------------------------------------------


@transaction.atomic
def note_duties(obj, *, by=None, on: datetime | None = None) -> list[Deadline]:
    """Start the deadlines of the duties that the newest version of a page names; return those that run.

    Of several duties under one rule the earliest runs. A deadline whose event day is not in the version any more is
    cancelled. Things without duties have none; a duty met, or cancelled by a person, is not started again.
    """
    newest = newest_of(obj)
    if not hasattr(newest, "duties") or _is_practice(obj):
        return []
    duties = sorted(newest.duties(), key=lambda duty: (duty.started_on, duty.rule))
    _drop_corrected(obj, duties, by=by, on=on)
    running = []
    for duty in duties:
        if not duty.is_met:
            continue
        ended = Deadline.objects.for_subject(obj).filter(rule__code=duty.rule, started_on=duty.started_on)
        ended = ended.exclude(met_on=None, cancelled=False).exclude(cancelled=True, cancellation_reason=CORRECTED)
        if not ended.exists() and (deadline := _start(obj, duty, by=by)) is not None:
            running.append(deadline)
    return running


def _is_practice(obj) -> bool:
    site = owner_site(obj)
    return site is not None and site.is_practice


def _drop_corrected(obj, duties, *, by=None, on=None) -> None:
    """Cancel the running deadlines of rules that the duties name, where no duty counts from that day."""
    days = {}
    for duty in duties:
        days.setdefault(duty.rule, set()).add(duty.started_on)
    for deadline in Deadline.objects.for_subject(obj).open().filter(rule__code__in=list(days)).select_related("rule"):
        if deadline.started_on not in days[deadline.rule.code]:
            deadlines.cancel_for(obj, reason=CORRECTED, on=on, by=by, rule=deadline.rule.code)


def _start(obj, duty, *, by=None) -> Deadline | None:
    rule = DeadlineRule.objects.for_event(duty.rule, duty.started_on)
    if rule is None or not rule.is_set:
        return None
    return deadlines.start(
        obj,
        rule,
        on=duty.started_on,
        by=by,
        site=owner_site(obj),
        title=duty.title,
        unit=getattr(obj, "responsible_unit", None),
    )


# --- 2. Publication --------------------------------------------------------------------------------


def meet(public, on: datetime) -> None:
    """Meet the duties that a publication fulfils: the deadlines that run, then those that were never started.

    What is owed only after the publication starts now, and goes on running when something else is corrected.
    """
    duties = public.duties() if hasattr(public, "duties") else []
    _drop_corrected(public, duties, on=on)
    owed = {duty.rule for duty in duties if not duty.is_met}
    for deadline in Deadline.objects.for_subject(public).open().exclude(rule__code__in=owed):
        deadlines.meet(deadline, on=on)
    for duty in sorted(duties, key=lambda duty: (duty.started_on, duty.rule)):
        known = Deadline.objects.for_subject(public).filter(rule__code=duty.rule, started_on=duty.started_on)
        if known.exclude(cancelled=True, cancellation_reason=CORRECTED).exists():
            continue
        deadline = _start(public, duty)
        if deadline is not None and duty.is_met:
            # Met at once: the next duty may start another deadline of the same rule.
            deadlines.meet(deadline, on=on)


# --- 3. Review -------------------------------------------------------------------------------------


def start_review(obj, *, by, on: datetime | None = None) -> Deadline | None:
    """Start the deadline of a decision on what was submitted; None when the office sets no target (no rule), and on the
    practice site, where nothing is due."""
    if _is_practice(obj):
        return None
    try:
        rule = deadlines.find_rule(REVIEW_RULE, on)
    except deadlines.NoDeadline:
        return None
    return deadlines.start(
        obj,
        rule,
        on=on,
        by=by,
        site=owner_site(obj),
        unit=getattr(obj, "responsible_unit", None),
        title=f"Duyệt «{name_in_logs(obj)}»",
    )


def end_review(obj, *, by=None, on: datetime | None = None) -> None:
    """Meet the deadline of a review: it was decided."""
    deadlines.meet_for(obj, on=on, by=by, rule=REVIEW_RULE)


def stop_review(obj, *, by=None, on: datetime | None = None) -> None:
    """Cancel the deadline of a review: what waited was taken back."""
    deadlines.cancel_for(obj, reason="Bài đã được rút về để sửa.", on=on, by=by, rule=REVIEW_RULE)


def drop_idle_reviews(*, on: datetime | None = None) -> list[Deadline]:
    """Cancel the deadlines of reviews that ended undecided (withdrawn, or the thing is gone); return them."""
    ended = []
    for deadline in Deadline.objects.open().filter(rule__code=REVIEW_RULE).prefetch_related("subject"):
        if deadline.subject is None or not _is_under_review(deadline.subject):
            ended.append(deadlines.cancel_deadline(deadline, reason="Việc duyệt đã dừng.", on=on))
    return ended


def _is_under_review(obj) -> bool:
    if isinstance(obj, PublicationBundle):
        return obj.state == PublicationBundle.State.SUBMITTED
    states = WorkflowState.objects.for_instance(obj).filter(status=WorkflowState.STATUS_IN_PROGRESS)
    return TaskState.objects.filter(
        workflow_state__in=states,
        status=TaskState.STATUS_IN_PROGRESS,
        task__content_type__model="editorialapprovaltask",
    ).exists()


def drop_deadlines_of(obj, *, by=None, on: datetime | None = None) -> list[Deadline]:
    """Cancel the open deadlines of a draft that is deleted."""
    return deadlines.cancel_for(obj, reason="Bản nháp đã xóa.", on=on, by=by)
