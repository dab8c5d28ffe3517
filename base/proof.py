"""Telling people from programs by the portal's own means, without scripts too.

1. Each form is drawn with a stamp: random, with the moment it was drawn and the work that it wants, signed. It counts
   `STAMP_HOURS` long, for one sending.
2. A browser with scripts looks for a number that makes the digest of stamp and number begin with as many zero bits as
   the stamp wants (`static/js/ask_proof.js`): half a second for one form, hours for ten thousand. That is a proof of
   work. It may be asked to be harder (`bits_for`), never so hard that an old telephone does not find it in seconds.
3. Without scripts the time since the stamp stands for it: whoever types a question takes longer than `WAIT_SECONDS`.
4. `judge` says which of the two there is. Nobody is locked out: a form with neither is received like any other and
   looked at by a person before it is worked on.
5. A proof speaks for the `REQUESTS_OF_PROOF` requests of one form (`throttle.py`); who takes more is a program.
6. A form without a proof that came too soon gets a `turn` in its place: the limit has put the next free place aside for
   it, so that whoever presses when he was told to is let in, however many press meanwhile.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from hashlib import sha256

from django.core import signing

# The fields of a form that hold them.
STAMP, PROOF = "stamp", "proof"
STAMP_HOURS = 24
WAIT_SECONDS = 10
# 65,536 digests on average; each bit more doubles them. A million take an old telephone some seconds.
ZERO_BITS = 16
MOST_BITS = 20
_HARDER_BITS = 2
LONGEST_STAMP, LONGEST_NUMBER, LONGEST_TURN = 200, 12, 200
_SALT, _TURN_SALT = "base.proof", "base.proof.turn"


class Verdict(Enum):
    """What speaks for a person: work, time, or nothing."""

    PROVEN = "proven"
    WAITED = "waited"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Stamp:
    """A form's stamp as it came back: its random word, the time since the form was drawn, the zero bits it wants."""

    word: str
    age: timedelta
    bits: int


@dataclass(frozen=True)
class Turn:
    """The place that a limit has put aside for a form: which limit, and in how many seconds, 0 or less from then on."""

    limit: str
    seconds: float


def bits_for(*, is_crowded: bool = False, is_busy: bool = False) -> int:
    """Return the zero bits that a form wants which is drawn now.

    `is_crowded`: unusually many come from the sender's network. `is_busy`: the portal has more to do than it can.
    """
    return min(MOST_BITS, ZERO_BITS + _HARDER_BITS * (is_crowded + is_busy))


def new_stamp(on: datetime, bits: int = ZERO_BITS) -> str:
    """Return the stamp of a form that is drawn now and wants so many zero bits."""
    return signing.dumps([secrets.token_urlsafe(12), on.timestamp(), bits], salt=_SALT, compress=False)


def kept_or_new(stamp: str, on: datetime, bits: int) -> str:
    """Return the stamp that a form came with when it still counts and wants enough; else a new one.

    Of a form that wanted less the moment stays at which it was drawn: nobody waits for it a second time.
    """
    known = read(stamp, on)
    if known is None:
        return new_stamp(on, bits)
    return stamp if known.bits >= bits else new_stamp(on - known.age, bits)


def read(stamp: str, on: datetime) -> Stamp | None:
    """Return what a stamp says; None for one that is not ours, too old, or drawn later than now."""
    if not stamp or len(stamp) > LONGEST_STAMP:
        return None
    try:
        word, drawn, bits = signing.loads(stamp, salt=_SALT)
    except signing.BadSignature:
        return None
    age = timedelta(seconds=on.timestamp() - drawn)
    return Stamp(word, age, bits) if timedelta(0) <= age <= timedelta(hours=STAMP_HOURS) else None


def proven(stamp: str, number: str, on: datetime) -> Stamp | None:
    """Return a stamp whose work was done; None for one that does not count, or whose number proves nothing."""
    known = read(stamp, on)
    if known is None or not number or len(number) > LONGEST_NUMBER:
        return None
    return known if leading_zero_bits(stamp, number) >= known.bits else None


def turn(stamp: str, limit: str, seconds: float, on: datetime) -> str:
    """Return what a form that is to come again in so many seconds has in the place of a proof; "" without a stamp."""
    known = read(stamp, on)
    if known is None:
        return ""
    return signing.dumps([known.word, limit, on.timestamp() + seconds], salt=_TURN_SALT, compress=False)


def turn_of(stamp: str, shown: str, on: datetime) -> Turn | None:
    """Return the turn that a form has in the place of a proof; None for none, or one of another form."""
    known = read(stamp, on)
    if known is None or not LONGEST_NUMBER < len(shown) <= LONGEST_TURN:
        return None
    try:
        word, limit, due = signing.loads(shown, salt=_TURN_SALT)
    except signing.BadSignature:
        return None
    return Turn(limit, due - on.timestamp()) if word == known.word else None


def marks(form, on: datetime, bits: int) -> dict:
    """Return what `base/proof.html` draws into a form: stamp, number or turn so far, the zero bits looked for.

    `form`: the fields as they came, empty where the form is drawn first.
    """
    stamp = kept_or_new(form.get(STAMP, ""), on, bits)
    number = form.get(PROOF, "") if stamp == form.get(STAMP) else ""
    return {"stamp": stamp, "proof": number, "zero_bits": read(stamp, on).bits}


def judge(stamp: str, number: str, on: datetime) -> Verdict:
    """Say what speaks for the person who sends a form."""
    if proven(stamp, number, on) is not None:
        return Verdict.PROVEN
    known = read(stamp, on)
    has_waited = known is not None and known.age >= timedelta(seconds=WAIT_SECONDS)
    return Verdict.WAITED if has_waited else Verdict.NOTHING


def leading_zero_bits(stamp: str, number: str) -> int:
    """Return how many zero bits the SHA-256 digest of "<stamp>:<number>" begins with."""
    return 256 - int.from_bytes(sha256(f"{stamp}:{number}".encode()).digest()).bit_length()


def solve(stamp: str, bits: int = ZERO_BITS) -> str:
    """Find the number, as the browser's script does; for tests and for measuring."""
    return next(str(n) for n in range(1 << 30) if leading_zero_bits(stamp, str(n)) >= bits)
