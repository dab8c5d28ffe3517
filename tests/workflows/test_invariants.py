"""What `verify_portal` finds: each invariant is broken on purpose, and named."""

from pathlib import Path

from django.core.files.storage import default_storage
from django.core.mail import get_connection, send_mail
from wagtail.models import Page
from wagtail.search.models import IndexEntry

from base import append_only, audit, audit_chain
from base.models import AuditEntry, OutgoingMail
from search import invariants as search
from tests import factories
from tests.city import CityTestCase, publish
from workflows import invariants, takedown
from workflows.models import TakeDown


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

        self.assertEqual(invariants.file_scans.orphans(older_than_seconds=invariants.OLDEST_ORPHAN_SECONDS), [])
        self.assertIn(path, invariants.file_scans.orphans(older_than_seconds=-1))


class Mail(InvariantsCase):
    def test_a_mail_that_waits_without_its_text_is_named(self):
        connection = get_connection("base.outbox.OutboxBackend")
        send_mail("Báo", "Nội dung", None, ["ai@example.invalid"], connection=connection)
        self.assertEqual(invariants._mail(), [])

        OutgoingMail.objects.update(message=b"")

        self.assertEqual(len(invariants._mail()), 1)


class Trail(InvariantsCase):
    def test_a_changed_entry_is_named_and_a_waiting_one_is_not(self):
        entry = audit.record("draft.seen")
        audit_chain.seal(everything=True)
        audit.record("draft.seen")
        self.assertEqual(invariants._trail(), [])

        append_only.remove()
        AuditEntry.objects.filter(pk=entry.pk).update(object_label="Khác")
        append_only.install()

        self.assertIn(f"dòng nhật ký {entry.pk}: dòng nhật ký đã bị sửa", invariants._trail()[0])


class Search(InvariantsCase):
    def test_a_public_page_that_cannot_be_found_and_a_leftover_are_named(self):
        page = self.publish_one(title="Bài không tìm được")
        self.assertEqual(search.faults(), [])

        entry = IndexEntry.objects.get(content_type=page.content_type, object_id=str(page.pk))
        IndexEntry.objects.filter(pk=entry.pk).update(object_id="987654321")

        found = search.faults()

        self.assertIn(f"«Bài không tìm được» ({page.pk}) đang đăng mà không tìm được.", found)
        self.assertTrue(any("987654321 không còn nữa" in line for line in found))

    def test_what_search_must_hold_is_part_of_the_whole(self):
        self.assertIn(search.faults, invariants._more)


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


class FourEyes(InvariantsCase):
    def test_a_version_approved_by_its_submitter_is_named(self):
        page = self.publish_one()
        copy = invariants.archive.copies_of(page)[0]
        self.assertFalse([line for line in invariants._public_things() if "cùng một người" in line])

        append_only.remove()
        type(copy).objects.filter(pk=copy.pk).update(submitted_by=copy.approved_by)
        append_only.install()

        self.assertTrue([line for line in invariants._public_things() if "cùng một người" in line])
