"""The parts a page's body is made of, each with its own template under `base/blocks/`.

Headings get anchors that stay readable and unique in their page; a body with three or more level-two headings
opens with a table of contents. A table needs a name and a header row, a picture a description. A draft is saved
whatever it lacks (Wagtail then cleans with `is_deferred_validation`); the preflight cleans it in full.
"""

import json
import math

from django.core.exceptions import ValidationError
from wagtail.blocks import (
    CharBlock,
    ChoiceBlock,
    ListBlock,
    RichTextBlock,
    StreamBlock,
    StreamBlockValidationError,
    StructBlock,
    StructBlockValidationError,
    StructValue,
    TextBlock,
)
from wagtail.contrib.table_block.blocks import TableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageBlock

from vietnam import text

from .files.alt_texts import problem_where_it_stands

TEXT_FEATURES = ["bold", "italic", "ol", "ul", "link", "document-link", "superscript", "subscript"]
SHORT_FEATURES = ["bold", "italic", "link"]
CONTENTS_FROM = 3
PARAGRAPH_PREVIEW = (
    "<p>Một đoạn văn, có <b>chữ đậm</b>, <i>chữ nghiêng</i> và danh sách:</p><ul><li>ý một</li><li>ý hai</li></ul>"
)
NO_TABLE = "Bảng gửi lên không đúng dạng nên chưa lưu; chữ đã gửi nằm trong các ô của bảng, hãy xem lại rồi lưu."
TABLE_OPTIONS = {"minSpareRows": 0, "startRows": 3, "startCols": 3}


class HeadingValue(StructValue):
    """A heading with the anchor that `outline` gives it among the headings of its page."""

    _anchor = ""

    @property
    def anchor(self) -> str:
        return self._anchor or text.slug(self["text"]) or "muc"


class HeadingBlock(StructBlock):
    """A heading inside the text; the page's title is level one, so these are two and three."""

    text = CharBlock(label="Nội dung đề mục", max_length=200)
    level = ChoiceBlock(label="Cấp", choices=[("2", "Mục lớn"), ("3", "Mục nhỏ")], default="2")

    class Meta:
        label = "Đề mục"
        icon = "title"
        template = "base/blocks/heading.html"
        value_class = HeadingValue
        form_classname = "struct-block heading-block"
        description = "Tên một phần của bài; có địa chỉ riêng để dẫn liên kết."
        preview_value = {"text": "Thời gian, địa điểm", "level": "2"}


class PictureBlock(ImageBlock):
    """A picture with its description, or marked as decorative; Wagtail leaves the chooser inside it an English label.

    A draft is saved whatever its pictures lack; the preflight wants them in order.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.child_blocks["image"].label = "Tệp ảnh"
        described = self.child_blocks["alt_text"].field
        described.help_text = "Bắt buộc, trừ ảnh trang trí: một câu tả nội dung ảnh cho người không nhìn thấy."

    def clean(self, value):
        if value and not self.is_deferred_validation and (problem := problem_where_it_stands(value)):
            raise StructBlockValidationError({"alt_text": ValidationError(problem)})
        return super().clean(value)


class FigureBlock(StructBlock):
    """A picture with its description for those who cannot see it, a caption, and whose picture it is."""

    picture = PictureBlock(label="Ảnh")
    caption = CharBlock(label="Chú thích", max_length=300, required=False)
    credit = CharBlock(label="Nguồn ảnh", max_length=120, required=False, help_text="Ví dụ: Ảnh: Phòng VHTT.")

    class Meta:
        label = "Ảnh"
        icon = "image"
        template = "base/blocks/figure.html"
        description = "Ảnh có mô tả, chú thích và nguồn."
        preview_template = "base/blocks/previews/figure.html"


class QuoteBlock(StructBlock):
    """A quotation."""

    text = TextBlock(label="Lời trích")
    attribution = CharBlock(label="Người nói, nguồn", max_length=200, required=False)

    class Meta:
        label = "Trích dẫn"
        icon = "openquote"
        template = "base/blocks/quote.html"
        description = "Lời của một người hoặc một đoạn văn bản, có ghi nguồn."
        preview_value = {"text": "Lời được trích đứng riêng thành một khối.", "attribution": "Người nói, ngày nói"}


class TableValue(StructValue):
    """A table's rows, apart from how the editor's grid stores them."""

    @property
    def rows(self) -> list[list[str]]:
        return [["" if cell is None else str(cell) for cell in row] for row in (self["table"] or {}).get("data", [])]

    @property
    def header(self) -> list[str]:
        return self.rows[0] if self.rows else []

    @property
    def body(self) -> list[list[str]]:
        return self.rows[1:]

    @property
    def has_row_headers(self) -> bool:
        return bool((self["table"] or {}).get("first_col_is_header"))


# The menu of the editor's grid, which the grid itself says in English. It knows no Vietnamese and complains of that to
# the console of the browser; nothing it says in its own language is left. To go once Handsontable brings "vi-VN".
GRID_LANGUAGE = "en-US"
GRID_MENU = {
    "row_above": "Chèn dòng phía trên",
    "row_below": "Chèn dòng phía dưới",
    "hsep1": "---------",
    "col_left": "Chèn cột bên trái",
    "col_right": "Chèn cột bên phải",
    "hsep2": "---------",
    "remove_row": "Xóa dòng",
    "remove_col": "Xóa cột",
    "hsep3": "---------",
    "undo": "Hoàn tác",
    "redo": "Làm lại",
}


class UnreadGrid(dict):
    """What was sent for a table and is none, as a table to be shown again: a row a line, a cell a tab."""

    def __init__(self, text: str):
        super().__init__(data=[line.split("\t") for line in text.splitlines() or [""]])


class GridBlock(TableBlock):
    """Wagtail's grid with a Vietnamese menu; in migrations it is Wagtail's.

    The first row names the columns of every table (`DataTableBlock`), so editors need not say so. What is no table is
    refused, in a draft too, and comes back in the cells.
    """

    def value_from_form(self, value):
        if not value:
            return None
        try:
            grid = json.loads(value)
        except (ValueError, RecursionError):
            return UnreadGrid(value)
        return grid if grid is None or _is_grid(grid) else UnreadGrid(value)

    def clean(self, value):
        if isinstance(value, UnreadGrid):
            raise ValidationError(NO_TABLE)
        if value and not value.get("table_header_choice"):
            value = {**value, "table_header_choice": "both" if value.get("first_col_is_header") else "row"}
        return super().clean(value)

    def get_table_options(self, table_options=None):
        options = super().get_table_options(table_options)
        items = {key: {"name": name} for key, name in GRID_MENU.items()}
        return options | {"contextMenu": {"items": items}, "language": GRID_LANGUAGE}

    def deconstruct(self):
        _path, args, kwargs = super().deconstruct()
        return "wagtail.contrib.table_block.blocks.TableBlock", args, kwargs


def _is_grid(value) -> bool:
    """Tell whether parsed JSON is a table: rows of cells, each a text, a number, yes or no, or nothing."""
    rows = value.get("data", []) if isinstance(value, dict) else None
    return isinstance(rows, list) and all(isinstance(row, list) and all(map(_is_cell, row)) for row in rows)


def _is_cell(value) -> bool:
    return value is None or isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value))


class DataTableBlock(StructBlock):
    """A table: the first row names the columns, the caption says what the table is about."""

    caption = CharBlock(
        label="Tên bảng",
        max_length=200,
        help_text="Bắt buộc: trình đọc màn hình đọc tên bảng trước.",
    )
    table = GridBlock(label="Bảng", table_options=TABLE_OPTIONS, help_text="Dòng đầu là tên các cột.")
    note = CharBlock(label="Ghi chú, nguồn số liệu", max_length=300, required=False)

    class Meta:
        label = "Bảng"
        icon = "table"
        template = "base/blocks/table.html"
        value_class = TableValue
        description = "Bảng có tên và dòng tiêu đề; dán được từ Excel."
        preview_value = {
            "caption": "Tên bảng: bảng nói về điều gì",
            "table": {"data": [["Chỉ tiêu", "Kế hoạch", "Thực hiện"], ["Dòng một", "…", "…"], ["Dòng hai", "…", "…"]]},
            "note": "Ghi chú, nguồn số liệu.",
        }

    def clean(self, value):
        if self.is_deferred_validation:
            return super().clean(value)
        if isinstance(value["table"], UnreadGrid):
            raise StructBlockValidationError({"table": ValidationError(NO_TABLE)})
        problems = {} if (value["caption"] or "").strip() else {"caption": "Bảng chưa có tên; hãy điền «Tên bảng»."}
        empty = [str(place) for place, name in enumerate(value.header, 1) if not name.strip()]
        if not value.header or not value.body:
            problems["table"] = "Bảng cần một dòng tên cột và ít nhất một dòng nội dung; hãy thêm dòng."
        elif empty:
            problems["table"] = f"Dòng đầu phải có tên của mọi cột; hãy điền tên cột {', '.join(empty)}."
        if problems:
            raise StructBlockValidationError({name: ValidationError(message) for name, message in problems.items()})
        return super().clean(value)


class FileItemBlock(StructBlock):
    """One file of a list; without a label of its own it has the file's title."""

    file = DocumentChooserBlock(label="Tệp")
    label = CharBlock(label="Tên hiển thị", max_length=200, required=False)

    class Meta:
        label = "Tệp"
        icon = "doc-full"
        description = "Một tệp để tải về, với tên hiển thị."
        preview_template = "base/blocks/previews/files.html"


class FilesBlock(StructBlock):
    """Files to download, with their kind and size."""

    title = CharBlock(label="Tên danh sách", max_length=120, required=False)
    files = ListBlock(FileItemBlock(), label="Các tệp", min_num=1)

    class Meta:
        label = "Tệp đính kèm"
        icon = "doc-full-inverse"
        template = "base/blocks/files.html"
        description = "Danh sách tệp tải về; nên có bản chữ đọc được bên cạnh bản quét."
        preview_template = "base/blocks/previews/files.html"


class StepBlock(StructBlock):
    """One numbered step."""

    title = CharBlock(label="Tên bước", max_length=200)
    text = RichTextBlock(label="Nội dung", features=TEXT_FEATURES, required=False)

    class Meta:
        label = "Bước"
        icon = "list-ol"


class StepsBlock(ListBlock):
    """Steps to be done in order."""

    def __init__(self, **kwargs):
        kwargs.setdefault("min_num", 2)
        super().__init__(StepBlock(), **kwargs)

    class Meta:
        label = "Các bước"
        icon = "list-ol"
        template = "base/blocks/steps.html"
        description = "Trình tự có đánh số."
        preview_value = [
            {"title": "Việc làm trước", "text": "<p>Nói rõ ai làm, mang theo gì.</p>"},
            {"title": "Việc làm sau", "text": "<p>Nói rõ nhận kết quả ở đâu, khi nào.</p>"},
        ]


class CalloutBlock(StructBlock):
    """A remark that should not be missed."""

    kind = ChoiceBlock(
        label="Loại",
        choices=[("info", "Thông tin"), ("warning", "Lưu ý"), ("good", "Kết quả, thuận lợi")],
        default="info",
    )
    title = CharBlock(label="Tiêu đề", max_length=120)
    text = RichTextBlock(label="Nội dung", features=SHORT_FEATURES)

    class Meta:
        label = "Khung lưu ý"
        icon = "warning"
        template = "base/blocks/callout.html"
        description = "Điều người đọc không nên bỏ qua; dùng ít."
        preview_value = {"kind": "warning", "title": "Lưu ý", "text": "<p>Một, hai câu người đọc cần thấy ngay.</p>"}


class BodyBlock(StreamBlock):
    """The body of a page. Rooms above add their own parts by inheriting from it."""

    heading = HeadingBlock()
    paragraph = RichTextBlock(
        label="Đoạn văn",
        icon="pilcrow",
        features=TEXT_FEATURES,
        template="base/blocks/paragraph.html",
        description="Văn bản: chữ đậm, nghiêng, danh sách, liên kết.",
    )
    image = FigureBlock()
    quote = QuoteBlock()
    table = DataTableBlock()
    files = FilesBlock()
    steps = StepsBlock()
    callout = CalloutBlock()

    class Meta:
        template = "base/blocks/body.html"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Not an argument of the block: every migration repeats those.
        self.child_blocks["paragraph"].meta.preview_value = PARAGRAPH_PREVIEW

    def clean(self, value):
        """Refuse a level-three heading before the first level-two one: the outline would have a hole."""
        value = super().clean(value)
        if self.is_deferred_validation:
            return value
        for place, child in enumerate(value):
            if child.block_type == "heading":
                if child.value["level"] == "3":
                    raise StreamBlockValidationError(
                        {place: ValidationError("Đề mục đầu tiên phải là mục lớn; hãy chọn cấp «Mục lớn».")}
                    )
                break
        return value

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context=parent_context)
        headings = [entry for entry in outline(value) if entry["level"] == "2"]
        context["contents"] = headings if len(headings) >= CONTENTS_FROM else []
        return context


def outline(body) -> list[dict]:
    """Return the headings of a body in order, as dicts of anchor, text and level, and give each its anchor.

    The anchor is the heading's slug; a repeated heading gets "-2", "-3".
    """
    entries, seen = [], {}
    for child in body:
        if child.block_type != "heading":
            continue
        base = text.slug(child.value["text"]) or "muc"
        seen[base] = seen.get(base, 0) + 1
        child.value._anchor = base if seen[base] == 1 else f"{base}-{seen[base]}"
        entries.append({"anchor": child.value.anchor, "text": child.value["text"], "level": child.value["level"]})
    return entries
