"""The mark that a database was prepared by this code."""

import sqlite3
import tempfile
from pathlib import Path

import prepared
from django.test import SimpleTestCase


class IsPreparedTests(SimpleTestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = Path(folder.name, "portal.sqlite3")

    def mark(self, name: str, result: str) -> None:
        connection = sqlite3.connect(self.file)
        connection.execute("CREATE TABLE base_jobheartbeat (name text, last_result text)")
        connection.execute("INSERT INTO base_jobheartbeat VALUES (?, ?)", [name, result])
        connection.commit()
        connection.close()

    def test_only_the_same_code_finished_on_this_database_counts(self):
        self.mark("prepare-abc", "ok")

        self.assertTrue(prepared.is_prepared("abc", "", self.file))
        self.assertFalse(prepared.is_prepared("xyz", "", self.file))

    def test_a_run_that_was_cut_short_does_not_count(self):
        self.mark("prepare-abc", "")

        self.assertFalse(prepared.is_prepared("abc", "", self.file))

    def test_a_new_database_is_not_prepared(self):
        self.assertFalse(prepared.is_prepared("abc", "", self.file))
        self.file.touch()
        self.assertFalse(prepared.is_prepared("abc", "", self.file))

    def test_a_server_that_is_away_is_not_prepared(self):
        url = "postgres://nobody@/nothing?host=/nonexistent"

        self.assertFalse(prepared.is_prepared("abc", url, self.file))
