"""Drafts of the statements that a portal owes its readers: accessibility (Thông tư 32/2017/TT-BTTTT), privacy (Điều 6).

They say what the software does; the people of the site read them, add what is theirs, and approve them like any page.
"""

from base.models import PortalSite
from sections.models import StandardPage

SECTION = "gioi-thieu"
# (slug, title, summary, [(heading, text)]).
STATEMENTS = (
    (
        "kha-nang-tiep-can",
        "Khả năng tiếp cận",
        "Trang này hướng đến chuẩn WCAG 2.1 mức AA: cách dùng và nơi báo khi gặp khó khăn.",
        (
            (
                "Chuẩn áp dụng",
                "Trang hướng đến chuẩn WCAG 2.1 mức AA và các yêu cầu của Thông tư 32/2017/TT-BTTTT: không có chữ "
                "chạy, mọi ảnh có mô tả, mọi bảng có tên và dòng tiêu đề.",
            ),
            (
                "Cách dùng thuận tiện hơn",
                "Phím Tab đầu tiên dẫn thẳng đến nội dung chính. Nút «Hiển thị» cho chọn cỡ chữ, nền và độ tương phản, "
                "phường, xã và những mục xem trước; «Đặt lại tất cả» bỏ mọi lựa chọn. Trình duyệt có giọng đọc thì đầu "
                "trang có nút «Nghe đọc trang». Trang dùng được khi trình duyệt tắt script và khi phóng to.",
            ),
            (
                "Khi gặp khó khăn",
                "Hãy báo trang nào, việc gì chưa làm được, qua thư điện tử hoặc điện thoại ở cuối trang.",
            ),
        ),
    ),
    (
        "quyen-rieng-tu",
        "Quyền riêng tư",
        "Đọc trang không cần khai báo gì; dữ liệu bạn gửi chỉ dùng cho việc bạn yêu cầu.",
        (
            (
                "Khi bạn đọc trang",
                "Trang không đặt cookie cho người đọc và không nạp nội dung của bên thứ ba. Lựa chọn hiển thị, "
                "phường, xã, trang đã lưu chỉ nằm trong trình duyệt của bạn.",
            ),
            (
                "Khi bạn gửi thông tin",
                "Thông tin bạn gửi chỉ được dùng để xử lý đúng việc bạn yêu cầu và được xóa khi hết thời hạn giữ. Câu "
                "trả lời có liên quan chung được đăng sau khi bỏ hết thông tin cá nhân.",
            ),
            (
                "Quyền của bạn",
                "Bạn có quyền hỏi, xem, yêu cầu sửa hoặc xóa thông tin cá nhân của mình theo địa chỉ ở cuối trang.",
            ),
        ),
    ),
)


def draft_statements(site: PortalSite) -> list[StandardPage]:
    """Make the drafts of both statements where the site has none; return those that were made. Safe to run again."""
    section = site.home_page().get_children().filter(slug=SECTION).first()
    made = []
    for slug, title, summary, parts in STATEMENTS:
        if section is None or section.get_children().filter(slug=slug).exists():
            continue
        page = StandardPage(
            title=title,
            slug=slug,
            summary=summary,
            live=False,
            locale=section.locale,
            responsible_unit=site.unit,
            author_name=site.unit.full_name[:120],
            source_name=site.unit.full_name[:200],
            body=[
                block
                for heading, text in parts
                for block in (("heading", {"text": heading, "level": "2"}), ("paragraph", f"<p>{text}</p>"))
            ],
        )
        section.specific.add_child(instance=page)
        page.save_revision()
        made.append(page)
    return made
