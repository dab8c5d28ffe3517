"""What Wagtail's lists offer to choose by: people, sites and tags of the user's own work, none of another site's.

Wagtail fills the choices of its filters from all pages there are: every user who wrote, changed or locked one anywhere,
and the tags of all pictures. Its filter by how often a file is used fails beside words searched for.
`narrow_filters` runs once, when `wagtail_hooks` is loaded.
"""

import wagtail.admin.filters
import wagtail.images.views.chooser
from django.contrib.auth import get_user_model
from django_filters import RangeFilter
from wagtail.admin.views.pages.listing import PageFilterSet
from wagtail.admin.views.reports.locked_pages import LockedPagesReportFilterSet
from wagtail.documents.views.documents import DocumentsFilterSet
from wagtail.images.views.images import ImagesFilterSet
from wagtail.models import PageLogEntry, Site

from ...authority import own_pages, portal_sites_of


class UsageCountFilter(wagtail.admin.filters.RelatedFilterMixin, RangeFilter):
    """How often a file is used, as a filter on keys: search knows columns only, and usage is counted.

    Goes when Wagtail's own filter can stand beside a search (django-modelsearch, issue 51).
    """


def narrow_filters() -> None:
    """Offer what belongs to the pages of the user's own sites, in filters that work together."""
    PageFilterSet.base_filters["owner"].queryset = _people_by("owner")
    PageFilterSet.base_filters["edited_by"].queryset = _editors
    PageFilterSet.base_filters["site"].queryset = _sites
    LockedPagesReportFilterSet.base_filters["locked_by"].queryset = _people_by("locked_by")
    for filters in (ImagesFilterSet, DocumentsFilterSet):
        wagtails = filters.base_filters["usage_count"]
        filters.base_filters["usage_count"] = UsageCountFilter(
            field_name="usage_count", label=wagtails.label, widget=wagtails.extra["widget"], use_subquery=True
        )
    # A tag does not know whose pictures have it; it is found by typing it.
    for module in (wagtail.admin.filters, wagtail.images.views.chooser):
        module.popular_tags_for_model = _no_tags


def _people_by(key: str):
    """The filter's question: who is named in this key of an own page."""

    def people(request):
        named = own_pages(request.user).order_by().values(key)
        return get_user_model().objects.filter(pk__in=named).order_by("full_name")

    return people


def _editors(request):
    entries = PageLogEntry.objects.filter(action="wagtail.edit", page__in=own_pages(request.user))
    return get_user_model().objects.filter(pk__in=entries.order_by().values("user")).order_by("full_name")


def _sites(request):
    if request.user.is_superuser:
        return Site.objects.all()
    return Site.objects.filter(pk__in=portal_sites_of(request.user).values("wagtail_site"))


def _no_tags(model, count=10):
    return []
