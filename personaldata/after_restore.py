"""Who was erased stays erased when an older copy of the database is put back (`base/operations/backup/ended.py`)."""

from datetime import datetime

from django.apps import apps

from base.operations.backup.ended import Ended, register_replay

from . import retention
from .registers import register_of


def register() -> None:
    """Register what repeats each kind."""
    register_replay(retention.ERASED, stands=_is_held, again=_erase_again)
    register_replay(retention.EMPTIED, stands=_is_held, again=_empty_again)


def _is_held(entry: Ended) -> bool:
    record = _record(entry)
    if record is None:
        return False
    register = register_of(record)
    contact = register.contacts.objects.filter(**{register.record: record.pk}, purged_at=None).first()
    return contact is not None and any(getattr(contact, name) for name in contact.PERSONAL)


def _erase_again(entry: Ended, on: datetime) -> str:
    retention.purge_record(_record(entry), on=on)
    return ""


def _empty_again(entry: Ended, on: datetime) -> str:
    retention.purge_contact(_record(entry), on=on)
    return ""


def _record(entry: Ended):
    return apps.get_model(entry.label).objects.filter(pk=entry.key).first()
