"""Documents as rows, citations and badges show them, read by a query that is compiled once for each number of them."""

from collections.abc import Iterable

from base.queries.prepared import Prepared, given_list, in_steps

from ..models import LegalDocument


def documents_for_display(keys: Iterable[int]) -> dict[int, LegalDocument]:
    """Return the documents that there are, by their keys: one query, none without a key."""
    wanted = in_steps(keys)
    return {document.pk: document for document in (_DOCUMENTS.all(keys=wanted) if wanted else ())}


_DOCUMENTS = Prepared(lambda keys: LegalDocument.objects.filter(pk__in=given_list("keys", keys)).for_display())
