"""The notices of this room."""

from base.operations.notices import Kind, register_kinds


def register() -> None:
    """Register them."""
    register_kinds("servicecatalog", Kind("planned_stop_proposed"))
