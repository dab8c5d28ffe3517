"""Announced releases: the day stands, or its change stands with the reason; lateness is shown."""

from datetime import date

import time_machine

from sections.models import ReleaseChange, ReleasePage
from tests.city import CityTestCase, draft, publish_at_once
from tests.sections import pages
from tests.sections.test_models import messages

JUNE = "2020-06-16 09:00 +0700"


def change(before, after, reason="Chờ số liệu của tỉnh."):
    return ReleaseChange(was_due_on=before, due_on=after, reason=reason)


@time_machine.travel(JUNE, tick=False)
class Releases(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        with time_machine.travel(JUNE, tick=False):
            cls.section = cls.city.section(cls.city.site, "thong-ke")
            cls.page = publish_at_once(draft(pages.release(), cls.section))

    def moved(self, *rows, due_on=date(2020, 7, 15)) -> ReleasePage:
        page = ReleasePage.objects.get(pk=self.page.pk)
        page.due_on, page.changes = due_on, list(rows)
        return page

    def test_says_its_day_and_how_it_stands(self):
        report = publish_at_once(draft(pages.statistics(), self.section))
        for today, released, words in (
            ("2020-06-30", None, "Ngày 30/06/2020"),
            ("2020-07-02", None, "Chậm 2 ngày (hẹn 30/06/2020)"),
            ("2020-07-02", date(2020, 6, 30), "Đã công bố ngày 30/06/2020, đúng hẹn"),
            ("2020-07-09", date(2020, 7, 5), "Đã công bố ngày 05/07/2020, chậm 5 ngày"),
        ):
            with self.subTest(words), time_machine.travel(f"{today} 09:00 +0700", tick=False):
                page = pages.release(released_on=released, released=report if released else None)
                self.assertEqual(page.standing, words)
                own = page.own_facts()
                self.assertEqual(ReleasePage.labels(own, date.fromisoformat(today)), ("Sẽ công bố", words))

    def test_the_page_and_its_list_show_the_day_late_without_anybody_s_doing(self):
        with time_machine.travel("2020-07-02 09:00 +0700", tick=False):
            for page in (self.page, self.section):
                self.assertContains(pages.visit(self.client, page), "Chậm 2 ngày (hẹn 30/06/2020)")

    def test_a_day_that_was_announced_is_not_changed_without_its_reason(self):
        for rows in ([], [change(date(2020, 6, 1), date(2020, 7, 15))], [change(date(2020, 6, 30), date(2020, 7, 1))]):
            self.assertIn("Đã báo ngày 30/06/2020, nay là 15/07/2020", messages(self.moved(*rows))["changes"])
        self.assertEqual(messages(self.moved(change(date(2020, 6, 30), date(2020, 7, 15)))), {})

    def test_a_change_that_was_public_stays_word_for_word(self):
        first = change(date(2020, 6, 30), date(2020, 7, 15))
        page = self.moved(first)
        page.save_revision()
        page = publish_at_once(page)
        self.assertContains(pages.visit(self.client, page), "Từ 30/06/2020 sang 15/07/2020")
        self.assertContains(pages.visit(self.client, page), "Chờ số liệu của tỉnh.")

        for rows in ([], [change(date(2020, 6, 30), date(2020, 7, 15), "Lý do khác.")]):
            self.assertIn("phải giữ đúng chữ", messages(self.moved(*rows))["changes"])
        again = change(date(2020, 7, 15), date(2020, 8, 1), "Còn đối chiếu.")
        same = change(date(2020, 6, 30), date(2020, 7, 15))
        self.assertEqual(messages(self.moved(same, again, due_on=date(2020, 8, 1))), {})

    def test_a_change_without_another_day_and_one_before_the_first_publication_are_refused(self):
        unneeded = self.moved(change(date(2020, 6, 30), date(2020, 7, 15)), due_on=date(2020, 6, 30))

        self.assertIn("không đổi", messages(unneeded)["changes"])
        never = pages.release(change(date(2020, 6, 1), date(2020, 6, 30)))
        self.assertIn("chưa từng đăng", messages(never)["changes"])

    def test_what_was_published_is_a_public_page_with_its_day(self):
        hidden = draft(pages.statistics(title="Bản nháp"), self.section)
        shown = publish_at_once(draft(pages.statistics(), self.section))
        for changes, field in (
            ({"released": hidden, "released_on": date(2020, 6, 16)}, "released"),
            ({"released": shown}, "released_on"),
            ({"released_on": date(2020, 6, 16)}, "released"),
            ({"released": shown, "released_on": date(2020, 6, 17)}, "released_on"),
        ):
            with self.subTest(**{name: str(value) for name, value in changes.items()}):
                self.assertIn(field, messages(pages.release(**changes)))
        self.assertEqual(messages(pages.release(released=shown, released_on=date(2020, 6, 16))), {})

    def test_the_title_of_another_sites_draft_is_not_told(self):
        here = draft(pages.statistics(title="Bản nháp nhà"), self.section)
        foreign = draft(pages.article(title="Bản nháp riêng"), self.city.section(self.city.my_long))
        for hidden, words in ((here, "«Bản nháp nhà» chưa đăng"), (foreign, "Trang đã chọn chưa đăng")):
            with self.subTest(words):
                page = draft(pages.release(released=hidden, released_on=date(2020, 6, 16)), self.section)
                told = " ".join(finding.message for finding in page.preflight())
                self.assertIn(words, told)
                self.assertNotIn("Bản nháp riêng", told)
