"""The stopwatch: how many screens, clicks and fields five daily tasks take, from the first screen to the end.

Words typed, files chosen and signing in are not counted as work with the screens; every link, button, tick and choice
is. What is measured must be what `docs/stopwatch.md` says; `STOPWATCH=write` writes it anew.
"""

import os
import re
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.serving import ROOT
from tests.browser.test_story import Person

FIGURES = ROOT / "docs" / "stopwatch.md"
MOST = 12
PATIENCE = 120_000
TASKS = (
    "Đăng tin có ảnh", "Đăng ký và đăng văn bản", "Trả lời câu hỏi", "Quyết định gỡ bỏ", "Mở trang phường, xã"
)  # fmt: skip


@dataclass
class Watch:
    """What one task took: screens opened, clicks by what they were on, fields filled."""

    screens: int = 0
    clicks: list[str] = field(default_factory=list)
    fields: int = 0
    people: set[str] = field(default_factory=set)
    is_done: bool = False


class Worker(Person):
    """Somebody at his desk, whose work is counted."""

    def begin(self, watch: Watch, who: str) -> "Worker":
        self.watch = watch
        watch.people.add(who)
        self.page.set_default_timeout(PATIENCE)
        self.open("/quan-tri/")
        self.page.wait_for_selector(".desk")
        watch.screens += 1
        return self

    def click(self, locator, what: str, *, opens: bool = False) -> None:
        """Press something; `opens`: another screen comes."""
        self.watch.clicks.append(what)
        if opens:
            self.watch.screens += 1
            with self.moved():
                locator.click()
        else:
            locator.click()

    def follow(self, name: str, what: str = "") -> None:
        """Follow a link of the desk or a screen; `what`: what the figures call it, where its name is not always so."""
        self.click(self.page.get_by_role("link", name=name).first, what or name, opens=True)

    def tick(self, selector: str, what: str) -> None:
        self.watch.clicks.append(what)
        self.page.check(selector)

    def select(self, selector: str, label: str) -> None:
        self.watch.clicks.append(label)
        self.page.locator(selector).select_option(label=label)

    def type(self, selector: str, words: str) -> None:
        self.watch.fields += 1
        self.page.fill(selector, words)
        if re.search(r"^\d\d/\d\d/\d{4}$", words):
            # A calendar opens over what stands below.
            self.page.keyboard.press("Escape")

    def send(self, label: str) -> None:
        """Press the button of a form."""
        button = self.page.locator(".nice-padding form button[type=submit]", has_text=label).first
        self.watch.clicks.append(label)
        self.watch.screens += 1
        with self.moved():
            button.press("Enter")

    def submit_draft_counted(self) -> None:
        self.click(self.page.locator("button[name=action-portal-submit]"), "Lưu và gửi duyệt", opens=True)
        self.page.wait_for_url(re.compile("/gui/$"))
        for name, what in (("declaration", "cam kết chính xác"), ("checked", "đã kiểm tra")):
            self.tick(f"input[name={name}]", what)
        self.send("Gửi duyệt")

    def approve(self, title: str) -> None:
        self.follow(title)
        self.watch.clicks.append("Duyệt và đăng")
        self.choose("Duyệt và đăng")
        self.send("Ghi quyết định")
        self.sees("Đã duyệt và đăng")


@pytest.fixture(scope="module")
def taken() -> dict[str, Watch]:
    """The watches of this module's tasks, by task; the last test compares them with the figures."""
    return {name: Watch() for name in TASKS}


@pytest.fixture(scope="module")
def workers(browser, city):
    """People who are signed in once for all tasks."""
    known: dict[str, Worker] = {}

    def worker(role: str, watch: Watch) -> Worker:
        if role not in known:
            known[role] = Worker(browser, city, city["people"][role])
        return known[role].begin(watch, role)

    return worker


def picture(colour: str = "#7fa3b5") -> dict:
    """A small picture as a file to choose, of a colour of the test's own: the same twice is asked about."""
    stream = BytesIO()
    Image.new("RGB", (960, 540), colour).save(stream, "JPEG")
    return {"name": "le-ra-quan.jpg", "mimeType": "image/jpeg", "buffer": stream.getvalue()}


def test_a_news_item_with_a_picture(workers, taken):
    watch = taken[TASKS[0]]
    writer = workers("contributor", watch)
    page = writer.page
    writer.follow("Viết tin bài")
    page.wait_for_selector("[data-contentpath=body] [contenteditable=true]")
    writer.type("#id_title", "Ra quân dọn vệ sinh đường Nguyễn Huệ")
    writer.type("#id_summary", "Hơn hai trăm người tham gia.")
    writer.click(page.locator("#id_lead_image-chooser button[data-chooser-action-choose]").first, "chọn ảnh")
    writer.click(page.locator(".modal-body [role=tab]", has_text="Tải lên").first, "thẻ Tải lên")
    page.set_input_files(".modal-body input[type=file]", picture())
    writer.type(".modal-body input[name$=title]", "Ra quân dọn vệ sinh")
    writer.type(".modal-body input[name$=description]", "Người dân quét đường vào buổi sáng")
    writer.click(page.locator(".modal-body form button[type=submit]", has_text="Tải lên").last, "Tải lên")
    # The file is looked into by a child of the server before the dialog closes.
    page.wait_for_selector(".modal-body", state="detached", timeout=PATIENCE)
    watch.fields += 1
    page.locator("[data-contentpath=body] [contenteditable=true]").first.click()
    page.keyboard.type("Sáng nay, phường ra quân dọn vệ sinh tuyến đường.")
    writer.submit_draft_counted()
    writer.sees("Đã gửi duyệt")

    workers("deputy", watch).approve("Ra quân dọn vệ sinh")
    watch.is_done = True


def test_a_legal_document_registered_and_posted(workers, taken):
    watch = taken[TASKS[1]]
    office = workers("standing_office", watch)
    page = office.page
    office.follow("Thêm văn bản")
    page.wait_for_selector("#id_subject")
    office.select("#id_document_type", "Quyết định")
    office.type("#id_symbol_as_printed", "88/2024/QĐ-UBND")
    office.type("#id_subject", "Ban hành Quy định quản lý vỉa hè")
    office.type("#id_issued_on", "05/06/2024")
    office.type("#id_effective_from", "20/06/2024")
    office.tick("#id_not_classified", "không thuộc bí mật nhà nước")
    office.click(page.get_by_role("tab", name="Nội dung, tệp"), "thẻ Nội dung, tệp")
    office.type("#id_full_text", "Điều 1. Vỉa hè dành cho người đi bộ.\n\nĐiều 2. Có hiệu lực từ ngày ký.")
    office.submit_draft_counted()
    office.sees("Đã gửi duyệt")

    workers("head", watch).approve("88/2024/QĐ-UBND")
    watch.is_done = True


def test_an_answer_to_a_question(workers, taken, city):
    number = city["run"]("tests/browser/stopwatch_question.py").strip()
    watch = taken[TASKS[2]]
    chairman = workers("unit_head", watch)
    chairman.follow(number, "câu hỏi trong Việc của tôi")
    chairman.send("Lưu")
    chairman.sees("đã chuyển Phường Mỹ Long")

    writer = workers("contributor", watch)
    writer.follow(number, "câu hỏi trong Việc của tôi")
    watch.fields += 1
    writer.page.locator("[contenteditable=true]").first.click()
    writer.page.keyboard.type("Hồ sơ nộp tại Bộ phận một cửa trong giờ hành chính.")
    expect(writer.page.locator("[name=body]")).to_have_value(re.compile("hành chính"))
    writer.send("Lưu và trình ký")
    writer.sees("Đã trình ký")

    chairman = workers("unit_head", watch)
    chairman.follow(number, "câu hỏi trong Việc của tôi")
    chairman.send("Ký duyệt")
    chairman.sees("Đã ký duyệt")
    chairman.follow("Xác định liên quan chung")
    chairman.click(chairman.page.locator("input[name=common][value=co]"), "liên quan chung")
    chairman.type("[name=reason]", "Nhiều người cùng hỏi")
    chairman.send("Ghi")
    chairman.send("Gửi cho người hỏi")
    chairman.sees("Đã gửi câu trả lời")
    watch.is_done = True


def test_a_decision_on_a_take_down(workers, taken, city):
    title = city["run"]("tests/browser/stopwatch_takedown.py").strip()
    watch = taken[TASKS[3]]
    head = workers("head", watch)
    head.follow(title)
    watch.clicks.append("Gỡ bỏ")
    head.choose("Gỡ bỏ")
    head.send("Ghi quyết định")
    head.sees("Đã gỡ")
    watch.is_done = True


def test_a_ward_is_opened(workers, taken):
    watch = taken[TASKS[4]]
    office = workers("standing_office", watch)
    page = office.page
    office.follow("Mở trang phường, xã")
    for name, words in (
        ("name", "Phường Mỹ Thạnh"), ("slug", "my-thanh"), ("host_label", "mythanh"), ("legal_act", "Quyết định mẫu"),
        ("valid_from", "01/07/2026"), ("address", "Trụ sở phường"), ("phone", "0296 000 0000"),
        ("email", "my-thanh@example.invalid"),
    ):  # fmt: skip
        office.type(f"[name={name}]", words)
    office.send("Lập hồ sơ")
    office.tick("input[name=declaration]", "cam kết chính xác")
    office.send("Gửi duyệt")

    deputy = workers("deputy", watch)
    deputy.follow("Phường Mỹ Thạnh")
    watch.clicks.append("Duyệt")
    deputy.page.locator("input[type=radio][value=approve]").check()
    deputy.send("Ghi quyết định")
    deputy.sees("Đã duyệt")
    assert page.goto(f"{office.url}/my-thanh/").status == 200
    watch.is_done = True


def test_no_task_takes_more_than_twelve_and_the_figures_are_kept(taken):
    measured = told(taken)
    print(measured)

    for name, watch in taken.items():
        assert watch.is_done, name
        assert len(watch.clicks) <= MOST, (name, watch.clicks)
    if os.environ.get("STOPWATCH") == "write":
        Path(FIGURES).write_text(measured, encoding="utf-8")
    assert FIGURES.read_text(encoding="utf-8") == measured


def told(taken: dict[str, Watch]) -> str:
    """The figures as the page of the documents."""
    lines = [
        "# What daily tasks take",
        "",
        "Measured in a real browser by `tests/browser/test_stopwatch.py`, from the first screen (Việc của tôi) until",
        "the task is done, by all its people together: a second person approves, signs or decides. Clicks are links,",
        f"buttons, ticks and choices; at most {MOST} are allowed. Words typed, files chosen, signing in do not count.",
        "",
        "| Task | People | Screens | Clicks | Fields filled |",
        "|---|---|---|---|---|",
    ]
    for name, watch in taken.items():
        lines.append(f"| {name} | {len(watch.people)} | {watch.screens} | {len(watch.clicks)} | {watch.fields} |")
    for name, watch in taken.items():
        lines += ["", f"**{name}:** {' → '.join(watch.clicks)}."]
    return "\n".join(lines) + "\n"
