"""The screens of scoring: the sheets of a month, one sheet, what is done with it."""

from datetime import date, datetime

from django import forms
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import TemplateView, View

from accounts.roles import SCORE, SIGN_SCORES
from accounts.screen_access import holding
from base.admin.action_views import ActionView
from base.admin.held_sites import SitesHeld
from base.audit.trail import record
from base.tables.csv import download
from workflows import deadlines

from ..models import ScoreLine, ScoreSheet
from ..models.score_sheet import first_of_month, percent
from ..screens import SITE_WORKERS
from . import rights, sheets, table, versions
from .forms import AssessForm, CorrectForm, ReasonForm, VersionForm
from .measuring import month_before

ICON = "clipboard-list"
MOST_MONTHS = 24


# --- The sheets of a month ---------------------------------------------------------------------------


def month_of(text: str) -> date:
    """Return the first day of a month as addresses write it, "2026-11". Raises Http404 for anything else."""
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007  a month has no time of day
    except ValueError:
        raise Http404 from None


class Line:
    """One sheet in the list of a month, with its points and those of the month before."""

    def __init__(self, sheet: ScoreSheet, before: ScoreSheet | None):
        self.sheet = sheet
        self.percent = percent(sheet.awarded_points, sheet.scored_points)
        self.before = percent(before.awarded_points, before.scored_points) if before is not None else None

    @property
    def awarded(self) -> str:
        return table.points(self.sheet.awarded_points)

    @property
    def most(self) -> str:
        return table.points(self.sheet.most_points)

    @property
    def own(self) -> str:
        return table.points(self.sheet.self_points)

    @property
    def percent_text(self) -> str:
        return table.percent_text(self.percent, 0)

    @property
    def change(self) -> str:
        """Against the month before, in per cent of the points: "+2,5", "−1,0", "" where there is none."""
        if self.percent is None or self.before is None:
            return ""
        return f"{self.percent - self.before:+.1f}".replace(".", ",").replace("-", "−")


class SheetsView(SitesHeld, TemplateView):
    """The sheets of one month that the person may see, with the way to every other month."""

    screen_access = SITE_WORKERS
    template_name = "reporting/sheets.html"

    @cached_property
    def visible(self):
        return rights.visible_to(self.request.user)

    def get_context_data(self, **kwargs):
        months = list(self.visible.order_by("-month").values_list("month", flat=True).distinct()[:MOST_MONTHS])
        this = first_of_month(deadlines.today())
        asked = self.request.GET.get("thang", "")
        month = month_of(asked) if asked else next(iter(months), this)
        scores, today, lines = rights.may_score(self.request.user), deadlines.today(), self.lines(month)
        to_sign = [line for line in lines if rights.may_sign_on(self.request.user, line.sheet, today)]
        # What waits for the person stands first.
        lines.sort(key=lambda line: line not in to_sign)
        return super().get_context_data(
            title="Chấm điểm các trang",
            header_icon=ICON,
            month=month,
            months=months,
            lines=lines,
            may_measure=scores and month <= this,
            may_submit=scores and any(line.sheet.is_open for line in lines),
            may_score=scores and any(line.sheet.is_open and line.sheet.unscored_lines for line in lines),
            may_sign=bool(to_sign),
            **kwargs,
        )

    def lines(self, month: date) -> list[Line]:
        """The sheets of the month with those of the month before; two queries."""
        now = self.visible.filter(month=month).not_superseded().with_points().select_related("site")
        before = self.visible.filter(month=month_before(month)).counting().with_points()
        before = {one.site_id: one for one in before}
        return [Line(sheet, before.get(sheet.site_id)) for sheet in now.prefetch_related("lines")]


class MonthFileView(View):
    """The official table of all sheets of a month that the person may see, as XLSX or PDF."""

    screen_access = SITE_WORKERS

    def get(self, request, month, extension):
        found = rights.visible_to(request.user).filter(month=month_of(month)).counting()
        found = list(with_versions(found))
        if not found:
            raise Http404
        return _file(request, found, extension)


def with_versions(found: QuerySet) -> QuerySet:
    """Return sheets with their lines, and the versions before and after with what is said of them."""
    return found.select_related("site", "replaces", "successor").prefetch_related("lines", "writers", "replaces__lines")


def _file(request, found: list[ScoreSheet], extension: str):
    makers = {"xlsx": table.as_xlsx, "pdf": table.as_pdf}
    if extension not in makers:
        raise Http404
    record("export.made", by=request.user, site=found[0].site if len(found) == 1 else None)
    return download(makers[extension](found), table.file_name(found, extension))


# --- One sheet ---------------------------------------------------------------------------------------


class OneSheet:
    """Mixin: the sheet of the address, where the person may see it; else there is none."""

    model = ScoreSheet
    header_icon = ICON

    @cached_property
    def sheet(self) -> ScoreSheet:
        found = with_versions(rights.visible_to(self.request.user)).select_related("site__unit")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        return super().get_context_data(sheet=self.sheet, subject=self.sheet.month_and_site, **kwargs)

    def get_success_url(self):
        return reverse("reporting_sheet", args=[self.sheet.pk])


class SheetView(SitesHeld, OneSheet, TemplateView):
    screen_access = SITE_WORKERS
    template_name = "reporting/sheet.html"

    def get_context_data(self, **kwargs):
        sheet, user = self.sheet, self.request.user
        lines = list(sheet.lines.all())
        before = rights.visible_to(user).counting().filter(site=sheet.site, month=month_before(sheet.month))
        former = {line.criterion: line.awarded for line in ScoreLine.objects.filter(sheet__in=before)}
        for line in lines:
            line.former = table.points(former.get(line.criterion))
            line.remark = table.remark(line)
            line.most_text, line.awarded_text = table.points(line.max_points), table.points(line.awarded)
            line.own_text = table.points(line.self_assessed)
        total = table.sums(sheet)
        return super().get_context_data(
            title="Phiếu chấm điểm",
            header_icon=ICON,
            lines=lines,
            most=table.points(total.most),
            awarded=table.points(total.awarded),
            own=table.points(total.own),
            percent=total.percent_text,
            waiting=[line for line in lines if line.waits_for_points],
            may_correct=sheet.is_open and rights.may_score(user),
            may_reopen=sheet.is_signed and sheet.newer is None and rights.may_score(user),
            newer=sheet.newer if rights.sees(user, sheet.newer) else None,
            of_version=table.lines_of_version(sheet),
            may_assess=rights.may_assess(user, sheet),
            may_sign=rights.may_sign(user, sheet),
            may_sign_today=rights.may_sign_on(user, sheet, deadlines.today()),
            **kwargs,
        )


class SheetFileView(OneSheet, View):
    screen_access = SITE_WORKERS

    def get(self, request, pk, extension):
        return _file(request, [self.sheet], extension)


class AssessView(OneSheet, ActionView):
    """The site's own points, all of them on one screen."""

    screen_access = SITE_WORKERS
    form_class = AssessForm
    title = "Tự đánh giá"
    submit_label = "Ghi tự đánh giá"
    success_message = "Đã ghi điểm tự đánh giá."

    def seen(self):
        """The sheet and the criteria with what the site has said."""
        return [self.sheet.state, [[line.pk, line.max_points, line.self_assessed] for line in self.sheet.lines.all()]]

    def closed(self):
        return "" if rights.may_assess(self.request.user, self.sheet) else "Phiếu này không còn nhận tự đánh giá."

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "lines": list(self.sheet.lines.all())}

    def call(self, form):
        sheets.assess(self.sheet, form.points_by_line(), by=self.request.user)


class CorrectView(ActionView):
    """Other points for one line, with the reason, and its note."""

    model = ScoreLine
    screen_access = holding(SCORE)
    form_class = CorrectForm
    title = "Sửa điểm"
    header_icon = ICON
    submit_label = "Ghi điểm"
    success_message = "Đã ghi điểm và ghi chú."
    template_name = "reporting/correct.html"

    @cached_property
    def line(self) -> ScoreLine:
        visible = rights.visible_to(self.request.user)
        return get_object_or_404(ScoreLine.objects.filter(sheet__in=visible), pk=self.kwargs["pk"])

    def seen(self):
        """The line, and whether its sheet is open."""
        return [self.line, self.line.sheet.state]

    def closed(self):
        return "" if self.line.sheet.is_open else "Phiếu đã trình hoặc đã ký nên không sửa điểm được."

    def get_initial(self):
        return {"points": self.line.corrected, "reason": self.line.correction_reason, "note": self.line.note}

    def get_context_data(self, **kwargs):
        line = self.line
        return super().get_context_data(
            subject=str(line),
            line=line,
            measured=table.points(line.measured),
            most=table.points(line.max_points),
            corrected=table.points(line.corrected),
            **kwargs,
        )

    def get_success_url(self):
        return reverse("reporting_sheet", args=[self.line.sheet_id])

    def call(self, form):
        sheets.correct(self.line, by=self.request.user, **form.cleaned_data)


# --- What is done with one sheet, or with those of a month -------------------------------------------


class Shown:
    """One sheet as it is shown before it is decided: its sums, and the lines that a person is still to score."""

    def __init__(self, sheet: ScoreSheet):
        self.sheet = sheet
        self.of_version = table.lines_of_version(sheet)
        total = table.sums(sheet)
        self.most, self.awarded, self.own = map(table.points, (total.most, total.awarded, total.own))
        self.waiting = [line for line in sheet.lines.all() if line.waits_for_points]


class Decided(ActionView):
    """A button for one sheet (`pk`) or for all sheets of a month (`month`) that are in `state`.

    Those with which it cannot be done (`why_not`) are named and left out; the others do not wait for them.
    """

    model = ScoreSheet
    form_class = forms.Form
    header_icon = ICON
    template_name = "reporting/decide.html"
    state = ""

    @cached_property
    def sheets(self) -> list[ScoreSheet]:
        found = with_versions(rights.visible_to(self.request.user))
        if "pk" in self.kwargs:
            return [get_object_or_404(found, pk=self.kwargs["pk"])]
        return list(found.filter(month=month_of(self.kwargs["month"])))

    def why_not(self, sheet: ScoreSheet) -> str:
        """Say why this person does not do it with one of the sheets, as a sentence; "" when they may."""
        return ""

    @cached_property
    def left(self) -> dict[ScoreSheet, str]:
        """What is said of each sheet in `state` that is left out (`why_not`)."""
        reasons = ((sheet, self.why_not(sheet)) for sheet in self.sheets if sheet.state == self.state)
        return {sheet: reason for sheet, reason in reasons if reason}

    @cached_property
    def in_state(self) -> list[ScoreSheet]:
        return [sheet for sheet in self.sheets if sheet.state == self.state and sheet not in self.left]

    def seen(self):
        """The sheets and all their lines."""
        return [[sheet, list(sheet.lines.all())] for sheet in self.in_state]

    def closed(self):
        return "" if self.in_state else "Không còn phiếu nào để làm việc này."

    def way_on(self):
        return {"url": self.get_success_url(), "words": "Xem phiếu" if "pk" in self.kwargs else "Các phiếu của tháng"}

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            rows=[Shown(sheet) for sheet in self.in_state],
            left=[(Shown(sheet), reason) for sheet, reason in self.left.items()],
            **kwargs,
        )

    def get_success_url(self):
        if "pk" in self.kwargs:
            return reverse("reporting_sheet", args=[self.kwargs["pk"]])
        return f"{reverse('reporting_sheets')}?thang={self.kwargs['month']}"


class SubmitView(Decided):
    screen_access = holding(SCORE)
    state = ScoreSheet.State.OPEN
    title = "Trình ký phiếu chấm điểm"
    submit_label = "Trình Trưởng ban ký"
    success_message = "Đã trình; phiếu chờ Trưởng ban ký."

    def why_not(self, sheet):
        return sheets.why_not_submit(sheet)

    def call(self, form):
        sheets.submit(self.in_state, by=self.request.user)


class SignView(Decided):
    screen_access = holding(SIGN_SCORES)
    state = ScoreSheet.State.SUBMITTED
    title = "Ký phiếu chấm điểm"
    submit_label = "Ký"
    success_message = "Đã ký; phiếu được niêm phong và công bố, không sửa được nữa."

    def why_not(self, sheet):
        return rights.why_not_sign(self.request.user, sheet, deadlines.today())

    def call(self, form):
        sheets.sign(self.in_state, by=self.request.user)


class SendBackView(Decided):
    screen_access = holding(SIGN_SCORES)
    state = ScoreSheet.State.SUBMITTED
    form_class = ReasonForm
    title = "Trả lại phiếu chấm điểm"
    submit_label = "Trả lại"
    success_message = "Đã trả lại; phiếu mở lại để sửa."

    def why_not(self, sheet):
        return "" if rights.may_sign(self.request.user, sheet) else rights.NOT_RETURNED

    def call(self, form):
        sheets.send_back(self.sheets[0], by=self.request.user, reason=form.cleaned_data["reason"])


class ReopenView(OneSheet, ActionView):
    """A new version of a signed sheet; the reason is printed on it."""

    screen_access = holding(SCORE)
    form_class = VersionForm
    title = "Lập bản mới của phiếu đã ký"
    submit_label = "Lập bản mới"
    success_message = "Đã lập bản mới; hãy sửa chỗ sai rồi trình ký. Bản cũ còn giá trị đến khi bản mới được ký."

    def seen(self):
        """The sheet, and whether it has a newer version."""
        return [self.sheet, self.sheet.newer and self.sheet.newer.pk]

    def closed(self):
        sheet = self.sheet
        return "" if sheet.is_signed and sheet.newer is None else "Chỉ lập bản mới của phiếu đã ký, chưa có bản mới."

    def call(self, form):
        self.made = versions.reopen(self.sheet, by=self.request.user, reason=form.cleaned_data["reason"])

    def get_success_url(self):
        return reverse("reporting_sheet", args=[self.made.pk])


class MeasureView(ActionView):
    """Measure the open sheets of a month now, without waiting for the morning."""

    screen_access = holding(SCORE)
    form_class = forms.Form
    header_icon = ICON
    title = "Đo lại phiếu chấm điểm"
    submit_label = "Đo ngay"
    success_message = "Đã đo các phiếu đang chấm."
    without_version = "Counts what is there at that moment; what people typed stays."

    def get_context_data(self, **kwargs):
        return super().get_context_data(subject=f"tháng {month_of(self.kwargs['month']):%m/%Y}", **kwargs)

    def get_success_url(self):
        return f"{reverse('reporting_sheets')}?thang={self.kwargs['month']}"

    def call(self, form):
        sheets.measure_again(month_of(self.kwargs["month"]), by=self.request.user)
