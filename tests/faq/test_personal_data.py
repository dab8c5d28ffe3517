"""Personal data: purged when their term is over, nowhere left behind, counted, and each reading written down."""

import json
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import time_machine
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.mail import EmailMessage
from django.db.models import BinaryField, JSONField
from django.test import TestCase, override_settings
from django.utils import timezone
from wagtail.models import ModelLogEntry

from base import outbox
from base.gate import Refused
from base.models import OutgoingMail
from faq import handling, publication, retention
from faq.handling import Attached, Contact
from faq.models import Answer, FaqPage, KeptText, Question, QuestionContact, QuestionFile, State
from home.jobs import JOBS
from tests.city import CityTestCase, publish_at_once
from tests.faq.cast import CONSENT, a_question, a_topic, again, questions_page
from vietnam.text import fold

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
        handling.classify(question, topic=a_topic(), in_scope=True, by=self.office)
        handling.assign(question, unit=self.city.site.unit, by=self.office)
        handling.draft(question, body="<p>Nộp tại bộ phận một cửa.</p>", by=self.editor)
        handling.submit(question, by=self.editor)
        handling.sign(question, by=self.cast.head)
        handling.decide_interest(question, common=False, reason="riêng", by=self.office)
        handling.reply(question, by=self.office)

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

    def _traced(self) -> Question:
        """A question with the asker's data wherever they can come to lie, published without them."""
        questions_page(self.city)
        with time_machine.travel(ASKED + timedelta(days=3), tick=True):
            attached = Attached(ContentFile(f"Đơn của {NAME}".encode(), name="don.txt"), f"don-{NAME}.txt")
            question = handling.receive(
                site=self.city.site, title=f"Khai sinh cho con {NAME}", text=TEXT, contact=ASKER, on=ASKED,
                files=[attached],
            ).question  # fmt: skip
            topic = a_topic()
            handling.classify(question, topic=topic, in_scope=True, by=self.office)
            handling.assign(question, unit=self.city.site.unit, by=self.office, note=f"gọi lại bà {NAME}, {PHONE}")
            handling.wait_for_asker(question, text=f"Đề nghị bà {NAME} bổ sung giấy tờ.", by=self.office)
            handling.supplement(question, text=f"Tôi bổ sung: nhà tôi ở {PLACE}, điện thoại {PHONE}.")
            handling.draft(question, body=f"<p>Kính gửi bà {NAME}: nộp <b>tại phường</b>.</p>", by=self.editor)
            handling.submit(question, by=self.editor)
            handling.send_back(question, reason=f"Bỏ tên {NAME}", by=self.cast.head)
            handling.submit(question, by=self.editor)
            handling.sign(question, by=self.cast.head)
            handling.decide_interest(question, common=True, reason=f"nhiều người như {NAME}", by=self.office)
            handling.reply(question, by=self.office)
            page = publication.prepare_page(
                Question.objects.get(pk=question.pk), title="Khai sinh", question_text="Thủ tục đăng ký khai sinh?",
                answer="<p>Nộp tại phường.</p>", by=self.office,
            )  # fmt: skip
            # A version that was never public, into which an editor had copied too much.
            page.question_text = TEXT
            page.save_revision(user=self.editor, changed=True)
            page = FaqPage.objects.get(pk=page.pk)
            page.save_revision(user=self.editor, changed=True)
            publication.note_published(publish_at_once(page), None)
            with override_settings(EMAIL_BACKEND="base.outbox.OutboxBackend"):
                EmailMessage(
                    "Trả lời", f"Kính gửi {NAME}", None, [MAIL],
                    headers={outbox.KEY_HEADER: f"question-{question.pk}-thu"},
                ).send()  # fmt: skip
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

        retention.keep_text(question, title="Khai sinh", text="Thủ tục đăng ký khai sinh thế nào?", by=self.cast.editor)

        question = self.purge(question)
        self.assertEqual((question.title, question.text), ("Khai sinh", "Thủ tục đăng ký khai sinh thế nào?"))

    def test_a_handler_cannot_keep_what_the_asker_gave_even_if_it_might_have_been_published(self):
        question = self.ended(contact=Contact(**{**ASKER.__dict__, "may_show_name": True}))

        with self.assertRaises(ValidationError) as caught:
            retention.keep_text(question, title="Khai sinh", text=f"Câu hỏi của {NAME}", by=self.cast.editor)

        self.assertEqual(set(caught.exception.message_dict), {"text"})
        self.assertEqual(KeptText.objects.count(), 0)

    def test_of_another_wards_question_nobody_writes_the_text(self):
        question = self.ended(site=self.city.my_xuyen)

        with self.assertRaises(Refused):
            retention.keep_text(question, title="Khai sinh", text="Thủ tục?", by=self.cast.unit_head)

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
            handling._keep(question, Attached(ContentFile(b"da che", name="b.pdf"), "đã che.pdf"), timezone.now(), row)
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
        retention.forget(question, by=self.cast.editor, on=ASKED + timedelta(days=5))
        with time_machine.travel(ASKED + timedelta(days=6), tick=False):
            handling.reopen(question, reason="chưa đủ", by=self.cast.standing_office)

        contact = again(question).contact
        self.assertEqual((contact.purge_on, contact.purged_at, contact.name), (None, None, ""))

    def test_texts_inside_json_inside_a_version_are_covered_and_tags_stay(self):
        contact = QuestionContact(name=NAME, phone=PHONE)
        body = json.dumps([{"type": "paragraph", "value": f"<p>Bà <b>{NAME}</b> &amp; con</p>"}])

        covered = retention._walked({"body": body, "title": "Khai sinh", "pk": 7}, contact)

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
        (register,) = [row for row in retention.REGISTERS if row.key == "question"]

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
        with override_settings(EMAIL_BACKEND="base.outbox.OutboxBackend"):
            EmailMessage("a", "b", None, [MAIL], headers={outbox.KEY_HEADER: "question-7-x"}).send()
            EmailMessage("a", "b", None, ["other@example.invalid"], headers={outbox.KEY_HEADER: "question-7-x"}).send()
            EmailMessage("a", "b", None, [MAIL], headers={outbox.KEY_HEADER: "question-71-x"}).send()

        self.assertEqual(outbox.forget("question-7-", recipient=MAIL, on=timezone.now()), 1)

        rows = OutgoingMail.objects.order_by("pk")
        self.assertEqual([row.recipient for row in rows], ["", "other@example.invalid", MAIL])
        self.assertEqual(rows[0].state, OutgoingMail.State.DEAD)
        self.assertIsNotNone(rows[0].dismissed_at)
