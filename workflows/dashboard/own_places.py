"""Where a person works: the keys of their sites, their pages, and the key by which a row of the queue is found."""

from django.db.models import (
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Cast, Concat
from wagtail.models import Page

from base.authority import sites_of
from base.sites import all_sites

from .work_queue import Scope


def own_site_keys(scope: Scope) -> list[int]:
    """The sites on whose content the person works now: what they sent for another one is its people's business."""
    return [site.pk for site in scope.sites]


def own_pages(scope: Scope) -> QuerySet:
    if scope.is_of_city:
        own = sites_of(scope.user)
        apart = [site.home_key for site in all_sites() if site.is_practice and site.pk not in own]
        return Page.objects.exclude(Exists(_above(apart))) if apart else Page.objects.all()
    wanted = Q(pk=None)
    for path in scope.home_paths:
        wanted |= Q(path__startswith=path)
    return Page.objects.filter(wanted)


def _above(home_keys: list) -> QuerySet:
    """The home pages of some sites above a page, as part of a query: no query of its own."""
    homes = Page.objects.filter(translation_key__in=home_keys)
    below = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    return homes.alias(below=below).filter(below__startswith=F("path"))


def address_key(content_type, object_id, deadline=None):
    """A key from which `address_by_key` makes an address: "type/object/deadline"."""
    parts = [Cast(part, CharField(max_length=80)) for part in (content_type, object_id, deadline) if part is not None]
    joined = parts[0]
    for part in parts[1:]:
        joined = Concat(joined, Value("/"), part, output_field=CharField())
    return joined
