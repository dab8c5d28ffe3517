"""Comments on a draft: received, looked at, shown by two persons, exported."""

from datetime import date, datetime, time, timedelta
from io import BytesIO
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse
from openpyxl import load_workbook
from wagtail.models import ModelLogEntry, PageLogEntry

from base.gate import Refused
from faq.commenting import deciding, digest, exporting, receiving
from faq.models import ConsultationComment, RegisterBook
from personaldata import retention
from sections.models import ConsultationPage
from tests import factories
from tests.city import CityTestCase, english_locale, fresh, publish, publish_at_once
from tests.faq.cast import a_contact
from workflows.publishing import approval

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = datetime(2026, 9, 7, 9, tzinfo=VIETNAM)
CLOSES = date(2026, 9, 30)
State = ConsultationComment.State


def at(day: int, hour: int = 9, minute: int = 0, month: int = 9) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=VIETNAM)


class CommentingCase(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        with time_machine.travel(at(1), tick=False):
            section = cls.city.section(cls.city.my_long, "gop-y")
            page = factories.consultation(
                section,
                by=cls.cast.contributor,
                opens_on=date(2026, 9, 1),
                closes_on=CLOSES,
                drafting_body="Phòng Tư pháp",
            )
            cls.page = publish(page, by=cls.cast.contributor)

    def setUp(self):
        frozen = time_machine.travel(DAY, tick=False)
        frozen.start()
        self.addCleanup(frozen.stop)

    def comment(self, **fields):
        values = {"text": "Nên giữ vỉa hè rộng hai mét.", "contact": a_contact(), **fields}
        return receiving.receive(values.pop("page", self.page), **values).comment

    def accepted(self, public_text="Nên giữ vỉa hè rộng hai mét.", **fields):
        return deciding.accept(self.comment(**fields), public_text=public_text, by=self.cast.unit_head)

    def read(self, page) -> str:
        """What a reader of a page gets."""
        address = urlsplit(page.full_url)
        return self.client.get(address.path, headers={"host": address.netloc}).content.decode()

    def again(self, comment):
        return ConsultationComment.objects.select_related("contact").get(pk=comment.pk)


class Receiving(CommentingCase):
    def test_gives_numbers_without_gaps_and_a_secret_that_finds_the_comment(self):
        first, second = receiving.receive(self.page, text="Ý kiến thứ nhất.", contact=a_contact()), self.comment()

        self.assertEqual((first.comment.number, second.number), ("GY-2026-000001", "GY-2026-000002"))
        self.assertEqual(receiving.find("gy-2026-000001 ", first.secret.lower()), first.comment)
        self.assertIsNone(receiving.find("GY-2026-000001", "SAISAISAI2"))
        self.assertIsNone(receiving.find("GY-2026-000009", first.secret))

    def test_of_a_refused_comment_takes_no_number(self):
        with self.assertRaises(ValidationError):
            self.comment(text="ngắn")

        self.assertEqual(self.comment().number, "GY-2026-000001")
        self.assertEqual(RegisterBook.objects.get(series="GY").last_number, 1)

    def test_names_each_field_that_is_to_be_mended(self):
        contact = a_contact(email="", phone="", consent_text="")

        with self.assertRaises(ValidationError) as caught:
            self.comment(text="ngắn", part="x" * 201, sender="ai", contact=contact)

        self.assertEqual(set(caught.exception.message_dict), {"text", "part", "sender", "email", "consent"})

    def test_belongs_to_the_site_of_the_draft_and_tells_its_sender_number_and_secret_only(self):
        comment = self.comment(text="Nội dung riêng của tôi.", contact=a_contact(email="nguoi-gui@example.invalid"))

        self.assertEqual(comment.owner_site, self.city.my_long)
        told = mail.outbox[-1]
        self.assertEqual(told.to, ["nguoi-gui@example.invalid"])
        self.assertIn(comment.number, told.body)
        self.assertIn(comment.secret, told.body)
        self.assertIn("30/09/2026", told.body)
        self.assertNotIn("Nội dung riêng", told.body)

    def test_keeps_contact_and_secret_encrypted_in_the_database(self):
        comment = self.comment(contact=a_contact(name="Người gửi riêng"))

        table = ConsultationComment._meta.db_table
        raw = ConsultationComment.objects.raw(f"SELECT id, secret AS kept FROM {table}")[0].kept  # noqa: S608
        self.assertNotIn(comment.secret, raw)
        self.assertEqual(self.again(comment).contact.name, "Người gửi riêng")


class TheWindow(CommentingCase):
    def test_counts_its_first_and_its_last_day_whole(self):
        for moment, is_open in (
            (at(31, 23, 59, month=8), False),
            (at(1, 0, 0), True),
            (at(30, 23, 59), True),
            (at(1, 0, 0, month=10), False),
        ):
            with self.subTest(moment=moment):
                if is_open:
                    self.comment(on=moment)
                else:
                    with self.assertRaises(receiving.WindowClosed):
                        self.comment(on=moment)

    def test_takes_what_was_opened_in_time_for_half_an_hour_after_its_end(self):
        for opened in (at(30, 23, 59), at(30, 21, 0)):
            with self.subTest(opened=opened):
                comment = self.comment(opened_at=opened, on=at(1, 0, 29, month=10))
                with self.assertRaises(receiving.WindowClosed) as caught:
                    self.comment(opened_at=opened, on=at(1, 0, 30, month=10))

                self.assertEqual(comment.received_at, at(1, 0, 29, month=10))
                self.assertIn("gop-y@example.invalid", str(caught.exception))
                self.assertIn("30/09/2026", str(caught.exception))

    def test_takes_nothing_that_was_opened_after_its_last_day(self):
        with self.assertRaises(receiving.WindowClosed):
            self.comment(opened_at=at(1, 0, 0, month=10), on=at(1, 0, 1, month=10))

    def test_is_shut_on_a_page_that_is_no_longer_public(self):
        self.page.live = False

        with self.assertRaises(receiving.WindowClosed):
            self.comment()


class Deciding(CommentingCase):
    def test_is_for_handlers_of_the_site_only(self):
        comment = self.comment()

        for person in (self.cast.contributor, self.cast.contributor_my_xuyen, self.cast.technical_admin):
            for call in (
                lambda by: deciding.accept(comment, public_text="Nội dung.", by=by),
                lambda by: deciding.refuse(comment, reason="Lạc đề.", by=by),
                lambda by: deciding.note_reply(comment, reply="Tiếp thu.", by=by),
                lambda by: digest.prepare_digest(self.page, [comment], by=by),
                lambda by: exporting.as_xlsx(self.page, by=by),
            ):
                with self.subTest(person=person), self.assertRaises(Refused):
                    call(person)
        self.assertEqual(self.again(comment).state, State.RECEIVED)

    def test_refuses_a_public_text_with_what_the_sender_gave_of_himself(self):
        comment = self.comment(contact=a_contact(name="Trần Thị Mẫu Đơn", phone="0909 123 456"))

        for text in ("Tôi là TRẦN THỊ MẪU ĐƠN, xin góp ý.", "Gọi tôi số 0909.123.456 nhé."):
            with self.subTest(text=text), self.assertRaises(ValidationError) as caught:
                deciding.accept(comment, public_text=text, by=self.cast.unit_head)
            self.assertIn("public_text", caught.exception.message_dict)

    def test_tells_the_sender_why_a_comment_was_refused_and_takes_it_in_after_all(self):
        comment = self.comment(contact=a_contact(email="bi-tu-choi@example.invalid"))

        deciding.refuse(comment, reason="Không nói về dự thảo.", by=self.cast.ward_approver)
        refused = self.again(comment)
        told = mail.outbox[-1]
        deciding.accept(comment, public_text="Nội dung góp ý.", by=self.cast.unit_head)

        self.assertEqual((refused.state, refused.refusal_reason), (State.REFUSED, "Không nói về dự thảo."))
        self.assertEqual(refused.contact.purge_on, date(2027, 9, 7))
        self.assertIn("Không nói về dự thảo.", told.body)
        accepted = self.again(comment)
        self.assertEqual((accepted.state, accepted.refusal_reason), (State.ACCEPTED, ""))
        self.assertIsNone(accepted.contact.purge_on)

    def test_writes_one_line_a_step_and_nothing_of_the_sender(self):
        comment = self.comment(text="Nội dung không vào nhật ký.", contact=a_contact(name="Tên không vào nhật ký"))
        deciding.accept(comment, public_text="Nội dung góp ý.", by=self.cast.unit_head)
        deciding.note_reply(comment, reply="Tiếp thu.", by=self.cast.unit_head)

        entries = ModelLogEntry.objects.for_instance(comment)

        self.assertEqual(
            sorted(entries.values_list("action", flat=True)),
            ["portal.comment.accepted", "portal.comment.received", "portal.comment.reply"],
        )
        self.assertNotIn("nhật ký", "".join(f"{entry.label}{entry.data}" for entry in entries))


class TheDigest(CommentingCase):
    def draft_of(self, page=None):
        return ConsultationPage.objects.get(pk=(page or self.page).pk).get_latest_revision_as_object()

    def test_shows_the_accepted_ones_in_a_draft_and_nothing_to_readers_before_two_persons(self):
        first = self.accepted("Ý kiến một.", part="Điều 3")
        named = self.accepted(
            "Ý kiến hai.",
            contact=a_contact(name="Hội mẫu", may_show_name=True),
            sender=ConsultationComment.Sender.ORGANISATION,
        )
        deciding.refuse(self.comment(), reason="Quảng cáo.", by=self.cast.unit_head)

        digest.prepare_digest(self.page, [named, first], by=self.cast.unit_head)

        before = self.read(self.page)
        public = publish(self.page, by=self.cast.contributor)
        after = self.read(public)
        self.assertNotIn("Ý kiến một.", before)
        self.assertEqual([entry.value["number"] for entry in public.received_comments], [first.number, named.number])
        self.assertIn("Tính đến ngày 07/09/2026 đã tiếp nhận 3 ý kiến.", after)
        self.assertIn("Ý kiến một.", after)
        self.assertIn("Về: Điều 3", after)
        self.assertIn("Hội mẫu (Cơ quan, tổ chức, doanh nghiệp)", after)
        self.assertIn("</span> Cá nhân", after)
        self.assertNotIn(first.contact.name, after)

    def test_is_not_approved_by_who_prepared_it(self):
        digest.prepare_digest(self.page, [self.accepted()], by=self.cast.head)
        state = approval.submit(self.page, by=self.cast.contributor, declaration=True)

        with self.assertRaises(Refused):
            approval.approve(state.current_task_state, by=self.cast.head)
        approval.approve(state.current_task_state, by=self.cast.deputy)

        self.assertEqual(len(ConsultationPage.objects.get(pk=self.page.pk).received_comments), 1)

    def test_takes_no_comment_that_is_not_accepted_or_of_another_draft(self):
        other = publish(
            factories.consultation(self.city.section(self.city.my_long, "gop-y"), by=self.cast.contributor),
            by=self.cast.contributor,
        )
        foreign, unseen = self.accepted(page=other), self.comment()

        with self.assertRaises(ValidationError) as caught:
            digest.prepare_digest(self.page, [foreign, unseen], by=self.cast.unit_head)

        self.assertIn(foreign.number, str(caught.exception))
        self.assertIn(unseen.number, str(caught.exception))

    def test_waits_while_the_page_waits_for_approval(self):
        comment = self.accepted()
        approval.submit(self.page, by=self.cast.contributor, declaration=True)

        with self.assertRaises(Refused):
            digest.prepare_digest(self.page, [comment], by=self.cast.unit_head)

    def test_ends_its_comments_when_it_is_public_with_the_outcome(self):
        shown, left_out = self.accepted("Ý kiến một."), self.accepted("Ý kiến hai.")
        deciding.note_reply(shown, reply="Tiếp thu: sửa Điều 3.", by=self.cast.unit_head)
        digest.prepare_digest(self.page, [self.again(shown)], by=self.cast.unit_head)
        publish(self.page, by=self.cast.contributor)
        self.assertEqual(self.again(shown).state, State.ACCEPTED)

        with time_machine.travel(at(5, month=10), tick=False):
            newest = self.draft_of()
            newest.outcome_on, newest.outcome = date(2026, 10, 5), "<p>Đã tiếp thu.</p>"
            newest.save_revision(user=self.cast.contributor)
            public = publish(self.page, by=self.cast.contributor)
            page = self.read(public)

        ended = self.again(shown)
        self.assertEqual((ended.state, ended.answered_at), (State.ANSWERED, at(5, month=10)))
        self.assertEqual(ended.contact.purge_on, date(2027, 10, 5))
        self.assertEqual(self.again(left_out).state, State.ACCEPTED)
        self.assertTrue(any("Tiếp thu: sửa Điều 3." in message.body for message in mail.outbox))
        self.assertIn("Tiếp thu: sửa Điều 3.", page)


class InTwoLanguages(CommentingCase):
    english = True

    def test_comments_of_both_languages_count_together(self):
        english = english_locale()
        section = self.page.get_parent().specific.copy_for_translation(english, copy_parents=True, alias=False)
        publish_at_once(section)
        mirror = publish_at_once(self.page.copy_for_translation(english))
        self.comment()
        receiving.receive(mirror, text="Keep the pavement wide.", contact=a_contact(), language_code="en")

        self.assertEqual(ConsultationComment.objects.on_page(self.page).count(), 2)
        self.assertEqual(ConsultationComment.objects.on_page(mirror).count(), 2)
        self.assertIn("received", mail.outbox[-1].subject.lower())


class Exporting(CommentingCase):
    def sheet(self, **kwargs):
        data = exporting.as_xlsx(self.page, by=self.cast.unit_head, **kwargs)
        rows = load_workbook(BytesIO(data)).active.iter_rows(values_only=True)
        return "\n".join(str(cell) for row in rows for cell in row if cell)

    def test_leaves_contact_data_out_unless_asked_and_logs_each_time(self):
        comment = self.accepted(
            "=Ý kiến đã ẩn danh.",
            text="Tôi là người gửi riêng, góp ý.",
            contact=a_contact(name="Người gửi riêng", email="rieng@example.invalid"),
        )

        plain, whole = self.sheet(), self.sheet(with_contacts=True)

        self.assertIn(comment.number, plain)
        self.assertIn("=Ý kiến đã ẩn danh.", plain)
        for secret in ("gửi riêng", "rieng@example.invalid"):
            self.assertNotIn(secret, plain)
            self.assertIn(secret, whole)
        self.assertEqual(
            list(
                PageLogEntry.objects.filter(page_id=self.page.pk, action__startswith="portal.comment")
                .order_by("pk")
                .values_list("action", flat=True)
            ),
            ["portal.comment.exported", "portal.comment.contacts_exported"],
        )


class WithoutOutcome(CommentingCase):
    """Nobody publishes what became of the comments: their contacts go all the same, and the office is told before."""

    def contact_day(self, comment):
        comment.contact.refresh_from_db()
        return comment.contact.purge_on

    def test_contacts_go_a_year_after_the_consultation_closed(self):
        waiting, accepted = self.comment(), self.accepted()
        with time_machine.travel(at(30, 23), tick=False):
            retention.purge_contacts(on=at(30, 23))
        self.assertEqual({self.contact_day(waiting), self.contact_day(accepted)}, {None})

        with time_machine.travel(at(1, month=10), tick=False):
            retention.purge_contacts(on=at(1, month=10))
        goes_on = CLOSES + timedelta(days=365)
        self.assertEqual({self.contact_day(waiting), self.contact_day(accepted)}, {goes_on})

        for moment, gone in ((goes_on - timedelta(days=1), False), (goes_on, True)):
            night = datetime.combine(moment, time(3, 20), tzinfo=VIETNAM)
            with self.subTest(moment), time_machine.travel(night, tick=False):
                retention.purge_contacts(on=night)
                waiting.contact.refresh_from_db()
                self.assertEqual((waiting.contact.purged_at is not None, waiting.contact.email == ""), (gone, gone))

    def test_a_consultation_that_is_open_again_takes_the_day_away(self):
        waiting = self.comment()
        with time_machine.travel(at(1, month=10), tick=False):
            retention.give_days_to_comments(on=at(1, month=10))
        ConsultationPage.objects.filter(pk=self.page.pk).update(closes_on=date(2026, 10, 31))

        with time_machine.travel(at(2, month=10), tick=False):
            retention.give_days_to_comments(on=at(2, month=10))

        self.assertIsNone(self.contact_day(waiting))

    def test_the_office_is_told_which_consultations_wait_for_their_outcome(self):
        self.comment(), self.accepted()
        with time_machine.travel(at(1, month=10), tick=False):
            retention.give_days_to_comments(on=at(1, month=10))
            self.assertEqual(list(retention.stuck_consultations()), [])

        with time_machine.travel(datetime(2027, 1, 4, 9, tzinfo=VIETNAM), tick=False):
            (found,) = retention.stuck_consultations(sites=[self.city.my_long])
            self.assertEqual((found.pk, found.waiting, found.goes_on), (self.page.pk, 2, date(2027, 9, 30)))
            self.assertEqual(list(retention.stuck_consultations(sites=[self.city.my_xuyen])), [])
            self.client.force_login(fresh(self.cast.unit_head))
            page = self.client.get(reverse("faq_personal_data")).content.decode()

        self.assertIn("chưa đăng kết quả tiếp thu (1)", page)
        self.assertIn("2 người, xóa ngày 30/09/2027", page)
