"""The notices of this room: what waits for the head, what was decided, sent back and paid, and what stays unclaimed."""

from base.operations.notices import Kind, register_kinds


def register() -> None:
    """Register them; a mail names the sum of a statement, no line of it."""
    register_kinds(
        "royalties",
        Kind("royalty_tariff_waits", once="royalty-tariff-{tariff._meta.model_name}-{tariff.pk}-{recipient.pk}"),
        Kind("royalty_tariff_decided", once="royalty-tariff-{tariff._meta.model_name}-{tariff.pk}-decided"),
        Kind("royalty_statement_waits", once="royalty-statement-{statement.pk}-waits-{recipient.pk}"),
        Kind("royalty_statement_decided", once="royalty-statement-{statement.pk}-decided-{recipient.pk}"),
        Kind("royalty_statement_returned", once="royalty-statement-{statement.pk}-returned-{recipient.pk}"),
        Kind("royalty_unclaimed", once="royalty-unclaimed-{month}-{recipient.pk}"),
        Kind("royalty_paid", once="royalty-statement-{statement.pk}-paid-{recipient.pk}"),
    )
