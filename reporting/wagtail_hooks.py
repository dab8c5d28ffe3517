"""Where the admin meets the reports: addresses, menu entries, the words of log lines, the list of criteria."""

from django.urls import path, reverse
from wagtail import hooks
from wagtail.snippets.models import register_snippet

from base.admin.screen_access import ScreenMenuItem

from .scoring import matrix_views, waiting_views
from .scoring import views as scoring
from .scoring.viewsets import CriterionViewSet
from .timeliness import views as timeliness
from .yearly import admin_hooks  # noqa: F401  registers its own hooks

register_snippet(CriterionViewSet)

URLS = (
    ("bao-cao/day-du/", matrix_views.MatrixView, "reporting_matrix"),
    ("bao-cao/day-du/tai/<str:extension>/", matrix_views.MatrixFileView, "reporting_matrix_file"),
    ("bao-cao/dung-han/", timeliness.TimelinessView, "reporting_timeliness"),
    ("bao-cao/dung-han/viec/", timeliness.ItemsView, "reporting_items"),
    ("bao-cao/dung-han/tai/<str:extension>/", timeliness.TimelinessFileView, "reporting_timeliness_file"),
    ("bao-cao/dong-gop/", timeliness.ContributionView, "reporting_contribution"),
    ("bao-cao/dong-gop/muc/", timeliness.ContributionItemsView, "reporting_contribution_items"),
    ("bao-cao/dong-gop/tai/<str:extension>/", timeliness.ContributionFileView, "reporting_contribution_file"),
    ("bao-cao/cau-hoi/", timeliness.QuestionsView, "reporting_questions"),
    ("bao-cao/cau-hoi/muc/", timeliness.QuestionItemsView, "reporting_question_items"),
    ("bao-cao/cau-hoi/tai/<str:extension>/", timeliness.QuestionsFileView, "reporting_questions_file"),
    ("cham-diem/", scoring.SheetsView, "reporting_sheets"),
    ("cham-diem/thang/<str:month>/do/", scoring.MeasureView, "reporting_measure"),
    ("cham-diem/thang/<str:month>/cham/", waiting_views.ScoreWaitingView, "reporting_score_waiting"),
    ("cham-diem/thang/<str:month>/trinh/", scoring.SubmitView, "reporting_submit_month"),
    ("cham-diem/thang/<str:month>/ky/", scoring.SignView, "reporting_sign_month"),
    ("cham-diem/thang/<str:month>/tai/<str:extension>/", scoring.MonthFileView, "reporting_month_file"),
    ("cham-diem/dong/<int:pk>/", scoring.CorrectView, "reporting_correct"),
    ("cham-diem/<int:pk>/", scoring.SheetView, "reporting_sheet"),
    ("cham-diem/<int:pk>/tu-danh-gia/", scoring.AssessView, "reporting_assess"),
    ("cham-diem/<int:pk>/trinh/", scoring.SubmitView, "reporting_submit"),
    ("cham-diem/<int:pk>/ky/", scoring.SignView, "reporting_sign"),
    ("cham-diem/<int:pk>/tra-lai/", scoring.SendBackView, "reporting_send_back"),
    ("cham-diem/<int:pk>/ban-moi/", scoring.ReopenView, "reporting_reopen"),
    ("cham-diem/<int:pk>/tai/<str:extension>/", scoring.SheetFileView, "reporting_sheet_file"),
)


@hooks.register("register_admin_urls")
def admin_urls():
    return [path(address, view.as_view(), name=name) for address, view, name in URLS]


@hooks.register("register_admin_menu_item")
def matrix_menu_item():
    return ScreenMenuItem(
        "Mức độ đầy đủ", reverse("reporting_matrix"), name="muc-do-day-du", icon_name="table", order=70
    )


@hooks.register("register_admin_menu_item")
def sheets_menu_item():
    return ScreenMenuItem(
        "Chấm điểm", reverse("reporting_sheets"), name="cham-diem", icon_name="clipboard-list", order=71
    )


@hooks.register("register_admin_menu_item")
def timeliness_menu_item():
    return ScreenMenuItem(
        "Kết quả đúng hạn", reverse("reporting_timeliness"), name="ket-qua-dung-han", icon_name="time", order=73
    )


@hooks.register("register_admin_menu_item")
def contribution_menu_item():
    return ScreenMenuItem("Đóng góp", reverse("reporting_contribution"), name="dong-gop", icon_name="group", order=74)


@hooks.register("register_admin_menu_item")
def questions_menu_item():
    return ScreenMenuItem(
        "Câu hỏi theo lĩnh vực, người",
        reverse("reporting_questions"),
        name="cau-hoi-theo-linh-vuc",
        icon_name="help",
        order=75,
    )


@hooks.register("register_log_actions")
def log_actions(actions):
    for name, label, message in (
        ("portal.score.measure", "Đo lại phiếu chấm điểm", "Đo lại phiếu chấm điểm ngoài giờ đo hằng ngày"),
        ("portal.score.assess", "Tự đánh giá", "Trang tự đánh giá phiếu chấm điểm"),
        ("portal.score.correct", "Sửa điểm", "Sửa điểm đo của phiếu chấm điểm, có lý do"),
        ("portal.score.submit", "Trình phiếu chấm điểm", "Trình Trưởng ban ký phiếu chấm điểm"),
        ("portal.score.send_back", "Trả lại phiếu chấm điểm", "Trả lại phiếu chấm điểm để sửa"),
        ("portal.score.reopen", "Lập bản mới của phiếu chấm điểm", "Lập bản mới của phiếu chấm điểm đã ký, có lý do"),
        ("portal.score.sign", "Ký phiếu chấm điểm", "Ký và niêm phong phiếu chấm điểm"),
    ):
        actions.register_action(name, label, message)
