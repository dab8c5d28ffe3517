"""1. What a decision does to units is proposed: founded, renamed, merged, split, ended; another person confirms it.

The proposal (`RecordChange`) keeps what shall be done as data: `kind`, `unit` and `others` (keys), `names` of new
units, `details` (fields of a new or renamed unit), `goes_on`, `legal_act`, `effective_on`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from base.gate import Refused
from base.models import OrganisationUnit, UnitAct, UnitSuccession
from vietnam import text
from vietnam.dates import format_short
from workflows import deadlines
from workflows.models import RecordChange
from workflows.publishing import record_changes

from ..opening.rights import problems_of_act, problems_of_day
from .rights import OF_SITES, demand_keeps_units
from .telephones import problems_of_phone

Kind = UnitAct.Kind
FOLLOWED = "has_successors"
# What may be said of a new unit beside its name.
DETAILS = ("kind", "authority_name", "short_name", "name_en", "symbol", "parent", "duties", "phone", "email", "address")


def found_unit(
    *, by, on: datetime | None = None, name: str, legal_act: str, effective_on: date, **details
) -> RecordChange:
    """Propose a new unit; return the proposal. `details` holds some of DETAILS, `kind` among them.

    Raises Refused for who does not keep units, ValidationError (field → messages) for what is missing.
    """
    demand_keeps_units(by)
    name = _one_spaced(name)
    unit = OrganisationUnit(name=name, **details)
    errors = _problems(legal_act, effective_on) | problems_of_phone("phone", unit.phone)
    errors |= _problems_of_name("name", name)
    if not unit.kind:
        errors["kind"] = ["Chưa chọn loại đơn vị; hãy chọn một loại."]
    if unit.kind in OF_SITES:
        errors["kind"] = ["Phường, xã được lập bằng hồ sơ mở trang; hãy chọn loại khác."]
    if errors:
        raise ValidationError(errors)
    data = {field: getattr(unit, field) for field in DETAILS if field in details and field != "parent"}
    data["parent"] = unit.parent_id
    return _proposed(Kind.FOUNDED, unit, by=by, on=on, names=[name], details=data, **_act(legal_act, effective_on))


def rename_unit(
    unit: OrganisationUnit,
    *,
    by,
    on: datetime | None = None,
    name: str,
    authority_name: str = "",
    short_name: str = "",
    name_en: str = "",
    legal_act: str,
    effective_on: date,
) -> RecordChange:
    """Propose another name for a unit; return the proposal. What it was called stays in its history.

    A name that is left empty follows from the new one. Raises as `found_unit`, and Refused for a ward's unit.
    """
    demand_keeps_units(by)
    _demand_no_site(unit)
    name = _one_spaced(name)
    errors = _problems(legal_act, effective_on, [unit]) | _problems_of_name("name", name, without=unit)
    if name == unit.name and authority_name.strip() in ("", unit.authority_name):
        errors["name"] = ["Tên mới giống tên hiện nay; hãy ghi tên mới."]
    if errors:
        raise ValidationError(errors)
    details = {"authority_name": authority_name.strip(), "short_name": short_name.strip(), "name_en": name_en.strip()}
    return _proposed(Kind.RENAMED, unit, by=by, on=on, names=[name], details=details, **_act(legal_act, effective_on))


def merge_units(
    *,
    by,
    on: datetime | None = None,
    units: Iterable[OrganisationUnit],
    into: OrganisationUnit | None = None,
    new_name: str = "",
    legal_act: str,
    effective_on: date,
) -> RecordChange:
    """Propose that a unit takes others in (sáp nhập), or that a new one follows them all (hợp nhất); return it.

    Either `into`, an existing unit, or `new_name`. Raises as `found_unit`.
    """
    demand_keeps_units(by)
    units, new_name = list(units), _one_spaced(new_name)
    for unit in units:
        _demand_no_site(unit)
    errors = _problems(legal_act, effective_on, units, end=True)
    if into is not None:
        errors |= _problems(legal_act, effective_on, [into])
    if bool(into) == bool(new_name):
        errors["into"] = ["Hãy chọn một đơn vị nhận, hoặc ghi tên đơn vị mới; chỉ một trong hai."]
    if into in units:
        errors["into"] = ["Đơn vị nhận không được nằm trong các đơn vị được sáp nhập."]
    elif into is not None and not into.is_valid(deadlines.today()):
        errors["into"] = [f"{into} đã chấm dứt hoạt động; hãy chọn đơn vị khác."]
    if len(units) < (1 if into else 2):
        errors["units"] = ["Hãy chọn các đơn vị được sáp nhập; hợp nhất thành đơn vị mới cần ít nhất hai đơn vị."]
    if new_name:
        errors |= _problems_of_name("new_name", new_name)
    errors |= _problems_of_ended("units", units)
    if errors:
        raise ValidationError(errors)
    new = OrganisationUnit(name=new_name, kind=units[0].kind)
    return _proposed(
        Kind.MERGED,
        into or new,
        by=by,
        on=on,
        others=units,
        names=[new.name] if into is None else [],
        **_act(legal_act, effective_on),
    )


def split_unit(
    unit: OrganisationUnit,
    *,
    by,
    on: datetime | None = None,
    names: list[str],
    goes_on: bool,
    legal_act: str,
    effective_on: date,
) -> RecordChange:
    """Propose to make new units out of one, which goes on (tách) or ends (chia); return the proposal.

    `names`: those of the new units; the first follows the unit where it ends. Raises as `found_unit`.
    """
    demand_keeps_units(by)
    _demand_no_site(unit)
    names = [_one_spaced(name) for name in names if name.strip()]
    errors = _problems(legal_act, effective_on, [unit], end=not goes_on) | _problems_of_ended("names", [unit])
    if len(names) < (1 if goes_on else 2):
        errors["names"] = ["Hãy ghi tên các đơn vị mới, mỗi dòng một tên; khi đơn vị cũ chấm dứt cần ít nhất hai."]
    elif len({_compared(name) for name in names}) < len(names):
        errors["names"] = ["Tên các đơn vị mới trùng nhau; hãy sửa lại."]
    for name in names:
        errors |= _problems_of_name("names", name, without=None if goes_on else unit)
    if errors:
        raise ValidationError(errors)
    return _proposed(Kind.SPLIT, unit, by=by, on=on, names=names, goes_on=goes_on, **_act(legal_act, effective_on))


def end_unit(
    unit: OrganisationUnit,
    *,
    by,
    on: datetime | None = None,
    successor: OrganisationUnit | None = None,
    legal_act: str,
    effective_on: date,
) -> RecordChange:
    """Propose that a unit ends; return the proposal. Raises as `found_unit`.

    Its open questions go to `successor`, without one to the city.
    """
    demand_keeps_units(by)
    _demand_no_site(unit)
    errors = _problems(legal_act, effective_on, [unit], end=True) | _problems_of_ended("effective_on", [unit])
    if successor == unit:
        errors["successor"] = ["Đơn vị tiếp nhận phải là đơn vị khác."]
    if errors:
        raise ValidationError(errors)
    others = [successor] if successor else []
    return _proposed(Kind.ENDED, unit, by=by, on=on, others=others, **_act(legal_act, effective_on))


def open_acts() -> list[RecordChange]:
    """Return the proposals about units that wait for a second person."""
    return list(RecordChange.objects.filter(object_type=UnitAct._meta.label, decided_at=None))


@dataclass(frozen=True)
class History:
    """What decisions did to a unit, the last first: those about it, those about others that touched it, who follows."""

    acts: list[UnitAct]
    acts_of_others: list[UnitAct]
    successions: list[UnitSuccession]


def with_successors(units: QuerySet) -> QuerySet:
    """Add to units whether others follow them."""
    return units.annotate(**{FOLLOWED: Exists(UnitSuccession.objects.filter(predecessor=OuterRef("pk")))})


def history_of(unit: OrganisationUnit) -> History:
    """Return what became of a unit; a query, and one more each where there are acts, and where others follow it.

    `unit`: with `has_successors`, where the caller knows (`with_successors`).
    """
    found = UnitAct.objects.filter(Q(unit=unit) | Q(others=unit)).distinct().select_related("unit")
    rows = list(found.prefetch_related("others"))
    return History(
        acts=[act for act in rows if act.unit_id == unit.pk],
        acts_of_others=[act for act in rows if act.unit_id != unit.pk],
        successions=list(unit.successions.select_related("successor")) if getattr(unit, FOLLOWED, True) else [],
    )


def as_they_are(keys: Iterable[int]) -> dict:
    """Return what is so of units now, as JSON holds it: a proposal holds while it is the same."""
    rows = OrganisationUnit.objects.filter(pk__in=list(keys)).order_by("pk")
    return {
        str(unit.pk): [unit.name, unit.authority_name, unit.valid_to.isoformat() if unit.valid_to else ""]
        for unit in rows
    }


def keys_of(values: dict) -> list[int]:
    """Return the keys of all units that a proposal is about."""
    return [key for key in (values["unit"], *values["others"]) if key]


def ended_by(values: dict) -> list[int]:
    """Return the keys of the units that end by a proposal."""
    kind = UnitAct.Kind(values["kind"])
    if kind == UnitAct.Kind.MERGED:
        return values["others"]
    ends = kind == UnitAct.Kind.ENDED or kind == UnitAct.Kind.SPLIT and not values["goes_on"]
    return [values["unit"]] if ends else []


def below_ended(values: dict) -> list[list]:
    """Return [key, name] of each unit directly below those that end by a proposal, and that does not end with them."""
    ended = ended_by(values)
    below = OrganisationUnit.objects.filter(parent__in=ended).exclude(pk__in=ended)
    below = below.exclude(valid_to__lt=values["effective_on"]).order_by("pk")
    return [list(row) for row in below.values_list("pk", "name")]


# --- What is wrong ---------------------------------------------------------------------------------


def _act(legal_act: str, effective_on: date) -> dict:
    return {"legal_act": " ".join(legal_act.split()), "effective_on": effective_on.isoformat()}


def _problems(
    legal_act: str, effective_on: date | None, units: Iterable[OrganisationUnit] = (), *, end: bool = False
) -> dict[str, list[str]]:
    errors = problems_of_act(legal_act, wanted="số, ký hiệu, ngày của quyết định")
    if not effective_on:
        return errors | {"effective_on": ["Chưa có ngày hiệu lực; hãy nhập ngày theo dạng ngày/tháng/năm."]}
    return errors | problems_of_day(effective_on, units, end=end)


def _problems_of_name(field: str, name: str, *, without: OrganisationUnit | None = None) -> dict[str, list[str]]:
    if not name:
        return {field: ["Chưa có tên đơn vị; hãy ghi tên đầy đủ, ví dụ «Phòng Nội vụ»."]}
    most = OrganisationUnit._meta.get_field("name").max_length
    if len(name) > most:
        return {field: [f"Tên «{name[:40]}…» dài {len(name)} ký tự; tên đơn vị dài nhất {most} ký tự."]}
    others = OrganisationUnit.objects.valid(deadlines.today()).exclude(pk=without.pk if without else None)
    same = next((other for other in others.values_list("name", flat=True) if _compared(other) == _compared(name)), None)
    return {field: [f"Đã có đơn vị mang tên «{same}»; hãy kiểm tra lại tên."]} if same else {}


def _one_spaced(name: str) -> str:
    return " ".join(name.split())


def _compared(name: str) -> str:
    """Return a name without what two spellings of it may differ in: spaces, case, where the tone stands."""
    return text.unify_tone_placement(text.normalise_letters(_one_spaced(name)).casefold())


def _problems_of_ended(field: str, units: list[OrganisationUnit]) -> dict[str, list[str]]:
    ended = [unit for unit in units if unit.valid_to]
    return {field: [f"{unit} đã chấm dứt từ ngày {format_short(unit.valid_to)}." for unit in ended]} if ended else {}


def _demand_no_site(unit: OrganisationUnit) -> None:
    if unit.kind in OF_SITES:
        raise Refused(f"{unit} có trang riêng; hãy lập hồ sơ ở «Trang thành phần».")


@transaction.atomic
def _proposed(
    kind: str, unit: OrganisationUnit, *, by, on, others=(), names=(), details=None, goes_on=False, **act
) -> RecordChange:
    others = list(others)
    values = {
        "kind": str(kind),
        "unit": unit.pk,
        "others": [other.pk for other in others],
        "names": list(names),
        "details": details or {},
        "goes_on": goes_on,
        **act,
    }
    values["below"] = below_ended(values)
    touched = set(keys_of(values))
    for change in open_acts():
        if touched & set(keys_of(change.values)):
            raise Refused(f"«{change.label}» đang chờ người thứ hai; hãy chờ quyết định hoặc rút đề nghị đó.")
    return record_changes.propose_action(
        UnitAct(kind=kind, unit=unit), values=values, former=as_they_are(touched), by=by, on=on
    )
