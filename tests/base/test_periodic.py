"""Periodic work: what is due, one runner at a time, the heartbeat, and failures that stop nothing else."""

import subprocess
import sys
import threading
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import time_machine
from django.db import connection
from django.test import SimpleTestCase, TestCase, TransactionTestCase

from base import periodic
from base.models import JobHeartbeat
from base.periodic import Job

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

    def test_leaves_a_heartbeat_that_says_when_the_next_is_expected(self):
        self.run_at(at(8, 0, 5), minutely(self.verb))

        heartbeat = JobHeartbeat.objects.get(name="minutely")
        self.assertEqual(heartbeat.last_result, JobHeartbeat.OK)
        self.assertEqual((heartbeat.last_started, heartbeat.last_finished), (at(8, 0, 5), at(8, 0, 5)))
        self.assertEqual(heartbeat.expected_by, at(8, 1) + periodic.GRACE)

    def test_keeps_the_error_and_goes_on_with_the_other_jobs(self):
        broken, other = Recorder(), Recorder()
        broken.error = RuntimeError("đĩa đầy")

        with self.assertLogs("base.periodic", "ERROR"):
            ran = self.run_at(at(8), minutely(broken, "broken"), minutely(other, "other"))

        self.assertEqual(ran, ["broken", "other"])
        self.assertEqual(len(other.calls), 1)
        heartbeat = JobHeartbeat.objects.get(name="broken")
        self.assertEqual(heartbeat.last_result, JobHeartbeat.FAILED)
        self.assertTrue(heartbeat.last_error.startswith("RuntimeError: đĩa đầy\n"))

    def test_tries_a_failed_nightly_job_again_after_five_minutes_and_then_forgets_the_error(self):
        job = nightly(self.verb)
        self.verb.error = RuntimeError("một lúc")
        with self.assertLogs("base.periodic", "ERROR"):
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


class LockTests(TransactionTestCase):
    def test_a_second_runner_is_refused_and_runs_nothing(self):
        verb, refused = Recorder(), []

        def second():
            try:
                periodic.run_table([minutely(verb)], on=at(8))
            except periodic.Locked as error:
                refused.append(str(error))
            finally:
                connection.close()

        with periodic.lock():
            thread = threading.Thread(target=second)
            thread.start()
            thread.join()

        self.assertEqual((verb.calls, len(refused)), ([], 1))

    def test_is_free_again_after_use_and_after_an_error(self):
        with self.assertRaises(RuntimeError), periodic.lock():
            raise RuntimeError

        with periodic.lock():
            pass

    def test_the_death_of_the_holder_frees_it(self):
        if connection.vendor == "postgresql":
            other = connection.copy()
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s)", [periodic.ADVISORY_LOCK_KEY])
            with self.assertRaises(periodic.Locked), periodic.lock():
                pass
            other.close()
        else:
            program = [sys.executable, "-c", _HOLD, str(periodic.lock_file())]
            holder = subprocess.Popen(program, stdout=subprocess.PIPE, text=True)
            self.assertEqual(holder.stdout.readline().strip(), "held")
            with self.assertRaises(periodic.Locked), periodic.lock():
                pass
            holder.kill()
            holder.communicate()

        with periodic.lock(wait_seconds=5):
            pass


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


_HOLD = """
import fcntl, sys, time
file = open(sys.argv[1], "w")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""
