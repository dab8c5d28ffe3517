"""Forms of the articles of units: parse what was typed; the actions decide."""

from django import forms

from base.admin.decision_buttons import DecisionButtons
from base.models import OrganisationUnit

from ..models import SectionIndexPage
from . import handling, writing

SAVE, SEND = "ghi", "gui"
TAKE, GIVE_BACK, DECLINE = "lap-ban-nhap", "tra-lai", "khong-dung"


def _section(label: str, help_text: str) -> forms.ModelChoiceField:
    return forms.ModelChoiceField(
        SectionIndexPage.objects.none(),
        label=label,
        required=False,
        empty_label="— chưa chọn —",
        help_text=help_text,
        error_messages={"invalid_choice": "Hãy chọn một chuyên mục trong danh sách."},
    )


def _offer_sections(form: forms.Form) -> None:
    known = [section.pk for section in writing.sections()]
    form.fields["section"].queryset = SectionIndexPage.objects.filter(pk__in=known).order_by("path")
    form.fields["section"].label_from_instance = lambda section: section.title


class UnitArticleForm(forms.Form):
    """An article as it is written; saved, or saved and sent. Of a person of one unit the unit is not asked."""

    unit = forms.ModelChoiceField(
        OrganisationUnit.objects.none(), label="Đơn vị", error_messages={"required": "Hãy chọn đơn vị."}
    )
    title = forms.CharField(label="Tiêu đề", max_length=200, error_messages={"required": "Hãy ghi tiêu đề của bài."})
    section = _section("Chuyên mục đề nghị", "Cơ quan Thường trực quyết định chuyên mục khi lập bản nháp.")
    text = forms.CharField(
        label="Nội dung",
        required=False,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text="Để một dòng trống giữa hai đoạn. Ảnh, bảng, tệp: nêu trong bài, cơ quan Thường trực đưa vào khi "
        "biên tập.",
    )
    author_line = forms.CharField(
        label="Tên tác giả khi đăng", max_length=120, required=False, help_text="Người đọc thấy tên này dưới bài."
    )
    declaration = forms.BooleanField(label=writing.DECLARATION, required=False)
    decision = forms.ChoiceField(
        label="Việc cần làm",
        widget=DecisionButtons,
        choices=[(SAVE, "Ghi nháp"), (SEND, "Ghi và gửi")],
        error_messages={"required": "Hãy chọn ghi nháp hoặc gửi."},
    )

    def __init__(self, *args, units=(), **kwargs):
        super().__init__(*args, **kwargs)
        _offer_sections(self)
        if len(units) > 1:
            self.fields["unit"].queryset = OrganisationUnit.objects.filter(pk__in=[unit.pk for unit in units])
        else:
            del self.fields["unit"]

    def values(self) -> dict:
        """What `writing.begin` and `writing.save` take beside unit and person."""
        return {name: self.cleaned_data[name] for name in ("title", "text", "author_line", "section")}


class HandleForm(forms.Form):
    """What the standing office does with an article."""

    section = _section("Chuyên mục", "Cần khi lập bản nháp.")
    reason = forms.CharField(
        label="Lý do",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"Cần khi trả lại hoặc không sử dụng. {handling.NO_REASON}",
    )
    decision = forms.ChoiceField(
        label="Việc cần làm",
        widget=DecisionButtons,
        choices=[(TAKE, "Lập bản nháp"), (GIVE_BACK, "Trả lại để viết thêm"), (DECLINE, "Không sử dụng")],
        error_messages={"required": "Hãy chọn lập bản nháp, trả lại hoặc không sử dụng."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        _offer_sections(self)
