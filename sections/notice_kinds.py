"""The notices of this room: a clarification that a unit's head is to sign, and what became of it."""

from base.operations.notices import Kind, register_kinds


def register() -> None:
    """Register them."""
    register_kinds(
        "sections",
        Kind("clarification_to_sign", once="clarification-{request.pk}-sign-{recipient.pk}"),
        Kind("clarification_decided", once="clarification-{request.pk}-decided"),
    )
