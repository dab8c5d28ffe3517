"""What the yearly report brings to the work queue: one that waits for a second person."""

from django.db.models import CharField, Exists, OuterRef, Value
from django.db.models.functions import Cast, Concat
from django.urls import reverse

from accounts.models import User
from accounts.roles import APPROVE, holders, may
from base.sites import city_site
from workflows.dashboard import submissions, work_queue
from workflows.dashboard.work_queue import Rows, Scope, rows
from workflows.deadlines import acting
from workflows.models import Deadline

from ..models import YearlyFigure, YearlyReport
from .rights import may_approve

State = YearlyReport.State
NAME = Concat(Value("Báo cáo rà soát hằng năm "), Cast("year", CharField()), output_field=CharField())


@work_queue.out_of(lambda: YearlyReport.objects.filter(state=State.SUBMITTED))
def to_decide(scope: Scope) -> Rows | None:
    """Submitted reports that another submitted, and into which the user wrote nothing: those of `may_approve`."""
    city = city_site()
    if city is None or not may(scope.user, APPROVE, city):
        return None
    corrected = YearlyFigure.objects.filter(part__report=OuterRef("pk"), corrected_by=scope.user)
    written = YearlyReport.writers.through.objects.filter(yearlyreport=OuterRef("pk"), user=scope.user)
    waiting = YearlyReport.objects.filter(~Exists(corrected), ~Exists(written), state=State.SUBMITTED)
    waiting = waiting.exclude(submitted_by=scope.user)
    return rows(waiting, title=NAME, note=Value("chờ duyệt"), at="submitted_at")


@work_queue.out_of(lambda: YearlyReport.objects.filter(state=State.SUBMITTED))
def handed_on(scope: Scope) -> Rows | None:
    """Reports that the user submitted and another decides."""
    found = YearlyReport.objects.filter(state=State.SUBMITTED, submitted_by=scope.user)
    return rows(found, title=NAME, note=Value("chờ duyệt"), at="submitted_at")


def people(deadline_rows: list[Deadline]) -> dict[int, list[User]]:
    """Who has a report in hand: while it is submitted those who may approve it, else the people of the rule."""
    keys = {deadline.object_id: deadline.pk for deadline in deadline_rows}
    waiting = YearlyReport.objects.filter(pk__in=list(keys), state=State.SUBMITTED).prefetch_related(
        "parts__figures", "writers"
    )
    city = city_site()
    return {keys[str(row.pk)]: [one for one in holders(APPROVE, city) if may_approve(one, row)] for row in waiting}


def register_own_work() -> None:
    """Add all of it to the work queue; called once, from `ReportingConfig.ready`."""
    work_queue.register_source("bao-cao-nam", "quyet-dinh", to_decide, "reporting_yearly_decide")
    work_queue.register_source("bao-cao-nam-da-trinh", "da-gui", handed_on, "reporting_yearly")
    submissions.register_decisions(
        "portal.yearly.submit",
        {"portal.yearly.approve": "Báo cáo năm đã duyệt", "portal.yearly.send_back": "Báo cáo năm bị trả lại"},
        returned="portal.yearly.send_back",
        screen="reporting_yearly",
    )
    acting.register_subject(
        YearlyReport._meta.label, people=people, address=lambda report: reverse("reporting_yearly", args=[report.pk])
    )
