"""Where the admin meets dossiers: their addresses, the menu, the way from a page, the words of their log lines."""

from django.urls import path, reverse
from wagtail import hooks
from wagtail.admin.widgets import Button

from accounts.roles import WRITE, may
from base.admin.screen_access import ScreenMenuItem
from base.sites import site_of

from . import bundle_views as views

ACTIONS = (
    ("make", "Lập hồ sơ đăng", "Lập hồ sơ gồm nhiều nội dung đăng cùng lúc"),
    ("change", "Thêm, bớt nội dung hồ sơ", "Thêm, bớt nội dung hoặc rút hồ sơ đăng về"),
    ("submit", "Gửi duyệt hồ sơ", "Gửi duyệt cả hồ sơ đăng"),
    ("send_back", "Trả lại hồ sơ", "Trả lại hồ sơ đăng kèm lý do"),
    ("stop", "Dừng hồ sơ đăng", "Dừng hồ sơ đăng: một nội dung của nó bị gỡ bỏ hoặc chuyển đi"),
    ("schedule", "Duyệt hồ sơ, hẹn giờ đăng", "Duyệt hồ sơ đăng; mọi nội dung chờ giờ đăng"),
    ("hand_over", "Chuyển hồ sơ đăng", "Chuyển hồ sơ đăng sang trang kế thừa"),
    ("publish", "Đăng hồ sơ", "Duyệt và đăng cùng lúc mọi nội dung của hồ sơ"),
    ("drop", "Bỏ hồ sơ đăng", "Bỏ hồ sơ đăng; các bản nháp vẫn còn"),
)


@hooks.register("register_admin_urls")
def bundle_urls():
    return [
        path("ho-so-dang/", views.BundleListView.as_view(), name="workflows_bundles"),
        path("ho-so-dang/lap/", views.NewBundleView.as_view(), name="workflows_bundle_new"),
        path("ho-so-dang/<int:pk>/", views.BundleView.as_view(), name="workflows_bundle"),
        path("ho-so-dang/<int:pk>/noi-dung/", views.BundleContentView.as_view(), name="workflows_bundle_content"),
        path("ho-so-dang/<int:pk>/gui/", views.SubmitBundleView.as_view(), name="workflows_bundle_submit"),
        path("ho-so-dang/<int:pk>/rut/", views.EndBundleView.as_view(), name="workflows_bundle_end"),
    ]


@hooks.register("register_admin_menu_item")
def bundles_menu_item():
    address = reverse("workflows_bundles")
    return ScreenMenuItem("Hồ sơ đăng", address, name="ho-so-dang", icon_name=views.ICON, order=52)


@hooks.register("register_page_header_buttons")
def bundle_header_buttons(page, user, view_name, next_url=None):
    if page.depth > 1 and page.has_unpublished_changes and may(user, WRITE, site_of(page)):
        yield Button("Đưa vào hồ sơ đăng", views.make_url(page), icon_name=views.ICON, priority=60)


@hooks.register("register_log_actions")
def bundle_log_actions(actions):
    for name, label, message in ACTIONS:
        actions.register_action(f"portal.bundle.{name}", label, message)
