"""Opens every heading of the menu at the side, then follows every link: the screen is there, its heading fits."""

import re
import unicodedata
from urllib.parse import urlsplit

from playwright.sync_api import Error

from tests.browser.presser import Window

LINKS = """() => [...document.querySelectorAll("#wagtail-sidebar a[href]")]
  .filter((link) => new URL(link.href).origin === location.origin)
  .map((link) => [link.textContent.trim() || link.getAttribute("aria-label") || "", link.getAttribute("href")])"""
# Links under a heading that was pressed: of a group, of the person, of the tree of pages.
OPENED = ", ".join(
    f"{place} a:visible" for place in (".sidebar-sub-menu-item--open", ".sidebar-footer--open", ".c-page-explorer")
)
# What the site is called stands in every title, and says nothing of the screen.
HEADINGS = """() => [document.title.replace(/ - [^-]*$/, ""),
  ...[...document.querySelectorAll("h1, header [aria-current], header li, h2")].map((one) => one.innerText)]"""


def links(window: Window) -> dict[str, str]:
    """The links of the menu, those of the groups too, which are there while they are closed: address → name."""
    window.open("/quan-tri/")
    window.page.wait_for_selector("#wagtail-sidebar button[aria-haspopup]")
    return {address: name for name, address in window.page.evaluate(LINKS) if name}


def closed_headings(window: Window) -> list[str]:
    """Press every heading of the menu; return those under which no link comes to be seen."""
    found = []
    shown = "#wagtail-sidebar button[aria-haspopup]:visible"
    for place in range(window.page.locator(shown).count()):
        # Each on a menu that is closed: what one opens lies over the others.
        links(window)
        heading = window.page.locator(shown).nth(place)
        name = heading.inner_text().strip()
        window.page.evaluate("() => { if (window.presser) presser.isHeld = false; }")
        heading.click()
        try:
            window.page.locator(OPENED).first.wait_for(timeout=5_000)
        except Error:
            found.append(name)
    return found


def walk(window: Window) -> tuple[int, list[str]]:
    """Open every link; return how many there are, and what is wrong: no 200, another heading, an error of a script."""
    wanted = links(window)
    problems = [f"{name}: không mở ra" for name in closed_headings(window)]
    window.trouble.clear()
    for address, name in wanted.items():
        answer = window.open(address)
        if answer.status != 200:
            problems.append(f"{name} {address}: {answer.status}")
        elif not fits(name, window.page.evaluate(HEADINGS)):
            problems.append(f"{name} {address}: tiêu đề {window.page.title()!r}")
        elif urlsplit(window.page.url).path == "/quan-tri/" and address != "/quan-tri/":
            problems.append(f"{name} {address}: dẫn về trang đầu")
        problems += [f"{name} {address}: {said}" for said in window.trouble]
        window.trouble.clear()
    return len(wanted), problems


def fits(name: str, headings: list[str]) -> bool:
    """Tell whether headings speak of what a link is called: at least half of its words stand in one of them.

    >>> fits("Việc của tôi (3)", ["Việc của tôi - Cổng thông tin"])
    True
    """
    words = _words(name)
    return not words or any(2 * len(words & _words(heading)) >= len(words) for heading in headings)


def _words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]+", unicodedata.normalize("NFC", text).lower()))
