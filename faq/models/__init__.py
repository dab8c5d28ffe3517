"""The rows of questions and answers."""

from .answer import Answer, AnswerTemplate, InterimNotice
from .asking import Asking, KeptFile
from .library import FaqPage, QuestionsPage
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
