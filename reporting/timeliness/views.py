"""The screens of timeliness and contribution: tables of a period, the items behind each line, files."""

from datetime import date

from django.core.paginator import Paginator
from django.http import Http404
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from base.admin.held_sites import SitesHeld
from base.audit.trail import record
from base.figures import chosen_year
from base.tables.csv import download_sheets
from vietnam.dates import format_short
from workflows import deadlines
from workflows.deadlines import boards
from workflows.deadlines.forms import PeriodForm
from workflows.deadlines.performance import year_to_date

from ..scoring import rights
from ..screens import SITE_WORKERS
from . import contribution, lateness, questions

ICON = "time"
ITEMS_A_PAGE = 50


class Period:
    """Mixin: the period asked for (the year to date) and the sites of the person, all or the one asked for."""

    screen_access = SITE_WORKERS

    @cached_property
    def form(self) -> PeriodForm:
        return PeriodForm(self.request.GET)

    @cached_property
    def period(self) -> tuple[date, date]:
        first, last = year_to_date()
        if self.form.is_valid():
            first = self.form.cleaned_data["tu"] or first
            last = self.form.cleaned_data["den"] or max(first, last)
        return first, last

    @cached_property
    def own_sites(self) -> list:
        return rights.sites_seen(self.request.user)

    @cached_property
    def site(self):
        return next((site for site in self.own_sites if site.slug == self.request.GET.get("trang-xem")), None)

    @property
    def sites(self) -> list:
        return [self.site] if self.site else self.own_sites

    def get_context_data(self, **kwargs):
        first, last = self.period
        return super().get_context_data(
            form=self.form, first=first, last=last, own_sites=self.own_sites, site=self.site, **kwargs
        )


# --- Timeliness --------------------------------------------------------------------------------------


class Timely(Period):
    """Mixin: what fell due in the period among the deadlines of the person's sites, and which of it was asked for."""

    @cached_property
    def items(self) -> list[lateness.Item]:
        visible = boards.visible_to(self.request.user, [self.site] if self.site else None)
        return lateness.items(visible, *self.period)

    @cached_property
    def way(self) -> lateness.Way | None:
        return lateness.BY_KEY.get(self.request.GET.get("theo", ""))

    @property
    def late_only(self) -> bool:
        return self.request.GET.get("muon") == "1"

    @cached_property
    def chosen(self) -> list[lateness.Item]:
        return lateness.chosen(self.items, self.way, self.request.GET.get("ma", ""), late_only=self.late_only)


class TimelinessView(SitesHeld, Timely, TemplateView):
    template_name = "reporting/timeliness.html"

    def get_context_data(self, **kwargs):
        with deadlines.calendar_held():
            found = self.items
        return super().get_context_data(
            title="Kết quả đúng hạn",
            header_icon=ICON,
            period_text=lateness.heading(*self.period),
            tables=[(way, lateness.lines(found, way)) for way in lateness.WAYS],
            total=lateness.total(found),
            **kwargs,
        )


class ItemsView(SitesHeld, Timely, TemplateView):
    """The items behind one line, or all; the latest first."""

    template_name = "reporting/items.html"

    def get_context_data(self, **kwargs):
        found, way = self.chosen, self.way
        name = way.of(found[0])[0] if way and found else ""
        return super().get_context_data(
            title="Từng việc đến hạn",
            header_icon=ICON,
            period_text=lateness.heading(*self.period),
            name=name,
            late_only=self.late_only,
            page=Paginator(found, ITEMS_A_PAGE).get_page(self.request.GET.get("p")),
            **kwargs,
        )


class TimelinessFileView(Timely, View):
    """The tables and the items as XLSX or CSV; of one line its items alone."""

    def get(self, request, extension):
        record("export.made", by=request.user, site=self.site)
        if self.way or self.late_only:
            return _answered([lateness.sheet_of_items(self.chosen, *self.period)], "viec-den-han", extension)
        return _answered(lateness.sheets(self.items, *self.period), "ket-qua-dung-han", extension)


# --- Contribution ------------------------------------------------------------------------------------


class Contributed(Period):
    """Mixin: what people and units did in the period on the person's sites."""

    @cached_property
    def found(self) -> contribution.Contribution:
        return contribution.of_period(self.sites, *self.period)


class ContributionView(SitesHeld, Contributed, TemplateView):
    template_name = "reporting/contribution.html"

    def get_context_data(self, **kwargs):
        first, last = self.period
        return super().get_context_data(
            title="Đóng góp của cá nhân, đơn vị",
            header_icon="group",
            period_text=f"từ {format_short(first)} đến {format_short(last)}",
            people=self.found.people,
            units=self.found.units,
            **kwargs,
        )


class ContributionFileView(Contributed, View):
    """The same as XLSX or CSV."""

    def get(self, request, extension):
        record("export.made", by=request.user, site=self.site)
        return _answered(contribution.sheets(self.found, self.sites, *self.period), "dong-gop", extension)


# --- Questions ---------------------------------------------------------------------------------------


class Asked:
    """Mixin: the questions of a year, of the site asked for among the person's; the first of theirs otherwise."""

    screen_access = SITE_WORKERS

    @cached_property
    def own_sites(self) -> list:
        return rights.sites_seen(self.request.user)

    @cached_property
    def site(self):
        asked = self.request.GET.get("trang-xem")
        found = next((site for site in self.own_sites if site.slug == asked), next(iter(self.own_sites), None))
        if found is None:
            raise Http404
        return found

    @cached_property
    def years(self) -> list[int]:
        return questions.figures.years(self.site)

    @cached_property
    def found(self) -> questions.Tables:
        year = chosen_year(self.request.GET.get("nam", ""), self.years, deadlines.today().year)
        return questions.of_year(self.site, year)


class QuestionsView(SitesHeld, Asked, TemplateView):
    template_name = "reporting/questions.html"

    def get_context_data(self, **kwargs):
        found = self.found
        return super().get_context_data(
            title="Câu hỏi theo lĩnh vực, theo người",
            header_icon="help",
            own_sites=self.own_sites,
            site=self.site,
            years=self.years,
            year=found.year,
            headers=[header for header, _name in questions.COLUMNS],
            tables=[
                (first, [(name, questions.cells(row)) for name, row in rows])
                for first, rows in (("Lĩnh vực", found.topics), ("Người xử lý", found.officers))
            ],
            total=questions.cells(found.total),
            back_headers=[header for header, _name in questions.BACK_COLUMNS],
            given_back=[(unit, questions.back_cells(row)) for unit, row in found.given_back],
            **kwargs,
        )


class QuestionsFileView(Asked, View):
    """The same as XLSX or CSV."""

    def get(self, request, extension):
        record("export.made", by=request.user, site=self.site)
        return _answered(questions.sheets(self.found, self.site.name), "cau-hoi-linh-vuc-nguoi", extension)


def _answered(sheets, name: str, extension: str):
    return download_sheets(sheets, f"{name}.{'csv' if extension == 'csv' else 'xlsx'}")
