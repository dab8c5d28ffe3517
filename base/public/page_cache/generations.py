"""The generations of the sites: raised by actions, read by every worker."""

import logging
from collections.abc import Iterable
from weakref import WeakSet

from django.db import close_old_connections, connection, transaction
from django.db.models import F

from ...models.generation import SiteGeneration
from ..gone.journal import journal

logger = logging.getLogger(__name__)

LEAP = 1_000_000
# Every page cache of this process.
caches: WeakSet = WeakSet()


def raise_generation(sites: Iterable, urgent: bool = False, gone: bool = False) -> None:
    """Declare every cached page of `sites` out of date: the last statement of an action, in its transaction.

    `sites`: PortalSites or their primary keys. `urgent`: what must be seen at once; no old copy is shown again.
    `gone`: something left public view and is in the journal (`base/public/gone/`). That finds the copies which show or
    name it on this machine, so that the others may be shown; where there are several machines, it is urgent, because
    one of them may hear the journal late.
    The rows are locked in the order of their sites' keys, so that two actions never deadlock.
    """
    keys = sorted({site_key(site) for site in sites})
    if not keys:
        return
    urgent = urgent or (gone and not _is_one_machine())
    # An action that cannot do this fails as a whole: no part of it is kept by a savepoint.
    with transaction.atomic(savepoint=False):
        rows = SiteGeneration.objects.filter(site_id__in=keys)
        changes = {"value": F("value") + 1}
        if urgent:
            changes["urgent_value"] = F("urgent_value") + 1
        # One row has no order in which it could be locked.
        if len(keys) > 1 or not rows.update(**changes):
            _lock(rows, keys)
            rows.update(**changes)
        transaction.on_commit(_read_at_once)


def _lock(rows, keys: list[int]) -> None:
    """Lock the rows of some sites in the order of their keys, those made first that are not there yet."""
    locked = set(rows.select_for_update().order_by("site_id").values_list("site_id", flat=True))
    if missing := [key for key in keys if key not in locked]:
        SiteGeneration.objects.bulk_create([SiteGeneration(site_id=key) for key in missing], ignore_conflicts=True)


def leap_generations() -> None:
    """Raise every generation by a million: after a restore its values repeat, and copies compare by equality."""
    changes = {name: F(name) + LEAP for name in ("value", "urgent_value")}
    SiteGeneration.objects.update(**changes)


def read_generations() -> dict[int, tuple[int, int]]:
    """Return {site key: (value, urgent value)} for all sites: one query on this thread's own connection.

    Raises django.db.Error when the database is away.
    """
    _close_old_connections()
    try:
        return {
            site: (value, urgent)
            for site, value, urgent in SiteGeneration.objects.values_list("site_id", "value", "urgent_value")
        }
    finally:
        _close_old_connections()


def _close_old_connections() -> None:
    # Django does this around each request; the page cache asks outside of one.
    if not connection.in_atomic_block:
        close_old_connections()


def _is_one_machine() -> bool:
    try:
        return journal().is_of_one_machine()
    except OSError:
        return False


def _read_at_once() -> None:
    # The process that made the change shows it to its next reader, the others of this machine likewise.
    for cache in caches:
        cache.read_soon()
    try:
        journal().note_change()
    except OSError:
        logger.warning("The other processes could not be told of a change; they notice it within a second.")


def site_key(site) -> int:
    """Return the key of a site that is given as a row or by its key."""
    return site if isinstance(site, int) else site.pk
