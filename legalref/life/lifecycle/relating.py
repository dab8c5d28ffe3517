"""2. Relations: noted by one person, counting once a second has agreed, taken back."""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from accounts.roles import APPROVE, CONFIRM_REPEAL, WRITE, may
from base.gate import Refused
from base.models import PortalSite
from base.public.index import readers_see_changed
from workflows.publishing import approval

from ...models import DocumentRelation, DocumentStatus, LegalDocument
from ..effect import (
    AMENDING,
    ENDING,
    NO_CIRCLES,
    RELATIONS,
    Status,
    status_on,
)
from .rules import BY_OTHERS, ONE_PERSON, STATED_BY_THE_SOURCE, demand_right, moment_of


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
        demand_right(by)
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
    moment = moment_of(on)
    if agreed_by is not None and agreed_by.pk == by.pk:
        raise Refused(ONE_PERSON)
    same = DocumentRelation.objects.standing().filter(
        source=source, target=target, code=code, effective_on=effective_on
    )
    existing = (
        same if source else same.of_unregistered(source_text or stated_in).filter(follows_from=follows_from)
    ).first()
    if existing:
        if agreed_by is None or existing.agreed_at is not None:
            return existing
        # What two persons decided takes the place of what one had noted, with its words.
        _take_back_waiting(existing, by, moment)
    relation = DocumentRelation.objects.create(
        source=source,
        target=target,
        code=code,
        scope=list(scope),
        effective_on=effective_on,
        until=until,
        stated_in=stated_in[:300],
        source_text=source_text[:300],
        is_verified=is_verified,
        confirmed_by=by,
        confirmed_at=moment,
        follows_from=follows_from,
    )
    log(
        instance=target,
        action="portal.document.relate",
        user=by,
        data={"relation": relation.pk, "code": code, "source": str(source or source_text or stated_in)},
    )
    if agreed_by is not None:
        let_count(relation, by=agreed_by, moment=moment)
    return relation


def _take_back_waiting(relation: DocumentRelation, by, moment: datetime) -> None:
    for row in with_consequences(relation):
        row.revoked_by, row.revoked_at, row.revoked_reason = by, moment, BY_OTHERS
        row.save(update_fields=["revoked_by", "revoked_at", "revoked_reason"])
        log(
            instance=row.target,
            action="portal.document.take_back",
            user=by,
            data={"relation": row.pk, "code": row.code, "reason": BY_OTHERS},
        )


def let_count(relation: DocumentRelation, *, by, moment: datetime) -> None:
    """Let a relation count from now on, by the word of a second person; the status that follows is stored."""
    relation.agreed_by, relation.agreed_at = by, moment
    relation.save(update_fields=["agreed_by", "agreed_at"])
    if RELATIONS[relation.code].effect:
        store_statuses(relation, moment)
    log(
        instance=relation.target,
        action="portal.document.agree",
        user=by,
        data={"relation": relation.pk, "code": relation.code},
    )
    readers_see_changed(sites=PortalSite.objects.all())


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
    The text of a document names what it is based on or refers to: those who write on its site may note that as well.
    """
    if RELATIONS[code].effect:
        return may(by, CONFIRM_REPEAL)
    if may(by, WRITE, target.owner_site):
        return True
    return source is not None and code in STATED_BY_THE_SOURCE and may(by, WRITE, source.owner_site)


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


def status(document: LegalDocument, on: date) -> Status:
    """Return the status of a document on a local date, with its reason as text and the document that caused it."""
    amended = DocumentRelation.objects.amended_by([document]).get(document.pk, [])
    return status_on(document, on, DocumentRelation.objects.acting_on([document.pk]), amended)


def with_consequences(relation: DocumentRelation) -> list[DocumentRelation]:
    """Return a repeal and, behind it, the relations of all documents that lapsed with it."""
    found = [relation]
    for row in found:
        found += row.consequences.filter(revoked_at=None).order_by("pk")
    return found
