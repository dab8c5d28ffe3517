"""Filled choosers in a real browser: their menu opens, and each of its entries does what it says."""

import pytest

from tests.browser.test_story import Person


@pytest.fixture(scope="module")
def writer(browser, city):
    """A contributor with the form of an article whose picture has been chosen."""
    somebody = Person(browser, city, city["people"]["contributor"])
    somebody.open(f"/quan-tri/pages/add/sections/articlepage/{city['section']}/")
    return somebody


def chooser(page, name: str):
    return page.locator(f"#id_{name}-chooser")
