"""The stopwatch: how many screens, clicks and fields a task takes, from the first screen until it is done.

Words typed, files chosen and signing in are not counted as work with the screens; every link, button, tick and choice
is. `timed` measures one task and compares it with its row in `docs/stopwatch.md`; with `STOPWATCH=write` it writes the
row anew, and leaves what the row says of before.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO

from PIL import Image

from tests.browser.serving import ROOT
from tests.browser.test_story import Person

FIGURES = ROOT / "docs" / "stopwatch.md"
# Clicks that a task may take, by how many people it needs.
MOST = {1: 8, 2: 10}
PATIENCE = 60_000
TASKS = (
    "Đăng tin có ảnh và bảng",
    "Sửa bài bị trả lại",
    "Xem xét và duyệt",
    "Hẹn giờ đăng",
    "Đăng ký và đăng văn bản",
    "Thay bản PDF của văn bản",
    "Trả lời câu hỏi",
    "Quyết định gỡ bỏ",
    "Cảnh báo",
    "Phân công cộng tác viên",
    "Mở trang phường, xã",
    "Tìm ai đã sửa trang",
    "Tìm việc quá hạn của một phường",
    "Nhập từ tệp Word",
    "Đính chính bài đã đăng",
    "Ký phiếu chấm điểm",
    "Quyết định nhuận bút tháng",
    "Đăng hồ sơ nhiều nội dung",
    "Lập đơn vị mới",
    "Tách phường, xã",
)
HEAD = f"""# What daily tasks take

Measured in a real browser by `tests/browser/test_stopwatch_*.py`, from the first screen (Việc của tôi) until the task
is done, by all its people together: a second person approves, signs or decides. Clicks are links, buttons, ticks and
choices; at most {MOST[1]} are allowed for a task of one person, {MOST[2]} for one of two. Words typed, files chosen,
signing in do not count. *Before* is what the same task took when it was measured for the first time.

| Task | People | Screens | Clicks before | Clicks | Fields filled |
|---|---|---|---|---|---|
"""


@dataclass
class Watch:
    """What one task took: screens opened, clicks by what they were on, fields filled, who worked on it."""

    screens: int = 0
    clicks: list[str] = field(default_factory=list)
    fields: int = 0
    people: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Figure:
    """One row of the page; `way`: the clicks one after the other."""

    people: int
    screens: int
    before: int
    clicks: int
    fields: int
    way: str

    @property
    def most(self) -> int:
        """The clicks that a task of so many people may take."""
        return MOST[self.people]


def read(text: str) -> dict[str, Figure]:
    """Return the figures of the page by task."""
    ways = dict(re.findall(r"^\*\*(.+):\*\* (.+)\.$", text, re.MULTILINE))
    rows = re.findall(r"^\| (\D.+?) \|" + r" (\d+) \|" * 5 + "$", text, re.MULTILINE)
    return {name: Figure(*map(int, numbers), ways.get(name, "")) for name, *numbers in rows}


def told(figures: dict[str, Figure]) -> str:
    """Return the page for the figures, in the order of `TASKS`."""
    known = {name: figures[name] for name in TASKS if name in figures}
    rows = [
        f"| {name} | {one.people} | {one.screens} | {one.before} | {one.clicks} | {one.fields} |\n"
        for name, one in known.items()
    ]
    return HEAD + "".join(rows) + "".join(f"\n**{name}:** {one.way}.\n" for name, one in known.items())


@contextmanager
def timed(name: str) -> Iterator[Watch]:
    """Measure the task that is done in the block; it takes what the page says of it, and no more than it may."""
    watch = Watch()
    yield watch
    figures = read(FIGURES.read_text(encoding="utf-8"))
    count = len(watch.clicks)
    measured = Figure(
        len(watch.people),
        watch.screens,
        figures[name].before if name in figures else count,
        count,
        watch.fields,
        " → ".join(watch.clicks),
    )
    print(name, measured)
    if os.environ.get("STOPWATCH") == "write":
        figures[name] = measured
        FIGURES.write_text(told(figures), encoding="utf-8")
    assert count <= measured.most, (name, watch.clicks)
    assert figures.get(name) == measured, name


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
        self.click(self.page.locator("main").get_by_role("link", name=name).first, what or name, opens=True)

    def go(self, *names: str) -> None:
        """Go by the menu: headings that open, and at last the entry, or the place in the tree, that leads somewhere."""
        menu = self.page.locator("#wagtail-sidebar")
        for heading in names[:-1]:
            self.click(menu.get_by_role("button", name=heading, exact=True), heading)
        self.click(menu.get_by_role("link", name=names[-1], exact=True), names[-1], opens=True)

    def tick(self, selector: str, what: str) -> None:
        self.watch.clicks.append(what)
        self.page.check(selector)

    def select(self, selector: str, label: str) -> None:
        self.watch.clicks.append(label)
        self.page.locator(selector).select_option(label=label)

    def type(self, selector: str, words: str) -> None:
        self.watch.fields += 1
        self.page.fill(selector, words)

    def write(self, locator, words: str) -> None:
        """Type into an editor of texts or a cell of a table; getting the cursor there is part of typing."""
        self.watch.fields += 1
        locator.click()
        self.page.keyboard.type(words)

    def send(self, label: str) -> None:
        """Press the button of a form."""
        button = self.page.locator(".nice-padding form button[type=submit]", has_text=label).first
        self.watch.clicks.append(label)
        self.watch.screens += 1
        with self.moved():
            button.press("Enter")

    def open_filters(self) -> None:
        """Open the filters of a list, which are one line until somebody wants them."""
        self.click(self.page.locator(".portal-fold > summary"), "mở Lọc")

    def upload(self, chooser: str, file: dict, **texts: str) -> None:
        """Upload a new picture or file in the dialog of a chooser: `texts` by the ends of the names of its fields."""
        page, what = self.page, "chọn ảnh" if file["mimeType"].startswith("image/") else "chọn tệp"
        self.click(page.locator(f"{chooser} button[data-chooser-action-choose]").first, what)
        page.set_input_files("[data-portal-upload]", file)
        for name, words in texts.items():
            self.type(f".modal-body input[name$={name}]", words)
        self.click(page.locator(".modal-body form button[type=submit]", has_text="Tải lên").last, "Tải lên")
        # The file is looked into by a child of the server before the dialog closes.
        page.wait_for_selector(".modal-body", state="detached", timeout=PATIENCE)

    def hand_in(self) -> None:
        """Save and submit what is open in the editor, with the declaration."""
        self.click(self.page.locator("button[name=action-portal-submit]"), "Lưu và gửi duyệt", opens=True)
        self.page.wait_for_url(re.compile("/gui/$"))
        if self.page.locator("#id_remark").count():
            self.type("#id_remark", "Đã đối chiếu với bản gốc.")
        self.tick("input[name=declaration]", "cam kết chính xác, đã kiểm tra")
        self.send("Gửi duyệt")
        self.sees("Đã gửi duyệt")

    def decide(self, choice: str) -> None:
        """Decide on the screen of a decision."""
        self.send(choice)

    def approve(self, title: str) -> None:
        self.follow(title)
        self.decide("Duyệt và đăng")


def picture(colour: str = "#7fa3b5") -> dict:
    """A small picture as a file to choose, of a colour of the test's own: the same twice is asked about."""
    stream = BytesIO()
    Image.new("RGB", (960, 540), colour).save(stream, "JPEG")
    return {"name": "le-ra-quan.jpg", "mimeType": "image/jpeg", "buffer": stream.getvalue()}


def pdf(content: bytes, name: str = "ban-ky.pdf") -> dict:
    """A PDF as a file to choose."""
    return {"name": name, "mimeType": "application/pdf", "buffer": content}
