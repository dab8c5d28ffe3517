"""Forms of alerts and of days of mourning: parse what was typed; the actions decide."""

from datetime import timedelta

from django import forms
from django.utils import timezone
from wagtail.admin.widgets import AdminDateInput, AdminDateTimeInput

from base.admin.typed_days import NOT_A_DATE

from .contents import NO_END, TEXTS, Content
from .models import Alert, Mourning

EVERYWHERE = "moi-trang"
USUAL_HOURS = 12
MOMENT = "%d/%m/%Y %H:%M"
DAYS = ("decided_on", "first_day", "last_day")
NOT_A_MOMENT = "Hãy nhập theo dạng ngày/tháng/năm giờ:phút, ví dụ 30/11/2026 18:00."


def _moment(label: str, **more) -> forms.DateTimeField:
    messages = {"required": NO_END, "invalid": NOT_A_MOMENT}
    return forms.DateTimeField(label=label, widget=AdminDateTimeInput(format=MOMENT), error_messages=messages, **more)


def _text(name: str, *, rows: int = 0, **more):
    field = Alert._meta.get_field(name)
    most, label = field.max_length, str(field.verbose_name)
    return forms.CharField(
        label=label[:1].upper() + label[1:],
        max_length=most,
        required=more.pop("required", False),
        widget=forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput(),
        error_messages={"max_length": f"Dài quá {most} ký tự; hãy rút ngắn."} | more.pop("messages", {}),
        **more,
    )


class AlertForm(forms.Form):
    """An alert as it is written; what is rarely needed stands last, so that a telephone shows the rest first.

    `sites`: those that the person may choose; of a single one nothing is asked.
    """

    level = forms.ChoiceField(
        label="Mức độ",
        widget=forms.RadioSelect,
        choices=Alert.Level.choices,
        error_messages={"required": "Hãy chọn mức độ của cảnh báo."},
    )
    title = _text(
        "title",
        required=True,
        help_text="Việc gì, ở đâu; ví dụ «Ngập đường ven sông Mỹ Long».",
        messages={"required": "Hãy ghi tiêu đề: việc gì, ở đâu."},
    )
    text = _text("text", rows=3, help_text="Người dân làm gì; nhiều nhất 400 ký tự.")
    sites = forms.MultipleChoiceField(
        label="Hiện ở",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Hãy chọn những trang hiện cảnh báo."},
    )
    ends_at = _moment("Hiện đến", help_text="Sau lúc này cảnh báo tự ẩn ở mọi nơi.")
    reason = forms.CharField(
        label="Lý do",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Chỉ người trong cơ quan đọc; người thứ hai xem lại theo lý do này.",
        error_messages={"required": "Hãy ghi lý do."},
    )
    starts_at = _moment("Hiện từ", required=False, help_text="Để trống: hiện ngay.")
    url = _text("url", help_text="Trang nói rõ hơn: bắt đầu bằng https://, hoặc / khi là trang của cổng.")
    title_en = _text("title_en", help_text="Hiện trên trang tiếng Anh; để trống thì hiện tiếng Việt kèm ghi chú.")
    text_en = _text("text_en", rows=3)

    def __init__(self, *args, sites=(), is_for_all=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.only = sites[0] if len(sites) == 1 and not is_for_all else None
        if self.only is not None:
            del self.fields["sites"]
        else:
            all_of_them = [(EVERYWHERE, "Mọi trang: thành phố và tất cả phường, xã")] if is_for_all else []
            self.fields["sites"].choices = all_of_them + [(str(site.pk), site.name) for site in sites]
        for name in ("starts_at", "ends_at"):
            self.fields[name].input_formats = [MOMENT, "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]

    @property
    def content(self) -> Content:
        """What was typed, of a form that is valid."""
        data = self.cleaned_data
        chosen = [str(self.only.pk)] if self.only is not None else data["sites"]
        everywhere = EVERYWHERE in chosen
        return Content(
            level=data["level"],
            starts_at=data["starts_at"],
            ends_at=data["ends_at"],
            everywhere=everywhere,
            sites=() if everywhere else tuple(int(key) for key in chosen),
            **{name: data[name] for name in TEXTS},
        ).tidied()


def usual() -> dict:
    """Return what a new alert begins with: its end."""
    return {"ends_at": timezone.localtime() + timedelta(hours=USUAL_HOURS)}


def initial_of(content: Content) -> dict:
    """Return what the form of an alert begins with."""
    sites = [EVERYWHERE] if content.everywhere else [str(key) for key in content.sites]
    names = ("level", "starts_at", "ends_at", *TEXTS)
    return {**{name: getattr(content, name) for name in names}, "sites": sites}


class EndAlertForm(forms.Form):
    """Why an alert ends before its end."""

    reason = forms.CharField(
        label="Lý do dừng",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Chỉ người trong cơ quan đọc; ví dụ «Nước đã rút».",
        error_messages={"required": "Hãy ghi lý do dừng cảnh báo, ví dụ «Nước đã rút»."},
    )


class MourningForm(forms.ModelForm):
    """Days of mourning, by a decision."""

    class Meta:
        model = Mourning
        fields = ("decision_number", "decided_on", "about", "first_day", "last_day", "called_off")
        widgets = dict.fromkeys(DAYS, AdminDateInput)
        error_messages = {
            "decision_number": {"required": "Hãy ghi số, ký hiệu của quyết định hoặc thông báo."},
            "about": {"required": "Hãy ghi quyết định về việc gì."},
            **dict.fromkeys(DAYS, dict.fromkeys(("required", "invalid"), NOT_A_DATE)),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            del self.fields["called_off"]
