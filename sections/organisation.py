"""The organisation chart (sơ đồ tổ chức; NĐ 43/2011 Điều 10.1.a): units of today as they stand below one another.

1. `units_below`: the units that there are today below one, each with who holds its posts; two queries.
2. `groups_of`: the same in groups by kind, for the list, which is folded where it is long.
3. `drawing`: the same as SVG in two widths, a box a unit, which leads to the unit's place in the list below; colours
   come from the style sheet. The list says what the drawing says, and how each unit is reached.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from base.models import OrganisationUnit, PostHolder
from base.public.native_words import is_native_page, native_lang

WIDE, NARROW = 720, 300
STEP, LINE, EDGE, GAP = 26, 17, 9, 8
# About the width of a letter of the drawing.
LETTER = 7.5
# With more units than this the wide drawing has two columns.
MOST_IN_COLUMN = 12
Kind = OrganisationUnit.Kind
WARDS = (Kind.WARD, Kind.COMMUNE)
# (key in addresses, heading, kinds) of the groups of the list; other kinds stand above them.
GROUPS = (
    ("dang-hoi-dong", _("Cơ quan Đảng, Hội đồng nhân dân"), (Kind.PARTY, Kind.COUNCIL)),
    ("phong-ban", _("Phòng, ban, cơ quan ngành dọc"), (Kind.OFFICE, Kind.COMMITTEE, Kind.SECTOR)),
    ("doan-the", _("Mặt trận, đoàn thể"), (Kind.MASS_ORGANISATION,)),
    ("su-nghiep", _("Đơn vị sự nghiệp, trường học"), (Kind.PUBLIC_UNIT, Kind.SCHOOL)),
    ("phuong-xa", _("Phường, xã"), WARDS),
)
# At most this many units are listed without groups.
MOST_WITHOUT_GROUPS = 8


@dataclass
class ChartUnit:
    """A unit in the chart: how deep it stands (0: the top), who holds its posts, the head first."""

    unit: OrganisationUnit
    depth: int
    holders: list[PostHolder] = field(default_factory=list)

    @property
    def head(self) -> PostHolder | None:
        return next((holder for holder in self.holders if holder.is_head), None)

    @property
    def name(self) -> str:
        """The name in the language of the page."""
        return (get_language() == "en" and self.unit.name_en) or self.unit.name

    @property
    def is_native(self) -> bool:
        """Whether the name is Vietnamese on a page in another language."""
        return not is_native_page() and self.name == self.unit.name


def units_below(top: OrganisationUnit, on: date) -> list[ChartUnit]:
    """Return a unit and those below it that readers may find on a day, each after the one it belongs to.

    Wards and communes come after the other bodies of the city.
    """
    below: dict[int | None, list[OrganisationUnit]] = {}
    units = OrganisationUnit.objects.public(on).exclude(kind=OrganisationUnit.Kind.EXTERNAL)
    for unit in sorted(units.order_by("sort_order", "name"), key=lambda unit: unit.kind in WARDS):
        below.setdefault(unit.parent_id, []).append(unit)
    found: list[ChartUnit] = []
    seen: set[int] = set()

    def walk(unit: OrganisationUnit, depth: int) -> None:
        if unit.pk not in seen:
            seen.add(unit.pk)
            found.append(ChartUnit(unit, depth))
            for child in below.get(unit.pk, ()):
                walk(child, depth + 1)

    walk(top, 0)
    holders: dict[int, list[PostHolder]] = {}
    for holder in PostHolder.objects.valid(on).filter(unit__in=seen):
        holders.setdefault(holder.unit_id, []).append(holder)
    for row in found:
        row.holders = holders.get(row.unit.pk, [])
    return found


@dataclass(frozen=True)
class UnitGroup:
    """Units of some kinds in the list; without a heading they are not folded."""

    key: str
    heading: str
    rows: list[ChartUnit]


def groups_of(rows: Sequence[ChartUnit]) -> list[UnitGroup]:
    """Split units into groups by kind, in their order; few units are one group without a heading."""
    if len(rows) <= MOST_WITHOUT_GROUPS:
        return [UnitGroup("", "", list(rows))]
    grouped = {kind for _key, _heading, kinds in GROUPS for kind in kinds}
    above = [row for row in rows if row.depth == 0 or row.unit.kind not in grouped]
    found = [UnitGroup("", "", above)]
    for key, heading, kinds in GROUPS:
        found.append(UnitGroup(key, heading, [row for row in rows if row.unit.kind in kinds and row not in above]))
    return [group for group in found if group.rows]


def drawing(key: str, title: str, rows: Sequence[ChartUnit]) -> SafeString:
    """Return the chart as SVG elements in both widths: each unit with its head, below the one it belongs to."""
    return format_html_join(
        "",
        '<svg class="diagram diagram--{1}" width="{2}" height="{3}" viewBox="0 0 {2} {3}" role="group" '
        'aria-labelledby="{0}-{1}-ten" focusable="false"><title id="{0}-{1}-ten">{4}</title>{5}</svg>',
        (
            (key, name, width, height, title, body)
            for name, width in (("rong", WIDE), ("hep", NARROW))
            for height, body in [_drawn(width, rows)]
        ),
    )


def anchor_of(unit: OrganisationUnit) -> str:
    """Return the id of the place of a unit in the list beside the drawing."""
    return f"don-vi-{unit.slug}"


def _drawn(width: int, rows: Sequence[ChartUnit]) -> tuple[int, SafeString]:
    """Return height and elements: what stands at the top over the whole width, what is below it in columns."""
    tops = [row for row in rows if row.depth == 0]
    columns = _columns([row for row in rows if row.depth], 2 if width == WIDE else 1)
    foot, parts = _column(tops, 0, width, 1, {}, width)
    heights = [foot]
    for place, column in enumerate(columns):
        left, each = place * width // len(columns), width // len(columns)
        height, drawn = _column(column, left, each, foot, {0: foot - GAP}, width)
        heights.append(height)
        parts += drawn
    return max(heights), format_html_join("", "{}", ((part,) for part in parts))


def _columns(rows: list[ChartUnit], most: int) -> list[list[ChartUnit]]:
    """Split units into columns of about one length, each unit in the column of the one it belongs to."""
    if most == 1 or len(rows) <= MOST_IN_COLUMN:
        return [rows]
    half = next((place for place in range(len(rows) // 2, len(rows)) if rows[place].depth == 1), len(rows))
    return [column for column in (rows[:half], rows[half:]) if column]


def _column(rows: Sequence[ChartUnit], left: int, each: int, y: int, foot_of: dict, width: int) -> tuple[int, list]:
    """Return where a column ends and its elements; `each` wide from `left`, in a drawing that is `width` wide."""
    step = STEP if width == WIDE else STEP // 2
    parts = []
    for row in rows:
        x = left + 1 + row.depth * step
        box_width = left + each - x - (1 if left + each == width else GAP)
        letters = max(12, int((box_width - 2 * EDGE) / LETTER))
        names = textwrap.wrap(row.name, letters)
        more = textwrap.wrap(str(row.head), letters) if row.head else []
        height = 2 * EDGE + LINE * (len(names) + len(more)) - 4
        if row.depth:
            # From the foot of the unit above down to this one.
            way = (x - step // 2, foot_of[row.depth - 1], y + 14, x)
            parts.append(format_html('<path class="diagram__line" d="M{} {}V{}H{}"/>', *way))
        css = "diagram__box diagram__box--middle" if row.depth == 0 else "diagram__box"
        box = format_html(
            '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="4"/>', css, x, y, box_width, height
        )
        words = [("diagram__name", line) for line in names] + [("diagram__more", line) for line in more]
        # The head of a unit and the post have no other name than the Vietnamese one.
        langs = [native_lang(row.is_native)] * len(names) + [native_lang(not is_native_page())] * len(more)
        lines = format_html_join(
            "",
            '<text class="{}" x="{}" y="{}"{}>{}</text>',
            (
                (css, x + EDGE, y + EDGE + 10 + LINE * place, lang, line)
                for place, ((css, line), lang) in enumerate(zip(words, langs, strict=True))
            ),
        )
        parts.append(format_html('<a href="#{}">{}{}</a>', anchor_of(row.unit), box, lines))
        foot_of[row.depth] = y + height
        y += height + GAP
    return y, parts
