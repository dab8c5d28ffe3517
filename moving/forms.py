"""Forms of the screens: parse what was chosen and typed; the actions of `imports.py` decide."""

from django import forms
from django.core.exceptions import ValidationError
from wagtail.models import Page

from base.files.checks.common import MB, refuse_size
from base.files.checks.names import check_name
from base.files.chosen import FileField
from base.files.texts import SCHEMES

from .checking import AS_IS
from .pages.given import LargePackage
from .reading import FORMATS

LARGEST_SOURCE, LARGEST_PACKAGE = 300 * MB, 300 * MB
ALL_SCHEMES = {**SCHEMES, "viqr": "VIQR (gõ không dấu kiểu «Vie^.t Nam»)"}


class SectionField(forms.ModelChoiceField):
    """A section that takes articles, with the site it is on."""

    def __init__(self, **kwargs):
        super().__init__(Page.objects.none(), empty_label=None, **kwargs)
        self.sites: dict[int, str] = {}

    def offer(self, found: list) -> None:
        """Offer (section, site) of a list, in its order."""
        self.sites = {section.pk: site.name for section, site in found}
        self.queryset = Page.objects.filter(pk__in=self.sites)
        self.choices = [(section.pk, f"{site.name} · {section.title}") for section, site in found]


class UploadForm(forms.Form):
    """The export, the ZIP with its pictures and files, and where its pages go."""

    format = forms.ChoiceField(
        label="Cổng cũ, dạng tệp",
        choices=[(key, one.label) for key, one in FORMATS.items()],
        error_messages={"required": "Hãy chọn dạng của tệp xuất."},
    )
    source = FileField(
        label="Tệp xuất từ cổng cũ",
        help_text="Tối đa 300 MB; lớn hơn thì cán bộ kỹ thuật dùng lệnh import_site trên máy chủ.",
        widget=forms.ClearableFileInput(attrs={"accept": ".xml,.sql,.gz,.csv,.xlsx,.zip,.rss,.atom"}),
        error_messages={"required": "Hãy chọn tệp xuất.", "empty": "Tệp rỗng; hãy chọn lại tệp."},
    )
    package = FileField(
        label="Ảnh và tệp của cổng cũ (.zip)",
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".zip"}),
        help_text="Nén thư mục ảnh, tệp của cổng cũ (uploads, wp-content). Cổng không lấy gì từ máy chủ khác.",
        error_messages={"empty": "Tệp rỗng; hãy chọn lại tệp."},
    )
    hosts = forms.CharField(
        label="Tên miền của cổng cũ",
        max_length=300,
        help_text="Ví dụ longxuyen.angiang.gov.vn; nhiều tên cách nhau bằng dấu phẩy, tên chính trước.",
        error_messages={"required": "Hãy ghi tên miền của cổng cũ."},
    )
    section = SectionField(
        label="Trang và chuyên mục nhận bài",
        help_text="Bài có chuyên mục cũ trùng tên một mục ở đây thì tự vào mục đó.",
        error_messages={"required": "Hãy chọn chuyên mục nhận bài.", "invalid_choice": "Hãy chọn một chuyên mục."},
    )
    sections = forms.CharField(
        label="Chuyên mục cũ vào mục nào",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Mỗi dòng: tên chuyên mục cũ = tên mục ở đây. Còn lại vào mục đã chọn ở trên.",
    )
    places = forms.CharField(
        label="Chỗ của từng phần (chỉ với các trang đã lưu)",
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Mỗi dòng: tiêu đề, nội dung, ngày, tác giả hoặc chuyên mục = chỗ viết kiểu CSS, ví dụ div#noi-dung.",
    )
    takes_documents = forms.BooleanField(
        label="Đề xuất các văn bản có số, ký hiệu ở tiêu đề vào sổ văn bản",
        required=False,
        initial=True,
        help_text="Thành một lô nhập văn bản; người khác duyệt lô đó.",
    )

    def __init__(self, *args, sections, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["section"].offer(sections)

    def clean_source(self):
        return _looked_at(self.cleaned_data["source"], LARGEST_SOURCE)

    def clean_package(self):
        file = self.cleaned_data["package"]
        if not file:
            return None
        if not file.name.lower().endswith(".zip"):
            raise ValidationError("Ảnh và tệp phải ở trong một tệp .zip; hãy nén lại rồi chọn lại.")
        _looked_at(file, LARGEST_PACKAGE)
        LargePackage(file, "zip")
        return file


def _looked_at(file, most: int):
    """Refuse a name that deceives and a size that is too large; what is inside is read by the dry run."""
    check_name(file.name)
    refuse_size(file.size, most)
    return file


class ConvertForm(forms.Form):
    """Which encoding before Unicode the letters are in, after a look at both."""

    scheme = forms.ChoiceField(
        label="Bảng mã",
        widget=forms.RadioSelect,
        choices=[*ALL_SCHEMES.items(), (AS_IS, "Giữ nguyên, chữ đã đúng")],
        error_messages={"required": "Hãy chọn bảng mã, hoặc «giữ nguyên»."},
    )


class UndoForm(forms.Form):
    """Why an import is taken back."""

    reason = forms.CharField(
        label="Lý do thu hồi", max_length=300, error_messages={"required": "Hãy ghi lý do thu hồi."}
    )
