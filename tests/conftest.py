"""What all tests share: paths stay quiet, no test reaches the network, caches start empty."""

from unittest import mock

import pytest
from django.core.cache import caches
from django.test import TransactionTestCase

from base import append_only


@pytest.fixture(autouse=True)
def empty_caches():
    """Forget what an earlier test left in the caches (site root paths, renditions)."""
    for name in ("default", "renditions"):
        caches[name].clear()
    yield


@pytest.fixture(autouse=True, scope="session")
def every_table_can_be_emptied():
    """Lift the triggers of the tables that only grow while a test that commits empties the database afterwards."""
    empty = TransactionTestCase._fixture_teardown

    def lift_and_empty(case):
        append_only.remove()
        empty(case)
        append_only.install()

    with mock.patch.object(TransactionTestCase, "_fixture_teardown", lift_and_empty):
        yield
