"""6. A repeal is undone: exactly what it set."""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from wagtail.log_actions import log

from base.gate import Refused
from base.models import PortalSite
from base.public.index import readers_see_changed
from workflows.models import TakeDown
from workflows.publishing import takedown

from ...models import DocumentRelation
from ..effect import (
    RELATIONS,
)
from .relating import may_agree, may_note, store_statuses
from .rules import demand_right, demand_second, moment_of


@transaction.atomic
def take_back(
    relation: DocumentRelation, *, by, on: date | datetime | None = None, reason: str, agreed_by=None
) -> DocumentRelation:
    """Mark a relation as taken back; it stays on record with person, moment and reason.

    One that changed a status goes the way of `undo_repeal`, with all that followed from it. One that still waits is
    taken back by who noted it or refused by who might agree; what readers see needs `agreed_by`, another person
    (`agreeing.ask_back`). Idempotent. Raises Refused without the right to record it, or for one person alone;
    ValidationError without a reason.
    """
    if RELATIONS[relation.code].effect:
        return undo_repeal(relation, by=by, on=on, reason=reason, agreed_by=agreed_by).relation
    relation = DocumentRelation.objects.select_for_update(of=("self",)).get(pk=relation.pk)
    demand_second(relation, by, agreed_by)
    may_refuse = relation.agreed_at is None and may_agree(by, relation)
    if not (may_refuse or may_note(by, relation.code, relation.source, relation.target)):
        raise Refused("Bạn không có quyền thu hồi quan hệ này.")
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do thu hồi quan hệ này."})
    if relation.revoked_at:
        return relation
    relation.revoked_by, relation.revoked_at, relation.revoked_reason = by, moment_of(on), reason.strip()[:300]
    relation.save(update_fields=["revoked_by", "revoked_at", "revoked_reason"])
    log(
        instance=relation.target,
        action="portal.document.take_back",
        user=by,
        data={"relation": relation.pk, "code": relation.code, "reason": reason.strip()[:300]},
    )
    if relation.agreed_at is not None:
        readers_see_changed(sites=PortalSite.objects.all())
    return relation


@dataclass
class Undone:
    """What taking back a repeal did: tasks withdrawn, drafts restored for approval, pages a person must look at.

    `consequences`: the relations of the documents that had lapsed with it, taken back as well.
    """

    relation: DocumentRelation
    consequences: list[DocumentRelation] = field(default_factory=list)
    withdrawn: list[TakeDown] = field(default_factory=list)
    restored: list[TakeDown] = field(default_factory=list)
    to_review: list[TakeDown] = field(default_factory=list)


@transaction.atomic
def undo_repeal(
    relation: DocumentRelation, *, by, on: date | datetime | None = None, reason: str, agreed_by=None
) -> Undone:
    """Take back a recorded repeal: the relation is marked revoked, the status computed anew, its tasks reversed.

    The same happens for the documents that lapsed with it, unless that was taken back before. Open tasks are withdrawn;
    pages taken down are restored from the archive as drafts, to go through approval again; pages that stayed with a
    note or were sent to edit are listed for a person. A repeal that readers see needs `agreed_by`, another person.
    Raises Refused without the right or for one person alone, ValidationError without a reason. Idempotent.
    """
    demand_right(by)
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do thu hồi việc ghi nhận bãi bỏ."})
    relation = DocumentRelation.objects.select_for_update().get(pk=relation.pk)
    result = Undone(relation)
    if relation.revoked_at:
        return result
    demand_second(relation, by, agreed_by)
    moment = moment_of(on)
    _revoke(relation, result, by, moment, reason)
    log(
        instance=relation.target,
        action="portal.document.undo_repeal",
        user=by,
        data={
            "relation": relation.pk,
            "reason": reason,
            "agreed_by": agreed_by.pk if agreed_by else None,
            "withdrawn": len(result.withdrawn),
            "restored": len(result.restored),
            "consequences": [row.pk for row in result.consequences],
        },
    )
    readers_see_changed(sites=PortalSite.objects.all())
    return result


def _revoke(relation: DocumentRelation, result: Undone, by, moment, reason) -> None:
    """Take back one relation with its tasks and status, then what followed from it."""
    relation.revoked_by, relation.revoked_at, relation.revoked_reason = by, moment, reason[:300]
    relation.save(update_fields=["revoked_by", "revoked_at", "revoked_reason"])
    for effect in relation.effects.select_related("takedown__page", "takedown__site"):
        _reverse(effect.takedown, result, by, moment, reason)
    if relation.agreed_at is not None:
        store_statuses(relation, moment)
    for row in relation.consequences.filter(revoked_at=None).select_for_update():
        result.consequences.append(row)
        _revoke(row, result, by, moment, reason)


def _reverse(row: TakeDown, result: Undone, by, moment, reason) -> None:
    if row.state in TakeDown.UNDECIDED:
        result.withdrawn.append(takedown.withdraw(row, by=by, on=moment, reason=reason, cause_is_gone=True))
    elif row.state == TakeDown.State.TAKEN_DOWN:
        takedown.restore(row, by=by, on=moment, reason=reason)
        result.restored.append(row)
    elif row.state in (TakeDown.State.RETAINED_WITH_NOTE, TakeDown.State.TO_EDIT):
        result.to_review.append(row)
