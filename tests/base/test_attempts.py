"""Attempts are counted exactly, by scope and key; rows with a moment, by the time since each of them."""

import doctest
from datetime import UTC, datetime, timedelta

from django.test import SimpleTestCase, TestCase

from base.operations import attempts
from base.operations.attempts import NO_WAIT, Attempts, Window
from faq.models import Asking

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class WhatIsPermitted(SimpleTestCase):
    def test_reads_as_its_docstrings_say(self):
        found = doctest.testmod(attempts)

        self.assertTrue(found.attempted)
        self.assertFalse(found.failed)

    def test_slows_by_doubling_then_locks_for_the_window(self):
        limit = Attempts("x", slow_from=3, most=5, window=10 * MINUTE)

        waits = [limit.wait_after(count, NO_WAIT).total_seconds() for count in range(8)]

        self.assertEqual(waits, [0, 0, 0, 4, 8, 600, 600, 600])

    def test_without_a_bound_nobody_waits(self):
        self.assertEqual(Attempts("x").wait_after(10_000, NO_WAIT), NO_WAIT)


class Counting(TestCase):
    limit = Attempts("x", most=2, window=10 * MINUTE)

    def test_keys_and_scopes_are_counted_apart(self):
        self.assertEqual([self.limit.add("a", on=NOW) for _ in range(3)], [1, 2, 3])
        self.assertEqual(Attempts("y").add("a", on=NOW), 1)
        self.assertEqual(self.limit.count("b", on=NOW), 0)
        self.assertEqual(self.limit.wait("b", on=NOW), NO_WAIT)

    def test_a_lock_ends_with_its_window_and_counting_begins_anew(self):
        self.limit.add("a", on=NOW)
        self.limit.add("a", on=NOW + MINUTE)

        self.assertEqual(self.limit.wait("a", on=NOW + 4 * MINUTE), 7 * MINUTE)
        self.assertEqual(self.limit.wait("a", on=NOW + 11 * MINUTE), NO_WAIT)
        self.assertEqual(self.limit.add("a", on=NOW + 11 * MINUTE), 1)

    def test_forgets_one_key_at_once_and_all_after_a_day(self):
        self.limit.add("a", on=NOW)
        self.limit.add("b", on=NOW)

        self.limit.reset("a")

        self.assertEqual([self.limit.count(key, on=NOW) for key in "ab"], [0, 1])
        self.assertEqual(attempts.purge_old(on=NOW + attempts.RETENTION), 0)
        self.assertEqual(attempts.purge_old(on=NOW + attempts.RETENTION + MINUTE), 1)

    def test_tells_how_many_keys_a_network_tried_lately(self):
        for minute, key in enumerate("abc"):
            self.limit.add(key, on=NOW + minute * MINUTE, network="198.51.100.7")
        self.limit.add("d", on=NOW, network="198.51.100.8")

        self.assertEqual(self.limit.in_network("198.51.100.7", on=NOW + 2 * MINUTE), (3, NOW + 2 * MINUTE))
        self.assertEqual(self.limit.in_network("198.51.100.7", on=NOW + 10 * MINUTE), (2, NOW + 2 * MINUTE))


class RowsWithAMoment(TestCase):
    def test_the_next_may_come_when_the_oldest_that_counts_is_too_old(self):
        limit, rows = Window(2, 10 * MINUTE), Asking.objects.all()
        for minute in (0, 3, 5):
            self.assertEqual(limit.is_full(rows, on=NOW + minute * MINUTE), minute == 5)
            Asking.objects.create(at=NOW + minute * MINUTE)

        self.assertEqual(limit.wait(rows, on=NOW + 6 * MINUTE), 7 * MINUTE)
        self.assertEqual(limit.wait(rows, on=NOW + 13 * MINUTE), NO_WAIT)
        self.assertTrue(limit.is_full(rows, on=NOW + 12 * MINUTE))
        self.assertFalse(limit.is_full(rows, on=NOW + 13 * MINUTE))
