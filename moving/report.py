"""What is said of a row: what of an old page does not come along, what changes, what is to be looked at; the whole as a
table.
"""

from collections.abc import Iterable

from base.tables import xlsx
from documents.facts import Facts
from vietnam.dates import format_moment

from .models import MovedRow

# The facts of `pages/` and of `documents/blocks.py`, in the order in which they are told.
SENTENCES = {
    "scripts": "Bỏ {n} đoạn lệnh chạy trong trình duyệt",
    "handlers": "Bỏ lệnh chạy gắn vào {n} phần tử (onclick…)",
    "frames": "Bỏ {n} khung nhúng nội dung nơi khác",
    "trackers": "Bỏ {n} ảnh theo dõi (một điểm ảnh)",
    "hidden": "Bỏ {n} đoạn ẩn mà người đọc không thấy",
    "media": "Bỏ {n} đoạn phim, âm thanh; hãy tải tệp lên riêng",
    "controls": "Bỏ {n} ô nhập, nút bấm của biểu mẫu",
    "drawings": "Bỏ {n} hình vẽ bằng mã (svg, canvas, công thức)",
    "shortcodes": "Bỏ {n} mã chèn, khối tự điền của cổng cũ",
    "data_pictures": "Bỏ {n} ảnh nhét thẳng vào mã của bài; hãy tải ảnh lên riêng",
    "foreign_pictures": "Bỏ {n} ảnh nằm ở máy chủ khác; cổng không lấy gì từ nơi khác",
    "missing_pictures": "Thiếu {n} ảnh không có trong ZIP",
    "refused_pictures": "Bỏ {n} ảnh không qua kiểm tra tệp",
    "missing_files": "Thiếu {n} tệp không có trong ZIP; chữ của liên kết vẫn còn",
    "refused_files": "Bỏ {n} tệp không qua kiểm tra; chữ của liên kết vẫn còn",
    "bad_links": "Bỏ {n} liên kết nguy hiểm hoặc sai; chữ vẫn còn",
    "lost_links": "Bỏ {n} liên kết tới trang cũ không chuyển sang; chữ vẫn còn",
    "plain_links": "Bỏ {n} liên kết nằm ở đề mục, chú thích ảnh hoặc chỉ có ảnh; chữ và ảnh vẫn còn",
    "struck": "{n} đoạn chữ gạch ngang; cổng không có kiểu chữ này nên dấu gạch mất, hãy đọc lại",
    "fields": "Bỏ {n} trường riêng của cổng cũ; hãy chép sang nếu cần",
    "translations": "Bài còn bản ở tiếng khác không chuyển sang; hãy dịch ở cổng này",
    "comments": "Bỏ {n} bình luận của người đọc",
    "more_categories": "Còn {n} chuyên mục, nhãn khác ở cổng cũ; bài chỉ vào một mục",
    "joined_cells": "{n} ô gộp trong bảng; chữ của ô được lặp lại ở từng ô",
    "cell_formats": "{n} bảng có chữ đậm, nghiêng; bảng của cổng chỉ giữ chữ",
    "cell_links": "{n} liên kết trong bảng; địa chỉ được ghi trong ngoặc sau chữ",
    "cell_pictures": "{n} ảnh trong bảng được đưa xuống dưới bảng",
    "moved_pictures": "{n} ảnh nằm giữa chữ được đưa xuống sau đoạn",
    "deep_headings": "{n} đề mục cấp sâu; trang chỉ có hai cấp nên thành «Mục nhỏ»",
    "long_headings": "{n} đề mục dài hơn 200 ký tự; thành đoạn chữ đậm",
    "converted": "Đã chuyển chữ từ bảng mã cũ sang Unicode; hãy đọc lại",
    "other_letters": "Chữ có vẻ ở một bảng mã cũ khác nên chưa chuyển; hãy đọc lại",
    "no_day": "Không có ngày đăng ở cổng cũ; bài sẽ mang ngày đăng mới",
    "cut_title": "Tiêu đề dài hơn 255 ký tự nên bị cắt",
    "cut_addresses": "Có địa chỉ cũ quá dài, quá nhiều, ở tên miền khác hoặc ở trang chủ (/?p=1): không chuyển hướng",
    "no_text": "Bài không có chữ, chỉ có tệp; phải viết nội dung mới gửi duyệt được",
    "placeholders": "{n} chỗ để trống kiểu «…»; phải điền mới gửi duyệt được",
    "no_names": "{n} bảng chưa có tên; phải có tên mới gửi duyệt được",
    "no_columns": "{n} bảng có cột chưa có tên ở dòng đầu; phải điền mới gửi duyệt được",
    "no_descriptions": "{n} ảnh chưa có mô tả; phải có mô tả mới gửi duyệt được",
}
# What must be done before a draft can be submitted.
LACKING = frozenset({"no_text", "placeholders", "no_names", "no_columns", "no_descriptions"})
MOST_SAMPLES = 5


def remarks_of(facts: Facts) -> list[str]:
    """Return the sentences about one page, with the words or addresses that some of them are about."""
    found = []
    for name, sentence in SENTENCES.items():
        if facts.counts.get(name):
            samples = facts.samples.get(name, [])[:MOST_SAMPLES]
            about = f": {'; '.join(f'«{sample}»' for sample in samples)}" if samples else ""
            found.append(f"{sentence.format(n=facts.counts[name])}{about}.")
    return found


def is_complete(facts: Facts) -> bool:
    """Tell whether a page lacks nothing that its submission asks for, as far as the dry run can see."""
    return not any(facts.counts.get(name) for name in LACKING)


def sheet(rows: Iterable[MovedRow]) -> bytes:
    """Return the report of an import as XLSX: a line a page of the old portal."""
    columns = (
        ("Thứ tự", 8, lambda row: str(row.number)),
        ("Kết quả", 24, lambda row: row.get_outcome_display()),
        ("Tiêu đề", 60, "title"),
        ("Chuyên mục cũ", 24, "category"),
        ("Chuyên mục mới", 24, lambda row: row.section.title if row.section_id else ""),
        ("Đăng ở cổng cũ lúc", 20, lambda row: format_moment(row.published_at) if row.published_at else ""),
        ("Tác giả", 20, "author"),
        ("Địa chỉ cũ", 50, lambda row: "\n".join(row.addresses)),
        ("Văn bản", 24, "symbol"),
        ("Hồ sơ đăng", 40, lambda row: row.bundle.title if row.bundle_id else ""),
        ("Lỗi", 60, lambda row: "\n".join(row.problems)),
        ("Không chuyển sang, cần xem lại", 80, lambda row: "\n".join(row.remarks)),
    )
    lines = ["Phông chữ, màu, căn lề theo mẫu chung của cổng, không theo cổng cũ."]
    return xlsx.write([xlsx.sheet("Chuyển từ cổng cũ", lines, columns, rows)])
