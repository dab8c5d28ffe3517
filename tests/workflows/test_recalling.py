"""The foot of a form: what people came for stands there, and what waits can be taken back by those who wrote it."""

import re

from django.urls import reverse
from wagtail.models import WorkflowState

from base.gate import Refused
from tests.city import CityTestCase, publish
from tests.legalref.library import draft_document, register
from tests.workflows.drafts import article
from workflows.deadlines.duties import REVIEW_RULE
from workflows.models import Deadline
from workflows.publishing import approval


def foot_of(answer) -> str:
    return re.search(r"<footer.*?</footer>", answer.content.decode(), re.DOTALL).group()


class TheFoot(CityTestCase):
    def setUp(self):
        self.page = article(self.city, self.city.my_long, by=self.cast.contributor)

    def foot(self, person) -> str:
        self.client.force_login(person)
        return foot_of(self.client.get(reverse("wagtailadmin_pages:edit", args=[self.page.pk])))

    def test_of_a_draft_shows_submission_beside_saving_and_folds_nothing(self):
        foot = self.foot(self.cast.contributor)

        self.assertIn('name="action-portal-submit"', foot)
        self.assertIn("action-save", foot)
        self.assertNotIn("w-dropdown__toggle", foot)
        self.assertNotIn("/rut/", foot)
        self.assertLess(foot.index("action-save"), foot.index("action-portal-submit"))

    def test_of_a_document_likewise(self):
        register(self.city.site)
        document = draft_document(self.city.site, by=self.cast.editor)
        self.client.force_login(self.cast.editor)

        foot = foot_of(self.client.get(reverse(document.snippet_viewset.get_url_name("edit"), args=[document.pk])))

        self.assertLess(foot.index("action-save"), foot.index("action-portal-submit"))
        self.assertNotIn("w-dropdown__toggle", foot)

    def test_of_a_new_page_likewise(self):
        self.client.force_login(self.cast.contributor)
        parent = self.page.get_parent()
        answer = self.client.get(reverse("wagtailadmin_pages:add", args=["sections", "articlepage", parent.pk]))

        self.assertContains(answer, 'name="action-portal-submit"')
        self.assertContains(answer, "action-save")

    def test_of_what_waits_shows_that_it_is_shut_and_the_way_to_take_it_back(self):
        approval.submit(self.page, by=self.cast.contributor, declaration=True)

        foot = self.foot(self.cast.contributor)

        self.assertIn(reverse("workflows_recall", args=["wagtailcore", "page", self.page.pk]), foot)
        self.assertNotIn("action-cancel-workflow", foot)
        self.assertNotIn('name="action-portal-submit"', foot)

    def test_of_another_persons_waiting_page_is_given_back_by_who_reviews_and_not_taken_back(self):
        approval.submit(self.page, by=self.cast.contributor, declaration=True)

        for person in (self.cast.deputy, self.cast.standing_office, self.cast.unit_head):
            with self.subTest(person=person):
                self.assertNotIn("/rut/", self.foot(person))


class TakingBack(CityTestCase):
    def setUp(self):
        self.page = article(self.city, self.city.my_long, by=self.cast.contributor)
        approval.submit(self.page, by=self.cast.contributor, declaration=True)
        self.address = reverse("workflows_recall", args=["wagtailcore", "page", self.page.pk])

    def again(self):
        return type(self.page).objects.get(pk=self.page.pk)

    def press(self, person):
        self.client.force_login(person)
        drawn = self.client.get(self.address)
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', drawn.content.decode()))
        return self.client.post(self.address, fields)

    def test_asks_first_and_changes_nothing_by_looking(self):
        self.client.force_login(self.cast.contributor)

        answer = self.client.get(self.address)

        self.assertContains(answer, "Rút về để sửa")
        self.assertContains(answer, "trở lại là bản nháp")
        self.assertContains(
            answer, f'href="{reverse("wagtailadmin_pages:edit", args=[self.page.pk])}">Thôi, để chờ duyệt'
        )
        self.assertTrue(self.again().workflow_in_progress)

    def deadline_rows(self) -> int:
        return Deadline.objects.open().filter(rule__code=REVIEW_RULE).count()

    def test_makes_it_a_draft_again_whose_clock_has_stopped_and_which_can_be_submitted_anew(self):
        self.assertEqual(self.deadline_rows(), 1)

        answer = self.press(self.cast.contributor)

        self.assertRedirects(answer, reverse("wagtailadmin_pages:edit", args=[self.page.pk]))
        page = self.again()
        self.assertFalse(page.workflow_in_progress)
        self.assertEqual(self.deadline_rows(), 0)
        page.summary = "Viết lại cho rõ."
        page.save_revision(user=self.cast.contributor)
        approval.submit(page, by=self.cast.contributor, declaration=True)
        self.assertIsNotNone(approval.waiting_review(self.again()))

    def test_leaves_what_is_public_as_it_is(self):
        live = publish(article(self.city, self.city.my_long, by=self.cast.contributor), by=self.cast.contributor)
        live = type(live).objects.get(pk=live.pk)
        live.summary = "Một bản mới."
        live.save_revision(user=self.cast.contributor)
        approval.submit(live, by=self.cast.contributor, declaration=True)

        approval.recall(type(live).objects.get(pk=live.pk), by=self.cast.contributor)

        shown = type(live).objects.get(pk=live.pk)
        self.assertTrue(shown.live)
        self.assertNotEqual(shown.summary, "Một bản mới.")

    def test_of_a_document_is_the_same(self):
        register(self.city.site)
        document = draft_document(self.city.site, by=self.cast.editor)
        approval.submit(document, by=self.cast.editor, declaration=True, remark="Đã đối chiếu.")

        approval.recall(document, by=self.cast.editor)

        self.assertIsNone(approval.waiting_review(type(document).objects.get(pk=document.pk)))

    def test_lets_nobody_approve_what_he_had_submitted_before(self):
        page = article(self.city, self.city.my_long, by=self.cast.contributor)
        approval.submit(page, by=self.cast.deputy, declaration=True)
        approval.recall(page, by=self.cast.deputy)
        page = type(page).objects.get(pk=page.pk)
        page.summary = "Viết lại."
        page.save_revision(user=self.cast.contributor)
        state = approval.submit(page, by=self.cast.contributor, declaration=True)

        with self.assertRaises(Refused):
            approval.approve(state.current_task_state, by=self.cast.deputy)
        self.assertFalse(type(page).objects.get(pk=page.pk).live)

    def test_wagtails_own_way_leads_to_the_screen_and_ends_nothing_by_itself(self):
        self.client.force_login(self.cast.contributor)

        answer = self.client.post(
            reverse("wagtailadmin_pages:edit", args=[self.page.pk]), {"action-cancel-workflow": "1"}
        )

        self.assertRedirects(answer, self.address)
        self.assertTrue(self.again().workflow_in_progress)

    def test_is_refused_once_it_was_decided_and_says_where_to_look(self):
        state = WorkflowState.objects.get(object_id=str(self.page.pk))
        state.cancel(user=self.cast.deputy)
        self.client.force_login(self.cast.contributor)

        self.assertContains(self.client.get(self.address), "không còn chờ duyệt")
        with self.assertRaisesMessage(Refused, "không còn chờ duyệt"):
            approval.recall(self.again(), by=self.cast.contributor)

    def test_is_not_for_people_of_another_ward_nor_for_those_who_neither_wrote_nor_submitted(self):
        self.client.force_login(self.cast.contributor_my_xuyen)
        self.assertEqual(self.client.get(self.address).status_code, 404)
        with self.assertRaises(Refused):
            approval.recall(self.again(), by=self.cast.deputy)
        self.assertTrue(self.again().workflow_in_progress)
