"""The public side: the page of a site's questions (`/hoi-dap/`) and one page for each published answer."""

from django.db import models
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin
from wagtail.fields import RichTextField
from wagtail.models import Page
from wagtail.search import index

from base.blocks import TEXT_FEATURES
from base.models import BasePage
from base.preflight import Finding
from sections.models.item import CitesLaw, law_panels, missing

from .topic import QuestionTopic


class FaqPage(CitesLaw, BasePage):
    """One question with its answer, anonymised, as everybody may read it.

    A page like any other: submitted, approved by a second person, sealed, taken down when the law behind it is
    repealed. It does not know the `Question` it came from; that row knows its page. `asker_shown` is filled only when
    the asker agreed to be named.
    """

    subpage_types: list[str] = []
    needs_source = False
    needs_summary = False

    question_text = models.TextField(
        "câu hỏi", help_text="Bản đã bỏ tên, số điện thoại, địa chỉ và mọi chi tiết nhận ra người hỏi."
    )
    answer = RichTextField("trả lời", features=TEXT_FEATURES)
    topic = models.ForeignKey(
        QuestionTopic, verbose_name="lĩnh vực", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    asker_shown = models.CharField(
        "người hỏi", max_length=150, blank=True, help_text="Chỉ điền khi người hỏi đã đồng ý nêu tên."
    )
    asked_on = models.DateField("ngày hỏi", null=True, blank=True)
    answered_on = models.DateField("ngày trả lời", null=True, blank=True)
    signer_name = models.CharField("người ký trả lời", max_length=150, blank=True)
    signer_position = models.CharField("chức vụ người ký", max_length=150, blank=True)

    content_panels = [
        *BasePage.content_panels,
        MultiFieldPanel(
            [
                FieldPanel("question_text"),
                FieldPanel("topic"),
                FieldRowPanel([FieldPanel("asked_on"), FieldPanel("asker_shown")]),
            ],
            heading="Câu hỏi",
        ),
        MultiFieldPanel(
            [
                FieldPanel("answer"),
                FieldRowPanel([FieldPanel("answered_on"), FieldPanel("responsible_unit")]),
                FieldRowPanel([FieldPanel("signer_name"), FieldPanel("signer_position")]),
            ],
            heading="Trả lời",
        ),
        *law_panels,
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("question_text", boost=1),
        index.SearchField("answer", boost=1),
        index.FilterField("topic"),
        index.FilterField("answered_on"),
    ]

    template = "faq/faq_page.html"
    page_description = "Một câu hỏi đã trả lời, đã ẩn danh."
    retention_class = "permanent"
    shown_with = (*BasePage.shown_with, "topic")

    class Meta:
        verbose_name = "câu hỏi đã trả lời"
        verbose_name_plural = "câu hỏi đã trả lời"

    def description(self) -> str:
        return self.summary or self.question_text[:300] or self.title

    def subjects(self) -> list[str]:
        return [self.topic.name] if self.topic else []

    def preflight(self) -> list[Finding]:
        return super().preflight() + missing(
            self,
            {
                "question_text": "Thiếu câu hỏi; hãy ghi câu hỏi đã bỏ thông tin người hỏi.",
                "answer": "Thiếu câu trả lời; hãy ghi câu trả lời.",
                "topic": "Chưa chọn lĩnh vực; hãy chọn một lĩnh vực.",
                "answered_on": "Thiếu ngày trả lời; hãy ghi ngày trả lời.",
            },
        )


class QuestionsPage(RoutablePageMixin, BasePage):
    """The questions and answers of a site (`/hoi-dap/`): the library, asking, tracking, figures.

    Answers stand under it as `FaqPage`.
    """

    subpage_types = ["faq.FaqPage", "sections.StandardPage", "sections.NoticePage"]
    max_count_per_parent = 1
    needs_source = False
    needs_summary = False
    template = "faq/questions_page.html"
    page_description = "Hỏi – đáp của trang: thư viện câu trả lời, gửi câu hỏi, tra cứu."
    content_panels = [*Page.content_panels, "summary", *BasePage.responsibility_panels]

    class Meta:
        verbose_name = "trang hỏi – đáp"
        verbose_name_plural = "trang hỏi – đáp"

    def answered(self):
        """The published answers of this site in this language, the newest first."""
        return (
            FaqPage.objects.child_of(self).live().select_related("topic", "responsible_unit")
            .order_by("-answered_on", "-pk")
        )  # fmt: skip
