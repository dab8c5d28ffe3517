"""Forms of the register in the admin: parse what was typed, name the field and the fix; models and actions decide."""

from django import forms
from django.utils import timezone
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput
from wagtail.snippets.widgets import AdminSnippetChooser

from base.admin.guarded_forms import RemovesRefusedChoices
from base.admin.typed_days import DAY_FIRST
from base.authority import own_sites

from ..life.effect import REPEALS, REPLACES
from ..models import Family, IssuingBody, LegalDocument, SiteDocument

# What people type: day before month, in every language of the admin.

# What fits, with what joins them, into the sentence that readers get.
LONGEST_REASON = 297


class LegalDocumentForm(WagtailAdminModelForm):
    """The form of a document: takes the number as typed, splits the full text into its provisions."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.DateField):
                field.input_formats = DAY_FIRST
        if self.instance.pk is None and "owner_site" in self.fields:
            self._begin_with_defaults()

    def _begin_with_defaults(self):
        """Begin with the person's only site (of several the city's), and with the body that issues for its unit now."""
        sites = own_sites(self.for_user) if self.for_user else []
        site = sites[0] if len(sites) == 1 else next((site for site in sites if site.is_city), None)
        if site is None:
            return
        self.initial["owner_site"] = site.pk
        # One that has ended cannot have issued what is being entered on most days; who enters old documents chooses it.
        bodies = IssuingBody.objects.valid(timezone.localdate()).filter(unit=site.unit_id)[:2]
        if len(bodies) == 1 and "main_issuer" in self.fields:
            self.initial["main_issuer"] = bodies[0].pk

    def clean(self):
        """Refuse an issuer that was not there on the date of issue; the model only warns, for what is imported.

        A family that was left as it stood follows the type, of which most belong to one family only.
        """
        data = super().clean()
        kind = data.get("document_type")
        if kind is not None and kind.family in Family.values and "document_type" in self.changed_data:
            if "family" in data and "family" not in self.changed_data:
                data["family"] = kind.family
        day = data.get("issued_on")
        bodies = {"main_issuer": [data.get("main_issuer")], "co_issuers": data.get("co_issuers") or []}
        for name, found in bodies.items():
            problems = [problem for body in found if body is not None and (problem := body.problem_on(day))]
            if problems and ("issued_on" in self.changed_data or name in self.changed_data):
                self.add_error(name, " ".join(problems))
        return data

    def save(self, commit=True):
        if "full_text" in self.changed_data:
            self.instance.set_full_text(self.cleaned_data["full_text"])
        return super().save(commit)


class RepealForm(RemovesRefusedChoices, forms.Form):
    """What repeals or replaces a document, from which day, and which part of it."""

    KINDS = [(REPLACES, "Được thay thế"), (REPEALS, "Bị bãi bỏ")]

    code = forms.TypedChoiceField(
        label="Điều đã xảy ra", choices=KINDS, coerce=int, widget=forms.RadioSelect, initial=REPLACES
    )
    by_document = forms.ModelChoiceField(
        LegalDocument.objects.none(),
        label="Văn bản bãi bỏ, thay thế",
        required=False,
        help_text="Chọn trong sổ văn bản; văn bản phải được đăng trước.",
    )
    other_text = forms.CharField(
        label="Tên văn bản bãi bỏ, thay thế chưa có trong sổ",
        max_length=300,
        required=False,
        help_text="Ghi loại, số, ngày, cơ quan ban hành; người đọc thấy «Bị bãi bỏ bởi …». Lý do thì ghi ở ô dưới.",
    )
    reason = forms.CharField(
        label="Lý do, căn cứ",
        max_length=300,
        required=False,
        help_text="Bắt buộc khi không ghi văn bản nào ở trên; người đọc thấy «Bị bãi bỏ từ ngày …; lý do: …».",
    )
    effective_on = forms.DateField(
        label="Hết hiệu lực từ ngày",
        widget=AdminDateInput,
        input_formats=DAY_FIRST,
        error_messages={
            "required": "Hãy ghi ngày văn bản hết hiệu lực.",
            "invalid": "Không đọc được ngày; hãy ghi theo dạng ngày/tháng/năm, ví dụ 01/07/2026.",
        },
    )
    scope = forms.CharField(
        label="Chỉ một phần (các điều, khoản)",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Để trống khi toàn bộ; mỗi dòng một điều, khoản. Bãi bỏ một phần chỉ mở việc rà soát.",
    )
    stated_in = forms.CharField(
        label="Ghi tại", max_length=300, required=False, help_text="Ví dụ: khoản 2 Điều 90 Nghị định 224/2026/NĐ-CP."
    )
    is_verified = forms.BooleanField(label="Đã đối chiếu với bản gốc", required=False)
    # Chosen in the second step, among the documents that detail the repealed one.
    lapsing = forms.ModelMultipleChoiceField(
        LegalDocument.objects.none(),
        label="Văn bản hết hiệu lực theo",
        required=False,
        widget=forms.MultipleHiddenInput,
    )

    def __init__(self, *args, document, **kwargs):
        super().__init__(*args, **kwargs)
        self.document = document
        chosen = self.fields["by_document"]
        chosen.queryset = LegalDocument.objects.public().exclude(pk=document.pk)
        chosen.widget = AdminSnippetChooser(LegalDocument)
        chosen.error_messages["invalid_choice"] = "Văn bản này chưa được đăng hoặc không còn; hãy chọn văn bản khác."
        self.fields["lapsing"].queryset = LegalDocument.objects.public().select_related("document_type", "main_issuer")

    def clean_scope(self):
        return [line.strip() for line in self.cleaned_data["scope"].splitlines() if line.strip()]

    def clean(self):
        data = super().clean()
        acting = data.get("by_document") or data.get("other_text")
        if not acting and not data.get("reason") and "by_document" not in self.errors:
            self.add_error(
                "by_document",
                "Hãy chọn văn bản bãi bỏ, thay thế; nếu chưa có trong sổ, hãy ghi tên văn bản, hoặc lý do, căn cứ.",
            )
        if data.get("by_document") and data.get("other_text"):
            self.add_error("other_text", "Đã chọn văn bản trong sổ thì để trống ô này, hoặc bỏ chọn văn bản kia.")
        if not acting and len(data.get("reason") or "") + len(data.get("stated_in") or "") > LONGEST_REASON:
            self.add_error("reason", "Lý do và nơi ghi cộng lại dài quá; hãy viết gọn còn dưới 300 chữ cái.")
        day = data.get("effective_on")
        if day and self.document.issued_on and day < self.document.issued_on:
            self.add_error("effective_on", "Ngày hết hiệu lực không thể trước ngày ban hành; hãy kiểm tra lại ngày.")
        return data


class MarkForm(forms.Form):
    """On which site a document must stand, and why."""

    site = forms.ModelChoiceField(None, label="Trang", error_messages={"required": "Hãy chọn trang."})
    ground = forms.ChoiceField(label="Lý do", choices=SiteDocument.Ground.choices, widget=forms.RadioSelect)

    def __init__(self, *args, sites, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites


class UndoForm(forms.Form):
    """Why a recorded repeal is taken back."""

    reason = forms.CharField(
        label="Lý do thu hồi",
        max_length=300,
        error_messages={"required": "Hãy ghi lý do thu hồi việc ghi nhận bãi bỏ."},
    )
