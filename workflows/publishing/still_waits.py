"""Whether what a mail asks for still waits: looked at before it leaves the outbox, however long it lay there.

After hours without the periodic work, or without a mail server, much of what the mails ask for is done. Their keys
begin with the kind and the number of the thing (`notice_kinds.py`).
"""

from datetime import datetime

from base.operations.mail import register_mails

from ..deadlines import reminders
from ..models import EmergencyAct, PublicationBundle, RecordChange


def register() -> None:
    """Let the outbox ask; called once, when the notices are registered."""
    for kind, look in (
        ("bundle-submitted", _bundle),
        ("second-look", _second_look),
        ("record-change", _record_change),
        ("deadline-digest", reminders.is_still_wanted),
    ):
        register_mails(f"{kind} ", look)


def _number(key: str) -> str:
    return key.split(" ")[1]


def _bundle(key: str, on: datetime) -> bool:
    return PublicationBundle.objects.filter(pk=_number(key), state=PublicationBundle.State.SUBMITTED).exists()


def _second_look(key: str, on: datetime) -> bool:
    return EmergencyAct.objects.filter(pk=_number(key), looked_at=None).exists()


def _record_change(key: str, on: datetime) -> bool:
    return RecordChange.objects.filter(pk=_number(key), decided_at=None).exists()
