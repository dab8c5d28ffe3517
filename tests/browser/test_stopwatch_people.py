"""What work with people takes: a question answered, a contributor appointed, who changed a page."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.stopwatch import timed

ADMIN = "quan-tri-dong-ho"


@pytest.fixture(scope="module")
def admin(city):
    """A technical admin of his own, who has his app already."""
    key = city["run"](
        "manage.py",
        "shell",
        "-v0",
        "-c",
        "from base.sites import city_site; from tests.city import person, with_app;"
        f"print(with_app(person('{ADMIN}', 'Cán bộ mẫu 92', 'technical_admin', city_site())).key)",
    )
    city["apps"][ADMIN] = key.strip()
    return ADMIN


def test_a_question_is_classified_assigned_answered_and_signed(workers, city):
    number = city["run"]("tests/browser/stopwatch_question.py").strip()
    row = "câu hỏi trong Việc của tôi"
    with timed("Trả lời câu hỏi") as watch:
        chairman = workers("unit_head", watch)
        chairman.follow(number, row)
        chairman.send("Phân loại và chuyển đơn vị")
        chairman.sees("đã chuyển Phường Mỹ Long")

        writer = workers("contributor", watch)
        writer.follow(number, row)
        writer.write(
            writer.page.locator("[contenteditable=true]").first, "Hồ sơ nộp tại Bộ phận một cửa trong giờ hành chính."
        )
        expect(writer.page.locator("[name=body]")).to_have_value(re.compile("hành chính"))
        writer.send("Lưu và trình ký")
        writer.sees("Đã trình ký")

        chairman = workers("unit_head", watch)
        chairman.follow(number, row)
        chairman.send("Ký duyệt")
        chairman.sees("Đã ký duyệt")
        chairman.type("[name=reason]", "Nhiều người cùng hỏi")
        chairman.send("Có: phải đăng công khai")
        chairman.send("Gửi cho người hỏi")
        chairman.sees("Đã gửi câu trả lời")


def test_a_contributor_is_appointed(workers, admin):
    with timed("Phân công cộng tác viên") as watch:
        office = workers(admin, watch)
        office.follow("Ghi quyết định phân công")
        for name, words in (
            ("number", "93/QĐ-UBND"),
            ("signed_on", "01/06/2026"),
            ("title", "Phân công cộng tác viên"),
            ("form-0-full_name", "Cán bộ mẫu 93"),
            ("form-0-username", "mau-93"),
            ("form-0-email", "mau-93@example.invalid"),
            ("form-0-valid_from", "01/06/2026"),
        ):
            office.type(f"#id_{name}", words)
        office.click(office.page.locator("#id_form-0-role"), "vai trò")
        office.page.select_option("#id_form-0-role", "contributor")
        office.select("#id_form-0-site", "Phường Mỹ Long")
        office.send("Ghi quyết định")
        office.sees("Đã ghi quyết định")


def test_who_changed_a_page_is_found(workers, city, admin):
    title = city["run"]("tests/browser/stopwatch_pages.py", "changed").strip()
    with timed("Tìm ai đã sửa trang") as watch:
        office = workers(admin, watch)
        office.go("Nhật ký")
        office.open_filters()
        office.type("#id_words", title)
        office.send("Lọc")
        office.click(office.page.locator("td a").first, "dòng nhật ký", opens=True)
        office.sees(title)
