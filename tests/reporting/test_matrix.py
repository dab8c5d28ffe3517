"""What each site shows of what it must show: site × mandatory section × language."""

from datetime import date, datetime, timedelta

import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Page

from reporting.models import ScoreLine
from reporting.scoring import matrix
from sections import completeness
from tests.city import CityTestCase, draft, publish_at_once
from tests.sections import pages
from workflows import deadlines
from workflows.deadlines import VIETNAM
from workflows.deadlines.acting import FRESH_RULE
from workflows.models import DeadlineRule

Shown = ScoreLine.Shown
WRITTEN = datetime(2020, 7, 1, 9, tzinfo=VIETNAM)
TODAY = date(2020, 7, 20)
MOST_QUERIES = 15


class TheMatrix(CityTestCase):
    """Mỹ Long has one article of 01/07/2020; nothing else is written anywhere."""

    english = True

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        Page.objects.update(last_published_at=WRITTEN)
        with time_machine.travel(WRITTEN, tick=False):
            cls.article = publish_at_once(draft(pages.article(), cls.city.section(cls.city.my_long)))

    def cell(self, key="tin-tuc", site=None, language="vi", on=TODAY):
        site = site or self.city.my_long
        return matrix.matrix([site], on).of_site(site)[key, language]

    def fresh_within(self, days: int) -> None:
        DeadlineRule.objects.filter(code=FRESH_RULE).update(amount=days)

    def test_a_section_without_content_is_empty_and_one_with_content_is_not(self):
        self.assertEqual(self.cell("gop-y").shown, Shown.EMPTY)
        self.assertEqual(self.cell("gop-y").words, "Chưa có nội dung")
        self.assertEqual(self.cell("lien-ket").words, "Chưa có mục")
        self.assertEqual(self.cell().shown, Shown.PRESENT)
        self.assertEqual(self.cell(site=self.city.my_xuyen).shown, Shown.EMPTY)

    def test_with_an_amount_of_the_board_it_is_fresh_until_that_has_passed_and_late_from_the_next_day(self):
        self.fresh_within(30)

        shown = [self.cell(on=date(2020, 7, 1) + timedelta(days)).shown for days in (30, 31)]

        self.assertEqual(shown, [Shown.FRESH, Shown.LATE])
        self.assertIn("31 ngày", self.cell(on=date(2020, 8, 1)).words)

    def test_what_was_brought_up_to_date_on_the_day_itself_says_today(self):
        self.fresh_within(30)

        words = [self.cell(on=date(2020, 7, 1) + timedelta(days)).words for days in (0, 1)]

        self.assertEqual(words, ["Cập nhật hôm nay", "Cập nhật 1 ngày trước"])

    def test_a_section_with_a_duty_that_has_passed_is_late(self):
        page = self.city.section(self.city.my_long, "van-ban")
        deadlines.start(page, "DL-DOC-OWN", on=date(2020, 7, 1), site=self.city.my_long, title="Đăng văn bản 5/QĐ-UBND")

        self.assertEqual(self.cell("van-ban", on=date(2020, 7, 3)).shown, Shown.PRESENT)
        self.assertEqual(self.cell("van-ban", on=date(2020, 7, 4)).shown, Shown.LATE)

    def test_silence_of_one_section_does_not_make_another_late(self):
        publish_at_once(draft(pages.consultation(), self.city.section(self.city.my_long, "gop-y")))
        self.fresh_within(30)
        deadlines.start(
            self.city.section(self.city.my_long, "gop-y"),
            FRESH_RULE,
            on=date(2020, 6, 1),
            site=self.city.my_long,
            title="Cập nhật",
        )

        late = {row.section.key for row in completeness.report(self.city.my_long, TODAY) if row.late_deadlines}

        self.assertEqual(late, {"gop-y"})

    def test_a_ward_is_not_asked_for_what_the_city_alone_must_have(self):
        found = matrix.matrix([self.city.site, self.city.my_long], TODAY)
        row = next(row for row in found.rows if row.section.key == "thong-ke")

        self.assertTrue(row.cells[0].is_required)
        self.assertFalse(row.cells[1] and row.cells[1].is_required)

    def test_english_counts_where_a_site_has_an_english_front_page(self):
        self.assertIn(("gioi-thieu", "en"), matrix.matrix([self.city.site], TODAY).of_site(self.city.site))

    def test_all_sites_cost_no_more_queries_than_one(self):
        sites = matrix.open_sites()
        matrix.matrix(sites, TODAY)

        with CaptureQueriesContext(
            connection,
        ) as one:
            matrix.matrix(sites[:1], TODAY)
        with CaptureQueriesContext(connection) as every:
            matrix.matrix(sites, TODAY)

        self.assertEqual(len(every), len(one))
        self.assertLessEqual(len(every), MOST_QUERIES)

    def test_the_report_of_one_site_is_that_of_all(self):
        of_all = completeness.reports(matrix.open_sites(), TODAY)

        self.assertEqual(of_all[self.city.my_long.pk], completeness.report(self.city.my_long, TODAY))


class TheScreen(CityTestCase):
    def test_shows_a_person_of_a_ward_the_own_column_only(self):
        self.client.force_login(self.cast.contributor)

        words = self.client.get(reverse("reporting_matrix")).content.decode()

        self.assertIn("Phường Mỹ Long", words)
        self.assertNotIn("Phường Mỹ Xuyên", words)

    def test_shows_the_board_every_site_within_the_ceiling_of_queries(self):
        self.client.force_login(self.cast.head)
        self.client.get(reverse("reporting_matrix"))

        with CaptureQueriesContext(connection) as queries:
            words = self.client.get(reverse("reporting_matrix")).content.decode()

        for name in ("Phường Mỹ Long", "Phường Mỹ Xuyên", "Phường Đông Xuyên"):
            self.assertIn(name, words)
        self.assertLessEqual(len(queries), 30)

    def test_gives_the_same_as_files(self):
        self.client.force_login(self.cast.contributor)

        table = self.client.get(reverse("reporting_matrix_file", args=["csv"])).content.decode("utf-8-sig")
        book = self.client.get(reverse("reporting_matrix_file", args=["xlsx"]))

        self.assertIn("Phường Mỹ Long,Thông tin liên hệ,vi,có,Trống", table.replace('"', ""))
        self.assertNotIn("Phường Mỹ Xuyên", table)
        self.assertEqual(book.content[:2], b"PK")
