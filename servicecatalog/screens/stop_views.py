"""The screen on which the technical administrator says that the whole portal will be stopped."""

from django import forms
from django.urls import reverse
from wagtail.admin.widgets import AdminDateTimeInput

from accounts.roles import ADMINISTER
from accounts.screen_access import holding
from base.admin.action_views import ActionView
from workflows.deadlines import late_reasons

from ..catalogue import planned_stops
from ..models import ServiceOutagePage

MOMENT = "%d/%m/%Y %H:%M"
NOT_A_MOMENT = "Hãy nhập theo dạng ngày/tháng/năm giờ:phút, ví dụ 30/11/2026 22:00."


def _moment(label: str, missing: str, **more) -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        widget=AdminDateTimeInput(format=MOMENT),
        input_formats=[MOMENT, "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={"required": missing, "invalid": NOT_A_MOMENT},
        **more,
    )


class PlannedStopForm(forms.Form):
    """From when to when, and why; why it is told late is asked for where it is."""

    starts_at = _moment(
        "Ngừng từ",
        "Hãy ghi lúc bắt đầu ngừng.",
        help_text="Báo trước ít nhất 7 ngày làm việc (Nghị định 224/2026/NĐ-CP, Điều 13).",
    )
    ends_at = _moment("Đến", "Hãy ghi lúc cổng hoạt động trở lại.")
    message = forms.CharField(
        label="Vì sao, người dân cần biết gì",
        max_length=ServiceOutagePage._meta.get_field("message").max_length,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Hiện trên mọi trang; ví dụ «Nâng cấp máy chủ. Hồ sơ vẫn nộp được tại Bộ phận Một cửa.»",
        error_messages={"required": "Hãy ghi vì sao cổng tạm ngừng."},
    )
    late_reason = forms.CharField(
        label="Vì sao báo muộn",
        max_length=late_reasons.LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Chỉ khi báo trước ít hơn 7 ngày làm việc; lưu cùng thời hạn.",
    )


def state_of(page: ServiceOutagePage) -> str:
    """Say how far the notice of a stop is."""
    if page.live:
        return "đã đăng"
    return "chờ duyệt" if page.workflow_in_progress else "bản nháp, chờ cơ quan Thường trực gửi duyệt"


class PlannedStopView(ActionView):
    """Say when the portal will be stopped: becomes a draft that one person submits and another approves."""

    form_class = PlannedStopForm
    template_name = "servicecatalog/admin/planned_stop.html"
    screen_access = holding(ADMINISTER)
    without_version = "Something new; the stops reported before are shown beside it."
    title = "Báo tạm ngừng toàn bộ cổng"
    header_icon = "time"
    submit_label = "Lập thông báo"
    success_message = "Đã lập bản nháp thông báo và báo cơ quan Thường trực gửi duyệt."

    def get_context_data(self, **kwargs):
        stops = [(page, state_of(page)) for page in planned_stops.not_over().select_related("owner")]
        return super().get_context_data(stops=stops, **kwargs)

    def call(self, form):
        planned_stops.propose(by=self.request.user, **form.cleaned_data)

    def get_success_url(self):
        return reverse("servicecatalog_planned_stop")
