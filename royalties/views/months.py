"""The screens of a month: what is proposed, what is excluded, its statements, the submission to the head."""

from datetime import date

from django.db.models import Count, Sum
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from base.admin.action_views import ActionView

from .. import contributors, proposing, rights, statements, tariffs, unclaimed
from ..forms import SubmitForm
from ..models import Royalty, Statement
from .access import ICON, PROPOSING, SEEING_ALL, STATEMENTS

State = Royalty.State


class MonthsView(TemplateView):
    """The months that have items or statements, the newest first; who only pays sees decided statements alone."""

    screen_access = STATEMENTS
    template_name = "royalties/months.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        sees_items = rights.may_propose(user) or rights.may_decide(user)
        counted = Royalty.objects.values("month", "state").annotate(count=Count("pk"), sum=Sum("amount"))
        months: dict[date, dict] = {}
        for row in counted.order_by("-month") if sees_items else ():
            months.setdefault(row["month"], {})[row["state"]] = row
        found = rights.visible_statements(user).select_related("submitted_by", "decided_by")[:60]
        today = timezone.localdate()
        return super().get_context_data(
            title="Nhuận bút, thù lao",
            header_icon=ICON,
            months=list(months.items()),
            statements=found,
            sees_items=sees_items,
            may_propose=rights.may_propose(user),
            scale=tariffs.scale_on(today),
            budget=tariffs.budget_on(today),
            **kwargs,
        )


class UnclaimedView(TemplateView):
    """What no user decides or what cannot be paid, item by item and person by person."""

    screen_access = PROPOSING
    template_name = "royalties/unclaimed.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            title="Nhuận bút, thù lao còn treo",
            header_icon=ICON,
            found=unclaimed.look(timezone.localdate()),
            **kwargs,
        )


class OfMonth:
    """Mixin: the month of the address; 404 for one that is in no calendar."""

    @cached_property
    def month(self) -> date:
        try:
            return date(self.kwargs["year"], self.kwargs["month"], 1)
        except (ValueError, OverflowError):
            raise Http404 from None

    @cached_property
    def proposed(self) -> list[Royalty]:
        return list(statements.proposed_items(self.month))

    @property
    def address(self) -> str:
        return reverse("royalties_month", args=[self.month.year, self.month.month])


class MonthView(OfMonth, TemplateView):
    """The items of a month: those proposed with who shares them, those excluded with the reason, those listed."""

    screen_access = SEEING_ALL
    template_name = "royalties/month.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        others = Royalty.objects.filter(month=self.month).exclude(pk__in=[item.pk for item in self.proposed])
        others = others.select_related("site", "statement").prefetch_related("shares__contributor")
        total, budget = sum(item.amount for item in self.proposed), tariffs.budget_on(self.month)
        own = {item.pk for item in statements.own_among(user, self.proposed)}
        return super().get_context_data(
            title=f"Nhuận bút, thù lao tháng {self.month:%m/%Y}",
            header_icon=ICON,
            first_day=self.month,
            rows=[(item, item.pk in own) for item in self.proposed],
            excluded=[item for item in others if item.state == State.EXCLUDED],
            listed=[item for item in others if item.state == State.LISTED],
            gone=proposing.taken_down_for_error([item.page_id for item in others if item.page_id]),
            statements=Statement.objects.filter(month=self.month),
            total=total,
            budget=budget,
            spent=tariffs.spent(budget) if budget else 0,
            excess=tariffs.excess(budget, total),
            may_propose=rights.may_propose(user),
            **kwargs,
        )


class SubmitMonthView(OfMonth, ActionView):
    """The items of a month go to the head as a statement."""

    screen_access = PROPOSING
    help_rule = "royalties"
    form_class = SubmitForm
    template_name = "royalties/submit.html"
    header_icon = ICON
    submit_label = "Trình Trưởng ban"
    success_message = "Đã trình Trưởng ban; bảng kê chờ quyết định."

    def seen(self):
        """The proposed items of the month with who shares them."""
        return [self.proposed, [list(item.shares.all()) for item in self.proposed]]

    @property
    def title(self):
        return f"Trình bảng kê tháng {self.month:%m/%Y}"

    def closed(self):
        if self.submittable:
            return ""
        if self.own:
            return "Chỉ còn khoản của chính bạn; người khác của cơ quan Thường trực trình."
        return f"Không còn khoản nào của tháng {self.month:%m/%Y} chờ trình."

    @cached_property
    def own(self) -> list[Royalty]:
        return statements.own_among(self.request.user, self.proposed)

    @property
    def submittable(self) -> list[Royalty]:
        return [item for item in self.proposed if item not in self.own]

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "items": self.submittable}

    def get_context_data(self, **kwargs):
        total, budget = sum(item.amount for item in self.submittable), tariffs.budget_on(self.month)
        return super().get_context_data(
            items=self.submittable,
            own=self.own,
            total=total,
            budget=budget,
            excess=tariffs.excess(budget, total),
            unchecked=contributors.unchecked_in(self.submittable),
            month_address=self.address,
            **kwargs,
        )

    def call(self, form):
        self.made = statements.submit(
            self.month, by=self.request.user, left_out=form.keys_left_out(), remark=form.cleaned_data["remark"]
        )

    def get_success_url(self):
        return reverse("royalties_statement", args=[self.made.pk])
