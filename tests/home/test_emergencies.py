"""Khẩn cấp: the head publishes or removes a page at once, from the first screen on; the way to an alert."""

from datetime import datetime

import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from home.models import CityHomePage
from tests.alerts.standing import stand
from tests.city import CityTestCase, publish, publish_at_once
from tests.workflows.drafts import article
from workflows.deadlines import VIETNAM
from workflows.models import EmergencyAct
from workflows.publishing import takedown

NOW = datetime(2026, 11, 28, 17, 30, tzinfo=VIETNAM)


class EmergencyCase(CityTestCase):
    def setUp(self):
        travel = time_machine.travel(NOW, tick=True)
        travel.start()
        self.addCleanup(travel.stop)
        # Who wrote since the public version is asked by its moment: the small city is older than this day.
        self.home.save_revision()
        publish_at_once(self.home)
        self.client.force_login(self.cast.head)

    @property
    def home(self) -> CityHomePage:
        return CityHomePage.objects.get(pk=self.city.home.pk)


class Ways(EmergencyCase):
    def test_name_the_alerts_that_stand_and_lead_to_a_new_one(self):
        self.assertContains(self.client.get(reverse("home_emergency")), "Hiện không có cảnh báo nào.")

        alert = stand(self.cast.head)

        ways = self.client.get(reverse("home_emergency"))
        self.assertContains(ways, reverse("alerts_one", args=[alert.pk]))
        self.assertContains(ways, f'href="{reverse("alerts_new")}"')

    def test_one_press_from_the_first_screen_of_the_head_and_of_nobody_else(self):
        for name in ("head", "deputy", "editor", "standing_office", "ward_approver", "contributor", "accountant"):
            with self.subTest(name):
                self.client.force_login(getattr(self.cast, name))
                found = f'href="{reverse("home_emergency")}"' in self.client.get("/quan-tri/").content.decode()
                self.assertEqual(found, name == "head")
                opened = self.client.get(reverse("home_emergency"))
                self.assertEqual(opened.status_code == 200, name == "head")

    def test_lead_to_a_draft_of_any_ward_by_words_of_its_title(self):
        draft = article(self.city, self.city.my_long, by=self.cast.contributor, title="Cấm tàu qua rạch Long Xuyên")

        answer = self.client.get(reverse("home_publish_at_once"), {"q": "rạch Long"})

        self.assertContains(answer, reverse("workflows_emergency_publish", args=[draft.pk]))
        self.assertContains(answer, f"{self.city.my_long.home_page().title} › Tin tức")
        self.assertContains(
            self.client.get(reverse("home_publish_at_once"), {"q": "không có"}), "Không có bản nháp nào"
        )

    def test_find_a_title_in_any_case_of_its_letters(self):
        publish_at_once(article(self.city, self.city.my_long, by=self.cast.contributor, title="Đường Nguyễn Huệ ngập"))

        self.assertContains(self.client.get(reverse("home_remove_at_once"), {"q": "đường"}), "Đường Nguyễn Huệ ngập")

    def test_do_not_lead_to_what_two_persons_took_down(self):
        page = publish_at_once(article(self.city, self.city.my_long, by=self.cast.contributor, title="Danh sách hộ"))
        row = takedown.propose(page, "error", by=self.cast.contributor)[0]
        takedown.decide(row, "take_down", by=self.cast.deputy)

        shown = self.client.get(reverse("home_publish_at_once"), {"q": "Danh sách hộ"})

        self.assertNotContains(shown, reverse("workflows_emergency_publish", args=[page.pk]))

    def test_lead_to_a_public_page_to_remove_and_to_no_front_page(self):
        page = publish_at_once(article(self.city, self.city.my_long, by=self.cast.contributor, title="Tin sai"))

        answer = self.client.get(reverse("home_remove_at_once"), {"q": "sai"})

        self.assertContains(answer, reverse("workflows_emergency_remove", args=[page.pk]))
        front = self.city.my_long.home_page()
        shown = self.client.get(reverse("home_remove_at_once"), {"q": front.title})
        self.assertNotContains(shown, reverse("workflows_emergency_remove", args=[front.pk]))

    def test_cost_the_same_however_many_pages_there_are(self):
        for number in range(3):
            article(self.city, self.city.my_long, by=self.cast.contributor, title=f"Bài {number}")
        few = self.queries()
        for number in range(9):
            article(self.city, self.city.my_xuyen, by=self.cast.contributor_my_xuyen, title=f"Bài khác {number}")

        self.assertEqual(self.queries(), few)

    def queries(self) -> int:
        self.client.get(reverse("home_publish_at_once"))
        with CaptureQueriesContext(connection) as asked:
            self.client.get(reverse("home_publish_at_once"))
        return len(asked)

    def test_the_second_person_sees_the_removal(self):
        page = publish(article(self.city, self.city.my_long, by=self.cast.contributor, title="Tin sai"))
        row = takedown.emergency_remove(page, by=self.cast.head, reason="Số liệu sai.")
        self.client.force_login(self.cast.deputy)

        look = self.client.get(reverse("workflows_second_look", args=[EmergencyAct.objects.get().pk]))

        self.assertContains(look, reverse("workflows_takedown", args=[row.pk]))
