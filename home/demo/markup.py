"""A few marks that turn the plain texts of the tables into the blocks of a page's body.

Blocks stand apart by an empty line. "## Đề mục" is a heading, "### Mục nhỏ" one below it; lines that begin with "- "
are a list; "> lời | người nói" a quotation; "! Tiêu đề: nội dung" a remark; lines "1) Bước: nội dung" steps;
"| a | b |" lines a table, named by a line "= Tên bảng" before them. Anything else is a paragraph.
"""

import re
from html import escape

_STEP = re.compile(r"\d+\)\s+")


def body(text: str, *, note: str = "Dữ liệu minh họa.") -> list[tuple]:
    """Return the blocks of a text as (type, value) pairs for a page's StreamField; `note` stands below tables."""
    blocks = []
    for part in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in part.strip().splitlines()]
        blocks.append(_block(lines, note))
    return blocks


def rich(text: str) -> str:
    """Return the HTML of a text that has only paragraphs and lists."""
    return "".join(value for kind, value in body(text) if kind == "paragraph")


def _block(lines: list[str], note: str) -> tuple:
    first = lines[0]
    if first.startswith("### "):
        return "heading", {"text": first[4:], "level": "3"}
    if first.startswith("## "):
        return "heading", {"text": first[3:], "level": "2"}
    if first.startswith("> "):
        words, _, who = " ".join(line.removeprefix("> ") for line in lines).partition(" | ")
        return "quote", {"text": words, "attribution": who}
    if first.startswith("! "):
        title, _, words = " ".join(lines)[2:].partition(": ")
        return "callout", {"kind": "info", "title": title, "text": f"<p>{escape(words)}</p>"}
    if first.startswith("- "):
        items = "".join(f"<li>{escape(line[2:])}</li>" for line in lines)
        return "paragraph", f"<ul>{items}</ul>"
    if _STEP.match(first):
        return "steps", [_step(line) for line in lines]
    if first.startswith("= "):
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]
        return "table", {
            "caption": first[2:],
            "table": {"data": rows, "first_row_is_table_header": True, "first_col_is_header": True},
            "note": note,
        }
    return "paragraph", f"<p>{escape(' '.join(lines))}</p>"


def _step(line: str) -> dict:
    title, _, words = _STEP.sub("", line, count=1).partition(": ")
    return {"title": title, "text": f"<p>{escape(words)}</p>" if words else ""}
