"""Accounts that are not used: warned, suspended, reported, opened again; their open work goes to others."""

from datetime import date, timedelta
from io import BytesIO

import openpyxl
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import override_settings
from django.urls import reverse

from accounts import persons, rights
from accounts.models import User
from accounts.registers import unused
from accounts.roles import may
from base.gate import Refused
from tests.accounts.decisions import NOW, TODAY, WithDecisions, at
from tests.city import fresh
from tests.workflows.drafts import article


class WithUse(WithDecisions):
    """All accounts but one were used today."""

    def setUp(self):
        super().setUp()
        User.objects.update(last_login=NOW)

    def used(self, user, day: date):
        User.objects.filter(pk=user.pk).update(last_login=at(day))

    def look(self, day: date):
        """Run the job of a morning."""
        User.objects.exclude(pk=self.cast.contributor.pk).update(last_login=at(day))
        warned, suspended = unused.look_for_unused(on=at(day))
        return [user.username for user in warned], [user.username for user in suspended]


class Days(WithUse):
    def test_the_59th_day_is_silent_the_60th_warns_once(self):
        name = self.cast.contributor.username
        for days, expected in ((59, []), (60, [name]), (61, [])):
            with self.subTest(days):
                self.assertEqual(self.look(TODAY + timedelta(days=days)), (expected, []))

    def test_the_90th_day_suspends(self):
        name = self.cast.contributor.username
        self.look(TODAY + timedelta(days=60))

        self.assertEqual(self.look(TODAY + timedelta(days=89)), ([], []))
        self.assertEqual(self.look(TODAY + timedelta(days=90)), ([], [name]))
        self.assertEqual(self.look(TODAY + timedelta(days=91)), ([], []))

    def test_no_account_is_suspended_sooner_than_30_days_after_its_warning(self):
        self.assertEqual(self.look(TODAY + timedelta(days=200))[1], [])
        self.assertEqual(self.look(TODAY + timedelta(days=229))[1], [])
        self.assertEqual(self.look(TODAY + timedelta(days=230))[1], [self.cast.contributor.username])

    def test_a_sign_in_after_the_warning_begins_anew(self):
        self.look(TODAY + timedelta(days=60))
        self.used(self.cast.contributor, TODAY + timedelta(days=70))
        self.look(TODAY + timedelta(days=71))

        self.assertEqual(self.look(TODAY + timedelta(days=100)), ([], []))
        self.assertEqual(self.look(TODAY + timedelta(days=130))[0], [self.cast.contributor.username])

    @override_settings(PORTAL_UNUSED_WARN_DAYS=10, PORTAL_UNUSED_SUSPEND_DAYS=20)
    def test_both_days_are_settings(self):
        self.assertEqual(self.look(TODAY + timedelta(days=10))[0], [self.cast.contributor.username])
        self.assertEqual(self.look(TODAY + timedelta(days=20))[1], [self.cast.contributor.username])

    def test_who_never_signed_in_is_measured_from_the_day_of_their_right(self):
        self.appoint()
        User.objects.filter(pk=self.newcomer.pk).update(last_login=None)

        self.assertEqual(
            [use.person for use in unused.listed(TODAY + timedelta(days=60)) if not use.has_signed_in], [self.newcomer]
        )

    def test_a_superuser_and_who_has_no_appointment_are_not_looked_at(self):
        listed = {use.person.username for use in unused.uses(TODAY + timedelta(days=400))}

        self.assertNotIn(self.cast.superuser.username, listed)
        self.assertNotIn(self.newcomer.username, listed)

    def test_the_last_admin_is_warned_and_never_suspended(self):
        User.objects.update(last_login=at(TODAY))
        late = TODAY + timedelta(days=60)
        unused.look_for_unused(on=at(late))

        _warned, suspended = unused.look_for_unused(on=at(TODAY + timedelta(days=95)))

        admins = {self.admin, self.other_admin}
        self.assertEqual(len(admins - set(suspended)), 1)

    def test_the_report_costs_one_query(self):
        with self.assertNumQueries(1):
            unused.listed(TODAY + timedelta(days=60))


class Suspended(WithUse):
    def suspend(self):
        self.look(TODAY + timedelta(days=60))
        self.look(TODAY + timedelta(days=90))
        return fresh(self.cast.contributor)

    def test_it_has_no_right_although_the_appointment_stands(self):
        person = self.suspend()

        self.assertFalse(may(person, "write", self.city.my_long))
        self.assertEqual(self.of(person).state, "in_force")
        self.assertEqual(rights.violations(), [])

    def test_its_session_ends(self):
        self.client.force_login(self.cast.contributor)
        self.assertEqual(self.client.get("/quan-tri/").status_code, 200)

        self.suspend()

        self.assertEqual(self.client.get("/quan-tri/").status_code, 302)

    def test_its_open_work_goes_to_others(self):
        article(self.city, self.city.my_long, by=self.cast.contributor, title="Bản nháp dở dang")

        self.suspend()

        told = next(sent.body for sent in mail.outbox if sent.subject.startswith("Nhận bàn giao việc"))
        self.assertIn("Bản nháp dở dang", told)
        self.assertIn("tạm khóa vì lâu không dùng", told)

    def test_the_person_and_who_runs_the_portal_are_told(self):
        self.suspend()

        subjects = {sent.subject for sent in mail.outbox}
        self.assertIn(f"Tài khoản đã tạm khóa: {self.cast.contributor.username}", subjects)
        self.assertIn("Tài khoản lâu không dùng: báo 0, tạm khóa 1", subjects)

    def test_putting_rights_in_order_opens_nothing(self):
        person = self.suspend()

        persons.fix_people()

        self.assertFalse(fresh(person).is_active)

    def test_another_decision_begins_for_it_without_opening_it(self):
        person = self.suspend()

        self.appoint(person=person, site=self.city.my_xuyen)

        self.assertFalse(fresh(person).is_active)
        self.assertEqual(rights.violations(), [])


class Resumed(WithUse):
    def setUp(self):
        super().setUp()
        self.look(TODAY + timedelta(days=60))
        self.look(TODAY + timedelta(days=90))
        self.person = fresh(self.cast.contributor)

    def test_the_technical_admin_opens_it_with_a_reason_and_a_new_password_is_due(self):
        unused.resume(self.person, by=self.admin, on=at(TODAY + timedelta(days=91)), reason="Trở lại sau kỳ nghỉ")

        person = fresh(self.person)
        self.assertTrue(person.is_active)
        self.assertTrue(person.must_change_password)
        self.assertTrue(may(person, "write", self.city.my_long))
        self.assertEqual(self.look(TODAY + timedelta(days=92)), ([], []))

    def test_no_other_may_and_no_reason_is_refused(self):
        for who in ("head", "standing_office", "deputy"):
            with self.subTest(who), self.assertRaises(Refused):
                unused.resume(self.person, by=getattr(self.cast, who), reason="Trở lại")
        with self.assertRaises(ValidationError):
            unused.resume(self.person, by=self.admin, reason=" ")
        with self.assertRaises(Refused):
            unused.resume(self.cast.editor, by=self.admin, reason="Không bị khóa")

    def test_the_screens_list_it_and_open_it(self):
        self.client.force_login(self.admin)

        self.assertContains(self.client.get(reverse("accounts_unused")), "Tạm khóa từ")
        answer = self.client.post(reverse("accounts_resume", args=[self.person.pk]), {"reason": "Trở lại"}, follow=True)

        self.assertContains(answer, "đang hoạt động")
        self.assertTrue(fresh(self.person).is_active)
        answer = self.client.get(reverse("accounts_resume", args=[self.person.pk]))
        self.assertContains(answer, "không bị tạm khóa")

    def test_the_report_is_taken_as_a_spreadsheet(self):
        self.client.force_login(self.cast.standing_office)

        answer = self.client.get(reverse("accounts_unused_xlsx"))

        sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
        self.assertIn(self.person.username, [cell.value for row in sheet.iter_rows() for cell in row])
