"""The archive: append-only, chained, every tampering found."""

import tempfile
import tracemalloc
from datetime import UTC, datetime, timedelta
from unittest.mock import patch
from urllib.parse import urlencode

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from base.chain.canonical_json import content_digest
from base.operations import append_only
from sections.models import WorkSchedulePage
from tests import factories
from tests.city import CityTestCase, publish
from tests.workflows.drafts import article
from workflows.archive import copies as archive
from workflows.archive import verifying
from workflows.models import ArchiveCopy, ChainTip, Disposal
from workflows.screens import archive as archive_screens


class Archive(CityTestCase):
    def setUp(self):
        for number in range(3):
            publish(article(self.city, self.city.my_long, by=self.cast.contributor, title=f"Tin thứ {number}"))

    def tamper(self, sql, params=()):
        append_only.remove()
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
        append_only.install()

    def test_every_approval_leaves_one_sealed_copy(self):
        self.assertEqual(ArchiveCopy.objects.count(), 3)
        self.assertEqual(verifying.verify(), [])

    def test_the_copy_holds_the_page_as_readers_saw_it(self):
        copy = ArchiveCopy.objects.first()

        self.assertIn("Tin thứ 0", archive.read(copy.html_digest).decode())
        self.assertEqual(copy.metadata["title"], "Tin thứ 0")

    def test_holds_what_became_public_whatever_part_of_a_second_a_moment_in_it_lies_in(self):
        for microsecond in (0, 1, 999, 1000, 1001, 999_999):
            with self.subTest(microsecond=microsecond):
                hour = (timezone.now() + timedelta(days=3)).replace(microsecond=microsecond)
                page = publish(article(self.city, self.city.my_long, by=self.cast.contributor, expire_at=hour))

                self.assertTrue(archive.is_as_sealed(ArchiveCopy.objects.latest("pk"), page))

    def test_of_an_older_release_holds_moments_in_the_form_they_had(self):
        hour = (timezone.now() + timedelta(days=3)).replace(microsecond=0)
        page = publish(article(self.city, self.city.my_long, by=self.cast.contributor, expire_at=hour))
        copy = ArchiveCopy.objects.latest("pk")
        now = archive.read(copy.content_digest).decode()
        older = now.replace(f"{hour:%H:%M:%S}Z", f"{hour:%H:%M:%S}.000Z")
        self.assertNotEqual(older, now)

        copy.content_digest = archive.store(older.encode())[0]

        self.assertTrue(archive.is_as_sealed(copy, page))

    def test_the_list_leads_through_all_copies_page_by_page_and_keeps_what_is_searched_for(self):
        self.client.force_login(self.cast.head)
        with patch.object(archive_screens, "COPIES_A_PAGE", 2):
            first = self.client.get(reverse("workflows_archive"), {"q": "Tin thứ"}).content.decode()
            second = self.client.get(reverse("workflows_archive"), {"q": "Tin thứ", "p": "2"}).content.decode()

        self.assertIn("Trang 1/2", first)
        self.assertIn(escape("?" + urlencode({"q": "Tin thứ", "p": "2"})), first)
        self.assertIn("Tin thứ 2", first)
        self.assertNotIn("Tin thứ 0", first)
        self.assertIn("Tin thứ 0", second)
        self.assertNotIn("Trang sau", second)

    def test_in_steps_every_file_is_read_once_and_every_fault_found(self):
        named = verifying.files_named()
        missing, changed = sorted(named)[0], sorted(named)[-1]
        factories.archived_file(missing).unlink()
        factories.archived_file(changed).write_bytes(b"khac")
        self.addCleanup(factories.archived_file(changed).unlink)

        found, progress, steps = [], {}, 0
        while progress.get("after", "") is not None:
            with patch.object(verifying, "file_digest", side_effect=verifying.file_digest) as reading:
                violations, progress = verifying.verify_step(progress, seconds=0)
            self.assertLessEqual(reading.call_count, 1)
            found, steps = found + violations, steps + 1

        # One file a step, and one step that finds nothing left.
        self.assertEqual(steps, len(named) + 1)
        self.assertEqual({fault.message[:4] for fault in found}, {"Thiế", "Tệp "})
        self.assertEqual(sorted(found, key=str), sorted(verifying.verify(), key=str))
        self.assertEqual((progress["count"], progress["violations"]), (2, [str(fault) for fault in found]))

    def test_a_film_is_kept_and_checked_without_being_held_in_memory(self):
        with tempfile.TemporaryFile() as film:
            film.truncate(64 * 1024**2)
            tracemalloc.start()
            digest, size = archive.store_file(film)
            _now, most = tracemalloc.get_traced_memory()
            tracemalloc.stop()

        self.assertEqual((size, factories.archived_file(digest).stat().st_size), (64 * 1024**2, 64 * 1024**2))
        self.assertLess(most, 8 * 1024**2)

    def test_the_database_refuses_to_change_or_delete_a_copy(self):
        for sql in ("UPDATE workflows_archivecopy SET title = 'x'", "DELETE FROM workflows_archivecopy"):
            with self.subTest(sql), self.assertRaises(DatabaseError), transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(sql)

    def test_the_triggers_of_every_append_only_table_stand(self):
        standing = append_only.installed()

        for model in append_only.guarded_models():
            for event in append_only.events_of(model, connection.vendor):
                self.assertIn(f"{model._meta.db_table}_no_{event}", standing)
        self.assertEqual(append_only.missing(), [])

    def test_a_changed_field_is_found_and_the_row_named(self):
        copy = ArchiveCopy.objects.all()[1]

        self.tamper("UPDATE workflows_archivecopy SET approved_by = 'ai đó' WHERE id = %s", [copy.pk])

        self.assertEqual(verifying.verify()[0].place, copy.pk)

    def test_a_dropped_row_is_found(self):
        copies = list(ArchiveCopy.objects.all())

        self.tamper("DELETE FROM workflows_archivecopy WHERE id = %s", [copies[1].pk])

        self.assertEqual(verifying.verify()[0], verifying.CopyViolation(copies[1].pk, "Bản ghi đã bị xóa."))

    def test_a_cut_tail_is_found_though_the_head_was_put_back(self):
        last, before = ArchiveCopy.objects.order_by("-pk")[:2]
        ChainTip.objects.update(seal=before.seal, count=2)
        self.tamper("DELETE FROM workflows_archivecopy WHERE id = %s", [last.pk])

        self.assertEqual(verifying.verify()[0], verifying.CopyViolation(last.pk, "Bản ghi đã bị xóa."))

    def test_a_copy_that_somebody_put_in_is_found_though_its_seal_is_right(self):
        last = ArchiveCopy.objects.last()
        forged = ArchiveCopy.objects.get(pk=last.pk)
        forged.pk, forged.previous_seal, forged.title = None, last.seal, "Tin chưa ai duyệt"
        forged.seal = forged.computed_seal()
        forged.save(force_insert=True)
        ChainTip.objects.update(seal=forged.seal, count=4)

        fault = verifying.verify()[0]

        self.assertEqual(fault.place, forged.pk)
        self.assertIn("không phải bản mà nhật ký kiểm tra ghi", fault.message)

    def test_a_copy_under_another_number_is_found(self):
        last = ArchiveCopy.objects.last()

        self.tamper("UPDATE workflows_archivecopy SET id = id + 5 WHERE id = %s", [last.pk])

        self.assertEqual(verifying.verify()[0], verifying.CopyViolation(last.pk, "Bản ghi đã bị xóa."))

    def test_a_forged_destruction_is_found(self):
        last = ArchiveCopy.objects.last()
        Disposal.objects.create(
            copy_id=last.pk,
            title=last.title,
            previous_seal=last.previous_seal,
            seal=last.seal,
            decision="99/QĐ-UBND",
            list_number=1,
            proposed_by_id=1,
            decided_by_id=2,
            decided_by="ai đó",
        )
        self.tamper("DELETE FROM workflows_archivecopy WHERE id = %s", [last.pk])

        fault = verifying.verify()[0]

        self.assertEqual(fault.place, last.pk)
        self.assertIn("không ghi đúng việc tiêu hủy", fault.message)

    def test_copies_of_the_time_before_the_trail_bore_witness_are_no_fault(self):
        first = ArchiveCopy.objects.first()
        self.tamper("DELETE FROM base_auditentry WHERE action = 'archive.kept' AND object_id = %s", [first.object_id])

        self.assertEqual(verifying.verify(), [])

    def test_a_flipped_byte_of_an_archived_file_is_found(self):
        copy = ArchiveCopy.objects.first()
        path = factories.archived_file(copy.content_digest)
        good = path.read_bytes()
        path.write_bytes(bytes([good[0] ^ 1]) + good[1:])
        self.addCleanup(path.write_bytes, good)

        self.assertEqual(verifying.verify()[0].place, copy.pk)

    def test_a_forged_head_is_found(self):
        ChainTip.objects.update(seal="0" * 64)

        self.assertEqual(verifying.verify()[0].place, 0)


@pytest.mark.parametrize("moment", [datetime(2020, 6, 5, tzinfo=UTC)])
def test_the_seal_covers_every_field(moment):
    copy = ArchiveCopy(title="a", approved_at=moment, metadata={}, files=[])
    seal = copy.computed_seal()
    for field in ArchiveCopy._meta.concrete_fields:
        if field.attname in ("id", "seal", "approved_at", "retention_until", "metadata", "files", "revision_id"):
            continue
        before = getattr(copy, field.attname)
        setattr(copy, field.attname, "khác")
        assert copy.computed_seal() != seal, field.attname
        setattr(copy, field.attname, before)


@pytest.mark.django_db
def test_the_seal_does_not_depend_on_the_order_in_which_the_database_gives_child_rows():
    rows = [{"leader": "B", "sort_order": 1}, {"leader": "A", "sort_order": 0}]
    page = WorkSchedulePage(title="Lịch công tác")

    digests = {content_digest(page, {"title": "x", "items": order}) for order in (rows, rows[::-1])}

    assert len(digests) == 1
