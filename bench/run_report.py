"""The tables of `run.py`: Markdown, with the chart beside it."""

import importlib.metadata
import os
import platform
import shutil
import statistics
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import run_chart
from run_servers import AFRESH, Cell

# What may cost this much more beside many articles.
GROWTH_GOAL = 1.2
# Above this, the first page after a publication elsewhere.
AFTER_GOAL_MS = 2


@dataclass
class Measured:
    """What was measured of one database beside one number of articles.

    `pages`, `actions`: what `pages.py` and `editing.py` printed as JSON. `memory`: {servers: MB}. `further`: lines.
    """

    database: str
    articles: int
    cells: list[Cell]
    pages: dict[str, dict]
    actions: dict[str, dict]
    memory: dict[str, float]
    load_before: float
    further: list[str]

    @property
    def afresh(self) -> dict[str, Cell]:
        """The lines of the pages made afresh, by page."""
        return {cell.page: cell for cell in self.cells if cell.answered == AFRESH}

    def cost(self, page: str) -> float:
        """CPU-ms of a page made afresh; of the sitemap for 2,000 rows, however many it has."""
        rows = self.pages[page]["rows"]
        return self.afresh[page].cost * (2000 / rows if rows else 1)


def write(found: list[Measured], options, folder: Path) -> str:
    """Write the tables and the chart into a folder; return the tables.

    `found`: of each database the smaller number of articles first, the larger one behind it, where it was measured.
    """
    now = datetime.now().astimezone()
    folder.mkdir(exist_ok=True)
    name = f"{now:%Y-%m-%d}-{options.database}"
    lines = [f"# {now:%Y-%m-%d}, {options.database}", "", *_about(options, found), ""]
    lines += [f"![CPU-ms of every page made afresh, beside its goal]({name}.svg)", ""]
    pairs = _by_database(found)
    for small, large in pairs:
        lines += [f"## {small.database}", ""]
        lines += [*_pages(small, large), *_actions(small, large), *_kept(small), *_rest(small, large)]
    text = "\n".join(lines)
    (folder / f"{name}.md").write_text(text, encoding="utf-8")
    (folder / f"{name}.svg").write_text(run_chart.draw(_rows(pairs), _legend(pairs)), encoding="utf-8")
    return f"{text}\n→ {folder.name}/{name}.md, {name}.svg"


def _by_database(found: list[Measured]) -> list[tuple[Measured, Measured | None]]:
    names = dict.fromkeys(one.database for one in found)
    groups = [[one for one in found if one.database == name] for name in names]
    return [(group[0], group[1] if len(group) > 1 else None) for group in groups]


def _about(options, found: list[Measured]) -> list[str]:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("wagtail", "django", "granian"))
    generator = "wrk" if shutil.which("wrk") else "bench/load.py"
    loads = ", ".join(f"{one.load_before:.1f}" for one in found)
    return [
        f"{options.articles:,} articles of about 4 KB beside the demo city, {options.connections} connections, "
        f"{options.rounds} alternating rounds of {options.seconds:g} s a line, medians. Load generator ({generator}) "
        f"and servers share {len(os.sched_getaffinity(0))} cores of {platform.machine()}. "
        f"Python {platform.python_version()}, {versions}; one worker. "
        f"Load average before the rounds: {loads} (on a quiet machine below 0.5).",
        "",
        "CPU-ms: processor time of all server processes per request, without PostgreSQL's own. p50: what a reader "
        "waits while all connections ask at once. Both only compare within one report. Bold: the goal is missed.",
    ]


def _pages(small: Measured, large: Measured | None) -> list[str]:
    """Return the table of the pages made afresh, and below it what the page after a publication costs more."""
    sizes = [one for one in (small, large) if one]
    head = "".join(f" CPU-ms, {one.articles:,} | p50 ms, {one.articles:,} |" for one in sizes)
    lines = [
        "### Pages made afresh",
        "",
        "The last column: processor time in one process, as usual → right after a publication on another site.",
        "",
        f"| Page | bytes | queries |{head} growth (≤ {GROWTH_GOAL}) | goal CPU-ms | after a publication | errors |",
        f"|---|--:|--:|{'--:|--:|' * len(sizes)}--:|--:|--:|--:|",
    ]
    for page, cell in small.afresh.items():
        goal = float(cell.target) if cell.target else None
        costs = "".join(
            f" {_cost(one.cost(page), goal)}{_a_row(one, page)} | {one.afresh[page].median('p50_ms'):.0f} |"
            for one in sizes
        )
        asked = small.pages[page]
        growth = _growth(small.cost(page), large.cost(page) if large else None)
        label = "sitemap, for 2,000 rows" if asked["rows"] else page
        lines.append(
            f"| {label} | {cell.bytes_sent:,} | {asked['queries']} |{costs} {growth} "
            f"| {cell.target or '–'} | {asked['cpu']:.1f} → {asked['after']:.1f} "
            f"| {sum(one.afresh[page].errors for one in sizes)} |"
        )
    more = [statistics.median(page["after"] - page["cpu"] for page in one.pages.values()) for one in sizes]
    costs = "".join(f" {_cost(value, AFTER_GOAL_MS)} | – |" for value in more)
    lines.append(
        f"| *right after a publication elsewhere, more than usual, median of all pages* | – | – |{costs} – "
        f"| +{AFTER_GOAL_MS} | – | – |"
    )
    return [*lines, ""]


def _a_row(one: Measured, page: str) -> str:
    """Return what a row of a sitemap costs: " (0.92 µs a row)"."""
    rows = one.pages[page]["rows"]
    return f" ({one.afresh[page].cost * 1000 / rows:.2f} µs a row, {rows:,} rows)" if rows else ""


def _cost(value: float, goal: float | None, places: int = 1) -> str:
    """Return a figure, bold where it is above its goal."""
    text = f"{value:.{places}f}"
    return f"**{text}**" if goal is not None and value > goal else text


def _growth(small: float, large: float | None) -> str:
    return _cost(large / small, GROWTH_GOAL, 2) if large is not None and small else "–"


def _actions(small: Measured, large: Measured | None) -> list[str]:
    """Return the table of what editors do, in one process: the action alone, no server and no form."""
    sizes = [one for one in (small, large) if one]
    head = "".join(f" CPU-ms, {one.articles:,} | wall ms, {one.articles:,} |" for one in sizes)
    lines = [
        "### What editors do (in one process: the action alone, no server, no form)",
        "",
        f"| Action | queries |{head} growth (≤ {GROWTH_GOAL}) | goal CPU-ms |",
        f"|---|--:|{'--:|--:|' * len(sizes)}--:|--:|",
    ]
    for name, action in small.actions.items():
        asked = [one.actions[name] for one in sizes]
        costs = "".join(f" {_cost(each['cpu'], each['goal'], 0)} | {each['wall']:.0f} |" for each in asked)
        growth = _growth(action["cpu"], large.actions[name]["cpu"] if large else None)
        lines.append(f"| {name} | {action['queries']} |{costs} {growth} | {action['goal']} |")
    return [*lines, ""]


def _kept(one: Measured) -> list[str]:
    """Return the table of the answers from the page cache and of nginx."""
    return [
        "### From the page cache, and nginx",
        "",
        "| Page | Answered by | bytes | req/s | p50 ms | p99 ms | CPU-ms/req | target | errors |",
        "|---|---|--:|--:|--:|--:|--:|--:|--:|",
        *(
            f"| {cell.page} | {cell.answered} | {cell.bytes_sent:,} | {cell.median('per_second'):,.0f} "
            f"| {cell.median('p50_ms'):.2f} | {cell.median('p99_ms'):.2f} | {cell.cost:.3f} | {cell.target} "
            f"| {cell.errors} |"
            for cell in one.cells
            if cell.answered != AFRESH
        ),
        "",
    ]


def _rest(small: Measured, large: Measured | None) -> list[str]:
    memory = "; ".join(
        f"{name if name == 'nginx' else f'portal {name}'}, {one.articles:,} articles: {used:,.0f} MB"
        for one in (small, large)
        if one
        for name, used in one.memory.items()
    )
    return [f"Memory after the load (PSS): {memory}.", "", *(text for line in small.further for text in (line, ""))]


def _rows(pairs: list[tuple[Measured, Measured | None]]) -> list[run_chart.Row]:
    """Return a row of the chart for each page made afresh."""
    return [
        run_chart.Row(
            "sitemap, 2,000 rows" if page == "sitemap" else page,
            float(cell.target) if cell.target else None,
            [(small.cost(page), large.cost(page) if large else None) for small, large in pairs],
        )
        for page, cell in pairs[0][0].afresh.items()
    ]


def _legend(pairs: list[tuple[Measured, Measured | None]]) -> run_chart.Legend:
    small, large = pairs[0]
    return run_chart.Legend([one.database for one, _large in pairs], small.articles, large.articles if large else None)
