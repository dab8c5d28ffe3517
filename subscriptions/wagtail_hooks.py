"""Where the admin meets following by mail: the screen of its figures, the names of what is recorded."""

from django.urls import path, reverse
from wagtail import hooks

from base.admin.screen_access import ScreenMenuItem

from .admin_views import FiguresView

ACTIONS = (
    ("confirmed", "Xác nhận nhận tin", "Người dân xác nhận một mục theo dõi"),
    ("frequency", "Đổi nhịp gửi tin", "Người dân đổi nhịp gửi tin"),
    ("left_one", "Thôi theo dõi một mục", "Người dân thôi theo dõi một mục"),
    ("left", "Thôi nhận tin", "Người dân thôi nhận tin, địa chỉ bị xóa"),
    ("suppressed", "Ngừng gửi tin", "Ngừng gửi tin vì thư bị trả lại hoặc bị báo là thư rác"),
)


@hooks.register("register_admin_urls")
def admin_urls():
    return [path("bao-cao/nguoi-nhan-tin/", FiguresView.as_view(), name="subscriptions_figures")]


@hooks.register("register_admin_menu_item")
def figures_menu_item():
    return ScreenMenuItem(
        "Người đăng ký nhận tin", reverse("subscriptions_figures"), name="nguoi-nhan-tin", icon_name="mail", order=76
    )


@hooks.register("register_log_actions")
def log_actions(actions):
    for name, label, message in ACTIONS:
        actions.register_action(f"portal.subscription.{name}", label, message)
