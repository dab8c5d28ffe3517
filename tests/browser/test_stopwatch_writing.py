"""What writing takes: news, what came back, a review, a schedule, a Word file, a correction."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.browser.stopwatch import picture, timed
from tests.sections import word_files

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture
def laid(city):
    """Lays an article that stands as it is called, and gives its title."""
    return lambda state: city["run"]("tests/browser/stopwatch_pages.py", state).strip()


def test_a_news_item_with_a_picture_and_a_table(workers):
    with timed("Đăng tin có ảnh và bảng") as watch:
        writer = workers("contributor", watch)
        page = writer.page
        writer.follow("Viết tin bài")
        body = page.locator("[data-contentpath=body]")
        body.locator("[contenteditable=true]").first.wait_for()
        writer.type("#id_title", "Ra quân dọn vệ sinh đường Nguyễn Huệ")
        writer.type("#id_summary", "Hơn hai trăm người tham gia.")
        writer.upload(
            "#id_lead_image-chooser",
            picture(),
            title="Ra quân dọn vệ sinh",
            description="Người dân quét đường vào buổi sáng",
        )
        writer.write(body.locator("[contenteditable=true]").first, "Sáng nay, phường ra quân dọn vệ sinh tuyến đường.")
        writer.click(body.locator(".c-sf-add-button").last, "thêm khối")
        writer.click(page.get_by_role("option", name="Bảng", exact=True), "Bảng")
        # Its name is asked once.
        expect(body.locator("label:visible", has_text="Tên bảng")).to_have_count(1)
        writer.type("[data-contentpath=body] input[name$='-value-caption']", "Số người tham gia")
        for place, words in enumerate(("Tổ", "Số người", "Ghi chú", "Tổ 1", "120", "Đủ")):
            writer.write(body.locator(".handsontable td").nth(place), words)
        writer.hand_in()

        deputy = workers("deputy", watch)
        deputy.approve("Ra quân dọn vệ sinh")
        deputy.sees("Đã duyệt và đăng")


def test_what_came_back_is_mended(workers, laid):
    title = laid("returned")
    with timed("Sửa bài bị trả lại") as watch:
        writer = workers("contributor", watch)
        writer.follow(f"Sửa «{title}»", "Sửa")
        writer.page.wait_for_selector("#id_summary")
        writer.type("#id_summary", "Từ ngày 01/07, phường sửa vỉa hè.")
        writer.hand_in()


def test_what_waits_is_reviewed_and_approved(workers, laid):
    title = laid("waiting")
    with timed("Xem xét và duyệt") as watch:
        deputy = workers("deputy", watch)
        deputy.approve(title)
        deputy.sees("Đã duyệt và đăng")


def test_a_draft_is_approved_for_a_later_hour(workers, laid):
    title = laid("draft")
    hour = timezone.localtime() + timedelta(days=2)
    with timed("Hẹn giờ đăng") as watch:
        writer = workers("contributor", watch)
        page = writer.page
        writer.follow(title)
        writer.click(page.locator("[data-side-panel-toggle=status]"), "tình trạng")
        writer.click(page.locator("[data-side-panel=status]").get_by_text("Đặt lịch", exact=True), "Đặt lịch")
        writer.type("#id_go_live_at", f"{hour:%d/%m/%Y %H:%M}")
        writer.click(page.locator("#schedule-publishing-dialog button[type=submit]"), "Lưu lịch", opens=True)
        writer.hand_in()

        deputy = workers("deputy", watch)
        deputy.approve(title)
        deputy.sees("sẽ đăng lúc")


def test_a_text_comes_from_a_word_file(workers):
    with timed("Nhập từ tệp Word") as watch:
        writer = workers("contributor", watch)
        page = writer.page
        writer.go("Viết bài", "Tin bài từ tệp Word")
        content = word_files.with_legal_numbering()
        page.set_input_files("input[type=file]", {"name": "quyet-dinh.docx", "mimeType": WORD, "buffer": content})
        writer.send("Tải lên và xem trước")
        writer.send("Tạo bản nháp")
        page.wait_for_selector("#id_title")


def test_a_published_error_is_corrected(workers, laid):
    title = laid("public")
    with timed("Đính chính bài đã đăng") as watch:
        writer = workers("contributor", watch)
        page = writer.page
        writer.go("Bài của đơn vị", "Tin tức, sự kiện")
        writer.follow(title)
        writer.type("#id_summary", "Giờ làm việc mới của bộ phận một cửa, buổi chiều từ 13 giờ 30.")
        writer.click(page.locator("#id_corrections-ADD"), "Thêm đính chính")
        writer.type("[name=corrections-0-note]", "Giờ làm việc buổi chiều là từ 13 giờ 30.")
        writer.hand_in()

        deputy = workers("deputy", watch)
        deputy.approve(title)
        deputy.sees("Đã duyệt và đăng")
