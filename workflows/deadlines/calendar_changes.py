"""The working calendar and the deadline rules change by two persons: readers see days of return and of answers.

1. `propose_days`, `propose_rule`: who keeps them says what shall be (`record_changes.py`); until then what is counts.
2. A second person confirms; then `deadlines.change_days` or `rules.change` does it, if the days or the rule
   are still as they were. What no reader sees of a rule (who is reminded, and when) one person changes at once.
3. `change_at_once`: the head alone, with a reason, for a day off that is declared the same day; the act stays open
   until a second person has looked (`approval.second_look`).
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from wagtail.log_actions import log

from accounts.roles import EMERGENCY
from base.chain.canonical_json import digest
from base.gate import Refused
from base.sites import city_site
from vietnam.dates import format_short

from .. import deadlines
from ..models import CalendarDay, CalendarVersion, DeadlineRule, EmergencyAct, RecordChange
from ..publishing import record_changes, record_rules
from ..publishing.approval import acts_for_board, ask_second
from . import rules

ORDINARY = "ngày bình thường"
CHANGED_SINCE = "Lịch đã có người sửa sau khi bạn xem trước; hãy xem trước lại rồi xác nhận."


# --- 1. Propose ------------------------------------------------------------------------------------


@transaction.atomic
def propose_days(
    days: Iterable[CalendarDay],
    removed: Iterable[date] = (),
    *,
    by,
    version: int | None = None,
    on: datetime | None = None,
) -> RecordChange:
    """Propose to add or replace days of the calendar, and to make others ordinary ones; return the proposal.

    `days`: unsaved rows. `version`: the calendar on which the change was prepared. Raises Refused without the right,
    when the calendar has changed since, when nothing would change, or while a proposal about one of the days is open;
    ValidationError (field → messages) for a day that makes no sense.
    """
    deadlines.demand_calendar_right(by)
    _demand_version(version)
    wanted, removals = _differing(days, removed)
    touched = {day.date for day in wanted} | set(removals)
    for change in _open_changes():
        if found := sorted(touched & _days_of(change)):
            raise Refused(
                f"Ngày {format_short(found[0])} đã có đề nghị đang chờ người thứ hai; hãy chờ quyết định hoặc rút đề "
                "nghị đó."
            )
    values = {"days": [_as_data(day) for day in wanted], "removed": [day.isoformat() for day in removals]}
    changes = [f"{format_short(day.date)}: {day.get_kind_display()}, {day.name}" for day in wanted]
    changes += [f"{format_short(day)}: bỏ khỏi lịch" for day in removals]
    record = CalendarVersion(
        change=changes[0] if len(changes) == 1 else f"{len(changes)} ngày: {'; '.join(changes)}"[:300]
    )
    return record_changes.propose_action(record, values=values, former=_as_they_are(touched), by=by, on=on)


@transaction.atomic
def propose_rule(
    code: str, *, valid_from: date, by, on: datetime | None = None, **fields
) -> RecordChange | DeadlineRule:
    """Propose that a rule says something else from a day on; return the proposal.

    Where no reader sees what differs, it holds at once, and the new row is returned. Raises what
    `rules.prepare` raises, and Refused while a proposal about this rule is open.
    """
    found = rules.prepare(code, valid_from=valid_from, by=by, on=on, **fields)
    if not found.needs_second:
        return rules.change(code, valid_from=valid_from, by=by, on=on, **fields)
    waiting = RecordChange.objects.filter(object_type=DeadlineRule._meta.label, decided_at=None)
    if any(change.values["code"] == code for change in waiting):
        raise Refused(f"Quy tắc {code} đã có đề nghị đang chờ người thứ hai; hãy chờ quyết định hoặc rút đề nghị đó.")
    values = {"code": code, "valid_from": valid_from.isoformat()}
    values |= {name: getattr(found.new, name) for name in rules.CHANGED}
    return record_changes.propose_action(found.new, values=values, former=_rows_of(code), by=by, on=on)


# --- 2. Come true ----------------------------------------------------------------------------------


def _apply_days(change: RecordChange, by, on: datetime | None) -> CalendarVersion:
    days = [_from_data(row) for row in change.values["days"]]
    removed = [date.fromisoformat(day) for day in change.values["removed"]]
    deadlines.hold_calendar()
    if digest(_as_they_are({day.date for day in days} | set(removed))) != change.before:
        raise Refused("Lịch đã có người sửa từ lúc đề nghị; hãy không đồng ý và làm đề nghị mới.")
    deadlines.change_days(days, removed, by=change.proposed_by, agreed_by=by, on=on)
    return CalendarVersion.objects.latest("pk")


def _apply_rule(change: RecordChange, by, on: datetime | None) -> DeadlineRule:
    code, fields = change.values["code"], _fields_of(change.values)
    if digest(_rows_of(code)) != change.before:
        raise Refused("Quy tắc đã thay đổi từ lúc đề nghị; hãy không đồng ý và làm đề nghị mới.")
    valid_from = date.fromisoformat(change.values["valid_from"])
    return rules.change(code, valid_from=valid_from, by=change.proposed_by, agreed_by=by, on=on, **fields)


def register() -> None:
    """Say how proposals of both kinds come true; called once, from `WorkflowsConfig.ready`."""
    record_rules.register(CalendarVersion, apply=_apply_days, words=_days_as_text)
    record_rules.register(DeadlineRule, hidden=rules.HIDDEN, apply=_apply_rule, words=_rule_as_text)


# --- 3. At once ------------------------------------------------------------------------------------


def may_change_at_once(user) -> bool:
    """Tell whether a user may change a day alone: the head of the board."""
    return acts_for_board(user, EMERGENCY, city_site())


@transaction.atomic
def change_at_once(
    days: Iterable[CalendarDay],
    removed: Iterable[date] = (),
    *,
    by,
    reason: str,
    version: int | None = None,
    on: datetime | None = None,
) -> EmergencyAct:
    """Change the calendar at once by the head alone; return the act, open until a second person has looked.

    Raises Refused for any other user, when the calendar has changed since `version`, or when nothing would change;
    ValidationError without a reason, and for a day that makes no sense.
    """
    if not may_change_at_once(by):
        raise Refused("Chỉ Trưởng ban Biên tập được sửa lịch làm việc khẩn cấp.")
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do sửa lịch ngay, không chờ người thứ hai."})
    _demand_version(version)
    act = EmergencyAct.objects.create(
        kind=EmergencyAct.Kind.CALENDAR,
        site=city_site(),
        object_type=CalendarVersion._meta.label,
        object_id="",
        object_label="",
        reason=reason.strip(),
        acted_by=by,
        acted_at=on or timezone.now(),
    )
    deadlines.change_days(days, removed, by=by, act=act, on=on)
    made = CalendarVersion.objects.latest("pk")
    act.object_id, act.object_label = str(made.pk), str(made)[:300]
    act.save(update_fields=["object_id", "object_label"])
    log(instance=made, action="portal.emergency", user=by, data={"reason": act.reason})
    ask_second(act)
    return act


# --- As text and as data ---------------------------------------------------------------------------


def _demand_version(version: int | None) -> None:
    newest = deadlines.hold_calendar()
    if version is not None and version != newest:
        raise Refused(CHANGED_SINCE)


def _differing(days: Iterable[CalendarDay], removed: Iterable[date]) -> tuple[list[CalendarDay], list[date]]:
    """The days that are not yet so, each looked into, and the removals of days that are there."""
    known = {row.date: row for row in CalendarDay.objects.all()}
    wanted = []
    for day in days:
        if day.date in known and deadlines.facts_of(known[day.date]) == deadlines.facts_of(day):
            continue
        day.full_clean(validate_unique=False)
        wanted.append(day)
    removals = sorted(set(removed) & known.keys())
    if not wanted and not removals:
        raise Refused("Không có gì thay đổi so với lịch hiện nay.")
    return wanted, removals


def _open_changes():
    return RecordChange.objects.filter(object_type=CalendarVersion._meta.label, decided_at=None)


def _days_of(change: RecordChange) -> set[date]:
    values = change.values
    return {date.fromisoformat(day) for day in [*values["removed"], *(row["date"] for row in values["days"])]}


def _as_data(day: CalendarDay) -> dict:
    kind, name, source, confirmed = deadlines.facts_of(day)
    return {"date": day.date.isoformat(), "kind": kind, "name": name, "legal_source": source, "confirmed": confirmed}


def _from_data(row: dict) -> CalendarDay:
    return CalendarDay(**{**row, "date": date.fromisoformat(row["date"])})


def _as_they_are(days: set[date]) -> dict:
    return {"days": [_as_data(row) for row in CalendarDay.objects.filter(date__in=days).order_by("date")]}


def _rows_of(code: str) -> dict:
    """Every row of a rule as it stands: the first day, the last, what it says."""
    names = ["valid_from", "valid_to", *rules.CHANGED]
    rows = rules.rows_of(code).values(*names)
    return {
        "rows": [
            {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
            for row in rows
        ]
    }


def _fields_of(values: dict) -> dict:
    return {name: values[name] for name in rules.CHANGED}


def _days_as_text(change: RecordChange) -> list[tuple[str, str, str]]:
    """Each day as (day, what it is, what it shall be); of an open one also how many running deadlines it moves."""
    former = {row["date"]: _described(row) for row in change.former["days"]}
    shall = {row["date"]: _described(row) for row in change.values["days"]} | dict.fromkeys(
        change.values["removed"], ORDINARY
    )
    rows = [(format_short(date.fromisoformat(day)), former.get(day, ORDINARY), shall[day]) for day in sorted(shall)]
    if change.is_open:
        days = [_from_data(row) for row in change.values["days"]]
        moved = deadlines.affected_by(days, [date.fromisoformat(day) for day in change.values["removed"]])
        rows.append(("Số thời hạn đang mở sẽ đổi hạn cuối", "", str(len(moved))))
    return rows


def _described(row: dict) -> str:
    parts = [str(CalendarDay.Kind(row["kind"]).label), row["name"], row["legal_source"]]
    return ", ".join([part for part in parts if part] + ([] if row["confirmed"] else ["dự kiến"]))


def _rule_as_text(change: RecordChange) -> list[tuple[str, str, str]]:
    """What differs from the row in force on the day before the new one, as text, with its first day."""
    first = change.values["valid_from"]
    base = next((row for row in change.former["rows"] if not row["valid_from"] or row["valid_from"] < first), {})
    rows = [("Quy tắc", change.values["code"], change.values["code"])]
    rows.append(("Áp dụng từ ngày", "", format_short(date.fromisoformat(first))))
    for name in rules.CHANGED:
        if base.get(name) != change.values[name]:
            found = DeadlineRule._meta.get_field(name)
            words = [dict(found.flatchoices or ()).get(value, value) for value in (base.get(name), change.values[name])]
            label = str(found.verbose_name)
            rows.append(
                (label[:1].upper() + label[1:], *("(trống)" if word in (None, "") else _plain(word) for word in words))
            )
    later = [row["valid_from"] for row in change.former["rows"] if row["valid_from"] and row["valid_from"] >= first]
    for day in sorted(later):
        rows.append(("Quy tắc đã chuẩn bị cho ngày sau", format_short(date.fromisoformat(day)), "bỏ"))
    return rows


def _plain(value) -> str:
    if isinstance(value, bool):
        return "Có" if value else "Không"
    return str(value)
