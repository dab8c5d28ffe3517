"""What the home room adds to the admin: the screens of the component sites, and the words of their log lines."""

from django.urls import path, reverse
from wagtail import hooks

from base.admin.screen_access import ScreenMenuItem

from . import emergency_views, first_steps, first_steps_views, menus, views
from .look import views as look_views
from .units import views as unit_views

LOG_ACTIONS = {
    "portal.opening.make": ("Lập hồ sơ trang thành phần", "Đã lập hồ sơ trang thành phần"),
    "portal.opening.correct": ("Sửa hồ sơ trang thành phần", "Đã sửa hồ sơ trang thành phần"),
    "portal.opening.discard": ("Bỏ hồ sơ trang thành phần", "Đã bỏ hồ sơ trang thành phần"),
    "portal.opening.submit": ("Gửi duyệt hồ sơ", "Đã gửi duyệt hồ sơ trang thành phần"),
    "portal.opening.reject": ("Trả lại hồ sơ", "Đã trả lại hồ sơ trang thành phần"),
    "portal.opening.approve": ("Duyệt hồ sơ", "Đã duyệt hồ sơ trang thành phần"),
    "portal.site.settings": ("Đổi cài đặt trang", "Đã đổi cài đặt của trang"),
    "portal.practice.open": ("Lập trang thực hành", "Đã lập trang thực hành"),
    "portal.practice.clear": ("Dọn trang thực hành", "Đã xóa bài trên trang thực hành"),
}


@hooks.register("register_log_actions")
def register_log_actions(actions):
    """Name the actions that `opening` logs."""
    for action, (label, message) in LOG_ACTIONS.items():
        actions.register_action(action, label, message)


@hooks.register("register_admin_urls")
def admin_urls():
    return [
        path("trang-thanh-phan/", views.SitesView.as_view(), name="home_sites"),
        path("trang-thanh-phan/mo/", views.OpenWardView.as_view(), name="home_open_ward"),
        path("trang-thanh-phan/sap-nhap/", views.MergeView.as_view(), name="home_merge"),
        path("trang-thanh-phan/chia-tach/", views.SplitView.as_view(), name="home_split"),
        path("trang-thanh-phan/doi-ten/", views.RenameView.as_view(), name="home_rename"),
        path("trang-thanh-phan/dong/", views.CloseView.as_view(), name="home_close"),
        path("trang-thanh-phan/thuc-hanh/", views.PracticeView.as_view(), name="home_practice"),
        path("trang-thanh-phan/ho-so/<int:pk>/", views.DossierView.as_view(), name="home_opening"),
        path("trang-thanh-phan/ho-so/<int:pk>/sua/", views.CorrectView.as_view(), name="home_correct_opening"),
        path("trang-thanh-phan/ho-so/<int:pk>/bo/", views.DiscardView.as_view(), name="home_discard_opening"),
        path("don-vi/", unit_views.UnitsView.as_view(), name="home_units"),
        path("don-vi/moi/", unit_views.FoundView.as_view(), name="home_found_unit"),
        path("don-vi/sap-nhap/", unit_views.MergeUnitsView.as_view(), name="home_merge_units"),
        path("don-vi/<int:pk>/", unit_views.UnitView.as_view(), name="home_unit"),
        path("don-vi/<int:pk>/sua/", unit_views.FactsView.as_view(), name="home_unit_facts"),
        path("don-vi/<int:pk>/doi-ten/", unit_views.RenameView.as_view(), name="home_rename_unit"),
        path("don-vi/<int:pk>/chia-tach/", unit_views.SplitUnitView.as_view(), name="home_split_unit"),
        path("don-vi/<int:pk>/cham-dut/", unit_views.EndUnitView.as_view(), name="home_end_unit"),
        path("don-vi/<int:pk>/chuc-vu/", unit_views.NewHolderView.as_view(), name="home_new_holder"),
        path("don-vi/chuc-vu/<int:pk>/", unit_views.HolderView.as_view(), name="home_holder"),
        path("don-vi/chuc-vu/<int:pk>/thoi/", unit_views.EndTermView.as_view(), name="home_end_term"),
        path("khan-cap/", emergency_views.EmergencyView.as_view(), name="home_emergency"),
        path("khan-cap/dang/", emergency_views.PublishAtOnceView.as_view(), name="home_publish_at_once"),
        path("khan-cap/go/", emergency_views.RemoveAtOnceView.as_view(), name="home_remove_at_once"),
        path("bat-dau/", first_steps_views.FirstStepsView.as_view(), name="home_first_steps"),
        path("trang-thanh-phan/<int:pk>/cai-dat/", views.SiteSettingsView.as_view(), name="home_site_settings"),
        path("trang-thanh-phan/<int:pk>/bieu-trung/", look_views.LookView.as_view(), name="home_site_look"),
        path("trang-thanh-phan/<int:pk>/trinh-don/", look_views.MenuView.as_view(), name="home_site_menu"),
    ]


@hooks.register("register_admin_menu_item")
def sites_menu_item():
    return ScreenMenuItem(
        "Trang thành phần", reverse("home_sites"), name="trang-thanh-phan", icon_name="site", order=280
    )


@hooks.register("register_admin_menu_item")
def units_menu_item():
    return ScreenMenuItem("Đơn vị", reverse("home_units"), name="don-vi", icon_name="group", order=281)


@hooks.register("register_admin_menu_item")
def publish_at_once_menu_item():
    address = reverse("home_publish_at_once")
    return ScreenMenuItem("Đăng một trang", address, name="dang-khan-cap", icon_name="upload", order=52)


@hooks.register("register_admin_menu_item")
def remove_at_once_menu_item():
    address = reverse("home_remove_at_once")
    return ScreenMenuItem("Gỡ một trang", address, name="go-khan-cap", icon_name="bin", order=53)


@hooks.register("construct_main_menu", order=1000)
def arrange_menu(request, items):
    """Arrange, after all others have said what is shown, by the work of the person's role."""
    items[:] = menus.arrange(request, items)


@hooks.register("construct_homepage_panels")
def first_steps_panel(request, panels):
    found = first_steps.listed(request.user)
    if found.is_shown:
        panels.append(first_steps_views.FirstStepsPanel(found))
