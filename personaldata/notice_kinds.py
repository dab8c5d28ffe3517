"""The notices of this room: what citizens hear of their reports and requests."""

from base.operations.notices import Kind, register_kinds


def register() -> None:
    """Register them; the once-keys begin with the record, by which `retention` empties what is on its way."""
    register_kinds(
        "personaldata",
        Kind("complaint_answered", once="complaint-{complaint.pk}-answer", is_personal=True),
        Kind("data_request_answered", once="{matter}-request-{request.pk}-{request.state}", is_personal=True),
    )
