"""The admin's screens of deadlines: the boards, one deadline, how deadlines are kept, the rules."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View
from wagtail.models import ModelLogEntry

from accounts.roles import APPROVE, DISPATCH, WRITE, may
from accounts.screen_access import ROLE_HOLDERS, holding
from base.admin.action_views import ActionView
from base.admin.field_anchors import edit_address
from base.audit.actions import name_of
from base.audit.trail import record
from base.models import OrganisationUnit
from base.tables.csv import download, download_sheets

from .. import deadlines
from ..models import Deadline, RecordChange, TakeDown
from ..publishing.approval import current_state
from . import acting, boards, calendar_changes, late_reasons, performance
from . import rules as deadline_rules
from .duties import REVIEW_RULE
from .forms import CancelForm, ExtendForm, LateReasonForm, PeriodForm, RuleChangeForm

PER_PAGE = 50
ICON = "time"
WITHIN = (1, 2, 3, 5, 10)


# --- Boards ----------------------------------------------------------------------------------------


class Board:
    """Mixin: the deadlines a person may see, narrowed by what was chosen; other sites do not exist here."""

    @cached_property
    def sites(self) -> list:
        return boards.sites_of(self.request.user)

    @cached_property
    def site(self):
        return next((site for site in self.sites if site.slug == self.request.GET.get("trang")), None)

    @cached_property
    def deadline_rows(self):
        return boards.visible_to(self.request.user, [self.site] if self.site else None)

    @cached_property
    def units(self) -> list:
        return list(OrganisationUnit.objects.filter(deadlines__in=self.deadline_rows).distinct())

    @cached_property
    def unit(self):
        return next((unit for unit in self.units if unit.slug == self.request.GET.get("don-vi")), None)

    @cached_property
    def rules(self) -> list[tuple[str, str]]:
        found = self.deadline_rows.order_by("rule__code").values_list("rule__code", "rule__label").distinct()
        return list(dict(found).items())

    @cached_property
    def rule(self) -> str:
        asked = self.request.GET.get("loai", "")
        return asked if asked in dict(self.rules) else ""

    @cached_property
    def filtered(self):
        found = self.deadline_rows
        if self.unit:
            found = found.filter(unit=self.unit)
        return found.filter(rule__code=self.rule) if self.rule else found

    @property
    def filters(self) -> str:
        """What was chosen, as text."""
        parts = [self.site.name if self.site else "Các trang được giao"]
        if self.unit:
            parts.append(self.unit.name)
        if self.rule:
            parts.append(dict(self.rules)[self.rule])
        return "; ".join(parts)

    def chosen_context(self) -> dict:
        return {
            "sites": self.sites,
            "site": self.site,
            "units": self.units,
            "unit": self.unit,
            "rules": self.rules,
            "rule": self.rule,
        }


class Grouped(Board):
    """Mixin: the rows of a board and the group that was asked for; what waits for the person first."""

    @cached_property
    def rows(self) -> list[boards.Row]:
        return boards.rows(self.request.user, self.filtered, soon_within=self.within)

    @cached_property
    def within(self) -> int | None:
        asked = self.request.GET.get("ngay", "")
        return int(asked) if asked in map(str, WITHIN) else None

    @cached_property
    def group(self) -> boards.Group:
        return boards.BY_KEY.get(self.request.GET.get("nhom", ""), boards.GROUPS[0])

    @property
    def filters(self) -> str:
        soon = f"; sắp đến hạn khi còn {self.within} ngày làm việc trở xuống" if self.within else ""
        return f"{super().filters}{soon}"

    @cached_property
    def shown(self) -> list[boards.Row]:
        return boards.chosen(self.rows, self.group)


class BoardView(Grouped, TemplateView):
    screen_access = ROLE_HOLDERS
    template_name = "workflows/deadlines.html"

    def get_context_data(self, **kwargs):
        page = Paginator(self.shown, PER_PAGE).get_page(self.request.GET.get("p"))
        with deadlines.calendar_held():
            for row in page:
                row.deadline.explained = deadlines.explain(row.deadline)
        groups = [(group, len(boards.chosen(self.rows, group))) for group in boards.GROUPS]
        return super().get_context_data(
            title="Việc có thời hạn",
            header_icon=ICON,
            page=page,
            groups=groups,
            group=self.group,
            within=self.within,
            choices=WITHIN,
            by_site=boards.sums(self.rows, boards.by_site),
            by_unit=boards.sums(self.rows, boards.by_unit),
            missing=deadlines.years_without_calendar(),
            unmeasured=deadline_rules.unmeasured(),
            **self.chosen_context(),
            **kwargs,
        )


class BoardSheetView(Grouped, View):
    """The same as a spreadsheet."""

    screen_access = ROLE_HOLDERS

    def get(self, request):
        record("export.made", by=request.user, site=self.site)
        filters = f"{self.group.label}; {self.filters}"
        return download(boards.as_xlsx(self.rows, self.shown, filters), "viec-co-thoi-han.xlsx")


# --- One deadline ----------------------------------------------------------------------------------


class OneDeadline:
    """Mixin: a deadline of a site on whose content the person works; 404 for any other."""

    header_icon = ICON

    @cached_property
    def deadline(self) -> Deadline:
        found = boards.visible_to(self.request.user).select_related("rule", "site", "unit", "content_type")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        return super().get_context_data(deadline=self.deadline, subject=self.deadline.title, **kwargs)

    def get_success_url(self):
        return reverse("workflows_deadline", args=[self.deadline.pk])


def address_of(deadline: Deadline) -> str:
    """Return the address in the admin of what a deadline is about; "" when it is gone or has none."""
    subject = deadline.subject
    if subject is None:
        return ""
    acting_on = acting.subject_of(deadline)
    if acting_on.address is not None:
        return acting_on.address(subject)
    if isinstance(subject, TakeDown):
        return reverse("workflows_takedown", args=[subject.pk])
    if deadline.rule.code == REVIEW_RULE:
        state = current_state(subject)
        return reverse("workflows_review", args=[state.current_task_state_id]) if state else ""
    try:
        return edit_address(subject)
    except (AttributeError, NoReverseMatch):
        return ""


class DeadlineView(OneDeadline, TemplateView):
    """One deadline: how its day was computed, what became of it, who must act."""

    screen_access = ROLE_HOLDERS
    template_name = "workflows/deadline.html"

    def get_context_data(self, **kwargs):
        deadline, user = self.deadline, self.request.user
        entries = ModelLogEntry.objects.for_instance(deadline).select_related("user").order_by("timestamp", "pk")
        may_rule = deadline.is_open and (may(user, APPROVE, deadline.site) or may(user, DISPATCH, deadline.site))
        return super().get_context_data(
            title="Thời hạn",
            header_icon=ICON,
            address=address_of(deadline),
            standing=deadlines.standing(deadline),
            time_left=deadlines.time_left(deadline),
            explanation=deadlines.explain(deadline),
            pauses=deadline.pauses.all(),
            people=[person.get_full_name() for person in acting.Actors([deadline]).of(deadline)]
            if deadline.is_open
            else [],
            reminders=deadline.reminders.order_by("reminded_on"),
            may_rule=may_rule,
            may_give_reason=deadlines.is_late(deadline) and late_reasons.may_give(user, deadline),
            history=[(entry, name_of(entry.action)) for entry in entries],
            **kwargs,
        )


class ExtendView(OneDeadline, ActionView):
    screen_access = holding(APPROVE, DISPATCH)
    help_rule = "deadline"
    form_class = ExtendForm
    title = "Gia hạn"
    submit_label = "Gia hạn"
    success_message = "Đã gia hạn."

    def seen(self):
        """The deadline."""
        return [self.deadline]

    def call(self, form):
        data = form.cleaned_data
        deadlines.extend(self.deadline, to=data["extended_to"], reason=data["extension_reason"], by=self.request.user)


class CancelView(OneDeadline, ActionView):
    screen_access = holding(APPROVE, DISPATCH)
    help_rule = "deadline"
    form_class = CancelForm
    title = "Hủy thời hạn"
    submit_label = "Hủy thời hạn"
    success_message = "Đã hủy thời hạn."

    def seen(self):
        """The deadline."""
        return [self.deadline]

    def call(self, form):
        deadlines.cancel(self.deadline, reason=form.cleaned_data["cancellation_reason"], by=self.request.user)


class LateReasonView(OneDeadline, ActionView):
    """Why something was done after its last day, or is not done yet."""

    screen_access = holding(WRITE, APPROVE, DISPATCH)
    help_rule = "deadline"
    form_class = LateReasonForm
    title = "Lý do quá hạn"
    submit_label = "Ghi lý do"
    success_message = "Đã ghi lý do quá hạn."

    def seen(self):
        """The deadline."""
        return [self.deadline]

    def closed(self):
        return "" if deadlines.is_late(self.deadline) else late_reasons.IN_TIME

    def get_initial(self):
        return {"late_reason": self.deadline.late_reason}

    def call(self, form):
        late_reasons.give(self.deadline, form.cleaned_data["late_reason"], by=self.request.user)


# --- How deadlines are kept ------------------------------------------------------------------------


class Performance(Board):
    """Mixin: the table of a period."""

    @cached_property
    def form(self) -> PeriodForm:
        return PeriodForm(self.request.GET)

    @cached_property
    def period(self):
        first, last = performance.year_to_date()
        if self.form.is_valid():
            first = self.form.cleaned_data["tu"] or first
            last = self.form.cleaned_data["den"] or max(first, last)
        return first, last

    @cached_property
    def lines(self) -> list[performance.Line]:
        return performance.table(self.filtered, *self.period)


class PerformanceView(Performance, TemplateView):
    screen_access = ROLE_HOLDERS
    template_name = "workflows/performance.html"

    def get_context_data(self, **kwargs):
        first, last = self.period
        return super().get_context_data(
            title="Kết quả giữ thời hạn",
            header_icon=ICON,
            lines=self.lines,
            form=self.form,
            first=first,
            last=last,
            period=performance.heading(first, last),
            green=performance.GREEN_FROM,
            amber=performance.AMBER_FROM,
            **self.chosen_context(),
            **kwargs,
        )


class PerformanceFileView(Performance, View):
    """The table as XLSX or CSV."""

    screen_access = ROLE_HOLDERS

    def get(self, request, extension):
        record("export.made", by=request.user, site=self.site)
        sheet = performance.sheet(self.lines, *self.period)
        return download_sheets([sheet], f"ket-qua-giu-thoi-han.{'csv' if extension == 'csv' else 'xlsx'}")


# --- Rules -----------------------------------------------------------------------------------------


class RulesView(TemplateView):
    screen_access = ROLE_HOLDERS
    template_name = "workflows/deadline_rules.html"

    def get_context_data(self, **kwargs):
        today = deadlines.today()
        rules = deadline_rules.present_rules(today)
        return super().get_context_data(
            title="Quy tắc thời hạn",
            header_icon=ICON,
            rules=rules,
            unmeasured=deadline_rules.unmeasured(today),
            today=today,
            may_change=deadlines.may_change_calendar(self.request.user),
            **kwargs,
        )


class RuleView(ActionView):
    """One rule: its rows, and a new row from a day on for those who may."""

    screen_access = ROLE_HOLDERS
    help_rule = "deadline"
    template_name = "workflows/deadline_rule.html"
    form_class = RuleChangeForm
    title = "Quy tắc thời hạn"
    header_icon = ICON
    submit_label = "Đề nghị quy tắc mới"
    made = None

    def seen(self):
        """The rows of the rule."""
        return self.rows

    @cached_property
    def rows(self) -> list:
        found = list(deadline_rules.rows_of(self.kwargs["code"]))
        if not found:
            raise Http404
        return found

    @cached_property
    def present(self):
        today = deadlines.today()
        return next((row for row in self.rows if row.is_valid(today)), self.rows[0])

    def post(self, request, *args, **kwargs):
        if not deadlines.may_change_calendar(request.user):
            raise PermissionDenied
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "instance": self.present, "today": deadlines.today()}

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            rows=self.rows,
            present=self.present,
            subject=self.present.code,
            may_change=deadlines.may_change_calendar(self.request.user),
            **kwargs,
        )

    def call(self, form):
        self.made = calendar_changes.propose_rule(self.kwargs["code"], by=self.request.user, **form.cleaned_data)
        if isinstance(self.made, RecordChange):
            self.success_message = (
                "Đã gửi đề nghị; quy tắc mới có hiệu lực khi một người khác xác nhận, việc đã bắt đầu tính vẫn theo "
                "quy tắc cũ."
            )
        else:
            self.success_message = "Đã ghi quy tắc mới; việc đã bắt đầu tính vẫn theo quy tắc cũ."

    def get_success_url(self):
        if isinstance(self.made, RecordChange):
            return reverse("workflows_record_change", args=[self.made.pk])
        return reverse("workflows_deadline_rule", args=[self.kwargs["code"]])
