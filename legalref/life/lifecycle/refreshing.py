"""3. Every midnight the stored statuses follow the day."""

from datetime import date, datetime

from django.db import transaction

from base.models import PortalSite
from base.public.index import readers_see_changed
from workflows import deadlines

from ...models import DocumentRelation, DocumentStatus, LegalDocument
from .repealing import open_due_tasks
from .rules import BATCH


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
        readers_see_changed(sites=PortalSite.objects.all())
    open_due_tasks(on=on)
    return changed
