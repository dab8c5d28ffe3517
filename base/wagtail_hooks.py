"""What the portal changes in Wagtail's administration.

1. Lists and choosers show the pages, pictures and files of the user's own sites (`authority.py`).
2. What would publish, remove, move or hide in one step is not offered: that is the work of `workflows`.
3. Titles in Vietnamese make readable addresses; the administration has the portal's name.
"""

from django.db.models import Q
from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import format_html
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets import Button

from .admin import edit_conflict, guide_views
from .admin.mail_views import FixMailView, MailListView
from .admin.patches.admin_labels import name_fields, name_what_came_back
from .admin.patches.admin_lists import narrow_filters
from .admin.patches.admin_refusals import say_why
from .admin.patches.admin_scripts import leave_days_as_typed, say_how_to_type_days, start_choosers_by_attributes
from .admin.patches.hidden_targets import hide_targets
from .admin.patches.rich_text_links import register_links
from .admin.patches.wagtail_mail import send_as_notices
from .admin.screen_access import ScreenMenuItem
from .admin.status_views import StatusView
from .audit.screens import EntryView, TrailView
from .authority import own_collections, own_home_paths, without_shut
from .files.tags import offer_only_ours
from .files.upload_views import AddPicturesView
from .gate import Refused
from .locking import hold_all
from .middleware import admin_gate
from .operations import mail
from .signal_handlers import NOT_REMOVED_HERE
from .sites import ancestor_paths

offer_only_ours()
name_fields()
name_what_came_back()
narrow_filters()
hide_targets()
start_choosers_by_attributes()
leave_days_as_typed()
say_how_to_type_days()
say_why()
send_as_notices()


# --- Own sites only ---------------------------------------------------------------------------------


@hooks.register("construct_page_chooser_queryset")
def choose_own_pages(pages, request):
    """Offer the pages of own sites, and the way down to them."""
    return _own_and_way(pages, request.user)


@hooks.register("construct_explorer_page_queryset")
def list_own_pages(parent_page, pages, request):
    """List the pages of own sites, and the way down to them."""
    return _own_and_way(pages, request.user)


def _own_and_way(pages, user):
    if user.is_superuser:
        return pages
    wanted = Q(pk=None)
    for home in own_home_paths(user):
        wanted |= Q(path__startswith=home) | Q(path__in=ancestor_paths(home))
    return without_shut(pages.filter(wanted), user)


@hooks.register("construct_image_chooser_queryset")
@hooks.register("construct_document_chooser_queryset")
def choose_own_files(files, request):
    """Offer the pictures and files of own sites and the shared ones."""
    return files.filter(collection__in=own_collections(request.user))


# --- Nothing in one step ----------------------------------------------------------------------------


@hooks.register("before_delete_page")
def protect_what_was_published(request, page):
    """Refuse to delete a page when it, or one below it, was ever public."""
    if page.get_descendants(inclusive=True).filter(first_published_at__isnull=False).exists():
        raise Refused(NOT_REMOVED_HERE)


@hooks.register("construct_main_menu")
@hooks.register("construct_settings_menu")
@hooks.register("construct_reports_menu")
def leave_out_what_is_closed(request, items):
    """Show no link to a screen the user may not open; Wagtail asks for permissions alone, `admin_gate` for more."""
    # Wagtail's own help is about Wagtail.
    items[:] = [item for item in items if item.name != "help" and admin_gate.leads_in(request.user, item.url)]


@hooks.register("construct_wagtail_userbar")
def leave_public_pages_alone(request, items, page):
    """Show no editing button on public pages: what a page shows never depends on who looks.

    The editor's own panel of checks asks here too which checks there are; that one stays.
    """
    if not getattr(request, "in_preview_panel", False):
        items[:] = [item for item in items if getattr(item, "in_editor", False)]


# --- Two editors ------------------------------------------------------------------------------------


@hooks.register("before_edit_page")
def ask_who_saves_a_page_second(request, page):
    """Answer 409 to a save that would overwrite another user's."""
    handler = page.get_edit_handler()
    return edit_conflict.look(request, page, form_class=handler.get_form_class(), handler=handler)


@hooks.register("before_create_page")
def wait_for_a_sibling(request, parent_page, page_class):
    """Hold the parent while a page is made under it.

    Of two pages with one address at the same moment the second then meets the first as a fault of its form, which keeps
    what was typed, and not as an error of the database.
    """
    if request.method == "POST":
        hold_all([parent_page])
        parent_page.refresh_from_db(fields=["numchild"])


@hooks.register("before_edit_snippet")
def ask_who_saves_a_record_second(request, instance):
    """Answer 409 to a save that would overwrite another user's."""
    handler = instance.snippet_viewset.get_edit_handler()
    return edit_conflict.look(request, instance, form_class=handler.get_form_class(), handler=handler)


# --- Rich text --------------------------------------------------------------------------------------

hooks.register("register_rich_text_features", register_links, order=100)


# --- Mail -------------------------------------------------------------------------------------------


# Before Wagtail's own address of the same screen.
@hooks.register("register_admin_urls", order=-1)
def upload_urls():
    return [path("images/multiple/add/", AddPicturesView.as_view(), name="base_add_pictures")]


@hooks.register("register_admin_urls")
def mail_urls():
    retry = FixMailView.as_view(act=mail.retry, done="Thư được đưa vào lượt gửi tới.")
    dismiss = FixMailView.as_view(act=mail.dismiss, done="Đã bỏ qua thư.")
    return [
        path("thu-gui-di/", MailListView.as_view(), name="base_mail"),
        path("thu-gui-di/<int:pk>/gui-lai/", retry, name="base_mail_retry"),
        path("thu-gui-di/<int:pk>/bo-qua/", dismiss, name="base_mail_dismiss"),
        path("tinh-trang/", StatusView.as_view(), name="base_status"),
    ]


@hooks.register("register_settings_menu_item")
def mail_menu_item():
    return ScreenMenuItem("Thư gửi đi", reverse("base_mail"), name="thu-gui-di", icon_name="mail", order=900)


@hooks.register("register_reports_menu_item")
def status_menu_item():
    return ScreenMenuItem("Tình trạng của cổng", reverse("base_status"), name="tinh-trang", icon_name="view", order=20)


# --- Our own look -------------------------------------------------------------------------------------


@hooks.register("insert_editor_js")
def readable_addresses():
    """Turn "Đường" into "duong" while the title is typed."""
    return format_html('<script src="{}"></script>', static("js/admin_slug.js"))


@hooks.register("insert_editor_js")
def lead_to_fields():
    """Put the cursor into the field that a message leads to."""
    return format_html('<script src="{}"></script>', static("js/admin_place.js"))


@hooks.register("insert_editor_js")
def send_after_saving():
    """Let what is sent wait for what the form is just saving by itself."""
    return format_html('<script src="{}"></script>', static("js/admin_submit.js"))


@hooks.register("insert_editor_js")
def shut_what_is_locked():
    """Let a locked form take no typing."""
    return format_html('<script src="{}"></script>', static("js/admin_locked.js"))


@hooks.register("insert_global_admin_js")
def page_search_script():
    """The button of the search in the dialog for pages leads to what was found."""
    return format_html('<script src="{}" defer></script>', static("js/admin_page_search.js"))


@hooks.register("insert_global_admin_js")
def start_without_inline_scripts():
    """Start what Wagtail would start from inline scripts."""
    return format_html('<script src="{}"></script>', static("js/admin_start.js"))


@hooks.register("insert_global_admin_js")
def take_a_file_at_once():
    """Take a file in a dialog without another tab first."""
    return format_html('<script src="{}" defer></script>', static("js/admin_upload.js"))


@hooks.register("insert_global_admin_js")
def read_errors_first():
    """Put the cursor on the list of what is wrong when a form comes back."""
    return format_html('<script src="{}" defer></script>', static("js/admin_errors.js"))


@hooks.register("insert_global_admin_css")
def own_colours():
    """Bring the portal's colours, and hide the ticks of bulk actions where there are none."""
    return format_html('<link rel="stylesheet" href="{}">', static("css/admin.css"))


# --- The guide --------------------------------------------------------------------------------------


@hooks.register("register_admin_urls")
def guide_urls():
    return [
        path("huong-dan/", guide_views.GuideView.as_view(), name="base_guide"),
        path("huong-dan/anh/<str:name>", guide_views.GuidePictureView.as_view(), name="base_guide_picture"),
        path("huong-dan/<slug:slug>/", guide_views.GuidePageView.as_view(), name="base_guide_page"),
    ]


@hooks.register("register_admin_menu_item")
def guide_menu_item():
    return MenuItem("Trợ giúp", reverse("base_guide"), name="tro-giup", icon_name="help", order=900)


@hooks.register("register_page_header_buttons")
def guide_button(page, user, view_name, next_url=None):
    """The way from the form of a page to the guide."""
    if page.depth > 1 and view_name == "edit":
        address = reverse("base_guide_page", args=["viet-va-gui-duyet"])
        yield Button("Trợ giúp: viết và gửi duyệt", address, icon_name="help", priority=200)


# --- Audit trail ------------------------------------------------------------------------------------


@hooks.register("register_admin_urls")
def audit_urls():
    return [
        path("nhat-ky-kiem-tra/", TrailView.as_view(), name="base_audit"),
        path("nhat-ky-kiem-tra/<int:pk>/", EntryView.as_view(), name="base_audit_entry"),
    ]


@hooks.register("register_reports_menu_item")
def audit_menu_item():
    return ScreenMenuItem(
        "Nhật ký kiểm tra", reverse("base_audit"), name="nhat-ky-kiem-tra", icon_name="list-ul", order=10
    )


# --- Log ----------------------------------------------------------------------------------------------


@hooks.register("register_log_actions")
def file_log_actions(actions):
    """Name what `files.py`, `files/tags.py`, `files/scans.py` and `files/texts.py` log."""
    actions.register_action("portal.file.replace", "Thay tệp", "Thay nội dung của tệp, giữ địa chỉ")
    actions.register_action("portal.file.tag", "Gắn thẻ cho tệp", "Gắn thẻ cho nhiều hình ảnh hoặc tệp cùng lúc")
    actions.register_action("portal.file.infected", "Phát hiện mã độc", "Đóng tệp vì phát hiện mã độc")
    actions.register_action("portal.file.scheme", "Xác nhận bảng mã", "Xác nhận bảng mã cũ của chữ trong tệp")
