"""What scripts make of the administration is Vietnamese, which no walk over the server's answers sees.

People open what their screens have: menus, tooltips, dialogs, calendars, panels, messages. After each opening all that
is visible, and what is only said (titles, labels, hints), is read by the judge of `tests/language`.
"""

import re
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import TimeoutError, expect

from tests.browser.test_story import Person
from tests.language.screens import judged
from tests.language.seen import seen

PATIENCE = 30_000
WEEK = ["Thứ 2", "Thứ 3", "Thứ 4", "Thứ 5", "Thứ 6", "Thứ 7", "Chủ nhật"]
TITLE = "Rước đèn Trung thu ở Mỹ Long"


@dataclass
class Eyes:
    """What was read, and what of it is English: the text → what was open when it was first met."""

    texts: set = field(default_factory=set)
    english: dict = field(default_factory=dict)

    def read(self, page, opened: str) -> int:
        """Read what a page shows now; return how many texts were new."""
        new = {one for one in seen(page) if one[1] not in self.texts}
        for place, text in new:
            self.texts.add(text)
            if found := judged(place, text):
                self.english.setdefault(str(found), opened)
        return len(new)


class Reader(Person):
    """Somebody whose every screen is read."""

    def __init__(self, browser, city, user, eyes):
        super().__init__(browser, city, user)
        self.eyes = eyes
        self.page.set_default_timeout(PATIENCE)

    def reads(self, opened: str, *words: str) -> None:
        """Wait until these words are to be seen, then read everything."""
        for said in words:
            self.page.get_by_text(said).locator("visible=true").first.wait_for()
        self.eyes.read(self.page, opened)

    def touches(self, selector: str, opened: str) -> None:
        """Rest on each thing of a kind, so that it says what it is, and read that."""
        for thing in self.page.locator(selector).locator("visible=true").all():
            with suppress(TimeoutError):
                thing.hover(timeout=2_000)
                self.page.wait_for_timeout(60)
            self.eyes.read(self.page, opened)

    def opens(self, selector: str, opened: str, *words: str) -> None:
        """Press something that opens, and read what came."""
        self.page.locator(selector).locator("visible=true").first.click()
        self.reads(opened, *words)


@pytest.fixture(scope="module")
def eyes():
    return Eyes()


@pytest.fixture(scope="module")
def people(browser, city, eyes):
    """Readers by role, signed in once."""
    known: dict[str, Reader] = {}

    def reader(role: str) -> Reader:
        if role not in known:
            known[role] = Reader(browser, city, city["people"][role], eyes)
        return known[role]

    return reader


@pytest.fixture(autouse=True)
def nothing_english(eyes):
    yield
    assert eyes.english == {}


def new_article(reader: Reader, city) -> None:
    reader.open(f"/quan-tri/pages/add/sections/articlepage/{city['section']}/")
    reader.page.wait_for_selector("[data-contentpath=body] [contenteditable=true]")


def a_picture() -> dict:
    stream = BytesIO()
    Image.new("RGB", (640, 360), "#7fa3b5").save(stream, "JPEG")
    return {"name": "le-ra-quan.jpg", "mimeType": "image/jpeg", "buffer": stream.getvalue()}


def test_the_parts_of_a_text(people, city):
    writer = people("contributor")
    page = writer.page
    new_article(writer, city)
    writer.reads("trang soạn mới", "Tóm tắt", "Lưu bản nháp")
    add = page.locator("#body-root .c-sf-add-button")
    add.last.click()
    page.wait_for_selector(".w-combobox__option")
    for look in page.locator(".w-combobox__option-preview").all():
        look.click()
        page.wait_for_selector(".w-combobox-preview")
        writer.reads("xem trước khối")
    page.fill(".w-combobox input", "khong-tim-thay")
    writer.reads("không có khối", "Không có kết quả")
    page.fill(".w-combobox input", "")
    kinds = page.locator(".w-combobox__option")
    for number in range(kinds.count()):
        if number:
            add.last.click()
        kinds.nth(number).click()
        page.wait_for_selector(".w-combobox", state="detached")
    page.wait_for_selector("#body-root .htCore")
    writer.reads("mọi khối", "Trích dẫn", "Các bước", "Khung lưu ý")
    page.locator("#body-root .htCore td").last.click(button="right")
    writer.reads("trình đơn của bảng", "Chèn dòng phía trên")
    page.keyboard.press("Escape")
    page.locator("[data-streamfield-action=DUPLICATE]").first.click()
    page.locator("[data-streamfield-action=DELETE]").first.click()
    for place in ("legal_basis", "attachments"):
        page.locator(f"[data-contentpath={place}] .c-sf-add-button").first.click()
        writer.reads(place)
    page.get_by_text("Thu gọn tất cả").click()
    writer.reads("thu gọn", "Mở rộng tất cả")


def test_rich_text_and_the_choosers_of_links(people, city):
    writer = people("contributor")
    page = writer.page
    new_article(writer, city)
    page.locator("[data-contentpath=body] [contenteditable=true]").first.click()
    page.keyboard.type("/")
    page.wait_for_selector(".w-combobox__option")
    writer.reads("trình đơn lệnh", "Danh sách đánh số", "Thao tác")
    page.keyboard.press("Escape")
    page.keyboard.press("Backspace")
    page.keyboard.type("Ra quân dọn vệ sinh")
    page.keyboard.press("Shift+Home")
    page.wait_for_selector(".Draftail-ToolbarButton")
    writer.touches(".Draftail-ToolbarButton", "thanh công cụ")
    page.keyboard.press("Control+k")
    writer.reads("chọn liên kết", "Liên kết ngoài")
    page.fill(".modal-content [name=q]", "khong-tim-thay")
    writer.reads("tìm không thấy", "Có 0 kết quả")
    for kind in page.locator(".modal-body .link-types a").all_inner_texts():
        page.locator(".modal-body .link-types a", has_text=kind).click()
        page.wait_for_selector(f".modal-body .link-types b:text-is('{kind}')")
        writer.reads(kind)
        page.locator(".modal-body form [type=submit]").last.click()
        page.wait_for_selector(".modal-body .error-message, .modal-body .w-field__errors:not(:empty)")
        writer.reads(f"{kind}: còn thiếu")
    page.locator(".modal-dialog [data-dismiss=modal]").first.click()


def test_the_choosers_of_pictures_and_files(people, city):
    writer = people("contributor")
    page = writer.page
    new_article(writer, city)
    for opener, kind in (
        ("#id_lead_image-chooser button[data-chooser-action-choose]", "ảnh"),
        ("[data-contentpath=attachments] .c-sf-add-button", "tệp"),
    ):
        page.locator(opener).first.click()
        if kind == "tệp":
            page.locator("[data-contentpath=attachments] button[data-chooser-action-choose]").first.click()
        page.wait_for_selector(".modal-body [role=tab]")
        writer.reads(f"chọn {kind}", "Tìm kiếm")
        page.fill(".modal-body [name=q]", "khong-tim-thay")
        page.wait_for_load_state("networkidle")
        writer.reads(f"không có {kind}")
        page.locator(".modal-body [role=tab]", has_text="Tải lên").click()
        page.locator(".modal-body form button[type=submit]").last.click()
        page.wait_for_load_state("networkidle")
        writer.reads(f"tải {kind} lên: còn thiếu")
        page.locator(".modal-dialog [data-dismiss=modal]").first.click()
        page.wait_for_selector(".modal-dialog", state="detached")
    writer.open("/quan-tri/images/multiple/add/")
    page.set_input_files("input[type=file]", a_picture())
    page.wait_for_selector(".upload-list form")
    writer.reads("tải nhiều ảnh", "Thẻ")


def test_days_and_times_are_chosen_as_in_vietnam(people, city):
    writer = people("contributor")
    page = writer.page
    new_article(writer, city)
    page.locator("#id_original_on").click()
    calendar = page.locator(".xdsoft_datetimepicker").locator("visible=true")
    calendar.wait_for()
    writer.reads("lịch chọn ngày")
    assert calendar.locator("thead th").all_inner_texts() == WEEK
    calendar.locator(".xdsoft_month").click()
    months = calendar.locator(".xdsoft_monthselect .xdsoft_option")
    writer.reads("chọn tháng")
    assert months.all_inner_texts() == [f"Tháng {number}" for number in range(1, 13)]
    # The list of months scrolls below the field; a press is all that it waits for.
    months.nth(2).dispatch_event("mousedown")
    calendar.locator("td.xdsoft_date:not(.xdsoft_other_month)", has_text=re.compile(r"^15$")).click()
    expect(page.locator("#id_original_on")).to_have_value(re.compile(r"^15/03/20\d\d$"))
    writer.opens("[data-side-panel-toggle=status]", "bảng tình trạng", "Bản nháp")


def a_draft(reader: Reader, city, title: str) -> str:
    """Save a draft by the button; return the path of its editor."""
    new_article(reader, city)
    reader.page.locator("#id_title").press_sequentially(title, delay=5)
    reader.page.fill("#id_summary", "Ra quân dọn vệ sinh")
    with reader.moved():
        reader.page.locator("button.action-save").first.click()
    return re.search(r"/quan-tri/pages/\d+/edit/", reader.page.url).group()


def test_panels_comments_and_messages_of_the_editor(people, city):
    writer = people("contributor")
    page = writer.page
    a_draft(writer, city, TITLE)
    writer.reads("đã lưu")
    writer.reads("các cách lưu")
    writer.touches("header a, header button", "nút trên đầu trang")
    for panel in ("status", "checks", "preview"):
        writer.opens(f"[data-side-panel-toggle={panel}]", panel)
        writer.reads(panel)
    for size in page.locator("[name=preview-size]").all():
        size.check(force=True)
        writer.reads("cỡ xem trước")

    writer.opens("[data-side-panel-toggle=comments]", "bình luận")
    page.locator("#id_summary").click()
    page.keyboard.press("Control+Alt+m")
    page.wait_for_selector(".comment textarea")
    writer.reads("viết bình luận")


def test_the_panel_of_checks_counts_the_words_and_names_what_it_finds(people, city):
    writer = people("contributor")
    page = writer.page
    new_article(writer, city)
    page.locator("#id_title").fill("Đua ghe ngo trên sông Hậu")
    page.locator("#body-root .c-sf-add-button").last.click()
    page.locator(".w-combobox__option", has_text="Đề mục").click()
    page.locator("#body-root input[type=text]").last.fill("Các đội tham gia")
    # A heading of the third level under the title of the page.
    page.locator("#body-root select").last.select_option("3")
    writer.opens("[data-side-panel-toggle=checks]", "kiểm tra", "Thứ bậc tiêu đề sai")
    expect(page.locator("[data-content-word-count]")).to_have_text(re.compile(r"^\d+$"))
    writer.reads("số liệu nội dung")


def test_two_who_edit_the_same_page_are_told_of_each_other(people, city):
    writer, editor = people("contributor"), people("editor")
    path = a_draft(writer, city, "Hội thi nấu ăn của phường")
    editor.open(path)
    editor.opens(".w-editing-sessions__session", "người khác đang mở trang", "Cán bộ mẫu 01")
    # Each asks every few seconds; the one who came first learns of the other too.
    writer.opens(".w-editing-sessions__session", "người khác đang mở trang", "Cán bộ mẫu 04")


def test_lists_menus_and_filters(people, city):
    writer = people("contributor")
    page = writer.page
    writer.open(f"/quan-tri/pages/{city['section']}/")
    writer.touches("#wagtail-sidebar button[aria-haspopup]", "thanh bên")
    for menu in page.locator("#wagtail-sidebar button[aria-haspopup]").all():
        menu.click()
        writer.reads("trình đơn con")
        page.keyboard.press("Escape")
    writer.opens("#wagtail-sidebar button[aria-keyshortcuts]", "thanh bên thu gọn")
    writer.opens("#wagtail-sidebar button[aria-keyshortcuts]", "thanh bên mở lại")
    for more in ("header .w-breadcrumbs button", "header .w-dropdown__toggle", "td .w-dropdown__toggle"):
        writer.opens(more, more)
        page.keyboard.press("Escape")
    for address in (f"pages/{city['section']}", "images", "documents", "van-ban/so"):
        writer.open(f"/quan-tri/{address}/")
        writer.opens("#filters-drilldown .w-dropdown__toggle", f"bộ lọc: {address}", "Lọc theo")
        for number in range(page.locator(".w-drilldown__toggle").count()):
            page.locator(".w-drilldown__toggle").nth(number).click()
            writer.reads(f"bộ lọc {number}: {address}")
            page.locator(".w-drilldown__back").locator("visible=true").click()
    writer.open("/quan-tri/huong-dan/")
    writer.opens("[data-a11y-dialog-show=keyboard-shortcuts-dialog]", "phím tắt", "Dán không kèm định dạng")
    writer.open("/quan-tri/account/")
    writer.reads("tài khoản")


def test_everything_was_read(eyes):
    assert len(eyes.texts) > 350, len(eyes.texts)


def test_english_would_be_seen_wherever_it_stands(browser):
    page = browser.new_page()
    page.set_content(
        """<style>i::before { content: "Unsaved changes" }</style><h1>Tin bài</h1><p>Publish page</p><i></i>
        <button title="Move up">×</button><input placeholder="Enter your comment"><input type="submit" value="Send">
        <p hidden>Hidden until later</p><p lang="en">An English sentence</p><textarea>What people wrote</textarea>
        <div id="late"></div>"""
    )
    page.evaluate("document.querySelector('#late').textContent = 'Insert a block'")
    eyes = Eyes()
    eyes.read(page, "trang thử")
    page.close()

    assert eyes.texts == {
        "Tin bài",
        "Publish page",
        "Unsaved changes",
        "×",
        "Move up",
        "Enter your comment",
        "Send",
        "Insert a block",
    }
    assert len(eyes.english) == 6, eyes.english
