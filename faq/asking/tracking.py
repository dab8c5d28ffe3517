"""Where a question stands, for those who have its number and secret (`/hoi-dap/tra-cuu/`; NĐ 43/2011 Điều 15.2).

1. `track` takes number and secret by POST; neither is in an address, a cookie or a log, and no cache keeps the answer.
   A wrong number and a wrong secret get the same answer, in the same time.
2. A user who guesses is slowed, then locked (`guessing.py`).
3. `timeline` lists the steps as the asker may read them: units, never the person who acted.
4. By the same page the asker adds what is missing (`interim.supplement`), says whether they are satisfied (`rate`), and
   asks for another look (`reopen`). Each of these carries number and secret again, and counts once.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from base.gate import Refused
from base.operations import idempotency
from base.operations.throttle import over_limit
from base.public.routed import answer_private
from base.public.waits import slowed
from base.request_facts import client_address
from base.views import press_again
from legalref.register.addresses import Registers
from workflows import deadlines

from ..handling import afterwards, answering, intake, interim
from ..handling.states import AFTER_REPLY
from ..models import Answer, Question, QuestionEvent, State
from . import draft_files, guessing, limits
from .asking import TICKET
from .due import Due, due_of
from .forms import FindForm, RateForm, ReopenForm, SupplementForm, errors_of

STEP = "step"
Kind = QuestionEvent.Kind


@dataclass(frozen=True)
class Step:
    """One line of the timeline: the day, what happened, with which unit, and what is said about it."""

    at: datetime
    label: str
    unit: str = ""
    text: str = ""
    is_last: bool = False


@dataclass(frozen=True)
class Cited:
    """A document that the answer rests on; `url` is empty while it is not public."""

    name: str
    url: str


@dataclass
class Tracked:
    """Everything the tracking page shows of a question."""

    question: Question
    state: str
    unit: str
    steps: list[Step]
    due: Due | None
    waiting_for: str = ""
    files: list = field(default_factory=list)
    answer: Answer | None = None
    answer_unit: str = ""
    documents: list[Cited] = field(default_factory=list)
    page_url: str = ""
    may_rate: bool = False
    may_reopen: bool = False
    reopen_until: date | None = None

    @property
    def is_signed(self) -> bool:
        """Whether its answer is signed and on its way."""
        return self.question.state == State.SIGNED


def track(page, request):
    """Answer the page: the form, or the question whose number and secret came with it."""
    if request.method != "POST":
        return _draw(page, request, {"form": FindForm()})
    now, form = timezone.now(), FindForm(request.POST)
    if not form.is_valid():
        return _draw(page, request, {"form": form, "errors": errors_of(form)})
    if (seconds := over_limit(request)) and not request.POST.get(STEP):
        return slowed(_draw(page, request, {"form": form, "errors": [("", limits.again(seconds))]}), seconds)
    try:
        question = guessing.look_up(
            intake.find, **form.cleaned_data, address=client_address(request), what="câu hỏi", on=now
        )
    except guessing.TooManyGuesses as error:
        if request.POST.get(STEP):
            # Text that was typed below the question: the sender cannot see it any more, but can send it again.
            return press_again(request, error.seconds)
        return slowed(_draw(page, request, {"form": form, "errors": [("", error.message)]}), error.seconds)
    if question is None:
        wrong = _("Số câu hỏi hoặc mã tra cứu không đúng; xin xem lại biên nhận và nhập lại cả hai.")
        return _draw(page, request, {"form": form, "errors": [("tra-number", wrong)]})
    return _show(page, request, form, question, now)


# --- What the asker does ----------------------------------------------------------------------------


def _show(page, request, form, question: Question, now: datetime):
    """Carry out what was asked for, then draw the question; over a limit only keep what was typed and chosen."""
    acts = {"supplement": _supplement, "rate": _rate, "reopen": _reopen}
    step = request.POST.get(STEP, "")
    context = {"form": form, "added": SupplementForm(), "rating": RateForm(), "again": ReopenForm(), "done": ""}
    context["taken"] = draft_files.read_tickets(request.POST.getlist(TICKET), now)
    seconds = over_limit(request)
    if seconds:
        context |= _stored_over_limit(request, step, context["taken"], now) | {"problem": limits.again(seconds)}
    elif step in acts:
        try:
            context |= acts[step](request, question, context["taken"], now)
        except Refused as error:
            context["problem"] = _refused(error)
    question = intake.find(form.cleaned_data["number"], form.cleaned_data["secret"])
    context["tracked"] = tracked(question, request)
    return slowed(_draw(page, request, context, "faq/track_question.html"), seconds)


def _stored_over_limit(request, step: str, taken: draft_files.Taken, now: datetime) -> dict:
    name, form = {
        "supplement": ("added", SupplementForm),
        "rate": ("rating", RateForm),
        "reopen": ("again", ReopenForm),
    }.get(step, ("", None))
    if step == "supplement":
        draft_files.take_in(request, taken, on=now)
    return {name: form(request.POST)} if form else {}


def _supplement(request, question: Question, taken: draft_files.Taken, now: datetime) -> dict:
    form = SupplementForm(request.POST)
    draft_files.take_in(request, taken, on=now)
    if not form.is_valid() or taken.refusals:
        return {"added": form}

    def call() -> str:
        interim.supplement(question, text=form.cleaned_data["added"], files=draft_files.attached(taken.files), on=now)
        draft_files.release_files(taken.files)
        return question.number

    try:
        idempotency.once(request, f"faq.supplement {question.pk}", call)
    except ValidationError:
        form.add_error(
            "added",
            _("Hãy ghi nội dung bổ sung, nhiều nhất %(most)s ký tự.") % {"most": intake.LONGEST_TEXT},
        )
        return {"added": form}
    taken.files = []
    return {"done": _("Đã nhận nội dung bổ sung; việc xử lý câu hỏi tiếp tục.")}


def _rate(request, question: Question, taken: draft_files.Taken, now: datetime) -> dict:
    form = RateForm(request.POST)
    if not form.is_valid():
        return {"rating": form}
    level = form.cleaned_data["satisfaction"]
    idempotency.once(
        request, f"faq.rate {question.pk}", lambda: afterwards.rate(question, satisfaction=level, on=now).number
    )
    return {"done": _("Cảm ơn ông/bà đã cho biết ý kiến.")}


def _reopen(request, question: Question, taken: draft_files.Taken, now: datetime) -> dict:
    form = ReopenForm(request.POST)
    if not form.is_valid():
        return {"again": form}
    reason = form.cleaned_data["reason"]
    idempotency.once(
        request, f"faq.reopen {question.pk}", lambda: afterwards.reopen(question, reason=reason, on=now).number
    )
    return {"done": _("Đã nhận đề nghị xem xét lại; câu hỏi được xử lý lại với thời hạn mới.")}


def _refused(error: Refused) -> str:
    """Return the refusal of an action as it is in Vietnamese; in another language, a sentence that fits all of them."""
    if get_language() == "vi":
        return str(error)
    return _("Việc này không còn phù hợp với tình trạng hiện nay của câu hỏi; xin xem bên dưới.")


# --- What the asker reads ---------------------------------------------------------------------------


def tracked(question: Question, request=None) -> Tracked:
    """Return everything that the asker may see of their question."""
    answer = answering.answer_of(question)
    waits = question.waiting_since is not None
    found = Tracked(
        question=question,
        state=question.get_state_display(),
        unit=_unit_name(question.unit),
        steps=timeline(question),
        due=due_of(question),
        waiting_for=_last_text(question, Kind.WAITING) if waits else "",
        files=question.submitted_files(),
    )
    is_replied = question.state in AFTER_REPLY or (question.state == State.MERGED and question.replied_at)
    if answer is None or not is_replied:
        # An answer of an earlier round stays readable while another one is written.
        found.answer = answer
    else:
        found.answer, found.may_rate = answer, True
        _offer_reopening(found)
    if found.answer is not None:
        registers = Registers()
        found.answer_unit = _unit_name(found.answer.unit)
        found.documents = [
            Cited(document.name, registers.url(document, request) if document.live else "")
            for document in found.answer.documents.select_related("document_type")
        ]
    page = question.page
    if page is not None and page.live:
        found.page_url = page.get_url(request) or ""
    return found


def timeline(question: Question) -> list[Step]:
    """Return the steps of a question that its asker may know, the oldest first; no person's name is in them."""
    events = list(question.events.filter(is_public=True).select_related("unit").order_by("at", "pk"))
    shown = [event for event in events if event.kind not in _SHOWN_ELSEWHERE]
    # Classified anew with nothing in between: to the asker the same step.
    again = {after.pk for before, after in pairwise(shown) if before.kind == after.kind == Kind.CLASSIFIED}
    shown = [event for event in shown if event.pk not in again]
    return [
        Step(
            at=event.at,
            label=event.get_kind_display(),
            text=event.public_text,
            unit=_unit_name(event.unit) if event.kind in _WITH_UNIT else "",
            is_last=place == len(shown),
        )
        for place, event in enumerate(shown, 1)
    ]


_WITH_UNIT = frozenset({Kind.ASSIGNED, Kind.REASSIGNED, Kind.REPLIED})
_SHOWN_ELSEWHERE = frozenset({Kind.RATED})


def _offer_reopening(found: Tracked) -> None:
    question = found.question
    if question.satisfaction != Question.Satisfaction.NOT or question.state not in AFTER_REPLY:
        return
    if question.replied_at is None:
        return
    until = question.replied_at + timedelta(days=afterwards.REOPEN_DAYS)
    found.may_reopen, found.reopen_until = timezone.now() <= until, deadlines.local_date(until)


def _last_text(question: Question, kind: str) -> str:
    event = question.events.filter(kind=kind).order_by("-at", "-pk").first()
    return event.public_text if event else ""


def _unit_name(unit) -> str:
    if unit is None:
        return ""
    return unit.name_en if get_language() == "en" and unit.name_en else unit.name


def _draw(page, request, context: dict, template: str = "faq/track.html"):
    whole = page.get_context(request) | {
        "submission_field": idempotency.FIELD,
        "submission_key": idempotency.new_key(),
        "ask_url": f"{page.get_url(request)}gui-cau-hoi/",
        "reopen_days": afterwards.REOPEN_DAYS,
        "bounds": draft_files.BOUNDS,
        **context,
    }
    if "taken" in context:
        whole["kept"] = [(file, draft_files.ticket(file)) for file in context["taken"].files]
        whole["refused"] = context["taken"].refusals
    opened = context.get("tracked")
    title = _("Câu hỏi %(number)s") % {"number": opened.question.number} if opened else _("Tra cứu câu hỏi")
    return answer_private(page, request, template, whole, title)
