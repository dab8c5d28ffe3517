"""What became of dossiers in a period: one definition for each figure (Thông tư 01/2020/TT-VPCP, Biểu II.06).

A dossier counts from the local day on which it was *received* (state 2). What was only registered, refused or
withdrawn before that counts nowhere. It counts until the local day on which the unit finished with it: completed (9),
stopped (8) or withdrawn (7); all three are "đã giải quyết". A row is a lĩnh vực, that of the procedure; without one:
"Chưa rõ lĩnh vực".

| Figure | Counts |
|---|---|
| online, other | received on a day of the period, online or in another way (at the counter, by post) |
| carried | received before the period, and not finished before it |
| received | all that the unit had to work on in the period: counted by itself, not added up |
| `ended` | finished on a day of the period: counted by itself |
| early, in_time, late | of those finished: before, on, after the last day; one without a last day is in time |
| pending | not finished on the last day of the period: counted by itself |
| within, overdue | of those pending: whether late on the last day, by `recording.standing_of` as of that moment |
| share_on_time | early and in time of those finished, in per cent |

`check` enforces: `received = online + other + carried`; `received = ended + pending`;
`ended = early + in_time + late`; `pending = within + overdue`; and that the rows add up to the total. The left and
the right sides come from different queries, so that a row that contradicts itself is found and named, not reported.

By service and year (Thông tư 32/2017/TT-BTTTT Điều 11.3), from 1 January to a day: `of_services`.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import ExtractYear, TruncDate

from base.figures import MONTHS, latest_first, share, share_on_time
from base.models import PortalSite
from workflows import deadlines

from ..models import Channel, DossierSummary, Procedure, Satisfaction, ServiceField, ServiceOffering
from . import recording
from .periods import Period, calendar_year
from .recording import Standing

WITHOUT_FIELD = "Chưa rõ lĩnh vực"


class Mismatch(ValueError):
    """Figures that contradict one another; names the rows and both sides of what does not hold."""


@dataclass(frozen=True)
class Figures:
    """The figures of a row; see the module for what each counts."""

    received: int = 0
    online: int = 0
    other: int = 0
    carried: int = 0
    ended: int = 0
    early: int = 0
    in_time: int = 0
    late: int = 0
    pending: int = 0
    within: int = 0
    overdue: int = 0

    @property
    def in_period(self) -> int:
        """How many were received in the period itself."""
        return self.online + self.other

    @property
    def share_on_time(self) -> int | None:
        """Return the share of the finished dossiers that was not late, in per cent; None when there are none."""
        return share_on_time(self.early + self.in_time, self.ended)

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(*(mine + its for mine, its in zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True)
class Report:
    """The figures of a period: a row for each lĩnh vực with any (field or None, figures), and the total."""

    period: Period
    rows: list[tuple[ServiceField | None, Figures]]
    total: Figures


@dataclass(frozen=True)
class ServiceYear:
    """The figures of one service from the first day of a year to a day; shares in per cent, None of nothing."""

    procedure: Procedure
    received: int
    received_online: int
    ended_online: int
    share_on_time: int | None
    share_satisfied: int | None


# --- Biểu II.06 -----------------------------------------------------------------------------------------


def of_period(site: PortalSite, period: Period) -> Report:
    """Return the figures of a period: of all sites for the city, else of one; six queries and two for what is open.

    Raises Mismatch when they contradict one another.
    """
    rows = _counted(site, period)
    overdue = _overdue(site, period)
    made = []
    for key, found in rows.items():
        late = overdue[key]
        made.append((key, Figures(**found, within=found["pending"] - late, overdue=late)))
    known = {field.pk: field for field in ServiceField.objects.select_related("sector")}
    made.sort(key=lambda row: _place(known.get(row[0])))
    named = [(known.get(key), figures) for key, figures in made]
    total = sum((figures for _field, figures in named), Figures())
    check([(name_of(field), figures) for field, figures in named], _total(site, period), total)
    return Report(period, named, total)


def check(rows: Iterable[tuple[str, Figures]], whole: dict[str, int], total: Figures) -> None:
    """Raise Mismatch unless the identities of the report hold in each row, and the rows add up to the total.

    `whole`: received, finished and pending dossiers of all rows together, from a query of its own.
    """
    wrong = []
    for name, row in rows:
        for equation, left, right in (
            ("tiếp nhận ≠ trong kỳ + kỳ trước chuyển sang", row.received, row.in_period + row.carried),
            ("tiếp nhận ≠ đã giải quyết + đang giải quyết", row.received, row.ended + row.pending),
            ("đã giải quyết ≠ trước hạn + đúng hạn + quá hạn", row.ended, row.early + row.in_time + row.late),
            ("đang giải quyết ≠ trong hạn + quá hạn", row.pending, row.within + row.overdue),
        ):
            if left != right or min(astuple(row)) < 0:
                wrong.append(f"{name}: {equation} ({left} và {right})")
    for word, label in (("received", "tiếp nhận"), ("ended", "đã giải quyết"), ("pending", "đang giải quyết")):
        if whole[word] != getattr(total, word):
            wrong.append(f"Tổng: {label} {whole[word]}, cộng các dòng được {getattr(total, word)}")
    if wrong:
        raise Mismatch("Số liệu hồ sơ không khớp. " + "; ".join(wrong) + ".")


def name_of(field: ServiceField | None) -> str:
    """Return the name of a row."""
    return field.name if field else WITHOUT_FIELD


def _place(field: ServiceField | None) -> tuple:
    return (0, field.sector.sort_order, field.sort_order, field.name) if field else (1,)


def _of(site: PortalSite):
    received = DossierSummary.objects.filter(received_at__isnull=False).order_by()
    return received if site.is_city else received.filter(owner_site=site)


def _conditions(period: Period) -> dict[str, Q]:
    start, end = period.begins_at, period.ends_before
    is_open_at_start = Q(ended_at=None) | Q(ended_at__gte=start)
    return {
        "received": Q(received_at__lt=end) & is_open_at_start,
        "carried": Q(received_at__lt=start) & is_open_at_start,
        "ended": Q(ended_at__gte=start, ended_at__lt=end),
        "pending": Q(received_at__lt=end) & (Q(ended_at=None) | Q(ended_at__gte=end)),
    }


def _counted(site: PortalSite, period: Period) -> dict[int | None, dict[str, int]]:
    conditions, ended = _conditions(period), _conditions(period)["ended"]
    in_period = Q(received_at__gte=period.begins_at, received_at__lt=period.ends_before)
    is_online = Q(channel=Channel.ONLINE)
    conditions |= {
        "online": in_period & is_online,
        "other": in_period & ~is_online,
        "early": ended & Q(due_on__isnull=False, ended_day__lt=F("due_on")),
        "in_time": ended & (Q(due_on=None) | Q(ended_day=F("due_on"))),
        "late": ended & Q(due_on__isnull=False, ended_day__gt=F("due_on")),
    }
    rows = (
        _of(site)
        .annotate(ended_day=TruncDate("ended_at", tzinfo=deadlines.VIETNAM))
        .values("procedure__field")
        .annotate(**{f"n_{name}": Count("pk", filter=condition) for name, condition in conditions.items()})
    )
    found = {}
    for row in rows:
        counts = {name: row[f"n_{name}"] for name in conditions}
        if any(counts.values()):
            found[row["procedure__field"]] = counts
    return found


def _total(site: PortalSite, period: Period) -> dict[str, int]:
    conditions = _conditions(period)
    return {name: _of(site).filter(conditions[name]).count() for name in ("received", "ended", "pending")}


def _overdue(site: PortalSite, period: Period) -> Counter:
    """Count by lĩnh vực what was late on the last day of the period and not done with."""
    last = period.last_day
    pending = _of(site).filter(_conditions(period)["pending"]).annotate(field=F("procedure__field"))
    # What has changed since is looked at as it was then; of the rest only those past their day can be late.
    since = list(pending.filter(changed_at__gte=period.ends_before))
    rest = pending.filter(changed_at__lt=period.ends_before, due_on__lt=last)
    found: Counter = Counter()
    with deadlines.calendar_held():
        for row in rest.iterator(chunk_size=2000):
            found[row.field] += recording.standing_of(row, last).standing == Standing.LATE
        then = recording.as_of(since, period.ends_before - timedelta(microseconds=1)) if since else {}
        for row in since:
            found[row.field] += recording.standing_of(then[row.pk], last).standing == Standing.LATE
    return found


# --- By month, by service -------------------------------------------------------------------------------


def by_month(site: PortalSite, year: int) -> list[tuple[int, int, int]]:
    """Return (received, finished, of these not late) for the twelve calendar months of a year; one query each."""
    received, ended, on_time = Counter(), Counter(), Counter()
    period = calendar_year(year)
    begin, end = period.begins_at, period.ends_before
    for day, count in _by_day(_of(site).filter(received_at__gte=begin, received_at__lt=end), "received_at"):
        received[day.month] += count
    ended_then = _of(site).filter(ended_at__gte=begin, ended_at__lt=end)
    for day, count in _by_day(ended_then, "ended_at"):
        ended[day.month] += count
    for day, count in _by_day(ended_then, "ended_at", Q(due_on=None) | Q(day__lte=F("due_on"))):
        on_time[day.month] += count
    return [(received[month], ended[month], on_time[month]) for month in MONTHS]


def _by_day(rows, column: str, condition: Q | None = None):
    days = rows.annotate(day=TruncDate(column, tzinfo=deadlines.VIETNAM))
    if condition is not None:
        days = days.filter(condition)
    return days.values_list("day").annotate(Count("pk"))


def of_services(site: PortalSite, year: int, until: date) -> list[ServiceYear]:
    """Return the figures of each service with dossiers in a year up to a local day, in the order of the catalogue."""
    period = calendar_year(year, until)
    begin, end = period.begins_at, period.ends_before
    is_received = Q(received_at__gte=begin, received_at__lt=end)
    is_ended = Q(ended_at__gte=begin, ended_at__lt=end)
    is_online = Q(channel=Channel.ONLINE)
    rows = (
        _of(site)
        .filter(is_received | is_ended, procedure__isnull=False)
        .annotate(ended_day=TruncDate("ended_at", tzinfo=deadlines.VIETNAM))
        .values("procedure")
        .annotate(
            n_received=Count("pk", filter=is_received),
            n_online=Count("pk", filter=is_received & is_online),
            n_ended=Count("pk", filter=is_ended),
            n_ended_online=Count("pk", filter=is_ended & is_online),
            n_on_time=Count("pk", filter=is_ended & (Q(due_on=None) | Q(ended_day__lte=F("due_on")))),
        )
    )
    found = {row["procedure"]: row for row in rows}
    answers = _satisfied(site, begin, end)
    return [
        ServiceYear(
            procedure,
            row["n_received"],
            row["n_online"],
            row["n_ended_online"],
            share_on_time(row["n_on_time"], row["n_ended"]),
            share(*answers.get(procedure.pk, (0, 0))),
        )
        for procedure in Procedure.objects.filter(pk__in=found).select_related("field__sector")
        if (row := found[procedure.pk])
    ]


def _satisfied(site: PortalSite, begin: datetime, end: datetime) -> dict[int, tuple[int, int]]:
    """Return by procedure how many were satisfied, very or not so very, and how many said anything."""
    first, last = deadlines.local_date(begin), deadlines.local_date(end - timedelta(microseconds=1))
    pages = ServiceOffering.objects.all()
    if not site.is_city and (home := site.home_page()) is not None:
        pages = pages.descendant_of(home)
    procedure_of = dict(pages.values_list("pk", "procedure"))
    pleased, all_of = Counter(), Counter()
    answers = Satisfaction.objects.filter(day__range=(first, last)).values("page", "step").annotate(n=Sum("count"))
    for row in answers.order_by():
        procedure = procedure_of.get(row["page"])
        if procedure is None:
            continue
        all_of[procedure] += row["n"]
        pleased[procedure] += row["n"] * (row["step"] != Satisfaction.Step.NOT)
    return {procedure: (pleased[procedure], count) for procedure, count in all_of.items()}


def years(site: PortalSite) -> list[int]:
    """Return the years in which dossiers were received, and this one, the latest first."""
    received = _of(site).annotate(year=ExtractYear("received_at", tzinfo=deadlines.VIETNAM))
    return latest_first(received.values_list("year", flat=True).distinct(), deadlines.today().year)


def has_illustrative(site: PortalSite) -> bool:
    """Tell whether illustrative dossiers are among those of a site."""
    return _of(site).filter(is_illustrative=True).exists()


NAMES = tuple(item.name for item in fields(Figures))
