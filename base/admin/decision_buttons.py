"""A decision by one press: every choice of a field is a button that sends the form, with nothing to confirm after it.

`base/admin/action_form.html` draws the buttons under the other fields. What is sent is the same (`decision=approve`),
so neither forms nor actions tell the two apart. Enter in a field sends nothing: it would press the first of them. What
cannot be made good again (destroying, taking a whole import back, requests about personal data) keeps both steps.
"""

from django import forms


class DecisionButtons(forms.RadioSelect):
    """The widget of a field whose choices are the buttons of its form; drawn by itself it is radio buttons."""


def decision_of(form: forms.Form | None):
    """Return the bound field of a form whose choices are its buttons, None for a form that has a button of its own."""
    fields = form.visible_fields() if form is not None else []
    return next((field for field in fields if isinstance(field.field.widget, DecisionButtons)), None)
