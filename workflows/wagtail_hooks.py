"""Where the admin meets approval, take-down and arrangement."""

from django.contrib import messages
from django.forms import Media
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html_join
from wagtail import hooks
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.widgets import Button
from wagtail.models import WorkflowMixin
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet

from accounts.roles import ARRANGE, EMERGENCY, PROPOSE_TAKEDOWN, WRITE, may, owner_site
from base.admin.guarded_forms import SUBMIT
from base.sites import site_of

from .deadlines import duties
from .drafts import page_template_views, page_templates, previews
from .models import AddressRedirect
from .publishing import approval, review_facts
from .publishing.removed_status import say_removed
from .screens import addresses as screen_addresses  # noqa: F401  registers its own hooks
from .screens import (
    bundle_hooks,  # noqa: F401  registers its own hooks
    submitting,
    viewsets,
)
from .screens.redirect_views import RedirectViewSet
from .translations import starting
from .upkeep import review_dates

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
    duties.note_duties(instance, by=request.user)
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
    yield from _translation_buttons(page, user)
    if page.live and page.depth > 1 and review_dates.may_review_on(user, site_of(page)):
        address = reverse("workflows_review_date", args=[page.pk])
        yield Button("Rà soát", address, icon_name="calendar-check", priority=53)


@hooks.register("register_page_listing_more_buttons")
def page_listing_buttons(page, user, next_url=None):
    yield from _buttons(page, user)


def _translation_buttons(page, user):
    if not starting.may_start(user, page):
        return
    made = starting.translation_of(page)
    if made is None:
        address = reverse("workflows_translation_start", args=[page.pk])
        yield Button("Dịch sang tiếng Anh", address, icon_name="globe", priority=57)
    else:
        yield Button("Bản tiếng Anh", reverse("workflows_translation", args=[made.pk]), icon_name="globe", priority=57)


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
def log_actions_without_publication(actions):
    for name, label, message in (
        ("portal.practice.approve", "Duyệt thực hành", "Đã duyệt trên trang thực hành, không đăng"),
        ("portal.claim.take", "Nhận việc", "Đã nhận việc"),
        ("portal.claim.give", "Giao việc", "Đã giao việc cho người khác"),
        ("portal.claim.release", "Nhả việc", "Đã nhả việc"),
    ):
        actions.register_action(name, label, message)


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
        ("portal.translation.start", "Bắt đầu bản dịch", "Bắt đầu bản dịch của trang"),
        ("portal.template.save", "Lưu mẫu bài", "Lưu phần chữ của trang làm mẫu bài"),
        ("portal.template.retire", "Thôi dùng mẫu bài", "Cho mẫu bài thôi dùng"),
        ("portal.preview.make", "Tạo liên kết xem trước", "Tạo liên kết xem trước bản nháp cho người ngoài"),
        ("portal.review.confirm", "Đã rà soát", "Đã rà soát, không thay đổi"),
        ("portal.review.choose", "Đổi ngày rà soát", "Đổi ngày rà soát"),
        ("portal.arrange", "Sắp xếp", "Sắp xếp lại thứ tự"),
        ("portal.move", "Chuyển trang", "Chuyển trang"),
        ("portal.move.propose", "Đề nghị chuyển trang", "Đề nghị chuyển trang"),
        ("portal.move.end", "Đề nghị chuyển trang dừng", "Đề nghị chuyển trang dừng"),
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
        ("portal.deadline.late_reason", "Lý do quá hạn", "Ghi lý do quá hạn"),
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
