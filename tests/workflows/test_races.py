"""Several people decide about one page at the same moment: one effect, one entry, and the others are told.

On PostgreSQL the calls run side by side, on SQLite one after the other (`tests/side_by_side.py`).
"""

import threading
from datetime import date, timedelta
from unittest import mock

import time_machine
from django.db import connection, transaction
from django.test import TransactionTestCase
from django.utils import timezone
from wagtail.models import Page, PageLogEntry, Revision, TaskState, WorkflowState

from accounts.models import User
from base.gate import Refused
from base.locking import hold
from legalref import seeding
from legalref.life import agreeing, lifecycle
from legalref.life.effect import DETAILS
from legalref.models import DocumentStatus
from sections.models import ArticlePage
from tests import factories
from tests.city import build_city, publish, publish_at_once
from tests.legalref.library import public_document, related
from tests.side_by_side import at_once
from tests.workflows.drafts import article
from tests.working_days import set_day
from workflows.archive import copies, verifying
from workflows.deadlines import calendar_changes
from workflows.models import ArchiveCopy, BundleItem, CalendarDay, CalendarVersion, RecordChange, TakeDown
from workflows.publishing import approval, bundles, record_changes, takedown
from workflows.translations import starting

MANY = 20


class Race(TransactionTestCase):
    """The city is built once a test: these tests commit."""

    english = False

    def setUp(self):
        with transaction.atomic():
            self.city = build_city(english=self.english)
            self.cast = self.city.cast

    def draft(self, title="Bài thi chạy", **more):
        return article(self.city, self.city.my_long, by=self.cast.contributor, title=title, **more)

    def submitted(self, **more):
        page = self.draft(**more)
        state = approval.submit(page, by=self.cast.contributor, declaration=True)
        return page, state.current_task_state

    def person(self, name) -> User:
        """Read anew: each comes with a connection and roles of his own."""
        return User.objects.get(pk=getattr(self.cast, name).pk)

    def read(self, page) -> ArticlePage:
        return ArticlePage.objects.get(pk=page.pk)

    def counts(self, page) -> tuple:
        """(published entries, sealed copies) of a page."""
        logged = PageLogEntry.objects.filter(page_id=page.pk, action="portal.publish").count()
        return logged, ArchiveCopy.objects.filter(object_id=str(page.pk)).count()

    def refused(self, results) -> int:
        """How many were refused; nothing else may have gone wrong."""
        broken = [result for result in results if isinstance(result, Exception) and not isinstance(result, Refused)]
        self.assertEqual(broken, [])
        return sum(isinstance(result, Refused) for result in results)


class Approvals(Race):
    def test_of_twenty_approvals_at_once_one_publishes(self):
        page, task = self.submitted()

        def approve(number):
            return approval.approve(
                TaskState.objects.get(pk=task.pk), by=self.person("head" if number % 2 else "deputy")
            )

        results = at_once([lambda number=number: approve(number) for number in range(MANY)])

        self.assertEqual(self.refused(results), MANY - 1)
        self.assertEqual(self.counts(page), (1, 1))
        approved = TaskState.objects.filter(workflow_state__object_id=str(page.pk), status=TaskState.STATUS_APPROVED)
        self.assertEqual(approved.count(), 1)
        self.assertTrue(self.read(page).live)
        self.assertEqual(verifying.verify(), [])

    def test_of_approvals_and_returns_at_once_one_counts(self):
        page, task = self.submitted()

        def act(number):
            state = TaskState.objects.get(pk=task.pk)
            if number % 2:
                return approval.approve(state, by=self.person("head"))
            return approval.send_back(state, by=self.person("deputy"), reason="Cần sửa")

        results = at_once([lambda number=number: act(number) for number in range(10)])

        self.assertEqual(self.refused(results), 9)
        task.refresh_from_db()
        is_approved = task.status == TaskState.STATUS_APPROVED
        self.assertEqual(self.read(page).live, is_approved)
        self.assertEqual(self.counts(page), (1, 1) if is_approved else (0, 0))

    def test_a_withdrawal_at_the_moment_of_approval_ends_in_one_of_the_two(self):
        """Wagtail's screen withdraws the review as it was when the screen's request began."""
        for number in range(3):
            with self.subTest(number=number):
                page, task = self.submitted(title=f"Bài rút lại {number}")
                begun = WorkflowState.objects.get(pk=task.workflow_state_id)

                def withdraw(begun=begun):
                    with transaction.atomic():
                        begun.cancel(user=self.person("contributor"))

                def approve(task=task):
                    return approval.approve(TaskState.objects.get(pk=task.pk), by=self.person("head"))

                results = at_once([withdraw, approve] if number % 2 else [approve, withdraw])

                self.assertEqual(self.refused(results), 1, results)
                state, task = WorkflowState.objects.get(pk=begun.pk), TaskState.objects.get(pk=task.pk)
                is_public = self.read(page).live
                self.assertEqual(state.status, "approved" if is_public else "cancelled")
                self.assertEqual(task.status, state.status)
                self.assertEqual(self.counts(page), (1, 1) if is_public else (0, 0))

    def test_of_submissions_at_once_one_starts(self):
        page = self.draft()

        results = at_once(
            [lambda: approval.submit(self.read(page), by=self.person("contributor"), declaration=True)] * 10
        )

        self.assertEqual(self.refused(results), 9)
        self.assertEqual(WorkflowState.objects.filter(object_id=str(page.pk)).count(), 1)

    def test_an_edit_at_the_moment_of_approval_is_neither_published_nor_lost(self):
        for number in range(3):
            with self.subTest(number=number):
                page, task = self.submitted(title=f"Bài thi chạy {number}")

                def save(page=page, number=number):
                    with transaction.atomic():
                        newest = hold(page).get_latest_revision_as_object()
                        newest.title = "Sửa đúng lúc duyệt"
                        return newest.save_revision(user=self.person("editor"))

                def approve(task=task):
                    return approval.approve(TaskState.objects.get(pk=task.pk), by=self.person("head"))

                order = [save, approve] if number % 2 else [approve, save]
                results = at_once(order)

                saved, approved = results if number % 2 else results[::-1]
                self.assertIsInstance(saved, Revision)
                public = self.read(page)
                self.assertEqual(public.live, not isinstance(approved, Refused), results)
                self.assertEqual(public.latest_revision_id, saved.pk)
                if public.live:
                    self.assertEqual(
                        (public.title, public.live_revision_id), (f"Bài thi chạy {number}", task.revision_id)
                    )
                    self.assertTrue(public.has_unpublished_changes)

    def test_several_jobs_that_publish_what_is_due_publish_each_once(self):
        hour = timezone.now() + timedelta(hours=1)
        pages = []
        for number in range(3):
            page, task = self.submitted(title=f"Bài hẹn giờ {number}", go_live_at=hour)
            approval.approve(task, by=self.cast.head)
            pages.append(page)

        with time_machine.travel(hour + timedelta(minutes=1)):
            results = at_once([approval.publish_due] * 4)

        self.assertEqual(sorted(item.pk for result in results for item in result), [page.pk for page in pages])
        for page in pages:
            entries = PageLogEntry.objects.filter(page_id=page.pk, action="wagtail.publish.scheduled")
            self.assertEqual(entries.count(), 1)


class Bundles(Race):
    def test_a_version_saved_while_the_first_ones_are_published_stops_the_whole_bundle(self):
        first, last = self.draft(title="Bài đầu gói"), self.draft(title="Bài cuối gói")
        submitted = {page.pk: self.read(page).latest_revision_id for page in (first, last)}
        asked, answered, seal = threading.Event(), threading.Event(), copies.seal

        def save():
            asked.wait(30)
            with transaction.atomic():
                newest = hold(last).get_latest_revision_as_object()
                newest.title = "Sửa khi gói đang đăng"
                saved = newest.save_revision(user=self.person("editor"))
            answered.set()
            return saved

        def seal_after_another_wrote(*args, **more):
            asked.set()
            if connection.vendor == "postgresql":
                self.assertTrue(answered.wait(30), "the last one is not held while the first is published")
            return seal(*args, **more)

        def publish_both():
            with mock.patch.object(copies, "seal", seal_after_another_wrote):
                return approval.publish_bundle(
                    [first, last],
                    submitted_by=self.person("contributor"),
                    by=self.person("head"),
                    reason="Gói thi chạy",
                    versions=submitted,
                )

        if connection.vendor == "sqlite":
            # One writer at a time: what is saved comes before the bundle.
            asked.set()
        saved, published = at_once([save, publish_both])

        self.assertIsInstance(saved, Revision)
        self.assertEqual(self.refused([published]), 1)
        self.assertIn("đã được sửa sau khi gửi", str(published))
        for page in (first, last):
            self.assertFalse(self.read(page).live)
            self.assertEqual(self.counts(page), (0, 0))
        self.assertEqual(self.read(last).latest_revision_id, saved.pk)

    def test_of_dossiers_made_at_once_one_gets_the_draft(self):
        page = self.draft()

        def make(number):
            return bundles.make(f"Hồ sơ {number}", [self.read(page)], by=self.person("contributor"))

        results = at_once([lambda number=number: make(number) for number in range(6)])

        self.assertEqual(self.refused(results), 5)
        self.assertEqual(BundleItem.objects.filter(object_id=str(page.pk)).count(), 1)

    def test_an_approval_against_a_removal_ends_with_the_page_out_of_sight_or_both_done_in_turn(self):
        page = publish_at_once(self.draft())
        page.title = "Bài thi chạy, đã sửa"
        page.save_revision(user=self.cast.contributor)
        bundle = bundles.make("Hồ sơ", [page], by=self.person("contributor"))
        bundles.submit(bundle, by=self.person("contributor"), declaration=True, remark="Đã xem lại.")

        results = at_once(
            [
                lambda: bundles.approve(bundle, by=self.person("deputy")),
                lambda: takedown.emergency_remove(self.read(page), by=self.person("head"), reason="Lộ dữ liệu."),
            ]
        )

        self.refused(results)
        self.assertFalse(self.read(page).live)


class TakeDowns(Race):
    def setUp(self):
        super().setUp()
        self.page = publish(self.draft(title="Bài đang đăng"))

    def propose(self, by="contributor"):
        return takedown.propose(self.read(self.page), TakeDown.Ground.ERROR, by=self.person(by), explanation="Sai sót")

    def decide(self, pk, by):
        row = TakeDown.objects.get(pk=pk)
        return takedown.decide(row, TakeDown.Decision.TAKE_DOWN, by=self.person(by), note="Đồng ý")

    def test_of_proposals_at_once_one_is_made_and_the_others_name_it(self):
        results = at_once([self.propose] * 10)

        self.assertEqual(self.refused(results), 0)
        self.assertEqual({result[0].pk for result in results}, set(TakeDown.objects.values_list("pk", flat=True)))
        self.assertEqual(TakeDown.objects.count(), 1)

    def test_of_twenty_decisions_at_once_one_takes_the_page_down(self):
        row = self.propose()[0]

        results = at_once(
            [lambda number=n: self.decide(row.pk, "head" if number % 2 else "deputy") for n in range(MANY)]
        )

        self.assertEqual(self.refused(results), MANY - 1)
        self.assertFalse(self.read(self.page).live)
        self.assertEqual(PageLogEntry.objects.filter(page_id=self.page.pk, action="wagtail.unpublish").count(), 1)
        self.assertEqual(TakeDown.objects.get().state, TakeDown.State.TAKEN_DOWN)

    def test_publication_of_a_new_version_against_a_take_down_ends_in_one_of_the_two(self):
        """Whichever comes first, the page is public only if no take-down of it stands."""
        for number in range(3):
            with self.subTest(number=number):
                page = publish(self.draft(title=f"Bài tranh chấp {number}"))
                row = takedown.propose(
                    self.read(page),
                    TakeDown.Ground.NO_LONGER_SUITABLE,
                    by=self.person("contributor"),
                    explanation="Đã cũ",
                )[0]
                newest = self.read(page).get_latest_revision_as_object()
                newest.title = "Bản mới"
                newest.save_revision(user=self.person("editor"))
                hour = timezone.now() + timedelta(hours=1)
                revision = self.read(page).latest_revision
                Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=hour)

                order = [lambda row=row: self.decide(row.pk, "head"), lambda hour=hour: approval.publish_due(on=hour)]
                results = at_once(order if number % 2 else order[::-1])

                self.assertEqual(self.refused(results), 0, results)
                row.refresh_from_db()
                public = self.read(page)
                self.assertEqual(row.state, TakeDown.State.TAKEN_DOWN, results)
                self.assertFalse(public.live, "the take-down stands, whoever came first")
                self.assertFalse(Revision.objects.for_instance(public).exclude(approved_go_live_at=None).exists())


class Translating(Race):
    english = True

    def test_of_beginnings_at_once_one_makes_the_draft(self):
        section = self.city.section(self.city.site, "gioi-thieu")
        page = publish(factories.standard(section, by=self.cast.editor, title="Lịch sử"))

        results = at_once([lambda: starting.start(page, by=self.person("editor"), title="History")] * 4)

        self.assertEqual(self.refused(results), 3)
        self.assertEqual(Page.objects.filter(translation_key=page.translation_key).count(), 2)


class Repeals(Race):
    def test_two_agreements_and_a_taking_back_of_what_lapses_along_leave_no_task_without_a_ground(self):
        clerk = self.cast.standing_office
        seeding.seed_types()
        old, new, detail = (
            public_document(self.city.site, by=self.cast.editor, symbol=f"{number}/2021/QĐ-UBND")
            for number in (1, 2, 3)
        )
        related(detail, DETAILS, old, by=clerk)
        publish_at_once(factories.article(self.city.section(self.city.my_long), by=clerk, cites=[detail]))
        relation = lifecycle.repeal(old, by=clerk, by_document=new, effective_on=date(2023, 1, 1), lapsing=[detail])
        along = relation.consequences.get()

        results = at_once(
            [
                lambda: agreeing.agree(relation, by=self.person("head")),
                lambda: lifecycle.undo_repeal(along, by=self.person("standing_office"), reason="Còn hiệu lực"),
                lambda: agreeing.agree(relation, by=self.person("deputy")),
            ]
        )

        self.assertLessEqual(self.refused(results), 1, results)
        along.refresh_from_db()
        self.assertEqual(lifecycle.status(old, date(2026, 1, 6)).code, "lapsed")
        stored = DocumentStatus.objects.filter(document=detail).values_list("code", flat=True).first()
        self.assertEqual((stored == "lapsed", TakeDown.objects.count()), (False, 0) if along.revoked_at else (True, 1))
        self.assertEqual(along.revoked_at is None, isinstance(results[1], Refused))


class Calendar(Race):
    def setUp(self):
        super().setUp()
        set_day(date(2031, 1, 1), kind="holiday", name="Tết dương lịch", by=self.cast.standing_office)
        self.version = CalendarVersion.objects.latest("pk").pk

    def propose(self, number):
        day = CalendarDay(date=date(2031, 1, 2), kind="holiday", name=f"Nghỉ {number}", confirmed=True)
        return calendar_changes.propose_days([day], by=self.person("standing_office"), version=self.version)

    def test_of_proposals_about_one_day_one_waits(self):
        results = at_once([lambda number=number: self.propose(number) for number in range(1, 9)])

        self.assertEqual(self.refused(results), 7)
        self.assertEqual(RecordChange.objects.filter(decided_at=None).count(), 1)
        self.assertEqual(CalendarDay.objects.filter(date__year=2031).count(), 1)

    def test_of_two_who_confirm_one_counts(self):
        change, before = self.propose(1), CalendarVersion.objects.count()

        results = at_once(
            [
                lambda name=name: record_changes.confirm(change, by=self.person(name), digest=change.digest)
                for name in ("head", "deputy", "head", "deputy")
            ]
        )

        self.assertEqual(self.refused(results), 3)
        self.assertEqual(CalendarVersion.objects.count(), before + 1)
