"""Questions in a real browser: from a citizen's telephone to the public answer, with the officials between.

Each story is told in the portal's own screens. A citizen of Mỹ Long asks at 360 px; the standing office classifies, the
ward writes, its head signs, the board publishes; the citizen reads it with number and secret.
"""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from vietnam.dates import parse_vn
from workflows import deadlines

from .test_story import Person, review

PHONE = "0912 345 678"
TEXT = f"Tôi là Trần Minh Họa, xin hỏi đăng ký khai sinh cho con cần giấy tờ gì? Gọi tôi số {PHONE}."
ANSWER = "Hồ sơ nộp tại Bộ phận một cửa của phường trong giờ hành chính."
DUE = re.compile(r"Trả lời chậm nhất ngày\s*(\d\d/\d\d/\d{4})")


class Citizen:
    """Somebody with a telephone; asks, and comes back with number and secret."""

    def __init__(self, browser, city, site="/my-long"):
        self.page = browser.new_context(viewport={"width": 360, "height": 800}, locale="vi-VN").new_page()
        self.page.set_default_timeout(30_000)
        self.home = f"{city['url']}{site}/hoi-dap/"
        self.number = self.secret = ""

    def ask(self, title: str, text: str = TEXT, phone: str = PHONE) -> None:
        page = self.page
        page.goto(self.home)
        page.get_by_role("link", name="Gửi câu hỏi").first.click()
        page.fill("#hoi-title", title)
        page.fill("#hoi-text", text)
        page.fill("#hoi-name", "Trần Minh Họa")
        page.fill("#hoi-phone", phone)
        # Nobody ticked the consent: the form says so and keeps what was typed.
        page.get_by_role("button", name="Xem lại trước khi gửi").click()
        expect(page.locator(".error-summary")).to_contain_text("đồng ý")
        expect(page.locator("#hoi-text")).to_have_value(text)
        page.locator("input[name=consent]").check()
        page.get_by_role("button", name="Xem lại trước khi gửi").click()
        expect(page.locator("h1")).to_have_text("Xem lại câu hỏi trước khi gửi")
        expect(page.locator("input[name=proof]")).to_have_value(re.compile(r"\d+"))
        page.get_by_role("button", name="Gửi câu hỏi").click()
        expect(page.locator("h1")).to_have_text("Đã tiếp nhận câu hỏi")
        self.number, self.secret = page.locator(".receipt__code").all_inner_texts()

    def track(self) -> str:
        """Open the question by number and secret; return what the page says."""
        self.page.goto(f"{self.home}tra-cuu/")
        self.page.fill("input[name=number]", self.number.lower())
        self.page.fill("input[name=secret]", self.secret)
        self.page.locator("main form button[type=submit]").first.click()
        expect(self.page.locator("h1")).to_contain_text(self.number)
        assert self.secret not in self.page.url
        assert self.page.evaluate("document.documentElement.scrollWidth") <= 360
        return self.page.locator("main").inner_text()


class Official(Person):
    """Somebody of the administration who works on one question after the other."""

    def take_up(self, number: str) -> None:
        self.open("/quan-tri/cau-hoi/")
        self.page.locator("tr", has_text=number).get_by_role("link").first.click()
        expect(self.page.locator("h1")).to_contain_text(number)

    def step(self, label: str, **fields: str) -> None:
        """Press a button of «Việc tiếp theo»; on a screen with a form fill it in and send it."""
        with self.moved():
            self.page.locator("[aria-labelledby=viec-tiep-theo] .button", has_text=label).first.click()
        for name, value in fields.items():
            self.page.fill(f"[name={name}]", value)

    def send(self, label: str) -> None:
        with self.moved():
            self.page.locator(".nice-padding form button[type=submit]", has_text=label).first.press("Enter")


@pytest.fixture(scope="module")
def office(browser, city):
    return Official(browser, city, city["people"]["standing_office"])


def test_from_the_question_to_the_public_answer(browser, city, office):
    asker = Citizen(browser, city)
    asker.ask("Giấy tờ đăng ký khai sinh")
    assert DUE.search(asker.page.locator("main").inner_text())
    assert "Đã tiếp nhận" in asker.track()

    # The standing office says what it is about and who answers.
    office.take_up(asker.number)
    office.step("Phân loại, chuyển đơn vị")
    office.page.locator("select[name=topic]").select_option(label="Hộ tịch, chứng thực")
    office.page.locator("select[name=unit]").select_option(label="Phường Mỹ Long")
    office.send("Phân loại và chuyển đơn vị")
    office.sees("đã chuyển Phường Mỹ Long")
    assert "Phường Mỹ Long" in asker.track()

    # The ward writes; its head signs.
    writer = Official(browser, city, city["people"]["contributor"])
    writer.take_up(asker.number)
    writer.step("Soạn câu trả lời")
    writer.page.locator("[contenteditable=true]").first.click()
    writer.page.keyboard.type(ANSWER)
    # The editor hands its text to the form a moment after the last key.
    expect(writer.page.locator("[name=body]")).to_have_value(re.compile("hành chính"))
    writer.send("Lưu và trình ký")
    writer.sees("Đã trình ký")
    head = Official(browser, city, city["people"]["unit_head"])
    head.take_up(asker.number)
    head.step("Ký duyệt")
    head.send("Ký duyệt")
    head.sees("Đã ký duyệt")
    assert ANSWER not in asker.track()

    # The office decides that it concerns many, sends it, and frees the text of the asker.
    office.take_up(asker.number)
    office.step("Xác định liên quan chung", reason="Nhiều người cùng hỏi.")
    office.send("Có: phải đăng công khai")
    office.send("Ghi là đã trả lời")
    assert ANSWER in asker.track()
    asker.page.locator("input[name=satisfaction][value='3']").check()
    asker.page.get_by_role("button", name="Gửi đánh giá").click()
    expect(asker.page.locator("main")).to_contain_text("Cảm ơn")
    office.take_up(asker.number)
    office.step("Soạn trang công khai")
    expect(office.page.locator("textarea[name=question_text]")).not_to_have_value(re.compile("Minh Họa|0912"))
    office.send("Tạo bản nháp trang công khai")
    office.sees("Đã tạo bản nháp")
    office.page.wait_for_selector("#id_title")
    office.submit_draft()
    office.declare()
    office.sees("Đã gửi duyệt")

    # A second person approves; everybody may read it, and nobody is named.
    deputy = Person(browser, city, city["people"]["deputy"])
    review(deputy, "Giấy tờ đăng ký khai sinh")
    deputy.press("Duyệt và đăng")
    deputy.sees("Đã duyệt và đăng")
    reader = browser.new_context(viewport={"width": 360, "height": 800}, locale="vi-VN").new_page()
    reader.goto(asker.home)
    reader.get_by_role("link", name="Giấy tờ đăng ký khai sinh").first.click()
    expect(reader.locator("main")).to_contain_text(ANSWER)
    for private in ("Minh Họa", "0912", asker.number, asker.secret):
        assert private not in reader.content()
    assert "Xem câu trả lời trên trang" in asker.track()


def test_a_question_that_is_another_bodys_matter_is_answered_at_once(browser, city, office):
    asker = Citizen(browser, city)
    asker.ask("Cấp đổi giấy phép lái xe")
    office.take_up(asker.number)
    office.step(
        "Không thuộc phạm vi",
        reason="Việc cấp giấy phép lái xe không thuộc thẩm quyền của thành phố.",
        competent_body="Sở Giao thông vận tải",
    )
    office.send("Trả lời người hỏi ngay")
    office.sees("Đã trả lời người hỏi")
    told = asker.track()
    assert "Không thuộc phạm vi trả lời" in told
    assert "Sở Giao thông vận tải" in told
    assert not DUE.search(told)


def test_a_day_that_becomes_a_holiday_moves_the_day_of_the_answer(browser, city, office):
    asker = Citizen(browser, city)
    asker.ask("Lịch tiếp công dân")
    before = DUE.search(asker.track()).group(1)
    day = _free_day(office)
    office.page.locator("select[name=kind]").select_option("swap_off")
    office.page.fill("[name=name]", "Nghỉ hoán đổi (thử)")
    office.page.fill("[name=legal_source]", "Thông báo thử số 1")
    office.page.keyboard.press("Escape")
    office.send("Xem trước")
    office.sees("Thời hạn đang mở sẽ dời")
    office.sees(asker.number)
    with office.moved():
        office.page.locator("button[name=xac-nhan]").press("Enter")
    office.sees("Đã gửi đề nghị")
    assert DUE.search(asker.track()).group(1) == before, "one person moves no day"

    # A second person looks at what moves and agrees.
    second = Official(browser, city, city["people"]["head"])
    second.open("/quan-tri/danh-muc-chung/")
    with second.moved():
        second.page.locator(".nice-padding ul a[href*='/danh-muc-chung/']").first.click()
    second.send("Xác nhận: người đọc thấy ngay")
    second.sees("Đã ghi quyết định")
    told = asker.track()
    after = DUE.search(told).group(1)
    assert parse_vn(after) > parse_vn(before)
    expect(asker.page.locator("main")).to_contain_text(f"{day:%d/%m}")


def _free_day(office) -> date:
    """Open the screen of the first ordinary working day after tomorrow; return the day."""
    day = deadlines.today() + timedelta(days=2)
    while True:
        if day.weekday() < 5:
            office.open(f"/quan-tri/lich-lam-viec/{day.year}/{day.month}/{day.day}/")
            if office.page.locator("select[name=kind]").input_value() == "ordinary":
                return day
        day += timedelta(days=1)
