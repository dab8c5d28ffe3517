"""«Đã gỡ 28/11»: lists say what was taken down, and when, instead of calling it a draft."""

from datetime import datetime

import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.admin.ui.tables import Table
from wagtail.models import DraftStateMixin, Page

from search import updates
from tests.city import CityTestCase, publish_at_once
from tests.legalref.library import public_document
from tests.servicecatalog.cast import a_procedure
from tests.workflows.drafts import article
from workflows.deadlines import VIETNAM
from workflows.models import TakeDown
from workflows.publishing import approval, removed_status, takedown

DAY = datetime(2026, 11, 28, 9, tzinfo=VIETNAM)


class Lists(CityTestCase):
    def setUp(self):
        with time_machine.travel(DAY, tick=True):
            self.page = self.removed("Chợ đêm đóng cửa")
        travel = time_machine.travel(datetime(2026, 12, 1, 9, tzinfo=VIETNAM), tick=True)
        travel.start()
        self.addCleanup(travel.stop)
        self.section = self.city.section(self.city.my_long)
        self.client.force_login(self.cast.contributor)

    def removed(self, title: str, site=None) -> Page:
        page = publish_at_once(article(self.city, site or self.city.my_long, by=self.cast.contributor, title=title))
        row = takedown.propose(page, TakeDown.Ground.ERROR, by=self.cast.contributor)[0]
        takedown.decide(row, TakeDown.Decision.TAKE_DOWN, by=self.cast.head)
        return page

    def test_the_list_of_a_section_says_the_day(self):
        article(self.city, self.city.my_long, by=self.cast.contributor, title="Chợ đêm mở cửa")

        shown = self.client.get(reverse("wagtailadmin_explore", args=[self.section.pk]))

        self.assertContains(shown, "Đã gỡ 28/11", 1)
        self.assertContains(shown, "bản nháp")

    def test_another_year_is_named(self):
        with time_machine.travel(datetime(2027, 1, 4, 9, tzinfo=VIETNAM), tick=True):
            self.client.force_login(self.cast.contributor)
            shown = self.client.get(reverse("wagtailadmin_explore", args=[self.section.pk]))

        self.assertContains(shown, "Đã gỡ 28/11/2026")

    def test_a_search_says_it_too(self):
        home = self.city.my_long.home_page()
        updates.index_saved()

        shown = self.client.get(reverse("wagtailadmin_explore", args=[home.pk]), {"q": "Chợ đêm"})

        self.assertContains(shown, "Chợ đêm đóng cửa")
        self.assertContains(shown, "Đã gỡ 28/11")

    def test_so_does_the_window_in_which_a_page_is_chosen(self):
        shown = self.client.get(reverse("wagtailadmin_choose_page_child", args=[self.section.pk]))

        self.assertIn("Đã gỡ 28/11", shown.json()["html"])

    def test_what_waits_for_approval_again_says_that(self):
        takedown.restore(TakeDown.objects.get(), by=self.cast.contributor, reason="Gỡ nhầm.")
        page = type(self.page).objects.get(pk=self.page.pk)
        state = approval.submit(page, by=self.cast.contributor, declaration=True, remark="Đã xem.")
        address = reverse("wagtailadmin_explore", args=[self.section.pk])

        self.assertNotContains(self.client.get(address), "Đã gỡ 28/11")

        approval.approve(state.current_task_state, by=self.cast.head)
        self.assertNotContains(self.client.get(address), "Đã gỡ 28/11")

    def test_ten_cost_as_much_as_one(self):
        address = reverse("wagtailadmin_explore", args=[self.section.pk])

        def asked() -> list[str]:
            self.client.get(address)
            with CaptureQueriesContext(connection) as queries:
                self.client.get(address)
            return [query["sql"] for query in queries if "workflows_takedown" in query["sql"]]

        one = asked()
        for number in range(9):
            self.removed(f"Bài gỡ {number}")

        self.assertEqual(len(one), 1)
        self.assertEqual(len(asked()), 1)


class Records(CityTestCase):
    def test_the_list_of_documents_says_the_day(self):
        document = public_document(self.city.site, by=self.cast.standing_office)
        with time_machine.travel(DAY, tick=True):
            takedown.take_down_records(
                [document], proposed_by=self.cast.standing_office, by=self.cast.head, reason="Đăng nhầm."
            )
            self.client.force_login(self.cast.standing_office)
            shown = self.client.get(reverse("wagtailsnippets_legalref_legaldocument:list"))

        self.assertContains(shown, "Đã gỡ 28/11")

    def test_the_list_of_procedures_says_the_day(self):
        procedure = a_procedure(self.city)
        with time_machine.travel(DAY, tick=True):
            row = takedown.propose(procedure, TakeDown.Ground.ERROR, by=self.cast.standing_office)[0]
            takedown.decide(row, TakeDown.Decision.TAKE_DOWN, by=self.cast.head)
            self.client.force_login(self.cast.standing_office)
            shown = self.client.get(reverse("wagtailsnippets_servicecatalog_procedure:list"))

        self.assertContains(shown, "Đã gỡ 28/11")


class Wagtail(CityTestCase):
    """What we put in Wagtail's way stands where its tables and words still are."""

    def test_still_has_one_word_for_all_that_is_not_live(self):
        page = article(self.city, self.city.my_long, by=self.cast.contributor)

        self.assertEqual(str(page.status_string), "bản nháp")
        self.assertEqual(removed_status.label_of(page), "")
        self.assertIsInstance(Table.rows, property)
        self.assertIsInstance(DraftStateMixin.status_string, property)
        self.assertEqual(str(publish_at_once(page).status_string), "đang đăng")
