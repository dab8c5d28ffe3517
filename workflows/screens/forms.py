"""Forms of the admin's own screens: parse what was typed, name the field and the fix; the actions decide."""

from django import forms
from wagtail.admin.widgets import AdminDateInput, AdminPageChooser
from wagtail.documents.widgets import AdminDocumentChooser
from wagtail.models import Page

from accounts.roles import works_on
from base.admin.decision_buttons import DecisionButtons
from base.admin.place_views import OwnPlaces
from base.authority import unreachable
from base.files.alt_texts import MISSING
from base.files.checks.common import extension_of
from base.files.serving import not_of_this_kind, same_kinds
from base.files.upload_forms import ExaminedFileField, ExaminedImageField, demand_storable
from base.models import PortalFile, PortalImage
from base.sites import site_of
from vietnam.dates import format_short

from ..deadlines import late_reasons
from ..drafts.previews import DEFAULT_DAYS, MOST_DAYS
from ..models import TakeDown
from ..publishing import file_changes
from ..publishing.approval import WHOLE_DECLARATION
from ..publishing.takedown import AT_ONCE_GROUNDS


def late_reason_field(late, *, required: bool = True) -> forms.CharField:
    """The question why something comes after its last day; `late`: its deadlines that have passed, some."""
    return forms.CharField(
        label="Vì sao đăng sau hạn",
        max_length=late_reasons.LONGEST,
        required=required,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=f"Hạn đăng đã qua: {late_reasons.described(late)}. Lý do đứng trong bảng thời hạn đăng và báo cáo "
        f"kết quả đúng hạn.{'' if required else ' Có thể duyệt ngay và ghi lý do sau.'}",
        error_messages={"required": late_reasons.NO_REASON},
    )


class SubmitForm(forms.Form):
    """Submission with the declaration; the standing office also names an outside contributor.

    One tick stands for both sentences: that the content is accurate, and that it was checked. `approval.submit` records
    both (`Declaration.text`, `personal_data_checked`).
    """

    declaration = forms.BooleanField(
        label=WHOLE_DECLARATION,
        error_messages={"required": "Hãy đọc rồi đánh dấu lời cam kết và xác nhận đã kiểm tra, rồi gửi lại."},
    )

    contribution_fields = ("contributor_name", "organisation", "contact", "received_on", "declaration_file")

    def __init__(self, *args, may_enter_contributions=False, has_warnings=False, late=(), has_source=False, **kwargs):
        super().__init__(*args, **kwargs)
        if has_source:
            follows = forms.BooleanField(
                label="Bản dịch theo đúng trang tiếng Việt đang đăng",
                required=False,
                help_text="Chỉ đánh dấu khi đã đối chiếu: khi đăng, bản dịch không còn bị đánh dấu là cũ. Không đánh "
                "dấu thì bản dịch vẫn theo bản tiếng Việt trước đó.",
            )
            self.fields = {"follows_source": follows, **self.fields}
        if late:
            self.fields = {"late_reason": late_reason_field(late), **self.fields}
        if has_warnings:
            remark = forms.CharField(
                label="Vì sao vẫn gửi duyệt",
                widget=forms.Textarea(attrs={"rows": 3}),
                help_text="Trả lời từng điều ở «Nên xem lại»; người duyệt đọc ý kiến này.",
                error_messages={"required": "Có điều cần xem lại; hãy ghi vì sao vẫn gửi duyệt, hoặc sửa rồi gửi."},
            )
            self.fields = {"remark": remark, **self.fields}
        if may_enter_contributions:
            self.fields |= {
                "contributor_name": forms.CharField(
                    label="Người cung cấp (nếu bài do người ngoài gửi)", max_length=150, required=False
                ),
                "organisation": forms.CharField(label="Tổ chức của người cung cấp", max_length=200, required=False),
                "contact": forms.CharField(label="Liên hệ (chỉ dùng nội bộ)", max_length=200, required=False),
                "received_on": forms.DateField(label="Ngày nhận", required=False, widget=AdminDateInput),
                "declaration_file": forms.ModelChoiceField(
                    PortalFile.objects.all(),
                    label="Bản cam kết của người cung cấp",
                    required=False,
                    widget=AdminDocumentChooser,
                ),
            }

    def clean(self):
        data = super().clean()
        if data.get("contributor_name"):
            if not data.get("received_on"):
                self.add_error("received_on", "Hãy nhập ngày nhận bài của người cung cấp.")
            if not data.get("declaration_file"):
                self.add_error("declaration_file", "Hãy chọn tệp bản cam kết của người cung cấp (Điều 20.2).")
        return data

    def contribution(self) -> dict | None:
        """What was entered of an outside contributor, or None."""
        if not self.cleaned_data.get("contributor_name"):
            return None
        return {name: self.cleaned_data[name] for name in self.contribution_fields}


class StartTranslationForm(forms.Form):
    """The title of a translation that begins; its address is made from it."""

    title = forms.CharField(
        label="Tiêu đề tiếng Anh",
        max_length=255,
        help_text="Địa chỉ của bản dịch lấy từ tiêu đề này.",
        error_messages={"required": "Hãy ghi tiêu đề bằng tiếng Anh."},
    )


class ReviewForm(forms.Form):
    """Approve, or return with a reason."""

    decision = forms.ChoiceField(
        label="Quyết định",
        widget=DecisionButtons,
        choices=[("approve", "Duyệt và đăng"), ("return", "Trả lại")],
        error_messages={"required": "Hãy chọn duyệt hoặc trả lại."},
    )
    comment = forms.CharField(
        label="Lý do trả lại, hoặc ý kiến", widget=forms.Textarea(attrs={"rows": 2}), required=False
    )

    def __init__(self, *args, late=(), **kwargs):
        super().__init__(*args, **kwargs)
        if late:
            self.fields["late_reason"] = late_reason_field(late, required=False)


class ScheduleForm(forms.Form):
    """Keep a schedule whose approver's appointment has ended, or cancel it."""

    decision = forms.ChoiceField(
        label="Quyết định",
        widget=DecisionButtons,
        choices=[("keep", "Giữ lịch, đăng đúng giờ"), ("cancel", "Hủy lịch, trở lại bản nháp")],
        error_messages={"required": "Hãy chọn giữ lịch hoặc hủy lịch."},
    )


class PreviewLinkForm(forms.Form):
    """For whom a preview link is, why, and for how long."""

    recipient = forms.CharField(
        label="Gửi cho",
        max_length=200,
        help_text="Cơ quan, đơn vị, chức danh người nhận; không ghi số điện thoại hay thư điện tử.",
        error_messages={"required": "Hãy ghi gửi cho ai: cơ quan, đơn vị hoặc chức danh."},
    )
    reason = forms.CharField(
        label="Lý do",
        max_length=300,
        help_text="Ví dụ: xin ý kiến chuyên môn trước khi gửi duyệt.",
        error_messages={"required": "Hãy ghi lý do cần người ngoài xem bản nháp."},
    )
    days = forms.IntegerField(
        label="Số ngày có hiệu lực",
        initial=DEFAULT_DAYS,
        min_value=1,
        max_value=MOST_DAYS,
        help_text=f"Thường là {DEFAULT_DAYS} ngày, nhiều nhất {MOST_DAYS} ngày.",
        error_messages={
            "required": "Hãy nhập số ngày có hiệu lực.",
            "invalid": "Số ngày phải là số nguyên; hãy nhập lại.",
            "min_value": f"Liên kết có thời hạn từ 1 đến {MOST_DAYS} ngày; hãy nhập số ngày trong khoảng đó.",
            "max_value": f"Liên kết có thời hạn từ 1 đến {MOST_DAYS} ngày; hãy nhập số ngày trong khoảng đó.",
        },
    )


class StartForm(forms.Form):
    """The title of a page that starts from a template."""

    title = forms.CharField(
        label="Tiêu đề của trang mới",
        max_length=255,
        help_text="Địa chỉ của trang được làm từ tiêu đề này.",
        error_messages={"required": "Hãy ghi tiêu đề của trang mới."},
    )


class SaveTemplateForm(forms.Form):
    """What a new template is called, when to use it, and for whom it is."""

    name = forms.CharField(
        label="Tên mẫu", max_length=120, error_messages={"required": "Hãy đặt tên mẫu, ví dụ «Thông báo lịch họp»."}
    )
    description = forms.CharField(label="Dùng khi nào", max_length=300, required=False)
    for_all_sites = forms.BooleanField(label="Dùng cho mọi trang, không riêng trang này", required=False)

    def __init__(self, *args, may_for_all=False, **kwargs):
        super().__init__(*args, **kwargs)
        if not may_for_all:
            del self.fields["for_all_sites"]


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label="Lý do", widget=forms.Textarea(attrs={"rows": 4}), error_messages={"required": "Hãy ghi lý do."}
    )


class EmergencyRemoveForm(ReasonForm):
    """What readers are told, and why the head could not wait, which the office keeps."""

    field_order = ("ground", "reason")

    ground = forms.ChoiceField(
        label="Điều gì đã xảy ra?",
        widget=forms.RadioSelect,
        choices=[choice for choice in TakeDown.Ground.choices if choice[0] in AT_ONCE_GROUNDS],
        help_text="Người đọc thấy điều này ở địa chỉ cũ. Khi lộ dữ liệu cá nhân, tiêu đề cũng không hiện nữa.",
        error_messages={"required": "Hãy chọn điều đã xảy ra."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = "Chỉ người trong cơ quan đọc; người thứ hai xem lại theo lý do này."


class ReviewedForm(forms.Form):
    """A page was read through and needs no change."""

    note = forms.CharField(
        label="Đã đối chiếu với gì",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Ví dụ: danh sách lãnh đạo theo quyết định mới nhất. Chỉ người trong cơ quan đọc ghi chú này.",
        error_messages={"required": "Hãy ghi đã đối chiếu với gì."},
    )


class ReviewDayForm(forms.Form):
    """Another day for the next review, or none of its own."""

    day = forms.DateField(
        label="Rà soát trước hết ngày",
        required=False,
        widget=AdminDateInput,
        help_text="Một ngày làm việc trong vòng một năm. Để trống: theo quy tắc của loại trang.",
    )


class ProposeForm(forms.Form):
    """What happened? The answer picks the behaviour."""

    ground = forms.ChoiceField(
        label="Điều gì đã xảy ra?",
        widget=forms.RadioSelect,
        choices=[choice for choice in TakeDown.Ground.choices if choice[0] != TakeDown.Ground.EXPIRED],
        error_messages={"required": "Hãy chọn điều đã xảy ra."},
    )
    explanation = forms.CharField(
        label="Giải thích cho người đọc",
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text="Hiện trên trang báo đã gỡ; nếu trang được giữ lại kèm ghi chú thì đứng trên đầu trang. Không nêu dữ "
        "liệu cá nhân.",
    )
    replacement_label = forms.CharField(label="Nội dung hoặc văn bản thay thế", max_length=300, required=False)
    replacement_url = forms.CharField(
        label="Địa chỉ thay thế",
        max_length=500,
        required=False,
        help_text="Bắt buộc khi nội dung đã được thay thế hoặc gộp. Ví dụ: /van-ban/quyet-dinh-01-2020-…/",
    )
    internal_note = forms.CharField(label="Ghi chú nội bộ", widget=forms.Textarea(attrs={"rows": 2}), required=False)

    def clean_replacement_url(self):
        address = self.cleaned_data["replacement_url"].strip()
        if address and not address.startswith(("/", "https://", "http://")):
            raise forms.ValidationError("Địa chỉ phải bắt đầu bằng «/» hoặc «https://»; hãy chép lại từ thanh địa chỉ.")
        if address.startswith("//"):
            raise forms.ValidationError("Địa chỉ không được bắt đầu bằng «//».")
        return address


class DecideForm(forms.Form):
    """The decision of the second person."""

    decision = forms.ChoiceField(
        label="Quyết định",
        widget=DecisionButtons,
        choices=TakeDown.Decision.choices,
        error_messages={"required": "Hãy chọn gỡ bỏ, giữ lại hoặc yêu cầu chỉnh sửa."},
    )
    behaviour = forms.ChoiceField(
        label="Cách xử lý khi gỡ",
        required=False,
        choices=[choice for choice in TakeDown.Behaviour.choices if choice[0] != TakeDown.Behaviour.NOTICE],
    )
    comment = forms.CharField(
        label="Ghi chú",
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        help_text="Bắt buộc khi giữ lại (lý do) và khi yêu cầu chỉnh sửa (điều cần sửa); người đọc không thấy. Khi giữ "
        "lại, lời giải thích của đề nghị đứng trên đầu trang.",
    )


class SecondLookForm(forms.Form):
    accepted = forms.TypedChoiceField(
        label="Kết luận",
        widget=DecisionButtons,
        coerce=lambda value: value == "yes",
        choices=[("yes", "Đồng ý với việc đã làm"), ("no", "Không đồng ý")],
        error_messages={"required": "Hãy chọn kết luận."},
    )
    note = forms.CharField(
        label="Ý kiến (bắt buộc khi không đồng ý)", widget=forms.Textarea(attrs={"rows": 4}), required=False
    )


class MoveForm(OwnPlaces, forms.Form):
    """Where a page shall stand: a page of one's own sites, so that another's number is answered like none."""

    place = "target"

    target = forms.ModelChoiceField(
        Page.objects.all(),
        label="Chuyển đến mục",
        widget=AdminPageChooser,
        error_messages={"required": "Hãy chọn mục mới."},
    )
    reason = forms.CharField(
        label="Lý do",
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
        help_text="Bắt buộc với trang đã đăng.",
    )

    def __init__(self, *args, by, **kwargs):
        self.user = by
        super().__init__(*args, **kwargs)

    def clean_target(self):
        target = self.cleaned_data["target"]
        if not works_on(self.user, site_of(target)):
            raise forms.ValidationError(unreachable(Page, target.pk), code="invalid_choice")
        return target


class FileChangeForm(forms.Form):
    """What shall change about a picture or file that readers see; new content is looked into like any upload."""

    title = forms.CharField(
        label="Tên",
        max_length=255,
        error_messages={"required": "Hãy ghi tên tệp."},
        help_text="Người đọc thấy tên này khi tải tệp về.",
    )
    reason = forms.CharField(
        label="Lý do thay",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Hãy ghi lý do thay tệp."},
    )

    def __init__(self, *args, item, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial = file_changes.texts_of(item) | self.initial
        self.item, self.by = item, by
        is_image = isinstance(item, PortalImage)
        reason = self.fields.pop("reason")
        if is_image:
            self.fields["description"] = forms.CharField(
                label="Mô tả (văn bản thay thế)",
                max_length=255,
                error_messages={"required": MISSING},
                help_text="Bắt buộc: người không thấy ảnh sẽ nghe câu này.",
            )
            self.fields["photographer"] = forms.CharField(label="Người chụp", max_length=120, required=False)
            self.fields["source"] = forms.CharField(label="Nguồn ảnh", max_length=200, required=False)
            self.fields["licence"] = forms.ChoiceField(
                label="Quyền sử dụng",
                choices=[("", "— chưa ghi —"), *PortalImage.Licence.choices],
                required=False,
            )
        content = (ExaminedImageField if is_image else ExaminedFileField)(label="Tệp mới", required=False)
        content.help_text = "Bỏ trống nếu chỉ sửa chữ. Tệp mới phải cùng loại và giữ nguyên địa chỉ cũ."
        extension = extension_of(item.address_name)
        content.widget.attrs |= {
            "data-portal-extensions": " ".join(same_kinds(extension)),
            "data-portal-refused": not_of_this_kind(extension),
        }
        self.fields["content"] = content
        self.fields["reason"] = reason

    def clean_content(self):
        content = self.cleaned_data["content"]
        if content:
            demand_storable(content, by=self.by, site=self.item.owner_site)
        return content or None


class DecideFileChangeForm(SecondLookForm):
    """The decision of the second person, on exactly what they were shown."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["accepted"].choices = [("yes", "Đồng ý thay tệp"), ("no", "Không đồng ý")]


class DecideRecordChangeForm(SecondLookForm):
    """The decision of the second person about a shared record, on exactly what they were shown."""

    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args, first_day=None, is_free=True, **kwargs):
        super().__init__(*args, **kwargs)
        seen = f"từ ngày {format_short(first_day)}" if first_day else "ngay"
        choices = [("yes", f"Xác nhận: người đọc thấy {seen}"), ("no", "Không đồng ý")]
        # In a dossier it is confirmed with the whole.
        self.fields["accepted"].choices = choices if is_free else choices[1:]
