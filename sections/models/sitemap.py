"""The sitemap as a tree of words (Thông tư 32/2017/TT-BTTTT Điều 16)."""

from dataclasses import dataclass, field

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from base.models import BasePage, PortalSite
from base.public.navigation import open_data_url

from .article import ArticlePage
from .clarification import ClarificationPage
from .consultation import ConsultationPage
from .event import EventPage
from .item import SectionItem
from .notice import NoticePage
from .plan import ProjectPage
from .release import ReleasePage
from .schedule import WorkSchedulePage
from .science import ScienceProgrammePage
from .statistics import StatisticsReportPage

# Items are listed in their section and in the XML sitemap; here they would bury the sections. Rooms above add theirs.
_listed_types = [
    ArticlePage,
    ClarificationPage,
    ConsultationPage,
    EventPage,
    NoticePage,
    ProjectPage,
    ReleasePage,
    ScienceProgrammePage,
    StatisticsReportPage,
    WorkSchedulePage,
]


def register_left_out(model) -> None:
    """Leave the pages of a type out of the tree: a list shows them. Called from `AppConfig.ready`."""
    if model not in _listed_types:
        _listed_types.append(model)


@dataclass
class Node:
    """One page of the tree with the pages under it."""

    title: str
    url: str
    children: list["Node"] = field(default_factory=list)


class SitemapPage(SectionItem):
    """All standing pages of a site as a tree; of the component sites only their front pages."""

    content_panels = [*BasePage.content_panels, FieldPanel("summary"), *BasePage.responsibility_panels]
    max_count_per_parent = 1

    template = "sections/sitemap_page.html"
    icon_name = "list-ul"
    review_rule = ""
    page_description = "Sơ đồ trang dạng cây, tự cập nhật."
    needs_source = needs_summary = False
    is_made_by_portal = True
    dublin_core_type = "Collection"

    class Meta:
        verbose_name = "sơ đồ trang"
        verbose_name_plural = "sơ đồ trang"

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        # Of the whole portal, and no page of the tree.
        data = [Node(_("Dữ liệu mở"), open_data_url())] if self.portal_site and self.portal_site.is_city else []
        return {**context, "tree": [*self.tree(request), *(node for node in data if node.url)]}

    def tree(self, request=None) -> list[Node]:
        """Return the live standing pages under the site's home page as nodes, in tree order, by two queries.

        A page under one that is not live is left out, and so is what stands under another site's front page.
        """
        home = self.get_parent()
        listed = [kind.pk for kind in ContentType.objects.get_for_models(*_listed_types).values()]
        components = PortalSite.objects.values("home_key")
        fronts = Page.objects.descendant_of(home).filter(translation_key__in=components)
        pages = Page.objects.descendant_of(home).live().exclude(content_type__in=listed)
        for path in fronts.values_list("path", flat=True):
            pages = pages.exclude(Q(path__startswith=path) & ~Q(path=path))
        top: list[Node] = []
        open_nodes = {home.path: top}
        for page in pages.select_related("locale").order_by("path"):
            siblings = open_nodes.get(page.path[: -Page.steplen])
            if siblings is not None:
                node = Node(page.title, page.get_url(request) or "")
                siblings.append(node)
                open_nodes[page.path] = node.children
        return top
