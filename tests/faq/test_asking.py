"""Asking: nothing typed is lost, one sending is one question, people and programs are told apart without a lock-out."""

import re
from datetime import datetime, timedelta
from html import unescape
from time import monotonic
from unittest import mock
from zoneinfo import ZoneInfo

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client, TransactionTestCase, override_settings
from django.utils import timezone

from base.files import scanner
from base.gate import open_gate
from base.models import AuditEntry, OutgoingMail
from base.operations import idempotency, proof
from base.operations import mail as outbox
from base.operations.throttle import Buckets, Rate
from faq import terms
from faq.asking import asking, draft_files, limits
from faq.handling import classifying
from faq.models import Asking, DraftFile, Question, QuestionContact, QuestionFile
from tests.city import CityTestCase, build_city
from tests.faq.cast import a_question, a_topic, questions_page
from tests.files.samples import minimal_pdf
from tests.side_by_side import at_once
from tests.smtp import SmtpSink, closed_port

MORNING = datetime(2026, 3, 10, 9, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
ASK = "/hoi-dap/gui-cau-hoi/"
TEXT = "Tôi muốn hỏi thủ tục xin giấy phép xây nhà ở trong hẻm nhỏ cần những giấy tờ gì."
TYPED = {
    "title": "Giấy phép xây nhà trong hẻm",
    "text": TEXT,
    "email": "hoi.thu@example.invalid",
    "phone": "0909 111 222",
    "name": "Trần Thị Bưởi",
    "address": "",
    "consent": "on",
}
HIDDEN = re.compile(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"')


def hidden(answer) -> dict:
    """The marks of the form on a page; files as a list."""
    fields: dict = {}
    for name, value in HIDDEN.findall(answer.content.decode()):
        if name == "csrfmiddlewaretoken":
            continue
        if name in ("kept", "left_out"):
            fields.setdefault(name, []).append(unescape(value))
        elif name in (idempotency.FIELD, "stamp", "proof", "turn", "consent_version"):
            fields[name] = value
    return fields


def _raw_row(table: str) -> tuple[list, tuple]:
    """The columns of a table and its one row, as they lie in the database."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")  # noqa: S608  a name of ours
        return [column[0] for column in cursor.description], cursor.fetchone()


class Browser:
    """Somebody who asks: draws the form, types, previews, sends."""

    def __init__(self, client, path=ASK, address="198.51.100.7"):
        self.client, self.path, self.address = client, path, address

    def get(self):
        return self.client.get(self.path, REMOTE_ADDR=self.address)

    def post(self, step, **fields):
        return self.client.post(self.path, {"step": step, **fields}, REMOTE_ADDR=self.address)

    def ask(self, *, proven=True, files=(), **changes):
        """All steps: form, preview, sending; return the answer to the sending."""
        return self.post("send", **self.ready(proven=proven, files=files, **changes))

    def ready(self, *, proven=True, files=(), **changes) -> dict:
        """What the preview would send."""
        drawn = hidden(self.get())
        typed = {**TYPED, **drawn, **changes}
        more = {"files": list(files)} if files else {}
        previewed = self.post("preview", **typed, **more)
        marks = hidden(previewed)
        if proven:
            marks["proof"] = proof.solve(marks["stamp"])
        return {**TYPED, **changes, **marks}


def pdf(name="don.pdf", word="a") -> SimpleUploadedFile:
    """A small PDF of its own content."""
    return SimpleUploadedFile(name, minimal_pdf(info=f"/Title ({word})"), content_type="application/pdf")


@time_machine.travel(MORNING, tick=False)
class AskingTestCase(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.page = questions_page(cls.city)

    def setUp(self):
        self.clock = self.enterContext(time_machine.travel(MORNING, tick=False))
        self.browser = Browser(self.client)


class TheForm(AskingTestCase):
    def test_is_the_same_on_every_site(self):
        questions_page(self.city, self.city.my_long)
        answer = Browser(self.client, path=f"/my-long{ASK}").get()

        self.assertContains(answer, "Phường Mỹ Long")
        self.assertContains(answer, 'name="text"')

    def test_says_what_happens_with_the_data_and_ticks_nothing_itself(self):
        text = self.browser.get().content.decode()

        self.assertIn("được mã hóa khi lưu", text)
        for name in ("consent", "may_show_name"):
            box = re.search(rf'<input type="checkbox" name="{name}"[^>]*>', text)
            self.assertIsNotNone(box)
            self.assertNotIn("checked", box[0])

    def test_is_kept_by_no_cache_and_found_by_no_search_engine(self):
        answer = self.browser.get()

        self.assertEqual(answer["Cache-Control"], "no-store")
        self.assertEqual(answer["X-Robots-Tag"], "noindex")
        self.assertContains(answer, '<meta name="robots" content="noindex">')
        self.assertNotIn("X-Portal-Cache", answer)

    def test_demands_the_token_against_forged_forms(self):
        strict = type(self.client)(enforce_csrf_checks=True)

        self.assertEqual(strict.post(ASK, {**TYPED, "step": "send"}).status_code, 403)

    def test_takes_a_form_only_where_there_is_one(self):
        self.assertEqual(self.client.post("/hoi-dap/", {"a": "b"}).status_code, 405)
        self.assertEqual(self.client.get("/hoi-dap/").status_code, 200)

    def test_leads_on_from_a_site_that_is_closed(self):
        questions_page(self.city, self.city.my_long)
        with mock.patch(
            "faq.models.library.QuestionsPage.redirect_to_successor", return_value=asking.JsonResponse({"on": 1})
        ):
            self.assertEqual(self.browser.get().json(), {"on": 1})


class WhatIsTyped(AskingTestCase):
    def test_comes_back_whole_with_every_mistake_named_at_its_field(self):
        typed = {
            **TYPED,
            "text": "Ngắn quá",
            "email": "khong-phai-thu",
            "phone": "12",
            "may_show_name": "on",
            "name": "",
            "consent": "",
        }
        answer = self.browser.post("preview", **typed)

        for said in (
            "Nội dung quá ngắn",
            "Địa chỉ thư điện tử chưa đúng",
            "Số điện thoại chưa đúng",
            "Hãy ghi họ và tên",
            "đánh dấu đồng ý",
        ):
            self.assertContains(answer, said)
        for kept in ("Giấy phép xây nhà trong hẻm", "Ngắn quá", "khong-phai-thu", 'value="12"'):
            self.assertContains(answer, kept)
        self.assertContains(answer, 'href="#hoi-text"')
        self.assertRegex(answer.content.decode(), r'name="may_show_name"[^>]*checked')
        self.assertEqual(Question.objects.count(), 0)

    def test_needs_one_way_to_reach_the_asker_and_no_more(self):
        none = self.browser.post("preview", **{**TYPED, "email": "", "phone": ""})
        self.assertContains(none, "ít nhất một cách liên hệ")

        for way in ({"email": "a@example.invalid"}, {"phone": "+84 909 111 222"}, {"address": "Số 5, khóm Đông An"}):
            with self.subTest(way=way):
                answer = self.browser.post("preview", **{**self.only(way), **hidden(self.browser.get())})
                self.assertContains(answer, "Câu hỏi chưa được gửi")

    @staticmethod
    def only(way):
        return {**TYPED, "email": "", "phone": "", "name": "", **way}

    def test_may_be_long_and_full_of_marks(self):
        text = "Đường Trần Hưng Đạo ngập sâu. " * 330
        answer = self.browser.ask(text=text)

        self.assertContains(answer, "Đã tiếp nhận câu hỏi")
        self.assertEqual(Question.objects.get().text, text.strip())

    def test_is_refused_beyond_the_longest_with_both_numbers_named(self):
        answer = self.browser.post("preview", **{**TYPED, "text": "á" * 10_001})

        self.assertContains(answer, "Nội dung dài 10001 ký tự; tối đa 10000")
        self.assertContains(answer, "á" * 10_001)

    def test_is_shown_before_it_is_sent_and_can_be_changed(self):
        drawn = hidden(self.browser.get())
        previewed = self.browser.post("preview", **TYPED, **drawn)
        back = self.browser.post("edit", **TYPED, **hidden(previewed))

        self.assertContains(previewed, "Câu hỏi chưa được gửi")
        self.assertContains(previewed, TEXT)
        self.assertContains(back, TEXT)
        self.assertNotContains(back, "error-summary")
        self.assertEqual(Question.objects.count(), 0)

    def test_that_looks_like_an_identity_number_is_pointed_out_and_not_refused(self):
        text = f"{TEXT} Số căn cước của tôi là 089012345678."
        previewed = self.browser.post("preview", **{**TYPED, **hidden(self.browser.get()), "text": text})

        self.assertContains(previewed, "có vẻ chứa số điện thoại, thư điện tử hoặc số căn cước")

    def test_in_another_case_and_other_blanks_from_the_same_person_is_pointed_out(self):
        self.browser.ask()
        again = {**TYPED, **hidden(self.browser.get()), "text": f"  {TEXT.upper()}\n\n"}
        same = self.browser.post("preview", **again)
        stranger = self.browser.post("preview", **{**again, "email": "khac@example.invalid", "phone": ""})

        self.assertContains(same, "Ngày 10/03/2026 cổng đã nhận một câu hỏi có cùng nội dung")
        self.assertContains(same, '/hoi-dap/tra-cuu/" target="_blank">Tra cứu câu hỏi</a>')
        self.assertNotContains(same, Question.objects.get().number)
        self.assertNotContains(stranger, "cùng nội dung")


class SimilarAnswers(AskingTestCase):
    def setUp(self):
        super().setUp()
        self.answered = a_question(
            self.city,
            state="published",
            title="Giấy phép xây dựng nhà trong hẻm",
            text="Xây nhà ở trong hẻm nhỏ thì xin giấy phép ở đâu?",
        )
        a_question(
            self.city, state="published", title="Tiêm chủng cho trẻ", text="Lịch tiêm chủng ở trạm y tế thế nào?"
        )

    def test_are_found_by_a_button_without_any_mistake_being_named(self):
        answer = self.browser.post("similar", title="Xin giấy phép xây nhà hẻm", text="")

        self.assertContains(answer, "Câu hỏi tương tự đã có trả lời")
        self.assertContains(answer, "Giấy phép xây dựng nhà trong hẻm")
        self.assertNotContains(answer, "Tiêm chủng cho trẻ")
        self.assertNotContains(answer, "error-summary")
        self.assertContains(answer, 'value="Xin giấy phép xây nhà hẻm"')

    def test_are_found_without_marks_and_shown_before_sending(self):
        previewed = self.browser.post(
            "preview", **{**TYPED, **hidden(self.browser.get()), "title": "xin giay phep xay nha"}
        )

        self.assertContains(previewed, "Giấy phép xây dựng nhà trong hẻm")

    def test_are_told_to_the_script_and_kept_nowhere(self):
        answer = self.client.post(f"{ASK}tuong-tu/", {"title": "giấy phép xây nhà trong hẻm", "text": ""})

        self.assertEqual([item["title"] for item in answer.json()["items"]], ["Giấy phép xây dựng nhà trong hẻm"])
        self.assertEqual(answer["Cache-Control"], "no-store")

    def test_of_a_text_without_telling_words_are_none(self):
        answer = self.client.post(f"{ASK}tuong-tu/", {"title": "Tôi xin hỏi", "text": ""})

        self.assertEqual(answer.json()["items"], [])

    def test_taken_down_are_not_shown(self):
        page = self.answered.page
        with open_gate("takedown"):
            page.unpublish()

        answer = self.client.post(f"{ASK}tuong-tu/", {"title": "giấy phép xây nhà trong hẻm", "text": ""})
        self.assertEqual(answer.json()["items"], [])


class Consent(AskingTestCase):
    def test_is_stored_as_the_text_that_was_read(self):
        self.browser.ask()

        contact = QuestionContact.objects.get()
        self.assertEqual(contact.consent_text, asking.consent_words(self.page))
        self.assertIn("365 ngày", contact.consent_text)
        self.assertEqual(contact.consented_at, MORNING)
        self.assertFalse(contact.may_show_name)

    def test_to_be_named_is_another_and_stored_with_its_own_text(self):
        self.browser.ask(may_show_name="on")

        contact = QuestionContact.objects.get()
        self.assertTrue(contact.may_show_name)
        self.assertIn(asking.name_words(), contact.consent_text)

    def test_under_a_text_that_has_changed_since_is_asked_for_again(self):
        ready = self.browser.ready()
        with mock.patch.object(terms, "CONTACT_DAYS", 400):
            answer = self.browser.post("send", **ready)

        self.assertContains(answer, "Nội dung đồng ý vừa thay đổi")
        self.assertContains(answer, TEXT)
        self.assertNotRegex(answer.content.decode(), r'name="consent"[^>]*checked')
        self.assertEqual(Question.objects.count(), 0)


class TheReceipt(AskingTestCase):
    def test_shows_number_secret_and_last_day_with_its_explanation(self):
        answer = self.browser.ask()

        question = Question.objects.get()
        for said in (question.number, question.secret, "31/03/2026", "không tính ngày tiếp nhận", "In biên nhận"):
            self.assertContains(answer, said)
        self.assertEqual((question.number, question.title), ("HD-2026-000001", TYPED["title"]))
        self.assertFalse(question.is_suspect)

    def test_keeps_the_secret_out_of_addresses_cookies_and_caches(self):
        answer = self.browser.ask()

        secret = Question.objects.get().secret
        self.assertEqual(answer["Cache-Control"], "no-store")
        self.assertNotIn(secret, str(answer.headers) + answer.cookies.output())
        self.assertNotIn(f"={secret}", answer.content.decode())

    def test_is_mailed_when_an_address_was_given(self):
        with override_settings(EMAIL_BACKEND="base.operations.mail.OutboxBackend"):
            with_address = self.browser.ask()
            without = self.browser.ask(email="", text=TEXT + " Xin cảm ơn.")

        told = OutgoingMail.objects.get()
        self.assertEqual((told.recipient, told.purge_when_sent), (TYPED["email"], True))
        self.assertContains(with_address, "cũng được gửi đến địa chỉ thư điện tử")
        self.assertContains(without, "chỉ hiện một lần")

    def test_holds_the_contact_encrypted_and_nowhere_else(self):
        self.browser.ask()

        row = dict(zip(*_raw_row("faq_questioncontact"), strict=True))
        for name in ("name", "email", "phone"):
            self.assertNotIn(TYPED[name], row[name])
        self.assertEqual(QuestionContact.objects.get().name, TYPED["name"])
        self.assertNotIn(TYPED["email"], str(_raw_row("faq_question")) + str(_raw_row("faq_asking")))


class Twice(AskingTestCase):
    def test_sent_twice_is_one_question_with_one_receipt(self):
        ready = self.browser.ready()
        first, second = self.browser.post("send", **ready), self.browser.post("send", **ready)

        question = Question.objects.get()
        self.assertContains(first, question.secret)
        self.assertContains(second, question.secret)
        self.assertContains(second, "chỉ được tiếp nhận một lần")

    def test_sent_before_and_after_the_proof_was_found_is_one_question(self):
        ready = self.browser.ready()
        self.browser.post("send", **{**ready, "proof": ""})
        self.browser.post("send", **ready)

        self.assertEqual(Question.objects.count(), 1)

    def test_back_and_sent_again_is_one_question_with_its_file(self):
        ready = self.browser.ready(files=[pdf()])
        first, second = self.browser.post("send", **ready), self.browser.post("send", **ready)

        self.assertEqual((Question.objects.count(), QuestionFile.objects.count()), (1, 1))
        self.assertContains(second, Question.objects.get().number)
        self.assertEqual(first.status_code, 200)

    def test_after_a_failure_it_may_be_sent_again(self):
        ready = self.browser.ready()
        with mock.patch("faq.handling.running.deadlines.start", side_effect=ZeroDivisionError):
            with self.assertRaises(ZeroDivisionError):
                self.browser.post("send", **ready)
        after_failure = Question.objects.count()

        self.assertContains(self.browser.post("send", **ready), "HD-2026-000001")
        self.assertEqual((after_failure, Question.objects.count()), (0, 1))

    def test_with_another_text_from_the_same_form_it_is_another_question_that_somebody_looks_at(self):
        ready = self.browser.ready()
        self.browser.post("send", **ready)
        self.browser.post("send", **{**ready, "text": TEXT + " Và phí là bao nhiêu?"})

        self.assertEqual(list(Question.objects.order_by("pk").values_list("is_suspect", flat=True)), [False, True])


class PeopleAndPrograms(AskingTestCase):
    def send(self, **changes):
        self.assertContains(self.browser.ask(**changes), "Đã tiếp nhận câu hỏi")
        return Question.objects.latest("pk")

    def test_a_proof_of_work_needs_no_waiting(self):
        self.assertFalse(self.send().is_suspect)
        self.assertTrue(Asking.objects.get().is_proven)

    def test_without_scripts_the_time_of_typing_stands_for_it(self):
        drawn = hidden(self.browser.get())
        self.clock.shift(timedelta(seconds=proof.WAIT_SECONDS))
        ready = {**TYPED, **drawn, **hidden(self.browser.post("preview", **TYPED, **drawn))}
        self.browser.post("send", **ready)

        self.assertFalse(Question.objects.get().is_suspect)

    def test_neither_proof_nor_time_is_received_and_held(self):
        self.assertTrue(self.send(proven=False).is_suspect)

    def test_a_stamp_that_is_forged_or_too_old_counts_for_nothing(self):
        for stamp in ("", "abc", "x" * 5000, proof.new_stamp(MORNING - timedelta(hours=25))):
            with self.subTest(stamp=stamp[:10]):
                self.assertIs(
                    proof.judge(stamp, proof.solve(stamp) if len(stamp) < 100 else "1", MORNING), proof.Verdict.NOTHING
                )

    def test_a_filled_trap_is_received_and_held_without_a_mail_while_an_honest_question_goes_on(self):
        with override_settings(EMAIL_BACKEND="base.operations.mail.OutboxBackend"):
            trapped = self.send(website="https://quang-cao.example.invalid/")
            mails_after_trap = OutgoingMail.objects.count()
            honest = self.send(email="that@example.invalid", phone="", text=TEXT + " Xin cảm ơn.")

        self.assertEqual((trapped.is_suspect, honest.is_suspect), (True, False))
        self.assertEqual((mails_after_trap, OutgoingMail.objects.count()), (0, 1))

    def test_a_held_question_is_acknowledged_once_somebody_says_it_is_one(self):
        held = self.send(website="x")
        with override_settings(EMAIL_BACKEND="base.operations.mail.OutboxBackend"):
            classifying.clear_suspicion(held, by=self.cast.standing_office)
            classifying.classify(held, topic=held.topic or a_topic(), in_scope=True, by=self.cast.standing_office)

        told = OutgoingMail.objects.filter(recipient=TYPED["email"])
        self.assertEqual(told.count(), 1)
        self.assertIn(held.number, told.get().subject)

    def test_many_from_one_network_without_a_proof_are_held_and_not_refused(self):
        for number in range(limits.UNPROVEN_OF_NETWORK.most):
            limits.count(
                stamp=None, address=self.browser.address, mail=f"{number}", phone="", is_proven=False, on=MORNING
            )
        drawn = hidden(self.browser.get())
        self.clock.shift(timedelta(minutes=1))
        self.browser.post("send", **{**TYPED, **drawn})

        self.assertTrue(Question.objects.get().is_suspect)
        self.assertFalse(self.send(text=TEXT + " Xin cảm ơn.").is_suspect)


class TooManyInAPeriod(AskingTestCase):
    def fill(self, most, **who):
        for _ in range(most):
            limits.count(stamp=None, **{"address": "", "mail": "", "phone": "", **who}, is_proven=True, on=MORNING)

    def test_from_one_person_are_refused_with_the_time_to_wait_and_nothing_lost(self):
        self.fill(limits.OF_CONTACT.most, mail="HOI.THU@example.invalid")
        self.clock.shift(timedelta(hours=20))
        answer = self.browser.ask()

        self.assertEqual((answer.status_code, answer["Retry-After"]), (429, str(4 * 3600)))
        self.assertContains(answer, "Xin ông/bà gửi tiếp sau 4 giờ, từ 09:00 ngày 11/03/2026", status_code=429)
        self.assertContains(answer, TEXT, status_code=429)
        self.assertEqual(Question.objects.count(), 0)

        self.clock.shift(timedelta(hours=4, seconds=1))
        self.assertContains(self.browser.ask(), "Đã tiếp nhận câu hỏi")

    def test_are_told_so_in_the_preview_without_the_hour_and_how_else_to_reach_the_office(self):
        self.fill(limits.OF_CONTACT.most, phone="0909 111 222")
        type(self.page.portal_site.unit).objects.filter(pk=self.page.portal_site.unit_id).update(
            phone="0296 000 0000", address="99 Nguyễn Huệ"
        )

        previewed = self.browser.post("preview", **{**TYPED, **hidden(self.browser.get())})

        self.assertEqual(previewed.status_code, 200)
        self.assertContains(previewed, "gửi lúc này thì chưa được nhận")
        self.assertContains(previewed, "Việc gấp xin gọi 0296 000 0000 hoặc đến 99 Nguyễn Huệ.")
        # Sending stays possible: it says so itself while the limit lasts.
        self.assertContains(previewed, 'value="send"')

    def test_by_telephone_are_counted_however_the_number_is_typed(self):
        self.fill(limits.OF_CONTACT.most, phone="+84 909.111.222")

        self.assertEqual(self.browser.ask(email="").status_code, 429)
        self.assertEqual(self.browser.ask(phone="0909 111 223").status_code, 200)

    def test_by_mail_are_counted_for_the_letter_box_whatever_is_added_to_its_name(self):
        self.fill(limits.OF_CONTACT.most, mail="hoi.thu@example.invalid")
        counted = ("Hoi.Thu@Example.invalid", "hoi.thu+1@example.invalid", "hoi.thu+a+b@example.invalid")
        others = ("hoi.khac@example.invalid", "hoithu@example.invalid", "hoi.thu@khac.invalid", "+@example.invalid")

        for mail in (*counted, *others):
            with self.subTest(mail):
                found = limits.used_up(mail=mail, phone="", unit=self.page.portal_site.unit, on=MORNING)
                self.assertEqual(bool(found), mail in counted)
        self.assertTrue(limits.same("email", "hoi.thu+1@gmail.com", "hoithu@gmail.com"))

    def test_are_forgotten_after_a_day(self):
        self.fill(3, mail="a@example.invalid")

        self.assertEqual(limits.purge(on=MORNING + timedelta(hours=23)), 0)
        self.assertEqual(limits.purge(on=MORNING + timedelta(hours=25)), 3)


@override_settings(PORTAL_THROTTLE=True)
class ManyOfOneNetwork(AskingTestCase):
    """More than forty an hour from one network: more work is asked for, and nobody is refused."""

    def setUp(self):
        super().setUp()
        self.browser = Browser(Client())
        self.enterContext(mock.patch.object(limits, "_buckets", Buckets(limits.RATES)))
        for _ in range(limits.OF_NETWORK.most):
            limits.count(stamp=None, address=self.browser.address, mail="", phone="", is_proven=True, on=MORNING)

    def ready_before(self) -> dict:
        """What somebody would send who drew the form, and found its number, before the network came over the limit."""
        stamp = proof.new_stamp(MORNING)
        drawn = hidden(self.browser.get())
        return {**TYPED, **drawn, "stamp": stamp, "proof": proof.solve(stamp)}

    def test_a_form_drawn_now_wants_the_harder_proof_and_is_sent_at_the_first_press(self):
        drawn = self.browser.get()
        bits = proof.bits_for(is_crowded=True)

        self.assertContains(drawn, f'data-bits="{bits}"')
        data = {**TYPED, **hidden(drawn)}
        data["proof"] = proof.solve(data["stamp"], bits)
        self.assertContains(self.browser.post("send", **data), "Đã tiếp nhận câu hỏi")
        self.assertFalse(Question.objects.get().is_suspect)
        self.assertNotContains(Browser(Client(), address="203.0.113.5").get(), f'data-bits="{bits}"')

    def test_a_form_drawn_before_comes_back_whole_and_is_sent_at_the_second_press(self):
        came_back = self.browser.post("send", **self.ready_before())

        self.assertEqual(came_back.status_code, 200)
        self.assertContains(came_back, "xin bấm gửi lần nữa")
        # Its script goes on by itself.
        self.assertContains(came_back, 'data-send-again="send"')
        self.assertContains(came_back, TEXT)
        self.assertEqual(Question.objects.count(), 0)
        marks = hidden(came_back)
        self.assertEqual(marks["proof"], "")
        marks["proof"] = proof.solve(marks["stamp"], proof.bits_for(is_crowded=True))
        self.assertContains(self.browser.post("send", **{**TYPED, **marks}), "Đã tiếp nhận câu hỏi")
        self.assertTrue(Asking.objects.get(stamp__isnull=False).is_proven)

    def test_the_preview_of_a_form_drawn_before_asks_for_the_harder_proof_already(self):
        previewed = self.browser.post("preview", **self.ready_before())

        self.assertContains(previewed, f'data-bits="{proof.bits_for(is_crowded=True)}"')

    def test_without_scripts_the_second_press_is_received_and_looked_at_like_any_without_proof(self):
        typed = {**self.ready_before(), "proof": ""}
        self.clock.shift(timedelta(minutes=1))
        marks = hidden(self.browser.post("send", **typed))

        received = self.browser.post("send", **{**TYPED, **marks})

        self.assertContains(received, "Đã tiếp nhận câu hỏi")
        # The time since the form was drawn first still speaks for a person.
        self.assertFalse(Question.objects.get().is_suspect)

    def test_without_scripts_far_too_many_are_told_truly_when_to_press_again(self):
        slow = Buckets({**limits.RATES, "unproven": Rate(1, 1 / 90)}, lambda: 1000.0)
        self.enterContext(mock.patch.object(limits, "_buckets", slow))
        slow.take("unproven", self.browser.address)
        answers = []
        for title in ("Nhà tôi", "Nhà bên"):
            marks = hidden(self.browser.post("send", **{**self.ready_before(), "proof": "", "title": title}))
            answers.append(self.browser.post("send", **{**TYPED, **marks, "title": title}))
        waiting, behind = answers

        self.assertEqual(behind["Retry-After"], "180")
        self.assertEqual((waiting.status_code, waiting["Retry-After"]), (429, "90"))
        self.assertContains(waiting, "sau 90 giây", status_code=429)
        self.assertContains(waiting, 'data-press-again="90"', status_code=429)
        self.assertContains(waiting, TEXT, status_code=429)
        self.clock.shift(timedelta(seconds=90))
        early = self.browser.post("send", **{**TYPED, **hidden(behind), "title": "Nhà bên"})
        self.assertEqual((early.status_code, early["Retry-After"]), (429, "90"))
        # The turn lets in one sending, although the bucket itself has not been filled again.
        marks = {**TYPED, **hidden(waiting), "title": "Nhà tôi"}
        self.assertContains(self.browser.post("send", **marks), "Đã tiếp nhận câu hỏi")
        another = self.browser.post("send", **{**marks, "portal_submission": "khac", "text": f"{TEXT} Lần hai."})
        self.assertEqual(another.status_code, 429)
        self.clock.shift(timedelta(seconds=90))
        answer = self.browser.post("send", **{**TYPED, **hidden(early), "title": "Nhà bên"})
        self.assertContains(answer, "Đã tiếp nhận câu hỏi")


class ChosenFiles(AskingTestCase):
    def test_stay_through_mistakes_and_preview_and_go_with_the_question(self):
        wrong = self.browser.post("preview", **{**TYPED, "text": "Ngắn"}, files=[pdf("đơn xin.pdf")])
        self.assertContains(wrong, "đơn xin.pdf")
        previewed = self.browser.post("preview", **{**TYPED, **hidden(wrong)})
        self.assertContains(previewed, "đơn xin.pdf")
        self.browser.post("send", **{**TYPED, **hidden(previewed)})

        kept = QuestionFile.objects.get()
        self.assertEqual((kept.name, kept.question), ("đơn xin.pdf", Question.objects.get()))
        with kept.file.open("rb") as handle:
            self.assertTrue(handle.read().startswith(b"%PDF"))
        self.assertEqual(DraftFile.objects.count(), 0)

    def test_of_a_wrong_kind_are_named_with_the_mend_and_the_others_are_taken(self):
        answer = self.browser.post(
            "preview",
            **{**TYPED, **hidden(self.browser.get())},
            files=[pdf(), SimpleUploadedFile("may.exe", b"MZ"), SimpleUploadedFile("gia.pdf", b"<html>")],
        )

        self.assertContains(answer, "Tệp «may.exe» chưa được nhận: loại tệp này không được nhận")
        self.assertContains(answer, "Tệp «gia.pdf» chưa được nhận")
        self.assertEqual([kept.name for kept in DraftFile.objects.all()], ["don.pdf"])

    def test_that_were_refused_are_named_in_the_preview_until_a_file_of_the_name_is_taken(self):
        refused = self.browser.post(
            "preview", **{**TYPED, **hidden(self.browser.get())}, files=[SimpleUploadedFile("hợp đồng.pdf", b"<html>")]
        )
        shown = self.browser.post("preview", **{**TYPED, **hidden(refused)})
        again = self.browser.post("edit", **{**TYPED, **hidden(shown)})
        taken = self.browser.post("preview", **{**TYPED, **hidden(again)}, files=[pdf("hợp đồng.pdf")])

        said = "Tệp «hợp đồng.pdf» chưa được nhận nên không gửi kèm."
        self.assertContains(shown, "Xem lại câu hỏi trước khi gửi")
        self.assertContains(shown, said)
        self.assertContains(shown, "Không có")
        self.assertContains(again, said)
        self.assertNotContains(taken, said)
        self.assertContains(taken, "hợp đồng.pdf (")
        self.assertContains(self.browser.post("send", **{**TYPED, **hidden(shown)}), "Đã tiếp nhận câu hỏi")

    def test_that_were_refused_are_named_also_beside_one_of_the_same_name_and_where_they_are_many(self):
        many = [SimpleUploadedFile(f"{number}.exe", b"MZ") for number in range(draft_files.MOST_FILES + 2)]
        first = self.browser.post(
            "preview", **{**TYPED, **hidden(self.browser.get())}, files=[SimpleUploadedFile("image.jpg", b"x"), *many]
        )
        shown = self.browser.post("preview", **{**TYPED, **hidden(first)})

        for name in ("image.jpg", "0.exe", f"{draft_files.MOST_FILES + 1}.exe"):
            self.assertContains(shown, f"Tệp «{name}» chưa được nhận nên không gửi kèm.")

    def test_that_were_refused_make_no_second_question_of_the_same_sending(self):
        refused = self.browser.post(
            "preview", **{**TYPED, **hidden(self.browser.get())}, files=[SimpleUploadedFile("a.exe", b"MZ")]
        )
        marks = hidden(self.browser.post("preview", **{**TYPED, **hidden(refused)}))
        self.assertEqual(marks["left_out"], ["a.exe"])
        self.browser.post("send", **{**TYPED, **marks})
        self.browser.post("send", **{**TYPED, **marks, "left_out": []})

        self.assertEqual(Question.objects.count(), 1)

    def test_that_are_too_many_or_too_heavy_are_refused_by_name(self):
        files = [pdf(f"{number}.pdf", str(number)) for number in range(draft_files.MOST_FILES + 1)]
        many = self.browser.post("preview", **TYPED, files=files)
        with mock.patch.object(draft_files, "LARGEST_FILE", 100):
            heavy = self.browser.post("preview", **TYPED, files=[pdf()])
        with mock.patch.object(draft_files, "LARGEST_TOTAL", 300):
            much = self.browser.post("preview", **TYPED, files=[pdf()])

        self.assertContains(many, "Tệp «5.pdf» chưa được nhận: mỗi câu hỏi kèm nhiều nhất 5 tệp")
        self.assertContains(heavy, "tệp nặng hơn")
        self.assertContains(much, "các tệp cộng lại nặng hơn")

    def test_can_be_left_out_again(self):
        drawn = self.browser.post("preview", **{**TYPED, "text": ""}, files=[pdf("mot.pdf"), pdf("hai.pdf", "b")])
        left = self.browser.post("drop-0", **{**TYPED, **hidden(drawn)})

        self.assertNotContains(left, "mot.pdf")
        self.assertContains(left, "hai.pdf")
        self.assertEqual(DraftFile.objects.count(), 1)

    def test_are_not_taken_while_the_scanner_is_away_and_nothing_typed_is_lost(self):
        with override_settings(PORTAL_CLAMAV=f"127.0.0.1:{closed_port()}"):
            answer = self.browser.post("preview", **{**TYPED, **hidden(self.browser.get())}, files=[pdf("don.pdf")])

        self.assertContains(answer, "Tệp «don.pdf» chưa được nhận: máy quét mã độc hiện không trả lời")
        self.assertContains(answer, TEXT)
        self.assertEqual(DraftFile.objects.count(), 0)

    def test_are_not_asked_for_without_a_scanner_and_a_question_goes_without(self):
        with override_settings(PORTAL_UNSCANNED_UPLOADS=False):
            self.assertContains(self.browser.get(), "Cổng hiện chưa nhận tệp kèm theo.")
            answer = self.browser.post("preview", **TYPED, files=[pdf("don.pdf")])

        self.assertContains(answer, "Tệp «don.pdf» chưa được nhận: cổng hiện chưa nhận tệp kèm theo")
        self.assertContains(answer, TEXT)
        self.assertEqual(DraftFile.objects.count(), 0)

    def test_that_no_scanner_looks_at_are_said_to_be_unscanned(self):
        self.assertContains(self.browser.get(), "tệp được nhận mà không được quét")
        with mock.patch.object(scanner, "is_configured", return_value=True):
            self.assertNotContains(self.browser.get(), "không được quét")

    def test_with_a_virus_are_refused_and_named_to_nobody_else(self):
        found = scanner.Scan("Eicar-Test-Signature", "27700")
        with (
            mock.patch.object(scanner, "is_configured", return_value=True),
            mock.patch.object(scanner, "scan", return_value=found),
        ):
            answer = self.browser.post("preview", **TYPED, files=[pdf("Trần Thị Bưởi.pdf")])

        self.assertContains(answer, "mã độc")
        entry = AuditEntry.objects.get(action="file.infected")
        self.assertNotIn("Bưởi", entry.object_label)

    def test_are_scanned_once_and_the_result_goes_with_the_question(self):
        clean = scanner.Scan("", "27700")
        with (
            mock.patch.object(scanner, "is_configured", return_value=True),
            mock.patch.object(scanner, "scan", return_value=clean) as scan,
        ):
            self.browser.ask(files=[pdf()])

        self.assertEqual(scan.call_count, 1)
        kept = QuestionFile.objects.get()
        self.assertEqual((kept.scan_state, kept.scan_signature), ("clean", "27700"))

    def test_that_lay_too_long_are_named_to_be_chosen_again(self):
        ready = self.browser.ready(files=[pdf("don.pdf")])
        self.clock.shift(timedelta(hours=draft_files.RETENTION_HOURS, seconds=1))
        draft_files.purge(on=timezone.now())
        answer = self.browser.post("send", **ready)

        self.assertContains(answer, "Tệp «don.pdf» đã hết thời gian giữ tạm")
        self.assertContains(answer, TEXT)
        self.assertEqual(Question.objects.count(), 0)

    def test_that_went_with_a_sent_question_are_not_called_too_old(self):
        ready = self.browser.ready(files=[pdf("don.pdf")])
        self.browser.post("send", **ready)
        answer = self.browser.post("send", **{**ready, "text": f"{TEXT} Xin hỏi thêm."})

        self.assertNotContains(answer, "hết thời gian giữ tạm")
        self.assertContains(answer, "Tệp «don.pdf» không còn được giữ tạm: biểu mẫu này đã được gửi cùng tệp đó")
        self.assertContains(answer, "Xin hỏi thêm.")
        self.assertEqual(Question.objects.count(), 1)

    def test_stand_on_the_receipt_by_name(self):
        answer = self.browser.ask(files=[pdf("đơn xin.pdf")])

        self.assertContains(answer, "đơn xin.pdf")
        self.assertEqual(Question.objects.count(), 1)

    def test_of_another_cannot_be_taken_by_guessing(self):
        self.browser.post("preview", **TYPED, files=[pdf()])
        kept = DraftFile.objects.get()
        taken = draft_files.read_tickets([str(kept.pk), f"WzEsImEiXQ:{kept.pk}:x", ""], MORNING)

        self.assertEqual((taken.files, taken.refusals), ([], []))

    def test_fill_no_store(self):
        with mock.patch.object(draft_files, "MOST_OF_NETWORK", 700):
            answer = self.browser.post("preview", **TYPED, files=[pdf("mot.pdf"), pdf("hai.pdf", "b")])

        self.assertContains(answer, "Tệp «hai.pdf» chưa được nhận: nơi giữ tệp tạm đang đầy")

    @override_settings(PORTAL_THROTTLE=True)
    def test_with_a_proof_of_work_have_room_that_a_neighbour_without_one_cannot_fill(self):
        marks = hidden(self.browser.get())
        with mock.patch.object(draft_files, "MOST_OF_NETWORK", 700):
            self.browser.post("preview", **TYPED, files=[pdf("mot.pdf")])
            refused = self.browser.post("preview", **TYPED, files=[pdf("hai.pdf", "b")])
            proven = {**TYPED, **marks, "proof": proof.solve(marks["stamp"])}
            taken = self.browser.post("preview", **proven, files=[pdf("ba.pdf", "c")])

        self.assertContains(refused, "Tệp «hai.pdf» chưa được nhận: nơi giữ tệp tạm đang đầy")
        self.assertContains(taken, "ba.pdf")
        self.assertNotContains(taken, "chưa được nhận")

    @override_settings(PORTAL_THROTTLE=True)
    def test_with_proofs_of_work_are_bounded_too(self):
        marks = hidden(self.browser.get())
        proven = {**TYPED, **marks, "proof": proof.solve(marks["stamp"])}
        with mock.patch.object(draft_files, "MOST_OF_PROVEN", 700):
            answer = self.browser.post("preview", **proven, files=[pdf("mot.pdf"), pdf("hai.pdf", "b")])

        self.assertContains(answer, "Tệp «hai.pdf» chưa được nhận: nơi giữ tệp tạm đang đầy")

    def test_nobody_sent_are_removed_with_their_contents(self):
        with self.captureOnCommitCallbacks(execute=True):
            self.browser.post("preview", **TYPED, files=[pdf()])
        place = DraftFile.objects.get().file
        with self.captureOnCommitCallbacks(execute=True):
            gone = draft_files.purge(on=MORNING + timedelta(hours=draft_files.RETENTION_HOURS, minutes=1))

        self.assertEqual(gone, 1)
        self.assertFalse(place.storage.exists(place.name))


class InEnglish(CityTestCase):
    english = True

    def test_the_form_its_mistakes_and_the_receipt_speak_english(self):
        page = questions_page(self.city, english=True)
        browser = Browser(self.client, path=f"{page.get_url()}gui-cau-hoi/")
        wrong = browser.post("preview", title="", text="short", files=[SimpleUploadedFile("a.exe", b"MZ")])
        receipt = browser.ask(title="Building permit")

        for said in (
            "Please write the title",
            "The text is too short",
            "at least one way",
            "File “a.exe” was not accepted",
        ):
            self.assertContains(wrong, said)
        self.assertContains(receipt, "Your question has been received")
        self.assertNotContains(receipt, "Đã tiếp nhận")
        self.assertEqual(Question.objects.get().language_code, "en")
        self.assertIn("I agree", QuestionContact.objects.get().consent_text)


@override_settings(EMAIL_BACKEND="base.operations.mail.OutboxBackend")
class WithoutTheMailServer(AskingTestCase):
    def test_the_receipt_comes_at_once_and_the_mail_later_once(self):
        """F10: port closed, then back; the citizen waits for nobody, and the mail leaves once and leaves no trace."""
        smtp = {
            "PORTAL_DELIVERY_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_TIMEOUT": 2,
        }
        ready = self.browser.ready()
        with override_settings(**smtp, EMAIL_PORT=closed_port()):
            began = monotonic()
            answer = self.browser.post("send", **ready)
            seconds = monotonic() - began
            outbox.deliver_due(on=timezone.now())
        with SmtpSink() as sink, override_settings(**smtp, EMAIL_PORT=sink.port):
            for minutes in (5, 10):
                outbox.deliver_due(on=timezone.now() + timedelta(minutes=minutes))

        self.assertContains(answer, "Đã tiếp nhận câu hỏi")
        self.assertLess(seconds, 1)
        self.assertEqual([recipient for recipient, _data in sink.received], [TYPED["email"]])
        self.assertEqual(OutgoingMail.objects.get().recipient, "")


class ManyAtOnce(TransactionTestCase):
    def test_of_eight_questions_of_one_person_at_one_moment_five_are_taken(self):
        with transaction.atomic():
            questions_page(build_city())
        ready = [Browser(Client()).ready(text=f"{TEXT} Câu {number}.") for number in range(8)]

        answers = at_once([lambda fields=fields: Browser(Client()).post("send", **fields) for fields in ready])

        self.assertEqual(sorted(answer.status_code for answer in answers), [200] * 5 + [429] * 3)
        self.assertEqual(Question.objects.count(), limits.OF_CONTACT.most)


class FiveAtOnce(TransactionTestCase):
    def test_five_of_the_same_form_are_one_question_with_one_receipt(self):
        """F11 over the whole way of a request, on PostgreSQL really at one moment."""
        with transaction.atomic():
            questions_page(build_city())
        ready = Browser(Client()).ready()

        answers = at_once([lambda: Browser(Client()).post("send", **ready)] * 5)

        question = Question.objects.get()
        for answer in answers:
            self.assertContains(answer, question.secret)
