"""Forms of the disposal lists and the terms: parse what was typed; the actions decide."""

from django import forms
from wagtail.admin.widgets import AdminDateInput

from base.admin.typed_days import DAY_FIRST
from base.files.upload_forms import ExaminedFileField, demand_storable

from ..models import ArchiveCopy, RetentionClass

ACCEPT, REFUSE = "accept", "refuse"


class ProposeDisposalForm(forms.Form):
    """Which copies, and why; the table of the screen draws the boxes."""

    copies = forms.ModelMultipleChoiceField(
        None,
        label="Bản lưu trữ",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Hãy chọn ít nhất một bản lưu trữ đã hết thời hạn.",
            "invalid_choice": "Bản lưu trữ số %(value)s chưa hết thời hạn, đang đăng hoặc đã nằm trong danh mục khác.",
        },
    )
    reason = forms.CharField(
        label="Lý do tiêu hủy",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Hãy ghi lý do tiêu hủy."},
    )

    def __init__(self, *args, copies, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["copies"].queryset = ArchiveCopy.objects.filter(pk__in=[copy.pk for copy in copies])


class DecideDisposalForm(forms.Form):
    """Yes with number, date and file of the decision, or no with a reason."""

    decision = forms.ChoiceField(
        label="Quyết định",
        choices=[(ACCEPT, "Đồng ý tiêu hủy theo danh mục"), (REFUSE, "Không đồng ý")],
        widget=forms.RadioSelect,
        error_messages={"required": "Hãy chọn đồng ý hoặc không đồng ý."},
    )
    decision_number = forms.CharField(
        label="Số quyết định tiêu hủy", max_length=100, required=False, help_text="Ví dụ 15/QĐ-UBND."
    )
    decision_date = forms.DateField(
        label="Ngày quyết định",
        required=False,
        input_formats=DAY_FIRST,
        widget=AdminDateInput,
        error_messages={"invalid": "Hãy ghi ngày theo dạng 05/06/2020."},
    )
    decision_file = ExaminedFileField(
        label="Bản ký của quyết định",
        required=False,
        help_text="Tệp được giữ trong kho lưu trữ cùng danh mục.",
        error_messages={"empty": "Tệp rỗng; hãy chọn lại tệp.", "invalid": "Hãy chọn lại tệp."},
    )
    without = forms.MultipleChoiceField(
        label="Giữ lại, không tiêu hủy", required=False, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(
        label="Ý kiến",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Bắt buộc khi không đồng ý.",
    )

    def __init__(self, *args, by, row, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        self.fields["without"].choices = [(item.pk, item.title) for item in row.items.all()]

    def clean_decision_file(self):
        file = self.cleaned_data["decision_file"]
        if file:
            demand_storable(file, by=self.by)
        return file


class TermForm(forms.Form):
    """The term of a class, with its source."""

    years = forms.IntegerField(
        label="Số năm lưu",
        required=False,
        min_value=2,
        max_value=70,
        help_text="Từ 2 đến 70 năm; để trống nếu lưu vĩnh viễn. Bản đã lưu không bao giờ được tiêu hủy sớm hơn "
        "thời hạn đã ghi khi duyệt.",
    )
    source = forms.CharField(
        label="Căn cứ",
        max_length=300,
        help_text="Số, ngày văn bản quy định thời hạn.",
        error_messages={"required": "Hãy ghi căn cứ của thời hạn (số, ngày văn bản)."},
    )


class AddClassForm(TermForm):
    key = forms.SlugField(
        label="Mã",
        max_length=30,
        help_text="Chữ thường không dấu, số và gạch nối, ví dụ van-ban-30.",
        error_messages={"required": "Hãy ghi mã của nhóm.", "invalid": "Mã chỉ gồm chữ không dấu, số và gạch nối."},
    )
    label = forms.CharField(
        label="Tên nhóm lưu trữ", max_length=150, error_messages={"required": "Hãy ghi tên nhóm lưu trữ."}
    )
    field_order = ["key", "label", "years", "source"]


class RuleForm(forms.Form):
    retention_class = forms.ModelChoiceField(
        RetentionClass.objects.all(),
        label="Nhóm lưu trữ",
        required=False,
        empty_label="(theo mặc định của loại)",
        help_text="Áp dụng cho các phiên bản được duyệt từ nay về sau.",
    )
