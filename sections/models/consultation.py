"""Consultations on drafts (NĐ 43/2011 Điều 10.1.i): a window that opens and closes by itself."""

from dataclasses import replace
from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import RichTextField, StreamField
from wagtail.search import index

from base.blocks import TEXT_FEATURES
from base.models import BasePage
from workflows.deadlines.terms import Duty
from workflows.models import Deadline

from ..blocks import ReceivedCommentBlock
from .item import (
    Attachment,
    CitesLaw,
    SectionItem,
    WithBody,
    WithFiles,
    body_panels,
    file_field,
    files_panels,
    law_panels,
    missing,
    wrong_order,
)
from .taking_part.open_days import AnswersBelow, OpenFromTo, Stage

OUTCOME_RULE = "DL-OUTCOME"
# Where comments are sent and followed, below the page.
COMMENTING = "gop-y"


class ConsultationPage(OpenFromTo, AnswersBelow, WithBody, WithFiles, CitesLaw, SectionItem):
    """A draft on which people may comment from `opens_on` to the end of `closes_on`.

    Needs the full text, the explanation, and where comments go. `received_comments` shows those that were
    received, freed of personal data, out of `comments_received` until `comments_counted_on`; afterwards
    `outcome` says what became of them.
    """

    below = COMMENTING

    class Window(models.TextChoices):
        UPCOMING = "upcoming", _("Sắp lấy ý kiến")
        OPEN = "open", _("Đang lấy ý kiến")
        CLOSED = "closed", _("Đã hết hạn góp ý")
        CONCLUDED = "concluded", _("Đã có kết quả tiếp thu")

    opens_on = models.DateField("lấy ý kiến từ ngày", null=True, blank=True)
    closes_on = models.DateField("đến hết ngày", null=True, blank=True)
    draft_file = file_field("toàn văn dự thảo")
    explanation_file = file_field("bản giải trình, thuyết minh")
    drafting_body = models.CharField("cơ quan soạn thảo", max_length=200, blank=True)
    receiving_body = models.CharField("cơ quan tiếp nhận ý kiến", max_length=200, blank=True)
    receiving_address = models.CharField("địa chỉ tiếp nhận", max_length=255, blank=True)
    receiving_email = models.EmailField("thư điện tử tiếp nhận", blank=True)
    received_comments = StreamField(
        [("comment", ReceivedCommentBlock())], verbose_name="ý kiến đã tiếp nhận", blank=True
    )
    comments_received = models.PositiveIntegerField("số ý kiến đã tiếp nhận", null=True, blank=True, editable=False)
    comments_counted_on = models.DateField("tính đến ngày", null=True, blank=True, editable=False)
    outcome = RichTextField("kết quả tiếp thu, giải trình", features=TEXT_FEATURES, blank=True)
    outcome_on = models.DateField("ngày có kết quả", null=True, blank=True)
    outcome_file = file_field("văn bản tiếp thu, giải trình")

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("summary"),
        FieldRowPanel([FieldPanel("opens_on"), FieldPanel("closes_on")]),
        MultiFieldPanel(
            [FieldPanel("drafting_body"), FieldPanel("draft_file"), FieldPanel("explanation_file")],
            heading="Dự thảo",
        ),
        MultiFieldPanel(
            [
                FieldPanel("receiving_body"),
                FieldRowPanel([FieldPanel("receiving_address"), FieldPanel("receiving_email")]),
            ],
            heading="Nơi tiếp nhận ý kiến",
        ),
        *body_panels,
        # Filled from the comments themselves, so that it shows only comments that were really sent.
        FieldPanel("received_comments", read_only=True),
        MultiFieldPanel(
            [FieldPanel("outcome_on"), FieldPanel("outcome"), FieldPanel("outcome_file")], heading="Kết quả"
        ),
        *law_panels,
        *files_panels,
        *BasePage.responsibility_panels,
    ]
    search_fields = [
        *BasePage.search_fields,
        index.SearchField("body", boost=1),
        index.SearchField("outcome", boost=1),
        index.FilterField("closes_on"),
    ]

    wrong_days = "Ngày hết hạn phải từ ngày mở trở đi; hãy sửa một trong hai ngày."
    template = "sections/consultation_page.html"
    is_news = True
    icon_name = "comment"
    review_rule = ""
    page_description = "Lấy ý kiến về dự thảo: tự mở, tự đóng theo ngày; đăng kết quả tiếp thu."
    retention_class = "permanent"
    shown_with = (*SectionItem.shown_with, "draft_file", "explanation_file", "outcome_file")

    class Meta:
        verbose_name = "lấy ý kiến dự thảo"
        verbose_name_plural = "lấy ý kiến dự thảo"

    @classmethod
    def defaults_for(cls, site, user):
        """Comments go to the authority of the site, unless another one is named."""
        defaults = super().defaults_for(site, user)
        unit = site.unit if site is not None else None
        if unit is not None:
            receiving = {"receiving_body": unit.full_name, "receiving_address": unit.address}
            defaults |= {**receiving, "receiving_email": unit.email}
        return defaults

    def own_facts(self):
        own = super().own_facts()
        return replace(
            own,
            stands_first=self.opens_on is not None and self.closes_on is not None,
            more={**own.more, "outcome_on": self.outcome_on.isoformat()} if self.outcome_on else own.more,
        )

    @classmethod
    def labels(cls, own, on):
        return (cls._window(own, on).label,) * 2

    @classmethod
    def _window(cls, own, on: date) -> "ConsultationPage.Window":
        return cls.Window.CONCLUDED if cls._is_concluded(own, on) else cls.Window(cls.stage_of(own, on))

    @classmethod
    def stage_of(cls, own, on):
        return Stage.CLOSED if cls._is_concluded(own, on) else super().stage_of(own, on)

    @staticmethod
    def _is_concluded(own, on: date) -> bool:
        outcome_on = own.more.get("outcome_on")
        return bool(outcome_on) and date.fromisoformat(outcome_on) <= on

    def window(self, on: date) -> "ConsultationPage.Window":
        """Return the state of the consultation on a local date; both days of the window count."""
        return self._window(self.own_facts(), on)

    # --- The window ---------------------------------------------------------------------------------

    @property
    def current_window(self):
        return self.window(timezone.localdate())

    @property
    def days_left(self) -> int | None:
        """Calendar days left including today while the window is open, else None."""
        if not self.is_open or self.closes_on is None:
            return None
        return (self.closes_on - timezone.localdate()).days + 1

    @property
    def shows_outcome(self) -> bool:
        return self.current_window == self.Window.CONCLUDED

    @property
    def awaits_outcome(self) -> bool:
        return self.current_window == self.Window.CLOSED

    @property
    def outcome_due(self) -> date | None:
        """The last day for the outcome, where the board has set how long it may take."""
        running = Deadline.objects.for_subject(self).open().filter(rule__code=OUTCOME_RULE)
        return running.order_by("last_day").values_list("last_day", flat=True).first()

    def subjects(self):
        return [str(_("Lấy ý kiến góp ý"))]

    def files(self):
        own = [
            (self.draft_file_id, "draft_file", _("Toàn văn dự thảo")),
            (self.explanation_file_id, "explanation_file", _("Bản giải trình, thuyết minh")),
            (
                self.outcome_file_id if self.shows_outcome else None,
                "outcome_file",
                _("Văn bản tiếp thu, giải trình"),
            ),
        ]
        return [Attachment(getattr(self, name), label) for pk, name, label in own if pk] + super().files()

    def duties(self):
        """A closed consultation owes its outcome (NĐ 43/2011 Điều 10.1.i); within which days, the board says."""
        if self.closes_on is None:
            return []
        title = f"Kết quả tiếp thu, giải trình: {self.title}"
        return [Duty(OUTCOME_RULE, self.closes_on, title, is_met=self.outcome_on is not None)]

    def clean(self):
        super().clean()
        message = "Kết quả chỉ có sau khi hết hạn góp ý; hãy sửa ngày có kết quả."
        if errors := wrong_order(self, "closes_on", "outcome_on", message):
            raise ValidationError(errors)

    def preflight(self):
        wanted = {
            "opens_on": "Thiếu ngày bắt đầu lấy ý kiến.",
            "closes_on": "Thiếu thời hạn tiếp nhận ý kiến.",
            "explanation_file": "Thiếu bản giải trình, thuyết minh dự thảo; hãy chọn tệp.",
            "receiving_body": "Thiếu cơ quan tiếp nhận ý kiến.",
            "receiving_address": "Thiếu địa chỉ tiếp nhận ý kiến.",
            "receiving_email": "Thiếu thư điện tử tiếp nhận ý kiến.",
        }
        if not self.body:
            wanted["draft_file"] = "Thiếu toàn văn dự thảo; hãy chọn tệp hoặc đưa toàn văn vào nội dung."
        if self.outcome_on and not self.outcome_file_id:
            wanted["outcome"] = "Có ngày kết quả thì phải viết kết quả tiếp thu hoặc chọn văn bản tiếp thu."
        return super().preflight() + missing(self, wanted)
