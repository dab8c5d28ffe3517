"""Nothing that was chosen or typed is lost: a file after an error, words after signing out, a reason after a decision.

The technical admin records a decision with its scan and forgets the title. A contributor signs out in another window
while his editor is open; at the shared machine a colleague signs in before him. Two board members open one review.
"""

import time

import pytest
from playwright.sync_api import expect

from tests.browser.test_sent_while_saving import begin, write
from tests.browser.test_story import Person, review
from tests.city import PASSWORD
from tests.files.samples import minimal_pdf

SCAN = {"name": "quyet-dinh-phan-cong.pdf", "mimeType": "application/pdf", "buffer": minimal_pdf()}
KEPT, UNSAVED = "Lịch trực bão của phường", "Lịch trực bão của phường, bản viết dở"
ADMIN, COLLEAGUE = "quan-tri.hai", "editor"
# What a browser does by itself, without the scripts of the page.
SEND = "HTMLFormElement.prototype.submit.call(document.querySelector('form[data-edit-form]'))"
REASON = "Ghi rõ số điện thoại trực."


class Shared(Person):
    """Somebody at a machine where others sign in, too: two windows of one browser."""

    def __init__(self, browser, city, user):
        super().__init__(browser, city, user)
        self.editor = self.page
        self.editor.on("dialog", lambda dialog: dialog.accept())
        self.other = self.page.context.new_page()

    def sign_out(self):
        self.other.goto(self.url + "/quan-tri/logout/")
        with self.other.expect_event("load"):
            self.other.get_by_role("button", name="Đăng xuất khỏi máy này").click()

    def sign_in(self, user):
        self.other.goto(self.url + "/quan-tri/login/")
        self.other.fill("input[name=username]", user)
        self.other.fill("input[name=password]", PASSWORD)
        with self.other.expect_event("load"):
            self.other.click("button[type=submit]")
        expect(self.other.locator("input[name=password]")).to_have_count(0)

    def come_back(self):
        """Turn to the editor again; it asks at once who is signed in."""
        self.editor.bring_to_front()
        self.editor.evaluate("window.dispatchEvent(new Event('focus'))")

    @property
    def notice(self):
        return self.editor.locator(".session-notice")


@pytest.fixture
def writer(browser, city):
    """A contributor of Mỹ Long with a saved draft open, in which he has gone on writing by hand."""
    writer = Shared(browser, city, city["people"]["contributor"])
    page = writer.editor
    writer.open(f"/quan-tri/pages/add/sections/noticepage/{city['section']}/")
    page.locator("#id_title").fill(KEPT)
    page.fill("#id_summary", "Từ tối thứ sáu.")
    with writer.moved():
        page.locator("footer button.action-save").first.click()
    yield writer
    writer.page.context.close()


@pytest.fixture
def admin(browser, city):
    """A technical admin of his own, who has his app already."""
    key = city["run"](
        "manage.py",
        "shell",
        "-v0",
        "-c",
        "from base.sites import city_site; from tests.city import person, with_app;"
        f"print(with_app(person('{ADMIN}', 'Cán bộ mẫu 90', 'technical_admin', city_site())).key)",
    )
    city["apps"][ADMIN] = key.strip()
    admin = Person(browser, city, ADMIN)
    yield admin
    admin.page.context.close()


def submitted(browser, city, title: str) -> Person:
    """A contributor who has just submitted an article, at its edit screen."""
    writer = Person(browser, city, city["people"]["contributor"])
    begin(writer, city, title)
    write(writer.page)
    writer.submit_draft()
    writer.declare()
    writer.sees("Đã gửi duyệt")
    return writer


def test_a_scan_survives_an_error_in_another_field(admin):
    today, page = time.strftime("%d/%m/%Y"), admin.page
    admin.open("/quan-tri/phan-cong/ghi/")
    page.fill("#id_number", "91/QĐ-UBND")
    page.fill("#id_signed_on", today)
    page.keyboard.press("Escape")
    page.set_input_files("#id_file", SCAN)
    page.select_option("#id_form-0-role", "contributor")
    page.select_option("#id_form-0-site", label="Phường Mỹ Long")
    page.fill("#id_form-0-full_name", "Cán bộ mẫu 91")
    page.fill("#id_form-0-username", "mau-91")
    page.fill("#id_form-0-email", "mau-91@example.invalid")
    page.fill("#id_form-0-valid_from", today)
    page.keyboard.press("Escape")
    admin.press("Ghi quyết định")

    admin.sees("Hãy ghi trích yếu")
    admin.sees("Đã giữ tệp «quyet-dinh-phan-cong.pdf»")
    page.fill("#id_title", "Phân công cộng tác viên")
    admin.press("Ghi quyết định")

    admin.sees("Đã ghi quyết định 91/QĐ-UBND")
    admin.sees("Mở bản chụp quyết định")


def test_words_survive_signing_out_in_another_window(writer, city):
    writer.sign_out()
    page = writer.editor
    page.locator("#id_title").fill(UNSAVED)
    writer.come_back()
    expect(writer.notice).to_contain_text("Bạn đã đăng xuất ở cửa sổ khác.")
    expect(writer.notice).to_contain_text("Nội dung chưa lưu vẫn còn ở đây")
    expect(page.locator("body")).not_to_contain_text("Máy chủ gặp lỗi")

    # Pressed now, the button sends nothing: the words stay where they are.
    address = page.url
    page.locator("footer button.action-save").first.click()
    page.wait_for_timeout(1500)
    assert page.url == address
    expect(page.locator("#id_title")).to_have_value(UNSAVED)

    # Signed in again in the other window, he goes on here with one press.
    writer.sign_in(city["people"]["contributor"])
    writer.come_back()
    expect(writer.notice).to_contain_text("Đã đăng nhập lại")
    expect(page.locator("footer button.action-save").first).to_be_enabled()
    with page.expect_event("load"):
        page.locator("footer button.action-save").first.click()
    page.reload()
    expect(page.locator("#id_title")).to_have_value(UNSAVED)


def test_words_sent_by_the_browser_alone_after_signing_out_are_kept_for_their_writer(writer, city):
    writer.sign_out()
    page = writer.editor
    page.locator("#id_title").fill(UNSAVED)

    # As without script: nothing holds the form back.
    with page.expect_event("load"):
        page.evaluate(SEND)
    writer.sees("đã được giữ")

    writer.sign_in(city["people"]["contributor"])
    writer.other.goto(writer.url + "/quan-tri/van-ban-giu-lai/")
    expect(writer.other.locator("body")).to_contain_text(UNSAVED)


def test_a_colleague_who_signs_in_at_the_same_machine_neither_sees_nor_sends_them(writer, city):
    page = writer.editor
    writer.sign_out()
    page.locator("#id_title").fill(UNSAVED)
    writer.come_back()
    expect(writer.notice).to_contain_text("Nội dung chưa lưu vẫn còn ở đây")

    writer.sign_in(city["people"][COLLEAGUE])
    writer.come_back()
    expect(writer.notice).to_contain_text("nay do người khác đăng nhập")
    expect(page.locator("#id_title")).not_to_be_visible()
    assert KEPT not in page.title()

    # His own words come back to their writer.
    writer.sign_out()
    writer.sign_in(city["people"]["contributor"])
    writer.come_back()
    expect(page.locator("#id_title")).to_be_visible()
    expect(page.locator("#id_title")).to_have_value(UNSAVED)

    writer.sign_out()
    writer.sign_in(city["people"][COLLEAGUE])
    with page.expect_event("load"):
        page.evaluate(SEND)
    writer.sees("Biểu mẫu đã hết hạn")


def test_a_locked_form_takes_no_typing_and_says_why(browser, city):
    title = "Lịch tiêm chủng tháng này"
    writer = submitted(browser, city, title)
    page = writer.page
    page.goto(page.url)
    page.wait_for_selector("[data-contentpath=body] .public-DraftEditor-content")

    writer.sees("người gửi muốn sửa thì bấm «Rút về để sửa»")
    heading = page.locator("#id_title")
    expect(heading).to_have_attribute("readonly", "")
    for part in page.locator("form[data-edit-form] [contenteditable], form[data-edit-form] select").all():
        assert part.evaluate("part => part.closest('[inert]') !== null")
    heading.focus()
    page.keyboard.type("chen vào")
    expect(heading).to_have_value(title)
    expect(page.locator("button[name=action-save-draft]")).to_have_count(0)


def test_a_reason_survives_the_decision_of_another_person(browser, city):
    title = "Thông báo cắt điện để sửa trạm"
    submitted(browser, city, title)
    slow, quick = (Person(browser, city, city["people"][name]) for name in ("editor", "deputy"))
    for person in (slow, quick):
        review(person, title)
    slow.page.fill("textarea[name=comment]", REASON)
    quick.press("Duyệt và đăng")
    quick.sees("Đã duyệt và đăng")

    slow.press("Trả lại")

    slow.sees("đã duyệt lúc")
    slow.sees("Bạn vừa nhập, chưa ghi vào đâu")
    assert REASON in [text.input_value() for text in slow.page.locator(".typed-in-vain textarea").all()]
