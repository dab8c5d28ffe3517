"""3. What was decided is done."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import TaskState

from base.gate import Refused, open_gate
from base.public.gone import note_gone
from base.public.index import changes_declared_once, readers_see_changed

from ... import deadlines
from ...archive import copies
from ...models import TakeDown
from ...versions import unshared
from .. import links_in
from .grounds import Behaviour, Decision, State
from .removing import end_waiting, remove, remove_all
from .rights import may_decide
from .subjects import sites_showing, translations_of


@transaction.atomic
@changes_declared_once()
def carry_out(task_state, *, by=None) -> TakeDown:
    """Do what the approved take-down task decided; the one road by which a page or procedure leaves public view.

    Demands an approved task state whose row names a decision by a second person. With a page go the
    translations that are public by now: what is proposed for them, or not, keeps none of them alone.
    """
    # As it is stored now, whatever the step has in its hands.
    row = TakeDown.objects.filter(pk=task_state.takedown_id).first()
    if task_state.status != TaskState.STATUS_APPROVED or row is None or not row.decision:
        raise Refused("Chưa có quyết định gỡ bỏ của người thứ hai.")
    if row.decided_by_id is None or not may_decide(row.decided_by, row):
        raise Refused("Người quyết định gỡ bỏ phải có quyền và không phải người đề nghị.")
    moment = row.decided_at
    page = row.subject
    if row.decision == Decision.TAKE_DOWN:
        note_gone([page], **_facts(row))
        end_waiting(page, [page], by=row.decided_by, moment=moment)
        remove(row, page, by=row.decided_by, moment=moment)
        links_in.look_afterwards([page], on=moment)
        _remove_translations(row, page, moment=moment)
    elif row.decision == Decision.RETAIN:
        row.behaviour = Behaviour.NOTICE
        with open_gate("take_down"):
            page.retained_note, page.retained_note_on = row.explanation, timezone.localtime(moment).date()
            page.save(update_fields=["retained_note", "retained_note_on"], clean=False)
        if page.live_revision_id:
            copies.seal(
                # The note is in its row only: what was read before does not have it.
                unshared(page.live_revision),
                submitted_by=row.proposed_by,
                approved_by=row.decided_by,
                on=moment,
                ground=f"Giữ lại kèm ghi chú: {row.explanation}",
            )
        row.state = State.RETAINED_WITH_NOTE
        row.save(update_fields=["state", "behaviour"])
        deadlines.meet_for(row, on=moment)
    else:
        row.state = State.TO_EDIT
        row.save(update_fields=["state"])
    log(
        instance=page,
        action=f"portal.takedown.{row.decision}",
        user=row.decided_by,
        data={"takedown": row.pk, "note": row.decision_note},
    )
    readers_see_changed([page], sites=sites_showing(page), gone=row.decision == Decision.TAKE_DOWN)
    return row


def _remove_translations(row: TakeDown, page, *, moment: datetime) -> None:
    along = list(translations_of([page]).filter(live=True).order_by("path"))
    if along:
        remove_all(
            along[0],
            along,
            ground=row.ground,
            explanation=row.explanation,
            note=row.decision_note,
            proposed_by=row.proposed_by,
            decided_by=row.decided_by,
            moment=moment,
            as_proposed=True,
        )


def _facts(row: TakeDown) -> dict:
    """What the journal keeps of a take-down, so that it can be done again after a restore (`replaying.py`)."""
    return {
        "ground": row.ground,
        "explanation": row.explanation,
        "note": row.decision_note,
        "proposed_by": row.proposed_by_id,
        "decided_by": row.decided_by_id,
    }
