"""Names of accounts that read as another's."""

from django.core.exceptions import ValidationError

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
