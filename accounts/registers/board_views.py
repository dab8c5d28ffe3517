"""The screens of the Editorial Board's register."""

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from base.admin.action_views import ActionView
from base.audit.trail import record
from base.sites import city_site
from base.tables.csv import download
from vietnam.dates import format_short

from .. import decisions
from ..appointment_views.access import MaySee
from ..appointment_views.decisions import DecisionFormView
from ..models import BoardMember
from . import board, tables
from .forms import BoardDecisionForm, DelegateMemberForm, EndMemberForm, MemberRows, OnDayForm


class OnDay:
    """Mixin: the day that the address asks for (`?ngay=`), today without one."""

    @cached_property
    def form(self):
        asked = self.request.GET.copy()
        asked.setdefault("ngay", format_short(timezone.localdate()))
        return OnDayForm(asked)

    @property
    def day(self):
        return self.form.cleaned_data["ngay"] if self.form.is_valid() else timezone.localdate()


class BoardView(MaySee, OnDay, TemplateView):
    """The board of a day, who acts for whom, and where register and appointments disagree."""

    template_name = "accounts/registers/board.html"

    def get_context_data(self, **kwargs):
        today = timezone.localdate()
        return super().get_context_data(
            title="Ban Biên tập",
            form=self.form,
            day=self.day,
            members=board.members_on(self.day),
            delegations=board.delegations_on(self.day),
            problems=board.disagreements(today) if self.day == today else [],
            **kwargs,
        )


class BoardFileView(MaySee, OnDay, View):
    """The board of a day as a spreadsheet."""

    def get(self, request):
        made = tables.of_board(self.day)
        record("export.made", by=request.user, object_label=f"Ban Biên tập ngày {format_short(self.day)}")
        return download(made, f"ban-bien-tap-{self.day:%Y-%m-%d}.xlsx")


class BoardDecisionView(DecisionFormView):
    """A decision that sets up or changes the board, with all whom it names: all of it or nothing."""

    screen_access = MaySee.screen_access
    help_rule = "board"
    template_name = "accounts/registers/board_decision.html"
    form_class = BoardDecisionForm
    rows_class = MemberRows
    title = "Ghi quyết định về Ban Biên tập"
    initial_kind = "board"

    @staticmethod
    def demand_right(user) -> None:
        board.demand_right(user)

    def write(self, row) -> None:
        board.enter(self.decision, by=self.request.user, **row.member())

    def get_success_message(self):
        return f"Đã ghi quyết định {self.decision}, {self.decision.board_members.count()} thành viên."

    def get_success_url(self):
        return reverse("accounts_board")


class MemberMixin(MaySee):
    """Loads a member of the board."""

    template_name = "accounts/appointments/form.html"
    help_rule = "board"
    header_icon = "group"

    @cached_property
    def member(self) -> BoardMember:
        return get_object_or_404(BoardMember.objects.for_lists(), pk=self.kwargs["pk"])

    def seen(self):
        """The member as the register has them."""
        return [self.member]

    def get_initial(self):
        city = city_site()
        return {"issuing_body": city.unit.full_name if city else "", "kind": "board"}

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "by": self.request.user}

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=str(self.member), **kwargs)

    def get_success_url(self):
        return reverse("accounts_board")


class EndMemberView(MemberMixin, ActionView):
    """A member leaves the board by a decision."""

    form_class = EndMemberForm
    title = "Thôi là thành viên Ban Biên tập"
    submit_label = "Ghi ngày thôi"
    success_message = "Đã ghi ngày thôi. Quyền trên cổng, nếu có, phải kết thúc riêng ở mục «Phân công»."

    def closed(self):
        last = self.member.valid_to
        return f"{self.member.name} đã thôi, đến hết ngày {format_short(last)}." if last else ""

    def way_on(self):
        return {"url": self.get_success_url(), "words": "Mở sổ Ban Biên tập"}

    @transaction.atomic
    def call(self, form):
        by = self.request.user
        decision = decisions.record_decision(by=by, **form.decision())
        board.end(self.member, by=by, decision=decision, last_day=form.cleaned_data["last_day"])


class DelegateMemberView(MemberMixin, ActionView):
    """A member acts for another for a time."""

    form_class = DelegateMemberForm
    title = "Ghi ủy quyền trong Ban Biên tập"
    submit_label = "Ghi ủy quyền"
    success_message = "Đã ghi ủy quyền. Muốn người được ủy quyền duyệt bài, hãy ghi cả ủy quyền ở mục «Phân công»."

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "giver": self.member}

    @transaction.atomic
    def call(self, form):
        by, data = self.request.user, form.cleaned_data
        names = ("taker", "scope", "valid_from", "valid_to")
        decision = decisions.record_decision(by=by, **form.decision())
        board.delegate(self.member, by=by, decision=decision, **{name: data[name] for name in names})
