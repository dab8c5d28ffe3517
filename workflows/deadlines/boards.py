"""Việc có thời hạn: what waits for a person, what is late, what will be late, by site and by unit.

1. `visible_to`: the open deadlines of the sites on whose content a person works; the city's people see all. 2. `rows`:
the standing of each today, and whether it waits for this person (`acting`). 3. `chosen`: one group of them; `sums`: how
many there are, by site and by unit. 4. `as_xlsx`: the same as a spreadsheet.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from accounts.responsibility import sites_worked_on
from accounts.roles import works_on
from base.models import PortalSite
from base.operations.watching.measures import A_MINUTE, Measure, register_measure
from base.sites import city_site
from base.tables import xlsx
from vietnam.dates import format_short
from vietnam.text import sort_key

from .. import deadlines
from ..models import Deadline
from . import Standing
from .acting import Actors

NO_UNIT = "Chưa giao đơn vị"
LATE = frozenset({Standing.LATE, Standing.VERY_LATE})


@dataclass(frozen=True)
class Group:
    """One tab of the board: its key in addresses, its heading, what to do."""

    key: str
    label: str
    hint: str


GROUPS: tuple[Group, ...] = (
    Group("cho-toi", "Chờ tôi làm", "Những việc chờ chính bạn, gần hạn nhất trước."),
    Group("qua-han", "Quá hạn", "Đã qua ngày hạn cuối mà chưa xong, hoặc gia hạn khi đã quá hạn."),
    Group("sap-den-han", "Sắp đến hạn", "Số ngày «sắp đến hạn» theo từng quy tắc thời hạn, hoặc theo số ngày chọn."),
    Group("tam-dung", "Đang tạm dừng", "Đồng hồ đang đứng, chờ người gửi; hết mức tạm dừng sẽ tự tính tiếp."),
    Group("dang-mo", "Tất cả", "Mọi việc chưa xong."),
)
BY_KEY = {group.key: group for group in GROUPS}


@dataclass(frozen=True)
class Row:
    """One open deadline and its standing today; `time_left` says how many days are left, in the rule's unit."""

    deadline: Deadline
    standing: Standing
    is_mine: bool
    is_estimated: bool
    time_left: str

    @property
    def is_late(self) -> bool:
        return self.standing in LATE

    @property
    def unit_name(self) -> str:
        return self.deadline.unit.name if self.deadline.unit else NO_UNIT

    @property
    def site_name(self) -> str:
        return self.deadline.site.name if self.deadline.site else "—"


@dataclass(frozen=True)
class Sum:
    """How many open deadlines a site or unit has, by their standing."""

    name: str
    open: int
    soon: int
    late: int
    very_late: int
    paused: int


def sites_of(user) -> list[PortalSite]:
    """Return the sites whose deadlines a person may see, by name: those on whose content they work."""
    return sorted(sites_worked_on(user), key=lambda site: site.name)


def visible_to(user, sites: Iterable[PortalSite] | None = None) -> QuerySet:
    """Return the deadlines a person may see, of all their sites or of some of them; those of no site are the city's."""
    own = sites_of(user)
    chosen = [site for site in own if sites is None or site in list(sites)]
    where = Q(site__in=chosen)
    city = city_site()
    if city is not None and city in chosen and works_on(user, city):
        where |= Q(site=None)
    return Deadline.objects.filter(where)


def register() -> None:
    """Let the monitoring see how many are late."""
    text = "Open deadlines that are late."
    register_measure(Measure("portal_deadlines_late", text, "", lambda: [("", late_now())], A_MINUTE))


def late_now() -> int:
    """Count the open deadlines of all sites that are late today."""
    deadline_rows = Deadline.objects.open().select_related("rule").prefetch_related("pauses")
    return sum(deadlines.is_late(deadline) for deadline in deadline_rows)


def rows(
    user, deadline_rows: QuerySet, on: date | datetime | None = None, *, soon_within: int | None = None
) -> list[Row]:
    """Return the standing of open deadlines on a day, the soonest due first.

    `soon_within`: working days that count as soon, instead of each rule's own.
    """
    day = deadlines.local_date(on)
    found = list(deadline_rows.open().select_related("rule", "site", "unit", "content_type").prefetch_related("pauses"))
    actors = Actors(found)
    with deadlines.calendar_held() as present:
        return [
            Row(
                deadline=deadline,
                standing=deadlines.standing(deadline, day, soon_within=soon_within),
                is_mine=any(person.pk == user.pk for person in actors.of(deadline)),
                is_estimated=bool(present.estimated_years(*sorted((deadline.started_on, deadline.last_day)))),
                time_left=deadlines.time_left(deadline, day),
            )
            for deadline in found
        ]


def chosen(all_rows: Sequence[Row], group: Group) -> list[Row]:
    """Narrow rows to one group."""
    if group.key == "cho-toi":
        return [row for row in all_rows if row.is_mine]
    if group.key == "qua-han":
        return [row for row in all_rows if row.is_late]
    if group.key == "sap-den-han":
        return [row for row in all_rows if row.standing == Standing.SOON]
    if group.key == "tam-dung":
        return [row for row in all_rows if row.standing == Standing.PAUSED]
    return list(all_rows)


def sums(all_rows: Sequence[Row], name) -> list[Sum]:
    """Count rows by a name, which `name(row)` gives: most late ones first, then by name."""
    groups: dict[str, list[Row]] = {}
    for row in all_rows:
        groups.setdefault(name(row), []).append(row)
    found = [
        Sum(
            key,
            len(items),
            sum(row.standing == Standing.SOON for row in items),
            sum(row.is_late for row in items),
            sum(row.standing == Standing.VERY_LATE for row in items),
            sum(row.standing == Standing.PAUSED for row in items),
        )
        for key, items in groups.items()
    ]
    return sorted(found, key=lambda item: (-item.late, sort_key(item.name)))


def by_site(row: Row) -> str:
    return row.site_name


def by_unit(row: Row) -> str:
    return row.unit_name


def as_xlsx(all_rows: Sequence[Row], shown: Sequence[Row], filters: str, on: date | datetime | None = None) -> bytes:
    """Return the board as a spreadsheet: the rows shown, then the sums by site and by unit."""
    day = deadlines.local_date(on)
    lines = [f"Việc có thời hạn, ngày {format_short(day)}", filters]
    deadline_rows = [
        ("Việc", 50, "deadline.title"),
        ("Loại thời hạn", 40, "deadline.rule.label"),
        ("Đơn vị", 30, by_unit),
        ("Trang", 30, by_site),
        ("Bắt đầu", 12, "deadline.started_on"),
        ("Hạn cuối", 12, "deadline.last_day"),
        ("Còn (quá) hạn", 22, "time_left"),
        ("Tình trạng", 16, "standing.label"),
        ("Cách tính", 70, lambda row: deadlines.explain(row.deadline, day)),
        ("Căn cứ", 50, "deadline.rule.legal_source"),
    ]
    counts = [
        ("Đang mở", 12, "open"),
        ("Sắp đến hạn", 12, "soon"),
        ("Quá hạn", 12, "late"),
        ("Trong đó quá hạn lâu", 20, "very_late"),
        ("Tạm dừng", 12, "paused"),
    ]
    sheets = [
        xlsx.sheet("Việc", lines, deadline_rows, shown),
        xlsx.sheet("Theo trang", lines, [("Trang", 44, "name"), *counts], sums(all_rows, by_site)),
        xlsx.sheet("Theo đơn vị", lines, [("Đơn vị", 44, "name"), *counts], sums(all_rows, by_unit)),
    ]
    return xlsx.write(sheets)
