"""Where the admin meets the register."""

from django.urls import path
from wagtail import hooks
from wagtail.snippets.action_menu import ActionMenuItem
from wagtail.snippets.models import register_snippet

from workflows.wagtail_hooks import SUBMIT

from . import views
from .models import LegalDocument
from .viewsets import RegisterViewSetGroup

register_snippet(RegisterViewSetGroup)


@hooks.register("register_admin_urls")
def admin_urls():
    return [
        path("van-ban/bai-bo/<int:pk>/", views.RepealView.as_view(), name="legalref_repeal"),
        path("van-ban/thu-hoi/<int:pk>/", views.UndoRepealView.as_view(), name="legalref_undo_repeal"),
        path("van-ban/dua-vao-trang/<int:pk>/", views.MarkView.as_view(), name="legalref_mark"),
    ]


class SubmitDocumentItem(ActionMenuItem):
    """Save, then go to preflight and declaration."""

    name = SUBMIT
    label = "Lưu và gửi duyệt"
    icon_name = "check"

    def is_shown(self, context):
        document = context.get("instance")
        if context["view"] == "create":
            return True
        return bool(document) and not document.workflow_in_progress and not context.get("locked_for_user")


@hooks.register("register_snippet_action_menu_item")
def submit_document_item(model):
    return SubmitDocumentItem(order=10) if model is LegalDocument else None


@hooks.register("register_log_actions")
def log_actions(actions):
    for name, label, message in (
        ("portal.document.mark", "Đưa vào trang", "Đánh dấu văn bản phải có trên một trang"),
        ("portal.document.relate", "Ghi quan hệ", "Ghi quan hệ giữa hai văn bản"),
        ("portal.document.repeal", "Ghi nhận bãi bỏ", "Ghi nhận văn bản bị bãi bỏ, thay thế"),
        ("portal.document.undo_repeal", "Thu hồi bãi bỏ", "Thu hồi việc ghi nhận bãi bỏ"),
    ):
        actions.register_action(name, label, message)
