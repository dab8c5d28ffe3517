"""Numbers and secrets of requests and complaints: "YC-2026-000001", in the order of their coming, without gaps."""

import hmac
import secrets
from datetime import datetime

from workflows import deadlines

from .handling import SECRET_LENGTH, SECRET_LETTERS
from .models import RegisterBook

REQUEST, COMPLAINT = "YC", "DC"


def next_number(series: str, moment: datetime) -> tuple[str, int]:
    """Return the next number of a series and its year; the book is held until the transaction ends."""
    year = deadlines.local_date(moment).year
    RegisterBook.objects.get_or_create(series=series, year=year)
    book = RegisterBook.objects.select_for_update().get(series=series, year=year)
    book.last_number += 1
    book.save(update_fields=["last_number"])
    return f"{series}-{year}-{book.last_number:06d}", year


def new_secret() -> str:
    """Return a new tracking code."""
    return "".join(secrets.choice(SECRET_LETTERS) for _place in range(SECRET_LENGTH))


def opens(found, number: str, secret: str):
    """Return the record of a queryset with a number and its secret, however they are typed; None for a wrong one.

    Both are compared in any case, so that a wrong number takes no less time than a wrong secret.
    """
    typed = "".join(letter for letter in secret.upper() if letter in SECRET_LETTERS)
    record = found.filter(number="".join(number.upper().split())).first()
    is_right = hmac.compare_digest((record.secret if record else "-" * SECRET_LENGTH).encode(), typed.encode())
    return record if record is not None and is_right else None
