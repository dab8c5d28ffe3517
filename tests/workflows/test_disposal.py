"""Archive copies go only after their time, by two persons and a decision; what is left still verifies."""

from datetime import date, datetime
from io import BytesIO
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, transaction
from django.test import TransactionTestCase
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader

from accounts.models import User
from base.gate import Refused
from base.models import AuditEntry
from base.operations import append_only
from legalref.models import LegalDocument
from tests import factories
from tests.city import CityTestCase, build_city, fresh, publish
from tests.files.samples import minimal_pdf
from tests.side_by_side import at_once
from tests.workflows.drafts import article
from workflows.archive import copies as archive
from workflows.archive import disposal, retention, verifying
from workflows.models import ArchiveCopy, Disposal, DisposalList, RetentionClass
from workflows.upkeep import invariants

LONG_AGO = datetime(2010, 5, 4, 9, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
State = DisposalList.State


def kept_long_ago(city, title="Tin cũ", **more) -> ArchiveCopy:
    """A copy of a version approved in 2010, of a page that was never public since."""
    page = article(city, city.my_long, by=city.cast.contributor, title=title)
    return archive.seal(page.get_latest_revision(), approved_by=city.cast.head, on=LONG_AGO, **more)


def decision(number="15/QĐ-UBND"):
    return {
        "accepted": True,
        "decision_number": number,
        "decision_date": date(2026, 1, 5),
        "decision_file": ContentFile(b"%PDF-1.4 da ky", name="quyet-dinh.pdf"),
    }


class DisposalCase(CityTestCase):
    def setUp(self):
        self.old, self.other = kept_long_ago(self.city), kept_long_ago(self.city, "Tin cũ khác")
        self.young = self.young_copy()
        self.clerk, self.head = self.cast.standing_office, self.cast.head

    def young_copy(self):
        page = publish(article(self.city, self.city.my_long, by=self.cast.contributor, title="Tin mới"))
        return ArchiveCopy.objects.get(revision_id=page.live_revision_id)

    def proposed(self, *copies, by=None):
        return disposal.propose(copies or [self.old, self.other], by=by or self.clerk, reason="Hết thời hạn")


class Proposing(DisposalCase):
    def test_only_copies_whose_time_is_over_are_offered(self):
        self.assertEqual(disposal.disposable(), [self.old, self.other])

    def test_a_copy_of_what_readers_see_stays_whatever_its_age(self):
        page = publish(article(self.city, self.city.my_long, by=self.cast.contributor))

        copy = archive.seal(page.live_revision, approved_by=self.head, on=LONG_AGO)

        self.assertLess(copy.retention_until, timezone.localdate())
        self.assertNotIn(copy, disposal.disposable())

    def test_a_young_copy_and_an_empty_list_and_no_reason_are_refused(self):
        for copies, reason in (([self.young], "x"), ([self.old, self.young], "x"), ([], "x"), ([self.old], " ")):
            with self.subTest(copies=copies), self.assertRaises(ValidationError):
                disposal.propose(copies, by=self.clerk, reason=reason)
        self.assertFalse(DisposalList.objects.exists())

    def test_a_copy_stands_on_one_open_list_only(self):
        first = self.proposed(self.old)

        with self.assertRaisesMessage(ValidationError, "danh mục khác"):
            self.proposed(self.old)
        disposal.withdraw(first, by=self.clerk)
        self.assertEqual(self.proposed(self.old).items.count(), 1)

    def test_only_the_standing_office_and_the_technical_administrator_draw_up_lists(self):
        for who in (self.cast.contributor, self.cast.editor, self.head, self.cast.unit_head, self.cast.superuser):
            with self.subTest(who=who.username), self.assertRaises(Refused):
                self.proposed(by=who)
        self.assertEqual(self.proposed(by=self.cast.technical_admin).state, State.PROPOSED)

    def test_only_who_drew_it_up_withdraws_it(self):
        row = self.proposed()

        with self.assertRaises(Refused):
            disposal.withdraw(row, by=self.head)


class Deciding(DisposalCase):
    def test_destroys_by_a_decision_and_leaves_seal_and_digest_so_that_the_chain_verifies(self):
        row, before = self.proposed(), invariants.violations()
        path = factories.archived_file(self.old.content_digest)

        disposal.decide(row, by=self.head, **decision())

        self.assertEqual(list(ArchiveCopy.objects.all()), [self.young])
        left = Disposal.objects.get(copy_id=self.old.pk)
        self.assertEqual((left.seal, left.content_digest), (self.old.seal, self.old.content_digest))
        self.assertEqual((left.proposed_by_id, left.decided_by_id), (self.clerk.pk, self.head.pk))
        self.assertEqual(left.decision, "15/QĐ-UBND, 05/01/2026")
        self.assertEqual(verifying.verify(), [])
        self.assertEqual(invariants.violations(), before)
        archive.purge_orphans(older_than_seconds=-1)
        self.assertFalse(path.exists())
        self.assertEqual(archive.read(DisposalList.objects.get().decision_file_digest), b"%PDF-1.4 da ky")

    def test_the_chain_still_shows_a_forged_or_dropped_tombstone(self):
        disposal.decide(self.proposed(), by=self.head, **decision())
        append_only.remove()
        self.addCleanup(append_only.install)
        Disposal.objects.filter(copy_id=self.old.pk).update(seal="0" * 64)

        self.assertEqual(verifying.verify()[0].place, self.old.pk)
        Disposal.objects.filter(copy_id=self.old.pk).delete()
        self.assertTrue(verifying.verify())

    def test_is_not_for_who_drew_it_up_nor_for_people_outside_the_board(self):
        row = self.proposed()
        also = self.cast.technical_admin
        for who in (self.clerk, also, self.cast.editor, self.cast.ward_approver, self.cast.superuser):
            with self.subTest(who=who.username), self.assertRaises(Refused):
                disposal.decide(row, by=who, **decision())
        self.assertEqual(ArchiveCopy.objects.count(), 3)

    def test_needs_number_date_and_file(self):
        row = self.proposed()
        for missing, value in (("decision_number", " "), ("decision_date", None), ("decision_file", None)):
            with self.subTest(missing=missing), self.assertRaises(ValidationError) as caught:
                disposal.decide(row, by=self.head, **{**decision(), missing: value})
            self.assertIn(missing, caught.exception.message_dict)
        with self.assertRaises(ValidationError):
            disposal.decide(row, by=self.head, **{**decision(), "decision_date": date(2100, 1, 1)})
        self.assertEqual(ArchiveCopy.objects.count(), 3)

    def test_spares_what_is_struck_out(self):
        row = self.proposed()
        item = row.items.get(copy_id=self.other.pk)

        disposal.decide(row, by=self.head, without=[item.pk], **decision())

        self.assertTrue(ArchiveCopy.objects.filter(pk=self.other.pk).exists())
        self.assertFalse(ArchiveCopy.objects.filter(pk=self.old.pk).exists())
        self.assertEqual(verifying.verify(), [])

    def test_no_keeps_everything_and_needs_a_reason(self):
        row = self.proposed()
        with self.assertRaises(ValidationError):
            disposal.decide(row, by=self.head, accepted=False)

        disposal.decide(row, by=self.head, accepted=False, note="Còn cần cho thanh tra")

        self.assertEqual(ArchiveCopy.objects.count(), 3)
        self.assertEqual(disposal.disposable(), [self.old, self.other])

    def test_happens_once(self):
        row = self.proposed()
        disposal.decide(row, by=self.head, **decision())

        with self.assertRaisesMessage(Refused, "đã được xử lý"):
            disposal.decide(row, by=self.cast.deputy, **decision())

    def test_a_term_made_longer_after_the_list_saves_its_copies(self):
        row = self.proposed()
        retention.set_term(
            RetentionClass.objects.get(key=self.old.retention_class), by=self.clerk, years=30, source="Căn cứ mới"
        )

        with self.assertRaisesMessage(ValidationError, "chưa hết thời hạn"):
            disposal.decide(row, by=self.head, **decision())
        self.assertEqual(ArchiveCopy.objects.count(), 3)


class TheDatabaseItself(DisposalCase):
    def test_refuses_a_copy_without_a_tombstone_and_a_young_one_with_it(self):
        with self.assertRaises(DatabaseError), transaction.atomic():
            ArchiveCopy.objects.filter(pk=self.old.pk)._raw_delete("default")
        Disposal.objects.create(
            copy_id=self.young.pk,
            title="x",
            seal=self.young.seal,
            decision="1",
            proposed_by_id=1,
            decided_by_id=2,
            decided_by="x",
        )
        with self.assertRaises(DatabaseError), transaction.atomic():
            ArchiveCopy.objects.filter(pk=self.young.pk)._raw_delete("default")

    def test_refuses_a_tombstone_by_one_person_and_any_change_of_it(self):
        with self.assertRaises(IntegrityError), transaction.atomic():
            Disposal.objects.create(
                copy_id=self.old.pk,
                title="x",
                seal="x",
                decision="1",
                proposed_by_id=1,
                decided_by_id=1,
                decided_by="x",
            )
        disposal.decide(self.proposed(), by=self.head, **decision())
        for change in (lambda: Disposal.objects.update(title="y"), lambda: Disposal.objects.all().delete()):
            with self.assertRaises(DatabaseError), transaction.atomic():
                change()


class Terms(DisposalCase):
    def test_ten_years_count_from_approval_and_for_ever_has_no_end(self):
        self.assertEqual(retention.end_of("news", date(2020, 2, 29)), date(2030, 3, 1))
        self.assertIsNone(retention.end_of("permanent", date(2020, 2, 29)))
        self.assertIsNone(retention.end_of("unknown", date(2020, 2, 29)))

    def test_a_changed_term_counts_for_new_copies_and_is_logged(self):
        news = RetentionClass.objects.get(key="news")

        retention.set_term(news, by=self.clerk, years=20, source="Căn cứ mới")

        page = article(self.city, self.city.my_long, by=self.cast.contributor, title="Tin sau")
        copy = archive.seal(page.get_latest_revision(), approved_by=self.head, on=LONG_AGO)
        self.assertEqual(copy.retention_until, date(2030, 5, 4))
        self.assertTrue(AuditEntry.objects.filter(action="portal.retention.set").exists())

    def test_a_shorter_term_hastens_nothing(self):
        retention.set_term(RetentionClass.objects.get(key="news"), by=self.clerk, years=2, source="Căn cứ mới")

        self.assertNotIn(self.young, disposal.disposable(on=self.young.retention_until))
        self.young.refresh_from_db()
        self.assertGreater(self.young.retention_until, timezone.localdate())

    def test_a_rule_puts_a_kind_of_content_into_another_class(self):
        permanent = RetentionClass.objects.get(key="permanent")
        retention.set_rule("sections.ArticlePage", by=self.clerk, retention_class=permanent)

        self.assertIsNone(kept_long_ago(self.city, "Tin giữ mãi").retention_until)
        retention.set_rule("sections.ArticlePage", by=self.clerk, retention_class=None)
        self.assertIsNotNone(kept_long_ago(self.city, "Tin thường").retention_until)

    def test_documents_are_kept_for_ever(self):
        self.assertEqual(retention.class_key_of(LegalDocument()), "permanent")

    def test_a_term_needs_a_source_and_a_sensible_number_and_the_right(self):
        news = RetentionClass.objects.get(key="news")
        for values in ({"years": 10, "source": " "}, {"years": 1, "source": "x"}, {"years": 71, "source": "x"}):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                retention.set_term(news, by=self.clerk, **values)
        for who in (self.head, self.cast.editor, self.cast.unit_head):
            with self.subTest(who=who.username), self.assertRaises(Refused):
                retention.set_term(news, by=who, years=10, source="x")


class Screens(DisposalCase):
    def post(self, name, data, *args):
        return self.client.post(reverse(name, args=args), data, follow=True)

    def test_one_person_lists_and_another_decides(self):
        self.client.force_login(self.clerk)
        shown = self.client.get(reverse("workflows_disposal_propose"))
        self.assertContains(shown, "Tin cũ khác")
        self.assertNotContains(shown, "Tin mới")
        made = self.post("workflows_disposal_propose", {"copies": [self.old.pk], "reason": "Hết thời hạn"})
        self.assertContains(made, "Đã lập danh mục")
        row = DisposalList.objects.get()
        self.assertNotContains(made, reverse("workflows_disposal_decide", args=[row.pk]))

        self.client.force_login(self.head)
        self.assertContains(self.client.get(reverse("workflows_queue")), reverse("workflows_disposal", args=[row.pk]))
        done = self.post(
            "workflows_disposal_decide",
            {
                "decision": "accept",
                "decision_number": "15/QĐ-UBND",
                "decision_date": "05/01/2026",
                "decision_file": SimpleUploadedFile("quyet-dinh.pdf", minimal_pdf(), "application/pdf"),
            },
            row.pk,
        )

        self.assertContains(done, "đã tiêu hủy")
        self.assertFalse(ArchiveCopy.objects.filter(pk=self.old.pk).exists())
        self.assertEqual(verifying.verify(), [])
        kept = self.client.get(reverse("workflows_disposal_file", args=[row.pk]))
        self.assertIn("attachment", kept["Content-Disposition"])

    def test_a_mistake_names_the_field_and_keeps_what_was_typed(self):
        row = self.proposed()
        self.client.force_login(self.head)

        answer = self.post(
            "workflows_disposal_decide",
            {"decision": "accept", "decision_number": "15/QĐ-UBND", "note": "Đã xem kỹ"},
            row.pk,
        )

        for words in ("Hãy ghi ngày quyết định", "Hãy đính kèm bản ký", "15/QĐ-UBND", "Đã xem kỹ"):
            self.assertContains(answer, words)
        self.client.force_login(self.clerk)
        disposal.withdraw(row, by=self.clerk)
        self.assertContains(
            self.post("workflows_disposal_propose", {"reason": "Lý do đã gõ"}), "Hãy chọn ít nhất một bản lưu trữ"
        )
        self.assertContains(self.post("workflows_disposal_propose", {"reason": "Lý do đã gõ"}), "Lý do đã gõ")

    def test_the_list_on_paper_names_every_copy_and_has_places_to_sign(self):
        row = self.proposed()
        self.client.force_login(self.clerk)

        paper = self.client.get(reverse("workflows_disposal_paper", args=[row.pk])).content
        sheet = self.client.get(reverse("workflows_disposal_sheet", args=[row.pk])).content

        text = " ".join("".join(page.extract_text() for page in PdfReader(BytesIO(paper)).pages).split())
        for words in ("Tin cũ khác", "Người lập danh mục", "Người quyết định", self.old.seal[:16]):
            self.assertIn(words, text)
        rows = [[cell.value for cell in cells] for cells in load_workbook(BytesIO(sheet)).active.iter_rows()]
        self.assertIn(self.other.title, [cells[1] for cells in rows])
        self.assertEqual(AuditEntry.objects.filter(action="export.made").count(), 2)

    def test_a_list_is_withdrawn_on_its_screen(self):
        row = self.proposed()
        self.client.force_login(self.clerk)

        self.assertContains(self.post("workflows_disposal_withdraw", {}, row.pk), "Đã rút danh mục")

    def test_terms_are_set_on_the_screen(self):
        self.client.force_login(self.cast.technical_admin)
        news = RetentionClass.objects.get(key="news")

        self.assertContains(self.client.get(reverse("workflows_retention")), "Tin, bài")
        self.post("workflows_retention_term", {"years": "20", "source": "Căn cứ mới"}, news.pk)
        self.post("workflows_retention_rule", {"retention_class": news.pk}, "legalref.LegalDocument")
        again = self.post(
            "workflows_retention_add", {"key": "van-ban-30", "label": "Văn bản 30 năm", "years": "30", "source": "Luật"}
        )

        self.assertContains(again, "Văn bản 30 năm")
        self.assertContains(again, "20 năm")
        self.assertEqual(retention.class_key_of(LegalDocument()), "news")

    def test_others_do_not_get_in(self):
        row = self.proposed()
        lists = [("workflows_disposals",), ("workflows_disposal", row.pk), ("workflows_disposal_paper", row.pk)]
        for who in (self.cast.contributor, self.cast.unit_head, self.cast.ward_approver, self.cast.accountant):
            self.client.force_login(who)
            for name, *args in [*lists, ("workflows_retention",), ("workflows_retention_add",)]:
                with self.subTest(who=who.username, name=name):
                    self.assertEqual(self.client.get(reverse(name, args=args)).status_code, 302)


class SideBySide(TransactionTestCase):
    def test_of_twenty_decisions_at_once_one_destroys(self):
        with transaction.atomic():
            city = build_city()
            kept_long_ago(city)
        row = disposal.propose(disposal.disposable(), by=city.cast.standing_office, reason="Hết thời hạn")
        people = [fresh(city.cast.head), fresh(city.cast.deputy)]

        def decide(number):
            by = User.objects.get(pk=people[number % 2].pk)
            return disposal.decide(row, by=by, **decision(f"{number}/QĐ-UBND"))

        results = at_once([lambda number=number: decide(number) for number in range(20)])

        self.assertEqual([type(result) for result in results].count(DisposalList), 1, results)
        self.assertTrue(all(isinstance(result, DisposalList | Refused) for result in results), results)
        self.assertEqual(Disposal.objects.count(), 1)
        self.assertEqual(verifying.verify(), [])
