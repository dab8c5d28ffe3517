"""Personal data: purged when their term is over, nowhere left behind, counted, and each reading written down."""

import html
import io
import json
import zipfile
from datetime import date, datetime, timedelta
from unittest import mock
from zoneinfo import ZoneInfo

import time_machine
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import EmailMessage
from django.db import connection
from django.db.models import BinaryField, JSONField
from django.test import TestCase, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from base.audit.trail import record
from base.gate import Refused
from base.models import AuditEntry, OutgoingMail
from base.operations import health, mail, personal_records
from base.operations.encryption import EncryptedTextField
from faq import submission
from faq.commenting import receiving
from faq.handling import afterwards, answering, assigning, classifying, intake, interim, publication, running
from faq.models import Answer, ConsentText, FaqPage, Question, QuestionContact, QuestionFile, State
from faq.submission import Attached, Contact
from home.jobs import JOBS
from personaldata import complaints, covering, data_requests, registers, retention
from personaldata.models import DataSubjectRequest, RetainedText
from tests import factories
from tests.city import CityTestCase, publish_at_once
from tests.faq.cast import CONSENT, a_question, a_topic, again, questions_page
from tests.isolation.addresses import addresses
from vietnam.text import fold
from workflows import deadlines
from workflows.drafts import previews
from workflows.publishing import approval

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
ASKED = datetime(2024, 3, 4, 9, tzinfo=VIETNAM)
NAME, MAIL, PHONE, PLACE = "Lê Thị Dấu Vết", "dau-vet@example.invalid", "0296 384 7561", "hẻm 77 Dấu Vết"
MARKERS = ("dau vet", "dau-vet@", "2963847561", "hem 77")
ASKER = Contact(name=NAME, email=MAIL, phone=PHONE, address=PLACE, consent_text=CONSENT, consent_source="biểu mẫu")
TEXT = (
    f"Tôi là {NAME}, ở {PLACE}, gọi 0296.384.7561 hoặc +84 296 384 7561, thư {MAIL}. Xin hỏi thủ tục đăng ký khai sinh."
)


def found_anywhere(markers=MARKERS) -> list[str]:
    """Every column of every table that holds one of the markers: encrypted ones opened, blanks and marks ignored."""
    found = []
    for model in apps.get_models():
        if not model._meta.managed or model._meta.proxy:
            continue
        for field in model._meta.local_concrete_fields:
            for value in model._base_manager.values_list(field.attname, flat=True):
                if any(marker in text for text in _readings(field, value) for marker in markers):
                    found.append(f"{model._meta.label}.{field.name}")
    return sorted(set(found))


def _readings(field, value) -> list[str]:
    if value in (None, "", b""):
        return []
    if isinstance(field, BinaryField):
        value = bytes(value).decode("utf-8", errors="replace")
    elif isinstance(field, JSONField):
        value = json.dumps(value, ensure_ascii=False)
    text = str(value)
    # A stream inside a version is JSON inside JSON.
    plain = fold(text.encode().decode("unicode_escape", errors="replace") if "\\u" in text else text)
    return [plain, fold(text), "".join(letter for letter in text if letter.isdigit())]


class Purging(CityTestCase):
    """A question of March 2024; its contact is purged a year after its end."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.office, cls.editor = cls.cast.standing_office, cls.cast.editor

    def ended(self, **fields) -> Question:
        values = {"state": "closed", "common": False, "on": ASKED, "contact": ASKER, "text": TEXT, **fields}
        with time_machine.travel(ASKED + timedelta(days=2), tick=False):
            return a_question(self.city, **values)

    def on(self, question: Question, days: int = 0) -> datetime:
        day = again(question).contact.purge_on + timedelta(days=days)
        return datetime(day.year, day.month, day.day, 3, tzinfo=VIETNAM)

    def test_the_term_begins_when_the_question_ends(self):
        question = self.ended()

        self.assertEqual(question.contact.purge_on, date(2025, 3, 4))

    def test_the_job_purges_exactly_what_is_due(self):
        due, later = self.ended(), self.ended(on=ASKED + timedelta(days=1))
        running = self.ended(state="assigned")

        self.assertEqual(retention.purge_contacts(on=self.on(due)), 1)

        self.assertIsNotNone(again(due).contact.purged_at)
        self.assertEqual(again(later).contact.name, NAME)
        self.assertEqual(again(running).contact.name, NAME)

    def test_what_has_not_ended_has_no_day_or_is_not_due_is_refused(self):
        ended, running = self.ended(), self.ended(state="replied")
        without_day = self.ended()
        QuestionContact.objects.filter(question=without_day).update(purge_on=None)

        for question, on, said in (
            (running, ASKED + timedelta(days=900), "chưa kết thúc"),
            (without_day, ASKED + timedelta(days=900), "chưa có ngày xóa"),
            (ended, self.on(ended, -1), "đến ngày 04/03/2025"),
        ):
            with self.subTest(said=said), self.assertRaisesMessage(Refused, said):
                retention.purge(question, on=on)
            self.assertEqual(again(question).contact.name, NAME)

    def test_every_end_leads_to_a_purge(self):
        for state in ("published", "closed", "out_of_scope", "spam"):
            with self.subTest(state=state):
                question = self.ended(state=state, common=state == "published", text="Xin hỏi giờ làm việc của phường?")

                retention.purge(question, on=self.on(question))

                contact = again(question).contact
                self.assertEqual([getattr(contact, name) for name in contact.PERSONAL], ["", "", "", ""])

    def test_whoever_asked_the_same_is_purged_too_once_he_is_answered(self):
        merged = self.ended(state="merged")
        with self.assertRaisesMessage(Refused, "chưa kết thúc"):
            retention.purge(merged, on=ASKED + timedelta(days=900))
        into = again(merged).merged_into
        with time_machine.travel(ASKED + timedelta(days=2), tick=False):
            self._answer(into)

        retention.purge(merged, on=self.on(merged))

        self.assertIsNotNone(again(merged).contact.purged_at)

    def _answer(self, question):
        classifying.classify(question, topic=a_topic(), in_scope=True, by=self.office)
        assigning.assign(question, unit=self.city.site.unit, by=self.office)
        answering.draft(question, body="<p>Nộp tại bộ phận một cửa.</p>", by=self.editor)
        answering.submit(question, by=self.editor)
        answering.sign(question, by=self.cast.head)
        answering.decide_interest(question, common=False, reason="riêng", by=self.office)
        answering.reply(question, by=self.office)

    def test_consent_question_and_figures_stay(self):
        question = self.ended(satisfaction=2)

        retention.purge(question, on=self.on(question))

        question = again(question)
        self.assertEqual(question.contact.consent_text, CONSENT)
        self.assertIsNotNone(question.contact.consented_at)
        self.assertEqual((question.state, question.satisfaction), (State.CLOSED, 2))
        self.assertIn("Xin hỏi thủ tục đăng ký khai sinh", question.text)
        self.assertTrue(question.events.count() > 5)

    def test_purging_twice_writes_one_line_and_says_nothing_of_the_person(self):
        question = self.ended()

        retention.purge(question, on=self.on(question))
        retention.purge(question, on=self.on(question, 1))

        (entry,) = ModelLogEntry.objects.filter(action="portal.question.purged")
        self.assertEqual(entry.label, f"Câu hỏi {question.number}")

    def test_after_the_purge_no_table_and_no_file_holds_a_trace_of_the_person(self):
        question = self._traced()
        kept = [default_storage.path(file.file.name) for file in question.files.all()]
        self.assertGreater(len(found_anywhere()), 8, "the traces were laid")

        with self.captureOnCommitCallbacks(execute=True):
            retention.purge_contacts(on=self.on(question))

        self.assertEqual(found_anywhere(), [])
        self.assertEqual([path for path in kept if default_storage.exists(path)], [])

    def test_of_a_page_that_never_was_public_no_table_holds_a_trace_either(self):
        question = self._answered()
        with time_machine.travel(ASKED + timedelta(days=4), tick=True):
            page = publication.prepare_page(
                question, title="Khai sinh", question_text="Thủ tục?", answer="<p>Tại phường.</p>", by=self.office
            )
            # What an editor may still write into it, as Wagtail's own screen keeps it.
            page.title = page.draft_title = f"Khai sinh cho con {NAME}"
            page.slug, page.question_text = "khai-sinh-cho-con-le-thi-dau-vet", TEXT
            page.save()
            page.save_revision(user=self.editor, log_action="wagtail.edit", changed=True)
            log(
                instance=page,
                action="wagtail.rename",
                user=self.editor,
                data={"title": {"old": "Khai sinh", "new": page.title}},
            )
            approval.submit(page, by=self.editor, declaration=True, remark="đã xem")
            previews.make_link(page, by=self.editor, recipient="Sở Tư pháp", reason="xin ý kiến")
            record("personal_data.read", by=self.editor, obj=page)
            page.refresh_from_db()
        self.assertGreater(len(found_anywhere((*MARKERS, "dau-vet"))), 8, "the traces were laid")

        retention.purge_record(again(question), on=self.on_any_day())

        self.assertEqual(found_anywhere((*MARKERS, "dau-vet")), [])
        page.refresh_from_db()
        self.assertEqual((page.slug, page.url_path.split("/")[-2]), (f"cau-hoi-{page.pk}",) * 2)

    def on_any_day(self) -> datetime:
        return ASKED + timedelta(days=900)

    def _traced(self) -> Question:
        """A question with the asker's data wherever they can come to lie, published without them."""
        return self._published(self._answered())

    def _answered(self) -> Question:
        questions_page(self.city)
        with time_machine.travel(ASKED + timedelta(days=3), tick=True):
            attached = Attached(ContentFile(f"Đơn của {NAME}".encode(), name="don.txt"), f"don-{NAME}.txt")
            question = intake.receive(
                site=self.city.site,
                title=f"Khai sinh cho con {NAME}",
                text=TEXT,
                contact=ASKER,
                on=ASKED,
                files=[attached],
            ).question
            topic = a_topic()
            classifying.classify(question, topic=topic, in_scope=True, by=self.office)
            ward = self.city.my_long
            assigning.assign(question, unit=ward.unit, by=self.office, note=f"gọi lại bà {NAME}, {PHONE}")
            assigning.give_back(question, reason=f"bà {NAME} ở phường khác", by=self.cast.contributor)
            assigning.assign(question, unit=ward.unit, by=self.office)
            assigning.reassign(question, unit=self.city.site.unit, reason=f"bà {NAME}, {PHONE}", by=self.office)
            interim.wait_for_asker(question, text=f"Đề nghị bà {NAME} bổ sung giấy tờ.", by=self.office)
            interim.supplement(question, text=f"Tôi bổ sung: nhà tôi ở {PLACE}, điện thoại {PHONE}.")
            deadline = running.running_deadline(again(question))
            deadlines.extend(deadline, to=date(2024, 4, 10), reason=f"bà {NAME} đi vắng", by=self.office)
            answering.draft(question, body=f"<p>Kính gửi bà {NAME}: nộp <b>tại phường</b>.</p>", by=self.editor)
            answering.submit(question, by=self.editor)
            answering.send_back(question, reason=f"Bỏ tên {NAME}", by=self.cast.head)
            answering.submit(question, by=self.editor)
            answering.sign(question, by=self.cast.head)
            answering.decide_interest(question, common=True, reason=f"nhiều người như {NAME}", by=self.office)
            answering.reply(question, by=self.office)
        return again(question)

    def _published(self, question: Question) -> Question:
        with time_machine.travel(ASKED + timedelta(days=3), tick=True):
            page = publication.prepare_page(
                Question.objects.get(pk=question.pk),
                title="Khai sinh",
                question_text="Thủ tục đăng ký khai sinh?",
                answer="<p>Nộp tại phường.</p>",
                by=self.office,
            )
            # A version that was never public, into which an editor had copied too much.
            page.question_text = TEXT
            page.save_revision(user=self.editor, changed=True)
            page = FaqPage.objects.get(pk=page.pk)
            page.save_revision(user=self.editor, changed=True)
            publication.note_published(publish_at_once(page), None)
            with override_settings(EMAIL_BACKEND="base.operations.mail.OutboxBackend"):
                EmailMessage(
                    "Trả lời",
                    f"Kính gửi {NAME}",
                    None,
                    [MAIL],
                    headers={mail.KEY_HEADER: f"question-{question.pk}-thu"},
                ).send()
        return again(question)


class TextThatStays(CityTestCase):
    def ended(self, **fields) -> Question:
        values = {"state": "closed", "common": False, "on": ASKED, "contact": ASKER, "text": TEXT, **fields}
        with time_machine.travel(ASKED + timedelta(days=2), tick=False):
            return a_question(self.city, **values)

    def purge(self, question):
        retention.purge(question, on=ASKED + timedelta(days=900))
        return again(question)

    def test_without_anybodys_hand_what_the_portal_knows_or_suspects_is_covered(self):
        question = self.purge(self.ended(text=f"{TEXT} Hàng xóm là ông Trần Văn Mẫu, căn cước 089 123 456789."))

        self.assertIn("Xin hỏi thủ tục đăng ký khai sinh", question.text)
        self.assertIn("[số điện thoại]", question.text)
        for gone in (NAME, "384", MAIL, "Trần Văn Mẫu", "456789"):
            self.assertNotIn(gone, question.text)

    def test_of_a_published_question_the_published_text_stays(self):
        question = self.ended(state="published", common=True, text="Xin hỏi giờ làm việc của phường, cảm ơn?")
        FaqPage.objects.get(pk=question.page_id)

        question = self.purge(question)

        self.assertEqual(question.text, FaqPage.objects.get(pk=question.page_id).question_text)

    def test_what_a_handler_wrote_beforehand_stays(self):
        question = self.ended()

        retention.retain_text(
            question, title="Khai sinh", text="Thủ tục đăng ký khai sinh thế nào?", by=self.cast.editor
        )

        question = self.purge(question)
        self.assertEqual((question.title, question.text), ("Khai sinh", "Thủ tục đăng ký khai sinh thế nào?"))

    def test_a_handler_cannot_keep_what_the_asker_gave_even_if_it_might_have_been_published(self):
        question = self.ended(contact=Contact(**{**ASKER.__dict__, "may_show_name": True}))

        with self.assertRaises(ValidationError) as caught:
            retention.retain_text(question, title="Khai sinh", text=f"Câu hỏi của {NAME}", by=self.cast.editor)

        self.assertEqual(set(caught.exception.message_dict), {"text"})
        self.assertEqual(RetainedText.objects.count(), 0)

    def test_of_another_wards_question_nobody_writes_the_text(self):
        question = self.ended(site=self.city.my_xuyen)

        with self.assertRaises(Refused):
            retention.retain_text(question, title="Khai sinh", text="Thủ tục?", by=self.cast.unit_head)

    def test_what_the_office_wrote_stays_word_for_word_where_it_names_nobody(self):
        question = self.ended(answer="<p>Nộp tại <b>phường</b> &amp; nhận sau 3 ngày.</p>")

        self.purge(question)

        self.assertEqual(
            Answer.objects.get(question=question).body, "<p>Nộp tại <b>phường</b> &amp; nhận sau 3 ngày.</p>"
        )

    def test_a_covered_copy_of_an_attachment_stays_and_the_original_goes_with_its_name(self):
        original = Attached(ContentFile(b"ban goc", name="a.pdf"), f"Đơn {NAME}.PDF")
        question = self.ended(files=[original])
        with time_machine.travel(ASKED + timedelta(days=2), tick=False):
            row = question.files.get()
            submission.store(
                QuestionFile(question=question, redacted_of=row),
                Attached(ContentFile(b"da che", name="b.pdf"), "đã che.pdf"),
                timezone.now(),
            )
        path = row.file.path

        with self.captureOnCommitCallbacks(execute=True):
            self.purge(question)

        row = QuestionFile.objects.get(pk=row.pk)
        self.assertEqual((row.file.name, row.name), ("", f"tệp {row.pk}.pdf"))
        self.assertEqual(len(row.digest), 64)
        self.assertFalse(row.is_servable())
        self.assertFalse(default_storage.exists(path))
        copy = QuestionFile.objects.get(redacted_of=row)
        self.assertTrue(default_storage.exists(copy.file.path))

    def test_a_question_looked_at_again_has_a_new_term_for_what_is_added(self):
        question = self.ended()
        retention.purge_record(question, by=self.cast.editor, on=ASKED + timedelta(days=5))
        with time_machine.travel(ASKED + timedelta(days=6), tick=False):
            afterwards.reopen(question, reason="chưa đủ", by=self.cast.standing_office)

        contact = again(question).contact
        self.assertEqual((contact.purge_on, contact.purged_at, contact.name), (None, None, ""))

    def test_texts_inside_json_inside_a_version_are_covered_and_tags_stay(self):
        contact = QuestionContact(name=NAME, phone=PHONE)
        body = json.dumps([{"type": "paragraph", "value": f"<p>Bà <b>{NAME}</b> &amp; con</p>"}])

        covered = covering._walked({"body": body, "title": "Khai sinh", "pk": 7}, contact)

        self.assertEqual(
            (json.loads(covered["body"]), covered["title"], covered["pk"]),
            ([{"type": "paragraph", "value": "<p>Bà <b>[tên người hỏi]</b> &amp; con</p>"}], "Khai sinh", 7),
        )


class OfficersSee(CityTestCase):
    """Exactly the questions that are due, soon due, purged, or forgotten by those who should end them."""

    def test_lists_show_each_question_in_its_place_and_only_those_of_the_persons_sites(self):
        with time_machine.travel(ASKED + timedelta(days=3), tick=False):
            due = a_question(self.city, state="closed", common=False, on=ASKED)
            soon = a_question(self.city, state="closed", common=False, on=ASKED + timedelta(days=1))
            foreign = a_question(self.city, site=self.city.my_xuyen, state="closed", common=False, on=ASKED)
            stuck = a_question(self.city, state="replied", on=ASKED)
        on = datetime(2025, 3, 4, 9, tzinfo=VIETNAM)
        (register,) = [row for row in registers.REGISTERS if row.key == "question"]

        def shown(found):
            return {contact.question for contact in found}

        self.assertEqual(shown(retention.due(register, on=on)), {due, foreign})
        self.assertEqual(shown(retention.due(register, on=on, sites=[self.city.site])), {due})
        self.assertEqual(shown(retention.soon(register, on=on)), {soon})
        self.assertEqual(set(retention.stuck(on=on + timedelta(days=1))), {stuck})
        retention.purge_contacts(on=on)
        self.assertEqual(shown(retention.purged(register)), {due, foreign})


class ThePeriodicJob(TestCase):
    def test_runs_once_a_day_at_night(self):
        (job,) = [job for job in JOBS if job.name == "purge_contacts"]

        self.assertEqual(job.daily_at.hour, 3)
        self.assertEqual(job.run(timezone.now()), 0)


class MailsOnTheWay(TestCase):
    def test_a_mail_that_waits_is_emptied_and_does_not_leave(self):
        with override_settings(EMAIL_BACKEND="base.operations.mail.OutboxBackend"):
            EmailMessage("a", "b", None, [MAIL], headers={mail.KEY_HEADER: "question-7-x"}).send()
            EmailMessage("a", "b", None, ["other@example.invalid"], headers={mail.KEY_HEADER: "question-7-x"}).send()
            EmailMessage("a", "b", None, [MAIL], headers={mail.KEY_HEADER: "question-71-x"}).send()

        self.assertEqual(mail.empty("question-7-", recipient=MAIL, on=timezone.now()), 1)

        rows = OutgoingMail.objects.order_by("pk")
        self.assertEqual([row.recipient for row in rows], ["", "other@example.invalid", MAIL])
        self.assertEqual(rows[0].state, OutgoingMail.State.DEAD)
        self.assertIsNotNone(rows[0].dismissed_at)


class Readings(CityTestCase):
    """Every screen of the room is asked for a question, comment, report and request of one person."""

    WHO = Contact(
        name="Hồ Thị Đọc Trộm",
        email="doc-trom@example.invalid",
        phone="0296 385 9517",
        address="hẻm 91 Đọc Trộm",
        consent_text=CONSENT,
    )

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        consultation = factories.consultation(
            cls.city.section(cls.city.site, "gop-y"),
            by=cls.cast.editor,
            opens_on=date(2020, 9, 1),
            closes_on=date(2099, 9, 1),
            drafting_body="Phòng Tư pháp",
        )
        consultation = publish_at_once(consultation)
        home = cls.city.site.home_page()
        cls.question = a_question(cls.city, state="replied", contact=cls.WHO)
        cls.comment = receiving.receive(consultation, text="Nên giữ vỉa hè rộng.", contact=cls.WHO).comment
        cls.complaint = complaints.receive(
            complaints.Reported(home, cls.city.site, "/", home.title), text="Sai số điện thoại.", contact=cls.WHO
        )
        cls.request = data_requests.receive(
            cls.question, kind="object", details=f"Đừng gọi {cls.WHO.phone} của {cls.WHO.name}."
        )
        cls.rows = {type(row): row.pk for row in (cls.question, cls.comment, cls.complaint, cls.request, consultation)}

    def setUp(self):
        self.client.force_login(self.cast.head)

    def test_contact_data_are_shown_by_those_screens_only_that_write_it_down(self):
        shown, unwritten = set(), []
        for name, path in self.screens():
            for ask in (self.client.get, self.client.post):
                before = self.readings()
                text = self.text_of(ask(path))
                if any(value in text for value in self.values()):
                    shown.add(name)
                    if self.readings() == before:
                        unwritten.append(f"{ask.__name__} {path}")

        self.assertEqual(unwritten, [])
        self.assertLessEqual({"faq_contact", "faq_comment_contact", "faq_data_request", "faq_complaint"}, shown)

    def test_another_wards_people_find_none_of_these_screens(self):
        self.client.force_login(self.cast.unit_head)
        for name, path in self.screens():
            if any(ending.isdecimal() for ending in path.split("/")):
                with self.subTest(screen=name):
                    self.assertIn(self.client.get(path).status_code, (404, 405))
                    self.assertIn(self.client.post(path).status_code, (404, 405))

    def screens(self) -> list[tuple[str, str]]:
        """(name, path) of every screen of the room whose record is one of the rows, and of its lists."""
        found = []
        for address in addresses():
            if not address.name.startswith("faq_") or len(address.arguments) > 1:
                continue
            view = getattr(address.view, "view_class", None)
            key = self.rows.get(getattr(view, "model", None))
            if not address.arguments:
                found.append((address.name, reverse(address.name)))
            elif key is not None:
                found.append((address.name, reverse(address.name, args=[key])))
        return found

    def values(self) -> tuple[str, ...]:
        return self.WHO.name, self.WHO.email, self.WHO.phone, self.WHO.address

    def readings(self) -> int:
        return AuditEntry.objects.filter(action="personal_data.read").count()

    def text_of(self, response) -> str:
        content = b"".join(response.streaming_content) if response.streaming else response.content
        if content.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(content)) as sheet:
                content = b"".join(sheet.read(part) for part in sheet.namelist())
        return html.unescape(content.decode("utf-8", errors="replace"))


class Screens(CityTestCase):
    """The screens of terms, requests, reports and versions."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.office = cls.cast.standing_office

    def setUp(self):
        self.client.force_login(self.office)

    def test_the_list_of_terms_shows_numbers_and_days_and_nothing_of_a_person(self):
        with time_machine.travel(ASKED + timedelta(days=2), tick=False):
            question = a_question(self.city, state="closed", common=False, on=ASKED, contact=ASKER)

        response = self.client.get(reverse("faq_personal_data"))

        self.assertContains(response, question.number)
        self.assertContains(response, "Đến hạn xóa (1)")
        self.assertNotContains(response, MAIL)

    def test_the_technical_administrator_sees_the_count_and_no_question(self):
        question = a_question(self.city, state="assigned")
        self.client.force_login(self.cast.technical_admin)

        response = self.client.get(reverse("faq_personal_data"))

        self.assertContains(response, "Đang giữ 1 bản ghi có dữ liệu cá nhân")
        self.assertNotContains(response, question.number)

    def test_a_handler_writes_the_text_that_stays_from_the_one_suggested(self):
        question = a_question(self.city, state="assigned", contact=ASKER, text=TEXT)
        path = reverse("faq_keep_text", args=[question.pk])
        self.assertContains(self.client.get(path), "[tên người hỏi]")

        self.client.post(path, {"title": "Khai sinh", "text": f"Câu hỏi của {NAME}"})
        self.assertEqual(RetainedText.objects.count(), 0)
        self.client.post(path, {"title": "Khai sinh", "text": "Thủ tục đăng ký khai sinh?"})

        self.assertEqual(RetainedText.objects.get().made_by_name, "Cán bộ mẫu 05 (thuong-truc)")

    def test_a_request_goes_its_way_through_the_screens(self):
        question = a_question(self.city, state="assigned", contact=ASKER)
        self.client.post(
            reverse("faq_data_request_enter"),
            {
                "site": self.city.site.pk,
                "identified_by": "in_person",
                "kind": "correct",
                "number": question.number,
                "email": "moi@example.invalid",
            },
        )
        row = DataSubjectRequest.objects.get()
        self.assertContains(self.client.get(reverse("faq_data_requests")), row.number)
        self.client.post(
            reverse("faq_data_request_decide", args=[row.pk]), {"accepted": "yes", "answer": "Đã chỉnh sửa."}
        )

        self.client.post(reverse("faq_data_request_do", args=[row.pk]))

        row.refresh_from_db()
        self.assertEqual(row.state, DataSubjectRequest.State.DONE)
        self.assertEqual(again(question).contact.email, "moi@example.invalid")

    def test_a_longer_list_takes_no_more_queries(self):
        home = self.city.site.home_page()

        def more(number):
            reported = complaints.Reported(home, self.city.site, "/", home.title)
            complaints.receive(reported, text=f"Sai số điện thoại, chỗ thứ {number}.")

        more(1)
        self.client.get(reverse("faq_complaints"))
        with CaptureQueriesContext(connection) as one:
            self.client.get(reverse("faq_complaints"))
        for number in range(2, 6):
            more(number)

        with CaptureQueriesContext(connection) as five:
            response = self.client.get(reverse("faq_complaints"))

        self.assertContains(response, f"DC-{timezone.now():%Y}-00000", 5)
        self.assertEqual(len(five), len(one))

    def test_a_report_is_answered_through_its_screen(self):
        home = self.city.site.home_page()
        complaint = complaints.receive(
            complaints.Reported(home, self.city.site, "/", home.title), text="Sai số điện thoại."
        )
        self.assertContains(self.client.get(reverse("faq_complaints")), complaint.number)
        path = reverse("faq_complaint_answer", args=[complaint.pk])

        response = self.client.post(path, {"outcome": "corrected", "reply": "Đã sửa."})
        self.assertContains(response, "chưa được sửa")
        self.client.post(path, {"outcome": "right", "reply": "Số điện thoại đúng."})

        complaint.refresh_from_db()
        self.assertEqual(complaint.reply, "Số điện thoại đúng.")

    def test_a_version_of_what_is_agreed_to_is_written_by_one_and_confirmed_by_another(self):
        editor = '{"blocks": [{"key": "a", "text": "Chính sách.", "type": "unstyled", "depth": 0, '
        editor += '"inlineStyleRanges": [], "entityRanges": [], "data": {}}], "entityMap": {}}'
        form = {
            "valid_from": "01/01/2099",
            "text": "Đồng ý cho {unit} giữ {days} ngày.",
            "text_en": "{unit} {days}",
            "policy": editor,
            "policy_en": editor,
        }
        self.client.post(reverse("faq_consent_new"), form)
        version = ConsentText.objects.get(version=2)
        path = reverse("faq_consent_confirm", args=[version.pk])
        self.assertEqual(self.client.post(path).status_code, 404)
        self.client.force_login(self.cast.head)

        self.client.post(path)

        version.refresh_from_db()
        self.assertEqual(version.confirmed_by_name, "Cán bộ mẫu 07 (truong-ban)")

    def test_a_version_is_shown_as_citizens_read_it_and_its_form_explains_what_is_filled_in(self):
        shown = self.client.get(reverse("faq_consent", args=[ConsentText.objects.get().pk]))
        form = self.client.get(reverse("faq_consent_new"))

        self.assertNotContains(shown, "{unit}")
        self.assertNotContains(shown, "{days}")
        self.assertContains(shown, f"Tôi đồng ý để {self.city.site.unit.full_name} dùng")
        self.assertContains(form, "thay {unit} bằng tên cơ quan của trang", 2)


class TheCount(CityTestCase):
    """10,000 people make another security level (Nghị định 85/2016/NĐ-CP)."""

    def test_counts_rows_that_hold_something_and_no_others(self):
        question = a_question(self.city, state="closed", common=False)
        home = self.city.site.home_page()
        complaints.receive(complaints.Reported(home, self.city.site, "/", home.title), text="Sai số điện thoại.")
        self.assertEqual(sum(number for _what, number in personal_records.held()), 1)

        retention.purge_record(question)

        self.assertEqual(sum(number for _what, number in personal_records.held()), 0)

    def test_every_model_with_encrypted_contact_data_is_counted(self):
        encrypted = {
            model
            for model in apps.get_models()
            if {"email", "phone", "address", "sealed_fields", "answers"}
            & {field.name for field in model._meta.local_concrete_fields if isinstance(field, EncryptedTextField)}
        }

        self.assertEqual(encrypted, set(personal_records.holding_models()))

    def test_warns_before_the_limit(self):
        for count, said in ((8_999, ""), (9_000, "sắp đến"), (10_000, "cấp độ 3")):
            with self.subTest(count=count):
                self.assertIn(said, personal_records.warning(count))
        self.assertEqual(personal_records.warning(8_999), "")

    def test_readiness_warns_and_goes_on_serving(self):
        with mock.patch.object(personal_records, "WARN_FROM", 1):
            a_question(self.city)

            finding = health.check_personal_data()

        self.assertEqual(finding.state, health.WARNING)
