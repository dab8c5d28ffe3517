"""Who is told by mail, through the outbox, that a batch waits for them; `..own_work` adds it to their dashboard."""

from base.operations.notices import notify

from ..models import ImportBatch
from .rights import approvers, changes_effect, undo_deciders

State = ImportBatch.State


def ask_for_approval(batch: ImportBatch) -> None:
    """Tell those who can approve a batch that it is written; part of the change that writes it."""
    rows = batch.rows.filter(is_decided=False).exclude(revision=None).count()
    context = {"batch": batch, "count": rows, "changes_effect": changes_effect(batch)}
    notify(approvers(batch), "batch_to_approve", context)


def ask_to_decide_undo(batch: ImportBatch) -> None:
    """Tell those who may decide it that a user asks to undo a published batch."""
    notify(undo_deciders(batch), "batch_to_undo", {"batch": batch})
