"""Where a person works: the keys of their sites, their pages, and the key by which a row of the queue is found."""

from django.db.models import (
    CharField,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast, Concat
from wagtail.models import Page

from base.authority import without_shut

from .work_queue import Scope


def own_site_keys(scope: Scope) -> list[int]:
    """The sites on whose content the person works now: what they sent for another one is its people's business."""
    return [site.pk for site in scope.sites]


def own_pages(scope: Scope) -> QuerySet:
    if scope.is_of_city:
        return without_shut(Page.objects.all(), scope.user)
    wanted = Q(pk=None)
    for path in scope.home_paths:
        wanted |= Q(path__startswith=path)
    return Page.objects.filter(wanted)


def address_key(content_type, object_id, deadline=None):
    """A key from which `address_by_key` makes an address: "type/object/deadline"."""
    parts = [Cast(part, CharField(max_length=80)) for part in (content_type, object_id, deadline) if part is not None]
    joined = parts[0]
    for part in parts[1:]:
        joined = Concat(joined, Value("/"), part, output_field=CharField())
    return joined
