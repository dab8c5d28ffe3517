"""Forms of import and export: parse what was typed; the actions decide."""

from django import forms
from django.core.exceptions import ValidationError

from base.files import texts
from base.files.checks.common import extension_of, refuse_size
from base.files.checks.examine import LARGEST_BY_EXTENSION
from base.files.checks.names import check_name
from base.files.chosen import FileField
from base.files.upload_forms import demand_storable
from base.tables.incoming import examined
from workflows.publishing.approval import WHOLE_DECLARATION

from ..life.effect import StatusCode
from ..models import DocumentType, Family, IssuingBody
from .checking import AS_IS
from .packed import Packed


class UploadForm(forms.Form):
    """The table, the ZIP with its files, and the site whose register it is for."""

    site = forms.ModelChoiceField(None, label="Trang quản lý", error_messages={"required": "Hãy chọn trang quản lý."})
    table = FileField(
        label="Bảng văn bản (.xlsx, .csv)",
        help_text="Theo mẫu; tối đa 20.000 dòng, 20 MB.",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": "Hãy chọn tệp bảng.", "empty": "Tệp rỗng; hãy chọn lại tệp."},
    )
    package = FileField(
        label="Tệp kèm theo (.zip)",
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".zip"}),
        help_text="Chứa các bản ký, tệp kèm theo và toàn văn mà bảng nêu tên; tối đa 100 MB, 2.000 tệp.",
        error_messages={"empty": "Tệp rỗng; hãy chọn lại tệp."},
    )
    takes_text = forms.BooleanField(
        label="Lấy toàn văn từ bản ký khi bảng không có",
        required=False,
        help_text="Chỉ đọc được tệp .docx và PDF có lớp chữ; hãy xem lại chữ trước khi gửi duyệt.",
    )

    def __init__(self, *args, sites, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["site"].queryset = sites
        if len(sites) == 1:
            self.fields["site"].initial = sites[0]

    def clean_table(self):
        return examined(self.cleaned_data["table"])

    def clean_package(self):
        file = self.cleaned_data["package"]
        if not file:
            return None
        check_name(file.name)
        if extension_of(file.name) != "zip":
            raise ValidationError("Tệp kèm theo phải là một tệp .zip; hãy nén các tệp lại rồi chọn lại.")
        refuse_size(file.size, LARGEST_BY_EXTENSION["zip"])
        Packed(file)
        return file

    def clean(self):
        data = super().clean()
        for name in ("table", "package"):
            if data.get(name):
                try:
                    demand_storable(data[name], by=self.user, site=data.get("site"))
                except ValidationError as error:
                    self.add_error(name, error)
        return data


class ConfirmForm(forms.Form):
    """The declaration of accuracy for every row."""

    declaration = forms.BooleanField(
        label=WHOLE_DECLARATION, required=False, help_text="Cam kết này được ghi cho từng văn bản của lô."
    )


class ConvertForm(forms.Form):
    """Which encoding before Unicode the text is in, after a look at both."""

    scheme = forms.ChoiceField(
        label="Bảng mã",
        widget=forms.RadioSelect,
        choices=[*texts.SCHEMES.items(), (AS_IS, "Giữ nguyên, chữ đã đúng")],
        error_messages={"required": "Hãy chọn bảng mã, hoặc «giữ nguyên»."},
    )


class UndoForm(forms.Form):
    """Why a batch is taken back."""

    reason = forms.CharField(
        label="Lý do thu hồi", max_length=300, error_messages={"required": "Hãy ghi lý do thu hồi."}
    )


class DecideUndoForm(forms.Form):
    """The second person's word on a batch that is to be taken back."""

    CHOICES = [("accept", "Thu hồi: gỡ bỏ các văn bản mới, trả lại nội dung trước khi nhập"), ("keep", "Giữ nguyên")]
    decision = forms.ChoiceField(
        label="Quyết định", choices=CHOICES, widget=forms.RadioSelect, error_messages={"required": "Hãy chọn."}
    )


class TakeTextForm(forms.Form):
    """From which file the full text is taken, and in which encoding it is."""

    file = forms.ChoiceField(label="Tệp", error_messages={"required": "Hãy chọn tệp."})
    scheme = forms.ChoiceField(
        label="Bảng mã của chữ trong tệp",
        required=False,
        choices=[("", "Unicode, chữ đã đúng"), *texts.SCHEMES.items()],
        help_text="Chọn bảng mã cũ khi phần «Sau khi chuyển» ở trên đọc đúng.",
    )

    def __init__(self, *args, files, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["file"].choices = [
            (str(file.pk), f"{shown or file.title} ({file.address_name})") for file, shown in files
        ]


class ExportForm(forms.Form):
    """Which documents, and in which form."""

    FORMATS = [("xlsx", "Bảng XLSX"), ("zip", "ZIP: bảng, các tệp và toàn văn dài")]

    q = forms.CharField(label="Số hoặc từ trong trích yếu", required=False, max_length=200)
    site = forms.ModelChoiceField(None, label="Trang quản lý", required=False, empty_label="Mọi trang của tôi")
    document_type = forms.ModelChoiceField(
        DocumentType.objects.all(), label="Loại văn bản", required=False, empty_label="Mọi loại"
    )
    family = forms.ChoiceField(label="Nhóm", required=False, choices=[("", "Mọi nhóm"), *Family.choices])
    main_issuer = forms.ModelChoiceField(
        IssuingBody.objects.all(), label="Cơ quan ban hành", required=False, empty_label="Mọi cơ quan"
    )
    year = forms.IntegerField(label="Năm", required=False, min_value=1945, max_value=2100)
    status = forms.ChoiceField(
        label="Tình trạng hiệu lực", required=False, choices=[("", "Mọi tình trạng"), *StatusCode.choices]
    )
    live = forms.TypedChoiceField(
        label="Đăng",
        required=False,
        coerce=lambda value: value == "1",
        empty_value=None,
        choices=[("", "Cả đã đăng và nháp"), ("1", "Đã đăng"), ("0", "Nháp")],
    )
    format = forms.ChoiceField(label="Dạng tệp", choices=FORMATS, initial="xlsx")

    def __init__(self, *args, sites, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites
