"""The figures of a year against a table worked out by hand."""

import csv
import io
from datetime import date, datetime
from zoneinfo import ZoneInfo

import openpyxl
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from base.models import OrganisationUnit
from faq.handling import afterwards, answering, classifying, interim
from faq.models import Question
from faq.public import figures
from tests.city import CityTestCase

from .cast import a_question

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
TODAY = "2026-07-20 09:00 +0700"


def at(day: str, hour: int = 9) -> datetime:
    """A moment of 2026: at("03-02")."""
    month, number = map(int, day.split("-"))
    return datetime(2026, month, number, hour, tzinfo=VIETNAM)


class WithAYear(CityTestCase):
    """Eleven questions of 2026, each by the verbs; what they come to stands in `ByHand`.

    03-02 Mon  A  city, answered 03-09 (5 working days), very satisfied
    03-03 Tue  B  city, answered 03-31 (20): late
    03-03 Tue  C  city, notice on 03-16 with 04-03 promised, answered 04-03 (24): on time
    03-04 Wed  D  city, notice on 03-16 with 04-03 promised, answered 04-06 (24): late; not satisfied; looked at again
    03-05 Thu  E  city, out of scope on the day
    03-06 Fri  F  merged into A2 (received 03-06), both answered 03-10 (2)
    04-01 Wed  G  Mỹ Long, waits from 04-03 to 04-09, answered 04-14 (9, less 4 waited for the asker: 5); satisfied
    06-30 Tue  H  Mỹ Long, with the ward, not late on 07-20
    06-01 Mon  I  Mỹ Long, with the ward, late on 07-20
    03-09 Mon  J  spam, K suspected spam: count nowhere
    """

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.office, cls.head, cls.writer = (
            User.objects.get(username=name) for name in ("thuong-truc", "truong-ban", "bien-tap")
        )
        with time_machine.travel(TODAY, tick=False):
            cls.build()

    @classmethod
    def build(cls):
        city, ward = cls.city.site, cls.city.my_long
        first = cls.asked(at("03-02"))
        cls.answered(first, at("03-09"))
        afterwards.rate(first, satisfaction=3, on=at("03-10"))
        cls.answered(cls.asked(at("03-03")), at("03-31"))
        kept, broken = cls.asked(at("03-03")), cls.asked(at("03-04"))
        for question, replied in ((kept, at("04-03")), (broken, at("04-06"))):
            interim.notify(question, text="Đang xác minh.", promised_on=date(2026, 4, 3), by=cls.head, on=at("03-16"))
            cls.answered(question, replied)
        afterwards.rate(broken, satisfaction=1, on=at("04-07"))
        afterwards.reopen(broken, reason="Chưa trả lời đúng câu hỏi.", on=at("04-08"))
        a_question(cls.city, site=city, state="out_of_scope", on=at("03-05"))
        into, merged = cls.asked(at("03-06")), a_question(cls.city, site=city, on=at("03-06"))
        classifying.merge(merged, into, reason="cùng nội dung", by=cls.office, on=at("03-06", 10))
        cls.answered(into, at("03-10"))
        paused = cls.asked(at("04-01"), ward)
        # A pause that is recorded later than it was would not undo a delay.
        with time_machine.travel(at("04-03"), tick=False):
            interim.wait_for_asker(paused, text="Xin cho biết số thửa.", by=cls.office)
        with time_machine.travel(at("04-09"), tick=False):
            interim.resume(paused, by=cls.office)
        cls.answered(paused, at("04-14"))
        afterwards.rate(paused, satisfaction=2, on=at("04-15"))
        cls.asked(at("06-30"), ward)
        cls.asked(at("06-01"), ward)
        a_question(cls.city, site=city, state="spam", on=at("03-09"))
        suspect = a_question(cls.city, site=city, on=at("03-09"))
        Question.objects.filter(pk=suspect.pk).update(is_suspect=True)

    @classmethod
    def asked(cls, on, site=None):
        return a_question(cls.city, site=site, unit=(site or cls.city.site).unit, state="assigned", on=on)

    @classmethod
    def answered(cls, question, on):
        answering.draft(question, body="<p>Đã xem xét, xin trả lời.</p>", by=cls.writer, on=on)
        answering.submit(question, by=cls.writer, on=on)
        answering.sign(question, by=cls.head, on=on)
        answering.decide_interest(question, common=False, reason="Việc riêng.", by=cls.office, on=on)
        answering.reply(question, by=cls.office, on=on)

    def year(self, site=None, **options):
        with time_machine.travel(TODAY, tick=False):
            return figures.of_year(site or self.city.site, 2026, **options)


class ByHand(WithAYear):
    def check(self, row, **expected):
        for name, value in expected.items():
            with self.subTest(figure=name):
                self.assertEqual(getattr(row, name), value)

    def test_the_whole_year(self):
        self.check(
            self.year().total,
            received=10,
            answered=7,
            out_of_scope=1,
            waiting=2,
            overdue=1,
            on_time=5,
            share_on_time=62,
            median_workdays=5,
            very=1,
            satisfied=1,
            not_satisfied=0,
            share_satisfied=100,
            reopened=1,
        )

    def test_march(self):
        month, row = self.year().months[2]

        self.assertEqual(month, 3)
        self.check(
            row,
            received=7,
            answered=6,
            out_of_scope=1,
            waiting=0,
            overdue=0,
            on_time=4,
            share_on_time=67,
            median_workdays=12.5,
            very=1,
            satisfied=0,
            reopened=1,
        )

    def test_a_month_in_which_one_waited_for_the_asker(self):
        self.check(self.year().months[3][1], received=1, answered=1, on_time=1, median_workdays=5, satisfied=1)

    def test_what_is_not_answered_is_late_only_once_its_day_has_passed(self):
        self.check(self.year().months[5][1], received=2, answered=0, waiting=2, overdue=1, share_on_time=0)

    def test_a_month_without_questions_says_nothing(self):
        self.check(self.year().months[0][1], received=0, share_on_time=None, median_workdays=None, share_satisfied=None)

    def test_the_months_add_up_to_the_year_and_so_do_the_units(self):
        year = self.year()

        for name in ("received", "answered", "out_of_scope", "waiting", "overdue", "on_time", "reopened"):
            with self.subTest(figure=name):
                total = getattr(year.total, name)
                self.assertEqual(sum(getattr(row, name) for _month, row in year.months), total)
                self.assertEqual(sum(getattr(row, name) for _unit, row in year.units), total)

    def test_units(self):
        rows = {unit.slug: row for unit, row in self.year().units}

        self.assertEqual(set(rows), {"long-xuyen", "my-long"})
        self.check(rows["my-long"], received=3, answered=1, waiting=2, overdue=1, on_time=1, share_on_time=50)

    def test_a_ward_sees_its_own_only_and_one_unit_can_be_asked_for(self):
        self.assertEqual(self.year(self.city.my_long).total.received, 3)
        self.assertEqual(self.year(self.city.my_xuyen).total.received, 0)
        chosen = self.year(unit="my-long")
        self.assertEqual((chosen.unit.slug, chosen.total.received, chosen.months[2][1].received), ("my-long", 3, 0))
        self.assertIsNone(self.year(unit="khong-co").unit)


class OverTime(WithAYear):
    def test_a_reopened_question_answered_late_again_changes_nothing_of_its_month(self):
        before = self.year().months[2][1]
        question = Question.objects.get(round=2)

        self.answered(question, at("07-15"))

        after = self.year().months[2][1]
        self.assertEqual(
            (before.answered, before.on_time, before.median_workdays),
            (after.answered, after.on_time, after.median_workdays),
        )

    def test_what_a_merged_away_unit_answered_stays_under_its_old_name(self):
        old = self.city.my_long.unit
        new = OrganisationUnit.objects.create(
            name="Phường Mới",
            authority_name="UBND phường Mới",
            slug="phuong-moi",
            kind=old.kind,
            parent=self.city.site.unit,
            valid_from=date(2026, 7, 1),
        )
        Question.objects.filter(state="assigned", unit=old).update(unit=new)

        rows = {unit.slug: row.received for unit, row in self.year().units}

        self.assertEqual(rows, {"long-xuyen": 7, "my-long": 1, "phuong-moi": 2})

    def test_the_last_moment_of_december_belongs_to_december(self):
        with time_machine.travel(TODAY, tick=False):
            a_question(self.city, on=datetime(2025, 12, 31, 23, 55, tzinfo=VIETNAM))

        self.assertEqual(figures.of_year(self.city.site, 2025).months[11][1].received, 1)
        self.assertEqual(figures.years(self.city.site)[-1], 2025)


class ThePage(WithAYear):
    def get(self, address="/hoi-dap/thong-ke/", **parameters):
        with time_machine.travel(TODAY, tick=False):
            return self.client.get(address, parameters)

    def test_shows_the_figures_of_this_year_with_drawings_and_tables(self):
        response = self.get()

        self.assertContains(response, "Thống kê hỏi – đáp năm 2026")
        self.assertContains(response, '<th scope="row">03/2026</th><td class="number" data-label="Tiếp nhận">7</td>')
        self.assertContains(response, '<svg class="chart chart--rong"')
        self.assertContains(response, "T3: tiếp nhận 7, đã trả lời 6")
        self.assertContains(response, "62%")
        self.assertNotContains(response, "style=")

    def test_another_year_and_one_unit_can_be_chosen(self):
        self.assertContains(self.get(**{"don-vi": "my-long"}), "<dd>3</dd>")
        for year in ("1999", "abc", "٢٠٢٦", "99999999"):
            with self.subTest(year=year):
                self.assertContains(self.get(nam=year), "năm 2026")

    def test_nothing_of_any_asker_is_in_page_or_files(self):
        answers = [self.get(), self.get("/hoi-dap/thong-ke/csv/")]
        self.assertEqual([answer.status_code for answer in answers], [200, 200])
        texts = [answer.content.decode() for answer in answers]

        for question in Question.objects.select_related("contact"):
            for value in (question.title, question.number, question.contact.name, question.contact.email):
                with self.subTest(value=value):
                    self.assertFalse([text for text in texts if value in text])

    def test_the_files_hold_the_same_figures(self):
        told = self.get("/hoi-dap/thong-ke/csv/").content.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(told, newline="")))
        march = next(row for row in rows if row[0] == "03/2026")
        self.assertEqual(march[1:8], ["7", "6", "1", "0", "0", "4", "67"])
        self.assertEqual(march[8], "12,5")

        book = openpyxl.load_workbook(io.BytesIO(self.get("/hoi-dap/thong-ke/xlsx/").content))
        self.assertEqual(book.sheetnames, ["Theo tháng", "Theo đơn vị"])
        self.assertIn("Phường Mỹ Long", [row[0].value for row in book["Theo đơn vị"].rows])
        self.assertEqual(self.get("/hoi-dap/thong-ke/pdf/").status_code, 404)

    def test_is_kept_by_the_page_cache_by_year_and_unit(self):
        response = self.get()

        self.assertEqual(response["X-Portal-Vary-Params"], "don-vi,nam")
        self.assertEqual(response["X-Portal-Cache"], "public")

    def test_queries_do_not_grow_with_the_questions(self):
        self.get()
        few = self._queries()
        with time_machine.travel(TODAY, tick=False):
            for day in range(1, 9):
                a_question(self.city, state="replied", on=at(f"05-0{day}"))

        many = self._queries()

        self.assertEqual(few, many)
        self.assertLessEqual(many, 18)

    def _queries(self):
        with CaptureQueriesContext(connection) as queries:
            self.get()
        return len(queries)

    def test_a_site_without_questions_says_so(self):
        self.assertContains(self.get("/my-xuyen/hoi-dap/thong-ke/"), "Chưa có câu hỏi nào trong năm này")
