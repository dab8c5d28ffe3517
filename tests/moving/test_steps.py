"""What comes between two steps of an import: a stop, a decision, an edit, the end of a person's role."""

from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from unittest import mock

import time_machine
from django.db import connection
from django.urls import reverse

from accounts.models import Appointment
from base.gate import Refused
from legalref import seeding
from moving import checking, documents, drafts, imports, undoing, writing
from moving.models import MovedRow, SiteImport
from sections.models import ArticlePage
from tests.city import fresh
from vietnam.dates import VIETNAM
from workflows.models import PublicationBundle
from workflows.publishing import approval, bundles

from . import exports
from .cases import LONG_ENOUGH, MovingCase
from .exports import wordpress_item

State, Outcome = SiteImport.State, MovedRow.Outcome


def items(count: int, *, first: int = 1):
    return exports.wordpress(*(wordpress_item(number) for number in range(first, first + count)))


def stored(batch: SiteImport) -> SiteImport:
    return SiteImport.objects.get(pk=batch.pk)


class WhileItIsRead(MovingCase):
    def test_what_is_discarded_while_rows_are_read_leaves_nothing_of_the_export(self):
        batch = self.submit(items(60))
        real = checking.Checker.row

        def discards(checker, number, page):
            if number == 55:
                imports.discard(stored(batch), by=self.by)
            return real(checker, number, page)

        with mock.patch.object(checking.Checker, "row", discards):
            self.step(batch)

        self.assertEqual((stored(batch).state, MovedRow.objects.count()), (State.DISCARDED, 0))
        self.assertEqual((stored(batch).source.name, stored(batch).is_read), ("", False))

    def test_what_is_discarded_while_links_are_compared_stays_discarded(self):
        html = '<p><a href="/khong-chuyen/">mất</a></p>'
        batch = self.submit(exports.wordpress(wordpress_item(1, html=html)))
        real = checking.known_paths

        def discards(of):
            found = real(of)
            imports.discard(stored(batch), by=self.by)
            return found

        with mock.patch.object(checking, "known_paths", discards):
            self.step(batch)

        self.assertEqual((stored(batch).state, MovedRow.objects.count()), (State.DISCARDED, 0))

    def test_an_export_that_breaks_off_leaves_none_of_its_rows(self):
        source = exports.wordpress(*(wordpress_item(number) for number in range(1, 61)), "<item><title>")

        batch = self.checked(source)

        self.assertEqual((batch.state, batch.rows.count()), (State.UNREADABLE, 0))

    def test_what_was_read_before_costs_a_step_none_of_its_time(self):
        now, known = [0.0], checking.FORMATS["wordpress"]

        def slowly(*args):
            for page in known.read(*args):
                now[0] += 1.0
                yield page

        batch = self.submit(items(400))
        with (
            mock.patch.object(checking, "time", SimpleNamespace(monotonic=lambda: now[0])),
            mock.patch.dict(checking.FORMATS, wordpress=replace(known, read=slowly)),
        ):
            reached = []
            while not stored(batch).is_read:
                imports.check(stored(batch), seconds=70)
                reached.append(stored(batch).rows_checked)

        self.assertEqual(reached, [150, 300, 400])

    def test_a_run_that_was_stopped_calls_the_same_rows_repetitions(self):
        nothing, whole = wordpress_item(1, html="<script>1</script>"), wordpress_item(1)
        export = [wordpress_item(1, title=""), nothing, whole, wordpress_item(1)]
        at_once = self.checked(exports.wordpress(*export))

        with mock.patch.object(checking, "ROWS_AT_ONCE", 1):
            stopped = self.submit(exports.wordpress(*export, wordpress_item(2, status="draft"), name="lan-hai.xml"))
            while stored(stopped).state == State.CHECKING:
                imports.check(stored(stopped), seconds=0)

        found = [list(batch.rows.order_by("number").values_list("outcome", flat=True)) for batch in (at_once, stopped)]
        self.assertEqual(found[0], [Outcome.WRONG, Outcome.WRONG, Outcome.NEW, Outcome.WRONG])
        self.assertEqual(found[1], [*found[0], Outcome.LEFT])
        self.assertIn("Trùng với mục 3", stopped.rows.get(number=4).problems[0])

    @mock.patch.object(checking, "ROWS_AT_ONCE", 2)
    def test_links_are_compared_some_rows_a_step_and_once_each(self):
        html = '<p>Chữ <a href="/khong-chuyen/">mất</a> <a href="/2019/06/bai-so-5/">còn</a></p>'
        batch = self.submit(exports.wordpress(*(wordpress_item(number, html=html) for number in range(1, 6))))
        checking.check_rows(batch, seconds=LONG_ENOUGH)

        reached = []
        while stored(batch).state == State.CHECKING:
            imports.check(stored(batch), seconds=0)
            reached.append(stored(batch).rows_linked)

        self.assertEqual(reached, [2, 4, 5, 5])
        lost = [sum("trang cũ không chuyển" in remark for remark in row.remarks) for row in batch.rows.all()]
        self.assertEqual(lost, [1] * 5)

        imports.convert(stored(batch), checking.AS_IS, by=self.by)
        self.assertEqual((stored(batch).rows_linked, stored(batch).is_read), (0, False))


class WhileItIsWritten(MovingCase):
    def linked(self) -> SiteImport:
        """An import whose first page leads to the second; both are drafts, the link is not joined yet."""
        html = '<p><a href="/2019/06/bai-so-2/">sau</a></p>'
        batch = self.checked(exports.wordpress(wordpress_item(1, html=html), wordpress_item(2)))
        batch = imports.begin(batch, by=self.by)
        imports.write(batch, seconds=-1)
        self.assertTrue(batch.rows.get(number=1).has_open_links)
        return stored(batch)

    def text_of(self, title: str) -> str:
        return str(self.page(title).get_latest_revision_as_object().body.raw_data[0]["value"])

    def test_links_are_joined_in_drafts_that_people_left_alone(self):
        batch = self.step(self.linked())

        self.assertEqual(batch.state, State.WRITTEN)
        self.assertIn('linktype="page"', self.text_of("Bài số 1"))
        self.assertEqual(batch.rows.get(number=1).remarks, [])

    def test_an_edit_that_is_saved_just_before_the_links_are_joined_is_not_lost(self):
        batch, real = self.linked(), drafts.hold

        def edited(page):
            draft = page.specific.get_latest_revision_as_object()
            draft.title = "Đã sửa tay"
            draft.save_revision(user=self.cast.editor)
            return real(page)

        with mock.patch.object(drafts, "hold", edited):
            batch = self.step(batch)

        row = batch.rows.get(number=1)
        self.assertEqual(row.page.specific.get_latest_revision_as_object().title, "Đã sửa tay")
        self.assertIn("Chưa nối liên kết tới các bài chuyển sau", " ".join(row.remarks))
        self.assertIn("đã được sửa", " ".join(row.remarks))
        self.assertEqual((batch.state, row.has_open_links), (State.WRITTEN, False))

    def test_a_dossier_that_was_submitted_meanwhile_stays_as_it_was_declared(self):
        batch = self.linked()
        bundle = bundles.submit(PublicationBundle.objects.get(), by=self.by, declaration=True, remark="Đã xem lại.")

        batch = self.step(batch)

        self.assertEqual(bundles.outdated(PublicationBundle.objects.get()), [])
        self.assertIn("đã được gửi duyệt", " ".join(batch.rows.get(number=1).remarks))
        bundles.approve(bundle, by=fresh(self.cast.head))
        self.assertTrue(self.page("Bài số 1").live)

    def test_a_page_that_is_public_by_now_gets_no_further_draft(self):
        batch = self.linked()
        self.published(batch)
        page = self.page("Bài số 1")

        batch = self.step(batch)

        self.assertEqual(self.page("Bài số 1").latest_revision_id, page.live_revision_id)
        self.assertIn("đã được đăng", " ".join(batch.rows.get(number=1).remarks))

    def test_an_import_that_is_taken_back_while_it_is_written_writes_no_more_and_is_no_failure(self):
        batch = imports.begin(self.checked(items(25)), by=self.by)
        real = writing.Writer.next_rows

        def undone(writer):
            if writer.page_of_row and stored(batch).state == State.WRITING:
                imports.undo(stored(batch), by=self.by, reason="Thử")
            return real(writer)

        with mock.patch.object(writing.Writer, "next_rows", undone):
            self.assertEqual(imports.work(seconds=LONG_ENOUGH), 1)

        self.assertEqual((stored(batch).state, stored(batch).message), (State.UNDOING, ""))
        self.assertEqual(batch.rows.exclude(page=None).count(), 15)
        self.assertEqual(self.step(stored(batch)).state, State.UNDONE)

    def test_the_files_of_a_lot_are_packed_before_the_transaction_that_submits_it(self):
        seeding.seed_types()
        seeding.seed_issuers()
        title = "Quyết định số 12/2020/QĐ-UBND ngày 05/6/2020 về việc ban hành Quy chế làm việc"
        batch = imports.begin(self.checked(exports.wordpress(wordpress_item(1, title=title))), by=self.by)
        real, depths, outside = documents._packed, [], len(connection.savepoint_ids)

        def packed(*args):
            depths.append(len(connection.savepoint_ids))
            return real(*args)

        with mock.patch.object(documents, "_packed", packed):
            batch = self.step(batch)

        self.assertEqual(depths, [outside])
        self.assertEqual((batch.state, batch.batch.rows.count()), (State.WRITTEN, 0))

    def test_what_the_register_refuses_is_said_and_the_drafts_are_finished_without(self):
        title = "Quyết định số 12/2020/QĐ-UBND ngày 05/6/2020 về việc ban hành Quy chế làm việc"
        batch = imports.begin(self.checked(exports.wordpress(wordpress_item(1, title=title))), by=self.by)

        with mock.patch.object(documents.batches, "upload", side_effect=Refused("Trang này không nhận văn bản.")):
            batch = self.step(batch)

        self.assertEqual((batch.state, batch.batch), (State.WRITTEN, None))
        self.assertIn("Chưa đề xuất được văn bản vào sổ: Trang này không nhận văn bản.", batch.message)


class WithoutItsPerson(MovingCase):
    def dismissed(self, person) -> None:
        Appointment.objects.filter(person=person).update(state=Appointment.State.ENDED)

    def test_an_import_whose_person_no_longer_may_says_so_and_another_carries_it_on(self):
        batch = imports.begin(self.checked(items(25)), by=self.by)
        imports.write(batch, seconds=-1)
        self.dismissed(self.by)

        self.assertEqual(imports.work(seconds=LONG_ENOUGH), 1)

        self.assertEqual((stored(batch).state, batch.rows.exclude(page=None).count()), (State.WRITING, 15))
        self.assertIn(f"{self.by.get_full_name()} không còn được soạn bài", stored(batch).message)
        with self.assertRaises(Refused):
            imports.begin(batch, by=fresh(self.by))
        self.client.force_login(self.cast.head)
        self.assertContains(self.client.get(reverse("moving_import", args=[batch.pk])), "Cho tạo tiếp")
        self.client.post(reverse("moving_begin", args=[batch.pk]))
        self.assertEqual((stored(batch).begun_by, stored(batch).message), (self.cast.head, ""))

        batch = self.step(stored(batch))

        self.assertEqual((batch.state, batch.rows.filter(page=None).count()), (State.WRITTEN, 0))
        self.assertEqual(ArticlePage.objects.filter(title__startswith="Bài số").count(), 25)

    def test_no_other_takes_over_while_the_person_still_may(self):
        batch = imports.begin(self.checked(items(1)), by=self.by)

        with self.assertRaises(Refused):
            imports.begin(batch, by=fresh(self.cast.head))
        self.client.force_login(self.cast.head)
        self.assertNotContains(self.client.get(reverse("moving_import", args=[batch.pk])), "Cho tạo tiếp")

    def test_an_import_that_is_taken_back_waits_for_another_person_likewise(self):
        batch = imports.undo(self.written(items(2)), by=self.by, reason="Thử")
        self.dismissed(self.by)

        batch = self.step(stored(batch))

        self.assertEqual((batch.state, batch.rows.exclude(page=None).count()), (State.UNDOING, 2))
        self.assertIn("Thu hồi đợt", batch.message)
        batch = self.step(imports.undo(batch, by=fresh(self.cast.head), reason="Thu hồi tiếp"))
        self.assertEqual((batch.state, batch.message), (State.UNDONE, ""))
        self.assertFalse(ArticlePage.objects.filter(title__startswith="Bài số").exists())

    def test_a_failure_is_said_at_the_import_until_it_is_over(self):
        batch = imports.begin(self.checked(items(1)), by=self.by)
        with mock.patch.object(writing.Writer, "_page", side_effect=OSError("disk")), self.assertRaises(RuntimeError):
            imports.work(seconds=LONG_ENOUGH)
        self.assertEqual(stored(batch).message, imports.FAILED)

        self.assertEqual(self.step(stored(batch)).message, "")


class WhileItIsTakenBack(MovingCase):
    def undone(self, batch: SiteImport) -> SiteImport:
        return imports.undo(batch, by=self.by, reason="Thử")

    def test_an_edit_that_is_saved_just_before_is_not_removed(self):
        batch, real = self.undone(self.written(items(1))), drafts.hold

        def edited(page):
            page.specific.get_latest_revision_as_object().save_revision(user=self.cast.editor)
            return real(page)

        with mock.patch.object(drafts, "hold", edited):
            batch = self.step(batch)

        self.assertTrue(ArticlePage.objects.filter(title="Bài số 1").exists())
        self.assertIn("đã được sửa", " ".join(batch.rows.get().remarks))

    def test_a_draft_that_went_for_approval_by_itself_or_in_another_dossier_stays(self):
        batch = self.written(items(3))
        one, two, three = (self.page(f"Bài số {number}") for number in (1, 2, 3))
        own = PublicationBundle.objects.get()
        things = {item.thing.pk: item for item in own.items.all()}
        own = bundles.take_out(own, [things[one.pk], things[two.pk]], by=self.by)
        approval.submit(one, by=self.by, declaration=True, remark="Đã xem lại.")
        other = bundles.make("Hồ sơ khác", [two], by=self.by)
        bundles.submit(other, by=self.by, declaration=True, remark="Đã xem lại.")

        batch = self.step(self.undone(batch))

        self.assertEqual(batch.state, State.UNDONE)
        self.assertEqual(
            set(ArticlePage.objects.filter(title__startswith="Bài số").values_list("pk", flat=True)), {one.pk, two.pk}
        )
        for number in (1, 2):
            self.assertIn("đã được gửi duyệt", " ".join(batch.rows.get(number=number).remarks))

    def test_what_cannot_be_taken_back_says_why_and_the_others_go(self):
        batch, real = self.undone(self.written(items(3))), undoing.duties.drop_deadlines_of

        def refused(page, **more):
            if page.title == "Bài số 2":
                raise Refused("Bài này đang được giữ lại.")
            return real(page, **more)

        with mock.patch.object(undoing.duties, "drop_deadlines_of", refused):
            batch = self.step(batch)

        self.assertEqual(batch.state, State.UNDONE)
        self.assertEqual([page.title for page in ArticlePage.objects.filter(title__startswith="Bài số")], ["Bài số 2"])
        self.assertIn("Giữ lại, không thu hồi: Bài này đang được giữ lại.", batch.rows.get(number=2).remarks)


class WhileItWaits(MovingCase):
    def is_late(self, batch: SiteImport) -> bool:
        answer = self.client.get(reverse("moving_import", args=[batch.pk]))
        return "Việc định kỳ của cổng chưa chạy" in answer.content.decode()

    def test_the_job_is_not_late_where_the_import_says_what_stops_it(self):
        batch = imports.begin(self.checked(items(1)), by=self.by)
        SiteImport.objects.filter(pk=batch.pk).update(message=imports.FAILED)

        with time_machine.travel(batch.asked_at + timedelta(minutes=3)):
            self.client.force_login(fresh(self.by))
            self.assertFalse(self.is_late(batch))

    def test_the_job_is_late_by_what_was_asked_last(self):
        self.client.force_login(self.by)
        uploaded = datetime(2026, 11, 25, 9, 0, tzinfo=VIETNAM)
        with time_machine.travel(uploaded, tick=False):
            batch = self.checked(items(1), on=uploaded)
        later = uploaded + timedelta(hours=5)
        for ask in (
            lambda: imports.convert(stored(batch), checking.AS_IS, by=self.by),
            lambda: imports.begin(stored(batch), by=self.by),
            lambda: imports.undo(stored(batch), by=self.by, reason="Thử"),
        ):
            with time_machine.travel(later, tick=False):
                ask()
                state = stored(batch).state
                with self.subTest(state):
                    self.assertFalse(self.is_late(batch))
            with time_machine.travel(later + timedelta(minutes=3), tick=False):
                self.client.force_login(fresh(self.by))
                with self.subTest(state, later=True):
                    self.assertTrue(self.is_late(batch))
            if state != State.UNDOING:
                self.step(stored(batch))
            later += timedelta(hours=5)
