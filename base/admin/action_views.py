"""Screens of the administration that call one action: parse, call, answer."""

from collections.abc import Collection

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.views.generic import FormView

from ..gate import Refused
from ..operations import idempotency
from . import seen_versions
from .decision_buttons import decision_of


class ActionView(seen_versions.SeenVersion, FormView):
    """A form that calls one action: its ValidationError goes to the fields, its Refused to a message.

    The same form sent twice calls it once; the second sending is led to where the first was. One that was drawn before
    what it decides about changed (`seen`) calls nothing and shows what there is now. Where nothing is left to do by
    then (`closed`), what was typed is shown, to be copied.
    """

    template_name = "base/admin/action_form.html"
    title = ""
    header_icon = "doc-full"
    submit_label = "Thực hiện"
    success_message = ""
    # The rule behind the screen (`rule_notes.RULES`), shown beside it.
    help_rule = ""

    def call(self, form):
        raise NotImplementedError

    def closed(self) -> str:
        """Say why nothing is left to do here, and what happened; "" while there is. Then no form is drawn."""
        return ""

    def way_on(self) -> dict | None:
        """Return the address and words of where it goes on, beside `closed`."""
        return None

    def choices_offered(self, choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return the choices (value, label) of a decision that are buttons for this person (`decision_buttons`)."""
        return choices

    def get(self, request, *args, **kwargs):
        # Before anything is read to be shown: what changes meanwhile makes the stamp too old, never too new.
        self.shown_stamp = self.stamp()
        return super().get(request, *args, **kwargs)

    def form_valid(self, form):
        request = self.request
        try:
            outcome = idempotency.once(request, f"{request.user.pk} {request.path}", lambda: self._carried_out(form))
        except (ValidationError, Refused) as error:
            add_errors(form, error)
            return self.form_invalid(form)
        if outcome.is_repeat:
            messages.info(request, "Biểu mẫu này đã được gửi trước đó; việc chỉ thực hiện một lần.")
        else:
            messages.success(request, self.get_success_message())
        return redirect(outcome.text)

    def form_invalid(self, form):
        if seen_versions.OUTDATED not in form.non_field_errors() and self.is_outdated():
            form.add_error(None, seen_versions.OUTDATED)
        self.shown_stamp = self.stamp()
        self.is_drawn_again = True
        return super().form_invalid(form)

    def _carried_out(self, form) -> str:
        self.demand_seen()
        self.call(form)
        return str(self.get_success_url())

    def get_success_message(self):
        return self.success_message

    def get_context_data(self, **kwargs):
        form, again = kwargs.get("form"), getattr(self, "is_drawn_again", False)
        closed = self.closed()
        context = super().get_context_data(
            closed=closed,
            way_on=self.way_on(),
            typed_is_shown=again and keeps_something(form),
            typed_in_vain=typed_words(form) if closed and again else [],
            look_again=again and seen_versions.OUTDATED in form.non_field_errors(),
            title=self.title,
            header_icon=self.header_icon,
            submit_label=self.submit_label,
            help_rule=self.help_rule,
            submission_field=idempotency.FIELD,
            submission_key=idempotency.key_of(self.request) or idempotency.new_key(),
            seen_field=seen_versions.FIELD,
            seen_stamp=self.stamp_to_show,
            **kwargs,
        )
        form = context.get("form")
        # With no button left, the message does not ask to press one again.
        above = [
            seen_versions.CHANGED if closed and error == seen_versions.OUTDATED else error
            for error in (form.non_field_errors() if form is not None else ())
        ]
        decision = decision_of(form)
        choices = self.choices_offered(list(decision.field.choices)) if decision else []
        return {"choices_offered": choices, "decision_field": decision, "errors_above": above, **context}


def keeps_something(form) -> bool:
    """Tell whether a form that is drawn again shows anything that was typed or chosen; a browser keeps no file."""
    pressed = decision_of(form)
    fields = [
        field
        for field in form.visible_fields()
        if not isinstance(field.field, forms.FileField) and (pressed is None or field.name != pressed.name)
    ]
    return any(field.data not in (None, "", [], False) for field in fields)


def typed_words(form) -> list[tuple[str, str]]:
    """Return (label, words) of what was typed into the fields for text of a form that was sent."""
    fields = [field for field in form.visible_fields() if isinstance(field.field, forms.CharField)]
    return [(field.label, field.data) for field in fields if isinstance(field.data, str) and field.data.strip()]


def add_errors(form, error: ValidationError | Refused, *, but: Collection[str] = ()) -> None:
    """Put an action's errors, or its refusal, on the form: on the fields they belong to if it has them, else above it.

    `but`: names that the screen shows where they belong, by itself.
    """
    if not hasattr(error, "error_dict"):
        form.add_error(None, str(error) if isinstance(error, Refused) else error)
        return
    for field, errors in error.error_dict.items():
        if field not in but:
            form.add_error(field if field in form.fields else None, errors)


def say_at_once(form, problems: dict) -> None:
    """Put on a form the errors (field → messages) that its action would report later, on fields without an error."""
    for name, message in problems.items():
        if name in form.fields and name not in form.errors:
            form.add_error(name, message)
