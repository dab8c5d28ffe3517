"""What the relations of a batch end, and how many public pages cite it.

Importing the past of a register must not send hundreds of pages through take-down unseen: the batch records that a
document was repealed, and a person then opens the tasks, document by document, in the wizard of repeal, which shows
first what it reaches (decisions/0023).
"""

from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from django.db.models import OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from ..citations import citing_pages
from ..life.effect import ENDING, RELATIONS
from ..models import DocumentRelation, ImportBatch, ImportedRelation, ImportRow, LegalDocument
from .columns import WITH_RELATIONS

# The number of documents ended by a batch that are listed: those that most pages cite.
MOST_LISTED = 50


@dataclass
class Ended:
    """A document that a relation of a batch ends, whole or in part, and the number of public pages that cite it.

    `wizard`: the address of the wizard with the relation filled in, empty while it is not recorded.
    """

    document: LegalDocument
    words: str
    pages: int
    effective_on: date | None = None
    scope: list[str] = field(default_factory=list)
    wizard: str = ""


def to_come(batch: ImportBatch) -> list[Ended]:
    """Return what a written batch will end once it is published, of what public pages cite; the most cited first."""
    lines = []
    for row in batch.rows.filter(has_relations=True, outcome__in=ImportRow.WRITTEN).iterator(chunk_size=200):
        for line in (line for name in WITH_RELATIONS for line in row.values.get(name) or []):
            if line["code"] in ENDING:
                lines.append((row.document_id if line["is_passive"] else line["target"], row.label, line))
    counts = citing_pages.page_counts({key for key, _label, _line in lines if key})
    documents = _documents(counts)
    found = [
        Ended(
            documents[key],
            f"{RELATIONS[line['code']].passive} {line['other'] if line['is_passive'] else label}",
            counts[key],
            date.fromisoformat(line["effective_on"]) if line["effective_on"] else None,
            line["scope"],
        )
        for key, label, line in lines
        if counts.get(key) and key in documents
    ]
    return sorted(found, key=lambda one: -one.pages)[:MOST_LISTED]


def recorded(batch: ImportBatch) -> list[Ended]:
    """Return what a published batch has ended and public pages still cite without a task; the most cited first."""
    relations = list(
        _unfollowed_relations().filter(pk__in=ImportedRelation.objects.filter(row__batch=batch).values("relation"))
    )
    counts = citing_pages.page_counts({row.target_id for row in relations})
    found = [
        Ended(
            row.target,
            row.happened,
            counts[row.target_id],
            row.effective_on,
            row.scope,
            _wizard(row),
        )
        for row in relations
        if counts.get(row.target_id)
    ]
    return sorted(found, key=lambda one: -one.pages)[:MOST_LISTED]


def unfollowed(batch) -> QuerySet:
    """Return what a batch, an `OuterRef`, recorded of documents that it ended and live pages cite without a task."""
    ending = _unfollowed_relations().order_by().values("pk")
    recorded_by_it = ImportedRelation.objects.filter(row__batch=batch, relation__in=ending)
    return recorded_by_it.filter(citing_pages.cited_by_pages(OuterRef("relation__target_id")))


def _unfollowed_relations():
    """Relations in force that end a public document and have opened no task."""
    return (
        DocumentRelation.objects.valid()
        .filter(code__in=ENDING, effective_on__lte=timezone.localdate(), effects=None, target__live=True)
        .select_related("target__document_type", "target__main_issuer", "source__document_type")
        .defer("target__full_text", "target__search_text", "source__full_text", "source__search_text")
    )


def _documents(keys) -> dict[int, LegalDocument]:
    return {row.pk: row for row in LegalDocument.objects.public().filter(pk__in=list(keys)).for_display()}


def _wizard(row: DocumentRelation) -> str:
    filled = {
        "code": row.code,
        "by_document": row.source_id or "",
        "other_text": row.source_text,
        "stated_in": row.stated_in,
        "effective_on": row.effective_on.strftime("%d/%m/%Y"),
        "scope": "\n".join(row.scope),
        "is_verified": "on" if row.is_verified else "",
    }
    address = reverse("legalref_repeal", args=[row.target_id])
    return f"{address}?{urlencode({name: value for name, value in filled.items() if value})}"
