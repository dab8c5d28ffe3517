"""What this room brings to the work queue (`workflows/dashboard/work_queue.py`): reports and requests of citizens.

Who acts on the deadlines of requests are those who handle questions on the site, on those of reports the people of the
unit that answers for the page.
"""

from django.db.models import Case, Q, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts.models import User
from accounts.roles import ANSWER_QUESTIONS, HANDLE_QUESTIONS, WRITE
from accounts.unit_roles import unit_holders, units_for
from faq.office import inbox
from faq.office.duties import handlers
from faq.office.own_work import numbered, received
from workflows.dashboard import work_queue
from workflows.dashboard.work_queue import Rows, Scope, rows
from workflows.deadlines import acting
from workflows.models import Deadline

from .models import CorrectionComplaint, DataSubjectRequest


@work_queue.out_of(lambda: CorrectionComplaint.objects.filter(state=CorrectionComplaint.State.RECEIVED))
def complaints(scope: Scope) -> Rows | None:
    """Those of the person's unit; those of their sites whose unit has no people of its own on the portal."""
    sites, units = scope.own_sites(WRITE), units_for(scope.user, ANSWER_QUESTIONS)
    if not sites and not units:
        return None
    of_site = Q(owner_site__in=sites) & ~Q(unit__in=inbox.units_with(ANSWER_QUESTIONS))
    found = CorrectionComplaint.objects.filter(of_site | Q(unit__in=units), state=CorrectionComplaint.State.RECEIVED)
    kinds = Case(When(kind=CorrectionComplaint.Kind.FORMAT, then=Value("yêu cầu định dạng khác")))
    return rows(
        found,
        title=numbered("number", "page_title"),
        note=Coalesce(kinds, Value("phản ánh thông tin sai")),
        at="received_at",
        site="owner_site",
        **work_queue.deadlines_of(CorrectionComplaint),
    )


@work_queue.out_of(lambda: DataSubjectRequest.objects.open())
def data_requests(scope: Scope) -> Rows | None:
    kinds = Case(*(When(kind=value, then=Value(str(label))) for value, label in DataSubjectRequest.Kind.choices))
    return received(
        scope,
        HANDLE_QUESTIONS,
        DataSubjectRequest.objects.open(),
        title=numbered("number", kinds),
        note="yêu cầu về dữ liệu cá nhân",
        **work_queue.deadlines_of(DataSubjectRequest),
    )


def register_own_work() -> None:
    """Register all of it; called once, from `PersonaldataConfig.ready`."""
    work_queue.register_source("phan-anh", "nguoi-dan", complaints, "faq_complaint", "")
    work_queue.register_source("du-lieu", "nguoi-dan", data_requests, "faq_data_request", "")
    work_queue.SHOWN_ELSEWHERE.update((CorrectionComplaint, DataSubjectRequest))
    for model, people, screen in (
        (DataSubjectRequest, handlers, "faq_data_request"),
        (CorrectionComplaint, answering, "faq_complaint"),
    ):
        acting.register_subject(model._meta.label, people=people, address=_address(screen))


def answering(deadline_rows: list[Deadline]) -> dict[int, list[User]]:
    """Return who has the report of each deadline: the people of its unit, else who writes on its site."""
    found: dict[tuple[int | None, int | None], list[User]] = {}
    for deadline in deadline_rows:
        key = (deadline.unit_id, deadline.site_id)
        if key not in found and deadline.site is not None:
            of_unit = list(unit_holders(ANSWER_QUESTIONS, deadline.unit_id))
            found[key] = of_unit or acting.people_at(WRITE, deadline.site)
    keys = {deadline.pk: (deadline.unit_id, deadline.site_id) for deadline in deadline_rows}
    return {pk: found[key] for pk, key in keys.items() if found.get(key)}


def _address(screen: str):
    return lambda record: reverse(screen, args=[record.pk])
