"""The main story in a real browser: from a draft of Mỹ Long to the page that says why it is gone.

The people use the screens as they are, in Vietnamese: the contributor writes and submits, cannot publish; a board
member returns it with a reason; it is submitted again and approved; readers find it; the decision it speaks of is
replaced; a second person decides the take-down; the address answers 410 and names the new decision.
"""

import re
import time
from binascii import unhexlify

from django_otp.oath import hotp
from playwright.sync_api import expect

from tests.city import PASSWORD

TITLE = "Mỹ Long hỗ trợ tiểu thương"


STEP = 30  # seconds that a code of an app is shown
_shown: dict[str, int] = {}  # the last step whose code was typed, by secret


def code_of(secret: str) -> str:
    """The next code that an app with this secret, in hexadecimal, shows and that was not typed before.

    The portal takes each code once, and that of the coming step already; a third in one step has to wait for it.
    """
    step = max(int(time.time()) // STEP, _shown.get(secret, -1) + 1)
    time.sleep(max(0, (step - 1) * STEP - time.time()))
    _shown[secret] = step
    return f"{hotp(unhexlify(secret), step):06}"


class Person:
    """Somebody at a browser window of his own."""

    def __init__(self, browser, city, user):
        self.url = city["url"]
        self.page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="vi-VN").new_page()
        self.page.set_default_timeout(30_000)
        self.open("/quan-tri/login/")
        self.page.fill("input[name=username]", user)
        self.page.fill("input[name=password]", PASSWORD)
        with self.moved():
            self.page.click("button[type=submit]")
        if user in city["apps"]:
            self.page.fill("input[name=code]", code_of(city["apps"][user]))
            with self.moved():
                self.page.click("button[type=submit]")
        expect(self.page.locator("input[name=password], input[name=code]")).to_have_count(0)

    def open(self, path):
        self.page.goto(self.url + path)

    def moved(self):
        """What stands in this block leads to another screen, and the block ends when that has been read.

        Not `expect_navigation`: the first save of a new page in the background writes the address of its editor into
        the one that is open, which counts as one.
        """
        return self.page.expect_event("load")

    def press(self, name):
        # By keyboard: a date picker that opens late may lie over the button.
        with self.moved():
            self.page.locator("form button[type=submit]", has_text=name).first.press("Enter")

    def choose(self, label):
        self.page.get_by_label(label, exact=True).check()

    def sees(self, text):
        expect(self.page.locator("body")).to_contain_text(text)

    def submit_draft(self):
        """«Lưu và gửi duyệt», at the foot of the editor."""
        self.page.locator("button[name=action-portal-submit]").click()
        self.page.wait_for_url(re.compile("/gui/$"))

    def declare(self):
        if self.page.locator("#id_remark").count():
            self.page.fill("#id_remark", "Đã đối chiếu với bản gốc.")
        self.page.check("input[name=declaration]")
        self.press("Gửi duyệt")


def test_from_the_first_draft_to_410(browser, city):
    writer = Person(browser, city, city["people"]["contributor"])
    page = writer.page

    # The contributor writes; the preflight names what is missing and loses nothing.
    writer.open(f"/quan-tri/pages/add/sections/articlepage/{city['section']}/")
    page.wait_for_selector("[data-contentpath=body] .c-sf-add-button")
    page.locator("#id_title").press_sequentially(TITLE, delay=5)
    page.fill("#id_summary", "Phường hướng dẫn tiểu thương nhận hỗ trợ.")
    page.fill("#id_author_name", "Cán bộ mẫu 01")
    page.fill("#id_source_name", "")
    page.select_option("#id_responsible_unit", str(city["unit"]))
    page.locator("[data-contentpath=body] [contenteditable=true]").first.click()
    page.keyboard.type("Tiểu thương nộp hồ sơ tại Bộ phận một cửa.")
    page.locator("[data-contentpath=legal_basis] .c-sf-add-button").first.click()
    cite(page, city["old"])
    writer.submit_draft()
    writer.sees("Thiếu nguồn")
    page.get_by_role("link", name="Nguồn", exact=True).click()
    page.wait_for_selector("#id_source_name")
    expect(page.locator("#id_title")).to_have_value(TITLE)
    page.fill("#id_source_name", "Ủy ban nhân dân phường Mỹ Long")
    writer.submit_draft()
    writer.declare()
    writer.sees("Đã gửi duyệt")
    edit = page.url

    # A board member returns it; the writer amends it and submits again.
    editor = Person(browser, city, city["people"]["editor"])
    review(editor)
    editor.page.fill("textarea[name=comment]", "Nêu rõ nơi nhận hồ sơ.")
    editor.press("Trả lại")
    editor.sees("Đã trả lại kèm lý do")
    page.goto(edit)
    page.wait_for_selector("#id_summary")
    page.fill("#id_summary", "Nộp hồ sơ tại Bộ phận một cửa của phường.")
    writer.submit_draft()
    writer.declare()
    writer.sees("Đã gửi duyệt")

    # The deputy head approves: readers find it on both addresses.
    deputy = Person(browser, city, city["people"]["deputy"])
    review(deputy)
    deputy.press("Duyệt và đăng")
    deputy.sees("Đã duyệt và đăng")
    address = "/my-long/tin-tuc/my-long-ho-tro-tieu-thuong/"
    reader = browser.new_context(viewport={"width": 360, "height": 800}, locale="vi-VN").new_page()
    reader.goto(city["url"] + address)
    expect(reader.locator("h1")).to_have_text(TITLE)
    expect(reader.locator("body")).to_contain_text("12/2021/QĐ-UBND")
    assert reader.goto(city["ward"] + address.removeprefix("/my-long")).status == 200

    # The decision is replaced: shown first, then confirmed; another person decides the take-down.
    deputy.open(f"/quan-tri/van-ban/bai-bo/{city['old']['pk']}/")
    deputy.sees(TITLE)
    replaced_by(deputy.page, city["new"])
    deputy.page.fill("input[name=effective_on]", "15/04/2022")
    deputy.page.keyboard.press("Escape")
    with deputy.moved():
        deputy.page.locator("form button[type=submit]").last.click()
    with deputy.moved():
        deputy.page.locator("button[name=step][value=confirm]").click()
    deputy.sees("chờ người thứ hai xác nhận")
    head = Person(browser, city, city["people"]["head"])
    head.open("/quan-tri/duyet/")
    head.page.get_by_role("link", name="07/2022/QĐ-UBND").first.click()
    head.press("Xác nhận: quan hệ đúng như đã ghi")
    head.sees("Đã xác nhận")
    deputy.open("/quan-tri/")
    head.open("/quan-tri/duyet/")
    head.page.get_by_role("link", name=TITLE).first.click()
    head.press("Gỡ bỏ")
    head.sees("Đã gỡ")

    # The reader is told why, and where the new decision is; the sealed copy verifies.
    gone = reader.goto(city["url"] + address)
    assert gone.status == 410
    expect(reader.locator("body")).to_contain_text("07/2022/QĐ-UBND")
    assert reader.goto(city["ward"] + address.removeprefix("/my-long")).status == 410
    assert city["verify"]().strip() == "0 lỗi"


def review(person, title=TITLE):
    person.open("/quan-tri/duyet/")
    person.page.get_by_role("link", name=title).first.click()
    person.sees("Người gửi")


def cite(page, document):
    """Choose a document in the citation's chooser by its number."""
    page.locator("[data-contentpath=legal_basis] button[data-chooser-action-choose]").first.click()
    page.locator(".modal-body a", has_text=document["name"]).first.click()
    page.wait_for_selector(".modal-body", state="detached")
    page.locator("[data-contentpath=legal_basis] select").first.select_option("about")


def replaced_by(page, document):
    page.locator("button[data-chooser-action-choose]").first.click()
    page.locator(".modal-body a", has_text=document["name"]).first.click()
    page.wait_for_selector(".modal-body", state="detached")
