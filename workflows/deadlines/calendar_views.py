"""The admin's screens of the working calendar: the year, one day, a table; every change is seen before it is proposed.

A second person decides on the screen of all shared records (`record_views.py`); the head alone has a separate screen.
"""

from datetime import date

from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from accounts.roles import ADMINISTER, DISPATCH, EMERGENCY
from accounts.screen_access import ROLE_HOLDERS, holding
from base.admin.action_views import ActionView, add_errors
from base.audit.trail import record
from base.tables.csv import download

from .. import deadlines
from ..models import CalendarDay, CalendarVersion
from . import boards, calendar_changes, working_year
from .forms import ORDINARY, CalendarTableForm, DayAtOnceForm, DayForm

ICON = "calendar-alt"
CONFIRM, BACK = "xac-nhan", "sua-lai"
MOST_SHOWN, MOST_VERSIONS = 200, 100


class OneYear:
    """Mixin: the year of the address."""

    header_icon = ICON

    @cached_property
    def year(self) -> int:
        number = self.kwargs.get("year") or deadlines.today().year
        if not working_year.FIRST_YEAR <= number <= working_year.LAST_YEAR:
            raise Http404
        return number

    def get_success_url(self):
        return reverse("workflows_calendar_year", args=[self.year])


class CalendarView(OneYear, TemplateView):
    """Twelve months with their days off and make-up days, those that are only expected marked."""

    screen_access = ROLE_HOLDERS
    template_name = "workflows/calendar.html"

    def get_context_data(self, **kwargs):
        number = self.year
        return super().get_context_data(
            title="Lịch làm việc",
            header_icon=ICON,
            subject=f"năm {number}",
            shown=working_year.year(number),
            years=working_year.years_known(),
            kinds=[(kind.label, working_year.MARKS[kind], kind.replace("_", "-")) for kind in CalendarDay.Kind],
            previous=number - 1 if number > working_year.FIRST_YEAR else None,
            following=number + 1 if number < working_year.LAST_YEAR else None,
            missing=deadlines.years_without_calendar(),
            version=deadlines.calendar().version,
            may_change=deadlines.may_change_calendar(self.request.user),
            may_change_at_once=calendar_changes.may_change_at_once(self.request.user),
            **kwargs,
        )


class VersionsView(TemplateView):
    """What was changed in the calendar, by whom and when."""

    screen_access = ROLE_HOLDERS
    template_name = "workflows/calendar_versions.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            title="Phiên bản lịch làm việc",
            header_icon=ICON,
            versions=CalendarVersion.objects.select_related("made_by")[:MOST_VERSIONS],
            **kwargs,
        )


class TableFileView(OneYear, View):
    """The special days of a year as CSV, to be changed and read in again."""

    screen_access = ROLE_HOLDERS

    def get(self, request, year):
        record("export.made", by=request.user)
        return download(working_year.as_csv(self.year), f"lich-lam-viec-{self.year}.csv")


class Previewed(OneYear, ActionView):
    """A change of the calendar: first show which open deadlines it moves, then, sent from that page, propose it."""

    without_version = "The form carries the number of the calendar's version; the action refuses another."
    submit_label = "Xem trước"
    success_message = "Đã gửi đề nghị; lịch đổi khi một người khác xác nhận."
    send_label = "Gửi đề nghị"
    made = None

    def change_of(self, form) -> tuple[list[CalendarDay], list[date]]:
        """The days to set and those to make ordinary that a valid form means."""
        raise NotImplementedError

    def form_valid(self, form):
        if BACK in self.request.POST:
            return self.render_to_response(self.get_context_data(form=form))
        if CONFIRM in self.request.POST:
            return super().form_valid(form)
        days, removed = self.change_of(form)
        try:
            for day in days:
                day.full_clean(validate_unique=False)
        except ValidationError as error:
            add_errors(form, error)
            return self.form_invalid(form)
        known = working_year.special_days()
        changes = [
            (day, known.get(day.date))
            for day in days
            if day.date not in known or deadlines.facts_of(known[day.date]) != deadlines.facts_of(day)
        ]
        removals = [known[day] for day in removed if day in known]
        moved = deadlines.affected_by([day for day, _ in changes], [row.date for row in removals])
        seen = set(
            boards.visible_to(self.request.user)
            .filter(pk__in=[deadline.pk for deadline, _ in moved])
            .values_list("pk", flat=True)
        )
        return self.render_to_response(
            self.get_context_data(
                form=form,
                is_preview=True,
                changes=changes,
                removals=removals,
                moved_count=len(moved),
                change_count=len(changes) + len(removals),
                moved=[(deadline, last_day, deadline.pk in seen) for deadline, last_day in moved[:MOST_SHOWN]],
                version=deadlines.calendar().version,
                send_label=self.send_label,
            )
        )

    @property
    def version(self) -> int:
        """The calendar that the person was shown; one that there never was, without it."""
        version = self.request.POST.get("version", "")
        return int(version) if version.isdecimal() and len(version) < 10 else -1

    def call(self, form):
        days, removed = self.change_of(form)
        self.made = calendar_changes.propose_days(days, removed, by=self.request.user, version=self.version)

    def get_success_url(self):
        return reverse("workflows_record_change", args=[self.made.pk]) if self.made else super().get_success_url()


class DayView(Previewed):
    """One day of the calendar."""

    screen_access = holding(DISPATCH, ADMINISTER)
    template_name = "workflows/calendar_day.html"
    form_class = DayForm
    title = "Sửa một ngày trong lịch"

    @cached_property
    def day(self) -> date:
        try:
            return date(self.year, self.kwargs["month"], self.kwargs["day"])
        except (ValueError, OverflowError):
            raise Http404 from None

    @cached_property
    def row(self) -> CalendarDay | None:
        return CalendarDay.objects.filter(date=self.day).first()

    def get_initial(self):
        if self.row is None:
            return {"kind": ORDINARY, "confirmed": True}
        kind, name, source, confirmed = deadlines.facts_of(self.row)
        return {"kind": kind, "name": name, "legal_source": source, "confirmed": confirmed}

    def change_of(self, form):
        data = dict(form.cleaned_data)
        if data["kind"] == ORDINARY:
            return [], [self.day]
        return [CalendarDay(date=self.day, **data)], []

    def get_context_data(self, **kwargs):
        return super().get_context_data(day=self.day, subject=self.day.strftime("%d/%m/%Y"), **kwargs)


class DayAtOnceView(DayView):
    """One day by the head alone, with a reason; open until a second person has looked."""

    screen_access = holding(EMERGENCY)
    form_class = DayAtOnceForm
    title = "Sửa lịch làm việc khẩn cấp"
    send_label = "Ghi ngay vào lịch"
    success_message = "Đã ghi vào lịch; việc này chờ người thứ hai xem lại."

    def change_of(self, form):
        data = {name: value for name, value in form.cleaned_data.items() if name != "reason"}
        if data["kind"] == ORDINARY:
            return [], [self.day]
        return [CalendarDay(date=self.day, **data)], []

    def call(self, form):
        days, removed = self.change_of(form)
        calendar_changes.change_at_once(
            days, removed, by=self.request.user, reason=form.cleaned_data["reason"], version=self.version
        )


class ImportView(Previewed):
    """The days of a year from a table: every line checked, nothing written while one is wrong."""

    screen_access = holding(DISPATCH, ADMINISTER)
    template_name = "workflows/calendar_import.html"
    form_class = CalendarTableForm
    title = "Nhập lịch làm việc từ bảng"

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "year": self.year}

    def change_of(self, form):
        days = form.table.days
        return days, working_year.absent_from(days, self.year) if form.cleaned_data["replaces"] else []

    def get_context_data(self, **kwargs):
        context = super().get_context_data(year=self.year, subject=f"năm {self.year}", **kwargs)
        form = context["form"]
        typed = form.cleaned_data.get("text", "") if form.is_bound and hasattr(form, "cleaned_data") else ""
        return {**context, "table": form.table, "typed": typed}
