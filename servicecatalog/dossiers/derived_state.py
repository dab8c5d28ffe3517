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
    clock_from: datetime | None = None
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
    course = DerivedState()
    for event in sorted(events, key=lambda event: (event.at, event.sequence, event.key)):
        if until is not None and event.at > until:
            break
        reason = _apologise(course, event) if event.status is None else _step(course, event, limit)
        if reason:
            course.set_aside[event.key] = reason
        else:
            course.changed_at = event.at
    return course


def _step(course: DerivedState, event, limit: Limit) -> str:
    """Let an event change the state; return why it does not, "" when it does."""
    before, after = course.status, Status(event.status)
    if not may_follow(before, after):
        return _refusal(before, after)
    course.procedure_code = event.procedure_code or course.procedure_code
    course.channel = event.channel or course.channel
    if before in STANDING_STILL:
        _run_on(course, before, after, event, limit)
    if before == Status.RECEIVED or after == Status.RECEIVED:
        _begin(course, after, event, limit)
    if after in STANDING_STILL:
        course.stopped_at = event.at
    if after == Status.REGISTERED:
        course.registered_at = event.at
    if after in ENDED and course.ended_at is None:
        course.ended_at = event.at
    if after == Status.SETTLED:
        course.finished_at = event.at
    if after == Status.RETURNED:
        course.returned_at = event.at
    course.status, course.status_since = after, event.at
    return ""


def _refusal(before: int | None, after: Status) -> str:
    if before is None:
        return f"Chưa có lần đăng ký, tiếp nhận nào trước «{after.label}»."
    if before == after:
        return f"Hồ sơ đã ở trạng thái «{after.label}» từ trước."
    return f"Từ «{Status(before).label}» không chuyển thẳng sang «{after.label}» được."


def _begin(course: DerivedState, after: Status, event, limit: Limit) -> None:
    """Start the deadline at the receipt; a day promised with the next step counts while none is known."""
    if after == Status.RECEIVED:
        course.received_at = course.clock_from = event.at
    if course.promised_on is None and event.promised_on:
        course.promised_on = event.promised_on
    course.due_on = course.promised_on or limit(course.procedure_code, course.channel, course.clock_from)


def _run_on(course: DerivedState, before: int, after: Status, event, limit: Limit) -> None:
    """End the standing still: papers that are complete start the limit again, everything else moves the last day."""
    stopped_at, course.stopped_at = course.stopped_at, None
    if before == Status.PAPERS_WANTED and after == Status.IN_PROGRESS:
        course.due_on = event.promised_on or _limit_again(course, event.at, limit)
        course.promised_on = event.promised_on or (course.due_on if course.promised_on else None)
        course.clock_from = event.at
    elif course.due_on is not None:
        course.due_on = deadlines.workdays_after(course.due_on, _workdays(stopped_at, event.at))


def _limit_again(course: DerivedState, at: datetime, limit: Limit) -> date | None:
    """The last day of a limit that starts again: as many working days as were promised, else by the procedure."""
    if course.promised_on is None:
        return limit(course.procedure_code, course.channel, at)
    return deadlines.workdays_after(at, _workdays(course.clock_from, course.promised_on))


def _workdays(first: date | datetime, last: date | datetime) -> int:
    span = (deadlines.local_date(first), deadlines.local_date(last))
    return deadlines.workdays_between([span])[0] or 0


def _apologise(course: DerivedState, event) -> str:
    """Let a letter of apology name the new day; return why it does not count."""
    if course.status not in RUNNING | STANDING_STILL:
        return "Thư xin lỗi, hẹn lại chỉ tính khi hồ sơ đã tiếp nhận và chưa xử lý xong."
    if course.reappointed_on is not None:
        return f"Đã hẹn lại ngày {format_short(course.reappointed_on)}; {ONE_LETTER} (NĐ 61/2018/NĐ-CP)."
    if course.due_on is not None and event.reappointed_on <= course.due_on:
        return f"Ngày hẹn lại phải sau hạn trả {format_short(course.due_on)}."
    course.reappointed_on, course.apologised_at = event.reappointed_on, event.at
    return ""
