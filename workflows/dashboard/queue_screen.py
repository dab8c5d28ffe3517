"""What the screen of the work queue shows: groups of rows, the soonest due first, and how many there are."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Exists, F, QuerySet
from django.urls import reverse
from django.utils import timezone

from base.queries import sql
from base.sites import sites_held

from .. import deadlines
from ..models import Deadline
from .work_queue import (
    COLUMNS,
    COUNTED_FOR_SECONDS,
    DECISIONS,
    KINDS,
    MOST,
    MOST_DEADLINES,
    RETURNED,
    SOURCES,
    WARNINGS,
    WORK,
    Kind,
    Rows,
    Scope,
    Source,
    WorkNotice,
)

WEEK = 7
# What `idle_sources` asks, by the kind of database; compiled once.
_statements: dict[str, tuple[str, tuple]] = {}


@dataclass(frozen=True)
class Row:
    """One thing to do: where, whose, since when, and how much time is left."""

    kind: Kind
    title: str
    address: str
    note: str = ""
    site: str = ""
    at: datetime | None = None
    last_day: date | None = None
    left: str = ""
    standing: str = ""

    @property
    def is_late(self) -> bool:
        return self.standing in (deadlines.Standing.LATE, deadlines.Standing.VERY_LATE)

    @property
    def is_soon(self) -> bool:
        return self.standing == deadlines.Standing.SOON

    @property
    def is_met_late(self) -> bool:
        """It was done after its last day: only the reason is missing."""
        return self.standing == deadlines.Standing.MET_LATE

    @property
    def is_returned(self) -> bool:
        return self.kind.key == RETURNED


@dataclass
class Group:
    """The rows of one kind, the most urgent first."""

    kind: Kind
    more: str = ""
    rows: list[Row] = field(default_factory=list)
    count: int = 0
    late: int = 0
    soon: int = 0


def groups_of(scope: Scope, kinds: Iterable[str] = WORK) -> list[Group]:
    """Return the groups of a person in the order of `KINDS`, empty ones too, but none that does not concern them.

    A rare kind has a group only while there are rows of it.
    """
    asked = _asked(scope, kinds)
    brought = {source.kind: "" for source, _rows in asked}
    brought |= {source.kind: reverse(source.more) for source, _rows in asked if source.more}
    groups = {kind.key: Group(kind, brought[kind.key]) for kind in KINDS if kind.key in brought}
    if not asked:
        return []
    # Of more than can be shown, what is due first is read.
    together = _together([_part(source, rows) for source, rows in asked])
    lines = list(together.order_by(F("desk_last_day").asc(nulls_last=True))[:MOST])
    for line in lines:
        groups[line[0]].count += 1
    described = _described(lines, scope)
    names = {site.pk: site.name for site in scope.sites} if len(scope.sites) > 1 else {}
    for kind, source, key, title, note, at, site, deadline, last_day in sorted(lines, key=_urgency):
        left, standing = described.get(deadline) or (f"đến {last_day:%d/%m/%Y}" if last_day else "", "")
        group = groups[kind]
        row = Row(
            group.kind,
            title,
            SOURCES[source].address(key),
            note or "",
            names.get(site, ""),
            at,
            last_day,
            left,
            str(standing),
        )
        group.rows.append(row)
        group.late += row.is_late
        group.soon += row.is_soon
    return [group for group in groups.values() if group.count or not group.kind.is_rare]


def in_one_list(groups: Iterable[Group], today: date) -> list[Row]:
    """Return the rows of all groups in the order of work: what came back, then by the last day, then kind by kind.

    A decision without a last day comes before what is due after a week: others wait for it; so does a reason that is
    missing for what was done late.
    """
    places = {kind.key: place for place, kind in enumerate(KINDS)}
    in_a_week = today + timedelta(days=WEEK)

    def order(row: Row) -> tuple:
        waits = in_a_week if row.kind.key in DECISIONS else date.max
        due = in_a_week if row.is_met_late else row.last_day
        return (not row.is_returned, due or waits, due is None, places[row.kind.key])

    # Rows of one group without a last day keep its order.
    return sorted((row for group in groups for row in group.rows), key=order)


def _asked(scope: Scope, kinds: Iterable[str], idle: frozenset[str] = frozenset()) -> list[tuple[Source, Rows]]:
    """What rooms bring of some kinds for a person, by their sources; `idle` ones are not asked."""
    sources = [source for source in SOURCES.values() if source.kind in kinds and source.key not in idle]
    found = [(source, source.find(scope)) for source in sources]
    return [(source, rows) for source, rows in found if rows is not None]


def idle_sources() -> frozenset[str]:
    """Return the keys of the sources that have no rows for any person (`work_queue.out_of`); one small query.

    To build and to compile what all sources would ask takes a hundred times as long.
    """
    keys = [source.key for source in SOURCES.values() if source.waiting]
    if connection.vendor not in _statements:
        # One row whatever there is in the database.
        there = [Exists(SOURCES[key].waiting().order_by()) for key in keys]
        query = ContentType.objects.order_by().values_list(*there)[:1].query
        _statements[connection.vendor] = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    [present] = sql.read(*_statements[connection.vendor])
    return frozenset(key for key, is_there in zip(keys, present, strict=True) if not is_there)


def _together(parts: list[QuerySet]) -> QuerySet:
    return parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]


def _part(source: Source, found: Rows, *columns: str) -> QuerySet:
    return found.of(*(columns or COLUMNS), kind=source.kind, source=source.key)


def _urgency(line: tuple) -> tuple:
    """The soonest due first, then the oldest."""
    at, last_day = line[5], line[8]
    return (last_day is None, last_day or date.max, at.timestamp() if at else 0.0, line[3])


def _described(lines: list[tuple], scope: Scope) -> dict[int, tuple[str, str]]:
    """What is left of each deadline as text, how one ended, and its standing, by its key."""
    keys = [line[7] for line in sorted(lines, key=_urgency) if line[7]][:MOST_DEADLINES]
    if not keys:
        return {}
    deadline_rows = Deadline.objects.filter(pk__in=keys).select_related("rule").prefetch_related("pauses")
    with deadlines.calendar_held():
        found = {}
        for deadline in deadline_rows:
            standing = deadlines.standing(deadline, scope.today)
            found[deadline.pk] = (deadlines.time_left(deadline, scope.today) or standing.label.lower(), standing)
        return found


def counts_for(request) -> dict[str, int]:
    """Return how many rows of each kind a person has: as counted for this request, or in the last minute.

    Counts without building the work queue, because the menu of every screen asks.
    """
    groups, key = getattr(request, "work_groups", None), _counted_for(request.user)
    if groups is None:
        found = cache.get(key)
        if found is not None:
            return found
        # Every source asks for the sites; the first screen holds them itself.
        with sites_held(), deadlines.calendar_held():
            asked = _asked(Scope(request.user, timezone.now()), WORK, idle_sources())
        parts = [_part(source, rows, "kind") for source, rows in asked]
        found = Counter(kind for (kind,) in _together(parts)[:MOST]) if parts else {}
    else:
        found = {group.kind.key: group.count for group in groups}
    cache.set(key, dict(found), COUNTED_FOR_SECONDS)
    return found


def count_anew(user) -> None:
    """Drop the counts cached for a person, who has done something since."""
    cache.delete(_counted_for(user))


def _counted_for(user) -> str:
    return f"work-counts-{user.pk}"


def count_of(request, *kinds: str) -> int:
    """Return how many rows of some kinds are in the work queue of a person (`counts_for`)."""
    found = counts_for(request)
    return sum(found.get(kind, 0) for kind in kinds)


def waiting_for(request) -> int:
    """Return how many rows are in the work queue of a person (`counts_for`)."""
    return sum(counts_for(request).values())


def notices_of(scope: Scope) -> list[WorkNotice]:
    """Return what a person should know, in the order in which rooms registered."""
    return [notice for find in WARNINGS for notice in find(scope)]
