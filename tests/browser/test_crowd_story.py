"""Many behind one address, on a telephone of 360 px: a question over the limit comes back whole and is sent.

Without scripts; with scripts whose proof of work did not come; and from a network that is asked for a harder proof.
"""

import re
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest
from playwright.sync_api import expect

from base.operations.throttle import RATES
from base.public.usage import counted
from tests.browser.serving import served
from tests.files.samples import minimal_pdf

TEXT = "Đường trước nhà tôi đang ngập, xin hỏi điểm sơ tán gần nhất của phường ở đâu?"
FILE = {"name": "ảnh đường ngập.pdf", "mimeType": "application/pdf", "buffer": minimal_pdf()}
SECONDS = re.compile(r"sau (\d+) giây")
FORTY = """
from django.utils import timezone
from faq.asking import limits
for _ in range(limits.OF_NETWORK.most):
    limits.count(stamp=None, address="127.0.0.1", mail="", phone="", is_proven=True, on=timezone.now())
"""


@pytest.fixture(scope="module")
def limited(tmp_path_factory):
    """The small city with the limits of one address."""
    with served(tmp_path_factory.mktemp("var"), throttle=True) as made:
        yield made


def use_up(city) -> None:
    """Send from this address as many forms without a proof as it may, until the next turn is most of its wait away.

    A bucket that refuses may be about to have a whole place again: who presses then comes in.
    """
    wait = 1 / RATES["form"].per_second
    for _ in range(int(RATES["form"].burst) + 20):
        body = urllib.parse.urlencode({"text": "x"}).encode()
        try:
            urllib.request.urlopen(f"{city['url']}/", body, timeout=30)
        except urllib.error.HTTPError as error:
            if error.code == 429 and int(error.headers["Retry-After"]) > 0.7 * wait:
                return
            if error.code == 429:
                time.sleep(int(error.headers["Retry-After"]))
    raise AssertionError("biểu mẫu không bị giới hạn")


def filled(browser, city, phone: str, *, scripts: bool, but: str = ""):
    """A telephone with the form filled in, a file chosen; `but`: a script that does not arrive."""
    context = browser.new_context(viewport={"width": 360, "height": 800}, locale="vi-VN", java_script_enabled=scripts)
    page = context.new_page()
    page.set_default_timeout(60_000)
    if but:
        page.route(re.compile(but), lambda route: route.abort())
    page.goto(f"{city['url']}/my-long/hoi-dap/gui-cau-hoi/")
    page.get_by_label("Tiêu đề").fill("Điểm sơ tán")
    page.get_by_label("Nội dung câu hỏi").fill(TEXT)
    page.get_by_label("Số điện thoại").fill(phone)
    page.get_by_label("Tệp kèm theo").set_input_files(FILE)
    page.locator("#hoi-consent").check()
    return page


def is_whole(page) -> None:
    """Everything that was typed and chosen is on the page, which fits the screen."""
    expect(page.get_by_label("Nội dung câu hỏi")).to_have_value(TEXT)
    expect(page.locator("#hoi-consent")).to_be_checked()
    expect(page.locator("main")).to_contain_text(FILE["name"])
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def press(page, name: str):
    """Press a button; return the answer to the form."""
    with page.expect_response(lambda answer: answer.request.method == "POST" and "gui-cau-hoi" in answer.url) as answer:
        page.get_by_role("button", name=name).click()
    return answer.value


def is_sent(page) -> None:
    press(page, "Gửi câu hỏi")
    expect(page.locator("h1")).to_have_text("Đã tiếp nhận câu hỏi")
    expect(page.locator("main")).to_contain_text(FILE["name"])


def test_without_scripts_it_comes_back_says_when_and_is_sent_then(browser, limited):
    page = filled(browser, limited, "0909 333 001", scripts=False)
    use_up(limited)

    came_back = press(page, "Xem lại trước khi gửi")

    assert came_back.status == 429
    is_whole(page)
    told = int(SECONDS.search(page.locator(".error-summary").inner_text())[1])
    assert str(told) == came_back.headers["retry-after"]
    time.sleep(told)
    assert press(page, "Xem lại trước khi gửi").status == 200
    expect(page.locator("h1")).to_have_text("Xem lại câu hỏi trước khi gửi")
    is_sent(page)


def test_with_scripts_but_without_a_proof_the_button_waits_and_counts(browser, limited):
    page = filled(browser, limited, "0909 333 002", scripts=True, but="ask_proof")
    use_up(limited)

    came_back = press(page, "Xem lại trước khi gửi")

    assert came_back.status == 429
    is_whole(page)
    button = page.get_by_role("button", name="Xem lại trước khi gửi")
    expect(button).to_be_disabled()
    expect(page.locator("[data-seconds-left]")).to_contain_text("giây")
    expect(button).to_be_enabled(timeout=int(came_back.headers["retry-after"]) * 1000 + 10_000)
    expect(page.locator("[data-may-press]")).to_have_text("Đã có thể bấm lại.")
    assert press(page, "Xem lại trước khi gửi").status == 200
    is_sent(page)


def is_sending(request) -> bool:
    """Whether a form is sent, not a reading counted."""
    return request.method == "POST" and counted.PLACE not in request.url


def test_with_a_proof_it_passes_where_others_wait(browser, limited):
    page = filled(browser, limited, "0909 333 003", scripts=True)
    use_up(limited)

    assert press(page, "Xem lại trước khi gửi").status == 200
    is_sent(page)


def test_from_a_network_of_many_it_comes_back_once_for_a_harder_proof_and_is_sent(browser, limited):
    page = filled(browser, limited, "0909 333 004", scripts=True)
    press(page, "Xem lại trước khi gửi")
    limited["run"]("manage.py", "shell", "-v0", "-c", FORTY)

    answers = []
    # The page also tells that it was read.
    page.on("response", lambda answer: answers.append(answer) if is_sending(answer.request) else None)

    press(page, "Gửi câu hỏi")

    # It goes on by itself as soon as the number is found, which a busy processor may take long for: no second press.
    expect(page.locator("h1")).to_have_text("Đã tiếp nhận câu hỏi", timeout=60_000)
    expect(page.locator("main")).to_contain_text(FILE["name"])
    assert [answer.status for answer in answers] == [200, 200]

    # Drawn now, the form wants the harder proof from the beginning: nothing to press twice.
    later = filled(browser, limited, "0909 333 005", scripts=True)
    assert press(later, "Xem lại trước khi gửi").status == 200
    is_sent(later)
