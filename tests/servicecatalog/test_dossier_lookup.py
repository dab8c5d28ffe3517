"""The public look-up of a dossier: for whoever has the code, the same for every code that nothing bears."""

import re
from datetime import date
from unittest import mock

import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from base.middleware.throttle import kind_of
from base.operations import proof
from base.operations.attempts import Attempts
from base.operations.throttle import Buckets, Rate
from servicecatalog.dossiers import lookup, recording
from servicecatalog.dossiers.states import NEXT
from servicecatalog.models import DossierStatus
from tests.city import CityTestCase
from tests.servicecatalog.dossier_cast import at, code, history, update

OWN, CITY = "/my-long/dich-vu-cong/tra-cuu-ho-so/", "/dich-vu-cong/tra-cuu-ho-so/"
ENGLISH = "/en/my-long/online-public-services/tra-cuu-ho-so/"


def words_of(answer) -> str:
    """The main text of a page as it is read."""
    main = answer.content.decode().split("<main", 1)[1].split("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


class LookUp(CityTestCase):
    english = True

    def setUp(self):
        cache.clear()
        travel = time_machine.travel(at(8), tick=True)
        travel.start()
        self.addCleanup(travel.stop)

    def ask(self, typed, path=OWN, status=200):
        answer = self.client.post(path, {"code": typed})
        self.assertEqual(answer.status_code, status)
        return answer

    def record(self, *steps, number=1, more=(), **first):
        site = self.city.my_long
        recording.record([*history(*steps, code=code(number), **first), *more], site=site)
        return code(number)

    def test_of_every_site_tells_the_same_of_a_dossier(self):
        own = self.record((2, 3), (4, 4), promised_on=date(2020, 6, 10))
        for path in (OWN, CITY, "/my-xuyen/dich-vu-cong/tra-cuu-ho-so/"):
            with self.subTest(path):
                said = words_of(self.ask(own, path))
                for word in (
                    own,
                    "Đang xử lý",
                    "từ ngày 04/06/2020",
                    "03/06/2020",
                    "10/06/2020",
                    "Còn 2 ngày làm việc",
                ):
                    self.assertIn(word, said)
                self.assertNotIn("xin lỗi", said)

    def test_takes_a_code_as_people_type_it(self):
        own = self.record((2, 3))

        self.assertIn(own, words_of(self.ask(f" {own.lower().replace('-', ' – ')} ")))

    def test_says_what_is_wrong_with_a_code_and_keeps_what_was_typed(self):
        for typed, said in (
            ("", "Hãy nhập mã hồ sơ"),
            ("12345", "ba phần"),
            ("x" * 200, "dài quá 35"),
            ("H01.24.07-200230-0001", "ngày tiếp nhận"),
        ):
            with self.subTest(typed[:20]):
                answer = self.ask(typed)
                self.assertIn(said, words_of(answer))
                self.assertIn("error-summary", answer.content.decode())
        self.assertContains(self.ask("12345"), 'value="12345"')

    def test_has_a_meaning_and_a_next_step_for_every_state_in_both_languages(self):
        ways = {
            1: [(1, 1)],
            2: [(2, 1)],
            3: [(1, 1), (3, 2)],
            4: [(2, 1), (4, 2)],
            5: [(2, 1), (5, 2)],
            6: [(2, 1), (4, 1), (6, 2)],
            7: [(2, 1), (7, 2)],
            8: [(2, 1), (4, 1), (8, 2)],
            9: [(2, 1), (4, 1), (9, 2)],
            10: [(2, 1), (4, 1), (9, 2), (10, 3)],
        }
        self.assertEqual(sorted(ways), sorted(NEXT))
        for state, way in ways.items():
            own = self.record(*way, number=state, promised_on=date(2020, 6, 10))
            with self.subTest(state):
                self.assertIn(DossierStatus(state).label, words_of(self.ask(own)))
                english = words_of(self.ask(own, ENGLISH))
                self.assertNotRegex(
                    english.split("Contact")[0], "[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]"
                )

    def test_of_a_late_dossier_tells_the_rule_of_the_apology_and_whom_to_ask(self):
        own = self.record((2, 1), promised_on=date(2020, 6, 4))

        said = words_of(self.ask(own))

        for word in (
            "Quá hạn 2 ngày làm việc",
            "chỉ được hẹn lại một lần",
            "chưa nhận được thông tin về thư xin lỗi",
            self.city.my_long.unit.full_name,
        ):
            self.assertIn(word, said)

    def test_of_a_dossier_that_was_put_off_tells_the_new_day(self):
        letter = update(None, at(4), "thu", reappointed_on=date(2020, 6, 5))
        own = self.record((2, 1), promised_on=date(2020, 6, 4), more=[letter])

        said = words_of(self.ask(own))

        self.assertIn("đã xin lỗi ngày 04/06/2020 và hẹn lại ngày 05/06/2020", said)
        self.assertIn("gửi muộn hơn quy định", said)
        self.assertIn("Ngày hẹn lại cũng đã qua", said)

    def test_tells_that_the_clock_stands_still(self):
        payment = self.record((2, 1), (4, 2), (6, 3), promised_on=date(2020, 6, 9), number=1)
        papers = self.record((2, 1), (5, 2), promised_on=date(2020, 6, 9), number=2)

        self.assertIn("khi tính tiếp còn 4 ngày làm việc", words_of(self.ask(payment)))
        self.assertIn("thời hạn được tính lại từ đầu", words_of(self.ask(papers)))

    def test_asks_the_database_the_same_for_a_known_and_for_an_unknown_code(self):
        own = self.record((2, 3), promised_on=date(2020, 6, 10))
        self.ask(own)
        self.ask(code(99))
        shapes = []
        for typed in (own, code(99), own, code(98)):
            with CaptureQueriesContext(connection) as queries:
                self.ask(typed)
            shapes.append([re.sub(r"'[^']*'|\b\d+\b|x\d+", "?", query["sql"]) for query in queries])

        self.assertEqual(len({len(shape) for shape in shapes}), 1, [len(shape) for shape in shapes])
        self.assertEqual({tuple(shape) for shape in shapes}, {tuple(shapes[0])})

    def test_answers_unknown_codes_all_alike(self):
        foreign_day, other_unit = "H01.24.07-190101-0001", "000.00.25.H01-200605-0001"

        answers = {words_of(self.ask(typed)).replace(typed, "") for typed in (code(77), foreign_day, other_unit)}

        self.assertEqual(len(answers), 1)
        self.assertIn("Không có hồ sơ nào mang mã này", answers.pop())

    def test_does_not_know_a_dossier_of_which_nothing_counts_yet(self):
        recording.record([update(9, at(3), code=code(5))], site=self.city.my_long)

        self.assertIn("Không có hồ sơ nào", words_of(self.ask(code(5))))

    def test_is_kept_by_no_cache_and_found_by_no_search_engine(self):
        own = self.record((2, 3))
        for answer in (self.client.get(OWN), self.ask(own), self.ask(code(99))):
            self.assertIn("no-store", answer["Cache-Control"])
            self.assertEqual(answer["X-Robots-Tag"], "noindex")
            self.assertNotIn("X-Portal-Cache", answer)

    def test_tells_nothing_but_the_progress(self):
        recording.record(
            history((2, 3), code=code(1), procedure_code="1.001193", channel="online"), site=self.city.my_long
        )

        said = words_of(self.ask(code(1)))

        self.assertNotIn("1.001193", said)
        self.assertNotIn("Trực tuyến", said)

    def test_slows_who_asks_very_often_and_who_tries_codes(self):
        own = self.record((2, 3))
        with override_settings(PORTAL_THROTTLE=True):
            with mock.patch.object(lookup, "_buckets", Buckets({"dossier": Rate(2, 0.01)}, lambda: 1.0)):
                self.ask(own)
                self.ask(own)
                slowed = self.ask(own, status=429)
                self.assertEqual(slowed["Retry-After"], "100")
                self.assertIn("Xin chờ 100 giây", words_of(slowed))
                self.assertContains(slowed, own, status_code=429)
            with (
                mock.patch.object(lookup, "_buckets", Buckets({"dossier": Rate(1000, 1)})),
                mock.patch.object(lookup, "UNKNOWN", Attempts("dossier-code", most=12)),
            ):
                for number in range(12):
                    self.ask(code(100 + number))
                # A known code is refused as an unknown one is.
                self.assertEqual(self.ask(own, status=429).status_code, self.ask(code(98), status=429).status_code)

    def test_with_a_proof_of_work_people_behind_one_address_do_not_wait_for_each_other(self):
        own = self.record((2, 3))
        rates = {**lookup.RATES, "dossier": Rate(0, 0.1)}
        with override_settings(PORTAL_THROTTLE=True), mock.patch.object(lookup, "_buckets", Buckets(rates)):
            shown = self.client.get(OWN).content.decode()
            stamp = re.search(r'name="stamp" value="([^"]+)"', shown)[1]
            typed = {"code": own, "stamp": stamp, "proof": proof.solve(stamp)}
            carried = [self.client.post(OWN, typed).status_code for _turn in range(6)]
            # A code that nothing bears is counted with a proof as without.
            for number in range(lookup.UNKNOWN.most // 5 + 1):
                stamp = proof.new_stamp(timezone.now())
                proven = {"stamp": stamp, "proof": proof.solve(stamp)}
                guesses = [self.client.post(OWN, {"code": code(200 + number), **proven}) for _turn in range(5)]

        self.assertEqual(carried, [200] * 5 + [429])
        self.assertEqual(guesses[-1].status_code, 429)

    def test_is_a_look_up_for_the_throttle_and_takes_a_token_against_forgery(self):
        self.assertEqual(kind_of(self.ask(code(1)).wsgi_request), "lookup")
        self.assertEqual(Client(enforce_csrf_checks=True).post(OWN, {"code": code(1)}).status_code, 403)

    def test_other_routes_of_the_catalogue_take_no_form(self):
        for path in ("/my-long/dich-vu-cong/tinh-hinh-ho-so/", "/my-long/dich-vu-cong/"):
            self.assertEqual(self.client.post(path, {"code": "1"}).status_code, 405)
