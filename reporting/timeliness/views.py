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
    """Mixin: what people and units did in the period on the person's sites; the figure of which it was asked for."""

    @cached_property
    def found(self) -> contribution.Contribution:
        return contribution.of_period(self.sites, *self.period)

    @cached_property
    def figure(self) -> contribution.Figure:
        figure = contribution.BY_KEY.get(self.request.GET.get("so", ""))
        if figure is None:
            raise Http404
        return figure

    @cached_property
    def row(self) -> contribution.Row | None:
        return self.found.row(self.request.GET.get("theo", ""), self.request.GET.get("ma", ""))


class ContributionView(SitesHeld, Contributed, TemplateView):
    template_name = "reporting/contribution.html"

    def get_context_data(self, **kwargs):
        first, last = self.period
        return super().get_context_data(
            title="Đóng góp của cá nhân, đơn vị",
            header_icon="group",
            period_text=f"từ {format_short(first)} đến {format_short(last)}",
            tables=[
                (way, heading, first, [(row, contribution.numbers(row)) for row in rows])
                for way, heading, first, rows in (
                    ("nguoi", "Cá nhân", "Họ và tên", self.found.people),
                    ("don-vi", "Đơn vị", "Đơn vị", self.found.units),
                )
            ],
            figures=contribution.FIGURES,
            **kwargs,
        )


class ContributionItemsView(SitesHeld, Contributed, TemplateView):
    """What one figure of a person or unit counts, the newest first."""

    template_name = "reporting/contribution_items.html"

    def get_context_data(self, **kwargs):
        figure, row = self.figure, self.row
        first, last = self.period
        keys = sorted(figure.of(row), reverse=True) if row else []
        page = Paginator(keys, ITEMS_A_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            title=figure.label,
            header_icon="group",
            subject=row.name if row else "",
            period_text=f"từ {format_short(first)} đến {format_short(last)}",
            page=page,
            entries=contribution.entries(figure, list(page), self.request.user),
            **kwargs,
        )


class ContributionFileView(Contributed, View):
    """The same as XLSX or CSV; of one figure what it counts alone."""

    def get(self, request, extension):
        if "so" in request.GET and (self.figure is None or self.row is None):
            raise Http404
        record("export.made", by=request.user, site=self.site)
        if "so" in request.GET:
            sheet = contribution.sheet_of_items(self.row, self.figure, self.sites, *self.period, request.user)
            return _answered([sheet], "dong-gop-tung-muc", extension)
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

    def chosen(self) -> tuple[questions.Line, questions.Column]:
        """Return the line and the figure asked for; 404 where there is none."""
        asked = self.request.GET
        line, column = self.found.chosen(asked.get("theo", ""), asked.get("ma", ""), asked.get("so", ""))
        if column is None:
            raise Http404
        return line, column


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
            headers=[column.label for column in questions.COLUMNS],
            tables=[
                (way, way.label, [(line, questions.cells(line)) for line in lines])
                for way, lines in ((questions.BY_TOPIC, found.topics), (questions.BY_OFFICER, found.officers))
            ],
            total=questions.cells(found.total),
            back=questions.BY_UNIT,
            back_headers=[column.label for column in questions.BACK_COLUMNS],
            given_back=[(line, questions.cells(line)) for line in found.given_back],
            **kwargs,
        )


class QuestionItemsView(SitesHeld, Asked, TemplateView):
    """The questions that one figure of the tables counts, the newest first."""

    template_name = "reporting/question_items.html"

    def get_context_data(self, **kwargs):
        line, column = self.chosen()
        page = Paginator(sorted(line.keys(column), reverse=True), ITEMS_A_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(
            title=f"Câu hỏi: {column.label.lower()}",
            header_icon="help",
            subject=line.name,
            site=self.site,
            year=self.found.year,
            page=page,
            entries=questions.entries(list(page), self.request.user),
            **kwargs,
        )


class QuestionsFileView(Asked, View):
    """The same as XLSX or CSV; of one figure the questions that it counts alone."""

    def get(self, request, extension):
        chosen = self.chosen() if "so" in request.GET else None
        record("export.made", by=request.user, site=self.site)
        if chosen is not None:
            sheet = questions.sheet_of_items(*chosen, self.site.name, self.found.year, request.user)
            return _answered([sheet], "cau-hoi-tung-muc", extension)
        return _answered(questions.sheets(self.found, self.site.name), "cau-hoi-linh-vuc-nguoi", extension)


def _answered(sheets, name: str, extension: str):
    return download_sheets(sheets, f"{name}.{'csv' if extension == 'csv' else 'xlsx'}")
