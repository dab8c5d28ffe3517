"""The second person for relations between documents: what one has noted counts once another agreed.

1. `lifecycle.relate` or `lifecycle.repeal` notes it; nothing of it is public. 2. `own_work.relations` says
for whom it waits. 3. `agree`: it counts, with the status and the take-down tasks that follow from it. Who does not
agree takes it back with a reason (`lifecycle.take_back`). 4. What counts already is taken back by two as well:
`ask_back`, then `decide_back` by another; until then readers see it as before.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from accounts.roles import APPROVE, CONFIRM_REPEAL, may
from base.gate import Refused
from workflows.publishing import approval

from ..models import DocumentRelation
from . import lifecycle
from .effect import RELATIONS

ASKED_BACK = "Đã ghi đề nghị thu hồi; người đọc thấy quan hệ như cũ cho đến khi người thứ hai đồng ý."


@transaction.atomic
def agree(relation: DocumentRelation, *, by, on: datetime | None = None) -> DocumentRelation:
    """Agree, as second person, to a relation that another has noted: from now on it counts, with its consequences.

    The status of the document it acts on is renewed. A relation that ends a document opens the take-down tasks, each
    proposed by the person who noted it, so that another decides. Idempotent. Raises Refused without the right
    (`may_agree`), for the person who noted it, or when one of its documents is no longer public; ValidationError for a
    circle.
    """
    relation = DocumentRelation.objects.select_for_update(of=("self",)).get(pk=relation.pk)
    if relation.agreed_at is not None:
        return relation
    if relation.revoked_at is not None:
        raise Refused("Quan hệ này đã được thu hồi; không còn gì để xác nhận.")
    if relation.follows_from_id is not None and relation.follows_from.agreed_at is None:
        raise Refused("Quan hệ này là hệ quả của một quan hệ đang chờ; hãy xác nhận quan hệ đó.")
    if by.pk == relation.confirmed_by_id:
        raise Refused(lifecycle.ONE_PERSON)
    if not lifecycle.may_agree(by, relation):
        raise Refused("Bạn không có quyền xác nhận quan hệ này.")
    if relation.source is not None:
        lifecycle.refuse_circle(relation.source, relation.code, relation.target)
    moment, kind = on or timezone.now(), RELATIONS[relation.code]
    if kind.effect and relation.source is not None and relation.target.live and not relation.source.live:
        raise Refused(f"«{relation.source}» không còn được đăng; hãy đăng lại hoặc thu hồi quan hệ này.")
    # A consequence that this person added to another's repeal waits for a third person.
    every = {row.pk for row in lifecycle.with_consequences(relation)}
    # The rows are locked: a relation that is being revoked at this moment opens no tasks.
    waiting = DocumentRelation.objects.select_for_update(of=("self",)).filter(agreed_at=None, revoked_at=None)
    rows = list(waiting.filter(pk__in=every).exclude(confirmed_by=by).order_by("pk"))
    for row in rows:
        lifecycle.let_count(row, by=by, moment=moment)
    if kind.effect == "ends" and relation.target.live:
        proposer = relation.confirmed_by if may(relation.confirmed_by, CONFIRM_REPEAL) else by
        lifecycle.open_tasks_of(rows, proposer, moment)
    relation.refresh_from_db()
    return relation


# --- Taking back what readers see ------------------------------------------------------------------


def may_ask_back(by, relation: DocumentRelation) -> bool:
    """Tell whether a person may ask to take back a relation that counts."""
    return relation.agreed_at is not None and lifecycle.may_note(by, relation.code, relation.source, relation.target)


def may_agree_back(by, relation: DocumentRelation) -> bool:
    """Tell whether a person may be the second for taking a relation back: with the right, and not who asked."""
    if relation.undo_asked_by_id is None or relation.revoked_at is not None or by.pk == relation.undo_asked_by_id:
        return False
    if RELATIONS[relation.code].effect:
        return may(by, CONFIRM_REPEAL)
    return approval.acts_for_board(by, APPROVE, lifecycle.site_of_note(relation))


def may_decide(by, relation: DocumentRelation) -> bool:
    """Tell whether a person may be the second for what a relation waits for: to count, or to be taken back."""
    if relation.revoked_at is not None:
        return False
    if relation.agreed_at is None:
        return lifecycle.may_agree(by, relation)
    return may_agree_back(by, relation)


@transaction.atomic
def ask_back(relation: DocumentRelation, *, by, on: datetime | None = None, reason: str) -> DocumentRelation:
    """Ask to take back a relation that readers see; it stays as it is until another agrees. Idempotent.

    Raises Refused without the right or for one that does not count, ValidationError without a reason.
    """
    relation = DocumentRelation.objects.select_for_update(of=("self",)).get(pk=relation.pk)
    if relation.revoked_at is not None or not may_ask_back(by, relation):
        raise Refused("Bạn không có quyền đề nghị thu hồi quan hệ này, hoặc quan hệ đã được thu hồi.")
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do thu hồi quan hệ này."})
    if relation.undo_asked_by_id is None:
        relation.undo_asked_by, relation.undo_asked_at = by, on or timezone.now()
        relation.undo_reason = reason.strip()[:300]
        relation.save(update_fields=["undo_asked_by", "undo_asked_at", "undo_reason"])
        log(
            instance=relation.target,
            action="portal.document.ask_back",
            user=by,
            data={"relation": relation.pk, "code": relation.code, "reason": relation.undo_reason},
        )
    return relation


@transaction.atomic
def decide_back(
    relation: DocumentRelation, *, by, on: datetime | None = None, agrees: bool, reason: str = ""
) -> lifecycle.Undone | None:
    """Agree as second person to what another asked to take back, or leave it as it stands; return what was undone.

    None where the relation stays, or where taking it back undoes nothing else. Raises Refused without the right, for
    who asked, or when nothing is asked; ValidationError for a refusal without a reason.
    """
    relation = DocumentRelation.objects.select_for_update(of=("self",)).get(pk=relation.pk)
    if not may_agree_back(by, relation):
        raise Refused(lifecycle.ONE_PERSON if by.pk == relation.undo_asked_by_id else "Bạn không có quyền quyết định.")
    asked_by, why = relation.undo_asked_by, relation.undo_reason
    if not agrees:
        if not reason.strip():
            raise ValidationError({"reason": "Hãy ghi lý do không đồng ý thu hồi."})
        relation.undo_asked_by, relation.undo_asked_at, relation.undo_reason = None, None, ""
        relation.save(update_fields=["undo_asked_by", "undo_asked_at", "undo_reason"])
        log(
            instance=relation.target,
            action="portal.document.keep",
            user=by,
            data={"relation": relation.pk, "code": relation.code, "reason": reason.strip()[:300]},
        )
        return None
    if RELATIONS[relation.code].effect:
        return lifecycle.undo_repeal(relation, by=asked_by, on=on, reason=why, agreed_by=by)
    lifecycle.take_back(relation, by=asked_by, on=on, reason=why, agreed_by=by)
    return None
