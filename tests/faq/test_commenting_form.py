"""The public form of a comment, its receipt and its tracking page; the screens of those who look at comments."""

import re
from datetime import date, datetime
from unittest import mock
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import time_machine
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from base.models import AuditEntry
from base.operations import idempotency, proof
from base.operations.throttle import RATES, Buckets, Rate
from faq.commenting import answers, deciding, receiving
from faq.models import CommentFile, ConsultationComment
from tests import factories
from tests.city import CityTestCase, publish
from tests.faq.cast import a_contact
from tests.files.samples import minimal_pdf

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = datetime(2026, 9, 7, 9, tzinfo=VIETNAM)
TEXT = "Nên giữ vỉa hè rộng hai mét cho người đi bộ."


def in_september(hour, minute, day=30, month=9):
    return datetime(2026, month, day, hour, minute, tzinfo=VIETNAM)


class WithDraft(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        with time_machine.travel(datetime(2026, 9, 1, 9, tzinfo=VIETNAM), tick=False):
            section = cls.city.section(cls.city.my_long, "gop-y")
            page = factories.consultation(
                section, by=cls.cast.contributor, opens_on=date(2026, 9, 1), closes_on=date(2026, 9, 30)
            )
            cls.page = publish(page, by=cls.cast.contributor)
        cls.address = urlsplit(f"{cls.page.full_url}gop-y/")

    def setUp(self):
        self.clock = time_machine.travel(DAY, tick=False)
        self.clock.start()
        self.addCleanup(lambda: self.clock.stop())

    def at(self, moment):
        self.clock.stop()
        self.clock = time_machine.travel(moment, tick=False)
        self.clock.start()

    def form(self, end=""):
        return self.client.get(f"{self.address.path}{end}", headers={"host": self.address.netloc})

    def send(self, data, end=""):
        return self.client.post(f"{self.address.path}{end}", data, headers={"host": self.address.netloc})

    def typed(self, step="send", **fields):
        """What a person sends who drew the form a minute ago."""
        stamp = proof.new_stamp(datetime.now(VIETNAM))
        return {
            "step": step,
            "text": TEXT,
            "sender": "person",
            "email": "gop-y-mau@example.invalid",
            "consent": "on",
            "consent_version": answers.consent_version(self.page),
            "stamp": stamp,
            "proof": proof.solve(stamp),
            idempotency.FIELD: idempotency.new_key(),
            **fields,
        }


class TheForm(WithDraft):
    def test_is_offered_on_the_page_while_the_window_is_open_only(self):
        address = urlsplit(self.page.full_url)
        for moment, is_offered in ((DAY, True), (in_september(9, 0, 1, 10), False)):
            with self.subTest(moment=moment):
                self.at(moment)
                page = self.client.get(address.path, headers={"host": address.netloc}).content.decode()
                self.assertEqual(f'href="{address.path}gop-y/"' in page, is_offered)

    def test_asks_for_an_unticked_consent_and_is_kept_by_no_cache(self):
        response = self.form()

        page = response.content.decode()
        self.assertEqual(response.headers["Cache-Control"], "no-store")
        self.assertIn('name="consent"', page)
        self.assertNotIn("checked", page.split('name="consent"')[1].split(">")[0])
        self.assertIn("Đến hết ngày 30/09/2026".lower(), page.lower())

    def test_goes_by_a_preview_to_a_receipt_with_number_and_secret(self):
        preview = self.send(self.typed("preview", part="Điều 3"))
        receipt = self.send(self.typed("send", part="Điều 3", sender="organisation", name="Hội mẫu"))

        self.assertContains(preview, "Ý kiến chưa được gửi")
        self.assertContains(preview, TEXT)
        self.assertEqual(ConsultationComment.objects.count(), 1)
        comment = ConsultationComment.objects.select_related("contact").get()
        self.assertContains(receipt, comment.number)
        self.assertContains(receipt, comment.secret)
        self.assertEqual((comment.part, comment.sender, comment.text), ("Điều 3", "organisation", TEXT))
        self.assertEqual(comment.contact.name, "Hội mẫu")
        self.assertIn("tổng hợp ý kiến gửi cơ quan soạn thảo", comment.contact.consent_text)
        self.assertFalse(comment.is_suspect)

    def test_keeps_all_that_was_typed_and_the_file_when_something_is_missing(self):
        file = SimpleUploadedFile("so-do.pdf", minimal_pdf(), content_type="application/pdf")

        response = self.send({**self.typed("preview", consent="", part="Điều 9"), "files": file})

        self.assertContains(response, TEXT)
        self.assertContains(response, "Điều 9")
        self.assertContains(response, "so-do.pdf")
        self.assertContains(response, 'class="field__error"')
        self.assertEqual(ConsultationComment.objects.count(), 0)
        ticket = re.search(r'name="kept" value="([^"]+)"', response.content.decode()).group(1)
        self.send(self.typed("send", kept=ticket))
        self.assertEqual(CommentFile.objects.get().name, "so-do.pdf")

    def test_sent_twice_has_one_effect_and_one_receipt(self):
        data = self.typed()

        first, second = self.send(data), self.send(data)

        number = ConsultationComment.objects.get().number
        self.assertContains(first, number)
        self.assertContains(second, number)
        self.assertContains(second, "đã được gửi trước đó")

    def test_filled_by_a_program_is_received_and_held_without_a_mail(self):
        with self.captureOnCommitCallbacks(execute=True):
            self.send(self.typed(website="https://example.invalid/"))

        self.assertTrue(ConsultationComment.objects.get().is_suspect)
        self.assertEqual(mail.outbox, [])

    def test_opened_on_the_last_evening_may_be_sent_soon_after_midnight(self):
        self.at(in_september(23, 59))
        data = self.typed()
        self.at(in_september(0, 1, 1, 10))

        response = self.send(data)

        self.assertContains(response, "Đã tiếp nhận ý kiến góp ý")
        self.assertEqual(ConsultationComment.objects.get().received_at, in_september(0, 1, 1, 10))

    def test_sent_too_late_takes_nothing_and_gives_the_text_back(self):
        self.at(in_september(23, 59))
        data = self.typed(part="Điều 3")
        self.at(in_september(0, 31, 1, 10))

        for step in ("preview", "send"):
            with self.subTest(step=step):
                response = self.send({**data, "step": step})
                self.assertContains(response, "Thời hạn góp ý đã hết vào cuối ngày 30/09/2026")
                self.assertContains(response, TEXT)
                self.assertContains(response, "Điều 3")
                self.assertContains(response, "gop-y@example.invalid")
        self.assertEqual(ConsultationComment.objects.count(), 0)

    def test_has_no_other_addresses_and_the_page_itself_takes_no_form(self):
        self.assertEqual(self.form("khac/").status_code, 404)
        address = urlsplit(self.page.full_url)
        refused = self.client.post(address.path, {}, headers={"host": address.netloc})
        self.assertEqual(refused.status_code, 405)


class Following(WithDraft):
    def setUp(self):
        super().setUp()
        self.received = receiving.receive(self.page, text=TEXT, contact=a_contact())

    def test_shows_state_and_reason_for_number_and_secret(self):
        comment, secret = self.received.comment, self.received.secret
        deciding.refuse(comment, reason="Không nói về dự thảo này.", by=self.cast.unit_head)

        response = self.send({"number": comment.number, "secret": secret}, "tra-cuu/")

        self.assertContains(response, "Không đưa vào tổng hợp")
        self.assertContains(response, "Không nói về dự thảo này.")
        self.assertNotContains(response, self.cast.unit_head.full_name)
        self.assertEqual(response.headers["Cache-Control"], "no-store")

    def test_answers_a_wrong_number_and_a_wrong_secret_alike(self):
        number = self.received.comment.number

        wrong = [
            self.send({"number": number, "secret": "ABCDEFGHJK"}, "tra-cuu/"),
            self.send({"number": "GY-2026-999999", "secret": self.received.secret}, "tra-cuu/"),
        ]

        texts = [re.findall(r'class="error-summary.*?</div>', r.content.decode(), re.S) for r in wrong]
        self.assertEqual(texts[0], texts[1])
        self.assertIn("không đúng", texts[0][0])
        self.assertEqual([r.status_code for r in wrong], [200, 200])

    @override_settings(PORTAL_THROTTLE=True)
    def test_over_a_limit_the_look_up_comes_back_and_counts_as_no_guess(self):
        data = {"number": self.received.comment.number, "secret": "ABCDEFGHJK"}
        with mock.patch("base.middleware.throttle.Buckets", return_value=Buckets({**RATES, "lookup": Rate(0, 0.1)})):
            self.client = Client()
            for _turn in range(12):
                came_back = self.send(data, "tra-cuu/")
                self.assertContains(came_back, "xin bấm gửi lần nữa sau 10 giây", status_code=429)
        self.client = Client()

        self.assertContains(self.send({**data, "secret": self.received.secret}, "tra-cuu/"), TEXT)

    @override_settings(PORTAL_THROTTLE=True)
    def test_slows_who_guesses(self):
        data = {"number": self.received.comment.number, "secret": "ABCDEFGHJK"}

        statuses = [self.send(data, "tra-cuu/").status_code for _turn in range(12)]

        self.assertEqual(statuses[-1], 429)
        right = self.send({**data, "secret": self.received.secret}, "tra-cuu/")
        self.assertNotContains(right, TEXT, status_code=429)


@override_settings(PORTAL_THROTTLE=True)
class OverALimit(WithDraft):
    def test_a_comment_comes_back_whole_with_its_file_and_is_sent_afterwards(self):
        seconds = [1000.0]
        buckets = Buckets({**RATES, "sending": Rate(1, 0.1)}, lambda: seconds[0])
        buckets.take("sending", "127.0.0.1")
        with mock.patch("base.middleware.throttle.Buckets", return_value=buckets):
            self.client = Client()
            typed = self.typed(step="preview")
            file = SimpleUploadedFile("so do.pdf", minimal_pdf(), content_type="application/pdf")

            came_back = self.send({**typed, "files": [file]})

            self.assertEqual((came_back.status_code, came_back["Retry-After"]), (429, "10"))
            for words in (TEXT, "so do.pdf", "xin bấm gửi lần nữa sau 10 giây"):
                self.assertContains(came_back, words, status_code=429)
            kept = re.search(r'name="kept" value="([^"]+)"', came_back.content.decode())[1]
            seconds[0] += 10
            self.assertContains(self.send({**typed, "kept": kept, "step": "send"}), "GY-2026-")
            self.assertEqual(CommentFile.objects.count(), 1)


class TheScreens(WithDraft):
    SCREENS = ("faq_comment", "faq_comment_accept", "faq_comment_refuse", "faq_comment_reply")

    def setUp(self):
        super().setUp()
        self.comment = receiving.receive(
            self.page,
            text="Tôi là Trần Thị Mẫu Đơn, xin góp ý về vỉa hè.",
            contact=a_contact(name="Trần Thị Mẫu Đơn", phone="0909 765 432"),
        ).comment
        CommentFile.objects.create(
            comment=self.comment,
            name="tep.txt",
            size=3,
            digest="0" * 64,
            uploaded_at=DAY,
            file=SimpleUploadedFile("tep.txt", b"abc"),
        )

    def every_address(self):
        yield reverse("faq_comments", args=[self.page.pk])
        yield reverse("faq_comments_digest", args=[self.page.pk])
        yield reverse("faq_comments_sheet", args=[self.page.pk])
        for name in (*self.SCREENS, "faq_comment_contact"):
            yield reverse(name, args=[self.comment.pk])
        yield reverse("faq_comment_file", args=[self.comment.files.get().pk])

    def test_are_not_there_for_people_of_other_wards_and_for_writers(self):
        for person in (self.cast.contributor_my_xuyen, self.cast.contributor, self.cast.accountant):
            self.client.force_login(person)
            for address in self.every_address():
                with self.subTest(person=person, address=address):
                    for response in (self.client.get(address), self.client.post(address, {"reason": "x"})):
                        self.assertIn(response.status_code, (302, 403, 404))
                        self.assertNotIn("Mẫu Đơn", response.content.decode())
        self.comment.refresh_from_db()
        self.assertEqual(self.comment.state, ConsultationComment.State.RECEIVED)

    def test_list_many_consultations_with_no_more_questions_than_one(self):
        self.client.force_login(self.cast.unit_head)
        counts = []
        for number in range(3):
            self.client.get(reverse("faq_consultations"))
            with CaptureQueriesContext(connection) as made:
                shown = self.client.get(reverse("faq_consultations"))
            counts.append(len(made))
            page = factories.consultation(self.page.get_parent(), title=f"Dự thảo thử {number}")
            type(page).objects.filter(pk=page.pk).update(first_published_at=DAY)

        self.assertContains(shown, "Dự thảo thử 1")
        self.assertEqual(len(set(counts)), 1)

    def test_show_contact_data_by_a_press_only_and_write_it_down(self):
        self.client.force_login(self.cast.unit_head)
        lists = [reverse("faq_consultations"), reverse("faq_comments", args=[self.page.pk])]
        for address in [*lists, reverse("faq_comment", args=[self.comment.pk])]:
            self.assertNotContains(self.client.get(address), "0909 765 432")
        before = AuditEntry.objects.filter(action="personal_data.read").count()

        shown = self.client.post(reverse("faq_comment_contact", args=[self.comment.pk]))

        self.assertContains(shown, "0909 765 432")
        self.assertEqual(AuditEntry.objects.filter(action="personal_data.read").count(), before + 1)

    @time_machine.travel(DAY, tick=True)
    def test_lead_from_a_marked_text_to_a_draft_of_the_page(self):
        self.client.force_login(self.cast.unit_head)

        marked = self.client.get(reverse("faq_comment_accept", args=[self.comment.pk]))
        refused = self.client.post(
            reverse("faq_comment_accept", args=[self.comment.pk]), {"public_text": "Trần Thị Mẫu Đơn góp ý về vỉa hè."}
        )
        self.client.post(
            reverse("faq_comment_accept", args=[self.comment.pk]), {"public_text": "Tôi xin góp ý về vỉa hè."}
        )
        self.client.post(reverse("faq_comment_reply", args=[self.comment.pk]), {"reply": "Tiếp thu."})
        chosen = self.client.get(reverse("faq_comments_digest", args=[self.page.pk]))
        done = self.client.post(reverse("faq_comments_digest", args=[self.page.pk]), {"comments": [self.comment.pk]})

        self.assertContains(marked, "<mark")
        self.assertContains(marked, "[tên người góp ý]")
        self.assertContains(refused, "Chưa thực hiện được")
        self.assertContains(chosen, "Tôi xin góp ý về vỉa hè.")
        self.assertRedirects(
            done, reverse("wagtailadmin_pages:edit", args=[self.page.pk]), fetch_redirect_response=False
        )
        self.page.refresh_from_db()
        newest = self.page.get_latest_revision_as_object()
        self.assertEqual(
            [dict(entry.value) for entry in newest.received_comments],
            [
                {
                    "number": self.comment.number,
                    "sender": "Cá nhân",
                    "part": "",
                    "text": "Tôi xin góp ý về vỉa hè.",
                    "reply": "Tiếp thu.",
                },
            ],
        )
        self.assertEqual(len(self.page.received_comments), 0)

    def test_keep_what_was_prepared_when_the_page_is_saved_in_the_editor(self):
        deciding.accept(self.comment, public_text="Tôi xin góp ý.", by=self.cast.unit_head)
        self.client.force_login(self.cast.unit_head)
        self.client.post(reverse("faq_comments_digest", args=[self.page.pk]), {"comments": [self.comment.pk]})

        editor = self.client.get(reverse("wagtailadmin_pages:edit", args=[self.page.pk]))

        self.assertContains(editor, self.comment.number)
        self.assertNotIn("received_comments-count", editor.content.decode())

    def test_give_a_sheet_with_contact_data_by_a_press_only(self):
        self.client.force_login(self.cast.unit_head)
        address = reverse("faq_comments_sheet", args=[self.page.pk])

        plain, whole = self.client.get(address), self.client.post(address)

        self.assertNotIn("lien-he", plain.headers["Content-Disposition"])
        self.assertIn("lien-he", whole.headers["Content-Disposition"])
        self.assertEqual(AuditEntry.objects.filter(action="personal_data.read", object_id=str(self.page.pk)).count(), 1)
