"""Forms of the handling screens: parse what was typed; the actions decide."""

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from wagtail.admin.rich_text import DraftailRichTextArea
from wagtail.admin.widgets import AdminDateInput
from wagtail.snippets.widgets import AdminSnippetChooser

from base.admin.decision_buttons import DecisionButtons
from base.admin.guarded_forms import RemovesRefusedChoices
from base.admin.typed_days import DAY_FIRST
from base.admin.viewsets import choosable
from base.blocks import TEXT_FEATURES
from base.models import OrganisationUnit
from legalref.models import LegalDocument
from workflows import deadlines
from workflows.models import DeadlinePause

from .. import numbering
from ..models import AnswerTemplate, CompetentBody, Question, QuestionTopic

# Empty places for documents below those that an answer has.
MORE_DOCUMENTS = 2
MOST_DOCUMENTS = 30
NO_BODIES = "Người xử lý câu hỏi lập danh mục ở «Cơ quan có thẩm quyền»; lúc này hãy ghi tên cơ quan ở ô dưới."
NO_TEMPLATES = "Chưa có mẫu nào cho câu hỏi này; người xử lý câu hỏi lập mẫu ở «Câu hỏi» → «Mẫu trả lời»."


class RichText(DraftailRichTextArea):
    """Wagtail's editor; what is no text of it is taken for none, instead of an error of the server."""

    def value_from_datadict(self, data, files, name):
        try:
            return super().value_from_datadict(data, files, name)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return ""


class RichTextField(forms.CharField):
    """A field with the portal's features of running text.

    Its editor is built with each form: Wagtail asks the hooks for it, which are not known while modules load.
    """

    def __deepcopy__(self, memo):
        field = super().__deepcopy__(memo)
        field.widget = RichText(features=TEXT_FEATURES)
        field.widget.is_required = field.required
        return field


class UnitField(forms.ModelChoiceField):
    """A unit that is there today."""

    def __init__(self, **options):
        options.setdefault("error_messages", {"required": "Hãy chọn đơn vị trả lời."})
        super().__init__(OrganisationUnit.objects.none(), label="Đơn vị trả lời", **options)

    def offer(self, *, without: OrganisationUnit | None = None) -> None:
        """Take the units that may answer now."""
        units = OrganisationUnit.objects.public(deadlines.today()).exclude(kind=OrganisationUnit.Kind.EXTERNAL)
        self.queryset = units.exclude(pk=without.pk if without is not None else None).order_by("name")


class PressForm(forms.Form):
    """Nothing to fill in: the button is the whole step."""


class ReasonForm(forms.Form):
    """Why a step is taken."""

    reason = forms.CharField(
        label="Lý do",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        error_messages={"required": "Hãy ghi lý do."},
    )


class ClassifyForm(forms.Form):
    """What a question is about, and at once the unit that is to answer."""

    topic = forms.ModelChoiceField(
        QuestionTopic.objects.filter(is_active=True),
        label="Lĩnh vực",
        empty_label="Hãy chọn",
        error_messages={"required": "Hãy chọn lĩnh vực của câu hỏi."},
    )
    unit = UnitField(required=False, empty_label="Chưa chọn", help_text="Nơi soạn câu trả lời.")
    note = forms.CharField(
        label="Ghi chú cho đơn vị", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    assign = forms.TypedChoiceField(
        label="Chuyển ngay hay không",
        coerce=lambda value: value == "co",
        widget=DecisionButtons,
        choices=[("co", "Phân loại và chuyển đơn vị"), ("khong", "Chỉ phân loại, chuyển sau")],
        error_messages={"required": "Hãy bấm «Phân loại và chuyển đơn vị» hoặc «Chỉ phân loại, chuyển sau»."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].offer()

    def clean(self):
        data = super().clean()
        if data.get("assign") is False and data.get("note"):
            self.add_error(
                "note",
                "Ghi chú chỉ đến tay đơn vị khi chuyển: hãy bấm «Phân loại và chuyển đơn vị», hoặc bỏ ghi chú.",
            )
        if data.get("assign") and "unit" in data and data["unit"] is None:
            self.add_error("unit", "Hãy chọn đơn vị nhận câu hỏi, hoặc bấm «Chỉ phân loại, chuyển sau».")
        return data


class BodyField(forms.ModelChoiceField):
    """A body of the directory, by its name and its matters."""

    def __init__(self):
        super().__init__(
            CompetentBody.objects.filter(is_active=True),
            label="Cơ quan có thẩm quyền",
            required=False,
            empty_label="Chọn trong danh mục",
        )

    def lead_to_directory(self) -> None:
        """Lead to the directory, and say who fills it while there is nothing to choose."""
        note = ""
        if not self.queryset.exists():
            self.empty_label, note = "Danh mục chưa có cơ quan nào", NO_BODIES
        address = reverse(CompetentBody.snippet_viewset.get_url_name("list"))
        self.help_text = format_html('{} <a href="{}">Danh mục cơ quan có thẩm quyền</a>', note, address)

    def label_from_instance(self, body: CompetentBody) -> str:
        return body.label


class RejectForm(forms.Form):
    """Out of scope: why, and whose matter it is, or that this is not known."""

    reason = forms.CharField(
        label="Lý do",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        help_text="Người hỏi đọc được nguyên văn.",
        error_messages={"required": "Hãy ghi lý do câu hỏi không thuộc phạm vi trả lời; người hỏi sẽ đọc được."},
    )
    known_body = BodyField()
    competent_body = forms.CharField(
        label="Hoặc cơ quan chưa có trong danh mục",
        required=False,
        max_length=200,
        help_text="Người hỏi nên gửi đến đâu, ví dụ: Công an tỉnh An Giang.",
    )
    competent_body_url = forms.URLField(
        label="Địa chỉ trang của cơ quan đó",
        required=False,
        assume_scheme="https",
        error_messages={"invalid": "Địa chỉ không đúng; hãy ghi dạng https://…"},
    )
    is_unknown = forms.BooleanField(label="Không rõ cơ quan nào có thẩm quyền", required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["known_body"].lead_to_directory()

    def clean(self):
        data = super().clean()
        body, is_unknown, known = data.get("competent_body", "").strip(), data.get("is_unknown"), data.get("known_body")
        if known is not None and body and body != known.name:
            self.add_error("competent_body", "Đã chọn cơ quan trong danh mục; hãy để trống ô này, hoặc bỏ chọn ở trên.")
        elif known is not None:
            data["competent_body"], body = known.name, known.name
            data["competent_body_url"] = data.get("competent_body_url") or known.url
        if not body and not is_unknown and "competent_body" not in self.errors:
            self.add_error(
                "competent_body",
                "Hãy chọn hoặc ghi cơ quan có thẩm quyền, hoặc đánh dấu «Không rõ cơ quan nào có thẩm quyền».",
            )
        if body and is_unknown:
            self.add_error("is_unknown", "Đã ghi cơ quan có thẩm quyền; hãy bỏ dấu ở ô này, hoặc xóa tên cơ quan.")
        return data


class AssignForm(forms.Form):
    """To whom a question goes."""

    unit = UnitField(empty_label="Hãy chọn")
    note = forms.CharField(
        label="Ghi chú cho đơn vị", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].offer()


class ReassignForm(ReasonForm):
    """To which other unit a question goes, and why."""

    unit = UnitField(empty_label="Hãy chọn")
    field_order = ["unit", "reason"]

    def __init__(self, *args, question: Question, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].offer(without=question.unit)


class NotifyForm(forms.Form):
    """An interim notice with the promised day."""

    text = forms.CharField(
        label="Nội dung thông báo",
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Đã làm được gì, còn vướng gì; người hỏi đọc được nguyên văn.",
        error_messages={"required": "Hãy ghi đã làm được gì và còn vướng gì; người hỏi sẽ đọc được."},
    )
    promised_on = forms.DateField(
        label="Hẹn trả lời ngày",
        widget=AdminDateInput,
        input_formats=DAY_FIRST,
        error_messages={
            "required": "Hãy ghi ngày hẹn trả lời.",
            "invalid": "Không đọc được ngày; hãy ghi theo dạng ngày/tháng/năm, ví dụ 01/07/2026.",
        },
    )


class WaitForm(forms.Form):
    """What the asker is asked for."""

    text = forms.CharField(
        label="Cần người hỏi bổ sung",
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Người hỏi đọc được nguyên văn và bổ sung ở trang tra cứu.",
        error_messages={"required": "Hãy ghi cần người hỏi bổ sung những gì."},
    )
    category = forms.ChoiceField(
        label="Loại tạm dừng",
        choices=DeadlinePause.Category.choices,
        initial=DeadlinePause.Category.MORE_INFORMATION,
        error_messages={"required": "Hãy chọn loại tạm dừng."},
    )


class DraftForm(RemovesRefusedChoices, forms.Form):
    """The answer and the documents it rests on; a template may be put under what is written."""

    body = RichTextField(label="Câu trả lời", required=False)
    template = forms.ModelChoiceField(
        AnswerTemplate.objects.none(),
        label="Mẫu trả lời",
        required=False,
        empty_label="Không dùng mẫu",
        help_text="Chọn rồi bấm «Chèn mẫu»: mẫu được thêm vào cuối phần đang soạn, không mất gì đã gõ.",
    )
    # When the answer was last written, as this form was drawn: another's later writing is not covered.
    written_at = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, user, templates, documents, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["template"].queryset = templates
        self.has_templates = templates.exists()
        if not self.has_templates:
            self.fields["template"].help_text = NO_TEMPLATES
        offered = choosable(LegalDocument.objects.all(), user, "owner_site")
        # As many places as the form had when it was drawn, where it comes back.
        sent = sum(1 for number in range(1, MOST_DOCUMENTS + 1) if f"document_{number}" in self.data)
        count = min(max(len(documents) + MORE_DOCUMENTS, sent), MOST_DOCUMENTS)
        self.places = [f"document_{number}" for number in range(1, count + 1)]
        for place, name in enumerate(self.places):
            self.fields[name] = forms.ModelChoiceField(
                offered,
                label=f"Căn cứ {place + 1}",
                required=False,
                widget=AdminSnippetChooser(LegalDocument),
                initial=documents[place] if place < len(documents) else None,
                error_messages={
                    "invalid_choice": "Văn bản này không có trong sổ hoặc chưa được đăng ở trang khác; hãy chọn lại."
                },
            )

    def documents(self) -> list[LegalDocument]:
        """The documents chosen, each once."""
        chosen = (self.cleaned_data.get(name) for name in self.places)
        return list(dict.fromkeys(found for found in chosen if found is not None))


class SignForm(forms.Form):
    """Who signed, where that is another than the person at the screen; or why the answer goes back."""

    signer_name = forms.CharField(
        label="Người ký",
        required=False,
        max_length=150,
        help_text="Chỉ ghi khi người khác đã ký trên giấy; để trống là bạn ký.",
    )
    signer_position = forms.CharField(label="Chức vụ người ký", required=False, max_length=150)
    reason = forms.CharField(
        label="Cần sửa gì (khi trả lại)",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        required=False,
        help_text="Chỉ ghi khi bấm «Trả lại để sửa»; người soạn đọc lý do này. Thời hạn vẫn tính như cũ.",
    )


class InterestForm(ReasonForm):
    """Whether the answer concerns others, too."""

    common = forms.TypedChoiceField(
        label="Câu trả lời có liên quan chung không",
        coerce=lambda value: value == "co",
        widget=DecisionButtons,
        choices=[("co", "Có: phải đăng công khai (đã ẩn danh)"), ("khong", "Không: chỉ trả lời người hỏi")],
        error_messages={"required": "Hãy chọn có hoặc không."},
    )
    field_order = ["common", "reason"]


class MergeForm(ReasonForm):
    """Which question a question is answered together with: one of those offered, or one by its number."""

    into = forms.ChoiceField(label="Gộp vào", required=False, widget=forms.RadioSelect)
    number = forms.CharField(
        label="Hoặc số của câu hỏi khác", required=False, max_length=20, help_text="Ví dụ: HD-2026-000123."
    )
    field_order = ["into", "number", "reason"]
    NOT_FOUND = "Không có câu hỏi nào mang số này trong phạm vi bạn xử lý; hãy kiểm tra lại số."

    def __init__(self, *args, question: Question, offered: list[tuple[str, str]], allowed, **kwargs):
        super().__init__(*args, **kwargs)
        self.question, self.allowed = question, allowed
        if offered:
            self.fields["into"].choices = offered
        else:
            del self.fields["into"]

    def clean(self):
        data = super().clean()
        number = numbering.as_printed(data.get("number", "")) or data.get("into", "")
        if not number and "into" not in self.errors:
            self.add_error("number", "Hãy chọn câu hỏi để gộp vào, hoặc ghi số của câu hỏi đó.")
        elif number:
            data["target"] = self.allowed.filter(number=number).exclude(pk=self.question.pk).first()
            if data["target"] is None:
                self.add_error("number", self.NOT_FOUND)
        return data


class PrepareForm(forms.Form):
    """The texts that are to be public, and which of the suggested replacements are carried out in them."""

    title = forms.CharField(
        label="Tiêu đề", max_length=255, error_messages={"required": "Hãy ghi tiêu đề của trang công khai."}
    )
    question_text = forms.CharField(
        label="Câu hỏi",
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": "Hãy ghi câu hỏi đã ẩn danh."},
    )
    answer = RichTextField(label="Câu trả lời", error_messages={"required": "Hãy ghi câu trả lời."})
    replace = forms.MultipleChoiceField(
        label="Thay trong phần công khai", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, replacements: list[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        if replacements:
            self.fields["replace"].choices = replacements
        else:
            del self.fields["replace"]
