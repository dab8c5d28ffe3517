"""The second factor: codes of an app, recovery codes, and the day both are lost."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import RecoveryCode, User
from accounts.roles import ROLES
from accounts.signin import second_factor
from base.models import AuditEntry
from tests.city import PASSWORD, CityClient, CityTestCase, fresh, person, with_app

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
HOME, LOGIN = "/quan-tri/", "/quan-tri/login/"
VERIFY, ENROL, FACTOR = "/quan-tri/xac-thuc/", "/quan-tri/xac-thuc/cai-dat/", "/quan-tri/xac-thuc/doi/"
STEP = timedelta(seconds=30)
CODES = re.compile(r"<li><code>([a-z0-9]{5}-[a-z0-9]{5})</code>")


class SecondFactor(CityTestCase):
    client_class = Client

    def setUp(self):
        self.clock = self.enterContext(time_machine.travel(MORNING, tick=False))
        User.objects.update(password_changed_at=MORNING)
        self.head = self.cast.head

    def give_password(self, user=None, client=None) -> Client:
        client = client or Client()
        client.post(LOGIN, {"username": (user or self.head).username, "password": PASSWORD})
        return client

    def enrol(self, user=None) -> tuple[Client, list[str]]:
        """Sign in for the first time; return the session and the recovery codes."""
        client = self.give_password(user)
        client.get(ENROL)
        code = second_factor.present_code(TOTPDevice.objects.get(user=user or self.head, confirmed=False))
        answer = client.post(ENROL, {"code": code})
        self.clock.shift(STEP)
        return client, CODES.findall(answer.content.decode())

    def test_is_compulsory_for_every_role_that_approves_removes_opens_or_administers(self):
        wanted = {"deputy_head", "head", "standing_office", "ward_approver", "duty", "technical_admin"}
        found = {role.key for role in ROLES.values() if role.capabilities & second_factor.COMPULSORY_FOR}

        self.assertEqual(found, wanted)
        self.assertTrue(second_factor.is_compulsory(self.cast.superuser))
        self.assertFalse(second_factor.is_compulsory(self.cast.contributor))

    def test_shows_the_secret_as_a_picture_made_here_and_as_letters(self):
        client = self.give_password()

        answer = client.get(ENROL)

        self.assertContains(answer, 'src="data:image/svg+xml;base64,')
        self.assertRegex(answer.content.decode(), r'sign-in__secret">(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}<')
        self.assertEqual(answer["Cache-Control"], "no-store, private")

    def test_a_reloaded_picture_keeps_its_secret(self):
        client = self.give_password()

        first, second = (re.findall(r"sign-in__secret\">([^<]+)", client.get(ENROL).content.decode()) for _ in "12")

        self.assertEqual(first, second)

    def test_enrolment_gives_ten_recovery_codes_once_and_tells_the_person(self):
        client, codes = self.enrol()

        self.assertEqual(len(set(codes)), 10)
        self.assertEqual(client.get(HOME).status_code, 200)
        self.assertNotIn(codes[0].replace("-", ""), str(list(RecoveryCode.objects.values())))
        self.assertEqual(mail.outbox[-1].to, [self.head.email])
        self.assertTrue(AuditEntry.objects.filter(action="account.second_factor").exists())

    def test_a_wrong_code_enrols_nobody(self):
        client = self.give_password()
        client.get(ENROL)

        answer = client.post(ENROL, {"code": "000000"})

        self.assertContains(answer, second_factor.WRONG_CODE)
        self.assertIsNone(second_factor.device_of(self.head))
        self.assertEqual(client.get(HOME).status_code, 302)

    def test_a_code_works_once(self):
        device = with_app(self.head)
        code = second_factor.present_code(device)

        first = self.give_password().post(VERIFY, {"code": code})
        again = self.give_password().post(VERIFY, {"code": code})

        self.assertRedirects(first, HOME, fetch_redirect_response=False)
        self.assertContains(again, second_factor.WRONG_CODE)

    def test_an_old_code_is_wrong(self):
        device = with_app(self.head)
        code = second_factor.present_code(device)
        self.clock.shift(4 * STEP)

        self.assertContains(self.give_password().post(VERIFY, {"code": code}), second_factor.WRONG_CODE)

    def test_a_code_typed_with_spaces_is_taken(self):
        code = second_factor.present_code(with_app(self.head))

        answer = self.give_password().post(VERIFY, {"code": f" {code[:3]} {code[3:]} "})

        self.assertRedirects(answer, HOME, fetch_redirect_response=False)

    def test_a_recovery_code_works_once_in_any_case_and_is_mailed(self):
        _client, codes = self.enrol()
        mail.outbox.clear()

        first = self.give_password().post(VERIFY, {"code": codes[0].upper().replace("-", " ")})
        again = self.give_password().post(VERIFY, {"code": codes[0]})

        self.assertRedirects(first, HOME, fetch_redirect_response=False)
        self.assertContains(again, second_factor.WRONG_CODE)
        self.assertIn("mã khôi phục", mail.outbox[0].subject)
        self.assertEqual(second_factor.codes_left(self.head), 9)

    def test_somebody_else_s_recovery_code_is_wrong(self):
        _client, codes = self.enrol()
        self.enrol(self.cast.deputy)

        answer = self.give_password(self.cast.deputy).post(VERIFY, {"code": codes[0]})

        self.assertContains(answer, second_factor.WRONG_CODE)

    def test_who_has_an_app_cannot_install_another_without_showing_it(self):
        client, _codes = self.enrol()
        before = TOTPDevice.objects.get(user=self.head).key

        shown = client.get(ENROL)
        sent = client.post(ENROL, {"code": "123456"})

        for answer in (shown, sent):
            self.assertRedirects(answer, FACTOR, fetch_redirect_response=False)
        self.assertEqual(TOTPDevice.objects.get(user=self.head).key, before)

    def test_another_telephone_takes_the_place_of_the_former_after_its_code(self):
        client, old_codes = self.enrol()
        old = second_factor.device_of(self.head)
        elsewhere = self.give_password()
        elsewhere.post(VERIFY, {"code": second_factor.present_code(old)})
        self.clock.shift(STEP)

        answer = client.post(FACTOR, {"code": second_factor.present_code(old), "what": "app"})
        client.get(ENROL)
        new = TOTPDevice.objects.get(user=self.head, confirmed=False)
        done = client.post(ENROL, {"code": second_factor.present_code(new)})

        self.assertRedirects(answer, ENROL, fetch_redirect_response=False)
        self.assertEqual(len(CODES.findall(done.content.decode())), 10)
        self.assertEqual(second_factor.device_of(self.head).pk, new.pk)
        self.assertEqual(elsewhere.get(HOME).status_code, 302)
        self.assertEqual(second_factor.verify(self.head, old_codes[1], on=MORNING), "")

    def test_new_recovery_codes_end_the_old_ones(self):
        client, old_codes = self.enrol()
        code = second_factor.present_code(second_factor.device_of(self.head))

        answer = client.post(FACTOR, {"code": code, "what": "codes"})
        new_codes = CODES.findall(answer.content.decode())

        self.assertEqual(len(new_codes), 10)
        self.assertEqual(second_factor.verify(self.head, old_codes[0], on=MORNING), "")
        self.assertEqual(second_factor.verify(self.head, new_codes[0], on=MORNING), "recovery")

    def test_a_wrong_code_replaces_nothing(self):
        client, _codes = self.enrol()

        for what in ("app", "codes"):
            self.assertContains(client.post(FACTOR, {"code": "000000", "what": what}), second_factor.WRONG_CODE)
        self.assertRedirects(client.get(ENROL), FACTOR, fetch_redirect_response=False)

    def test_who_need_not_have_one_may_have_one(self):
        client = self.give_password(self.cast.contributor)
        client.get(ENROL)
        device = TOTPDevice.objects.get(user=self.cast.contributor, confirmed=False)
        client.post(ENROL, {"code": second_factor.present_code(device)})

        later = self.give_password(self.cast.contributor).get(HOME)

        self.assertEqual(client.get(HOME).status_code, 200)
        self.assertTrue(later["Location"].startswith(VERIFY))


class Lost(CityTestCase):
    client_class = CityClient

    def setUp(self):
        self.admin, self.head = self.cast.technical_admin, self.cast.head
        with_app(self.head)
        self.address = f"/quan-tri/phan-cong/nguoi/{self.head.pk}/dat-lai-xac-thuc/"

    def test_the_technical_admin_takes_it_after_a_look_at_who_it_is(self):
        theirs = CityClient()
        theirs.force_login(self.head)
        self.client.force_login(self.admin)

        shown = self.client.get(self.address)
        self.client.post(self.address)

        self.assertContains(shown, self.head.get_full_name())
        self.assertIsNone(second_factor.device_of(self.head))
        self.assertEqual(theirs.get(HOME).status_code, 302)
        self.assertEqual(mail.outbox[-1].to, [self.head.email])
        entry = AuditEntry.objects.get(action="account.second_factor_reset")
        self.assertEqual((entry.actor_id, entry.object_id), (self.admin.pk, str(self.head.pk)))

    def test_the_next_sign_in_installs_a_new_one(self):
        # The city may have been built at another moment: no password is due today.
        User.objects.update(password_changed_at=timezone.now())
        second_factor.reset_second_factor(self.head, by=self.admin, on=MORNING)
        client = Client()

        answer = client.post(LOGIN, {"username": self.head.username, "password": PASSWORD})

        self.assertTrue(answer["Location"].startswith(ENROL))

    def test_nobody_else_takes_it_nobody_his_own_and_only_a_superuser_a_superuser_s(self):
        with_app(self.admin), with_app(self.cast.superuser)
        closed = person("quan-tri-cu", "Cán bộ mẫu 22", "technical_admin", self.city.site)
        closed.is_active = False
        closed.save()

        for by, user in (
            (self.cast.contributor, self.head),
            (self.cast.deputy, self.head),
            (self.cast.ward_approver, self.head),
            (self.admin, self.admin),
            (self.admin, self.cast.superuser),
            (closed, self.head),
        ):
            with self.subTest(by=by.username, user=user.username), self.assertRaises(PermissionDenied):
                second_factor.reset_second_factor(user, by=fresh(by), on=MORNING)

    def test_the_screen_is_not_there_for_others(self):
        for user in (self.cast.contributor, self.cast.unit_head, self.cast.deputy):
            self.client.force_login(user)
            for answer in (self.client.get(self.address), self.client.post(self.address)):
                with self.subTest(who=user.username, method=answer.wsgi_request.method):
                    self.assertIn(answer.status_code, (302, 404))
                    self.assertNotIn(self.head.get_full_name(), answer.content.decode())
        self.assertIsNotNone(second_factor.device_of(self.head))
