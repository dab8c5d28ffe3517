"""Leaders and the official contacts of those in charge (NĐ 43/2011 Điều 10.1.a, 10.1.k)."""

import re

from django.db import models
from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.models import Orderable
from wagtail.search import index

from base.models import BasePage, OrganisationUnit, PortalImage, PostHolder
from base.preflight import Finding

from .item import SectionItem, WithBody, body_panels

# Addresses there belong to persons, not to an office.
PRIVATE_MAIL_HOSTS = frozenset(
    {"gmail.com", "yahoo.com", "yahoo.com.vn", "hotmail.com", "outlook.com", "icloud.com", "live.com"}
)
# The size the template shows; the same filter stands there.
PORTRAIT = "fill-144x176"
MOBILE_NUMBER = re.compile(r"(?:\+84|0)[35789]\d{8}")


class OfficialsPage(WithBody, SectionItem):
    """Leaders with their duties, and officials with their official contacts; nothing private."""

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("summary"),
        InlinePanel(
            "from_units",
            heading="Lấy người từ đơn vị",
            label="đơn vị",
            help_text="Trang hiện mọi người đang giữ chức vụ của đơn vị, như ghi ở màn hình «Đơn vị»; đổi người ở đó.",
        ),
        InlinePanel("officials", heading="Lãnh đạo, cán bộ khác", label="người"),
        *body_panels,
        *BasePage.responsibility_panels,
    ]
    search_fields = [
        *BasePage.search_fields,
        index.RelatedFields("officials", [index.SearchField("name", boost=1), index.SearchField("post", boost=1)]),
        index.SearchField("words_of_holders", boost=1),
    ]

    template = "sections/officials_page.html"
    icon_name = "group"
    review_rule = "DL-CHECK-HALF"
    page_description = "Lãnh đạo (tiểu sử tóm tắt, nhiệm vụ) và thông tin liên hệ chính thức của cán bộ."
    needs_source = needs_summary = False
    retention_class = "permanent"

    class Meta:
        verbose_name = "trang lãnh đạo, cán bộ"
        verbose_name_plural = "trang lãnh đạo, cán bộ"

    def holders(self) -> list[PostHolder]:
        """Return who holds the posts of the units that the page names, today; unit by unit, the head first."""
        units = [row.unit_id for row in self.from_units.all()]
        found = PostHolder.objects.valid(timezone.localdate()).filter(unit__in=units).select_related("unit")
        return sorted(found, key=lambda holder: units.index(holder.unit_id)) if units else []

    def words_of_holders(self) -> list[str]:
        """Return by which words the page is found beside those that were typed."""
        return [f"{holder.name} {holder.post}" for holder in self.holders()]

    def get_context(self, request, *args, **kwargs):
        typed = list(self.officials.all())
        portraits = PortalImage.objects.prefetch_renditions(PORTRAIT)
        prefetch_related_objects(typed, "unit", Prefetch("portrait", queryset=portraits))
        people = [*self.holders(), *typed]
        return {
            **super().get_context(request, *args, **kwargs),
            "leaders": [person for person in people if person.is_leader],
            "officials": [person for person in people if not person.is_leader],
        }

    def preflight(self):
        findings = super().preflight()
        people = list(self.officials.all())
        if not people and not self.from_units.all():
            findings.append(Finding("blocker", "officials", "Trang chưa có người nào; hãy thêm ít nhất một người."))
        for person in people:
            findings += person.preflight()
        return findings


class OfficialsUnit(Orderable):
    """A unit of which the page shows who holds its posts."""

    page = ParentalKey(OfficialsPage, on_delete=models.CASCADE, related_name="from_units")
    unit = models.ForeignKey(OrganisationUnit, verbose_name="đơn vị", on_delete=models.PROTECT, related_name="+")

    panels = [FieldPanel("unit")]

    class Meta(Orderable.Meta):
        verbose_name = "đơn vị"
        verbose_name_plural = "đơn vị"

    def __str__(self):
        return str(self.unit)


class Official(Orderable):
    """A leader or an official: name, post, unit and how to reach the office (địa chỉ thư điện tử chính
    thức).
    """

    page = ParentalKey(OfficialsPage, on_delete=models.CASCADE, related_name="officials")
    is_leader = models.BooleanField("lãnh đạo", default=False)
    name = models.CharField("họ và tên", max_length=120)
    post = models.CharField("chức vụ", max_length=160)
    unit = models.ForeignKey(
        OrganisationUnit,
        verbose_name="đơn vị công tác",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    phone = models.CharField("điện thoại cơ quan", max_length=40, blank=True)
    fax = models.CharField("fax", max_length=40, blank=True)
    email = models.EmailField("thư điện tử chính thức", blank=True)
    biography = models.TextField("tiểu sử tóm tắt", blank=True)
    duties = models.TextField("nhiệm vụ đảm nhiệm", blank=True)
    portrait = models.ForeignKey(
        PortalImage, verbose_name="ảnh", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    panels = [
        FieldRowPanel([FieldPanel("name"), FieldPanel("post"), FieldPanel("is_leader")]),
        FieldPanel("unit"),
        FieldRowPanel([FieldPanel("phone"), FieldPanel("fax"), FieldPanel("email")]),
        FieldPanel("biography"),
        FieldPanel("duties"),
        FieldPanel("portrait"),
    ]

    class Meta(Orderable.Meta):
        verbose_name = "người"
        verbose_name_plural = "người"

    def __str__(self):
        return f"{self.name}, {self.post}"

    def preflight(self) -> list[Finding]:
        """Return what is missing or private in this person's entry."""
        found = []
        if not self.email:
            found.append(("blocker", "chưa có thư điện tử chính thức; hãy điền địa chỉ của cơ quan."))
        elif self.email.rpartition("@")[2].lower() in PRIVATE_MAIL_HOSTS:
            found.append(("blocker", "có thư điện tử cá nhân; chỉ đăng địa chỉ chính thức của cơ quan."))
        if MOBILE_NUMBER.fullmatch(re.sub(r"[\s.\-()]", "", self.phone)):
            found.append(("warning", "có số giống số di động; chỉ đăng điện thoại cơ quan."))
        if not self.unit_id:
            found.append(("warning", "chưa ghi đơn vị công tác."))
        if self.is_leader and not (self.biography.strip() and self.duties.strip()):
            found.append(("blocker", "là lãnh đạo nên cần có tiểu sử tóm tắt và nhiệm vụ đảm nhiệm."))
        return [Finding(level, "officials", f"«{self.name}» {message}") for level, message in found]
