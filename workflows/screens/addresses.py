"""Where the screens of this room are in the administration, and their entries in the menu."""

from django.urls import path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.sidebar import LinkMenuItem

from base.admin.screen_access import ScreenAccess, ScreenMenuItem, with_access

from ..archive import disposal, disposal_views, retention
from ..dashboard import queue_screen
from ..dashboard import views as home_views
from ..deadlines import calendar_views
from ..deadlines import views as deadline_views
from ..drafts import page_template_views, preview_views
from ..translations import views as translation_views
from ..upkeep import live_check_views, opinion_views, review_date_views
from . import (
    archive,
    arranging,
    claiming,
    emergencies,
    file_views,
    record_views,
    reviewing,
    submitting,
    taking_down,
)


@hooks.register("register_admin_urls")
def admin_urls():
    f = file_views
    return [
        path("duyet/", home_views.QueueView.as_view(), name="workflows_queue"),
        path(
            "duyet/<str:app_label>/<str:model_name>/<int:pk>/gui/",
            submitting.SubmitView.as_view(),
            name="workflows_submit",
        ),
        path(
            "duyet/<str:app_label>/<str:model_name>/<int:pk>/rut/",
            submitting.RecallView.as_view(),
            name="workflows_recall",
        ),
        path("duyet/viec/<int:pk>/", reviewing.ReviewView.as_view(), name="workflows_review"),
        path("duyet/viec/<int:pk>/nguoi-xu-ly/", claiming.ClaimReviewView.as_view(), name="workflows_claim_review"),
        path("duyet/ai-xu-ly/", claiming.WorkloadView.as_view(), name="workflows_workload"),
        path("duyet/da-gui/", home_views.SubmissionsView.as_view(), name="workflows_submissions"),
        path("go-bo/", taking_down.TakeDownListView.as_view(), name="workflows_takedowns"),
        path("go-bo/trang/<int:page_id>/", taking_down.ProposeView.as_view(), name="workflows_propose"),
        path(
            "go-bo/<str:app_label>/<str:model_name>/<int:pk>/",
            taking_down.ProposeRecordView.as_view(),
            name="workflows_propose_record",
        ),
        path("go-bo/<int:pk>/", taking_down.TakeDownView.as_view(), name="workflows_takedown"),
        path("go-bo/<int:pk>/nguoi-xu-ly/", claiming.ClaimTakeDownView.as_view(), name="workflows_claim_takedown"),
        path("go-bo/<int:pk>/chung/", taking_down.GroupDecisionView.as_view(), name="workflows_takedown_group"),
        path("go-bo/<int:pk>/rut/", taking_down.WithdrawView.as_view(), name="workflows_withdraw"),
        path("go-bo/<int:pk>/khoi-phuc/", taking_down.RestoreView.as_view(), name="workflows_restore"),
        path(
            "khan-cap/dang/<int:page_id>/",
            emergencies.EmergencyPublishView.as_view(),
            name="workflows_emergency_publish",
        ),
        path(
            "khan-cap/go/<int:page_id>/", emergencies.EmergencyRemoveView.as_view(), name="workflows_emergency_remove"
        ),
        path("khan-cap/<int:pk>/", emergencies.SecondLookView.as_view(), name="workflows_second_look"),
        path("sap-xep/<int:page_id>/", arranging.ArrangeView.as_view(), name="workflows_arrange"),
        path("chuyen-trang/<int:page_id>/", arranging.MoveView.as_view(), name="workflows_move"),
        path("chuyen-trang/de-nghi/<int:pk>/", arranging.DecideMoveView.as_view(), name="workflows_decide_move"),
        path("thay-tep/<int:pk>/", f.FileChangeView.as_view(), name="workflows_file_change"),
        path("thay-tep/<int:pk>/noi-dung/", f.proposed_content, name="workflows_file_change_content"),
        path("thay-tep/<int:pk>/rut/", f.WithdrawFileChangeView.as_view(), name="workflows_withdraw_file_change"),
        path("thay-tep/<str:kind>/<int:pk>/", f.ProposeFileChangeView.as_view(), name="workflows_propose_file_change"),
        *_translation_urls(),
        *_upkeep_urls(),
        *_disposal_urls(),
        *_deadline_urls(),
    ]


def _translation_urls():
    t = translation_views
    return [
        path("ban-dich/", t.TranslationsView.as_view(), name="workflows_translations"),
        path("ban-dich/<int:page_id>/", t.TranslationView.as_view(), name="workflows_translation"),
        path("ban-dich/<int:page_id>/bat-dau/", t.StartTranslationView.as_view(), name="workflows_translation_start"),
    ]


def _upkeep_urls():
    t, r, rc, p = page_template_views, review_date_views, record_views, preview_views
    return [
        path("danh-muc-chung/", rc.RecordChangesView.as_view(), name="workflows_record_changes"),
        path("danh-muc-chung/<int:pk>/", rc.RecordChangeView.as_view(), name="workflows_record_change"),
        path(
            "danh-muc-chung/<int:pk>/rut/",
            rc.WithdrawRecordChangeView.as_view(),
            name="workflows_withdraw_record_change",
        ),
        path(
            "danh-muc-chung/<int:pk>/hoan-lai/",
            rc.PutBackRecordChangeView.as_view(),
            name="workflows_put_back_record_change",
        ),
        path("mau-bai/", t.TemplateListView.as_view(), name="workflows_templates"),
        path("mau-bai/duoi/<int:page_id>/", t.TemplatesBelowView.as_view(), name="workflows_templates_below"),
        path("mau-bai/duoi/<int:page_id>/<int:pk>/", t.StartView.as_view(), name="workflows_template_start"),
        path("mau-bai/dung/<int:pk>/", t.PlacesView.as_view(), name="workflows_template_places"),
        path("mau-bai/luu/<int:page_id>/", t.SaveTemplateView.as_view(), name="workflows_template_save"),
        path("mau-bai/thoi-dung/<int:pk>/", t.RetireView.as_view(), name="workflows_template_retire"),
        path("ra-soat/", r.ReviewDatesView.as_view(), name="workflows_review_dates"),
        path("ra-soat/<int:page_id>/", r.ReviewedView.as_view(), name="workflows_review_date"),
        path("ra-soat/<int:page_id>/ngay/", r.ReviewDayView.as_view(), name="workflows_review_day"),
        path("kiem-tra-noi-dung/", live_check_views.LiveChecksView.as_view(), name="workflows_live_checks"),
        path("y-kien-ve-trang/", opinion_views.OpinionsView.as_view(), name="workflows_opinions"),
        path("xem-truoc/<int:page_id>/", p.PreviewLinksView.as_view(), name="workflows_previews"),
        path("xem-truoc/y-kien/<int:pk>/", p.ClosePreviewAnswerView.as_view(), name="workflows_preview_answer_close"),
        path("xem-truoc/thu-hoi/<int:pk>/", p.RevokePreviewView.as_view(), name="workflows_preview_revoke"),
        path("huy-lich/<int:page_id>/", arranging.UnscheduleView.as_view(), name="workflows_unschedule"),
        path("lich-dang/<int:pk>/", arranging.ScheduleView.as_view(), name="workflows_schedule"),
        path("luu-tru/", archive.ArchiveListView.as_view(), name="workflows_archive"),
        path("luu-tru/<int:pk>/", archive.ArchiveCopyView.as_view(), name="workflows_archive_copy"),
        path("luu-tru/<int:pk>/trang/", archive.archive_html, name="workflows_archive_html"),
    ]


def _disposal_urls():
    d = disposal_views
    looks, sets = with_access(ScreenAccess(disposal.may_look)), with_access(ScreenAccess(retention.may_set_terms))
    return [
        path("luu-tru/tieu-huy/", looks(d.DisposalsView.as_view()), name="workflows_disposals"),
        path("luu-tru/tieu-huy/lap/", looks(d.ProposeDisposalView.as_view()), name="workflows_disposal_propose"),
        path("luu-tru/tieu-huy/<int:pk>/", looks(d.DisposalView.as_view()), name="workflows_disposal"),
        path(
            "luu-tru/tieu-huy/<int:pk>/xu-ly/", looks(d.DecideDisposalView.as_view()), name="workflows_disposal_decide"
        ),
        path(
            "luu-tru/tieu-huy/<int:pk>/rut/",
            looks(d.WithdrawDisposalView.as_view()),
            name="workflows_disposal_withdraw",
        ),
        path("luu-tru/tieu-huy/<int:pk>/xlsx/", looks(d.DisposalSheetView.as_view()), name="workflows_disposal_sheet"),
        path("luu-tru/tieu-huy/<int:pk>/pdf/", looks(d.DisposalPaperView.as_view()), name="workflows_disposal_paper"),
        path(
            "luu-tru/tieu-huy/<int:pk>/quyet-dinh/", looks(d.DecisionFileView.as_view()), name="workflows_disposal_file"
        ),
        path("luu-tru/thoi-han/", sets(d.RetentionView.as_view()), name="workflows_retention"),
        path("luu-tru/thoi-han/them/", sets(d.AddClassView.as_view()), name="workflows_retention_add"),
        path("luu-tru/thoi-han/<int:pk>/", sets(d.SetTermView.as_view()), name="workflows_retention_term"),
        path("luu-tru/thoi-han/loai/<str:label>/", sets(d.SetRuleView.as_view()), name="workflows_retention_rule"),
    ]


def _deadline_urls():
    v, c = deadline_views, calendar_views
    day = "lich-lam-viec/<int:year>/<int:month>/<int:day>/"
    return [
        path("viec/", v.BoardView.as_view(), name="workflows_deadlines"),
        path("viec/tai/", v.BoardSheetView.as_view(), name="workflows_deadlines_sheet"),
        path("viec/<int:pk>/", v.DeadlineView.as_view(), name="workflows_deadline"),
        path("viec/<int:pk>/gia-han/", v.ExtendView.as_view(), name="workflows_deadline_extend"),
        path("viec/<int:pk>/ly-do/", v.LateReasonView.as_view(), name="workflows_deadline_late_reason"),
        path("viec/<int:pk>/huy/", v.CancelView.as_view(), name="workflows_deadline_cancel"),
        path("viec/ket-qua/", v.PerformanceView.as_view(), name="workflows_performance"),
        path("viec/ket-qua/tai/<str:extension>/", v.PerformanceFileView.as_view(), name="workflows_performance_file"),
        path("viec/quy-tac/", v.RulesView.as_view(), name="workflows_deadline_rules"),
        path("viec/quy-tac/<str:code>/", v.RuleView.as_view(), name="workflows_deadline_rule"),
        path("lich-lam-viec/", c.CalendarView.as_view(), name="workflows_calendar"),
        path("lich-lam-viec/phien-ban/", c.VersionsView.as_view(), name="workflows_calendar_versions"),
        path("lich-lam-viec/<int:year>/", c.CalendarView.as_view(), name="workflows_calendar_year"),
        path("lich-lam-viec/<int:year>/tai/", c.TableFileView.as_view(), name="workflows_calendar_table"),
        path("lich-lam-viec/<int:year>/nhap/", c.ImportView.as_view(), name="workflows_calendar_import"),
        path(day, c.DayView.as_view(), name="workflows_calendar_day"),
        path(f"{day}khan-cap/", c.DayAtOnceView.as_view(), name="workflows_calendar_at_once"),
    ]


class WorkMenuItem(MenuItem):
    """The first screen, with the number of what waits for the person as it was when they last looked at it."""

    def render_component(self, request):
        waiting = queue_screen.waiting_for(request)
        label = f"{self.label} ({waiting})" if waiting else self.label
        return LinkMenuItem(self.name, label, self.url, icon_name=self.icon_name, classname=self.classname)


@hooks.register("register_admin_menu_item")
def work_menu_item():
    return WorkMenuItem("Việc của tôi", reverse("wagtailadmin_home"), name="viec-cua-toi", icon_name="home", order=1)


@hooks.register("register_admin_menu_item")
def queue_menu_item():
    return ScreenMenuItem("Chờ duyệt", reverse("workflows_queue"), name="duyet", icon_name="check", order=50)


@hooks.register("register_admin_menu_item")
def deadlines_menu_item():
    return ScreenMenuItem("Việc có thời hạn", reverse("workflows_deadlines"), name="viec", icon_name="time", order=55)


@hooks.register("register_admin_menu_item")
def calendar_menu_item():
    return ScreenMenuItem(
        "Lịch làm việc", reverse("workflows_calendar"), name="lich-lam-viec", icon_name="calendar-alt", order=265
    )


@hooks.register("register_admin_menu_item")
def takedown_menu_item():
    return ScreenMenuItem("Gỡ bỏ", reverse("workflows_takedowns"), name="go-bo", icon_name="bin", order=260)


@hooks.register("register_admin_menu_item")
def archive_menu_item():
    return ScreenMenuItem("Lưu trữ", reverse("workflows_archive"), name="luu-tru", icon_name="folder-open-1", order=270)


@hooks.register("register_settings_menu_item")
def templates_menu_item():
    return ScreenMenuItem("Mẫu bài", reverse("workflows_templates"), name="mau-bai", icon_name="doc-full", order=300)


@hooks.register("register_settings_menu_item")
def record_changes_menu_item():
    address = reverse("workflows_record_changes")
    return ScreenMenuItem("Đề nghị thay đổi", address, name="danh-muc-chung", icon_name="list-ul", order=310)


@hooks.register("register_reports_menu_item")
def live_checks_menu_item():
    address = reverse("workflows_live_checks")
    return ScreenMenuItem("Kiểm tra nội dung đã đăng", address, name="kiem-tra-noi-dung", icon_name="check", order=20)


@hooks.register("register_reports_menu_item")
def opinions_menu_item():
    address = reverse("workflows_opinions")
    return ScreenMenuItem("Ý kiến về trang", address, name="y-kien-ve-trang", icon_name="comment", order=22)


@hooks.register("register_reports_menu_item")
def review_dates_menu_item():
    address = reverse("workflows_review_dates")
    return ScreenMenuItem("Rà soát định kỳ", address, name="ra-soat", icon_name="calendar-check", order=25)


@hooks.register("register_reports_menu_item")
def translations_menu_item():
    return ScreenMenuItem("Bản dịch", reverse("workflows_translations"), name="ban-dich", icon_name="globe", order=27)
