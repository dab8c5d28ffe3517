"""The notices of this room: clarifications to sign, articles of units, what a ward does not show of the city."""

from base.operations.notices import Kind, register_kinds


def register() -> None:
    """Register them."""
    register_kinds(
        "sections",
        Kind("clarification_to_sign", once="clarification-{request.pk}-sign-{recipient.pk}"),
        Kind("clarification_decided", once="clarification-{request.pk}-decided"),
        Kind("unit_article_sent"),
        Kind("unit_article_handled"),
        Kind("place_refused"),
    )
