"""Numbers and secrets of what citizens send: "HD-2026-000001", in the order of their coming, without gaps."""

import hmac
import re
import secrets
import unicodedata
from datetime import datetime
from functools import cache

from base.operations import encryption
from workflows import deadlines

from .models import RegisterBook

Series = RegisterBook.Series
# Letters and digits that are not confused on paper or on the telephone: 5 bits each, 60 in all. Secrets given before
# have ten and stay as they are.
SECRET_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
SECRET_LENGTH = 12
# Letters, year, number; between them whatever people write: blanks, dashes of every length, dots, nothing.
_NUMBER = re.compile(r"([A-Z]{2,4})(\d{4})(\d{1,6})", re.ASCII)


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
    typed = "".join(letter for letter in _plain(secret) if letter in SECRET_LETTERS)
    record = found.filter(number=as_printed(number)).first()
    # Reading a secret that is encrypted takes time as well.
    right = record.secret if record else encryption.decrypt(_secret_of_no_record())
    is_right = hmac.compare_digest(right.encode(), typed.encode())
    return record if record is not None and is_right else None


def as_printed(number: str) -> str:
    """Return a number in its one spelling, however it was typed; what is no number stays without its blanks.

    >>> as_printed("hd – 2026 – 123")
    'HD-2026-000123'
    """
    letters = "".join(letter for letter in _plain(number) if letter.isalnum())
    match = _NUMBER.fullmatch(letters)
    return f"{match[1]}-{match[2]}-{int(match[3]):06d}" if match else "".join(_plain(number).split())


def _plain(typed: str) -> str:
    """Return what was typed in capitals; letters and digits of full width are as those of half."""
    return unicodedata.normalize("NFKC", typed).upper()


@cache
def _secret_of_no_record() -> str:
    """What the secret of a number that does not exist is compared with, as it would lie in the database."""
    return encryption.encrypt("-" * SECRET_LENGTH)
