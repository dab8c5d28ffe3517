"""Figures drawn as SVG, in two widths; the style sheet shows the one that fits.

Only shapes and text with classes: colours come from the style sheet, so that they follow the reader's settings. A
drawing is one picture for a screen reader, with its numbers as text; the table beside it has the same numbers.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

WIDE, NARROW = 720, 300
LEFT, TOP, PLOT, FOOT = 44, 26, 170, 24
LINE, BAR, LABEL = 26, 18, 17
# About the width of a figure and of a letter of the drawings' small text; room is kept for the widest number.
FIGURE, LETTER = 7, 6.2
SPARK_WIDTH, SPARK_HEIGHT, SPARK_EDGE = 240, 56, 5
NOTHING = SafeString()


@dataclass(frozen=True)
class Series:
    """Numbers of one kind, one for each column; None where there is nothing to say. `name` ends its class."""

    label: str
    name: str
    values: Sequence[int | None]


@dataclass(frozen=True)
class Part:
    """One part of a bar: its label, the end of its class, how many."""

    label: str
    name: str
    value: int


def columns(key: str, title: str, labels: Sequence[str], series: Sequence[Series], *, most: int = 0, tail: str = ""):
    """Return columns side by side as SVG elements in both widths; "" when every number is nothing.

    `labels`: what stands under the columns. `most`: the number at the top, by default the greatest, rounded up; `tail`
    stands behind numbers ("%").
    """
    most = most or _rounded_up(max((value or 0 for one in series for value in one.values), default=0))
    if not most or not any(value is not None for one in series for value in one.values):
        return NOTHING
    description = "; ".join(
        f"{label}: " + ", ".join(f"{one.label.lower()} {_description(one.values[place], tail)}" for one in series)
        for place, label in enumerate(labels)
        if any(one.values[place] for one in series)
    )
    return _both(key, title, description, lambda width: _columns(width, labels, series, most, tail))


def bars(key: str, title: str, rows: Sequence[tuple[str, Sequence[Part]]]) -> SafeString:
    """Return one bar a row, made of parts, as SVG elements in both widths; "" when there is nothing to draw."""
    rows = [(label, [part for part in parts if part.value]) for label, parts in rows]
    most = max((sum(part.value for part in parts) for _label, parts in rows), default=0)
    if not most:
        return NOTHING
    description = "; ".join(
        f"{label}: " + ", ".join(f"{part.label.lower()} {number(part.value)}" for part in parts)
        for label, parts in rows
        if parts
    )
    return _both(key, title, description, lambda width: _bars(width, rows, most))


def sparkline(key: str, title: str, labels: Sequence[str], values: Sequence[int]) -> SafeString:
    """Return a small line of numbers, one a label, as one SVG element; "" when every number is nothing."""
    most = max(values, default=0)
    if not most or len(values) < 2:
        return NOTHING
    step, height = (SPARK_WIDTH - 2 * SPARK_EDGE) / (len(values) - 1), SPARK_HEIGHT - 2 * SPARK_EDGE
    points = [
        (round(SPARK_EDGE + step * place, 1), round(SPARK_EDGE + height * (1 - value / most), 1))
        for place, value in enumerate(values)
    ]
    description = "; ".join(f"{label}: {number(value)}" for label, value in zip(labels, values, strict=True))
    return format_html(
        '<svg class="spark" width="{1}" height="{2}" viewBox="0 0 {1} {2}" role="img" '
        'aria-labelledby="{0}-ten {0}-mo-ta" focusable="false"><title id="{0}-ten">{3}</title>'
        '<desc id="{0}-mo-ta">{4}.</desc><polyline class="spark__line" points="{5}"/>'
        '<circle class="spark__end" cx="{6}" cy="{7}" r="3"/></svg>',
        key,
        SPARK_WIDTH,
        SPARK_HEIGHT,
        title,
        description,
        " ".join(f"{x},{y}" for x, y in points),
        *points[-1],
    )


def number(value: int | None) -> str:
    """Write a number in the language of the page: "40.899", in English "40,899"; "–" for none."""
    if value is None:
        return "–"
    return f"{value:,}" if get_language() == "en" else f"{value:,}".replace(",", ".")


# --- Two layouts -------------------------------------------------------------------------------------


def _both(key: str, title: str, description: str, draw) -> SafeString:
    drawings = [(name, width, *draw(width)) for name, width in (("rong", WIDE), ("hep", NARROW))]
    return format_html_join(
        "",
        '<svg class="chart chart--{1}" width="{2}" height="{3}" viewBox="0 0 {2} {3}" role="img" '
        'aria-labelledby="{0}-{1}-ten {0}-{1}-mo-ta" focusable="false"><title id="{0}-{1}-ten">{4}</title>'
        '<desc id="{0}-{1}-mo-ta">{5}.</desc>{6}</svg>',
        ((key, name, width, height, title, description, body) for name, width, height, body in drawings),
    )


def _columns(width: int, labels, series, most: int, tail: str) -> tuple[int, SafeString]:
    parts = []
    left = max(LEFT, FIGURE * len(number(most) + tail) + 8)
    for step in range(5):
        height, y = most * step / 4, TOP + PLOT - PLOT * step // 4
        if height == int(height):
            parts.append(format_html('<path class="chart__grid" d="M{} {}H{}"/>', left, y, width))
            parts.append(_text("chart__number", left - 6, y + 4, f"{number(int(height))}{tail}", "end"))
    room = (width - left) / len(labels)
    thick = min(22.0, (room - 4) / len(series))
    widest = max((len(number(value)) for one in series for value in one.values if value), default=0)
    # All or none: the description and the table beside a drawing have every number.
    has_numbers = thick >= 14 and room >= FIGURE * widest * len(series)
    is_crowded = any(room < FIGURE * len(label) for label in labels)
    for place, label in enumerate(labels):
        start = left + room * place + (room - thick * len(series)) / 2
        for order, one in enumerate(series):
            value, x = one.values[place], round(start + thick * order, 1)
            if value is None:
                continue
            height = round(PLOT * min(value, most) / most, 1)
            y = round(TOP + PLOT - height, 1)
            parts.append(
                format_html(
                    '<rect class="chart__bar chart__bar--{}" x="{}" y="{}" width="{}" height="{}"/>',
                    one.name,
                    x,
                    y,
                    round(thick - 1, 1),
                    height,
                )
            )
            if value and has_numbers:
                parts.append(_text("chart__value", round(x + thick / 2, 1), y - 4, number(value), "middle"))
        short = label.removeprefix("T") if is_crowded else label
        parts.append(_text("chart__label", round(left + room * (place + 0.5), 1), TOP + PLOT + LABEL, short, "middle"))
    return TOP + PLOT + FOOT, _together(parts)


def _bars(width: int, rows, most: int) -> tuple[int, SafeString]:
    parts, y = [], 0
    edge = max(40, FIGURE * len(number(most)) + 12)
    for label, pieces in rows:
        parts.append(_text("chart__label", 0, y + LABEL - 2, _fitting(label, width), "start"))
        y += LABEL + 4
        x = 0.0
        for piece in pieces:
            length = round((width - edge) * piece.value / most, 1)
            parts.append(
                format_html(
                    '<rect class="chart__bar chart__bar--{}" x="{}" y="{}" width="{}" height="{}"/>',
                    piece.name,
                    round(x, 1),
                    y,
                    max(1.0, length - 1),
                    BAR,
                )
            )
            x += length
        total = number(sum(piece.value for piece in pieces))
        parts.append(_text("chart__value", round(x + 6, 1), y + 14, total, "start"))
        y += LINE
    return y, _together(parts)


def _text(css: str, x, y, words: str, anchor: str) -> SafeString:
    return format_html('<text class="{}" x="{}" y="{}" text-anchor="{}">{}</text>', css, x, y, anchor, words)


def _fitting(label: str, width: int) -> str:
    """A label as far as it fits into a line, cut between words; the table beside the drawing has all of it."""
    most = int(width / LETTER)
    return label if len(label) <= most else f"{label[:most].rsplit(' ', 1)[0].rstrip(',;')}…"


def _description(value: int | None, tail: str) -> str:
    return f"{number(value)}{tail if value is not None else ''}"


def _rounded_up(number: int) -> int:
    """The next number that four steps divide well: 7 → 8, 13 → 16, 45 → 60, 230 → 400."""
    step = 4
    while step < number:
        for factor in (2, 3, 4, 5):
            if step * factor >= number:
                return step * factor
        step *= 5
    return step if number else 0


def _together(parts: Sequence[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))
