"""Telling people from programs by the portal's own means, without scripts too.

1. Each form is drawn with a stamp: random, with the moment it was drawn, signed. It counts `STAMP_HOURS` long, for one
   question.
2. A browser with scripts looks for a number that makes the digest of stamp and number begin with `ZERO_BITS` zero bits
   (`static/js/ask_proof.js`): half a second for one question, hours for ten thousand. That is a proof of work.
3. Without scripts the time since the stamp stands for it: whoever types a question takes longer than `WAIT_SECONDS`.
4. `judge` says which of the two there is. Nobody is locked out: a question with neither is received like any other and
   looked at by a person before it is worked on (`Question.is_suspect`).
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from hashlib import sha256

from django.core import signing

STAMP_HOURS = 24
WAIT_SECONDS = 10
# 65,536 digests on average.
ZERO_BITS = 16
LONGEST_STAMP, LONGEST_NUMBER = 200, 12
_SALT = "faq.proof"


class Verdict(Enum):
    """What speaks for a person: work, time, or nothing."""

    PROVEN = "proven"
    WAITED = "waited"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Stamp:
    """A form's stamp as it came back: its random word, and the time since the form was drawn."""

    word: str
    age: timedelta


def new_stamp(on: datetime) -> str:
    """Return the stamp of a form that is drawn now."""
    return signing.dumps([secrets.token_urlsafe(12), on.timestamp()], salt=_SALT, compress=False)


def read(stamp: str, on: datetime) -> Stamp | None:
    """Return what a stamp says; None for one that is not ours, too old, or drawn later than now."""
    if not stamp or len(stamp) > LONGEST_STAMP:
        return None
    try:
        word, drawn = signing.loads(stamp, salt=_SALT)
    except signing.BadSignature:
        return None
    age = timedelta(seconds=on.timestamp() - drawn)
    return Stamp(word, age) if timedelta(0) <= age <= timedelta(hours=STAMP_HOURS) else None


def judge(stamp: str, number: str, on: datetime) -> Verdict:
    """Say what speaks for the person who sends a form."""
    known = read(stamp, on)
    if known is None:
        return Verdict.NOTHING
    if number and len(number) <= LONGEST_NUMBER and leading_zero_bits(stamp, number) >= ZERO_BITS:
        return Verdict.PROVEN
    return Verdict.WAITED if known.age >= timedelta(seconds=WAIT_SECONDS) else Verdict.NOTHING


def leading_zero_bits(stamp: str, number: str) -> int:
    """Return how many zero bits the SHA-256 digest of "<stamp>:<number>" begins with."""
    return 256 - int.from_bytes(sha256(f"{stamp}:{number}".encode()).digest()).bit_length()


def solve(stamp: str) -> str:
    """Find the number, as the browser's script does; for tests and for measuring."""
    return next(str(n) for n in range(1 << 30) if leading_zero_bits(stamp, str(n)) >= ZERO_BITS)
