"""Clocks that start with the event and end with the publication or the decision; who must act on them."""

from datetime import date

import time_machine
from django.urls import reverse
from wagtail.models import Page

from tests import factories
from tests.city import CityTestCase, fresh, publish
from workflows import deadlines
from workflows.deadlines import acting, duties
from workflows.deadlines.acting import Actors
from workflows.models import Deadline, DeadlineRule, TakeDown
from workflows.publishing import approval, takedown

MORNING = "2026-06-02 09:00 +0700"


def deadline_rows(page, rule: str):
    return Deadline.objects.for_subject(page).filter(rule__code=rule).order_by("pk")


class OfDrafts(CityTestCase):
    def figures(self, **fields):
        section = self.city.section(self.city.site, "thong-ke")
        return factories.statistics(section, by=self.cast.editor, **{"decided_on": date(2026, 6, 1), **fields})

    def test_a_draft_that_names_the_event_starts_its_clock_before_it_is_public(self):
        page = self.figures()

        (deadline,) = duties.note_duties(page, by=self.cast.editor)

        self.assertEqual((deadline.rule.code, deadline.last_day), ("DL-STAT", date(2026, 6, 15)))
        self.assertEqual((deadline.site, deadline.unit), (self.city.site, self.city.site.unit))
        self.assertEqual(duties.note_duties(page), [deadline])

    def test_publication_meets_the_clock_that_the_draft_started(self):
        page = self.figures()
        duties.note_duties(page)

        with time_machine.travel("2026-06-09 09:00 +0700", tick=False):
            publish(page, by=self.cast.editor)

        (deadline,) = deadline_rows(page, "DL-STAT")
        self.assertEqual(deadline.met_on, date(2026, 6, 9))
        self.assertFalse(deadlines.is_late(deadline))
        self.assertEqual(duties.note_duties(page), [])

    def test_a_corrected_date_starts_the_clock_anew(self):
        page = self.figures()
        duties.note_duties(page)
        page.decided_on = date(2026, 6, 3)
        page.save_revision(user=self.cast.editor)

        duties.note_duties(page)

        first, second = deadline_rows(page, "DL-STAT")
        self.assertTrue(first.cancelled)
        self.assertEqual((second.started_on, second.last_day), (date(2026, 6, 3), date(2026, 6, 17)))

    def test_a_date_corrected_in_the_last_version_is_the_one_that_counts_at_publication(self):
        page = self.figures()
        duties.note_duties(page)
        page.decided_on = date(2026, 6, 3)
        page.save_revision(user=self.cast.editor)

        publish(page, by=self.cast.editor)

        self.assertEqual(
            [deadline.started_on for deadline in deadline_rows(page, "DL-STAT").filter(cancelled=False)],
            [date(2026, 6, 3)],
        )

    def test_what_a_person_cancelled_is_not_started_again(self):
        page = self.figures()
        (deadline,) = duties.note_duties(page)
        deadlines.cancel(deadline, reason="Số liệu không phải công bố", by=self.cast.head)

        self.assertEqual(duties.note_duties(page), [])

    def test_saving_in_the_editor_starts_the_clock_and_deleting_the_draft_ends_it(self):
        page = self.figures()
        self.client.force_login(self.cast.editor)
        address = reverse("wagtailadmin_pages:delete", args=[page.pk])
        duties.note_duties(page)

        self.client.get(address)
        self.assertTrue(deadline_rows(page, "DL-STAT").get().is_open)
        self.client.force_login(self.cast.superuser)
        self.client.post(address)

        self.assertFalse(Page.objects.filter(pk=page.pk).exists())
        self.assertTrue(deadline_rows(page, "DL-STAT").get().cancelled)

    def test_a_plan_and_both_events_of_a_science_programme_have_their_rules(self):
        plan = factories.project(
            self.city.section(self.city.site, "du-an"),
            by=self.cast.editor,
            approved_on=date(2026, 6, 1),
            approval_document="Quyết định 5/QĐ-UBND",
        )
        science = factories.science_programme(
            self.city.section(self.city.site, "khoa-hoc"),
            by=self.cast.editor,
            approved_on=date(2026, 6, 1),
            accepted_on=date(2026, 6, 2),
        )

        due = {
            deadline.rule.code: deadline.last_day for page in (plan, science) for deadline in duties.note_duties(page)
        }

        self.assertEqual(
            due,
            {"DL-PLAN": date(2026, 6, 15), "DL-SCI": date(2026, 6, 29), "DL-SCI-ACCEPTED": date(2026, 6, 30)},
        )


class OfReviews(CityTestCase):
    def setUp(self):
        self.traveller = time_machine.travel(MORNING, tick=False)
        self.traveller.start()
        self.addCleanup(self.traveller.stop)
        self.page = factories.notice(self.city.section(self.city.site), by=self.cast.editor)

    def submit(self):
        return approval.submit(self.page, by=self.cast.editor, declaration=True)

    def review(self):
        return deadline_rows(self.page, "DL-REVIEW")

    def test_a_review_waits_from_submission_and_is_met_by_the_decision(self):
        state = self.submit()
        (deadline,) = self.review()
        self.assertEqual((deadline.started_on, deadline.last_day), (date(2026, 6, 2), date(2026, 6, 4)))

        approval.send_back(state.current_task_state, by=self.cast.head, reason="Thiếu nguồn")
        self.assertEqual(self.review().get().met_on, date(2026, 6, 2))

        again = self.submit()
        self.assertEqual(self.review().filter(met_on=None).count(), 1)
        approval.approve(again.current_task_state, by=self.cast.head)
        self.assertEqual(self.review().filter(met_on=None).count(), 0)

    def test_a_review_that_is_withdrawn_is_no_late_review(self):
        state = self.submit()
        state.cancel(user=self.cast.editor)

        (ended,) = duties.drop_idle_reviews()

        self.assertEqual(ended, self.review().get())
        self.assertTrue(ended.cancelled)
        self.assertEqual(duties.drop_idle_reviews(), [])

    def test_a_running_review_is_left_alone(self):
        self.submit()

        self.assertEqual(duties.drop_idle_reviews(), [])

    def test_a_take_down_that_goes_first_ends_the_clock_of_the_review_it_stops(self):
        public = publish(self.page, by=self.cast.editor)
        public.title = "Sửa"
        public.save_revision(user=self.cast.editor)
        approval.submit(public, by=self.cast.editor, declaration=True)

        takedown.propose(public, TakeDown.Ground.ERROR, by=self.cast.standing_office)

        self.assertTrue(self.review().last().cancelled)

    def test_an_office_without_a_target_submits_all_the_same(self):
        Deadline.objects.all().delete()
        DeadlineRule.objects.filter(code="DL-REVIEW").delete()

        self.submit()

        self.assertEqual(self.review().count(), 0)


class WhoMustAct(CityTestCase):
    def actors(self, deadline) -> set[str]:
        deadline = Deadline.objects.select_related("rule", "site", "content_type").get(pk=deadline.pk)
        return {user.username for user in Actors([deadline]).of(deadline)}

    def test_a_draft_waits_for_the_author_of_its_newest_version(self):
        ward = self.city.my_long
        page = factories.notice(self.city.section(ward), by=self.cast.contributor)
        deadline = deadlines.start(page, "DL-LAW-INFO", on=date(2026, 6, 1), site=ward)

        self.assertEqual(self.actors(deadline), {self.cast.contributor.username})

    def test_a_draft_of_somebody_who_left_waits_for_the_people_of_the_site(self):
        ward = self.city.my_long
        page = factories.notice(self.city.section(ward), by=self.cast.contributor)
        deadline = deadlines.start(page, "DL-LAW-INFO", on=date(2026, 6, 1), site=ward)
        type(self.cast.contributor).objects.filter(pk=self.cast.contributor.pk).update(is_active=False)

        self.assertEqual(self.actors(deadline), {self.cast.unit_head.username, self.cast.ward_approver.username})

    def test_a_review_waits_for_those_who_may_approve_and_did_not_write(self):
        page = factories.notice(self.city.section(self.city.site), by=self.cast.deputy)
        approval.submit(page, by=self.cast.deputy, declaration=True)

        self.assertEqual(self.actors(deadline_rows(page, "DL-REVIEW").get()), {self.cast.head.username})

    def test_a_take_down_waits_for_those_who_may_decide_and_did_not_propose(self):
        page = publish(factories.notice(self.city.section(self.city.site), by=self.cast.editor))
        (row,) = takedown.propose(page, TakeDown.Ground.ERROR, by=self.cast.deputy)

        found = Deadline.objects.for_subject(row).get()

        self.assertEqual(self.actors(found), {self.cast.head.username})

    def test_a_take_down_shows_the_day_to_which_it_was_extended(self):
        page = publish(factories.notice(self.city.section(self.city.site), by=self.cast.editor))
        (row,) = takedown.propose(page, TakeDown.Ground.ERROR, by=self.cast.deputy)
        deadline = Deadline.objects.for_subject(row).get()
        later = deadlines.workdays_after(deadline.last_day, 3)

        deadlines.extend(deadline, to=later, reason="Chờ văn bản", by=self.cast.head)

        row.refresh_from_db()
        self.assertEqual(row.due_on, later)

    def test_a_room_says_itself_who_has_its_records_in_hand(self):
        page = factories.notice(self.city.section(self.city.site), by=self.cast.editor)
        deadline = deadlines.start(page, "DL-LAW-INFO", on=date(2026, 6, 1), site=self.city.site)
        self.addCleanup(acting._subjects.pop, "sections.NoticePage")

        acting.register_subject(
            "sections.NoticePage",
            people=lambda deadline_rows: {deadline.pk: [self.cast.accountant] for deadline in deadline_rows},
        )
        self.assertEqual(self.actors(deadline), {self.cast.accountant.username})

        acting.register_subject("sections.NoticePage", people=lambda deadline_rows: {})
        self.assertEqual(self.actors(deadline), {fresh(self.cast.editor).username})
