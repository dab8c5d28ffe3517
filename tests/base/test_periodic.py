"""Periodic work: what is due, one runner at a time, the heartbeat, and failures that stop nothing else."""

import contextlib
import subprocess
import sys
import threading
from datetime import UTC, datetime, time, timedelta
from time import monotonic, sleep
from unittest import mock
from zoneinfo import ZoneInfo

import time_machine
from django.db import OperationalError, connection
from django.test import SimpleTestCase, TestCase, TransactionTestCase
from django.utils import timezone

from base.models import JobHeartbeat, Lease
from base.operations import leases, periodic
from base.operations.periodic import Job

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
MINUTE = timedelta(minutes=1)


def at(hour: int, minute: int = 0, second: int = 0, day: int = 2) -> datetime:
    """A moment on a day of March 2026, local time."""
    return datetime(2026, 3, day, hour, minute, second, tzinfo=HANOI)


class Recorder:
    """Stands for a verb: notes when it was called, and fails when told to."""

    def __init__(self):
        self.calls: list[datetime] = []
        self.error: Exception | None = None

    def __call__(self, on: datetime) -> int:
        self.calls.append(on)
        if self.error:
            raise self.error
        return len(self.calls)


def minutely(run, name="minutely") -> Job:
    return Job(name=name, label="Mỗi phút", run=run, every=MINUTE)


def nightly(run, name="nightly") -> Job:
    return Job(name=name, label="Mỗi đêm", run=run, daily_at=time(2, 30))


class JobTests(SimpleTestCase):
    def test_due_moments_follow_the_local_clock(self):
        each_minute, each_night = minutely(print), nightly(print)
        cases = [
            (each_minute, at(8, 0, 0), at(8, 0), at(8, 1)),
            (each_minute, at(8, 0, 59), at(8, 0), at(8, 1)),
            (each_minute, at(23, 59, 30), at(23, 59), at(0, 0, day=3)),
            (each_night, at(2, 29), at(2, 30, day=1), at(2, 30)),
            (each_night, at(2, 30), at(2, 30), at(2, 30, day=3)),
            (each_night, at(23, 0), at(2, 30), at(2, 30, day=3)),
            # 20:00 UTC is already tomorrow in the city.
            (each_night, datetime(2026, 3, 1, 20, 0, tzinfo=UTC), at(2, 30), at(2, 30, day=3)),
        ]
        for job, on, latest, following in cases:
            with self.subTest(job=job.name, on=on):
                self.assertEqual((job.latest_due(on), job.next_due(on)), (latest, following))

    def test_needs_exactly_one_rhythm(self):
        for rhythm in ({}, {"every": MINUTE, "daily_at": time(0, 0)}):
            with self.subTest(rhythm=rhythm), self.assertRaisesMessage(ValueError, "every hoặc daily_at"):
                Job(name="x", label="x", run=print, **rhythm)


@time_machine.travel(at(8, 0, 5), tick=False)
class RunTableTests(TestCase):
    def setUp(self):
        self.verb = Recorder()

    def run_at(self, moment: datetime, *table: Job) -> list[str]:
        with time_machine.travel(moment, tick=False):
            return [heartbeat.name for heartbeat in periodic.run_table(table, on=moment)]

    def test_runs_a_job_once_each_minute(self):
        job = minutely(self.verb)

        for second in (5, 20, 59):
            self.run_at(at(8, 0, second), job)
        self.run_at(at(8, 1, 0), job)

        self.assertEqual(self.verb.calls, [at(8, 0, 5), at(8, 1, 0)])

    def test_catches_up_once_after_a_stop_of_days(self):
        job = nightly(self.verb)
        self.run_at(at(2, 30), job)

        self.run_at(at(9, 0, day=6), job)
        self.run_at(at(9, 1, day=6), job)

        self.assertEqual(self.verb.calls, [at(2, 30), at(9, 0, day=6)])

    def test_runs_again_at_once_when_the_system_clock_stood_a_day_ahead(self):
        for job in (minutely(self.verb), Job(name="night", label="Ban đêm", run=self.verb, daily_at=time(2, 30))):
            with self.subTest(job=job.name):
                self.verb.calls.clear()
                self.run_at(at(9, 0, day=4), job)

                self.run_at(at(9, 0, day=3), job)
                self.run_at(at(9, 0, 30, day=3), job)

                self.assertEqual(self.verb.calls, [at(9, 0, day=4), at(9, 0, day=3)])

    def test_a_system_clock_that_stands_seconds_ahead_on_another_machine_repeats_nothing(self):
        self.run_at(at(9, 1, 2), minutely(self.verb))
        self.run_at(at(9, 0, 59), minutely(self.verb))

        self.assertEqual(self.verb.calls, [at(9, 1, 2)])

    def test_what_writes_to_people_is_made_up_for_in_daytime_only(self):
        job = Job(name="digest", label="Nhắc việc", run=self.verb, daily_at=time(7, 0), in_daytime=True)
        self.run_at(at(7), job)

        for moment in (at(0, 5, day=4), at(6, 59, day=4), at(7, 0, day=4), at(23, 0, day=5), at(9, 30, day=6)):
            self.run_at(moment, job)

        self.assertEqual(self.verb.calls, [at(7), at(7, 0, day=4), at(9, 30, day=6)])

    def test_leaves_a_heartbeat_that_says_when_the_next_is_expected(self):
        self.run_at(at(8, 0, 5), minutely(self.verb))

        heartbeat = JobHeartbeat.objects.get(name="minutely")
        self.assertEqual(heartbeat.last_result, JobHeartbeat.OK)
        self.assertEqual((heartbeat.last_started, heartbeat.last_finished), (at(8, 0, 5), at(8, 0, 5)))
        self.assertEqual(heartbeat.expected_by, at(8, 1) + periodic.GRACE)

    def test_keeps_the_error_and_goes_on_with_the_other_jobs(self):
        broken, other = Recorder(), Recorder()
        broken.error = RuntimeError("đĩa đầy")

        with self.assertLogs("base.operations.periodic", "ERROR"):
            ran = self.run_at(at(8), minutely(broken, "broken"), minutely(other, "other"))

        self.assertEqual(ran, ["broken", "other"])
        self.assertEqual(len(other.calls), 1)
        heartbeat = JobHeartbeat.objects.get(name="broken")
        self.assertEqual(heartbeat.last_result, JobHeartbeat.FAILED)
        self.assertTrue(heartbeat.last_error.startswith("RuntimeError: đĩa đầy\n"))

    def test_tries_a_failed_nightly_job_again_after_five_minutes_and_then_forgets_the_error(self):
        job = nightly(self.verb)
        self.verb.error = RuntimeError("một lúc")
        with self.assertLogs("base.operations.periodic", "ERROR"):
            self.run_at(at(2, 30), job)
        self.verb.error = None

        self.run_at(at(2, 34), job)
        self.run_at(at(2, 35), job)
        self.run_at(at(2, 41), job)

        self.assertEqual(self.verb.calls, [at(2, 30), at(2, 35)])
        self.assertEqual(JobHeartbeat.objects.get(name="nightly").last_error, "")

    def test_runs_again_what_died_in_the_middle(self):
        JobHeartbeat.objects.create(
            name="nightly",
            last_started=at(2, 30),
            last_finished=at(2, 31, day=1),
            last_result=JobHeartbeat.OK,
        )

        self.run_at(at(2, 40), nightly(self.verb))

        self.assertEqual(self.verb.calls, [at(2, 40)])

    def test_runs_a_chosen_job_before_it_is_due(self):
        job = nightly(self.verb)
        self.run_at(at(2, 30), job)

        periodic.run_now([job], on=at(8))

        self.assertEqual(self.verb.calls, [at(2, 30), at(8)])


class StepTests(TestCase):
    """A job that works in steps gives its lane back after each."""

    def setUp(self):
        self.progress, self.others = [], Recorder()

    def three_steps(self, on: datetime, progress: dict) -> dict:
        self.progress.append(progress)
        return {"step": progress.get("step", 0) + 1} if len(self.progress) < 3 else {}

    def table(self) -> list[Job]:
        steps = Job(name="steps", label="Từng bước", run=self.three_steps, daily_at=time(2, 30), in_steps=True)
        return [steps, minutely(self.others)]

    def run_at(self, moment: datetime) -> list[str]:
        with time_machine.travel(moment, tick=False):
            return [heartbeat.name for heartbeat in periodic.run_table(self.table(), on=moment)]

    def test_goes_on_where_it_stopped_and_rests_when_it_is_done(self):
        ran = [self.run_at(at(2, 30, second)) for second in (0, 2, 4, 6)]

        self.assertEqual(self.progress, [{}, {"step": 1}, {"step": 2}])
        self.assertEqual(ran, [["steps", "minutely"], ["steps"], ["steps"], []])
        self.assertEqual(JobHeartbeat.objects.get(name="steps").expected_by, at(2, 30, day=3) + periodic.GRACE)

    def test_is_run_to_its_end_when_it_is_asked_for(self):
        periodic.run_now(self.table()[:1], on=at(8))

        self.assertEqual(len(self.progress), 3)

    def test_begins_anew_after_an_error(self):
        self.run_at(at(2, 30))
        broken = Job(name="steps", label="x", run=lambda on, progress: 1 / 0, daily_at=time(2, 30), in_steps=True)
        with self.assertLogs("base.operations.periodic", "ERROR"):
            periodic.run_table([broken], on=at(2, 30, 2))

        self.assertEqual(JobHeartbeat.objects.get(name="steps").progress, {})


class LaneTests(TransactionTestCase):
    """What readers and editors wait for does not stand behind what may take long."""

    def test_a_long_job_keeps_no_prompt_one_waiting(self):
        stop, long_began, prompt_ran = threading.Event(), threading.Event(), threading.Event()

        def takes_long(on):
            long_began.set()
            self.assertTrue(prompt_ran.wait(100))
            stop.set()

        def prompt(on):
            if long_began.wait(100):
                prompt_ran.set()

        table = [minutely(prompt, "prompt"), Job("long", "Việc dài", takes_long, every=MINUTE, lane=periodic.LONG)]
        # Whatever goes wrong, the test ends.
        at_last = threading.Timer(150, stop.set)
        at_last.start()
        self.addCleanup(at_last.cancel)
        periodic.run_forever(table, stop=stop)

        self.assertTrue(prompt_ran.is_set())
        self.assertEqual(set(JobHeartbeat.objects.values_list("last_result", flat=True)), {JobHeartbeat.OK})

    def test_a_database_that_was_away_is_asked_again_within_seconds(self):
        stop, asked = threading.Event(), []

        def away_once(table, lane, *, on):
            asked.append(monotonic())
            if len(asked) == 1:
                raise OperationalError("database is locked")
            stop.set()
            return []

        at_last = threading.Timer(90, stop.set)
        at_last.start()
        self.addCleanup(at_last.cancel)
        with mock.patch.object(periodic, "run_lane", away_once), self.assertLogs("base.operations.periodic", "ERROR"):
            periodic.run_forever([minutely(print)], stop=stop)

        self.assertEqual(len(asked), 2)
        self.assertLess(asked[1] - asked[0], 10)

    def test_an_error_outside_any_job_ends_all_lanes_and_is_raised(self):
        # What no job can raise: the work is ended by the machine.
        def ends(on):
            raise SystemExit(3)

        table = [minutely(print), Job("long", "Việc dài", ends, every=MINUTE, lane=periodic.LONG)]
        with self.assertRaises(SystemExit):
            periodic.run_forever(table, stop=threading.Event())


class LeaseTests(TransactionTestCase):
    def in_another_thread(self, action):
        found = []

        def act():
            try:
                found.append(action())
            except (periodic.Locked, leases.Lost) as error:
                found.append(error)
            finally:
                connection.close()

        thread = threading.Thread(target=act)
        thread.start()
        thread.join()
        return found[0]

    def test_a_second_runner_is_refused_and_runs_nothing(self):
        verb = Recorder()

        with leases.hold(periodic.PROMPT):
            refused = self.in_another_thread(lambda: periodic.run_table([minutely(verb)], on=at(8)))

        self.assertIsInstance(refused, periodic.Locked)
        self.assertEqual(verb.calls, [])

    def test_another_lane_is_free_meanwhile(self):
        with leases.hold(periodic.LONG):
            ran = self.in_another_thread(lambda: periodic.run_table([minutely(Recorder())], on=at(8)))

        self.assertEqual([heartbeat.name for heartbeat in ran], ["minutely"])

    def test_is_free_again_after_use_and_after_an_error(self):
        with self.assertRaises(RuntimeError), leases.hold(periodic.PROMPT):
            raise RuntimeError

        with leases.hold(periodic.PROMPT):
            pass

    def test_outlives_a_failed_job_whose_connection_was_too_old(self):
        found = []

        def fails(on):
            connection.close_at = monotonic() - 1
            raise ValueError("một lúc")

        def look(on):
            with contextlib.suppress(periodic.Locked), leases.hold(periodic.PROMPT):
                found.append("free")

        with self.assertLogs("base.operations.periodic", "ERROR"):
            table = [minutely(fails, "a"), minutely(lambda on: self.in_another_thread(lambda: look(on)), "b")]
            periodic.run_table(table, on=at(8))

        self.assertEqual(found, [])

    def test_a_process_of_this_machine_that_died_frees_it_at_once(self):
        with leases.hold(periodic.PROMPT):
            row = Lease.objects.get(lane=periodic.PROMPT)
        gone = subprocess.Popen([sys.executable, "-c", "pass"])
        gone.wait()
        boot, namespace, _number, _rest = row_owner_parts()
        dead = f"{boot}/{namespace}/{gone.pid}/1/abcd"
        Lease.objects.update(owner=dead, expires_at=timezone.now() + timedelta(hours=1))

        with leases.hold(periodic.PROMPT) as lease:
            self.assertEqual(lease.fence, row.fence + 1)

    def test_a_process_of_another_machine_keeps_it_until_its_time_is_over(self):
        _boot, namespace, number, started = row_owner_parts()
        elsewhere = f"another-boot/{namespace}/{number}/{started}/abcd"
        Lease.objects.create(lane=periodic.PROMPT, owner=elsewhere, expires_at=timezone.now() + timedelta(minutes=1))
        with self.assertRaises(periodic.Locked), leases.hold(periodic.PROMPT):
            pass

        Lease.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

        with leases.hold(periodic.PROMPT):
            pass

    def test_who_lost_it_starts_nothing_more_and_writes_over_no_later_run(self):
        verb = Recorder()

        def loses(on):
            Lease.objects.update(owner="another", fence=7)
            JobHeartbeat.objects.filter(name="first").update(fence=7, last_error="của lượt sau")

        with self.assertLogs("base.operations.periodic", "WARNING"):
            ran = periodic.run_table([minutely(loses, "first"), minutely(verb, "second")], on=at(8))

        self.assertEqual(([heartbeat.name for heartbeat in ran], verb.calls), (["first"], []))
        self.assertEqual(JobHeartbeat.objects.get(name="first").last_error, "của lượt sau")

    def test_is_prolonged_while_it_is_held(self):
        with mock.patch.object(leases, "RENEW_SECONDS", 0.05), leases.hold(periodic.PROMPT):
            Lease.objects.update(expires_at=timezone.now() + timedelta(seconds=1))
            until = monotonic() + 20
            while Lease.objects.get().expires_at < timezone.now() + timedelta(seconds=30) and monotonic() < until:
                sleep(0.05)

            self.assertGreater(Lease.objects.get().expires_at, timezone.now() + timedelta(seconds=30))


class LostMeanwhile(TransactionTestCase):
    """Another holder begins between two statements of a run; on SQLite, where nobody can, right after them."""

    def test_the_run_of_an_older_holder_writes_over_no_newer_one(self):
        begun, threads = [], []

        def newer():
            Lease.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
            begun.extend(periodic.run_table([minutely(lambda on: 1)], on=at(8, 1), wait_seconds=10))
            connection.close()

        def lose_it_now(execute, sql, params, many, context):
            is_write = "base_jobheartbeat" in sql and not sql.startswith("SELECT")
            if is_write and not threads and connection.vendor == "postgresql":
                threads.append(threading.Thread(target=newer))
                threads[0].start()
                threads[0].join(1)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(lose_it_now):
            periodic.run_table([minutely(lambda on: 1)], on=at(8))
        for thread in threads:
            thread.join()
        if connection.vendor == "sqlite":
            begun.extend(periodic.run_table([minutely(lambda on: 1)], on=at(8, 1), wait_seconds=10))

        heartbeat = JobHeartbeat.objects.get()
        self.assertEqual((heartbeat.fence, heartbeat.last_started), (Lease.objects.get().fence, at(8, 1)))
        self.assertEqual((heartbeat.last_result, len(begun)), (JobHeartbeat.OK, 1))


def row_owner_parts() -> tuple[str, str, str, str]:
    """Who this process is in a lease: the machine's boot, the namespace, the process and when it began."""
    boot, namespace, number, started = leases._here().rsplit("/", 3)
    return boot, namespace, number, started


class RunForeverTests(TransactionTestCase):
    def test_runs_what_is_due_and_ends_when_told(self):
        stop = threading.Event()
        calls = []

        def verb(on):
            calls.append(on)
            stop.set()

        periodic.run_forever([minutely(verb)], stop=stop)

        self.assertEqual(len(calls), 1)
        self.assertEqual(JobHeartbeat.objects.get().last_result, JobHeartbeat.OK)

    def test_expects_nothing_of_a_job_that_left_the_table(self):
        JobHeartbeat.objects.create(name="gone", expected_by=at(8))
        stop = threading.Event()
        stop.set()

        periodic.run_forever([minutely(print)], stop=stop)

        self.assertIsNone(JobHeartbeat.objects.get(name="gone").expected_by)
