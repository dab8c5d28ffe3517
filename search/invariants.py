"""What must hold in search: everything public can be found, and nothing is found that is not there."""

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Page
from wagtail.search.models import IndexEntry

from legalref.models import LegalDocument


def faults() -> list[str]:
    """Return a line for each public thing that the index lacks, and for each entry of the index without its thing."""
    return [*_not_indexed(), *_leftovers()]


def _not_indexed() -> list[str]:
    indexed = set(IndexEntry.objects.values_list("content_type_id", "object_id"))
    pages = Page.objects.filter(live=True, depth__gt=1).values_list("content_type_id", "pk", "title")
    documents = LegalDocument.objects.filter(live=True)
    type_id = ContentType.objects.get_for_model(LegalDocument).pk
    wanted = [*pages, *((type_id, document.pk, str(document)) for document in documents)]
    return [
        f"«{name}» ({pk}) đang đăng mà không tìm được." for kind, pk, name in wanted if (kind, str(pk)) not in indexed
    ]


def _leftovers() -> list[str]:
    found = []
    for type_id in IndexEntry.objects.values_list("content_type_id", flat=True).order_by().distinct():
        model = ContentType.objects.get_for_id(type_id).model_class()
        keys = set(IndexEntry.objects.filter(content_type_id=type_id).values_list("object_id", flat=True))
        present = {str(key) for key in model._base_manager.values_list("pk", flat=True)} if model else set()
        name = model._meta.verbose_name if model else type_id
        found += [f"Chỉ mục tìm kiếm còn {name} {key} không còn nữa." for key in sorted(keys - present)]
    return found
