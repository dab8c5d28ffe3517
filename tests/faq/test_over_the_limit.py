"""Over a limit of its network a form comes back whole, with its files, and truly says when to press again."""

import re
from datetime import timedelta
from unittest import mock

from django.test import Client, override_settings
from django.utils import timezone

from base.operations import proof
from base.operations.throttle import RATES, REQUESTS_OF_PROOF, Buckets, Rate
from faq.models import DraftFile, Question
from tests.faq.test_asking import ASK, TEXT, TYPED, AskingTestCase, Browser, hidden, pdf

FORMS = int(RATES["form"].burst)
REPORT, TRACK, OWN_DATA = "/hoi-dap/bao-loi/", "/hoi-dap/tra-cuu/", "/hoi-dap/du-lieu-ca-nhan/"
DOSSIER = "/dich-vu-cong/tra-cuu-ho-so/"


@override_settings(PORTAL_THROTTLE=True)
class Limited(AskingTestCase):
    """Somebody with buckets of his own, whose clock stands still unless it is moved."""

    def setUp(self):
        super().setUp()
        self.seconds = 1000.0
        self.buckets = Buckets(RATES, lambda: self.seconds)
        with mock.patch("base.middleware.throttle.Buckets", return_value=self.buckets):
            self.browser = Browser(Client())
            self.drawn = {**TYPED, **hidden(self.browser.get())}

    def empty(self, kind: str) -> None:
        while not self.buckets.take(kind, self.browser.address):
            pass

    def wait(self, seconds: int) -> None:
        self.seconds += seconds
        self.clock.shift(timedelta(seconds=seconds))

    def proven(self) -> dict:
        return {**self.drawn, "proof": proof.solve(self.drawn["stamp"])}


class WithoutProof(Limited):
    def test_a_form_with_a_file_comes_back_whole_says_when_and_is_sent_then(self):
        self.empty("form")

        came_back = self.browser.post("preview", **self.drawn, files=[pdf("don xin.pdf")])

        self.assertEqual((came_back.status_code, came_back["Retry-After"]), (429, "10"))
        self.assertContains(came_back, "xin bấm gửi lần nữa sau 10 giây", status_code=429)
        self.assertContains(came_back, TEXT, status_code=429)
        self.assertContains(came_back, "don xin.pdf", status_code=429)
        self.assertContains(came_back, 'data-press-again="10"', status_code=429)
        self.assertEqual(DraftFile.objects.count(), 1)
        self.wait(10)
        previewed = self.browser.post("preview", **{**TYPED, **hidden(came_back)})
        self.assertContains(previewed, "Xem lại câu hỏi trước khi gửi")
        self.wait(10)
        self.assertContains(self.browser.post("send", **{**TYPED, **hidden(previewed)}), "Đã tiếp nhận câu hỏi")
        self.assertEqual(len(Question.objects.get().submitted_files()), 1)

    def test_a_preview_that_is_sent_too_soon_is_the_preview_again(self):
        previewed = self.browser.post("preview", **self.drawn, files=[pdf()])
        self.empty("form")

        came_back = self.browser.post("send", **{**TYPED, **hidden(previewed)})

        self.assertContains(came_back, "Xem lại câu hỏi trước khi gửi", status_code=429)
        self.assertEqual(len(hidden(came_back)["kept"]), 1)
        self.assertEqual(Question.objects.count(), 0)
        self.wait(int(came_back["Retry-After"]))
        self.assertContains(self.browser.post("send", **{**TYPED, **hidden(came_back)}), "Đã tiếp nhận câu hỏi")

    def test_whoever_presses_when_told_to_is_let_in_however_many_press_meanwhile(self):
        self.empty("form")
        first = self.browser.post("preview", **self.drawn)
        second = self.browser.post("preview", **{**TYPED, **hidden(self.browser.get())})
        self.assertEqual((first["Retry-After"], second["Retry-After"]), ("10", "20"))

        self.wait(10)
        for _ in range(3):
            self.assertEqual(self.browser.post("preview", **{**TYPED, "stamp": ""}).status_code, 429)

        self.assertContains(self.browser.post("preview", **{**TYPED, **hidden(first)}), "Xem lại câu hỏi trước khi gửi")
        early = self.browser.post("preview", **{**TYPED, **hidden(second)})
        self.assertEqual((early.status_code, early["Retry-After"]), (429, "10"))
        self.wait(10)
        self.assertContains(self.browser.post("preview", **{**TYPED, **hidden(early)}), "Xem lại câu hỏi trước khi gửi")

    def test_the_turn_of_another_form_is_none(self):
        self.empty("form")
        turn = hidden(self.browser.post("preview", **self.drawn))["turn"]
        other = hidden(self.browser.get())
        self.wait(10)

        answer = self.browser.post("preview", **{**TYPED, **other, "turn": turn})

        self.assertEqual(answer.status_code, 429)

    def test_the_page_without_the_database_gives_the_turn_too(self):
        self.empty("form")
        self.empty("redraw")
        turn = hidden(self.browser.post("preview", **self.drawn))["turn"]
        self.wait(10)

        answer = self.browser.post("preview", **{**self.drawn, "turn": turn})

        self.assertContains(answer, "Xem lại câu hỏi trước khi gửi")

    def test_another_process_lets_in_whose_turn_has_come_a_few_times_and_no_other(self):
        self.empty("form")
        marks = hidden(self.browser.post("preview", **self.drawn))
        other = Buckets(RATES, lambda: self.seconds)
        with mock.patch("base.middleware.throttle.Buckets", return_value=other):
            elsewhere = Browser(Client())
            elsewhere.get()
        while not other.take("form", elsewhere.address):
            pass
        self.assertEqual(elsewhere.post("preview", **{**TYPED, **marks})["Retry-After"], "10")

        self.wait(10)
        other.take("form", elsewhere.address)

        answers = [elsewhere.post("preview", **{**TYPED, **marks}).status_code for _ in range(6)]
        self.assertEqual(answers, [200, 200, 200, 200, 429, 429])

    def test_forms_that_nobody_drew_here_put_nothing_aside(self):
        self.empty("form")
        for _ in range(20):
            self.assertEqual(self.browser.post("preview", **{**TYPED, "stamp": ""})["Retry-After"], "10")

        self.assertEqual(self.browser.post("preview", **self.drawn)["Retry-After"], "10")

    def test_a_form_sent_twice_and_one_sent_without_its_turn_keep_their_place(self):
        self.empty("form")
        for _ in range(3):
            self.assertEqual(self.browser.post("preview", **self.drawn)["Retry-After"], "10")
        self.assertEqual(self.browser.post("preview", **{**TYPED, **hidden(self.browser.get())})["Retry-After"], "20")

        self.wait(10)

        self.assertContains(self.browser.post("preview", **self.drawn), "Xem lại câu hỏi trước khi gửi")

    def test_a_turn_stays_with_a_form_that_is_asked_for_more_work(self):
        self.empty("form")
        with mock.patch("faq.asking.limits.bits_for", return_value=proof.ZERO_BITS + 2):
            marks = hidden(self.browser.post("preview", **self.drawn))
            self.assertNotEqual(marks["stamp"], self.drawn["stamp"])
            self.wait(10)

            answer = self.browser.post("preview", **{**TYPED, **marks})

        self.assertContains(answer, "Xem lại câu hỏi trước khi gửi")

    def test_a_form_that_is_not_finished_comes_back_without_a_mistake_being_named(self):
        self.empty("form")

        came_back = self.browser.post("send", **{**self.drawn, "text": "", "title": "Nhà tôi"})

        self.assertContains(came_back, 'value="Nhà tôi"', status_code=429)
        self.assertNotContains(came_back, "field--error", status_code=429)

    def test_beyond_what_is_drawn_again_a_page_without_the_database_gives_back_what_was_typed(self):
        self.empty("form")
        self.empty("redraw")
        self.empty("noted")

        with self.assertNumQueries(0):
            came_back = self.browser.post("send", **self.drawn, files=[pdf()])

        self.assertEqual((came_back.status_code, came_back["Retry-After"]), (429, "10"))
        for words in (
            TEXT,
            "xin chờ 10 giây",
            f'action="{ASK}"',
            'name="step" value="send"',
            "Tệp vừa chọn chưa nhận được",
        ):
            self.assertContains(came_back, words, status_code=429)

    def test_a_tick_under_a_text_that_has_changed_since_is_taken_back_here_too(self):
        previewed = self.browser.post("preview", **self.drawn)
        self.empty("form")

        came_back = self.browser.post("send", **{**TYPED, **hidden(previewed), "consent_version": "0" * 16})

        self.assertContains(came_back, "Nội dung đồng ý vừa thay đổi", status_code=429)
        self.assertContains(came_back, TEXT, status_code=429)
        self.assertNotIn('type="hidden" name="consent"', came_back.content.decode())
        self.assertNotRegex(came_back.content.decode(), r'name="consent"[^>]* checked')

    def test_a_form_that_keeps_no_files_is_given_back_by_that_page(self):
        self.empty("form")

        came_back = self.browser.client.post(REPORT, {"text": "Sai số điện thoại"}, REMOTE_ADDR=self.browser.address)

        self.assertContains(came_back, "Sai số điện thoại", status_code=429)
        self.assertContains(came_back, f'action="{REPORT}"', status_code=429)

    def test_a_look_up_is_given_back_with_what_was_looked_up(self):
        self.empty("lookup")
        typed = {"number": "HD-2026-000001", "secret": "ABCD"}
        for path, fields in ((TRACK, typed), (OWN_DATA, typed), (DOSSIER, {"code": "H01-200605-0001"})):
            self.empty("redraw")
            came_back = self.browser.client.post(path, fields, REMOTE_ADDR=self.browser.address)

            for name, value in fields.items():
                self.assertContains(came_back, f'name="{name}" value="{value}"', status_code=429)

    def test_readers_of_english_read_english(self):
        self.empty("form")

        came_back = self.browser.client.post("/en/", {"text": "x"}, REMOTE_ADDR=self.browser.address)

        self.assertContains(came_back, "please wait 10 seconds", status_code=429)
        self.assertContains(came_back, "Send again", status_code=429)


class WithProof(Limited):
    def test_a_form_passes_where_the_narrow_bucket_is_empty(self):
        self.empty("form")

        previewed = self.browser.post("preview", **self.proven())
        received = self.browser.post("send", **{**TYPED, **hidden(previewed)})

        self.assertEqual(previewed.status_code, 200)
        self.assertContains(received, "Đã tiếp nhận câu hỏi")

    def test_one_proof_carries_the_requests_of_one_form(self):
        self.empty("form")
        data = self.proven()

        codes = [self.browser.post("edit", **data).status_code for _ in range(REQUESTS_OF_PROOF + 1)]

        self.assertEqual(set(codes[:-1]), {200})
        self.assertEqual(codes[-1], 429)

    def test_a_proof_that_is_none_carries_nothing(self):
        self.empty("form")
        data = self.proven()
        other = proof.new_stamp(timezone.now())
        for changed in ({"proof": ""}, {"proof": "x"}, {"proof": "9" * 13}, {"stamp": other}, {"stamp": "x"}):
            with self.subTest(changed):
                self.assertEqual(self.browser.post("edit", **{**data, **changed}).status_code, 429)

    def test_the_wide_bucket_holds_all_people_of_a_network_and_gives_back_too(self):
        data = self.proven()
        self.empty("sending")

        came_back = self.browser.post("send", **data)

        self.assertEqual((came_back.status_code, came_back["Retry-After"]), (429, "1"))
        self.assertContains(came_back, TEXT, status_code=429)
        self.seconds += 1
        self.assertContains(self.browser.post("send", **data), "Đã tiếp nhận câu hỏi")


class ACrowd(Limited):
    """What a thousand people behind one address do in ten minutes goes through, spread as chance has it."""

    PEOPLE, MINUTES = 1000, 10
    EACH = {"page": 12, "search": 3, "similar": 6, "sending": 4, "lookup": 1, "vote": 1, "file": 20}

    def test_takes_every_token_it_needs(self):
        for kind, times in self.EACH.items():
            steps, refused = self.PEOPLE * times, 0
            buckets, now = Buckets({kind: RATES[kind]}, lambda: self.seconds), self.seconds
            for number in range(steps):
                # In waves: half of each minute's come within its first ten seconds.
                minute, part = divmod(number, steps // self.MINUTES)
                share = part / (steps // self.MINUTES)
                self.seconds = now + 60 * minute + (20 * share if share < 0.5 else 10 + 100 * (share - 0.5))
                refused += bool(buckets.take(kind, "198.51.100.9"))
            with self.subTest(kind):
                self.assertEqual(refused, 0)

    def test_but_without_proof_the_narrow_bucket_stays_what_it_was(self):
        self.assertEqual(RATES["form"], Rate(12, 0.1))


class Pattern(Limited):
    def test_the_form_that_came_back_bears_the_same_key_so_that_it_is_received_once(self):
        self.empty("form")

        came_back = self.browser.post("preview", **self.drawn)

        key = re.search(r'name="portal_submission" value="([^"]+)"', came_back.content.decode())[1]
        self.assertEqual(key, self.drawn["portal_submission"])
