"""Take-down: proposed by one, decided by another, the archive copy stays, the address says why."""

import uuid
from datetime import UTC, datetime, timedelta
from html import unescape

import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from wagtail.models import PageLogEntry

from base.chain.canonical_json import content_digest
from base.gate import Refused
from tests.city import CityTestCase, publish
from tests.workflows.drafts import article, on_city_host
from workflows.archive import copies as archive_copies
from workflows.archive import verifying
from workflows.models import ArchiveCopy, EmergencyAct, TakeDown
from workflows.publishing import approval, takedown

Ground, State, Decision = TakeDown.Ground, TakeDown.State, TakeDown.Decision


class TakeDownCase(CityTestCase):
    def setUp(self):
        self.page = publish(article(self.city, self.city.my_long, by=self.cast.contributor, title="Hỗ trợ tiểu thương"))

    def again(self, page=None):
        page = page or self.page
        return type(page).objects.get(pk=page.pk)

    def propose(self, ground=Ground.POLICY_REPEALED, **kwargs):
        return takedown.propose(self.page, ground, by=self.cast.contributor, **kwargs)[0]


class Proposal(TakeDownCase):
    def test_a_proposal_removes_nothing_and_opens_a_task(self):
        row = self.propose()

        self.assertEqual(row.state, State.OPEN)
        self.assertTrue(self.again().live)
        self.assertTrue(row.workflow_state.is_active)

    def test_it_has_an_internal_deadline_of_two_working_days(self):
        with time_machine.travel(datetime(2020, 6, 5, 3, 0, tzinfo=UTC), tick=False):
            row = self.propose()

        self.assertEqual(f"{row.due_on:%d/%m/%Y}", "09/06/2020")

    def test_proposing_again_keeps_the_one_that_is_open(self):
        self.assertEqual(self.propose().pk, self.propose().pk)

    def test_on_the_screen_a_second_proposal_is_not_lost_in_silence(self):
        row = self.propose(Ground.ERROR)
        address = reverse("workflows_propose", args=[self.page.pk])
        self.client.force_login(self.cast.editor)
        drawn = self.client.get(address)
        self.assertContains(drawn, "đã có đề nghị gỡ bỏ")
        self.assertContains(drawn, reverse("workflows_takedown", args=[row.pk]))

        answer = self.client.post(address, {"ground": Ground.PERSONAL_DATA, "explanation": "Lộ số điện thoại."})

        self.assertContains(answer, "Đề nghị này chưa được ghi.")
        self.assertContains(answer, "Lộ số điện thoại.")
        self.assertEqual(TakeDown.objects.get().ground, Ground.ERROR)

    def test_a_replaced_page_needs_the_address_of_its_replacement(self):
        with self.assertRaises(ValidationError) as caught:
            self.propose(ground=Ground.SUPERSEDED)

        self.assertIn("replacement_url", caught.exception.error_dict)

    def test_a_section_takes_its_public_descendants_along(self):
        section = self.city.section(self.city.my_long)

        rows = takedown.propose(section, Ground.NO_LONGER_SUITABLE, by=self.cast.contributor)

        self.assertEqual({row.page_id for row in rows}, {section.pk, self.page.pk})
        self.assertEqual(len({row.group for row in rows}), 1)

    def test_a_home_page_is_not_taken_down(self):
        with self.assertRaises(Refused):
            takedown.propose(self.city.my_long.home_page(), Ground.ERROR, by=self.cast.contributor)

    def test_a_draft_that_never_was_public_is_not_taken_down(self):
        draft = article(self.city, self.city.my_long, by=self.cast.contributor, title="Bản nháp")

        with self.assertRaisesMessage(Refused, "không có gì đang đăng"):
            takedown.propose(draft, TakeDown.Ground.ERROR, by=self.cast.contributor)

    def test_accounts_and_payments_are_no_reason_to_read_what_is_not_public(self):
        draft = article(self.city, self.city.my_long, by=self.cast.contributor, title="Bài chưa đăng")
        row = takedown.propose(self.page, TakeDown.Ground.ERROR, by=self.cast.contributor)[0]
        addresses = [
            reverse("workflows_propose", args=[draft.pk]),
            reverse("workflows_unschedule", args=[draft.pk]),
            reverse("workflows_move", args=[draft.pk]),
            reverse("workflows_takedown", args=[row.pk]),
        ]
        for who, code in ((self.cast.accountant, 404), (self.cast.technical_admin, 404), (self.cast.editor, 200)):
            self.client.force_login(who)
            for address in addresses:
                with self.subTest(who=who.username, address=address):
                    self.assertEqual(self.client.get(address).status_code, code)

    def test_people_of_another_ward_cannot_propose(self):
        with self.assertRaises(Refused):
            takedown.propose(self.page, Ground.ERROR, by=self.cast.contributor_my_xuyen)


class DraftsMeanwhile(TakeDownCase):
    """A take-down is of the page: versions drafted since the proposal neither put it off nor ask for it again."""

    def test_each_decision_takes_effect_at_once(self):
        for decision, state in (
            (Decision.RETAIN, State.RETAINED_WITH_NOTE),
            (Decision.EDIT, State.TO_EDIT),
            (Decision.TAKE_DOWN, State.TAKEN_DOWN),
        ):
            with self.subTest(decision=decision):
                row = self.propose(explanation="Mức cũ.")
                draft = self.again().get_latest_revision_as_object()
                draft.summary = f"Bản nháp viết sau đề nghị: {decision}."
                draft.save_revision(user=self.cast.editor)

                decided = takedown.decide(row, decision, by=self.cast.head, note="Đã xem")

                self.assertEqual(decided.state, state)
                self.assertFalse(decided.workflow_state.is_active)
        self.assertFalse(self.again().live)

    def test_a_publication_that_ended_the_task_does_not_put_it_off(self):
        row = self.propose()
        row.workflow_state.cancel(user=None)

        self.assertEqual(takedown.decide(row, Decision.TAKE_DOWN, by=self.cast.head).state, State.TAKEN_DOWN)
        self.assertFalse(self.again().live)


class MeetingARunningApproval(TakeDownCase):
    def setUp(self):
        super().setUp()
        draft = self.page.get_latest_revision_as_object()
        draft.summary = "Bản sửa đang chờ duyệt."
        draft.save_revision(user=self.cast.contributor)
        approval.submit(draft, by=self.cast.contributor, declaration=True)

    def test_it_waits_at_most_two_working_days_and_is_not_lost(self):
        with time_machine.travel(datetime(2020, 6, 5, 3, 0, tzinfo=UTC), tick=False):
            row = self.propose()
            self.assertEqual(row.state, State.WAITING)
        with time_machine.travel(datetime(2020, 6, 9, 3, 0, tzinfo=UTC), tick=False):
            self.assertEqual(takedown.start_waiting(), [])
        with time_machine.travel(datetime(2020, 6, 10, 3, 0, tzinfo=UTC), tick=False):
            self.assertEqual([item.pk for item in takedown.start_waiting()], [row.pk])

        row.refresh_from_db()
        self.assertEqual(row.state, State.OPEN)

    def test_an_error_goes_first_at_once_and_the_draft_stays(self):
        newest = self.again().latest_revision_id

        row = self.propose(ground=Ground.ERROR)

        self.assertEqual(row.state, State.OPEN)
        self.assertEqual(self.again().latest_revision_id, newest)

    def test_it_never_waits_behind_a_returned_draft(self):
        state = approval.current_state(self.page).current_task_state
        approval.send_back(state, by=self.cast.editor, reason="Sửa lại.")

        self.assertEqual(self.propose().state, State.OPEN)

    def test_it_starts_when_the_approval_has_ended(self):
        row = self.propose()
        approval.approve(approval.current_state(self.page).current_task_state, by=self.cast.head)

        takedown.start_waiting()

        row.refresh_from_db()
        self.assertEqual(row.state, State.OPEN)

    def test_a_workflow_cancelled_by_an_emergency_publication_restarts_from_its_row(self):
        row = self.propose(ground=Ground.ERROR)
        approval.emergency_publish(self.again(), by=self.cast.head, reason="Đính chính ngay.")
        row.refresh_from_db()
        self.assertFalse(row.workflow_state.is_active)

        takedown.start_waiting()

        row.refresh_from_db()
        self.assertTrue(row.workflow_state.is_active)


class DecisionOnIt(TakeDownCase):
    def test_the_proposer_cannot_decide(self):
        row = takedown.propose(self.page, Ground.ERROR, by=self.cast.head)[0]

        with self.assertRaises(Refused):
            takedown.decide(row, Decision.TAKE_DOWN, by=self.cast.head)

    def test_take_down_removes_the_page_and_keeps_its_archive_copy(self):
        row = self.propose(replacement_label="Quyết định mới", replacement_url="/chi-dao-dieu-hanh/")
        url = on_city_host(self.city, self.page)

        row = takedown.decide(row, Decision.TAKE_DOWN, by=self.cast.head)

        self.assertEqual(row.state, State.TAKEN_DOWN)
        self.assertFalse(self.again().live)
        self.assertEqual(verifying.verify([ArchiveCopy.objects.get(pk=row.archive_copy_id)]), [])
        answer = self.client.get(url, HTTP_HOST="localhost")
        self.assertEqual(answer.status_code, 410)
        self.assertContains(answer, "Quyết định mới", status_code=410)
        self.assertContains(answer, '/chi-dao-dieu-hanh/">Quyết định mới', status_code=410)
        ward = self.client.get(url.removeprefix("/my-long"), HTTP_HOST="my-long.localhost:8000")
        self.assertEqual(ward.status_code, 410)

    def test_disclosed_personal_data_are_named_by_no_public_answer_any_more(self):
        title = "Lê Thị Mẫu, số 12 Đường Mẫu"
        section = self.city.section(self.city.my_long)
        kept = publish(article(self.city, self.city.my_long, by=self.cast.contributor, title="Bài khác"))
        page = publish(article(self.city, self.city.my_long, by=self.cast.contributor, title=title, slug="bai-lo"))
        listed, home = on_city_host(self.city, section), on_city_host(self.city, self.city.my_long.home_page())
        places = [
            listed,
            f"{listed}rss/",
            f"{listed}atom/",
            "/",
            home,
            "/sitemap-1.xml",
            "/cua-toi/my-long/",
            "/tim-kiem/?q=Mẫu",
            on_city_host(self.city, kept),
        ]
        address = on_city_host(self.city, page)
        assert title in self.client.get(listed, HTTP_HOST="localhost").content.decode()
        row = takedown.propose(page, TakeDown.Ground.PERSONAL_DATA, by=self.cast.contributor)[0]
        takedown.decide(row, TakeDown.Decision.TAKE_DOWN, by=self.cast.head)

        self.assertContains(self.client.get(address, HTTP_HOST="localhost"), "Lộ dữ liệu cá nhân", status_code=410)
        for place in (address, *places):
            told = unescape(self.client.get(place, HTTP_HOST="localhost").content.decode())
            with self.subTest(place):
                self.assertNotIn("Lê Thị Mẫu", told)
        # Those who decide still see what it was.
        self.client.force_login(self.cast.head)
        self.assertContains(self.client.get(reverse("workflows_takedown", args=[row.pk])), title)

    def test_any_other_ground_still_names_what_was_taken_down(self):
        page = publish(article(self.city, self.city.my_long, by=self.cast.contributor, title="Bài nhầm", slug="nham"))
        row = takedown.propose(page, TakeDown.Ground.ERROR, by=self.cast.contributor)[0]
        takedown.decide(row, TakeDown.Decision.TAKE_DOWN, by=self.cast.head)

        self.assertContains(
            self.client.get(on_city_host(self.city, page), HTTP_HOST="localhost"), "Bài nhầm", status_code=410
        )

    def test_a_new_page_at_the_old_address_wins(self):
        takedown.decide(self.propose(), Decision.TAKE_DOWN, by=self.cast.head)
        new = publish(article(self.city, self.city.my_long, by=self.cast.contributor, title="Hỗ trợ tiểu thương"))

        self.assertEqual(new.slug, "ho-tro-tieu-thuong")
        self.assertEqual(self.client.get(on_city_host(self.city, new), HTTP_HOST="localhost").status_code, 200)

    def test_keep_sets_the_note_that_readers_see_and_changes_no_version(self):
        newest = self.page.latest_revision_id

        row = self.propose(explanation="Tin có giá trị lịch sử.")
        takedown.decide(row, Decision.RETAIN, by=self.cast.head, note="Nên giữ để tra cứu.")

        page = self.again()
        self.assertTrue(page.live)
        self.assertEqual(page.latest_revision_id, newest)
        self.assertContains(
            self.client.get(on_city_host(self.city, page), HTTP_HOST="localhost"), "Tin có giá trị lịch sử."
        )
        copy = ArchiveCopy.objects.filter(object_id=str(page.pk)).latest("pk")
        self.assertIn("Tin có giá trị lịch sử.", archive_copies.read(copy.html_digest).decode())

    def test_the_note_outlives_the_next_publication(self):
        row = self.propose(explanation="Tin có giá trị lịch sử.")
        takedown.decide(row, Decision.RETAIN, by=self.cast.head, note="Nên giữ để tra cứu.")
        page = self.again()
        page.summary = "Bản sửa."
        page.save_revision(user=self.cast.contributor)
        publish(page, by=self.cast.contributor)

        self.assertEqual(self.again().retained_note, "Tin có giá trị lịch sử.")

    def test_the_note_is_what_one_person_proposed_and_another_approved_with_a_copy(self):
        with self.assertRaisesMessage(ValidationError, "không có lời giải thích cho người đọc"):
            takedown.decide(self.propose(), Decision.RETAIN, by=self.cast.head, note="Chữ của một mình tôi.")
        row = TakeDown.objects.get()
        takedown.withdraw(row, by=self.cast.contributor, reason="Thiếu lời giải thích.")
        copies = ArchiveCopy.objects.filter(object_id=str(self.page.pk)).count()

        takedown.decide(self.propose(explanation="Mức cũ."), Decision.RETAIN, by=self.cast.head, note="Chữ của tôi.")

        self.assertEqual(self.again().retained_note, "Mức cũ.")
        self.assertEqual(ArchiveCopy.objects.filter(object_id=str(self.page.pk)).count(), copies + 1)
        self.assertNotContains(
            self.client.get(on_city_host(self.city, self.again()), HTTP_HOST="localhost"), "Chữ của tôi."
        )

    def test_the_version_that_answers_a_demand_to_edit_ends_an_older_note(self):
        takedown.decide(self.propose(explanation="Mức cũ."), Decision.RETAIN, by=self.cast.head, note="Giữ.")
        takedown.decide(self.propose(), Decision.EDIT, by=self.cast.head, note="Ghi mức mới.")
        page = self.again()
        page.summary = "Mức mới."
        page.save_revision(user=self.cast.contributor)

        publish(page, by=self.cast.contributor)

        self.assertEqual((self.again().retained_note, self.again().retained_note_on), ("", None))

    def test_the_queries_of_a_proposal_and_of_its_decision_are_bounded(self):
        with CaptureQueriesContext(connection) as proposed:
            row = self.propose()
        with CaptureQueriesContext(connection) as decided:
            takedown.decide(row, Decision.TAKE_DOWN, by=self.cast.head, note="Đồng ý.")

        self.assertLessEqual(len(proposed), 57)
        self.assertLessEqual(len(decided), 108)

    def test_edit_leaves_it_public_and_the_corrected_version_ends_it(self):
        row = takedown.decide(self.propose(), Decision.EDIT, by=self.cast.head, note="Bỏ đoạn về mức hỗ trợ cũ.")
        self.assertEqual(row.state, State.TO_EDIT)
        self.assertTrue(self.again().live)

    def test_keeping_needs_a_note(self):
        with self.assertRaises(ValidationError):
            takedown.decide(self.propose(explanation="Mức cũ."), Decision.RETAIN, by=self.cast.head, note="")

    def test_one_reason_decides_a_group_with_single_pages_struck_out(self):
        other = publish(article(self.city, self.city.my_long, by=self.cast.contributor, title="Tin khác"))
        section = self.city.section(self.city.my_long)
        rows = takedown.propose(section, Ground.NO_LONGER_SUITABLE, by=self.cast.contributor)
        struck = [row.pk for row in rows if row.page_id in (other.pk, section.pk)]

        takedown.decide_group(rows, Decision.TAKE_DOWN, by=self.cast.head, without=struck)

        self.assertFalse(self.again().live)
        self.assertTrue(self.again(other).live)


class Restoring(TakeDownCase):
    def test_what_was_taken_down_returns_from_its_archive_copy_through_approval(self):
        before = content_digest(self.page)
        row = takedown.decide(self.propose(), Decision.TAKE_DOWN, by=self.cast.head)

        takedown.restore(row, by=self.cast.contributor, reason="Văn bản bãi bỏ đã bị hủy.")
        self.assertFalse(self.again().live)
        page = publish(self.again(), by=self.cast.contributor)

        self.assertEqual(content_digest(page), before)
        self.assertEqual(self.client.get(on_city_host(self.city, page), HTTP_HOST="localhost").status_code, 200)
        row.refresh_from_db()
        self.assertEqual(row.state, State.RESTORED)


class Expiry(TakeDownCase):
    def test_an_end_date_approved_with_the_page_takes_it_down(self):
        page = article(self.city, self.city.my_long, by=self.cast.contributor, title="Thông báo có hạn")
        page.expire_at = datetime(2030, 1, 1, tzinfo=UTC)
        page.save_revision(user=self.cast.contributor)
        page = publish(page, by=self.cast.contributor)

        with time_machine.travel(datetime(2030, 1, 1, 0, 1, tzinfo=UTC), tick=False):
            rows = takedown.expire_due()

        self.assertEqual([row.ground for row in rows], [Ground.EXPIRED])
        self.assertFalse(self.again(page).live)
        self.assertEqual(rows[0].proposed_by, self.cast.contributor)
        self.assertEqual(rows[0].decided_by, self.cast.head)

    def test_what_waits_for_a_decision_keeps_its_words_and_a_title_that_may_be_disclosed_stays_hidden(self):
        for ground, explanation in ((Ground.POLICY_REPEALED, "Bị bãi bỏ."), (Ground.PERSONAL_DATA, "")):
            with self.subTest(ground):
                page = article(self.city, self.city.my_long, by=self.cast.contributor, title=f"Bà Mẫu {ground}")
                page.expire_at = timezone.now() + timedelta(days=1)
                page.save_revision(user=self.cast.contributor)
                page = publish(page, by=self.cast.contributor)
                takedown.propose(page, ground, by=self.cast.contributor, explanation=explanation)

                with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
                    [row] = takedown.expire_due()
                    shown = self.client.get(on_city_host(self.city, page))

                self.assertEqual(row.ground, ground)
                self.assertEqual(row.explanation, explanation or "Nội dung đã hết thời hạn đăng.")
                self.assertEqual("Bà Mẫu" in shown.content.decode(), ground != Ground.PERSONAL_DATA)


class EmergencyRemoval(TakeDownCase):
    def test_the_head_removes_at_once_and_it_stays_open_until_a_second_person_looked(self):
        takedown.emergency_remove(self.page, by=self.cast.head, reason="Lộ số điện thoại riêng.")

        self.assertFalse(self.again().live)
        self.assertTrue(EmergencyAct.objects.get().is_open)

    def test_readers_are_told_what_the_head_chose_and_not_what_waited_for_a_decision(self):
        self.propose(Ground.ERROR, explanation="Số điện thoại 0900 000 000 bị lộ.")
        address = reverse("workflows_emergency_remove", args=[self.page.pk])
        self.client.force_login(self.cast.head)
        self.assertContains(self.client.post(address, {"reason": "Gấp"}), "Hãy chọn điều đã xảy ra.")

        answer = self.client.post(address, {"ground": Ground.PERSONAL_DATA, "reason": "Lộ số riêng."})

        self.assertEqual(answer.status_code, 302)
        row = TakeDown.objects.get()
        self.assertEqual((row.ground, row.state), (Ground.PERSONAL_DATA, State.TAKEN_DOWN))
        self.client.logout()
        shown = self.client.get(on_city_host(self.city, self.page))
        self.assertEqual(shown.status_code, 410)
        for hidden in ("Hỗ trợ tiểu thương", "0900", "Lộ số riêng"):
            self.assertNotContains(shown, hidden, status_code=410)

    def test_for_what_would_first_have_to_be_looked_up_it_is_refused(self):
        for ground in (Ground.SUPERSEDED, Ground.EXPIRED, "x"):
            with self.subTest(ground), self.assertRaises(ValidationError):
                takedown.emergency_remove(self.page, by=self.cast.head, reason="Gấp", ground=ground)

    def test_what_was_said_before_stays_in_the_log(self):
        self.propose(Ground.POLICY_REPEALED, explanation="Bị bãi bỏ bởi quyết định mẫu.")

        takedown.emergency_remove(self.page, by=self.cast.head, reason="Gấp", ground=Ground.ERROR)

        row = TakeDown.objects.get()
        self.assertEqual((row.ground, row.explanation), (Ground.ERROR, "Nội dung được gỡ để xem xét lại."))
        entry = PageLogEntry.objects.get(action="portal.takedown.overtaken")
        self.assertEqual(entry.data["explanation"], "Bị bãi bỏ bởi quyết định mẫu.")

    def test_nobody_else_may(self):
        for name in ("deputy", "editor", "contributor", "superuser", "ward_approver"):
            with self.subTest(name), self.assertRaises(Refused):
                takedown.emergency_remove(self.page, by=getattr(self.cast, name), reason="Gấp")


class WaysOfADecision(TakeDownCase):
    def test_nobody_is_led_to_a_replacement_that_nobody_named(self):
        row = self.propose(Ground.ERROR, explanation="Sai số.")
        self.client.force_login(self.cast.head)
        address = reverse("workflows_takedown", args=[row.pk])
        self.assertNotContains(self.client.get(address), 'value="redirect"')

        with self.assertRaisesMessage(ValidationError, "không nêu nội dung thay thế"):
            takedown.decide(row, Decision.TAKE_DOWN, by=self.cast.head, behaviour="redirect")
        answer = self.client.post(address, {"decision": "take_down", "behaviour": "redirect", "comment": ""})

        self.assertEqual(answer.status_code, 200)
        self.assertTrue(self.again().live)

    def test_without_words_for_readers_it_is_said_why_it_cannot_be_kept_and_how_to_refuse(self):
        row = self.propose(Ground.ERROR)
        self.client.force_login(self.cast.head)

        answer = self.client.get(reverse("workflows_takedown", args=[row.pk]))

        self.assertContains(answer, "không có lời giải thích cho người đọc")
        self.assertContains(answer, "Không đồng ý, trang giữ nguyên</a>")
        self.assertNotContains(answer, 'value="keep"')


class OfManySites(TakeDownCase):
    def test_names_to_a_ward_only_its_own_of_the_group(self):
        other = publish(
            article(self.city, self.city.my_xuyen, by=self.cast.contributor_my_xuyen, title="Bài của Mỹ Xuyên"),
            by=self.cast.contributor_my_xuyen,
        )
        group = uuid.uuid4()
        row = self.propose(explanation="Cũ.", group=group)
        takedown.propose(other, Ground.POLICY_REPEALED, by=self.cast.editor, explanation="Cũ.", group=group)
        address = reverse("workflows_takedown", args=[row.pk])

        for who, is_named in ((self.cast.contributor, False), (self.cast.head, True)):
            with self.subTest(who=who.username):
                self.client.force_login(who)
                answer = self.client.get(address)
                self.assertEqual("Bài của Mỹ Xuyên" in answer.content.decode(), is_named)


class AtOnceByTheHead(TakeDownCase):
    def test_the_screen_shows_what_becomes_public(self):
        page = self.again().get_latest_revision_as_object()
        page.summary = "Nước lên hai mét."
        page.save_revision(user=self.cast.contributor)
        self.client.force_login(self.cast.head)

        answer = self.client.get(reverse("workflows_emergency_publish", args=[page.pk]))

        revision = self.again().latest_revision_id
        self.assertContains(answer, reverse("wagtailadmin_pages:revisions_view", args=[page.pk, revision]))
        self.assertContains(answer, "Thay đổi so với bản đang đăng")
        self.assertRegex(unescape(strip_tags(answer.content.decode())), r"Nước\s+lên\s+hai\s+mét")
        self.assertContains(answer, str(self.cast.contributor))
