"""A visitor looks for a decree by its number, without marks: what it is, whether it still holds, what came after it."""

import os
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import caches
from django.db import transaction
from pytest_django.live_server_helper import LiveServer

from legalref.life import lifecycle
from tests.browser.serving import answer_alone
from tests.city import build_city
from tests.legalref.library import register, seed_public

PHONE, NARROWEST, DESK = 360, 320, 1280
TABS = ("Tóm tắt", "Nội dung", "Bản gốc", "Hiệu lực", "Văn bản liên quan", "Lược đồ")

# Tells pytest-django to make the test database; the register itself is filled once, by `portal`.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def portal(browser, django_db_setup, django_db_blocker):
    """The register of the small city behind a live server: its address. After the browser, for its event loop."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with django_db_blocker.unblock():
        server = LiveServer("localhost")
        try:
            with transaction.atomic():
                for name in ("default", "renditions"):
                    caches[name].clear()
                city = build_city(english=True)
                register(city.site)
                seed_public(city.cast.standing_office)
                lifecycle.refresh_status(on=datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")))
                yield server.url
                transaction.set_rollback(True)
        finally:
            for context in browser.contexts:
                context.close()
            server.stop()


@pytest.fixture(params=[(DESK, True), (PHONE, True), (PHONE, False), (NARROWEST, False)], ids=str)
def visitor(request, browser, portal):
    """A page at the front of the portal: (width, whether scripts run)."""
    width, scripts = request.param
    page = browser.new_page(viewport={"width": width, "height": 800}, java_script_enabled=scripts)
    page.trouble = []
    page.on("pageerror", lambda error: page.trouble.append(str(error)))
    page.on("console", lambda message: page.trouble.append(message.text) if message.type == "error" else None)
    page.route("**/*", lambda route: answer_alone(route, portal))
    page.goto(portal)
    yield page
    assert page.trouble == []
    page.close()


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def banner(page):
    return page.get_by_role("note", name="Tình trạng hiệu lực")


class TestTheStory:
    def test_of_the_decree_of_2011_and_what_came_after_it(self, visitor, portal):
        page = visitor
        page.goto(f"{portal}/van-ban/")
        page.get_by_label("Số, ký hiệu hoặc từ").fill("43/2011")
        page.get_by_role("button", name="Tìm văn bản").click()

        page.wait_for_url("**/van-ban/nghi-dinh-43-2011-chinh-phu/")
        assert page.locator("h1").inner_text() == "Nghị định 43/2011/NĐ-CP"
        said = banner(page).inner_text()
        assert "Hết hiệu lực toàn bộ" in said
        assert "Được thay thế bởi Nghị định 42/2022/NĐ-CP từ ngày 15/08/2022." in said
        assert fits(page)

        banner(page).get_by_role("link", name="Nghị định 42/2022/NĐ-CP").click()

        page.wait_for_url("**/van-ban/nghi-dinh-42-2022-chinh-phu/")
        assert page.locator("h1").inner_text() == "Nghị định 42/2022/NĐ-CP"
        assert fits(page)

    def test_search_without_marks_and_slashes_finds_it_too(self, visitor, portal):
        page = visitor
        page.goto(f"{portal}/van-ban/")
        page.get_by_label("Số, ký hiệu hoặc từ").fill("nghi dinh so 43 2011 nd cp")
        page.keyboard.press("Enter")

        page.wait_for_url("**/van-ban/nghi-dinh-43-2011-chinh-phu/")

    def test_each_tab_leads_to_its_part(self, visitor, portal):
        page = visitor
        page.goto(f"{portal}/van-ban/quyet-dinh-01-2020-ubnd-thanh-pho-long-xuyen/")
        tabs = page.get_by_role("navigation", name="Các phần của văn bản")
        assert tuple(tabs.get_by_role("link").all_inner_texts()) == TABS

        for name in TABS:
            tabs.get_by_role("link", name=name).click()
            heading = page.get_by_role("heading", name=name, exact=True)
            assert heading.is_visible()
            top = heading.bounding_box()["y"]
            assert -1 <= top < 800, (name, top)
        assert fits(page)

    def test_drawing_is_the_one_that_fits_and_its_words_are_in_the_list(self, visitor, portal):
        page = visitor
        page.goto(f"{portal}/van-ban/quyet-dinh-01-2020-ubnd-thanh-pho-long-xuyen/#luoc-do")
        shown = [picture for picture in page.locator("svg.diagram").all() if picture.is_visible()]
        assert len(shown) == 1
        box = shown[0].bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= page.viewport_size["width"]
        listed = page.locator("section", has=page.locator("#van-ban-lien-quan")).inner_text()
        for name in shown[0].locator(".diagram__box ~ .diagram__name").all_text_contents():
            assert name in listed or name == "Quyết định 01/2020/QĐ-UBND"

    def test_day_of_the_past_is_asked_for_and_left_again(self, visitor, portal):
        page = visitor
        page.goto(f"{portal}/van-ban/nghi-dinh-43-2011-chinh-phu/")
        page.get_by_label("Xem tình trạng vào ngày").fill("01/01/2021")
        page.get_by_role("button", name="Xem", exact=True).click()

        page.wait_for_url("**?ngay=01%2F01%2F2021")
        assert page.get_by_text("Đang xem văn bản này như vào ngày 01/01/2021, không phải hôm nay.").is_visible()
        assert "Còn hiệu lực" in banner(page).inner_text()
        page.get_by_role("link", name="Xem tình trạng hôm nay").click()
        page.wait_for_url("**/nghi-dinh-43-2011-chinh-phu/")
        assert "Hết hiệu lực toàn bộ" in banner(page).inner_text()

    def test_wrong_day_is_told_and_kept(self, visitor, portal):
        page = visitor
        page.goto(f"{portal}/van-ban/nghi-dinh-43-2011-chinh-phu/")
        page.get_by_label("Xem tình trạng vào ngày").fill("31/02/2021")
        page.keyboard.press("Enter")

        page.wait_for_url("**?ngay=*")
        assert page.get_by_role("alert").inner_text().startswith("Không đọc được ngày «31/02/2021»")
        assert page.get_by_label("Xem tình trạng vào ngày").input_value() == "31/02/2021"
        assert fits(page)


class TestPages:
    @pytest.mark.parametrize("width", [DESK, PHONE])
    @pytest.mark.parametrize("theme", ["light", "dark"])
    @pytest.mark.parametrize("query", ["", "?ngay=2021-01-01", "?ngay=x"])
    def test_axe_finds_nothing(self, browser, portal, width, theme, query):
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.route("**/*", lambda route: answer_alone(route, portal))
        page.goto(f"{portal}/van-ban/nghi-dinh-43-2011-chinh-phu/{query}")
        page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)

        found = Axe().run(page).response["violations"]

        assert [f"{entry['id']}: {node['html'][:160]}" for entry in found for node in entry["nodes"]] == []
        page.close()

    def test_citation_is_copied_by_one_press(self, browser, portal):
        context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.route("**/*", lambda route: answer_alone(route, portal))
        page.goto(f"{portal}/van-ban/nghi-dinh-43-2011-chinh-phu/")

        page.get_by_role("button", name="Sao chép trích dẫn").click()

        page.get_by_text("Đã sao chép", exact=True).wait_for()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith("Nghị định số 43/2011/NĐ-CP ngày 13 tháng 6 năm 2011 của Chính phủ quy định về")
        context.close()

    def test_paper_has_every_part_and_no_buttons(self, browser, portal):
        page = browser.new_page(viewport={"width": DESK, "height": 800})
        page.route("**/*", lambda route: answer_alone(route, portal))
        page.goto(f"{portal}/van-ban/quyet-dinh-01-2020-ubnd-thanh-pho-long-xuyen/")
        page.emulate_media(media="print")

        for part in (
            "#tom-tat",
            "#toan-van",
            "#ban-goc",
            "#hieu-luc",
            "#van-ban-lien-quan",
            "#luoc-do",
            ".diagram--rong",
        ):
            assert page.locator(part).first.is_visible(), part
        for part in (".tabs", ".as-of", ".contents", ".diagram--hep", ".cite-box__more"):
            assert not page.locator(part).first.is_visible(), part
        page.close()
