"""A form sent twice has one effect, however it came to be sent twice."""

import re
from datetime import date, timedelta

import time_machine
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory, TestCase, TransactionTestCase
from django.urls import reverse
from django.utils import timezone

from base.models import Submission
from base.operations import idempotency
from legalref import seeding
from legalref.models import BookEntry, DocumentType, Family
from legalref.numbers import numbering
from tests.city import CityTestCase
from tests.side_by_side import at_once


def sent(key="k1", **typed):
    """A request with a form, as it arrives."""
    return RequestFactory().post("/hoi/", {idempotency.FIELD: key, **typed})


def key_on(answer) -> str:
    """The key of the form on a page."""
    return re.search(rf'name="{idempotency.FIELD}" value="([\w-]+)"', answer.content.decode())[1]


def ask(request, purpose="hoi"):
    """Stands for a verb that makes one row and gives a receipt."""

    def call():
        made = Group.objects.create(name=f"Hỏi {Group.objects.count()} {timezone.now().timestamp()}")
        return f"R{made.pk}"

    return idempotency.once(request, purpose, call)


class Once(TestCase):
    def test_the_second_sending_gets_the_first_receipt(self):
        first, second = ask(sent(text="Xin hỏi")), ask(sent(text="Xin hỏi"))

        self.assertEqual((first.is_repeat, second.is_repeat), (False, True))
        self.assertEqual(first.text, second.text)
        self.assertEqual(Group.objects.filter(name__startswith="Hỏi").count(), 1)

    def test_a_form_drawn_anew_other_content_another_file_and_another_form_are_other_sendings(self):
        def file(content):
            return SimpleUploadedFile("a.pdf", content)

        requests = [
            (sent("k1", text="a"), "hoi"),
            (sent("k2", text="a"), "hoi"),
            (sent("k1", text="b"), "hoi"),
            (sent("k1", text="a"), "gop-y"),
            (sent("k1", text="a", tep=file(b"1")), "hoi"),
            (sent("k1", text="a", tep=file(b"2")), "hoi"),
        ]

        self.assertEqual([ask(*pair).is_repeat for pair in requests], [False] * 6)
        self.assertTrue(ask(sent("k1", text="a", tep=file(b"2"))).is_repeat)

    def test_fields_that_nobody_typed_may_differ(self):
        def send(proof):
            return idempotency.once(sent(text="a", proof=proof), "hoi", lambda: f"R{proof}", but=["proof"])

        self.assertEqual([send("1").text, send("2").text], ["R1", "R1"])

    def test_a_file_can_still_be_read_afterwards(self):
        request = sent(tep=SimpleUploadedFile("a.pdf", b"%PDF"))

        idempotency.content_of(request)

        self.assertEqual(request.FILES["tep"].read(), b"%PDF")

    def test_without_a_key_each_sending_counts(self):
        self.assertFalse(ask(sent("")).is_repeat)
        self.assertFalse(ask(sent("")).is_repeat)
        self.assertFalse(Submission.objects.exists())

    def test_what_failed_may_be_sent_again(self):
        def failing():
            raise ValidationError("x")

        with self.assertRaises(ValidationError):
            idempotency.once(sent(text="a"), "hoi", failing)

        self.assertFalse(ask(sent(text="a")).is_repeat)

    def test_nothing_that_was_typed_is_kept(self):
        ask(sent(text="0912 345 678"))

        row = Submission.objects.values().get()
        self.assertNotIn("0912", str(row))

    def test_old_rows_go(self):
        ask(sent())
        with time_machine.travel(timezone.now() + timedelta(days=8)):
            self.assertEqual(idempotency.purge(), 1)
            self.assertEqual(idempotency.purge(), 0)


class FiveAtOnce(TransactionTestCase):
    def test_five_at_the_same_moment_have_one_effect_and_one_receipt(self):
        results = at_once([lambda: ask(sent(text="Xin hỏi"))] * 5)

        self.assertEqual(Group.objects.filter(name__startswith="Hỏi").count(), 1, results)
        self.assertEqual(len({result.text for result in results}), 1, results)
        self.assertEqual(sum(result.is_repeat for result in results), 4)

    def test_when_the_first_fails_the_next_of_those_that_waited_is_carried_out(self):
        tries = []

        def call():
            tries.append(1)
            if len(tries) == 1:
                raise ValueError("broken line")
            return "R1"

        results = at_once([lambda: idempotency.once(sent(text="a"), "hoi", call)] * 5)

        self.assertEqual(sum(isinstance(result, ValueError) for result in results), 1, results)
        outcomes = [result for result in results if not isinstance(result, ValueError)]
        self.assertEqual([sum(o.is_repeat for o in outcomes), len(tries)], [3, 2], results)


@time_machine.travel("2026-03-10 09:00:00+07:00", tick=False)
class OnTheScreen(CityTestCase):
    """Screens of verbs carry a key: a double click takes one number."""

    def setUp(self):
        seeding.seed_types()
        self.kind = DocumentType.objects.get(name="Quyết định")
        self.clerk = self.cast.standing_office
        book = numbering.open_book(
            by=self.clerk,
            on=date(2026, 3, 10),
            site=self.city.site,
            family=Family.LEGAL,
            types=[self.kind],
            issuer=seeding.seed_issuers()["ubnd-thanh-pho-long-xuyen"],
            year=2026,
        )
        self.address = reverse("legalref_take_number", args=[book.pk])
        self.client.force_login(self.clerk)

    def drawn(self):
        key = key_on(self.client.get(self.address))
        return {
            idempotency.FIELD: key,
            "document_type": self.kind.pk,
            "subject": "Về việc A",
            "on": "10/03/2026",
        }

    def test_a_double_click_takes_one_number_and_leads_to_the_same_place(self):
        data = self.drawn()

        first, second = (self.client.post(self.address, data) for _ in range(2))

        self.assertEqual(BookEntry.objects.count(), 1)
        self.assertEqual(first["Location"], second["Location"])
        self.assertContains(self.client.get(second["Location"]), "việc chỉ thực hiện một lần")

    def test_a_form_drawn_anew_takes_the_next_number(self):
        for _ in range(2):
            self.client.post(self.address, self.drawn())

        self.assertEqual(BookEntry.objects.count(), 2)

    def test_a_form_with_a_mistake_keeps_its_key_and_is_carried_out_once_mended(self):
        data = self.drawn()
        wrong = self.client.post(self.address, {**data, "subject": ""})

        self.assertEqual(key_on(wrong), data[idempotency.FIELD])
        for _ in range(2):
            self.client.post(self.address, data)
        self.assertEqual(BookEntry.objects.count(), 1)

    def test_another_persons_form_with_the_same_key_is_his_own(self):
        data = self.drawn()
        self.client.post(self.address, data)
        self.client.force_login(self.cast.editor)

        self.client.post(self.address, data)

        self.assertEqual(BookEntry.objects.count(), 2)
