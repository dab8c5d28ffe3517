"""Forms of the screens of appointments: parse what was typed; the actions of `appointments` decide."""

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory

from base.admin.action_views import say_at_once
from base.admin.typed_days import NOT_A_DATE, day
from base.files.upload_forms import ExaminedFileField, demand_storable
from base.models import OrganisationUnit, PortalSite

from . import appointments, decisions, persons
from .appointment_rights import APPOINTABLE
from .decisions import ENDING
from .models import Appointment, AppointmentDecision, User
from .roles import ROLES

SCANS = (".pdf", ".docx", ".odt")
NO_SCAN = "Bản chụp phải là tệp PDF, DOCX hoặc ODT; hãy chọn tệp khác."
MOST_ROWS = 40


class Sites(forms.ModelChoiceField):
    """The sites on which people are appointed."""

    def __init__(self, **kwargs):
        super().__init__(PortalSite.objects.filter(state__in=APPOINTABLE).order_by("kind", "name"), **kwargs)


class Units(forms.ModelChoiceField):
    """The units that have no site of their own."""

    def __init__(self, **kwargs):
        units = OrganisationUnit.objects.filter(valid_to=None, portal_site=None)
        super().__init__(units.exclude(kind=OrganisationUnit.Kind.EXTERNAL).order_by("name"), **kwargs)


class People(forms.ModelChoiceField):
    """The people with an account, superusers apart."""

    def __init__(self, **kwargs):
        super().__init__(User.objects.filter(is_superuser=False).order_by("full_name", "username"), **kwargs)

    def label_from_instance(self, person):
        post = f", {person.position}" if person.position else ""
        return f"{person.get_full_name()}{post} ({person.username})"


def role_choices():
    """The roles, each with where it may be held."""
    places = {"city": "thành phố", "ward": "phường, xã", "practice": "trang thực hành"}
    for role in ROLES.values():
        held_on = ", ".join(name for kind, name in places.items() if kind in role.on)
        yield role.key, f"{role.label} ({held_on}{', của một đơn vị' if role.of_unit else ''})"


class ScanField(ExaminedFileField):
    """The scan of a decision."""

    extensions = staticmethod(lambda: [name.removeprefix(".") for name in SCANS])
    unknown = staticmethod(lambda _extension: NO_SCAN)

    def __init__(self, **kwargs):
        super().__init__(
            label="Bản chụp quyết định",
            error_messages={
                "required": "Hãy chọn bản chụp quyết định.",
                "empty": "Tệp rỗng; hãy chọn lại tệp.",
                "invalid": "Hãy chọn lại tệp.",
            },
            **kwargs,
        )
        self.help_text = "PDF, DOCX hoặc ODT. Bản chụp chỉ mở được từ các màn hình phân công."


class WithScan:
    """Mixin for the forms that take a scan: which kinds, and scanned for viruses."""

    def clean_file(self):
        upload = self.cleaned_data["file"]
        if upload:
            if not upload.name.lower().endswith(SCANS):
                raise ValidationError(NO_SCAN)
            demand_storable(upload, by=self.by)
        return upload


class ScanForm(WithScan, forms.Form):
    """The scan of a decision that was recorded without one."""

    file = ScanField()

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by


class DecisionFields(WithScan, forms.Form):
    """What is written on a decision."""

    KINDS = tuple(AppointmentDecision.Kind.values)
    OF_DECISION = frozenset(
        {"number", "signed_on", "issuing_body", "title", "kind", "sent_to_department_on", "sent_by_letter"}
    )

    number = forms.CharField(
        label="Số, ký hiệu",
        max_length=300,
        help_text="Như in trên quyết định, ví dụ 12/QĐ-UBND.",
        error_messages={"required": "Hãy ghi số, ký hiệu của quyết định, ví dụ 12/QĐ-UBND."},
    )
    signed_on = day("Ngày ký")
    issuing_body = forms.CharField(
        label="Cơ quan ban hành", max_length=200, error_messages={"required": "Hãy ghi cơ quan ban hành quyết định."}
    )
    title = forms.CharField(
        label="Trích yếu", max_length=300, error_messages={"required": "Hãy ghi trích yếu của quyết định."}
    )
    kind = forms.ChoiceField(
        label="Loại quyết định",
        error_messages={"required": "Hãy chọn loại quyết định."},
    )
    file = ScanField(required=False)

    def __init__(self, *args, by=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.by = by
        kinds = dict(AppointmentDecision.Kind.choices)
        self.fields["kind"].choices = [(kind, kinds[kind]) for kind in self.KINDS]
        if len(self.KINDS) == 1:
            self.fields["kind"].widget = forms.HiddenInput()
            self.fields["kind"].initial = self.KINDS[0]

    def clean(self):
        data = super().clean()
        known = {name: value for name, value in data.items() if name in self.OF_DECISION and value}
        say_at_once(self, decisions.problems(**known))
        return data

    def decision(self) -> dict:
        """The arguments of `record_decision`."""
        names = ("number", "signed_on", "issuing_body", "title", "kind", "file")
        return {name: self.cleaned_data[name] for name in names}


class DecisionForm(DecisionFields):
    """A decision that appoints people, and whether it went to the department."""

    KINDS = ("appoint", "replace", "board")

    sent_to_department_on = day("Gửi Sở ngày", required=False)
    sent_by_letter = forms.CharField(label="Theo công văn số", max_length=120, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].help_text = "Chọn «Thay thế» khi cùng quyết định này chấm dứt cả phân công của người khác."

    def decision(self):
        names = ("sent_to_department_on", "sent_by_letter")
        return {**super().decision(), **{name: self.cleaned_data[name] for name in names}}


class PersonFields(forms.Form):
    """A person who has an account, or what a new account needs."""

    NEW = ("username", "full_name", "position", "email")

    person = People(label="Người đã có tài khoản", required=False, empty_label="— chưa có, lập tài khoản mới —")
    full_name = forms.CharField(label="Họ và tên (tài khoản mới)", max_length=150, required=False)
    position = forms.CharField(label="Chức vụ (tài khoản mới)", max_length=150, required=False)
    username = forms.CharField(
        label="Tên đăng nhập (tài khoản mới)",
        max_length=150,
        required=False,
        help_text="Chữ thường không dấu, số, dấu chấm; ví dụ van-thu.my-long.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    email = forms.EmailField(
        label="Thư điện tử công vụ (tài khoản mới)",
        required=False,
        error_messages={"invalid": "Hãy ghi thư điện tử công vụ đúng dạng, ví dụ van-phong@example.invalid."},
        help_text="Liên kết kích hoạt gửi đến đây khi phân công có hiệu lực.",
    )

    def clean(self):
        data = super().clean()
        typed = [name for name in self.NEW if data.get(name)]
        if data.get("person") and typed:
            self.add_error("person", "Chọn người đã có tài khoản, hoặc ghi tài khoản mới; không ghi cả hai.")
        elif not data.get("person") and "person" not in self.errors and not self.is_blank():
            for name, message in (
                ("full_name", "Hãy ghi họ và tên, hoặc chọn người đã có tài khoản."),
                ("username", "Hãy ghi tên đăng nhập của tài khoản mới."),
                ("email", "Hãy ghi thư điện tử công vụ của tài khoản mới."),
            ):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, message)
            asked = ("username", "full_name", "email")
            say_at_once(self, persons.problems(**{name: data.get(name) or "" for name in asked}))
        return data

    def is_blank(self) -> bool:
        """Whether nothing was filled in; only rows of a form of several may be."""
        return False

    def account(self) -> dict:
        """The arguments of `create_account`."""
        return {name: self.cleaned_data[name] for name in self.NEW}


class AppointmentRow(PersonFields):
    """What a decision says of one person."""

    role = forms.ChoiceField(label="Vai trò", required=False)
    site = Sites(label="Trên trang", required=False, empty_label="— chọn trang —")
    unit = Units(
        label="Của đơn vị",
        required=False,
        empty_label="— cả trang —",
        help_text="Chỉ với vai trò của phòng, ban, đoàn thể, trường: người đó chỉ làm việc của đơn vị này.",
    )
    valid_from = day("Từ ngày", required=False)
    valid_to = day("Đến hết ngày", required=False, help_text="Để trống khi quyết định không ghi thời hạn.")

    field_order = [
        "person",
        "full_name",
        "position",
        "username",
        "email",
        "role",
        "site",
        "unit",
        "valid_from",
        "valid_to",
    ]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", "— chọn vai trò —"), *role_choices()]
        self.fields["role"].error_messages["invalid_choice"] = "Hãy chọn một vai trò trong danh sách."

    def is_blank(self):
        return not self.has_changed()

    def clean(self):
        data = super().clean()
        if not self.is_blank():
            for name, message in (
                ("role", "Hãy chọn vai trò."),
                ("site", "Hãy chọn trang."),
                ("valid_from", NOT_A_DATE),
            ):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, message)
        return data

    def compare(self, signed_on) -> None:
        """Say at once what the action would say of this row, by a decision of a day (None: not known yet)."""
        if not self.is_blank():
            say_at_once(self, appointments.problems(**self.appointment(), signed_on=signed_on))

    def appointment(self) -> dict:
        """The arguments of `appoint`, the person apart."""
        return {name: self.cleaned_data.get(name) for name in ("role", "site", "unit", "valid_from", "valid_to")}


class RowsFormSet(BaseFormSet):
    """The rows of a decision; blank ones do not count."""

    def filled(self) -> list[AppointmentRow]:
        return [form for form in self.forms if not form.is_blank()]


Rows = formset_factory(AppointmentRow, formset=RowsFormSet, extra=1, max_num=MOST_ROWS, validate_max=True)


class ConfirmForm(forms.Form):
    compared = forms.BooleanField(
        label="Tôi đã đối chiếu người, vai trò, trang và thời gian với quyết định đã ký.",
        error_messages={"required": "Hãy đối chiếu với quyết định, đánh dấu rồi xác nhận lại."},
    )


class RevokeForm(DecisionFields):
    KINDS = tuple(sorted(ENDING))

    reason = forms.CharField(
        label="Lý do thu hồi",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Hãy ghi lý do thu hồi."},
    )


class EndForm(DecisionFields):
    KINDS = tuple(sorted(ENDING))

    last_day = day("Giữ vai trò đến hết ngày", help_text="Ngày đã qua: quyền chấm dứt ngay.")
    reason = forms.CharField(label="Lý do", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class ReplaceForm(PersonFields, DecisionFields):
    KINDS = ("replace",)

    valid_from = day("Người mới giữ vai trò từ ngày")
    valid_to = day("Đến hết ngày", required=False, help_text="Để trống khi quyết định không ghi thời hạn.")

    field_order = [
        "number",
        "signed_on",
        "issuing_body",
        "title",
        "kind",
        "file",
        "person",
        "full_name",
        "position",
        "username",
        "email",
        "valid_from",
        "valid_to",
    ]


class DelegateForm(PersonFields, DecisionFields):
    KINDS = ("delegate",)

    valid_from = day("Ủy quyền từ ngày")
    valid_to = day("Đến hết ngày")

    field_order = ReplaceForm.field_order


class SentForm(forms.Form):
    sent_to_department_on = day("Gửi Sở ngày")
    sent_by_letter = forms.CharField(
        label="Theo công văn số", max_length=120, error_messages={"required": "Hãy ghi số công văn gửi Sở."}
    )


class SendListForm(forms.Form):
    sent_on = day("Gửi Sở ngày")
    letter = forms.CharField(
        label="Theo công văn số", max_length=120, error_messages={"required": "Hãy ghi số công văn gửi Sở."}
    )
    with_decisions = forms.BooleanField(
        label="Các quyết định chưa ghi ngày gửi được gửi kèm công văn này", required=False, initial=True
    )


class AccountForm(forms.Form):
    """Name, post and official e-mail of a person."""

    full_name = forms.CharField(
        label="Họ và tên", max_length=150, error_messages={"required": "Hãy ghi họ và tên đúng như trong quyết định."}
    )
    position = forms.CharField(label="Chức vụ", max_length=150, required=False)
    email = forms.EmailField(
        label="Thư điện tử công vụ",
        error_messages={
            "required": "Hãy ghi thư điện tử công vụ.",
            "invalid": "Hãy ghi thư điện tử công vụ đúng dạng, ví dụ van-phong@example.invalid.",
        },
    )


class FilterForm(forms.Form):
    """Which appointments a list shows."""

    ENDING_SOON = "sap-het"

    q = forms.CharField(label="Tên người, số quyết định", max_length=100, required=False)
    site = forms.ModelChoiceField(PortalSite.objects.none(), label="Trang", required=False, empty_label="Tất cả")
    role = forms.ChoiceField(label="Vai trò", required=False)
    state = forms.ChoiceField(label="Tình trạng", required=False)

    def __init__(self, *args, sites, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites
        self.fields["role"].choices = [("", "Tất cả"), *((role.key, role.label) for role in ROLES.values())]
        self.fields["state"].choices = [
            ("", "Đang và chờ hiệu lực"),
            ("confirm", "Chờ xác nhận"),
            (self.ENDING_SOON, "Hết hạn trong 60 ngày"),
            *Appointment.State.choices,
            ("all", "Tất cả"),
        ]


class SpanForm(forms.Form):
    """A day, or a span of days."""

    first = day("Từ ngày")
    last = day("Đến ngày", required=False, help_text="Để trống: chỉ ngày đầu.")
    site = forms.ModelChoiceField(PortalSite.objects.none(), label="Trang", required=False, empty_label="Tất cả")
    role = forms.ChoiceField(label="Vai trò", required=False)

    def __init__(self, *args, sites, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites
        self.fields["role"].choices = [("", "Tất cả"), *((role.key, role.label) for role in ROLES.values())]

    def clean(self):
        data = super().clean()
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", "Ngày sau ở trước ngày đầu; hãy đổi lại.")
        return data
