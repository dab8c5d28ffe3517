"""The rows of questions and answers."""

from .answer import Answer, AnswerTemplate, InterimNotice
from .asking import Asking, KeptFile
from .comment import CommentBook, CommentContact, CommentFile, ConsultationComment
from .consent import ConsentText
from .data_request import ComplaintContact, CorrectionComplaint, DataSubjectRequest, RegisterBook
from .library import AnswerFeedback, FaqPage, QuestionsPage
from .question import (
    Question,
    QuestionBook,
    QuestionContact,
    QuestionEvent,
    QuestionFile,
    State,
)
from .retention import KeptText
from .topic import QuestionTopic

__all__ = [
    "Answer",
    "AnswerFeedback",
    "AnswerTemplate",
    "Asking",
    "CommentBook",
    "CommentContact",
    "CommentFile",
    "ComplaintContact",
    "ConsentText",
    "ConsultationComment",
    "CorrectionComplaint",
    "DataSubjectRequest",
    "FaqPage",
    "InterimNotice",
    "KeptFile",
    "KeptText",
    "Question",
    "QuestionBook",
    "QuestionContact",
    "QuestionEvent",
    "QuestionFile",
    "QuestionTopic",
    "QuestionsPage",
    "RegisterBook",
    "State",
]
