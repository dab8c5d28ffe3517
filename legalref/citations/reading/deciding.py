"""3. What editors decide about a citation: proposed in a version, counted with its publication."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from accounts.roles import REVIEW, WRITE, may, owner_site
from base.gate import Refused
from base.locking import hold
from base.preflight import Finding
from vietnam import citations
from workflows.publishing import approval

from ...models import LegalDocument
from .extracting import describe, row_for
from .suggesting import suggestions
from .terms import State, Suggestion


@dataclass(frozen=True)
class Decision:
    """What an editor says about one citation: its state, the document chosen among several, a note for readers."""

    written: str
    state: str
    document: LegalDocument | None = None
    note: str = ""


def may_decide(user, source) -> bool:
    """Tell whether a user may decide about the citations of a page or document."""
    site = owner_site(source)
    return site is not None and (may(user, WRITE, site) or may(user, REVIEW, site))


@transaction.atomic
def propose(source, decisions: Iterable[Decision], *, by, on: datetime | None = None) -> int:
    """Write down what an editor decided about citations, as a new version of the page or document; return how many.

    They hold for readers once that version is approved by a second person and published. Raises Refused without the
    right and while the page is under review; ValidationError for a citation that the text does not hold any more, a
    document it cannot mean, or nothing decided.
    """
    source = hold(source)
    if not may_decide(by, source):
        raise Refused("Bạn không có quyền quyết định trích dẫn của nội dung này.")
    state = approval.current_state(source)
    if state is not None and state.status == state.STATUS_IN_PROGRESS:
        raise Refused("Nội dung đang chờ duyệt; hãy chờ duyệt xong hoặc được trả lại rồi mới quyết định trích dẫn.")
    lock = source.get_lock()
    if lock is not None and lock.for_user(by):
        raise Refused("Nội dung đang bị khóa để chỉnh sửa; hãy đề nghị mở khóa rồi quyết định lại.")
    newest = source.get_latest_revision_as_object()
    found = {item.written: item for item in suggestions(newest)}
    changed = []
    for decision in decisions:
        item = found.get(decision.written)
        if item is None:
            raise ValidationError(f"Nội dung không còn trích dẫn «{decision.written}»; hãy mở lại trang này.")
        if decision.document is not None and decision.document.pk not in {entry.pk for entry in item.candidates}:
            raise ValidationError(
                f"«{decision.document}» không phải văn bản mà «{decision.written}» có thể dẫn; hãy chọn trong các dòng."
            )
        if decision_of(item) != decision:
            changed.append((item, decision))
    if not changed:
        raise ValidationError("Chưa có quyết định nào khác trước; hãy chọn ở ít nhất một dòng.")
    revision = newest.save_revision(user=by)
    for item, decision in changed:
        row = item.row or row_for(source, item)
        if item.row is None:
            describe(row, item)
            row.outcome = item.outcome
        row.proposed_state, row.proposed_target = decision.state, decision.document
        row.proposed_note = decision.note[:300]
        row.proposed_by, row.proposed_at, row.proposed_revision = by, on or timezone.now(), revision.pk
        row.save()
    log(
        instance=source,
        action="portal.citation.decide",
        user=by,
        revision=revision,
        data={"decisions": [f"{decision.written[:120]}: {decision.state}" for _item, decision in changed][:50]},
    )
    return len(changed)


def decision_of(item: Suggestion) -> Decision:
    """Return what was last decided about a citation, whether it holds already or waits; automatic when nothing was."""
    row = item.row
    if row is None:
        return Decision(item.written, State.AUTOMATIC)
    if row.is_waiting_for_approval:
        return Decision(item.written, row.proposed_state, row.proposed_target, row.proposed_note)
    return Decision(item.written, row.state, row.chosen, row.note)


def findings(source, field_name: str) -> list[Finding]:
    """Return what the writer and the second person should see before a text goes public: warnings, never blockers."""
    shown = []
    for item in suggestions(source):
        if item.citation.kind == citations.OWN:
            continue
        decision, document = decision_of(item), item.document
        if item.row is not None and item.row.is_waiting_for_approval:
            shown.append(f"Quyết định về trích dẫn sẽ có hiệu lực khi đăng: «{item.written}»: {words_of(decision)}.")
        if decision.state == State.REJECTED:
            continue
        document = decision.document or document
        if document is not None and not document.status.applies:
            shown.append(
                f"«{item.written}» dẫn văn bản {document.status.label.lower()}; hãy kiểm tra xem còn đúng không."
            )
        elif document is None and item.candidates:
            shown.append(f"«{item.written}» có thể là nhiều văn bản; hãy chọn ở mục «Trích dẫn».")
        if document is not None and item.places.get(document.pk, ("", False))[1]:
            shown.append(f"«{item.written}»: {document} không có điều, khoản này; hãy kiểm tra lại.")
    return [Finding("warning", field_name, message) for message in shown]


def words_of(decision: Decision) -> str:
    """Describe a decision as text."""
    words = {
        State.AUTOMATIC: "để tự động",
        State.ACCEPTED: f"dẫn {decision.document}" if decision.document else "chấp nhận liên kết",
        State.REJECTED: "không dẫn",
    }[State(decision.state)]
    return f"{words}, ghi chú «{decision.note}»" if decision.note else words
