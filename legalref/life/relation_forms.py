"""The form of the relation editor: the relation and its direction as text, as seen from one document."""

from django import forms
from wagtail.admin.widgets import AdminDateInput
from wagtail.snippets.widgets import AdminSnippetChooser

from base.admin.decision_buttons import DecisionButtons
from base.admin.guarded_forms import RemovesRefusedChoices
from base.admin.typed_days import DAY_FIRST
from base.admin.viewsets import choosable

from ..models import LegalDocument
from .effect import AMENDS_TOO, RELATIONS

ACTS, ACTED_ON = "tac-dong", "bi-tac-dong"
UNREADABLE = "Không đọc được ngày; hãy ghi theo dạng ngày/tháng/năm, ví dụ 01/07/2026."
# The form field of each error of the action: the other document is its source or its target.
FIELD_OF = {"source": "other", "target": "other", "code": "relation"}


def ways() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the relations in both directions, grouped: [("Văn bản này …", [("tac-dong-12", "Thay thế"), …]), …].

    Code 13 is an older code of 10, read in imports and not offered.
    """
    kinds = [kind for kind in RELATIONS.values() if kind.code != AMENDS_TOO]
    return [
        ("Văn bản này tác động lên văn bản kia", [(f"{ACTS}-{kind.code}", str(kind.active)) for kind in kinds]),
        ("Văn bản kia tác động lên văn bản này", [(f"{ACTED_ON}-{kind.code}", str(kind.passive)) for kind in kinds]),
    ]


class RelationForm(RemovesRefusedChoices, forms.Form):
    """«Văn bản này — quan hệ — văn bản kia»; `as_relation` gives source, code and target."""

    relation = forms.ChoiceField(
        label="Quan hệ của văn bản này với văn bản kia",
        help_text="Đọc thành câu: văn bản này — quan hệ — văn bản kia.",
        error_messages={"required": "Hãy chọn quan hệ và chiều của nó."},
    )
    other = forms.ModelChoiceField(
        LegalDocument.objects.none(), label="Văn bản kia", required=False, help_text="Chọn trong sổ văn bản."
    )
    other_text = forms.CharField(
        label="Văn bản kia, khi chưa có trong sổ",
        max_length=300,
        required=False,
        help_text="Ghi rõ số, ngày, cơ quan; chỉ dùng khi văn bản kia tác động lên văn bản này.",
    )
    scope = forms.CharField(
        label="Chỉ một phần (các điều, khoản)",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Để trống khi toàn bộ; mỗi dòng một điều, khoản của văn bản bị tác động.",
    )
    effective_on = forms.DateField(
        label="Từ ngày",
        required=False,
        widget=AdminDateInput,
        input_formats=DAY_FIRST,
        help_text="Bắt buộc với quan hệ làm thay đổi hiệu lực.",
        error_messages={"invalid": UNREADABLE},
    )
    until = forms.DateField(
        label="Đến trước ngày",
        required=False,
        widget=AdminDateInput,
        input_formats=DAY_FIRST,
        help_text="Ngày văn bản có hiệu lực trở lại, khi đình chỉ hoặc tạm ngưng có thời hạn.",
        error_messages={"invalid": UNREADABLE},
    )
    stated_in = forms.CharField(
        label="Ghi tại", max_length=300, required=False, help_text="Ví dụ: khoản 2 Điều 90 Nghị định 224/2026/NĐ-CP."
    )
    is_verified = forms.BooleanField(label="Đã đối chiếu với bản gốc", required=False)

    def __init__(self, *args, document, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.document = document
        self.fields["relation"].choices = [("", "Hãy chọn"), *ways()]
        chosen = self.fields["other"]
        chosen.queryset = choosable(LegalDocument.objects.all(), user, "owner_site").select_related(
            "document_type", "main_issuer", "owner_site"
        )
        chosen.widget = AdminSnippetChooser(LegalDocument)
        chosen.error_messages["invalid_choice"] = (
            "Văn bản này không có trong sổ hoặc chưa được đăng ở trang khác; hãy chọn lại."
        )

    def clean_scope(self):
        return [line.strip() for line in self.cleaned_data["scope"].splitlines() if line.strip()]

    def clean(self):
        data = super().clean()
        if "other" in self.errors or not data.get("relation"):
            return data
        acts = data["relation"].startswith(f"{ACTS}-")
        if data.get("other") is None and acts:
            self.add_error("other", "Hãy chọn văn bản bị tác động trong sổ; nếu chưa có, hãy nhập văn bản đó trước.")
        elif data.get("other") is None and not data.get("other_text"):
            self.add_error("other", "Hãy chọn văn bản tác động; nếu chưa có trong sổ, hãy ghi rõ ở ô dưới.")
        elif data.get("other") is not None and data.get("other_text"):
            self.add_error("other_text", "Đã chọn văn bản trong sổ; hãy để trống ô này, hoặc bỏ văn bản đã chọn.")
        return data

    def as_relation(self) -> tuple[LegalDocument | None, int, LegalDocument]:
        """Return source, code and target of the valid form; the source is None when it is not in the register."""
        way, _dash, code = self.cleaned_data["relation"].rpartition("-")
        other = self.cleaned_data["other"]
        source, target = (self.document, other) if way == ACTS else (other, self.document)
        return source, int(code), target


class TakeBackForm(forms.Form):
    """Why a relation is taken back."""

    reason = forms.CharField(
        label="Lý do thu hồi", max_length=300, error_messages={"required": "Hãy ghi lý do thu hồi quan hệ này."}
    )


class AgreeForm(forms.Form):
    """The second person's decision about a relation that another has noted."""

    AGREE, REFUSE = "agree", "refuse"
    decision = forms.ChoiceField(
        label="Quyết định",
        widget=DecisionButtons,
        choices=[(AGREE, "Xác nhận: quan hệ đúng như đã ghi"), (REFUSE, "Không xác nhận: trả lại, kèm lý do")],
        error_messages={"required": "Hãy chọn xác nhận hoặc không xác nhận."},
    )
    reason = forms.CharField(label="Lý do (khi không xác nhận)", max_length=300, required=False)

    def __init__(self, *args, is_undo: bool = False, **kwargs):
        """`is_undo`: it is about taking back what readers see."""
        super().__init__(*args, **kwargs)
        if is_undo:
            self.fields["decision"].choices = [
                (self.AGREE, "Đồng ý thu hồi: người đọc không còn thấy quan hệ này"),
                (self.REFUSE, "Không đồng ý: quan hệ giữ nguyên, kèm lý do"),
            ]
            self.fields["reason"].label = "Lý do (khi không đồng ý)"

    def clean(self):
        data = super().clean()
        if data.get("decision") == self.REFUSE and not data.get("reason", "").strip():
            self.add_error("reason", "Hãy ghi lý do không xác nhận.")
        return data
