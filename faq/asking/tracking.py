"""Where a question stands, for those who have its number and secret (`/hoi-dap/tra-cuu/`; NĐ 43/2011 Điều 15.2).

1. `LOOK_UP` takes number and secret (`lookups.py`).
2. `timeline` lists the steps as the asker may read them: units, never the person who acted.
3. By the same page the asker adds what is missing (`interim.supplement`), says whether they are satisfied (`rate`), and
   asks for another look (`reopen`).
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from base.operations import idempotency
from base.public.routed import answer_private
from base.public.waits import slowed
from legalref.register.addresses import Registers
from workflows import deadlines

from ..handling import afterwards, answering, intake, interim
from ..handling.states import AFTER_REPLY
from ..models import Answer, Question, QuestionEvent, State
from . import draft_files, limits
from .due import Due, due_of
from .forms import FindForm, RateForm, ReopenForm, SupplementForm
from .lookups import LookUp, Opened, carry_out, send_with_files, with_marks

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


# --- What the asker does ----------------------------------------------------------------------------


def _show(opened: Opened):
    """Carry out what was asked for, then draw the question; over a limit only keep what was typed and chosen."""
    context = {"form": opened.form, "added": SupplementForm(), "rating": RateForm(), "again": ReopenForm(), "done": ""}
    opened.read_tickets()
    context["taken"] = opened.taken
    if opened.seconds:
        context |= _stored_over_limit(opened) | {"problem": limits.again(opened.seconds)}
    else:
        steps = {"supplement": _supplement, "rate": _rate, "reopen": _reopen}
        too_late = _("Việc này không còn phù hợp với tình trạng hiện nay của câu hỏi; xin xem bên dưới.")
        context |= carry_out(opened, steps, too_late=too_late)
    context["tracked"] = tracked(LOOK_UP.find_again(opened), opened.request)
    return slowed(_draw(opened.page, opened.request, context, "faq/track_question.html"), opened.seconds)


def _stored_over_limit(opened: Opened) -> dict:
    name, form = {
        "supplement": ("added", SupplementForm),
        "rate": ("rating", RateForm),
        "reopen": ("again", ReopenForm),
    }.get(opened.step, ("", None))
    if opened.step == "supplement":
        draft_files.take_in(opened.request, opened.taken, on=opened.now)
    return {name: form(opened.request.POST)} if form else {}


def _supplement(opened: Opened) -> dict:
    form, question = SupplementForm(opened.request.POST), opened.found

    def receive(files: list) -> str:
        interim.supplement(question, text=form.cleaned_data["added"], files=files, on=opened.now)
        return question.number

    try:
        if not send_with_files(opened, f"faq.supplement {question.pk}", form, receive):
            return {"added": form}
    except ValidationError:
        form.add_error(
            "added",
            _("Hãy ghi nội dung bổ sung, nhiều nhất %(most)s ký tự.") % {"most": intake.LONGEST_TEXT},
        )
        return {"added": form}
    return {"done": _("Đã nhận nội dung bổ sung; việc xử lý câu hỏi tiếp tục.")}


def _rate(opened: Opened) -> dict:
    form, question = RateForm(opened.request.POST), opened.found
    if not form.is_valid():
        return {"rating": form}
    level = form.cleaned_data["satisfaction"]
    idempotency.once(
        opened.request,
        f"faq.rate {question.pk}",
        lambda: afterwards.rate(question, satisfaction=level, on=opened.now).number,
    )
    return {"done": _("Cảm ơn ông/bà đã cho biết ý kiến.")}


def _reopen(opened: Opened) -> dict:
    form, question = ReopenForm(opened.request.POST), opened.found
    if not form.is_valid():
        return {"again": form}
    reason = form.cleaned_data["reason"]
    idempotency.once(
        opened.request,
        f"faq.reopen {question.pk}",
        lambda: afterwards.reopen(question, reason=reason, on=opened.now).number,
    )
    return {"done": _("Đã nhận đề nghị xem xét lại; câu hỏi được xử lý lại với thời hạn mới.")}


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
    more = {"ask_url": f"{page.get_url(request)}gui-cau-hoi/", "reopen_days": afterwards.REOPEN_DAYS}
    opened = context.get("tracked")
    title = _("Câu hỏi %(number)s") % {"number": opened.question.number} if opened else _("Tra cứu câu hỏi")
    return answer_private(page, request, template, with_marks(page, request, context | more), title)


LOOK_UP = LookUp(
    form=FindForm,
    find=intake.find,
    what="câu hỏi",
    wrong=gettext_lazy("Số câu hỏi hoặc mã tra cứu không đúng; xin xem lại biên nhận và nhập lại cả hai."),
    draw=_draw,
    show=_show,
)
