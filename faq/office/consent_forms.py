"""The form of a version of what is agreed to."""

from django import forms
from wagtail.admin.widgets import AdminDateInput

from base.admin.typed_days import DAY_FIRST

from .forms import RichTextField

PLACES_EXPLAINED = (
    "Giữ nguyên {unit} và {days}: khi hiện cho người dân, cổng thay {unit} bằng tên cơ quan của trang, {days} bằng số "
    "ngày giữ."
)


class ConsentForm(forms.Form):
    """One version of what is agreed to, in both languages, and its day."""

    valid_from = forms.DateField(
        label="Dùng từ ngày",
        input_formats=DAY_FIRST,
        widget=AdminDateInput,
        error_messages={"required": "Hãy ghi ngày bắt đầu dùng.", "invalid": "Hãy ghi ngày theo dạng 05/06/2020."},
    )
    text = forms.CharField(
        label="Câu đồng ý",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=PLACES_EXPLAINED,
    )
    text_en = forms.CharField(
        label="Câu đồng ý bằng tiếng Anh", widget=forms.Textarea(attrs={"rows": 4}), help_text=PLACES_EXPLAINED
    )
    policy = RichTextField(label="Chính sách")
    policy_en = RichTextField(label="Chính sách bằng tiếng Anh")
