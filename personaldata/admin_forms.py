"""Forms of the admin's screens of personal data: parse what was typed; the actions decide."""

from django import forms
from wagtail.admin.widgets import AdminDateTimeInput

from base.admin.typed_days import MOMENT_FIRST
from base.models import PortalSite
from faq import numbering
from faq.models import Question

from .models import CorrectionComplaint, DataSubjectRequest

BAD_MOMENT = "Hãy ghi ngày, giờ theo dạng 05/06/2020 08:30."


class RetainTextForm(forms.Form):
    """Title and text of a question without anything that tells who asked."""

    title = forms.CharField(
        label="Tiêu đề giữ lại", max_length=200, error_messages={"required": "Hãy ghi tiêu đề giữ lại."}
    )
    text = forms.CharField(
        label="Nội dung giữ lại",
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text="Bỏ tên, số điện thoại, địa chỉ và mọi chi tiết nhận ra người hỏi hoặc người khác.",
        error_messages={"required": "Hãy ghi nội dung giữ lại."},
    )


class DecideRequestForm(forms.Form):
    """Accepted or refused, and what the person is told."""

    accepted = forms.ChoiceField(
        label="Quyết định",
        choices=[("yes", "Chấp nhận"), ("no", "Không chấp nhận")],
        widget=forms.RadioSelect,
        error_messages={"required": "Hãy chọn chấp nhận hoặc không chấp nhận."},
    )
    answer = forms.CharField(
        label="Trả lời người yêu cầu",
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Không chấp nhận thì ghi rõ lý do và căn cứ. Không ghi thông tin cá nhân vào đây.",
        error_messages={"required": "Hãy ghi câu trả lời; không chấp nhận thì ghi rõ lý do và căn cứ."},
    )


class EnterRequestForm(forms.Form):
    """A request that came on paper or in person."""

    site = forms.ModelChoiceField(
        PortalSite.objects.none(), label="Trang", error_messages={"required": "Hãy chọn trang."}
    )
    identified_by = forms.ChoiceField(
        label="Nhận diện người yêu cầu bằng",
        choices=[
            row for row in DataSubjectRequest.Identified.choices if row[0] != DataSubjectRequest.Identified.SECRET
        ],
    )
    received_on = forms.DateTimeField(
        label="Tiếp nhận lúc",
        required=False,
        input_formats=MOMENT_FIRST,
        widget=AdminDateTimeInput(format="%d/%m/%Y %H:%M"),
        error_messages={"invalid": BAD_MOMENT},
        help_text="Bỏ trống: ngay bây giờ. Thời hạn 2 ngày làm việc tính từ lúc này.",
    )
    number = forms.CharField(
        label="Số câu hỏi",
        max_length=20,
        required=False,
        help_text="Ví dụ HD-2026-000123; bỏ trống khi cổng không giữ gì của người này.",
    )
    kind = forms.ChoiceField(label="Yêu cầu", choices=DataSubjectRequest.Kind.choices)
    details = forms.CharField(
        label="Nội dung yêu cầu", required=False, max_length=3000, widget=forms.Textarea(attrs={"rows": 4})
    )
    name = forms.CharField(label="Họ và tên", max_length=150, required=False)
    email = forms.CharField(label="Thư điện tử", max_length=254, required=False)
    phone = forms.CharField(label="Số điện thoại", max_length=40, required=False)
    address = forms.CharField(
        label="Địa chỉ",
        max_length=300,
        required=False,
        help_text="Bốn ô này là thông tin mới khi yêu cầu chỉnh sửa, nếu không thì là cách liên hệ để trả lời.",
    )

    def __init__(self, *args, sites, **kwargs):
        super().__init__(*args, **kwargs)
        self.record = None
        self.sites = sites
        self.fields["site"].queryset = PortalSite.objects.filter(pk__in=[site.pk for site in sites])
        self.fields["site"].initial = sites[0].pk if len(sites) == 1 else None

    def clean_number(self):
        number = numbering.as_printed(self.cleaned_data["number"])
        if number:
            self.record = Question.objects.filter(number=number, owner_site__in=self.sites).first()
            if self.record is None:
                raise forms.ValidationError("Không có câu hỏi nào mang số này ở các trang của bạn; hãy xem lại số.")
        return number


class ReplyForm(forms.Form):
    """What became of a report, as a text for its sender."""

    outcome = forms.ChoiceField(
        label="Kết quả",
        choices=[("corrected", "Đã đính chính"), ("right", "Thông tin đúng, không đính chính")],
        widget=forms.RadioSelect,
        error_messages={"required": "Hãy chọn kết quả."},
        help_text="«Đã đính chính» chỉ gửi được sau khi bản sửa của trang đã đăng, hoặc trang đã gỡ.",
    )
    reply = forms.CharField(
        label="Trả lời người phản ánh",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Hãy ghi kết quả xem xét; người phản ánh sẽ đọc được."},
    )

    def __init__(self, *args, complaint: CorrectionComplaint, **kwargs):
        super().__init__(*args, **kwargs)
        if complaint.is_for_format:
            labels = complaint.OF_FORMAT
            self.fields["outcome"].choices = [
                ("corrected", labels[complaint.State.CORRECTED]),
                ("right", labels[complaint.State.RIGHT]),
            ]
            self.fields["outcome"].help_text = "Ghi ở dưới nơi nhận bản ở định dạng khác, hoặc vì sao không có."


class ComplaintChoice(forms.ModelChoiceField):
    """A report by number and page."""

    def label_from_instance(self, complaint):
        return f"{complaint.number}: {complaint.page_title}"


class MergeComplaintForm(forms.Form):
    """Into which report."""

    into = ComplaintChoice(
        CorrectionComplaint.objects.none(), label="Gộp vào", error_messages={"required": "Hãy chọn một phản ánh."}
    )

    def __init__(self, *args, others, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["into"].queryset = others


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label="Lý do", max_length=500, error_messages={"required": "Hãy ghi lý do."})
