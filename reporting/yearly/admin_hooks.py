"""Where the admin meets the yearly report; loaded by the room's `wagtail_hooks`."""

from django.urls import path, reverse
from wagtail import hooks

from base.admin.screen_access import ScreenMenuItem

from . import views

URLS = (
    ("bao-cao-nam/", views.ReportsView, "reporting_yearly_reports"),
    ("bao-cao-nam/lap/", views.PrepareView, "reporting_yearly_prepare"),
    ("bao-cao-nam/<int:pk>/", views.ReportView, "reporting_yearly"),
    ("bao-cao-nam/<int:pk>/phan/<slug:key>/", views.PartView, "reporting_yearly_part"),
    ("bao-cao-nam/<int:pk>/dem-lai/", views.RecountView, "reporting_yearly_recount"),
    ("bao-cao-nam/<int:pk>/trinh/", views.SubmitView, "reporting_yearly_submit"),
    ("bao-cao-nam/<int:pk>/duyet/", views.DecideView, "reporting_yearly_decide"),
    ("bao-cao-nam/<int:pk>/gui/", views.SentView, "reporting_yearly_send"),
    ("bao-cao-nam/<int:pk>/tai/<str:extension>/", views.PaperView, "reporting_yearly_paper"),
)
ACTIONS = (
    ("prepare", "Lập báo cáo hằng năm", "Lập bản thảo báo cáo rà soát hằng năm từ số liệu"),
    ("recount", "Đếm lại báo cáo hằng năm", "Đếm lại số liệu của báo cáo rà soát hằng năm"),
    ("write", "Sửa báo cáo hằng năm", "Ghi, sửa một phần của báo cáo rà soát hằng năm"),
    ("submit", "Trình báo cáo hằng năm", "Trình duyệt báo cáo rà soát hằng năm"),
    ("send_back", "Trả lại báo cáo hằng năm", "Trả lại báo cáo rà soát hằng năm để sửa"),
    ("approve", "Duyệt báo cáo hằng năm", "Duyệt và niêm phong báo cáo rà soát hằng năm"),
    ("send", "Gửi báo cáo hằng năm", "Ghi việc gửi báo cáo rà soát hằng năm"),
)


@hooks.register("register_admin_urls")
def yearly_urls():
    return [path(address, view.as_view(), name=name) for address, view, name in URLS]


@hooks.register("register_admin_menu_item")
def yearly_menu_item():
    return ScreenMenuItem(
        "Báo cáo hằng năm", reverse("reporting_yearly_reports"), name="bao-cao-nam", icon_name=views.ICON, order=72
    )


@hooks.register("register_log_actions")
def yearly_actions(actions):
    for name, label, message in ACTIONS:
        actions.register_action(f"portal.yearly.{name}", label, message)
