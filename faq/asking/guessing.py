"""Number and secret are guessed like a password; one rule for all that citizens look up with both.

Who guesses is slowed from the 5th failure and locked for 15 minutes from the 10th, by number *and* network, so that
the sender elsewhere is not locked out; who tries many numbers from one network is locked there. A network is what one
subscriber is given (`base.operations.throttle.network_of`). A wrong number and a wrong secret count alike, whatever is
looked up.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Model
from django.utils.translation import gettext as _

from accounts.signin.throttle import tell_locked
from base.operations.attempts import Attempts
from base.operations.throttle import network_of
from base.public.waits import as_text, seconds_of

from .. import numbering
from . import limits

GUESSES = Attempts("faq-track", slow_from=5, most=10)
# Wrong guesses from one network, whatever the numbers: a reading room or an office may stand behind it.
GUESSES_OF_NETWORK = Attempts("faq-track-address", most=40)


class TooManyGuesses(Exception):
    """Number and secret are not looked at now; `wait` is for how long, `seconds` the same in whole seconds."""

    def __init__(self, wait: timedelta):
        super().__init__(str(wait))
        self.wait = wait
        self.seconds = seconds_of(wait)

    @property
    def message(self) -> str:
        """What the person reads."""
        wait = as_text(self.seconds)
        return _("Có quá nhiều lần nhập sai từ kết nối này. Xin chờ %(wait)s rồi thử lại.") % {"wait": wait}


def look_up(
    find: Callable[[str, str], Model | None], number: str, secret: str, *, address: str, what: str, on: datetime
) -> Model | None:
    """Return what `find(number, secret)` finds; None for a wrong guess, which counts.

    `what` names what was looked up, for those who are told of a lock. Raises TooManyGuesses before anything is looked
    at, and for the guess that locks.
    """
    network = network_of(address)
    key, at_network = limits.digest_of(f"{numbering.as_printed(number)}@{network}"), limits.digest_of(f"@{network}")
    wait = max(GUESSES.wait(key, on=on), GUESSES_OF_NETWORK.wait(at_network, on=on))
    if wait:
        raise TooManyGuesses(wait)
    found = find(number, secret)
    if found is not None:
        GUESSES.reset(key)
        return found
    failures, everywhere = GUESSES.add(key, on=on), GUESSES_OF_NETWORK.add(at_network, on=on)
    if failures == GUESSES.most or everywhere == GUESSES_OF_NETWORK.most:
        tell_locked(
            who=None,
            address=address,
            what=f"đoán số và mã tra cứu {what}",
            on=on,
            kind="lookup_locked",
            register=what,
        )
    if failures >= GUESSES.most:
        raise TooManyGuesses(GUESSES.window)
    return None
