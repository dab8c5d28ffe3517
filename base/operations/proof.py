"""Telling people from programs by the portal's own means, without scripts too.

1. Each form is drawn with a stamp: random, with the moment it was drawn and the work that it wants, signed. It counts
   `STAMP_HOURS` long, for one sending.
2. A browser with scripts looks for a number that makes the digest of stamp and number begin with as many zero bits as
   the stamp wants (`static/js/ask_proof.js`): half a second for one form, hours for ten thousand. That is a proof of
   work. It may be asked to be harder (`bits_for`), never so hard that an old telephone does not find it in seconds.
3. Without scripts the time since the stamp replaces it: a person types a question for longer than `WAIT_SECONDS`.
4. `judge` says which of the two there is. No user is locked out: a form with neither is received like any other and
   looked at by a person before it is worked on.
5. A proof speaks for the `REQUESTS_OF_PROOF` requests of one form (`throttle.py`); who takes more is a program.
6. A form without a proof that came too soon gets a `turn`: the limit has put the next free place aside for its stamp,
   so that who presses when told to is let in, however many press meanwhile. In the process that put it aside the stamp
   is enough; the turn says it to the others.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from hashlib import sha256

from django.core import signing

# The fields of a form that hold them.
STAMP, PROOF, TURN = "stamp", "proof", "turn"
STAMP_HOURS = 24
WAIT_SECONDS = 10
# 65,536 digests on average; each bit more doubles them. A million take an old telephone some seconds.
ZERO_BITS = 16
MOST_BITS = 20
_HARDER_BITS = 2
LONGEST_STAMP, LONGEST_NUMBER, LONGEST_TURNS = 200, 12, 500
# After how long an unused reserved place lapses; a wait longer than any limit gives.
TURN_LAPSES_SECONDS, LONGEST_WAIT_SECONDS = 900, 3600
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


def bits_for(*, is_crowded: bool = False, is_busy: bool = False) -> int:
    """Return the zero bits that a form wants which is drawn now.

    `is_crowded`: unusually many come from the sender's network. `is_busy`: the portal has more to do than it can.
    """
    return min(MOST_BITS, ZERO_BITS + _HARDER_BITS * (is_crowded + is_busy))


def new_stamp(on: datetime, bits: int = ZERO_BITS, word: str = "") -> str:
    """Return the stamp of a form that is drawn now and wants `bits` zero bits; `word`: of one that wanted less."""
    return signing.dumps([word or secrets.token_urlsafe(12), on.timestamp(), bits], salt=_SALT, compress=False)


def valid_or_new(stamp: str, on: datetime, bits: int) -> str:
    """Return the stamp that a form came with when it still counts and wants enough; else a new one.

    Of a form that wanted less the word stays, and the moment at which it was drawn: no user waits a second time.
    """
    known = read(stamp, on)
    if known is None:
        return new_stamp(on, bits)
    return stamp if known.bits >= bits else new_stamp(on - known.age, bits, known.word)


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


def with_turn(form, limit: str, seconds: float, on: datetime) -> str:
    """Return the turns of a form that is to come again for a limit in `seconds`; those of other limits stay.

    "" for a form without a stamp.
    """
    known = read(form.get(STAMP, ""), on)
    if known is None:
        return ""
    others = [raw for other, (_left, raw) in _turns(form, on).items() if other != limit]
    due = on.timestamp() + seconds
    return " ".join([*others, signing.dumps([known.word, limit, due], salt=_TURN_SALT, compress=False)])


def turn_of(form, limit: str, on: datetime) -> float | None:
    """Return in how many seconds a form is to come for a limit, 0 or less from then on; None without a turn."""
    return _turns(form, on).get(limit, (None, ""))[0]


def _turns(form, on: datetime) -> dict[str, tuple[float, str]]:
    """Return limit → (seconds left, the turn as it came) of the turns of a form that count."""
    known, shown, found = read(form.get(STAMP, ""), on), form.get(TURN, ""), {}
    if known is None or len(shown) > LONGEST_TURNS:
        return found
    for raw in shown.split():
        try:
            word, limit, due = signing.loads(raw, salt=_TURN_SALT)
        except signing.BadSignature:
            continue
        left = due - on.timestamp()
        if word == known.word and -TURN_LAPSES_SECONDS < left <= LONGEST_WAIT_SECONDS:
            found[limit] = left, raw
    return found


def marks(form, on: datetime, bits: int) -> dict:
    """Return what `base/proof.html` draws into a form: stamp, number and turns so far, the zero bits looked for.

    `form`: the fields as they came, empty where the form is drawn first.
    """
    stamp = valid_or_new(form.get(STAMP, ""), on, bits)
    number = form.get(PROOF, "") if stamp == form.get(STAMP) else ""
    turns = " ".join(raw for _left, raw in _turns(form, on).values())
    return {"stamp": stamp, "proof": number, "turn": turns, "zero_bits": read(stamp, on).bits}


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
