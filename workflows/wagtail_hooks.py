"""Where the admin meets approval, take-down and arrangement."""

from django.contrib import messages
from django.forms import Media
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html_join
from wagtail import hooks
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.sidebar import LinkMenuItem
from wagtail.admin.widgets import Button
from wagtail.models import WorkflowMixin
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet

from accounts.roles import ARRANGE, EMERGENCY, PROPOSE_TAKEDOWN, WRITE, may, owner_site
from base.admin.guarded_forms import SUBMIT
from base.admin.screen_access import ScreenAccess, ScreenMenuItem, with_access
from base.sites import site_of

from .archive import disposal, disposal_views, retention
from .dashboard import views as home_views
from .dashboard import work_queue
from .deadlines import calendar_views, duties
from .deadlines import views as deadline_views
from .drafts import page_template_views, page_templates, preview_views, previews
from .models import AddressRedirect
from .publishing import approval, review_facts
from .publishing.removed_status import say_removed
from .screens import (
    archive,
    arranging,
    emergencies,
    file_views,
    record_views,
    reviewing,
    submitting,
    taking_down,
    viewsets,
)
from .screens.redirect_views import RedirectViewSet
from .upkeep import live_check_views, review_date_views, review_dates

say_removed()

RECALL, CANCEL = "action-portal-recall", "action-cancel-workflow"
REVIEW = "action-portal-review"
# What stands beside each other in the footer of a form, and all that does. Saving comes first: Enter in a field presses
# the first button of a form.
IN_SIGHT = ("action-save-draft", "action-save", SUBMIT, "action-page-locked", "action-locked", REVIEW, RECALL)


@hooks.register("register_admin_viewset")
def explorer():
    return viewsets.PortalPageViewSet()


# Wagtail asks for the permissions of its own redirects otherwise, which no user holds.
register_permission_policy(AddressRedirect, ModelPermissionPolicy(AddressRedirect))
register_snippet(RedirectViewSet)


@hooks.register("register_admin_urls")
def admin_urls():
    f, p = file_views, preview_views
    t, r, rc = page_template_views, review_date_views, record_views
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
        path("go-bo/", taking_down.TakeDownListView.as_view(), name="workflows_takedowns"),
        path("go-bo/trang/<int:page_id>/", taking_down.ProposeView.as_view(), name="workflows_propose"),
        path(
            "go-bo/<str:app_label>/<str:model_name>/<int:pk>/",
            taking_down.ProposeRecordView.as_view(),
            name="workflows_propose_record",
        ),
        path("go-bo/<int:pk>/", taking_down.TakeDownView.as_view(), name="workflows_takedown"),
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
        path("danh-muc-chung/", rc.RecordChangesView.as_view(), name="workflows_record_changes"),
        path("danh-muc-chung/<int:pk>/", rc.RecordChangeView.as_view(), name="workflows_record_change"),
        path(
            "danh-muc-chung/<int:pk>/rut/",
            rc.WithdrawRecordChangeView.as_view(),
            name="workflows_withdraw_record_change",
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
        path("xem-truoc/<int:page_id>/", p.PreviewLinksView.as_view(), name="workflows_previews"),
        path("xem-truoc/thu-hoi/<int:pk>/", p.RevokePreviewView.as_view(), name="workflows_preview_revoke"),
        path("huy-lich/<int:page_id>/", arranging.UnscheduleView.as_view(), name="workflows_unschedule"),
        path("lich-dang/<int:pk>/", arranging.ScheduleView.as_view(), name="workflows_schedule"),
        path("luu-tru/", archive.ArchiveListView.as_view(), name="workflows_archive"),
        path("luu-tru/<int:pk>/", archive.ArchiveCopyView.as_view(), name="workflows_archive_copy"),
        path("luu-tru/<int:pk>/trang/", archive.archive_html, name="workflows_archive_html"),
        *_disposal_urls(),
        *_deadline_urls(),
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
        waiting = work_queue.waiting_for(request)
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
    return ScreenMenuItem("Sửa danh mục chung", address, name="danh-muc-chung", icon_name="list-ul", order=310)


@hooks.register("register_reports_menu_item")
def live_checks_menu_item():
    address = reverse("workflows_live_checks")
    return ScreenMenuItem("Kiểm tra nội dung đã đăng", address, name="kiem-tra-noi-dung", icon_name="check", order=20)


@hooks.register("register_reports_menu_item")
def review_dates_menu_item():
    address = reverse("workflows_review_dates")
    return ScreenMenuItem("Rà soát định kỳ", address, name="ra-soat", icon_name="calendar-check", order=25)


# --- The edit form ---------------------------------------------------------------------------------


class SubmitMenuItem(ActionMenuItem):
    """Save, then go to preflight and declaration; while a version waits, in its place."""

    name = SUBMIT
    template_name = "workflows/submit_item.html"
    label = "Lưu và gửi duyệt"
    label_while_waiting = "Lưu và gửi phiên bản mới"
    icon_name = "check"

    def is_shown(self, context):
        if context["view"] == "create":
            return True
        thing = context.get("page") or context.get("instance")
        if not thing or context.get("locked_for_user"):
            return False
        return not thing.workflow_in_progress or self._takes_its_place(context["request"].user, thing)

    def get_context_data(self, parent_context):
        context, thing = super().get_context_data(parent_context), parent_context.get("page")
        thing = thing or parent_context.get("instance")
        if thing and parent_context["view"] != "create" and thing.workflow_in_progress:
            context["label"] = self.label_while_waiting
        return context

    @staticmethod
    def _takes_its_place(user, thing) -> bool:
        return approval.waiting_review(thing) is not None and may(user, WRITE, owner_site(thing))


@hooks.register("register_page_action_menu_item")
def page_submit_item():
    return SubmitMenuItem(order=10)


class RecallMenuItem(ActionMenuItem):
    """The way to take back what waits for approval: a screen that says what it does, and asks."""

    name = RECALL
    label = "Rút về để sửa"
    icon_name = "resubmit"

    def is_shown(self, context):
        thing = context.get("page") or context.get("instance")
        return context["view"] == "edit" and bool(thing) and approval.may_recall(context["request"].user, thing)

    def get_url(self, parent_context):
        return submitting.recall_url(parent_context.get("page") or parent_context.get("instance"))


class ReviewMenuItem(ActionMenuItem):
    """The way to the one screen of a decision, in the place of Wagtail's buttons, which decide about nothing shown."""

    name = REVIEW
    label = "Xem xét và duyệt"
    icon_name = "view"

    def is_shown(self, context):
        thing = context.get("page") or context.get("instance")
        return context["view"] == "edit" and bool(thing) and approval.may_decide(context["request"].user, thing)

    def get_url(self, parent_context):
        thing = parent_context.get("page") or parent_context.get("instance")
        return reverse("workflows_review", args=[approval.waiting_review(thing).pk])


class Beside(Component):
    """Actions that stand beside each other, where Wagtail shows one and folds the rest."""

    name, order = "portal-beside", 0

    def __init__(self, items):
        self.items = items

    def render_html(self, parent_context=None):
        return format_html_join("", "{}", ((item.render_html(parent_context),) for item in self.items))

    @property
    def media(self):
        return sum((item.media for item in self.items), Media())


@hooks.register("construct_page_action_menu")
@hooks.register("construct_snippet_action_menu")
def action_menu(menu_items, request, context):
    """Leave what is on our list, side by side; Wagtail's other actions, of today and tomorrow, are replaced by ours.

    To go once Wagtail lets a form show more than one of its actions.
    """
    found = [*menu_items, *(item for item in (ReviewMenuItem(), RecallMenuItem()) if item.is_shown(context))]
    ours = sorted((item for item in found if item.name in IN_SIGHT), key=lambda item: IN_SIGHT.index(item.name))
    menu_items[:] = [Beside(ours)] if len(ours) > 1 else ours


@hooks.register("before_edit_page")
@hooks.register("before_edit_snippet")
def recall_by_its_own_screen(request, thing):
    """Lead Wagtail's way to end a review, which asks nothing, to the screen that does."""
    if request.method == "POST" and CANCEL in request.POST and isinstance(thing, WorkflowMixin):
        return redirect(submitting.recall_url(thing))


@hooks.register("before_edit_page")
@hooks.register("before_edit_snippet")
def say_why_it_came_back(request, thing):
    """Say above the form who gave it back and why, until it is submitted again."""
    # Wagtail asks for parts of a form that is open as well; what was said there would stand on the next screen.
    if request.method == "GET" and not request.GET and isinstance(thing, WorkflowMixin):
        if words := review_facts.returned(thing):
            messages.warning(request, f"{words} Sửa xong hãy gửi duyệt lại.")


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def after_saving_page(request, page):
    duties.note_duties(page, by=request.user)
    if SUBMIT in request.POST:
        return redirect("workflows_submit", "wagtailcore", "page", page.pk)


@hooks.register("after_create_snippet")
@hooks.register("after_edit_snippet")
def after_saving_snippet(request, instance):
    if SUBMIT in request.POST:
        return redirect("workflows_submit", instance._meta.app_label, instance._meta.model_name, instance.pk)


@hooks.register("before_delete_page")
def before_deleting_page(request, page):
    if request.method == "POST":
        for gone in page.get_descendants(inclusive=True).specific():
            duties.drop_deadlines_of(gone, by=request.user)
            previews.end_links_of(gone, previews.End.REMOVED, by=request.user)


# --- Buttons of a page -----------------------------------------------------------------------------


@hooks.register("register_page_header_buttons")
def page_header_buttons(page, user, view_name, next_url=None):
    yield from _buttons(page, user)
    yield from _template_buttons(page, user)
    if page.depth > 1 and approval.may_renew(user, page):
        address = reverse("workflows_submit", args=["wagtailcore", "page", page.pk])
        yield Button("Gửi duyệt phiên bản mới", address, icon_name="check", priority=51)
    if page.live and page.depth > 1 and review_dates.may_review_on(user, site_of(page)):
        address = reverse("workflows_review_date", args=[page.pk])
        yield Button("Rà soát", address, icon_name="calendar-check", priority=53)


@hooks.register("register_page_listing_more_buttons")
def page_listing_buttons(page, user, next_url=None):
    yield from _buttons(page, user)


def _template_buttons(page, user):
    if page.depth < 2 or not may(user, WRITE, site_of(page)):
        return
    if page_template_views.has_templates_below(page, user):
        address = reverse("workflows_templates_below", args=[page.pk])
        yield Button("Bắt đầu từ mẫu", address, icon_name="doc-full", priority=52)
    if not page.numchild and page_templates.template_fields(page.specific_class or type(page)):
        address = reverse("workflows_template_save", args=[page.pk])
        yield Button("Lưu làm mẫu bài", address, icon_name="doc-full", priority=59)


def _buttons(page, user):
    if page.depth < 2:
        return
    site = site_of(page)
    if site is None:
        return

    def button(label, name, icon, priority):
        return Button(label, reverse(name, args=[page.pk]), icon_name=icon, priority=priority)

    if may(user, ARRANGE, site) and page.numchild > 1:
        yield button("Sắp xếp mục", "workflows_arrange", "order", 55)
    if may(user, WRITE, site):
        yield button("Chuyển trang", "workflows_move", "arrow-right-full", 56)
    if previews.may_share(user, page) and (not page.live or page.has_unpublished_changes):
        yield button("Xem trước cho người ngoài", "workflows_previews", "link", 54)
    if page.live and may(user, PROPOSE_TAKEDOWN, site):
        yield button("Đề nghị gỡ bỏ", "workflows_propose", "bin", 57)
    if may(user, ARRANGE, site) and page.approved_schedule:
        yield button("Hủy lịch đăng", "workflows_unschedule", "calendar", 58)
    if may(user, EMERGENCY, site):
        yield button("Đăng khẩn cấp", "workflows_emergency_publish", "warning", 90)
        if page.live:
            yield button("Gỡ khẩn cấp", "workflows_emergency_remove", "warning", 91)


# --- Log ---------------------------------------------------------------------------------------------


@hooks.register("register_log_actions")
def log_actions(actions):
    for name, label, message in (
        ("portal.publish", "Đăng", "Đăng phiên bản đã duyệt"),
        (
            "portal.submission.renew",
            "Gửi duyệt phiên bản mới",
            "Rút phiên bản đang chờ duyệt và gửi phiên bản mới thay vào",
        ),
        ("portal.emergency", "Việc khẩn cấp", "Thực hiện khẩn cấp, chờ xem lại"),
        ("portal.schedule.void", "Bỏ lịch đăng", "Bỏ lịch đăng; phiên bản trở lại là bản nháp"),
        ("portal.schedule.keep", "Giữ lịch đăng", "Giữ lịch đăng mà người duyệt đã hết phân công"),
        ("portal.takedown.propose", "Đề nghị gỡ bỏ", "Đề nghị gỡ bỏ"),
        ("portal.takedown.overtaken", "Gỡ khẩn cấp thay cho đề nghị gỡ bỏ", "Gỡ khẩn cấp thay cho đề nghị gỡ bỏ"),
        ("portal.takedown.withdraw", "Rút đề nghị gỡ bỏ", "Rút đề nghị gỡ bỏ"),
        (
            "portal.takedown.first",
            "Dừng duyệt để gỡ bỏ",
            "Dừng luồng duyệt vì có đề nghị gỡ bỏ; bản nháp vẫn còn",
        ),
        ("portal.takedown.take_down", "Gỡ bỏ", "Gỡ bỏ theo quyết định"),
        ("portal.takedown.keep", "Giữ lại kèm ghi chú", "Giữ lại kèm ghi chú"),
        ("portal.takedown.edit", "Yêu cầu chỉnh sửa", "Yêu cầu chỉnh sửa"),
        ("portal.takedown.record", "Gỡ bỏ văn bản", "Gỡ bỏ văn bản của sổ, hai người quyết định"),
        ("portal.takedown.restore", "Khôi phục", "Khôi phục từ bản lưu trữ"),
        ("portal.template.save", "Lưu mẫu bài", "Lưu phần chữ của trang làm mẫu bài"),
        ("portal.template.retire", "Thôi dùng mẫu bài", "Cho mẫu bài thôi dùng"),
        ("portal.preview.make", "Tạo liên kết xem trước", "Tạo liên kết xem trước bản nháp cho người ngoài"),
        ("portal.review.confirm", "Đã rà soát", "Đã rà soát, không thay đổi"),
        ("portal.review.choose", "Đổi ngày rà soát", "Đổi ngày rà soát"),
        ("portal.arrange", "Sắp xếp", "Sắp xếp lại thứ tự"),
        ("portal.move", "Chuyển trang", "Chuyển trang"),
        ("portal.move.propose", "Đề nghị chuyển trang", "Đề nghị chuyển trang"),
        ("portal.file.propose", "Đề nghị thay tệp", "Đề nghị thay tệp đang đăng"),
        ("portal.file.change", "Duyệt thay tệp", "Duyệt thay nội dung, tên hoặc mô tả của tệp đang đăng"),
        ("portal.file.refuse", "Không đồng ý thay tệp", "Không đồng ý, hoặc rút, đề nghị thay tệp"),
        ("portal.record.propose", "Đề nghị sửa danh mục chung", "Đề nghị thêm, sửa hoặc xóa một mục dùng chung"),
        ("portal.record.confirm", "Xác nhận sửa danh mục chung", "Xác nhận đề nghị của người khác"),
        ("portal.record.refuse", "Không đồng ý sửa danh mục chung", "Không đồng ý, hoặc rút, đề nghị sửa"),
        ("portal.record.change", "Sửa mục dùng chung", "Thêm hoặc sửa mục dùng chung, hai người"),
        ("portal.calendar.set", "Sửa lịch làm việc", "Sửa một ngày trong lịch làm việc"),
        ("portal.calendar.remove", "Bỏ ngày khỏi lịch", "Bỏ một ngày khỏi lịch làm việc"),
        ("portal.deadline.rule", "Sửa quy tắc thời hạn", "Sửa quy tắc thời hạn từ một ngày"),
        ("portal.deadline.start", "Bắt đầu thời hạn", "Bắt đầu tính thời hạn"),
        ("portal.deadline.recompute", "Tính lại thời hạn", "Tính lại thời hạn vì lịch làm việc thay đổi"),
        ("portal.deadline.meet", "Hoàn thành thời hạn", "Hoàn thành thời hạn"),
        ("portal.deadline.extend", "Gia hạn", "Gia hạn"),
        ("portal.deadline.pause", "Tạm dừng thời hạn", "Tạm dừng thời hạn, chờ người gửi"),
        ("portal.deadline.resume", "Tính tiếp thời hạn", "Tính tiếp thời hạn sau khi tạm dừng"),
        ("portal.deadline.cancel", "Hủy thời hạn", "Hủy thời hạn"),
        ("portal.disposal.propose", "Lập danh mục tiêu hủy", "Lập danh mục tiêu hủy"),
        ("portal.disposal.withdraw", "Rút danh mục tiêu hủy", "Rút danh mục tiêu hủy"),
        ("portal.disposal.refuse", "Không đồng ý tiêu hủy", "Không đồng ý tiêu hủy"),
        ("portal.disposal.destroy", "Tiêu hủy", "Tiêu hủy bản lưu trữ theo quyết định"),
        ("portal.retention.set", "Sửa thời hạn lưu trữ", "Sửa thời hạn của một nhóm lưu trữ"),
        ("portal.retention.rule", "Xếp nhóm lưu trữ", "Xếp một loại nội dung vào nhóm lưu trữ"),
    ):
        actions.register_action(name, label, message)
