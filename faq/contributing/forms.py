"""The public forms of an article, and those of the standing office. The rules are in the actions."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from base.files.texts import SCHEMES
from sections.word_import.drafting import AS_IT_IS

from ..asking.forms import FindForm, QuestionForm, Short
from ..models.contribution import LONGEST_AUTHOR
from .receiving import LONGEST_TEXT


class ArticleForm(QuestionForm):
    """An article and how to reach who sends it: the contact's fields are those of a question."""

    text = forms.CharField(
        label=gettext_lazy("Nội dung bài"),
        widget=forms.Textarea(attrs={"rows": 14}),
        required=False,
        help_text=gettext_lazy(
            "Viết ở đây, ít nhất 100 ký tự, hoặc gửi kèm tệp Word (.docx). Để một dòng trống giữa hai đoạn."
        ),
    )
    author_line = Short(
        LONGEST_AUTHOR,
        label=gettext_lazy("Tên hoặc bút danh nêu khi đăng"),
        help_text=gettext_lazy("Người đọc thấy tên này dưới bài; họ và tên thật ghi ở phần dưới thì không đăng."),
    )
    declaration = forms.BooleanField(required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("topic", "may_show_name"):
            del self.fields[name]
        self.order_fields(["title", "text", "author_line", "name", "email", "phone", "address", "ward"])
        self.fields["title"].label = _("Tiêu đề bài")
        self.fields["title"].error_messages["required"] = _("Hãy ghi tiêu đề của bài.")
        self.fields["author_line"].error_messages["required"] = _("Hãy ghi tên hoặc bút danh sẽ nêu khi bài được đăng.")
        self.fields["author_line"].widget.attrs["autocomplete"] = "nickname"

    def clean_text(self):
        """How much has to be written depends on the files, which the action knows."""
        text = self.cleaned_data["text"]
        if len(text) > LONGEST_TEXT:
            raise forms.ValidationError(
                _("Nội dung dài %(length)s ký tự; tối đa %(most)s. Hãy rút gọn hoặc gửi kèm tệp.")
                % {"length": len(text), "most": LONGEST_TEXT}
            )
        return text

    def clean(self):
        data = super().clean()
        if not data.get("declaration"):
            self.add_error(
                "declaration", _("Hãy đánh dấu lời cam kết về quyền tác giả và tính chính xác (Điều 20.2 Quy chế).")
            )
        return data


class FindArticleForm(FindForm):
    """Number and secret of an article."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["number"].label = _("Số bài gửi")
        self.fields["number"].error_messages["required"] = _("Hãy ghi số bài gửi, ví dụ CT-2026-000123.")


class AnswerForm(forms.Form):
    """What the sender answers."""

    text = forms.CharField(label=gettext_lazy("Trả lời"), widget=forms.Textarea(attrs={"rows": 6}), required=False)


# --- The administration ----------------------------------------------------------------------------


class AskBackForm(forms.Form):
    """What the sender is asked."""

    text = forms.CharField(
        label="Điều cần hỏi người gửi",
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="Người gửi đọc được nguyên văn, và trả lời ở trang theo dõi.",
        error_messages={"required": "Hãy ghi điều cần hỏi."},
    )


class DeclineForm(forms.Form):
    """Why an article is not used."""

    reason = forms.CharField(
        label="Lý do không sử dụng",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        help_text="Người gửi đọc được nguyên văn.",
        error_messages={"required": "Hãy ghi lý do không sử dụng."},
    )


class PutAsideForm(forms.Form):
    """Why it is no article."""

    reason = forms.CharField(
        label="Lý do", max_length=300, error_messages={"required": "Hãy ghi lý do."}, help_text="Chỉ dùng nội bộ."
    )


class MakeDraftForm(forms.Form):
    """Below which section, of which text."""

    section = forms.TypedChoiceField(
        label="Chuyên mục",
        coerce=int,
        error_messages={"required": "Hãy chọn chuyên mục.", "invalid_choice": "Hãy chọn một chuyên mục nhận bài."},
    )
    source = forms.ChoiceField(
        label="Nội dung lấy từ",
        widget=forms.RadioSelect,
        error_messages={"required": "Hãy chọn nội dung lấy từ đâu."},
    )
    scheme = forms.ChoiceField(
        label="Bảng mã của tệp Word",
        required=False,
        choices=[
            ("", "Unicode (thường là vậy)"),
            *((key, f"Chuyển sang Unicode từ {name}") for key, name in SCHEMES.items()),
            (AS_IT_IS, "Giữ nguyên, chữ đã đúng"),
        ],
    )

    def __init__(self, *args, sections, files, has_text: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.sections = {section.pk: section for section in sections}
        self.files = {f"tep-{file.pk}": file for file in files}
        self.fields["section"].choices = [(section.pk, section.title) for section in sections]
        texts = [("chu", "Nội dung người gửi đã nhập")] if has_text else []
        self.fields["source"].choices = [*texts, *((key, f"Tệp {file.name}") for key, file in self.files.items())]
        if self.fields["source"].choices:
            self.initial.setdefault("source", self.fields["source"].choices[0][0])
        if not self.files:
            del self.fields["scheme"]

    def values(self) -> dict:
        """What `drafting.make_draft` takes."""
        data = self.cleaned_data
        return {
            "section": self.sections[data["section"]],
            "file": self.files.get(data["source"]),
            "scheme": data.get("scheme", ""),
        }
