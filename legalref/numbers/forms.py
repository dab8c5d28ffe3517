"""Forms of the number books: parse what was typed; the actions decide."""

from django import forms
from django.utils import timezone
from wagtail.admin.widgets import AdminDateInput

from base.admin.typed_days import DAY_FIRST
from base.models import PortalSite

from ..models import DocumentType, Family, IssuingBody, LegalDocument


class OpenBookForm(forms.Form):
    """Whose numbers, for which types, in which year, from which number on."""

    site = forms.ModelChoiceField(None, label="Trang quản lý", error_messages={"required": "Hãy chọn trang quản lý."})
    issuer = forms.ModelChoiceField(
        IssuingBody.objects.exclude(symbol=""),
        label="Cơ quan ban hành",
        error_messages={"required": "Hãy chọn cơ quan ban hành."},
    )
    family = forms.ChoiceField(
        label="Nhóm",
        choices=Family.choices[:2],
        initial=Family.ADMINISTRATIVE,
        help_text="Số của văn bản quy phạm pháp luật có năm (01/2020/QĐ-UBND), của văn bản hành chính thì không.",
    )
    types = forms.ModelMultipleChoiceField(
        DocumentType.objects.all(),
        label="Loại văn bản lấy số trong sổ",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Hãy chọn ít nhất một loại văn bản."},
    )
    year = forms.IntegerField(label="Năm", min_value=1945, max_value=2100)
    first_number = forms.IntegerField(
        label="Số đầu tiên",
        min_value=1,
        max_value=100_000,
        initial=1,
        help_text="Lớn hơn 1 khi các số trước đã lấy trong sổ giấy.",
    )

    def __init__(self, *args, sites, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites
        self.fields["year"].initial = timezone.localdate().year


class TakeNumberForm(forms.Form):
    """A draft of the register, or the type and subject of a document that is kept elsewhere."""

    document = forms.ModelChoiceField(
        None,
        label="Văn bản nháp chưa có số",
        required=False,
        empty_label="(không có trong sổ văn bản của cổng)",
        help_text="Văn bản được chọn nhận số, ký hiệu và ngày ban hành ngay.",
    )
    document_type = forms.ModelChoiceField(None, label="Loại văn bản", required=False)
    subject = forms.CharField(label="Trích yếu", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    drafting_unit = forms.CharField(
        label="Ký hiệu đơn vị soạn thảo",
        max_length=20,
        required=False,
        help_text="Chỉ với công văn, ví dụ VHTT trong 123/UBND-VHTT.",
    )
    on = forms.DateField(
        label="Ngày lấy số (ngày ban hành)",
        input_formats=DAY_FIRST,
        widget=AdminDateInput,
        error_messages={"required": "Hãy ghi ngày lấy số.", "invalid": "Hãy ghi ngày theo dạng 05/06/2020."},
    )

    def __init__(self, *args, book, **kwargs):
        super().__init__(*args, **kwargs)
        types = book.types.all()
        self.fields["document"].queryset = (
            LegalDocument.objects.filter(
                owner_site=book.owner_site,
                main_issuer=book.issuer,
                family=book.family,
                document_type__in=types,
                number="",
                live=False,
                first_published_at=None,
            )
            .select_related("document_type")
            .order_by("-pk")
        )
        self.fields["document"].label_from_instance = _label
        self.fields["document_type"].queryset = types
        if len(types) == 1:
            self.fields["document_type"].initial = types[0].pk
        self.fields["on"].initial = timezone.localdate()


def _label(document) -> str:
    return f"{document.document_type}: {document.subject}"[:150]


class CancelNumberForm(forms.Form):
    reason = forms.CharField(
        label="Lý do hủy số",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Số bị hủy vẫn nằm trong sổ và không được cấp lại.",
        error_messages={"required": "Hãy ghi lý do hủy số."},
    )


class HandOverForm(forms.Form):
    """To which site a book goes, and why."""

    to = forms.ModelChoiceField(
        PortalSite.objects.filter(state=PortalSite.State.OPEN),
        label="Trang nhận sổ",
        error_messages={"required": "Hãy chọn trang nhận sổ."},
    )
    reason = forms.CharField(
        label="Lý do",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Các số đã lấy đi cùng sổ và giữ nguyên.",
        error_messages={"required": "Hãy ghi lý do bàn giao sổ."},
    )
