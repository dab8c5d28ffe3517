"""Asking and tracking in a real browser: each step is accessible and fits, without scripts and by keyboard alone."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_public_pages import violations

TEXT = "Tôi muốn hỏi thủ tục xin giấy phép xây nhà ở trong hẻm nhỏ cần những giấy tờ gì, nộp ở đâu?"
MOST_TABS = 80


def opened(browser, width: int, scripts: bool):
    """A page of its own in a browser of that width."""
    context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts, locale="vi-VN")
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.trouble = []
    page.on("console", lambda message: page.trouble.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.trouble.append(str(error)))
    return page


def looks_right(page, width: int, heading: str, scripts: bool) -> None:
    """The step is there, fits the screen, and axe (which is a script itself) finds nothing."""
    expect(page.locator("h1")).to_have_text(heading)
    assert page.evaluate("document.documentElement.scrollWidth") <= width, heading
    assert page.trouble == [], heading
    if scripts:
        assert violations(page) == [], heading


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (360, True), (320, False)])
def test_every_step_from_the_form_to_the_tracked_question(browser, city, width, scripts):
    page = opened(browser, width, scripts)
    page.goto(f"{city['url']}/hoi-dap/gui-cau-hoi/")
    looks_right(page, width, "Gửi câu hỏi", scripts)

    page.get_by_label("Tiêu đề").fill("Giấy phép xây nhà trong hẻm")
    # The next page has the heading of this one: only its coming says that it is there.
    with page.expect_navigation():
        page.get_by_role("button", name="Tìm câu hỏi tương tự").click()
    looks_right(page, width, "Gửi câu hỏi", scripts)
    with page.expect_navigation():
        page.get_by_role("button", name="Xem lại trước khi gửi").click()
    looks_right(page, width, "Gửi câu hỏi", scripts)
    expect(page.locator(".error-summary")).to_contain_text("Hãy viết nội dung câu hỏi")
    expect(page.get_by_label("Tiêu đề")).to_have_value("Giấy phép xây nhà trong hẻm")

    page.get_by_label("Nội dung câu hỏi").fill(f"{TEXT} ({width})")
    page.get_by_label("Số điện thoại").fill(f"0909 222 {width:03}"[:12])
    page.get_by_label("Tệp kèm theo").set_input_files(
        {"name": "ghi chú.pdf", "mimeType": "application/pdf", "buffer": b"khong phai pdf"}
    )
    page.locator("#hoi-consent").check()
    page.get_by_role("button", name="Xem lại trước khi gửi").click()
    expect(page.locator(".error-summary")).to_contain_text("Tệp «ghi chú.pdf» chưa được nhận")
    page.get_by_role("button", name="Xem lại trước khi gửi").click()
    looks_right(page, width, "Xem lại câu hỏi trước khi gửi", scripts)
    expect(page.locator("main")).to_contain_text("Tệp «ghi chú.pdf» chưa được nhận nên không gửi kèm.")
    page.get_by_role("button", name="Gửi câu hỏi").click()
    looks_right(page, width, "Đã tiếp nhận câu hỏi", scripts)
    number, secret = page.locator(".receipt__code").all_inner_texts()

    page.get_by_role("link", name="Tra cứu câu hỏi").click()
    looks_right(page, width, "Tra cứu câu hỏi", scripts)
    page.get_by_label("Số câu hỏi").fill(number)
    page.get_by_label("Mã tra cứu").fill(secret)
    page.get_by_role("button", name="Xem câu hỏi").click()
    looks_right(page, width, f"Câu hỏi {number}", scripts)
    assert secret not in page.url
    page.context.close()


def test_back_from_the_preview_leads_to_what_was_typed_also_after_a_round_of_errors(browser, city):
    page = opened(browser, 360, True)
    page.goto(f"{city['url']}/hoi-dap/gui-cau-hoi/")
    page.get_by_label("Tiêu đề").fill("Giấy phép xây nhà trong hẻm")
    page.get_by_label("Nội dung câu hỏi").fill(f"{TEXT} (quay lại)")
    page.locator("#hoi-consent").check()
    page.get_by_role("button", name="Xem lại trước khi gửi").click()
    expect(page.locator(".error-summary")).to_contain_text("ít nhất một cách liên hệ")
    # What was typed before the error is drawn by now, what is typed here is not.
    page.get_by_label("Số điện thoại").fill("0909 222 111")
    page.get_by_role("button", name="Xem lại trước khi gửi").click()
    expect(page.locator("h1")).to_have_text("Xem lại câu hỏi trước khi gửi")

    answer = page.go_back()

    expect(page.get_by_label("Tiêu đề")).to_have_value("Giấy phép xây nhà trong hẻm")
    expect(page.get_by_label("Nội dung câu hỏi")).to_have_value(f"{TEXT} (quay lại)")
    expect(page.get_by_label("Số điện thoại")).to_have_value("0909 222 111")
    expect(page.locator("#hoi-consent")).to_be_checked()
    assert answer is None or answer.headers["cache-control"] == "no-store"
    page.get_by_role("button", name="Xem lại trước khi gửi").click()
    expect(page.locator("h1")).to_have_text("Xem lại câu hỏi trước khi gửi")
    page.context.close()


def test_back_from_the_receipt_and_from_a_question_looked_up_leads_to_a_page(browser, city):
    page = opened(browser, 360, True)
    page.goto(f"{city['url']}/hoi-dap/gui-cau-hoi/")
    page.get_by_label("Tiêu đề").fill("Giấy phép xây nhà trong hẻm")
    page.get_by_label("Nội dung câu hỏi").fill(f"{TEXT} (đã gửi)")
    page.get_by_label("Số điện thoại").fill("0909 222 112")
    page.locator("#hoi-consent").check()
    page.get_by_role("button", name="Xem lại trước khi gửi").click()
    page.get_by_role("button", name="Gửi câu hỏi").click()
    expect(page.locator("h1")).to_have_text("Đã tiếp nhận câu hỏi")
    number, secret = page.locator(".receipt__code").all_inner_texts()

    page.go_back()
    expect(page.locator("h1")).to_have_text("Gửi câu hỏi")

    page.goto(f"{city['url']}/hoi-dap/tra-cuu/")
    page.get_by_label("Số câu hỏi").fill(number)
    page.get_by_label("Mã tra cứu").fill("SAI")
    page.get_by_role("button", name="Xem câu hỏi").click()
    expect(page.locator(".error-summary")).to_be_visible()
    page.get_by_label("Mã tra cứu").fill(secret)
    page.get_by_role("button", name="Xem câu hỏi").click()
    expect(page.locator("h1")).to_have_text(f"Câu hỏi {number}")
    page.go_back()
    expect(page.locator("h1")).to_have_text("Tra cứu câu hỏi")
    page.context.close()


def test_a_question_is_asked_with_the_keyboard_alone(browser, city):
    page = opened(browser, 1280, True)
    page.goto(f"{city['url']}/hoi-dap/gui-cau-hoi/")

    for field, typed in (
        ("#hoi-title", "Hỏi bằng bàn phím"),
        ("#hoi-text", TEXT),
        ("#hoi-email", "phim@example.invalid"),
    ):
        tab_to(page, field)
        page.keyboard.type(typed)
    tab_to(page, "#hoi-consent")
    page.keyboard.press("Space")
    tab_to(page, "button[value=preview]")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Xem lại câu hỏi trước khi gửi")
    tab_to(page, "button[value=send]")
    page.keyboard.press("Enter")

    expect(page.locator("h1")).to_have_text("Đã tiếp nhận câu hỏi")
    page.context.close()


def test_the_receipt_on_paper_keeps_number_code_and_day_and_drops_the_rest(browser, city):
    page = opened(browser, 1280, True)
    page.goto(f"{city['url']}/hoi-dap/gui-cau-hoi/")
    page.get_by_label("Tiêu đề").fill("Hỏi để in")
    page.get_by_label("Nội dung câu hỏi").fill(TEXT)
    page.get_by_label("Số điện thoại").fill("0909 333 444")
    page.locator("#hoi-consent").check()
    page.get_by_role("button", name="Xem lại trước khi gửi").click()
    page.get_by_role("button", name="Gửi câu hỏi").click()
    expect(page.get_by_role("button", name="In biên nhận")).to_be_visible()

    page.emulate_media(media="print")

    expect(page.locator(".receipt")).to_be_visible()
    for part in (".menu", ".strip", ".breadcrumbs", ".receipt__actions"):
        expect(page.locator(part).first).not_to_be_visible()
    page.context.close()


def tab_to(page, selector: str) -> None:
    """Press Tab until the focus is on an element; fails when it is never reached."""
    for _ in range(MOST_TABS):
        if page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached with the keyboard")
