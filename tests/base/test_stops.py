"""When the portal did not run: known by the gaps in its periodic work, kept once each."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.test import TestCase

from base.models import JobHeartbeat, PortalStop
from base.operations import stops
from base.operations.periodic import LONG, PROMPT
from home.jobs import JOBS

BEGAN = datetime(2026, 3, 2, 8, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


def ran(at: datetime, *, lane: str = PROMPT, name: str = "send_mail") -> None:
    """Let a job have ended at a moment."""
    JobHeartbeat.objects.update_or_create(
        name=name, defaults={"last_started": at, "last_finished": at, "lane": lane, "last_result": JobHeartbeat.OK}
    )


class Stops(TestCase):
    def setUp(self):
        stops.note(on=BEGAN)

    def after(self, **length) -> datetime:
        return BEGAN + timedelta(**length)

    def kept(self) -> list[tuple[datetime, datetime]]:
        return [(stop.began_at, stop.ended_at) for stop in stops.between(BEGAN, self.after(days=1))]

    def test_are_noted_from_the_first_run_of_the_job_on(self):
        self.assertEqual(stops.noted_since(), BEGAN)
        self.assertEqual(stops.between(self.after(days=-1), self.after(days=1)), [])

    def test_what_runs_each_minute_leaves_none(self):
        for minute in range(1, 5):
            ran(self.after(minutes=minute))
            self.assertIsNone(stops.note(on=self.after(minutes=minute, seconds=30)))

        self.assertEqual(self.kept(), [])

    def test_a_restart_is_shorter_than_a_stop(self):
        ran(BEGAN)

        self.assertIsNone(stops.note(on=BEGAN + stops.STOPPED_AFTER))
        self.assertIsNotNone(stops.note(on=BEGAN + stops.STOPPED_AFTER + timedelta(seconds=1)))

    def test_a_gap_reaches_from_what_ran_last_to_what_runs_again_and_is_kept_once(self):
        ran(self.after(minutes=10))
        ran(self.after(hours=3), lane=LONG, name="read_files")
        stops.note(on=self.after(hours=3))
        # The others of the round have not run yet when it is asked again.
        self.assertIsNone(stops.note(on=self.after(hours=3, minutes=1)))

        self.assertEqual(self.kept(), [(self.after(minutes=10), self.after(hours=3))])

    def test_the_job_runs_before_the_others_of_its_lane(self):
        self.assertEqual(next(job.name for job in JOBS if job.lane == PROMPT), stops.JOB)

    def test_only_what_reaches_into_a_time_is_of_it(self):
        PortalStop.objects.create(began_at=self.after(hours=1), ended_at=self.after(hours=2))

        self.assertEqual(len(stops.between(self.after(hours=1, minutes=30), self.after(days=1))), 1)
        self.assertEqual(stops.between(self.after(hours=2), self.after(days=1)), [])
        self.assertEqual(stops.between(BEGAN, self.after(hours=1)), [])
