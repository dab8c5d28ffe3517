"""Forms of the screens of units and posts: parse what was typed; `acts` and `posts` decide."""

from django import forms
from wagtail.admin.widgets import AdminDateInput

from base.admin.typed_days import NOT_A_DATE
from base.models import OrganisationUnit, PostHolder
from workflows import deadlines

from .facts import FACTS, PLACE
from .posts import FIELDS
from .rights import OF_SITES

NO_ACT = "Hãy ghi số, ký hiệu, ngày của quyết định làm căn cứ."
KINDS = [("", "— chọn loại —")] + [(kind.value, kind.label) for kind in OrganisationUnit.Kind if kind not in OF_SITES]


class Units(forms.ModelChoiceField):
    """Units of today that have no site of their own."""

    def __init__(self, **options):
        super().__init__(OrganisationUnit.objects.none(), **options)

    def offer(self, *, without: OrganisationUnit | None = None, with_city: bool = False) -> None:
        """Take the units that there are now."""
        wards = [kind for kind in OF_SITES if not with_city or kind != OrganisationUnit.Kind.CITY]
        units = OrganisationUnit.objects.real().valid(deadlines.today()).exclude(kind__in=wards)
        self.queryset = units.exclude(pk=without.pk if without else None).order_by("name")


class ActForm(forms.Form):
    """The decision that every change of a unit rests on."""

    legal_act = forms.CharField(
        label="Căn cứ (số, ký hiệu, ngày quyết định)", max_length=200, error_messages={"required": NO_ACT}
    )
    effective_on = forms.DateField(
        label="Có hiệu lực từ ngày",
        widget=AdminDateInput,
        error_messages={"required": NOT_A_DATE, "invalid": NOT_A_DATE},
    )


class FoundForm(ActForm):
    """A new unit."""

    name = forms.CharField(
        label="Tên đơn vị",
        max_length=200,
        help_text="Tên gọi thường ngày, ví dụ «Phòng Nội vụ».",
        error_messages={"required": "Hãy ghi tên đơn vị, ví dụ «Phòng Nội vụ»."},
    )
    kind = forms.ChoiceField(
        label="Loại", choices=KINDS, error_messages={"required": "Chưa chọn loại đơn vị; hãy chọn một loại."}
    )
    parent = Units(label="Trực thuộc", required=False, empty_label="Thành phố")
    authority_name = forms.CharField(
        label="Tên đầy đủ", max_length=200, required=False, help_text="Để trống: tên đơn vị kèm tên thành phố."
    )
    name_en = forms.CharField(label="Tên tiếng Anh", max_length=200, required=False)
    symbol = forms.CharField(label="Ký hiệu văn bản", max_length=20, required=False)
    duties = forms.CharField(
        label="Chức năng, nhiệm vụ", required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )
    phone = forms.CharField(label="Điện thoại", max_length=40, required=False)
    email = forms.EmailField(
        label="Thư điện tử chính thức",
        required=False,
        error_messages={"invalid": "Địa chỉ thư điện tử chưa đúng; ví dụ đúng: noi-vu@example.invalid."},
    )
    field_order = ["name", "kind", "legal_act", "effective_on"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["parent"].offer()


class RenameForm(ActForm):
    """Another name for a unit."""

    name = forms.CharField(label="Tên mới", max_length=200, error_messages={"required": "Hãy ghi tên mới của đơn vị."})
    authority_name = forms.CharField(
        label="Tên đầy đủ", max_length=200, required=False, help_text="Để trống: tên mới kèm tên thành phố."
    )
    short_name = forms.CharField(label="Tên ngắn", max_length=80, required=False)
    name_en = forms.CharField(label="Tên tiếng Anh", max_length=200, required=False)
    field_order = ["name", "legal_act", "effective_on"]


class MergeUnitsForm(ActForm):
    """Units that are taken in, and the one that follows them."""

    units = forms.ModelMultipleChoiceField(
        OrganisationUnit.objects.none(),
        label="Đơn vị được sáp nhập, hợp nhất",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Hãy chọn đơn vị được sáp nhập."},
    )
    into = Units(label="Sáp nhập vào đơn vị", required=False, empty_label="(hợp nhất thành đơn vị mới)")
    new_name = forms.CharField(label="Hoặc tên đơn vị mới", max_length=200, required=False)
    field_order = ["units", "into", "new_name", "legal_act", "effective_on"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["into"].offer()
        self.fields["units"].queryset = self.fields["into"].queryset


class SplitUnitForm(ActForm):
    """New units out of one."""

    names = forms.CharField(
        label="Tên các đơn vị mới",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        help_text="Mỗi dòng một tên.",
        error_messages={"required": "Hãy ghi tên các đơn vị mới, mỗi dòng một tên."},
    )
    goes_on = forms.TypedChoiceField(
        label="Đơn vị cũ",
        choices=[("yes", "Tiếp tục hoạt động (tách)"), ("no", "Chấm dứt hoạt động (chia)")],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
        error_messages={"required": "Hãy chọn đơn vị cũ tiếp tục hay chấm dứt hoạt động."},
    )
    field_order = ["names", "goes_on", "legal_act", "effective_on"]

    def clean_names(self):
        return self.cleaned_data["names"].splitlines()


class EndUnitForm(ActForm):
    """The end of a unit, and who takes over what it had to do."""

    successor = Units(label="Đơn vị tiếp nhận việc", required=False, empty_label="Thành phố")

    def __init__(self, *args, unit=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["successor"].offer(without=unit)


class FactsForm(forms.ModelForm):
    """How a unit is reached and what it does; its name changes by a decision."""

    website = forms.URLField(label="Trang thông tin", required=False, assume_scheme="https")

    class Meta:
        model = OrganisationUnit
        fields = FACTS
        widgets = {"duties": forms.Textarea(attrs={"rows": 4})}

    def _post_clean(self):
        """Leave the instance alone: the action changes it and says what is wrong."""


class FullFactsForm(FactsForm):
    """The same for who keeps all units: its place, symbol and order as well."""

    class Meta(FactsForm.Meta):
        fields = (*FACTS, *PLACE)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        units = OrganisationUnit.objects.real().valid(deadlines.today()).exclude(pk=self.instance.pk)
        self.fields["parent"].queryset = units.order_by("name")


class HolderForm(forms.ModelForm):
    """A person in a post."""

    class Meta:
        model = PostHolder
        fields = FIELDS
        widgets = {
            "valid_from": AdminDateInput,
            "valid_to": AdminDateInput,
            "duties": forms.Textarea(attrs={"rows": 3}),
            "biography": forms.Textarea(attrs={"rows": 3}),
        }
        labels = {"valid_from": "Nhận chức vụ từ ngày", "valid_to": "Giữ chức vụ đến hết ngày"}
        help_texts = {"valid_to": "Để trống khi chưa có ngày thôi giữ chức vụ."}
        error_messages = {
            "name": {"required": "Hãy ghi họ và tên."},
            "post": {"required": "Hãy ghi chức vụ, ví dụ «Trưởng phòng»."},
            "valid_from": {"invalid": NOT_A_DATE},
            "valid_to": {"invalid": NOT_A_DATE},
            "email": {"invalid": "Địa chỉ thư điện tử chưa đúng; ví dụ đúng: noi-vu@example.invalid."},
        }

    def _post_clean(self):
        """Leave the instance alone: the action builds it and says what is wrong."""


class EndTermForm(forms.Form):
    """The last day of a person in a post."""

    last_day = forms.DateField(
        label="Giữ chức vụ đến hết ngày",
        widget=AdminDateInput,
        error_messages={"required": NOT_A_DATE, "invalid": NOT_A_DATE},
    )
