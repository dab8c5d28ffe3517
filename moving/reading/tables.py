"""A table (CSV, XLSX) with a row a page, and a ZIP with their texts as HTML: what any system can be made to give."""

from collections.abc import Iterator

from django.core.exceptions import ValidationError

from base.tables.columns import Column, lines
from base.tables.incoming import Layout, TableError

from . import moments, saved
from .rows import OldPage, Unreadable

MOST_ROWS = 20_000
COLUMNS = (
    Column("title", "Tiêu đề", "Tiêu đề của bài.", "Khai mạc hội thao", 50, is_required=True),
    Column(
        "address", "Địa chỉ cũ", "Mỗi dòng trong ô một địa chỉ; dòng đầu là địa chỉ chính.", "/tin-tuc/bai-1.html", 40
    ),
    Column("file", "Tệp HTML", "Tên tệp trong ZIP chứa bài, kể cả thư mục.", "bai/bai-1.html", 30),
    Column("html", "Nội dung", "Bài dưới dạng HTML hoặc chữ, khi không có tệp.", "<p>Nội dung…</p>", 60),
    Column("category", "Chuyên mục", "Tên chuyên mục ở cổng cũ.", "Tin tức", 20),
    Column("published_on", "Ngày đăng", "Ngày/tháng/năm, có thể kèm giờ.", "05/06/2019", 18),
    Column("author", "Tác giả", "Tác giả ghi dưới bài.", "Thu Hà", 20),
    Column("source", "Nguồn", "Nguồn ghi dưới bài.", "Đài Truyền thanh thành phố", 24),
    Column("summary", "Tóm tắt", "Đoạn giới thiệu.", "", 40),
    Column("picture", "Ảnh đại diện", "Tên tệp trong ZIP hoặc địa chỉ cũ của ảnh.", "anh/hoi-thao.jpg", 30),
    Column("picture_alt", "Mô tả ảnh", "Một câu tả nội dung ảnh đại diện.", "", 30),
    Column(
        "files",
        "Tệp kèm theo",
        "Mỗi dòng trong ô: tên tệp trong ZIP | tên hiển thị.",
        "tep/ke-hoach.pdf | Kế hoạch",
        40,
    ),
)
LAYOUT = Layout(
    COLUMNS,
    most_rows=MOST_ROWS,
    too_many=f"Bảng có hơn {MOST_ROWS} dòng; hãy chia thành nhiều tệp.",
    missing="Dòng đầu của bảng thiếu cột: {headers}; hãy tải mẫu và giữ nguyên tên các cột.",
    repeated="Bảng có hai cột cùng tên: {headers}; hãy bỏ một cột.",
    unknown="Bảng có cột lạ: {headers}; hãy tải mẫu và giữ nguyên tên các cột, hoặc xóa cột này.",
)


def read(file, given, site_import) -> Iterator[OldPage]:
    """Yield a page for each row of the table. Raises Unreadable."""
    try:
        for _number, cells in LAYOUT.rows(file, site_import.source_name):
            yield _page(cells, given)
    except TableError as error:
        raise Unreadable(" ".join(error.messages)) from None


def _page(cells: dict[str, str], given) -> OldPage:
    addresses = lines(cells.get("address", ""))
    files = (one.partition("|") for one in lines(cells.get("files", "")))
    html, problem = cells.get("html", ""), ""
    if path := cells.get("file", ""):
        try:
            html = saved.decoded(given.page(path))
        except ValidationError as error:
            problem = " ".join(error.messages)
    return OldPage(
        key=f"bang:{addresses[0] if addresses else cells.get('title', '')}",
        title=cells.get("title", ""),
        html=html,
        addresses=addresses,
        category=cells.get("category", ""),
        author=cells.get("author", ""),
        source=cells.get("source", ""),
        summary=cells.get("summary", ""),
        published_at=moments.found_in(cells.get("published_on", "")),
        lead_picture=cells.get("picture", ""),
        lead_alt=cells.get("picture_alt", ""),
        files=[(path.strip(), name.strip()) for path, _, name in files],
        problem=problem,
    )
