"""Publication at a later hour: for the place and the hour that two persons approved, and for no other."""

from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from unittest import mock

import time_machine
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import override_settings
from django.urls import reverse
from wagtail.models import Page, PageLogEntry, Revision

from accounts.models import Appointment, User
from base.gate import Refused
from base.models import OutgoingMail, PortalSite
from base.sites import site_of
from sections.models import SectionIndexPage
from tests.city import CityTestCase, appointed, draft, english_locale, fresh, publish, publish_at_once
from tests.legalref.library import draft_document
from tests.sections import pages
from tests.workflows.drafts import article
from workflows.models import Schedule, TakeDown
from workflows.publishing import approval, arrangement, takedown
from workflows.upkeep import invariants

NOW = datetime(2026, 9, 7, 3, 0, tzinfo=UTC)
HOUR = NOW + timedelta(days=2)
AFTER = HOUR + timedelta(minutes=1)


def section_page(**fields) -> SectionIndexPage:
    return SectionIndexPage(
        title="Chuyên đề",
        slug="chuyen-de",
        directing_document="Công văn 12/UBND-VX",
        **pages.responsibility(),
        **fields,
    )


def at(moment):
    return time_machine.travel(moment, tick=False)


@override_settings(EMAIL_BACKEND="base.operations.mail.OutboxBackend")
class Scheduled(CityTestCase):
    """A ward whose own approver approves; an editor of the city writes in it as well as on the city's site."""

    def setUp(self):
        self.enterContext(at(NOW))
        self.ward = self.city.my_long
        self.ward.approval_mode = PortalSite.Approval.DELEGATED
        self.ward.save()

    def scheduled(self, site=None, *, by=None, approver=None, hour=HOUR, **fields):
        by, approver = by or self.cast.editor, approver or fresh(self.cast.ward_approver)
        page = article(self.city, site or self.ward, by=by, go_live_at=hour, **fields)
        return publish(page, by=by, approver=approver)

    def again(self, page):
        return type(page).objects.get(pk=page.pk)

    def waits(self, page) -> bool:
        return Revision.objects.for_instance(page).filter(approved_go_live_at__isnull=False).exists()

    def told(self, word) -> set[str]:
        rows = OutgoingMail.objects.filter(subject__contains=word)
        return {row.recipient.partition("@")[0] for row in rows}


class Places(Scheduled):
    def test_a_page_moved_by_a_person_loses_its_hour_and_both_hear_of_it(self):
        page = self.scheduled(title="Tin hẹn giờ")
        target = self.city.section(self.city.site, "chi-dao-dieu-hanh")

        arrangement.move_draft(page, target, by=fresh(self.cast.editor))

        self.assertFalse(self.waits(page))
        self.assertEqual(self.told("Lịch đăng bị hủy"), {"bien-tap", "duyet.my-long"})
        with at(AFTER):
            self.assertEqual(approval.publish_due(), [])
        self.assertFalse(self.again(page).live)

    def test_so_does_one_that_lies_below_what_moves(self):
        above = draft(section_page(), self.ward.home_page().specific)
        page = draft(pages.article(title="Tin hẹn giờ", go_live_at=HOUR), above, by=self.cast.editor)
        page = publish(page, by=self.cast.editor, approver=fresh(self.cast.ward_approver))

        arrangement.move_draft(above, self.city.home, by=fresh(self.cast.editor))

        self.assertFalse(self.waits(page))

    def test_so_does_one_that_moves_within_its_site(self):
        page = self.scheduled(title="Tin hẹn giờ")

        arrangement.move_draft(page, self.city.section(self.ward, "tuyen-truyen"), by=fresh(self.cast.editor))

        self.assertFalse(self.waits(page))

    def test_a_review_ends_with_a_move_and_begins_anew_at_the_new_place(self):
        page = article(self.city, self.ward, by=self.cast.editor)
        approval.submit(page, by=self.cast.editor, declaration=True)
        target = self.city.section(self.city.site, "chi-dao-dieu-hanh")

        arrangement.move_draft(page, target, by=fresh(self.cast.editor))

        self.assertIsNone(approval.current_state(self.again(page)))
        moved = publish(self.again(page), by=fresh(self.cast.editor))
        self.assertTrue(moved.live)
        self.assertTrue(site_of(moved).is_city)

    def test_a_scheduled_new_version_does_not_follow_a_public_page_to_another_site(self):
        page = publish(article(self.city, self.ward, by=self.cast.editor, title="Tin đang đăng"), by=self.cast.editor)
        page.title, page.go_live_at = "Tin sửa, hẹn giờ", HOUR
        page.save_revision(user=self.cast.editor)
        page = publish(page, by=self.cast.editor, approver=fresh(self.cast.ward_approver))
        target = self.city.section(self.city.site, "chi-dao-dieu-hanh")
        proposal = arrangement.propose_move(page, target, by=self.cast.editor, reason="Đúng mục hơn.")

        arrangement.decide_move(proposal, by=fresh(self.cast.head), accepted=True)

        self.assertFalse(self.waits(page))
        self.assertTrue(self.again(page).live)

    def test_what_was_moved_past_the_verbs_is_not_published_at_its_hour(self):
        page = self.scheduled(title="Tin hẹn giờ")
        Schedule.objects.filter(revision__object_id=str(page.pk)).update(site=self.city.site)

        with at(AFTER):
            self.assertEqual(approval.publish_due(), [])

        self.assertFalse(self.waits(page))
        entry = PageLogEntry.objects.filter(page_id=page.pk, action="portal.schedule.void").get()
        self.assertIn("không còn ở nơi đã được duyệt", entry.data["reason"])

    def test_an_hour_that_nobody_approved_publishes_nothing(self):
        page = article(self.city, self.ward, by=self.cast.editor)
        Revision.objects.for_instance(page).update(approved_go_live_at=HOUR)

        with at(AFTER):
            self.assertEqual(approval.publish_due(), [])

        self.assertFalse(self.again(page).live)

    def test_what_was_altered_in_the_database_since_the_approval_is_not_published_at_its_hour(self):
        page = self.scheduled(title="Tin hẹn giờ")
        [revision] = Revision.objects.for_instance(page).filter(approved_go_live_at__isnull=False)
        revision.content["title"] = "Tin khác"
        Revision.objects.filter(pk=revision.pk).update(content=revision.content)

        with at(AFTER), self.assertRaisesMessage(RuntimeError, "không khớp nội dung đã duyệt"):
            approval.publish_due()

        self.assertFalse(self.again(page).live)
        self.assertEqual(self.told("Không đăng được theo lịch"), {"bien-tap", "duyet.my-long"})

    def test_a_version_from_before_its_page_type_got_another_field_is_approved_and_published(self):
        waiting = self.scheduled(title="Tin hẹn giờ")
        under_review = article(self.city, self.ward, by=self.cast.editor, title="Tin chờ duyệt")
        for page in (waiting, under_review):
            version = Revision.objects.for_instance(page).latest("pk")
            self.assertIn("search_description", version.content)
            content = {name: value for name, value in version.content.items() if name != "search_description"}
            Revision.objects.filter(pk=version.pk).update(content=content)

        under_review = publish(self.again(under_review), by=self.cast.editor, approver=fresh(self.cast.ward_approver))
        with at(AFTER):
            published = approval.publish_due()

        self.assertTrue(under_review.live)
        self.assertEqual([page.pk for page in published], [waiting.pk])

    def test_reordering_a_section_changes_no_schedule(self):
        first = self.scheduled(title="Tin thứ nhất")
        second = self.scheduled(title="Tin thứ hai")

        arrangement.reorder(second, by=fresh(self.cast.editor), before=first)

        with at(AFTER):
            self.assertEqual({page.pk for page in approval.publish_due()}, {first.pk, second.pk})


class Sections(Scheduled):
    def take_down(self, page):
        row = takedown.propose(page, TakeDown.Ground.ERROR, by=self.cast.editor, explanation="Sai sót")[0]
        takedown.decide(row, TakeDown.Decision.TAKE_DOWN, by=fresh(self.cast.head))

    def test_a_page_below_a_section_that_was_taken_down_loses_its_hour_at_once(self):
        page = self.scheduled(section="tuyen-truyen", title="Tin hẹn giờ")

        self.take_down(self.city.section(self.ward, "tuyen-truyen"))

        self.assertFalse(self.waits(page))
        self.assertIn("bien-tap", self.told("Lịch đăng bị hủy"))
        with at(AFTER):
            self.assertEqual(approval.publish_due(), [])

    def test_a_page_scheduled_after_the_section_went_does_not_appear(self):
        self.take_down(self.city.section(self.ward, "tuyen-truyen"))
        section = Page.objects.get(slug__startswith="tuyen-truyen-da-go", url_path__contains="my-long").specific
        page = draft(pages.article(title="Tin hẹn giờ", go_live_at=HOUR), section, by=self.cast.editor)
        publish(page, by=self.cast.editor, approver=fresh(self.cast.ward_approver))

        with at(AFTER):
            self.assertEqual(approval.publish_due(), [])

        self.assertFalse(self.again(page).live)

    def test_nor_is_one_published_there_by_an_approval_that_publishes_at_once(self):
        self.take_down(self.city.section(self.ward, "tuyen-truyen"))
        section = Page.objects.get(slug__startswith="tuyen-truyen-da-go", url_path__contains="my-long").specific
        page = draft(pages.article(title="Tin đăng ngay"), section, by=self.cast.editor)

        with self.assertRaisesMessage(Refused, "hãy đăng mục đó trước"):
            publish(page, by=self.cast.editor)

        self.assertFalse(self.again(page).live)

    def test_a_section_and_what_stands_in_it_may_be_approved_for_the_same_hour(self):
        above = section_page(go_live_at=HOUR)
        above = draft(above, self.ward.home_page().specific, by=self.cast.editor)
        page = draft(pages.article(title="Bài của chuyên đề", go_live_at=HOUR), above, by=self.cast.editor)
        for item in (page, above):
            publish(item, by=self.cast.editor, approver=fresh(self.cast.ward_approver))

        with at(AFTER):
            approval.publish_due()
            approval.publish_due()

        self.assertTrue(self.again(above).live)
        self.assertTrue(self.again(page).live)

    def test_a_page_of_a_site_that_stopped_does_not_appear(self):
        page = self.scheduled(title="Tin hẹn giờ")
        self.ward.state = PortalSite.State.FROZEN
        self.ward.save()

        with at(AFTER):
            self.assertEqual(approval.publish_due(), [])

        self.assertFalse(self.again(page).live)


class Persons(Scheduled):
    def end(self, user):
        Appointment.objects.filter(person=user).update(
            state=Appointment.State.ENDED, ended_on=(NOW + timedelta(days=1)).date()
        )

    def test_an_approver_whose_term_ended_stops_no_schedule_and_the_board_sees_it(self):
        page = self.scheduled(title="Tin hẹn giờ")
        self.assertFalse(Schedule.objects.without_approver().exists())

        self.end(self.cast.ward_approver)

        self.assertEqual([row.title for row in Schedule.objects.without_approver()], ["Tin hẹn giờ"])
        with at(AFTER):
            self.assertEqual([found.pk for found in approval.publish_due()], [page.pk])

    def test_a_person_of_the_board_keeps_it_and_it_leaves_the_list(self):
        self.scheduled(title="Tin hẹn giờ")
        self.end(self.cast.ward_approver)
        row = Schedule.objects.get()

        with self.assertRaises(Refused):
            arrangement.confirm_schedule(row, by=fresh(self.cast.editor))
        arrangement.confirm_schedule(row, by=fresh(self.cast.deputy))

        self.assertFalse(Schedule.objects.without_approver().exists())
        self.assertTrue(Schedule.objects.waiting().exists())

    def test_who_had_no_right_at_the_approval_has_approved_nothing(self):
        page = self.scheduled(title="Tin hẹn giờ")
        Appointment.objects.filter(person=self.cast.ward_approver).update(ended_on=(NOW - timedelta(days=1)).date())

        with at(AFTER):
            self.assertEqual(approval.publish_due(), [])

        self.assertFalse(self.again(page).live)

    def test_a_schedule_that_fails_is_told_once_to_author_and_approver_and_stays(self):
        page = self.scheduled(title="Tin hẹn giờ")
        # Another page has taken its address in the database: the publication fails there.
        Page.objects.filter(pk=page.pk).update(content_type=Page.objects.get(pk=self.city.home.pk).content_type)

        with at(AFTER):
            for _ in range(2):
                with self.assertRaises(RuntimeError):
                    approval.publish_due()

        self.assertTrue(Schedule.objects.waiting().exists())
        self.assertEqual(OutgoingMail.objects.filter(subject__startswith="Không đăng được theo lịch").count(), 2)
        self.assertEqual(self.told("Không đăng được theo lịch"), {"bien-tap", "duyet.my-long"})

    def desk(self, user) -> str:
        self.client.force_login(fresh(user))
        return self.client.get(reverse("wagtailadmin_home")).content.decode()

    def test_a_page_that_fails_is_on_the_desks_of_both_with_its_reason(self):
        page = self.scheduled(title="Tin hẹn giờ")

        with at(AFTER):
            with mock.patch("workflows.archive.copies.is_as_sealed", side_effect=OSError("đĩa đầy")):
                with self.assertRaises(RuntimeError):
                    approval.publish_due()
            for user in (self.cast.editor, self.cast.ward_approver):
                desk = self.desk(user)
                self.assertIn("chưa đăng được: đĩa đầy", desk)
                self.assertIn(reverse("wagtailadmin_pages:edit", args=[page.pk]), desk)
            approval.publish_due()
            self.assertNotIn("đĩa đầy", self.desk(self.cast.editor))

    def test_a_record_that_fails_is_told_to_both_by_mail_and_on_their_desks(self):
        document = draft_document(self.city.site, by=self.cast.editor, symbol="88/2026/QĐ-UBND", go_live_at=HOUR)
        publish(document, by=self.cast.editor, approver=fresh(self.cast.head))

        with at(AFTER):
            with mock.patch("workflows.archive.copies.is_as_sealed", side_effect=OSError("đĩa đầy")):
                with self.assertRaises(RuntimeError):
                    approval.publish_due()
            for user in (self.cast.editor, self.cast.head):
                self.assertIn("chưa đăng được: đĩa đầy", self.desk(user))
        self.assertEqual(self.told("Không đăng được theo lịch"), {"bien-tap", self.cast.head.username})

    def test_what_the_portal_took_the_hour_from_is_on_the_desks_of_both_until_it_is_saved_again(self):
        page = self.scheduled(title="Tin hẹn giờ")
        PortalSite.objects.filter(pk=self.ward.pk).update(state=PortalSite.State.FROZEN)

        with at(AFTER):
            approval.publish_due()
            PortalSite.objects.filter(pk=self.ward.pk).update(state=PortalSite.State.OPEN)
            for user in (self.cast.editor, self.cast.ward_approver):
                self.assertIn("lịch đăng bị hủy: Trang thành phần đã ngừng cập nhật.", self.desk(user))
            self.assertNotIn("lịch đăng bị hủy", self.desk(self.cast.contributor))
            self.again(page).save_revision(user=self.cast.editor)
            self.assertNotIn("lịch đăng bị hủy", self.desk(self.cast.editor))

    def test_one_whose_people_cannot_be_told_hides_the_reasons_of_no_other(self):
        for title in ("Tin một", "Tin hai"):
            page = self.scheduled(title=title)
            Page.objects.filter(pk=page.pk).update(content_type=Page.objects.get(pk=self.city.home.pk).content_type)
        first = Revision.objects.filter(object_str="Tin một").latest("pk")
        # An address that no mail takes, written past every form.
        User.objects.filter(pk=self.cast.ward_approver.pk).update(email="duyet\nmy-long@example.invalid")

        with at(AFTER), self.assertRaises(RuntimeError) as caught:
            approval.publish_due()

        said = str(caught.exception)
        self.assertIn(f"phiên bản {first.pk}", said)
        self.assertIn("chưa báo được cho ai", said)
        self.assertEqual(said.count("phiên bản "), 2)

    def test_who_cancels_one_on_his_own_screen_is_named_to_author_and_approver_with_his_reason(self):
        page = self.scheduled(title="Tin hẹn giờ")
        self.client.force_login(self.cast.head)

        answer = self.client.post(reverse("workflows_unschedule", args=[page.pk]), {"reason": "Chờ số liệu mới"})

        self.assertEqual(answer.status_code, 302)
        self.assertFalse(self.waits(page))
        self.assertEqual(self.told("Lịch đăng bị hủy"), {"bien-tap", "duyet.my-long"})
        mail = OutgoingMail.objects.filter(subject__contains="Lịch đăng bị hủy").first()
        text = message_from_bytes(bytes(mail.message)).get_payload(decode=True).decode()
        self.assertIn(f"{self.cast.head.get_full_name()} đã hủy lịch: Chờ số liệu mới", text)
        actions = ["portal.schedule.void", "wagtail.schedule.cancel"]
        entries = PageLogEntry.objects.filter(page=page.pk, action__in=actions)
        self.assertEqual({entry.user_id for entry in entries}, {self.cast.head.pk})

    def test_when_the_approver_has_gone_his_board_is_told_instead(self):
        page = self.scheduled(title="Tin hẹn giờ")
        self.end(self.cast.ward_approver)

        arrangement.move_draft(page, self.city.section(self.ward, "tuyen-truyen"), by=fresh(self.cast.editor))

        self.assertEqual(self.told("Lịch đăng bị hủy"), {"bien-tap", "pho-truong-ban", "truong-ban"})

    def test_a_person_of_another_ward_is_told_nothing(self):
        appointed(self.cast.contributor_my_xuyen, "contributor", self.ward)
        page = self.scheduled(by=fresh(self.cast.contributor_my_xuyen), title="Tin hẹn giờ")
        Appointment.objects.filter(person=self.cast.contributor_my_xuyen, site=self.ward).update(
            state=Appointment.State.ENDED
        )

        arrangement.move_draft(page, self.city.section(self.ward, "tuyen-truyen"), by=fresh(self.cast.editor))

        self.assertEqual(self.told("Lịch đăng bị hủy"), {"duyet.my-long"})


class Dates(Scheduled):
    def refused(self, **dates) -> dict:
        page = article(self.city, self.ward, by=self.cast.editor, **dates)
        with self.assertRaises(ValidationError) as caught:
            approval.submit(page, by=self.cast.editor, declaration=True)
        return caught.exception.message_dict

    def test_dates_that_make_no_sense_are_refused_and_the_field_is_named(self):
        day = timedelta(days=1)
        for dates, fields in (
            ({"go_live_at": NOW - day}, {"go_live_at"}),
            ({"go_live_at": NOW}, {"go_live_at"}),
            ({"expire_at": NOW}, {"expire_at"}),
            ({"go_live_at": HOUR, "expire_at": HOUR}, {"go_live_at", "expire_at"}),
            ({"go_live_at": HOUR, "expire_at": HOUR - day}, {"go_live_at", "expire_at"}),
        ):
            with self.subTest(dates):
                self.assertEqual(set(self.refused(**dates)), fields)

    def test_an_hour_that_was_met_stops_no_later_version(self):
        page = self.scheduled(title="Tin hẹn giờ")
        with at(AFTER):
            approval.publish_due()
            public = self.again(page)
            self.assertIsNone(public.go_live_at)
            newest = public.get_latest_revision_as_object()
            self.assertIsNone(newest.go_live_at, "the form of the next version begins without the hour that was met")
            newest.title = "Tin sửa"
            newest.save_revision(user=self.cast.editor)

            self.assertEqual(publish(newest, by=self.cast.editor).title, "Tin sửa")
            self.assertEqual([line for line in invariants._public_things() if str(page.pk) in line], [])

    def test_a_version_that_still_bears_the_hour_that_was_met_is_taken_as_well(self):
        page = self.scheduled(title="Tin hẹn giờ")
        with at(AFTER):
            approval.publish_due()
            newest = self.again(page)
            newest.title, newest.go_live_at = "Tin sửa", HOUR
            newest.save_revision(user=self.cast.editor)

            public = publish(self.again(page), by=self.cast.editor)

            self.assertEqual((public.title, public.live), ("Tin sửa", True))

    def test_an_hour_changed_to_the_past_on_a_public_page_is_refused(self):
        page = self.scheduled(title="Tin hẹn giờ")
        with at(AFTER + timedelta(days=5)):
            approval.publish_due()
            newest = self.again(page)
            newest.go_live_at = HOUR + timedelta(days=1)
            newest.save_revision(user=self.cast.editor)

            with self.assertRaises(ValidationError) as caught:
                approval.submit(self.again(page), by=self.cast.editor, declaration=True)

        self.assertIn("đã qua", str(caught.exception))

    def test_an_approval_after_the_hour_publishes_at_once(self):
        page = article(self.city, self.ward, by=self.cast.editor, go_live_at=HOUR)
        state = approval.submit(page, by=self.cast.editor, declaration=True)

        with at(AFTER):
            approval.approve(state.current_task_state, by=fresh(self.cast.ward_approver))

            public = self.again(page)
            self.assertTrue(public.live)
            self.assertIsNone(public.go_live_at)
            self.assertEqual([line for line in invariants._public_things() if str(page.pk) in line], [])

    def test_a_page_whose_end_has_passed_is_not_approved(self):
        page = article(self.city, self.ward, by=self.cast.editor, expire_at=HOUR)
        state = approval.submit(page, by=self.cast.editor, declaration=True)

        with at(AFTER), self.assertRaises(ValidationError) as caught:
            approval.approve(state.current_task_state, by=fresh(self.cast.ward_approver))

        self.assertEqual(list(caught.exception.message_dict), ["expire_at"])
        self.assertFalse(self.again(page).live)

    def test_nor_published_when_the_jobs_come_after_its_end(self):
        page = self.scheduled(expire_at=HOUR + timedelta(hours=1))

        with at(HOUR + timedelta(hours=2)):
            self.assertEqual(approval.publish_due(), [])

        self.assertFalse(self.again(page).live)

    def test_an_emergency_publishes_at_once_or_says_what_hinders_it(self):
        page = article(self.city, self.ward, by=self.cast.editor, go_live_at=HOUR)

        with self.assertRaises(ValidationError) as caught:
            approval.emergency_publish(page, by=self.cast.head, reason="Triều cường.")

        self.assertEqual(list(caught.exception.message_dict), ["go_live_at"])
        self.assertFalse(self.waits(page))


class Invariant(Scheduled):
    """`verify_portal`: places of schedules."""

    def test_what_waits_at_its_place_is_no_fault(self):
        above = draft(section_page(go_live_at=HOUR), self.ward.home_page().specific, by=self.cast.editor)
        page = draft(pages.article(title="Bài của chuyên đề", go_live_at=HOUR), above, by=self.cast.editor)
        for item in (page, above):
            publish(item, by=self.cast.editor, approver=fresh(self.cast.ward_approver))

        self.assertEqual(invariants._schedules(), [])

    def test_each_fault_is_named(self):
        page = self.scheduled(title="Tin hẹn giờ")
        row = Schedule.objects.get()
        head = self.city.section(self.city.site, "tin-tuc")
        for change, words in (
            (lambda: Schedule.objects.all().delete(), "không có ghi nhận ai gửi"),
            (lambda: Schedule.objects.update(approved_by=row.submitted_by), "cùng một người"),
            (lambda: Schedule.objects.update(parent_page_id=head.pk), "không còn ở nơi đã được duyệt"),
            (lambda: PortalSite.objects.filter(pk=self.ward.pk).update(state="frozen"), "đã ngừng cập nhật"),
            (lambda: Page.objects.filter(pk=page.get_parent().pk).update(live=False), "mục chứa trang không đăng"),
        ):
            with self.subTest(words):
                point = transaction.savepoint()
                change()
                found = invariants._schedules()
                transaction.savepoint_rollback(point)

                self.assertEqual(len(found), 1)
                self.assertIn(words, found[0])


class Screens(Scheduled):
    def test_a_late_approval_says_that_it_publishes_at_once(self):
        page = article(self.city, self.ward, by=self.cast.editor, go_live_at=HOUR)
        task = approval.submit(page, by=self.cast.editor, declaration=True).current_task_state
        address = reverse("workflows_review", args=[task.pk])

        with at(AFTER):
            self.client.force_login(self.cast.head)
            self.assertContains(self.client.get(address), "đã qua: duyệt là đăng ngay")
            answer = self.client.post(address, {"decision": "approve", "comment": ""}, follow=True)

        self.assertContains(answer, "đã qua nên bài được đăng ngay khi duyệt")

    def test_an_approval_in_time_says_when_the_page_will_appear(self):
        page = article(self.city, self.ward, by=self.cast.editor, go_live_at=HOUR)
        task = approval.submit(page, by=self.cast.editor, declaration=True).current_task_state
        address = reverse("workflows_review", args=[task.pk])
        self.client.force_login(self.cast.head)

        self.assertContains(self.client.get(address), "Đăng lúc 10:00 09/09/2026")
        answer = self.client.post(address, {"decision": "approve", "comment": ""}, follow=True)

        self.assertContains(answer, "Đã duyệt, sẽ đăng lúc 10:00 09/09/2026")

    def test_the_board_finds_orphaned_schedules_in_its_queue_and_keeps_or_cancels_them(self):
        page = self.scheduled(title="Tin hẹn giờ")
        Appointment.objects.filter(person=self.cast.ward_approver).update(state=Appointment.State.ENDED)
        address = reverse("workflows_schedule", args=[Schedule.objects.get().pk])
        self.client.force_login(self.cast.deputy)
        self.assertContains(self.client.get(reverse("workflows_queue")), address)

        answer = self.client.post(address, {"decision": "keep"}, follow=True)

        self.assertContains(answer, "Đã giữ lịch đăng.")
        self.assertNotContains(answer, address)
        self.client.post(address, {"decision": "cancel"})
        self.assertFalse(self.waits(page))

    def test_the_screen_of_a_schedule_does_not_exist_for_another_ward(self):
        self.scheduled(title="Tin hẹn giờ")
        address = reverse("workflows_schedule", args=[Schedule.objects.get().pk])
        self.client.force_login(self.cast.contributor_my_xuyen)

        self.assertEqual(self.client.get(address).status_code, 404)

    def test_whoever_moves_a_page_is_told_what_the_move_ends(self):
        page = self.scheduled(title="Tin hẹn giờ")
        self.client.force_login(self.cast.editor)

        answer = self.client.get(reverse("workflows_move", args=[page.pk]))

        self.assertContains(answer, "cần gửi duyệt lại ở nơi mới")


class Ends(CityTestCase):
    """An end date takes the page from readers, and with an original its translations; nothing else."""

    english = True

    def setUp(self):
        self.enterContext(at(NOW))
        self.section = self.city.section(self.city.site)
        self.english_section = draft(
            SectionIndexPage(
                title="News",
                slug="news",
                section_key="tin-tuc",
                locale=english_locale(),
                **pages.responsibility(),
                translation_key=self.section.translation_key,
            ),
            self.city.site.home_page(locale=english_locale()).specific,
        )
        publish_at_once(self.english_section)

    def pair(self, *, ends_vi=None, ends_en=None):
        """An article and its translation, both public."""
        vi = publish(draft(pages.article(title="Bài gốc", expire_at=ends_vi), self.section, by=self.cast.editor))
        words = {"title": "Original", "summary": "What was written first."}
        en = pages.article(**words, translation_key=vi.translation_key, expire_at=ends_en)
        en = publish(draft(en, self.english_section, by=self.cast.editor))
        return vi, en

    def live(self, *found) -> list[bool]:
        return [type(page).objects.get(pk=page.pk).live for page in found]

    def expire(self):
        with at(AFTER):
            return takedown.expire_due()

    def test_that_of_a_translation_takes_only_itself(self):
        vi, en = self.pair(ends_en=HOUR)

        rows = self.expire()

        self.assertEqual(self.live(vi, en), [True, False])
        self.assertEqual([row.page_id for row in rows], [en.pk])

    def test_that_of_an_original_takes_its_translations_along(self):
        vi, en = self.pair(ends_vi=HOUR)

        rows = self.expire()

        self.assertEqual(self.live(vi, en), [False, False])
        self.assertEqual({row.page_id for row in rows}, {vi.pk, en.pk})

    def test_is_refused_on_a_page_with_public_pages_below_it_or_below_its_translation(self):
        for page in (self.section, self.english_section):
            article_page = draft(pages.article(title="Bài trong mục"), page, by=self.cast.editor)
            publish(article_page)
            with self.subTest(page.title):
                version = type(self.section).objects.get(pk=self.section.pk).get_latest_revision_as_object()
                version.expire_at = HOUR
                version.save_revision(user=self.cast.editor)

                with self.assertRaises(ValidationError) as caught:
                    publish(version, by=self.cast.editor)

                self.assertEqual(list(caught.exception.message_dict), ["expire_at"])
            row = takedown.propose(article_page, TakeDown.Ground.ERROR, by=self.cast.editor, explanation="Sai sót")[0]
            takedown.decide(row, TakeDown.Decision.TAKE_DOWN, by=fresh(self.cast.head))

    def test_nothing_is_published_or_moved_below_a_page_that_has_one(self):
        ending = draft(
            SectionIndexPage(
                title="Chuyên đề",
                slug="chuyen-de",
                directing_document="Công văn 12/UBND-VX",
                expire_at=HOUR,
                **pages.responsibility(),
            ),
            self.city.home,
            by=self.cast.editor,
        )
        ending = publish(ending, by=self.cast.editor)
        page = draft(pages.article(title="Bài của chuyên đề"), ending, by=self.cast.editor)

        with self.assertRaises(ValidationError) as caught:
            publish(page, by=self.cast.editor)
        self.assertIn("tự gỡ lúc", str(caught.exception))
        other = publish(draft(pages.article(title="Bài khác"), self.section, by=self.cast.editor))
        with self.assertRaises(ValidationError) as caught:
            arrangement.propose_move(other, ending, by=fresh(self.cast.editor), reason="Đúng mục hơn.")
        self.assertEqual(list(caught.exception.message_dict), ["target"])
        self.expire()
        self.assertEqual(self.live(ending, page, other), [False, False, True])

    def test_one_that_stands_above_public_pages_nevertheless_takes_nothing_and_is_reported(self):
        page = publish(draft(pages.article(title="Bài trong mục"), self.section, by=self.cast.editor))
        Page.objects.filter(pk=self.section.pk).update(expire_at=HOUR)

        with self.assertRaisesMessage(RuntimeError, "Bài trong mục"):
            self.expire()

        self.assertEqual(self.live(self.section, page), [True, True])

    def test_an_end_without_anything_below_is_taken(self):
        vi = publish(draft(pages.article(title="Bài gốc", expire_at=HOUR), self.section, by=self.cast.editor))

        self.expire()

        self.assertEqual(self.live(vi, self.section), [False, True])
