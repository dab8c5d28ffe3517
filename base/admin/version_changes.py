"""What changed between two versions, described so that it needs no computer knowledge.

1. `changes` compares two versions field by field, in the order of the form; each `Change` has the field's name in
   Vietnamese and both texts side by side, what went and what came marked. Parts of a text (headings, paragraphs,
   pictures, tables) are told apart by their own numbers: one put elsewhere is not one taken out and one added.
2. `as_text` says it in a line each: "Tiêu đề đổi.", "Nội dung: thêm 2 đoạn văn, bỏ 1 ảnh, đổi chỗ 1 bảng."
3. A code is shown as the label that people choose, a day as 01/07/2026, a picture as itself with its description; of
   what the reader may not know (`hidden_targets.py`) only that there is something.
"""

import difflib
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from html import unescape

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from wagtail.admin.panels import FieldPanel, InlinePanel
from wagtail.blocks import BooleanBlock, ChoiceBlock, ChooserBlock, ListBlock, RichTextBlock, StreamBlock, StructBlock
from wagtail.contrib.table_block.blocks import TableBlock
from wagtail.fields import RichTextField, StreamField
from wagtail.images.blocks import ImageBlock

from vietnam.dates import format_moment

from ..models.files import PortalImage
from .field_anchors import panels_of
from .patches.hidden_targets import NOT_SHOWN, is_hidden

THUMBNAIL = "max-240x180"
# Of more lines that are alike in a row, the first and the last are shown.
MOST_ALIKE = 4
# Lines of both versions beyond which they are compared more coarsely, and quickly.
LONG = 4000
_BREAKS = re.compile(r"</(?:p|li|h[1-6]|tr|div)>|<br\s*/?>", re.IGNORECASE)
_TAGS = re.compile(r"<[^>]+>")
_WORDS = re.compile(r"\s+|[^\s]+")
# Panels that hold nothing a reader would see.
NO_CONTENT = frozenset({"comment_notifications", "show_in_menus"})


@dataclass
class Row:
    """One part side by side: `kind` is what it is called, `how` added, removed, changed or moved."""

    kind: str
    how: str
    before: str = ""
    after: str = ""

    @property
    def label(self) -> str:
        return {"added": "Thêm", "removed": "Bỏ", "changed": "Sửa", "moved": "Đổi chỗ"}[self.how]


@dataclass
class Change:
    """One field that differs: its name, its rows, and in a few words how."""

    name: str
    words: str
    rows: list[Row] = field(default_factory=list)


# --- 1. Comparing ----------------------------------------------------------------------------------


def changes(before, after) -> list[Change]:
    """Return what differs between two versions of one page or record, in the order of the form."""
    found, seen = [], set()
    for panel in panels_of(after):
        if isinstance(panel, InlinePanel):
            change = _of_rows(panel, before, after)
        elif isinstance(panel, FieldPanel) and panel.field_name not in NO_CONTENT | seen:
            seen.add(panel.field_name)
            change = _of_field(panel, before, after)
        else:
            continue
        if change is not None:
            found.append(change)
    return found


def as_text(found: list[Change]) -> list[str]:
    """Return a sentence for each change. Example: "Nội dung: thêm 2 đoạn văn, bỏ 1 ảnh."."""
    return [f"{change.name}{change.words}." for change in found]


def _of_field(panel, before, after) -> Change | None:
    try:
        model_field = after._meta.get_field(panel.field_name)
    except FieldDoesNotExist:
        return None
    name = str(capfirst(panel.heading or model_field.verbose_name))
    if isinstance(model_field, StreamField):
        return _of_stream(name, getattr(before, panel.field_name), getattr(after, panel.field_name))
    old, new = (_shown(model_field, version) for version in (before, after))
    if old == new:
        return None
    if not old or not new:
        how, words = ("added", " được điền") if new else ("removed", " bị bỏ trống")
    else:
        how, words = "changed", " đổi"
    return Change(name, words, [Row("", how, *_side_by_side(old, new))])


def _of_stream(name: str, before, after) -> Change | None:
    old, new = ({child.id: child for child in stream} for stream in (before, after))
    stays = [key for key in new if key in old]
    stood = [key for key in old if key in new]
    moved = _out_of_order(stood, stays)
    rows, counted = [], Counter()
    for key, child in _woven(old, new):
        kind = str(child.block.label or child.block_type)
        if key not in old:
            how, sides = "added", _side_by_side([], _lines(child.block, child.value))
        elif key not in new:
            how, sides = "removed", _side_by_side(_lines(child.block, child.value), [])
        else:
            was, now = _lines(old[key].block, old[key].value), _lines(child.block, child.value)
            if was == now and key not in moved:
                continue
            how, sides = ("changed" if was != now else "moved"), _side_by_side(was, now)
        rows.append(Row(kind, how, *sides))
        counted[how, kind] += 1
    return Change(name, f": {_counted(counted)}", rows) if rows else None


def _of_rows(panel, before, after) -> Change | None:
    """Rows of an inline panel are told apart by their keys."""
    name = str(capfirst(panel.heading or panel.label or ""))
    kind = str(panel.label or "dòng")
    fields = [child for child in panel.child_edit_handler.children if isinstance(child, FieldPanel)]
    old, new = (
        {row.pk or -place: row for place, row in enumerate(getattr(version, panel.relation_name).all(), 1)}
        for version in (before, after)
    )
    rows, counted = [], Counter()
    for key in [*new, *(key for key in old if key not in new)]:
        was, now = (_row_lines(rows_of.get(key), fields) for rows_of in (old, new))
        if was == now:
            continue
        how = "added" if key not in old else "removed" if key not in new else "changed"
        rows.append(Row(capfirst(kind), how, *_side_by_side(was, now)))
        counted[how, kind] += 1
    return Change(name, f": {_counted(counted)}", rows) if rows else None


def _woven(old: dict, new: dict):
    """Yield (key, part) in the new order; what is gone stands where it stood."""
    gone_after: dict = {}
    last = None
    for key, child in old.items():
        if key in new:
            last = key
        else:
            gone_after.setdefault(last, []).append((key, child))
    yield from gone_after.get(None, [])
    for key, child in new.items():
        yield key, child
        yield from gone_after.get(key, [])


def _out_of_order(before: list, after: list) -> set:
    """The fewest keys that were put elsewhere between two orders of the same keys."""
    blocks = difflib.SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks()
    unchanged = {key for block in blocks for key in after[block.b : block.b + block.size]}
    return set(after) - unchanged


def _counted(counted: Counter) -> str:
    actions = {"added": "thêm", "removed": "bỏ", "changed": "sửa", "moved": "đổi chỗ"}
    return ", ".join(
        f"{actions[how]} {number} {kind[:1].lower()}{kind[1:]}"
        for how in actions
        for (which, kind), number in counted.items()
        if which == how
    )


# --- 2. What people read ---------------------------------------------------------------------------


def _row_lines(row, fields) -> list:
    if row is None:
        return []
    lines = []
    for panel in fields:
        model_field = row._meta.get_field(panel.field_name)
        shown = _shown(model_field, row)
        if shown:
            name = str(capfirst(panel.heading or model_field.verbose_name))
            lines += [f"{name}: {shown[0]}", *shown[1:]]
    return lines


def _shown(model_field, version) -> list:
    """The value of a field as lines of text; a picture is a line of its own."""
    if isinstance(model_field, models.ForeignKey):
        return _named(getattr(version, model_field.name))
    if model_field.many_to_many:
        return sorted((line for thing in getattr(version, model_field.name).all() for line in _named(thing)), key=str)
    value = model_field.value_from_object(version)
    if hasattr(model_field, "names_of"):
        return list(model_field.names_of(value))
    if model_field.choices:
        return _text(str(getattr(version, f"get_{model_field.name}_display")() or ""))
    if isinstance(model_field, RichTextField):
        return _rich(value)
    return _plain(value)


def _plain(value) -> list:
    if value is None or value == "":
        return []
    if isinstance(value, list | tuple):
        return [str(one) for one in value]
    if isinstance(value, bool):
        return ["Có"] if value else ["Không"]
    if isinstance(value, datetime):
        return [format_moment(value)]
    if isinstance(value, date):
        return [f"{value:%d/%m/%Y}"]
    return _text(str(value))


def _text(value: str) -> list:
    return [line.strip() for line in value.splitlines() if line.strip()]


def _rich(markup) -> list:
    source = getattr(markup, "source", markup) or ""
    return _text(unescape(_TAGS.sub("", _BREAKS.sub("\n", source))))


def _named(thing) -> list:
    if thing is None:
        return []
    if is_hidden(thing):
        return [NOT_SHOWN]
    return [thing, str(thing)] if isinstance(thing, PortalImage) else [str(thing)]


def _lines(block, value) -> list:
    """The value of a block as lines of text, with the names of its parts where there are several."""
    if value is None or value == "":
        return []
    if isinstance(block, ImageBlock):
        described = "Ảnh trang trí" if value.decorative else f"Mô tả: {value.contextual_alt_text or '(chưa có)'}"
        return [*_named(PortalImage.objects.filter(pk=value.pk).first() or value), described]
    if isinstance(block, TableBlock):
        return [" | ".join(str(cell or "") for cell in row) for row in value.get("data", [])]
    if isinstance(block, StructBlock):
        return _struct_lines(block, value)
    if isinstance(block, ListBlock):
        return [line for item in value for line in _lines(block.child_block, item)]
    if isinstance(block, StreamBlock):
        return [line for child in value for line in _lines(child.block, child.value)]
    if isinstance(block, RichTextBlock):
        return _rich(value)
    if isinstance(block, ChoiceBlock):
        return _text(str(dict(block.field.choices).get(value, value)))
    if isinstance(block, ChooserBlock):
        return _named(value)
    if isinstance(block, BooleanBlock):
        return _plain(bool(value))
    return _plain(value)


def _struct_lines(block, value) -> list:
    lines = []
    for name, child in block.child_blocks.items():
        inner = _lines(child, value.get(name))
        if not inner:
            continue
        if len(inner) == 1 and isinstance(inner[0], str) and len(block.child_blocks) > 1:
            inner = [f"{child.label}: {inner[0]}"]
        lines += inner
    return lines


# --- 3. Side by side -------------------------------------------------------------------------------


def _side_by_side(old: list, new: list) -> tuple[SafeString, SafeString]:
    """Both sides as HTML: whole lines that are alike as they are, of changed ones the words marked."""
    left, right = [], []
    is_long = len(old) + len(new) > LONG
    matcher = difflib.SequenceMatcher(None, list(map(_key, old)), list(map(_key, new)), autojunk=is_long)
    for step, a, b, c, d in matcher.get_opcodes():
        if step == "replace" and b - a == d - c:
            for was, now in zip(old[a:b], new[c:d], strict=True):
                marked = _marked(was, now)
                left.append(marked[0])
                right.append(marked[1])
            continue
        if step == "equal":
            alike = [_line(line, "") for line in new[c:d]]
            if len(alike) > MOST_ALIKE:
                between = format_html("<em>… {} dòng không đổi …</em>", len(alike) - 2)
                alike = [alike[0], between, alike[-1]]
            left += alike
            right += alike
            continue
        left += [_line(line, "del") for line in old[a:b]]
        right += [_line(line, "ins") for line in new[c:d]]
    return _joined(left), _joined(right)


def _key(line) -> str:
    return line if isinstance(line, str) else f"\0{line._meta.label} {line.pk} {line.digest}"


def _marked(was, now) -> tuple[SafeString, SafeString]:
    if not (isinstance(was, str) and isinstance(now, str)):
        return _line(was, "del"), _line(now, "ins")
    old, new = _WORDS.findall(was), _WORDS.findall(now)
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    left, right = [], []
    for step, a, b, c, d in matcher.get_opcodes():
        left.append(_tagged("".join(old[a:b]), "" if step == "equal" else "del"))
        right.append(_tagged("".join(new[c:d]), "" if step == "equal" else "ins"))
    return tuple(format_html_join("", "{}", ((part,) for part in side)) for side in (left, right))


def _tagged(words: str, tag: str) -> SafeString:
    if not tag or not words:
        return conditional_escape(words)
    marked = '<del class="deletion">{}</del>' if tag == "del" else '<ins class="addition">{}</ins>'
    return format_html(marked, words)


def _line(line, tag: str) -> SafeString:
    if isinstance(line, str):
        return _tagged(line, tag)
    picture = line.get_rendition(THUMBNAIL)
    return format_html(
        '<img class="portal-picture" src="{}" width="{}" height="{}" alt="{}">',
        picture.url,
        picture.width,
        picture.height,
        line.description or "",
    )


def _joined(lines: list) -> SafeString:
    return format_html_join("", "<p>{}</p>", ((line,) for line in lines))
