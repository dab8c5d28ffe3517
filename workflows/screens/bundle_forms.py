"""Forms of dossiers: parse what was chosen and typed; `bundles` decides."""

from django import forms
from wagtail.admin.widgets import AdminDateTimeInput

from base.admin.decision_buttons import DecisionButtons
from base.admin.typed_days import MOMENT_FIRST

from ..publishing.approval import WHOLE_DECLARATION
from ..publishing.bundles import NO_TITLE, NOTHING
from .forms import late_reason_field

REMARK = "Vì sao vẫn gửi duyệt (khi có điều nên xem lại)"
NO_DECLARATION = "Hãy đọc rồi đánh dấu lời cam kết và xác nhận đã kiểm tra, rồi gửi lại."


def _hour() -> forms.DateTimeField:
    return forms.DateTimeField(
        label="Giờ đăng cả hồ sơ",
        required=False,
        input_formats=MOMENT_FIRST,
        widget=AdminDateTimeInput(format="%d/%m/%Y %H:%M"),
        help_text="Ngày/tháng/năm giờ:phút, ví dụ 30/11/2026 18:00. Để trống: đăng ngay khi duyệt. Đến giờ, mọi nội "
        "dung được đăng cùng lúc, hoặc không nội dung nào được đăng.",
        error_messages={"invalid": "Hãy nhập theo dạng ngày/tháng/năm giờ:phút, ví dụ 30/11/2026 18:00."},
    )


def _things(choices, **kwargs) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        choices=choices,
        error_messages={
            "required": NOTHING,
            "invalid_choice": "Một bản nháp đã chọn không còn chọn được; hãy chọn lại trong danh sách.",
        },
        **kwargs,
    )


class NewBundleForm(forms.Form):
    """A new dossier: its name, its drafts, and whether it is submitted at once."""

    title = forms.CharField(
        label="Tên hồ sơ", max_length=200, error_messages={"required": NO_TITLE}, help_text="Chỉ dùng nội bộ."
    )
    publish_at = _hour()
    remark = forms.CharField(label=REMARK, widget=forms.Textarea(attrs={"rows": 2}), required=False)
    declaration = forms.BooleanField(label=WHOLE_DECLARATION, required=False)
    decision = forms.ChoiceField(
        label="Việc cần làm",
        widget=DecisionButtons,
        choices=[("submit", "Lập hồ sơ và gửi duyệt"), ("collect", "Lập hồ sơ, gửi duyệt sau")],
        error_messages={"required": "Hãy chọn gửi duyệt ngay hoặc gửi sau."},
    )

    def __init__(self, *args, offered=(), **kwargs):
        super().__init__(*args, **kwargs)
        title = self.fields.pop("title")
        self.fields = {"title": title, "things": _things(offered, label="Nội dung đăng cùng lúc"), **self.fields}

    def clean(self):
        data = super().clean()
        if data.get("decision") == "submit" and not data.get("declaration"):
            self.add_error("declaration", NO_DECLARATION)
        return data


class BundleContentForm(forms.Form):
    """What is put into a dossier, and what is taken out of it."""

    def __init__(self, *args, offered=(), held=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields = {
            "more": _things(offered, label="Đưa thêm vào hồ sơ", required=False),
            "less": _things(held, label="Bỏ ra khỏi hồ sơ", required=False),
        }

    def clean(self):
        data = super().clean()
        if not self.errors and not data.get("more") and not data.get("less"):
            raise forms.ValidationError("Chưa chọn gì; hãy đánh dấu nội dung đưa thêm vào hoặc bỏ ra.")
        return data


class SubmitBundleForm(forms.Form):
    """Submission of a whole dossier with the declaration."""

    publish_at = _hour()
    remark = forms.CharField(
        label=REMARK,
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text="Trả lời từng điều ở «Nên xem lại»; người duyệt đọc ý kiến này.",
    )
    declaration = forms.BooleanField(label=WHOLE_DECLARATION, error_messages={"required": NO_DECLARATION})

    def __init__(self, *args, late=(), **kwargs):
        super().__init__(*args, **kwargs)
        if late:
            self.fields = {"late_reason": late_reason_field(late), **self.fields}


class EndBundleForm(forms.Form):
    """Take a dossier back to change it, or give it up."""

    decision = forms.ChoiceField(
        label="Việc cần làm",
        widget=DecisionButtons,
        choices=[("recall", "Rút về để sửa"), ("drop", "Bỏ hồ sơ, giữ các bản nháp")],
        error_messages={"required": "Hãy chọn rút về hoặc bỏ hồ sơ."},
    )
