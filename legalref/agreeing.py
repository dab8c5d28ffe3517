"""The second person for relations between documents: what one has noted counts once another agreed.

1. `lifecycle.relate` or `lifecycle.repeal` notes it; nothing of it is public. 2. `relations_for` and `waiting_for` say
for whom it waits. 3. `agree`: it counts, with the status and the take-down tasks that follow from it. Who does not
agree takes it back with a reason (`lifecycle.take_back`).
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.roles import CONFIRM_REPEAL, may
from base.gate import Refused
from workflows.waiting import Waiting

from . import lifecycle
from .effect import RELATIONS
from .models import DocumentRelation


@transaction.atomic
def agree(relation: DocumentRelation, *, by, on: datetime | None = None) -> DocumentRelation:
    """Agree as second person to what another has noted: from here on it counts, and what follows from it as well.

    The status of what it acts on is renewed; for one that ends a document the take-down tasks are opened, proposed by
    whoever noted it, so that another decides each. Idempotent. Raises Refused without the right (`may_agree`), for
    whoever noted it, or when one of its documents is not public any more; ValidationError for a circle.
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
    if kind.effect == "ends" and relation.source is not None and relation.target.live and not relation.source.live:
        raise Refused(f"«{relation.source}» không còn được đăng; hãy đăng lại hoặc thu hồi quan hệ này.")
    # What this person added himself to another's repeal waits for a third.
    every = lifecycle.with_consequences(relation)
    rows = [row for row in every if row.agreed_at is None and row.confirmed_by_id != by.pk]
    for row in rows:
        lifecycle.let_count(row, by=by, moment=moment)
    if kind.effect == "ends" and relation.target.live:
        proposer = relation.confirmed_by if may(relation.confirmed_by, CONFIRM_REPEAL) else by
        lifecycle.open_tasks_of(rows, proposer, moment)
    return relation


def relations_for(user) -> list[DocumentRelation]:
    """Return the relations that wait for a person as the second, the oldest first; consequences go with their cause."""
    found = (
        DocumentRelation.objects.waiting()
        .filter(Q(follows_from=None) | Q(follows_from__agreed_at__isnull=False))
        .exclude(confirmed_by=user)
        .select_related(
            "source__document_type", "source__owner_site", "target__document_type", "target__owner_site", "confirmed_by"
        )
        .defer("source__full_text", "source__search_text", "target__full_text", "target__search_text")
        .order_by("confirmed_at", "pk")
    )
    return [row for row in found if lifecycle.may_agree(user, row)]


def waiting_for(user) -> list[Waiting]:
    """Return the same for the screen of what waits."""
    return [
        Waiting(str(row), reverse("legalref_agree_relation", args=[row.pk]), f"{row.confirmed_by} đã ghi")
        for row in relations_for(user)
    ]
