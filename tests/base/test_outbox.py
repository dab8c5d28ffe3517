"""The outbox: nobody waits for the mail server, and every mail leaves exactly once, whatever the server does."""

import smtplib
import time
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from django.core.mail import EmailMessage, get_connection, send_mail
from django.db import transaction
from django.http import HttpResponse
from django.test import TestCase, TransactionTestCase, override_settings
from django.urls import path, reverse
from django.utils import timezone

import config.urls
from base.gate import Refused
from base.models import OutgoingMail
from base.operations import health, mail
from tests.city import CityTestCase
from tests.side_by_side import at_once
from tests.smtp import SmtpSink, closed_port

OUTBOX = override_settings(EMAIL_BACKEND="base.operations.mail.OutboxBackend")
SMTP = {
    "PORTAL_DELIVERY_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "EMAIL_HOST": "127.0.0.1",
    "EMAIL_TIMEOUT": 2,
    "EMAIL_USE_TLS": False,
    "EMAIL_USE_SSL": False,
}
State = OutgoingMail.State


def receive(request):
    """Stands for a public form: the answer goes out with a mail of thanks."""
    send_mail("Đã nhận câu hỏi", "Mã tra cứu: 12345", None, ["dan@example.invalid"])
    return HttpResponse("Đã nhận")


urlpatterns = [path("gui/", receive), *config.urls.urlpatterns]


def tell(*recipients: str, subject="Thông báo", key="", purge=False, **more) -> None:
    headers = {mail.KEY_HEADER: key} if key else {}
    if purge:
        headers[mail.PURGE_HEADER] = "yes"
    EmailMessage(subject, "Nội dung riêng", None, list(recipients), headers=headers, **more).send()


def server(port: int):
    return override_settings(EMAIL_PORT=port, **SMTP)


def states() -> list[str]:
    return list(OutgoingMail.objects.order_by("pk").values_list("state", flat=True))


@OUTBOX
class WritingTests(TestCase):
    def test_a_mail_is_a_row_and_nothing_is_sent(self):
        with mock.patch("smtplib.SMTP", side_effect=AssertionError("a server was asked")):
            tell("a@example.invalid")

        row = OutgoingMail.objects.get()
        self.assertEqual((row.state, row.recipient, row.subject), ("queued", "a@example.invalid", "Thông báo"))
        self.assertIn(b"Message-ID: <", bytes(row.message))

    def test_each_recipient_has_a_row_of_the_same_mail(self):
        tell("a@example.invalid", "b@example.invalid", cc=["c@example.invalid"], bcc=["d@example.invalid"])

        rows = OutgoingMail.objects.order_by("pk")
        self.assertEqual([row.recipient[0] for row in rows], ["a", "b", "c", "d"])
        self.assertEqual(len({row.message_id for row in rows}), 1)
        self.assertNotIn(b"d@example.invalid", bytes(rows[0].message))

    def test_what_is_rolled_back_tells_nobody(self):
        with self.assertRaises(ValueError), transaction.atomic():
            tell("a@example.invalid")
            raise ValueError

        self.assertEqual(states(), [])

    def test_a_key_tells_each_recipient_once(self):
        for _ in range(3):
            tell("a@example.invalid", key="han-chot:7")
        tell("b@example.invalid", key="han-chot:7")
        tell("a@example.invalid", key="han-chot:8")

        self.assertEqual(len(states()), 3)
        self.assertNotIn(b"Portal-Once", b"".join(bytes(row.message) for row in OutgoingMail.objects.all()))

    def test_without_a_key_two_mails_are_two(self):
        tell("a@example.invalid")
        tell("a@example.invalid")

        self.assertEqual(len(states()), 2)

    def test_a_mail_to_nobody_is_no_mail(self):
        self.assertEqual(get_connection().send_messages([EmailMessage("a", "b", None, [])]), 0)


@OUTBOX
class DeliveryTests(TestCase):
    def deliver(self, *, after=timedelta(0)) -> int:
        return mail.deliver_due(on=timezone.now() + after)

    def test_a_mail_to_be_forgotten_leaves_nothing_of_whom_it_went_to_and_is_not_sent_again(self):
        with SmtpSink() as sink, server(sink.port):
            tell("dan@example.invalid", key="cau-hoi-7", purge=True)
            self.deliver()
            tell("dan@example.invalid", key="cau-hoi-7", purge=True)
            self.deliver()

        row = OutgoingMail.objects.get()
        ((recipient, data),) = sink.received
        self.assertEqual(recipient, "dan@example.invalid")
        self.assertNotIn(b"Portal-Forget", data)
        self.assertEqual((row.state, row.recipient, row.subject, bytes(row.message)), ("sent", "", "", b""))

    def test_a_mail_to_be_forgotten_is_kept_whole_until_it_has_left(self):
        tell("dan@example.invalid", key="cau-hoi-7", purge=True)
        with server(closed_port()):
            self.deliver()
        waiting = OutgoingMail.objects.get()
        self.assertEqual((waiting.state, waiting.recipient), ("queued", "dan@example.invalid"))

        with SmtpSink() as sink, server(sink.port):
            self.deliver(after=timedelta(minutes=5))

        self.assertEqual(len(sink.received), 1)
        self.assertEqual(OutgoingMail.objects.get().recipient, "")

    def test_a_due_mail_leaves_as_it_was_written(self):
        tell("a@example.invalid", subject="Tiếng Việt có dấu")
        stored = bytes(OutgoingMail.objects.get().message)

        with SmtpSink() as sink, server(sink.port):
            self.assertEqual(self.deliver(), 1)

        ((recipient, data),) = sink.received
        self.assertEqual((recipient, data.replace(b"\r\n", b"\n").strip()), ("a@example.invalid", stored.strip()))
        row = OutgoingMail.objects.get()
        self.assertEqual((row.state, row.attempts), ("sent", 1))
        self.assertIsNotNone(row.sent_at)

    def test_each_recipient_gets_it_once_and_hidden_ones_stay_hidden(self):
        tell("a@example.invalid", bcc=["b@example.invalid"])

        with SmtpSink() as sink, server(sink.port):
            self.deliver()
            self.deliver()

        self.assertEqual(
            sorted(recipient for recipient, _ in sink.received), ["a@example.invalid", "b@example.invalid"]
        )
        self.assertFalse(any(b"b@example.invalid" in data for _, data in sink.received))

    def test_whatever_the_server_does_each_mail_arrives_once_after_it_recovers(self):
        for trouble in ("closed", "refuse", "slow", "hang"):
            with self.subTest(trouble=trouble):
                OutgoingMail.objects.all().delete()
                for number in range(3):
                    tell(f"{number}@example.invalid")
                with SmtpSink(trouble) as sink:
                    with (
                        server(closed_port() if trouble == "closed" else sink.port),
                        override_settings(EMAIL_TIMEOUT=0.4),
                    ):
                        self.deliver()
                        self.assertEqual(sink.received, [])
                        self.assertEqual(set(states()), {"queued"})
                    sink.mode = "ok"
                    with server(sink.port):
                        self.deliver(after=timedelta(minutes=2))
                        self.deliver(after=timedelta(minutes=3))

                arrived = sorted(recipient for recipient, _ in sink.received)
                self.assertEqual(arrived, ["0@example.invalid", "1@example.invalid", "2@example.invalid"])
                self.assertEqual(set(states()), {"sent"})

    def test_a_server_that_is_away_is_asked_once_a_round(self):
        for number in range(20):
            tell(f"{number}@example.invalid")

        with SmtpSink("hang") as sink, server(sink.port), override_settings(EMAIL_TIMEOUT=0.3):
            began = time.monotonic()
            self.deliver()
            took = time.monotonic() - began
            self.assertEqual(self.deliver(after=timedelta(seconds=5)), 0)

        self.assertLess(took, 2)

    def test_a_mail_that_is_always_refused_holds_up_no_other(self):
        tell("xau@example.invalid")
        with SmtpSink("refuse") as sink, server(sink.port):
            self.deliver()
        tell("tot@example.invalid")

        with SmtpSink() as sink, server(sink.port), mock.patch.object(mail, "ROUND_SECONDS", 0.001):
            self.deliver(after=timedelta(minutes=1))

        self.assertEqual([recipient for recipient, _ in sink.received][:1], ["tot@example.invalid"])

    def test_refusals_are_tried_again_later_each_time(self):
        tell("a@example.invalid")
        waits, moment = [], timezone.now()
        with SmtpSink("refuse") as sink, server(sink.port):
            for _ in range(9):
                mail.deliver_due(on=moment)
                row = OutgoingMail.objects.get()
                waits.append((row.not_before - moment).total_seconds())
                moment = row.not_before

        self.assertEqual(waits, [30, 60, 120, 240, 480, 960, 1920, 3600, 3600])

    def test_after_a_day_of_trying_it_is_given_up_and_health_says_so(self):
        tell("a@example.invalid")
        self.assertEqual(health.check_mail().state, health.OK)

        with SmtpSink("refuse") as sink, server(sink.port):
            self.deliver()
            self.deliver(after=timedelta(hours=25))

        self.assertEqual(states(), ["dead"])
        self.assertEqual(health.check_mail().state, health.WARNING)

    def test_a_server_that_is_away_for_a_day_is_given_up_as_well(self):
        tell("a@example.invalid")

        with server(closed_port()):
            self.deliver()
            self.deliver(after=timedelta(hours=25))

        self.assertEqual(states(), ["dead"])

    def test_what_lay_for_days_while_nothing_ran_is_tried_before_it_is_given_up(self):
        for fault in (lambda: server(closed_port()), lambda: server(self.enterContext(SmtpSink("refuse")).port)):
            with self.subTest(fault), fault():
                OutgoingMail.objects.all().delete()
                tell("a@example.invalid")

                self.deliver(after=timedelta(days=3))
                self.assertEqual(states(), ["queued"])

                self.deliver(after=timedelta(days=3, hours=23))
                self.assertEqual(states(), ["queued"])
                self.deliver(after=timedelta(days=4, hours=1))
                self.assertEqual(states(), ["dead"])

    def test_health_says_when_mail_waits_too_long(self):
        tell("a@example.invalid")
        OutgoingMail.objects.update(trying_since=timezone.now() - timedelta(minutes=20))

        self.assertEqual(health.check_mail().state, health.WARNING)

    def test_what_a_killed_runner_had_claimed_is_sent_again_under_the_same_number(self):
        tell("a@example.invalid")
        now = timezone.now()
        self.assertIsNotNone(mail._claim(now))

        with SmtpSink() as sink, server(sink.port):
            self.assertEqual(mail.deliver_due(on=now + timedelta(seconds=60)), 0)
            self.assertEqual(mail.deliver_due(on=now + timedelta(seconds=121)), 1)

        self.assertEqual(message_from_bytes(sink.received[0][1])["Message-ID"], OutgoingMail.objects.get().message_id)

    def test_a_server_that_takes_the_mail_and_dies_gets_it_again_under_the_same_number(self):
        tell("a@example.invalid")

        with SmtpSink("cut") as sink, server(sink.port):
            self.deliver()
            sink.mode = "ok"
            self.deliver(after=timedelta(minutes=1))

        self.assertEqual(len({message_from_bytes(data)["Message-ID"] for _, data in sink.received}), 1)
        self.assertEqual(states(), ["sent"])

    def test_no_log_line_and_no_stored_error_names_an_address_or_a_text(self):
        with self.assertLogs("base.operations.mail", "WARNING") as logs:
            tell("rieng-tu@example.invalid", subject="Đơn của ông A")
            with SmtpSink("refuse") as sink, server(sink.port):
                self.deliver(after=timedelta(hours=25))
            with server(closed_port()):
                tell("rieng-tu@example.invalid")
                self.deliver()

        told = "\n".join(logs.output) + "".join(OutgoingMail.objects.values_list("last_error", flat=True))
        self.assertIn("550", told)
        self.assertNotIn("rieng-tu", told)
        self.assertNotIn("Đơn của ông", told)

    def test_an_error_of_the_backend_itself_is_the_mails(self):
        error = smtplib.SMTPRecipientsRefused({"a@example.invalid": (550, b"no a@example.invalid")})

        self.assertEqual(mail.described(error), "máy chủ trả lời 550 no …")
        self.assertFalse(mail._is_the_servers(error))
        self.assertTrue(mail._is_the_servers(smtplib.SMTPServerDisconnected("x")))
        self.assertTrue(mail._is_the_servers(smtplib.SMTPDataError(421, b"closing")))
        self.assertTrue(mail._is_the_servers(TimeoutError()))

    def test_the_demo_writes_files(self):
        folder = Path(self.enterContext(TemporaryDirectory()))
        backend = "django.core.mail.backends.filebased.EmailBackend"
        tell("a@example.invalid")

        with self.settings(PORTAL_DELIVERY_BACKEND=backend, EMAIL_FILE_PATH=folder):
            self.assertEqual(self.deliver(), 1)

        self.assertEqual([b"To: a@example.invalid" in file.read_bytes() for file in folder.iterdir()], [True])

    def test_sent_mails_are_emptied_after_thirty_days(self):
        tell("a@example.invalid", key="k")
        tell("b@example.invalid")
        with SmtpSink() as sink, server(sink.port):
            self.deliver()
        tell("c@example.invalid")
        now = timezone.now()
        self.assertEqual(mail.purge(on=now + timedelta(days=29)), 0)

        self.assertEqual(mail.purge(on=now + timedelta(days=31)), 2)

        sent, waiting = OutgoingMail.objects.filter(state="sent"), OutgoingMail.objects.get(state="queued")
        self.assertEqual({(row.recipient, row.subject, bytes(row.message)) for row in sent}, {("", "", b"")})
        self.assertEqual(waiting.recipient, "c@example.invalid")
        self.assertEqual(mail.purge(on=now + timedelta(days=31)), 0)

    def test_rows_of_what_left_go_after_a_year_and_what_was_never_sent_stays(self):
        tell("a@example.invalid")
        with SmtpSink() as sink, server(sink.port):
            self.deliver()
        tell("b@example.invalid")
        now = timezone.now()
        mail.purge(on=now + timedelta(days=31))
        mail.purge(on=now + timedelta(days=364))
        self.assertEqual(len(states()), 2)

        mail.purge(on=now + timedelta(days=366))

        self.assertEqual(states(), ["queued"])


@OUTBOX
@override_settings(ROOT_URLCONF=__name__)
class CitizenTests(TestCase):
    def test_the_answer_comes_at_once_whatever_the_mail_server_does(self):
        for trouble in ("refuse", "slow", "hang"):
            with self.subTest(trouble=trouble), SmtpSink(trouble) as sink, server(sink.port):
                began = time.monotonic()

                answer = self.client.get("/gui/")

                self.assertEqual((answer.status_code, answer.content.decode()), (200, "Đã nhận"))
                self.assertLess(time.monotonic() - began, 1)
        with server(closed_port()):
            self.assertEqual(self.client.get("/gui/").status_code, 200)


@OUTBOX
class RunnersTests(TransactionTestCase):
    def test_two_runners_never_claim_one_mail(self):
        tell("a@example.invalid", "b@example.invalid")
        now = timezone.now()

        claimed = [mail._claim(now), mail._claim(now), mail._claim(now)]

        self.assertEqual([row and row.recipient[0] for row in claimed], ["a", "b", None])

    def test_runners_side_by_side_send_each_mail_once(self):
        for number in range(24):
            tell(f"{number}@example.invalid")
        now = timezone.now()

        with SmtpSink() as sink, server(sink.port):
            at_once([lambda: mail.deliver_due(on=now)] * 4)

        arrived = sorted(recipient for recipient, _ in sink.received)
        self.assertEqual(arrived, sorted(f"{number}@example.invalid" for number in range(24)))
        self.assertEqual(set(states()), {"sent"})


@OUTBOX
class ScreenTests(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        tell("rieng-tu@example.invalid", subject="Đơn riêng")
        OutgoingMail.objects.update(state=State.DEAD, attempts=30, last_error="máy chủ trả lời 550")
        cls.mail = OutgoingMail.objects.get()
        cls.retry = reverse("base_mail_retry", args=[cls.mail.pk])

    def post(self, name):
        return self.client.post(reverse(name, args=[self.mail.pk]), follow=True)

    def test_the_technical_administrator_sees_what_did_not_leave_but_no_address_and_no_text(self):
        self.client.force_login(self.cast.technical_admin)

        answer = self.client.get(reverse("base_mail"))

        self.assertContains(answer, "máy chủ trả lời 550")
        self.assertContains(answer, "r…@example.invalid")
        self.assertNotContains(answer, "rieng-tu")
        self.assertNotContains(answer, "Đơn riêng")

    def test_a_mail_is_tried_again_on_request(self):
        self.client.force_login(self.cast.technical_admin)

        self.post("base_mail_retry")

        row = OutgoingMail.objects.get()
        self.assertEqual(row.state, "queued")
        with SmtpSink() as sink, server(sink.port):
            self.assertEqual(mail.deliver_due(on=timezone.now()), 1)

    def test_a_mail_that_need_not_leave_is_let_be(self):
        self.client.force_login(self.cast.technical_admin)

        self.post("base_mail_dismiss")

        self.assertEqual((states(), health.check_mail().state), (["dead"], health.OK))

    def test_a_mail_that_left_is_not_sent_twice_on_request(self):
        OutgoingMail.objects.update(state=State.SENT)

        with self.assertRaises(Refused):
            mail.retry(self.mail, by=self.cast.technical_admin)

    def test_nobody_else_meets_the_screen(self):
        for who in (self.cast.contributor, self.cast.editor, self.cast.head, self.cast.accountant):
            with self.subTest(who=who.username):
                self.client.force_login(who)
                for answer in (self.client.get(reverse("base_mail")), self.client.post(self.retry)):
                    self.assertRedirects(answer, reverse("wagtailadmin_home"), fetch_redirect_response=False)
        with self.assertRaises(Refused):
            mail.retry(self.mail, by=self.cast.head)
        self.assertEqual(states(), ["dead"])
