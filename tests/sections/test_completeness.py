from datetime import date

import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sections.completeness import lacking, report
from tests.city import CityTestCase, draft, publish_at_once
from tests.sections import pages
from tests.sections.test_listing import make_many
from workflows import deadlines

TODAY = date(2020, 7, 1)


class CompletenessTests(CityTestCase):
    def row(self, key, site=None, on=TODAY):
        return next(row for row in report(site or self.city.site, on) if row.section.key == key)

    def test_a_section_without_a_page_is_missing(self):
        row = self.row("lien-ket")

        self.assertEqual((row.exists, row.is_complete, row.state), (False, False, "Chưa có mục"))

    def test_an_empty_section_is_not_filled(self):
        row = self.row("tin-tuc")

        self.assertEqual((row.is_live, row.items, row.state), (True, 0, "Chưa có nội dung"))

    def test_a_section_is_filled_by_one_live_item_and_says_how_old_the_newest_is(self):
        with time_machine.travel("2020-06-20 09:00 +0700", tick=False):
            publish_at_once(draft(pages.article(), self.city.section(self.city.site)))
            draft(pages.article(title="Nháp"), self.city.section(self.city.site))

        row = self.row("tin-tuc")

        self.assertEqual((row.items, row.is_complete, row.state), (1, True, "Đã có nội dung"))

    def test_a_page_of_its_own_type_fills_its_section(self):
        page = pages.officials(slug="lien-he-can-bo", title="Liên hệ cán bộ")
        draft(page, self.city.home)
        self.assertEqual(self.row("lien-he-can-bo").state, "Chưa đăng")

        publish_at_once(page)

        self.assertTrue(self.row("lien-he-can-bo").is_complete)

    def test_a_ward_owes_less_than_the_city(self):
        city = {row.section.key for row in report(self.city.site, TODAY) if row.is_required}
        ward = {row.section.key for row in report(self.city.my_long, TODAY) if row.is_required}

        self.assertLess(ward, city)
        self.assertFalse(self.row("thong-ke", self.city.my_long).is_required)

    def test_content_of_one_site_does_not_count_for_another(self):
        publish_at_once(draft(pages.article(), self.city.section(self.city.my_long)))

        self.assertEqual(self.row("tin-tuc", self.city.my_long).items, 1)
        self.assertEqual(self.row("tin-tuc", self.city.my_xuyen).items, 0)
        self.assertEqual(self.row("tin-tuc").items, 0)

    def test_open_and_late_clocks_are_counted_by_section(self):
        page = draft(pages.project(), self.city.section(self.city.site, "du-an"))
        deadlines.start(page, "DL-PLAN", on=date(2020, 6, 16), site=self.city.site)

        before, after = self.row("du-an", on=date(2020, 6, 30)), self.row("du-an", on=date(2020, 7, 1))

        self.assertEqual((before.open_deadlines, before.late_deadlines), (1, 0))
        self.assertEqual((after.open_deadlines, after.late_deadlines), (1, 1))

    def test_lacking_names_only_what_must_be_there(self):
        keys = {row.section.key for row in lacking(self.city.my_long, TODAY)}

        self.assertIn("tin-tuc", keys)
        self.assertNotIn("khoa-hoc", keys)
        self.assertNotIn("cong-bao", keys)

    def test_the_number_of_queries_does_not_grow(self):
        section = self.city.section(self.city.site)
        with CaptureQueriesContext(connection) as few:
            report(self.city.site, TODAY)
        make_many(section, 50)
        with CaptureQueriesContext(connection) as many:
            report(self.city.site, TODAY)

        self.assertEqual(len(few), len(many))
        self.assertLessEqual(len(many), 6)
