"""The forms of readers, filled as a browser fills them: a question with its preview, and its tracking."""

import re

from django.core.files.base import ContentFile

from base.operations import proof
from faq.handling import answering, assigning, classifying, intake, publication
from faq.models import Question, QuestionTopic
from faq.submission import Attached, Contact
from tests.abuse.visitor import form_fields

ASK, TRACK = "/hoi-dap/gui-cau-hoi/", "/hoi-dap/tra-cuu/"
TEXT = "Tôi muốn hỏi thủ tục xin giấy phép xây nhà ở trong hẻm cần những giấy tờ gì, nộp ở đâu?"
NUMBER = re.compile(r"HD-\d{4}-\d{6}")


def drawn(visitor, *, host: str = "localhost") -> dict:
    """Fetch the form and return its fields."""
    return form_fields(visitor.get(ASK, host=host).text, "")


def ask(visitor, *, host: str = "localhost", proven: bool = True, **typed):
    """Fetch the form, fill it, look at the preview and send it; return the answer to the sending."""
    data = {**_own(drawn(visitor, host=host)), "title": "Giấy phép xây nhà", "text": TEXT, "consent": "on", **typed}
    previewed = visitor.post(ASK, {**data, "step": "preview"}, host=host)
    marks = _own(form_fields(previewed.text, ""))
    if proven and "stamp" in marks:
        marks["proof"] = proof.solve(marks["stamp"])
    return visitor.post(ASK, {**data, **marks, "step": "send"}, host=host)


def track(visitor, number: str, secret: str, **fields):
    """Type number and secret once."""
    return visitor.post(TRACK, {"number": number, "secret": secret, **fields})


def asked(site, word: str, *, files: bool = False, may_show_name: bool = False) -> Question:
    """Receive a question whose every field of a person holds `word`, as if the form had been sent."""
    attached = [Attached(ContentFile(b"%PDF-1.4 " + word.encode(), name=f"{word}.pdf"), f"{word} đơn.pdf", "clean")]
    contact = Contact(
        name=f"{word} họ tên",
        email=f"{word}.rieng@gmail.com",
        phone="0987 654 321",
        address=f"{word} số 12 hẻm 3",
        may_show_name=may_show_name,
        consent_text="Tôi đồng ý.",
    )
    return intake.receive(
        site=site,
        title=f"Hỏi giấy phép xây nhà {word}",
        text=f"{TEXT} Tôi là {word} họ tên, gọi 0987 654 321.",
        contact=contact,
        files=attached if files else (),
    ).question


def answered(stage, question: Question) -> Question:
    """Bring a question to its answer by the verbs, with the people of the stage."""
    office, head, writer = (stage.people[role] for role in ("standing office", "head", "editor"))
    topic = QuestionTopic.objects.filter(kind=QuestionTopic.Kind.QUESTION).first()
    classifying.classify(question, topic=topic, in_scope=True, by=office)
    assigning.assign(question, unit=question.owner_site.unit, by=office)
    answering.draft(question, body="<p>Nộp tại bộ phận một cửa của phường.</p>", by=writer)
    answering.submit(question, by=writer)
    answering.sign(question, by=head)
    answering.decide_interest(question, common=True, reason="nhiều người cùng hỏi", by=office)
    answering.reply(question, by=office)
    return Question.objects.get(pk=question.pk)


def prepared(stage, question: Question, *, title: str):
    """Make the draft of the public page of an answered question."""
    return publication.prepare_page(
        question,
        title=title,
        question_text=TEXT,
        answer="<p>Nộp tại bộ phận một cửa của phường.</p>",
        by=stage.people["standing office"],
    )


def _own(fields: dict) -> dict:
    """The fields of the form itself, without those of the page's search and display settings."""
    theirs = ("q", "theme", "contrast", "csrfmiddlewaretoken")
    return {name: value for name, value in fields.items() if name not in theirs}
