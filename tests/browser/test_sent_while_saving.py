"""A form that is sent while it saves itself: sent once, whole, and nothing is saved beside it afterwards."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_story import Person

PRESS = """(presses) => {
    const button = document.querySelector("button[name=action-portal-submit]");
    for (let press = 0; press < presses; press++) button.form.requestSubmit(button);
}"""

# A form looks for changes against what it was two seconds after it opened; what is typed before is no change to it.
NOTE_THAT_IT_LOOKS = """
    document.addEventListener("w-unsaved:watch-edits", () => { document.documentElement.dataset.looks = "yes"; });
"""


@pytest.fixture(scope="module")
def writer(browser, city):
    person = Person(browser, city, city["people"]["contributor"])
    person.page.add_init_script(NOTE_THAT_IT_LOOKS)
    return person


class Sent:
    """What a form sends: the addresses of new pages it was sent to, and what it saves by itself, held on the way."""

    def __init__(self, page):
        self.page, self.new, self.held = page, [], []
        page.route("**/quan-tri/pages/**", self.look)

    def look(self, route):
        request = route.request
        if request.method == "POST" and "/pages/add/" in request.url:
            self.new.append(request.url)
        if request.method == "POST" and "application/json" in request.headers.get("accept", ""):
            self.held.append(route)
        else:
            route.continue_()

    def wait(self) -> None:
        """Wait until the form is saving itself."""
        for _ in range(100):
            if self.held:
                return
            self.page.wait_for_timeout(100)
        raise AssertionError("the form saved nothing by itself")

    def release(self) -> None:
        for route in self.held:
            route.continue_()
        self.page.unroute("**/quan-tri/pages/**")


def begin(writer, city, title: str) -> None:
    page = writer.page
    writer.open(f"/quan-tri/pages/add/sections/articlepage/{city['section']}/")
    page.wait_for_selector("[data-contentpath=body] [contenteditable=true]")
    page.fill("#id_title", title)
    page.fill("#id_summary", "Phường hướng dẫn người dân.")
    page.fill("#id_author_name", "Cán bộ mẫu 01")
    page.fill("#id_source_name", "Ủy ban nhân dân phường Mỹ Long")
    page.select_option("#id_responsible_unit", str(city["unit"]))


def write(page) -> None:
    page.locator("[data-contentpath=body] [contenteditable=true]").first.click()
    page.keyboard.type("Mời bà con dự họp đông đủ.")


def test_the_last_words_of_a_text_are_sent_however_soon_the_button_is_pressed(writer, city):
    begin(writer, city, "Họp tổ dân phố")
    write(writer.page)

    writer.submit_draft()
    writer.declare()

    writer.sees("Đã gửi duyệt")
    writer.sees("Mời bà con dự họp đông đủ.")


@pytest.mark.parametrize("presses", [1, 2])
def test_a_new_page_that_saves_itself_just_then_is_made_and_submitted_once(writer, city, presses):
    page = writer.page
    writer.open("/quan-tri/")
    sent = Sent(page)
    begin(writer, city, f"Lịch tiêm chủng đợt {presses}")
    page.wait_for_selector("html[data-looks]")
    write(page)
    sent.wait()
    page.keyboard.type(" Xin cảm ơn.")

    page.evaluate(PRESS, presses)
    page.wait_for_timeout(700)
    sent.release()
    page.wait_for_url(re.compile("/gui/$"))
    writer.declare()

    writer.sees("Đã gửi duyệt")
    assert len(sent.new) == 1
    # What a form saved after it was sent would come within half a second.
    page.wait_for_timeout(1500)
    page.reload()
    page.wait_for_selector("#id_title")
    writer.sees("Mời bà con dự họp đông đủ. Xin cảm ơn.")
    expect(page.locator("button[name=action-portal-submit]")).to_have_count(0)
