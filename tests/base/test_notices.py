"""Notices to a person: every kind has its one text, leaves by one way, and holds to what its kind says."""

import re
from pathlib import Path
from types import SimpleNamespace as a_contact
from unittest import mock

import rooms
from django.conf import settings
from django.core import mail
from django.test import SimpleTestCase, override_settings
from wagtail.users.models import UserProfile

from base.models import OutgoingMail
from base.operations import notices
from base.operations.notices import Channel, Kind, notify, register_kinds, registered_kinds
from tests.city import CityTestCase
from tests.faq.cast import a_question

ROOT = Path(settings.BASE_DIR)
WRITES_MAIL = re.compile(r"django\.core\.mail|wagtail\.admin\.mail|\bsend_mail\b|\bsmtplib\b|\bsend_notification\b")
# The kit, the outbox below it, and where Wagtail's own mails are led into the kit.
MAY_WRITE_MAIL = {"base/operations/notices.py", "base/operations/mail.py", "base/admin/patches/wagtail_mail.py"}
# The name of the job.
JOB = 'name="send_mail"'


class Kinds(SimpleTestCase):
    def test_have_one_template_each_and_every_template_is_of_a_kind(self):
        found = {
            path.relative_to(ROOT / room / "templates").as_posix()
            for room in rooms.ROOMS
            for path in (ROOT / room / "templates").glob("**/mails/*")
            # Parts of several.
            if not path.name.startswith("_")
        }

        self.assertEqual(found, {template for _kind, template in registered_kinds().values()})

    def test_share_no_name(self):
        register_kinds("base", registered_kinds()["seals_alarm"][0])

        with self.assertRaises(ValueError):
            register_kinds("accounts", Kind("seals_alarm"))

    def test_are_turned_off_by_choices_that_there_are(self):
        for kind, _template in registered_kinds().values():
            if kind.preference:
                UserProfile._meta.get_field(f"{kind.preference}_notifications")

    def test_are_the_only_way_out(self):
        found = {
            name
            for room in (*rooms.ROOMS, "config")
            for path in (ROOT / room).rglob("*.py")
            if WRITES_MAIL.search(path.read_text(encoding="utf-8").replace(JOB, ""))
            and (name := path.relative_to(ROOT).as_posix()) not in MAY_WRITE_MAIL
            and not name.startswith("config/settings/")
        }

        self.assertEqual(found, set())


class Notices(CityTestCase):
    def alarm(self, to, found="Lỗi"):
        return notify(to, "seals_alarm", {"found": found})

    def returned(self, *people):
        return notify(people, "workflow_state_rejected", {"title": "Bài", "comment": "Thiếu nguồn"})

    def test_are_plain_text_with_the_subject_in_the_first_line(self):
        self.alarm("a@example.invalid", found="«a» & <b> \"c\" 'd' 12345")

        (sent,) = mail.outbox
        self.assertEqual(sent.subject, "Báo động: đối chiếu niêm phong phát hiện lỗi")
        self.assertEqual(
            sent.body,
            "«a» & <b> \"c\" 'd' 12345\n\nHãy giữ nguyên máy chủ và các bản sao lưu, rồi làm theo tài liệu vận hành.",
        )

    def test_have_a_subject_of_one_line_whatever_a_title_holds(self):
        with mock.patch.object(notices, "get_template") as found:
            found.return_value.template.render.return_value = "Bài\r của  phường\nNội dung"
            notify(self.cast.editor, "appointment_ended", {"appointment": None, "described": ""})

        (sent,) = mail.outbox
        self.assertEqual((sent.subject, sent.body), ("Bài của phường", "Nội dung"))

    def test_go_to_each_apart_and_to_nobody_without_an_address(self):
        self.cast.deputy.email = ""

        self.assertEqual(self.returned(self.cast.editor, self.cast.deputy, self.cast.head), 2)

        self.assertEqual([sent.to for sent in mail.outbox], [[self.cast.editor.email], [self.cast.head.email]])
        self.assertIn(f"Kính gửi {self.cast.head.get_full_name()},", mail.outbox[1].body)

    def test_of_a_shared_kind_are_one_mail_to_all(self):
        self.assertEqual(self.alarm(["a@example.invalid", "b@example.invalid"]), 1)
        self.assertEqual(self.alarm([]), 0)

        self.assertEqual([sent.to for sent in mail.outbox], [["a@example.invalid", "b@example.invalid"]])

    def test_a_person_turned_off_do_not_come_nor_any_to_whom_left(self):
        UserProfile.objects.create(user=self.cast.editor, rejected_notifications=False)
        self.cast.deputy.is_active = False

        self.assertEqual(self.returned(self.cast.editor, self.cast.deputy), 0)

        self.assertEqual(mail.outbox, [])

    @override_settings(EMAIL_BACKEND="base.operations.mail.OutboxBackend")
    def test_to_a_citizen_come_once_in_the_language_asked_in_and_are_forgotten(self):
        question = a_question(self.city)
        OutgoingMail.objects.all().delete()
        context = {"question": question, "text": "Which plot?", "site": question.asked_on_site}

        for _again in range(2):
            notify(question.contact, "question_waiting", context, language="en")

        (row,) = OutgoingMail.objects.all()
        self.assertEqual((row.recipient, row.purge_when_sent), (question.contact.email, True))
        self.assertEqual(row.key, f"question-{question.pk}-waiting-{question.round}-{question.waiting_since}")
        self.assertEqual(row.subject, f"More information needed for question {question.number}")

    def test_leave_by_every_channel_that_has_an_address(self):
        send = mock.Mock()
        sms = Channel(lambda one: getattr(one, "phone", ""), send)
        contacts = [a_contact(email="", phone="0296 000 0000"), a_contact(email="a@example.invalid", phone="")]

        with mock.patch.object(notices, "CHANNELS", (*notices.CHANNELS, sms)):
            for contact in contacts:
                self.alarm(contact)

        ((notice, numbers),) = [call.args for call in send.call_args_list]
        self.assertEqual((notice.kind.name, numbers), ("seals_alarm", ["0296 000 0000"]))
        self.assertEqual([sent.to for sent in mail.outbox], [["a@example.invalid"]])
