"""Steps as data: each has a title, its actions, and what follows when one of them changed something."""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from tools.console import say

from .actions import Action, Machine, Run


@dataclass(frozen=True)
class Step:
    """`then`: what makes a change take effect, such as a reload."""

    title: str
    actions: tuple[Action, ...]
    then: tuple[Run, ...] = ()


def carry_out(steps: Iterable[Step], machine: Machine, *, is_dry: bool) -> None:
    """Do what is not done yet, in order, and print it; a dry run only prints. Raises Failed at the first failure."""
    for number, step in enumerate(steps, 1):
        began, is_changed = time.monotonic(), False
        say(f"{number}. {step.title}")
        for action in step.actions:
            if action.is_done(machine):
                say(f"   đã có: {action.line()}")
                continue
            _do(action, machine, is_dry)
            # What runs each time is no change.
            is_changed |= not (isinstance(action, Run) and action.unless is None)
        for action in step.then if is_changed else ():
            _do(action, machine, is_dry)
        if not is_dry:
            say(f"   xong sau {time.monotonic() - began:.1f} giây")


def _do(action: Action, machine: Machine, is_dry: bool) -> None:
    say(f"   {'sẽ làm' if is_dry else 'làm'}: {action.line()}")
    if not is_dry:
        action.do(machine)
