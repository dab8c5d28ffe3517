"""What leads to something that goes: named before the decision, and the work of those who must mend it afterwards."""

from unittest import mock

from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect

from home.models import WardHomePage
from tests.city import CityTestCase, publish, publish_at_once
from tests.desks import rows_for
from tests.sections.pages import stream
from tests.workflows.drafts import article
from workflows.models import LiveFinding, TakeDown
from workflows.publishing import arrangement, links_in, takedown


class LinksCase(CityTestCase):
    def setUp(self):
        self.page = publish_at_once(self.written("Lịch cúp nước"))

    @property
    def section(self):
        return self.city.section(self.city.my_long)

    def written(self, title: str, *, site=None, by=None, to=None, **fields):
        """An article whose text links to a page."""
        if to:
            fields["body"] = stream(("paragraph", f'<p>Xem <a linktype="page" id="{to.pk}">ở đây</a>.</p>'))
        return article(self.city, site or self.city.my_long, by=by or self.cast.contributor, title=title, **fields)

    def told(self, who) -> dict[str, links_in.LinkIn]:
        return {link.title: link for link in links_in.links_to(takedown.reach(self.page), by=who)}

    def remove(self) -> TakeDown:
        row = takedown.propose(self.page, TakeDown.Ground.ERROR, by=self.cast.contributor)[0]
        with self.captureOnCommitCallbacks(execute=True):
            return takedown.decide(row, TakeDown.Decision.TAKE_DOWN, by=self.cast.head)


class Named(LinksCase):
    def test_a_link_in_a_text_stays_and_is_to_be_mended(self):
        page = publish_at_once(self.written("Bài dẫn sang", to=self.page))

        link = self.told(self.cast.contributor)["Bài dẫn sang"]

        self.assertEqual(link.outcome, links_in.STAYS)
        self.assertTrue(link.is_work)
        self.assertIn(reverse("wagtailadmin_pages:edit", args=[page.pk]), link.address)
        self.assertEqual(link.place, f"{self.city.my_long.home_page().title} › {self.section.title}")

    def test_what_a_front_page_shows_large_leaves_by_itself(self):
        home = self.city.my_long.home_page().specific
        home.featured = [("page", self.page)]
        home.save_revision()
        publish_at_once(home)

        link = self.told(self.cast.contributor)[home.title]

        self.assertEqual(link.outcome, WardHomePage.when_target_goes["featured"])
        self.assertFalse(link.is_work)

    def test_an_old_address_stops_leading_here(self):
        site = self.city.my_long.wagtail_site or self.city.site.wagtail_site
        Redirect.objects.create(old_path="/cup-nuoc", site=site, redirect_page=self.page)

        self.assertEqual(self.told(self.cast.head)["Chuyển hướng từ /cup-nuoc"].outcome, links_in.REDIRECT_ENDS)

    def test_a_draft_is_named_to_people_of_its_ward_and_to_nobody_of_another(self):
        self.written("Nháp của Mỹ Long", to=self.page)
        self.written("Nháp của Mỹ Xuyên", site=self.city.my_xuyen, by=self.cast.contributor_my_xuyen, to=self.page)

        self.assertEqual(self.told(self.cast.contributor)["Nháp của Mỹ Long"].hidden, "chưa đăng")
        self.assertEqual(set(self.told(self.cast.contributor)), {"Nháp của Mỹ Long"})
        self.assertEqual(set(self.told(self.cast.contributor_my_xuyen)), {"Nháp của Mỹ Xuyên"})
        self.assertEqual(set(self.told(self.cast.editor)), {"Nháp của Mỹ Long", "Nháp của Mỹ Xuyên"})

    def test_another_wards_public_page_is_named_without_the_way_to_its_form(self):
        publish_at_once(
            self.written("Tin Mỹ Xuyên", site=self.city.my_xuyen, by=self.cast.contributor_my_xuyen, to=self.page)
        )

        link = self.told(self.cast.contributor)["Tin Mỹ Xuyên"]

        self.assertNotIn("/quan-tri/", link.address)
        self.assertIn("tin-my-xuyen", link.address)

    def test_what_goes_along_with_it_is_no_such_place(self):
        publish_at_once(self.written("Bài dẫn sang", to=self.section))

        self.assertEqual(links_in.links_to(takedown.reach(self.section), by=self.cast.head), [])

    def test_ten_cost_as_much_as_two(self):
        for number in range(2):
            publish_at_once(self.written(f"Bài {number}", to=self.page))
        few = self.queries()
        for number in range(8):
            publish_at_once(self.written(f"Bài thêm {number}", to=self.page))

        self.assertEqual(self.queries(), few)

    def queries(self) -> int:
        self.told(self.cast.contributor)
        with CaptureQueriesContext(connection) as asked:
            self.told(self.cast.contributor)
        return len(asked)


class Screens(LinksCase):
    def setUp(self):
        super().setUp()
        publish_at_once(self.written("Bài dẫn sang", to=self.page))
        self.written("Nháp của Mỹ Xuyên", site=self.city.my_xuyen, by=self.cast.contributor_my_xuyen, to=self.page)

    def test_proposal_decision_and_emergency_name_the_same_places(self):
        self.client.force_login(self.cast.contributor)
        proposal = self.client.get(reverse("workflows_propose", args=[self.page.pk]))
        row = takedown.propose(self.page, TakeDown.Ground.ERROR, by=self.cast.contributor)[0]
        self.client.force_login(self.cast.head)
        decision = self.client.get(reverse("workflows_takedown", args=[row.pk]))
        group = self.client.get(reverse("workflows_takedown_group", args=[row.pk]))
        emergency = self.client.get(reverse("workflows_emergency_remove", args=[self.page.pk]))

        for shown in (proposal, decision, group, emergency):
            self.assertContains(shown, "Bài dẫn sang")
            self.assertContains(shown, "Liên kết còn trong bài")
            self.assertContains(shown, "› Tin tức")
            self.assertNotContains(shown, self.page.url_path)
        self.assertNotContains(proposal, "Nháp của Mỹ Xuyên")

    def test_the_decision_says_who_finds_what_is_left_to_mend(self):
        row = takedown.propose(self.page, TakeDown.Ground.ERROR, by=self.cast.contributor)[0]
        self.client.force_login(self.cast.head)

        said = self.client.post(
            reverse("workflows_takedown", args=[row.pk]), {"decision": "take_down", "comment": ""}, follow=True
        )

        self.assertContains(said, "Còn 1 chỗ đang đăng có liên kết đến nội dung này")
        self.assertContains(said, "Những chỗ còn dẫn đến")

    def test_a_move_says_from_where_to_where_by_titles(self):
        target = self.city.section(self.city.my_long, "tuyen-truyen")
        proposal = arrangement.propose_move(self.page, target, by=self.cast.contributor, reason="Đúng mục")
        self.client.force_login(self.cast.head)

        shown = self.client.get(reverse("workflows_decide_move", args=[proposal.pk]))

        ward = self.city.my_long.home_page().title
        self.assertContains(shown, f"từ «{ward} › {self.section.title}» đến «{ward} › {target.title}»")


class Work(LinksCase):
    def test_of_who_must_mend_stands_on_his_desk_at_once(self):
        page = publish(self.written("Bài dẫn sang", to=self.page))
        before = [row.title for row in rows_for(self.cast.contributor, ["can-sua"])]

        self.remove()

        self.assertEqual(before, [])
        (row,) = rows_for(self.cast.contributor, ["can-sua"])
        self.assertEqual(row.title, "Bài dẫn sang")
        self.assertIn(reverse("wagtailadmin_pages:edit", args=[page.pk]), row.address)
        self.assertIn("đã được gỡ", row.note)

    def test_comes_with_an_emergency_too_and_ends_when_the_link_is_mended(self):
        page = publish(self.written("Bài dẫn sang", to=self.page))
        with self.captureOnCommitCallbacks(execute=True):
            takedown.emergency_remove(self.page, by=self.cast.head, reason="Sai.")
        self.assertTrue(LiveFinding.objects.filter(object_id=str(page.pk)).exists())

        page.body = stream(("paragraph", "<p>Không còn liên kết.</p>"))
        page.save_revision(user=self.cast.contributor)
        publish(page, by=self.cast.contributor)

        self.assertFalse(LiveFinding.objects.filter(object_id=str(page.pk)).exists())

    def test_that_cannot_be_looked_for_leaves_the_page_gone(self):
        publish(self.written("Bài dẫn sang", to=self.page))
        fault = mock.patch("workflows.upkeep.live_checks.check", side_effect=DatabaseError("mất kết nối"))

        with fault, self.assertLogs("django.test", "ERROR"):
            row = self.remove()

        self.page.refresh_from_db()
        self.assertFalse(self.page.live)
        self.assertEqual(row.state, TakeDown.State.TAKEN_DOWN)

    def test_is_looked_for_on_few_pages_within_one_decision(self):
        for number in range(links_in.MOST_CHECKED + 2):
            publish_at_once(self.written(f"Bài {number}", to=self.page))

        found = links_in.check_again([self.page], on=timezone.now())

        self.assertEqual(found, 0)
        self.remove()
        self.assertEqual(LiveFinding.objects.values("object_id").distinct().count(), links_in.MOST_CHECKED)
