"""Lược đồ: the relations of a document drawn as SVG, in two widths; the style sheet shows the one that fits.

Only boxes, lines and text with classes: colours come from the style sheet, so that they follow the reader's settings.
The drawing is one picture for a screen reader; the same relations stand as links in the list beside it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from textwrap import wrap

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MOST_BOXES = 5
BOX_WIDTH = 232
APART, NARROW = 32, 300
LINE, PADDING, GAP, GROUP_GAP, HEADING = 17, 9, 8, 22, 22
LETTERS_A_LINE, MOST_LINES = 29, 2


@dataclass(frozen=True)
class Box:
    """One document of the drawing: its name, the badge class and the words of its status, "" when unknown."""

    name: str
    badge: str = ""
    label: str = ""

    @property
    def lines(self) -> list[str]:
        """The name on as many lines as there is room for."""
        return wrap(self.name, LETTERS_A_LINE, max_lines=MOST_LINES, placeholder=" …") or [""]

    @property
    def height(self) -> int:
        return 2 * PADDING + LINE * (len(self.lines) + bool(self.label)) - 4


@dataclass(frozen=True)
class Bundle:
    """The documents of one relation: its name, `acts` when the document in the middle is the one that acts."""

    label: str
    boxes: Sequence[Box]
    acts: bool
    # How many more there are than boxes.
    more: int = field(default=0)

    @property
    def shown(self) -> list[Box]:
        return list(self.boxes[:MOST_BOXES])

    @property
    def left_out(self) -> str:
        """The words for what is not drawn, "" when all is."""
        count = self.more + len(self.boxes) - len(self.shown)
        words = ngettext("và %(count)s văn bản khác", "và %(count)s văn bản khác", count)
        return words % {"count": count} if count else ""

    @property
    def height(self) -> int:
        boxes = sum(box.height + GAP for box in self.shown)
        return HEADING + boxes + (LINE if self.left_out else 0)


def draw(middle: Box, bundles: Sequence[Bundle]) -> SafeString:
    """Return the drawing in both widths as SVG elements, or "" when there is nothing to draw."""
    if not bundles:
        return _together([])
    acts = [bundle for bundle in bundles if bundle.acts]
    undergoes = [bundle for bundle in bundles if not bundle.acts]
    drawings = (_wide(middle, acts, undergoes), _narrow(middle, acts, undergoes))
    title = _("Lược đồ quan hệ của %(name)s") % {"name": middle.name}
    description = describe(bundles)
    return format_html_join(
        "",
        '<svg class="diagram diagram--{0}" width="{1}" height="{2}" viewBox="0 0 {1} {2}" role="img" '
        'aria-labelledby="{0}-ten {0}-mo-ta" focusable="false"><title id="{0}-ten">{3}</title>'
        '<desc id="{0}-mo-ta">{4}</desc>{5}</svg>',
        (
            (name, width, height, title, description, body)
            for (width, height, body), name in zip(drawings, ("rong", "hep"), strict=True)
        ),
    )


def describe(bundles: Sequence[Bundle]) -> str:
    """Describe the drawing as text: "Căn cứ vào: Luật 77/2015/QH13 (Hết hiệu lực toàn bộ); …"."""
    labels = []
    for bundle in bundles:
        names = [f"{box.name} ({box.label})" if box.label else box.name for box in bundle.shown]
        labels.append(f"{bundle.label}: {'; '.join([*names, *filter(None, [bundle.left_out])])}.")
    return " ".join(labels)


# --- Two layouts -------------------------------------------------------------------------------------


def _wide(middle: Box, acts, undergoes) -> tuple[int, int, SafeString]:
    """What it acts on to the left, itself in the middle, what acts on it to the right."""
    # Without one side the middle stands at the edge.
    left = BOX_WIDTH + APART if acts else 0
    right = left + BOX_WIDTH + APART
    columns = [(bundles, place) for bundles, place in ((acts, 0), (undergoes, right)) if bundles]
    width = right + BOX_WIDTH if undergoes else left + BOX_WIDTH
    height = max([_height(bundles) for bundles, _place in columns] + [middle.height])
    top = (height - middle.height) // 2
    parts = []
    for bundles, place in columns:
        start = (height - _height(bundles)) // 2
        is_left = bundles is acts
        for bundle in bundles:
            x = BOX_WIDTH if is_left else place
            y = start + HEADING + (bundle.height - HEADING) // 2
            edge = left if is_left else left + BOX_WIDTH
            bend = (x + edge) // 2
            y0 = top + middle.height // 2
            parts.append(
                format_html(
                    '<path class="diagram__line" d="M{} {}C{} {} {} {} {} {}"/>', edge, y0, bend, y0, bend, y, x, y
                )
            )
            parts.append(_bundle(bundle, place, start))
            start += bundle.height + GROUP_GAP
    parts.append(_box(middle, left, top, is_middle=True))
    return width, height, _together(parts)


def _narrow(middle: Box, acts, undergoes) -> tuple[int, int, SafeString]:
    """One below the other: itself first, then what it acts on, what acts on it, joined by a line at the side."""
    x, y = 24, middle.height + GROUP_GAP
    parts, last = [], y
    for bundle in [*acts, *undergoes]:
        last = y + HEADING // 2
        parts.append(format_html('<path class="diagram__line" d="M8 {0}H{1}"/>', last, x - 4))
        parts.append(_bundle(bundle, x, y))
        y += bundle.height + GROUP_GAP
    trunk = format_html('<path class="diagram__line" d="M8 {}V{}"/>', middle.height, last)
    return NARROW, y - GROUP_GAP, _together([trunk, *parts, _box(middle, 0, 0, is_middle=True)])


def _height(bundles) -> int:
    return sum(bundle.height + GROUP_GAP for bundle in bundles) - GROUP_GAP


def _bundle(bundle: Bundle, x: int, y: int) -> SafeString:
    parts = [format_html('<text class="diagram__label" x="{}" y="{}">{}</text>', x, y + LINE - 2, bundle.label)]
    y += HEADING
    for box in bundle.shown:
        parts.append(_box(box, x, y))
        y += box.height + GAP
    if bundle.left_out:
        parts.append(
            format_html('<text class="diagram__more" x="{}" y="{}">{}</text>', x, y + LINE - 6, bundle.left_out)
        )
    return _together(parts)


def _box(box: Box, x: int, y: int, *, is_middle: bool = False) -> SafeString:
    lines = [
        format_html(
            '<text class="diagram__name" x="{}" y="{}">{}</text>', x + 10, y + PADDING + 10 + LINE * place, words
        )
        for place, words in enumerate(box.lines)
    ]
    if box.label:
        lines.append(
            format_html(
                '<text class="diagram__status diagram__status--{}" x="{}" y="{}">{}</text>',
                box.badge,
                x + 10,
                y + PADDING + 10 + LINE * len(box.lines),
                box.label,
            )
        )
    return format_html(
        '<rect class="diagram__box{}" x="{}" y="{}" width="{}" height="{}" rx="5"/>{}',
        " diagram__box--middle" if is_middle else "",
        x + 1,
        y + 1,
        BOX_WIDTH - 2,
        box.height - 2,
        _together(lines),
    )


def _together(parts: Sequence[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))
