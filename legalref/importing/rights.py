"""Who may do what with a batch."""

from accounts.models import User
from accounts.roles import APPROVE, CONFIRM_REPEAL, DECIDE_TAKEDOWN, DISPATCH, WRITE, holders, may
from base.authority import sites_of
from base.models import PortalSite
from workflows.publishing.approval import acts_for_board

from ..life.effect import RELATIONS
from ..models import ImportBatch, ImportRow
from .columns import WITH_RELATIONS

State = ImportBatch.State


def may_import(user, site: PortalSite) -> bool:
    """Tell whether a user may bring documents into a site's register."""
    return may(user, WRITE, site) or may(user, DISPATCH, site)


def visible_to(user):
    """Return the batches of a user's own sites."""
    return ImportBatch.objects.filter(owner_site__in=sites_of(user)).select_related("owner_site", "made_by")


def sites_in(batch: ImportBatch) -> list[PortalSite]:
    """Return the sites whose documents a batch makes or changes; its own when it has none."""
    keys = batch.rows.filter(outcome__in=ImportRow.WRITTEN).values("document__owner_site").distinct()
    return list(PortalSite.objects.filter(pk__in=keys).select_related("parent")) or [batch.owner_site]


def may_approve(user, batch: ImportBatch) -> bool:
    """Tell whether a user may approve a written batch: for each of its sites, and not one of those who brought it."""
    return (
        batch.state == State.WRITTEN
        and user.pk not in (batch.made_by_id, batch.confirmed_by_id)
        and all(acts_for_board(user, APPROVE, site) for site in sites_in(batch))
    )


def may_decide_undo(user, batch: ImportBatch) -> bool:
    """Tell whether a user may decide to take back a published batch: another one than who proposed it."""
    return (
        batch.state == State.UNDO_PROPOSED
        and user.pk != batch.undo_by_id
        and all(acts_for_board(user, DECIDE_TAKEDOWN, site) for site in sites_in(batch))
    )


def approvers(batch: ImportBatch) -> list[User]:
    """Return those who can approve a written batch as it is, its relations included."""
    confirms = changes_effect(batch)
    return [
        person
        for person in _holders(batch, APPROVE)
        if may_approve(person, batch) and (not confirms or may(person, CONFIRM_REPEAL))
    ]


def undo_deciders(batch: ImportBatch) -> list[User]:
    """Return those who may decide whether a published batch is taken back."""
    return [person for person in _holders(batch, DECIDE_TAKEDOWN) if may_decide_undo(person, batch)]


def _holders(batch: ImportBatch, capability: str) -> list[User]:
    """Return all who hold a right on at least one of a batch's sites; the caller checks each for all of its sites."""
    found = {person.pk: person for site in sites_in(batch) for person in holders(capability, site)}
    return [found[key] for key in sorted(found)]


def changes_effect(batch: ImportBatch) -> bool:
    """Tell whether a batch holds relations that change the status of a document."""
    return any(
        RELATIONS[line["code"]].effect
        for row in batch.rows.filter(has_relations=True, outcome__in=ImportRow.WRITTEN).iterator(chunk_size=200)
        for name in WITH_RELATIONS
        for line in row.values.get(name) or []
    )
