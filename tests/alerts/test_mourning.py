"""Quốc tang: by a decision, of two persons, grey from its first day to its last by itself."""

from datetime import date

import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from alerts import invariants, mourning
from alerts.models import Mourning
from base.gate import Refused
from tests.alerts.test_raising import OnDuty
from workflows.models import ArchiveCopy, RecordChange
from workflows.publishing import record_changes

GREY = " data-mourning"
TYPED = {
    "decision_number": "12/TB-TW",
    "decided_on": "28/11/2026",
    "about": "Tổ chức lễ Quốc tang",
    "first_day": "30/11/2026",
    "last_day": "01/12/2026",
}


def days(**changes) -> Mourning:
    values = {
        "decision_number": "12/TB-TW",
        "decided_on": date(2026, 11, 28),
        "about": "Tổ chức lễ Quốc tang",
        "first_day": date(2026, 11, 30),
        "last_day": date(2026, 12, 1),
    }
    return Mourning(**values | changes)


class Days(OnDuty):
    def confirmed(self, row=None) -> Mourning:
        change = mourning.propose(row or days(), by=self.cast.editor)
        record_changes.confirm(change, by=self.cast.deputy, digest=change.digest)
        return Mourning.objects.get()

    def grey_at(self, moment: str, path="/my-long/") -> bool:
        with time_machine.travel(f"{moment} +0700", tick=False):
            return GREY in self.shown(path)

    def test_make_every_page_grey_from_the_first_to_the_last_and_only_then(self):
        self.confirmed()

        for moment, wanted in (
            ("2026-11-29 23:59", False),
            ("2026-11-30 00:00", True),
            ("2026-12-01 23:59", True),
            ("2026-12-02 00:00", False),
        ):
            for path in ("/", "/my-xuyen/tin-tuc/"):
                with self.subTest(moment=moment, path=path):
                    self.assertEqual(self.grey_at(moment, path), wanted)
        self.assertEqual(invariants.violations(), [])

    def test_want_a_second_person_and_keep_a_sealed_copy(self):
        change = mourning.propose(days(), by=self.cast.editor)

        self.assertFalse(Mourning.objects.exists())
        self.assertFalse(self.grey_at("2026-11-30 09:00"))
        self.assertFalse(record_changes.may_decide(self.cast.editor, change))
        record_changes.confirm(change, by=self.cast.deputy, digest=change.digest)

        self.assertTrue(ArchiveCopy.objects.filter(object_type="alerts.Mourning").exists())

    def test_end_early_or_are_called_off_by_two_persons(self):
        row = self.confirmed()
        for changes in ({"last_day": date(2026, 11, 30)}, {"called_off": True}):
            for name, value in changes.items():
                setattr(row, name, value)
            row = self.confirmed(row)
            self.assertFalse(self.grey_at("2026-12-01 09:00"))
        self.assertFalse(self.grey_at("2026-11-30 09:00"))

    def test_are_the_citys_and_make_sense(self):
        for user in (self.cast.contributor, self.ward_duty, self.cast.technical_admin):
            with self.subTest(user.username), self.assertRaises(Refused):
                mourning.propose(days(), by=user)
        for changes in ({"last_day": date(2026, 11, 29)}, {"last_day": date(2027, 11, 30)}, {"decision_number": ""}):
            with self.subTest(changes), self.assertRaises(ValidationError):
                mourning.propose(days(**changes), by=self.cast.editor)

    def test_that_changed_meanwhile_are_refused(self):
        row = self.confirmed()
        row.about = "Lễ Quốc tang"
        change = mourning.propose(row, by=self.cast.editor)
        Mourning.objects.update(decision_number="13/TB-TW")

        with self.assertRaises(Refused):
            record_changes.confirm(change, by=self.cast.deputy, digest=change.digest)

    def test_are_proposed_on_a_screen_of_the_city(self):
        self.client.force_login(self.cast.editor)
        self.assertContains(self.client.get(reverse("alerts_mournings")), "Ghi ngày quốc tang")
        wrong = self.client.post(reverse("alerts_mourning_new"), TYPED | {"last_day": "29/11/2026"})
        self.assertContains(wrong, "Ngày cuối phải từ ngày đầu trở đi")
        self.assertContains(wrong, "12/TB-TW")
        self.client.post(reverse("alerts_mourning_new"), TYPED)
        change = RecordChange.objects.get()

        self.client.force_login(self.cast.deputy)
        screen = reverse("workflows_record_change", args=[change.pk])
        self.assertContains(self.client.get(screen), "30/11/2026")
        self.client.post(screen, {"accepted": "yes", "note": "", "digest": change.digest})

        row = Mourning.objects.get()
        self.assertTrue(self.grey_at("2026-11-30 09:00", "/"))
        self.assertContains(self.client.get(reverse("alerts_mourning", args=[row.pk])), "Đánh dấu khi ghi nhầm.")
        self.client.force_login(self.cast.contributor)
        self.assertEqual(self.client.get(reverse("alerts_mourning_new")).status_code, 404)
        self.assertNotContains(self.client.get(reverse("alerts_mournings")), "Ghi ngày quốc tang")
