"""Where the admin meets the catalogue."""

from django.urls import path, reverse
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from base.admin.screen_access import ScreenMenuItem
from workflows.wagtail_hooks import SubmitMenuItem

from .dossiers import hooks as dossier_hooks
from .models import Procedure
from .screens import dashboard_views, import_views, stop_views
from .screens.viewsets import CatalogueViewSetGroup

register_snippet(CatalogueViewSetGroup)
hooks.register("register_admin_urls", dossier_hooks.urls)
hooks.register("register_admin_menu_item", dossier_hooks.dossiers_menu_item)
hooks.register("register_admin_menu_item", dossier_hooks.sources_menu_item)


@hooks.register("register_admin_urls")
def admin_urls():
    v, i = dashboard_views, import_views
    return [
        path("dich-vu-cong/can-xem-lai/", v.ReviewView.as_view(), name="servicecatalog_review"),
        path("dich-vu-cong/can-xem-lai/tai/", v.ReviewSheetView.as_view(), name="servicecatalog_review_sheet"),
        path("dich-vu-cong/muc-do-hien-nay/<int:pk>/", v.LevelView.as_view(), name="servicecatalog_level"),
        path("dich-vu-cong/cung-cap/<int:pk>/", v.OfferView.as_view(), name="servicecatalog_offer"),
        path(
            "dich-vu-cong/cung-cap/<int:pk>/<slug:slug>/", v.OfferHereView.as_view(), name="servicecatalog_offer_here"
        ),
        path("dich-vu-cong/ngung/<int:pk>/", v.WithdrawView.as_view(), name="servicecatalog_withdraw"),
        path("dich-vu-cong/nhap/", i.ImportView.as_view(), name="servicecatalog_import"),
        path("dich-vu-cong/nhap/mau/", i.TemplateView.as_view(), name="servicecatalog_import_template"),
        path("dich-vu-cong/nhap/xac-nhan/", i.ConfirmView.as_view(), name="servicecatalog_import_confirm"),
        path("dich-vu-cong/nhap/loi/", i.ProblemsView.as_view(), name="servicecatalog_import_problems"),
        path("dich-vu-cong/nhap/xuat/<str:kind>/", i.ExportView.as_view(), name="servicecatalog_export"),
        path("dich-vu-cong/tam-ngung/", stop_views.PlannedStopView.as_view(), name="servicecatalog_planned_stop"),
        path("dich-vu-cong/lo/", v.BatchListView.as_view(), name="servicecatalog_batches"),
        path("dich-vu-cong/lo/<int:pk>/", v.BatchView.as_view(), name="servicecatalog_batch"),
    ]


@hooks.register("register_admin_menu_item")
def planned_stop_menu_item():
    return ScreenMenuItem(
        "Báo tạm ngừng cổng", reverse("servicecatalog_planned_stop"), name="tam-ngung", icon_name="time", order=297
    )


class SubmitProcedureItem(SubmitMenuItem):
    """Save, then go to preflight and declaration."""


@hooks.register("register_snippet_action_menu_item")
def submit_procedure_item(model):
    return SubmitProcedureItem(order=10) if model is Procedure else None


@hooks.register("register_log_actions")
def log_actions(actions):
    for name, label, message in (
        ("portal.catalogue.hand_in", "Gửi lô dịch vụ", "Gửi duyệt một lô thủ tục, dịch vụ"),
        ("portal.catalogue.approve", "Duyệt lô dịch vụ", "Duyệt một lô thủ tục, dịch vụ"),
        ("portal.catalogue.send_back", "Trả lại lô dịch vụ", "Trả lại một lô thủ tục, dịch vụ"),
        ("portal.catalogue.stop", "Lô dịch vụ dừng", "Một lô thủ tục, dịch vụ dừng"),
        ("portal.catalogue.publish", "Đăng lô dịch vụ", "Đăng xong một lô thủ tục, dịch vụ"),
        ("portal.procedure.level", "Xác định mức độ", "Xác định mức độ của dịch vụ trong hệ hiện nay"),
        ("portal.procedure.import", "Nhập thủ tục", "Nhập thủ tục từ bảng, thành bản nháp"),
        ("portal.service.take_over", "Tiếp nhận dịch vụ", "Tạo bản nháp dịch vụ của đơn vị đã sáp nhập, kết thúc"),
        ("portal.service.withdraw", "Ngừng cung cấp", "Đề nghị ngừng cung cấp dịch vụ"),
        *dossier_hooks.ACTIONS,
    ):
        actions.register_action(name, label, message)
