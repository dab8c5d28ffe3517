"""5. A repeal, and the tasks that it opens."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from accounts.roles import CONFIRM_REPEAL, holders, may
from base.gate import Refused
from base.models import PortalSite
from base.public.index import readers_see_changed
from workflows.models import TakeDown
from workflows.publishing import takedown

from ...models import DocumentRelation, LegalDocument, RepealEffect
from ..effect import (
    ENDING,
    REPEALS,
    REPLACES,
    happened,
)
from .reaching import affected, dependents_of
from .relating import relate
from .rules import LAPSES_WITH_2015, LAPSES_WITH_2025, NEW_REGIME_FROM, demand_right, moment_of


@transaction.atomic
def repeal(
    document: LegalDocument,
    *,
    by,
    on: date | datetime | None = None,
    by_document: LegalDocument | None = None,
    other_text: str = "",
    reason: str = "",
    effective_on: date | None = None,
    scope: Iterable[str] = (),
    code: int | None = None,
    stated_in: str = "",
    is_verified: bool = False,
    lapsing: Iterable[LegalDocument] = (),
) -> DocumentRelation:
    """Note that a document was repealed or replaced; once a second person agrees, each citing page gets a task.

    `by_document` is what replaces it (code 12, unless `code` says 1: repeals); `other_text` names it while it is not in
    the register; without either `reason` says why ("Bị bãi bỏ từ ngày …; lý do: …"). `scope` makes it partial: then
    pages are only reviewed. `lapsing`: of the documents that detail it (`affected`), those that lapse with it by the
    decision of `by`; pages that cite them get their tasks as well. From `effective_on` (today).
    Idempotent; noting again what counts already opens the tasks of pages that came since: those that had their task
    from this relation, also one already decided, get no second one; home pages get none. Raises Refused without the
    right or when the replacing document is not public, ValidationError for the form.
    """
    demand_right(by)
    document = LegalDocument.objects.select_for_update().get(pk=document.pk)
    if not document.live:
        raise Refused("Văn bản này chưa được đăng nên chưa ghi nhận bãi bỏ được.")
    if by_document is not None and not by_document.live:
        raise Refused(f"«{by_document}» chưa được đăng; hãy đăng văn bản bãi bỏ, thay thế trước rồi ghi nhận.")
    moment, scope = moment_of(on), [item.strip() for item in scope if item.strip()]
    other_text, reason, stated_in = "" if by_document else other_text.strip(), reason.strip(), stated_in.strip()
    if by_document is None and not other_text and not reason:
        raise ValidationError(
            {"by_document": "Hãy chọn văn bản bãi bỏ, thay thế; nếu chưa có trong sổ, hãy ghi tên văn bản, hoặc lý do."}
        )
    if by_document is None and not other_text and stated_in and stated_in != reason:
        # Without a document both belong to the sentence that readers get.
        reason, stated_in = f"{reason} ({stated_in})", ""
    day = timezone.localtime(moment).date()
    first_effective = effective_on or _recorded_day(document, by_document, code) or day
    relation = relate(
        by_document,
        code or (REPLACES if by_document else REPEALS),
        document,
        by=by,
        on=moment,
        effective_on=first_effective,
        scope=scope,
        stated_in=stated_in or reason,
        source_text=other_text,
        is_verified=is_verified,
    )
    recorded = [relation, *_let_lapse(relation, list(lapsing), by, moment)]
    counting = [row for row in recorded if row.agreed_at is not None]
    opened = open_tasks_of(counting, by, moment)
    log(
        instance=document,
        action="portal.document.repeal",
        user=by,
        data={
            "relation": relation.pk,
            "scope": scope,
            "tasks": opened,
            "lapsing": [row.target_id for row in recorded[1:]],
        },
    )
    if counting:
        readers_see_changed(sites=PortalSite.objects.all())
    return relation


def _let_lapse(relation: DocumentRelation, chosen: list[LegalDocument], by, moment) -> list[DocumentRelation]:
    """Record that detailing documents lapse with the one that `relation` ends; return the relations of all of them.

    One that details a detailing document lapses only with that one.
    """
    if not chosen:
        return []
    if relation.scope:
        raise ValidationError(
            {
                "lapsing": "Bãi bỏ một phần không làm văn bản quy định chi tiết hết hiệu lực toàn bộ; "
                "hãy bỏ đánh dấu các văn bản đó."
            }
        )
    day = relation.effective_on
    known = {item.document.pk: item for item in dependents_of(relation.target, day, proposal=True)}
    if strange := next((document for document in chosen if document.pk not in known), None):
        raise ValidationError(
            {"lapsing": f"«{strange}» không quy định chi tiết «{relation.target}»; hãy bỏ đánh dấu văn bản đó."}
        )
    keys = {document.pk for document in chosen}
    ended = {relation.target_id: relation}
    words = LAPSES_WITH_2015 if day < NEW_REGIME_FROM else LAPSES_WITH_2025
    for key, item in known.items():
        if key not in keys:
            continue
        cause = ended.get(item.parent.pk)
        if cause is None:
            raise ValidationError(
                {
                    "lapsing": f"«{item.document}» quy định chi tiết «{item.parent}», văn bản chưa được đánh dấu; "
                    "hãy đánh dấu cả hai hoặc bỏ cả hai."
                }
            )
        row = cause.consequences.filter(target=item.document, revoked_at=None).first()
        if row is None and item.status.applies:
            row = relate(
                None,
                REPEALS,
                item.document,
                by=by,
                on=moment,
                effective_on=day,
                follows_from=cause,
                stated_in=words.format(parent=item.parent.name),
                is_verified=relation.is_verified,
            )
        if row is not None:
            ended[key] = row
    return [row for key, row in ended.items() if key != relation.target_id]


def open_tasks_of(rows: list[DocumentRelation], by, moment: datetime) -> int:
    """Open the tasks of those relations that have taken effect; return how many."""
    day = timezone.localtime(moment).date()
    return sum(
        _open_tasks(row, set(row.effects.values_list("takedown__page_id", flat=True)), by, moment)
        for row in rows
        if row.effective_on <= day
    )


def open_due_tasks(*, on: datetime | None = None) -> int:
    """Open the tasks of repeals that were recorded ahead and take effect by now; return how many.

    Each is examined once, on its day, also when no page cites the document: a page written later gets a warning when it
    is submitted, and no take-down in the name of a user who never saw it. One that fails is reported after the others
    are done, and tried again.
    """
    moment = moment_of(on)
    day, opened, failed = timezone.localtime(moment).date(), 0, []
    begun = DocumentRelation.objects.valid().filter(code__in=ENDING, effective_on__lte=day, tasks_opened_on=None)
    for pk in list(begun.order_by("effective_on", "pk").values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                opened += _open_on_its_day(pk, moment)
        except Exception as error:  # noqa: BLE001  one bad relation must not stop the others; it is raised below
            failed.append((pk, error))
    if failed:
        raise RuntimeError(
            "Không mở được việc rà soát: " + "; ".join(f"quan hệ {pk}: {error}" for pk, error in failed)
        ) from failed[0][1]
    return opened


def _open_on_its_day(pk: int, moment: datetime) -> int:
    DocumentRelation.objects.select_for_update(of=("self",)).get(pk=pk)
    relation = DocumentRelation.objects.select_related("target__owner_site", "source", "confirmed_by").get(pk=pk)
    recorded_late = timezone.localtime(relation.agreed_at).date() >= relation.effective_on
    if recorded_late or not relation.target.live or relation.revoked_at or relation.tasks_opened_on:
        # What was in effect when it was recorded got its tasks then, or is listed for the wizard (`importing.ended`).
        _note_opened(relation, moment)
        return 0
    person = relation.confirmed_by
    if not may(person, CONFIRM_REPEAL):
        person = holders(CONFIRM_REPEAL, relation.target.owner_site).first()
    return _open_tasks(relation, set(), person, moment) if person is not None else 0


def _note_opened(relation: DocumentRelation, moment: datetime) -> None:
    if relation.tasks_opened_on is None:
        relation.tasks_opened_on = timezone.localtime(moment).date()
        relation.save(update_fields=["tasks_opened_on"])


def _open_tasks(relation: DocumentRelation, known: set[int], by, moment: datetime) -> int:
    """Propose the take-down of every citing page but those in `known`; return how many rows were opened.

    A page with an undecided take-down on another ground keeps that one.
    """
    document, source = relation.target, relation.source
    reason_text = happened(relation)
    explanation = f"{document.name} {reason_text[:1].lower()}{reason_text[1:]}".strip(" .") + "."
    note = f"Điều khoản liên quan: {', '.join(relation.scope)}" if relation.scope else ""
    found = affected(document, scope=relation.scope, effective_on=relation.effective_on)
    group, opened, known = uuid.uuid4(), 0, set(known)
    for pages in found.pages.values():
        for item in pages:
            if item.is_home or item.page.pk in known:
                continue
            rows = takedown.propose(
                item.page,
                TakeDown.Ground.POLICY_REPEALED,
                by=by,
                on=moment,
                explanation=explanation,
                replacement_label=source.title[:300] if source else "",
                replacement_url=source.full_url if source and source.live else "",
                suggestion=item.suggestion,
                internal_note=note,
                group=group,
            )
            for row in rows:
                known.add(row.page_id)
                if row.group == group:
                    _effect, is_new = RepealEffect.objects.get_or_create(
                        takedown=row, defaults={"relation": relation, "document": document}
                    )
                    opened += is_new
    _note_opened(relation, moment)
    return opened


def _recorded_day(document, by_document, code) -> date | None:
    """The day of the same repeal already on record, so that confirming it again needs no date."""
    rows = DocumentRelation.objects.standing().filter(target=document, source=by_document)
    rows = rows.filter(code=code) if code else rows.filter(code__in=ENDING)
    return rows.values_list("effective_on", flat=True).first() if by_document else None
