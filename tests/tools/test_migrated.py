"""Databases of tests begin as a copy of the migrated one, and the rows of a snapshot come back as they were."""

import os
import sqlite3
import tempfile
from contextlib import closing
from datetime import time
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import run_tests
from django.contrib.auth.models import Group
from django.core import management
from django.db import connection
from django.test import SimpleTestCase, TestCase
from wagtail.contrib.redirects.models import Redirect

from tests import migrated, snapshot

MEMORY = "file:copied?mode=memory&cache=shared"
COPIED = {migrated.POSTGRESQL: "migrated"}


class ACopyOfTheMigratedDatabase(SimpleTestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.file = self.folder / "portal.sqlite3"
        with closing(sqlite3.connect(self.file)) as made:
            made.execute("PRAGMA journal_mode=WAL")
            made.execute("CREATE TABLE streets (name)")

    def beginning(self, vendor: str, **named):
        """What the block sees: a connection of this kind, and the environment with what is named."""
        creation = SimpleNamespace(
            _get_test_db_name=lambda: MEMORY,
            create_test_db=lambda: [management.call_command(name) for name in ("migrate", "createcachetable")],
        )
        there = SimpleNamespace(vendor=vendor, settings_dict={"TEST": {}}, creation=creation)
        left = {name: value for name, value in os.environ.items() if not name.startswith("MIGRATED_")}
        self.enterContext(mock.patch.dict(os.environ, left | named, clear=True))
        self.enterContext(mock.patch.object(migrated, "connection", there))
        return there

    def tables(self) -> list:
        with closing(sqlite3.connect(MEMORY, uri=True)) as other:
            return other.execute("SELECT name FROM sqlite_master").fetchall()

    def test_is_in_memory_from_the_start_as_long_as_the_tests_last(self):
        self.enterContext(mock.patch.object(run_tests, "_migrated", lambda environment: True))
        environment = {"PORTAL_VAR": str(self.folder)}
        self.enterContext(mock.patch.object(run_tests, "clean_environment", lambda name: environment))
        with mock.patch.object(Path, "unlink"):
            named = run_tests.migrate_sqlite()
        self.beginning("sqlite", **named)

        with migrated.beginning_as_copy():
            assert self.tables() == [("streets",)]
        assert self.tables() == []

    def test_is_made_by_postgresql_from_the_database_that_the_run_names(self):
        there = self.beginning("postgresql", **COPIED)

        with migrated.beginning_as_copy():
            assert there.settings_dict["TEST"]["TEMPLATE"] == "migrated"

    def test_is_not_asked_for_where_the_run_made_none(self):
        for vendor in ("sqlite", "postgresql"):
            there = self.beginning(vendor)

            with migrated.beginning_as_copy():
                assert (there.settings_dict, self.tables()) == ({"TEST": {}}, [])

    def test_is_not_migrated_again_as_any_other_database_is(self):
        for named, wanted in (({}, ["migrate", "createcachetable"]), (COPIED, ["createcachetable"])):
            there = self.beginning("postgresql", **named)
            with (
                mock.patch.object(management, "call_command") as called,
                migrated.beginning_as_copy(),
            ):
                there.creation.create_test_db()
            with self.subTest(named=named):
                assert [call.args[0] for call in called.call_args_list] == wanted

    def test_is_left_to_the_tests_when_the_migrations_fail(self):
        with (
            mock.patch.object(run_tests, "_migrated", lambda environment: False),
            mock.patch.object(run_tests, "clean_environment", lambda name: {"PORTAL_VAR": str(self.folder)}),
        ):
            assert run_tests.migrate_sqlite() == {}
        assert not self.file.exists()


class RowsPutBack(TestCase):
    def test_are_those_that_were_there_and_no_others(self):
        kept, changed = (Group.objects.create(name=name) for name in ("Ở lại", "Được sửa"))
        before = snapshot.everything()
        Group.objects.filter(pk=changed.pk).update(name="Đã sửa")
        kept.delete()
        Group.objects.bulk_create(Group(name=f"Thêm {number}") for number in range(1_500))
        Redirect.objects.create(old_path="/cu", redirect_link="/moi")

        snapshot.put_back(before)

        assert snapshot.everything() == before

    def test_have_their_times_of_day_and_their_words_in_the_index(self):
        """SQLite has neither a type for the one nor a model for the other."""
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("CREATE TEMP TABLE hours (id INTEGER PRIMARY KEY, opens time)")
                snapshot._put(cursor, "hours", {1: {"id": 1, "opens": time(7, 30)}}, {})
                cursor.execute("SELECT opens FROM hours")
                assert cursor.fetchone()[0] == time(7, 30)
                for table, title in zip(snapshot.WORDS, ("title", "title_words"), strict=True):
                    cursor.execute(f"INSERT INTO {table} (rowid, {title}, words) VALUES (7, 'cho noi', 'cho')")
        before = snapshot.everything()
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                for table in snapshot.WORDS:
                    cursor.execute(f"DELETE FROM {table}")

        snapshot.put_back(before)

        assert snapshot.everything() == before
        assert set(snapshot.WORDS) & set(before) == (set(snapshot.WORDS) if connection.vendor == "sqlite" else set())

    def test_do_not_keep_the_next_row_from_its_number(self):
        last = Group.objects.create(name="Cuối")
        before = snapshot.everything()
        Group.objects.all().delete()

        snapshot.put_back(before)

        assert Group.objects.create(name="Kế tiếp").pk == last.pk + 1
