"""The fields of answer templates: [[số câu hỏi]] is filled in by itself, what else is in brackets a person fills in.

1. `fill`: puts what the portal knows into a template. 2. `left_in`: what is not filled in yet; an answer with such
a field is not submitted. 3. `lapsed`: the documents that a template cites and that are not in force any more.
"""

import re
from collections.abc import Callable, Iterable

from django.utils.html import escape

from legalref.models import LegalDocument
from vietnam.dates import format_short
from vietnam.text import nfc
from workflows import deadlines

from ..models import AnswerTemplate, Question
from . import running

# Letters in doubled brackets: nothing that people write by chance.
FIELD = re.compile(r"\[\[\s*([^\[\]<>]{1,80}?)\s*\]\]")


def _last_day(question: Question) -> str:
    deadline = running.running_deadline(question)
    return format_short(deadline.last_day) if deadline is not None else ""


KNOWN: dict[str, Callable[[Question], str]] = {
    "số câu hỏi": lambda question: question.number,
    "ngày gửi": lambda question: format_short(deadlines.local_date(question.received_at)),
    "lĩnh vực": lambda question: str(question.topic or ""),
    "đơn vị": lambda question: str(question.unit or question.owner_site.unit),
    "hạn trả lời": _last_day,
}


def fill(body: str, question: Question) -> str:
    """Return a template's rich text with the known fields filled in; "[[số câu hỏi]]" becomes "HD-2026-000123".

    What the portal does not know stays as it is, to be filled in by a person.
    """

    def value(found: re.Match) -> str:
        known = KNOWN.get(nfc(found[1]).lower())
        return (escape(known(question)) if known else "") or found[0]

    return FIELD.sub(value, nfc(body))


def left_in(body: str) -> list[str]:
    """Return the names of the fields that are not filled in, each once, in their order."""
    return list(dict.fromkeys(FIELD.findall(nfc(body))))


def lapsed(templates: Iterable[AnswerTemplate]) -> dict[int, list[LegalDocument]]:
    """Return the cited documents that do not apply any more, by the key of their template; none for the others."""
    templates = list(templates)
    through = AnswerTemplate.documents.through.objects.filter(answertemplate__in=templates)
    rows = list(through.values_list("answertemplate_id", "legaldocument_id"))
    documents = LegalDocument.objects.for_display().in_bulk({document for _template, document in rows})
    found: dict[int, list[LegalDocument]] = {}
    for template, document in rows:
        if not documents[document].status.applies:
            found.setdefault(template, []).append(documents[document])
    return found
