"""A typed day that no calendar has is refused by name, in every form: "Ngày 31/02/2026 không có".

The general refusal ("Hãy nhập ngày hợp lệ") lets people look for a wrong sign, not for a wrong day.
"""

from django import forms
from django.core.exceptions import ValidationError

from vietnam.dates import impossible_day

# How days and moments are typed in the forms of the administration, the usual way first.
DAY_FIRST = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d"]
MOMENT_FIRST = ["%d/%m/%Y %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%d/%m/%Y"]


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
