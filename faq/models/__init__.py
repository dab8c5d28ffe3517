"""The rows of questions and answers."""

from .answer import Answer, AnswerTemplate, InterimNotice
from .asking import Asking, KeptFile
from .library import AnswerFeedback, FaqPage, QuestionsPage
from .question import (
    Question,
    QuestionBook,
    QuestionContact,
    QuestionEvent,
    QuestionFile,
    State,
)
from .topic import QuestionTopic

__all__ = [
    "Answer",
    "AnswerFeedback",
    "AnswerTemplate",
    "Asking",
    "FaqPage",
    "InterimNotice",
    "KeptFile",
    "Question",
    "QuestionBook",
    "QuestionContact",
    "QuestionEvent",
    "QuestionFile",
    "QuestionTopic",
    "QuestionsPage",
    "State",
]
