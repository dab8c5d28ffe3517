"""Lists of pages in the administration, with what is due of each page.

Wagtail registers its own viewset of all pages first, as the one that a portal may replace (`register_admin_viewset`,
order -1); ours differs by one column, one filter, and the places that two forms offer (`base/admin/place_views.py`).
"""

from django.forms import RadioSelect
from django_filters import ChoiceFilter
from wagtail.admin.ui.tables import BaseColumn
from wagtail.admin.views.pages.listing import ExplorableIndexView, GenericPageFilterSet
from wagtail.admin.views.pages.usage import ContentTypeUseView
from wagtail.admin.viewsets.pages import PageViewSet

from base.admin.place_views import OwnCopyView, OwnParentView
from base.public.site_cache import Memory, memory_of
from base.sites import remember_site

from ..deadlines import pages

LABEL = "Thời hạn"


class DueColumn(BaseColumn):
    """What is due of a page; the view has asked for all pages of the screen at once."""

    cell_template_name = "workflows/page_deadlines.html"

    def get_cell_context_data(self, instance, parent_context):
        return super().get_cell_context_data(instance, parent_context) | {"dues": instance.dues}


class DueFilter(ChoiceFilter):
    """The pages of which one of `deadlines.pages.CHOICES` is so."""

    def filter(self, qs, value):
        if not value:
            return qs
        return qs.filter(pk__in=pages.pages_due(value, by=self.parent.request.user).values("pk"))


class DuePageFilterSet(GenericPageFilterSet):
    """Wagtail's filters of pages, and that by deadline."""

    thoi_han = DueFilter(label=LABEL, choices=pages.CHOICES, empty_label="Mọi trang", widget=RadioSelect)

    class Meta(GenericPageFilterSet.Meta):
        pass


class DueMixin:
    """Asks once for all pages that a screen lists whose they are (for the buttons of each) and what is due of them."""

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        found = pages.dues_of(context["object_list"], by=self.request.user)
        memory = memory_of(self.request) or Memory()
        for page in context["object_list"]:
            page.dues = found.get(page.pk, [])
            remember_site(page, memory)
        return context


class ExplorerView(DueMixin, ExplorableIndexView):
    """The pages below a page."""

    base_columns = [*ExplorableIndexView.base_columns, DueColumn("due", label=LABEL, width="20%")]


class TypeUseView(DueMixin, ContentTypeUseView):
    """The pages of one type; its columns are those of the explorer."""


class PortalPageViewSet(PageViewSet):
    """The screens of all pages."""

    choose_parent_view_class = OwnParentView
    copy_view_class = OwnCopyView
    index_view_class = ExplorerView
    content_type_use_view_class = TypeUseView
    filterset_class = DuePageFilterSet
