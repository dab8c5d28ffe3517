"""The administration without inline scripts, so that its policy can forbid them (`middleware/headers.py`).

Wagtail starts its date pickers, choosers and inline panels from scripts inside the page. Here each says what it would
have called in two attributes, `data-portal-start` and `data-portal-with`, and `static/js/admin_start.js` calls it, from
a list of what may be called. Date pickers and panels do so in templates of ours, choosers in
`start_choosers_by_attributes`. `leave_days_as_typed` keeps the pickers from writing another day than the person did;
`say_how_to_type_days` says beside each of their fields in which order a day is typed.
"""

import re

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.utils.html import format_html
from wagtail.admin.widgets import AdminDateInput, AdminDateTimeInput, AdminTimeInput, BaseChooser

# `new PageChooser("id_page", {…});`, `createTaskChooser("id_task");`
_CALL = re.compile(r"(?:new )?(\w+)\((.*)\);", re.DOTALL)


def render_without_script(chooser, name, value, attrs=None, renderer=None):
    """Render a chooser as Wagtail's `BaseChooser.render` does, with attributes where that writes a script."""
    try:
        value_data = chooser.get_value_data(value)
    except (ValueError, TypeError, OverflowError, ValidationError, ObjectDoesNotExist):
        # What was sent is no key; the field's error says so, and the person chooses again.
        value_data = chooser.get_value_data(None)
    widget_html = chooser.render_html(name, value_data, attrs)
    call, arguments = _CALL.fullmatch(chooser.render_js_init(attrs["id"], name, value_data).strip()).groups()
    start = format_html('<span hidden data-portal-start="{}" data-portal-with="{}"></span>', call, f"[{arguments}]")
    return widget_html + start


def start_choosers_by_attributes() -> None:
    """Let every chooser of Wagtail and its packages render without a script."""
    BaseChooser.render = render_without_script


def leave_days_as_typed() -> None:
    """Let the pickers leave what was typed: on leaving the field they would turn 31/02/2026 into 03/03/2026, and what
    they cannot read into today. The server refuses both by name (`typed_days.py`).
    """
    for widget in (AdminDateInput, AdminDateTimeInput, AdminTimeInput):
        widget.get_config = _leaving_as_typed(widget.get_config)


def _leaving_as_typed(get_config):
    def config(widget) -> dict:
        return {**get_config(widget), "validateOnBlur": False}

    return config


# How a day and an hour are typed, by the widget of its field.
TYPED_AS = {
    AdminDateInput: "ngày/tháng/năm",
    AdminDateTimeInput: "ngày/tháng/năm giờ:phút",
    AdminTimeInput: "giờ:phút",
}


def say_how_to_type_days() -> None:
    """Let the fields of all pickers say how a day is typed, to eyes and to screen readers (`widgets/*_input.html`)."""
    for widget, format in TYPED_AS.items():
        widget.get_context = _with_format(widget.get_context, format)


def _with_format(get_context, format: str):
    def context(widget, name, value, attrs) -> dict:
        found = get_context(widget, name, value, attrs)
        attributes = found["widget"]["attrs"]
        if attributes.get("id"):
            place = f"{attributes['id']}-format"
            attributes["aria-describedby"] = " ".join(filter(None, [attributes.get("aria-describedby"), place]))
            found["widget"] |= {"typed_as": format, "typed_as_id": place}
        return found

    return context
