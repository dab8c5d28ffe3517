"""What the accounts room adds to the admin: its screens, menu entries, panels, and the words of its log lines."""

from django import forms
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.staticfiles import versioned_static
from wagtail.admin.views.account import BaseSettingsPanel

from base.admin.screen_access import ScreenMenuItem

from .appointment_views import decisions, department, listing, one, person
from .models import Appointment
from .registers import admin as registers_admin

registers_admin.register_hooks()

LOG_ACTIONS = {
    "portal.appointment.decide": ("Ghi quyết định", "Đã ghi quyết định phân công"),
    "portal.appointment.scan": ("Thêm bản chụp quyết định", "Đã thêm bản chụp của quyết định phân công"),
    "portal.appointment.appoint": ("Ghi phân công", "Đã ghi phân công"),
    "portal.appointment.delegate": ("Ghi ủy quyền", "Đã ghi ủy quyền"),
    "portal.appointment.confirm": ("Xác nhận phân công", "Người thứ hai đã xác nhận phân công"),
    "portal.appointment.begin": ("Phân công có hiệu lực", "Phân công bắt đầu có hiệu lực"),
    "portal.appointment.end": ("Kết thúc phân công", "Phân công kết thúc"),
    "portal.appointment.revoke": ("Thu hồi phân công", "Đã thu hồi phân công"),
    "portal.appointment.replace": ("Thay thế phân công", "Phân công được thay bằng người khác"),
    "portal.appointment.warn": ("Báo sắp hết hạn", "Đã báo phân công sắp hết hạn"),
    "portal.appointment.send": ("Gửi Sở", "Đã ghi việc gửi Sở"),
    "portal.appointment.list": ("Lập danh sách gửi Sở", "Đã lập danh sách gửi Sở"),
    "portal.appointment.handover": ("Bàn giao việc", "Đã bàn giao việc đang làm"),
    "portal.appointment.handover_failed": ("Bàn giao lỗi", "Việc bàn giao không xong, cần xem lại"),
    "portal.account.create": ("Lập tài khoản", "Đã lập tài khoản"),
    "portal.account.change": ("Sửa tài khoản", "Đã sửa thông tin tài khoản"),
    "portal.account.open": ("Mở tài khoản", "Tài khoản hoạt động theo phân công"),
    "portal.account.close": ("Đóng tài khoản", "Tài khoản ngừng vì không còn phân công"),
    "portal.account.mend": ("Sửa theo phân công", "Quyền không theo phân công đã được sửa"),
    "portal.account.invite": ("Gửi liên kết kích hoạt", "Đã gửi liên kết kích hoạt"),
}


@hooks.register("register_log_actions")
def register_log_actions(actions):
    """Name the actions that `appointments` logs."""
    for action, (label, message) in LOG_ACTIONS.items():
        actions.register_action(action, label, message)


@hooks.register("register_admin_urls")
def appointment_urls():
    return [
        path("phan-cong/", listing.AppointmentsView.as_view(), name="accounts_appointments"),
        path("phan-cong/ghi/", decisions.DecisionFormView.as_view(), name="accounts_record"),
        path("phan-cong/ai-giu-quyen-gi/", listing.HeldView.as_view(), name="accounts_held"),
        path("phan-cong/gui-so/", department.DepartmentListsView.as_view(), name="accounts_lists"),
        path("phan-cong/gui-so/<int:pk>/", department.DepartmentListView.as_view(), name="accounts_list"),
        path(
            "phan-cong/gui-so/<int:pk>/danh-sach.xlsx",
            department.DepartmentListFileView.as_view(extension="xlsx"),
            name="accounts_list_xlsx",
        ),
        path(
            "phan-cong/gui-so/<int:pk>/danh-sach.pdf",
            department.DepartmentListFileView.as_view(extension="pdf"),
            name="accounts_list_pdf",
        ),
        path("phan-cong/quyet-dinh/<int:pk>/", decisions.DecisionView.as_view(), name="accounts_decision"),
        path(
            "phan-cong/quyet-dinh/<int:pk>/ban-chup/",
            decisions.DecisionScanView.as_view(),
            name="accounts_decision_scan",
        ),
        path(
            "phan-cong/quyet-dinh/<int:pk>/them-ban-chup/",
            decisions.AddScanView.as_view(),
            name="accounts_decision_add_scan",
        ),
        path("phan-cong/nguoi/<int:pk>/", person.PersonView.as_view(), name="accounts_person"),
        path("phan-cong/nguoi/<int:pk>/sua/", person.AccountView.as_view(), name="accounts_account"),
        path("phan-cong/nguoi/<int:pk>/kich-hoat/", person.ActivationView.as_view(), name="accounts_send_activation"),
        path("phan-cong/nguoi/<int:pk>/bo-gan/", person.SeparateView.as_view(), name="accounts_separate"),
        path("phan-cong/<int:pk>/", one.AppointmentView.as_view(), name="accounts_appointment"),
        path("phan-cong/<int:pk>/xac-nhan/", one.ConfirmView.as_view(), name="accounts_confirm"),
        path("phan-cong/<int:pk>/thu-hoi/", one.RevokeView.as_view(), name="accounts_revoke"),
        path("phan-cong/<int:pk>/ket-thuc/", one.EndView.as_view(), name="accounts_end"),
        path("phan-cong/<int:pk>/thay-nguoi/", one.ReplaceView.as_view(), name="accounts_replace"),
        path("phan-cong/<int:pk>/uy-quyen/", one.DelegateView.as_view(), name="accounts_delegate"),
    ]


@hooks.register("register_admin_menu_item")
def appointments_menu_item():
    return ScreenMenuItem("Phân công", reverse("accounts_appointments"), name="phan-cong", icon_name="group", order=290)


class ReadOnlyPanel(BaseSettingsPanel):
    """A panel of the account page with nothing to fill in."""

    def get_form(self):
        """A form that is not bound: the page leaves it alone."""
        return forms.Form()


@hooks.register("register_account_settings_panel")
class OwnPersonPanel(ReadOnlyPanel):
    """Who one is, in the words of the decision."""

    name = "person"
    title = "Thông tin tài khoản"
    order = 40
    template_name = "accounts/appointments/person_panel.html"

    def get_context_data(self):
        return {**super().get_context_data(), "person": self.user}


@hooks.register("register_account_settings_panel")
class OwnAppointmentsPanel(ReadOnlyPanel):
    """What a person is appointed to, on their own account page."""

    name = "appointments"
    title = "Phân công của tôi"
    order = 50
    template_name = "accounts/appointments/account_panel.html"

    def get_context_data(self):
        rows = Appointment.objects.for_lists().filter(person=self.user).order_by("-valid_from", "-pk")
        return {**super().get_context_data(), "rows": rows}


@hooks.register("get_avatar_url")
def one_picture_for_all(user, size):
    """The drawing that is shown for all users: pictures of persons are neither taken nor shown."""
    return versioned_static("wagtailadmin/images/default-user-avatar.png")


@hooks.register("insert_global_admin_css")
def appointment_styles():
    return format_html('<link rel="stylesheet" href="{}">', static("css/appointments.css"))
