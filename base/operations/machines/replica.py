"""Pages for all readers, made from a replica of the database, where it knows as much as the page will claim to show.

1. For an address that was public before, the page cache says in the request which generations the primary had
(`GENERATIONS`). 2. `reading` compares them with those of the replica. What a generation announces was committed with
it, and a replica repeats commits in their order: one that has them all has what they announce. One that lacks one is
behind, and the page is made from the primary. 3. In the block the connection of this thread is that of the replica, for
the ORM and for written SQL alike. 4. Whatever goes wrong there, a write included, the page is made anew from the
primary (`handlers.py`). People who are signed in, forms, drafts shown to others and what is no known page never come
here: they read what they have written.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections

logger = logging.getLogger(__name__)

REPLICA = "replica"
# So long it is not asked again after it did not answer.
REST_SECONDS = 5.0
_rests_until = [0.0]


@dataclass
class Reading:
    """What is read from the replica for one request; `has_failed`: the answer cannot be trusted."""

    has_failed: bool = False

    def watch(self, execute, statement, parameters, many, context):
        """Note a question that fails: what becomes of its error is up to the code that asked."""
        try:
            return execute(statement, parameters, many, context)
        except DatabaseError:
            self.has_failed = True
            raise


def is_configured() -> bool:
    """Tell whether there is a replica for readers."""
    return REPLICA in settings.DATABASES


@contextmanager
def reading(known: Mapping[int, tuple[int, int]] | None) -> Iterator[Reading | None]:
    """Let this thread read from the replica in the block, where it has the generations `known`; else give None.

    `known`: {site key: (value, urgent value)} as the primary had them a moment ago; without any nothing can be judged.
    """
    if not known or monotonic() < _rests_until[0] or not _has_all(known):
        yield None
        return
    found, replica, primary = Reading(), connections[REPLICA], connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = replica
    try:
        with replica.execute_wrapper(found.watch):
            yield found
    finally:
        connections[DEFAULT_DB_ALIAS] = primary


def _has_all(known: Mapping[int, tuple[int, int]]) -> bool:
    """Whether the replica has these generations, or later ones; it is left alone for a while where it is away."""
    replica = connections[REPLICA]
    try:
        with replica.cursor() as cursor:
            cursor.execute("SELECT site_id, value, urgent_value FROM base_sitegeneration")
            there = {site: (value, urgent) for site, value, urgent in cursor.fetchall()}
    except DatabaseError:
        logger.warning("Bản sao cơ sở dữ liệu không trả lời; các trang được tạo từ bản chính.")
        _rests_until[0] = monotonic() + REST_SECONDS
        replica.close()
        return False
    nothing = (-1, -1)
    return all(
        there.get(site, nothing)[0] >= value and there.get(site, nothing)[1] >= urgent
        for site, (value, urgent) in known.items()
    )
