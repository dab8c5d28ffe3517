"""The review in a real browser: the page and the decision are reached without hunting, on every screen."""

import json
import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.test_story import Person

SIZES = ((1366, 768), (1024, 768), (360, 740))


@pytest.fixture(scope="module")
def waiting(city):
    return json.loads(city["run"]("tests/browser/review_waiting.py"))


@pytest.fixture(scope="module")
def deputy(browser, city):
    return Person(browser, city, city["people"]["deputy"])


def opened(deputy, waiting, which="page", size=SIZES[0]):
    deputy.page.set_viewport_size({"width": size[0], "height": size[1]})
    deputy.open(f"/quan-tri/duyet/viec/{waiting[which]}/")
    expect(deputy.page.frame_locator(".portal-review__frame iframe").locator("h1")).to_be_visible()
    taken(deputy, f"{which}-{size[0]}")
    return deputy.page


def taken(person, name: str) -> None:
    """Keep a picture of a screen where somebody asks for it, to be looked at: as it is, and all of it."""
    if folder := os.environ.get("PICTURES"):
        page, size = person.page, person.page.viewport_size
        page.screenshot(path=Path(folder) / f"{name}.png")
        page.set_viewport_size({**size, "height": 2200})
        page.wait_for_timeout(300)
        page.screenshot(path=Path(folder) / f"{name}-whole.png")
        page.set_viewport_size(size)


def test_page_and_decision_stand_beside_each_other_on_an_office_screen(deputy, waiting):
    page = opened(deputy, waiting)

    shown = page.locator(".portal-review__frame").bounding_box()
    button = page.get_by_role("button", name="Trả lại").bounding_box()
    assert button["y"] + button["height"] <= 768
    assert shown["y"] + shown["height"] <= 768 and shown["height"] >= 380
    assert button["x"] >= shown["x"] + shown["width"]


@pytest.mark.parametrize("size", SIZES, ids=[str(width) for width, _ in SIZES])
def test_nothing_is_wider_than_the_screen_and_the_reasons_are_there(deputy, waiting, size):
    page = opened(deputy, waiting, size=size)

    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    deputy.sees("Ghi rõ tên đường.")
    deputy.sees("Thay đổi so với bản bị trả lại")
    deputy.sees("Thay đổi so với bản đang đăng")
    picture = page.frame_locator(".portal-review__frame iframe").locator("img[alt='Ảnh thử']").first
    picture.scroll_into_view_if_needed()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0


def test_it_is_seen_as_on_a_computer_and_as_on_a_telephone(deputy, waiting):
    page = opened(deputy, waiting)
    inside = page.locator(".portal-review__frame iframe").element_handle().content_frame()

    inside.wait_for_function("innerWidth >= 1024")
    page.get_by_label("Điện thoại", exact=True).check()
    inside.wait_for_function("innerWidth === 360")
    taken(deputy, "telephone-1366")


def test_a_document_shows_its_text_and_on_demand_its_scan(deputy, waiting):
    page = opened(deputy, waiting, "document")
    expect(page.frame_locator(".portal-review__frame iframe").locator("body")).to_contain_text("Vỉa hè dành cho người")

    scan = page.locator(".portal-review__pdf")
    expect(scan).to_be_hidden()
    with page.expect_request(lambda request: waiting["file"] in request.url) as asked:
        page.get_by_label("Bản ký (PDF)").check()
    assert asked.value.response().status == 200
    expect(scan).to_be_visible()
    taken(deputy, "scan-1366")


def test_after_the_approval_a_link_leads_to_the_page_that_readers_see(deputy, waiting):
    page = opened(deputy, waiting)
    deputy.press("Duyệt và đăng")
    deputy.sees("Đã duyệt và đăng")
    taken(deputy, "approved-1366")

    with deputy.moved():
        page.get_by_role("link", name="Xem trang công khai").first.click()

    expect(page.locator("h1")).to_have_text("Ra quân dọn vệ sinh đường Nguyễn Huệ")


def test_the_panel_of_checks_says_what_the_submission_will_say_and_leads_to_the_field(browser, city, waiting):
    writer = Person(browser, city, city["people"]["contributor"])
    page = writer.page
    writer.open(f"/quan-tri/pages/{waiting['faulty']}/edit/")
    page.locator("[data-side-panel-toggle=checks]").click()
    panel = page.locator("[data-side-panel=checks]")
    expect(panel).to_contain_text("Thiếu nguồn")
    taken(writer, "checks-1280")

    panel.get_by_role("link", name="Nguồn").click()

    expect(page.locator("#id_source_name")).to_be_focused()
