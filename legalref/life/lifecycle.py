"""The life of a document after it was issued: its status on any day, what acts on it, and what its repeal reaches.

1. `mark_for_site`: on which site it must stand, with the deadline. 2. `relate`: one document acts on another, noted by
one person; a second person's word (`agreeing.py`) makes it count.
3. `status`, `refresh_status`: what follows for a day (for many documents: `as_of.py`). 4. `affected`: what a repeal
would reach, before anything is written. 5. `repeal`: a relation that ends the document, with the documents that lapse
with it; once a second person agreed, their status, and one take-down task a page. 6. `undo_repeal`: takes back exactly
what it set.

That a page cites a repealed document is a warning only (the Decision itself cites a circular replaced before
it): nothing is taken down but by the decision of a second person on a task.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import Page

from accounts.roles import APPROVE, CONFIRM_REPEAL, DISPATCH, WRITE, holders, may
from base.gate import Refused
from base.models import PortalSite
from base.public.page_cache import raise_generation
from workflows import deadlines
from workflows.models import TakeDown
from workflows.publishing import approval, takedown

from ..citations import citing_pages
from ..models import DocumentRelation, DocumentStatus, LegalDocument, RegisterVersion, RepealEffect, SiteDocument
from ..register import as_of
from .effect import (
    AMENDING,
    BASED_ON,
    DETAILS,
    ENDING,
    NO_CIRCLES,
    REFERS_TO,
    RELATIONS,
    REPEALS,
    REPLACES,
    Status,
    happened,
    status_on,
)

RULES = {SiteDocument.Ground.ISSUER: "DL-DOC-OWN", SiteDocument.Ground.IN_SCOPE: "DL-DOC-SCOPE"}
BATCH = 500
# What a document says of itself in its own words.
STATED_BY_THE_SOURCE = frozenset({BASED_ON, REFERS_TO})
ONE_PERSON = "Bạn đã ghi quan hệ này nên người khác phải xác nhận."
BY_OTHERS = "Hai người khác đã ghi quan hệ này."
# Luật 64/2025/QH15 Điều 57.2: from this day a detailing document stays in force as far as it is not contrary.
NEW_REGIME_FROM = date(2025, 4, 1)
LAPSES_WITH_2015 = "Hết hiệu lực cùng {parent} (khoản 4 Điều 154 Luật 80/2015/QH13)"
LAPSES_WITH_2025 = "Được công bố hết hiệu lực cùng {parent} (khoản 2 Điều 57 Luật 64/2025/QH15)"


# --- 1. The duty to publish ------------------------------------------------------------------------


@transaction.atomic
def mark_for_site(
    document: LegalDocument, site: PortalSite, *, ground: str, by, on: date | datetime | None = None
) -> SiteDocument:
    """Say that a document must stand on a site, and start its deadline from the day of issue (Điều 10.1.c).

    2 working days on the issuer's own site, 10 on that of a body in scope; met by the document's publication, at
    once when it is public already. Idempotent. Raises Refused without the right, ValidationError without a date.
    """
    if not (may(by, WRITE, site) or may(by, DISPATCH, site)):
        raise Refused("Bạn không có quyền đưa văn bản vào trang này.")
    if ground not in SiteDocument.Ground.values:
        raise ValidationError(
            {"ground": "Hãy chọn lý do văn bản có trên trang: cơ quan ban hành hoặc thuộc phạm vi điều chỉnh."}
        )
    if document.issued_on is None:
        raise ValidationError(
            {"issued_on": "Văn bản chưa có ngày ban hành nên chưa tính được thời hạn đăng; hãy ghi ngày."}
        )
    day = deadlines.local_date(on)
    row, is_new = SiteDocument.objects.get_or_create(
        document=document, site=site, defaults={"ground": ground, "marked_by": by, "marked_on": day}
    )
    if not is_new:
        return row
    clock = deadlines.start(
        document, RULES[ground], on=document.issued_on, by=by, site=site, unit=site.unit, title=document.title[:300]
    )
    if document.live and document.first_published_at:
        met = max(deadlines.local_date(document.first_published_at), document.issued_on)
        deadlines.meet(clock, on=met, by=by)
    RegisterVersion.raise_value()
    log(instance=document, action="portal.document.mark", user=by, data={"site": site.slug, "ground": ground})
    raise_generation([site])
    return row


# --- 2. Relations ----------------------------------------------------------------------------------


@transaction.atomic
def relate(
    source: LegalDocument | None,
    code: int,
    target: LegalDocument,
    *,
    by,
    on: date | datetime | None = None,
    effective_on: date | None = None,
    until: date | None = None,
    scope: Iterable[str] = (),
    stated_in: str = "",
    source_text: str = "",
    is_verified: bool = False,
    follows_from: DocumentRelation | None = None,
    agreed_by=None,
) -> DocumentRelation:
    """Note that `source` acts on `target` in one of the fifteen ways; it waits for a second person (`agreeing.agree`).

    `scope`: provisions concerned, empty for the whole. `follows_from`: the repeal with which the target lapses.
    `agreed_by`: the second person, where two have decided already (a batch): then it counts at once, and the target's
    status is renewed. Who may: `may_note`. Idempotent for the same pair, code and day. Raises Refused without the right
    or when both persons are one; ValidationError for a relation to itself, a circle, a missing date, or an end that
    does not come after the first day.
    """
    kind = RELATIONS.get(code)
    if kind is None:
        raise ValidationError({"code": "Hãy chọn quan hệ giữa hai văn bản."})
    if kind.effect:
        _demand_right(by)
    elif not may_note(by, code, source, target):
        raise Refused("Bạn không có quyền ghi quan hệ của văn bản này.")
    if source is None and not (source_text.strip() or stated_in.strip()):
        raise ValidationError({"source": "Hãy chọn văn bản tác động, hoặc ghi rõ lý do, căn cứ."})
    if kind.effect and effective_on is None:
        raise ValidationError({"effective_on": "Hãy ghi ngày quan hệ này có hiệu lực."})
    if kind.effect and target.issued_on and effective_on < target.issued_on:
        raise ValidationError(
            {"effective_on": "Ngày có hiệu lực không thể trước ngày ban hành của văn bản bị tác động."}
        )
    if until and (effective_on is None or until <= effective_on):
        raise ValidationError(
            {"until": "Ngày kết thúc phải sau ngày bắt đầu của quan hệ; hãy sửa một trong hai ngày hoặc để trống."}
        )
    if source is not None:
        refuse_circle(source, code, target)
    moment = _moment(on)
    if agreed_by is not None and agreed_by.pk == by.pk:
        raise Refused(ONE_PERSON)
    same = DocumentRelation.objects.standing().filter(
        source=source, target=target, code=code, effective_on=effective_on
    )
    existing = (same if source else same.said_by(source_text or stated_in).filter(follows_from=follows_from)).first()
    if existing:
        if agreed_by is None or existing.agreed_at is not None:
            return existing
        # What two persons decided takes the place of what one had noted, with its words.
        _take_back_waiting(existing, by, moment)
    relation = DocumentRelation.objects.create(
        source=source, target=target, code=code, scope=list(scope), effective_on=effective_on, until=until,
        stated_in=stated_in[:300], source_text=source_text[:300], is_verified=is_verified, confirmed_by=by,
        confirmed_at=moment, follows_from=follows_from,
    )  # fmt: skip
    log(
        instance=target, action="portal.document.relate", user=by,
        data={"relation": relation.pk, "code": code, "source": str(source or source_text or stated_in)},
    )  # fmt: skip
    if agreed_by is not None:
        let_count(relation, by=agreed_by, moment=moment)
    return relation


def _take_back_waiting(relation: DocumentRelation, by, moment: datetime) -> None:
    for row in with_consequences(relation):
        row.revoked_by, row.revoked_at, row.revoked_reason = by, moment, BY_OTHERS
        row.save(update_fields=["revoked_by", "revoked_at", "revoked_reason"])
        log(
            instance=row.target, action="portal.document.take_back", user=by,
            data={"relation": row.pk, "code": row.code, "reason": BY_OTHERS},
        )  # fmt: skip


def let_count(relation: DocumentRelation, *, by, moment: datetime) -> None:
    """Let a relation count from now on, by the word of a second person; the status that follows is stored."""
    relation.agreed_by, relation.agreed_at = by, moment
    relation.save(update_fields=["agreed_by", "agreed_at"])
    if RELATIONS[relation.code].effect:
        store_statuses(relation, moment)
    log(
        instance=relation.target, action="portal.document.agree", user=by,
        data={"relation": relation.pk, "code": relation.code},
    )  # fmt: skip
    raise_generation(PortalSite.objects.all())


def store_statuses(relation: DocumentRelation, moment: datetime) -> None:
    """Store the status of what a relation acts on, and of what amends: the caution of that follows from the other."""
    day = timezone.localtime(moment).date()
    DocumentStatus.store(relation.target, day)
    if relation.code in AMENDING and relation.source is not None:
        DocumentStatus.store(relation.source, day)


def may_agree(by, relation: DocumentRelation) -> bool:
    """Tell whether a person may be the second for a relation: never who noted it.

    What changes a status needs the right to confirm a repeal; anything else the right to approve on the site for which
    it was noted.
    """
    if by.pk == relation.confirmed_by_id:
        return False
    if RELATIONS[relation.code].effect:
        return may(by, CONFIRM_REPEAL)
    # A ward's approver counts where its approval is delegated, as for its pages.
    return approval.acts_for_board(by, APPROVE, site_of_note(relation))


def may_see_waiting(by, relation: DocumentRelation) -> bool:
    """Tell whether a person may read a relation that waits: the site for which it was noted, and the second."""
    if by.pk == relation.confirmed_by_id or may_agree(by, relation):
        return True
    return may(by, CONFIRM_REPEAL) or may(by, WRITE, site_of_note(relation))


def site_of_note(relation: DocumentRelation) -> PortalSite:
    """Return the site for which a relation was noted: that of what it acts on, or of what says so in its own text."""
    target, source = relation.target, relation.source
    if source is None or relation.code not in STATED_BY_THE_SOURCE:
        return target.owner_site
    return target.owner_site if may(relation.confirmed_by, WRITE, target.owner_site) else source.owner_site


def may_note(by, code: int, source: LegalDocument | None, target: LegalDocument) -> bool:
    """Tell whether a person may record, or take back, a relation.

    What changes a status needs the right to confirm a repeal; anything else the right to write on the target's site.
    What a document rests on or refers to stands in its own text: those who write on its site may note it as well.
    """
    if RELATIONS[code].effect:
        return may(by, CONFIRM_REPEAL)
    if may(by, WRITE, target.owner_site):
        return True
    return source is not None and code in STATED_BY_THE_SOURCE and may(by, WRITE, source.owner_site)


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
    _demand_second(relation, by, agreed_by)
    may_refuse = relation.agreed_at is None and may_agree(by, relation)
    if not (may_refuse or may_note(by, relation.code, relation.source, relation.target)):
        raise Refused("Bạn không có quyền thu hồi quan hệ này.")
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do thu hồi quan hệ này."})
    if relation.revoked_at:
        return relation
    relation.revoked_by, relation.revoked_at, relation.revoked_reason = by, _moment(on), reason.strip()[:300]
    relation.save(update_fields=["revoked_by", "revoked_at", "revoked_reason"])
    log(
        instance=relation.target, action="portal.document.take_back", user=by,
        data={"relation": relation.pk, "code": relation.code, "reason": reason.strip()[:300]},
    )  # fmt: skip
    if relation.agreed_at is not None:
        raise_generation(PortalSite.objects.all())
    return relation


def _demand_second(relation: DocumentRelation, by, agreed_by) -> None:
    if relation.agreed_at is not None and (agreed_by is None or agreed_by.pk == by.pk):
        raise Refused("Quan hệ này đã công bố: thu hồi cần một người đề nghị và một người khác đồng ý.")


def refuse_circle(source, code, target) -> None:
    if source.pk == target.pk:
        raise ValidationError({"source": "Một văn bản không tác động lên chính nó; hãy chọn văn bản khác."})
    codes = next((group for group in NO_CIRCLES if code in group), None)
    if codes is None:
        return
    seen, frontier = set(), {target.pk}
    while frontier:
        if source.pk in frontier:
            raise ValidationError({"source": _circle(source, code, target)})
        seen |= frontier
        frontier = (
            set(
                DocumentRelation.objects.valid()
                .filter(source__in=frontier, code__in=codes)
                .values_list("target_id", flat=True)
            )
            - seen
        )


def _circle(source, code, target) -> str:
    if code in ENDING:
        return f"«{source}» đã bị «{target}» thay thế hoặc bãi bỏ; hai bên không thể chấm dứt lẫn nhau."
    return (
        f"«{target}» đã {str(RELATIONS[code].active).lower()} «{source}», trực tiếp hoặc qua văn bản khác; "
        "quan hệ này không thể đi vòng. Hãy kiểm tra lại hai văn bản."
    )


# --- 3. Status -------------------------------------------------------------------------------------


def status(document: LegalDocument, on: date) -> Status:
    """Return the status of a document on a local date, with its reason in words and the document that caused it."""
    amended = DocumentRelation.objects.amended_by([document]).get(document.pk, [])
    return status_on(document, on, DocumentRelation.objects.acting_on([document.pk]), amended)


@transaction.atomic
def refresh_status(*, on: date | datetime | None = None) -> int:
    """Compute and store the status of every document for a day; return how many changed. The job of midnight.

    Repeals that were recorded ahead and take effect now get their take-down tasks.
    """
    day = deadlines.local_date(on)
    changed = 0
    keys = list(LegalDocument.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        acting: dict[int, list] = {}
        for row in DocumentRelation.objects.acting_on(batch):
            acting.setdefault(row.target_id, []).append(row)
        documents = LegalDocument.objects.filter(pk__in=batch).select_related("document_type", "main_issuer")
        documents = list(documents.defer("full_text", "search_text"))
        amended = DocumentRelation.objects.amended_by(documents)
        for document in documents:
            changed += DocumentStatus.store(document, day, acting.get(document.pk, []), amended.get(document.pk, []))
    if changed:
        raise_generation(PortalSite.objects.all())
    open_due_tasks(on=on)
    return changed


# --- 4. What a repeal reaches ----------------------------------------------------------------------


@dataclass(frozen=True)
class AffectedPage:
    """A live page that cites the document: what is proposed for it, and whether a take-down of it runs already."""

    page: Page
    suggestion: str
    is_home: bool = False
    pending: TakeDown | None = None

    @property
    def suggestion_label(self) -> str:
        return str(TakeDown.Decision(self.suggestion).label)


@dataclass(frozen=True)
class Dependent:
    """A public document that details another one which is to be repealed (quan hệ 9), or that details such a document.

    `parent`: what it details. `status`: its own on the day of the repeal. `lapses`: the proposal, by the law in force
    on that day; a person decides.
    """

    document: LegalDocument
    parent: LegalDocument
    status: Status
    lapses: bool


@dataclass
class Affected:
    """What the repeal of a document would reach: pages by site, and the documents that detail it.

    `dependents_lapse`: what the law in force on the day of the repeal says of documents that detail a repealed one.
    """

    document: LegalDocument
    pages: dict[PortalSite, list[AffectedPage]] = field(default_factory=dict)
    dependents: list[Dependent] = field(default_factory=list)
    dependents_lapse: bool = False

    @property
    def page_count(self) -> int:
        return sum(len(pages) for pages in self.pages.values())


def affected(document: LegalDocument, *, scope: Iterable[str] = (), effective_on: date | None = None) -> Affected:
    """Return what a repeal would reach, without writing anything.

    For each page the suggestion: take down when it speaks about the policy, edit when it only cites it, and for a
    partial repeal always edit. Documents that detail it lapse with it under the law of 2015 (Luật 80/2015/QH13 Điều
    154.4), stay under that of 2025 (Luật 64/2025/QH15 Điều 57.2), and stay when only a part of it is repealed.
    """
    scope, day = list(scope), effective_on or timezone.localdate()
    pages = citing_pages.pages_citing(document)
    homes = set(PortalSite.objects.values_list("home_key", flat=True))
    pending = {
        row.page_id: row
        for row in TakeDown.objects.filter(page__in=[page.pk for page in pages], state__in=TakeDown.UNDECIDED)
    }
    found = Affected(document)
    for site, group in citing_pages.by_site(pages).items():
        found.pages[site] = [
            AffectedPage(page, _suggestion(page, document, scope), page.translation_key in homes, pending.get(page.pk))
            for page in group
        ]
    found.dependents_lapse = day < NEW_REGIME_FROM
    found.dependents = _dependents(document, day, proposal=found.dependents_lapse and not scope)
    return found


def _dependents(document: LegalDocument, day: date, *, proposal: bool) -> list[Dependent]:
    """The public documents that detail a document, those that detail them behind them; one query a level, and one."""
    rows: list[DocumentRelation] = []
    seen, frontier = {document.pk}, [document.pk]
    while frontier:
        level = (
            DocumentRelation.objects.valid()
            .filter(target__in=frontier, code=DETAILS, source__live=True)
            .exclude(source__in=seen)
            .select_related(
                "source__document_type", "source__main_issuer", "source__owner_site", "target__document_type"
            )
            .defer("source__full_text", "source__search_text", "target__full_text", "target__search_text")
            .order_by("source__issued_on", "pk")
        )
        frontier = []
        for row in level:
            if row.source_id not in seen:
                seen.add(row.source_id)
                frontier.append(row.source_id)
                rows.append(row)
    known = as_of.statuses([row.source for row in rows], day)
    return [
        Dependent(row.source, row.target, known[row.source_id], proposal and known[row.source_id].applies)
        for row in rows
        if row.source.issued_on is None or row.source.issued_on <= day
    ]


def _suggestion(page, document, scope) -> str:
    if scope or citing_pages.ABOUT not in citing_pages.roles_in(page, document):
        return TakeDown.Decision.EDIT
    return TakeDown.Decision.TAKE_DOWN


# --- 5. Repeal -------------------------------------------------------------------------------------


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
    _demand_right(by)
    document = LegalDocument.objects.select_for_update().get(pk=document.pk)
    if not document.live:
        raise Refused("Văn bản này chưa được đăng nên chưa ghi nhận bãi bỏ được.")
    if by_document is not None and not by_document.live:
        raise Refused(f"«{by_document}» chưa được đăng; hãy đăng văn bản bãi bỏ, thay thế trước rồi ghi nhận.")
    moment, scope = _moment(on), [item.strip() for item in scope if item.strip()]
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
        instance=document, action="portal.document.repeal", user=by,
        data={
            "relation": relation.pk,
            "scope": scope,
            "tasks": opened,
            "lapsing": [row.target_id for row in recorded[1:]],
        },
    )  # fmt: skip
    if counting:
        raise_generation(PortalSite.objects.all())
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
    known = {item.document.pk: item for item in _dependents(relation.target, day, proposal=True)}
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
                None, REPEALS, item.document, by=by, on=moment, effective_on=day, follows_from=cause,
                stated_in=words.format(parent=item.parent.name), is_verified=relation.is_verified,
            )  # fmt: skip
        if row is not None:
            ended[key] = row
    return [row for key, row in ended.items() if key != relation.target_id]


def with_consequences(relation: DocumentRelation) -> list[DocumentRelation]:
    """Return a repeal and, behind it, the relations of all documents that lapsed with it."""
    found = [relation]
    for row in found:
        found += row.consequences.filter(revoked_at=None).order_by("pk")
    return found


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

    Each is looked at once, on its day, also when no page cites the document: a page written later gets a warning when
    it is submitted, and no take-down in the name of somebody who never saw it. One that fails is reported after the
    others are done, and tried again.
    """
    moment = _moment(on)
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
    said = happened(relation)
    explanation = f"{document.name} {said[:1].lower()}{said[1:]}".strip(" .") + "."
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


# --- 6. Undo ---------------------------------------------------------------------------------------


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

    So are those of the documents that lapsed with it, unless somebody had taken them back before. Open tasks are
    withdrawn; pages taken down come back as drafts from the archive, to go through approval again; what was kept with a
    note or sent to edit is listed for a person. What readers see needs `agreed_by`, another person. Raises Refused
    without the right or for one person alone, ValidationError without a reason. Idempotent.
    """
    _demand_right(by)
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do thu hồi việc ghi nhận bãi bỏ."})
    relation = DocumentRelation.objects.select_for_update().get(pk=relation.pk)
    result = Undone(relation)
    if relation.revoked_at:
        return result
    _demand_second(relation, by, agreed_by)
    moment = _moment(on)
    _revoke(relation, result, by, moment, reason)
    log(
        instance=relation.target, action="portal.document.undo_repeal", user=by,
        data={
            "relation": relation.pk,
            "reason": reason,
            "agreed_by": agreed_by.pk if agreed_by else None,
            "withdrawn": len(result.withdrawn),
            "restored": len(result.restored),
            "consequences": [row.pk for row in result.consequences],
        },
    )  # fmt: skip
    raise_generation(PortalSite.objects.all())
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
    elif row.state in (TakeDown.State.KEPT_WITH_NOTE, TakeDown.State.TO_EDIT):
        result.to_review.append(row)


# --- Private ---------------------------------------------------------------------------------------


def _demand_right(by) -> None:
    if not may(by, CONFIRM_REPEAL):
        raise Refused("Chỉ cơ quan Thường trực hoặc lãnh đạo Ban Biên tập được ghi nhận thay đổi hiệu lực văn bản.")


def _moment(on: date | datetime | None) -> datetime:
    """The moment meant by a date (its local midnight), a moment, or None (now)."""
    if isinstance(on, datetime):
        return on
    if on is None:
        return timezone.now()
    return timezone.make_aware(datetime.combine(on, time.min))
