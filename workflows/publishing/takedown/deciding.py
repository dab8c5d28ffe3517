"""2. A second person takes the page down, keeps it with a note, or sends it to edit."""

from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.models import Page

from base.gate import Refused
from base.queries.known_rows import make_present

from ...models import TakeDown
from ...steps import steps_known
from ...versions import one_action
from .. import review_facts
from ..approval import current_state
from .grounds import Behaviour, Decision, State
from .rights import may_decide
from .starting import start
from .subjects import held

NO_REPLACEMENT = "Đề nghị không nêu nội dung thay thế nên không chuyển người đọc đi đâu được; hãy chọn «Báo đã gỡ»."
# Why something cannot be kept under a note, and what to do instead.
NO_NOTE = (
    "đề nghị không có lời giải thích cho người đọc (hoặc là bản ghi không có chỗ cho ghi chú) nên không giữ lại kèm "
    "ghi chú được; hãy yêu cầu chỉnh sửa, hoặc rút và đề nghị lại kèm lời giải thích."
)


@transaction.atomic
@one_action()
def decide(
    takedown: TakeDown,
    decision: str,
    *,
    by,
    on: datetime | None = None,
    note: str = "",
    behaviour: str | None = None,
) -> TakeDown:
    """Decide a take-down: "take_down", "keep" (under the proposed explanation) or "edit" (with what to change).

    Raises Refused for the proposer, without the right, or when it is decided already; ValidationError when the note
    is missing.
    """
    row = held(takedown)
    if row.state not in TakeDown.UNDECIDED:
        raise Refused(f"Đề nghị này đã được xử lý. {review_facts.ending_of_takedown(row)}")
    if not may_decide(by, row):
        raise Refused("Người quyết định phải có quyền và không phải người đề nghị gỡ bỏ.")
    if decision not in Decision.values:
        raise ValidationError({"decision": "Hãy chọn gỡ bỏ, giữ lại hoặc chỉnh sửa."})
    if decision != Decision.TAKE_DOWN and not note.strip():
        raise ValidationError({"comment": "Hãy ghi chú: lý do giữ lại hoặc điều cần chỉnh sửa."})
    if decision not in decisions_on(row):
        raise ValidationError({"decision": f"«{row.title}»: {NO_NOTE}"})
    way = behaviour or row.behaviour
    if decision == Decision.TAKE_DOWN and way == Behaviour.REDIRECT and not leads_somewhere(row):
        raise ValidationError({"behaviour": NO_REPLACEMENT})
    if row.state == State.WAITING or not (row.workflow_state and row.workflow_state.is_active):
        # Its task waits, or a publication meanwhile ended it, as Wagtail has it.
        _start_now(row, by)
    row.decision, row.decision_note = decision, note
    row.decided_by, row.decided_at = by, on or timezone.now()
    if behaviour:
        row.behaviour = behaviour
    row.save()
    task_state = row.workflow_state.current_task_state.specific
    newest = row.subject.latest_revision_id
    if newest and task_state.revision_id != newest:
        # The page is what is decided about, whatever was drafted since; Wagtail would ask again for the newer version.
        task_state.revision_id = newest
        task_state.save(update_fields=["revision"])
    task_state.workflow_state = row.workflow_state
    make_present(task_state)
    with steps_known(task_state):
        task_state.approve(user=by, comment=note)
    row.refresh_from_db()
    return row


def leads_somewhere(row: TakeDown) -> bool:
    """Tell whether a take-down names what readers may be led to."""
    return bool(row.replacement_page_id or row.replacement_url)


def decisions_on(takedown: TakeDown) -> list[str]:
    """Return the decisions there are on a take-down.

    What is kept stands under the words that one person proposed and another approves: a proposal without an
    explanation has none, and a record has no place for them.
    """
    may_retain = takedown.page_id and takedown.explanation.strip()
    return [value for value in Decision.values if may_retain or value != Decision.RETAIN]


@transaction.atomic
def decide_group(rows, decision: str, *, by, on: datetime | None = None, note: str = "", without=()) -> list[TakeDown]:
    """Decide several take-downs by one reason; those in `without` (ids) are struck out and stay open.

    Translations come first, each in the way that was proposed for it: with their source goes what is public of
    them, also of those that were struck out.
    """
    chosen = [row for row in rows if row.pk not in set(without) and row.state in TakeDown.UNDECIDED]
    pages = Page.objects.filter(pk__in=[row.page_id for row in chosen if row.page_id])
    sources = set(pages.filter(locale__language_code=settings.LANGUAGE_CODE).values_list("pk", flat=True))
    chosen.sort(key=lambda row: row.page_id in sources)
    return [decide(row, decision, by=by, on=on, note=note) for row in chosen]


def _start_now(row: TakeDown, by) -> None:
    state = current_state(row.subject)
    if state:
        state.cancel(user=by)
    start(row, timezone.now())
