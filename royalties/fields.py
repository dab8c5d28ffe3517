"""Form fields for numbers and amounts as people type them: "1,5", "149.000", "2.530.000 đ"."""

import re
from decimal import Decimal

from django import forms

from vietnam.amounts import in_figures

GROUPED = re.compile(r"\d{1,3}(\.\d{3})+(,\d+)?")
NUMBER = "Hãy ghi một số, ví dụ 1,5."
MONEY = "Hãy ghi số đồng chẵn, ví dụ 149.000."


def plain(typed: str) -> str:
    """Return a number as Python reads it: "149.000" → "149000", "1,5" → "1.5", "1.234.567,5" → "1234567.5".

    A point is one of thousands where three digits follow it, else it is taken for a comma.

    >>> plain("149.000"), plain("1,5"), plain("0.5"), plain("2.530.000 đ")
    ('149000', '1.5', '0.5', '2530000')
    """
    text = "".join(typed.split()).removesuffix("đồng").removesuffix("đ")
    return (text.replace(".", "") if GROUPED.fullmatch(text) else text).replace(",", ".")


def shown(number: Decimal | int) -> str:
    """Return a number as people type it: Decimal("0.50") → "0,5", 149000 → "149.000".

    >>> shown(Decimal("0.50")), shown(Decimal("12000.00")), shown(149_000)
    ('0,5', '12.000', '149.000')
    """
    whole, _point, fractions = f"{Decimal(number):f}".partition(".")
    fractions = fractions.rstrip("0")
    return in_figures(int(whole)) + (f",{fractions}" if fractions else "")


class NumberField(forms.DecimalField):
    """A number of at most two digits behind the comma, from 0 on."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def __init__(self, **more):
        messages = {"invalid": NUMBER, "required": NUMBER}
        super().__init__(**{"min_value": 0, "max_digits": 12, "decimal_places": 2, "error_messages": messages, **more})

    def to_python(self, value):
        return super().to_python(plain(value) if isinstance(value, str) else value)

    def prepare_value(self, value):
        return shown(value) if isinstance(value, Decimal | int) else value

    def has_changed(self, initial, data):
        return super().has_changed(initial, plain(data) if isinstance(data, str) else data)


class MoneyField(NumberField):
    """Whole đồng, from 0 on."""

    def __init__(self, **more):
        messages = {"invalid": MONEY, "required": MONEY, "max_decimal_places": MONEY}
        super().__init__(**{"max_digits": 15, "decimal_places": 0, "error_messages": messages, **more})

    def clean(self, value):
        number = super().clean(value)
        return None if number is None else int(number)
