"""What readers may expect is there: every page and test that the table of their points names."""

import re
from pathlib import Path

from django.apps import apps
from django.conf import settings
from wagtail.models import Page

from tests.city import CityTestCase

ROOT = Path(settings.BASE_DIR)
QUOTED = re.compile(r"`([^`]+)`")
# Of these the portal lists records and no pages, each at an address of its own.
RECORDS_WITH_A_PAGE = {"LegalDocument"}
POINTS = 48


def rows() -> list[list[str]]:
    """The cells of the table: number, what people expect, where it is seen, tests, what is not there yet."""
    lines = (ROOT / "docs/citizen-checklist.md").read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if re.match(r"\| \d", line)]


class Checklist(CityTestCase):
    english = True

    def test_has_every_point_once(self):
        self.assertEqual([int(number) for number, *_others in rows()], list(range(1, POINTS + 1)))

    def test_every_page_named_is_there(self):
        types = {model.__name__ for model in apps.get_models() if issubclass(model, Page)} | RECORDS_WITH_A_PAGE
        answers = {}
        for number, _expected, seen, _tests, _missing in rows():
            places = QUOTED.findall(seen)
            self.assertTrue(places, number)
            for place in places:
                with self.subTest(number, place=place):
                    if place.startswith("/"):
                        if place not in answers:
                            answers[place] = self.client.get(place).status_code
                        self.assertEqual(answers[place], 200)
                    else:
                        self.assertIn(place, types)

    def test_every_test_named_is_there(self):
        for number, _expected, _seen, tests, _missing in rows():
            named = QUOTED.findall(tests)
            self.assertTrue(named, number)
            for test in named:
                with self.subTest(number, test=test):
                    path, *inside = test.split("::")
                    self.assertTrue((ROOT / path).exists())
                    text = (ROOT / path).read_text(encoding="utf-8")
                    for name in inside:
                        self.assertRegex(text, rf"(class|def) {re.escape(name)}\b")
