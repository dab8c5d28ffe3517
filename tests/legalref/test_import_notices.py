"""Who is told that a batch waits, and what follows when a batch ends documents that public pages cite."""

from datetime import date

import time_machine
from django.core import mail
from django.urls import reverse
from wagtail.models import Page

from base.models import PortalSite
from legalref import seeding
from legalref.importing import batches, ended, rights
from legalref.life import lifecycle
from legalref.life.effect import REPEALS, REPLACES, StatusCode
from legalref.models import DocumentRelation, LegalDocument, RepealEffect
from sections.models import ArticlePage
from tests.city import CityTestCase, draft, publish_at_once
from tests.desks import rows_for
from workflows.models import TakeDown

from .library import public_document
from .tables_of_documents import checked, published, row, written

REPLACING = row(
    2,
    issued_on="05/06/2024",
    symbol_as_printed="2/2024/QĐ-UBND",
    effective_from="20/06/2024",
    relations="Thay thế | Quyết định 12/2021/QĐ-UBND | từ: 20/06/2024 | ghi tại: Điều 2",
)
REPEALED = row(
    3,
    issued_on="05/06/2021",
    symbol_as_printed="3/2021/QĐ-UBND",
    effective_from="20/06/2021",
    passive_relations="Bị bãi bỏ bởi | Quyết định của tỉnh | từ: 01/02/2022",
)


class Notices(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        seeding.seed_types()
        seeding.seed_issuers()

    def told(self):
        return {address for message in mail.outbox for address in message.to}

    def waits_for(self, user):
        return [row.note for row in rows_for(user, {"quyet-dinh"})]


class WaitingForApproval(Notices):
    def test_written_batch_tells_those_who_may_approve_it_and_nobody_else(self):
        batch = written(self.city, [row(1), row(2)])

        expected = {person.email for person in rights.approvers(batch)}
        self.assertIn(self.cast.head.email, expected)
        self.assertNotIn(self.cast.standing_office.email, expected, "who brought it")
        self.assertNotIn(self.cast.ward_approver.email, expected)
        self.assertEqual(self.told(), expected)
        self.assertIn("đã ghi 2 văn bản thành bản nháp", mail.outbox[0].body)
        self.assertIn(reverse("legalref_import", args=[batch.pk]), mail.outbox[0].body)

    def test_batch_that_changes_effect_tells_only_those_who_may_confirm_that(self):
        PortalSite.objects.filter(pk=self.city.my_long.pk).update(approval_mode=PortalSite.Approval.DELEGATED)
        ward, writer = PortalSite.objects.get(pk=self.city.my_long.pk), self.cast.contributor
        public_document(self.city.site, by=self.cast.editor)
        written(self.city, [row(1)], site=ward, by=writer)
        self.assertIn(self.cast.ward_approver.email, self.told())
        self.assertEqual(len(self.waits_for(self.cast.ward_approver)), 1)
        mail.outbox.clear()

        written(self.city, [REPLACING], site=ward, by=writer)

        self.assertNotIn(self.cast.ward_approver.email, self.told())
        self.assertIn(self.cast.head.email, self.told())
        self.assertIn("thay đổi hiệu lực", mail.outbox[0].body)
        self.assertEqual(len(self.waits_for(self.cast.ward_approver)), 1)
        self.assertEqual(len(self.waits_for(self.cast.head)), 2)

    def test_it_stands_in_the_queue_until_it_is_approved(self):
        batch = written(self.city, [row(1)])
        self.client.force_login(self.cast.head)

        shown = self.client.get(reverse("workflows_queue"))
        self.assertContains(shown, "lô văn bản chờ duyệt")
        self.assertContains(shown, reverse("legalref_import", args=[batch.pk]))
        self.assertEqual(self.waits_for(self.cast.standing_office), [], "not for the one who brought it")
        self.assertEqual(self.waits_for(self.cast.ward_approver), [])

        batches.approve(batch, by=self.cast.head)
        self.assertNotContains(self.client.get(reverse("workflows_queue")), "lô văn bản chờ duyệt")

    def test_writing_that_fails_tells_nobody(self):
        batch = batches.confirm(checked(self.city, [row(1)]), by=self.cast.standing_office, declaration=True)
        public_document(
            self.city.site,
            by=self.cast.editor,
            symbol="1/2019/QĐ-UBND",
            issued_on=date(2019, 6, 5),
            effective_from=date(2019, 6, 20),
        )

        batches.write_now(batch)

        self.assertEqual(self.told(), set())

    def test_proposed_undoing_waits_for_a_second_person_and_tells_him(self):
        batch = published(self.city, [row(1)])
        mail.outbox.clear()

        batches.undo(batch, by=self.cast.standing_office, reason="Nhập nhầm")

        batch.refresh_from_db()
        expected = {person.email for person in rights.undo_deciders(batch)}
        self.assertEqual(self.told(), expected)
        self.assertIn(self.cast.deputy.email, expected)
        self.assertNotIn(self.cast.standing_office.email, expected)
        self.assertEqual(self.waits_for(self.cast.deputy), ["lô chờ thu hồi"])


class EndedDocuments(Notices):
    def setUp(self):
        traveller = time_machine.travel("2026-11-25 10:00 +07:00")
        traveller.start()
        self.addCleanup(traveller.stop)
        self.old = public_document(self.city.site, by=self.cast.editor)
        for site in (self.city.site, self.city.my_long):
            self.page_about(self.old, self.city.section(site))
        self.client.force_login(self.cast.head)

    def page_about(self, document, parent):
        page = ArticlePage(
            title="Bài thử",
            summary="Tóm tắt.",
            author_name="Phòng mẫu",
            source_name="Phòng mẫu",
            responsible_unit=self.city.site.unit,
            body=[("paragraph", "<p>Nội dung.</p>")],
            legal_basis=[("document", {"document": document, "provision": "", "role": "about"})],
        )
        return publish_at_once(draft(page, parent, by=self.cast.editor))

    def test_batch_shows_before_approval_what_it_would_end_and_how_many_pages_cite_that(self):
        batch = written(self.city, [REPLACING, row(1)])

        (one,) = ended.to_come(batch)

        self.assertEqual((one.document, one.pages, one.effective_on), (self.old, 2, date(2024, 6, 20)))
        shown = self.client.get(reverse("legalref_import", args=[batch.pk]))
        self.assertContains(shown, "Văn bản hết hiệu lực theo lô, có trang dẫn chiếu")
        self.assertContains(shown, "Được thay thế bởi Quyết định 2/2024/QĐ-UBND")

    def test_publication_changes_the_status_and_opens_no_task_by_itself(self):
        batch = published(self.city, [REPLACING])

        self.assertEqual(lifecycle.status(self.old, date(2026, 11, 25)).code, StatusCode.LAPSED)
        self.assertFalse(TakeDown.objects.exists())
        self.assertEqual([(one.document, one.pages) for one in ended.recorded(batch)], [(self.old, 2)])
        self.assertEqual(self.waits_for(self.cast.head), ["trang còn dẫn chiếu văn bản mà lô làm hết hiệu lực"])
        self.assertEqual(self.waits_for(self.cast.editor), [])

    def test_wizard_opens_filled_in_and_its_confirmation_opens_the_tasks_of_the_same_relation(self):
        batch = published(self.city, [REPLACING])
        relation = DocumentRelation.objects.get()
        (one,) = ended.recorded(batch)
        self.assertContains(
            self.client.get(reverse("legalref_import", args=[batch.pk])), "Xem trang dẫn chiếu và mở việc"
        )

        form = self.client.get(one.wizard).context["form"]
        typed = {name: form.initial[name] for name in form.initial}
        self.client.post(one.wizard.partition("?")[0], {**typed, "step": "confirm"})

        self.assertEqual(DocumentRelation.objects.get(), relation, "no second relation")
        self.assertEqual(RepealEffect.objects.filter(relation=relation).count(), 2)
        self.assertEqual(TakeDown.objects.count(), 2)
        self.assertEqual(ended.recorded(batch), [])
        self.assertEqual(self.waits_for(self.cast.head), [])

    def test_repeal_by_a_document_outside_the_register_is_followed_in_the_same_way(self):
        batch = published(self.city, [REPEALED])
        document = LegalDocument.objects.get(symbol="3/2021/QĐ-UBND")
        self.page_about(document, self.city.section(self.city.my_long))
        (one,) = ended.recorded(batch)

        form = self.client.get(one.wizard).context["form"]
        self.client.post(one.wizard.partition("?")[0], {**form.initial, "step": "confirm"})

        relation = DocumentRelation.objects.get()
        self.assertEqual((relation.code, relation.effects.count()), (REPEALS, 1))

    def test_documents_that_no_page_cites_are_not_listed(self):
        Page.objects.filter(title="Bài thử").update(live=False)

        batch = published(self.city, [REPLACING])

        self.assertEqual(DocumentRelation.objects.get().code, REPLACES)
        self.assertEqual((ended.recorded(batch), self.waits_for(self.cast.head)), ([], []))
