"""Where the admin meets filled forms; loaded by the room's `wagtail_hooks`."""

from django.urls import path, reverse
from wagtail import hooks

from base.admin.screen_access import ScreenMenuItem

from . import admin_views as views

ACTIONS = (
    ("received", "Tiếp nhận biểu mẫu", "Tiếp nhận biểu mẫu đã điền"),
    ("exported", "Xuất biểu mẫu", "Xuất câu trả lời trong biểu mẫu"),
    ("erased", "Người gửi tự xóa", "Người gửi xóa những gì đã ghi trong biểu mẫu"),
    ("purged", "Xóa biểu mẫu hết hạn", "Xóa câu trả lời trong biểu mẫu khi hết thời hạn giữ"),
)


@hooks.register("register_admin_urls")
def filled_form_urls():
    return [
        path("bieu-mau/", views.FormsView.as_view(), name="faq_forms"),
        path("bieu-mau/<int:page_id>/", views.FilledFormsView.as_view(), name="faq_filled_forms"),
        path("bieu-mau/<int:page_id>/xuat/", views.FormSheetView.as_view(), name="faq_form_sheet"),
        path("bieu-mau/da-dien/<int:pk>/", views.FilledFormView.as_view(), name="faq_filled_form"),
    ]


@hooks.register("register_admin_menu_item")
def forms_menu_item():
    return ScreenMenuItem("Biểu mẫu", reverse("faq_forms"), name="bieu-mau", icon_name="form", order=63)


@hooks.register("register_log_actions")
def filled_form_log_actions(actions):
    for name, label, message in ACTIONS:
        actions.register_action(f"portal.form.{name}", label, message)
