"""Shared records that readers see change by two persons, lightly: names of issuing bodies, topics, fields, contacts.

1. `propose`: who may keep the list says what shall be; readers go on seeing what is. `propose_removal` likewise.
2. `confirm`: a second person, who holds the right to, accepts exactly what they saw; readers get it at once. What is in
   a dossier (`bundles`) comes true with the whole (`come_true`).
3. `refuse`: they say why not; `withdraw`: the proposer takes it back.

What readers never see (`hidden` of the rule) is saved without a second person. Rules stand beside the screens of the
records (`record_rules`); `docs/permissions.md` names every record that readers see, with its rule.
"""

import json
from datetime import datetime

from django.core import serializers
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import ProtectedError, RestrictedError
from django.urls import reverse
from django.utils import timezone
from modelcluster.models import ClusterableModel
from wagtail.log_actions import log

from accounts.roles import APPROVE, holders, may
from base.chain.canonical_json import digest
from base.gate import Refused
from base.models import PortalSite
from base.operations.notices import notify
from base.public.index import readers_see_changed

from ..models import RecordChange
from ..models.bundle import open_items_of
from . import waiting
from .approval import acts_for_board
from .record_rules import Rule, ending_with, rule_of
from .waiting import Change, GoesOn, Happening, Reach

Act = RecordChange.Act
SEEN_OTHER = "Đề nghị khác với nội dung bạn đã xem; hãy mở lại đề nghị và xem lại."
CHANGED = "Bản ghi đã thay đổi từ lúc đề nghị"


def register_what_waits() -> None:
    """Say what becomes of a proposal (`waiting`); called by `what_waits`."""
    has_no_place = GoesOn("A record has no place.")
    waiting.register_waiting(
        RecordChange,
        of=_waiting_on,
        of_site=lambda site: RecordChange.objects.filter(site=site, decided_at=None).order_by("pk"),
        release={
            Change.REMOVED: _end,
            Change.MOVED: has_no_place,
            Change.HANDED_OVER: has_no_place,
            Change.REPLACED: GoesOn("The head publishes no record of this kind."),
            Change.ENDED: _end,
        },
    )


def _waiting_on(reach: Reach) -> list[RecordChange]:
    """The open proposals about some records, and about what ends with them."""
    found = [change for record in reach.records if (change := open_change(record))]
    return found + [change for record in reach.records for change in ending_with(record)]


def _end(change: RecordChange, happening: Happening) -> None:
    waiting.hold([change], Change.REMOVED)
    change = RecordChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
    if change.is_open:
        _closed_alone(change, happening.by, happening.on, note=happening.reason)
        address = reverse("workflows_record_change", args=[change.pk])
        waiting.tell([change.proposed_by], "Đề nghị", str(change), happening.reason, address=address)


# --- Who may ---------------------------------------------------------------------------------------


def may_decide(user, change: RecordChange) -> bool:
    """Tell whether a user may confirm or refuse: they have the right on the site and did not propose it."""
    if user.pk == change.proposed_by_id or not change.is_open:
        return False
    return any(_has(user, right, change.site) for right in rule_of(change.model).confirming)


def deciders(change: RecordChange) -> list:
    """Return the active users who may confirm or refuse a proposal."""
    found = {user.pk: user for right in rule_of(change.model).confirming for user in holders(right, change.site)}
    return [user for user in found.values() if may_decide(user, change)]


def _has(user, right: str, site: PortalSite) -> bool:
    return acts_for_board(user, APPROVE, site) if right == APPROVE else may(user, right, site)


def open_change(record) -> RecordChange | None:
    """Return the undecided change of a record."""
    of_this = RecordChange.objects.filter(object_type=record._meta.label, object_id=str(record.pk))
    return of_this.filter(decided_at=None).first()


# --- 1. Propose ------------------------------------------------------------------------------------


def data_of(record) -> dict:
    """Return a record as data that JSON holds: {field: value}, with its rows of inline panels.

    Line ends are one character: a browser sends two, also in a text that was not edited.
    """
    if isinstance(record, ClusterableModel):
        data = record.serializable_data()
    else:
        data = {"pk": record.pk, **serializers.serialize("python", [record])[0]["fields"]}
    return _with_plain_lines(json.loads(json.dumps(data, cls=DjangoJSONEncoder)))


def _with_plain_lines(value):
    if isinstance(value, str):
        return value.replace("\r\n", "\n")
    if isinstance(value, list):
        return [_with_plain_lines(row) for row in value]
    if isinstance(value, dict):
        return {name: _with_plain_lines(row) for name, row in value.items()}
    return value


def changed_fields(former: dict, values: dict) -> list[str]:
    """Return the names of the fields in which two states of a record differ."""
    return [name for name in values if name not in ("pk", "id") and former.get(name) != values[name]]


def needs_second(record) -> bool:
    """Tell whether a record, changed but not saved, differs in something that readers see; a new one always does."""
    if record.pk is None:
        return True
    former = data_of(type(record)._base_manager.get(pk=record.pk))
    return bool(set(changed_fields(former, data_of(record))) - rule_of(type(record)).hidden)


@transaction.atomic
def propose(record, *, by, on: datetime | None = None, reason: str = "") -> RecordChange:
    """Propose a record as it is in memory, new or changed but not saved; return the proposal.

    The caller has asked whether the person keeps such records. Raises Refused while another proposal is open,
    ValidationError when the record is wrong or nothing would change.
    """
    rule = rule_of(type(record))
    former, before = {}, ""
    if record.pk is not None:
        stored = type(record)._base_manager.select_for_update().get(pk=record.pk)
        _demand_none_open(stored)
        former = data_of(stored)
        before = digest(former)
    if rule.check is not None:
        rule.check(record, by)
    values = data_of(record)
    if former and not changed_fields(former, values):
        raise ValidationError("Chưa có gì thay đổi.")
    act = Act.CHANGE if former else Act.ADD
    return _proposed(record, act, rule, values=values, former=former, before=before, by=by, on=on, reason=reason)


@transaction.atomic
def propose_removal(record, *, by, on: datetime | None = None, reason: str = "") -> RecordChange:
    """Propose to remove a record; return the proposal. Raises Refused while another proposal is open."""
    rule = rule_of(type(record))
    stored = type(record)._base_manager.select_for_update().get(pk=record.pk)
    _demand_none_open(stored)
    if rule.check is not None:
        rule.check(record, by)
    former = data_of(stored)
    return _proposed(
        record, Act.REMOVE, rule, values={}, former=former, before=digest(former), by=by, on=on, reason=reason
    )


@transaction.atomic
def propose_action(
    record, *, values: dict, former: dict, by, on: datetime | None = None, reason: str = "", label: str = ""
) -> RecordChange:
    """Propose what is applied by the action of its rule (`apply`); return the proposal.

    `record`: the row that shall come of it, not saved, for its name. `values`, `former`: what shall be and what is, as
    JSON holds it; the caller has asked whether the person may, and whether it makes sense. `label`: what shall be done,
    where the name of the record does not say it.
    """
    return _proposed(
        record,
        Act.ADD,
        rule_of(type(record)),
        values=values,
        former=former,
        before=digest(former),
        by=by,
        on=on,
        reason=reason,
        label=label,
    )


def _demand_none_open(record) -> None:
    if open_change(record):
        raise Refused(f"«{record}» đã có đề nghị đang chờ người thứ hai; hãy chờ quyết định hoặc rút đề nghị đó.")


def _proposed(record, act, rule: Rule, *, by, on, reason: str, label: str = "", **states) -> RecordChange:
    change = RecordChange(
        act=act,
        object_type=record._meta.label,
        object_id=str(record.pk or ""),
        label=(label or str(record))[:300],
        site=rule.site_of(record),
        proposed_by=by,
        proposed_at=on or timezone.now(),
        reason=reason.strip(),
        **states,
    )
    change.digest = digest_of_change(change)
    change.save()
    log(instance=change, action="portal.record.propose", user=by, data={"digest": change.digest})
    if rule.is_pressing:
        notify(deciders(change), "record_change_waits", {"change": change})
    return change


def digest_of_change(change: RecordChange) -> str:
    """Return the digest of all that is proposed; a confirmation names it."""
    names = ("act", "object_type", "object_id", "values", "before", "proposed_by_id")
    return digest({name: getattr(change, name) for name in names})


# --- 2. Decide -------------------------------------------------------------------------------------


@transaction.atomic
def confirm(change: RecordChange, *, by, on: datetime | None = None, digest: str) -> RecordChange:
    """Apply a proposal; return it. `digest`: that of the proposal the person has seen.

    Raises Refused without the right, when they saw something else, while it is in a dossier, when the record has
    changed since or is in use and cannot be removed; ValidationError when the record is no longer right.
    """
    change = _held(change, by)
    if digest != change.digest:
        raise Refused(SEEN_OTHER)
    if item := open_items_of(change).first():
        raise Refused(
            f"Đề nghị này nằm trong hồ sơ «{item.bundle}»: cả hồ sơ được duyệt cùng lúc, hoặc bỏ nó ra trước."
        )
    return come_true(change, by=by, on=on)


def come_true(change: RecordChange, *, by, on: datetime | None = None) -> RecordChange:
    """Apply a proposal that the caller holds and that `by`, another person, agreed to; return it.

    Raises as `confirm`, but asks for no right.
    """
    if digest_of_change(change) != change.digest:
        raise Refused(SEEN_OTHER)
    rule = rule_of(change.model)
    if rule.apply is not None:
        made = rule.apply(change, by, on)
        change.object_id = str(made.pk)
        log(instance=made, action="portal.record.change", user=by, data={"change": change.pk, "act": change.act})
        return _closed(change, by, on, accepted=True)
    stored = change.record and change.model._base_manager.select_for_update().get(pk=change.object_id)
    if differs(change, stored):
        raise Refused(f"{CHANGED}; hãy không đồng ý và làm đề nghị mới.")
    if change.act == Act.REMOVE:
        try:
            stored.delete()
        except (ProtectedError, RestrictedError) as error:
            raise Refused("Bản ghi đang được dùng nên không xóa được; hãy không đồng ý.") from error
    else:
        record = _record_of(change)
        record.full_clean()
        record.save()
        change.object_id = str(record.pk)
        if rule.follow is not None:
            rule.follow(record, by, on)
        log(instance=record, action="portal.record.change", user=by, data={"change": change.pk, "act": change.act})
    closed = _closed(change, by, on, accepted=True)
    readers_see_changed(sites=PortalSite.objects.all())
    return closed


@transaction.atomic
def refuse(change: RecordChange, *, by, on: datetime | None = None, note: str) -> RecordChange:
    """Refuse a proposal with a word to its proposer; return it. Raises Refused, ValidationError without the word."""
    waiting.hold([change], Change.REMOVED)
    change = _held(change, by)
    if not note.strip():
        raise ValidationError({"note": "Hãy ghi lý do không đồng ý để người đề nghị biết cần sửa gì."})
    return _closed_alone(change, by, on, note=note)


@transaction.atomic
def withdraw(change: RecordChange, *, by, on: datetime | None = None) -> RecordChange:
    """Take an undecided proposal back; only its proposer may."""
    waiting.hold([change], Change.REMOVED)
    change = RecordChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
    if not change.is_open:
        raise Refused("Đề nghị này đã được quyết định.")
    if by.pk != change.proposed_by_id:
        raise Refused("Chỉ người đề nghị rút được đề nghị.")
    return _closed_alone(change, by, on, note="Người đề nghị rút lại.")


@transaction.atomic
def retract(change: RecordChange, *, by, on: datetime | None = None, note: str) -> RecordChange:
    """End an undecided proposal because what it rests on is taken back; return it.

    Called by the action that takes that back and has asked whether the person may.
    """
    waiting.hold([change], Change.REMOVED)
    change = RecordChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
    return _closed_alone(change, by, on, note=note) if change.is_open else change


def may_put_back(change: RecordChange) -> bool:
    """Tell whether what a record was before a change can be proposed anew: the change came true by itself."""
    return bool(change.accepted and change.act == Act.CHANGE and rule_of(change.model).apply is None and change.record)


@transaction.atomic
def put_back(change: RecordChange, *, by, on: datetime | None = None) -> RecordChange:
    """Propose that a record is again what it was before a change that came true; return the new proposal.

    The fields that the change did not touch stay as they are now. Another person confirms it like any proposal; who may
    propose is asked by the rule's `check`, and where it has none, it is the proposer of then or who confirms. Raises
    Refused for a change that cannot be put back, ValidationError where the record is so already.
    """
    if not may_put_back(change):
        raise Refused("Chỉ hoàn lại được một lần sửa đã được xác nhận của mục còn đó.")
    rule = rule_of(change.model)
    proposes = by.pk == change.proposed_by_id or any(_has(by, right, change.site) for right in rule.confirming)
    if rule.check is None and not proposes:
        raise Refused("Bạn không có quyền đề nghị hoàn lại lần sửa này.")
    values = data_of(change.record) | {
        name: change.former[name] for name in changed_fields(change.former, change.values)
    }
    return propose(built(change.model, values, change.object_id), by=by, on=on, reason=f"Hoàn lại: {change}")


def note_saved(record) -> None:
    """Let readers get at once what a change that needed no second person moved: an order, a word to search by."""
    readers_see_changed(sites=PortalSite.objects.all())


def _held(change: RecordChange, by) -> RecordChange:
    change = RecordChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
    if not change.is_open:
        raise Refused("Đề nghị này đã được quyết định.")
    if not may_decide(by, change):
        raise Refused("Người xác nhận phải là người khác và có quyền duyệt hoặc quyền giữ danh mục chung.")
    return change


def differs(change: RecordChange, stored) -> bool:
    """Tell whether a record is not what it was when its change or removal was proposed."""
    return change.act != Act.ADD and (stored is None or digest(data_of(stored)) != change.before)


def _record_of(change: RecordChange):
    """Build the record that a change proposes, not saved yet; its key is that of the stored one."""
    return built(change.model, change.values, change.object_id)


def built(model, values: dict, key: str):
    """Return a record made of data (`data_of`), not saved; `key`: that of the stored one, or ""."""
    values = dict(values)
    if issubclass(model, ClusterableModel):
        record = model.from_serializable_data(values, check_fks=True, strict_fks=True)
    else:
        pk = values.pop("pk", None)
        data = [{"model": model._meta.label_lower, "pk": pk, "fields": values}]
        record = next(iter(serializers.deserialize("python", data))).object
    record.pk = int(key) if key else None
    record._state.adding = record.pk is None
    return record


def _closed_alone(change: RecordChange, by, on, *, note: str) -> RecordChange:
    """Close a proposal that does not come true; a dossier that it is in goes back to its writers with the reason."""
    reason = f"Đề nghị «{change}» không còn chờ: {note.strip()}"
    waiting.release_on([change], Change.REMOVED, reason=reason, by=by, on=on)
    return _closed(change, by, on, accepted=False, note=note)


def _closed(change: RecordChange, by, on, *, accepted: bool, note: str = "") -> RecordChange:
    change.decided_by, change.decided_at = by, on or timezone.now()
    change.accepted, change.note = accepted, note.strip()
    change.save()
    action = "portal.record.confirm" if accepted else "portal.record.refuse"
    log(instance=change, action=action, user=by, data={"digest": change.digest, "note": change.note})
    return change
