"""What happened to the content of a Word file, in sentences: left out, changed, to be looked at."""

from dataclasses import dataclass, field
from typing import NamedTuple

LEFT_OUT, CHANGED, TO_SEE = "left_out", "changed", "to_see"
TITLES = {
    LEFT_OUT: "Không đưa vào trang",
    CHANGED: "Có thay đổi so với tệp",
    TO_SEE: "Đã đưa vào, cần bạn xem lại",
}
# What is true of every file.
ALWAYS = (
    "Phông chữ, cỡ chữ, màu, căn lề, khoảng cách, số trang, ngắt trang và khung viền theo mẫu chung của cổng, "
    "không theo tệp."
)


class Sentence(NamedTuple):
    """To which group a fact belongs, and what is said of n of it."""

    group: str
    text: str


# The facts of `documents/fixing.py`, `blocks.py` and `reading.py`, in the order in which they are told.
SENTENCES: dict[str, Sentence] = {
    "deleted": Sentence(LEFT_OUT, "{n} chỗ đã xóa trong «theo dõi thay đổi»"),
    "comments": Sentence(LEFT_OUT, "{n} nhận xét ghi bên lề"),
    "hidden": Sentence(LEFT_OUT, "{n} đoạn chữ ẩn"),
    "headers": Sentence(LEFT_OUT, "{n} đầu trang, chân trang có chữ"),
    "charts": Sentence(LEFT_OUT, "{n} biểu đồ; chỗ đó ghi «[…]», hãy chèn ảnh hoặc bảng thay"),
    "diagrams": Sentence(LEFT_OUT, "{n} sơ đồ vẽ bằng Word; chỗ đó ghi «[…]», hãy chèn ảnh thay"),
    "equations": Sentence(LEFT_OUT, "{n} công thức; chỗ đó ghi «[…]», hãy gõ lại hoặc chèn ảnh thay"),
    "objects": Sentence(LEFT_OUT, "{n} đối tượng nhúng (bảng tính…); chỉ lấy được ảnh xem trước nếu có"),
    "shapes": Sentence(LEFT_OUT, "{n} hình vẽ, đường kẻ không có chữ"),
    "bad_pictures": Sentence(
        LEFT_OUT, "{n} ảnh thuộc dạng không nhận (không phải PNG, JPG, GIF, WEBP) hoặc quá nặng; chỗ đó ghi «[…]»"
    ),
    "too_many_pictures": Sentence(LEFT_OUT, "{n} ảnh vì một lần nhập nhận nhiều nhất 40 ảnh; chỗ đó ghi «[…]»"),
    "refused_pictures": Sentence(LEFT_OUT, "{n} ảnh không qua kiểm tra tệp; chỗ đó ghi «[…]»"),
    "contents": Sentence(LEFT_OUT, "Mục lục tự động ({n} dòng); cổng tự lập mục lục từ các đề mục"),
    "signs": Sentence(LEFT_OUT, "{n} ký hiệu của phông riêng không có trong Unicode; hãy so với tệp rồi gõ lại"),
    "unknown": Sentence(LEFT_OUT, "{n} thành phần Word mà cổng không biết; hãy so với tệp"),
    "bad_links": Sentence(LEFT_OUT, "{n} liên kết không phải địa chỉ web hay thư điện tử; chữ vẫn còn"),
    "inner_links": Sentence(LEFT_OUT, "{n} liên kết tới chỗ khác trong tệp (tham chiếu chéo); chữ vẫn còn"),
    "numbers": Sentence(CHANGED, "{n} số tự động (Điều, khoản, điểm…) được ghi thành chữ, đúng như Word hiển thị"),
    "notes": Sentence(CHANGED, "{n} chú thích được đưa xuống cuối bài, dưới đề mục «Chú thích»"),
    "joined_cells": Sentence(CHANGED, "{n} ô gộp trong bảng; chữ của ô được lặp lại ở từng ô"),
    "cell_formats": Sentence(CHANGED, "{n} bảng có chữ đậm, nghiêng hoặc chỉ số trên dưới; bảng của cổng chỉ giữ chữ"),
    "cell_links": Sentence(CHANGED, "{n} liên kết trong bảng; địa chỉ được ghi trong ngoặc sau chữ"),
    "cell_pictures": Sentence(CHANGED, "{n} ảnh trong bảng được đưa xuống dưới bảng"),
    "inner_tables": Sentence(CHANGED, "{n} bảng nằm trong ô của bảng khác; chỉ giữ chữ"),
    "layouts": Sentence(
        CHANGED, "{n} bảng chỉ để dàn trang (không có đường kẻ, một dòng hoặc một cột); chữ thành đoạn văn"
    ),
    "moved_pictures": Sentence(CHANGED, "{n} ảnh nằm giữa chữ được đưa xuống sau đoạn"),
    "deep_headings": Sentence(CHANGED, "{n} đề mục cấp sâu; trang chỉ có hai cấp nên thành «Mục nhỏ»"),
    "long_headings": Sentence(CHANGED, "{n} đề mục dài hơn 200 ký tự; thành đoạn chữ đậm"),
    "underlined": Sentence(CHANGED, "{n} chỗ gạch chân; chữ vẫn còn, không còn gạch"),
    "formats": Sentence(CHANGED, "{n} chỗ đổi định dạng được theo dõi; lấy định dạng mới"),
    "inserted": Sentence(TO_SEE, "{n} chỗ thêm trong «theo dõi thay đổi», đã nhận vào bài"),
    "boxes": Sentence(TO_SEE, "{n} hộp chữ; chữ đứng ngay sau đoạn có hộp, hãy kiểm tra thứ tự"),
    "struck": Sentence(TO_SEE, "{n} chỗ gạch ngang; chữ vẫn còn và không còn gạch, hãy xóa nếu phải bỏ"),
    "fields": Sentence(TO_SEE, "{n} trường tự động (ngày, số trang, tham chiếu…); lấy chữ đang hiện trong tệp"),
    "no_names": Sentence(TO_SEE, "{n} bảng chưa có tên; phải có tên mới gửi duyệt được"),
    "no_columns": Sentence(TO_SEE, "{n} bảng có cột chưa có tên ở dòng đầu; hãy điền tên cột"),
    "no_descriptions": Sentence(
        TO_SEE, "{n} ảnh chưa có mô tả; phải có mô tả (hoặc là ảnh trang trí) mới gửi duyệt được"
    ),
}
# Facts that change nothing a reader sees.
SILENT = frozenset({"list_items"})


@dataclass
class Line:
    """One sentence of the report, with the words it is about."""

    text: str
    samples: list[str] = field(default_factory=list)
    more: int = 0


@dataclass
class Group:
    """The sentences of one kind."""

    key: str
    title: str
    lines: list[Line]


def tell(counts: dict[str, int], samples: dict[str, list[str]]) -> list[Group]:
    """Return what is to be said of a file, in groups; a fact that has no sentence is told by its name."""
    lines: dict[str, list[Line]] = {key: [] for key in TITLES}
    known = [name for name in SENTENCES if counts.get(name)]
    for name in [*known, *sorted(counts.keys() - SENTENCES.keys() - SILENT)]:
        group, sentence = SENTENCES.get(name, Sentence(TO_SEE, f"{name}: {{n}}"))
        quoted = samples.get(name, [])
        lines[group].append(
            Line(sentence.format(n=counts[name]), quoted, max(0, counts[name] - len(quoted)) if quoted else 0)
        )
    return [Group(key, title, lines[key]) for key, title in TITLES.items() if lines[key]]


def of_parts(parts: list[dict]) -> dict[str, int]:
    """Count what parts still lack before they can be submitted."""
    tables = [part for part in parts if part["type"] == "table"]
    pictures = [part for part in parts if part["type"] == "picture"]
    counts = {
        "no_names": sum(1 for table in tables if not table["caption"]),
        "no_columns": sum(1 for table in tables if not all(cell.strip() for cell in table["rows"][0])),
        "no_descriptions": sum(1 for one in pictures if not one["alt"] and not one["decorative"]),
    }
    return {name: count for name, count in counts.items() if count}
