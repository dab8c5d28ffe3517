"""A document that is posted after its last day: who publishes it is asked why, and nothing waits for the answer."""

from datetime import date, timedelta
from io import BytesIO

import openpyxl
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.models import WorkflowState

from base.gate import Refused
from legalref.life import duty, lifecycle
from reporting.timeliness import lateness
from tests.city import fresh, publish_at_once
from tests.legalref.test_posting import ISSUED, PostingCase, moment
from workflows.deadlines import late_reasons
from workflows.models import Deadline
from workflows.publishing import bundles
from workflows.screens.submitting import submit_url

REASON = "Văn bản chuyển đến sau ngày hết hạn."
DECLARED = {"declaration": "on", "remark": "Đã xem lại."}


class Late(PostingCase):
    """A document of 01/06 that owed its posting by 03/06; today is 08/06."""

    def setUp(self):
        super().setUp()
        self.document = self.draft()
        lifecycle.start_duties(self.document)
        self.enterContext(time_machine.travel(moment(8), tick=False))

    def deadline(self):
        return Deadline.objects.for_subject(self.document).get(rule__code="DL-DOC-OWN")

    def submit(self, **data):
        self.client.force_login(fresh(self.cast.editor))
        return self.client.post(submit_url(self.document), {**DECLARED, **data})

    def approve(self, **data):
        state = WorkflowState.objects.active().get(object_id=str(self.document.pk))
        self.client.force_login(fresh(self.cast.head))
        address = reverse("workflows_review", args=[state.current_task_state_id])
        self.client.post(address, {"decision": "approve", "comment": "", **data})
        self.document.refresh_from_db()

    def measure(self):
        return duty.of_document(self.document, [self.city.site])[0]

    def test_is_not_submitted_without_saying_why(self):
        answer = self.submit()

        self.assertContains(answer, "Hãy ghi vì sao đăng sau hạn")
        self.assertContains(answer, "03/06/2026")
        self.assertFalse(WorkflowState.objects.active().exists())

    def test_says_why_in_the_table_its_spreadsheet_and_the_report(self):
        self.submit(late_reason=REASON)
        self.approve()

        self.assertTrue(self.document.live)
        self.assertEqual((self.deadline().late_reason, self.deadline().late_reason_by), (REASON, self.cast.editor))
        self.assertContains(self.client.get(reverse("legalref_duty")), REASON)
        book = openpyxl.load_workbook(BytesIO(duty.as_xlsx([self.measure()])))
        cells = [cell.value for row in book["Văn bản"].iter_rows() for cell in row]
        self.assertIn("Lý do quá hạn", cells)
        self.assertIn(REASON, cells)
        found = lateness.items(Deadline.objects.all(), ISSUED, moment(8).date())
        self.assertEqual([item.reason for item in found if item.kind_key == "DL-DOC-OWN"], [REASON])
        period = {"tu": "01/06/2026", "den": "08/06/2026"}
        self.assertContains(self.client.get(reverse("reporting_items"), period), REASON)

    def test_whose_approval_is_late_is_published_without_a_reason_and_asks_for_it_afterwards(self):
        with time_machine.travel(moment(3), tick=False):
            self.submit()
        self.approve()

        self.assertTrue(self.document.live)
        self.assertEqual(self.measure().reason_text, "chưa ghi")
        self.client.force_login(fresh(self.cast.editor))
        address = reverse("workflows_deadline_late_reason", args=[self.deadline().pk])
        desk = self.client.get(reverse("wagtailadmin_home"))
        self.assertContains(desk, address)
        self.assertContains(desk, '<span class="portal-badge portal-badge--met_late">hoàn thành quá hạn</span>')
        self.assertContains(self.client.get(reverse("legalref_duty")), address)
        self.client.post(address, {"late_reason": REASON})
        self.assertEqual(self.deadline().late_reason, REASON)
        self.assertNotContains(self.client.get(reverse("wagtailadmin_home")), address)
        self.assertContains(self.client.get(reverse("workflows_deadline", args=[self.deadline().pk])), REASON)

    def test_late_on_several_sites_is_asked_for_once_and_answered_for_all(self):
        other = self.named(self.city.my_long, self.city.my_xuyen, symbol="41/2026/QĐ-UBND", issued_on=date(2026, 5, 11))
        lifecycle.start_duties(other)
        publish_at_once(other)
        Deadline.objects.for_subject(other).update(met_on=moment(8).date())
        late = late_reasons.asked_of(other)
        self.client.force_login(fresh(self.cast.editor))
        home = reverse("wagtailadmin_home")
        addresses = [reverse("workflows_deadline_late_reason", args=[row.pk]) for row in late]
        shown = self.client.get(home).content.decode()

        self.assertEqual((len(late), sum(address in shown for address in addresses)), (3, 1))
        late_reasons.give(late[0], REASON, by=self.cast.editor)

        self.assertEqual(late_reasons.asked_of(other), [])
        self.client.force_login(fresh(self.cast.contributor))
        self.assertNotContains(self.client.get(home), "chưa ghi lý do")

    def test_whose_approver_knows_why_says_so_while_approving(self):
        with time_machine.travel(moment(3), tick=False):
            self.submit()

        self.approve(late_reason="Người duyệt đi công tác.")

        self.assertEqual(self.deadline().late_reason, "Người duyệt đi công tác.")
        self.assertEqual(self.deadline().late_reason_by, self.cast.head)

    def test_in_a_dossier_is_asked_for_at_its_submission(self):
        bundle = bundles.make("Quyết định và tin", [self.document], by=self.cast.editor)
        self.client.force_login(fresh(self.cast.editor))
        address = reverse("workflows_bundle_submit", args=[bundle.pk])

        self.assertContains(self.client.post(address, DECLARED), "Hãy ghi vì sao đăng sau hạn")
        self.client.post(address, {**DECLARED, "late_reason": REASON})

        self.assertEqual(self.deadline().late_reason, REASON)

    def test_of_another_ward_gets_its_reason_from_nobody_else(self):
        with self.assertRaises(Refused):
            late_reasons.give(self.deadline(), REASON, by=self.cast.contributor)
        self.client.force_login(fresh(self.cast.contributor))
        address = reverse("workflows_deadline_late_reason", args=[self.deadline().pk])
        self.assertEqual(self.client.get(address).status_code, 404)

    def test_takes_no_empty_reason(self):
        with self.assertRaises(ValidationError) as caught:
            late_reasons.give(self.deadline(), "  ", by=self.cast.editor)

        self.assertEqual(list(caught.exception.message_dict), ["late_reason"])

    def test_in_time_is_asked_for_nothing(self):
        with time_machine.travel(moment(3), tick=False):
            self.assertEqual(late_reasons.asked_of(self.document), [])
            with self.assertRaisesMessage(Refused, late_reasons.IN_TIME):
                late_reasons.give(self.deadline(), REASON, by=self.cast.editor)
            self.submit()
            self.approve()

        self.assertTrue(self.document.live)
        self.assertEqual((self.measure().reason_text, self.deadline().met_on), ("", moment(3).date()))

    def test_that_is_no_document_of_the_register_is_asked_for_nothing(self):
        page = self.city.section(self.city.site)

        self.assertEqual(late_reasons.asked_of(page, moment(30).date() + timedelta(days=365)), [])
