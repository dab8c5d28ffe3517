"""2. A second person has confirmed what a decision does to units: it is done, in the same transaction.

What a unit that ends had still to do goes to the unit that follows it: open questions with their deadlines, topics of
questions. The units below it go there as well, or to the unit above it where none follows. Its posts end on its last
day, the bodies that issue documents for it and the appointments of its people as well.
"""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from accounts import appointments
from base.chain.canonical_json import digest
from base.gate import Refused
from base.models import OrganisationUnit, PortalSite, PostHolder, UnitAct, UnitSuccession
from base.public.index import readers_see_changed
from base.sites import city_site
from faq.handling import succession
from legalref.seeding import end_issuers_of, follow_issuers
from vietnam import text
from vietnam.dates import format_short
from workflows.models import RecordChange
from workflows.publishing import record_rules, waiting
from workflows.publishing.waiting import Change

from . import usage
from .acts import as_they_are, below_ended, keys_of

Kind = UnitAct.Kind
STAYS_APART = (
    "Sáp nhập, chia tách, chấm dứt đơn vị được xác nhận riêng: người, việc và các đơn vị trực thuộc đi theo ngay. "
    "Người thứ hai xác nhận đề nghị này trước; các bài liên quan đăng sau bằng hồ sơ."
)
CHANGED = "Đơn vị đã thay đổi từ lúc đề nghị; hãy không đồng ý và làm đề nghị mới."
# Their names do not end with that of the city.
BY_THEMSELVES = (OrganisationUnit.Kind.SCHOOL, OrganisationUnit.Kind.EXTERNAL)


def register() -> None:
    """Say how proposals about units come true; called once, from `HomeConfig.ready`."""
    record_rules.register(
        UnitAct,
        apply=_apply,
        words=_as_text,
        joins_dossiers=True,
        joining_kinds=frozenset({Kind.FOUNDED.value, Kind.RENAMED.value}),
        stays_apart=STAYS_APART,
        obstacle=_obstacle,
        begins_at=_begins_at,
    )


def _apply(change: RecordChange, by, on: datetime | None) -> UnitAct:
    values, moment = change.values, on or timezone.now()
    keys = keys_of(values)
    # Held in one order, so that two confirmations do not wait for each other.
    held = {unit.pk: unit for unit in OrganisationUnit.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
    if obstacle := _obstacle(change):
        raise Refused(obstacle)
    effective_on = date.fromisoformat(values["effective_on"])
    if values["kind"] != Kind.FOUNDED and effective_on > timezone.localdate(moment):
        raise Refused(f"Có hiệu lực từ ngày {format_short(effective_on)}; hãy xác nhận vào ngày đó hoặc sau đó.")
    act = UnitAct(kind=values["kind"], effective_on=effective_on, legal_act=values["legal_act"][:200])
    others = [held[key] for key in values["others"]]
    related = _DO[Kind(values["kind"])](act, held.get(values["unit"]), others, values, by, moment)
    act.save()
    act.others.set(related)
    readers_see_changed(usage.pages_showing(act.unit), sites=PortalSite.objects.all())
    return act


def _obstacle(change: RecordChange) -> str:
    """Why it cannot come true any more, before it is tried (`record_rules.Rule.obstacle`)."""
    values = change.values
    is_other = digest(as_they_are(keys_of(values))) != change.before
    # A proposal of before units below were named says nothing of them.
    return CHANGED if is_other or values.get("below") not in (None, below_ended(values)) else ""


def _begins_at(change: RecordChange) -> datetime | None:
    """A new unit may be there before its first day; nothing else is done to one before the decision holds."""
    if change.values["kind"] == Kind.FOUNDED:
        return None
    return timezone.make_aware(datetime.combine(date.fromisoformat(change.values["effective_on"]), time.min))


def _found(act: UnitAct, _unit, _others, values: dict, _by, _moment) -> list[OrganisationUnit]:
    details = dict(values["details"])
    parent = OrganisationUnit.objects.filter(pk=details.pop("parent", None)).first()
    act.unit = _made(values["names"][0], act.effective_on, parent=parent, **details)
    return []


def _rename(act: UnitAct, unit: OrganisationUnit, _others, values: dict, _by, _moment) -> list[OrganisationUnit]:
    act.unit, act.former_name = unit, unit.name
    details = values["details"]
    unit.name = values["names"][0]
    unit.authority_name = details["authority_name"] or authority_name(unit)
    unit.short_name, unit.name_en = details["short_name"], details["name_en"] or unit.name_en
    unit.full_clean()
    unit.save()
    follow_issuers(unit, act.effective_on)
    return []


def _merge(act: UnitAct, unit: OrganisationUnit | None, others, values: dict, by, moment) -> list[OrganisationUnit]:
    if unit is None:
        first = others[0]
        unit = _made(values["names"][0], act.effective_on, kind=first.kind, symbol=first.symbol, parent=first.parent)
    act.unit = unit
    for other in others:
        _end(other, unit, act, by, moment)
    return others


def _split(act: UnitAct, unit: OrganisationUnit, _others, values: dict, by, moment) -> list[OrganisationUnit]:
    act.unit = unit
    made = [_made(name, act.effective_on, kind=unit.kind, parent=unit.parent) for name in values["names"]]
    for new in made[0 if values["goes_on"] else 1 :]:
        _follow(unit, new, act)
    if not values["goes_on"]:
        _end(unit, made[0], act, by, moment)
    return made


def _close(act: UnitAct, unit: OrganisationUnit, others, _values: dict, by, moment) -> list[OrganisationUnit]:
    act.unit = unit
    _end(unit, others[0] if others else None, act, by, moment)
    return others


_DO = {Kind.FOUNDED: _found, Kind.RENAMED: _rename, Kind.MERGED: _merge, Kind.SPLIT: _split, Kind.ENDED: _close}


def _made(name: str, first_day: date, *, kind: str, parent: OrganisationUnit | None, **details) -> OrganisationUnit:
    unit = OrganisationUnit(
        name=name,
        kind=kind,
        slug=free_slug(name),
        parent=parent or city_site().unit,
        valid_from=first_day,
        sort_order=1 + OrganisationUnit.objects.filter(kind=kind).count(),
        **details,
    )
    unit.authority_name = unit.authority_name or authority_name(unit)
    unit.full_clean()
    unit.save()
    return unit


def _end(unit: OrganisationUnit, to: OrganisationUnit | None, act: UnitAct, by, moment: datetime) -> None:
    unit.valid_to = act.effective_on - timedelta(days=1)
    unit.save(update_fields=["valid_to"])
    if to is not None:
        _follow(unit, to, act)
    _hand_over_below(unit, to, act.effective_on)
    reason = f"{unit} chấm dứt theo {act.legal_act}."
    waiting.release_on([unit], Change.ENDED, reason=reason, by=by, on=moment)
    PostHolder.objects.filter(unit=unit, valid_to=None).update(valid_to=unit.valid_to)
    end_issuers_of(unit, unit.valid_to)
    appointments.end_unit(unit, by=by, on=moment, legal_act=act.legal_act, last_day=unit.valid_to)
    succession.hand_over_unit(unit, to or city_site().unit, legal_act=act.legal_act, by=by, on=moment)


def _hand_over_below(unit: OrganisationUnit, to: OrganisationUnit | None, first_day: date) -> None:
    """Put the units below one that ends below the one that follows it, or above it where that would be below itself."""
    above = set()
    step = to
    while step is not None:
        above.add(step.pk)
        step = step.parent
    for child in OrganisationUnit.objects.filter(parent=unit).exclude(valid_to__lt=first_day).order_by("pk"):
        child.parent = to if to is not None and child.pk not in above else unit.parent
        child.save(update_fields=["parent"])


def _follow(unit: OrganisationUnit, to: OrganisationUnit, act: UnitAct) -> None:
    UnitSuccession.objects.get_or_create(
        predecessor=unit,
        successor=to,
        defaults={"effective_on": act.effective_on, "legal_act": act.legal_act},
    )


def free_slug(name: str) -> str:
    """Return what stands for a unit of this name in addresses, and for no other unit."""
    wanted = text.slug(name, 70) or "don-vi"
    taken = OrganisationUnit.objects.filter(slug__startswith=wanted)
    return text.free_slug(wanted, taken.values_list("slug", flat=True))


def authority_name(unit: OrganisationUnit) -> str:
    """Return the full name of a unit of the city. Example: "Phòng Nội vụ thành phố Long Xuyên"."""
    city = city_site().unit.name
    return unit.name if unit.kind in BY_THEMSELVES else f"{unit.name} {city[:1].lower()}{city[1:]}"[:200]


# --- As text ---------------------------------------------------------------------------------------


def _as_text(change: RecordChange) -> list[tuple[str, str, str]]:
    """What a proposal does, as (what, what it is, what it shall be)."""
    values = change.values
    names = {pk: name for pk, (name, _authority, _ended) in change.former.items()}
    unit = names.get(str(values["unit"]), "")
    others = "; ".join(names.get(str(key), "") for key in values["others"])
    new = "; ".join(values["names"])
    rows = {
        Kind.FOUNDED: [("Lập đơn vị", "(chưa có)", new)],
        Kind.RENAMED: [("Tên đơn vị", unit, new)],
        Kind.MERGED: [("Sáp nhập, hợp nhất", others, unit or f"{new} (đơn vị mới)")],
        Kind.SPLIT: [
            ("Chia, tách", unit, new),
            ("Đơn vị cũ", unit, "tiếp tục hoạt động" if values["goes_on"] else "chấm dứt hoạt động"),
        ],
        Kind.ENDED: [("Chấm dứt hoạt động", unit, f"việc đang làm chuyển sang {others or 'thành phố'}")],
    }[Kind(values["kind"])]
    if values.get("below"):
        below = "; ".join(name for _key, name in values["below"])
        rows.append(("Đơn vị trực thuộc", below, f"chuyển về {_follower(values, unit, others)}"))
    rows += [(_label(name), "", _value(name, value)) for name, value in values["details"].items() if value]
    if values["kind"] == Kind.FOUNDED and not values["details"].get("parent"):
        rows.append((_label("parent"), "", str(city_site().unit)))
    effective_on = format_short(date.fromisoformat(values["effective_on"]))
    return [*rows, ("Từ ngày", "", effective_on), ("Theo văn bản", "", values["legal_act"])]


def _follower(values: dict, unit: str, others: str) -> str:
    """The name of the unit that the units below one that ends are put under."""
    if values["kind"] == Kind.ENDED:
        return others or str(OrganisationUnit.objects.get(pk=values["unit"]).parent or "")
    return unit if values["kind"] == Kind.MERGED and unit else values["names"][0]


def _label(name: str) -> str:
    label = str(OrganisationUnit._meta.get_field(name).verbose_name)
    return label[:1].upper() + label[1:]


def _value(name: str, value) -> str:
    if name == "parent":
        return str(OrganisationUnit.objects.filter(pk=value).first() or "")
    return str(dict(OrganisationUnit._meta.get_field(name).flatchoices or ()).get(value, value))
