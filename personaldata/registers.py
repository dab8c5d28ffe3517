"""The registers of records with a contact: when each has ended, what of it is covered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import models

from faq.models import (
    CommentContact,
    ConsultationComment,
    ContributedArticle,
    ContributorContact,
    Question,
    QuestionContact,
    State,
)
from faq.models.question import ENDED
from faq.terms import CONTACT_DAYS
from workflows import deadlines

from .covering import cover_comment, cover_complaint, cover_contribution, cover_question
from .models import ComplaintContact, CorrectionComplaint

COMMENT_RUNS = (ConsultationComment.State.RECEIVED, ConsultationComment.State.ACCEPTED)


@dataclass(frozen=True)
class Register:
    """One kind of record with a contact: where it stands, when it has ended, what of it is covered."""

    key: str
    label: str
    contacts: type[models.Model]
    record: str
    has_ended: Callable[[models.Model], bool]
    cover: Callable[[models.Model, models.Model], None]

    def of(self, contact):
        """The record that a contact belongs to."""
        return getattr(contact, self.record)


def register_of(record) -> Register:
    """Return the register that a record belongs to."""
    return next(row for row in REGISTERS if isinstance(record, row.contacts._meta.get_field(row.record).related_model))


def _question_ended(question: Question) -> bool:
    return question.state in ENDED or (question.state == State.MERGED and question.closed_at is not None)


def _comment_ended(comment: ConsultationComment) -> bool:
    """Also without an outcome, a year after the consultation closed (`give_days_to_comments`)."""
    if comment.state not in COMMENT_RUNS:
        return True
    closes_on = comment.page.closes_on
    return closes_on is not None and closes_on + timedelta(days=CONTACT_DAYS) <= deadlines.local_date()


def _complaint_ended(complaint: CorrectionComplaint) -> bool:
    return complaint.state != CorrectionComplaint.State.RECEIVED and complaint.decided_at is not None


def _contribution_ended(article: ContributedArticle) -> bool:
    return not article.is_open


REGISTERS = (
    Register("question", "Câu hỏi", QuestionContact, "question", _question_ended, cover_question),
    Register("comment", "Ý kiến góp ý", CommentContact, "comment", _comment_ended, cover_comment),
    Register("complaint", "Phản ánh", ComplaintContact, "complaint", _complaint_ended, cover_complaint),
    Register("contribution", "Bài gửi", ContributorContact, "contribution", _contribution_ended, cover_contribution),
)
