"""What askers and offices are told by mail about a question; written into the outbox with the step that causes it.

An asker without a mail address reads the same on the tracking page. The asker's mail holds number, secret (in the
acknowledgement only), dates and what the office says to them, never their own question: a mail may be read by others.
The outbox purges it once it has been sent. What offices get names the number and nothing of the asker. The texts are in
`faq/templates/faq/mails/`.
"""

from collections.abc import Iterable
from functools import partial

from django.conf import settings
from django.utils.html import strip_tags

from accounts.roles import ANSWER_QUESTIONS, HANDLE_QUESTIONS, SIGN_ANSWERS, holders
from accounts.unit_roles import unit_holders
from base.models import PortalSite
from base.operations.notices import notify
from vietnam.dates import format_short
from workflows import deadlines
from workflows.models import Deadline

from ..models import Answer, InterimNotice, Question, QuestionsPage
from . import running

# Mails of this many office people at most; the board knows the rest from its digest.
MOST_RECIPIENTS = 20


def questions_page(question: Question) -> QuestionsPage | None:
    """Return the page of questions the asker knows: of the site and in the language in which they asked.

    When that site has stopped, the page of the site that has taken the question over.
    """
    asked_on = question.asked_on_site
    home = (asked_on if asked_on.state == PortalSite.State.OPEN else question.owner_site).home_page()
    if home is None:
        return None
    pages = QuestionsPage.objects.live().filter(translation_key__in=_keys_under(home)).select_related("locale")
    by_language = {page.locale.language_code: page for page in pages}
    return by_language.get(question.language_code) or by_language.get(settings.LANGUAGE_CODE)


def _keys_under(home):
    return QuestionsPage.objects.child_of(home).values("translation_key")


def tracking_url(question: Question) -> str:
    """Return the address of the tracking page; without the secret."""
    page = questions_page(question)
    return f"{page.full_url}tra-cuu/" if page is not None and page.full_url else ""


# --- To the asker ----------------------------------------------------------------------------------


def acknowledge(question: Question) -> None:
    """Say that the question was received: number, secret, last day and how it was computed."""
    deadline = _askers_deadlines(question).first()
    if deadline is not None:
        # The template calls it, in the asker's language.
        explain = partial(deadlines.explain, deadline)
        _tell(question, "question_received", day=format_short(deadline.last_day), explain=explain)


def tell_out_of_scope(question: Question) -> None:
    """Say at once that it is not for this portal's bodies, why, and whose matter it is (Quy chế Điều 10.1.d)."""
    _tell(question, "question_out_of_scope")


def tell_assigned(question: Question) -> None:
    """Say which unit answers, and that the last day is what it was."""
    deadline = _askers_deadlines(question).order_by("pk").first()
    day = format_short(deadline.last_day) if deadline is not None else ""
    _tell(question, "question_assigned", day=day, steps=question.events.count())


def tell_progress(question: Question, notice: InterimNotice) -> None:
    """Send an interim notice with the promised day."""
    _tell(question, "question_progress", notice=notice, day=format_short(notice.promised_on))


def ask_for_more(question: Question, text: str) -> None:
    """Ask for what is missing; the asker answers on the tracking page."""
    _tell(question, "question_waiting", text=text)


def send_answer(question: Question, answer: Answer) -> None:
    """Send the answer, and the way to say whether one is satisfied."""
    text = strip_tags(answer.body.replace("</p>", "</p>\n").replace("<br/>", "\n"))
    _tell(question, "question_answered", answer=answer, text=text)


def _askers_deadlines(question: Question):
    """The running deadlines by which the asker waits, the soonest due first."""
    return Deadline.objects.for_subject(question).open().filter(rule__code__in=running.DEADLINES).select_related("rule")


def _tell(question: Question, kind: str, **context) -> None:
    if not question.contact.purged_at:
        context |= {"question": question, "url": tracking_url(question), "site": question.asked_on_site}
        notify(question.contact, kind, context, language=question.language_code)


# --- To the office ---------------------------------------------------------------------------------


def tell_unit(question: Question) -> None:
    """Tell those who write answers on the site that a question waits for their unit."""
    _tell_office(question, ANSWER_QUESTIONS, "question_for_unit")


def tell_given_back(question: Question, *, reason: str, former) -> None:
    """Tell those who sort the questions of a site that a unit gave one back, and why."""
    _tell_office(question, HANDLE_QUESTIONS, "question_given_back", reason=reason, former=former)


def tell_signers(question: Question) -> None:
    """Tell those who sign that an answer waits."""
    _tell_office(question, SIGN_ANSWERS, "answer_to_sign")


def tell_writer(question: Question, answer: Answer) -> None:
    """Tell who wrote the answer that it came back."""
    writer = answer.written_by
    if writer is not None and writer.is_active:
        _send_office(question, [writer.email], "answer_returned", answer=answer)


def _tell_office(question: Question, capability: str, kind: str, **context) -> None:
    site = question.owner_site
    of_unit = unit_holders(capability, question.unit_id).exclude(email="")
    if of_unit:
        _send_office(question, [person.email for person in of_unit[:MOST_RECIPIENTS]], kind, **context)
        return
    own = holders(capability, site).exclude(email="").filter(appointments__site=site).distinct()
    _send_office(question, own.values_list("email", flat=True)[:MOST_RECIPIENTS], kind, **context)


def _send_office(question: Question, addresses: Iterable[str], kind: str, **context) -> None:
    deadline_rows = Deadline.objects.for_subject(question).open().exclude(rule__code=running.ACCEPT)
    deadline = deadline_rows.order_by("due_on").first()
    day = format_short(deadline.last_day) if deadline is not None else ""
    notify(addresses, kind, {"question": question, "day": day, "steps": question.events.count(), **context})
