"""Take the pictures of the editors' guide afresh: `make screenshots`.

1. A small city with a day's work in it is built in a folder of its own and served as of one morning. 2. Chromium signs
in as the people of the guide and opens each screen of `PICTURES`. 3. Each picture is written to `docs/editors/anh/` as
WebP. Pictures there that no row names are removed. Names, days and window are fixed, so that a picture changes only
when its screen does.
"""

import io
import sys
import tempfile
import time
from binascii import unhexlify
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import debian
import time_machine
from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from django_otp.oath import totp  # noqa: E402

from tests.browser.chromium import FLAGS  # noqa: E402
from tests.browser.pictures_city import WHEN  # noqa: E402
from tests.browser.serving import served  # noqa: E402

TARGET = ROOT / "docs" / "editors" / "anh"
WIDTH, HEIGHT, QUALITY = 1100, 760, 78


@dataclass(frozen=True)
class Picture:
    """One picture: whose screen, its address (with what the city made), what is typed first, and its height."""

    name: str
    who: str
    address: str
    height: int = HEIGHT
    fill: tuple[tuple[str, str], ...] = ()


PICTURES = (
    Picture("bat-dau", "contributor", "/quan-tri/bat-dau/", 660),
    Picture("viec-cua-toi", "deputy", "/quan-tri/", 900),
    Picture(
        "viet-bai",
        "contributor",
        "/quan-tri/pages/add/sections/articlepage/{section}/",
        fill=(("#id_title", "Ra quân dọn vệ sinh đường Nguyễn Huệ"), ("#id_summary", "Hơn 200 người tham gia.")),
    ),
    Picture("gui-duyet", "contributor", "/quan-tri/duyet/wagtailcore/page/{draft}/gui/"),
    Picture("duyet", "deputy", "/quan-tri/duyet/viec/{review}/", 860),
    Picture("go-bo", "deputy", "/quan-tri/go-bo/{takedown}/", 860),
    Picture("van-ban", "standing_office", "/quan-tri/van-ban/so/add/"),
    Picture("cau-hoi", "standing_office", "/quan-tri/cau-hoi/", 900),
    Picture("mo-phuong", "standing_office", "/quan-tri/trang-thanh-phan/mo/", 860),
)


def main() -> None:
    TARGET.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as var, sync_playwright() as driver:
        with served(Path(var), build="tests/browser/pictures_city.py", server="tools/frozen_server.py") as city:
            began = time.monotonic()
            chromium = driver.chromium.launch(executable_path=debian.browser(), args=FLAGS)
            signed_in: dict[str, Page] = {}
            for picture in PICTURES:
                if picture.who not in signed_in:
                    signed_in[picture.who] = sign_in(chromium, city, picture.who, began)
                take(signed_in[picture.who], city, picture)
            chromium.close()
    names = {f"{picture.name}.webp" for picture in PICTURES}
    for path in TARGET.iterdir():
        if path.name not in names:
            path.unlink()
    size = sum(path.stat().st_size for path in TARGET.iterdir())
    print(f"{len(names)} ảnh trong {TARGET.relative_to(ROOT)}, {size // 1024} KB")


def sign_in(chromium, city: dict, who: str, began: float) -> Page:
    """Sign a user in by the form, as they do it themselves, and return their window."""
    window = chromium.new_context(
        viewport={"width": WIDTH, "height": HEIGHT},
        locale="vi-VN",
        timezone_id="Asia/Ho_Chi_Minh",
        reduced_motion="reduce",
    ).new_page()
    window.set_default_timeout(60_000)
    user = city["people"][who]
    window.goto(f"{city['url']}/quan-tri/login/")
    window.fill("input[name=username]", user)
    window.fill("input[name=password]", city["password"])
    window.click("button[type=submit]")
    if user in city["apps"]:
        with time_machine.travel(WHEN + timedelta(seconds=time.monotonic() - began), tick=False):
            code = f"{totp(unhexlify(city['apps'][user])):06}"
        window.fill("input[name=code]", code)
        window.click("button[type=submit]")
    window.wait_for_selector(".desk")
    return window


def take(window: Page, city: dict, picture: Picture) -> None:
    """Open a screen and write its picture."""
    window.set_viewport_size({"width": WIDTH, "height": picture.height})
    window.goto(city["url"] + picture.address.format_map(city))
    window.wait_for_load_state("networkidle")
    for selector, words in picture.fill:
        window.fill(selector, words)
    window.evaluate("document.activeElement && document.activeElement.blur()")
    drawn = Image.open(io.BytesIO(window.screenshot(animations="disabled"))).convert("RGB")
    drawn.save(TARGET / f"{picture.name}.webp", "WEBP", quality=QUALITY, method=6)


if __name__ == "__main__":
    main()
