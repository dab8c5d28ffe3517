"""The screens of order and place in the tree, and of what was approved for a later hour."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from accounts.roles import ARRANGE, may, works_on
from accounts.screen_access import holding
from base.admin.field_anchors import edit_address
from base.admin.page_places import BETWEEN, places_of
from base.admin.seen_versions import FIELD, OUTDATED, SeenVersion
from base.gate import Refused
from base.sites import site_of
from vietnam.dates import format_moment

from ..models import MoveProposal, Schedule
from ..publishing import arrangement
from ..translations.places import Follower, followers
from .forms import (
    MoveForm,
    ReasonForm,
    ScheduleForm,
    SecondLookForm,
)
from .subjects import PageMixin, QueueActionView, demand_works_on


class ArrangeView(SeenVersion, PageMixin, TemplateView):
    """The pages of a section in their order, each with buttons that move it one place; works without scripts."""

    screen_access = holding(ARRANGE)
    template_name = "workflows/arrange.html"

    def seen(self):
        """The pages below and their order."""
        return [[child.pk for child in self.page.get_children().order_by("path")]]

    def to_hold(self):
        return [[self.page]]

    def get_context_data(self, **kwargs):
        if not may(self.request.user, ARRANGE, site_of(self.page)):
            raise PermissionDenied
        return super().get_context_data(
            title="Sắp xếp mục",
            header_icon="order",
            place=places_of([self.page])[self.page.pk],
            children=self.page.get_children().order_by("path"),
            seen_field=FIELD,
            seen_stamp=self.stamp(),
            **kwargs,
        )

    def post(self, request, *args, **kwargs):
        if self.is_outdated():
            messages.error(request, OUTDATED)
            return redirect(request.path)
        children = list(self.page.get_children().order_by("path"))
        number = next(
            (index for index, child in enumerate(children) if str(child.pk) == request.POST.get("page", "")),
            None,
        )
        step = {"up": -1, "down": 2}.get(request.POST.get("step"))
        if number is None or step is None:
            messages.error(request, "Không rõ trang cần chuyển; hãy thử lại.")
            return redirect(request.path)
        place = max(number + step, 0)
        try:
            arrangement.reorder(
                children[number], by=request.user, before=children[place] if place < len(children) else None
            )
        except (Refused, ValidationError) as error:
            messages.error(request, str(error))
        return redirect(request.path)


class MoveView(PageMixin, QueueActionView):
    help_rule = "arrange"
    template_name = "workflows/move.html"
    form_class = MoveForm
    title = "Chuyển trang"
    header_icon = "arrow-right-full"
    submit_label = "Chuyển"
    success_message = "Đã ghi nhận. Trang đã đăng sẽ được chuyển khi người thứ hai đồng ý."

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "by": self.request.user}

    def seen(self):
        """The page and its place."""
        return [self.page]

    def get_context_data(self, **kwargs):
        place = places_of([self.page])[self.page.pk]
        return super().get_context_data(
            stops=arrangement.stops(self.page),
            place=place,
            translations=[follower.page for follower in followers(self.page, self.page.get_parent())],
            **kwargs,
        )

    def call(self, form):
        target = form.cleaned_data["target"]
        if self.page.get_descendants(inclusive=True).filter(first_published_at__isnull=False).exists():
            arrangement.propose_move(self.page, target, by=self.request.user, reason=form.cleaned_data["reason"])
        else:
            arrangement.move_draft(self.page, target, by=self.request.user)


class DecideMoveView(QueueActionView):
    help_rule = "arrange"
    template_name = "workflows/decide_move.html"
    form_class = SecondLookForm
    title = "Quyết định chuyển trang"
    header_icon = "arrow-right-full"
    success_message = "Đã ghi quyết định chuyển trang."

    def seen(self):
        """The proposal, the page, its place and where it shall go; the same of its translations."""
        following = [[one.page, one.place and one.place.url_path] for one in self.following]
        return [self.proposal, self.proposal.page, self.proposal.target.url_path, *following]

    @cached_property
    def following(self) -> list[Follower]:
        """The translations of the page, with where they go."""
        return followers(self.proposal.page, self.proposal.target) if self.proposal.is_open else []

    @cached_property
    def proposal(self):
        proposal = get_object_or_404(MoveProposal, pk=self.kwargs["pk"])
        demand_works_on(self.request.user, site_of(proposal.page))
        return proposal

    def get_context_data(self, **kwargs):
        page, target = self.proposal.page, self.proposal.target
        places, site = places_of([page, target]), site_of(target)
        is_shown = target.live or works_on(self.request.user, site)
        return super().get_context_data(
            subject=self.proposal.title,
            proposal=self.proposal,
            place=places[page.pk],
            page_url=edit_address(page),
            target_place=BETWEEN.join(filter(None, (places[target.pk], target.title))) if is_shown else site,
            may_decide=arrangement.may_decide_move(self.request.user, self.proposal),
            following=self.following,
            **kwargs,
        )

    def call(self, form):
        arrangement.decide_move(
            self.proposal,
            by=self.request.user,
            accepted=form.cleaned_data["accepted"],
            note=form.cleaned_data["note"],
        )


class UnscheduleView(PageMixin, QueueActionView):
    form_class = ReasonForm
    title = "Hủy lịch đăng"
    header_icon = "calendar"
    submit_label = "Hủy lịch"
    success_message = "Đã hủy lịch đăng; phiên bản trở lại là bản nháp."

    def seen(self):
        """The version that waits for its hour."""
        return [self.page]

    def closed(self):
        return "" if self.page.approved_schedule else "Trang này không có lịch đăng nào đang chờ."

    def way_on(self):
        return {"url": edit_address(self.page), "words": "Mở trang"}

    def call(self, form):
        arrangement.unschedule(self.page, by=self.request.user, reason=form.cleaned_data["reason"])

    def get_success_url(self):
        return edit_address(self.page)


class ScheduleView(QueueActionView):
    """A schedule whose approver's appointment has ended: the board keeps or cancels it."""

    template_name = "workflows/schedule.html"
    form_class = ScheduleForm
    title = "Xem lại lịch đăng"
    header_icon = "calendar"

    def seen(self):
        """The schedule, and what it publishes."""
        return [self.schedule, self.schedule.revision.content_object]

    def closed(self):
        row = self.schedule
        if row.revision.approved_go_live_at is None:
            return "Lịch này không còn chờ: bài đã đăng, hoặc lịch đã hủy."
        if row.looked_at:
            return f"{row.looked_by} đã giữ lịch này lúc {format_moment(row.looked_at)}."
        return ""

    def way_on(self):
        return {"url": edit_address(self.schedule.revision.content_object), "words": "Mở bài"}

    @cached_property
    def schedule(self):
        rows = Schedule.objects.select_related("site", "revision", "submitted_by", "approved_by", "looked_by")
        row = get_object_or_404(rows, pk=self.kwargs["pk"])
        demand_works_on(self.request.user, row.site)
        return row

    def get_context_data(self, **kwargs):
        row = self.schedule
        return super().get_context_data(
            subject=row.title,
            schedule=row,
            edit_url=edit_address(row.revision.content_object),
            may_confirm=arrangement.may_confirm_schedule(self.request.user, row),
            **kwargs,
        )

    def call(self, form):
        if form.cleaned_data["decision"] == "keep":
            arrangement.confirm_schedule(self.schedule, by=self.request.user)
            self.success_message = "Đã giữ lịch đăng."
        else:
            arrangement.unschedule(self.schedule.revision.content_object, by=self.request.user)
            self.success_message = "Đã hủy lịch đăng; phiên bản trở lại là bản nháp."
