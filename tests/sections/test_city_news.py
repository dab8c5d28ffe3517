"""A ward leaves news of the city off its site: two persons decide, the city reads why, all its outputs follow."""

from datetime import date

import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from base.gate import Refused
from base.models import PlaceRefusal, PortalSite, PublicPlace
from base.public.index import places, rebuilding
from sections.city_news import refusing, standing
from tests.city import publish
from tests.sections import pages
from tests.sections.test_from_city import OUTPUTS, TITLE, FromTheCity
from workflows.models import RecordChange
from workflows.publishing import record_changes
from workflows.upkeep import invariants

REASON = "Khu vực của phường không dùng đường ống này."


@time_machine.travel("2020-06-16 09:00 +0700", tick=False)
class OfAWard(FromTheCity):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        # The ward approves by itself (Điều 20); of another one the board of the city does.
        cls.city.my_long.approval_mode = PortalSite.Approval.DELEGATED
        cls.city.my_long.save()

    def propose(self, page, site=None, by=None) -> RecordChange:
        return refusing.propose(page, site or self.city.my_long, by=by or self.cast.contributor, reason=REASON)

    def agree(self, change, by=None) -> PlaceRefusal:
        record_changes.confirm(change, by=by or self.cast.ward_approver, digest=change.digest)
        return PlaceRefusal.objects.get(page=change.values["page"], site=change.values["site"])

    def leave_off(self, page, site=None) -> PlaceRefusal:
        by = {} if site is None else {"by": self.cast.deputy}
        return self.agree(self.propose(page, site, by=self.cast.editor if site else None), **by)

    def show_again(self, refusal) -> None:
        change = refusing.propose_again(refusal, by=self.cast.contributor, reason="Nay có dùng.")
        self.agree(change)


def approve_again(test, page) -> None:
    """Publish the newest version of a page of the city."""
    publish(page, by=test.cast.standing_office)


class LeavingOff(OfAWard):
    def test_waits_for_a_second_person_and_then_all_lists_of_that_ward_are_without_it(self):
        for reach in ({"on_every_ward": True}, {"on_wards": [self.city.my_long.pk, self.city.my_xuyen.pk]}):
            with self.subTest(reach):
                title = f"{TITLE} {len(reach)} {next(iter(reach))}"
                page = self.push(pages.article(title=title, **reach))
                change = self.propose(page)
                self.assertEqual(self.shown(self.city.my_long, title), {*OUTPUTS})

                self.agree(change)

                self.assertEqual(self.shown(self.city.my_long, title), set())
                self.assertEqual(self.shown(self.city.my_xuyen, title), {*OUTPUTS})
                self.assertEqual(self.client.get(page.url).status_code, 200)
                self.assertIn(f"urn:uuid:{page.translation_key}", self.withdrawn(self.city.my_long))
                self.assertNotIn(f"urn:uuid:{page.translation_key}", self.withdrawn(self.city.my_xuyen))

    def test_leaves_what_a_reader_of_the_ward_has_chosen_and_the_feed_of_its_section(self):
        page = self.push(on_every_ward=True)
        self.leave_off(page)

        self.assertNotContains(self.client.get("/cua-toi/my-long/"), TITLE)
        self.assertContains(self.client.get("/cua-toi/my-xuyen/"), TITLE)
        for end in ("rss/", "atom/"):
            feed = pages.visit(self.client, self.city.section(self.city.my_long), end=end).content.decode()
            self.assertNotIn(TITLE, feed)

    def test_the_search_within_the_ward_finds_it_no_more_and_that_of_others_does(self):
        page = self.push(on_every_ward=True)

        def found(site):
            answer = pages.visit(self.client, site.home_page(), "?q=cắt+nước+đường+ống&pham-vi=trang-nay", "tim-kiem/")
            return page.slug in answer.content.decode()

        self.assertTrue(found(self.city.my_long))
        self.leave_off(page)

        self.assertEqual((found(self.city.my_long), found(self.city.my_xuyen)), (False, True))

    def test_who_follows_the_ward_hears_nothing_of_it_from_then(self):
        page = self.push(on_every_ward=True)
        self.assertIn(self.city.my_long.pk, places.sites_showing(page.pk, "vi"))

        refusal = self.leave_off(page)
        self.assertNotIn(self.city.my_long.pk, places.sites_showing(page.pk, "vi"))
        self.assertIn(self.city.my_xuyen.pk, places.sites_showing(page.pk, "vi"))
        self.show_again(refusal)

        self.assertIn(self.city.my_long.pk, places.sites_showing(page.pk, "vi"))

    def test_is_taken_back_by_two_persons_and_the_feed_withdraws_it_no_longer(self):
        for reach in ({"on_every_ward": True}, {"on_wards": [self.city.my_long.pk]}):
            with self.subTest(reach):
                page = self.push(pages.article(title=f"{TITLE} {next(iter(reach))}", **reach))
                refusal = self.leave_off(page)
                change = refusing.propose_again(refusal, by=self.cast.contributor, reason="Nay có dùng.")
                self.assertEqual(self.shown(self.city.my_long, page.title), set())

                self.agree(change)

                self.assertEqual(self.shown(self.city.my_long, page.title), {*OUTPUTS})
                self.assertEqual(self.withdrawn(self.city.my_long), [])
                with self.assertRaises(Refused):
                    refusing.propose_again(refusal, by=self.cast.contributor, reason="Lần nữa.")

    def test_holds_for_what_the_city_changes_afterwards(self):
        page = self.push(on_every_ward=True)
        self.leave_off(page)
        approve_again(self, self.change(page, title="Cắt nước đến hết tuần"))

        self.assertEqual(self.shown(self.city.my_long, "Cắt nước đến hết tuần"), set())
        self.assertEqual(self.shown(self.city.my_xuyen, "Cắt nước đến hết tuần"), {*OUTPUTS})

    def test_has_no_effect_while_the_city_calls_it_urgent(self):
        notice = self.push(pages.notice(title=TITLE, on_every_ward=True))
        self.leave_off(notice)
        self.assertEqual(self.shown(self.city.my_long), set())

        approve_again(self, self.change(notice, is_urgent=True, valid_until=date(2020, 6, 30)))

        self.assertEqual(self.shown(self.city.my_long), {*OUTPUTS})
        (row,) = standing.standing(self.cast.contributor)
        self.assertEqual((row.is_urgent, row.left_off, row.free), (True, [], []))

    def test_is_what_the_index_made_anew_says(self):
        page = self.push(on_every_ward=True)
        self.leave_off(page)
        self.assertEqual(rebuilding.violations(), [])
        PublicPlace.objects.filter(is_left_off=True).delete()
        self.assertEqual(len(rebuilding.violations()), 1)

        rebuilding.rebuild()

        self.assertEqual((rebuilding.violations(), self.shown(self.city.my_long)), ([], set()))

    def test_is_of_two_persons_or_named_by_the_check(self):
        page = self.push(on_every_ward=True)
        self.leave_off(page)
        self.assertEqual(refusing.violations(), [])
        self.assertIn(refusing.violations, invariants._more)

        PlaceRefusal.objects.create(page=page.page_ptr, site=self.city.my_xuyen, reason="Tự ý.")

        (line,) = refusing.violations()
        self.assertIn("không có người thứ hai", line)


class Who(OfAWard):
    def test_the_proposer_does_not_decide_and_another_ward_does_neither(self):
        page = self.push(on_every_ward=True)
        change = self.propose(page, by=self.cast.ward_approver)

        for user in (self.cast.ward_approver, self.cast.contributor, self.cast.contributor_my_xuyen):
            with self.subTest(user.username), self.assertRaises(Refused):
                self.agree(change, by=user)
        self.agree(change, by=self.cast.head)

    def test_people_of_another_ward_and_without_writing_propose_nothing(self):
        page = self.push(on_every_ward=True)

        for user in (self.cast.contributor_my_xuyen, self.cast.technical_admin, self.cast.accountant):
            with self.subTest(user.username), self.assertRaises(Refused):
                self.propose(page, by=user)
        self.assertFalse(RecordChange.objects.exists())

    def test_the_board_decides_where_the_ward_does_not_approve_by_itself(self):
        page = self.push(on_every_ward=True)
        change = self.propose(page, self.city.my_xuyen, by=self.cast.contributor_my_xuyen)

        self.assertEqual({user.pk for user in record_changes.deciders(change)} & {self.cast.unit_head.pk}, set())
        self.agree(change, by=self.cast.deputy)

        self.assertEqual(self.shown(self.city.my_xuyen), set())

    def test_the_city_hears_of_it_with_the_reason(self):
        page = self.push(on_every_ward=True)
        with self.captureOnCommitCallbacks(execute=True):
            refusal = self.leave_off(page)

        (sent,) = [one for one in mail.outbox if "không hiện tin của thành phố" in one.subject]
        self.assertEqual(sent.to, [self.cast.standing_office.email])
        self.assertIn(REASON, sent.body)
        with self.captureOnCommitCallbacks(execute=True):
            self.show_again(refusal)
        self.assertTrue([one for one in mail.outbox if "hiện lại tin của thành phố" in one.subject])


class Limits(OfAWard):
    def test_an_urgent_notice_and_what_does_not_stand_there_are_refused(self):
        urgent = self.push(pages.notice(title=TITLE, on_every_ward=True, is_urgent=True, valid_until=date(2020, 6, 30)))
        elsewhere = self.push(pages.article(title="Nơi khác", on_wards=[self.city.my_xuyen.pk]))
        nowhere = self.push(pages.article(title="Chỉ thành phố"))

        for page, words in ((urgent, "khẩn"), (elsewhere, "không cho bài này"), (nowhere, "không cho bài này")):
            with self.subTest(page.title), self.assertRaisesRegex(Refused, words):
                self.propose(page)

    def test_what_became_urgent_or_went_while_it_waited_is_not_confirmed(self):
        became = self.push(pages.notice(title=TITLE, on_every_ward=True))
        went = self.push(pages.article(title="Sẽ gỡ", on_every_ward=True))
        waiting = [self.propose(became), self.propose(went)]
        approve_again(self, self.change(became, is_urgent=True, valid_until=date(2020, 6, 30)))
        self.remove(went)

        for change, words in zip(waiting, ("khẩn", "không còn đăng"), strict=True):
            with self.subTest(words), self.assertRaisesRegex(Refused, words):
                self.agree(change)
        self.assertFalse(PlaceRefusal.objects.exists())

    def test_a_reason_is_wanted_and_one_proposal_at_a_time(self):
        page = self.push(on_every_ward=True)
        with self.assertRaises(ValidationError):
            refusing.propose(page, self.city.my_long, by=self.cast.contributor, reason="  ")
        change = self.propose(page)

        with self.assertRaisesRegex(Refused, "đang chờ người thứ hai"):
            self.propose(page, by=self.cast.unit_head)
        self.agree(change)
        with self.assertRaisesRegex(Refused, "đã không hiện"):
            self.propose(page)

    def test_one_proposal_of_a_ward_does_not_hold_up_another_ward(self):
        page = self.push(on_every_ward=True)
        self.propose(page)

        self.propose(page, self.city.my_xuyen, by=self.cast.contributor_my_xuyen)

        self.assertEqual(refusing.open_proposals([page.pk]).count(), 2)


class Screens(OfAWard):
    def listed(self, user):
        self.client.force_login(user)
        return self.client.get(reverse("sections_city_news"))

    def test_a_person_of_the_ward_leaves_it_off_and_shows_it_again_and_another_decides(self):
        page = self.push(on_every_ward=True)
        address = reverse("sections_leave_off", args=[page.pk])
        self.assertContains(self.listed(self.cast.contributor), address)
        self.assertContains(self.client.get(address), self.city.my_long.name)

        empty = self.client.post(address, {"site": self.city.my_long.pk, "reason": ""})
        self.assertContains(empty, "Hãy ghi lý do")
        sent = self.client.post(address, {"site": self.city.my_long.pk, "reason": REASON})
        change = RecordChange.objects.get()
        decide = reverse("workflows_record_change", args=[change.pk])
        self.assertRedirects(sent, decide)
        self.assertContains(self.listed(self.cast.contributor), decide)
        self.assertContains(self.client.get(address), "đang chờ người thứ hai")
        self.client.force_login(self.cast.ward_approver)
        self.assertContains(self.client.get(decide), REASON)
        self.client.post(decide, {"accepted": "yes", "digest": change.digest})

        refusal = PlaceRefusal.objects.get()
        again = reverse("sections_show_again", args=[refusal.pk])
        self.assertContains(self.listed(self.cast.contributor), again)
        self.client.post(again, {"reason": "Nay có dùng."})
        change = RecordChange.objects.get(decided_at=None)
        self.client.force_login(self.cast.ward_approver)
        self.client.post(
            reverse("workflows_record_change", args=[change.pk]), {"accepted": "yes", "digest": change.digest}
        )
        refusal.refresh_from_db()
        self.assertFalse(refusal.is_in_force)

    def test_the_city_reads_who_refused_why_and_who_decided(self):
        page = self.push(on_every_ward=True)
        self.leave_off(page)

        answer = self.listed(self.cast.standing_office)

        for words in (self.city.my_long.name, REASON, str(self.cast.contributor), str(self.cast.ward_approver)):
            self.assertContains(answer, words)

    def test_a_ward_reads_nothing_of_what_others_refused(self):
        page = self.push(on_every_ward=True)
        refusal = self.leave_off(page)
        self.push(pages.article(title="Chỉ phường kia", on_wards=[self.city.my_long.pk]))

        answer = self.listed(self.cast.contributor_my_xuyen)

        self.assertContains(answer, TITLE)
        for words in (REASON, "Chỉ phường kia"):
            self.assertNotContains(answer, words)
        self.assertEqual(self.client.get(reverse("sections_show_again", args=[refusal.pk])).status_code, 404)

    def test_an_urgent_one_says_why_there_is_nothing_to_do(self):
        page = self.push(pages.notice(title=TITLE, on_every_ward=True, is_urgent=True, valid_until=date(2020, 6, 30)))
        address = reverse("sections_leave_off", args=[page.pk])

        self.assertNotContains(self.listed(self.cast.contributor), address)
        self.assertContains(self.client.get(address), "Thông báo khẩn của thành phố hiện ở mọi trang")

    def test_a_page_that_stands_nowhere_is_not_there(self):
        page = self.push(pages.article(title="Chỉ thành phố"))
        self.client.force_login(self.cast.contributor)

        self.assertEqual(self.client.get(reverse("sections_leave_off", args=[page.pk])).status_code, 404)

    def test_the_list_asks_the_same_number_of_queries_for_any_number_of_rows(self):
        def asked() -> int:
            with CaptureQueriesContext(connection) as queries:
                rows = list(standing.standing(self.cast.editor))
            self.assertTrue(rows)
            return len(queries)

        self.leave_off(self.push(on_every_ward=True))
        asked()
        few = asked()
        for number in range(3):
            page = self.push(pages.article(title=f"Tin {number}", on_every_ward=True))
            self.leave_off(page)
            self.leave_off(page, self.city.my_xuyen)

        self.assertEqual(asked(), few)
