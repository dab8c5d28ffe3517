"""What all tests share: paths stay quiet, no test reaches the network, caches start empty."""

import shutil
from unittest import mock

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import settings as hypothesis_settings

from base import append_only, audit, audit_chain, kept
from base.gate import open_gate

# A busy machine is no fault of the code: properties are judged by what they find, not by the clock.
hypothesis_settings.register_profile("portal", deadline=None)
hypothesis_settings.load_profile("portal")


@pytest.fixture(autouse=True)
def empty_caches():
    """Forget what an earlier test left in the caches (site root paths, renditions)."""
    for name in ("default", "renditions"):
        caches[name].clear()
    kept.forget()
    yield


@pytest.fixture(autouse=True)
def vietnamese():
    """Begin in the language of the portal: a request for an English page leaves English behind in the thread."""
    translation.deactivate()
    yield


@pytest.fixture(autouse=True)
def no_seals():
    """Take away the heads that an earlier test stated: its database is gone."""
    audit_chain._last_written.clear()
    audit.bounds.forget()
    shutil.rmtree(settings.PORTAL_SEALS, ignore_errors=True)
    yield


@pytest.fixture(autouse=True, scope="session")
def tests_that_commit_leave_the_database_as_migrated():
    """Let a test that commits empty every table afterwards, those that only grow too, then bring the first rows back.

    The rows that migrations make (the root of the tree, document types) are needed by whatever test comes next.
    """
    set_up = TransactionTestCase._fixture_setup.__func__
    as_migrated = ""

    def remember_and_set_up(case_class):
        nonlocal as_migrated
        as_migrated = as_migrated or connection.creation.serialize_db_to_string()
        set_up(case_class)

    def empty_and_refill(case):
        append_only.remove()
        # Without `post_migrate`, which would make anew some of the rows that are brought back.
        call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
        with open_gate("tests"):
            connection.creation.deserialize_db_from_string(as_migrated)
        append_only.install()

    with (
        mock.patch.object(TransactionTestCase, "_fixture_setup", classmethod(remember_and_set_up)),
        mock.patch.object(TransactionTestCase, "_fixture_teardown", empty_and_refill),
    ):
        yield
