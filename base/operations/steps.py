"""Work that goes on in steps, each a bounded time: imports and batches, carried on by a periodic job or a command.

Between two steps, and while one runs, people decide about it. So what a step has found is stored only while the thing
is still in the state in which the step began (`is_still`); and one that fails stops no other (`carry_on_each`).
"""

import logging
from collections.abc import Callable, Iterable

from django.core.exceptions import ValidationError
from django.db.models import Model

from ..gate import Refused

logger = logging.getLogger(__name__)


def is_still(thing: Model, state: str) -> bool:
    """Lock a thing until the transaction ends; tell whether it is still in a state, as it is stored now."""
    rows = type(thing)._base_manager.select_for_update(of=("self",)).filter(pk=thing.pk)
    return rows.values_list("state", flat=True).first() == state


def carry_on_each(things: Iterable[Model], step: Callable[[Model], object], failure: str) -> int:
    """Do one step of each thing; return how many did theirs.

    One that fails stops no other; then RuntimeError is raised, with `failure` and what each failed with.
    """
    failed, done = [], 0
    for thing in things:
        try:
            step(thing)
            done += 1
        except Exception as error:  # noqa: BLE001  one bad thing must not stop the others; it is raised below
            logger.exception("%s: %s", failure, thing)
            failed.append((thing.pk, error))
    if failed:
        raise RuntimeError(f"{failure}: {'; '.join(f'{pk}: {error}' for pk, error in failed)}") from failed[0][1]
    return done


def sentences_of(error: Refused | ValidationError) -> str:
    """Return what a refusal says, for the person who reads it at the thing or at its row."""
    return " ".join(getattr(error, "messages", None) or [str(error)])
