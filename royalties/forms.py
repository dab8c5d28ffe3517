"""Forms of royalties: parse what was typed; the actions decide."""

from decimal import Decimal

from django import forms
from django.forms import BaseFormSet, formset_factory

from base.admin.decision_buttons import DecisionButtons
from base.admin.typed_days import day
from base.models import PortalSite
from vietnam.amounts import in_figures
from vietnam.text import fold

from .fields import MoneyField, NumberField, plain, shown
from .models import BaseSalary, Budget, Contributor, Royalty, Scale, ScaleLine, TaxRule

LINE_OF_OTHER_DAY = "Thể loại đã chọn thuộc biểu mức của ngày khác; hãy chọn lại trong các thể loại của ngày này."
NO_SCALE = "Không có biểu mức nào áp dụng cho ngày này; hãy kiểm tra ngày."


def reason(label: str, **more) -> forms.CharField:
    """Return a field for a reason of one or two sentences."""
    more = {"error_messages": {"required": "Hãy ghi lý do."}, **more}
    return forms.CharField(label=label, max_length=300, widget=forms.Textarea(attrs={"rows": 2}), **more)


# --- Items -----------------------------------------------------------------------------------------


class LineField(forms.ModelChoiceField):
    """The genres and tariffs of a scale, each with what it allows."""

    def label_from_instance(self, line):
        return f"{line.label} ({shown(line.least)} – {shown(line.most)}{f' một {line.unit}' if line.unit else ''})"


class ItemForm(forms.Form):
    """The numbers of an item, by the scale of its day."""

    line = LineField(label="Thể loại", queryset=ScaleLine.objects.none(), empty_label=None)
    value = NumberField(label="Hệ số hoặc mức tiền", help_text="Trong khoảng ghi cạnh thể loại.")
    quantity = NumberField(label="Số lượng", initial=1, help_text="Số trang, số trường; tin, bài và ảnh là 1.")
    portion = NumberField(
        label="Tỷ lệ của thể loại (%)", initial=100, help_text="100; bản dịch, bản đăng lại theo tỷ lệ của biểu mức."
    )
    extra = NumberField(label="Cộng thêm (%)", initial=0, help_text="Tổng các mức cộng thêm theo biểu mức.")
    reason = reason("Lý do điều chỉnh", help_text="Giữ cùng khoản này; Trưởng ban đọc được khi quyết định.")

    def __init__(self, *args, scale: Scale | None, **kwargs):
        super().__init__(*args, **kwargs)
        line = self.fields["line"]
        line.error_messages["invalid_choice"] = LINE_OF_OTHER_DAY if scale is not None else NO_SCALE
        if scale is not None:
            kinds = (ScaleLine.Kind.GENRE, ScaleLine.Kind.TARIFF)
            line.queryset = scale.lines.filter(kind__in=kinds)


class NewItemForm(ItemForm):
    """An item for what no publication shows; the genres are those of the scale of the day that was typed."""

    title = forms.CharField(label="Tên tin, bài, việc", max_length=300)
    site = forms.ModelChoiceField(
        label="Trang", queryset=PortalSite.objects.exclude(kind=PortalSite.Kind.PRACTICE), empty_label="— chọn trang —"
    )
    made_on = day(
        "Ngày hoàn thành",
        help_text="Thể loại theo biểu mức của ngày này; ngày thuộc biểu mức khác thì chọn lại thể loại khi được hỏi.",
    )

    field_order = ["title", "site", "made_on", "line", "value", "quantity", "portion", "extra", "reason"]


class ShareRow(forms.Form):
    """Who shares an item, and how much of it."""

    contributor = forms.ModelChoiceField(
        label="Người hưởng", queryset=Contributor.objects.all(), required=False, empty_label="— chọn người —"
    )
    part = NumberField(label="Phần (%)", required=False)

    def clean(self):
        data = super().clean()
        if data.get("contributor") and data.get("part") is None and "part" not in self.errors:
            self.add_error("part", "Hãy ghi phần của người này, ví dụ 50.")
        elif data.get("part") and not data.get("contributor") and "contributor" not in self.errors:
            self.add_error("contributor", "Hãy chọn người hưởng phần này.")
        return data


class ShareRows(BaseFormSet):
    """The shares of an item; rows without a person do not count."""

    def shares(self) -> list[tuple[Contributor, Decimal]]:
        """Return (contributor, part) of the rows that are filled in."""
        filled = [form.cleaned_data for form in self.forms if form.cleaned_data.get("contributor")]
        return [(row["contributor"], row["part"]) for row in filled]


Shares = formset_factory(ShareRow, formset=ShareRows, extra=3, max_num=12)


class ReasonForm(forms.Form):
    """Why an item is not paid, or is after all."""

    reason = reason("Lý do")


# --- Statements ------------------------------------------------------------------------------------


class SubmitForm(forms.Form):
    """Which items of a month stay for a later statement, and what the submitter remarks."""

    left_out = forms.MultipleChoiceField(
        label="Để lại kỳ sau",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Không chọn: trình tất cả.",
    )
    remark = forms.CharField(label="Ý kiến của người lập", required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args, items, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["left_out"].choices = [(str(item.pk), described(item)) for item in items]

    def keys_left_out(self) -> set[int]:
        """Return the keys of the items that stay."""
        return {int(key) for key in self.cleaned_data["left_out"]}


def described(item: Royalty) -> str:
    """Name an item with its day, amount and people: titles alone may be the same."""
    people = ", ".join(str(share.contributor) for share in item.shares.all()) or "chưa có người hưởng"
    return f"{item.title}: {item.made_on:%d/%m/%Y}, {in_figures(item.amount)} đồng, {people}"


class DecideStatementForm(forms.Form):
    """The head's decision of a statement: one press of a button."""

    note = forms.CharField(
        label="Ý kiến",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Bắt buộc khi trả lại, hoặc khi bảng kê vượt kinh phí.",
    )
    decision = forms.ChoiceField(
        label="Quyết định", widget=DecisionButtons, choices=[("decide", "Quyết định chi"), ("return", "Trả lại")]
    )


class PaymentForm(forms.Form):
    """When and by which voucher a statement was paid."""

    paid_on = day("Ngày chi")
    voucher = forms.CharField(
        label="Chứng từ chi", max_length=120, error_messages={"required": "Hãy ghi số chứng từ chi."}
    )


# --- Contributors ----------------------------------------------------------------------------------


class ContributorForm(forms.ModelForm):
    """What is known of a contributor; of one with an account the name is the account's."""

    class Meta:
        model = Contributor
        fields = (
            "byline",
            "organisation",
            "has_contract",
            "full_name",
            "phone",
            "address",
            "tax_code",
            "bank_account",
        )
        widgets = {
            name: forms.TextInput(attrs={"autocomplete": "off"})
            for name in ("full_name", "phone", "address", "tax_code", "bank_account")
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.user_id:
            del self.fields["full_name"]

    def _post_clean(self):
        # The action validates and stores.
        pass


# --- Tariffs ---------------------------------------------------------------------------------------


class TariffForm(forms.ModelForm):
    """A base salary, tax rule or budget from a day on."""

    valid_from = day("Áp dụng từ ngày")
    valid_to = day("Đến hết ngày", required=False, help_text="Để trống khi chưa biết.")

    def _post_clean(self):
        # The action validates and stores.
        pass


class SalaryForm(TariffForm):
    amount = MoneyField(label="Mức lương cơ sở (đồng/tháng)")

    class Meta:
        model = BaseSalary
        fields = ("amount", "valid_from", "valid_to", "legal_source")


class TaxForm(TariffForm):
    percent = NumberField(label="Tỷ lệ khấu trừ (%)")
    threshold = MoneyField(label="Từ mức chi mỗi lần (đồng)")

    class Meta:
        model = TaxRule
        fields = ("percent", "threshold", "valid_from", "valid_to", "legal_source")


class BudgetForm(TariffForm):
    amount = MoneyField(label="Kinh phí được giao (đồng)")

    class Meta:
        model = Budget
        fields = ("line", "amount", "valid_from", "valid_to", "legal_source")


LINES_HELP = (
    "Mỗi dòng: nhóm | mã | nội dung | đơn vị tính | thấp nhất | đề xuất | cao nhất. Nhóm: thể loại; tỷ lệ (bản dịch, "
    "đăng lại, % của thể loại); cộng thêm (%); tạo lập (đồng một đơn vị). Ví dụ: thể "
    "loại | tin | Tin | tin | 0,5 | 1 | 2"
)
GROUPS = {
    "the loai": ScaleLine.Kind.GENRE,
    "ty le": ScaleLine.Kind.PORTION,
    "cong them": ScaleLine.Kind.EXTRA,
    "tao lap": ScaleLine.Kind.TARIFF,
}
GROUP_WORDS = {
    ScaleLine.Kind.GENRE: "thể loại",
    ScaleLine.Kind.PORTION: "tỷ lệ",
    ScaleLine.Kind.EXTRA: "cộng thêm",
    ScaleLine.Kind.TARIFF: "tạo lập",
}


class ScaleForm(TariffForm):
    """A scale with its lines as a table of text, begun from the one that holds now."""

    lines = forms.CharField(
        label="Các dòng của biểu mức",
        help_text=LINES_HELP,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false"}),
        error_messages={"required": "Hãy ghi ít nhất một dòng."},
    )
    unit_percent = NumberField(
        label="Giá trị đơn vị hệ số (% lương cơ sở)", initial=10, help_text="Chỉ dùng khi tính theo hệ số."
    )

    class Meta:
        model = Scale
        fields = ("name", "way", "unit_percent", "valid_from", "valid_to", "legal_source")

    def clean_lines(self) -> list[dict]:
        found = []
        for place, text in enumerate(self.cleaned_data["lines"].splitlines(), 1):
            if text.strip():
                found.append(_line(place, [part.strip() for part in text.split("|")]))
        return found


def _line(place: int, parts: list[str]) -> dict:
    """Read one line of a scale; raises ValidationError that names it."""
    if len(parts) != 7:
        raise forms.ValidationError(f"Dòng {place}: cần 7 ô cách nhau bằng dấu |, đang có {len(parts)}.")
    group, code, label, unit, *numbers = parts
    if fold(group) not in GROUPS:
        raise forms.ValidationError(f"Dòng {place}: nhóm là thể loại, tỷ lệ, cộng thêm hoặc tạo lập.")
    try:
        least, usual, most = (Decimal(plain(text)) for text in numbers)
    except ArithmeticError:
        raise forms.ValidationError(f"Dòng {place}: ba ô cuối là số, ví dụ 0,5 hoặc 12.000.") from None
    if not 0 <= least <= usual <= most:
        raise forms.ValidationError(f"Dòng {place}: thấp nhất, đề xuất, cao nhất phải tăng dần.")
    return {
        "kind": GROUPS[fold(group)],
        "code": code,
        "label": label,
        "unit": unit,
        "least": least,
        "usual": usual,
        "most": most,
    }


def lines_as_text(scale: Scale) -> str:
    """Return the lines of a scale as they are typed."""
    return "\n".join(
        " | ".join(
            [
                GROUP_WORDS[line.kind],
                line.code,
                line.label,
                line.unit,
                *map(shown, (line.least, line.usual, line.most)),
            ]
        )
        for line in scale.lines.all()
    )


class DecideTariffForm(forms.Form):
    """The head's decision of a tariff."""

    note = forms.CharField(
        label="Ý kiến",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Bắt buộc khi không đồng ý.",
    )
    decision = forms.ChoiceField(
        label="Quyết định", widget=DecisionButtons, choices=[("yes", "Quyết định"), ("no", "Không đồng ý")]
    )
