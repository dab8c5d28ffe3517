"""Where the admin meets articles of people without an account; loaded by the room's `wagtail_hooks`."""

from django.urls import path, reverse
from wagtail import hooks

from base.admin.screen_access import ScreenMenuItem

from . import admin_views, handling

ACTIONS = (
    ("received", "Tiếp nhận bài gửi", "Tiếp nhận bài của người không có tài khoản"),
    ("asked", "Hỏi lại người gửi bài", "Hỏi lại người gửi bài"),
    ("answered", "Người gửi bài trả lời", "Người gửi bài trả lời câu hỏi của Ban Biên tập"),
    ("drafted", "Lập bản nháp từ bài gửi", "Lập bản nháp từ bài của người không có tài khoản"),
    ("declined", "Không sử dụng bài gửi", "Không sử dụng bài gửi, có lý do"),
    ("published", "Đăng bài gửi", "Đăng bài của người không có tài khoản"),
    ("withdrawn", "Rút bài gửi", "Người gửi rút bài hoặc rút lại sự đồng ý"),
    ("spam", "Loại bài gửi", "Loại vì không phải bài gửi"),
)


@hooks.register("register_admin_urls")
def contribution_urls():
    views = admin_views
    return [
        path("bai-gui/", views.ContributionsView.as_view(), name="faq_contributions"),
        path("bai-gui/<int:pk>/", views.ContributionView.as_view(), name="faq_contribution"),
        path("bai-gui/<int:pk>/ban-nhap/", views.MakeDraftView.as_view(), name="faq_contribution_draft"),
        path("bai-gui/<int:pk>/hoi-lai/", views.AskBackView.as_view(), name="faq_contribution_ask"),
        path("bai-gui/<int:pk>/khong-su-dung/", views.DeclineView.as_view(), name="faq_contribution_decline"),
        path("bai-gui/<int:pk>/loai/", views.PutAsideView.as_view(), name="faq_contribution_spam"),
        path("bai-gui/tep/<int:pk>/", views.ContributionFileView.as_view(), name="faq_contribution_file"),
    ]


# The screen copies by an action of Wagtail that asks no page (`BasePage.copy`).
@hooks.register("before_copy_page")
def demand_copyable(_request, page):
    handling.demand_copyable(page)


@hooks.register("register_admin_menu_item")
def contributions_menu_item():
    return ScreenMenuItem("Bài gửi", reverse("faq_contributions"), name="bai-gui", icon_name="edit", order=63)


@hooks.register("register_log_actions")
def contribution_log_actions(actions):
    for name, label, message in ACTIONS:
        actions.register_action(f"portal.contribution.{name}", label, message)
