"""Where a question, an article or a comment stands, for those who have its number and secret.

1. `LookUp.answer` takes number and secret by POST; neither is in an address, a cookie or a log, and no cache keeps the
   answer. A wrong number and a wrong secret get the same answer, in the same time.
2. A user who guesses is slowed, then locked (`guessing.py`).
3. What can be done on the page that opens is a step of it: each carries number and secret again, and counts once
   (`carry_out`, `send_with_files`). Over a limit nothing is done, and what was typed is kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.forms import Form
from django.utils import timezone
from django.utils.translation import get_language

from base.gate import Refused
from base.operations import idempotency
from base.operations.throttle import over_limit
from base.public.waits import slowed
from base.request_facts import client_address
from base.views import press_again

from . import draft_files, guessing, limits
from .forms import errors_of
from .steps import STEP, TICKET


@dataclass
class Opened:
    """What was looked up, and the request that did; `seconds`: after which it is to be sent again, 0 for now."""

    page: object
    request: object
    form: Form
    found: object
    now: datetime
    seconds: int = 0
    taken: draft_files.Taken | None = field(default=None)

    @property
    def step(self) -> str:
        """What was asked for below what was looked up, "" for nothing."""
        return self.request.POST.get(STEP, "")

    def read_tickets(self) -> None:
        """Keep the files that were sent with an earlier step."""
        self.taken = draft_files.read_tickets(self.request.POST.getlist(TICKET), self.now)


@dataclass(frozen=True)
class LookUp:
    """What one look-up brings.

    `form`: asks for number and secret. `find(number, secret)`. `what` names it to those who are told of a lock.
    `wrong`: a translatable sentence. `draw(page, request, context)` draws the form, `show(opened)` what was found.
    `has_steps`: something can be done there.
    """

    form: type[Form]
    find: Callable[[str, str], object]
    what: str
    wrong: object
    draw: Callable
    show: Callable[[Opened], object]
    has_steps: bool = True

    def answer(self, page, request):
        """Answer the page: the form, or what number and secret lead to."""
        if request.method != "POST":
            return self.draw(page, request, {"form": self.form()})
        now, form = timezone.now(), self.form(request.POST)
        step = self.has_steps and request.POST.get(STEP)
        if not form.is_valid():
            return self._with_errors(page, request, form, errors_of(form))
        seconds = over_limit(request)
        if seconds and not step:
            return self._with_errors(page, request, form, [("", limits.again(seconds))], seconds)
        try:
            address = client_address(request)
            found = guessing.look_up(self.find, **form.cleaned_data, address=address, what=self.what, on=now)
        except guessing.TooManyGuesses as error:
            if step:
                # Text that was typed below: the sender cannot see it any more, but can send it again.
                return press_again(request, error.seconds)
            return self._with_errors(page, request, form, [("", error.message)], error.seconds)
        if found is None:
            return self._with_errors(page, request, form, [("tra-number", str(self.wrong))])
        return self.show(Opened(page, request, form, found, now, seconds))

    def find_again(self, opened: Opened):
        """Return what was looked up as it is after a step."""
        return self.find(opened.form.cleaned_data["number"], opened.form.cleaned_data["secret"])

    def _with_errors(self, page, request, form: Form, errors: list, seconds: int = 0):
        return slowed(self.draw(page, request, {"form": form, "errors": errors}), seconds)


def carry_out(opened: Opened, steps: Mapping[str, Callable[[Opened], dict]], *, too_late: str) -> dict:
    """Do the step that was asked for; return what the template is told of it, a refusal as `problem`.

    `too_late`: the refusal in another language than Vietnamese, a sentence that fits all of them.
    """
    if opened.step not in steps:
        return {}
    try:
        return steps[opened.step](opened)
    except Refused as error:
        return {"problem": str(error) if get_language() == "vi" else too_late}


def send_with_files(opened: Opened, key: str, form: Form, receive: Callable[[list], str]) -> bool:
    """Let `receive(files)` take what was typed and the files with it, once a form that was drawn; tell whether it did.

    `receive` returns a number for the repeat of it. What it raises is for the caller; the files are kept then.
    """
    draft_files.take_in(opened.request, opened.taken, on=opened.now)
    if not form.is_valid() or opened.taken.refusals:
        return False

    def call() -> str:
        number = receive(draft_files.attached(opened.taken.files))
        draft_files.release_files(opened.taken.files)
        return number

    idempotency.once(opened.request, key, call)
    opened.taken.files = []
    return True


def with_marks(page, request, context: dict) -> dict:
    """Return the context of a template whose forms send once, with the files that are kept and those refused."""
    whole = page.get_context(request) | {
        "submission_field": idempotency.FIELD,
        "submission_key": idempotency.new_key(),
        "bounds": draft_files.bounds(),
        **context,
    }
    if "taken" in context:
        whole["kept"] = [(file, draft_files.ticket(file)) for file in context["taken"].files]
        whole["refused"] = context["taken"].refusals
    return whole
