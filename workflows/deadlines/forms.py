"""Forms of deadlines, their rules and the working calendar: parse what was typed; the actions decide."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from wagtail.admin.widgets import AdminDateInput

from base.tables.incoming import decoded, examined

from ..models import CalendarDay, DeadlineRule
from . import late_reasons, working_year
from .rules import CHANGED

ORDINARY = "ordinary"
WRITTEN = ("%d/%m/%Y", "%Y-%m-%d")
NO_DAY = "Hãy ghi ngày theo dạng ngày/tháng/năm, ví dụ 05/06/2026."
LARGEST_CALENDAR = 200 * 1024


class ExtendForm(forms.Form):
    extended_to = forms.DateField(
        label="Gia hạn đến ngày", widget=AdminDateInput, error_messages={"required": "Hãy ghi ngày gia hạn đến."}
    )
    extension_reason = forms.CharField(
        label="Lý do gia hạn",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Người dân đọc được lý do này. Không nêu dữ liệu cá nhân.",
        error_messages={"required": "Hãy ghi lý do gia hạn; người dân sẽ đọc được lý do này."},
    )


class CancelForm(forms.Form):
    cancellation_reason = forms.CharField(
        label="Lý do hủy thời hạn",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Hãy ghi lý do hủy thời hạn."},
    )


class LateReasonForm(forms.Form):
    late_reason = forms.CharField(
        label="Vì sao quá hạn",
        max_length=late_reasons.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Người trong cơ quan đọc ở danh sách và báo cáo. Không nêu dữ liệu cá nhân.",
        error_messages={"required": late_reasons.NO_REASON},
    )


class PeriodForm(forms.Form):
    """The period of the table of performance; the year to date when nothing was chosen."""

    tu = forms.DateField(
        label="Bắt đầu từ ngày", required=False, input_formats=WRITTEN, error_messages={"invalid": NO_DAY}
    )
    den = forms.DateField(label="Đến ngày", required=False, input_formats=WRITTEN, error_messages={"invalid": NO_DAY})

    def clean(self):
        data = super().clean()
        if data.get("tu") and data.get("den") and data["den"] < data["tu"]:
            self.add_error("den", "Ngày cuối phải từ ngày đầu trở đi; hãy sửa một trong hai ngày.")
        return data


class DayForm(forms.Form):
    """What the calendar says of one day."""

    kind = forms.ChoiceField(
        label="Loại ngày", choices=[(ORDINARY, "Ngày bình thường (không có trong lịch)"), *CalendarDay.Kind.choices]
    )
    name = forms.CharField(
        label="Tên",
        max_length=200,
        required=False,
        help_text="Ví dụ: Tết Nguyên đán; Nghỉ hoán đổi, làm bù 22/08/2026.",
    )
    legal_source = forms.CharField(
        label="Căn cứ", max_length=300, required=False, help_text=CalendarDay._meta.get_field("legal_source").help_text
    )
    confirmed = forms.BooleanField(
        label="Đã công bố", required=False, help_text=CalendarDay._meta.get_field("confirmed").help_text
    )

    def clean(self):
        data = super().clean()
        if data.get("kind") != ORDINARY:
            if not data.get("name"):
                self.add_error("name", "Hãy ghi tên của ngày này.")
            if data.get("confirmed") and not data.get("legal_source"):
                self.add_error("legal_source", "Ngày đã công bố phải có căn cứ; hãy ghi số, ngày văn bản.")
        return data


class DayAtOnceForm(DayForm):
    """What the calendar says of one day at once, by the head alone."""

    reason = forms.CharField(
        label="Lý do không chờ người thứ hai",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Ví dụ: cho nghỉ tránh bão từ chiều nay theo công điện số, ngày.",
        error_messages={"required": "Hãy ghi lý do sửa lịch ngay, không chờ người thứ hai."},
    )


class CalendarTableForm(forms.Form):
    """The days of one year as a table: a file, or its text, which stays in the form to be corrected."""

    file = forms.FileField(
        label="Tệp CSV",
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv"}),
        help_text="Bảng mã UTF-8; các cột: ngày, loại, tên, căn cứ, đã công bố.",
        error_messages={"empty": "Tệp rỗng; hãy chọn lại tệp."},
    )
    text = forms.CharField(
        label="Hoặc dán nội dung bảng",
        required=False,
        max_length=LARGEST_CALENDAR,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
    )
    replaces = forms.BooleanField(label="Bỏ khỏi lịch những ngày của năm này không có trong bảng", required=False)

    def __init__(self, *args, year: int, **kwargs):
        super().__init__(*args, **kwargs)
        self.year, self.table = year, working_year.Table([], [], [])

    def clean_file(self):
        file = self.cleaned_data["file"]
        if not file:
            return None
        refusal = "Hãy chọn tệp .csv (trong bảng tính: «Lưu thành», CSV UTF-8)."
        return examined(file, endings=["csv"], most=LARGEST_CALENDAR, refusal=refusal)

    def clean(self):
        data = super().clean()
        if "file" in self.errors:
            return data
        text = data.get("text", "")
        if data.get("file"):
            try:
                text = decoded(data["file"].read(), working_year.NOT_UTF8)
            except ValidationError as error:
                self.add_error("file", error)
                return data
        data["text"] = text
        self.table = working_year.read(text, self.year)
        if self.table.violations:
            self.add_error(None, f"Bảng có {len(self.table.violations)} lỗi; chưa ghi gì vào lịch.")
        return data


class RuleChangeForm(forms.ModelForm):
    """A rule as it is to hold from a day on."""

    valid_from = forms.DateField(
        label="Áp dụng từ ngày",
        widget=AdminDateInput,
        help_text="Việc đã bắt đầu tính vẫn theo quy tắc cũ.",
        error_messages={"required": "Hãy ghi ngày bắt đầu áp dụng."},
    )

    class Meta:
        model = DeadlineRule
        fields = CHANGED

    field_order = ["valid_from", *CHANGED]

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["valid_from"].initial = today + timedelta(days=1)

    def _post_clean(self):
        # The row in force is not changed: the action makes a new one and validates it.
        pass
