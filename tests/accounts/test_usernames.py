"""Names of accounts that read as another's."""

import os
from unittest import mock

from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from accounts import persons
from accounts.models import User
from tests.city import CityTestCase


class LookAlikes(CityTestCase):
    def make(self, username):
        return persons.create_account(
            by=self.cast.technical_admin, username=username, full_name="Cán bộ mẫu 50", email="mau@example.invalid"
        )

    def test_a_name_that_only_looks_like_anothers_is_refused(self):
        for username in ("bien-tap", "Bien-Tap", "biеn-tap", "ｂien-tap", "bien-t\u0430p", "b\u0456en-tap"):
            with self.subTest(username=username), self.assertRaises(ValidationError) as caught:
                self.make(username)
            assert "username" in caught.exception.error_dict

    def test_a_nought_is_no_letter_o_beside_the_same_name(self):
        self.make("van-thu.o1")
        with self.assertRaisesMessage(ValidationError, "nhìn giống"):
            self.make("van-thu.01")

    def test_names_that_read_differently_pass(self):
        for username in ("bien-tap.2", "bien-tap.hội", "nguyễn.văn", "bien_tap", "bt@my-long"):
            with self.subTest(username=username):
                assert self.make(username).username == username

    def test_an_account_keeps_its_own_name(self):
        self.cast.editor.full_clean()

    def test_the_break_glass_account_makes_no_look_alike_either(self):
        with self.assertRaisesMessage(ValidationError, "không phải chữ cái Latinh"):
            User(username="biеn-tap", password="x").clean()

    def make_at_the_console(self, username):
        with mock.patch.dict(os.environ, {"DJANGO_SUPERUSER_PASSWORD": "Mot-mat-khau-du-dai-26"}):
            call_command(
                "createsuperuser", interactive=False, username=username, email="mau@example.invalid", verbosity=0
            )

    def test_the_console_makes_no_look_alike_and_says_why(self):
        for username, said in (("biеn-tap", "không phải chữ cái Latinh"), ("bien-tаp", "không phải"), ("Bien-tap", "")):
            with self.subTest(username=username), self.assertRaisesMessage(CommandError, said):
                self.make_at_the_console(username)

    def test_the_console_makes_an_account_whose_name_reads_like_no_other(self):
        self.make_at_the_console("du-phong.1")

        user = User.objects.get(username="du-phong.1")
        assert user.is_superuser and user.must_change_password
