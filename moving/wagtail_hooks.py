"""Where the admin meets moving in: the screens, the menu entry and the words of the log lines."""

from django.urls import path, reverse
from wagtail import hooks

from base.admin.screen_access import ScreenMenuItem

from . import views


@hooks.register("register_admin_urls")
def admin_urls():
    place = "chuyen-tu-cong-cu"
    return [
        path(f"{place}/", views.ImportListView.as_view(), name="moving_imports"),
        path(f"{place}/moi/", views.UploadView.as_view(), name="moving_new"),
        path(f"{place}/mau/", views.TemplateSheetView.as_view(), name="moving_template"),
        path(f"{place}/<int:pk>/", views.ImportView.as_view(), name="moving_import"),
        path(f"{place}/<int:pk>/bao-cao/", views.ReportView.as_view(), name="moving_report"),
        path(f"{place}/<int:pk>/tao/", views.BeginView.as_view(), name="moving_begin"),
        path(f"{place}/<int:pk>/chuyen-ma/", views.ConvertView.as_view(), name="moving_convert"),
        path(f"{place}/<int:pk>/bo/", views.DiscardView.as_view(), name="moving_discard"),
        path(f"{place}/<int:pk>/thu-hoi/", views.UndoView.as_view(), name="moving_undo"),
    ]


@hooks.register("register_admin_menu_item")
def menu_item():
    address = reverse("moving_imports")
    return ScreenMenuItem("Chuyển từ cổng cũ", address, name="chuyen-tu-cong-cu", icon_name="upload", order=285)


@hooks.register("register_log_actions")
def log_actions(actions):
    for name, label, message in (
        ("portal.moving.submit", "Tải lên đợt chuyển", "Tải lên tệp xuất từ cổng cũ"),
        ("portal.moving.convert", "Chuyển mã đợt chuyển", "Chọn bảng mã của đợt chuyển từ cổng cũ"),
        ("portal.moving.discard", "Bỏ đợt chuyển", "Bỏ đợt chuyển chưa tạo bản nháp"),
        ("portal.moving.begin", "Cho tạo bản nháp", "Cho tạo bản nháp của đợt chuyển từ cổng cũ"),
        ("portal.moving.draft", "Chuyển từ cổng cũ", "Tạo bản nháp từ bài của cổng cũ"),
        ("portal.moving.written", "Tạo xong bản nháp", "Tạo xong bản nháp của đợt chuyển từ cổng cũ"),
        ("portal.moving.undo", "Thu hồi đợt chuyển", "Cho thu hồi đợt chuyển từ cổng cũ"),
        ("portal.moving.undone", "Thu hồi xong đợt chuyển", "Thu hồi xong đợt chuyển từ cổng cũ"),
    ):
        actions.register_action(name, label, message)
