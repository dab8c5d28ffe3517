"""What a password must be, and when it has to be changed."""

import unicodedata
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import time_machine
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client, SimpleTestCase, override_settings

from accounts.models import PasswordHistory, PortalSession, User
from accounts.signin import passwords, throttle
from base.models import AuditEntry
from tests.city import PASSWORD, CityTestCase, fresh

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
CHANGE, HOME, LOGIN = "/quan-tri/doi-mat-khau/", "/quan-tri/", "/quan-tri/login/"
GOOD = ["Cau.Rong-7.Bac", "Xoai!Cat@Hoa7Loc", "Ghe-ba-la 47 Mui", "Đò Ngang 5 Chuyến!"]


class Rules(SimpleTestCase):
    def test_take_a_long_mixed_password(self):
        for password in GOOD:
            with self.subTest(password=password):
                self.assertEqual(passwords.problems(password), [])

    def test_say_what_is_missing(self):
        for password, problem in (
            ("Cau.Rong-7", "ngắn quá"),
            ("cau.rong-7.bac", "thiếu chữ hoa"),
            ("CAU.RONG-7.BAC", "thiếu chữ thường"),
            ("Cau.Rong-Sau.Bac", "thiếu chữ số"),
            ("CauRong7BacNam", "thiếu ký tự đặc biệt"),
            ("Cau Rong 7 Bac", "thiếu ký tự đặc biệt"),
            ("Cau.Rong-7....Bac", "lặp một ký tự"),
            ("Cau.Rong-1975.Bac", "chứa một năm"),
            ("Cau.Rong-15062020.Bac", "chứa một năm"),
            ("Cau.Rong-7.Bac" * 10, "dài quá"),
        ):
            with self.subTest(password=password):
                found = passwords.problems(password)

                self.assertEqual(len(found), 1, found)
                self.assertIn(problem, found[0])

    def test_know_vietnamese_words_wards_and_disguises_with_and_without_marks(self):
        for password, word in (
            ("MatKhau-7-Rong", "matkhau"),
            ("Mật.Khẩu-7-Rồng", "matkhau"),
            ("M@tKh4u-7-Rong", "matkhau"),
            ("M.A.T.K.H.A.U-x7", "matkhau"),
            ("LongXuyen.7-Bac", "longxuyen"),
            ("Long Xuyên.7-Bắc", "longxuyen"),
            ("L0ngXuy3n.7-Bac", "longxuyen"),
            ("AnGiang.7-BacNam", "angiang"),
            ("MyLong.7-BacNam", "mylong"),
            ("Mỹ Xuyên.7-BắcNam", "myxuyen"),
            ("MyHoaHung.7-Bac", "myhoahung"),
            ("Password.7-Bac", "password"),
            ("Qwerty.7-BacNam", "qwerty"),
        ):
            with self.subTest(password=password):
                self.assertIn(word, passwords.weak_word(password))

    def test_find_the_word_of_every_ward_and_commune_of_the_city(self):
        for ward in (
            "Mỹ Long",
            "Mỹ Xuyên",
            "Đông Xuyên",
            "Mỹ Bình",
            "Mỹ Phước",
            "Mỹ Quý",
            "Mỹ Thới",
            "Mỹ Thạnh",
            "Mỹ Hòa",
            "Bình Đức",
            "Bình Khánh",
            "Mỹ Khánh",
            "Mỹ Hòa Hưng",
        ):
            with self.subTest(ward=ward):
                self.assertTrue(passwords.weak_word(f"{ward}.7-Zw"))

    def test_are_those_of_django_s_own_commands_too(self):
        with self.assertRaises(ValidationError):
            validate_password("Longxuyen@2026")


class Change(CityTestCase):
    client_class = Client

    def setUp(self):
        self.clock = self.enterContext(time_machine.travel(MORNING, tick=False))
        User.objects.update(password_changed_at=MORNING)
        self.user = fresh(self.cast.contributor)

    def test_takes_no_part_of_the_person_s_own_name(self):
        self.user.username, self.user.full_name = "nguoi.thu-nghiem", "Phù Sa Vàng Ươm"

        for password in ("NghiemX.7-Zet.Ko", "Vàng-Ươm7-Zét!Kơ", "V4ng-Uom7-Zet!Ko"):
            with self.subTest(password=password):
                self.assertIn("chứa tên của bạn", passwords.problems(password, self.user)[0])

    def test_takes_none_of_the_last_five(self):
        taken = []
        for number in range(6):
            password = f"Cau.Rong-{number}.Bac{number}"
            self.clock.shift(timedelta(hours=1))
            passwords.change_password(self.user, password, by=self.user, on=MORNING)
            self.user = fresh(self.user)
            taken.append(password)

        for password in taken[1:]:
            with self.subTest(password=password), self.assertRaises(ValidationError):
                passwords.change_password(self.user, password, by=self.user, on=MORNING)
        self.clock.shift(timedelta(hours=1))
        passwords.change_password(self.user, taken[0], by=self.user, on=MORNING)
        self.assertEqual(PasswordHistory.objects.filter(user=self.user).count(), 4)

    def test_is_made_by_the_person_alone(self):
        with self.assertRaises(PermissionDenied):
            passwords.change_password(self.user, GOOD[0], by=self.cast.superuser, on=MORNING)

    def test_ends_the_other_sessions_keeps_this_one_and_tells_the_person(self):
        here, there = Client(), Client()
        for client in (here, there):
            client.post(LOGIN, {"username": self.user.username, "password": PASSWORD})

        answer = here.post(CHANGE, {"old_password": PASSWORD, "new_password1": GOOD[0], "new_password2": GOOD[0]})

        self.assertRedirects(answer, HOME)
        self.assertEqual(there.get(HOME).status_code, 302)
        self.assertEqual(PortalSession.objects.filter(ended=None).count(), 1)
        self.assertEqual(mail.outbox[-1].to, [self.user.email])
        self.assertTrue(AuditEntry.objects.filter(action="account.password_changed").exists())

    def test_asks_for_the_present_password_and_slows_who_guesses_it(self):
        self.client.post(LOGIN, {"username": self.user.username, "password": PASSWORD})
        answers = [
            self.client.post(CHANGE, {"old_password": "sai", "new_password1": GOOD[0], "new_password2": GOOD[0]})
            for _ in range(throttle.OLD_PASSWORD.slow_from + 1)
        ]

        self.assertContains(answers[0], "Mật khẩu đang dùng không đúng")
        self.assertEqual(answers[-1].status_code, 429)
        self.assertTrue(fresh(self.user).check_password(PASSWORD))

    def test_the_tenth_wrong_present_password_is_told_to_the_technical_admins(self):
        self.client.post(LOGIN, {"username": self.user.username, "password": PASSWORD})
        for _number in range(throttle.OLD_PASSWORD.most - 1):
            throttle.code_failed(self.user, "127.0.0.1", on=MORNING, limit=throttle.OLD_PASSWORD)
        self.clock.move_to(MORNING + timedelta(minutes=5))

        self.client.post(CHANGE, {"old_password": "sai", "new_password1": GOOD[0], "new_password2": GOOD[0]})

        entry = AuditEntry.objects.get(action="session.locked")
        self.assertEqual(entry.detail["what"], "đổi mật khẩu: sai mật khẩu 10 lần")

    def test_does_not_tell_whether_a_guess_is_the_present_password(self):
        self.user.set_password(GOOD[1])
        self.user.save()
        self.client.post(LOGIN, {"username": self.user.username, "password": GOOD[1]})

        answer = self.client.post(CHANGE, {"old_password": "sai", "new_password1": GOOD[1], "new_password2": GOOD[1]})

        self.assertNotContains(answer, "đã dùng")

    def test_says_at_the_field_what_is_wrong(self):
        self.client.post(LOGIN, {"username": self.user.username, "password": PASSWORD})

        for first, second, problem in (
            ("ngan", "ngan", "cần ít nhất 12 ký tự"),
            (GOOD[0], GOOD[1], "Hai lần nhập không giống nhau"),
            ("", "", "Hãy nhập mật khẩu mới."),
        ):
            with self.subTest(problem=problem):
                answer = self.client.post(
                    CHANGE, {"old_password": PASSWORD, "new_password1": first, "new_password2": second}
                )

                self.assertContains(answer, problem)

    def test_is_demanded_after_ninety_days_at_the_next_sign_in_not_in_the_middle_of_work(self):
        self.clock.move_to(MORNING + timedelta(days=89, hours=20))
        self.client.post(LOGIN, {"username": self.user.username, "password": PASSWORD})
        for _ in range(12):
            self.clock.shift(timedelta(minutes=25))
            at_work = self.client.get(HOME)
        later = Client().post(LOGIN, {"username": self.user.username, "password": PASSWORD})

        self.assertEqual(at_work.status_code, 200)
        self.assertTrue(later["Location"].startswith(CHANGE))

    def test_is_announced_two_weeks_before(self):
        for days, is_warned in ((70, False), (77, True), (89, True)):
            self.clock.move_to(MORNING + timedelta(days=days))
            client = Client()
            client.post(LOGIN, {"username": self.user.username, "password": PASSWORD})
            with self.subTest(days=days):
                text = client.get(HOME).content.decode()

                self.assertEqual("Mật khẩu phải đổi" in text, is_warned)

    @override_settings(PORTAL_PASSWORD_DAYS=30)
    def test_age_is_a_setting(self):
        self.assertFalse(passwords.is_due(self.user, MORNING + timedelta(days=29)))
        self.assertTrue(passwords.is_due(self.user, MORNING + timedelta(days=30)))

    def test_every_keyboard_s_typing_comes_to_the_same_password(self):
        self.client.post(LOGIN, {"username": self.user.username, "password": PASSWORD})
        composed = "Đò Ngang 5 Chuyến!"
        decomposed = unicodedata.normalize("NFD", composed)
        self.client.post(CHANGE, {"old_password": PASSWORD, "new_password1": composed, "new_password2": decomposed})

        answer = Client().post(LOGIN, {"username": self.user.username, "password": decomposed})

        self.assertNotEqual(composed, decomposed)
        self.assertRedirects(answer, HOME, fetch_redirect_response=False)
