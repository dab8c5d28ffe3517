"""What somebody sees of his work without scrolling, on the screens of old offices: rows above the fold, counted.

The rows of a small city with a day's work in it are few; the last one is repeated in the browser until the screen is
full, so that what is counted is the room and not the data.
"""

import os
from pathlib import Path

import pytest

from tests.browser.serving import served
from tests.browser.test_story import Person

HEIGHT, WIDE, NARROW = 768, 1366, 1024
ROLES = ("contributor", "deputy", "standing_office", "head", "technical_admin")
# Who may have nothing to do on that day.
WITHOUT_WORK = ("technical_admin",)
# Address, row, how many rows stand above the fold at least at 1366 and 1024 pixels.
FIRST_SCREEN = ("/quan-tri/", ".desk__row", 6, 4)
LISTS = (
    ("/quan-tri/viec/", ".listing tbody tr", 5, 4),
    ("/quan-tri/cau-hoi/", ".listing tbody tr", 5, 4),
    ("/quan-tri/go-bo/", ".listing tbody tr", 6, 5),
    ("/quan-tri/van-ban/so/", ".listing tbody tr", 6, 4),
    ("/quan-tri/pages/{section}/", ".listing tbody tr", 6, 5),
)
# The tree of pages has a panel of its own.
GROUP = ".sidebar-main-menu__list > li:not(.sidebar-page-explorer-item) > button"
COUNT = """([selector, height]) => {
  const rows = [...document.querySelectorAll(selector)];
  const last = rows.at(-1);
  if (!last) return {top: null, seen: 0};
  for (let i = 0; i < 30; i += 1) last.after(last.cloneNode(true));
  const seen = [...document.querySelectorAll(selector)].filter((row) => {
    const box = row.getBoundingClientRect();
    return box.height > 0 && box.bottom <= height;
  });
  return {top: Math.round(rows[0].getBoundingClientRect().top), seen: seen.length};
}"""


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    """The small city with a day's work in it, as for the pictures of the guide."""
    with served(tmp_path_factory.mktemp("var"), build="tests/browser/pictures_city.py") as made:
        yield made


def counted(who: Person, address: str, rows: str, width: int, *, name: str) -> dict:
    """Open a screen of a width; return where its first row begins, in pixels, and how many are whole above the fold."""
    page = who.page
    page.set_viewport_size({"width": width, "height": HEIGHT})
    who.open(address)
    page.wait_for_selector(".sidebar")
    if folder := os.environ.get("LOOK"):
        page.screenshot(path=Path(folder) / f"{name}-{width}.png")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    return page.evaluate(COUNT, [rows, HEIGHT])


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("role", ROLES)
def test_the_first_screen_shows_the_work(person, role, width):
    address, rows, wide, narrow = FIRST_SCREEN
    who = person(role)
    found = counted(who, address, rows, width, name=f"desk-{role}")
    if found["top"] is None:
        # Nothing waits: what is said so stands where the first row would.
        assert role in WITHOUT_WORK
        assert who.page.locator(".desk__nothing").first.bounding_box()["y"] < HEIGHT / 2
        return

    assert found["seen"] >= (wide if width == WIDE else narrow), found


@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize(("address", "rows", "wide", "narrow"), LISTS)
def test_a_list_shows_what_people_came_for(person, city, address, rows, wide, narrow, width):
    address = address.format(section=city["section"])
    found = counted(person("deputy"), address, rows, width, name=address.strip("/").replace("/", "-"))

    assert found["seen"] >= (wide if width == WIDE else narrow), found


@pytest.mark.parametrize("role", ROLES)
def test_the_whole_menu_and_each_of_its_groups_stand_on_the_screen(person, role):
    who = person(role)
    page = who.page
    page.set_viewport_size({"width": NARROW, "height": HEIGHT})
    who.open("/quan-tri/")
    page.wait_for_selector(".sidebar-main-menu__list > li")

    assert lowest(page.locator(".sidebar-main-menu__list > li")) <= HEIGHT
    for number in range(page.locator(GROUP).count()):
        who.open("/quan-tri/")
        page.locator(GROUP).nth(number).click()
        entries = page.locator("[class*=sub-menu-panel] a:visible")
        entries.last.wait_for()
        assert lowest(entries) <= HEIGHT, page.locator(GROUP).nth(number).inner_text()


def test_whoever_asks_for_closer_rows_in_his_account_still_gets_them(person):
    who = person("deputy")
    who.open("/quan-tri/viec/")
    row = who.page.locator(".listing tbody tr").first
    usual = row.bounding_box()["height"]

    who.page.evaluate("document.documentElement.classList.replace('w-density-default', 'w-density-snug')")

    assert row.bounding_box()["height"] < usual


def lowest(elements) -> float:
    """How far down the last of some elements reaches, in pixels."""
    boxes = [element.bounding_box() for element in elements.all()]
    assert boxes
    return max(box["y"] + box["height"] for box in boxes if box)
