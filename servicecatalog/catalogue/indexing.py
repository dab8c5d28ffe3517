"""The search of the portal reads procedures in the pages that offer them: anew whenever a procedure is published."""

from datetime import datetime

from wagtail.search import index

from ..models import Procedure, ServiceOffering


def note_published(obj, on: datetime) -> None:
    """Put the pages that offer a published procedure into the search again (`approval.register_after_publication`)."""
    if not isinstance(obj, Procedure):
        return
    for page in ServiceOffering.objects.live().filter(procedure=obj).select_related("procedure").order_by("pk"):
        index.insert_or_update_object(page)
