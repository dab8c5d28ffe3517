"""Machines whose settings differ: the one that joined later serves nobody, and says why."""

from datetime import timedelta
from unittest import mock

from django.conf import settings
from django.db import DatabaseError
from django.test import TestCase, override_settings
from django.utils import timezone

from base.models import WebMachine
from base.operations import health
from base.operations.machines import alike


class OtherMachines(TestCase):
    """This machine beside another one, which noted itself a moment ago."""

    def other(self, *, since: timedelta, seen: timedelta = timedelta(seconds=5), **facts) -> WebMachine:
        now = timezone.now()
        return WebMachine.objects.create(
            name="may-hai", facts={**alike.facts(), **facts}, joined_at=now + since, seen_at=now - seen
        )

    def found(self) -> tuple[str, bool]:
        finding = alike.check()
        return finding.state, finding.stops_serving

    def test_one_alone_is_well(self):
        self.assertEqual(self.found()[0], health.OK)
        self.assertEqual(WebMachine.objects.count(), 1)

    def test_two_with_the_same_settings_are_well_and_counted(self):
        self.other(since=timedelta(hours=-1))

        self.assertIn("2 máy đang phục vụ", alike.check().detail)

    def test_the_one_that_joined_later_with_another_key_serves_nobody(self):
        self.other(since=timedelta(hours=-1), SECRET_KEY="khác")

        finding = alike.check()

        self.assertEqual((finding.state, finding.stops_serving), (health.FAILED, True))
        self.assertIn("SECRET_KEY", finding.detail)
        self.assertNotIn("PORTAL_PERSONAL_KEYS", finding.detail)

    def test_the_one_that_was_there_goes_on_and_says_so(self):
        self.other(since=timedelta(hours=1), PORTAL_PERSONAL_KEYS="khác")

        finding = alike.check()

        self.assertEqual(finding.state, health.WARNING)
        self.assertIn("PORTAL_PERSONAL_KEYS", finding.detail)

    def test_one_that_has_been_silent_counts_no_more(self):
        self.other(since=timedelta(hours=-1), seen=alike.SILENT_AFTER + timedelta(seconds=5), SECRET_KEY="khác")

        self.assertEqual(self.found()[0], health.OK)

    def test_one_whose_settings_changed_has_joined_anew(self):
        alike.check()
        WebMachine.objects.update(joined_at=timezone.now() - timedelta(days=1))
        with override_settings(SECRET_KEY="khoa-moi-" * 8):
            alike.announce()

        self.assertLess(timezone.now() - WebMachine.objects.get().joined_at, timedelta(minutes=1))

    def test_a_restart_with_the_same_settings_is_no_break(self):
        alike.check()
        began = timezone.now() - timedelta(minutes=30)
        WebMachine.objects.update(joined_at=began)

        alike.announce_start()

        self.assertEqual(WebMachine.objects.get().joined_at, began)

    def test_is_noted_no_more_than_three_times_a_minute(self):
        alike.check()

        with self.assertNumQueries(1):
            alike.check()

    def test_no_key_stands_in_the_row(self):
        alike.announce()

        self.assertNotIn(settings.SECRET_KEY, str(WebMachine.objects.get().facts))

    def test_who_signs_in_at_the_cache_is_no_part_of_what_must_be_alike(self):
        shared = "django.core.cache.backends.redis.RedisCache"
        with self.settings(CACHES={"default": {"BACKEND": shared, "LOCATION": "redis://:mat-khau@10.0.0.5:6379/1"}}):
            with_password = alike.facts()
        with self.settings(CACHES={"default": {"BACKEND": shared, "LOCATION": "redis://10.0.0.5:6379/1"}}):
            self.assertEqual(alike.facts(), with_password)
        with self.settings(CACHES={"default": {"BACKEND": shared, "LOCATION": "redis://10.0.0.6:6379/1"}}):
            self.assertNotEqual(alike.facts(), with_password)

    def test_one_that_went_is_dropped_in_the_end(self):
        self.other(since=timedelta(days=-90), seen=alike.REMEMBERED + timedelta(days=1))

        alike.announce()

        self.assertEqual(WebMachine.objects.count(), 1)

    def test_a_database_that_is_away_stops_no_start(self):
        with mock.patch.object(alike, "announce", side_effect=DatabaseError), self.assertLogs(alike.logger):
            alike.announce_start()
