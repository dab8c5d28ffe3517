"""The deadline rules as the office changes them: a new row from a day on, never another past, by two persons.

A running deadline keeps the row under which it started; events from the first day of the new row on fall under it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from wagtail.log_actions import log

from base.gate import Refused
from base.models import PortalSite
from base.public.index import readers_see_changed
from vietnam.dates import format_short

from .. import deadlines
from ..models import DeadlineRule

# What may differ between two rows of one rule; code, start event and unit of a rule are known to the programme.
CHANGED = (
    "label",
    "amount",
    "count_first_day",
    "addressee",
    "acting",
    "legal_source",
    "pause_limit",
    "extension_workdays",
    "soon_within",
    "very_late_after",
    "reminders",
    "warns_half_way",
)
# What no reader sees of them: who is reminded, and when. One person changes it.
HIDDEN = frozenset({"addressee", "acting", "soon_within", "very_late_after", "reminders", "warns_half_way"})


def present_rules(on: date | datetime | None = None) -> list[DeadlineRule]:
    """Return the row of each rule that holds on a day (or, if none does, its newest), in the order of the codes."""
    day = deadlines.local_date(on)
    found: dict[str, DeadlineRule] = {}
    for rule in DeadlineRule.objects.order_by("code", "valid_from"):
        if rule.code not in found or rule.is_valid(day):
            found[rule.code] = rule
    return list(found.values())


_elsewhere: dict[str, Callable[[], bool]] = {}


def register_amounts(code: str, is_set: Callable[[], bool]) -> None:
    """Let a room say whether the board has set a rule's amounts at another place; called once, when it is ready."""
    _elsewhere[code] = is_set


def unmeasured(on: date | datetime | None = None) -> list[DeadlineRule]:
    """Return the rules under which nothing is measured on a day, because the board has set no amount."""
    found = [rule for rule in present_rules(on) if not rule.is_set]
    return [rule for rule in found if rule.code not in _elsewhere or not _elsewhere[rule.code]()]


def rows_of(code: str) -> QuerySet:
    """Return every row of a rule, the newest first."""
    return DeadlineRule.objects.filter(code=code).order_by("-valid_from")


@dataclass(frozen=True)
class Prepared:
    """A change that makes sense: the row that ends, the new one (not saved), and prepared rows that give way."""

    base: DeadlineRule
    new: DeadlineRule
    giving_way: list[DeadlineRule]

    @property
    def differing(self) -> list[str]:
        """The names of the fields in which the new row differs."""
        return [name for name in CHANGED if getattr(self.base, name) != getattr(self.new, name)]

    @property
    def needs_second(self) -> bool:
        """Whether readers see what differs, or a row gives way that two persons had prepared."""
        return bool(self.giving_way or set(self.differing) - HIDDEN)


@transaction.atomic
def change(
    code: str, *, valid_from: date, by, agreed_by=None, on: date | datetime | None = None, **fields
) -> DeadlineRule:
    """Change a rule from a day on; return the new row.

    The row in force until then ends the day before; a row that was prepared for later and never used is deleted.
    `fields`: of `CHANGED`. `agreed_by`: the second person, where readers see what differs (`HIDDEN`). Raises Refused
    without the right, for one person alone, for an unknown rule, or when nothing differs; ValidationError (field →
    messages) for a day in the past or a value that makes no sense.
    """
    found = prepare(code, valid_from=valid_from, by=by, on=on, **fields)
    if found.needs_second:
        deadlines.demand_second(by, agreed_by)
    base, new = found.base, found.new
    for later in found.giving_way:
        later.delete()
    base.valid_to = valid_from - timedelta(days=1)
    base.save(update_fields=["valid_to"])
    new.full_clean()
    new.save()
    log(
        instance=new,
        action="portal.deadline.rule",
        user=by,
        data={"code": code, "from": valid_from.isoformat(), "before": base.period, "after": new.period},
    )
    # Days of return and of answers are shown to readers.
    readers_see_changed(sites=PortalSite.objects.all())
    return new


@transaction.atomic
def prepare(code: str, *, valid_from: date, by, on: date | datetime | None = None, **fields) -> Prepared:
    """Return what a change of a rule would do, nothing of it done; raises what `change` raises, but for the second."""
    if not deadlines.may_change_calendar(by):
        raise Refused("Chỉ cơ quan Thường trực hoặc cán bộ quản trị kỹ thuật được sửa quy tắc thời hạn.")
    rows = list(DeadlineRule.objects.select_for_update().filter(code=code).order_by("valid_from"))
    if not rows:
        raise Refused(f"Không có quy tắc thời hạn {code}.")
    if valid_from < deadlines.local_date(on):
        raise ValidationError(
            {"valid_from": "Quy tắc mới áp dụng từ hôm nay hoặc một ngày sau; không sửa được quá khứ."}
        )
    giving_way = []
    for later in [row for row in rows if row.valid_from and row.valid_from >= valid_from]:
        if later.deadlines.exists():
            raise ValidationError(
                {
                    "valid_from": f"Đã có việc tính theo quy tắc áp dụng từ {format_short(later.valid_from)}; "
                    "hãy chọn ngày sau đó."
                }
            )
        rows.remove(later)
        giving_way.append(later)
    base = rows[-1] if rows else None
    if base is None:
        raise ValidationError({"valid_from": "Hãy chọn ngày sau ngày bắt đầu của quy tắc hiện nay."})
    if all(getattr(base, name) == fields.get(name, getattr(base, name)) for name in CHANGED):
        raise Refused("Không có gì khác so với quy tắc hiện nay.")
    ends = giving_way[-1].valid_to if giving_way else base.valid_to
    new = DeadlineRule(
        code=code,
        unit=base.unit,
        start_event=base.start_event,
        site_condition=base.site_condition,
        valid_from=valid_from,
        valid_to=ends,
        **{name: fields.get(name, getattr(base, name)) for name in CHANGED},
    )
    new.full_clean(validate_unique=False, validate_constraints=False)
    return Prepared(base, new, giving_way)
