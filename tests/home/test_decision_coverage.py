"""The table of articles (`docs/decision-coverage.md`): every screen named resolves, every test named exists."""

import re
from pathlib import Path

from django.conf import settings
from django.test import SimpleTestCase
from django.urls import resolve

from tests.isolation.addresses import addresses

ROOT = Path(settings.BASE_DIR)
QUOTED = re.compile(r"`([^`]+)`")


def rows() -> list[list[str]]:
    """The cells of the table: article, what it asks, screens, tests."""
    lines = (ROOT / "docs/decision-coverage.md").read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| Điều")]


class Table(SimpleTestCase):
    def test_every_screen_named_is_there(self):
        names = {address.name for address in addresses()}
        for article, _asks, screens, _tests in rows():
            found = QUOTED.findall(screens)
            self.assertTrue(found, article)
            for screen in found:
                with self.subTest(article, screen=screen):
                    if screen.startswith("/"):
                        resolve(screen)
                    else:
                        self.assertIn(screen, names)

    def test_every_test_named_is_there(self):
        for article, _asks, _screens, tests in rows():
            found = QUOTED.findall(tests)
            self.assertTrue(found, article)
            for test in found:
                with self.subTest(article, test=test):
                    path, *inside = test.split("::")
                    self.assertTrue((ROOT / path).exists())
                    text = (ROOT / path).read_text(encoding="utf-8")
                    for name in inside:
                        self.assertRegex(text, rf"(class|def) {re.escape(name)}\b")
