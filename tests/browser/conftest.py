"""The browser, and the small city behind the portal's own server, shared by the stories of this folder."""

import pytest

from tests.browser.chromium import chromium
from tests.browser.serving import served
from tests.browser.stopwatch import Watch, Worker
from tests.browser.test_story import Person


@pytest.fixture(scope="module")
def browser():
    """The browser of a module's tests."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def city(tmp_path_factory):
    """The small city behind the portal's own server, with page cache and static files, in a folder of its own."""
    with served(tmp_path_factory.mktemp("var")) as made:
        yield made


@pytest.fixture(scope="session")
def article_address(city):
    """The address of an article of the small city, made for whoever wants one."""
    return city["run"]("tests/browser/spoken_page.py").strip()


@pytest.fixture(scope="module")
def person(browser, city):
    """People by their role, signed in once for all tests of a module."""
    known: dict[str, Person] = {}

    def called(role: str) -> Person:
        if role not in known:
            known[role] = Person(browser, city, city["people"][role])
            known[role].page.set_default_timeout(60_000)
        return known[role]

    return called


@pytest.fixture(scope="module")
def workers(browser, city):
    """People whose work is counted, by their role, signed in once for all tasks of a module."""
    known: dict[str, Worker] = {}

    def worker(role: str, watch: Watch) -> Worker:
        if role not in known:
            known[role] = Worker(browser, city, city["people"].get(role, role))
        return known[role].begin(watch, role)

    return worker
