"""Parts of addresses: numbers in their one spelling."""

from django.urls import register_converter


class Number:
    """A whole number from 0 on without leading zeros: "007" would be a second address, and a second copy, of page 7."""

    regex = "0|[1-9][0-9]{0,17}"
    to_python = int
    to_url = str


register_converter(Number, "number")
