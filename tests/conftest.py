"""What all tests share: paths stay quiet, no test reaches the network, caches start empty."""

import gc
import shutil
from collections import Counter
from unittest import mock

import pytest
from _pytest.unittest import TestCaseFunction
from django.conf import settings
from django.core.cache import caches
from django.db import transaction
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from base.audit import trail as audit
from base.audit.floods import floods
from base.chain import tips
from base.operations import append_only
from base.public import site_cache
from base.public.gone.journal import journal
from tests import migrated, rotation, snapshot
from tests.language.letters import english_in, kinds_of, taken_down
from workflows import deadlines

# A busy machine is no fault of the code: properties are judged by what they find, not by the clock.
hypothesis_settings.register_profile("portal", deadline=None)
hypothesis_settings.load_profile("portal")


# Of the browser's files those that take longest, for the same reason.
LONG_IN_BROWSER = tuple(
    f"tests/browser/test_{name}.py"
    for name in "press admin_words public_pages no_third_party crowd_story admin_language above_the_fold".split()
)
# Few tests that take long: begun last, one of them would keep one process waiting for the other.
LONG = (*rotation.WALKS, "tests/home/test_demo_city.py", "tests/journeys/", "tests/isolation/", "tests/abuse/")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    """Leave out what another run takes; put what takes longest first, by folder and by tests of a class.

    xdist hands classes out in this order (`--no-loadscope-reorder` in `tools/run_tests.py`); the browser's files stay
    together.
    """
    items[:], left_out = rotation.choose(items)
    if left_out:
        rotation.note(left_out)
        config.hook.pytest_deselected(items=left_out)
    tests = Counter(scope_of(item) for item in items)

    def place(item):
        if item.nodeid.startswith("tests/browser/"):
            return 0 if item.nodeid.startswith(LONG_IN_BROWSER) else 1, 0
        return (0 if item.nodeid.startswith(LONG) else 1), -tests[scope_of(item)]

    items.sort(key=place)


def pytest_collection_finish():
    """Let the collector look at what tests make only, and rarely: looking at all modules took an eighth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


def scope_of(item) -> str:
    """Return what xdist keeps together: a class, or the functions of a file."""
    return item.nodeid.rsplit("::", 1)[0]


@pytest.fixture(autouse=True)
def empty_caches():
    """Forget what an earlier test left in the caches (site root paths, renditions)."""
    for name in ("default", "renditions"):
        caches[name].clear()
    site_cache.clear()
    # What a test asks of the database must not hang on whether the one before it told the same days.
    deadlines.reread_calendar()
    yield


@pytest.fixture(autouse=True)
def nothing_gone():
    """Begin with an empty journal of what went from public view."""
    journal.cache_clear()
    for folder in (settings.PORTAL_GONE, settings.PORTAL_GONE_SHARED):
        shutil.rmtree(folder, ignore_errors=True)
    yield


@pytest.fixture(autouse=True)
def vietnamese():
    """Begin in the language of the portal: a request for an English page leaves English behind in the thread."""
    translation.deactivate()
    yield


@pytest.fixture(autouse=True)
def mails_are_vietnamese(request):
    """Whatever a test that stands for a kind of mail sends is Vietnamese."""
    kinds = kinds_of(request.module.__name__, f"{request.cls.__name__}.{request.node.name}") if request.cls else set()
    if not kinds:
        yield
        return
    with taken_down() as found:
        yield
    assert kinds <= {notice.kind.name for notice in found}
    assert english_in(found) == []


@pytest.fixture(autouse=True)
def no_seals():
    """Take away the tips that an earlier test stated: its database is gone."""
    tips._last_written.clear()
    audit.bounds.reset()
    floods.reset()
    shutil.rmtree(settings.PORTAL_SEALS, ignore_errors=True)
    yield


@pytest.fixture(autouse=True, scope="session")
def subtests_that_fail_are_reported():
    """Report no subtest that passed: fifteen thousand a run, each a report that two processes read and write."""
    add = TestCaseFunction.addSubTest

    def add_if_failed(item, case, subtest, failure):
        if failure is not None:
            add(item, case, subtest, failure)

    with mock.patch.object(TestCaseFunction, "addSubTest", add_if_failed):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings):
    """Begin with a copy of a migrated database where the run has made one; pytest-django asks for this first."""
    with migrated.beginning_as_copy():
        yield


@pytest.fixture(autouse=True, scope="session")
def tests_that_commit_leave_the_database_as_migrated():
    """Let a test that commits give every table the rows that migrations made, those that only grow too.

    Whatever test comes next needs them (the root of the tree, document types).
    """
    set_up = TransactionTestCase._fixture_setup.__func__
    as_migrated = {}

    def remember_and_set_up(case_class):
        as_migrated.update(as_migrated or snapshot.everything())
        set_up(case_class)

    def put_back(case):
        with transaction.atomic():
            append_only.remove()
        with transaction.atomic():
            snapshot.put_back(as_migrated)
        with transaction.atomic():
            append_only.install()

    with (
        mock.patch.object(TransactionTestCase, "_fixture_setup", classmethod(remember_and_set_up)),
        mock.patch.object(TransactionTestCase, "_fixture_teardown", put_back),
    ):
        yield
