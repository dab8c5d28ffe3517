"""What protects people and data is counted over all servers, in the database of PostgreSQL."""

from datetime import timedelta
from unittest import mock

from django.db import DatabaseError, connection, transaction
from django.test import TestCase
from django.utils import timezone

from base.models import RateLevel
from base.operations import proof
from base.operations.machines import levels
from base.operations.throttle import OF_ALL, RATES, Buckets, Rate

ADDRESS, OTHER = "198.51.100.7", "198.51.100.8"
FEW = {"form": Rate(3, 0.001), "page": Rate(3, 0.001), "stamp": Rate(2, 0.001), "turn": Rate(1, 0.001)}


class Counting(TestCase):
    # Nothing is counted together on SQLite.
    __test__ = connection.vendor == "postgresql"

    def setUp(self):
        self.servers = [Buckets(FEW, of_all=OF_ALL) for _ in range(3)]

    def taken(self, kind, times, address=ADDRESS) -> list[bool]:
        return [not self.servers[number % 3].take(kind, address) for number in range(times)]

    def test_a_bucket_of_all_is_one_over_three_servers(self):
        self.assertEqual(self.taken("form", 6), [True] * 3 + [False] * 3)
        self.assertEqual(self.taken("form", 1, OTHER), [True])

    def test_what_only_guards_the_machine_is_each_server_s_own(self):
        self.assertEqual(self.taken("page", 9), [True] * 9)
        self.assertFalse(RateLevel.objects.exists())

    def test_a_flood_asks_the_database_no_more_than_one_bucket_holds(self):
        self.taken("form", 9)

        with self.assertNumQueries(0):
            self.servers[0].take("form", ADDRESS)

    def test_tokens_come_back_with_time(self):
        self.taken("form", 6)
        RateLevel.objects.update(at=timezone.now() - timedelta(seconds=1000))

        self.assertEqual(not Buckets(FEW, of_all=OF_ALL).take("form", ADDRESS), True)
        self.assertNotEqual(Buckets(FEW, of_all=OF_ALL).take("form", ADDRESS), 0)

    def test_what_is_given_back_another_server_may_take(self):
        self.taken("form", 3)
        self.servers[0].give_back("form", ADDRESS)

        self.assertEqual(Buckets(FEW, of_all=OF_ALL).take("form", ADDRESS), 0)
        self.assertNotEqual(Buckets(FEW, of_all=OF_ALL).take("form", ADDRESS), 0)

    def test_a_proof_speaks_for_so_many_requests_wherever_they_come(self):
        now = timezone.now()
        stamp = proof.new_stamp(now, bits=1)
        form = {proof.STAMP: stamp, proof.PROOF: proof.solve(stamp, 1)}

        passed = [self.servers[number % 3].take_for_proof("stamp", form, now) for number in range(5)]

        self.assertEqual(passed, [True, True, False, False, False])

    def test_a_turn_lets_a_form_in_once_wherever_it_comes(self):
        self.taken("form", 3)
        now = timezone.now()
        form = {proof.STAMP: proof.new_stamp(now)}
        seconds, turn, _is_taken = self.servers[0].take_or_turn("form", ADDRESS, form, now)
        self.assertGreater(seconds, 0)
        later = now + timedelta(seconds=seconds)

        again = [one.take_or_turn("form", ADDRESS, {**form, proof.TURN: turn}, later)[0] for one in self.servers]

        self.assertEqual([not wait for wait in again], [True, False, False])

    def test_places_put_aside_on_one_server_are_known_to_the_others(self):
        self.taken("form", 3)

        waits = [one.reserve("form", ADDRESS, word)[0] for one, word in zip(self.servers, "abc", strict=True)]

        self.assertEqual([round(wait, -2) for wait in waits], [1000, 2000, 3000])

    def test_neither_network_nor_word_can_be_read_out_of_the_rows(self):
        self.taken("form", 1)

        row = RateLevel.objects.get()
        self.assertNotIn(ADDRESS, f"{row.kind}{row.digest}{row}")

    def test_without_a_database_each_server_counts_by_itself(self):
        with mock.patch.object(connection, "cursor", side_effect=DatabaseError):
            with mock.patch.object(connection, "in_atomic_block", False):
                self.assertEqual(self.taken("form", 12), [True] * 9 + [False] * 3)

    def test_rows_go_when_they_mean_nothing_any_more(self):
        self.taken("form", 1)
        now = timezone.now()

        self.assertEqual(levels.purge(on=now + levels.RETENTION - timedelta(minutes=1)), 0)
        self.assertEqual(levels.purge(on=now + levels.RETENTION + timedelta(minutes=1)), 1)
        self.assertGreater(levels.RETENTION, timedelta(hours=proof.STAMP_HOURS))

    def test_an_aborted_form_takes_nothing_from_the_others(self):
        with transaction.atomic():
            self.taken("form", 1)
            transaction.set_rollback(True)

        self.assertFalse(RateLevel.objects.exists())

    def test_a_place_given_by_a_refusal_is_known_to_the_others_though_its_transaction_went_back(self):
        self.taken("form", 3)
        with transaction.atomic():
            first = self.servers[0].reserve("form", ADDRESS, "a")[0]
            transaction.set_rollback(True)
        self.servers[0].put_aside_again("form", ADDRESS)

        waits = [first, self.servers[1].reserve("form", ADDRESS, "b")[0]]

        self.assertEqual([round(wait, -2) for wait in waits], [1000, 2000])


class OnOneMachine(TestCase):
    def test_nothing_is_asked_of_a_database_that_one_machine_alone_has(self):
        bucket = Buckets(FEW, of_all=OF_ALL)
        with mock.patch.object(connection, "vendor", "sqlite"), self.assertNumQueries(0):
            taken = [not bucket.take("form", ADDRESS) for _ in range(4)]
            self.assertEqual(levels.purge(on=timezone.now()), 0)

        self.assertEqual(taken, [True] * 3 + [False])

    def test_each_kind_that_is_counted_by_all_has_a_rate(self):
        self.assertLessEqual(OF_ALL, set(RATES))
