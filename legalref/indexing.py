"""The register's own index as a whole: written anew, and what must hold of it.

Publishing writes the entry of a document and taking down removes it (`LegalDocument.publish`, `unpublish`).
"""

from django.db import transaction

from .models import LegalDocument, RegisterEntry

BATCH = 200


def rebuild() -> tuple[int, int]:
    """Write the entries of all public documents anew; return how many were written and how many others removed.

    For a change of the analysis, of the name of an issuer or of a type. In batches: readers find everything meanwhile.
    """
    public = LegalDocument.objects.public().order_by("pk")
    stale = list(RegisterEntry.objects.exclude(document__live=True).values_list("pk", flat=True))
    RegisterEntry.remove(stale)
    keys = list(public.values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        with transaction.atomic():
            batch = public.filter(pk__in=keys[start : start + BATCH])
            related = batch.select_related("document_type", "main_issuer", "stored_status")
            RegisterEntry.store(related.prefetch_related("co_issuers", "document_files"))
    return len(keys), len(stale)


def faults() -> list[str]:
    """Return a line for each public document that is not found, and for each entry of one that is not public."""
    lacking = LegalDocument.objects.public().filter(entry=None).select_related("document_type")
    stale = RegisterEntry.objects.exclude(document__live=True).select_related("document__document_type")
    return [
        *(f"«{document}» ({document.pk}) đang đăng mà không có trong chỉ mục của sổ văn bản." for document in lacking),
        *(f"Chỉ mục của sổ văn bản còn «{entry.document}» ({entry.pk}) không đăng nữa." for entry in stale),
    ]
