"""The account at the identity provider that opens a person's: joined by the person alone, ended by several."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import override_settings
from django.urls import reverse

from accounts import appointments, decisions
from accounts.models import JoinedSignIn, User
from accounts.signin import links
from accounts.signin.single_sign_on import joining
from accounts.signin.single_sign_on.joining import Subject
from base.models import AuditEntry
from base.operations.backup import ended
from tests.city import PASSWORD, CityTestCase, fresh

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
ISSUER, NAME = "https://dang-nhap.example.invalid", "hệ thống đăng nhập chung của tỉnh"
SUBJECT = Subject.of(ISSUER, "079200001234")
ACCOUNT, SEPARATE = "/quan-tri/account/", "/quan-tri/dang-nhap-chung/bo-gan/"
NEW_PASSWORD = "Cau.Rong-7.Bac"


@override_settings(PORTAL_OIDC_ISSUER=ISSUER, PORTAL_OIDC_NAME=NAME)
class JoiningCase(CityTestCase):
    def setUp(self):
        self.clock = self.enterContext(time_machine.travel(MORNING, tick=False))
        User.objects.update(password_changed_at=MORNING)
        self.writer = fresh(self.cast.contributor)

    def joined(self, person=None, subject=SUBJECT) -> JoinedSignIn:
        person = person or self.writer
        return joining.join(person, subject, by=person, on=MORNING)


class Joining(JoiningCase):
    def test_is_recorded_mailed_and_stores_no_name_of_the_provider_for_the_person(self):
        joined = self.joined()

        self.assertEqual(joining.person_of(SUBJECT), self.writer)
        stored = " ".join(str(value) for value in JoinedSignIn.objects.values_list()[0])
        self.assertNotIn("079200001234", stored)
        self.assertEqual(joined.digest, Subject.of(ISSUER, "079200001234").digest)
        self.assertEqual([mail.outbox[0].to, len(mail.outbox)], [[self.writer.email], 1])
        self.assertIn("vừa được gắn với đăng nhập chung", mail.outbox[0].subject)
        entry = AuditEntry.objects.get(action="account.sign_in_joined")
        self.assertEqual((entry.actor_id, entry.detail), (self.writer.pk, {"what": ISSUER}))

    def test_is_the_person_s_own_and_nothing_that_two_others_could_do(self):
        for by in (self.cast.technical_admin, self.cast.superuser, self.cast.head):
            with self.subTest(by=by.username), self.assertRaises(PermissionDenied):
                joining.join(self.writer, SUBJECT, by=by, on=MORNING)
        self.assertFalse(JoinedSignIn.objects.exists())

    def test_an_account_of_last_resort_hangs_on_no_provider(self):
        with self.assertRaises(PermissionDenied):
            self.joined(self.cast.superuser)

    def test_one_account_there_opens_one_account_here(self):
        self.joined()

        with self.assertRaisesMessage(ValidationError, "đã gắn với tài khoản của người khác"):
            self.joined(self.cast.head)
        self.assertEqual(joining.person_of(SUBJECT), self.writer)

    def test_the_same_name_at_another_provider_is_another_person(self):
        self.joined()

        self.assertIsNone(joining.person_of(Subject.of("https://khac.example.invalid", "079200001234")))

    def test_a_new_one_takes_the_place_of_the_former(self):
        self.joined()
        self.clock.shift(timedelta(minutes=1))
        self.joined(subject=Subject.of(ISSUER, "moi"))

        self.assertIsNone(joining.person_of(SUBJECT))
        self.assertEqual(joining.person_of(Subject.of(ISSUER, "moi")), self.writer)


class Ending(JoiningCase):
    def test_is_for_the_person_on_the_account_page(self):
        self.joined()
        self.client.force_login(self.writer)

        shown = self.client.get(ACCOUNT)
        answer = self.client.post(SEPARATE, follow=True)

        self.assertContains(shown, "Bỏ gắn đăng nhập chung")
        self.assertContains(answer, "Đã bỏ gắn đăng nhập chung.")
        self.assertContains(answer, f"Gắn {NAME}")
        self.assertFalse(JoinedSignIn.objects.exists())
        self.assertTrue(AuditEntry.objects.filter(action="account.sign_in_separated", actor_id=self.writer.pk).exists())

    def test_is_for_the_technical_admin_on_the_person_s_screen(self):
        self.joined()
        self.client.force_login(self.cast.technical_admin)
        screen = reverse("accounts_person", args=[self.writer.pk])

        shown = self.client.get(screen)
        answer = self.client.post(reverse("accounts_separate", args=[self.writer.pk]), follow=True)

        self.assertContains(shown, "Bỏ gắn đăng nhập chung")
        self.assertContains(answer, "Đã bỏ gắn đăng nhập chung của")
        self.assertNotContains(answer, 'type="submit">Bỏ gắn đăng nhập chung')
        self.assertFalse(JoinedSignIn.objects.exists())

    def test_is_for_no_other(self):
        self.joined()

        for by in (self.cast.head, self.cast.unit_head, self.cast.contributor_my_xuyen):
            with self.subTest(by=by.username), self.assertRaises(PermissionDenied):
                joining.separate(self.writer, by=by)
        self.client.force_login(self.cast.unit_head)
        self.client.post(reverse("accounts_separate", args=[self.cast.contributor_my_xuyen.pk]))
        self.assertEqual(joining.person_of(SUBJECT), self.writer)

    def test_comes_with_the_last_appointment_and_a_new_one_does_not_bring_it_back(self):
        self.joined()
        (appointment,) = self.writer.appointments.all()
        admin = self.cast.technical_admin
        decision = decisions.record_decision(
            by=admin,
            number="30/QĐ-UBND",
            signed_on=MORNING.date(),
            title="Thôi phân công",
            kind="end",
            issuing_body="Ủy ban nhân dân thành phố Long Xuyên",
        )

        appointments.revoke(appointment, by=admin, decision=decision, reason="Thôi nhiệm vụ")

        self.assertFalse(fresh(self.writer).is_active)
        self.assertIsNone(joining.person_of(SUBJECT))

    def test_comes_with_a_password_chosen_by_a_link(self):
        self.joined()
        address = links._address("accounts_reset", self.writer, links.RESET_TOKENS).split("//", 1)[1].partition("/")[2]

        form = self.client.get(f"/{address}", follow=True)
        sent = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
        self.client.post(form.request["PATH_INFO"], sent)

        self.assertTrue(fresh(self.writer).check_password(NEW_PASSWORD))
        self.assertFalse(JoinedSignIn.objects.exists())

    def test_a_password_changed_by_its_owner_leaves_it(self):
        self.joined()
        self.client.force_login(self.writer)

        sent = {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}
        self.client.post("/quan-tri/doi-mat-khau/", sent)

        self.assertTrue(fresh(self.writer).check_password(NEW_PASSWORD))
        self.assertEqual(joining.person_of(SUBJECT), self.writer)

    def test_is_done_again_after_an_older_copy_of_the_database_was_put_back(self):
        before = self.joined()
        self.clock.shift(timedelta(hours=1))
        with self.captureOnCommitCallbacks(execute=True):
            joining.separate(self.writer, by=self.writer)
        JoinedSignIn.objects.bulk_create([before])

        found = ended.replay(MORNING, on=MORNING + timedelta(hours=2))

        self.assertEqual([reason for _entry, reason in found], [""])
        self.assertFalse(JoinedSignIn.objects.exists())


class WithoutAProvider(CityTestCase):
    def test_nothing_of_it_is_there(self):
        self.assertNotContains(self.client.get("/quan-tri/login/"), "dang-nhap-chung")
        self.client.force_login(self.cast.contributor)
        self.assertNotContains(self.client.get(ACCOUNT), "Đăng nhập chung")
        for name in ("accounts_sso", "accounts_sso_back", "accounts_sso_join", "accounts_sso_leave"):
            with self.subTest(name):
                self.assertEqual(self.client.get(reverse(name)).status_code, 404)
