"""The steps of a public form with a preview: of a comment on a draft, of an article; of one effect a sending.

Stamp, proof, trap, draft files and limits are those of a question (`asking.py`), which has more steps of its own.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError

from base.admin.action_views import add_errors
from base.operations import idempotency
from base.public.routed import answer_private
from base.public.waits import seconds_of, slowed

from . import asking, draft_files
from .asking import MARKS, STEP, TICKET, Asked, TooMany


def _is_valid(asked: Asked) -> bool:
    return asked.form.is_valid()


@dataclass(frozen=True)
class Steps:
    """What one form brings: (template, title) of the form and of its preview, and functions of its own module.

    `context(asked)`: what both templates need. `rows(form)`: (label, value) of what will be sent. `demand_present`:
    takes back what was agreed to under another text. `send(asked)`: sends, and draws the receipt. `is_whole(asked)`:
    tells whether the preview may be shown; what is missing is named on the form.
    """

    form: tuple[str, str]
    preview: tuple[str, str]
    context: Callable[[Asked], dict]
    rows: Callable[[object], list[tuple[str, str]]]
    demand_present: Callable[[Asked], None]
    send: Callable[[Asked], object]
    is_whole: Callable[[Asked], bool] = _is_valid

    def answer(self, asked: Asked):
        """Answer the form in any of its steps."""
        if asked.request.method != "POST":
            return self.draw(asked)
        step = asked.posted(STEP)
        if asking.store_over_limit(asked):
            self.demand_present(asked)
            is_sent = step == "send" and asked.form.is_valid()
            return self.show(asked) if is_sent else self.draw(asked, is_checked=False)
        if step == "send":
            return self.send(asked)
        asking.note_looking(asked, step)
        asked.taken = draft_files.read_tickets(asked.request.POST.getlist(TICKET), asked.now)
        if step.startswith("drop-"):
            asking.drop_file(asked, step.removeprefix("drop-"))
        draft_files.take_in(asked.request, asked.taken, on=asked.now)
        if step == "preview":
            self.demand_present(asked)
            if self.is_whole(asked) and not asked.taken.refusals:
                return self.show(asked)
        elif step == "edit" or step.startswith("drop-"):
            return self.draw(asked, is_checked=False)
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
            asking.turned_down(asked, error)
            return self.show(asked)
        except ValidationError as error:
            # What is wrong with the files is beside each of them.
            add_errors(asked.form, error, but={"files"})
            return self.draw(asked)
        return receipt(outcome.text, outcome.is_repeat)

    def draw(self, asked: Asked, *, is_checked: bool = True):
        """Draw the form with all that was typed."""
        if asked.form.is_bound and not is_checked:
            asked.form._errors, asked.form.cleaned_data = {}, {}
        context = self.context(asked)
        context["errors"] = asking.errors_in(asked) if is_checked and asked.form.is_bound else []
        if asked.problem and not is_checked:
            context["errors"] = [("", asked.problem)]
        return drawn(asked, self.form, context)

    def show(self, asked: Asked):
        """Draw the preview: what will be sent."""
        if not asked.taken.files:
            asked.taken = draft_files.read_tickets(asked.request.POST.getlist(TICKET), asked.now)
        context = self.context(asked)
        context["hints"] = asking.say_beforehand(asked)
        context["rows"] = self.rows(asked.form)
        context["carried"] = [
            (name, value) for name in asked.form.fields for value in asked.request.POST.getlist(name) if value
        ]
        return drawn(asked, self.preview, context)


def drawn(asked: Asked, template: tuple[str, str], context: dict):
    """Return an answer that is kept nowhere, by (template, title); one that is to be sent again later says when."""
    name, title = template
    response = answer_private(asked.page, asked.request, name, context, str(title))
    return slowed(response, seconds_of(asked.wait))


def receipt(asked: Asked, template: tuple[str, str], sent, contact, *, is_repeat: bool, follow_url: str, files: list):
    """Draw the receipt of what was sent, the one time that its secret is shown; `contact`: None once it is purged."""
    context = asked.page.get_context(asked.request) | {
        "sent": sent,
        "is_repeat": is_repeat,
        "is_mailed": bool(contact and contact.email) and not sent.is_suspect,
        "follow_url": follow_url,
        "files": files,
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
