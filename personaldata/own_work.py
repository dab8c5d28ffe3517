"""What this room brings to the work queue (`workflows/dashboard/work_queue.py`): reports and requests of citizens.

Who acts on their deadlines are those who handle questions on the site.
"""

from django.db.models import Case, QuerySet, Value, When
from django.urls import reverse

from accounts.roles import HANDLE_QUESTIONS
from faq.office.duties import handlers
from faq.office.own_work import numbered
from workflows.dashboard import work_queue
from workflows.dashboard.work_queue import Scope, rows
from workflows.deadlines import acting

from .models import CorrectionComplaint, DataSubjectRequest


def complaints(scope: Scope) -> QuerySet | None:
    sites = scope.own_sites(HANDLE_QUESTIONS)
    if not sites:
        return None
    found = CorrectionComplaint.objects.filter(state=CorrectionComplaint.State.RECEIVED, owner_site__in=sites)
    return rows(
        found,
        title=numbered("number", "page_title"),
        note=Value("phản ánh thông tin sai"),
        at="received_at",
        site="owner_site",
        **work_queue.deadlines_of(CorrectionComplaint),
    )


def data_requests(scope: Scope) -> QuerySet | None:
    sites = scope.own_sites(HANDLE_QUESTIONS)
    if not sites:
        return None
    kinds = Case(*(When(kind=value, then=Value(str(label))) for value, label in DataSubjectRequest.Kind.choices))
    return rows(
        DataSubjectRequest.objects.open().filter(owner_site__in=sites),
        title=numbered("number", kinds),
        note=Value("yêu cầu về dữ liệu cá nhân"),
        at="received_at",
        site="owner_site",
        **work_queue.deadlines_of(DataSubjectRequest),
    )


def register_own_work() -> None:
    """Register all of it; called once, from `PersonaldataConfig.ready`."""
    work_queue.register_source("phan-anh", "nguoi-dan", complaints, "faq_complaint", "")
    work_queue.register_source("du-lieu", "nguoi-dan", data_requests, "faq_data_request", "")
    work_queue.SHOWN_ELSEWHERE.update((CorrectionComplaint, DataSubjectRequest))
    for model, screen in ((DataSubjectRequest, "faq_data_request"), (CorrectionComplaint, "faq_complaint")):
        acting.register_subject(model._meta.label, people=handlers, address=_address(screen))


def _address(screen: str):
    return lambda record: reverse(screen, args=[record.pk])
