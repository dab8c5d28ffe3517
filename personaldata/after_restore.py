"""Who was erased stays erased when an older copy of the database is put back (`base/operations/backup/ended.py`)."""

from datetime import datetime

from django.apps import apps

from base.operations.backup.ended import Ended, register_replay
from faq.filling import receiving as filled_forms
from faq.models import FilledForm

from . import retention
from .registers import register_of


def register() -> None:
    """Register what repeats each kind."""
    register_replay(retention.ERASED, stands=_is_held, again=_erase_again)
    register_replay(retention.EMPTIED, stands=_is_held, again=_empty_again)
    register_replay(filled_forms.ERASED, stands=_is_form_held, again=_erase_form_again)


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


def _is_form_held(entry: Ended) -> bool:
    return FilledForm.objects.filter(pk=entry.key, purged_at=None).exists()


def _erase_form_again(entry: Ended, on: datetime) -> str:
    filled_forms.erase(FilledForm.objects.get(pk=entry.key), on=on)
    return ""
