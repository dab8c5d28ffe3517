"""While the database is away: a clean answer that says when to come again, and nothing typed is lost."""

from unittest import mock

from django.db import InterfaceError, OperationalError, ProgrammingError
from django.test import SimpleTestCase, override_settings
from django.urls import path

import config.urls
from base.operations import idempotency
from base.public.gone.journal import journal


def broken(error):
    def view(request):
        raise error("connection refused")

    return view


urlpatterns = [
    path("gui/", broken(OperationalError)),
    path("en/send/", broken(InterfaceError)),
    path("quan-tri/xac-thuc/", broken(OperationalError)),
    path("sai/", broken(ProgrammingError)),
    *config.urls.urlpatterns,
]
handler500 = config.urls.handler500


@override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=["django.middleware.locale.LocaleMiddleware"])
class DatabaseAway(SimpleTestCase):
    def setUp(self):
        self.client.raise_request_exception = False

    def test_is_503_with_the_time_to_come_again_and_is_kept_nowhere(self):
        answer = self.client.get("/gui/")

        self.assertEqual((answer.status_code, answer["Retry-After"], answer["Cache-Control"]), (503, "30", "no-store"))
        self.assertContains(answer, "Xin thử lại sau ít phút", status_code=503)

    def test_gives_back_what_was_typed_to_be_sent_again_with_the_same_key(self):
        typed = {"noi_dung": 'Xin hỏi <b>"ông"</b>', "chon": ["a", "b"], idempotency.FIELD: "k1"}

        answer = self.client.post("/gui/?x=1", typed)

        for words in (
            'action="/gui/?x=1"',
            'value="Xin hỏi &lt;b&gt;&quot;ông&quot;&lt;/b&gt;"',
            'name="chon" value="b"',
            f'name="{idempotency.FIELD}" value="k1"',
            "Gửi lại",
        ):
            self.assertContains(answer, words, status_code=503)

    def test_gives_back_no_password_and_no_code(self):
        for address, names in (
            ("/gui/", ("password", "old_password", "otp", "mat-khau")),
            ("/quan-tri/xac-thuc/", ("code", "otp")),
        ):
            for name in names:
                with self.subTest(name=name):
                    answer = self.client.post(address, {"username": "can-bo", name: "bí mật"})

                    self.assertNotContains(answer, "bí mật", status_code=503)

    def test_gives_back_the_code_of_a_procedure_or_unit(self):
        answer = self.client.post("/gui/", {"name": "Cấp giấy", "code": "1.000001", "gso_code": "30283"})

        for typed in ("Cấp giấy", "1.000001", "30283"):
            self.assertContains(answer, typed, status_code=503)

    def test_speaks_english_on_english_addresses(self):
        answer = self.client.post("/en/send/", {"text": "x"})

        self.assertContains(answer, "Send again", status_code=503)

    def test_the_address_of_what_was_taken_down_is_gone_and_not_away(self):
        places = [["longxuyen.example", "/gui/"], ["longxuyen.example", "/en/send/"]]
        hosts = {"hosts": ["longxuyen.example"], "default_host": "longxuyen.example"}
        number = journal().note({"kind": "gone", "places": places, "titles": ["Lộ thông tin"], **hosts})
        journal().confirm(number)
        self.addCleanup(lambda: journal().note({"kind": "back", "places": places, **hosts}))

        for address, words in (("/gui/", "Nội dung này đã được gỡ bỏ"), ("/en/send/", "has been removed")):
            with self.subTest(address):
                answer = self.client.get(address)

                self.assertContains(answer, words, status_code=410)
                self.assertNotContains(answer, "Lộ thông tin", status_code=410)
                self.assertEqual((answer["X-Robots-Tag"], answer["Cache-Control"]), ("noindex", "no-store"))
        self.assertEqual(self.client.post("/gui/", {"a": "b"}).status_code, 503)

    def test_another_fault_of_the_database_is_a_fault_of_ours(self):
        with mock.patch("base.views.build_frame", side_effect=ProgrammingError):
            self.assertEqual(self.client.get("/sai/").status_code, 500)
