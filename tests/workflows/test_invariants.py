"""What `verify_portal` finds: each invariant is broken on purpose, and named."""

import tempfile
from datetime import date
from io import StringIO
from pathlib import Path

from django.core.files.storage import default_storage
from django.core.mail import get_connection, send_mail
from django.core.management import call_command
from django.db import connection, models, transaction
from wagtail.models import Page, PageLogEntry, TaskState, WorkflowState
from wagtail.search.models import IndexEntry

from base.audit import sealing
from base.audit import trail as audit
from base.models import AuditEntry, OutgoingMail
from base.operations import append_only
from legalref.numbers import numbering
from search import invariants as search
from search import updates
from sections.models import ArticleCorrection, ArticlePage
from tests import factories
from tests.city import CityTestCase, publish
from workflows.archive import verifying
from workflows.models import ArchiveCopy, Declaration, TakeDown
from workflows.publishing import approval, takedown
from workflows.upkeep import acknowledged, invariants


class InvariantsCase(CityTestCase):
    def publish_one(self, **fields) -> Page:
        return publish(factories.article(self.city.section(self.city.my_long), by=self.cast.contributor, **fields))

    def take_down(self, page) -> TakeDown:
        row = takedown.propose(page, TakeDown.Ground.ERROR, by=self.cast.contributor)[0]
        return takedown.decide(row, TakeDown.Decision.TAKE_DOWN, by=self.cast.head, note="Nội dung sai.")


class Files(InvariantsCase):
    def test_a_row_without_its_file_and_an_empty_file_are_named(self):
        lost, empty = factories.file(self.city.my_long), factories.file(self.city.my_long)
        self.assertEqual(invariants._files(), [])

        Path(lost.file.path).unlink()
        Path(empty.file.path).write_bytes(b"")

        self.assertEqual(
            invariants._files(),
            [
                f"{lost._meta.verbose_name} {lost.pk}: không còn tệp.",
                f"{empty._meta.verbose_name} {empty.pk}: tệp rỗng.",
            ],
        )

    def test_a_file_that_no_row_names_is_named_after_two_days(self):
        path = Path(default_storage.location) / "mocoi0123456789" / "tep.pdf"
        path.parent.mkdir(parents=True)
        path.write_bytes(b"%PDF-")
        self.addCleanup(path.parent.rmdir)
        self.addCleanup(path.unlink)

        self.assertEqual(invariants.scans.orphans(older_than_seconds=invariants.OLDEST_ORPHAN_SECONDS), [])
        self.assertIn("mocoi0123456789/tep.pdf", invariants.scans.orphans(older_than_seconds=-1))


class Mail(InvariantsCase):
    def test_a_mail_that_waits_without_its_text_is_named(self):
        connection = get_connection("base.operations.mail.OutboxBackend")
        send_mail("Báo", "Nội dung", None, ["ai@example.invalid"], connection=connection)
        self.assertEqual(invariants._mail(), [])

        OutgoingMail.objects.update(message=b"")

        self.assertEqual(len(invariants._mail()), 1)


class Trail(InvariantsCase):
    def test_a_changed_entry_is_named_and_a_waiting_one_is_not(self):
        entry = audit.record("draft.seen")
        sealing.seal(everything=True)
        audit.record("draft.seen")
        self.assertEqual(invariants._trail(), [])

        append_only.remove()
        AuditEntry.objects.filter(pk=entry.pk).update(object_label="Khác")
        append_only.install()

        self.assertIn(f"dòng nhật ký {entry.pk}: dòng nhật ký đã bị sửa", invariants._trail()[0])


class Search(InvariantsCase):
    def test_a_public_page_that_cannot_be_found_and_a_leftover_are_named(self):
        page = self.publish_one(title="Bài không tìm được")
        self.assertEqual(search.violations(), [], "what waits for the job is no fault")
        updates.index_saved()
        self.assertEqual(search.violations(), [])

        entry = IndexEntry.objects.get(content_type=page.content_type, object_id=str(page.pk))
        IndexEntry.objects.filter(pk=entry.pk).update(object_id="987654321")

        found = search.violations()

        self.assertIn(f"«Bài không tìm được» ({page.pk}) đang đăng mà không tìm được.", found)
        self.assertTrue(any("987654321 không còn nữa" in line for line in found))

    def test_what_search_must_hold_is_part_of_the_whole(self):
        self.assertIn(search.violations, invariants._more)


class TakenDown(InvariantsCase):
    def test_an_old_address_that_answers_again_is_named(self):
        page = self.publish_one(picture=factories.picture(self.city.my_long))
        row = self.take_down(page)
        self.assertEqual(invariants._probes(), [])
        self.assertEqual(len(invariants._addresses(row.old_url_path)), 2)

        Page.objects.filter(pk=page.pk).update(live=True, slug=row.old_slug, url_path=row.old_url_path)

        self.assertIn(f"Trang {page.pk} «{page.title}» đã gỡ mà", "".join(invariants._probes()))

    def test_a_new_page_at_the_old_address_is_none_of_its_business(self):
        page = self.publish_one(slug="bai-cu")
        self.take_down(page)

        self.publish_one(slug="bai-cu")

        self.assertEqual(invariants._probes(), [])


class PublicThings(InvariantsCase):
    def faults_after(self, bend, title: str = "Bài đang đăng") -> list[str]:
        page = self.publish_one(title=title)
        self.assertEqual([line for line in invariants._public_things() if page.title in line], [])
        append_only.remove()
        bend(page)
        append_only.install()
        return [line for line in invariants._public_things() if page.title in line]

    def test_a_page_that_is_public_without_a_public_version_is_named(self):
        found = self.faults_after(lambda page: Page.objects.filter(pk=page.pk).update(live_revision=None))

        self.assertIn("không có phiên bản nào được đăng", found[0])

    def test_a_page_without_its_sealed_copy_is_named(self):
        found = self.faults_after(
            lambda page: ArchiveCopy.objects.filter(object_id=str(page.pk))._raw_delete("default")
        )

        self.assertIn("không có bản lưu trữ", found[0])

    def test_a_page_that_says_something_else_than_was_approved_is_named(self):
        found = self.faults_after(lambda page: type(page).objects.filter(pk=page.pk).update(summary="Chưa ai duyệt"))

        self.assertIn("khác bản đã duyệt", found[0])

    def test_a_page_without_the_declaration_of_its_sender_is_named(self):
        found = self.faults_after(
            lambda page: Declaration.objects.filter(revision_id=page.live_revision_id)._raw_delete("default")
        )

        self.assertIn("không có cam kết", found[0])

    def test_a_page_without_the_log_line_of_its_publication_is_named(self):
        found = self.faults_after(lambda page: PageLogEntry.objects.filter(page=page.pk)._raw_delete("default"))

        self.assertIn("không có dòng nhật ký đăng", found[0])

    def test_a_version_approved_by_its_submitter_is_named(self):
        def one_person(page):
            rows = ArchiveCopy.objects.filter(object_id=str(page.pk))
            rows.update(submitted_by=rows.get().approved_by)

        self.assertIn("không có hai người khác nhau", self.faults_after(one_person)[0])

    def test_a_version_of_which_one_name_is_missing_is_named(self):
        for name in ("submitted_by", "approved_by"):
            with self.subTest(name):
                found = self.faults_after(
                    lambda page, name=name: ArchiveCopy.objects.filter(object_id=str(page.pk)).update(**{name: ""}),
                    title=f"Bài thiếu {name}",
                )
                self.assertIn("không có hai người khác nhau", found[0])

    def test_a_reason_that_only_sounds_like_an_emergency_is_none(self):
        def one_person(page):
            rows = ArchiveCopy.objects.filter(object_id=str(page.pk))
            rows.update(submitted_by=rows.get().approved_by, ground="Đăng khẩn cấp: nói vậy thôi")

        self.assertIn("không có hai người khác nhau", self.faults_after(one_person)[0])

    def test_an_emergency_of_the_head_alone_is_not(self):
        page = factories.article(self.city.section(self.city.site), by=self.cast.editor, title="Bài khẩn cấp")
        approval.emergency_publish(page, by=self.cast.head, reason="Lũ về.")

        self.assertEqual([line for line in invariants._public_things() if page.title in line], [])


class FilesOfPublicThings(InvariantsCase):
    def setUp(self):
        self.picture = factories.picture(self.city.my_long)
        self.page = self.publish_one(title="Bài có ảnh", picture=self.picture)

    def found(self) -> list[str]:
        return [line for line in invariants._public_things() if self.page.title in line]

    def test_a_file_that_is_not_what_was_sealed_is_named(self):
        self.assertEqual(self.found(), [])

        type(self.picture).objects.filter(pk=self.picture.pk).update(digest="0" * 64)

        self.assertIn(f"tệp «{self.picture.title}» đang đăng khác bản đã duyệt", self.found()[0])

    def test_so_is_one_that_says_something_else_of_itself(self):
        type(self.picture).objects.filter(pk=self.picture.pk).update(description="Chưa ai duyệt")

        self.assertIn("khác bản đã duyệt", self.found()[0])

    def test_so_is_one_whose_bytes_are_others(self):
        Path(self.picture.file.path).write_bytes(b"khac")

        self.assertIn("trong kho khác mã băm đã duyệt", self.found()[0])

    def test_older_copies_that_know_less_of_a_file_stay_true(self):
        append_only.remove()
        copy = ArchiveCopy.objects.get(object_id=str(self.page.pk))
        old = [{name: entry[name] for name in ("name", "path", "digest", "size")} for entry in copy.files]
        ArchiveCopy.objects.filter(pk=copy.pk).update(files=old)
        append_only.install()
        self.assertEqual(self.found(), [])

        type(self.picture).objects.filter(pk=self.picture.pk).update(digest="0" * 64)

        self.assertIn("khác bản đã duyệt", self.found()[0])


class AFieldAddedLater(InvariantsCase):
    """Pages, and rows in them, get a field that none of the sealed copies knows."""

    def setUp(self):
        page = factories.article(self.city.section(self.city.my_long), by=self.cast.contributor, title="Bài cũ")
        notes = [ArticleCorrection(corrected_on=date(2020, 6, day), note=f"Sửa lần {day}.") for day in (17, 18)]
        page.corrections = notes
        page.save_revision(user=self.cast.contributor)
        self.page = publish(page)
        for model in (ArticlePage, ArticleCorrection):
            self.add_field(model)

    def add_field(self, model) -> None:
        field = models.IntegerField(null=True)
        field.contribute_to_class(model, "minutes_to_read")
        self.addCleanup(model._meta._expire_cache)
        self.addCleanup(delattr, model, "minutes_to_read")
        self.addCleanup(model._meta.local_fields.remove, field)
        # PostgreSQL alters no table while a key in it still waits to be looked at.
        connection.check_constraints()
        editor = connection.SchemaEditorClass(connection, atomic=False)
        editor.deferred_sql = []
        editor.add_field(model, field)

    def test_leaves_every_seal_true(self):
        self.assertIn("minutes_to_read", ArticlePage.objects.get(pk=self.page.pk).serializable_data())
        self.assertEqual([line for line in invariants._public_things() if "bản đã duyệt" in line], [])
        self.assertEqual(verifying.verify(), [])

    def test_and_what_the_seal_knows_is_still_compared(self):
        for bend in (
            lambda: ArticlePage.objects.filter(pk=self.page.pk).update(summary="Chưa ai duyệt"),
            lambda: ArticleCorrection.objects.filter(page=self.page).update(note="Chưa ai duyệt"),
            lambda: ArticleCorrection.objects.filter(page=self.page).delete(),
        ):
            with self.subTest(), transaction.atomic():
                bend()
                found = [line for line in invariants._public_things() if self.page.title in line]
                self.assertEqual(len(found), 1)
                self.assertIn("khác bản đã duyệt", found[0])
                transaction.set_rollback(True)

    def test_the_page_can_be_changed_and_sealed_anew(self):
        draft = ArticlePage.objects.get(pk=self.page.pk).get_latest_revision_as_object()
        draft.summary = "Tóm tắt mới của bài."
        draft.minutes_to_read = 3
        draft.save_revision(user=self.cast.contributor)

        publish(ArticlePage.objects.get(pk=self.page.pk))

        self.assertEqual([line for line in invariants._public_things() if self.page.title in line], [])


class Acknowledged(InvariantsCase):
    def test_what_was_acknowledged_and_is_gone_or_not_public_is_named(self):
        page = self.publish_one()
        draft = factories.article(self.city.section(self.city.my_long), by=self.cast.contributor)
        lines = [f"wagtailcore.Page {page.pk} public", f"wagtailcore.Page {draft.pk}", ""]
        self.assertEqual(acknowledged.missing(lines), [])

        found = acknowledged.missing(["wagtailcore.Page 987654", f"wagtailcore.Page {draft.pk} public", "rác"])

        self.assertIn("987654 đã được xác nhận mà không còn", found[0])
        self.assertIn(f"{draft.pk} đã được xác nhận đăng mà không đăng", found[1])
        self.assertIn("«rác» không đọc được", found[2])


class Halves(InvariantsCase):
    def test_a_page_without_a_version_is_named(self):
        page = factories.article(self.city.section(self.city.my_long), by=self.cast.contributor)
        self.assertEqual(invariants._halves(), [])

        Page.objects.filter(pk=page.pk).update(latest_revision=None)

        self.assertEqual(invariants._halves(), [f"Trang {page.pk} không có phiên bản nào."])

    def test_a_running_approval_without_a_task_and_an_approved_task_whose_approval_goes_on_are_named(self):
        section = self.city.section(self.city.my_long)
        states = [
            approval.submit(
                factories.article(section, by=self.cast.contributor), by=self.cast.contributor, declaration=True
            )
            for _ in range(2)
        ]
        self.assertEqual(invariants._halves(), [])

        WorkflowState.objects.filter(pk=states[0].pk).update(current_task_state=None)
        TaskState.objects.filter(pk=states[1].current_task_state_id).update(status=TaskState.STATUS_APPROVED)

        self.assertEqual(
            invariants._halves(),
            [
                f"Luồng duyệt {states[0].pk} đang chạy mà không có việc nào.",
                f"Việc {states[1].current_task_state_id} đã duyệt mà luồng duyệt chưa kết thúc.",
            ],
        )

    def test_a_sealed_copy_of_a_version_that_is_gone_is_named(self):
        copy = invariants.copies.last_copy_of(self.publish_one().live_revision)
        append_only.remove()
        ArchiveCopy.objects.filter(pk=copy.pk).update(revision_id=987654)
        append_only.install()

        self.assertEqual(invariants._halves(), [f"Bản lưu trữ {copy.pk} thuộc phiên bản 987654 không còn."])


class Tree(InvariantsCase):
    def test_a_wrong_number_of_children_and_a_page_without_a_parent_are_named(self):
        section = self.city.section(self.city.my_long)
        page = factories.article(section, by=self.cast.contributor)
        self.assertEqual(invariants._tree(), [])

        Page.objects.filter(pk=page.pk).update(path=f"{section.path[:-4]}ZZZZ0001")

        found = invariants._tree()
        self.assertIn(f"Trang {section.pk}: số trang con ghi 1, thật ra 0.", found)
        self.assertIn(f"Trang ở {section.path[:-4]}ZZZZ không có trang cha.", found)


class Archive(InvariantsCase):
    def test_a_changed_copy_is_named(self):
        copy = invariants.copies.last_copy_of(self.publish_one().live_revision)
        self.assertEqual(invariants._archive(), [])

        append_only.remove()
        ArchiveCopy.objects.filter(pk=copy.pk).update(approved_by="ai đó")
        append_only.install()

        self.assertIn(f"Bản lưu trữ {copy.pk}: Bản ghi đã bị sửa", invariants._archive()[0])


class Whole(InvariantsCase):
    def test_every_room_says_what_must_hold_in_it(self):
        self.assertLessEqual({search.violations, numbering.violations}, set(invariants._more))

    def test_the_command_names_each_fault_and_exits_with_1(self):
        page = self.publish_one(title="Bài đang đăng")
        acknowledgements, out, err = Path(tempfile.mkstemp()[1]), StringIO(), StringIO()
        self.addCleanup(acknowledgements.unlink)
        acknowledgements.write_text(f"wagtailcore.Page {page.pk} public\nwagtailcore.Page 987654 public\n")
        Page.objects.filter(pk=page.pk).update(live_revision=None)

        with self.assertRaises(SystemExit) as stopped:
            call_command("verify_portal", f"--acknowledged={acknowledgements}", stdout=out, stderr=err)

        self.assertEqual(stopped.exception.code, 1)
        self.assertIn("«Bài đang đăng» đang đăng mà không có phiên bản nào", err.getvalue())
        self.assertIn("987654 đã được xác nhận mà không còn", err.getvalue())
