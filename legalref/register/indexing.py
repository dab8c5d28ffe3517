"""The register's own index as a whole: written anew, and what must hold of it.

Publishing writes the entry of a document and taking down removes it (`LegalDocument.publish`, `unpublish`). When a
file's text is read after that, the entries of the documents that show it are written anew (`note_file_text`).
"""

from django.db import transaction
from django.db.models import Q

from base.models import PortalFile, PortalSite
from base.public.index import readers_see_changed

from ..models import DocumentFile, LegalDocument, RegisterEntry

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
            RegisterEntry.store(_whole(public.filter(pk__in=keys[start : start + BATCH])))
    readers_see_changed(sites=PortalSite.objects.all())
    return len(keys), len(stale)


def _whole(documents) -> list[LegalDocument]:
    """Read documents with all that their entries say."""
    related = documents.select_related("document_type", "main_issuer", "stored_status")
    return list(related.prefetch_related("co_issuers", "document_files"))


@transaction.atomic
def note_file_text(file: PortalFile) -> int:
    """Write the entries of the public documents that show a file anew, for what it says has changed; return how many.

    Called by `base.files.texts` when it has kept another text of the file.
    """
    shows = Q(signed_file=file) | Q(pk__in=DocumentFile.objects.filter(file=file).values("document"))
    documents = _whole(LegalDocument.objects.public().filter(shows))
    RegisterEntry.store(documents)
    if documents:
        readers_see_changed(sites=PortalSite.objects.all())
    return len(documents)


def violations() -> list[str]:
    """Return a line for each public document that is not found or not by who signed it, and for each entry of one that
    is not public."""
    lacking = LegalDocument.objects.public().filter(entry=None).select_related("document_type")
    stale = RegisterEntry.objects.exclude(document__live=True).select_related("document__document_type")
    unsigned = RegisterEntry.objects.filter(document__live=True, signer="").exclude(document__signer_name="")
    unsigned = unsigned.select_related("document__document_type")
    return [
        *(f"«{document}» ({document.pk}) đang đăng mà không có trong chỉ mục của sổ văn bản." for document in lacking),
        *(f"Chỉ mục của sổ văn bản còn «{entry.document}» ({entry.pk}) không đăng nữa." for entry in stale),
        *(f"Chỉ mục của sổ văn bản chưa ghi ai ký «{entry.document}» ({entry.pk})." for entry in unsigned),
    ]
