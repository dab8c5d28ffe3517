"""The chart of `run.py`: of each page made afresh a bar for each database and a mark at its goal, as plain SVG.

Written without a library. It has its own background, so it is readable wherever it stands; in dark surroundings it is
dark.
"""

from dataclasses import dataclass
from html import escape

WIDTH, LABELS, RIGHT = 900, 250, 110
TOP, BOTTOM = 76, 40
BAR, BETWEEN, GAP = 10, 2, 12
STYLE = """
  .ground { fill: #ffffff } text { fill: #1f2328; font: 12px system-ui, sans-serif }
  .title { font-size: 15px; font-weight: 600 } .value, .axis { font-size: 10.5px } .axis { fill: #59636e }
  .grid { stroke: #d1d9e0 } .goal { stroke: #1a7f37; stroke-width: 2.5 } .missed { font-weight: 700; fill: #b3261e }
  .bar0 { fill: #3b73b9 } .bar1 { fill: #c27a1a } .later { fill: #ffffff; stroke: #1f2328; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 } text { fill: #e6edf3 } .axis { fill: #9198a1 } .grid { stroke: #30363d }
    .goal { stroke: #3fb950 } .missed { fill: #ff8f85 } .bar0 { fill: #6ca4ec } .bar1 { fill: #e0a04a }
    .later { fill: #0d1117; stroke: #e6edf3 }
  }
"""


@dataclass(frozen=True)
class Row:
    """One page: its goal, and of each database the cost beside few and beside many articles, all in CPU-ms."""

    page: str
    goal: float | None
    costs: list[tuple[float, float | None]]


@dataclass(frozen=True)
class Legend:
    """The names of the databases, in the order of their bars, and the two numbers of articles."""

    databases: list[str]
    articles: int
    growth: int | None


def draw(rows: list[Row], legend: Legend) -> str:
    """Return the chart as the text of an SVG file."""
    step = len(legend.databases) * (BAR + BETWEEN) + GAP
    height = TOP + len(rows) * step + BOTTOM
    most = max(value for row in rows for pair in [*row.costs, (row.goal, None)] for value in pair if value is not None)
    tick = next(size for size in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10**6) if most / size <= 10)
    scale = (WIDTH - LABELS - RIGHT) / most
    title = f"CPU-ms of a page made afresh, {legend.articles:,} articles"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-label="{escape(title)}">',
        f"<style>{STYLE}</style>",
        f'<rect class="ground" width="{WIDTH}" height="{height}"/>',
        f'<text class="title" x="16" y="26">{escape(title)}</text>',
        *_legend(legend),
        *_grid(most, tick, scale, height),
    ]
    for number, row in enumerate(rows):
        parts += _row(row, TOP + GAP / 2 + number * step, scale)
    return "\n".join([*parts, "</svg>", ""])


def _legend(legend: Legend) -> list[str]:
    """Return a line that says what bars, marks and figures mean."""
    parts, x, y = [], 16, 50
    for number, name in enumerate(legend.databases):
        parts.append(f'<rect class="bar{number}" x="{x}" y="{y - 9}" width="14" height="{BAR}"/>')
        parts.append(f'<text x="{x + 20}" y="{y}">{escape(name)}</text>')
        x += 110
    parts.append(f'<line class="goal" x1="{x + 2}" x2="{x + 2}" y1="{y - 12}" y2="{y + 3}"/>')
    parts.append(f'<text x="{x + 12}" y="{y}">goal (red figures: missed)</text>')
    x += 190
    if legend.growth:
        parts.append(f'<circle class="later" cx="{x + 5}" cy="{y - 4}" r="4"/>')
        parts.append(f'<text x="{x + 16}" y="{y}">and right of the arrow: {legend.growth:,} articles</text>')
    return parts


def _grid(most: float, tick: int, scale: float, height: int) -> list[str]:
    parts = []
    for value in range(0, int(most) + 1, tick):
        x = LABELS + value * scale
        parts.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{height - BOTTOM}"/>')
        parts.append(f'<text class="axis" x="{x:.1f}" y="{height - BOTTOM + 16}" text-anchor="middle">{value}</text>')
    return parts


def _row(row: Row, y: float, scale: float) -> list[str]:
    """Return the bars of one page with their figures, which stand right of all that is drawn for it."""
    bottom = y + len(row.costs) * (BAR + BETWEEN) - BETWEEN
    goal = f" (goal {row.goal:g})" if row.goal is not None else ""
    parts = [
        f'<text x="{LABELS - 10}" y="{(y + bottom) / 2 + 4:.1f}" text-anchor="end">{escape(row.page + goal)}</text>',
    ]
    for number, (cost, later) in enumerate(row.costs):
        top = y + number * (BAR + BETWEEN)
        parts.append(
            f'<rect class="bar{number}" x="{LABELS}" y="{top:.1f}" width="{cost * scale:.1f}" height="{BAR}"/>'
        )
        figures, furthest = f"{cost:.1f}", max(cost, row.goal or 0, later or 0)
        if later is not None:
            figures += f" → {later:.1f}"
            x, middle = LABELS + later * scale, top + BAR / 2
            parts.append(f'<circle class="later" cx="{x:.1f}" cy="{middle:.1f}" r="{BAR / 2 - 1:g}"/>')
        missed = " missed" if row.goal is not None and max(cost, later or 0) > row.goal else ""
        parts.append(
            f'<text class="value{missed}" x="{LABELS + furthest * scale + 8:.1f}" y="{top + BAR - 1.5:.1f}">'
            f"{figures}</text>"
        )
    if row.goal is not None:
        # Last, so that it is seen over the bars.
        x = LABELS + row.goal * scale
        parts.append(f'<line class="goal" x1="{x:.1f}" x2="{x:.1f}" y1="{y - 3:.1f}" y2="{bottom + 3:.1f}"/>')
    return parts
