"""The notices of this room: batches that wait for a second person."""

from base.operations.notices import Kind, register_kinds


def register() -> None:
    """Register them."""
    register_kinds("legalref", Kind("batch_to_approve"), Kind("batch_to_undo"))
