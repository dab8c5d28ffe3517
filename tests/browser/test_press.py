"""Nothing on a screen of the administration is dead: of each sort of control one is pressed, in each state of a form.

`make press` presses every control of every form. What presses names what is dead, and nothing else.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.menu_walk import closed_headings, fits
from tests.browser.press_run import Run
from tests.browser.presser import Presser, Report, Screen, Window
from tests.browser.serving import served

ROOT = Path(__file__).parents[2]
# What the forms of this test have at least of each kind of control, so that none is left out unseen.
KINDS = {"button", "text", "select", "checkbox", "file", "rich", "tool", "cell", "drag"}


def test_what_make_press_starts_needs_no_django():
    ran = subprocess.run(
        [sys.executable, "-c", "import tests.browser.press_part"],
        cwd=ROOT,
        env={"PYTHONPATH": "tools"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr


def test_one_control_of_each_sort_in_each_state_of_a_form_does_something(browser, tmp_path):
    with served(tmp_path, build="tests/browser/every_form_city.py few") as city:
        run = Run(browser, city, is_sample=True)
        report = run.press(city["screens"])
        closed = closed_headings(run.window("contributor"))

    assert closed == []
    assert report.dead == []
    assert report.trouble == []
    assert set(report.kinds) >= KINDS, report.kinds
    assert set(report.states) == {"trống", "đã điền", "có lỗi", "đã khóa"}
    assert report.presses > 100, report.presses


@pytest.fixture
def pressed(browser):
    """Press a page of the test's own; return the report."""
    windows = []

    def press(html: str) -> Report:
        whole = f"<!doctype html><meta charset=utf-8><title>Thử</title><main>{html}</main>"
        window = Window(browser, "http://thu.invalid")
        windows.append(window)
        window.page.route("**/*", lambda route: route.fulfill(body=whole, content_type="text/html"))
        report = Report()
        Presser(window, report).press_all(Screen("ai đó", "/", "thử"))
        return report

    yield press
    for window in windows:
        window.context.close()


@pytest.mark.parametrize(
    "dead",
    [
        "<button type=button>Thay hình ảnh</button>",
        "<a href='#'>Thay hình ảnh</a>",
        "<a href='#khong-co'>Thay hình ảnh</a>",
        "<div role=button tabindex=0>Thay hình ảnh</div>",
        # A tooltip that comes with the pointer is no effect of a press.
        "<button type=button onmouseenter='this.dataset.tip = 1'>Thay hình ảnh</button>",
        # Nor is that the field left before lets go.
        "<input onblur='this.className = Math.random()'><button type=button>Thay hình ảnh</button>",
        "<input type=checkbox onclick='return false' aria-label='Thay hình ảnh'>",
    ],
)
def test_a_dead_control_is_named(pressed, dead):
    report = pressed(dead)

    assert len(report.dead) == 1
    assert "Thay hình ảnh" in report.dead[0]


@pytest.mark.parametrize(
    "working",
    [
        "<button type=button onclick='this.nextSibling.hidden = false'>Mở</button><p hidden>Đây</p>",
        "<form action=/di><button>Gửi</button></form>",
        "<a href='#day'>Đến đây</a><p id=day style='margin-top: 2000px'>Đây</p>",
        "<a href='/khac/'>Trang khác</a>",
        "<a href='/khac/' target=_blank>Trang khác</a>",
        "<details><summary>Mở</summary>Đây</details>",
        "<input type=checkbox><select><option>một<option>hai</select><textarea></textarea><input type=file>",
        "<button type=button onclick='confirm(1)'>Hỏi</button>",
        '<button type=button onclick=\'fetch("/gui", {method: "POST"})\'>Gửi</button>',
        "<button type=button onclick='document.querySelector(\"input\").focus()'>Đến ô</button><input>",
    ],
)
def test_a_control_that_works_is_not(pressed, working):
    report = pressed(working)

    assert (report.dead, report.presses > 0) == ([], True)


def test_what_is_hidden_until_a_press_is_pressed_too(pressed):
    report = pressed(
        "<button type=button onclick='this.nextSibling.hidden = false'>Mở</button>"
        "<div hidden><button type=button>Nút chết bên trong</button></div>"
    )

    assert [found for found in report.dead if "Nút chết bên trong" in found] == report.dead != []


def test_what_is_shut_off_must_take_nothing(pressed):
    quiet = pressed("<div inert><button type=button>Không nhận</button></div><input readonly aria-label='Ô đọc'>")
    taking = pressed(
        "<input readonly aria-label='Ô đã khóa' onkeydown='document.getElementById(\"an\").value += 1'><input id=an>"
    )

    assert quiet.dead == []
    assert len(taking.dead) == 1
    assert "Ô đã khóa" in taking.dead[0]


def test_an_error_of_a_script_during_a_press_is_named(pressed):
    report = pressed("<button type=button onclick='this.title = 1; throw new Error(\"gãy\")'>Bấm</button>")

    assert any("gãy" in line and "Bấm" in line for line in report.trouble)


def test_a_heading_fits_the_name_of_a_link():
    assert fits("Việc của tôi (3)", ["Việc của tôi"])
    assert not fits("Chờ duyệt", ["Hình ảnh"])
