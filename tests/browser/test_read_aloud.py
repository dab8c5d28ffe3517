"""A page read aloud by a voice that the test puts into the browser: offered where one speaks the language."""

import pytest
from playwright.sync_api import expect

from tests.browser.test_public_pages import violations

PHONE, NARROWEST, DESK = 360, 320, 1366
# What a browser without sound answers: it notes what is said, and the test ends each sentence.
VOICE = """
(() => {
  window.said = [];
  window.cancelled = 0;
  const listeners = [];
  const fake = {
    voices: LANGUAGES.map((lang) => ({lang, name: lang, localService: true})),
    getVoices() { return this.voices; },
    addEventListener(kind, call) { listeners.push(call); },
    speak(one) { this.now = one; window.said.push([one.text, one.lang, one.rate]); },
    cancel() { window.cancelled += 1; const one = this.now; this.now = null; one?.onerror?.({error: "canceled"}); },
    finish() { const one = this.now; this.now = null; one.onend(); },
    arrive(lang) { this.voices = [{lang, name: lang, localService: true}]; for (const call of listeners) call(); },
  };
  Object.defineProperty(window, "speechSynthesis", {value: fake, configurable: true});
  window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
})();
"""
SENTENCES = [
    "Cầu Nguyễn Thái Học",
    "Thông xe sáng nay.",
    "Câu thứ nhất có chữ đậm.",
    "Câu thứ hai.",
    "Điều một",
    "Đoạn cuối.",
]
BUTTON = "Nghe đọc trang"


@pytest.fixture
def listener(browser, city, article_address):
    """Opens the article in a browser with voices of some languages: `open("vi-VN")`; a page in another `lang`."""
    contexts = []

    def opened(*voices, width=PHONE, lang="vi", **chosen):
        context = browser.new_context(viewport={"width": width, "height": 740}, **chosen)
        contexts.append(context)
        page = context.new_page()
        page.asked = []
        page.on("request", lambda request: page.asked.append(request.url))
        page.add_init_script(VOICE.replace("LANGUAGES", str(list(voices))))
        if lang != "vi":
            page.route(f"**{article_address}", lambda route: translated(route, lang))
        page.goto(f"{city['url']}{article_address}")
        return page

    yield opened
    for context in contexts:
        context.close()


def translated(route, lang):
    """The same page, said to be in another language but for its last paragraph."""
    response = route.fetch()
    body = response.text().replace('<html lang="vi"', f'<html lang="{lang}"').replace("<p>Đoạn", '<p lang="vi">Đoạn')
    route.fulfill(response=response, body=body)


def said(page) -> list[str]:
    return [text for text, _lang, _rate in page.evaluate("window.said")]


def finish(page, count=1):
    for _number in range(count):
        page.evaluate("speechSynthesis.finish()")


def begin(page):
    page.get_by_role("button", name=BUTTON).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Tạm dừng")).to_be_focused()


class TestTheOffer:
    def test_is_made_where_a_voice_speaks_the_language(self, listener):
        page = listener("en-US", "vi_VN")

        expect(page.get_by_role("button", name=BUTTON)).to_be_visible()
        assert not [url for url in page.asked if "read_aloud" in url]

    @pytest.mark.parametrize("voices", [(), ("en-US", "fr-FR")])
    def test_is_not_made_without_one(self, listener, voices):
        page = listener(*voices)

        assert page.get_by_role("button", name=BUTTON).is_hidden()

    def test_comes_with_a_voice_that_the_browser_finds_later(self, listener):
        page = listener()

        page.evaluate("speechSynthesis.arrive('vi-VN')")

        expect(page.get_by_role("button", name=BUTTON)).to_be_visible()

    def test_on_an_english_page_wants_an_english_voice_which_reads_no_vietnamese(self, listener):
        assert listener("vi-VN", lang="en").locator("[data-aloud]").is_hidden()
        page = listener("en-GB", lang="en")
        page.locator("[data-aloud-start]").click()
        page.wait_for_function("window.said.length")

        finish(page, len(SENTENCES) - 1)

        assert said(page) == SENTENCES[:-1]
        assert {lang for _text, lang, _rate in page.evaluate("window.said")} == {"en"}
        expect(page.locator("[data-aloud-start]")).to_be_visible()

    def test_is_not_made_without_script(self, listener):
        page = listener("vi-VN", java_script_enabled=False)

        assert not page.get_by_text(BUTTON).is_visible()


class TestReading:
    @pytest.mark.parametrize("width", [PHONE, NARROWEST, DESK])
    def test_goes_sentence_by_sentence_and_marks_them(self, listener, width):
        page = listener("vi-VN", width=width)
        begin(page)

        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert violations(page) == []
        finish(page, 2)
        assert page.locator(".aloud-now").inner_text() == "Câu thứ nhất có chữ đậm. Câu thứ hai."
        assert page.evaluate("[...CSS.highlights.get('aloud')][0].toString().trim()") == "Câu thứ nhất có chữ đậm."
        finish(page, 4)

        assert said(page) == SENTENCES
        assert not page.locator(".aloud-now").count()
        expect(page.get_by_role("button", name=BUTTON)).to_be_visible()

    def test_pauses_and_goes_on_with_the_same_sentence(self, listener):
        page = listener("vi-VN")
        begin(page)
        finish(page, 2)

        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Đọc tiếp")).to_be_focused()
        assert page.evaluate("speechSynthesis.now") is None
        page.keyboard.press("Enter")

        assert said(page)[-2:] == ["Câu thứ nhất có chữ đậm."] * 2

    def test_goes_to_other_paragraphs_and_faster(self, listener):
        page = listener("vi-VN")
        begin(page)
        finish(page, 3)

        page.get_by_role("button", name="Đoạn trước").click()
        assert said(page)[-1] == "Câu thứ nhất có chữ đậm."
        page.get_by_role("button", name="Đoạn trước").click()
        assert said(page)[-1] == "Thông xe sáng nay."
        page.get_by_role("button", name="Đoạn sau").click()
        page.get_by_label("Tốc độ").select_option("1.5")

        assert page.evaluate("window.said.at(-1)") == ["Câu thứ nhất có chữ đậm.", "vi", 1.5]
        page.reload()
        begin(page)
        assert page.evaluate("window.said.at(-1)")[2] == 1.5

    @pytest.mark.parametrize("way", ["Escape", "Thôi đọc"])
    def test_ends_and_gives_the_focus_back(self, listener, way):
        page = listener("vi-VN")
        begin(page)

        if way == "Escape":
            page.keyboard.press(way)
        else:
            page.get_by_role("button", name=way).click()

        expect(page.get_by_role("button", name=BUTTON)).to_be_focused()
        assert page.evaluate("speechSynthesis.now") is None
        assert page.get_by_role("button", name="Tạm dừng").is_hidden()

    def test_ends_when_the_page_is_left(self, listener):
        page = listener("vi-VN")
        begin(page)
        before = page.evaluate("window.cancelled")

        page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")

        assert page.evaluate("window.cancelled") > before
        assert page.evaluate("speechSynthesis.now") is None
