"""Signing in: the way through the steps, the same answer for every name, and what the trail keeps of it."""

from datetime import datetime
from zoneinfo import ZoneInfo

import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from accounts.models import PortalSession, User
from accounts.signin import second_factor
from base.models import AuditEntry
from config.settings import base as production
from tests.city import PASSWORD, CityTestCase, person, with_app

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
NEW_PASSWORD = "Cau.Rong-7.Bac"
LOGIN, HOME = "/quan-tri/login/", "/quan-tri/"
WRONG = "Tên đăng nhập hoặc mật khẩu không đúng. Hãy nhập lại cả hai."


class CountingHasher(MD5PasswordHasher):
    """Counts how often a password is hashed: each time costs a real hasher the same."""

    algorithm = "counting"
    times = 0

    def encode(self, password, salt):
        CountingHasher.times += 1
        return super().encode(password, salt)


def sign_in(client: Client, user: User, password: str = PASSWORD, **fields):
    """Send the sign-in form."""
    return client.post(LOGIN, {"username": user.username, "password": password, **fields})


class WayIn(CityTestCase):
    client_class = Client

    def setUp(self):
        self.enterContext(time_machine.travel(MORNING, tick=False))
        User.objects.update(password_changed_at=MORNING, must_change_password=False)

    def test_who_only_writes_is_in_after_his_password(self):
        answer = sign_in(self.client, self.cast.contributor)

        self.assertRedirects(answer, HOME)
        self.assertEqual(self.client.get(HOME).status_code, 200)

    def test_goes_on_to_the_address_that_was_asked_for_but_to_no_other_house(self):
        for wanted, place in (
            ("/quan-tri/pages/", "/quan-tri/pages/"),
            ("https://example.com/quan-tri/", HOME),
            ("//example.com/quan-tri/", HOME),
            ("/my-long/", HOME),
            ("/quan-tri/logout/", HOME),
            ("javascript:alert(1)", HOME),
        ):
            with self.subTest(wanted=wanted):
                answer = sign_in(Client(), self.cast.contributor, next=wanted)

                self.assertEqual(answer["Location"], place)

    def test_who_approves_publishes_or_administers_must_install_a_second_factor_first(self):
        for name in ("head", "deputy", "ward_approver", "standing_office", "technical_admin", "superuser"):
            with self.subTest(who=name):
                client = Client()
                answer = sign_in(client, getattr(self.cast, name))

                self.assertTrue(answer["Location"].startswith("/quan-tri/xac-thuc/cai-dat/"), answer["Location"])
                self.assertTrue(client.get(HOME)["Location"].startswith("/quan-tri/xac-thuc/cai-dat/"))

    def test_who_has_a_second_factor_is_in_only_after_its_code(self):
        device = with_app(self.cast.head)
        sign_in(self.client, self.cast.head)

        before = self.client.get(HOME)
        answer = self.client.post("/quan-tri/xac-thuc/", {"code": second_factor.present_code(device)})

        self.assertTrue(before["Location"].startswith("/quan-tri/xac-thuc/?"))
        self.assertRedirects(answer, HOME)

    def test_password_alone_opens_no_screen_of_the_administration(self):
        with_app(self.cast.head)
        sign_in(self.client, self.cast.head)
        article = self.city.section(self.city.my_long)

        for path in (
            HOME,
            "/quan-tri/account/",
            f"/quan-tri/pages/{article.pk}/edit/",
            "/quan-tri/duyet/",
            "/quan-tri/van-ban-giu-lai/",
            "/quan-tri/phan-cong/",
            "/quan-tri/xac-thuc/cai-dat/",
            "/quan-tri/doi-mat-khau/",
            "/quan-tri/xac-thuc/doi/",
        ):
            with self.subTest(path=path):
                answer = self.client.get(path)

                self.assertEqual(answer.status_code, 302)
                self.assertTrue(answer["Location"].startswith("/quan-tri/xac-thuc/?"), answer["Location"])

    def test_first_use_demands_a_new_password_before_anything_else(self):
        user = self.cast.contributor
        User.objects.filter(pk=user.pk).update(must_change_password=True)

        answer = sign_in(self.client, user)
        shown = self.client.get(answer["Location"])
        elsewhere = self.client.get(HOME)
        self.client.post(
            "/quan-tri/doi-mat-khau/",
            {"old_password": PASSWORD, "new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD},
        )

        self.assertTrue(answer["Location"].startswith("/quan-tri/doi-mat-khau/"))
        self.assertContains(shown, "Đây là lần đầu dùng tài khoản")
        self.assertTrue(elsewhere["Location"].startswith("/quan-tri/doi-mat-khau/"))
        self.assertEqual(self.client.get(HOME).status_code, 200)

    def test_every_step_gives_the_session_a_new_key(self):
        device = with_app(self.cast.head)
        keys = []
        self.client.get(LOGIN)
        sign_in(self.client, self.cast.head)
        keys.append(self.client.cookies["sessionid"].value)
        self.client.post("/quan-tri/xac-thuc/", {"code": second_factor.present_code(device)})
        keys.append(self.client.cookies["sessionid"].value)
        stranger = Client()
        stranger.cookies["sessionid"] = keys[0]

        self.assertNotEqual(*keys)
        self.assertEqual(stranger.get(HOME).status_code, 302)

    def test_a_key_chosen_by_somebody_else_is_not_taken(self):
        self.client.cookies["sessionid"] = "a" * 32
        sign_in(self.client, self.cast.contributor)

        self.assertNotEqual(self.client.cookies["sessionid"].value, "a" * 32)

    def test_nothing_is_remembered_by_the_browser(self):
        shown = self.client.get(LOGIN)
        sign_in(self.client, self.cast.contributor)
        cookie = self.client.cookies["sessionid"]

        self.assertContains(shown, 'autocomplete="off"', count=3)
        self.assertNotContains(shown, "remember")
        self.assertEqual(shown["Cache-Control"], "no-store, private")
        self.assertEqual((cookie["max-age"], cookie["expires"]), ("", ""))
        self.assertTrue(cookie["httponly"])

    def test_sign_in_form_is_refused_without_its_token(self):
        client = Client(enforce_csrf_checks=True)

        self.assertEqual(sign_in(client, self.cast.contributor).status_code, 403)

    def test_who_signed_in_in_another_window_is_led_on_by_the_older_form(self):
        client = Client(enforce_csrf_checks=True)
        client.force_login(self.cast.contributor)

        answer = sign_in(client, self.cast.contributor)

        self.assertRedirects(answer, LOGIN, fetch_redirect_response=False)

    def test_screens_load_nothing_inline_and_nothing_from_elsewhere(self):
        for path in (LOGIN, "/quan-tri/password_reset/"):
            text = self.client.get(path).content.decode()
            with self.subTest(path=path):
                self.assertNotRegex(text, r"<script(?![^>]*\bsrc=)")
                self.assertNotRegex(text, r'\bstyle="|\bon\w+="|(?:src|href)="(?:https?:)?//')

    def test_whoever_is_in_already_is_led_on_from_the_sign_in_screen(self):
        sign_in(self.client, self.cast.contributor)

        self.assertRedirects(self.client.get(LOGIN), HOME)


class SameAnswer(CityTestCase):
    client_class = Client

    def setUp(self):
        self.closed = person("da-nghi", "Cán bộ mẫu 20")
        self.closed.is_active = False
        self.closed.save()
        self.without = person("chua-kich-hoat", "Cán bộ mẫu 21")
        self.without.set_unusable_password()
        self.without.save()

    def names(self):
        return (self.cast.contributor.username, "khong-co-ai", self.closed.username, self.without.username)

    def test_known_unknown_and_closed_names_get_the_same_words(self):
        texts = set()
        for name in self.names():
            answer = Client().post(LOGIN, {"username": name, "password": "sai-mat-khau"})
            self.assertContains(answer, WRONG)
            texts.add(
                answer.content.decode().replace(f'value="{name}"', "").split("<form", 1)[1].split("_password", 1)[1]
            )

        self.assertEqual(len(texts), 1)

    def test_a_closed_account_gets_the_same_words_with_its_right_password(self):
        answer = self.client.post(LOGIN, {"username": self.closed.username, "password": PASSWORD})

        self.assertContains(answer, WRONG)

    @override_settings(PASSWORD_HASHERS=[f"{__name__}.CountingHasher"])
    def test_every_name_costs_the_same_work(self):
        for user in (self.cast.contributor, self.closed):
            user.set_password(PASSWORD)
            user.save()
        costs = {}
        for name in self.names():
            CountingHasher.times = 0
            with CaptureQueriesContext(connection) as queries:
                Client().post(LOGIN, {"username": name, "password": "sai-mat-khau"})
            costs[name] = CountingHasher.times, len(queries)

        self.assertEqual({times for times, _count in costs.values()}, {1}, costs)
        self.assertEqual(len({count for _times, count in costs.values()}), 1, costs)

    def test_production_hashes_with_argon2(self):
        self.assertEqual(production.PASSWORD_HASHERS[0], "django.contrib.auth.hashers.Argon2PasswordHasher")


class Trail(CityTestCase):
    client_class = Client

    def setUp(self):
        self.enterContext(time_machine.travel(MORNING, tick=False))
        User.objects.update(password_changed_at=MORNING)

    def actions(self) -> list[tuple]:
        found = AuditEntry.objects.filter(action__startswith="session.").order_by("pk")
        return list(found.values_list("action", "result"))

    def test_keeps_sign_ins_codes_and_sign_outs(self):
        device = with_app(self.cast.head)
        sign_in(self.client, self.cast.head)
        self.client.post("/quan-tri/xac-thuc/", {"code": second_factor.present_code(device)})
        self.client.post("/quan-tri/logout/")

        self.assertEqual(self.actions(), [("session.second_factor", "ok"), ("session.in", "ok"), ("session.out", "ok")])
        entry = AuditEntry.objects.get(action="session.in")
        self.assertIn(self.cast.head.username, entry.actor_name)
        self.assertEqual(entry.address, "127.0.0.1")

    def test_keeps_wrong_passwords_without_what_was_typed(self):
        sign_in(self.client, self.cast.head, "Bi-mat-cua-toi.1")
        self.client.post(LOGIN, {"username": "Bi-mat-go-nham.1", "password": "x"})

        known, unknown = AuditEntry.objects.filter(action="session.failed").order_by("pk")
        self.assertIn(self.cast.head.username, known.actor_name)
        self.assertEqual(unknown.actor_name, "không rõ")
        for entry in (known, unknown):
            self.assertEqual(entry.result, "failed")
            self.assertNotIn("Bi-mat", str([entry.detail, entry.object_label, entry.actor_name]))

    def test_an_unusual_sign_in_is_recorded_and_mailed(self):
        for agent, address in (("Firefox/128.0 Windows", "10.1.1.5"), ("Firefox/129.0 Windows", "10.1.1.9")):
            client = Client(headers={"user-agent": agent}, REMOTE_ADDR=address)
            sign_in(client, self.cast.contributor)
        self.assertEqual(mail.outbox, [])

        sign_in(Client(headers={"user-agent": "Chrome/140 Android"}, REMOTE_ADDR="10.9.9.9"), self.cast.contributor)

        (letter,) = mail.outbox
        self.assertEqual(letter.to, [self.cast.contributor.email])
        self.assertIn("trình duyệt hoặc thiết bị mới; mạng mới", letter.body)
        entry = AuditEntry.objects.filter(action="session.in").order_by("pk").last()
        self.assertEqual(entry.detail["unusual"], ["trình duyệt hoặc thiết bị mới", "mạng mới"])

    def test_a_sign_in_at_night_is_unusual(self):
        sign_in(Client(), self.cast.contributor)
        with time_machine.travel(MORNING.replace(hour=23), tick=False):
            sign_in(Client(), self.cast.contributor)

        self.assertIn("đăng nhập ban đêm", mail.outbox[0].body)

    def test_keeps_no_key_of_a_session(self):
        sign_in(self.client, self.cast.contributor)
        key = self.client.cookies["sessionid"].value

        self.assertNotIn(key, str(PortalSession.objects.values().get()))
