"""Where the admin meets the register."""

from django.urls import path, reverse, reverse_lazy
from django.views.generic import RedirectView
from wagtail import hooks
from wagtail.admin.widgets import Button
from wagtail.snippets.models import register_snippet

from base.admin.screen_access import SITE_MEMBERS, ScreenMenuItem, with_access
from workflows.wagtail_hooks import SubmitMenuItem

from .citations import reading
from .citations import views as citation_views
from .importing import views as importing_views
from .life import lifecycle, relation_views
from .models import LegalDocument
from .numbers import views as book_views
from .register import regulation
from .screens import dashboard_views, duty_messages, views
from .screens.viewsets import DashboardMenuItem, RegisterViewSetGroup

register_snippet(RegisterViewSetGroup)

IMPORT_URLS = [
    path("nhap-van-ban/", importing_views.ImportListView.as_view(), name="legalref_imports"),
    path("nhap-van-ban/moi/", importing_views.UploadView.as_view(), name="legalref_import_new"),
    path("nhap-van-ban/mau/", importing_views.TemplateSheetView.as_view(), name="legalref_import_template"),
    path("nhap-van-ban/xuat/", importing_views.ExportView.as_view(), name="legalref_export"),
    path("nhap-van-ban/<int:pk>/", importing_views.BatchView.as_view(), name="legalref_import"),
    path("nhap-van-ban/<int:pk>/loi/", importing_views.ReportView.as_view(), name="legalref_import_report"),
    path("nhap-van-ban/<int:pk>/ghi/", importing_views.ConfirmView.as_view(), name="legalref_import_confirm"),
    path("nhap-van-ban/<int:pk>/chuyen-ma/", importing_views.ConvertView.as_view(), name="legalref_import_convert"),
    path("nhap-van-ban/<int:pk>/duyet/", importing_views.ApproveView.as_view(), name="legalref_import_approve"),
    path("nhap-van-ban/<int:pk>/bo/", importing_views.DiscardView.as_view(), name="legalref_import_discard"),
    path("nhap-van-ban/<int:pk>/thu-hoi/", importing_views.UndoView.as_view(), name="legalref_import_undo"),
    path(
        "nhap-van-ban/<int:pk>/quyet-dinh-thu-hoi/",
        importing_views.DecideUndoView.as_view(),
        name="legalref_import_decide_undo",
    ),
    path("van-ban/lay-toan-van/<int:pk>/", importing_views.TakeTextView.as_view(), name="legalref_take_text"),
]


@hooks.register("register_admin_urls")
def admin_urls():
    register = reverse_lazy(LegalDocument.snippet_viewset.get_url_name("list"))
    return [
        # For users who type only the first part of "van-ban/so/".
        path("van-ban/", with_access(SITE_MEMBERS)(RedirectView.as_view(url=register)), name="legalref_documents"),
        path("van-ban/bai-bo/<int:pk>/", views.RepealView.as_view(), name="legalref_repeal"),
        path("van-ban/thu-hoi/<int:pk>/", views.UndoRepealView.as_view(), name="legalref_undo_repeal"),
        path("van-ban/dua-vao-trang/<int:pk>/", views.MarkView.as_view(), name="legalref_mark"),
        path(
            "van-ban/trich-dan/trang/<int:page_id>/",
            citation_views.PageCitationsView.as_view(),
            name="legalref_page_citations",
        ),
        path(
            "van-ban/trich-dan/van-ban/<int:pk>/",
            citation_views.DocumentCitationsView.as_view(),
            name="legalref_document_citations",
        ),
        path("van-ban/can-nhap/", citation_views.WantedView.as_view(), name="legalref_wanted"),
        path("van-ban/quan-he/<int:pk>/", relation_views.RelationsView.as_view(), name="legalref_relations"),
        path(
            "van-ban/quan-he/thu-hoi/<int:pk>/",
            relation_views.TakeBackView.as_view(),
            name="legalref_take_back_relation",
        ),
        path("van-ban/quan-he/xac-nhan/<int:pk>/", relation_views.AgreeView.as_view(), name="legalref_agree_relation"),
        path("van-ban/can-chu-y/", dashboard_views.AttentionView.as_view(), name="legalref_attention"),
        path("van-ban/thoi-han-dang/", dashboard_views.DutyView.as_view(), name="legalref_duty"),
        path("van-ban/thoi-han-dang/tai/", dashboard_views.DutySheetView.as_view(), name="legalref_duty_sheet"),
        path("so-van-ban/", book_views.BookListView.as_view(), name="legalref_books"),
        path("so-van-ban/mo-so/", book_views.OpenBookView.as_view(), name="legalref_open_book"),
        path("so-van-ban/<int:pk>/", book_views.BookView.as_view(), name="legalref_book"),
        path("so-van-ban/<int:pk>/lay-so/", book_views.TakeNumberView.as_view(), name="legalref_take_number"),
        path("so-van-ban/<int:pk>/nam-sau/", book_views.NextBookView.as_view(), name="legalref_next_book"),
        path("so-van-ban/<int:pk>/ban-giao/", book_views.HandOverView.as_view(), name="legalref_hand_over_book"),
        path("so-van-ban/<int:pk>/tai/", book_views.BookRegisterView.as_view(), name="legalref_book_register"),
        path(
            "so-van-ban/<int:pk>/huy/<int:number>/",
            book_views.CancelNumberView.as_view(),
            name="legalref_cancel_number",
        ),
        path("quy-che/<str:article>/", regulation.RegulationView.as_view(), name="legalref_regulation"),
        *IMPORT_URLS,
    ]


@hooks.register("register_admin_menu_item")
def books_menu_item():
    return ScreenMenuItem(
        "Lấy số, sổ văn bản", reverse("legalref_books"), name="so-van-ban", icon_name="list-ol", order=255
    )


@hooks.register("register_admin_menu_item")
def wanted_menu_item():
    return DashboardMenuItem(
        "Văn bản cần nhập", reverse("legalref_wanted"), name="van-ban-can-nhap", icon_name="link", order=256
    )


@hooks.register("register_page_header_buttons")
def page_citations_header_button(page, user, view_name, next_url=None):
    yield from _citations_button(page, user)


@hooks.register("register_page_listing_more_buttons")
def page_citations_listing_button(page, user, next_url=None):
    yield from _citations_button(page, user)


def _citations_button(page, user):
    if page.depth > 1 and reading.may_decide(user, page):
        yield Button("Trích dẫn", reverse("legalref_page_citations", args=[page.pk]), icon_name="link", priority=54)


@hooks.register("register_admin_menu_item")
def import_menu_item():
    return ScreenMenuItem(
        "Nhập, xuất văn bản", reverse("legalref_imports"), name="nhap-van-ban", icon_name="upload", order=256
    )


class SubmitDocumentItem(SubmitMenuItem):
    """Save, then go to preflight and declaration."""


@hooks.register("register_snippet_action_menu_item")
def submit_document_item(model):
    return SubmitDocumentItem(order=10) if model is LegalDocument else None


# Before the hook that redirects to the submission, after which no other is asked.
@hooks.register("after_create_snippet", order=-1)
def after_registering_document(request, instance):
    if isinstance(instance, LegalDocument):
        made = lifecycle.start_duties(instance, by=request.user)
        duty_messages.tell(request, instance, made, is_new=True)


@hooks.register("after_edit_snippet", order=-1)
def after_editing_document(request, instance):
    if isinstance(instance, LegalDocument):
        made = lifecycle.start_duties(instance, by=request.user)
        duty_messages.tell(request, instance, made, is_new=False)


@hooks.register("register_log_actions")
def log_actions(actions):
    for name, label, message in (
        ("portal.document.mark", "Đưa vào trang", "Đánh dấu văn bản phải có trên một trang"),
        ("portal.document.relate", "Ghi quan hệ", "Ghi quan hệ giữa hai văn bản"),
        ("portal.document.agree", "Xác nhận quan hệ", "Người thứ hai xác nhận quan hệ giữa hai văn bản"),
        ("portal.document.ask_back", "Đề nghị thu hồi quan hệ", "Đề nghị thu hồi quan hệ đã công bố"),
        ("portal.document.keep", "Không thu hồi quan hệ", "Người thứ hai không đồng ý thu hồi quan hệ"),
        ("portal.document.take_back", "Thu hồi quan hệ", "Thu hồi quan hệ giữa hai văn bản"),
        ("portal.document.repeal", "Ghi nhận bãi bỏ", "Ghi nhận văn bản bị bãi bỏ, thay thế"),
        ("portal.book.open", "Mở sổ", "Mở sổ đăng ký văn bản"),
        ("portal.book.hand_over", "Bàn giao sổ", "Bàn giao sổ đăng ký văn bản cho trang khác"),
        ("portal.book.take", "Lấy số", "Lấy số văn bản"),
        ("portal.book.cancel", "Hủy số", "Hủy số văn bản"),
        ("portal.document.import", "Nhập từ bảng", "Nhập văn bản từ bảng, thành bản nháp"),
        ("portal.document.take_text", "Lấy toàn văn", "Lấy toàn văn từ tệp của văn bản"),
        ("portal.import.upload", "Tải lên lô", "Tải lên bảng văn bản để nhập"),
        ("portal.import.discard", "Bỏ lô", "Bỏ lô văn bản chưa ghi"),
        ("portal.import.convert", "Chuyển mã lô", "Chọn bảng mã của lô văn bản"),
        ("portal.import.confirm", "Xác nhận lô", "Xác nhận ghi lô văn bản vào sổ"),
        ("portal.import.write", "Ghi lô", "Ghi lô văn bản thành bản nháp"),
        ("portal.import.approve", "Duyệt lô", "Duyệt lô văn bản"),
        ("portal.import.publish", "Đăng lô", "Đăng xong lô văn bản"),
        ("portal.import.undo", "Đề nghị thu hồi lô", "Đề nghị thu hồi lô văn bản"),
        ("portal.import.decide_undo", "Quyết định thu hồi lô", "Người thứ hai quyết định về việc thu hồi lô văn bản"),
        ("portal.import.undone", "Thu hồi xong lô", "Thu hồi xong lô văn bản"),
        ("portal.citation.decide", "Quyết định trích dẫn", "Chấp nhận, bỏ hoặc chọn văn bản cho trích dẫn"),
        ("portal.document.undo_repeal", "Thu hồi bãi bỏ", "Thu hồi việc ghi nhận bãi bỏ"),
    ):
        actions.register_action(name, label, message)
