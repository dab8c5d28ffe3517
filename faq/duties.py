"""Who acts on the clocks of citizens' matters, and where these are in the administration (`workflows/acting.py`)."""

from collections.abc import Iterable

from django.urls import reverse

from accounts.models import User
from accounts.roles import HANDLE_QUESTIONS, holders
from workflows import acting
from workflows.models import Deadline


def handlers(deadline: Deadline) -> Iterable[User] | None:
    """Return those who handle citizens' matters on the clock's own site; None when it has nobody: the rule's people."""
    if deadline.site is None:
        return None
    own = holders(HANDLE_QUESTIONS, deadline.site).filter(appointments__site=deadline.site).distinct()
    return list(own) or None


def register() -> None:
    """Tell the boards and reminders of this room's records; called once, from `FaqConfig.ready`."""
    for label, screen, people in (
        ("faq.Question", "faq_question", None),
        ("faq.DataSubjectRequest", "faq_data_request", handlers),
        ("faq.CorrectionComplaint", "faq_complaint", handlers),
    ):
        acting.register_subject(label, people=people, address=_address(screen))


def _address(screen: str):
    return lambda record: reverse(screen, args=[record.pk])
