"""Articles: news, direction, replies, rewards, dissemination of law."""

from dataclasses import replace
from urllib.parse import urljoin

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.models import Orderable
from wagtail.search import index

from base.files.alt_texts import problem_of
from base.models import BasePage, PortalImage
from base.preflight import Finding
from base.public.index.cards import beside
from base.public.site_cache import remembered
from legalref.citations.citing_pages import ABOUT
from workflows.deadlines.terms import Duty

from .. import corrections
from .item import CitesLaw, Discloses, SectionItem, WithBody, WithFiles, missing, text_panels
from .reach import StandsOnWards, reach_panels

# How many other items of the section stand beside an article.
NEWEST_SHOWN = 5


class ArticlePage(StandsOnWards, WithBody, WithFiles, CitesLaw, Discloses, SectionItem):
    """One article.

    `original_url` and `original_on` mark a republished text; `republication_note` says by whose leave (Quy
    chế Điều 5). A dissemination article must cite the law it explains: that meets the 15 working days of Điều
    10.1.b. `information_on` starts the 5 working days of a disclosure (Luật Tiếp cận thông tin Điều 18.4).
    `formerly_published_at`: when it was first public on the portal before this one; its first publication here has that
    moment, in lists, feeds and on the page (`approval/publishing.py`).
    """

    class Kind(models.TextChoices):
        NEWS = "news", _("Tin tức, sự kiện")
        DIRECTION = "direction", _("Ý kiến chỉ đạo, điều hành")
        REPLY = "reply", _("Xử lý, phản hồi kiến nghị")
        REWARD = "reward", _("Khen thưởng, xử phạt")
        DISSEMINATION = "dissemination", _("Tuyên truyền, phổ biến pháp luật")
        INVESTMENT = "investment", _("Xúc tiến đầu tư")
        DISCLOSURE = "disclosure", _("Công khai thông tin")
        INTRODUCTION = "introduction", _("Giới thiệu")

    kind = models.CharField("loại bài", max_length=20, choices=Kind.choices, default=Kind.NEWS)
    lead_image = models.ForeignKey(
        PortalImage,
        verbose_name="ảnh đại diện",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    lead_image_alt = models.CharField(
        "mô tả ảnh",
        max_length=200,
        blank=True,
        help_text="Cho người không nhìn thấy ảnh; bắt buộc khi có ảnh.",
    )
    lead_image_caption = models.CharField("chú thích ảnh", max_length=300, blank=True)
    keywords = models.CharField("từ khóa", max_length=200, blank=True, help_text="Cách nhau bằng dấu chấm phẩy.")
    original_url = models.URLField("địa chỉ bài gốc", blank=True, help_text="Chỉ điền khi đăng lại bài của nơi khác.")
    original_on = models.DateField("ngày bài gốc", null=True, blank=True)
    republication_note = models.CharField("căn cứ đăng lại", max_length=200, blank=True)
    formerly_published_at = models.DateTimeField("đăng ở cổng cũ lúc", null=True, editable=False)

    content_panels = [
        *BasePage.content_panels,
        FieldRowPanel([FieldPanel("kind"), FieldPanel("information_on")]),
        FieldPanel("summary"),
        MultiFieldPanel(
            [FieldPanel("lead_image"), FieldPanel("lead_image_alt"), FieldPanel("lead_image_caption")],
            heading="Ảnh đại diện",
        ),
        *text_panels,
        *reach_panels,
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("original_url"), FieldPanel("original_on")]),
                FieldPanel("republication_note"),
            ],
            heading="Đăng lại",
        ),
        FieldPanel("keywords"),
        InlinePanel("corrections", heading="Đính chính", label="đính chính"),
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("body", boost=1),
        index.SearchField("keywords", boost=1),
        index.FilterField("kind"),
    ]

    template = "sections/article_page.html"
    is_news = begins_with_paragraph = True
    # A copy was never public before, and wards show it when two persons say so.
    exclude_fields_in_copy = ["formerly_published_at", *StandsOnWards.reach_fields]
    icon_name = "doc-full"
    review_rule = ""
    page_description = "Tin, bài; ý kiến chỉ đạo; phản hồi kiến nghị; khen thưởng; phổ biến pháp luật."
    kind_field = "kind"
    shown_with = (*SectionItem.shown_with, "lead_image")
    seldom_has = (*CitesLaw.seldom_has, "corrections")
    schema_type = "NewsArticle"

    class Meta:
        verbose_name = "bài viết"
        verbose_name_plural = "bài viết"

    def get_context(self, request, *args, **kwargs):
        """Add the articles `before` and `after` it in the section, or None, and `newest`: the newest others,
        beside one that has nothing of its own there."""
        newest = 0 if self.attachments or self.legal_basis else NEWEST_SHOWN
        found = beside(self, newest, request) if self.path else {}
        around = {name: next(iter(found.get(name, [])), None) for name in ("before", "after")}
        context = super().get_context(request, *args, **kwargs)
        frame = context["frame"]
        if (picture := self.lead_image) and frame.canonical_url:
            picture.with_sizes(remembered(request, ("sizes of", picture.pk), picture.stored_sizes, self.cache_sites()))
            # The size that the page itself shows.
            frame.picture_url = urljoin(frame.canonical_url, picture.get_rendition("width-960").url)
            frame.structured_data["image"] = frame.picture_url
        return {**context, "newest": found.get("newest", []), **around}

    def own_facts(self):
        return replace(super().own_facts(), image_id=self.lead_image_id)

    def subjects(self):
        words = [word.strip() for word in self.keywords.split(";")]
        return [*super().subjects(), *(word for word in words if word)]

    @property
    def is_disclosure(self) -> bool:
        return self.kind == self.Kind.DISCLOSURE

    def duties(self):
        if self.kind != self.Kind.DISSEMINATION:
            return super().duties()
        return [
            Duty("DL-LAW-INFO", document.issued_on, str(document))
            for document in self.cited_documents(ABOUT)
            if document.issued_on
        ]

    def preflight(self):
        findings = super().preflight() + missing(self, {"body": "Bài chưa có nội dung; hãy thêm ít nhất một đoạn văn."})
        if self.lead_image and (problem := problem_of(self.lead_image_alt, self.lead_image.file.name)):
            findings.append(Finding("blocker", "lead_image_alt", f"Ảnh đại diện: {problem}"))
        if self.kind == self.Kind.DISSEMINATION and not self.cited_documents(ABOUT):
            findings.append(
                Finding(
                    "blocker",
                    "legal_basis",
                    "Bài tuyên truyền phải dẫn văn bản được nói đến; hãy thêm một văn bản «Nói về chính sách này».",
                )
            )
        findings += corrections.findings(self)
        if self.original_url:
            findings += missing(
                self,
                {"original_on": "Bài đăng lại phải ghi ngày của bài gốc; hãy điền ngày."},
            )
            if not self.republication_note.strip():
                findings.append(
                    Finding(
                        "warning",
                        "republication_note",
                        "Bài đăng lại chưa ghi căn cứ (thỏa thuận, cho phép); hãy kiểm tra quyền đăng lại.",
                    )
                )
        return findings


class ArticleCorrection(Orderable):
    """A correction (đính chính) made after publication, shown with its day; those that are public stay."""

    page = ParentalKey(ArticlePage, on_delete=models.CASCADE, related_name="corrections")
    corrected_on = models.DateField("ngày đính chính", default=timezone.localdate)
    note = models.TextField("nội dung đính chính", max_length=600)

    panels = [FieldPanel("corrected_on"), FieldPanel("note")]

    class Meta(Orderable.Meta):
        verbose_name = "đính chính"
        verbose_name_plural = "đính chính"

    def __str__(self):
        return f"{self.corrected_on:%d/%m/%Y}"
