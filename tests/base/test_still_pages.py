"""Nothing on a page blinks, runs, plays or changes the page by itself (Thông tư 32/2017/TT-BTTTT Điều 18)."""

import re
from pathlib import Path

import rooms
from django.conf import settings
from django.test import SimpleTestCase

ROOT = Path(settings.BASE_DIR)
IN_MARKUP = re.compile(r"<(?:marquee|blink)\b|\bautoplay\b|http-equiv=.refresh", re.IGNORECASE)
IN_STYLE = re.compile(r"@keyframes|\banimation(?:-name)?\s*:(?!\s*none)|text-decoration[^;]*blink", re.IGNORECASE)
# Of the administration alone.
OF_EDITORS = re.compile(r"admin|appointments|session|password_rules")


def public_files(folder: Path, ending: str) -> list[Path]:
    """The files of a folder that readers get."""
    return [path for path in sorted(folder.rglob(f"*{ending}")) if not OF_EDITORS.search(str(path.relative_to(ROOT)))]


class StillPages(SimpleTestCase):
    def test_no_template_has_what_moves_or_plays(self):
        found = [path for room in rooms.ROOMS for path in public_files(ROOT / room / "templates", ".html")]
        self.assertGreater(len(found), 100)
        for path in found:
            with self.subTest(path.relative_to(ROOT)):
                self.assertNotRegex(path.read_text(encoding="utf-8"), IN_MARKUP)

    def test_no_style_moves_anything(self):
        found = public_files(ROOT / "static/css", ".css")
        self.assertGreater(len(found), 20)
        for path in found:
            with self.subTest(path.name):
                self.assertNotRegex(path.read_text(encoding="utf-8"), IN_STYLE)

    def test_no_script_does_anything_at_intervals(self):
        found = public_files(ROOT / "static/js", ".js")
        self.assertGreater(len(found), 10)
        for path in found:
            with self.subTest(path.name):
                self.assertNotIn("setInterval", path.read_text(encoding="utf-8"))

    def test_what_would_move_is_recognised(self):
        for markup in ("<marquee>", '<video autoplay src="">', '<meta http-equiv="refresh" content="5">'):
            self.assertRegex(markup, IN_MARKUP)
        self.assertRegex("a { animation: run 2s infinite; }", IN_STYLE)
        self.assertNotRegex("a { animation: none !important; }", IN_STYLE)
