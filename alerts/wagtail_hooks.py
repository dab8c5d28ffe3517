"""Where the admin meets alerts: the screens, menu entries and the words of the log lines."""

from django.urls import path, reverse
from wagtail import hooks

from base.admin.screen_access import ScreenMenuItem

from . import mourning_views, views

ACTIONS = (
    ("raise", "Đăng cảnh báo", "Đăng cảnh báo trên các trang"),
    ("change", "Sửa cảnh báo", "Sửa cảnh báo đang hiện"),
    ("end", "Dừng cảnh báo", "Dừng cảnh báo trước giờ"),
)


@hooks.register("register_admin_urls")
def alert_urls():
    return [
        path("canh-bao/", views.AlertsView.as_view(), name="alerts_list"),
        path("canh-bao/moi/", views.NewAlertView.as_view(), name="alerts_new"),
        path("canh-bao/<int:pk>/", views.AlertView.as_view(), name="alerts_one"),
        path("canh-bao/<int:pk>/sua/", views.ChangeAlertView.as_view(), name="alerts_change"),
        path("canh-bao/<int:pk>/dung/", views.EndAlertView.as_view(), name="alerts_end"),
        path("quoc-tang/", mourning_views.MourningsView.as_view(), name="alerts_mournings"),
        path("quoc-tang/moi/", mourning_views.ProposeMourningView.as_view(), name="alerts_mourning_new"),
        path("quoc-tang/<int:pk>/", mourning_views.ProposeMourningView.as_view(), name="alerts_mourning"),
    ]


@hooks.register("register_admin_menu_item")
def alerts_menu_item():
    return ScreenMenuItem("Cảnh báo", reverse("alerts_list"), name="canh-bao", icon_name="warning", order=51)


@hooks.register("register_admin_menu_item")
def mournings_menu_item():
    return ScreenMenuItem("Quốc tang", reverse("alerts_mournings"), name="quoc-tang", icon_name="calendar", order=54)


@hooks.register("register_log_actions")
def log_actions(actions):
    for name, label, message in ACTIONS:
        actions.register_action(f"portal.alert.{name}", label, message)
