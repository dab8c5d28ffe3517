"""Numbers and secrets of what citizens send: "HD-2026-000001", in the order of their coming, without gaps."""

import hmac
import secrets
from datetime import datetime
from functools import cache

from base import encryption
from workflows import deadlines

from .models import RegisterBook

Series = RegisterBook.Series
# Letters and digits that nobody confuses on paper or on the telephone.
SECRET_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
SECRET_LENGTH = 10


def next_number(series: Series, moment: datetime) -> tuple[str, int]:
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
    # Reading a secret that is encrypted takes time as well.
    right = record.secret if record else encryption.decrypt(_nobodys_secret())
    is_right = hmac.compare_digest(right.encode(), typed.encode())
    return record if record is not None and is_right else None


@cache
def _nobodys_secret() -> str:
    """What the secret of a number that does not exist is compared with, as it would lie in the database."""
    return encryption.encrypt("-" * SECRET_LENGTH)
