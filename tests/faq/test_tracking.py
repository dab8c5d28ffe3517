"""Tracking: open to whoever has number and secret, closed to whoever guesses, silent about who handles a question."""

import re
from datetime import datetime, timedelta
from statistics import median
from time import perf_counter
from unittest import mock
from zoneinfo import ZoneInfo

import time_machine
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from accounts.models import AttemptCount
from base.models import AuditEntry
from base.operations import idempotency
from base.operations.attempts import Attempts
from base.operations.throttle import RATES, Buckets, Rate
from faq.asking import guessing, tracking
from faq.handling import afterwards, answering, assigning, classifying, interim, running
from faq.models import Question, QuestionEvent, QuestionFile
from tests.city import CityTestCase
from tests.faq.cast import a_question, a_topic, again, questions_page
from tests.files.samples import minimal_pdf
from tests.legalref.library import public_document, register
from workflows import deadlines

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
MORNING = datetime(2026, 3, 10, 9, 0, tzinfo=VIETNAM)
TRACK = "/hoi-dap/tra-cuu/"
WRONG = "Số câu hỏi hoặc mã tra cứu không đúng"
SECOND = timedelta(seconds=1)


class TrackingTestCase(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        with time_machine.travel(MORNING, tick=False):
            questions_page(cls.city)

    def setUp(self):
        self.clock = self.enterContext(time_machine.travel(MORNING, tick=False))

    def look(self, question=None, *, number="", secret="", address="198.51.100.7", **fields):
        data = {
            "number": number or (question.number if question else "HD-2026-999999"),
            "secret": secret or (question.secret if question else "ABCDEFGHJK"),
            **fields,
        }
        return Client(REMOTE_ADDR=address).post(TRACK, data)

    def act(self, question, step, **fields):
        """Press a button of the opened question, with the key of its form."""
        key = re.search(rf'name="{idempotency.FIELD}" value="([\w-]+)"', self.look(question).content.decode())[1]
        return self.look(question, step=step, **{idempotency.FIELD: key, **fields})


class Opening(TrackingTestCase):
    def test_takes_number_and_secret_however_they_are_typed(self):
        question = a_question(self.city)
        for number, secret in (
            (question.number, question.secret),
            (question.number.lower(), question.secret.lower()),
            (f" {question.number} ", f"{question.secret[:5]} {question.secret[5:]}"),
            (question.number.replace("-", "–"), f"{question.secret[:5]}–{question.secret[5:].lower()}"),
            (question.number.replace("-", " "), question.secret),
            (question.number.replace("-", ""), question.secret),
            (question.number.replace("-0", "-").replace("-00", "-"), question.secret),
        ):
            with self.subTest(number=number):
                self.assertContains(self.look(number=number, secret=secret), f"Câu hỏi {question.number}")

    def test_tells_a_classification_that_was_changed_at_once_as_one_step(self):
        question = a_question(self.city)
        for name in ("Lĩnh vực một", "Lĩnh vực hai"):
            classifying.classify(again(question), topic=a_topic(name), in_scope=True, by=self.cast.standing_office)
        self.assertEqual(question.events.filter(kind=QuestionEvent.Kind.CLASSIFIED).count(), 2)

        steps = tracking.timeline(question)

        self.assertEqual([step.label for step in steps], ["Tiếp nhận", "Phân loại"])
        self.assertEqual([step.is_last for step in steps], [False, True])

    def test_that_fails_begins_its_title_with_the_error(self):
        question = a_question(self.city)
        for answer, is_wrong in (
            (self.look(question, secret="SAISAISAIS"), True),
            (Client().post(TRACK, {}), True),
            (self.look(question), False),
            (Client().get(TRACK), False),
        ):
            title = re.search(r"<title>(.*?)</title>", answer.content.decode(), re.DOTALL)[1].strip()
            self.assertEqual(title.startswith("Lỗi:"), is_wrong, title)

    def test_is_named_by_the_title_of_the_page(self):
        question = a_question(self.city)

        title = re.search(r"<title>(.*?)</title>", self.look(question).content.decode(), re.DOTALL)[1]
        self.assertIn(f"Câu hỏi {question.number}", title)
        self.assertContains(Client().get(TRACK), "<title>Tra cứu câu hỏi")

    def test_says_to_assistive_technology_that_both_fields_must_be_filled(self):
        self.assertContains(Client().get(TRACK), 'aria-required="true"', count=2)

    def test_lists_the_files_that_were_sent_as_long_as_they_are_kept(self):
        question = a_question(self.city)
        for name, removed_at in (("don.pdf", None), ("cu.pdf", MORNING)):
            QuestionFile.objects.create(
                question=question,
                name=name,
                size=2048,
                digest="0" * 64,
                uploaded_at=MORNING,
                file=name,
                removed_at=removed_at,
            )

        answer = self.look(question)

        self.assertContains(answer, "don.pdf")
        self.assertNotContains(answer, "cu.pdf")

    def test_is_never_done_by_an_address(self):
        question = a_question(self.city)

        answer = self.client.get(TRACK, {"number": question.number, "secret": question.secret})

        self.assertNotContains(answer, question.title)
        self.assertNotContains(answer, question.secret)

    def test_is_kept_by_no_cache_and_names_the_secret_in_no_address_or_cookie(self):
        question = a_question(self.city, state="replied")
        answer = self.look(question)

        self.assertEqual((answer["Cache-Control"], answer["X-Robots-Tag"]), ("no-store", "noindex"))
        self.assertNotIn(question.secret, str(answer.headers) + answer.cookies.output())
        self.assertNotRegex(answer.content.decode(), rf'(href|action)="[^"]*{question.secret}')
        self.assertNotIn("X-Portal-Cache", answer)

    def test_writes_neither_number_nor_secret_into_the_log(self):
        question = a_question(self.city)
        with self.assertNoLogs("django", "WARNING"):
            self.look(question)
            self.look(number=question.number, secret="SAISAISAIS")

        trail = " ".join(str(row) for row in AuditEntry.objects.values_list("detail", "object_label", "action"))
        self.assertNotIn(question.secret, trail)
        self.assertNotIn("SAISAISAIS", trail)

    def test_without_number_or_secret_says_which_is_missing(self):
        answer = self.client.post(TRACK, {"number": "HD-2026-000001", "secret": ""})

        self.assertContains(answer, "Hãy ghi mã tra cứu")
        self.assertContains(answer, 'value="HD-2026-000001"')


class Guessing(TrackingTestCase):
    def setUp(self):
        super().setUp()
        self.question = a_question(self.city)

    def fail(self, times, **options):
        """Guess wrong, each as soon as it is allowed."""
        for _ in range(times):
            answer = self.look(self.question, secret="SAISAISAIS", **options)
            if answer.status_code == 429 and answer["Retry-After"] != "900":
                self.clock.shift(int(answer["Retry-After"]) * SECOND)
                answer = self.look(self.question, secret="SAISAISAIS", **options)
        return answer

    def test_is_slowed_from_the_fifth_failure_even_for_the_right_secret(self):
        fifth = self.fail(5)
        slowed = self.look(self.question)
        self.clock.shift(4 * SECOND)

        self.assertEqual((fifth.status_code, slowed.status_code, slowed["Retry-After"]), (200, 429, "4"))
        self.assertContains(slowed, "Xin chờ 4 giây", status_code=429)
        self.assertContains(self.look(self.question), self.question.title)

    def test_is_locked_from_the_tenth_for_a_quarter_of_an_hour_and_told(self):
        tenth = self.fail(10)
        self.clock.shift(timedelta(minutes=14))
        still = self.look(self.question)
        self.clock.shift(timedelta(minutes=2))

        self.assertEqual((tenth.status_code, tenth["Retry-After"], still.status_code), (429, "900", 429))
        self.assertContains(self.look(self.question), self.question.title)
        entry = AuditEntry.objects.get(action="session.locked")
        self.assertEqual(entry.detail["what"], "đoán số và mã tra cứu câu hỏi")
        self.assertEqual(
            [message.subject for message in mail.outbox if "tra cứu" in message.subject],
            ["Có nhiều lần tra cứu câu hỏi sai"],
        )

    def test_does_not_lock_out_the_asker_elsewhere_nor_another_question_here(self):
        other = a_question(self.city)
        self.fail(10)

        self.assertContains(self.look(self.question, address="203.0.113.9"), self.question.title)
        self.assertContains(self.look(other), other.title)

    def test_of_many_numbers_from_one_address_locks_that_address_alone(self):
        for number in range(guessing.GUESSES_OF_NETWORK.most):
            self.look(number=f"HD-2026-9{number:05}")

        self.assertEqual(self.look(self.question).status_code, 429)
        self.assertContains(self.look(self.question, address="203.0.113.9"), self.question.title)

    def test_of_a_neighbour_loses_nothing_that_was_written_below_an_opened_question(self):
        for number in range(guessing.GUESSES_OF_NETWORK.most):
            self.look(number=f"HD-2026-9{number:05}")

        locked = self.look(self.question, step="supplement", added="Thửa 123, tờ 4.")

        self.assertEqual((locked.status_code, locked["Retry-After"]), (429, "900"))
        for words in ("Thửa 123, tờ 4.", self.question.number, "Gửi lại"):
            self.assertContains(locked, words, status_code=429)

    def test_under_other_spellings_of_a_number_is_counted_as_one(self):
        number = self.question.number
        for spelled in (number, number.lower(), f" {number}", number.replace("-", " - ")[:20], number):
            self.look(number=spelled, secret="SAISAISAIS")
        self.look(number=number.replace("-", "—"), secret="SAISAISAIS")

        self.assertGreaterEqual(
            max(AttemptCount.objects.filter(scope=guessing.GUESSES.scope).values_list("count", flat=True)), 5
        )

    def test_is_forgotten_when_it_was_right(self):
        self.fail(4)
        self.look(self.question)

        self.assertEqual(self.fail(4).status_code, 200)

    def test_keeps_no_number_and_no_address_readable(self):
        self.fail(1)

        for key in AttemptCount.objects.values_list("key", flat=True):
            self.assertNotIn(self.question.number, key)
            self.assertNotIn("198.51.100.7", key)


class WrongNumberAndWrongSecret(TrackingTestCase):
    """A22: what one may learn from an answer is that something was wrong."""

    def test_get_the_same_words_code_headers_and_size(self):
        question = a_question(self.city, state="replied")
        unknown, known = self.look(number="HD-2026-999999"), self.look(question, secret="ABCDEFGHJK")

        self.assertContains(unknown, WRONG)
        self.assertEqual(unknown.status_code, known.status_code)
        self.assertEqual(sorted(unknown.headers), sorted(known.headers))
        self.assertEqual(self.shape(unknown), self.shape(known))

    def test_take_the_same_time(self):
        question = a_question(self.city, state="replied")
        seconds = {"unknown": [], "known": []}
        with (
            mock.patch.object(guessing, "GUESSES", Attempts("faq-track", most=10_000)),
            mock.patch.object(guessing, "GUESSES_OF_NETWORK", Attempts("faq-track-address", most=10_000)),
        ):
            for _sample in range(30):
                for name, number in (("unknown", "HD-2026-999999"), ("known", question.number)):
                    began = perf_counter()
                    self.look(number=number, secret="ABCDEFGHJK")
                    seconds[name].append(perf_counter() - began)

        unknown, known = (median(sorted(seconds[name])[:20]) for name in ("unknown", "known"))
        self.assertLess(abs(unknown - known) / known, 0.25, seconds)

    @staticmethod
    def shape(answer) -> str:
        text = answer.content.decode()
        text = re.sub(r'name="(csrfmiddlewaretoken|portal_submission)" value="[^"]+"', "", text)
        return re.sub(r"HD-2026-\d{6}", "HD", text)


class TheTimeline(TrackingTestCase):
    def test_tells_each_step_with_unit_last_day_and_its_explanation(self):
        question = a_question(self.city, state="assigned", unit=self.city.my_long.unit)
        answer = self.look(question)

        for said in (
            "Tiếp nhận",
            "Phân loại",
            "Chuyển đơn vị trả lời",
            "Phường Mỹ Long",
            "31/03/2026",
            "không tính ngày tiếp nhận",
            "Đã chuyển đơn vị trả lời",
        ):
            self.assertContains(answer, said)

    def test_shows_every_interim_notice_and_the_promised_day(self):
        question = a_question(self.city, state="assigned", notices=1)
        self.clock.shift(timedelta(days=1))
        later = deadlines.workdays_after(running.running_deadline(question).last_day, 3)
        interim.notify(question, text="Còn chờ cơ quan thuế.", promised_on=later, by=self.cast.head)
        answer = self.look(question)

        self.assertContains(answer, "Đang thu thập hồ sơ.")
        self.assertContains(answer, "Còn chờ cơ quan thuế.")
        self.assertContains(answer, "Đã hẹn trả lời chậm nhất ngày")
        self.assertContains(answer, f"{later:%d/%m/%Y}")

    def test_says_of_a_signed_answer_when_it_can_be_read(self):
        self.assertContains(self.look(a_question(self.city, state="signed")), "hiện ở đây ngay khi được gửi cho ông/bà")
        self.assertNotContains(self.look(a_question(self.city, state="replied")), "ngay khi được gửi cho ông/bà")

    def test_names_nobody_who_handles_the_question_but_who_signed_the_answer(self):
        for state in ("assigned", "drafted", "out_of_scope", "merged", "spam", "closed", "replied"):
            question = a_question(self.city, state=state, notices=1 if state == "assigned" else 0)
            with self.subTest(state=state):
                text = self.look(question).content.decode()
                signer = question.answers.values_list("signer_name", flat=True).first() or ""
                for person in ("standing_office", "editor", "head", "deputy"):
                    user = getattr(self.cast, person)
                    self.assertNotIn(user.username, text)
                    if user.get_full_name() != signer:
                        self.assertNotIn(user.get_full_name(), text)

    def test_shows_the_answer_with_what_it_rests_on(self):
        register(self.city.site)
        document = public_document(self.city.site, by=self.cast.standing_office, symbol="12/2021/QĐ-UBND")
        question = a_question(self.city, state="replied", documents=[document])
        answer = self.look(question)

        self.assertContains(answer, "Hồ sơ nộp tại bộ phận một cửa")
        self.assertContains(answer, f'{document.slug}/"')
        self.assertContains(answer, question.answers.get().signer_name)

    def test_says_of_a_question_out_of_scope_why_and_whose_matter_it_is(self):
        answer = self.look(a_question(self.city, state="out_of_scope"))

        self.assertContains(answer, "Thuộc thẩm quyền của cơ quan khác")
        self.assertContains(answer, "Tòa án nhân dân khu vực")
        self.assertNotContains(answer, 'value="rate"')

    def test_leads_to_the_public_page_once_there_is_one(self):
        question = a_question(self.city, state="published")

        self.assertContains(self.look(question), f'/{question.page.slug}/"')

    def test_of_a_merged_question_shows_the_answer_of_the_one_it_was_merged_into(self):
        question = a_question(self.city, state="merged")
        waiting = self.look(question)
        into = question.merged_into
        office, head, writer = self.cast.standing_office, self.cast.head, self.cast.editor
        classifying.classify(into, topic=again(into).topic or a_topic(), in_scope=True, by=office)
        assigning.assign(into, unit=self.city.site.unit, by=office)
        answering.draft(into, body="<p>Nộp tại phường.</p>", by=writer)
        answering.submit(into, by=writer)
        answering.sign(into, by=head)
        answering.decide_interest(into, common=False, reason="riêng", by=office)
        answering.reply(into, by=office)

        self.assertContains(waiting, "Được trả lời chung với câu hỏi cùng nội dung")
        self.assertContains(self.look(question), "Nộp tại phường.")
        self.assertContains(self.act(question, "rate", satisfaction="3"), "Cảm ơn")


class WhileTheAskerIsWaitedFor(TrackingTestCase):
    def setUp(self):
        super().setUp()
        self.question = a_question(self.city, state="assigned", waiting="Xin cho biết số thửa đất.")

    def test_he_reads_what_is_missing_and_that_the_clock_stands(self):
        answer = self.look(self.question)

        self.assertContains(answer, "Xin cho biết số thửa đất.")
        self.assertContains(answer, "đang tạm dừng chờ ông/bà bổ sung")

    def test_what_he_adds_goes_to_the_question_with_its_file_and_the_clock_goes_on(self):
        file = SimpleUploadedFile("so-do.pdf", minimal_pdf())
        answer = self.act(self.question, "supplement", added="Thửa 123, tờ 4.", files=[file])

        question = again(self.question)
        self.assertContains(answer, "Đã nhận nội dung bổ sung")
        self.assertIsNone(question.waiting_since)
        self.assertIn("Thửa 123, tờ 4.", question.text)
        self.assertEqual(QuestionFile.objects.get().name, "so-do.pdf")

    def test_what_he_adds_twice_is_added_once(self):
        key = {idempotency.FIELD: "mot-khoa-cua-bieu-mau"}
        for _ in range(2):
            answer = self.look(self.question, step="supplement", added="Thửa 123.", **key)

        self.assertContains(answer, "Đã nhận nội dung bổ sung")
        self.assertEqual(again(self.question).text.count("Thửa 123."), 1)

    def test_nothing_is_lost_when_something_is_missing(self):
        file = SimpleUploadedFile("so-do.pdf", minimal_pdf())
        empty = self.act(self.question, "supplement", added="", files=[file])
        wrong = self.act(self.question, "supplement", added="Thửa 123.", files=[SimpleUploadedFile("a.exe", b"MZ")])

        self.assertContains(empty, "Hãy ghi nội dung bổ sung")
        self.assertContains(empty, "so-do.pdf")
        self.assertContains(wrong, "Thửa 123.")
        self.assertContains(wrong, "loại tệp này không được nhận")
        self.assertIsNotNone(again(self.question).waiting_since)

    @override_settings(PORTAL_THROTTLE=True)
    def test_over_a_limit_what_is_added_comes_back_with_its_file_and_is_sent_afterwards(self):
        seconds, file = [1000.0], SimpleUploadedFile("giay.pdf", minimal_pdf())
        buckets = Buckets({**RATES, "lookup": Rate(1, 0.05)}, lambda: seconds[0])
        with mock.patch("base.middleware.throttle.Buckets", return_value=buckets):
            client = Client(REMOTE_ADDR="198.51.100.7")
            opened = {"number": self.question.number, "secret": self.question.secret}
            key = re.search(r'name="portal_submission" value="([\w-]+)"', client.post(TRACK, opened).content.decode())[
                1
            ]
            added = {**opened, "step": "supplement", "added": "Thửa 123, tờ 4.", idempotency.FIELD: key}

            came_back = client.post(TRACK, {**added, "files": [file]})
            plain = client.post(TRACK, opened)

            self.assertEqual((came_back.status_code, came_back["Retry-After"]), (429, "20"))
            self.assertContains(came_back, "xin bấm gửi lần nữa sau 20 giây", status_code=429)
            self.assertContains(came_back, "Thửa 123, tờ 4.", status_code=429)
            self.assertContains(plain, f'value="{self.question.number}"', status_code=429)
            self.assertEqual(QuestionFile.objects.count(), 0)
            kept = re.search(r'name="kept" value="([^"]+)"', came_back.content.decode())[1]
            seconds[0] += 20
            self.assertContains(client.post(TRACK, {**added, "kept": kept}), "Đã nhận nội dung bổ sung")
            self.assertEqual(QuestionFile.objects.count(), 1)


class TheOpinionOfTheAsker(TrackingTestCase):
    """Scenario B.26: asked only where it makes sense, and it may open the answer again."""

    def test_is_asked_only_after_an_answer(self):
        for state, is_asked in (
            ("received", False),
            ("assigned", False),
            ("out_of_scope", False),
            ("spam", False),
            ("replied", True),
            ("closed", True),
            ("published", True),
        ):
            with self.subTest(state=state):
                answer = self.look(a_question(self.city, state=state))
                self.assertEqual('value="rate"' in answer.content.decode(), is_asked)

    def test_of_three_levels_is_stored_and_may_be_changed(self):
        question = a_question(self.city, state="replied")
        self.act(question, "rate", satisfaction="3")
        answer = self.act(question, "rate", satisfaction="2")

        self.assertContains(answer, "Ông/bà đã chọn: <strong>Hài lòng</strong>")
        self.assertEqual(again(question).satisfaction, Question.Satisfaction.SATISFIED)

    def test_that_is_none_of_the_three_is_refused(self):
        question = a_question(self.city, state="replied")

        self.assertContains(self.act(question, "rate", satisfaction="9"), "Hãy chọn một trong ba mức hài lòng")
        self.assertIsNone(again(question).satisfaction)

    def test_that_he_is_not_satisfied_lets_him_ask_for_another_look(self):
        question = a_question(self.city, state="closed")
        rated = self.act(question, "rate", satisfaction="1")
        missing = self.act(question, "reopen", reason="")
        answer = self.act(question, "reopen", reason="Chưa nói phải nộp ở đâu.")

        self.assertContains(rated, "Đề nghị xem xét lại")
        self.assertContains(missing, "Hãy ghi điều ông/bà thấy cần xem xét lại")
        self.assertContains(answer, "Đã nhận đề nghị xem xét lại")
        self.assertContains(answer, "Hồ sơ nộp tại bộ phận một cửa")
        self.assertEqual((again(question).state, again(question).round), ("assigned", 2))

    def test_lets_nobody_reopen_who_is_satisfied_or_comes_too_late(self):
        question = a_question(self.city, state="closed", satisfaction=3)
        satisfied = self.act(question, "reopen", reason="Vẫn hỏi lại.")
        afterwards.rate(question, satisfaction=1)
        self.clock.shift(timedelta(days=afterwards.REOPEN_DAYS, hours=1))
        late = self.act(question, "reopen", reason="Vẫn hỏi lại.")

        self.assertContains(satisfied, "Chưa hài lòng")
        self.assertContains(late, "gửi câu hỏi mới")
        self.assertEqual(again(question).round, 1)


class InEnglish(CityTestCase):
    english = True

    def test_the_form_the_timeline_and_the_mistakes_speak_english(self):
        page = questions_page(self.city, english=True)
        question = a_question(self.city, state="replied", language_code="en")
        path = f"{page.get_url()}tra-cuu/"
        form = self.client.get(path)
        opened = self.client.post(path, {"number": question.number, "secret": question.secret})
        wrong = self.client.post(path, {"number": question.number, "secret": "SAISAISAIS"})

        self.assertContains(form, "Track a question")
        for said in ("Answered", "Received", "Are you satisfied with the answer?", "Very satisfied"):
            self.assertContains(opened, said)
        self.assertContains(wrong, "The question number or the tracking code is wrong")
        for answer in (form, opened, wrong):
            self.assertNotContains(answer, "Tra cứu")
