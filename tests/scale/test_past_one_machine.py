"""The stories of two machines behind a pool in transaction mode, and with pages made from a streaming replica."""

import os
import time
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
from django.db import connection

from tests import machines
from tests.base import test_two_machines as stories

POOL, REPLICA = Path(os.environ.get("SCALE_POOL", "")), Path(os.environ.get("SCALE_REPLICA", ""))
POOL_PORT = 6432
# What is asked of a replica first; where it is the last question too, the page was made from the primary.
COMPARES = "SELECT site_id, value, urgent_value"


class BehindAPool(stories.TwoMachines):
    @classmethod
    def environment(cls) -> dict[str, str]:
        return {"DATABASE_URL": machines.database_url(POOL, POOL_PORT), "PORTAL_POOLED": "true"}

    def test_no_session_of_the_server_is_a_process_s_own(self):
        """Three connections serve two machines: what one left in a session would reach the other."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
            # This process has one or two beside.
            self.assertLessEqual(cursor.fetchone()[0], 3 + 2)


class WithAReplica(stories.TwoMachines):
    @classmethod
    def environment(cls) -> dict[str, str]:
        return {"PORTAL_REPLICA_URL": machines.database_url(REPLICA)}

    def setUp(self):
        super().setUp()
        self.replica = self.enterContext(closing(psycopg2.connect(machines.database_url(REPLICA))))
        self.replica.autocommit = True

    def ask_replica(self, statement: str):
        with self.replica.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()[0]

    def last_asked(self) -> list[str]:
        """The last question of the two connections to the replica that asked last: one of each machine."""
        with self.replica.cursor() as cursor:
            cursor.execute(
                "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " ORDER BY query_start DESC LIMIT 2"
            )
            return [query for (query,) in cursor.fetchall()]

    def wait_for_replica(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_wal_lsn()")
            (written,) = cursor.fetchone()
        until = time.monotonic() + 20
        while not self.ask_replica(f"SELECT pg_last_wal_replay_lsn() >= '{written}'::pg_lsn"):
            self.assertLess(time.monotonic(), until, "the replica does not follow")
            time.sleep(0.05)

    @contextmanager
    def behind(self):
        """Let the replica repeat nothing in the block."""
        self.ask_replica("SELECT pg_wal_replay_pause()::text")
        until = time.monotonic() + 20
        while self.ask_replica("SELECT pg_get_wal_replay_pause_state()") != "paused":
            self.assertLess(time.monotonic(), until, "the replica does not pause")
            time.sleep(0.05)
        try:
            yield
        finally:
            self.ask_replica("SELECT pg_wal_replay_resume()::text")

    def published(self, page, title: str):
        page.title = title
        page.save_revision(user=self.cast.contributor)
        return stories.publish(page, by=self.cast.contributor)

    def test_known_pages_are_made_from_it_once_it_knows_what_they_show(self):
        page = self.public_article("Bài ở bản sao")
        self.of_all(page.full_url)
        self.published(page, "Bài ở bản sao, lần hai")
        self.wait_for_replica()
        time.sleep(stories.PROMISED_SECONDS)

        shown = self.of_all(page.full_url)

        self.assertEqual(["lần hai" in body for _status, body in shown], [True, True])
        self.assertEqual([query.startswith(COMPARES) for query in self.last_asked()], [False, False])

    def test_one_that_is_behind_shows_no_older_page(self):
        page = self.public_article("Bài trước lúc trễ")
        self.of_all(page.full_url)
        self.wait_for_replica()

        with self.behind():
            self.published(page, "Bài sau lúc trễ")
            time.sleep(stories.PROMISED_SECONDS)
            shown = self.of_all(page.full_url)
            self.assertEqual([query.startswith(COMPARES) for query in self.last_asked()], [True, True])

        self.assertEqual(["Bài sau lúc trễ" in body for _status, body in shown], [True, True])
        self.wait_for_replica()

    def test_pages_come_from_the_primary_while_it_is_away(self):
        page = self.public_article("Bài lúc mất bản sao")
        self.of_all(page.full_url)
        self.wait_for_replica()
        with self.replica.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid <> pg_backend_pid() AND datname = current_database()"
            )
        self.published(page, "Bài sau lúc mất bản sao")
        time.sleep(stories.PROMISED_SECONDS)

        shown = self.of_all(page.full_url)

        self.assertEqual([(status, "sau lúc mất" in body) for status, body in shown], [(200, True)] * 2)
