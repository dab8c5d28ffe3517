"""The notices of this room: approval and comments, dossiers, schedules, deadlines, work that changes hands."""

from base.operations.notices import Kind, register_kinds

from .publishing import still_waits


def register() -> None:
    """Register them; those of approval and comments are Wagtail's own, each with its choice in a person's account.

    What asks a user for a decision is looked at again before it leaves (`publishing/still_waits.py`).
    """
    register_kinds(
        "workflows",
        Kind("task_state_submitted", preference="submitted"),
        Kind("workflow_state_submitted", preference="submitted"),
        Kind("workflow_state_approved", preference="approved"),
        Kind("workflow_state_rejected", preference="rejected"),
        Kind("updated_comments", preference="updated_comments"),
        Kind(
            "bundle_submitted",
            once="bundle-submitted {bundle.pk} {bundle.submitted_at:%Y%m%d%H%M%S} {recipient.pk}",
            preference="submitted",
        ),
        Kind("bundle_published", preference="approved"),
        Kind("bundle_returned", preference="rejected"),
        Kind("bundle_scheduled", preference="approved"),
        Kind("bundle_void"),
        Kind("bundle_moved"),
        Kind("bundle_stopped"),
        Kind("bundle_failed", once="bundle-failed {bundle.pk} {bundle.decided_at:%Y%m%d%H%M%S} {recipient.pk}"),
        Kind("schedule_void", once="schedule-void {revision.pk} {on:%Y%m%d%H%M} {recipient.pk}"),
        Kind("schedule_failed", once="schedule-failed {revision.pk} {recipient.pk}"),
        Kind("second_look_waits", once="second-look {act.pk} {recipient.pk}"),
        Kind("emergency_refused"),
        Kind("record_change_waits", once="record-change {change.pk} {recipient.pk}"),
        Kind("waiting_ended"),
        Kind("deadline_digest", once="deadline-digest {recipient.pk} {day}"),
        Kind("deadlines_moved", once="deadline-moved {recipient.pk} {version}"),
        Kind("calendar_missing", once="calendar-missing {recipient.pk} {years} {day:%Y-%m}"),
        Kind("work_handed_over"),
        Kind("work_assigned"),
        Kind("preview_answered", once="preview-answered {answer.pk}"),
        Kind("submissions_digest", once="submissions-digest {recipient.pk} {day}"),
    )
    still_waits.register()
