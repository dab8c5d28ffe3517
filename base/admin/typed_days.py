"""A typed day that no calendar has is refused by name, in every form: "Ngày 31/02/2026 không có".

The general refusal ("Hãy nhập ngày hợp lệ") lets people look for a wrong sign, not for a wrong day.
"""

from django import forms
from django.core.exceptions import ValidationError
from wagtail.admin.widgets import AdminDateInput

from vietnam.dates import impossible_day

# How days and moments are typed in the forms of the administration, the usual way first.
DAY_FIRST = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"]
MOMENT_FIRST = ["%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%d/%m/%Y"]

NOT_A_DATE = "Hãy ghi ngày theo dạng ngày/tháng/năm, ví dụ 05/06/2026."


def day(label: str, **more) -> forms.DateField:
    """Return a field for a day, whose refusal says how one is typed."""
    messages = {"invalid": NOT_A_DATE, "required": NOT_A_DATE}
    return forms.DateField(label=label, widget=AdminDateInput, error_messages=messages, **more)


def name_impossible_days() -> None:
    """Let the fields for days and moments of all forms, Wagtail's among them, name the day they refuse."""
    for field in (forms.DateField, forms.DateTimeField):
        field.to_python = _naming(field.to_python)


def _naming(to_python):
    def read(field, value):
        try:
            return to_python(field, value)
        except ValidationError:
            if isinstance(value, str) and (day := impossible_day(value)):
                message = f"Ngày {day} không có; hãy kiểm tra ngày, tháng và năm."
                raise ValidationError(message, code="invalid") from None
            raise

    return read
