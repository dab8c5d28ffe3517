"""The rows of questions and answers."""

from .answer import Answer, AnswerTemplate, InterimNotice
from .asking import Asking, DraftFile
from .comment import CommentContact, CommentFile, ConsultationComment
from .competent_body import CompetentBody
from .consent import ConsentText
from .contribution import ContributedArticle, ContributedFile, ContributionMessage, ContributorContact
from .filled_form import FilledForm, FormVersion
from .library import FaqPage, QuestionsPage
from .question import (
    Question,
    QuestionContact,
    QuestionEvent,
    QuestionFile,
    State,
)
from .register_book import RegisterBook
from .topic import QuestionTopic

__all__ = [
    "Answer",
    "AnswerTemplate",
    "Asking",
    "CommentContact",
    "CommentFile",
    "CompetentBody",
    "ConsentText",
    "ConsultationComment",
    "ContributedArticle",
    "ContributedFile",
    "ContributionMessage",
    "ContributorContact",
    "FaqPage",
    "FilledForm",
    "FormVersion",
    "InterimNotice",
    "DraftFile",
    "Question",
    "QuestionContact",
    "QuestionEvent",
    "QuestionFile",
    "QuestionTopic",
    "QuestionsPage",
    "RegisterBook",
    "State",
]
