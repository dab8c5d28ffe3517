"""My ward, topics, saved pages in a browser: applied before the page is drawn, forgotten by one press, nothing lost."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.test_public_pages import violations

PHONE, NARROWEST, DESK = 360, 320, 1366
WARD = "Phường Mỹ Long"
WIDTHS = (PHONE, NARROWEST, DESK)
# Movements that a reader sees, as browsers sum them up; 0.1 is called good.
MOST_MOVED = 0.05
# Notes each state of the front page that is drawn, and what moves while it loads.
WATCH = """
window.drawn = [];
window.moved = 0;
new PerformanceObserver((list) => { for (const one of list.getEntries()) window.moved += one.value; })
  .observe({type: "layout-shift", buffered: true});
(function look() {
  const front = document.querySelector(".front");
  const link = document.querySelector("[data-own-ward]");
  if (front && getComputedStyle(front).visibility === "visible") {
    window.drawn.push([front.querySelector("h2")?.textContent, link.hidden]);
  }
  requestAnimationFrame(look);
})();
"""


@pytest.fixture
def reader(browser, city):
    """A browser of a reader: `open(path, width)` gives the page; what it keeps stays until the test ends."""
    contexts = []

    def opened(path, width=PHONE, context=None, **chosen):
        context = context or browser.new_context(viewport={"width": width, "height": 740}, locale="vi-VN", **chosen)
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{city['url']}{path}")
        return page

    yield opened
    for context in contexts:
        context.close()


def fits(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def choose(page, *topics):
    page.get_by_label(WARD).check()
    for topic in topics:
        page.get_by_label(topic, exact=True).check()
    expect(page.get_by_role("status")).to_have_text("Đã ghi nhớ trong trình duyệt này.")


class TestTheWard:
    @pytest.mark.parametrize("width", WIDTHS)
    def test_stands_in_the_header_and_first_on_the_front_page(self, reader, width):
        page = reader("/cua-toi/", width)
        assert fits(page)
        assert violations(page) == []
        choose(page, "Văn bản mới")
        expect(page.get_by_role("link", name=WARD, exact=True)).to_have_attribute("href", "/my-long/")

        page.add_init_script(WATCH)
        page.get_by_role("link", name="Xem trang chủ").click()
        section = page.locator(".own__ward")
        expect(section.get_by_role("link", name="Trang của phường, xã")).to_be_visible()

        assert page.locator(".front h2").all_inner_texts()[:2] == [WARD, "Văn bản mới"]
        # Every state that was drawn had both in their places already.
        drawn = page.evaluate("window.drawn")
        assert drawn and all(one == [WARD, False] for one in drawn), drawn[:3]
        assert page.evaluate("window.moved") <= MOST_MOVED
        assert fits(page)
        assert violations(page) == []

    def test_is_there_on_every_page_of_the_city_and_asked_for_on_the_front_page_alone(self, reader):
        page = reader("/cua-toi/")
        choose(page)
        asked = []
        page.on("request", lambda request: asked.append(request.url))

        page.goto(page.url.replace("/cua-toi/", "/van-ban/"))

        expect(page.get_by_role("link", name=WARD, exact=True)).to_be_visible()
        assert not [url for url in asked if "/cua-toi/" in url or "own_ward" in url]

    def test_a_name_that_somebody_put_there_is_text(self, reader):
        page = reader("/")
        kept = {"ward": "my-long", "name": "<img src=x onerror=alert(1)>", "topics": ['x"], body', "tin-moi"]}
        page.evaluate("kept => localStorage.setItem('cua-toi', JSON.stringify(kept))", kept)

        page.reload()

        # Until the answer has the name that the ward bears.
        expect(page.locator(".own__ward h2")).to_have_text(WARD)
        assert not page.locator("img[src=x]").count()

    @pytest.mark.parametrize("kept", ["nonsense", "[]", '{"ward": "../x", "name": "X"}', '{"topics": "tin-moi"}'])
    def test_what_cannot_be_read_changes_nothing(self, reader, kept):
        page = reader("/")
        page.evaluate("kept => localStorage.setItem('cua-toi', kept)", kept)
        trouble = []
        page.on("pageerror", lambda error: trouble.append(str(error)))

        page.reload()

        assert trouble == []
        assert page.locator("[data-own]").is_hidden()
        assert page.locator(".front h2").first.is_visible()

    def test_without_an_answer_says_so_and_leaves_the_way(self, reader):
        page = reader("/cua-toi/")
        choose(page)
        page.route("**/cua-toi/my-long/", lambda route: route.abort())

        page.goto(page.url.replace("cua-toi/", ""))

        expect(page.get_by_text("Chưa tải được phần này")).to_be_visible()
        expect(page.locator("[data-own-ward]")).to_have_attribute("href", "/my-long/")


class TestResetting:
    def test_one_press_forgets_everything(self, reader):
        page = reader("/cua-toi/")
        choose(page, "Văn bản mới")
        page.evaluate("localStorage.setItem('hien-thi', JSON.stringify({theme: 'dark', text: 'larger'}))")
        page.evaluate("localStorage.setItem('trang-da-luu', JSON.stringify([{path: '/van-ban/', title: 'Văn bản'}]))")
        page.evaluate("localStorage.setItem('cua-nguoi-khac', '1')")
        page.goto(page.url.replace("cua-toi/", ""))
        page.get_by_text("Hiển thị").click()

        with page.expect_navigation():
            page.get_by_role("button", name="Đặt lại tất cả").click()

        assert page.evaluate("Object.keys(localStorage)") == ["cua-nguoi-khac"]
        assert page.evaluate("({...document.documentElement.dataset})") == {}
        assert page.locator("[data-own-ward]").is_hidden()


class TestSavedPages:
    @pytest.mark.parametrize("width", WIDTHS)
    def test_are_listed_and_taken_off_again_by_keyboard(self, reader, article_address, width):
        page = reader(article_address, width)
        button = page.get_by_role("button", name="Lưu trang này")
        button.focus()
        page.keyboard.press("Enter")
        title = page.locator("h1").inner_text()
        page.get_by_role("link", name="Trang đã lưu").last.click()

        expect(page.locator("[data-list] a").first).to_have_text(title)
        assert fits(page)
        assert violations(page) == []
        page.get_by_role("button", name=re.compile("^Bỏ khỏi danh sách")).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("Chưa lưu trang nào.")).to_be_visible()
        expect(page.get_by_role("status")).to_have_text("Đã bỏ khỏi danh sách.")

    def test_of_one_that_went_not_even_the_name_is_kept(self, reader):
        page = reader("/trang-da-luu/")
        kept = [{"path": "/tin-tuc/da-go/", "title": "Tên phải quên"}, {"path": "/", "title": "Trang chủ"}]
        page.evaluate("kept => localStorage.setItem('trang-da-luu', JSON.stringify(kept))", kept)

        page.reload()

        expect(page.get_by_text("Trang đã lưu không còn trên cổng").first).to_be_visible()
        expect(page.locator("[data-list] a", has_text="Trang chủ")).to_have_attribute("href", "/")
        assert "Tên phải quên" not in page.evaluate("localStorage.getItem('trang-da-luu')")
        assert "Tên phải quên" not in page.locator("main").inner_text()

    def test_leads_nowhere_but_to_this_host(self, reader):
        page = reader("/trang-da-luu/")
        kept = [
            {"path": path, "title": "X"} for path in ("//evil.example/", "javascript:alert(1)", "https://evil.example/")
        ]
        page.evaluate("kept => localStorage.setItem('trang-da-luu', JSON.stringify(kept))", kept)

        page.reload()

        expect(page.get_by_text("Chưa lưu trang nào.")).to_be_visible()


class TestWithoutScript:
    @pytest.mark.parametrize("width", [PHONE, NARROWEST])
    @pytest.mark.parametrize("path", ["/cua-toi/", "/trang-da-luu/"])
    def test_says_so_and_leads_on(self, reader, path, width):
        page = reader(path, width, java_script_enabled=False)

        assert page.get_by_text("không chạy JavaScript").is_visible()
        assert not page.get_by_role("button", name="Đặt lại tất cả").is_visible()
        if path == "/cua-toi/":
            page.get_by_role("link", name=WARD).click()
            assert "Mỹ Long" in page.locator("h1").inner_text()
