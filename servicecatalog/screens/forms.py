"""Forms of the catalogue in the administration: parse what was typed, name the field and the fix; actions decide."""

from django import forms
from django.core.exceptions import ValidationError
from wagtail.admin.forms import WagtailAdminModelForm

from base.admin.decision_buttons import DecisionButtons
from base.admin.typed_days import DAY_FIRST
from base.files.checks.common import extension_of, refuse_size
from base.files.checks.examine import examine_document
from base.files.checks.names import check_name
from base.files.chosen import FileField
from base.files.upload_forms import demand_storable
from base.middleware.unreadable_input import forms_of
from base.models import PortalSite
from base.tables.incoming import ENDINGS
from workflows.publishing.approval import WHOLE_DECLARATION

from ..importing.reading import JSON, LARGEST

# What people type: day before month, in every language of the admin.


def read_days_as_written(form) -> None:
    """Let the date fields of a form take days as people here write them."""
    for field in form.fields.values():
        if isinstance(field, forms.DateField):
            field.input_formats = DAY_FIRST


class ProcedureForm(WagtailAdminModelForm):
    """The form of a procedure: of the city's site, its parts with days as people write them."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        read_days_as_written(self)
        for formset in self.formsets.values():
            for form in forms_of(formset):
                read_days_as_written(form)
        site = self.fields.get("owner_site")
        if site is not None:
            # One procedure for all sites: the city keeps it.
            site.queryset = PortalSite.objects.filter(kind=PortalSite.Kind.CITY)
            site.initial = site.queryset.first()


class LevelForm(forms.Form):
    """The level of a service in the scheme of today, and why."""

    level = forms.ModelChoiceField(
        None, label="Mức độ", empty_label="Hãy chọn", error_messages={"required": "Hãy chọn mức độ."}
    )
    reason = forms.CharField(
        label="Lý do, căn cứ",
        max_length=300,
        required=False,
        help_text="Bắt buộc với «một phần»: vì sao chưa toàn trình (NĐ 224/2026 Điều 14).",
    )

    def __init__(self, *args, levels, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["level"].queryset = levels


class OfferForm(forms.Form):
    """The declaration with which services on several sites are submitted."""

    declaration = forms.BooleanField(
        label="Cam kết",
        required=False,
        help_text=WHOLE_DECLARATION,
    )


class WithdrawForm(forms.Form):
    """Why services end; people read it at the old address."""

    reason = forms.CharField(
        label="Lý do ngừng cung cấp",
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text="Người dân đọc lý do này ở địa chỉ cũ. Người thứ hai quyết định rồi dịch vụ mới ngừng.",
    )


class DecideBatchForm(forms.Form):
    """Approve a batch, or return it with a reason."""

    DECISIONS = [("approve", "Duyệt cả lô"), ("send_back", "Trả lại")]

    decision = forms.ChoiceField(
        label="Quyết định",
        choices=DECISIONS,
        widget=DecisionButtons,
        error_messages={"required": "Hãy chọn duyệt hoặc trả lại."},
    )
    reason = forms.CharField(
        label="Lý do trả lại", widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=300
    )


class ImportForm(forms.Form):
    """The file with procedures."""

    file = FileField(
        label="Tệp thủ tục (.xlsx, .csv, .json)",
        help_text="Theo mẫu; tối đa 500 thủ tục, 5 MB.",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv,.json"}),
        error_messages={"required": "Hãy chọn tệp.", "empty": "Tệp rỗng; hãy chọn lại tệp."},
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_file(self):
        file = self.cleaned_data["file"]
        kind = extension_of(file.name)
        if kind not in (*ENDINGS, JSON):
            raise ValidationError("Hãy dùng tệp .xlsx, .csv hoặc .json theo mẫu.")
        check_name(file.name)
        refuse_size(file.size, LARGEST)
        examined = file if kind == JSON else examine_document(file).file
        demand_storable(examined, by=self.user, site=None)
        return examined


class ConfirmImportForm(forms.Form):
    """The declaration with which what the dry run found good is written; the dry run itself comes along, signed."""

    carried = forms.CharField(widget=forms.HiddenInput, error_messages={"required": "Hãy tải tệp lên lại."})
    declaration = forms.BooleanField(label="Cam kết", required=False, help_text=WHOLE_DECLARATION)
