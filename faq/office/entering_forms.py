"""The form of a question that came on paper, by telephone or in person."""

from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from base.admin.action_views import say_at_once
from base.admin.typed_days import MOMENT_FIRST
from base.models import OrganisationUnit
from workflows import deadlines

from ..handling import intake
from ..models import Question, QuestionTopic
from ..submission import Contact
from .file_forms import MOST_FILES, FilesField, examined

CONSENT_BY = {
    Question.Channel.PHONE: "lời nói qua điện thoại",
    Question.Channel.LETTER: "thư, công văn đã gửi",
    Question.Channel.IN_PERSON: "lời nói, chữ ký tại nơi tiếp",
    Question.Channel.MAIL: "thư điện tử đã gửi",
}
CONSENT = (
    "Người hỏi đã được cho biết: thông tin liên hệ chỉ dùng để trả lời câu hỏi, được mã hóa, chỉ cán bộ xử lý xem "
    "được, xóa sau khi hết thời hạn giữ; và đã đồng ý cho phép xử lý như vậy."
)


class EnterForm(forms.Form):
    """A question that came by telephone, letter, mail or in person."""

    site = forms.ModelChoiceField(
        None, label="Trang tiếp nhận", empty_label=None, error_messages={"required": "Hãy chọn trang tiếp nhận."}
    )
    channel = forms.ChoiceField(
        label="Kênh tiếp nhận",
        choices=[item for item in Question.Channel.choices if item[0] in CONSENT_BY],
        error_messages={"required": "Hãy chọn kênh mà câu hỏi đã đến."},
    )
    received_on = forms.DateTimeField(
        label="Tiếp nhận lúc",
        input_formats=MOMENT_FIRST,
        help_text="Ngày/tháng/năm giờ:phút; thời hạn tính từ lúc này.",
        error_messages={
            "required": "Hãy ghi ngày, giờ tiếp nhận.",
            "invalid": "Không đọc được; hãy ghi theo dạng ngày/tháng/năm giờ:phút, ví dụ 01/07/2026 08:30.",
        },
    )
    title = forms.CharField(
        label="Tiêu đề", max_length=200, error_messages={"required": "Hãy ghi tiêu đề: câu hỏi về việc gì."}
    )
    text = forms.CharField(
        label="Nội dung câu hỏi",
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": "Hãy ghi nội dung câu hỏi."},
    )
    topic = forms.ModelChoiceField(
        QuestionTopic.objects.filter(is_active=True), label="Lĩnh vực", required=False, empty_label="Phân loại sau"
    )
    files = FilesField(
        label="Tệp kèm theo",
        required=False,
        help_text=f"Nhiều nhất {MOST_FILES} tệp.",
    )
    name = forms.CharField(label="Họ và tên người hỏi", required=False, max_length=150)
    phone = forms.CharField(label="Số điện thoại", required=False, max_length=30)
    email = forms.EmailField(
        label="Thư điện tử",
        required=False,
        error_messages={"invalid": "Địa chỉ thư điện tử không đúng; hãy kiểm tra lại."},
    )
    address = forms.CharField(label="Địa chỉ", required=False, max_length=300)
    ward = forms.ModelChoiceField(None, label="Phường, xã", required=False, empty_label="Không rõ")
    may_show_name = forms.BooleanField(label="Người hỏi đồng ý nêu tên khi đăng công khai", required=False)
    consent = forms.BooleanField(label=CONSENT, required=False)

    def __init__(self, *args, user, sites, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["site"].queryset = sites
        wards = (OrganisationUnit.Kind.WARD, OrganisationUnit.Kind.COMMUNE)
        units = OrganisationUnit.objects.public(deadlines.today()).filter(kind__in=wards)
        self.fields["ward"].queryset = units.order_by("name")
        self.fields["received_on"].initial = f"{timezone.localtime(timezone.now(), deadlines.VIETNAM):%d/%m/%Y %H:%M}"

    def clean_received_on(self) -> datetime:
        moment = self.cleaned_data["received_on"]
        return timezone.make_aware(moment.replace(tzinfo=None), deadlines.VIETNAM)

    def clean(self):
        data = super().clean()
        site = data.get("site")
        found = []
        for file in data.get("files") or []:
            try:
                found.append(examined(file, by=self.user, site=site))
            except ValidationError as error:
                self["files"].refuse(file)
                self.add_error("files", [f"«{file.name}»: {message}" for message in error.messages])
        data["files"] = found
        typed = {"title": data.get("title", ""), "text": data.get("text", ""), "received_on": data.get("received_on")}
        say_at_once(self, intake.problems(contact=self.contact(), **typed))
        return data

    def contact(self) -> Contact:
        """How to reach the asker, as far as the form is right."""
        values = self.cleaned_data
        return Contact(
            **{name: values.get(name, "") for name in ("name", "email", "phone", "address")},
            ward=values.get("ward"),
            may_show_name=values.get("may_show_name", False),
            consent_text=CONSENT if values.get("consent") else "",
            consent_source=CONSENT_BY.get(values.get("channel"), ""),
        )

    def as_question(self) -> dict:
        """The arguments of `intake.enter`, but for who enters."""
        values, contact = self.cleaned_data, self.contact()
        names = ("site", "channel", "title", "text", "received_on", "topic", "files")
        return {name: values[name] for name in names} | {"contact": contact}
