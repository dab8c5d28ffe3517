"""Refusals of nobody who is signed in: the first are written, a flood is summed up, and no number is lost."""

import multiprocessing
import tempfile
import threading
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

import time_machine
from django.db import DatabaseError
from django.test import SimpleTestCase

from base.audit import trail as audit
from base.audit.floods import AT_ONCE, MINUTE_SECONDS, MOST_NAMES, Floods, floods
from base.models import AuditEntry
from tests.city import CityTestCase

NOON = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)
EVIL = {"Origin": "https://evil.example"}


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class OvertakenLock:
    """A lock that somebody else has first: what he does meanwhile is `first`."""

    def __init__(self, first):
        self._lock, self._first = threading.Lock(), first

    def __enter__(self):
        first, self._first = self._first, None
        if first is not None:
            first()
        self._lock.acquire()

    def __exit__(self, *error):
        self._lock.release()


class Counting(SimpleTestCase):
    def setUp(self):
        self.clock = Clock()
        self.floods = Floods(self.clock)

    def test_the_first_of_a_network_and_kind_is_written_at_once(self):
        self.assertTrue(self.floods.admit("right", "203.0.113.7", "/a/"))
        self.assertFalse(self.floods.admit("right", "203.0.113.7", "/a/"))
        self.assertTrue(self.floods.admit("right", "203.0.113.8", "/a/"))
        self.assertTrue(self.floods.admit("csrf", "203.0.113.7", "/a/"))

    def test_a_flood_from_many_networks_is_a_few_rows_and_one_sum(self):
        written = sum(self.floods.admit("right", f"10.0.{n % 200}.1", f"/{n % 3}/") for n in range(5_000))

        self.clock.now += MINUTE_SECONDS
        detail = self.floods.take_due()["right"].as_detail("right")

        self.assertEqual(written, AT_ONCE)
        self.assertEqual(detail["count"], 5_000 - AT_ONCE)
        self.assertEqual((detail["networks"], len(detail["most"]), len(detail["paths"])), (200, 10, 3))
        self.assertEqual(self.floods.take_due(), {})

    def test_nothing_is_due_before_the_minute_is_over(self):
        for _ in range(9):
            self.floods.admit("right", "203.0.113.7", "/a/")
        self.clock.now += MINUTE_SECONDS - 1

        self.assertEqual(self.floods.take_due(), {})

    def test_who_asks_while_another_takes_a_sum_gets_none_of_the_minute_that_begins(self):
        def take_and_count():
            taken.append(self.floods.take_due())
            for _ in range(3):
                self.floods.admit("right", "203.0.113.9", "/b/")

        for _ in range(2):
            self.floods.admit("right", "203.0.113.7", "/a/")
        self.clock.now += MINUTE_SECONDS
        taken = []
        self.floods._lock = OvertakenLock(take_and_count)

        self.assertEqual(self.floods.take_due(), {})
        self.assertEqual([summed.count for summed in taken[0].values()], [1])
        self.assertEqual(self.floods.take_all()["right"].count, 2)

    def test_a_network_that_comes_back_in_a_later_minute_is_written_at_once_again(self):
        self.floods.admit("right", "203.0.113.7", "/a/")
        self.clock.now += MINUTE_SECONDS

        self.assertTrue(self.floods.admit("right", "203.0.113.7", "/a/"))

    def test_no_number_is_lost_whatever_the_number_of_networks_and_attempts(self):
        for n in range(MOST_NAMES + 500):
            self.floods.admit("right", f"10.{n // 250}.{n % 250}.1", f"/{n}/")
        self.clock.now += MINUTE_SECONDS
        self.floods.put_back(self.floods.take_due())
        self.clock.now += MINUTE_SECONDS

        detail = self.floods.take_due()["right"].as_detail("right")

        self.assertEqual(detail["count"] + AT_ONCE, MOST_NAMES + 500)
        self.assertLessEqual(detail["networks"], MOST_NAMES)


def count_and_end(path: str) -> None:
    """What a process does that has begun to sum up, and ends."""
    # Not the real one: a forked child would end the connection of its parent.
    audit._end = lambda: Path(path).write_text("written", encoding="ascii")
    audit.start()


class TheEndOfAProcess(SimpleTestCase):
    def test_writes_what_is_left(self):
        with tempfile.NamedTemporaryFile("r") as file:
            child = multiprocessing.get_context("fork").Process(target=count_and_end, args=(file.name,))
            child.start()
            child.join(60)

            self.assertEqual((child.exitcode, file.read()), (0, "written"))


class Trail(CityTestCase):
    """Through the portal: a vote that another site's page sends is refused with 403."""

    def setUp(self):
        self.enterContext(time_machine.travel(NOON, tick=False))
        self.clock = Clock()
        self.enterContext(mock.patch.object(floods, "_clock", self.clock))

    def vote(self, number=7):
        return self.client.post("/huu-ich/1/", headers=EVIL, REMOTE_ADDR=f"203.0.113.{number}")

    def entries(self):
        return AuditEntry.objects.filter(action="refused").order_by("pk")

    def test_a_flood_of_refusals_is_the_first_and_one_sum_written_by_whoever_comes_next(self):
        statuses = {self.vote().status_code for _ in range(100)}
        self.assertEqual(statuses, {403})
        self.assertEqual(self.entries().count(), 1)
        self.clock.now += MINUTE_SECONDS

        self.client.get("/", REMOTE_ADDR="198.51.100.9")
        self.assertEqual(self.entries().count(), 1, "a reader writes nothing")
        self.vote(8)

        first, other, summed = self.entries()
        self.assertEqual((first.address, first.detail["path"]), ("203.0.113.7", "/huu-ich/1/"))
        self.assertEqual(other.address, "203.0.113.8")
        self.assertEqual((summed.actor_name, summed.address), (audit.MANY, "203.0.113.7"))
        self.assertEqual((summed.detail["count"], summed.detail["networks"]), (99, 1))
        self.assertEqual(summed.detail["paths"], ["/huu-ich/1/: 99"])

    def test_what_a_person_who_is_signed_in_is_refused_is_one_entry_each_in_the_midst_of_a_flood(self):
        for number in range(200):
            self.vote(number)
        self.client.force_login(self.cast.contributor)

        for _ in range(5):
            self.client.get("/quan-tri/users/")

        self.assertEqual(self.entries().filter(actor_id=self.cast.contributor.pk).count(), 5)

    def test_what_was_summed_up_is_written_when_a_process_ends_whether_its_minute_is_over_or_not(self):
        for _ in range(10):
            self.vote()

        audit.write_what_is_left()
        audit.write_what_is_left()

        self.assertEqual([entry.detail["count"] for entry in self.entries().filter(actor_name=audit.MANY)], [9])

    def test_what_cannot_be_written_is_counted_on(self):
        for _ in range(10):
            self.vote()
        self.clock.now += MINUTE_SECONDS
        with (
            mock.patch.object(audit, "_write", side_effect=DatabaseError),
            self.assertLogs("base.audit.trail", "ERROR"),
        ):
            self.vote(8)
        self.clock.now += MINUTE_SECONDS

        self.vote(9)

        self.assertEqual([entry.detail["count"] for entry in self.entries().filter(actor_name=audit.MANY)], [9])
