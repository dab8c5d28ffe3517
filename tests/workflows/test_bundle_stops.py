"""Dossiers of which an item is removed, moved or not to be published now: nothing of them becomes public unseen."""

from datetime import timedelta
from unittest import mock

from django.db import connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from base.gate import Refused
from base.models import OutgoingMail, PortalSite
from tests import factories
from tests.city import CityTestCase, fresh, publish_at_once
from tests.legalref.library import draft_document, register
from tests.workflows.test_bundles import State, stored
from workflows.models import TakeDown
from workflows.publishing import approval, arrangement, bundles, takedown
from workflows.publishing.bundles import hours

Ground, Decision = TakeDown.Ground, TakeDown.Decision
# Queries of one page more in a submission: its findings, its declaration, its files, its deadlines.
PER_ITEM = 20


@override_settings(EMAIL_BACKEND="base.operations.mail.OutboxBackend")
class Waiting(CityTestCase):
    """A public page of the city with an edit, and a new one, in one dossier of an editor."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.writer = cls.cast.editor
        cls.section = cls.city.section(cls.city.site)
        cls.page = publish_at_once(factories.article(cls.section, by=cls.writer, title="Bài đang đăng"))
        cls.edited(cls.page)
        cls.draft = factories.article(cls.section, by=cls.writer, title="Bài mới")

    @classmethod
    def edited(cls, page):
        newest = stored(page).get_latest_revision_as_object()
        newest.title = f"{newest.title}, đã sửa"
        newest.save_revision(user=cls.writer)

    def made(self, *things):
        return bundles.make("Hai bài", [stored(thing) for thing in things or (self.page, self.draft)], by=self.writer)

    def submitted(self, *things, **kwargs):
        return bundles.submit(self.made(*things), by=self.writer, declaration=True, remark="Đã xem lại.", **kwargs)

    def scheduled(self, *things):
        bundle = self.submitted(*things, publish_at=timezone.now() + timedelta(days=1))
        bundles.approve(bundle, by=self.cast.head)
        return stored(bundle)

    def proposed(self, thing=None, **kwargs):
        office = fresh(self.cast.standing_office)
        return takedown.propose(stored(thing or self.page), Ground.ERROR, by=office, **kwargs)[0]

    def taken_down(self, thing=None):
        return takedown.decide(self.proposed(thing), Decision.TAKE_DOWN, by=fresh(self.cast.head))

    def told(self, words="Hồ sơ đăng dừng") -> set[str]:
        rows = OutgoingMail.objects.filter(subject__startswith=words)
        return {row.recipient.partition("@")[0] for row in rows}

    def state(self, bundle):
        return stored(bundle).state


class Removed(Waiting):
    def test_a_page_taken_down_sends_its_dossier_back_and_its_writer_hears_of_it(self):
        bundle = self.submitted()

        row = self.taken_down()

        self.assertEqual(self.state(bundle), State.RETURNED)
        self.assertIn("bị gỡ bỏ", stored(bundle).reason)
        self.assertEqual(self.told(), {self.writer.username})
        with self.assertRaises(Refused):
            bundles.approve(stored(bundle), by=fresh(self.cast.deputy))
        self.assertFalse(stored(self.page).live)
        row.refresh_from_db()
        self.assertEqual(row.state, TakeDown.State.TAKEN_DOWN)

    def test_one_that_waits_for_its_hour_comes_back_at_once_and_its_approver_hears_of_it(self):
        bundle = self.scheduled()

        self.taken_down()

        self.assertEqual(self.state(bundle), State.RETURNED)
        self.assertIn("bị gỡ bỏ", stored(bundle).failure)
        self.assertEqual(self.told(), {self.writer.username, self.cast.head.username})
        self.assertEqual(hours.publish_due(on=stored(bundle).publish_at + timedelta(minutes=1)), [])
        self.assertFalse(stored(self.page).live)

    def test_the_heads_removal_at_once_does_the_same(self):
        bundle = self.submitted()

        takedown.emergency_remove(stored(self.page), by=self.cast.head, reason="Lộ dữ liệu cá nhân.")

        self.assertEqual(self.state(bundle), State.RETURNED)
        self.assertNotIn("Lộ dữ liệu", stored(bundle).reason)

    def test_a_section_taken_down_stops_what_waits_below_it(self):
        section = self.city.section(self.city.my_long, "tuyen-truyen")
        bundle = self.submitted(factories.article(section, by=self.writer, title="Bài mới của phường"))

        self.taken_down(section)

        self.assertEqual(self.state(bundle), State.RETURNED)

    def test_records_taken_down_as_one_act_stop_theirs(self):
        register(self.city.site)
        document = draft_document(self.city.site, by=self.writer, symbol="88/2026/QĐ-UBND", subject="Quy định mẫu")
        bundles.approve(self.submitted(document), by=fresh(self.cast.head))
        self.edited_document(document)
        bundle = self.submitted(document)

        people = {"proposed_by": fresh(self.cast.standing_office), "by": fresh(self.cast.head)}
        takedown.take_down_records([stored(document)], reason="Nhập nhầm.", **people)

        self.assertEqual(self.state(bundle), State.RETURNED)
        self.assertFalse(stored(document).live)

    def edited_document(self, document):
        newest = stored(document).get_latest_revision_as_object()
        newest.subject = "Quy định mẫu, đã sửa"
        newest.save_revision(user=self.writer)

    def test_other_dossiers_wait_on(self):
        bundle = self.submitted(self.draft)

        self.taken_down()

        self.assertEqual(self.state(bundle), State.SUBMITTED)
        self.assertEqual(len(bundles.approve(stored(bundle), by=fresh(self.cast.head))), 1)

    def test_what_was_taken_down_goes_into_no_dossier_and_comes_back_alone(self):
        bundle = self.submitted()
        row = self.taken_down()

        with self.assertRaisesMessage(Refused, "hãy khôi phục và gửi duyệt riêng"):
            bundles.submit(stored(bundle), by=self.writer, declaration=True, remark="Đã xem lại.")
        bundles.take_out(stored(bundle), stored(bundle).items.filter(object_id=str(self.page.pk)), by=self.writer)
        bundles.submit(stored(bundle), by=self.writer, declaration=True, remark="Đã xem lại.")
        bundles.approve(stored(bundle), by=fresh(self.cast.head))
        takedown.restore(stored(row), by=fresh(self.writer), reason="Đã kiểm tra lại.")

        self.assertTrue(stored(self.draft).live)
        self.assertFalse(stored(self.page).live)


class ToBeRemoved(Waiting):
    def test_while_a_removal_is_undecided_the_dossier_is_not_approved_and_its_screen_says_why(self):
        bundle, row = self.submitted(), self.proposed()

        with self.assertRaisesMessage(Refused, "đang có đề nghị gỡ bỏ chờ quyết định"):
            bundles.approve(stored(bundle), by=fresh(self.cast.head))
        self.client.force_login(self.cast.head)
        shown = self.client.get(reverse("workflows_bundle", args=[bundle.pk])).content.decode()

        self.assertIn("Chưa đăng được:</strong> «Bài đang đăng, đã sửa» đang có đề nghị gỡ bỏ", shown)
        self.assertNotIn('value="approve"', shown)
        self.assertIn('value="return"', shown)
        self.assertEqual(stored(row).state, TakeDown.State.OPEN)

    def test_kept_or_withdrawn_it_stops_nothing(self):
        bundle, row = self.submitted(), self.proposed()
        takedown.withdraw(row, by=fresh(self.cast.standing_office), reason="Đã sửa xong.")

        self.assertEqual(len(bundles.approve(stored(bundle), by=fresh(self.cast.head))), 2)

    def test_one_approved_for_its_hour_goes_back_at_that_hour(self):
        bundle = self.scheduled()
        self.proposed()

        self.assertEqual(hours.publish_due(on=bundle.publish_at + timedelta(minutes=1)), [])

        self.assertEqual(self.state(bundle), State.RETURNED)
        self.assertIn("đề nghị gỡ bỏ", stored(bundle).reason)


class Moved(Waiting):
    def moved(self, thing=None, target=None):
        target = target or self.city.section(self.city.my_long)
        return arrangement.move_draft(stored(thing or self.draft), target, by=fresh(self.writer))

    def test_a_draft_that_moves_sends_its_dossier_back(self):
        bundle = self.submitted()

        self.moved()

        self.assertEqual(self.state(bundle), State.RETURNED)
        self.assertIn("chuyển sang nơi khác", stored(bundle).reason)
        self.assertEqual(self.told(), {self.writer.username})

    def test_so_does_one_that_waits_for_its_hour(self):
        bundle = self.scheduled()

        self.moved(target=self.city.section(self.city.site, "chi-dao-dieu-hanh"))

        self.assertEqual(self.state(bundle), State.RETURNED)

    def test_a_public_page_moved_by_two_persons_stops_its_dossier_and_one_left_in_place_does_not(self):
        bundle, other = self.submitted(self.page), self.submitted(self.draft)
        target = self.city.section(self.city.site, "chi-dao-dieu-hanh")
        self.assertEqual(arrangement.stops(stored(self.page)), 1)
        proposal = arrangement.propose_move(stored(self.page), target, by=self.writer, reason="Đúng mục hơn.")

        arrangement.decide_move(proposal, by=fresh(self.cast.head), accepted=True)

        self.assertEqual([self.state(bundle), self.state(other)], [State.RETURNED, State.SUBMITTED])

    def test_another_order_changes_nothing(self):
        bundle = self.submitted()

        arrangement.reorder(stored(self.draft), by=fresh(self.writer), before=stored(self.page))

        self.assertEqual(len(bundles.approve(stored(bundle), by=fresh(self.cast.head))), 2)


class MovedToAnotherWard(Waiting):
    def setUp(self):
        mine = self.city.section(self.city.my_long)
        self.goes = factories.article(mine, by=self.writer, title="Bài chuyển")
        self.stays = factories.article(mine, by=self.writer, title="Bài ở lại")

    def moved(self, thing):
        return arrangement.move_draft(stored(thing), self.city.section(self.city.my_xuyen), by=fresh(self.writer))

    def test_it_leaves_the_dossier_whose_ward_reads_nothing_of_it(self):
        bundle = self.made(self.goes, self.stays)

        page = self.moved(self.goes).specific
        page.title = "Việc riêng của Mỹ Xuyên"
        page.save_revision(user=self.cast.contributor_my_xuyen)

        self.assertEqual([item.title for item in bundle.items.all()], ["Bài ở lại"])
        self.client.force_login(self.cast.contributor)
        for name in ("", "_content", "_submit"):
            shown = self.client.get(reverse(f"workflows_bundle{name}", args=[bundle.pk]))
            self.assertNotContains(shown, "Việc riêng của Mỹ Xuyên")
            self.assertContains(shown, "Bài ở lại" if name != "_submit" else "Gửi duyệt")

    def test_the_dossier_follows_where_all_of_it_went(self):
        bundle = self.made(self.goes)

        self.moved(self.goes)

        self.assertEqual(stored(bundle).site, self.city.my_xuyen)

    def test_a_dossier_in_which_something_of_another_ward_is_shows_itself_to_the_city_alone(self):
        bundle = self.made(self.goes, self.stays)
        with mock.patch("workflows.publishing.waiting.release_on"):
            self.moved(self.goes)

        address, found = reverse("workflows_bundle", args=[bundle.pk]), []
        for user in (self.cast.contributor, self.cast.head):
            self.client.force_login(user)
            found.append(self.client.get(address).status_code)

        self.assertEqual(found, [404, 200])


class OfSitesThatDoNotPublish(Waiting):
    def test_what_was_submitted_before_its_site_stopped_is_not_approved(self):
        bundle = self.submitted()
        PortalSite.objects.filter(pk=self.city.site.pk).update(state=PortalSite.State.FROZEN)

        with self.assertRaisesMessage(Refused, "đã ngừng cập nhật"):
            bundles.approve(stored(bundle), by=fresh(self.cast.head))


class NotBothWays(Waiting):
    """Wagtail's own beginning of a review, past our screen of a submission."""

    def begun(self):
        return approval.workflow_for(self.city.site).start(stored(self.draft), fresh(self.writer))

    def test_what_waits_in_a_dossier_goes_under_no_review_of_its_own(self):
        for bundle in (self.submitted, self.scheduled):
            with self.subTest(bundle), self.assertRaisesMessage(Refused, "ở trong hồ sơ «Hai bài»"):
                waiting = bundle(self.draft)
                self.begun()
            bundles.drop(stored(waiting), by=fresh(self.writer))

    def test_a_version_that_was_declared_and_taken_back_may(self):
        bundles.recall(self.submitted(), by=fresh(self.writer))

        self.begun()

        self.assertIsNotNone(approval.waiting_review(stored(self.draft)))


class ReadOnce(Waiting):
    """What is in a dossier is read once for all who are asked about, not anew for each item and person."""

    FEW, MANY = 2, 12

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.drafts = [factories.article(cls.section, by=cls.writer, title=f"Bài số {n}") for n in range(cls.MANY)]

    def asked(self, look) -> list[int]:
        """How many queries `look(dossier)` takes of one with few items and one with many."""
        counts = []
        for number in (self.FEW, self.MANY):
            with transaction.atomic():
                bundle = stored(self.submitted(*self.drafts[:number]))
                look(bundle)
                with CaptureQueriesContext(connection) as captured:
                    look(bundle)
                counts.append(len(captured))
                transaction.set_rollback(True)
        return counts

    def test_who_may_decide_costs_the_same_whatever_is_in_it(self):
        for look in (bundles.deciders, bundles.outdated, lambda bundle: bundles.may_return(self.cast.head, bundle)):
            few, many = self.asked(look)

            self.assertEqual(few, many)
            self.assertLess(many, 40)

    def test_a_submission_costs_what_its_items_themselves_do(self):
        counts = []
        for number in (self.FEW, self.MANY):
            with transaction.atomic():
                bundle = self.made(*self.drafts[:number])
                with CaptureQueriesContext(connection) as captured:
                    bundles.submit(bundle, by=self.writer, declaration=True, remark="Đã xem lại.")
                counts.append(len(captured))
                transaction.set_rollback(True)

        few, many = counts
        self.assertLess((many - few) / (self.MANY - self.FEW), PER_ITEM)
