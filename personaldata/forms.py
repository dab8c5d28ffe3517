"""The public forms about one's own data and about what is wrong on a page; the rules are in the actions."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from faq.asking.forms import FindForm, QuestionForm, Short

from .complaints import LONGEST_ADDRESS
from .models import CorrectionComplaint, DataSubjectRequest


class OwnDataForm(FindForm):
    """Number and secret of what was sent, and what is wished."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Ông/bà yêu cầu"),
        choices=DataSubjectRequest.Kind.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    details = forms.CharField(
        label=gettext_lazy("Nội dung yêu cầu"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Bắt buộc khi phản đối, hạn chế việc xử lý."),
    )
    name = Short(150, label=gettext_lazy("Họ và tên mới"), required=False)
    email = Short(254, label=gettext_lazy("Thư điện tử mới"), required=False)
    phone = Short(40, label=gettext_lazy("Số điện thoại mới"), required=False)
    address = Short(300, label=gettext_lazy("Địa chỉ nhận thư mới"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["number"].label = _("Số câu hỏi, góp ý, phản ánh, bài gửi hoặc biểu mẫu đã gửi")
        self.fields["number"].error_messages["required"] = _("Hãy ghi số trên biên nhận, ví dụ HD-2026-000123.")
        self.fields["kind"].error_messages["invalid_choice"] = _("Hãy chọn yêu cầu.")
        for name, word in (("name", "name"), ("email", "email"), ("phone", "tel"), ("address", "address-line1")):
            self.fields[name].widget.attrs["autocomplete"] = word


class ComplaintForm(QuestionForm):
    """Which page, what is wrong; a contact only when one wants an answer by mail or telephone."""

    page = Short(
        LONGEST_ADDRESS,
        label=gettext_lazy("Địa chỉ trang có thông tin sai"),
        required=False,
        help_text=gettext_lazy("Chép từ thanh địa chỉ của trình duyệt."),
    )

    kind = forms.ChoiceField(
        choices=CorrectionComplaint.Kind.choices,
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": gettext_lazy("Hãy mở lại biểu mẫu từ liên kết ở cuối trang.")},
    )

    field_order = ("page", "text", "email", "phone", "name", "consent")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_for_format = self["kind"].value() == CorrectionComplaint.Kind.FORMAT
        for name in ("title", "topic", "ward", "address", "may_show_name"):
            del self.fields[name]
        text = self.fields["text"]
        text.label, text.widget.attrs["rows"] = _("Chỗ sai và thông tin đúng"), 6
        text.help_text = _("Trích câu, con số sai và ghi thông tin đúng, căn cứ nếu có.")
        text.error_messages["required"] = _("Hãy ghi chỗ nào sai và thông tin đúng là gì.")

        if self.is_for_format:
            self.fields["page"].label = _("Địa chỉ trang cần ở định dạng khác")
            text.label = _("Định dạng cần có")
            text.help_text = _("Ví dụ: bản in chữ lớn, tệp Word, đọc qua điện thoại; ghi phần nào của trang.")
            text.error_messages["required"] = _("Hãy ghi cần định dạng nào.")

    def clean_kind(self):
        return self.cleaned_data["kind"] or CorrectionComplaint.Kind.ERROR

    def clean_text(self):
        return self.cleaned_data["text"]

    def clean(self):
        return forms.Form.clean(self)


class FollowForm(FindForm):
    """The two things that open the outcome of a report."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"auto_id": "xem-%s", **kwargs})
        self.fields["number"].label = _("Số phản ánh")
        self.fields["number"].error_messages["required"] = _("Hãy ghi số phản ánh, ví dụ DC-2026-000123.")
