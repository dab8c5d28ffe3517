"""Proposals about shared records as items of a dossier: an alert, days of mourning, who holds a post, a shared name.

The rule of a model says whether they may be (`record_rules.Rule.joins_dossiers`). A proposal has no versions: what was
proposed never changes, so it stands as it was submitted until it is decided or taken back. While it is in an open
dossier it does not come true alone; refused or withdrawn alone, it sends the dossier back (`stops.py`).
"""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import CharField, Exists, OuterRef, QuerySet, prefetch_related_objects
from django.db.models.functions import Cast

from base.gate import Refused
from base.models import PortalSite
from base.queries.contains import contains
from base.sites import sites_held

from ...models import BundleItem, RecordChange
from ...models.bundle import OPEN
from .. import record_changes, record_rules

LABEL = RecordChange._meta.label
NO_VERSION, DECIDED = None, -1


def is_proposal(thing) -> bool:
    """Tell whether an item is a proposal, and no page or record with versions."""
    return isinstance(thing, RecordChange)


def apart(things: Iterable) -> tuple[list[RecordChange], list]:
    """Return the proposals among some items, those of plain records first, and the pages and records with versions."""
    things = list(things)
    found = sorted(filter(is_proposal, things), key=lambda change: (_rule(change).apply is not None, change.pk))
    return found, [thing for thing in things if not is_proposal(thing)]


def joining(sites: Iterable[PortalSite], words: str = "") -> QuerySet[RecordChange]:
    """Return the open proposals of some sites that may be put into a dossier and are in none, the newest first."""
    bundled = BundleItem.objects.filter(
        object_type=LABEL, object_id=Cast(OuterRef("pk"), CharField(max_length=255)), bundle__state__in=OPEN
    )
    found = _open_of(sites).filter(record_rules.joining()).exclude(Exists(bundled))
    return found.filter(contains("label", words)) if words else found


def standing_apart(sites: Iterable[PortalSite]) -> QuerySet[RecordChange]:
    """Return the open proposals of some sites that are confirmed by themselves, the newest first."""
    return _open_of(sites).exclude(record_rules.joining())


def _open_of(sites: Iterable[PortalSite]) -> QuerySet[RecordChange]:
    found = RecordChange.objects.filter(site__in=list(sites), decided_at=None)
    return found.select_related("site").order_by("-proposed_at", "-pk")


def why_not_join(change: RecordChange) -> str:
    """Return why a proposal may not be put into a dossier, as a sentence; "" when it may."""
    return record_rules.why_apart(change) if change.is_open else f"«{change}» không còn chờ người thứ hai."


def submitted_version(change: RecordChange) -> int | None:
    """Return what stands for the version of a proposal: the same as long as it is undecided."""
    return NO_VERSION if change.is_open else DECIDED


def hindrance(change: RecordChange) -> str:
    """Return why a proposal cannot come true with its dossier, as the start of a sentence; "" when it can."""
    if not change.is_open:
        return f"«{change}» không còn chờ người thứ hai"
    if change.site.is_practice:
        return f"«{change}» là của trang thực hành, không bao giờ công khai"
    rule = _rule(change)
    if rule.obstacle is not None:
        found = rule.obstacle(change)
    else:
        is_other = rule.apply is None and record_changes.differs(change, change.record)
        found = record_changes.CHANGED if is_other else ""
    return f"«{change}»: {found[:1].lower()}{found[1:].rstrip('.')}" if found else ""


def end_of(change: RecordChange) -> datetime | None:
    """Return the moment after which a proposal says nothing, None without one."""
    ends_at = _rule(change).ends_at
    return ends_at(change) if ends_at is not None else None


def begin_of(change: RecordChange) -> datetime | None:
    """Return the moment before which a proposal cannot come true, None without one."""
    begins_at = _rule(change).begins_at
    return begins_at(change) if begins_at is not None else None


def come_true(changes: Iterable[RecordChange], *, by, on: datetime) -> list[RecordChange]:
    """Apply the proposals of a dossier that was approved by `by`; return them.

    The caller holds them. Raises Refused and ValidationError as `record_changes.confirm`, each naming its proposal.
    """
    done, changes = [], list(changes)
    prefetch_related_objects(changes, "site__unit", "proposed_by")
    with sites_held():
        for change in changes:
            try:
                done.append(record_changes.come_true(change, by=by, on=on))
            except Refused as error:
                raise Refused(f"«{change}»: {error}") from error
            except ValidationError as error:
                raise ValidationError([f"«{change}»: {message}" for message in error.messages]) from error
    return done


def _rule(change: RecordChange) -> record_rules.Rule:
    return record_rules.rule_of(change.model)
