"""A file chosen in a form of the administration survives an error in another field."""

import html
import re
from datetime import timedelta

import time_machine
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import AppointmentDecision
from base.files import chosen
from base.models import ChosenFile
from faq.models import QuestionFile
from home.jobs import JOBS
from tests.accounts.decisions import BODY, NOW, WithDecisions
from tests.city import CityClient
from tests.files import clamd
from tests.files.battery import EICAR
from tests.files.samples import minimal_pdf

PDF, OTHER_PDF = minimal_pdf(), minimal_pdf() + b"% khac\n"
KEPT = "Đã giữ tệp «quyet-dinh.pdf»"


def file(name="quyet-dinh.pdf", data=PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, "application/pdf")


def tickets(response, name: str = "file-tep-giu") -> list[str]:
    """What the form that came back carries for its files."""
    return re.findall(rf'name="{name}" value="([^"]+)"', html.unescape(response.content.decode()))


class DecisionForms(WithDecisions):
    """The form in which the technical admin records a decision with its scan."""

    client_class = CityClient

    def setUp(self):
        super().setUp()
        self.client.force_login(self.admin)
        self.address = reverse("accounts_record")
        self.typed = {
            "number": "60/QĐ-UBND",
            "signed_on": "20/02/2026",
            "issuing_body": BODY,
            "title": "Về phân công",
            "kind": "appoint",
            "form-TOTAL_FORMS": "1",
            "form-INITIAL_FORMS": "0",
            "form-MIN_NUM_FORMS": "0",
            "form-MAX_NUM_FORMS": "40",
            "form-0-person": self.newcomer.pk,
            "form-0-role": "contributor",
            "form-0-site": self.city.my_long.pk,
            "form-0-valid_from": "02/03/2026",
        }

    def send(self, client=None, **fields):
        return (client or self.client).post(self.address, self.typed | fields)

    def kept(self, **fields) -> str:
        """Send the form with an error and a file; return the ticket it comes back with."""
        return tickets(self.send(**{"title": "", "file": file(), **fields}))[0]

    def scan(self) -> bytes:
        with AppointmentDecision.objects.get(number="60/QĐ-UBND").file.file.open("rb") as content:
            return content.read()


class AScan(DecisionForms):
    def test_is_kept_when_another_field_is_wrong_and_recorded_when_the_form_is_sent_again(self):
        answer = self.send(title="", file=file())
        self.assertContains(answer, KEPT)
        self.assertContains(answer, "Bỏ tệp này")

        self.send(**{"file-tep-giu": tickets(answer)[0]})

        self.assertEqual(self.scan(), PDF)

    def test_is_kept_when_the_verb_refuses_after_the_form_had_nothing_to_say(self):
        answer = self.send(file=file(), **{"form-0-role": "head"})
        self.assertContains(answer, KEPT)

        self.send(**{"file-tep-giu": tickets(answer)[0]})

        self.assertEqual(self.scan(), PDF)

    def test_is_kept_when_somebody_asks_for_one_more_row(self):
        answer = self.send(file=file(), title="", add_row="1")

        self.assertContains(answer, KEPT)
        self.assertNotContains(answer, "error-message")

    def test_stays_kept_through_one_error_after_another(self):
        ticket = self.kept()
        for _ in range(2):
            [ticket] = tickets(self.send(title="", **{"file-tep-giu": ticket}))

        self.send(**{"file-tep-giu": ticket})

        self.assertEqual(self.scan(), PDF)
        self.assertEqual(ChosenFile.objects.count(), 1)

    def test_is_taken_out_by_its_box(self):
        ticket = self.kept()

        answer = self.send(title="", **{"file-tep-giu": ticket, "file-tep-bo": ticket})
        self.assertNotContains(answer, "Đã giữ tệp")
        self.send(**{"file-tep-giu": ticket, "file-tep-bo": ticket})

        self.assertIsNone(AppointmentDecision.objects.get(number="60/QĐ-UBND").file)

    def test_gives_way_to_another_one(self):
        ticket = self.kept()

        answer = self.send(title="", file=file("khac.pdf", OTHER_PDF), **{"file-tep-giu": ticket})
        self.assertContains(answer, "Đã giữ tệp «khac.pdf»")
        self.assertEqual(ChosenFile.objects.count(), 1)
        self.send(**{"file-tep-giu": tickets(answer)[0]})

        self.assertEqual(self.scan(), OTHER_PDF)

    def test_stays_when_the_one_that_was_to_take_its_place_is_refused(self):
        ticket = self.kept()

        answer = self.send(file=file("hong.pdf", b"<html>"), **{"file-tep-giu": ticket})

        self.assertContains(answer, KEPT)
        self.assertNotContains(answer, "Đã giữ tệp «hong.pdf»")
        self.assertFalse(AppointmentDecision.objects.filter(number="60/QĐ-UBND").exists())

    def test_that_its_own_check_refused_is_not_kept_and_that_is_said(self):
        answer = self.send(title="", file=file("quyet-dinh.pdf", b"<html>"))

        self.assertNotContains(answer, "Đã giữ tệp")
        self.assertContains(answer, "không phải là «.pdf»")
        self.assertEqual(ChosenFile.objects.count(), 0)

    def test_with_a_virus_is_not_kept(self):
        with clamd.running() as scanner, override_settings(PORTAL_CLAMAV=scanner.address):
            answer = self.send(title="", file=file("quyet-dinh.pdf", PDF + b"% " + EICAR))

            self.assertContains(answer, "mã độc")
            self.assertEqual(ChosenFile.objects.count(), 0)
            self.assertContains(self.send(title="", file=file()), KEPT)

    def test_stays_kept_while_the_scanner_is_away(self):
        ticket = self.kept()
        with override_settings(PORTAL_CLAMAV="127.0.0.1:1"):
            answer = self.send(**{"file-tep-giu": ticket})
        self.assertContains(answer, KEPT)

        self.send(**{"file-tep-giu": tickets(answer)[0]})

        self.assertEqual(self.scan(), PDF)

    def test_may_be_sent_twice_by_a_double_click(self):
        key = {"portal_submission": "mot-lan", "file-tep-giu": self.kept()}

        first, second = self.send(**key), self.send(**key)

        self.assertEqual((first.status_code, second.status_code), (302, 302))
        self.assertEqual(first["Location"], second["Location"])


class ATicket(DecisionForms):
    def test_of_another_person_gives_nothing_and_nothing_is_written_without_the_file(self):
        ticket = self.kept()
        other = CityClient()
        other.force_login(self.other_admin)

        answer = self.send(other, **{"file-tep-giu": ticket})

        self.assertContains(answer, chosen.NOT_YOURS)
        self.assertNotContains(answer, "quyet-dinh.pdf")
        self.assertFalse(AppointmentDecision.objects.filter(number="60/QĐ-UBND").exists())
        self.assertEqual(ChosenFile.objects.count(), 1)

    def test_of_another_form_and_one_that_was_made_up_give_nothing(self):
        row = self.of(self.cast.contributor)
        ending = {name: self.typed[name] for name in ("number", "signed_on", "issuing_body", "title")}
        for ticket in (self.kept(), "WzEsMSwieCIsImEiXQ:1tXyZ:abc", str(ChosenFile.objects.get().pk)):
            answer = self.client.post(
                reverse("accounts_revoke", args=[row.pk]),
                {**ending, "kind": "end", "reason": "Chuyển công tác", "file-tep-giu": ticket},
            )

            self.assertContains(answer, chosen.NOT_YOURS)
        self.assertFalse(AppointmentDecision.objects.filter(number="60/QĐ-UBND").exists())

    def test_that_is_too_old_is_an_error_that_names_the_file(self):
        ticket = self.kept()

        with time_machine.travel(NOW + timedelta(hours=chosen.RETENTION_HOURS, minutes=1), tick=False):
            self.client.force_login(self.admin)
            answer = self.send(**{"file-tep-giu": ticket})
            self.assertContains(answer, "Tệp «quyet-dinh.pdf» không còn được giữ")
            self.assertFalse(AppointmentDecision.objects.filter(number="60/QĐ-UBND").exists())
            # Asked, the person may say that there is none.
            self.send()

        self.assertIsNone(AppointmentDecision.objects.get(number="60/QĐ-UBND").file)

    def test_serves_the_person_after_signing_in_again(self):
        ticket = self.kept()
        self.client.logout()
        self.client.force_login(self.admin)

        self.send(**{"file-tep-giu": ticket})

        self.assertEqual(self.scan(), PDF)


class WhatIsKept(DecisionForms):
    def purge(self, **later) -> int:
        job = next(job for job in JOBS if job.name == "purge_chosen_files")
        before = ChosenFile.objects.count()
        with self.captureOnCommitCallbacks(execute=True):
            job.run(timezone.now() + timedelta(**later))
        return before - ChosenFile.objects.count()

    def test_goes_a_quarter_of_an_hour_after_it_was_sent_with_its_content(self):
        ticket = self.kept()
        self.send(**{"file-tep-giu": ticket})
        place = ChosenFile.objects.get().file.name

        self.assertEqual(self.purge(minutes=14), 0)
        self.assertEqual(self.purge(minutes=16), 1)
        self.assertFalse(default_storage.exists(place))
        self.assertEqual(self.scan(), PDF)

    def test_goes_after_hours_when_nobody_sent_it(self):
        self.kept()

        self.assertEqual(self.purge(hours=chosen.RETENTION_HOURS, minutes=-1), 0)
        self.assertEqual(self.purge(hours=chosen.RETENTION_HOURS, minutes=1), 1)

    def test_has_a_bound_for_each_person_and_what_is_above_it_is_named(self):
        ChosenFile.objects.create(
            person=self.admin, name="lon.zip", size=chosen.MOST_OF_PERSON, stored_at=NOW, file="a/lon.zip"
        )

        answer = self.send(title="", file=file())

        self.assertContains(answer, "Tệp «quyet-dinh.pdf» chưa giữ được")
        self.assertEqual(ChosenFile.objects.count(), 1)


class SeveralFiles(WithDecisions):
    """The form in which a question from the counter is entered with what came along."""

    client_class = CityClient

    def setUp(self):
        super().setUp()
        self.client.force_login(self.cast.standing_office)
        self.typed = {
            "site": self.city.site.pk,
            "channel": "phone",
            "received_on": "02/03/2026 08:30",
            "phone": "0987 654 321",
            "consent": "on",
            "title": "Hỏi về cấp lại giấy",
            "text": "Cần nộp những giấy tờ gì, ở đâu?",
        }

    def send(self, **fields):
        return self.client.post(reverse("faq_enter"), self.typed | fields)

    def test_are_kept_together_but_for_those_that_are_refused(self):
        answer = self.send(title="", files=[file("don.pdf"), file("hong.pdf", b"<html>")])
        self.assertContains(answer, "Đã giữ tệp «don.pdf»")
        self.assertNotContains(answer, "Đã giữ tệp «hong.pdf»")
        self.assertContains(answer, "«hong.pdf»")

        kept = {"files-tep-giu": tickets(answer, "files-tep-giu")}
        answer = self.send(title="", files=[file("them.pdf", OTHER_PDF)], **kept)
        kept = tickets(answer, "files-tep-giu")
        self.assertEqual(len(kept), 2)
        self.send(**{"files-tep-giu": kept})

        self.assertEqual(set(QuestionFile.objects.values_list("name", flat=True)), {"don.pdf", "them.pdf"})


class AScanAddedLater(DecisionForms):
    def test_completes_a_decision_that_was_recorded_without_one(self):
        decision = self.decision(number="61/QĐ-UBND")
        address = reverse("accounts_decision_add_scan", args=[decision.pk])
        self.assertContains(self.client.get(reverse("accounts_decision", args=[decision.pk])), address)
        stamp = tickets(self.client.get(address), "portal_seen")

        self.client.post(address, {"file": file(), "portal_seen": stamp})

        decision.refresh_from_db()
        self.assertEqual(decision.file.file.read(), PDF)
        self.assertContains(self.client.get(address), "bản chụp đã ghi không thay")

    def test_is_not_for_those_who_only_look(self):
        decision = self.decision(number="61/QĐ-UBND")
        self.client.force_login(self.cast.head)

        self.assertNotEqual(self.client.get(reverse("accounts_decision_add_scan", args=[decision.pk])).status_code, 200)
        self.client.post(reverse("accounts_decision_add_scan", args=[decision.pk]), {"file": file()})

        decision.refresh_from_db()
        self.assertIsNone(decision.file)
