"""Where the admin meets dossiers: addresses, menu, names of actions; called by `wagtail_hooks.py`."""

from django.urls import path, reverse
from wagtail.admin.menu import MenuItem

from base.admin.screen_access import ScreenMenuItem

from . import source_views
from . import views as dossier_views

ACTIONS = (
    ("portal.dossier_source.make", "Cấp khóa nạp hồ sơ", "Cấp khóa nạp hồ sơ, chờ xác nhận"),
    ("portal.dossier_source.confirm", "Xác nhận khóa nạp hồ sơ", "Xác nhận khóa nạp hồ sơ"),
    ("portal.dossier_source.revoke", "Thu hồi khóa nạp hồ sơ", "Thu hồi khóa nạp hồ sơ"),
    ("portal.dossiers.import", "Nạp hồ sơ từ tệp", "Nạp tình trạng hồ sơ từ tệp CSV"),
    ("portal.report_closing.set", "Đặt ngày chốt số liệu", "Đặt ngày chốt số liệu báo cáo"),
)


def urls() -> list:
    """Return the addresses of the screens of dossiers."""
    v, s = dossier_views, source_views
    return [
        path("ho-so-mot-cua/", v.DossiersView.as_view(), name="servicecatalog_dossiers"),
        path("ho-so-mot-cua/khong-tinh/", v.AsidesView.as_view(), name="servicecatalog_dossier_asides"),
        path("ho-so-mot-cua/bao-cao/", v.ReportView.as_view(), name="servicecatalog_dossier_report"),
        path("ho-so-mot-cua/bao-cao/tai/", v.ReportSheetView.as_view(), name="servicecatalog_dossier_report_sheet"),
        path("ho-so-mot-cua/ngay-chot/", v.ClosingView.as_view(), name="servicecatalog_report_closing"),
        path("ho-so-mot-cua/nap/", v.ImportView.as_view(), name="servicecatalog_dossier_import"),
        path("ho-so-mot-cua/nap/mau/", v.ExampleView.as_view(), name="servicecatalog_dossier_template"),
        path("khoa-nap-ho-so/", s.SourcesView.as_view(), name="servicecatalog_sources"),
        path("khoa-nap-ho-so/moi/", s.NewSourceView.as_view(), name="servicecatalog_source_new"),
        path("khoa-nap-ho-so/<int:pk>/xac-nhan/", s.ConfirmView.as_view(), name="servicecatalog_source_confirm"),
        path("khoa-nap-ho-so/<int:pk>/thu-hoi/", s.RevokeView.as_view(), name="servicecatalog_source_revoke"),
    ]


def dossiers_menu_item() -> MenuItem:
    """Return the entry of the screens of dossiers."""
    return ScreenMenuItem(
        "Hồ sơ một cửa",
        reverse("servicecatalog_dossiers"),
        name="ho-so-mot-cua",
        icon_name="folder-open-inverse",
        order=262,
    )


def sources_menu_item() -> MenuItem:
    """Return the entry of the tokens."""
    return ScreenMenuItem(
        "Khóa nạp hồ sơ", reverse("servicecatalog_sources"), name="khoa-nap-ho-so", icon_name="key", order=263
    )
