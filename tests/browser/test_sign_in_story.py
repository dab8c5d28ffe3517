"""The story of an account in a real browser: from the decision that gives it to the decision that takes it.

The technical admin, whose first password came from the console, has to change it and installs a second factor. He
records the decision that appoints an approver of Mỹ Long; the head confirms it. The newcomer follows the link in his
mail, chooses a password, installs a second factor and works. While his editor is open, the appointment is revoked:
within a minute his screen says so, the text is kept, and the editor of the Board can read it.
"""

import base64
import email
import re
import time
from email.policy import default

import pytest
from playwright.sync_api import expect

from tests.browser.test_story import Person, code_of
from tests.city import PASSWORD

FIRST, CHANGED = "Xoai!Cat@Hoa7Loc", "Cau.Rong-7.Bac"
NEWCOMER = "duyet-moi.my-long"
TITLE, UNSAVED = "Mỹ Long dọn kênh trước mùa lũ", "Mỹ Long dọn kênh trước mùa lũ, đang viết dở"


class Newcomer(Person):
    """Somebody who has not signed in yet."""

    def __init__(self, browser, city):
        self.url = city["url"]
        self.page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="vi-VN").new_page()
        self.page.set_default_timeout(60_000)
        self.violations = []
        self.page.on(
            "console", lambda line: self.violations.append(line.text) if "Content Security" in line.text else 0
        )

    def give_password(self, user, password):
        self.open("/quan-tri/login/")
        self.page.fill("input[name=username]", user)
        self.page.fill("input[name=password]", password)
        self.press("Đăng nhập")

    def choose_password(self, password):
        for name in ("new_password1", "new_password2"):
            self.page.fill(f"input[name={name}]", password)

    def install_app(self):
        """Read the secret from the screen, enter its first code, put the recovery codes away."""
        self.sees("Cài xác thực hai bước")
        secret = self.page.locator(".sign-in__secret").inner_text()
        self.page.fill("input[name=code]", code_of(hexadecimal(secret)))
        self.press("Hoàn tất")
        assert self.page.locator(".sign-in__codes li").count() == 10
        self.page.get_by_role("link", name="Tôi đã cất các mã này").click()
        self.page.wait_for_url(lambda url: "xac-thuc" not in url)


def hexadecimal(secret: str) -> str:
    """The secret that a screen shows in letters, as the database keeps it."""
    return base64.b32decode(secret.replace(" ", "")).hex()


def link_in_mail(folder, address: str) -> str:
    """The path of the link in the newest letter to an address."""
    for path in sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime, reverse=True):
        for part in path.read_text().split("-" * 79):
            letter = email.message_from_string(part.strip(), policy=default)
            if letter["To"] == address and (found := re.search(r"/quan-tri/kich-hoat/\S+", letter.get_content())):
                return found.group()
    raise AssertionError(f"no letter to {address}")


@pytest.fixture
def admin(browser, city):
    return Newcomer(browser, city)


def test_from_the_decision_to_the_cut(browser, city, admin):
    today = time.strftime("%d/%m/%Y")
    technical_admin = city["people"]["technical_admin"]

    # Whoever got his first password from somebody else changes it before anything; his role demands a second factor.
    city["run"](
        "manage.py",
        "shell",
        "-v0",
        "-c",
        "from accounts.models import User; from accounts.signin import passwords;"
        f"passwords.demand_change(User.objects.get(username='{technical_admin}'))",
    )
    admin.give_password(technical_admin, PASSWORD)
    admin.sees("Đây là lần đầu dùng tài khoản")
    admin.open("/quan-tri/phan-cong/")
    admin.sees("Đây là lần đầu dùng tài khoản")
    admin.page.fill("input[name=old_password]", PASSWORD)
    admin.choose_password("LongXuyen@2026")
    admin.press("Đổi mật khẩu")
    admin.sees("từ dễ đoán «longxuyen»")
    admin.page.fill("input[name=old_password]", PASSWORD)
    admin.choose_password(CHANGED)
    expect(admin.page.locator("[data-rule=word]")).to_have_attribute("data-kept", "yes")
    admin.press("Đổi mật khẩu")
    admin.install_app()

    # The decision is recorded as it was signed; the head confirms it.
    admin.open("/quan-tri/phan-cong/ghi/")
    fields = admin.page
    fields.fill("#id_number", "77/QĐ-UBND")
    fields.fill("#id_signed_on", today)
    fields.fill("#id_title", "Phân công người duyệt của phường Mỹ Long")
    fields.fill("#id_form-0-full_name", "Cán bộ mẫu 31")
    fields.fill("#id_form-0-username", NEWCOMER)
    fields.fill("#id_form-0-email", f"{NEWCOMER}@example.invalid")
    fields.select_option("#id_form-0-role", "ward_approver")
    fields.select_option("#id_form-0-site", label="Phường Mỹ Long")
    fields.fill("#id_form-0-valid_from", today)
    fields.keyboard.press("Escape")
    admin.press("Ghi quyết định")
    admin.sees("77/QĐ-UBND")
    head = Person(browser, city, city["people"]["head"])
    head.open("/quan-tri/phan-cong/?state=confirm")
    with head.moved():
        head.page.get_by_role("link", name="Cán bộ mẫu 31").first.click()
    if "/nguoi/" in head.page.url:
        with head.moved():
            head.page.locator("main a[href*='/quan-tri/phan-cong/']", has_text="Người duyệt").first.click()
    appointment = re.search(r"/phan-cong/(\d+)/", head.page.url).group(1)
    head.open(f"/quan-tri/phan-cong/{appointment}/xac-nhan/")
    head.page.check("input[name=compared]")
    head.press("Xác nhận")

    # The newcomer follows the link in his mail; nobody else ever knew a password of his.
    city["run"]("manage.py", "run_jobs", "--only", "send_mail")
    newcomer = Newcomer(browser, city)
    newcomer.open(link_in_mail(city["mail"], f"{NEWCOMER}@example.invalid"))
    newcomer.sees("Kích hoạt tài khoản")
    newcomer.choose_password(FIRST)
    newcomer.press("Đặt mật khẩu")
    newcomer.sees("Đã đặt mật khẩu")
    newcomer.give_password(NEWCOMER, FIRST)
    newcomer.install_app()

    # He works: a saved draft, then words that are not saved yet.
    page = newcomer.page
    newcomer.open(f"/quan-tri/pages/add/sections/noticepage/{city['section']}/")
    page.locator("#id_title").fill(TITLE)
    page.fill("#id_summary", "Bắt đầu từ thứ hai.")
    with newcomer.moved():
        page.locator("footer button.action-save").first.click()
    page.locator("#id_title").click()
    page.locator("#id_title").fill(UNSAVED)

    # The decision is revoked while his editor is open.
    admin.open(f"/quan-tri/phan-cong/{appointment}/thu-hoi/")
    fields.fill("#id_number", "78/QĐ-UBND")
    fields.fill("#id_signed_on", today)
    fields.keyboard.press("Escape")
    fields.fill("#id_title", "Thôi phân công người duyệt của phường Mỹ Long")
    fields.fill("#id_reason", "Chuyển công tác")
    admin.press("Thu hồi")
    revoked = time.monotonic()
    notice = page.locator(".session-notice")
    expect(notice).to_contain_text("Văn bản đang soạn đã được giữ", timeout=60_000)
    print(f"\nsigned out {time.monotonic() - revoked:.0f} seconds after the decision")
    assert time.monotonic() - revoked < 60

    # His browser is a stranger's now, and his password opens nothing.
    newcomer.open("/quan-tri/")
    newcomer.sees("Phiên làm việc đã kết thúc")
    newcomer.give_password(NEWCOMER, FIRST)
    newcomer.sees("Tên đăng nhập hoặc mật khẩu không đúng")

    # The text is not lost: who edits for the site reads it.
    editor = Person(browser, city, city["people"]["editor"])
    editor.open("/quan-tri/van-ban-giu-lai/")
    editor.page.get_by_role("link", name=UNSAVED).click()
    editor.sees("Bắt đầu từ thứ hai.")
    assert admin.violations == newcomer.violations == []
