"""What an outsider says of a draft that a preview link shows: a remark for those who write and approve it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse

from base.gate import Refused
from base.models import AuditEntry, OutgoingMail
from tests import factories
from tests.city import CityTestCase
from workflows.dashboard import work_queue
from workflows.dashboard.own_work import remarks_of_outsiders
from workflows.drafts import preview_answers, previews
from workflows.models import PreviewAnswer
from workflows.publishing import approval

NOON = datetime(2020, 9, 1, 12, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
NAME, TEXT = "Phòng Tư pháp, bà Dấu Vết", "Khoản 2 nên dẫn Điều 7, không phải Điều 6 (7731)."
TRACES = ("Dấu Vết", "7731")


class AnswersTestCase(CityTestCase):
    def setUp(self):
        self.enterContext(time_machine.travel(NOON, tick=False))
        section = self.city.section(self.city.my_long)
        self.page = factories.article(section, by=self.cast.contributor, title="Bản nháp chưa ai thấy")
        self.link = previews.make_link(
            self.page, by=self.cast.contributor, recipient="Phòng Tư pháp", reason="xin ý kiến"
        )
        self.address = reverse("workflows_preview_answer", args=[previews.token_of(self.link)])

    def give(self, name=NAME, text=TEXT, **fields):
        return preview_answers.give(self.link, name=name, text=text, **fields)


class Sending(AnswersTestCase):
    def test_the_preview_leads_to_the_form_and_the_form_takes_a_remark(self):
        shown = self.client.get(reverse("workflows_preview", args=[previews.token_of(self.link)]))
        self.assertContains(shown, f'href="{self.address}"')

        form = self.client.get(self.address)
        key = form.context["submission_key"]
        sent = {"name": NAME, "text": TEXT, "portal_submission": key}
        for _time in range(2):
            response = self.client.post(self.address, sent)

        self.assertRedirects(response, f"{self.address}?da-gui=1", status_code=303)
        self.assertContains(self.client.get(response["Location"]), "Đã nhận ý kiến")
        self.assertEqual(response.headers["Cache-Control"], "private, no-store")
        answer = PreviewAnswer.objects.get()
        self.assertEqual((answer.name, answer.text, answer.link), (NAME, TEXT, self.link))

    def test_what_is_missing_or_too_long_is_named_and_nothing_typed_is_lost(self):
        response = self.client.post(self.address, {"name": "", "text": TEXT})

        self.assertContains(response, "Hãy ghi họ tên hoặc cơ quan")
        self.assertContains(response, "7731")
        for fields in ({"text": " "}, {"text": "x" * 5001}, {"name": "x" * 201}):
            with self.subTest(fields), self.assertRaises(ValidationError) as raised:
                self.give(**fields)
            self.assertEqual(list(raised.exception.message_dict), list(fields))

    def test_a_link_takes_ten_a_day(self):
        for number in range(10):
            self.give(text=f"Ý kiến {number}")
        with self.assertRaises(ValidationError):
            self.give()

        self.give(on=NOON + timedelta(days=1, seconds=1))

        self.assertEqual(PreviewAnswer.objects.count(), 11)

    def test_a_link_that_has_ended_takes_none(self):
        previews.revoke(self.link, by=self.cast.contributor)

        self.assertEqual(self.client.post(self.address, {"name": NAME, "text": TEXT}).status_code, 410)
        with self.assertRaises(Refused):
            self.give()
        self.assertEqual(self.client.get("/xem-truoc/khong.co/y-kien/").status_code, 404)

    def test_neither_trail_nor_mail_nor_table_tells_who_said_what(self):
        self.give()

        entry = AuditEntry.objects.get(action="preview.answered")
        self.assertEqual((entry.actor_name, entry.site_slug), (previews.OUTSIDER, "my-long"))
        raw = PreviewAnswer.objects.extra(select={"n": "workflows_previewanswer.name", "t": "text"}).values("n", "t")
        told = [str(entry.detail), str(raw.get()), str(list(OutgoingMail.objects.values()))]
        told += [message.subject + message.body for message in mail.outbox]
        for trace in TRACES:
            with self.subTest(trace):
                self.assertNotIn(trace, " ".join(told))


class Reading(AnswersTestCase):
    def waiting(self, user) -> list[str]:
        found = remarks_of_outsiders(work_queue.Scope(user, NOON))
        return [key for (key,) in found.of("key")] if found is not None else []

    def test_writer_and_approver_read_it_where_they_work_and_nobody_else_does(self):
        self.give()
        state = approval.submit(self.page, by=self.cast.contributor, declaration=True)
        review = reverse("workflows_review", args=[state.current_task_state_id])
        links = reverse("workflows_previews", args=[self.page.pk])

        for user, address in ((self.cast.ward_approver, review), (self.cast.contributor, links)):
            with self.subTest(user.username):
                self.client.force_login(user)
                self.assertContains(self.client.get(address), "Khoản 2 nên dẫn Điều 7")
        self.client.force_login(self.cast.contributor_my_xuyen)
        self.assertNotEqual(self.client.get(links).status_code, 200)

    def test_it_waits_on_the_first_screen_of_who_made_the_link_until_it_was_seen_to(self):
        answer = self.give()
        self.assertEqual(self.waiting(self.cast.contributor), [str(self.page.pk)])
        self.assertEqual(self.waiting(self.cast.unit_head), [])

        self.client.force_login(self.cast.contributor)
        self.client.post(reverse("workflows_preview_answer_close", args=[answer.pk]))

        answer.refresh_from_db()
        self.assertEqual((answer.closed_by, answer.closed_at), (self.cast.contributor, NOON))
        self.assertEqual(self.waiting(self.cast.contributor), [])

    def test_only_who_works_on_the_site_closes_it(self):
        answer = self.give()
        for name in ("contributor_my_xuyen", "technical_admin", "accountant"):
            with self.subTest(name), self.assertRaises(Refused):
                preview_answers.close(answer, by=getattr(self.cast, name))
        self.assertEqual(preview_answers.close(answer, by=self.cast.editor).closed_by, self.cast.editor)

    def test_after_a_year_the_name_goes_and_the_text_stays(self):
        answer = self.give()

        self.assertEqual(preview_answers.purge(on=NOON + timedelta(days=365)), 0)
        self.assertEqual(preview_answers.purge(on=NOON + timedelta(days=366)), 1)

        answer.refresh_from_db()
        self.assertEqual((answer.name, answer.text), ("", TEXT))
