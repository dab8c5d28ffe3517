"""The derived state of one dossier: what follows from its ordered events. Pure: no row is read or written here.

1. `derived_state_of` sorts the events by (at, sequence, key) and takes them one after another. One that is no allowed
step at
   its place is set aside with a reason and changes nothing; as soon as what was missing before it has arrived, the next
   reading takes it.
2. The deadline starts when the dossier is received: the day promised by the one-stop system, else the procedure's
   limit. It is paused in states 5 and 6. Payment done (6 → 4) moves the last day by the working days of the pause;
   completed papers (5 → 4) start the limit again (NĐ 61/2018/NĐ-CP).
3. A letter of apology names the one day to which a late dossier may be put off; the last day itself stays.

Every figure and every word about a dossier rests on the `DerivedState`, so the order in which updates arrive, and how
often, makes no difference.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from vietnam.dates import format_short
from workflows import deadlines

from ..models import Channel, DossierStatus
from .states import ENDED, RUNNING, STANDING_STILL, may_follow

Status = DossierStatus
ONE_LETTER = "chỉ được hẹn lại một lần"
# The limit of a procedure: (its code, channel, moment of receipt) → the last day, None when there is no limit.
Limit = Callable[[str, str, datetime], date | None]


@dataclass
class DerivedState:
    """What a dossier is after its events; `set_aside` holds by key why an event does not count."""

    status: int | None = None
    status_since: datetime | None = None
    changed_at: datetime | None = None
    registered_at: datetime | None = None
    received_at: datetime | None = None
    counted_from: datetime | None = None
    procedure_code: str = ""
    channel: str = Channel.IN_PERSON
    promised_on: date | None = None
    due_on: date | None = None
    stopped_at: datetime | None = None
    finished_at: datetime | None = None
    ended_at: datetime | None = None
    returned_at: datetime | None = None
    reappointed_on: date | None = None
    apologised_at: datetime | None = None
    set_aside: dict[str, str] = field(default_factory=dict)


def derived_state_of(events: Iterable, limit: Limit, until: datetime | None = None) -> DerivedState:
    """Return what follows from the events of one dossier, whatever their order; `until`: only those up to a moment.

    Events have the fields of `DossierEvent`. Days are counted by the calendar that `workflows.deadlines` holds.
    """
    derived = DerivedState()
    for event in sorted(events, key=lambda event: (event.at, event.sequence, event.key)):
        if until is not None and event.at > until:
            break
        reason = _apologise(derived, event) if event.status is None else _step(derived, event, limit)
        if reason:
            derived.set_aside[event.key] = reason
        else:
            derived.changed_at = event.at
    return derived


def _step(derived: DerivedState, event, limit: Limit) -> str:
    """Let an event change the state; return why it does not, "" when it does."""
    before, after = derived.status, Status(event.status)
    if not may_follow(before, after):
        return _refusal(before, after)
    derived.procedure_code = event.procedure_code or derived.procedure_code
    derived.channel = event.channel or derived.channel
    if before in STANDING_STILL:
        _run_on(derived, before, after, event, limit)
    if before == Status.RECEIVED or after == Status.RECEIVED:
        _begin(derived, after, event, limit)
    if after in STANDING_STILL:
        derived.stopped_at = event.at
    if after == Status.REGISTERED:
        derived.registered_at = event.at
    if after in ENDED and derived.ended_at is None:
        derived.ended_at = event.at
    if after == Status.FINISHED:
        derived.finished_at = event.at
    if after == Status.RETURNED:
        derived.returned_at = event.at
    derived.status, derived.status_since = after, event.at
    return ""


def _refusal(before: int | None, after: Status) -> str:
    if before is None:
        return f"Chưa có lần đăng ký, tiếp nhận nào trước «{after.label}»."
    if before == after:
        return f"Hồ sơ đã ở trạng thái «{after.label}» từ trước."
    return f"Từ «{Status(before).label}» không chuyển thẳng sang «{after.label}» được."


def _begin(derived: DerivedState, after: Status, event, limit: Limit) -> None:
    """Start the deadline at the receipt; a day promised with the next step counts while none is known."""
    if after == Status.RECEIVED:
        derived.received_at = derived.counted_from = event.at
    if derived.promised_on is None and event.promised_on:
        derived.promised_on = event.promised_on
    derived.due_on = derived.promised_on or limit(derived.procedure_code, derived.channel, derived.counted_from)


def _run_on(derived: DerivedState, before: int, after: Status, event, limit: Limit) -> None:
    """End the standing still: papers that are complete start the limit again, everything else moves the last day."""
    stopped_at, derived.stopped_at = derived.stopped_at, None
    if before == Status.PAPERS_WANTED and after == Status.IN_PROGRESS:
        derived.due_on = event.promised_on or _limit_again(derived, event.at, limit)
        derived.promised_on = event.promised_on or (derived.due_on if derived.promised_on else None)
        derived.counted_from = event.at
    elif derived.due_on is not None:
        derived.due_on = deadlines.workdays_after(derived.due_on, _workdays(stopped_at, event.at))


def _limit_again(derived: DerivedState, at: datetime, limit: Limit) -> date | None:
    """The last day of a limit that starts again: as many working days as were promised, else by the procedure."""
    if derived.promised_on is None:
        return limit(derived.procedure_code, derived.channel, at)
    return deadlines.workdays_after(at, _workdays(derived.counted_from, derived.promised_on))


def _workdays(first: date | datetime, last: date | datetime) -> int:
    span = (deadlines.local_date(first), deadlines.local_date(last))
    return deadlines.workdays_between([span])[0] or 0


def _apologise(derived: DerivedState, event) -> str:
    """Let a letter of apology name the new day; return why it does not count."""
    if derived.status not in RUNNING | STANDING_STILL:
        return "Thư xin lỗi, hẹn lại chỉ tính khi hồ sơ đã tiếp nhận và chưa xử lý xong."
    if derived.reappointed_on is not None:
        return f"Đã hẹn lại ngày {format_short(derived.reappointed_on)}; {ONE_LETTER} (NĐ 61/2018/NĐ-CP)."
    if derived.due_on is not None and event.reappointed_on <= derived.due_on:
        return f"Ngày hẹn lại phải sau hạn trả {format_short(derived.due_on)}."
    derived.reappointed_on, derived.apologised_at = event.reappointed_on, event.at
    return ""
