"""2. What a public text cites is stored, again after each publication."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from wagtail.models import Page

from base.locking import hold
from base.models import PortalSite
from base.public.index import readers_see_changed
from base.queries.aliases import aliases_of
from vietnam import citations, text

from ...models import Citation, LegalDocument
from ...models.document import number_key
from .suggesting import suggestions
from .terms import LAW_TYPES, State, Suggestion


@transaction.atomic
def extract(source) -> bool:
    """Bring the rows of a public page or document up to its public text; tell whether any link changed.

    Automatic rows are made anew; what an editor accepted or rejected stays. Safe to repeat.
    """
    changed = extract_now(hold(source))
    if changed:
        _tell_readers()
    return changed


def extract_now(source, revision: int | None = None) -> bool:
    """Do it without holding the source; `revision`: the version just published, with the decisions made up to it."""
    found = {item.written: item for item in suggestions(source)} if source.live else {}
    held = Citation.objects.of(source).select_for_update(of=("self",)).order_by("pk")
    rows = {row.written: row for row in held.select_related("chosen", "proposed_target")}
    if not found and not rows:
        return False
    before = {(row.written, row.target_id, row.note) for row in rows.values() if row.is_live}
    for written, row in rows.items():
        if revision is not None and row.proposed_revision and row.proposed_revision <= revision:
            _let_hold(row)
        item = found.get(written)
        if item is None and not (row.is_decided or row.note or row.is_waiting_for_approval):
            row.delete()
            continue
        _bring_up(row, item)
        row.save()
    new = [_bring_up(row_for(source, item), item) for written, item in found.items() if written not in rows]
    Citation.objects.bulk_create(new, ignore_conflicts=True)
    after = {(row.written, row.target_id, row.note) for row in Citation.objects.of(source).filter(is_live=True)}
    return before != after


def _tell_readers() -> None:
    """Declare all sites out of date: a document shows what cites it, on every site that lists it.

    It runs after the commit: waiting for a generation with rows locked could block the process that holds it.
    """
    transaction.on_commit(lambda: readers_see_changed(sites=PortalSite.objects.all()))


def row_for(source, item: Suggestion) -> Citation:
    place = {"page_id": source.pk} if isinstance(source, Page) else {"source_id": source.pk}
    return Citation(written=item.written, **place)


def _let_hold(row: Citation) -> None:
    """Put a decision that was approved into force."""
    row.state, row.chosen, row.note = row.proposed_state, row.proposed_target, row.proposed_note
    row.decided_by, row.decided_at = row.proposed_by, row.proposed_at
    _clear_proposal(row)


def _clear_proposal(row: Citation) -> None:
    row.proposed_state = row.proposed_note = ""
    row.proposed_target = row.proposed_by = row.proposed_at = row.proposed_revision = None


def _bring_up(row: Citation, item: Suggestion | None) -> Citation:
    """Fill a row from what was found in the public text; None: the text does not hold it any more."""
    row.is_live = item is not None
    if item is None:
        row.target, row.anchor = None, ""
        return row
    describe(row, item)
    row.outcome = item.outcome
    row.target = None if row.state == State.REJECTED else _meant(item, row.chosen)
    row.anchor, row.has_wrong_provision = item.places.get(row.target.pk if row.target else 0, ("", False))
    return row


def describe(row: Citation, item: Suggestion) -> None:
    citation = item.citation
    row.count, row.kind, row.role = item.count, citation.kind, citation.role
    row.label, row.provision = item.label, citation.provision[:200]
    row.number_key = number_key(citation.number.number)[:40] if citation.number else ""
    row.title_key = text.fold(citation.title)[:200]


def _meant(item: Suggestion, chosen: LegalDocument | None) -> LegalDocument | None:
    """The document an editor chose, as long as it is among those the citation may mean; else the one it must be."""
    return next((found for found in item.candidates if chosen is not None and found.pk == chosen.pk), item.document)


def note_published(obj, on: datetime) -> None:
    """Take over what a published page or document cites; a new document resolves what waited for it.

    Registered with `workflows.publishing.approval.register_after_publication`.
    """
    if not isinstance(obj, LegalDocument | Page):
        return
    # Nothing is held here but by the publication: it has the archive's chain, for which other publications wait.
    changed = extract_now(obj, obj.live_revision_id)
    if isinstance(obj, LegalDocument):
        changed = bool(resolve_waiting(obj)) or changed
    else:
        for alias in obj.aliases.filter(live=True).specific() if any(aliases_of([obj.pk]).values()) else ():
            changed = extract_now(alias) or changed
    if changed:
        _tell_readers()


def resolve_waiting(document: LegalDocument) -> int:
    """Extract anew the texts that wait for a document of this number or name; return how many got a link."""
    same = Q(number_key=document.number_key) if document.number_key else Q()
    if document.document_type.name in LAW_TYPES:
        same |= Q(title_key__in=[text.fold(document.subject), text.fold(citations.initials(document.subject))])
    if not same:
        return 0
    waiting = _sources_of(Citation.objects.waiting().filter(same).exclude(source=document))
    return sum([extract_now(source) for source in waiting])


def renew(*, on: datetime | None = None) -> int:
    """Look again for every document that is waited for; return how many texts changed. The job of the night."""
    return sum([extract(source) for source in _sources_of(Citation.objects.waiting())])


def extract_everything() -> tuple[int, int]:
    """Extract all public pages and documents anew; return (how many texts, how many of them changed)."""
    texts = changed = 0
    for pk in Page.objects.live().filter(depth__gt=1).order_by("path").values_list("pk", flat=True).iterator():
        page = Page.objects.filter(pk=pk, live=True).first()
        if page is not None:
            texts, changed = texts + 1, changed + extract(page.specific)
    for pk in LegalDocument.objects.public().order_by("pk").values_list("pk", flat=True).iterator():
        document = LegalDocument.objects.public().filter(pk=pk).first()
        if document is not None:
            texts, changed = texts + 1, changed + extract(document)
    return texts, changed


def _sources_of(rows) -> list:
    """The public pages and documents in which rows stand."""
    pages, documents = set(), set()
    for page_id, source_id in rows.values_list("page_id", "source_id"):
        if page_id:
            pages.add(page_id)
        else:
            documents.add(source_id)
    sources = [*Page.objects.filter(pk__in=pages, live=True).order_by("pk").specific()]
    return sources + list(LegalDocument.objects.public().filter(pk__in=documents).order_by("pk"))
