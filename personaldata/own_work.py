"""What this room brings to the work queue (`workflows/dashboard/work_queue.py`): reports and requests of citizens.

Who acts on their deadlines are those who handle questions on the site.
"""

from django.db.models import Case, QuerySet, Value, When
from django.urls import reverse

from accounts.roles import HANDLE_QUESTIONS
from faq.office.duties import handlers
from faq.office.own_work import numbered, received
from workflows.dashboard import work_queue
from workflows.dashboard.work_queue import Scope
from workflows.deadlines import acting

from .models import CorrectionComplaint, DataSubjectRequest


def complaints(scope: Scope) -> QuerySet | None:
    return received(
        scope,
        HANDLE_QUESTIONS,
        CorrectionComplaint.objects.filter(state=CorrectionComplaint.State.RECEIVED),
        title=numbered("number", "page_title"),
        note="phản ánh thông tin sai",
        **work_queue.deadlines_of(CorrectionComplaint),
    )


def data_requests(scope: Scope) -> QuerySet | None:
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
    for model, screen in ((DataSubjectRequest, "faq_data_request"), (CorrectionComplaint, "faq_complaint")):
        acting.register_subject(model._meta.label, people=handlers, address=_address(screen))


def _address(screen: str):
    return lambda record: reverse(screen, args=[record.pk])
