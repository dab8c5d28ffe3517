"""Whether letters can be read on a colour (WCAG 2.1, 1.4.3 and 1.4.11), and the nearest colour on which they can.

Colours are "#rrggbb" in small letters. What stands beside a chosen colour is fixed in `static/css/tokens.css`.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

COLOUR = re.compile(r"#[0-9a-f]{6}")
# AA: of text, and of lines and marks that mean something.
TEXT, MARK = 4.5, 3.0
STEPS = 50
BLACK, WHITE = (0, 0, 0), (255, 255, 255)


class Beside(NamedTuple):
    """What stands on, or under, a colour that is chosen: its name for people, its colour, the contrast asked."""

    name: str
    colour: str
    least: float = TEXT


class Sample(NamedTuple):
    """Letters of a colour on a ground, with the place on the page where they stand."""

    name: str
    ground: str
    letters: str


# What the colour of each field of `base/models/look.py` meets, and what it is mixed with to be readable.
ACCENT = (
    Beside("chữ trên thanh danh mục và nút", "#fffaf2"),
    Beside("đường kẻ vàng của thanh danh mục", "#e6c373", MARK),
    Beside("nền trang", "#fdfbf7"),
    Beside("nền ô sẫm", "#f6f0e5"),
    Beside("nền vàng nhạt", "#f6e9c9"),
)
DARK_ACCENT = (
    Beside("chữ trên thanh danh mục và nút, nền tối", "#fff6ea"),
    Beside("đường kẻ vàng của thanh danh mục, nền tối", "#e6c373", MARK),
)
DARK_TEXT = (
    Beside("nền trang, nền tối", "#171310"),
    Beside("nền khung, nền tối", "#1f1a16"),
    Beside("nền ô sẫm, nền tối", "#27211b"),
    Beside("nền vàng sẫm, nền tối", "#3a2f18"),
)
PAIRS: dict[str, tuple[Beside, ...]] = {"accent": ACCENT, "dark_accent": DARK_ACCENT, "dark_text": DARK_TEXT}
TOWARDS = {"accent": BLACK, "dark_accent": BLACK, "dark_text": WHITE}


def ratio(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21. Example: ratio("#000000", "#ffffff") is 21."""
    lights = sorted((_light(one), _light(other)), reverse=True)
    return (lights[0] + 0.05) / (lights[1] + 0.05)


def failing(field: str, colour: str) -> list[tuple[Beside, float]]:
    """Return what a colour of a field cannot stand beside, with the contrast it has."""
    return [(beside, found) for beside in PAIRS[field] if (found := ratio(colour, beside.colour)) < beside.least]


@lru_cache
def nearest(field: str, colour: str) -> str:
    """Return the colour itself, or the nearest darker one (lighter for text on dark) that passes all its pairs."""
    for step in range(STEPS + 1):
        tried = mixed(colour, TOWARDS[field], step / STEPS)
        if not failing(field, tried):
            return tried
    raise ValueError(f"No colour passes: {field}")


def problem(field: str, colour: str) -> str:
    """Say which pair cannot be read and which colour could; "" where all can.

    Example: "Tương phản với chữ trên thanh danh mục và nút (#fffaf2) chỉ đạt 2,6:1, cần ít nhất 4,5:1; hãy chọn …".
    """
    found = failing(field, colour)
    if not found:
        return ""
    pairs = "; ".join(
        f"với {beside.name} ({beside.colour}) chỉ đạt {_number(got)}:1, cần ít nhất {_number(beside.least)}:1"
        for beside, got in found
    )
    way = "sáng hơn" if TOWARDS[field] == WHITE else "đậm hơn"
    return f"Tương phản {pairs}. Hãy chọn màu {way}, ví dụ {nearest(field, colour)}."


def samples(accent: str, dark_accent: str, dark_text: str) -> list[Sample]:
    """Return how three colours are used on a page."""
    return [
        Sample("Thanh danh mục, nút", accent, ACCENT[0].colour),
        Sample("Tên cơ quan", ACCENT[2].colour, accent),
        Sample("Thanh danh mục, nền tối", dark_accent, DARK_ACCENT[0].colour),
        Sample("Tên cơ quan, nền tối", DARK_TEXT[0].colour, dark_text),
    ]


def mixed(colour: str, other: Iterable[int], share: float) -> str:
    """Return a colour with a share (0 to 1) of another one, given as red, green, blue from 0 to 255."""
    parts = (round(own + (goal - own) * share) for own, goal in zip(_parts(colour), other, strict=True))
    return "#" + "".join(f"{part:02x}" for part in parts)


def _parts(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5))


def _light(colour: str) -> float:
    """The relative luminance, 0 to 1 (WCAG 2.1)."""
    linear = [
        part / 255 / 12.92 if part / 255 <= 0.04045 else ((part / 255 + 0.055) / 1.055) ** 2.4
        for part in _parts(colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _number(value: float) -> str:
    # Rounded down: 4,49 must not read as 4,5.
    return f"{int(value * 10) / 10:.1f}".replace(".", ",")
