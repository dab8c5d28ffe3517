"""Money that no user decides or that cannot be paid: told to the standing office, on its first screen and by mail.

1. `look` finds it: items that no statement was decided of a month after their day; items without anyone who shares
them; people of a decided statement whose account is not known. 2. `as_text` says how much of each there is. 3. `tell`,
by a job, mails that.
"""

from calendar import monthrange
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone

from accounts.roles import PROPOSE_ROYALTIES
from base.operations.notices import notify

from . import rights
from .models import Contributor, Royalty, Statement, StatementLine

State = Royalty.State


@dataclass(frozen=True)
class Payee:
    """A person of decided statements that are not paid, whose account is not known; `net` in đồng."""

    contributor: Contributor
    net: int


@dataclass(frozen=True)
class Unclaimed:
    """What waits: items by their day, people by name."""

    undecided: list[Royalty] = field(default_factory=list)
    of_no_payee: list[Royalty] = field(default_factory=list)
    without_account: list[Payee] = field(default_factory=list)


def month_before(day: date) -> date:
    """Return the same day of the month before, its last day where it has none such.

    >>> month_before(date(2026, 3, 31))
    datetime.date(2026, 2, 28)
    """
    year, month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def look(on: date) -> Unclaimed:
    """Return what waits on a local date; four queries however much it is."""
    items = Royalty.objects.filter(state__in=[State.PROPOSED, State.LISTED])
    items = items.exclude(statement__state__in=Statement.FROZEN).select_related("site", "statement")
    return Unclaimed(
        list(items.filter(made_on__lt=month_before(on))),
        list(items.filter(shares=None)),
        _without_account(),
    )


def _without_account() -> list[Payee]:
    due: dict[int, int] = defaultdict(int)
    lines = StatementLine.objects.filter(statement__state=Statement.State.DECIDED)
    for contributor, net in lines.order_by().values_list("contributor", "net"):
        due[contributor] += net
    people = Contributor.objects.filter(pk__in=due).select_related("user")
    return [Payee(person, due[person.pk]) for person in people if not person.bank_account]


def as_text(found: Unclaimed) -> str:
    """Return how much of each there is, "" for nothing; no name and no amount of a single person.

    Example: "2 khoản quá một tháng chưa được quyết định; 1 khoản chưa có người hưởng".
    """
    undecided, of_no_payee, people = map(len, (found.undecided, found.of_no_payee, found.without_account))
    parts = (
        f"{undecided} khoản quá một tháng chưa được quyết định" if undecided else "",
        f"{of_no_payee} khoản chưa có người hưởng" if of_no_payee else "",
        f"{people} người trong bảng kê đã quyết định chưa có số tài khoản" if people else "",
    )
    return "; ".join(filter(None, parts))


def tell(*, on: datetime) -> int:
    """Mail the standing office what waits, each person once a month; return how many mails were written."""
    today = timezone.localtime(on).date()
    text = as_text(look(today))
    if not text:
        return 0
    context = {"text": text, "month": f"{today:%Y-%m}"}
    return notify(rights.people_with(PROPOSE_ROYALTIES), "royalty_unclaimed", context)
