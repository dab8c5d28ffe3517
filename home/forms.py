"""Forms of the screens of component sites: parse what was typed; `opening` decides."""

from django import forms

from base.admin.decision_buttons import DecisionButtons
from base.admin.typed_days import day
from base.models import PortalSite
from workflows.publishing.approval import CHECKED

from .opening import WARD_KINDS, NewWard, kind_in

State = PortalSite.State


def _act(label="Căn cứ (số, ký hiệu, ngày văn bản)"):
    return forms.CharField(
        label=label, max_length=300, error_messages={"required": "Hãy ghi số, ký hiệu của văn bản làm căn cứ."}
    )


class OpenWardForm(forms.Form):
    """A new component site."""

    name = forms.CharField(
        label="Tên đơn vị",
        max_length=200,
        help_text="Tên đầy đủ, ví dụ «Phường Mỹ Long».",
        error_messages={"required": "Hãy ghi tên đầy đủ của đơn vị, ví dụ «Phường Mỹ Long»."},
    )
    kind = forms.ChoiceField(label="Loại", choices=[(kind.value, kind.label) for kind in WARD_KINDS])
    slug = forms.CharField(
        label="Tên trong địa chỉ",
        max_length=80,
        help_text="Chữ thường không dấu, ví dụ «my-long».",
        error_messages={"required": "Hãy ghi tên trong địa chỉ, ví dụ «my-long»."},
    )
    host_label = forms.CharField(
        label="Tên miền con",
        max_length=63,
        help_text="Phần đứng trước tên miền của thành phố, ví dụ «mylong».",
        error_messages={"required": "Hãy ghi tên miền con, ví dụ «mylong»."},
    )
    name_en = forms.CharField(label="Tên tiếng Anh", max_length=200, required=False)
    gso_code = forms.CharField(label="Mã đơn vị hành chính", max_length=10, required=False)
    legal_act = _act()
    valid_from = day("Hoạt động từ ngày")
    address = forms.CharField(label="Địa chỉ trụ sở", max_length=255, required=False)
    phone = forms.CharField(label="Điện thoại", max_length=40, required=False)
    email = forms.EmailField(
        label="Thư điện tử chính thức",
        error_messages={
            "required": "Hãy ghi thư điện tử chính thức của đơn vị (bắt buộc ở mục liên hệ).",
            "invalid": "Địa chỉ thư điện tử chưa đúng; ví dụ đúng: van-phong@example.invalid.",
        },
    )
    responsible_person = forms.CharField(label="Người chịu trách nhiệm nội dung", max_length=120, required=False)
    reception_hours = forms.CharField(label="Giờ tiếp dân", max_length=200, required=False)


class MergeForm(forms.Form):
    """Sites that are taken in, and the one that follows them."""

    predecessors = forms.ModelMultipleChoiceField(
        PortalSite.objects.none(),
        label="Trang được sáp nhập",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Hãy chọn ít nhất một trang được sáp nhập."},
    )
    successor = forms.ModelChoiceField(
        PortalSite.objects.none(),
        label="Trang kế thừa",
        error_messages={"required": "Hãy chọn trang kế thừa."},
    )
    legal_act = _act()
    effective_on = day("Có hiệu lực từ ngày")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        wards = PortalSite.objects.filter(kind=PortalSite.Kind.WARD, state=State.OPEN)
        self.fields["predecessors"].queryset = wards
        self.fields["successor"].queryset = wards


class CloseForm(forms.Form):
    """A site that closes, and the one its readers are led to."""

    site = forms.ModelChoiceField(
        PortalSite.objects.none(), label="Trang cần đóng", error_messages={"required": "Hãy chọn trang cần đóng."}
    )
    successor = forms.ModelChoiceField(
        PortalSite.objects.none(),
        label="Dẫn người đọc đến trang",
        required=False,
        help_text="Để trống: trang cũ vẫn đọc được, có thông báo ở đầu trang.",
    )
    legal_act = _act()
    effective_on = day("Đóng từ ngày")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        wards = PortalSite.objects.filter(kind=PortalSite.Kind.WARD)
        self.fields["site"].queryset = wards.filter(state__in=[State.OPEN, State.FROZEN])
        self.fields["successor"].queryset = wards.filter(state=State.OPEN)


class PracticeForm(forms.Form):
    """Make the practice site, or empty it: what is removed does not come back, so that is ticked."""

    sure = forms.BooleanField(
        error_messages={"required": "Chưa xóa gì: hãy đánh dấu xác nhận rồi bấm lại."},
    )

    def __init__(self, *args, written: int | None, **kwargs):
        super().__init__(*args, **kwargs)
        if written is None:
            del self.fields["sure"]
        else:
            self.fields["sure"].label = f"Tôi muốn xóa hẳn {written} bài học viên đã viết; không khôi phục được."


class RenameForm(forms.Form):
    """Another name for a site and its unit."""

    site = forms.ModelChoiceField(
        PortalSite.objects.none(), label="Trang đổi tên", error_messages={"required": "Hãy chọn trang đổi tên."}
    )
    name = forms.CharField(
        label="Tên mới",
        max_length=200,
        help_text="Tên đầy đủ, ví dụ «Phường Mỹ Long». Địa chỉ của trang giữ nguyên.",
        error_messages={"required": "Hãy ghi tên mới đầy đủ, ví dụ «Phường Mỹ Long»."},
    )
    name_en = forms.CharField(label="Tên tiếng Anh", max_length=200, required=False)
    legal_act = _act()
    effective_on = day("Có hiệu lực từ ngày")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = PortalSite.objects.filter(kind=PortalSite.Kind.WARD, state=State.OPEN)


class CorrectDayForm(forms.Form):
    """The act and the day of a dossier whose sites are prepared already."""

    legal_act = _act()
    effective_on = day("Có hiệu lực từ ngày")


class _OfOneSite:
    """Mixin: the site of the dossier is not chosen again."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["site"]


class CorrectNameForm(_OfOneSite, RenameForm):
    """The new name of a dossier, with its act and day."""


class CorrectClosingForm(_OfOneSite, CloseForm):
    """Where readers of a closing site are led, with the act and the day."""


class SplitForm(forms.Form):
    """A site that is split, and the units that come out of it."""

    site = forms.ModelChoiceField(
        PortalSite.objects.none(), label="Trang chia, tách", error_messages={"required": "Hãy chọn trang chia, tách."}
    )
    wards = forms.CharField(
        label="Phường, xã mới",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Mỗi dòng: tên đầy đủ; thư điện tử chính thức. Ví dụ «Phường Mỹ Thạnh; my-thanh@example.invalid».",
        error_messages={"required": "Hãy ghi phường, xã mới, mỗi dòng một đơn vị."},
    )
    goes_on = forms.TypedChoiceField(
        label="Trang cũ",
        choices=[("yes", "Tiếp tục hoạt động (tách)"), ("no", "Ngừng cập nhật, đơn vị thứ nhất kế thừa (chia)")],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
        error_messages={"required": "Hãy chọn trang cũ tiếp tục hay ngừng."},
    )
    legal_act = _act()
    effective_on = day("Có hiệu lực từ ngày")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = PortalSite.objects.filter(kind=PortalSite.Kind.WARD, state=State.OPEN)

    def clean_wards(self) -> list[NewWard]:
        found = []
        for place, line in enumerate(filter(None, map(str.strip, self.cleaned_data["wards"].splitlines())), 1):
            name, _sign, email = (part.strip() for part in line.partition(";"))
            if " " not in name or "@" not in email:
                raise forms.ValidationError(
                    f"Dòng {place}: hãy ghi tên đầy đủ và thư điện tử, cách nhau bằng dấu chấm phẩy."
                )
            kind = kind_in(name)
            if kind is None:
                raise forms.ValidationError(f"Dòng {place}: tên đầy đủ bắt đầu bằng «Phường» hoặc «Xã».")
            found.append(NewWard(name, email, kind))
        return found


class SubmitOpeningForm(forms.Form):
    """Hand a dossier in, with the declaration of accuracy."""

    declaration = forms.BooleanField(
        label=f"Tôi cam kết nội dung hồ sơ và các trang trong hồ sơ chính xác (Điều 20.2 Quy chế). {CHECKED}",
        error_messages={"required": "Hãy đánh dấu cam kết rồi gửi lại."},
    )


class DecideOpeningForm(forms.Form):
    """Approve a dossier or return it."""

    decision = forms.ChoiceField(
        label="Quyết định",
        choices=[("approve", "Duyệt và thực hiện"), ("reject", "Trả lại")],
        widget=DecisionButtons,
        error_messages={"required": "Hãy chọn duyệt hoặc trả lại."},
    )
    reason = forms.CharField(label="Lý do (khi trả lại)", required=False, widget=forms.Textarea(attrs={"rows": 3}))


class SettingsForm(forms.Form):
    """Who approves on a site and how its authority is reached."""

    approval_mode = forms.ChoiceField(
        label="Ai duyệt bài",
        choices=PortalSite.Approval.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Hãy chọn ai duyệt bài trên trang này."},
    )
    address = forms.CharField(label="Địa chỉ", max_length=255, required=False)
    phone = forms.CharField(label="Điện thoại", max_length=40, required=False)
    fax = forms.CharField(label="Fax", max_length=40, required=False)
    email = forms.EmailField(
        label="Thư điện tử chính thức",
        required=False,
        error_messages={"invalid": "Địa chỉ thư điện tử chưa đúng; ví dụ đúng: van-phong@example.invalid."},
    )
    responsible_person = forms.CharField(label="Người chịu trách nhiệm nội dung", max_length=120, required=False)
    reception_hours = forms.CharField(label="Giờ tiếp dân", max_length=200, required=False)
