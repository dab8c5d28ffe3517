"""How the records of each model change by two persons (`record_changes`): rules that the rooms register."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.safestring import SafeString

from accounts.roles import APPROVE, DISPATCH
from base.gate import Refused
from base.models import PortalSite
from base.sites import city_site

from ..models import RecordChange


def _of_the_city(record) -> PortalSite:
    return city_site()


@dataclass(frozen=True)
class Rule:
    """How the records of a model change.

    `hidden`: names of fields that no reader sees. `confirming`: the capabilities of which one is asked of the second
    person. `site_of`: whose board that is. `check`: asked of proposer and record beside the model's own `clean`.
    What is no single row (several days of the calendar) is applied by an action of its own: `apply(change, by, on)`
    returns the record that came of it, `words(change)` describes it as `differences` does. `follow(record, by, on)`
    does what follows from a record that was added or changed, in the same transaction. `draws(change)` returns markup
    that shows what words do not: a picture, a colour. `labels`: {field: its label on the form}, where that is not its
    verbose name. `is_pressing`: who may be the second person is told by mail at once.
    `ends_with(record)`: the open proposals about records that end with another one, a unit.

    `joins_dossiers`: a proposal may be an item of a dossier (`bundles`), whose second person approves for every site.
    `joining_kinds`: where only some of what is proposed about a model may, those (`values["kind"]`). `stays_apart`: why
    what may not is confirmed by itself, and what to do, as a sentence.
    `obstacle(change)`: why it cannot come true any more, "" while it can; `ends_at(change)`: the moment after which it
    says nothing. Both are asked before a dossier is decided; without them the record is only compared.
    `begins_at(change)`: the moment before which it cannot come true; no dossier waits for an earlier hour.
    """

    hidden: frozenset[str] = frozenset()
    confirming: tuple[str, ...] = (APPROVE, DISPATCH)
    site_of: Callable[[models.Model], PortalSite] = _of_the_city
    check: Callable[[models.Model, object], None] | None = field(default=None)
    apply: Callable[[RecordChange, object, datetime | None], models.Model] | None = field(default=None)
    words: Callable[[RecordChange], list[tuple[str, str, str]]] | None = field(default=None)
    follow: Callable[[models.Model, object, datetime | None], None] | None = field(default=None)
    draws: Callable[[RecordChange], SafeString] | None = field(default=None)
    labels: dict[str, str] = field(default_factory=dict)
    is_pressing: bool = False
    ends_with: Callable[[models.Model], Iterable[RecordChange]] | None = field(default=None)
    joins_dossiers: bool = False
    joining_kinds: frozenset[str] = frozenset()
    stays_apart: str = "Loại đề nghị này được xác nhận riêng."
    obstacle: Callable[[RecordChange], str] | None = field(default=None)
    ends_at: Callable[[RecordChange], datetime | None] | None = field(default=None)
    begins_at: Callable[[RecordChange], datetime | None] | None = field(default=None)


_rules: dict[str, Rule] = {}


def register(model, **rule) -> None:
    """Say that records of a model change by two persons; called by the room that holds them when it is ready.

    ValueError for a model whose proposals may be in dossiers and are not confirmed by who approves there.
    """
    made = Rule(**rule)
    if made.joins_dossiers and APPROVE not in made.confirming:
        raise ValueError(f"{model._meta.label}: a dossier is approved by who approves on its sites.")
    _rules[model._meta.label] = made


def is_registered(model) -> bool:
    """Tell whether records of a model wait for a second person."""
    return model._meta.label in _rules


def rule_of(model) -> Rule:
    """Return the rule of a model. Raises Refused for one that has none: nothing else is changed by this kit."""
    if not is_registered(model):
        raise Refused("Loại bản ghi này không sửa theo cách này.")
    return _rules[model._meta.label]


def joining() -> Q:
    """Return the condition under which proposals may be items of a dossier (`why_apart`)."""
    found = Q(pk=None)
    for label, rule in _rules.items():
        if rule.joins_dossiers:
            of_kinds = Q(values__kind__in=sorted(rule.joining_kinds)) if rule.joining_kinds else Q()
            found |= Q(object_type=label) & of_kinds
    return found


def why_apart(change: RecordChange) -> str:
    """Return why a proposal is confirmed by itself, as a sentence; "" for one that may be an item of a dossier."""
    rule = rule_of(change.model)
    joins = rule.joins_dossiers and (not rule.joining_kinds or change.values.get("kind") in rule.joining_kinds)
    return "" if joins else rule.stays_apart


def ending_with(record) -> list[RecordChange]:
    """Return the open proposals about records that end with another one."""
    asked = [rule.ends_with for rule in _rules.values() if rule.ends_with is not None]
    return [change for ends_with in asked for change in ends_with(record)]


def labels_by_rights() -> dict[tuple[str, ...], list[str]]:
    """Return the names of the registered models by the capabilities of which one is asked of the second person."""
    found: dict[tuple[str, ...], list[str]] = {}
    for label, rule in _rules.items():
        found.setdefault(rule.confirming, []).append(label)
    return found
