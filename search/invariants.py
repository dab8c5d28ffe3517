"""What must hold in search: every public page can be found, and nothing is found that is not there.

Documents of the register have an index of their own (`legalref/register/indexing.py`).
"""

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Page
from wagtail.search.models import IndexEntry

from .models import SavedPage


def violations() -> list[str]:
    """Return a line for each public page that the index lacks, and for each entry of the index without its thing."""
    return [*_not_indexed(), *_leftovers()]


def _not_indexed() -> list[str]:
    indexed = set(IndexEntry.objects.values_list("content_type_id", "object_id"))
    waiting = SavedPage.objects.values("page_id")
    pages = Page.objects.filter(live=True, depth__gt=1).exclude(pk__in=waiting)
    pages = pages.values_list("content_type_id", "pk", "title")
    missing = [(kind, pk, name) for kind, pk, name in pages if (kind, str(pk)) not in indexed]
    # What a type keeps from the search: services whose procedure was taken down.
    wanted = {
        kind: set(ContentType.objects.get_for_id(kind).model_class().get_indexed_objects().values_list("pk", flat=True))
        for kind in {kind for kind, _pk, _name in missing}
    }
    return [f"«{name}» ({pk}) đang đăng mà không tìm được." for kind, pk, name in missing if pk in wanted[kind]]


def _leftovers() -> list[str]:
    found = []
    for type_id in IndexEntry.objects.values_list("content_type_id", flat=True).order_by().distinct():
        model = ContentType.objects.get_for_id(type_id).model_class()
        keys = set(IndexEntry.objects.filter(content_type_id=type_id).values_list("object_id", flat=True))
        present = {str(key) for key in model._base_manager.values_list("pk", flat=True)} if model else set()
        name = model._meta.verbose_name if model else type_id
        found += [f"Chỉ mục tìm kiếm còn {name} {key} không còn nữa." for key in sorted(keys - present)]
    return found
