"""The home pages of the city and of its wards, and the dossier by which a component site opens, changes or closes."""

from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404
from django.shortcuts import redirect
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.blocks import CharBlock, PageChooserBlock, StructBlock, StructBlockValidationError, URLBlock
from wagtail.contrib.routable_page.models import path
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page
from wagtail.search import index

from alerts import feeds as alert_feeds
from base.blocks import SHORT_FEATURES
from base.files.alt_texts import problem_of
from base.models import BasePage, PortalImage, PortalSite, RoutedPage
from base.preflight import Finding
from base.public.feeds.lists import PARAMETERS, UNIT, site_atom
from base.public.index.cards import Card
from base.public.navigation import CHOICES_ADDRESS, SAVED_ADDRESS
from base.public.page_cache import mark_public
from base.public.site_cache import remembered
from base.public.usage import visits_page
from base.sites import all_site_keys, site_of, successor_address
from legalref.register.addresses import Registers
from legalref.register.newest import newest
from sections.feeds import site_feed

from . import choice_pages, from_city, front_lists, ward_digest

SECTION_TYPES = [
    "sections.SectionIndexPage",
    "sections.StandardPage",
    "sections.OfficialsPage",
    "sections.ContactPage",
    "sections.CalendarPage",
    "sections.SitemapPage",
    "legalref.RegisterPage",
    "faq.QuestionsPage",
    "servicecatalog.CataloguePage",
    "search.SearchPage",
]

# Shows the home page of a frozen site instead of leading to the site that followed it.
OLD_SITE_PARAM = "ban-cu"


# --- The home pages --------------------------------------------------------------------------------


class TaskBlock(StructBlock):
    """One of the things most people come for."""

    label = CharBlock(label="Việc cần làm", max_length=80)
    description = CharBlock(label="Mô tả ngắn", max_length=160, required=False)
    page = PageChooserBlock(label="Trang của cổng", required=False)
    url = URLBlock(label="Hoặc địa chỉ ngoài", required=False)

    class Meta:
        label = "Việc thường làm"
        icon = "tick-inverse"
        description = "Một nút lớn dẫn tới việc nhiều người cần: một trang của cổng hoặc một địa chỉ ngoài."
        preview_template = "home/blocks/previews/task.html"

    def clean(self, value):
        value = super().clean(value)
        if not self.is_deferred_validation and not value["page"] and not value["url"]:
            raise StructBlockValidationError(
                {"page": ValidationError("Hãy chọn một trang của cổng hoặc nhập địa chỉ ngoài.")}
            )
        return value


class OutsideLinkBlock(StructBlock):
    """A superior, subordinate or other body (NĐ 43/2011 Điều 16)."""

    label = CharBlock(label="Tên cơ quan, trang", max_length=120)
    url = URLBlock(label="Địa chỉ")

    class Meta:
        label = "Liên kết"
        icon = "link"
        description = "Liên kết tới trang của cơ quan khác."
        preview_template = "home/blocks/previews/link.html"


def featured_block() -> PageChooserBlock:
    """A page shown large on the front page; what is said of it is no argument, as migrations would store it."""
    block = PageChooserBlock(label="Trang nổi bật")
    block.meta.description = "Một trang đưa lên đầu trang chủ, có ảnh và tóm tắt."
    block.meta.preview_template = "home/blocks/previews/featured.html"
    return block


@dataclass(frozen=True)
class TopTask:
    """A task ready to be shown."""

    label: str
    description: str
    url: str


@dataclass(frozen=True)
class DocumentCard:
    """A legal document in the list of a home page."""

    label: str
    abstract: str
    url: str
    status_label: str
    status_css: str
    issued_on: date | None


class HomePage(RoutedPage):
    """What the two kinds of home page share; every list is at most one query, whatever the amount of content."""

    intro = RichTextField("lời giới thiệu", features=SHORT_FEATURES, blank=True)
    lead_image = models.ForeignKey(
        PortalImage, verbose_name="ảnh lớn", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    lead_image_alt = models.CharField(
        "mô tả ảnh lớn", max_length=200, blank=True, help_text="Đọc thay ảnh; bắt buộc khi có ảnh."
    )
    featured = StreamField([("page", featured_block())], verbose_name="bài nổi bật", blank=True, max_num=4)
    tasks = StreamField([("task", TaskBlock())], verbose_name="việc thường làm", blank=True, max_num=8)
    links = StreamField([("link", OutsideLinkBlock())], verbose_name="liên kết", blank=True)

    content_panels = [
        *Page.content_panels,
        FieldPanel("summary"),
        FieldPanel("intro"),
        MultiFieldPanel([FieldPanel("lead_image"), FieldPanel("lead_image_alt")], heading="Ảnh lớn"),
        FieldPanel("featured"),
        FieldPanel("tasks"),
        FieldPanel("links"),
        *BasePage.responsibility_panels,
    ]
    search_fields = [*BasePage.search_fields, index.SearchField("intro", boost=1)]

    shown_with = (*BasePage.shown_with, "lead_image")
    needs_source = False
    dublin_core_type = "Collection"
    schema_type = "WebSite"
    when_target_goes = MappingProxyType(
        {
            "featured": "Tự rời khỏi «Bài nổi bật» của trang chủ.",
            "tasks": "Nút tự ẩn, hoặc dẫn đến địa chỉ ngoài nếu có ghi.",
        }
    )

    @path("rss/", name="feed")
    def feed(self, request):
        """The newest items of the site as RSS 2.0."""
        return mark_public(site_feed(self, request), self.cache_sites())

    @path("atom/", name="atom")
    def atom(self, request):
        """What changed last on the site, or of one unit there (`?don-vi=`), and what went, as Atom."""
        response = site_atom(self, request.GET.get(UNIT, ""))
        return mark_public(response, self.cache_sites(), params=PARAMETERS)

    @path("canh-bao/atom/", name="alerts_atom")
    def alerts_atom(self, request):
        """The alerts that stand on the site now, and which ended lately, as Atom."""
        site = self.portal_site
        if site is None:
            raise Http404
        response, turns = alert_feeds.site_atom(self, site)
        return mark_public(response, self.cache_sites(), turns=turns)

    @path("luot-truy-cap/", name="visits")
    def visits(self, request):
        """How often the pages of the site are read."""
        return visits_page.respond(self, request)

    @path("luot-truy-cap/<slug:ending>/")
    def visits_file(self, request, ending: str):
        """The same as a file."""
        return visits_page.download(self, ending)

    @path(f"{SAVED_ADDRESS}/", name="saved_pages")
    def saved_pages(self, request):
        """What a browser has saved of the portal."""
        return choice_pages.saved(self, request)

    def serve(self, request, *args, **kwargs):
        return self.redirect_to_successor(request) or self.marked(super().serve(request, *args, **kwargs))

    class Meta:
        abstract = True

    def preflight(self):
        findings = super().preflight()
        if self.lead_image and (problem := problem_of(self.lead_image_alt, self.lead_image.file.name)):
            findings.append(Finding("blocker", "lead_image_alt", f"Ảnh lớn: {problem}"))
        return findings

    def get_context(self, request, *args, **kwargs):
        """Add the lists of the home page (`front_lists.py`), `top_tasks`, and `documents` with `documents_url`."""
        context = super().get_context(request, *args, **kwargs)
        if (picture := self.lead_image) is not None:
            picture.with_sizes(remembered(request, ("sizes of", picture.pk), picture.stored_sizes, self.cache_sites()))
        context["frame"].feed_url = (self.get_url(request) or "/") + self.reverse_subpage("feed")
        context["frame"].feed_title = self.title
        context["frame"].atom_url = (self.get_url(request) or "/") + self.reverse_subpage("atom")
        lists = front_lists.read(self, request)
        context |= lists.context
        context["top_tasks"] = self._top_tasks(lists.chosen)
        context["documents"], context["documents_url"] = self.latest_documents(request)
        return context

    def latest_documents(self, request) -> tuple[list["DocumentCard"], str]:
        """Return the newest legal documents of the site's register, and the address of the register."""
        site = site_of(self)
        if site is None:
            return [], ""
        registers = Registers(request)
        register = registers.page(site.pk, self.locale.language_code)
        cards = [
            DocumentCard(
                label=document.name,
                abstract=document.subject,
                url=registers.url(document, request, site_id=site.pk),
                status_label=document.status.words,
                status_css=document.status.badge,
                issued_on=document.issued_on,
            )
            for document in newest(site, request, self.cache_sites())
        ]
        return cards, register.get_url(request) if register else ""

    def _top_tasks(self, chosen: dict[int, Card]) -> list[TopTask]:
        tasks = []
        for block in self.tasks.raw_data:
            value = block["value"]
            card = chosen.get(value.get("page") or 0)
            if url := (card.url if card is not None else "") or value.get("url", ""):
                tasks.append(TopTask(value["label"], value.get("description", ""), url))
        return tasks


class CityHomePage(HomePage):
    """The city's front page; the component sites stand under it."""

    parent_page_types = ["wagtailcore.Page"]
    subpage_types = [*SECTION_TYPES, "home.WardHomePage"]
    template = "home/city_home_page.html"
    icon_name = "home"
    # A site opens through its dossier, never through "add a page"; Wagtail does not inherit this.
    is_creatable = False
    page_description = "Trang chủ của thành phố; các trang phường, xã nằm bên dưới."

    class Meta:
        verbose_name = "trang chủ thành phố"
        verbose_name_plural = "trang chủ thành phố"

    @path(f"{CHOICES_ADDRESS}/", name="choices")
    def choices(self, request):
        """Where a reader chooses a ward and what stands first."""
        return choice_pages.choices(self, request)

    @path(f"{CHOICES_ADDRESS}/<slug:slug>/")
    def ward_digest(self, request, slug: str):
        """A ward in short, for the front page of who has chosen it."""
        return ward_digest.respond(self, request, slug)

    def cache_sites(self) -> list[int]:
        """The newest of every ward shows here."""
        return list(self.sites_read) or all_site_keys()


class WardHomePage(HomePage):
    """The front page of a ward or commune; made by `opening.open_ward` only."""

    parent_page_types = ["home.CityHomePage"]
    subpage_types = SECTION_TYPES
    template = "home/ward_home_page.html"
    icon_name = "home"
    # A site opens through its dossier, never through "add a page"; Wagtail does not inherit this.
    is_creatable = False
    page_description = "Trang chủ của một phường, xã; mở bằng hồ sơ ở «Các trang thành phần»."
    cache_params = (OLD_SITE_PARAM,)

    class Meta:
        verbose_name = "trang chủ phường, xã"
        verbose_name_plural = "trang chủ phường, xã"

    @path(f"{from_city.ADDRESS}/", name="from_city")
    def from_city(self, request):
        """All that the city shows here."""
        return from_city.respond(self, request)

    def get_context(self, request, *args, **kwargs):
        """Add `predecessors`: (site, address of its old front page) of the sites merged into this one."""
        context = super().get_context(request, *args, **kwargs)
        found = PortalSite.objects.filter(successor=site_of(self)).select_related("unit")
        merged = remembered(request, ("merged into", self.pk), lambda: list(found))
        homes = {}
        if merged:
            homes = {
                page.translation_key: page
                for page in WardHomePage.objects.live()
                .filter(translation_key__in=[site.home_key for site in merged], locale=self.locale_id)
                .select_related("locale")
            }
        context["predecessors"] = [
            (site, f"{homes[site.home_key].get_url(request)}?{OLD_SITE_PARAM}=1")
            for site in merged
            if site.home_key in homes and site.state == PortalSite.State.FROZEN
        ]
        return context

    def serve(self, request, *args, **kwargs):
        """Lead from the front page of a frozen site to the one that followed it; old pages stay readable.

        The old front page itself stays at `?ban-cu=1`.
        """
        site = site_of(self)
        if (
            site is not None
            and site.state == PortalSite.State.FROZEN
            and site.successor_id
            and OLD_SITE_PARAM not in request.GET
            and not getattr(request, "is_preview", False)
        ):
            url = successor_address(site, self.locale, request)
            if url:
                return redirect(url, permanent=True)
        return super().serve(request, *args, **kwargs)


# --- The dossier -----------------------------------------------------------------------------------


class Opening(models.Model):
    """A dossier (hồ sơ) that opens, merges, splits, renames or closes component sites; two persons, one act.

    `site` is the site that opens, closes, is split or renamed, or takes others in; `predecessors` are those it takes
    in, `parts` those that come out of it. `details`: of a new name `name`, `name_en`, `former`; of a split `goes_on`.
    `handover` lists the open work found at the merger (title, kind, address in the admin). `versions`: what was
    submitted, one [page, version, title, page above] for each page that it is to make public; nothing else is. `events`
    is the dossier's own story.
    """

    class Kind(models.TextChoices):
        CITY = "city", "Mở trang thành phố"
        OPEN = "open", "Mở trang thành phần"
        MERGE = "merge", "Sáp nhập trang"
        SPLIT = "split", "Chia, tách trang"
        RENAME = "rename", "Đổi tên trang"
        CLOSE = "close", "Đóng trang"

    class State(models.TextChoices):
        DRAFT = "draft", "Bản nháp"
        SUBMITTED = "submitted", "Chờ duyệt"
        APPROVED = "approved", "Đã duyệt"
        REJECTED = "rejected", "Trả lại"
        DISCARDED = "discarded", "Đã bỏ"

    # The user who made it may still correct or discard it.
    WITH_MAKER = frozenset({State.DRAFT, State.REJECTED})
    UNDECIDED = frozenset({State.DRAFT, State.SUBMITTED, State.REJECTED})

    kind = models.CharField("loại hồ sơ", max_length=10, choices=Kind.choices)
    site = models.ForeignKey(PortalSite, verbose_name="trang", on_delete=models.PROTECT, related_name="openings")
    predecessors = models.ManyToManyField(
        PortalSite, verbose_name="trang được sáp nhập", blank=True, related_name="mergers"
    )
    parts = models.ManyToManyField(PortalSite, verbose_name="trang được tách ra", blank=True, related_name="divisions")
    successor = models.ForeignKey(
        PortalSite, verbose_name="trang kế thừa", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    details = models.JSONField("nội dung", default=dict, blank=True)
    effective_on = models.DateField("từ ngày")
    legal_act = models.CharField("căn cứ", max_length=300)
    state = models.CharField("tình trạng", max_length=10, choices=State.choices, default=State.DRAFT)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người lập", null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField("lập lúc")
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người gửi", null=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_at = models.DateTimeField("gửi lúc", null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người duyệt", null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField("duyệt lúc", null=True)
    versions = models.JSONField("phiên bản đã gửi", default=list, blank=True)
    handover = models.JSONField("việc chuyển giao", default=list, blank=True)
    events = models.JSONField("diễn biến", default=list, blank=True)

    class Meta:
        verbose_name = "hồ sơ trang thành phần"
        verbose_name_plural = "hồ sơ trang thành phần"
        ordering = ["-made_at", "-pk"]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.site}"

    @property
    def is_undecided(self) -> bool:
        return self.state in self.UNDECIDED

    def sites_that_open(self) -> list[PortalSite]:
        """The sites that the dossier makes public."""
        return list(self.parts.all()) if self.kind == self.Kind.SPLIT else [self.site]

    def sites_prepared(self) -> list[PortalSite]:
        """The component sites that were prepared with the dossier."""
        return self.sites_that_open() if self.kind in (self.Kind.OPEN, self.Kind.SPLIT) else []

    def pages(self):
        """The pages the dossier publishes, parents before children: all languages of the sites that open."""
        if self.kind not in (self.Kind.OPEN, self.Kind.CITY, self.Kind.SPLIT):
            return Page.objects.none()
        found = Page.objects.none()
        keys = [site.home_key for site in self.sites_that_open()]
        for home in Page.objects.filter(translation_key__in=keys).order_by("path"):
            found = found | Page.objects.descendant_of(home, inclusive=True)
        wards = PortalSite.objects.exclude(pk=self.site_id).values("home_key")
        for home in Page.objects.filter(translation_key__in=wards, depth__gt=2) if self.kind == self.Kind.CITY else []:
            found = found.not_descendant_of(home, inclusive=True)
        return found.order_by("path")


class FirstStepTick(models.Model):
    """A line of "Bắt đầu ở đây" that a person has ticked (`first_steps.STEPS`), or that they have put the list away."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="người", on_delete=models.CASCADE, related_name="first_step_ticks"
    )
    step = models.CharField("việc", max_length=40)
    at = models.DateTimeField("lúc")

    class Meta:
        verbose_name = "việc đầu tiên đã làm"
        verbose_name_plural = "việc đầu tiên đã làm"
        constraints = [models.UniqueConstraint(fields=["user", "step"], name="one_tick_a_first_step")]

    def __str__(self):
        return f"{self.user}: {self.step}"
