"""The rows of questions and answers."""

from .answer import Answer, AnswerTemplate, InterimNotice
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
    "FaqPage",
    "InterimNotice",
    "Question",
    "QuestionBook",
    "QuestionContact",
    "QuestionEvent",
    "QuestionFile",
    "QuestionTopic",
    "QuestionsPage",
    "State",
]
