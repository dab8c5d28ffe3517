"""What a drill saw, and the row of the table that becomes of it. Nothing here asks a server.

All moments are seconds of one monotonic clock of the machine, so that what several processes saw lies on one line.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

# Kept public pages; the other kinds are made afresh and may fail while what they need is away.
KEPT = "kept"
LONGEST_P99_SECONDS = 0.5
LONGEST_BACK_SECONDS = 60
MOST_GROWTH = 0.02
HEAD = (
    "| Fault | Requests | Wrong | Acknowledged | Lost, twice | Kept pages wrong, seconds | Kept p50, p99, ms | Whole "
    "again after, s | Web, jobs RSS, MB | Seen |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|---|"
)


class Seen(NamedTuple):
    """One answer, or that none came: when it was there, which kind, how long it took, whether it was right."""

    at: float
    kind: str
    seconds: float
    is_right: bool
    what: str = ""


class Acknowledged(NamedTuple):
    """Something that a client was told is done: when, which kind, the key by which the database is asked for it."""

    at: float
    kind: str
    key: str


class Memory(NamedTuple):
    """The memory of all web processes and of the jobs in MB (RSS, shared pages counted in each)."""

    at: float
    web: float
    jobs: float


@dataclass
class Row:
    """One fault: from when to when, the moment it was mended, and what was seen beside the load.

    `back`: seconds until what the fault itself asks for was whole. `is_front_away`: nginx itself is away until
    `mended`, so nothing answers. `gone`: "host/path" of pages that named what was taken down while nothing could be
    made anew. `p99_goal`: whether the waiting time of kept pages has a goal.
    """

    fault: str
    began: float
    mended: float = math.nan
    ended: float = math.nan
    back: float = 0.0
    is_front_away: bool = False
    p99_goal: bool = False
    gone: frozenset[str] = frozenset()
    said: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)

    def expect(self, said: str, is_good: bool) -> None:
        """Note what was seen, and that it is missed where it is not what is promised."""
        (self.said if is_good else self.missed).append(said)


@dataclass
class Figures:
    """The figures of one row; seconds, but megabytes of memory."""

    requests: int
    wrong: Counter
    acknowledged: int
    lost: list[Acknowledged]
    twice: list[str]
    kept_seconds: int
    kept_wrong: list[Seen]
    p50: float
    p99: float
    back: float
    web: float
    jobs: float


def figures_of(
    row: Row,
    seen: Iterable[Seen],
    acknowledged: Iterable[Acknowledged],
    memory: Iterable[Memory],
    stored: Counter,
) -> Figures:
    """Return the figures of a row. `stored`: how often each (kind, key) stands in the database in the end."""
    answers = [one for one in seen if row.began <= one.at < row.ended]
    done = [one for one in acknowledged if row.began <= one.at < row.ended]
    kept = [one for one in answers if one.kind == KEPT]
    excused_until = row.mended if row.is_front_away else -math.inf
    kept_wrong = [
        one for one in kept if not one.is_right and one.at - one.seconds >= excused_until and not _is_gone(one, row)
    ]
    others = [one for one in answers if one.kind != KEPT and not one.is_right]
    last_wrong = max((one.at for one in answers if not one.is_right and one.at >= row.mended), default=row.mended)
    waits = [one.seconds for one in kept if one.is_right]
    used = [one for one in memory if row.began <= one.at < row.ended]
    return Figures(
        requests=len(answers),
        wrong=Counter(one.kind for one in others),
        acknowledged=len(done),
        lost=[one for one in done if not stored[one.kind, one.key]],
        twice=[one.key for one in done if stored[one.kind, one.key] > 1],
        kept_seconds=len({int(one.at - row.began) for one in kept_wrong}),
        kept_wrong=kept_wrong,
        p50=percentile(waits, 0.5),
        p99=percentile(waits, 0.99),
        back=max(row.back, last_wrong - row.mended),
        web=max((one.web for one in used), default=0.0),
        jobs=max((one.jobs for one in used), default=0.0),
    )


def _is_gone(one: Seen, row: Row) -> bool:
    return one.what.partition(" ")[2].partition("?")[0] in row.gone


def percentile(values: list[float], share: float) -> float:
    """Return the value below which this share of the values lies; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def missed_by(row: Row, found: Figures) -> list[str]:
    """Return what is not as promised in a row: its own findings first."""
    missed = list(row.missed)
    if found.lost:
        missed.append(
            f"{len(found.lost)} acknowledged and lost: {_some(f'{one.kind} {one.key}' for one in found.lost)}"
        )
    if found.twice:
        missed.append(f"{len(found.twice)} done twice: {_some(found.twice)}")
    if found.kept_wrong:
        missed.append(f"{len(found.kept_wrong)} kept pages wrong: {_some(one.what for one in found.kept_wrong)}")
    if found.back > LONGEST_BACK_SECONDS:
        missed.append(f"whole again only after {found.back:.0f} s")
    if row.p99_goal and found.p99 > LONGEST_P99_SECONDS:
        missed.append(f"p99 of kept pages {found.p99:.2f} s")
    if not found.requests:
        missed.append("nothing was asked")
    return missed


def growth(memory: list[Memory]) -> tuple[float, float]:
    """Return by which share the memory of web and of jobs grew from the third quarter of a soak to the last.

    The first half warms up: caches fill, and then stand. Raises ValueError for fewer than eight readings.
    """
    quarter = len(memory) // 4
    if quarter < 2:
        raise ValueError("too few readings")
    before, after = memory[2 * quarter : 3 * quarter], memory[3 * quarter :]

    def share(name: str) -> float:
        first = sum(getattr(one, name) for one in before) / len(before)
        return (sum(getattr(one, name) for one in after) / len(after) - first) / first if first else 0.0

    return share("web"), share("jobs")


def line(row: Row, found: Figures) -> str:
    """Return a row of the table."""
    wrong = ", ".join(f"{kind} {number}" for kind, number in sorted(found.wrong.items()))
    missed = missed_by(row, found)
    said = "; ".join([*row.said, *(f"**missed**: {text}" for text in missed)])
    cells = (
        row.fault,
        f"{found.requests:,}",
        f"{found.wrong.total()}{f' ({wrong})' if wrong else ''}",
        found.acknowledged,
        f"{len(found.lost)}, {len(found.twice)}",
        f"{found.kept_seconds}{' beside nginx away' if row.is_front_away else ''}",
        f"{found.p50 * 1000:.1f}, {found.p99 * 1000:.0f}",
        f"{found.back:.1f}",
        f"{found.web:.0f}, {found.jobs:.0f}",
        said,
    )
    return "| " + " | ".join(str(cell).replace("|", "/").replace("\n", " ") for cell in cells) + " |"


def _some(texts: Iterable[str]) -> str:
    """The most frequent three of them."""
    return "; ".join(f"{text} ({number})" if number > 1 else text for text, number in Counter(texts).most_common(3))
