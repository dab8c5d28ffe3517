"""The audit trail: what is written, about whom, and what never is."""

from datetime import UTC, date, datetime

import time_machine
from django.test import SimpleTestCase
from wagtail.models import ModelLogEntry, PageLogEntry

from accounts.models import Appointment, RoleGroup
from base.audit import trail as audit
from base.chain import keys
from base.chain.canonical_json import content_digest
from base.models import AuditEntry
from tests import factories
from tests.city import CityTestCase, publish
from workflows.models import ArchiveCopy

NOON = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)


class Record(CityTestCase):
    def test_takes_actor_site_and_object_from_what_it_is_given(self):
        home = self.city.my_long.home_page()

        entry = audit.record("draft.seen", by=self.cast.contributor, obj=home)

        self.assertEqual(entry.actor_name, "Cán bộ mẫu 01 (cong-tac-vien.my-long)")
        self.assertEqual(entry.actor_text, "Cộng tác viên · Mỹ Long · 01/QĐ-UBND ngày 12/06/2020")
        self.assertEqual(entry.site_slug, "my-long")
        self.assertEqual((entry.object_type, entry.object_id), ("home.WardHomePage", str(home.pk)))

    def test_a_role_without_a_decision_says_so(self):
        Appointment.objects.filter(person=self.cast.contributor).update(state=Appointment.State.ENDED)

        entry = audit.record("draft.seen", by=self.cast.contributor)

        self.assertEqual(entry.actor_text, "Cộng tác viên · Mỹ Long · không có quyết định phân công")

    def test_what_is_signed_is_what_the_database_gives_back(self):
        detail = {
            "a\x00b": "nửa \ud800 ký tự",
            "tỉ lệ": 1e16,
            "số": 10**17,
            "danh sách": ({"x": None}, True, date(2020, 6, 15)),
        }

        entry = audit.record("draft.seen", by=self.cast.head, object_label="Bài\x00", detail=detail)

        row = AuditEntry.objects.filter(pk=entry.pk).values(*audit.FIELDS).get()
        self.assertTrue(keys.wrote_entry(row, keys.keys()))
        self.assertEqual(row["object_label"], "Bài\ufffd")
        # A moment that somebody made unreadable comes back as None.
        changed = [("action", "refused"), ("at", NOON), ("at", None), ("detail", {}), ("actor_id", None)]
        for name, value in changed:
            with self.subTest(f"{name}: {value}"):
                self.assertFalse(keys.wrote_entry({**row, name: value}, keys.keys()))

    def test_a_refused_screen_is_one_entry_whether_it_is_hidden_or_leads_back(self):
        for address, status in (("/quan-tri/users/", 404), ("/quan-tri/nhat-ky-kiem-tra/", 302)):
            with self.subTest(address):
                self.client.force_login(self.cast.contributor)

                answer = self.client.get(address)

                entry = AuditEntry.objects.get(action="refused", detail__path=address)
                self.assertEqual(answer.status_code, status)
                self.assertEqual(entry.actor_id, self.cast.contributor.pk)
                self.assertEqual(entry.site_slug, "my-long")


class Late(SimpleTestCase):
    def setUp(self):
        self.enterContext(time_machine.travel(NOON, tick=False))
        self.bounds = audit.Bounds()

    def test_one_address_is_written_ten_times_a_minute_and_then_at_every_doubling(self):
        written = [count for count in (self.bounds.admit("203.0.113.7", "refused") for _ in range(100)) if count]

        self.assertEqual(written, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 40, 80])

    def test_one_address_alone_cannot_silence_the_trail_for_the_others(self):
        for _ in range(20_000):
            self.bounds.admit("203.0.113.7", "refused")

        self.assertEqual(self.bounds.admit("198.51.100.9", "refused"), 1)

    def test_all_addresses_of_one_subscriber_of_ipv6_are_one(self):
        written = sum(bool(self.bounds.admit(f"2001:db8::{n:x}", "refused")) for n in range(1, 101))

        self.assertEqual(written, 13)

    def test_many_addresses_together_are_bounded_too(self):
        written = sum(bool(self.bounds.admit(f"10.{n // 250}.{n % 250}.1", "refused")) for n in range(5_000))

        self.assertLessEqual(written, audit.Bounds.FULL_FOR_ALL + 10)


class Mirror(CityTestCase):
    def test_a_saved_draft_is_one_entry_with_the_digests_of_both_versions(self):
        page = factories.article(self.city.section(self.city.my_long), by=self.cast.contributor)
        first = page.get_latest_revision()
        page.title = "Tên khác"
        second = page.save_revision(user=self.cast.contributor, log_action=True)

        entry = AuditEntry.objects.get(action="wagtail.edit")

        self.assertEqual(entry.before, content_digest(page, first.content))
        self.assertEqual(entry.after, content_digest(page, second.content))
        self.assertEqual(entry.actor_id, self.cast.contributor.pk)
        self.assertEqual(entry.site_slug, "my-long")

    def test_every_line_of_wagtails_log_is_mirrored_exactly_once(self):
        # The archive bears witness by an entry of its own.
        mirrored = AuditEntry.objects.exclude(action="archive.kept")
        before = mirrored.count(), PageLogEntry.objects.count() + ModelLogEntry.objects.count()
        page = factories.article(self.city.section(self.city.my_long), by=self.cast.contributor)

        publish(page, by=self.cast.contributor)

        after = mirrored.count(), PageLogEntry.objects.count() + ModelLogEntry.objects.count()
        self.assertEqual(after[0] - before[0], after[1] - before[1])
        self.assertGreater(after[1] - before[1], 2)
        published = AuditEntry.objects.get(action="portal.publish", object_id=str(page.pk))
        self.assertEqual(published.after, ArchiveCopy.objects.get(object_id=str(page.pk)).content_digest)

    def test_a_group_given_or_taken_is_written_down_whichever_side_gives_it(self):
        group = RoleGroup.objects.get(role="editor", site=self.city.site).group

        self.cast.contributor.groups.add(group)
        group.user_set.remove(self.cast.contributor)

        given, taken = AuditEntry.objects.filter(action__startswith="rights.").order_by("-id")[:2][::-1]
        self.assertEqual((given.action, taken.action), ("rights.granted", "rights.withdrawn"))
        self.assertEqual(given.object_id, str(self.cast.contributor.pk))
        self.assertEqual(given.detail, {"groups": [group.name]})
