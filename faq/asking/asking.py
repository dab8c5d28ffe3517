"""A citizen asks (Quy chế Điều 10.1.d): `/hoi-dap/gui-cau-hoi/`, without an account, without scripts, by the keyboard.

1. `ask` draws the form: what happens with the data, consents that are not ticked beforehand, a key
   (`base/operations/idempotency.py`), a stamp (`base/operations/proof.py`).
2. Every step is a POST of the same form: `similar` looks for answers there are, `preview` shows what will be sent,
   `edit` goes back, `drop-…` leaves out a file, `send` sends. Whatever is wrong, all that was typed is drawn again, and
   files that were chosen stay on the server meanwhile (`draft_files.py`).
3. `send` calls `intake.receive` once, however often it is sent, and answers with the receipt: number, secret, last
   day. The secret is in no address, cookie or log; a second sending of the same form gets the same receipt.
4. Limits of a period (`limits.py`) say when to come again. So do those of one network (`base/operations/throttle.py`):
   over them the whole form is drawn again and its files stay. What looks like a program's is received and held
   (`Question.is_suspect`): the trap is filled, or there is neither proof nor time.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.http import JsonResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from base import personal_data
from base.admin.action_views import add_errors
from base.operations import idempotency, proof
from base.operations.throttle import note_step, over_limit, turn_in
from base.public.routed import answer_private
from base.public.waits import seconds_of, slowed
from base.request_facts import client_address
from workflows import deadlines

from .. import consents, submission, terms
from ..handling import intake, running
from ..models import Question, QuestionContact, QuestionTopic
from ..public import service_feedback
from ..submission import Contact
from . import draft_files, limits, similar
from .due import due_of
from .forms import QuestionForm

STEP, TICKET, CONSENT_VERSION = "step", "kept", "consent_version"
# Steps that store nothing and send nothing; leaving a file out removes it.
LOOKING = frozenset({"preview", "similar", "edit"})
# The sender types none of these, and they may differ between two sendings of one form.
MARKS = (proof.STAMP, proof.PROOF, proof.TURN, STEP, draft_files.LEFT_OUT)
# Below the page of questions (`own_data.py`).
POLICY = "du-lieu-ca-nhan/chinh-sach/"
# The topic that an address names: a slug, or this for proposals to amend the Regulation (Quy chế Điều 24).
TOPIC, AMENDMENT = "chu-de", "sua-doi-quy-che"
SAME_TEXT_DAYS = 90


class TooMany(ValidationError):
    """A limit is reached (`limits.Over`): `wait` is how long it lasts, `turn` what the form gets until then."""

    def __init__(self, message: str, wait: timedelta | None, turn: str = ""):
        super().__init__(message)
        self.wait, self.turn = wait, turn


@dataclass
class Asked:
    """One sending of the form, as it is worked on: what was typed, the files, the moment."""

    page: object
    request: object
    now: datetime
    form: QuestionForm
    taken: draft_files.Taken = field(default_factory=draft_files.Taken)
    problem: str = ""
    wait: timedelta | None = None
    # The turns that the form gets while it waits.
    turn: str = ""
    # Whether its script may send it again by itself: the press was received, and only more work is wanted.
    sends_again: bool = False

    @property
    def opened_at(self) -> datetime | None:
        """When the form was drawn first, by the portal's own signature."""
        known = proof.read(self.posted(proof.STAMP), self.now)
        return self.now - known.age if known is not None else None

    @property
    def address(self) -> str:
        return client_address(self.request)

    def posted(self, name: str) -> str:
        return self.request.POST.get(name, "")


def ask(page, request):
    """Answer the form in any of its steps."""
    now = timezone.now()
    if request.method != "POST":
        return _draw(Asked(page, request, now, QuestionForm(initial=_named_by_address(page, request))))
    asked = Asked(page, request, now, QuestionForm(request.POST))
    step = asked.posted(STEP)
    if store_over_limit(asked):
        demand_present_consent(asked, consent_version(asked.page))
        return _show(asked) if step == "send" and asked.form.is_valid() else _draw(asked, is_checked=False)
    if step == "send":
        return _send(asked)
    note_looking(asked, step)
    asked.taken = draft_files.read_tickets(request.POST.getlist(TICKET), now)
    if step.startswith("drop-"):
        drop_file(asked, step.removeprefix("drop-"))
    draft_files.take_in(request, asked.taken, on=now)
    if step == "preview":
        demand_present_consent(asked, consent_version(asked.page))
        if asked.form.is_valid() and not asked.taken.refusals:
            return _show(asked)
    elif step in ("similar", "edit") or step.startswith("drop-"):
        # This step does not send yet: what is missing is named only when the asker previews or sends.
        return _draw(asked, is_checked=False, similar_to=asked.posted("title") + " " + asked.posted("text"))
    asked.form.is_valid()
    return _draw(asked)


def store_over_limit(asked: Asked) -> bool:
    """Tell whether the form came over a limit of its network; keep its files then, and say when to press again.

    Nothing else is done with it: it is drawn again with all that was typed.
    """
    seconds = over_limit(asked.request)
    if seconds:
        asked.problem, asked.wait = limits.again(seconds), timedelta(seconds=seconds)
        asked.turn = turn_in(asked.request)
        asked.taken = draft_files.read_tickets(asked.request.POST.getlist(TICKET), asked.now)
        draft_files.take_in(asked.request, asked.taken, on=asked.now)
    return bool(seconds)


def note_looking(asked: Asked, step: str) -> None:
    """Let a step that only shows again what was typed into a form drawn here count as a step, not as a form."""
    if step in LOOKING and proof.read(asked.posted(proof.STAMP), asked.now) is not None:
        note_step(asked.request)


def _named_by_address(page, request) -> dict:
    """Return what an address fills in beforehand: a topic, or the service that the question is about."""
    service = service_feedback.named(page, request.GET.get(service_feedback.SERVICE))
    return {**_topic_of_address(request), **(service_feedback.initial(service) if service is not None else {})}


def _topic_of_address(request) -> dict:
    """Return the topic that an address names beforehand (`?chu-de=`), by its slug or as a proposal to amend."""
    name = request.GET.get(TOPIC, "")
    topics = QuestionTopic.objects.filter(is_active=True)
    named = topics.filter(kind=QuestionTopic.Kind.AMENDMENT) if name == AMENDMENT else topics.filter(slug=name)
    found = named.first() if name else None
    return {"topic": found} if found is not None else {}


def similar_titles(page, request):
    """Answer the script of the form with answers like what was typed: {"items": [{"title", "url"}]}."""
    text = f"{request.POST.get('title', '')} {request.POST.get('text', '')}"
    found = similar.answered(page, text, request)
    response = JsonResponse({"items": [{"title": item.title, "url": item.url} for item in found]})
    response.headers["Cache-Control"] = "no-store"
    return response


# --- Sending ---------------------------------------------------------------------------------------


def _send(asked: Asked):
    """Send the question once; draw the receipt, or the form again with what is wrong."""
    demand_present_consent(asked, consent_version(asked.page))
    if not asked.form.is_valid():
        asked.taken = draft_files.read_tickets(asked.request.POST.getlist(TICKET), asked.now)
        return _draw(asked)
    try:
        outcome = idempotency.once(asked.request, "faq.ask", lambda: _receive(asked), but=MARKS)
    except TooMany as error:
        turned_down(asked, error)
        return _show(asked)
    except ValidationError as error:
        # What is wrong with the files stands beside each of them.
        add_errors(asked.form, error, but={"files"})
        return _draw(asked)
    return _receipt(asked, Question.objects.get(number=outcome.text), outcome.is_repeat)


def _receive(asked: Asked) -> str:
    """Receive the question within the transaction of its one sending; return its number."""
    data, suspect = asked.form.cleaned_data, demand_within_limits(asked)
    received = intake.receive(
        site=asked.page.portal_site,
        title=data["title"],
        text=data["text"],
        contact=contact_of(
            asked, consent_words(asked.page), name_words(), source=f"biểu mẫu gửi câu hỏi ({get_language()})"
        ),
        topic=data["topic"],
        files=draft_files.attached(asked.taken.files),
        language_code=get_language(),
        is_suspect=suspect,
        on=asked.now,
        service=service_feedback.named(asked.page, data["service"]),
    )
    draft_files.release_files(asked.taken.files)
    return received.question.number


def demand_within_limits(asked: Asked) -> bool:
    """Read the draft files and count the sending; tell whether a person should look at it before it is worked on.

    Raises ValidationError ("files") for a file that is no longer there, TooMany over a limit.
    """
    asked.taken = draft_files.read_tickets(asked.request.POST.getlist(TICKET), asked.now)
    if asked.taken.refusals:
        raise ValidationError({"files": asked.taken.refusals})
    data = asked.form.cleaned_data
    who = {"address": asked.address, "mail": data["email"], "phone": data["phone"]}
    unit = asked.page.portal_site.unit
    over = limits.refusal(mail=who["mail"], phone=who["phone"], unit=unit, on=asked.now)
    over = over or limits.work_wanted(asked.request.POST, address=asked.address, on=asked.now)
    if over is not None:
        raise TooMany(*over)
    has_key = bool(idempotency.key_of(asked.request))
    return limits.is_suspect(asked.request.POST, **who, on=asked.now, has_key=has_key)


def contact_of(asked: Asked, consent: str, name_consent: str, *, source: str) -> Contact:
    """Return how to reach the sender, with the texts that they agreed to and how they agreed."""
    data = asked.form.cleaned_data
    agreed = [consent, name_consent] if data["may_show_name"] else [consent]
    return Contact(
        name=data["name"],
        email=data["email"],
        phone=data["phone"],
        address=data["address"],
        ward=data["ward"],
        may_show_name=data["may_show_name"],
        consent_text="\n".join(agreed),
        consent_source=source,
    )


def drop_file(asked: Asked, place: str) -> None:
    """Leave out the file at a place of the list."""
    files = asked.taken.files
    if place.isascii() and place.isdigit() and int(place) < len(files):
        draft_files.release_files([files.pop(int(place))])


def turned_down(asked: Asked, error: TooMany) -> None:
    """Say over which limit the sending is, and how it goes on."""
    asked.problem, asked.wait, asked.sends_again = " ".join(error.messages), error.wait, error.wait is None
    asked.turn = error.turn


def say_beforehand(asked: Asked) -> list[str]:
    """Return why sending what is shown now would be refused, so that the asker knows before they press."""
    data = asked.form.cleaned_data
    unit = asked.page.portal_site.unit
    over = limits.used_up(mail=data["email"], phone=data["phone"], unit=unit, on=asked.now)
    return [over] if over and not asked.problem else []


# --- Consent ---------------------------------------------------------------------------------------


def consent_words(page) -> str:
    """Return the text that the asker agrees to, in their language; stored unchanged with their question."""
    return consents.words(page.portal_site, get_language())


def name_words() -> str:
    """Return the text of the separate consent to be named."""
    return _("Tôi đồng ý nêu tên tôi cùng câu hỏi khi câu trả lời được đăng công khai.")


def consent_version(page) -> str:
    """Return a short mark of both texts: what was read and what is stored must be the same."""
    return sha256(f"{consent_words(page)}\n{name_words()}".encode()).hexdigest()[:16]


def demand_present_consent(asked: Asked, version: str) -> None:
    """Take back a tick that was set under a text that has changed since."""
    if asked.posted("consent") and asked.posted(CONSENT_VERSION) != version:
        data = asked.form.data.copy()
        for name in ("consent", "may_show_name"):
            data.pop(name, None)
        asked.form.data = data
        asked.problem = _("Nội dung đồng ý vừa thay đổi; xin ông/bà đọc lại và đánh dấu lần nữa.")


# --- Drawing ---------------------------------------------------------------------------------------


def _draw(asked: Asked, *, is_checked: bool = True, similar_to: str = ""):
    """Draw the form with all that was typed."""
    form = asked.form
    if form.is_bound and not is_checked:
        form._errors = {}
        form.cleaned_data = {}
    context = context_of(asked)
    context["errors"] = errors_in(asked) if is_checked else [("", asked.problem)] if asked.problem else []
    context["similar"] = similar.answered(asked.page, similar_to, asked.request) if similar_to.strip() else []
    context["was_searched"] = asked.posted(STEP) == "similar"
    return _answer(asked, "faq/ask.html", context)


def _show(asked: Asked):
    """Draw the preview: what will be sent, what is answered already, and hints."""
    if not asked.taken.files:
        asked.taken = draft_files.read_tickets(asked.request.POST.getlist(TICKET), asked.now)
    data = asked.form.cleaned_data
    context = context_of(asked)
    context["similar"] = similar.answered(asked.page, f"{data['title']} {data['text']}", asked.request)
    context["hints"] = _hints(asked)
    context["rows"] = _rows(asked.form)
    context["carried"] = [
        (name, value) for name in asked.form.fields for value in asked.request.POST.getlist(name) if value
    ]
    return _answer(asked, "faq/ask_preview.html", context)


def _rows(form: QuestionForm) -> list[tuple[str, str]]:
    """Return (label, value) of what will be sent beside title and text, without what was left empty."""
    data, rows = form.cleaned_data, []
    for name in ("topic", "name", "email", "phone", "address", "ward"):
        value = data[name]
        if value:
            field = form.fields[name]
            rows.append((field.label, field.label_from_instance(value) if name in ("topic", "ward") else value))
    return rows


def _receipt(asked: Asked, question: Question, is_repeat: bool):
    context = asked.page.get_context(asked.request)
    contact = QuestionContact.objects.filter(question=question).first()
    context |= {
        "sent": question,
        "is_repeat": is_repeat,
        "due": due_of(question),
        "files": question.submitted_files(),
        "is_mailed": bool(contact and contact.email) and not question.is_suspect,
        "track_url": f"{asked.page.get_url(asked.request)}tra-cuu/",
    }
    return answer_private(asked.page, asked.request, "faq/ask_receipt.html", context, _("Biên nhận câu hỏi"))


def context_of(asked: Asked) -> dict:
    request = asked.request
    context = asked.page.get_context(request)
    context |= proof.marks(request.POST, asked.now, limits.bits_for(asked.address, asked.now))
    if asked.turn:
        context["turn"] = asked.turn
    return context | {
        "form": asked.form,
        "problem": asked.problem,
        "is_amendment": _is_amendment(asked.form),
        "service": service_feedback.named(asked.page, asked.form["service"].value()),
        "kept": [(file, draft_files.ticket(file)) for file in asked.taken.files],
        "refused": asked.taken.refusals,
        "bounds": draft_files.bounds(),
        "left_out": draft_files.left_out(request.POST.getlist(draft_files.LEFT_OUT), asked.taken),
        "consent_words": consent_words(asked.page),
        "name_words": name_words(),
        "consent_version": consent_version(asked.page),
        "policy_url": f"{asked.page.get_url(request)}{POLICY}",
        "submission_field": idempotency.FIELD,
        "submission_key": idempotency.key_of(request) or idempotency.new_key(),
        "press_again": seconds_of(asked.wait),
        "sends_again": asked.sends_again,
        "contact_days": terms.CONTACT_DAYS,
        "answer_days": deadlines.find_rule(running.ANSWER).amount,
        "similar_url": f"{asked.page.get_url(request)}gui-cau-hoi/tuong-tu/",
    }


def _is_amendment(form: QuestionForm) -> bool:
    """Tell whether the topic chosen so far is the one of proposals to amend the Regulation."""
    chosen = form["topic"].value() if "topic" in form.fields else None
    if not chosen:
        return False
    pk = getattr(chosen, "pk", chosen)
    amending = QuestionTopic.objects.filter(kind=QuestionTopic.Kind.AMENDMENT).values_list("pk", flat=True)
    return str(pk) in {str(key) for key in amending}


def errors_in(asked: Asked) -> list[tuple[str, str]]:
    """Return (anchor, message) for each thing to correct, in the order of the form."""
    form = asked.form
    found = [("", message) for message in [asked.problem, *form.non_field_errors()] if message]
    for name in form.fields:
        found += [(form[name].id_for_label, message) for message in form.errors.get(name, [])]
    return found + [("hoi-files", message) for message in asked.taken.refusals]


def _hints(asked: Asked) -> list[str]:
    """Return what the asker may want to think over before they send."""
    data, hints = asked.form.cleaned_data, say_beforehand(asked)
    earlier = _same_from_same(data, asked.now)
    if earlier is not None:
        # Its number is not named: a text that goes round and a neighbour's telephone number lead here too.
        message = _(
            "Ngày %(day)s cổng đã nhận một câu hỏi có cùng nội dung và cùng thông tin liên hệ. Ông/bà không cần "
            "gửi lại; muốn xem việc xử lý, hãy dùng trang tra cứu với số và mã trên biên nhận."
        ) % {"day": f"{timezone.localtime(earlier.received_at):%d/%m/%Y}"}
        address = f"{asked.page.get_url(asked.request)}tra-cuu/"
        hints.append(format_html('{} <a href="{}" target="_blank">{}</a>', message, address, _("Tra cứu câu hỏi")))
    if personal_data.kinds_in(f"{data['title']} {data['text']}"):
        hints.append(
            _(
                "Nội dung có vẻ chứa số điện thoại, thư điện tử hoặc số căn cước. Nếu không cần cho câu hỏi, xin bỏ "
                "ra; thông tin liên hệ đã có ô riêng."
            )
        )
    return hints


def _same_from_same(data: dict, now: datetime) -> Question | None:
    """Return an earlier question with the same text from the same mail address or telephone number."""
    recent = Question.objects.filter(
        text_digest=submission.text_digest(data["text"]), received_at__gt=now - timedelta(days=SAME_TEXT_DAYS)
    ).select_related("contact")
    for question in recent.order_by("-received_at")[:20]:
        contact = question.contact
        if any(data[name] and limits.same(name, data[name], getattr(contact, name)) for name in ("email", "phone")):
            return question
    return None


def _answer(asked: Asked, template: str, context: dict):
    response = answer_private(asked.page, asked.request, template, context, _("Gửi câu hỏi"))
    return slowed(response, seconds_of(asked.wait))
