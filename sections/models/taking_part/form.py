"""Forms that readers fill in: the questions are data; purpose and term of what is collected are on the page."""

from dataclasses import asdict, dataclass
from datetime import date, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.blocks import BooleanBlock, CharBlock, ChoiceBlock, StructBlock, TextBlock
from wagtail.fields import StreamField
from wagtail.search import index

from base.models import BasePage
from base.preflight import Finding

from ..item import SectionItem, WithBody, WithFiles, body_panels, files_panels, missing
from .open_days import AnswersBelow, OpenFromTo, Stage

# Where a form is filled in and one's own answers are looked up, below the page.
FILLING = "dien"
MOST_QUESTIONS, MOST_OPTIONS = 30, 30
SHORTEST_TERM, LONGEST_TERM = 1, 1825
SHORT, LONG, ONE, SEVERAL, DAY, EMAIL, PHONE = "short", "long", "one", "several", "day", "email", "phone"
KINDS = (
    (SHORT, "Một dòng chữ"),
    (LONG, "Nhiều dòng chữ"),
    (ONE, "Chọn một"),
    (SEVERAL, "Chọn nhiều"),
    (DAY, "Ngày"),
    (EMAIL, "Thư điện tử"),
    (PHONE, "Số điện thoại"),
)
CHOSEN = frozenset({ONE, SEVERAL})


class QuestionBlock(StructBlock):
    """One question of a form."""

    label = CharBlock(label="Câu hỏi", max_length=200)
    kind = ChoiceBlock(label="Trả lời bằng", choices=KINDS, default=SHORT)
    options = TextBlock(label="Các lựa chọn", required=False, help_text="Mỗi dòng một lựa chọn, khi trả lời bằng chọn.")
    help = CharBlock(label="Hướng dẫn", required=False, max_length=200)
    is_required = BooleanBlock(label="Bắt buộc", required=False)

    class Meta:
        icon = "help"
        label = "Câu hỏi"
        description = "Một câu hỏi của biểu mẫu: lời hỏi, cách trả lời, có bắt buộc không."
        preview_value = {"label": "Bạn đi xe buýt vào giờ nào?", "kind": ONE, "options": "Sáng\nChiều"}


@dataclass(frozen=True)
class Question:
    """One question as data; `key`: of its block, the same in all versions of the form."""

    key: str
    label: str
    kind: str
    options: tuple[str, ...] = ()
    help: str = ""
    is_required: bool = False

    def as_data(self) -> dict:
        """Return it as JSON holds it."""
        return {**asdict(self), "options": list(self.options)}

    @classmethod
    def of_data(cls, data: dict) -> "Question":
        """Return what `as_data` gave."""
        return cls(**{**data, "options": tuple(data["options"])})


class FormPage(OpenFromTo, AnswersBelow, WithBody, WithFiles, SectionItem):
    """Questions that readers answer from `opens_on` to the end of `closes_on`; what they write is never public.

    `purpose`, `retention_days` (from the last day on) and the day that follows from them are in the consent that they
    give, and stay what they were for it whatever the form says since. A version of the questions that was answered
    stays with its answers (`faq.models.FormVersion`).
    """

    below = FILLING

    questions = StreamField(
        [("question", QuestionBlock())], verbose_name="các câu hỏi", blank=True, max_num=MOST_QUESTIONS
    )
    opens_on = models.DateField("nhận từ ngày", null=True, blank=True)
    closes_on = models.DateField("đến hết ngày", null=True, blank=True)
    purpose = models.CharField(
        "mục đích thu thập",
        max_length=300,
        blank=True,
        help_text="Viết tiếp câu «dùng thông tin tôi ghi trong biểu mẫu này để …»; chỉ hỏi điều cần cho mục đích ấy.",
    )
    retention_days = models.PositiveIntegerField(
        "số ngày giữ sau khi đóng",
        default=90,
        validators=[MinValueValidator(SHORTEST_TERM), MaxValueValidator(LONGEST_TERM)],
        help_text="Hết số ngày này, câu trả lời tự xóa.",
    )

    content_panels = [
        *BasePage.content_panels,
        FieldPanel("summary"),
        FieldPanel("questions"),
        FieldRowPanel([FieldPanel("opens_on"), FieldPanel("closes_on")]),
        MultiFieldPanel([FieldPanel("purpose"), FieldPanel("retention_days")], heading="Dữ liệu cá nhân"),
        *body_panels,
        *files_panels,
        *BasePage.responsibility_panels,
    ]
    search_fields = [*BasePage.search_fields, index.SearchField("body", boost=1)]

    wrong_days = "Ngày đóng phải từ ngày mở trở đi; hãy sửa một trong hai ngày."
    stage_labels = {Stage.UPCOMING: _("Sắp mở"), Stage.OPEN: _("Đang nhận"), Stage.CLOSED: _("Đã đóng")}
    template = "sections/form_page.html"
    is_news = True
    icon_name = "form"
    review_rule = ""
    page_description = "Biểu mẫu người dân điền: câu hỏi, ngày mở và đóng, mục đích và thời hạn giữ thông tin."
    retention_class = "notice"

    class Meta:
        verbose_name = "biểu mẫu"
        verbose_name_plural = "biểu mẫu"

    @classmethod
    def labels(cls, own, on):
        return _("Biểu mẫu"), cls.stage_label(own, on)

    @property
    def purge_day(self) -> date | None:
        """The local day from which what is written now is deleted."""
        return self.closes_on and self.closes_on + timedelta(days=self.retention_days + 1)

    # --- Filling in -------------------------------------------------------------------------------

    def asked(self) -> list[Question]:
        """Return the questions in their order."""
        found = []
        for block in self.questions:
            value = block.value
            lines = (line.strip() for line in (value["options"] or "").splitlines())
            options = tuple(dict.fromkeys(line for line in lines if line)) if value["kind"] in CHOSEN else ()
            about = value["label"].strip(), value["kind"], options, (value["help"] or "").strip()
            found.append(Question(str(block.id), *about, bool(value["is_required"])))
        return found

    def get_context(self, request, *args, **kwargs):
        """Add `stage`, its `stage_label`, and whether one `may_fill` it in."""
        context, stage = super().get_context(request, *args, **kwargs), self.stage(timezone.localdate())
        return {
            **context,
            "stage": stage,
            "stage_label": self.stage_labels[stage],
            "may_fill": self.takes_answers,
            "unit": self.responsible_unit,
        }

    def subjects(self):
        return [str(_("Biểu mẫu"))]

    # --- Preflight --------------------------------------------------------------------------------

    def preflight(self):
        wanted = {
            "questions": "Biểu mẫu chưa có câu hỏi; hãy thêm ít nhất một câu.",
            "opens_on": "Thiếu ngày mở biểu mẫu.",
            "closes_on": "Thiếu ngày đóng biểu mẫu; thời hạn giữ thông tin tính từ ngày này.",
            "purpose": "Thiếu mục đích thu thập (Luật Bảo vệ dữ liệu cá nhân); người điền phải đọc được trước khi gửi.",
        }
        findings = super().preflight() + missing(self, wanted)
        for question in self.asked():
            if question.kind in CHOSEN and not 2 <= len(question.options) <= MOST_OPTIONS:
                message = f"«{question.label}»: cần từ 2 đến {MOST_OPTIONS} lựa chọn khác nhau, mỗi dòng một lựa chọn."
                findings.append(Finding("blocker", "questions", message))
        return findings
