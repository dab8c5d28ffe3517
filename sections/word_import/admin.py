"""Where the admin meets the import: its addresses, the buttons that lead to it, what the audit trail calls it."""

from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.widgets import Button

from base.gate import Refused

from . import uploads, views


def register_hooks() -> None:
    """Tell Wagtail of the import; called once, from `sections/wagtail_hooks.py`."""
    hooks.register("register_admin_urls", admin_urls)
    hooks.register("register_page_header_buttons", page_header_buttons)
    hooks.register("insert_editor_js", paste_from_word)
    hooks.register("insert_editor_css", look_of_paste)
    hooks.register("register_log_actions", register_log_actions)


def admin_urls():
    into = views.WordUploadView.as_view(adds_to_page=True)
    return [
        path("nhap-tu-word/duoi/<int:page_id>/", views.WordUploadView.as_view(), name="sections_word_below"),
        path("nhap-tu-word/vao/<int:page_id>/", into, name="sections_word_into"),
        path("nhap-tu-word/<int:pk>/", views.WordPreviewView.as_view(), name="sections_word_preview"),
    ]


def page_header_buttons(page, user, view_name, next_url=None):
    """Offer the import: on the list of a section for a new page, on the form of a page for its text."""
    if view_name not in ("index", "edit") or page.depth < 2:
        return
    page, adds_to_page = page.specific, view_name == "edit"
    try:
        uploads.demand_may_import(page, by=user, adds_to_page=adds_to_page)
    except Refused:
        return
    name = "sections_word_into" if adds_to_page else "sections_word_below"
    yield Button("Nhập từ .docx", reverse(name, args=[page.pk]), icon_name="upload", priority=12)


def paste_from_word():
    """Keep the shape of what is pasted from Word."""
    return format_html('<script src="{}"></script>', static("js/admin_paste.js"))


def look_of_paste():
    """The remark that something pasted did not come along."""
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin_word.css"))


def register_log_actions(actions):
    actions.register_action("portal.word.import", "Nhập từ tệp Word", "Nhập nội dung từ tệp Word vào bản nháp")
