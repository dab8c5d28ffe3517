"""The first accounts: two people by one link, which opens nothing once there is an account."""

from datetime import timedelta
from io import StringIO

import time_machine
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client, TestCase
from django.utils import timezone

from accounts.models import User
from accounts.signin import first_accounts
from base.gate import Refused
from base.models import AuditEntry
from tests.city import person

TYPED = {
    "username_1": "du-phong-1",
    "full_name_1": "Cán bộ mẫu 31",
    "email_1": "cb31@example.invalid",
    "username_2": "du-phong-2",
    "full_name_2": "Cán bộ mẫu 32",
    "email_2": "cb32@example.invalid",
}
PASSWORD = "Cau.Rong-7.Bac"


def people(**changes) -> list[dict]:
    typed = TYPED | changes
    return [{part: typed[f"{part}_{n}"] for part in ("username", "full_name", "email")} for n in (1, 2)]


class FirstAccounts(TestCase):
    def link(self) -> str:
        out = StringIO()
        call_command("first_link", stdout=out)
        return "/quan-tri/" + out.getvalue().strip().partition("/quan-tri/")[2]

    def opened(self) -> str:
        return self.client.get(self.link())["Location"]

    def test_the_link_makes_two_accounts_whose_people_choose_their_passwords(self):
        place = self.opened()
        self.assertContains(self.client.get(place), "hai người khác nhau")

        done = self.client.post(place, TYPED)

        self.assertContains(done, "chỉ hiện một lần này")
        self.assertIn("no-store", done.headers["Cache-Control"])
        first, second = User.objects.order_by("username")
        self.assertTrue(first.is_superuser and second.is_superuser and first.is_active)
        self.assertFalse(first.has_usable_password() or second.has_usable_password())
        own = [word for word in done.content.decode().split('"') if word.startswith("http") and "/kich-hoat/" in word]
        self.assertEqual(len(own), 2)
        browser = Client()
        masked = browser.get("/quan-tri/" + own[0].partition("/quan-tri/")[2])["Location"]
        browser.post(masked, {"new_password1": PASSWORD, "new_password2": PASSWORD})
        self.assertTrue(User.objects.get(username="du-phong-1").check_password(PASSWORD))

        self.assertEqual(AuditEntry.objects.filter(action="portal.account.create").count(), 2)

    def test_no_link_opens_it_again(self):
        before, place = self.link(), self.opened()
        self.client.post(place, TYPED)

        for address in (before, place):
            self.assertEqual(self.client.get(address).status_code, 410)
            self.assertEqual(self.client.post(address, TYPED).status_code, 410)
        self.assertEqual(User.objects.count(), 2)
        with self.assertRaisesMessage(CommandError, "đã đóng"):
            call_command("first_link")
        with self.assertRaises(Refused):
            first_accounts.create(people())

    def test_an_account_made_otherwise_closes_it_too(self):
        place = self.opened()
        person("ai-do", "Cán bộ mẫu 33")

        self.assertEqual(self.client.post(place, TYPED).status_code, 410)

    def test_it_holds_for_a_day_and_no_made_up_word_opens_it(self):
        link = self.link()
        with time_machine.travel(timezone.now() + first_accounts.HOLDS_FOR + timedelta(minutes=1), tick=False):
            self.assertEqual(self.client.get(link).status_code, 410)
        for token in ("abc", "dat-mat-khau"):
            self.assertEqual(Client().get(f"/quan-tri/tai-khoan-dau-tien/{token}/").status_code, 410)

    def test_nothing_typed_is_lost_and_each_problem_is_named(self):
        place = self.opened()
        for changes, words in (
            ({"email_2": ""}, "Hãy ghi thư điện tử của người thứ 2."),
            ({"email_1": "x"}, "Thư điện tử của người thứ 1 chưa đúng"),
            ({"username_2": "du-phong-1"}, first_accounts.SAME),
            ({"username_2": "có dấu"}, "Tên đăng nhập chỉ gồm"),
        ):
            with self.subTest(changes=changes):
                answer = self.client.post(place, TYPED | changes)
                self.assertContains(answer, words)
                self.assertContains(answer, "Cán bộ mẫu 31")
        self.assertFalse(User.objects.exists())

    def test_one_person_is_not_two(self):
        for changes in ({"username_2": "DU-PHONG-1"}, {"email_2": "CB31@example.invalid"}):
            with self.subTest(changes=changes), self.assertRaises(ValidationError):
                first_accounts.create(people(**changes))
        with self.assertRaises(ValidationError):
            first_accounts.create(people()[:1])
        self.assertFalse(User.objects.exists())
