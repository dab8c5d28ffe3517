"""A change of a shared record as text: what is, what shall be, drawn where words do not say it."""

from collections.abc import Iterable
from datetime import date

from django.db import models
from django.utils import timezone
from django.utils.safestring import SafeString

from vietnam.dates import format_short

from ..models import RecordChange
from .record_changes import Act, built, changed_fields
from .record_rules import rule_of


def differences(change: RecordChange) -> list[tuple[str, str, str]]:
    """Return what a change changes as (field, what it is, what it shall be), as text."""
    rule = rule_of(change.model)
    if rule.words is not None:
        return rule.words(change)
    shown = change.values or change.former
    names = [name for name in shown if name not in ("pk", "id")]
    if change.act == Act.CHANGE:
        names = changed_fields(change.former, change.values)
    return [
        (
            rule.labels.get(name) or _label(change.model, name),
            _as_text(change.model, name, change.former.get(name)),
            _as_text(change.model, name, change.values.get(name)),
        )
        for name in names
    ]


def drawing(change: RecordChange) -> SafeString | str:
    """Return markup that shows a change, "" for a kind of which words say all."""
    draws = rule_of(change.model).draws
    return draws(change) if draws is not None else ""


def first_day(change: RecordChange) -> date | None:
    """Return the day from which readers see what a proposal says: of what counts only from a later day, that day."""
    day = change.values.get("valid_from") or change.values.get("effective_on")
    return date.fromisoformat(day) if day and date.fromisoformat(day) > timezone.localdate() else None


def as_record(change: RecordChange, values: dict):
    """Return the record of a change as one of its states (`values`, `former`) says it, not saved; only to be shown."""
    return built(change.model, values, change.object_id)


def _label(model, name: str) -> str:
    found = model._meta.get_field(name)
    text = getattr(found, "verbose_name", "") or found.related_model._meta.verbose_name
    return str(text)[:1].upper() + str(text)[1:]


def _as_text(model, name: str, value) -> str:
    if value in (None, "", []):
        return "(trống)"
    if isinstance(value, bool):
        return "Có" if value else "Không"
    found = model._meta.get_field(name)
    if isinstance(value, list):
        return "; ".join(_row_as_text(found.related_model, row) for row in value)
    if isinstance(found, models.DateField) and not isinstance(found, models.DateTimeField):
        return format_short(date.fromisoformat(value))
    if found.many_to_one or found.one_to_one:
        target = found.related_model._base_manager.filter(pk=value).first()
        return str(target) if target else f"(không còn: {value})"
    return str(dict(found.flatchoices).get(value, value))


def _row_as_text(model, row) -> str:
    if not isinstance(row, dict):
        return str(row)
    names: Iterable[str] = (name for name in row if name not in ("pk", "id", "sort_order"))
    parts = [f"{_label(model, name)}: {_as_text(model, name, row[name])}" for name in names if row[name]]
    return ", ".join(part for part in parts if part)
