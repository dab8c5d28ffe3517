"""Where the admin meets comments on consultations; loaded by the room's `wagtail_hooks`."""

from django.urls import path, reverse
from wagtail import hooks
from wagtail.admin.ui.sidebar import LinkMenuItem

from base.admin.screen_access import ScreenMenuItem

from ..models import ConsultationComment
from . import admin_views

ACTIONS = (
    ("received", "Tiếp nhận góp ý", "Tiếp nhận ý kiến góp ý dự thảo"),
    ("accepted", "Chấp nhận góp ý", "Chấp nhận ý kiến góp ý dự thảo"),
    ("refused", "Không đưa vào tổng hợp", "Không đưa ý kiến góp ý vào tổng hợp"),
    ("reply", "Ghi tiếp thu, giải trình", "Ghi ý kiến tiếp thu, giải trình"),
    ("answered", "Công bố tiếp thu, giải trình", "Công bố kết quả tiếp thu, giải trình ý kiến góp ý"),
    ("digest", "Đưa góp ý vào dự thảo", "Đưa các ý kiến đã chấp nhận vào bản nháp của trang lấy ý kiến"),
    ("exported", "Xuất góp ý", "Xuất ý kiến góp ý, không có thông tin liên hệ"),
    ("contacts_exported", "Xuất góp ý kèm liên hệ", "Xuất ý kiến góp ý kèm thông tin liên hệ"),
)


@hooks.register("register_admin_urls")
def comment_urls():
    views = admin_views
    return [
        path("gop-y/", views.ConsultationsView.as_view(), name="faq_consultations"),
        path("gop-y/<int:page_id>/", views.CommentsView.as_view(), name="faq_comments"),
        path("gop-y/<int:page_id>/dua-vao-trang/", views.DigestView.as_view(), name="faq_comments_digest"),
        path("gop-y/<int:page_id>/xuat/", views.SheetView.as_view(), name="faq_comments_sheet"),
        path("gop-y/y-kien/<int:pk>/", views.CommentView.as_view(), name="faq_comment"),
        path("gop-y/y-kien/<int:pk>/chap-nhan/", views.AcceptView.as_view(), name="faq_comment_accept"),
        path("gop-y/y-kien/<int:pk>/khong-dua-vao/", views.RefuseView.as_view(), name="faq_comment_refuse"),
        path("gop-y/y-kien/<int:pk>/tiep-thu/", views.ReplyView.as_view(), name="faq_comment_reply"),
        path("gop-y/y-kien/<int:pk>/nguoi-gui/", views.CommentContactView.as_view(), name="faq_comment_contact"),
        path("gop-y/tep/<int:pk>/", views.CommentFileView.as_view(), name="faq_comment_file"),
    ]


class CommentsMenuItem(ScreenMenuItem):
    """The consultations, with the number of comments that have not been looked at."""

    def render_component(self, request):
        found = admin_views.visible_to(request.user).filter(state=ConsultationComment.State.RECEIVED)
        waiting = found.count()
        label = f"{self.label} ({waiting})" if waiting else self.label
        return LinkMenuItem(self.name, label, self.url, icon_name=self.icon_name, classname=self.classname)


@hooks.register("register_admin_menu_item")
def comments_menu_item():
    return CommentsMenuItem("Góp ý dự thảo", reverse("faq_consultations"), name="gop-y", icon_name="comment", order=61)


@hooks.register("register_log_actions")
def comment_log_actions(actions):
    for name, label, message in ACTIONS:
        actions.register_action(f"portal.comment.{name}", label, message)
