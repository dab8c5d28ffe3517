"""4. What a repeal reaches: pages that cite it, documents that detail it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone
from wagtail.models import Page

from base.models import PortalSite
from workflows.models import TakeDown

from ...citations import citing_pages
from ...models import DocumentRelation, LegalDocument
from ...register import as_of
from ..effect import (
    DETAILS,
    Status,
)
from .rules import NEW_REGIME_FROM


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
    found.dependents = dependents_of(document, day, proposal=found.dependents_lapse and not scope)
    return found


def dependents_of(document: LegalDocument, day: date, *, proposal: bool) -> list[Dependent]:
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
