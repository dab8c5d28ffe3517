"""Links of new accounts and of forgotten passwords."""

import re
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import time_machine
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import ResetRequest, User
from accounts.signin import links
from base.models import AuditEntry
from tests.city import PASSWORD, CityClient, CityTestCase, fresh, person
from workflows import seeding
from workflows.deadlines import workdays_after

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
NEW_PASSWORD = "Cau.Rong-7.Bac"
ASK, HOME, LOGIN = "/quan-tri/password_reset/", "/quan-tri/", "/quan-tri/login/"
SET = {"new_password1": NEW_PASSWORD, "new_password2": NEW_PASSWORD}


def link_in(letter) -> str:
    """Return the path of the link in a letter."""
    return re.search(r"https?://[^/]+(/quan-tri/\S+)", letter.body).group(1)


class ForgottenPassword(CityTestCase):
    client_class = Client

    def setUp(self):
        self.clock = self.enterContext(time_machine.travel(MORNING, tick=False))
        User.objects.update(password_changed_at=MORNING, last_login=None)
        self.user = fresh(self.cast.contributor)

    def ask(self, typed: str) -> list:
        """Ask for a new password, let the job run; return the letters it wrote."""
        mail.outbox.clear()
        self.clock.shift(timedelta(seconds=1))
        self.client.post(ASK, {"typed": typed})
        links.send_resets(on=MORNING)
        return list(mail.outbox)

    def link(self) -> str:
        (letter,) = self.ask(self.user.username)
        return link_in(letter)

    def follow(self, link: str, client=None):
        """Open a link, be led to the address without its token, send a new password."""
        client = client or Client()
        masked = client.get(link)
        return client.post(masked["Location"], SET) if masked.status_code == 302 else masked

    def test_is_answered_by_a_letter_to_the_person_by_name_or_mail_address(self):
        for typed in (self.user.username, self.user.email.upper()):
            with self.subTest(typed=typed):
                ResetRequest.objects.all().delete()
                (letter,) = self.ask(typed)

                self.assertEqual(letter.to, [self.user.email])
                self.assertIn("chỉ dùng được một lần", letter.body)
        self.assertTrue(AuditEntry.objects.filter(action="account.reset_sent").exists())

    def test_gets_the_same_answer_for_every_name_and_looks_nobody_up_in_the_request(self):
        pages, queries = set(), []
        for number, typed in enumerate((self.user.username, "khong-co-ai", "ai@example.invalid")):
            with CaptureQueriesContext(connection) as asked:
                answer = Client(REMOTE_ADDR=f"10.7.{number}.1").post(ASK, {"typed": typed})
            queries.append([query["sql"] for query in asked])
            pages.add((answer.status_code, answer["Location"]))

        self.assertEqual(pages, {(302, "/quan-tri/password_reset/done/")})
        self.assertEqual(len({len(asked) for asked in queries}), 1)
        self.assertNotIn("accounts_user", str(queries))
        self.assertEqual(mail.outbox, [])

    def test_writes_nothing_to_strangers_closed_accounts_and_people_without_an_address(self):
        User.objects.filter(pk=self.cast.editor.pk).update(is_active=False)
        User.objects.filter(pk=self.cast.deputy.pk).update(email="")

        for typed in ("khong-co-ai", self.cast.editor.username, self.cast.editor.email, self.cast.deputy.username, " "):
            with self.subTest(typed=typed):
                self.assertEqual(self.ask(typed), [])

    def test_writes_one_letter_an_hour(self):
        self.ask(self.user.username)

        self.assertEqual(self.ask(self.user.username), [])
        self.assertEqual(ResetRequest.objects.filter(handled_at=None).count(), 0)

    def test_link_sets_a_new_password_and_ends_every_session(self):
        there = Client()
        there.post(LOGIN, {"username": self.user.username, "password": PASSWORD})

        answer = self.follow(self.link())

        self.assertContains(answer, "Từ nay đăng nhập")
        self.assertTrue(fresh(self.user).check_password(NEW_PASSWORD))
        self.assertEqual(there.get(HOME).status_code, 302)

    def test_link_s_token_leaves_the_address_at_once(self):
        link = self.link()
        token = link.rstrip("/").split("/")[-1]
        client = Client()

        masked = client.get(link)
        shown = client.get(masked["Location"])

        self.assertNotIn(token, masked["Location"])
        self.assertNotContains(shown, token)
        self.assertEqual(shown["Referrer-Policy"], "same-origin")

    def test_link_works_once(self):
        link = self.link()
        self.follow(link)

        answer = self.follow(link)

        self.assertContains(answer, "Liên kết không còn dùng được", status_code=410)

    def test_link_dies_with_age_a_sign_in_new_rights_and_a_closed_account(self):
        def age():
            self.clock.shift(timedelta(hours=25))

        def sign_in():
            Client().post(LOGIN, {"username": self.user.username, "password": PASSWORD})

        def change_rights():
            User.objects.filter(pk=self.user.pk).update(credentials_epoch=77)

        def close():
            User.objects.filter(pk=self.user.pk).update(is_active=False)

        for what in (sign_in, change_rights, age, close):
            ResetRequest.objects.all().delete()
            link = self.link()
            what()
            with self.subTest(what=what.__name__):
                self.assertEqual(self.follow(link).status_code, 410)

    def test_a_link_made_up_is_dead(self):
        for link in (
            "/quan-tri/password_reset/confirm/MQ/abc-def/",
            "/quan-tri/password_reset/confirm/!!/abc-def/",
            "/quan-tri/password_reset/confirm/MQ/dat-mat-khau/",
            "/quan-tri/kich-hoat/MQ/abc-def/",
        ):
            with self.subTest(link=link):
                self.assertEqual(Client().get(link).status_code, 410)

    def test_the_mask_opens_no_other_person_s_account(self):
        client = Client()
        masked = client.get(self.link())["Location"]
        other = masked.replace(
            masked.split("/")[-3], links._address("accounts_reset", self.cast.head, links.RESET_TOKENS).split("/")[-3]
        )

        self.assertEqual(client.get(other).status_code, 410)

    def test_says_what_is_wrong_with_the_new_password(self):
        client = Client()
        masked = client.get(self.link())["Location"]

        answer = client.post(masked, {"new_password1": "LongXuyen", "new_password2": "LongXuyen"})

        self.assertContains(answer, "cần ít nhất 12 ký tự")
        self.assertContains(answer, "longxuyen")

    def test_who_signed_in_while_a_request_waited_gets_no_link(self):
        links.ask_reset(self.user.username, address="10.1.1.1", on=MORNING)
        self.user.last_login = MORNING + timedelta(hours=1)
        self.user.save(update_fields=["last_login"])
        mail.outbox.clear()

        self.assertEqual(links.send_resets(on=MORNING + timedelta(hours=12)), 0)
        self.assertEqual(mail.outbox, [])

    def test_requests_are_forgotten_after_a_month(self):
        links.ask_reset("ai-do", address="10.1.1.1", on=MORNING)

        self.assertEqual(links.purge(on=MORNING + timedelta(days=29)), 0)
        self.assertEqual(links.purge(on=MORNING + timedelta(days=31)), 1)


class NewAccount(CityTestCase):
    client_class = CityClient

    def setUp(self):
        self.clock = self.enterContext(time_machine.travel(MORNING, tick=False))
        self.user = person("nguoi-moi", "Cán bộ mẫu 23")
        self.user.set_unusable_password()
        self.user.save()
        links.send_activation(self.user, by=self.cast.technical_admin, on=MORNING)
        self.link = link_in(mail.outbox[-1])

    def test_link_lets_the_person_choose_the_first_password(self):
        client = Client()
        masked = client.get(self.link)
        shown = client.get(masked["Location"])
        done = client.post(masked["Location"], SET)

        self.assertContains(shown, "Kích hoạt tài khoản")
        self.assertContains(shown, self.user.username)
        self.assertContains(done, "Từ nay đăng nhập")
        self.assertTrue(fresh(self.user).check_password(NEW_PASSWORD))
        self.assertEqual(Client().get(self.link).status_code, 410)

    def test_link_lives_to_the_end_of_the_third_working_day(self):
        ends = datetime.combine(workdays_after(MORNING.date(), 3), time(23, 59), tzinfo=MORNING.tzinfo)
        self.clock.move_to(ends)
        before = Client().get(self.link).status_code
        self.clock.shift(timedelta(minutes=2))

        self.assertEqual((before, Client().get(self.link).status_code), (302, 410))
        self.assertIn(f"trước 23:59 ngày {ends:%d/%m/%Y}", mail.outbox[-1].body)

    def test_link_made_before_a_holiday_is_open_on_the_first_mornings_after_it(self):
        seeding.load_calendar()
        for made, opened in (((2025, 1, 24), (2025, 2, 5)), ((2026, 1, 1), (2026, 1, 6))):
            with self.subTest(made=made):
                self.clock.move_to(datetime(*made, 0, 0, tzinfo=MORNING.tzinfo))
                links.send_activation(self.user, by=self.cast.technical_admin, on=timezone.now())

                self.clock.move_to(datetime(*opened, 9, 0, tzinfo=MORNING.tzinfo))

                self.assertEqual(Client().get(link_in(mail.outbox[-1])).status_code, 302)

    def test_an_activation_link_is_no_reset_link(self):
        other = self.link.replace("kich-hoat", "password_reset/confirm")

        self.assertEqual(Client().get(other).status_code, 410)

    def test_is_sent_to_nobody_who_has_a_password_or_whose_account_is_closed(self):
        closed = person("nghi-viec", "Cán bộ mẫu 24")
        closed.is_active = False

        for user in (self.cast.contributor, closed):
            with self.subTest(user=user.username), self.assertRaises(PermissionDenied):
                links.send_activation(user, by=self.cast.technical_admin, on=MORNING)
