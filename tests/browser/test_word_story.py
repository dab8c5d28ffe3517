"""Writing with Word beside it: a title in decomposed letters, a text pasted from Word, a file imported as a draft.

The clipboard holds what Word 2016 puts there: lists as paragraphs with a mark to ignore, numbers written out.
"""

import contextlib
import json
import unicodedata

from playwright.sync_api import TimeoutError, expect

from tests.sections import word_files

from .test_story import Person

TITLE = "Đường về Mỹ Long: ơ, ư và Đ"
MARK = "<![if !supportLists]><span style='font-family:{font}'><span style='mso-list:Ignore'>{mark}<span>&nbsp; </span></span></span><![endif]>"  # noqa: E501
PASTE = """html => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/html", html);
  clipboardData.setData("text/plain", "…");
  const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
  document.activeElement.dispatchEvent(event);
}"""
BODY = """() => {
  const stream = document.querySelector("#body-root").rootBlock;
  return stream.children.map((child) => {
    if (child.type === "heading") return ["heading", child.block.getValue().level, child.block.getValue().text];
    const content = JSON.parse(child.block.widget.input.value);
    return content && content.blocks.map((block) => [block.type, block.depth, block.text]);
  });
}"""


def listed(text: str, mark: str, *, level: int = 1, font: str = "") -> str:
    """A paragraph of a list as Word writes it into the clipboard."""
    style = f"mso-list:l0 level{level} lfo1"
    return f"<p class=MsoListParagraph style='{style}'>{MARK.format(mark=mark, font=font)}<span>{text}</span></p>"


def from_word() -> str:
    """A heading, a paragraph with formats and a link, bullets two deep, clauses from 5 on, a table."""
    return (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta name=Generator content="Microsoft Word 15'
        '"><style>p.MsoNormal {margin:0}</style></head><body lang=VI><!--StartFragment-->'
        "<h1><span>Chương I. Quy định chung<o:p></o:p></span></h1>"
        "<p class=MsoNormal><b><span>Thông báo</span></b><span> lịch\n tiếp dân, xem "
        '<a href="https://example.invalid/lich"><i>ở đây</i></a>.<o:p></o:p></span></p>'
        + listed("Căn cước", "·", font="Symbol")
        + listed("Bản sao", "o", level=2, font="Courier New")
        + "<h2>Điều khoản</h2>"
        + listed(unicodedata.normalize("NFD", "Khoản năm"), "5.")
        + listed("Điểm a", "a)", level=2)
        + "<table><tr><td><p>Tên</p></td><td><p>Số</p></td></tr><tr><td>Chợ</td><td>12</td></tr></table>"
        "<p class=MsoNormal><o:p>&nbsp;</o:p></p><!--EndFragment--></body></html>"
    )


def test_a_text_comes_from_word_by_the_clipboard_and_as_a_file(browser, city):
    writer = Person(browser, city, city["people"]["contributor"])
    page = writer.page
    writer.open(f"/quan-tri/pages/add/sections/articlepage/{city['section']}/")

    page.fill("#id_title", unicodedata.normalize("NFD", TITLE))
    page.press("#id_title", "End")
    expect(page.locator("#id_slug")).to_have_value("duong-ve-my-long-o-u-va-d")

    # A new article begins with a paragraph.
    page.locator(".public-DraftEditor-content").first.click()
    page.keyboard.type("Trước sau")
    for _letter in "sau ":
        page.keyboard.press("ArrowLeft")
    page.evaluate(PASTE, from_word())

    pasted = [
        [["unstyled", 0, "Trước"]],
        ["heading", "2", "Chương I. Quy định chung"],
        [
            ["unstyled", 0, "Thông báo lịch tiếp dân, xem ở đây."],
            ["unordered-list-item", 0, "Căn cước"],
            ["unordered-list-item", 1, "Bản sao"],
        ],
        ["heading", "3", "Điều khoản"],
        [
            ["unstyled", 0, "5.\u00a0Khoản năm"],
            ["unstyled", 0, "a)\u00a0Điểm a"],
            ["unstyled", 0, "Tên | Số"],
            ["unstyled", 0, "Chợ | 12"],
        ],
        [["unstyled", 0, " sau"]],
    ]
    # The editor writes what it holds into the form a moment later.
    wanted = json.dumps(pasted, ensure_ascii=False, separators=(",", ":"))
    with contextlib.suppress(TimeoutError):
        page.wait_for_function(f"wanted => JSON.stringify(({BODY})()) === wanted", arg=wanted, timeout=10_000)
    assert page.evaluate(BODY) == pasted
    expect(page.locator(".portal-pasted")).to_contain_text("Bảng vừa dán chỉ còn chữ")
    expect(page.locator(".portal-pasted")).to_contain_text("Số tự động của Word")

    # The way that the remark offers: the file itself.
    way = page.locator(".portal-pasted a").get_attribute("href")
    assert "/nhap-tu-word/" in way
    writer.open(f"/quan-tri/nhap-tu-word/duoi/{city['section']}/")
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    content = word_files.with_legal_numbering()
    page.set_input_files("input[type=file]", files=[{"name": "quyet-dinh.docx", "mimeType": kind, "buffer": content}])
    writer.press("Tải lên và xem trước")
    writer.sees("7 số tự động")
    writer.press("Tạo bản nháp")
    expect(page.locator("#id_title")).to_have_value("Quyết định về quản lý chợ")
    assert page.evaluate(BODY)[1][0] == ["unstyled", 0, "Điều 1. Phạm vi điều chỉnh"]
