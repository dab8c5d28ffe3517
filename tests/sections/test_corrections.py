"""What readers were told of a mistake stays with the page, and bears the day on which it was written."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import time_machine
from django.apps import apps
from django.core.exceptions import ValidationError
from modelcluster.models import get_all_child_relations
from wagtail.models import Page

from sections import corrections
from sections.models import ArticleCorrection
from tests.city import CityTestCase, fresh, publish
from tests.workflows.drafts import article
from workflows.publishing import approval, takedown

NOW = datetime(2020, 7, 1, 9, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
TODAY = date(2020, 7, 1)
KEEP = "đã đăng nên phải giữ"


class Corrections(CityTestCase):
    def setUp(self):
        self.enterContext(time_machine.travel(NOW, tick=False))
        page = article(self.city, self.city.site, by=self.cast.editor)
        self.page = publish(page, by=self.cast.editor)

    def draft(self, *rows, by=None):
        """Save a next version with exactly these corrections."""
        page = type(self.page).objects.get(pk=self.page.pk).get_latest_revision_as_object()
        page.corrections = [ArticleCorrection(corrected_on=day, note=note) for day, note in rows]
        page.save_revision(user=by or self.cast.editor)
        return type(page).objects.get(pk=page.pk)

    def said(self, page) -> str:
        return " ".join(finding.message for finding in approval.blockers(page) if finding.field == "corrections")

    def test_one_that_is_public_stays_in_the_next_version(self):
        first = (TODAY, "Sửa số hộ: 120.")
        publish(self.draft(first), by=self.cast.editor)

        without, altered = self.said(self.draft()), self.said(self.draft((TODAY, "Sửa số hộ: 12.")))

        self.assertIn(KEEP, without)
        self.assertIn("«Sửa số hộ: 120.»", without)
        self.assertIn(KEEP, altered)
        page = self.draft()
        with self.assertRaises(ValidationError):
            approval.submit(page, by=self.cast.editor, declaration=True, remark="Đã xem.")
        with self.assertRaises(ValidationError):
            approval.emergency_publish(page, by=fresh(self.cast.head), reason="Gấp.")

    def test_one_that_leaves_the_mistake_in_the_text_is_asked_about(self):
        def asked(page):
            return [found.message for found in approval.findings(page) if found.field == "corrections"]

        page = self.draft((TODAY, "Sửa số hộ: 120."))
        self.assertEqual(asked(page), [corrections.STILL_WRONG])
        with self.assertRaises(ValidationError):
            approval.submit(page, by=self.cast.editor, declaration=True)

        page = page.get_latest_revision_as_object()
        page.summary = "Có 120 hộ."
        page.save_revision(user=self.cast.editor)
        self.assertEqual(asked(type(page).objects.get(pk=page.pk)), [])

    def test_another_is_added_beside_it(self):
        first = (TODAY, "Sửa số hộ: 120.")
        publish(self.draft(first), by=self.cast.editor)

        page = publish(self.draft((TODAY, "Sửa cả tên khóm."), first), by=self.cast.editor)

        self.assertEqual(page.corrections.count(), 2)
        self.assertEqual(approval.blockers(page), [])

    def test_the_same_text_twice_is_two_corrections(self):
        first = (TODAY, "Sửa số hộ: 120.")
        publish(self.draft(first, first), by=self.cast.editor)

        self.assertIn(KEEP, self.said(self.draft(first)))

    def test_a_new_one_bears_a_day_from_the_last_publication_to_today(self):
        for day, is_right in (
            (date(2031, 1, 1), False),
            (date(2020, 7, 2), False),
            (date(2020, 6, 30), False),
            (TODAY, True),
        ):
            with self.subTest(day):
                self.assertEqual(self.said(self.draft((day, "Sửa số hộ."))) == "", is_right)

    def test_one_written_before_a_weekend_is_approved_after_it(self):
        page = self.draft((TODAY, "Sửa số hộ."))
        state = approval.submit(page, by=self.cast.editor, declaration=True, remark="Đã xem.")

        with time_machine.travel(datetime(2020, 7, 6, 9, tzinfo=NOW.tzinfo), tick=False):
            approval.approve(state.current_task_state, by=fresh(self.cast.head), comment="Đã xem.")

        page.refresh_from_db()
        self.assertEqual(page.corrections.count(), 1)

    def test_a_new_row_begins_with_today(self):
        self.assertEqual(ArticleCorrection().corrected_on, TODAY)

    def test_a_page_that_was_never_public_may_bring_older_ones_along_but_none_of_the_future(self):
        for day, is_right in ((date(2012, 3, 1), True), (date(2031, 1, 1), False)):
            with self.subTest(day):
                page = article(self.city, self.city.site, by=self.cast.editor)
                page.corrections = [ArticleCorrection(corrected_on=day, note="Sửa số hộ.")]
                page.save_revision(user=self.cast.editor)
                self.assertEqual(self.said(page) == "", is_right)

    def test_a_page_that_comes_back_after_a_take_down_brings_them_along(self):
        first = (TODAY, "Sửa số hộ: 120.")
        page = publish(self.draft(first), by=self.cast.editor)
        [row] = takedown.propose(page, "no_longer_suitable", by=self.cast.editor, explanation="Thôi.")
        takedown.decide(row, "take_down", by=fresh(self.cast.head))
        row.refresh_from_db()
        takedown.restore(row, by=self.cast.editor, reason="Gỡ nhầm")

        self.assertEqual(self.said(type(page).objects.get(pk=page.pk)), "")
        self.assertIn(KEEP, self.said(self.draft()))

    def test_every_page_type_that_has_them_asks(self):
        types = [
            model
            for model in apps.get_models()
            if issubclass(model, Page)
            and any(relation.get_accessor_name() == "corrections" for relation in get_all_child_relations(model))
        ]

        self.assertEqual([model.__name__ for model in types], ["ArticlePage"])
