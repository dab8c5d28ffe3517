"""Where the admin meets articles of units; loaded by the room's `wagtail_hooks`."""

from django.urls import path, reverse
from wagtail import hooks

from base.admin.screen_access import ScreenMenuItem

from . import views

ACTIONS = (
    ("write", "Viết bài của đơn vị", "Đã ghi bài của đơn vị"),
    ("send", "Gửi bài của đơn vị", "Đã gửi bài của đơn vị cho cơ quan Thường trực"),
    ("take_back", "Rút bài của đơn vị", "Đã rút bài của đơn vị về"),
    ("take_over", "Nhận viết tiếp bài của đơn vị", "Thủ trưởng đơn vị nhận viết tiếp bài"),
    ("discard", "Xóa bài đang viết", "Đã xóa bài của đơn vị chưa gửi"),
    ("give_back", "Trả lại bài của đơn vị", "Đã trả lại bài của đơn vị kèm lý do"),
    ("decline", "Không sử dụng bài của đơn vị", "Không sử dụng bài của đơn vị, có lý do"),
    ("make_draft", "Lập bản nháp từ bài của đơn vị", "Đã lập bản nháp từ bài của đơn vị"),
)


@hooks.register("register_admin_urls")
def unit_article_urls():
    return [
        path("bai-cua-don-vi/", views.UnitArticlesView.as_view(), name="sections_unit_articles"),
        path("bai-cua-don-vi/viet/", views.NewUnitArticleView.as_view(), name="sections_unit_article_new"),
        path("bai-cua-don-vi/<int:pk>/", views.UnitArticleView.as_view(), name="sections_unit_article"),
        path("bai-cua-don-vi/<int:pk>/viet/", views.WriteUnitArticleView.as_view(), name="sections_unit_article_write"),
        path("bai-cua-don-vi/<int:pk>/rut/", views.TakeBackView.as_view(), name="sections_unit_article_take_back"),
        path(
            "bai-cua-don-vi/<int:pk>/viet-tiep/", views.TakeOverView.as_view(), name="sections_unit_article_take_over"
        ),
        path("bai-cua-don-vi/<int:pk>/xoa/", views.DiscardView.as_view(), name="sections_unit_article_discard"),
    ]


@hooks.register("register_admin_menu_item")
def unit_articles_menu_item():
    address = reverse("sections_unit_articles")
    return ScreenMenuItem("Bài của phòng, ban", address, name="bai-cua-don-vi", icon_name=views.ICON, order=64)


@hooks.register("register_log_actions")
def unit_article_log_actions(actions):
    for name, label, message in ACTIONS:
        actions.register_action(f"portal.unit_article.{name}", label, message)
