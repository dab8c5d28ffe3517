"""Whoever is stopped on his way in or at his work reads why in Vietnamese: locks, passwords, sessions, error pages."""

from unittest import mock

from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.test import SimpleTestCase
from django.urls import reverse

from accounts.models import PortalSession
from accounts.signin import passwords, views
from base.views import permission_denied
from tests.city import PASSWORD, CityClient, CityTestCase
from tests.language.screens import english_in, judged

LOGIN, HOME, CHANGE = "/quan-tri/login/", "/quan-tri/", "/quan-tri/doi-mat-khau/"
# Each breaks a rule, together all of them; the weak word is one that the message may quote.
BAD = (
    "Cau.Rong-7",
    "cau.rong-7.bac",
    "CAU.RONG-7.BAC",
    "Cau.Rong-Sau.Bac",
    "CauRong7BacNam",
    "Cau.Rong-7....Bac",
    "Cau.Rong-1975.Bac",
    "MyLong.7-BacNam",
    "Cau.Rong-7.Bac" * 10,
)


class Refusals(CityTestCase):
    client_class = CityClient

    def reads(self, response, status: int, *words: str) -> None:
        """The answer has the status and says these words, and nothing in English."""
        self.assertEqual(response.status_code, status)
        for said in words:
            self.assertContains(response, said, status_code=status)
        self.assertEqual(english_in(response.content, response["Content-Type"]), [])


class OnTheWayIn(Refusals):
    def try_it(self, **fields):
        return self.client.post(LOGIN, {"username": self.cast.contributor.username, "password": "sai", **fields})

    def test_wrong_passwords_and_the_lock_after_them_are_told_in_vietnamese(self):
        answers = [self.try_it() for _ in range(8)]

        self.reads(answers[0], 200, "Tên đăng nhập hoặc mật khẩu không đúng.")
        self.reads(answers[-1], 429, "Quá nhiều lần thử", "Quên mật khẩu?", "Mã 429")

    def test_empty_fields_are_named_in_vietnamese(self):
        self.reads(self.try_it(username="", password=""), 200)

    def test_an_ended_session_is_explained_whatever_ended_it(self):
        self.assertEqual(set(views.REASONS), set(PortalSession.End))
        for why, sentence in views.REASONS.items():
            with self.subTest(why):
                self.reads(self.client.get(LOGIN, {"ly-do": why}), 200, sentence)

    def test_a_refused_password_is_explained_on_the_screen(self):
        self.client.force_login(self.cast.contributor)
        for new in (*BAD, PASSWORD):
            with self.subTest(new):
                sent = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
                self.reads(self.client.post(CHANGE, sent), 200)
        self.reads(self.client.post(CHANGE, {"old_password": "sai", "new_password1": "a", "new_password2": "b"}), 200)
        self.reads(self.client.post(CHANGE, {}), 200)


class Passwords(SimpleTestCase):
    def test_are_refused_in_vietnamese_one_sentence_a_rule(self):
        said = set()
        for bad in BAD:
            with self.assertRaises(ValidationError) as caught:
                validate_password(bad)
            said |= set(caught.exception.messages)

        self.assertEqual(len(said), len(passwords.RULES) + 1)
        self.assertEqual([found for text in said if (found := judged("", text))], [])

    def test_have_their_rules_told_in_vietnamese(self):
        told = [*(sentence for _key, sentence in passwords.rule_list()), *password_validators_help_texts()]

        self.assertEqual([found for text in told if (found := judged("", text))], [])


class AtWork(Refusals):
    def setUp(self):
        self.client.force_login(self.cast.contributor)

    def test_an_address_that_is_not_there_is_explained(self):
        self.reads(self.client.get("/quan-tri/khong-co/"), 404, "Không tìm thấy trang", "Mã 404")
        self.reads(self.client.get(reverse("wagtailadmin_pages:edit", args=[10**6])), 404, "Không tìm thấy trang")

    def test_a_door_that_is_shut_says_so_on_the_first_screen(self):
        self.reads(self.client.get(reverse("workflows_calendar_import", args=[2026]), follow=True), 200)

    def test_what_is_not_allowed_is_explained(self):
        self.reads(permission_denied(self.client.get(HOME).wsgi_request), 403, "Không được phép", "Mã 403")

    def test_a_form_without_its_token_is_explained(self):
        client = CityClient(enforce_csrf_checks=True)
        client.force_login(self.cast.contributor)

        self.reads(client.post(CHANGE, {"old_password": "x"}), 403, "Biểu mẫu đã hết hạn", "tải lại trang")

    def test_faults_of_ours_are_explained(self):
        self.client.raise_request_exception = False
        for error, status, words in (
            (ValueError("broken"), 500, "Hệ thống đang có lỗi"),
            (OperationalError("connection refused"), 503, "Xin thử lại sau ít phút"),
        ):
            with (
                self.subTest(status),
                mock.patch("accounts.signin.password_views.ChangePasswordForm", side_effect=error),
            ):
                self.reads(self.client.get(CHANGE), status, words)
