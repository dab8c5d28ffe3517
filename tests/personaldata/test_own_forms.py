"""A filled form on the page about one's own data: seen, copied and erased by number and secret, at once."""

from base.models import AuditEntry
from faq.models import FilledForm
from personaldata.models import DataSubjectRequest
from tests.faq.cast import questions_page
from tests.faq.test_filling import NAME, FormTestCase

PATH = "/hoi-dap/du-lieu-ca-nhan/"
Kind = DataSubjectRequest.Kind


class TheFilledForm(FormTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        questions_page(cls.city)

    def ask(self, filled, step="show", **fields):
        sent = {"number": filled.number, "secret": filled.secret, "step": step, **fields}
        return self.client.post(PATH, sent, headers={"host": "localhost"})

    def is_erased(self, filled) -> bool:
        return FilledForm.objects.get(pk=filled.pk).purged_at is not None

    def test_is_shown_with_its_term_and_consent_and_stays_as_it_is(self):
        filled = self.filled()

        answer = self.ask(filled)

        for words in (filled.number, NAME, "31/07/2020", "Tôi đồng ý."):
            self.assertContains(answer, words)
        self.assertEqual(answer["Cache-Control"], "no-store")
        self.assertFalse(self.is_erased(filled))

    def test_is_given_as_a_copy_each_time_written_down(self):
        filled = self.filled()

        answer = self.ask(filled, "copy")

        self.assertIn("attachment", answer["Content-Disposition"])
        text = answer.content.decode("utf-8-sig")
        for words in (NAME, "xếp lớp và báo lịch học", "Tôi đồng ý.", "31/07/2020"):
            self.assertIn(words, text)
        entry = AuditEntry.objects.get(action="personal_data.read")
        self.assertNotIn(NAME, str(entry.detail))

    def test_goes_by_its_button_and_by_the_wishes_that_mean_it(self):
        for step, kind in (("erase", ""), ("send", Kind.DELETE), ("send", Kind.WITHDRAW)):
            filled = self.filled()
            with self.subTest(step=step, kind=kind):
                answer = self.ask(filled, step, kind=kind)

                self.assertContains(answer, "Đã xóa những gì ông/bà ghi")
                self.assertNotContains(answer, NAME)
                self.assertTrue(self.is_erased(filled))
                self.assertNotIn(NAME, self.ask(filled, "copy").content.decode("utf-8-sig"))

    def test_any_other_wish_shows_what_can_be_done_and_erases_nothing(self):
        for kind in (Kind.KNOW, Kind.ACCESS, Kind.CORRECT, Kind.OBJECT):
            filled = self.filled()
            with self.subTest(kind=kind):
                self.assertContains(self.ask(filled, "send", kind=kind), "điền lại biểu mẫu khi còn mở")
                self.assertFalse(self.is_erased(filled))
        self.assertFalse(DataSubjectRequest.objects.exists())

    def test_a_wrong_secret_opens_nothing(self):
        filled = self.filled()

        answer = self.client.post(PATH, {"number": filled.number, "secret": "ABCDEFGHJK", "step": "erase"})

        self.assertContains(answer, "Số hoặc mã tra cứu không đúng")
        self.assertFalse(self.is_erased(filled))
