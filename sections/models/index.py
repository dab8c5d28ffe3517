"""The section index: an introduction, and the section's items with filters and paging."""

from django.db import models
from django.http import Http404
from django.utils.translation import get_language
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.routable_page.models import path
from wagtail.search import index

from base.models import BasePage, RoutedPage
from base.preflight import Finding
from base.public.feeds.lists import section_atom
from base.public.index.items import OwnFacts
from base.public.page_cache import mark_public

from .. import catalogue, feeds, listing
from ..calendars import lines, schedules
from .item import WithBody, body_panels
from .schedule import WorkSchedulePage


class SectionIndexPage(WithBody, RoutedPage):
    """One section of a site. `section_key` names its row in the catalogue, which says what may be placed in it."""

    section_key = models.CharField(
        "mục bắt buộc",
        max_length=40,
        choices=catalogue.choices(),
        blank=True,
        help_text="Để trống nếu là mục khác ngoài danh mục (Điều 10.2 Nghị định 43/2011/NĐ-CP).",
    )
    directing_document = models.CharField(
        "văn bản chỉ đạo mở mục",
        max_length=200,
        blank=True,
        help_text="Bắt buộc với mục ngoài danh mục (Điều 16.1 Quy chế).",
    )

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("section_key"),
        FieldPanel("directing_document"),
        FieldPanel("summary"),
        *body_panels,
        *BasePage.responsibility_panels,
    ]
    subpage_types = [
        "sections.ArticlePage",
        "sections.NoticePage",
        "sections.EventPage",
        "sections.StandardPage",
        "sections.OfficialsPage",
        "sections.OrganisationPage",
        "sections.WorkSchedulePage",
        "sections.ProjectPage",
        "sections.ScienceProgrammePage",
        "sections.StatisticsReportPage",
        "sections.ReleasePage",
        "sections.ConsultationPage",
        "sections.ClarificationPage",
        "sections.PollPage",
        "sections.FormPage",
    ]
    search_fields = [*BasePage.search_fields, index.SearchField("body", boost=1), index.FilterField("section_key")]

    template = "sections/section_index_page.html"
    icon_name = "folder-open-inverse"
    page_description = "Một mục của trang: lời giới thiệu và danh sách bài, lọc theo năm, đơn vị, loại."
    cache_params = listing.PARAMETERS
    needs_source = needs_summary = False
    dublin_core_type = "Collection"
    schema_type = "CollectionPage"
    retention_class = "permanent"

    class Meta:
        verbose_name = "mục"
        verbose_name_plural = "mục"

    @property
    def row(self) -> catalogue.Section | None:
        """The section's row in the catalogue, or None for a section that no law asks for."""
        return catalogue.section(self.section_key)

    @property
    def item_types(self) -> tuple[str, ...]:
        return catalogue.item_types(self.section_key)

    @property
    def has_schedules(self) -> bool:
        return WorkSchedulePage._meta.label in self.item_types

    @property
    def is_in_tree_order(self) -> bool:
        return bool(self.row and self.row.in_tree_order)

    @property
    def feed_title(self) -> str:
        site = self.portal_site
        return f"{self.title} – {site.name_in(get_language())}" if site else self.title

    def own_facts(self):
        return OwnFacts(sub_kind=self.section_key)

    def subjects(self):
        return [self.row.title(self.locale.language_code)] if self.row else []

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        context["listing"] = listing.list_items(self, request.GET, request)
        frame = context["frame"]
        frame.feed_url = (self.get_url(request) or "") + self.reverse_subpage("feed")
        frame.feed_title = self.feed_title
        frame.atom_url = (self.get_url(request) or "") + self.reverse_subpage("atom")
        context["calendar_url"] = self.calendar_url(request)
        return context

    def calendar_url(self, request) -> str:
        """Return where to subscribe to the section's calendar, "" for a section that holds no schedules."""
        if not self.has_schedules:
            return ""
        return lines.subscription((self.full_url or "") + self.reverse_subpage("calendar"))

    @path("rss/", name="feed")
    def feed(self, request):
        """The newest items of the section as RSS 2.0."""
        return mark_public(feeds.section_feed(self, request), self.cache_sites())

    @path("atom/", name="atom")
    def atom(self, request):
        """What changed last in the section, and what went, as Atom."""
        response = section_atom(self, self.feed_title, self.item_types, self.section_key)
        return mark_public(response, self.cache_sites())

    @path("ical/", name="calendar")
    def calendar(self, request):
        """The working schedules of the section as a calendar to subscribe to."""
        if not self.has_schedules:
            raise Http404
        return mark_public(schedules.section_calendar(self), self.cache_sites())

    def serve(self, request, *args, **kwargs):
        return self.redirect_to_successor(request) or self.marked(super().serve(request, *args, **kwargs))

    def preflight(self):
        findings = super().preflight()
        if not self.row and not self.directing_document.strip():
            findings.append(
                Finding(
                    "blocker",
                    "directing_document",
                    "Mục ngoài danh mục bắt buộc phải ghi văn bản chỉ đạo mở mục; hoặc chọn một mục bắt buộc.",
                )
            )
        if self.row and self.path and self._twin():
            findings.append(
                Finding("blocker", "section_key", f"Trang này đã có mục «{self.row.label}»; hãy dùng mục đó.")
            )
        return findings

    def _twin(self):
        return (
            SectionIndexPage.objects.sibling_of(self, inclusive=False)
            .filter(section_key=self.section_key, live=True)
            .exists()
        )
