"""The steps of a public form with a preview: of a question, a comment on a draft, an article, a form to fill in.

1. A form is drawn with a key (`base/operations/idempotency.py`), a stamp (`base/operations/proof.py`) and consents that
   are not ticked beforehand.
2. Every step is a POST of the same form: `preview` shows what will be sent, `edit` goes back, `drop-…` leaves out a
   file, `send` sends; a form may have more that only look (`Steps.looking`). Whatever is wrong, all that was typed is
   drawn again, and files that were chosen stay on the server meanwhile (`draft_files.py`).
3. `send` has one effect, however often it is sent: a second sending of the same form gets the same receipt.
4. Limits of a period (`limits.py`) say when to come again. So do those of one network (`base/operations/throttle.py`):
   over them the whole form is drawn again and its files stay. What looks like a program's is received and held
   (`is_suspect`): the trap is filled, or there is neither proof nor time.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from base.admin.action_views import add_errors
from base.operations import idempotency, proof
from base.operations.throttle import note_step, over_limit, turn_in
from base.public.routed import answer_private
from base.public.waits import seconds_of, slowed
from base.request_facts import client_address

from .. import terms
from ..submission import Contact
from . import draft_files, limits

STEP, TICKET, CONSENT_VERSION = "step", "kept", "consent_version"
# The sender types none of these, and they may differ between two sendings of one form.
MARKS = (proof.STAMP, proof.PROOF, proof.TURN, STEP, draft_files.LEFT_OUT)


class TooMany(ValidationError):
    """A limit is reached (`limits.Over`): `wait` is how long it lasts, `turn` what the form gets until then."""

    def __init__(self, message: str, wait: timedelta | None, turn: str = ""):
        super().__init__(message)
        self.wait, self.turn = wait, turn


@dataclass
class Asked:
    """One sending of a form, as it is worked on: what was typed, the files, the moment."""

    page: object
    request: object
    now: datetime
    form: object
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


# --- Working on what was sent ----------------------------------------------------------------------


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


def note_looking(asked: Asked) -> None:
    """Let a step that only shows again what was typed into a form drawn here count as a step, not as a form."""
    if proof.read(asked.posted(proof.STAMP), asked.now) is not None:
        note_step(asked.request)


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
    limits.note_refused(error.turn, asked.address)


def say_beforehand(asked: Asked) -> list[str]:
    """Return why sending what is shown now would be refused, so that the asker knows before they press."""
    data = asked.form.cleaned_data
    unit = asked.page.portal_site.unit
    over = limits.used_up(mail=data["email"], phone=data["phone"], unit=unit, on=asked.now)
    return [over] if over and not asked.problem else []


def demand_present_consent(asked: Asked, version: str) -> None:
    """Take back a tick that was set under a text that has changed since."""
    if asked.posted("consent") and asked.posted(CONSENT_VERSION) != version:
        data = asked.form.data.copy()
        for name in ("consent", "may_show_name"):
            data.pop(name, None)
        asked.form.data = data
        asked.problem = _("Nội dung đồng ý vừa thay đổi; xin ông/bà đọc lại và đánh dấu lần nữa.")


# --- The steps -------------------------------------------------------------------------------------


def _is_valid(asked: Asked) -> bool:
    return asked.form.is_valid()


def _nothing(asked: Asked) -> dict:
    return {}


@dataclass(frozen=True)
class Steps:
    """What one form brings: (template, title) of the form and of its preview, and functions of its own module.

    `context(asked)`: what both templates need. `rows(form)`: (label, value) of what will be sent. `demand_present`:
    takes back what was agreed to under another text. `send(asked)`: sends, and draws the receipt. `is_whole(asked)`:
    tells whether the preview may be shown; what is missing is named on the form. `hints(asked)`: what the sender may
    want to think over before they send. `looking`: steps that show the form again, send nothing and store nothing;
    `beside(asked)`: what the form shows after one of them, and the preview, beside what was typed.
    """

    form: tuple[str, str]
    preview: tuple[str, str]
    context: Callable[[Asked], dict]
    rows: Callable[[object], list[tuple[str, str]]]
    demand_present: Callable[[Asked], None]
    send: Callable[[Asked], object]
    is_whole: Callable[[Asked], bool] = _is_valid
    hints: Callable[[Asked], list[str]] = say_beforehand
    looking: frozenset[str] = frozenset({"edit"})
    beside: Callable[[Asked], dict] = _nothing

    def answer(self, asked: Asked):
        """Answer the form in any of its steps."""
        if asked.request.method != "POST":
            return self.draw(asked)
        step = asked.posted(STEP)
        if store_over_limit(asked):
            self.demand_present(asked)
            is_sent = step == "send" and asked.form.is_valid()
            return self.show(asked) if is_sent else self.draw(asked, is_checked=False)
        if step == "send":
            return self.send(asked)
        if step == "preview" or step in self.looking:
            note_looking(asked)
        asked.taken = draft_files.read_tickets(asked.request.POST.getlist(TICKET), asked.now)
        if step.startswith("drop-"):
            drop_file(asked, step.removeprefix("drop-"))
        draft_files.take_in(asked.request, asked.taken, on=asked.now)
        if step == "preview":
            self.demand_present(asked)
            if self.is_whole(asked) and not asked.taken.refusals:
                return self.show(asked)
        elif step in self.looking or step.startswith("drop-"):
            # This step does not send yet: what is missing is named only when the sender previews or sends.
            return self.draw(asked, is_checked=False, beside=self.beside(asked))
        asked.form.is_valid()
        return self.draw(asked)

    def send_once(self, asked: Asked, key: str, receive: Callable[[], str], receipt: Callable):
        """Let `receive()` take what was sent, once for each form that was drawn; draw `receipt(its text, is_repeat)`.

        What is wrong is drawn with the form; what cannot be corrected there is raised.
        """
        self.demand_present(asked)
        if not asked.form.is_valid():
            asked.taken = draft_files.read_tickets(asked.request.POST.getlist(TICKET), asked.now)
            return self.draw(asked)
        try:
            outcome = idempotency.once(asked.request, key, receive, but=MARKS)
        except TooMany as error:
            turned_down(asked, error)
            return self.show(asked)
        except ValidationError as error:
            # What is wrong with the files is beside each of them.
            add_errors(asked.form, error, but={"files"})
            return self.draw(asked)
        return receipt(outcome.text, outcome.is_repeat)

    def draw(self, asked: Asked, *, is_checked: bool = True, beside: dict | None = None):
        """Draw the form with all that was typed."""
        if asked.form.is_bound and not is_checked:
            asked.form._errors, asked.form.cleaned_data = {}, {}
        context = self.context(asked)
        context["errors"] = errors_in(asked) if is_checked and asked.form.is_bound else []
        if asked.problem and not is_checked:
            context["errors"] = [("", asked.problem)]
        return drawn(asked, self.form, context | (beside or {}))

    def show(self, asked: Asked):
        """Draw the preview: what will be sent."""
        if not asked.taken.files:
            asked.taken = draft_files.read_tickets(asked.request.POST.getlist(TICKET), asked.now)
        context = self.context(asked) | self.beside(asked)
        context["hints"] = self.hints(asked)
        context["rows"] = self.rows(asked.form)
        context["carried"] = [
            (name, value) for name in asked.form.fields for value in asked.request.POST.getlist(name) if value
        ]
        return drawn(asked, self.preview, context)


# --- Drawing ---------------------------------------------------------------------------------------


def context_of(asked: Asked) -> dict:
    """Return what the templates of all public forms need."""
    request = asked.request
    context = asked.page.get_context(request)
    context |= proof.marks(request.POST, asked.now, limits.bits_for(asked.address, asked.now))
    if asked.turn:
        context["turn"] = asked.turn
    return context | {
        "form": asked.form,
        "problem": asked.problem,
        "kept": [(file, draft_files.ticket(file)) for file in asked.taken.files],
        "refused": asked.taken.refusals,
        "bounds": draft_files.bounds(),
        "left_out": draft_files.left_out(request.POST.getlist(draft_files.LEFT_OUT), asked.taken),
        "submission_field": idempotency.FIELD,
        "submission_key": idempotency.key_of(request) or idempotency.new_key(),
        "press_again": seconds_of(asked.wait),
        "sends_again": asked.sends_again,
        "contact_days": terms.CONTACT_DAYS,
    }


def errors_in(asked: Asked) -> list[tuple[str, str]]:
    """Return (anchor, message) for each thing to correct, in the order of the form."""
    form = asked.form
    found = [("", message) for message in [asked.problem, *form.non_field_errors()] if message]
    for name in form.fields:
        found += [(form[name].id_for_label, message) for message in form.errors.get(name, [])]
    return found + [("hoi-files", message) for message in asked.taken.refusals]


def drawn(asked: Asked, template: tuple[str, str], context: dict):
    """Return an answer that is kept nowhere, by (template, title); one that is to be sent again later says when."""
    name, title = template
    response = answer_private(asked.page, asked.request, name, context, str(title))
    return slowed(response, seconds_of(asked.wait))


def receipt(
    asked: Asked, template: tuple[str, str], sent, contact, *, is_repeat: bool, follow_url: str, files: list, **more
):
    """Draw the receipt of what was sent, the one time that its secret is shown; `contact`: None once it is purged.

    `more`: what the template of one form needs beside.
    """
    context = asked.page.get_context(asked.request) | {
        "sent": sent,
        "is_repeat": is_repeat,
        "is_mailed": bool(contact and contact.email) and not sent.is_suspect,
        "follow_url": follow_url,
        "files": files,
        **more,
    }
    return drawn(asked, template, context)


def rows_of(form, names: Iterable[str]) -> list[tuple[str, str]]:
    """Return (label, value) of some fields without those that were left empty; a row that was chosen by its name."""
    found = []
    for name in names:
        if value := form.cleaned_data[name]:
            field = form.fields[name]
            found.append((field.label, field.label_from_instance(value) if hasattr(value, "pk") else value))
    return found
