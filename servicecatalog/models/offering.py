"""Pages of the catalogue: the catalogue of a site, a service offered there, guides, notices of outage."""

from http import HTTPMethod
from types import MappingProxyType

from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.contrib.routable_page.models import path
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Orderable, Page
from wagtail.search import index

from base.admin import preview_modes
from base.blocks import SHORT_FEATURES, BodyBlock
from base.models import BasePage, PortalSite, RoutedPage
from base.preflight import Finding, is_or_becomes_public
from base.public.feeds.lists import section_atom
from base.public.frame import build_frame
from base.public.page_cache import mark_public
from base.sites import following, site_of
from workflows.deadlines.terms import Duty
from workflows.models import TakeDown
from workflows.publishing.gone import gone

from .levels import ServiceLevel
from .procedure import Procedure

# Sites in these states offer nothing any more.
STOPPED = frozenset({PortalSite.State.FROZEN, PortalSite.State.CLOSED})
# Addresses below `/dich-vu-cong/` that are no service.
RESERVED_SLUGS = frozenset(
    {"thu-tuc", "tra-cuu-ho-so", "thong-ke", "rss", "atom", "tinh-hinh-ho-so", "su-kien", "danh-gia"}
)


class CataloguePage(RoutedPage):
    """The catalogue of a site in one language (`/dich-vu-cong/`): list, dossiers, figures (Quy chế Điều 12).

    On the English mirror the same services are shown from their procedures' English names.
    """

    subpage_types = [
        "servicecatalog.ServiceOffering",
        "servicecatalog.ServiceGuidePage",
        "servicecatalog.ServiceOutagePage",
    ]
    max_count_per_parent = 1
    needs_source = False
    needs_summary = False
    search_kind = _("Dịch vụ công")
    template = "servicecatalog/catalogue_page.html"
    cache_params = ("q", "nganh", "linh-vuc", "su-kien", "muc-do", "cap", "co-quan", "doi-tuong", "xep", "trang")
    icon_name = "grid"
    review_rule = ""
    page_description = "Danh mục dịch vụ công của trang: danh sách, tra cứu hồ sơ, thống kê."
    content_panels = [*Page.content_panels, "summary", *BasePage.responsibility_panels]
    # The look-up of a dossier and the evaluation of a service take a form; every other route is only read.
    allowed_http_methods = [*BasePage.allowed_http_methods, HTTPMethod.POST]
    taking_forms = frozenset({"track_route"})

    class Meta:
        verbose_name = "trang dịch vụ công"
        verbose_name_plural = "trang dịch vụ công"

    def shows(self, route: str) -> bool:
        """Tell whether something public stands at a path below: a procedure's, as long as it is public."""
        name, _, code = route.strip("/").partition("/")
        if name == "thu-tuc":
            return Procedure.objects.filter(code=code.replace("-", ".", 1), live=True).exists()
        return name in ("tra-cuu-ho-so", "tinh-hinh-ho-so", "thong-ke") and super().shows(route)

    def check_request_method(self, request, route=(), *args):
        view = route[0] if route else None
        if request.method == "POST" and getattr(view, "__name__", "") not in self.taking_forms:
            return HttpResponseNotAllowed([method.value for method in BasePage.allowed_http_methods])
        return super().check_request_method(request, route, *args)

    @path("")
    def list_route(self, request):
        """The services of this site with search and filters."""
        from ..catalogue import listing

        return listing.respond(self, request)

    @path("thu-tuc/<slug:code>/")
    def procedure_route(self, request, code):
        """One procedure with every site that offers it, to choose one's own ward."""
        from ..catalogue import listing

        return listing.procedure(self, request, code)

    @path("atom/")
    def atom_route(self, request):
        """Atom of the services, guides and notices of outages that changed last here, and of those that went."""
        return mark_public(section_atom(self, self.title), self.cache_sites())

    @path("tra-cuu-ho-so/")
    def track_route(self, request):
        """Show the state of a dossier by its code."""
        from ..dossiers import lookup

        return lookup.track(self, request)

    @path("tinh-hinh-ho-so/")
    def dossiers_route(self, request):
        """Show how many dossiers were received, finished, on time, late."""
        from ..dossiers import report

        return report.respond(self, request)

    @path("tinh-hinh-ho-so/<slug:ending>/")
    def dossiers_file_route(self, request, ending):
        """The same figures as a file."""
        from ..dossiers import report

        return report.download(self, request, ending)

    @path("thong-ke/")
    def statistics_route(self, request):
        """How often services are used."""
        from ..usage import page as figures

        return figures.respond(self, request)

    @path("thong-ke/<slug:ending>/")
    def usage_file_route(self, request, ending):
        """The same figures as a file, "csv"."""
        from ..usage import page as figures

        return figures.download(self, request, ending)

    @path("<slug:slug>/di/")
    def leave_route(self, request, slug):
        """The way from a service to its place of application, which is counted."""
        from ..usage import leaving

        return leaving.lead(self, request, slug)

    @path("<slug:slug>/")
    def english_route(self, request, slug):
        """A service of the Vietnamese catalogue on its English mirror; a page under the catalogue comes before."""
        from ..catalogue import listing

        return listing.english(self, request, slug)

    def serve(self, request, *args, **kwargs):
        onward = self.redirect_to_successor(request)
        return onward if onward is not None else super().serve(request, *args, **kwargs)


class ServiceOffering(BasePage):
    """A service as one site offers it: the procedure is shared, place, hours and the way online are the site's own.

    Its title is the procedure's name when it was made; the page always shows the procedure's present name (TT 32/2017
    Điều 6: exactly the name of the procedure).
    """

    class Delivery(models.TextChoices):
        INFORMATION = "information", "Chỉ cung cấp thông tin"
        HOSTED = "hosted", "Nộp hồ sơ trên hệ thống của thành phố"
        LINKED = "linked", "Nộp hồ sơ trên cổng khác (dẫn liên kết)"

    procedure = models.ForeignKey(Procedure, verbose_name="thủ tục", on_delete=models.PROTECT, related_name="offerings")
    delivery = models.CharField("cách cung cấp", max_length=12, choices=Delivery.choices, default=Delivery.INFORMATION)
    apply_url = models.URLField("địa chỉ nộp hồ sơ", blank=True, max_length=500)
    apply_to = models.CharField(
        "nơi đến",
        max_length=150,
        blank=True,
        help_text="Tên cổng mà liên kết dẫn tới, ví dụ: Cổng Dịch vụ công quốc gia.",
    )
    offered_from = models.DateField("cung cấp từ ngày", null=True, blank=True)
    offered_to = models.DateField("đến hết ngày", null=True, blank=True)
    place = models.CharField(
        "nơi tiếp nhận", max_length=300, blank=True, help_text="Để trống: địa chỉ của đơn vị chịu trách nhiệm."
    )
    map_url = models.URLField("liên kết bản đồ", blank=True, max_length=500)
    office_hours = models.TextField(
        "giờ làm việc", blank=True, help_text="Mỗi dòng một buổi, ví dụ: Thứ Hai đến thứ Sáu: 7 giờ – 11 giờ."
    )
    reception_hours = models.CharField("lịch tiếp công dân của lãnh đạo", max_length=300, blank=True)
    contact_phone = models.CharField("điện thoại", max_length=40, blank=True)
    contact_email = models.EmailField("thư điện tử", blank=True)
    # The site that offered it before it ended, when the draft was made for its successor (`offerings.take_over`).
    taken_over_from = models.ForeignKey(
        PortalSite,
        verbose_name="tiếp nhận từ",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    local_note = RichTextField(
        "điều riêng ở đây",
        features=SHORT_FEATURES,
        blank=True,
        help_text="Chỉ những gì khác với quy định chung của thủ tục.",
    )

    subpage_types: list[str] = []
    parent_page_types = ["servicecatalog.CataloguePage"]
    needs_source = False
    needs_summary = False
    # Of what the shared record of its procedure says.
    is_made_by_portal = row_is_cached = True
    search_kind = _("Dịch vụ công")
    # The catalogue finds services, each once whatever the number of sites that offer it.
    search_group = "services"
    dublin_core_type = "Service"
    template = "servicecatalog/service_page.html"
    icon_name = "tasks"
    review_rule = "DL-CHECK-HALF"
    page_description = "Một dịch vụ công mà trang này cung cấp, theo một thủ tục hành chính."
    # Such pages say themselves that their procedure is gone (`Procedure.shown_on`).
    when_target_goes = MappingProxyType({"procedure": ""})
    shown_with = (*BasePage.shown_with, "procedure__field__sector", "procedure__owner_site")
    cache_params = ("truong-hop", "in", "danh-gia")

    content_panels = [
        *Page.content_panels,
        FieldPanel("procedure"),
        MultiFieldPanel(
            [
                FieldPanel("delivery"),
                FieldRowPanel([FieldPanel("apply_url"), FieldPanel("apply_to")]),
                FieldRowPanel([FieldPanel("offered_from"), FieldPanel("offered_to")]),
                InlinePanel("levels", label="Mức độ riêng ở đây"),
            ],
            heading="Cách cung cấp",
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("place"), FieldPanel("map_url")]),
                FieldRowPanel([FieldPanel("office_hours"), FieldPanel("reception_hours")]),
                FieldRowPanel([FieldPanel("contact_phone"), FieldPanel("contact_email")]),
                FieldPanel("local_note"),
            ],
            heading="Nơi tiếp nhận",
        ),
        *BasePage.responsibility_panels,
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("procedure_text", boost=1),
        index.FilterField("procedure"),
    ]

    class Meta:
        verbose_name = "dịch vụ công"
        verbose_name_plural = "dịch vụ công"

    def procedure_text(self) -> str:
        """What of the procedure the search of the portal reads: code, present name, words people use."""
        found = self.procedure
        return "\n".join(part for part in (found.code, found.name, found.summary, found.keywords) if part)

    def clean(self):
        super().clean()
        errors = {}
        if self.slug in RESERVED_SLUGS:
            errors["slug"] = f"«{self.slug}» là địa chỉ của một chức năng; hãy chọn tên khác."
        if self.delivery == self.Delivery.LINKED and not (self.apply_url and self.apply_to.strip()):
            name = "apply_to" if self.apply_url else "apply_url"
            errors[name] = "Hãy ghi cả địa chỉ nộp hồ sơ và tên cổng mà liên kết dẫn tới."
        if self.offered_from and self.offered_to and self.offered_to < self.offered_from:
            errors["offered_to"] = "Ngày kết thúc phải sau ngày bắt đầu; hãy sửa một trong hai ngày."
        if errors:
            raise ValidationError(errors)

    def redirect_to_successor(self, request):
        """The redirect from a site that has stopped to the same service of the site that followed it, if it has it."""
        site = site_of(self)
        followed_by = following(site) if site is not None and site.state in STOPPED else None
        home = followed_by.home_page() if followed_by is not None else None
        page = home and ServiceOffering.objects.live().descendant_of(home).filter(procedure=self.procedure_id).first()
        return redirect(page.get_url(request), permanent=True) if page else super().redirect_to_successor(request)

    def is_offered(self, on) -> bool:
        """Whether the site offers the service on a local day."""
        return (self.offered_from is None or self.offered_from <= on) and (
            self.offered_to is None or on <= self.offered_to
        )

    def description(self) -> str:
        return self.procedure.description

    def subjects(self) -> list[str]:
        return [self.procedure.field.name]

    def get_context(self, request, *args, **kwargs):
        from ..catalogue import service_page

        return service_page.fill(super().get_context(request, *args, **kwargs), self, request)

    def get_template(self, request, *args, **kwargs):
        from ..catalogue import service_page

        return service_page.template(self, request)

    @classmethod
    def get_indexed_objects(cls):
        return super().get_indexed_objects().filter(procedure__live=True)

    @property
    def is_listed(self):
        return self.procedure.live

    @property
    def listed_summary(self):
        return self.procedure.summary

    def stands_in_list(self):
        return True

    def list_places(self, request):
        from ..catalogue import listing

        entry = listing.as_listed(self, request)
        heading = "Trong danh mục dịch vụ công"
        return [preview_modes.listed(heading, "servicecatalog/parts/entry.html", "entry", [entry], request)]

    def in_english(self, request):
        """English readers get the facts of the procedure in English, without a translated page."""
        from ..catalogue import listing

        return listing.in_english(self, request)

    def serve(self, request, *args, **kwargs):
        # A draft can be seen before its procedure is public, but not yet be published (`preflight`).
        if not self.procedure.live and not getattr(request, "is_preview", False):
            return gone_procedure(request, self.procedure)
        return super().serve(request, *args, **kwargs)

    def preflight(self) -> list[Finding]:
        found = super().preflight()
        if not is_or_becomes_public(self.procedure):
            found.append(
                Finding("blocker", "procedure", "Thủ tục này chưa được duyệt đăng; hãy gửi duyệt thủ tục trước.")
            )
        if self.title.strip() != self.procedure.name:
            found.append(
                Finding(
                    "warning",
                    "title",
                    "Tên dịch vụ phải đúng tên thủ tục (TT 32/2017/TT-BTTTT Điều 6); hãy chép lại tên của thủ tục.",
                )
            )
        return found


def gone_procedure(request, procedure: Procedure):
    """Answer 410 with the reason when a procedure was taken down: what is gone for all sites stands on none of them.

    Raises Http404 for one that is not public for another reason.
    """
    row = TakeDown.objects.of(procedure).in_force()
    if row is None:
        raise Http404
    return gone(request, row)


class OfferingLevel(Orderable):
    """The level of the service on this site where it differs from that of the procedure."""

    offering = ParentalKey(ServiceOffering, on_delete=models.CASCADE, related_name="levels")
    level = models.ForeignKey(ServiceLevel, verbose_name="mức độ", on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateField("từ ngày", null=True, blank=True)
    valid_to = models.DateField("đến hết ngày", null=True, blank=True)
    reason = models.CharField("lý do, căn cứ", max_length=300, blank=True)

    class Meta(Orderable.Meta):
        verbose_name = "mức độ riêng"
        verbose_name_plural = "mức độ riêng"

    def __str__(self):
        return str(self.level)


class ServiceGuidePage(BasePage):
    """How to use a service, step by step with pictures (Quy chế Điều 12.2); one for several procedures, or for all.

    The city's guides are shown on the services of every site.
    """

    procedures = ParentalManyToManyField(
        Procedure,
        verbose_name="thủ tục",
        blank=True,
        related_name="guides",
        help_text="Để trống khi hướng dẫn chung cho mọi dịch vụ.",
    )
    steps = StreamField(BodyBlock(), verbose_name="các bước", blank=True)

    subpage_types: list[str] = []
    parent_page_types = ["servicecatalog.CataloguePage"]
    template = "servicecatalog/guide_page.html"
    search_kind = _("Hướng dẫn dịch vụ công")
    icon_name = "list-ol"
    review_rule = "DL-CHECK-HALF"
    page_description = "Hướng dẫn sử dụng một dịch vụ, từng bước có hình."
    content_panels = [
        *BasePage.content_panels,
        "summary",
        "procedures",
        "steps",
        *BasePage.responsibility_panels,
    ]
    search_fields = [*BasePage.search_fields, index.SearchField("steps", boost=1)]
    cache_params = ("buoc", "dich-vu")
    when_target_goes = MappingProxyType({"procedures": "Hướng dẫn vẫn đăng, không còn hiện ở dịch vụ của thủ tục này."})

    class Meta:
        verbose_name = "hướng dẫn dịch vụ công"
        verbose_name_plural = "hướng dẫn dịch vụ công"

    def get_context(self, request, *args, **kwargs):
        from ..catalogue import guide_page

        return guide_page.fill(super().get_context(request, *args, **kwargs), self, request)

    def preflight(self) -> list[Finding]:
        found = super().preflight()
        if not self.steps:
            found.append(Finding("blocker", "steps", "Chưa có bước nào; hãy viết từng bước, mỗi bước một mục lớn."))
        return found


class ServiceOutagePage(BasePage):
    """A notice that online services are away for a time (TT 32/2017 Điều 11: told at least one working day before).

    Shown on the services it names (all when it names none) of its site, on every site when it is the city's, from its
    publication until it is over.
    """

    starts_at = models.DateTimeField("ngừng từ", null=True)
    ends_at = models.DateTimeField("đến", null=True)
    procedures = ParentalManyToManyField(
        Procedure, verbose_name="thủ tục", blank=True, related_name="outages", help_text="Để trống: mọi dịch vụ."
    )
    is_planned = models.BooleanField(
        "bảo trì có kế hoạch",
        default=True,
        help_text="Bỏ đánh dấu khi là sự cố: không có thời hạn báo trước.",
    )
    whole_portal = models.BooleanField(
        "tạm ngừng toàn bộ cổng",
        default=False,
        help_text="Phải báo trước 7 ngày làm việc (Nghị định 224/2026/NĐ-CP, Điều 13).",
    )
    raises_alert = models.BooleanField(
        "hiện cảnh báo trên mọi trang",
        default=False,
        help_text="Dải dưới trình đơn của mọi trang của đơn vị, từ lúc ngừng đến lúc kết thúc; của thành phố: mọi nơi.",
    )
    message = models.TextField("nội dung", max_length=600)
    message_en = models.TextField("nội dung tiếng Anh", max_length=600, blank=True)

    subpage_types: list[str] = []
    parent_page_types = ["servicecatalog.CataloguePage"]
    needs_source = False
    needs_summary = False
    template = "servicecatalog/outage_page.html"
    search_kind = _("Thông báo dịch vụ công")
    icon_name = "warning"
    review_rule = ""
    page_description = "Thông báo tạm ngừng dịch vụ trực tuyến để bảo trì hoặc do sự cố."
    content_panels = [
        *Page.content_panels,
        FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")]),
        FieldRowPanel([FieldPanel("is_planned"), FieldPanel("whole_portal")]),
        "raises_alert",
        "procedures",
        "message",
        "message_en",
        *BasePage.responsibility_panels,
    ]
    search_fields = [*BasePage.search_fields, index.SearchField("message", boost=1)]
    when_target_goes = MappingProxyType({"procedures": "Tên thủ tục tự rời khỏi thông báo."})

    class Meta:
        verbose_name = "thông báo tạm ngừng dịch vụ"
        verbose_name_plural = "thông báo tạm ngừng dịch vụ"

    def clean(self):
        super().clean()
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": "Lúc kết thúc phải sau lúc bắt đầu; hãy sửa một trong hai."})

    @property
    def is_planned_stop(self) -> bool:
        """Whether the whole portal stops by a plan: every page says so from the publication on."""
        return self.is_planned and self.whole_portal

    def get_context(self, request, *args, **kwargs):
        context = super().get_context(request, *args, **kwargs)
        now = timezone.now()
        names = [procedure.label for procedure in self.procedures.all() if procedure.live]
        context |= {"is_over": self.is_over(now), "is_now": self.is_running(now), "procedure_names": names}
        self.turns = [self.starts_at, self.ends_at]
        return context

    def duties(self) -> list[Duty]:
        """A planned stop is told in advance: of the whole portal (NĐ 224/2026 Điều 13), of services (TT 32/2017)."""
        if not self.is_planned or self.starts_at is None:
            return []
        rule = "DL-DOWNTIME" if self.whole_portal else "DL-DOWNTIME-SVC"
        return [Duty(rule, timezone.localdate(self.starts_at), f"Thông báo trước: {self.title}")]

    def stands_in_list(self):
        return True

    def list_places(self, request):
        """The notice as it stands above the services."""
        from ..catalogue import outages

        notice = outages.as_shown(self)
        html = render_to_string("servicecatalog/parts/outages.html", {"outages": [notice]}, request)
        return [preview_modes.Place("Trên trang dịch vụ công", html)]

    def stands_on_wards(self):
        site = site_of(self) if self.path else None
        return site is not None and site.is_city

    def on_ward(self, home, request):
        heading = preview_modes.LABELS[preview_modes.WARD]
        return preview_modes.show_places(build_frame(home, request), self, request, self.list_places(request), heading)

    def description(self) -> str:
        return self.message or self.title

    def preflight(self) -> list[Finding]:
        from ..catalogue import outages

        return super().preflight() + outages.notice_findings(self)

    def is_running(self, now=None) -> bool:
        """Whether services are away at a moment."""
        return not self.is_over(now) and (self.starts_at is None or self.starts_at <= (now or timezone.now()))

    def is_over(self, now=None) -> bool:
        """Whether the outage lies behind us."""
        return self.ends_at is not None and self.ends_at <= (now or timezone.now())
