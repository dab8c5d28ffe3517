"""Forms of the yearly report: parse what was typed; the actions decide."""

from django import forms
from wagtail.admin.widgets import AdminDateInput

from base.admin.decision_buttons import DecisionButtons
from base.admin.typed_days import DAY_FIRST

from ..models import YearlyPart

APPROVE, SEND_BACK = "approve", "send_back"


class YearForm(forms.Form):
    """Which year."""

    year = forms.IntegerField(
        label="Năm",
        error_messages={"required": "Hãy ghi năm của báo cáo.", "invalid": "Hãy ghi năm bằng số, ví dụ 2026."},
    )


class PartForm(forms.Form):
    """The text of a part, and two fields a figure: what counts in place of the portal's, and why."""

    text = forms.CharField(
        label="Nhận xét, giải thích",
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Đứng sau số liệu trong báo cáo. Mỗi đoạn một dòng.",
    )

    def __init__(self, *args, part: YearlyPart, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].initial = part.text or (part.found if part.is_suggestion else "")
        if part.is_suggestion:
            self.fields["text"].label = "Nội dung phần này"
            self.fields["text"].help_text = "Gợi ý từ số liệu; sửa thành lời của báo cáo. Mỗi đoạn một dòng."
        self.figures = list(part.figures.all())
        for figure in self.figures:
            self.fields[f"value-{figure.pk}"] = forms.CharField(
                label=figure.label_and_day,
                required=False,
                max_length=60,
                initial=figure.corrected,
                help_text=f"Hệ thống đếm: {figure.counted}. Để trống nếu đúng."
                if figure.counted
                else "Hệ thống không đếm được; hãy ghi, kể cả số 0.",
            )
            if figure.counted:
                self.fields[f"reason-{figure.pk}"] = forms.CharField(
                    label=f"Lý do sửa «{figure.label}»", required=False, max_length=300, initial=figure.reason
                )
        self.order_fields([name for name in self.fields if name != "text"])

    def corrections(self) -> dict[int, tuple[str, str]]:
        """Return what was typed for each figure: {its key: (figure, reason)}."""
        data = self.cleaned_data
        return {figure.pk: (data[f"value-{figure.pk}"], data.get(f"reason-{figure.pk}", "")) for figure in self.figures}


class DecideForm(forms.Form):
    """Approved, or sent back with a reason."""

    reason = forms.CharField(
        label="Lý do trả lại",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Bắt buộc khi trả lại.",
    )
    decision = forms.ChoiceField(
        label="Quyết định",
        choices=[(APPROVE, "Duyệt báo cáo"), (SEND_BACK, "Trả lại để sửa")],
        widget=DecisionButtons,
        error_messages={"required": "Hãy bấm một trong hai nút."},
    )


class SentForm(forms.Form):
    """When and by which letter it went."""

    letter = forms.CharField(
        label="Số, ký hiệu công văn gửi",
        max_length=100,
        error_messages={"required": "Hãy ghi số, ký hiệu công văn gửi báo cáo."},
    )
    sent_on = forms.DateField(
        label="Ngày gửi",
        input_formats=DAY_FIRST,
        widget=AdminDateInput,
        error_messages={"required": "Hãy ghi ngày gửi.", "invalid": "Hãy ghi ngày theo dạng 25/11/2026."},
    )
