"""Articles of people without an account: the public form, what the standing office does, what the sender may do."""

import re
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from base.gate import Refused
from base.models import AuditEntry
from base.operations import idempotency, proof
from faq import submission
from faq.contributing import drafting, handling, receiving, sending
from faq.models import ContributedArticle, ContributorContact
from personaldata import data_requests, retention
from personaldata.models import DataSubjectRequest
from sections.models import ArticlePage
from tests.city import CityTestCase, english_locale, publish
from tests.faq.cast import a_contact, questions_page
from tests.files.samples import minimal_pdf
from tests.personaldata.test_personal_data import found_anywhere
from tests.sections.word_files import p, word
from workflows.drafts import previews
from workflows.models import Deadline, DeadlineRule
from workflows.publishing import approval

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = datetime(2026, 9, 7, 9, tzinfo=VIETNAM)
TEXT = "Sáng nay, hội viên chi hội mẫu trồng một trăm cây sao dọc tuyến kênh.\n\nBuổi trồng cây có đông người tham gia."
State = ContributedArticle.State
TRACED = a_contact(name="Lê Thị Dấu Vết", phone="0296 384 7561", email="dau-vet@example.invalid")
TRACES = ("dau vet", "dau-vet", "2963847561")


def stored(thing):
    """An article or page as it is stored now."""
    return type(thing)._base_manager.get(pk=thing.pk)


def an_article(city, *, site=None, **fields) -> ContributedArticle:
    """An article as its sender sent it."""
    values = {
        "title": "Trồng cây dọc kênh",
        "text": TEXT,
        "author_line": "Hoa Sen",
        "contact": a_contact(),
        "declaration": "Tôi cam kết.",
        **fields,
    }
    return receiving.receive(site or city.site, **values)


class Contributed(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.page = questions_page(cls.city)
        cls.address = urlsplit(f"{cls.page.full_url}gui-bai/")
        cls.office = cls.cast.standing_office

    def setUp(self):
        self.enterContext(time_machine.travel(DAY, tick=True))

    def drafted(self, article=None, **values):
        article = article or an_article(self.city)
        section = drafting.sections_of(article)[0]
        return drafting.make_draft(article, section=section, by=self.office, **values)

    def told(self, article):
        """The subjects of the mails to the sender of an article."""
        return [message.subject for message in mail.outbox if message.to == [article.contact.email]]


class TheForm(Contributed):
    def form(self, end=""):
        return self.client.get(f"{self.address.path}{end}", headers={"host": self.address.netloc})

    def send(self, data, end=""):
        return self.client.post(f"{self.address.path}{end}", data, headers={"host": self.address.netloc})

    def typed(self, step="send", **fields):
        """What a person sends who drew the form a minute ago."""
        stamp = proof.new_stamp(datetime.now(VIETNAM))
        return {
            "step": step,
            "title": "Trồng cây dọc kênh",
            "text": TEXT,
            "author_line": "Hoa Sen",
            "name": "Người gửi mẫu",
            "email": "gui-bai-mau@example.invalid",
            "declaration": "on",
            "consent": "on",
            "consent_version": sending.words_version(self.page),
            "stamp": stamp,
            "proof": proof.solve(stamp),
            idempotency.FIELD: idempotency.new_key(),
            **fields,
        }

    def test_is_named_on_the_page_of_questions_and_kept_by_no_cache(self):
        library = Client().get(self.page.get_url(), headers={"host": self.address.netloc}).content.decode()
        form = self.form()

        self.assertIn('gui-bai/"', library)
        self.assertEqual(form.headers["Cache-Control"], "no-store")
        for name in ("declaration", "consent"):
            box = re.search(rf'<input[^>]*name="{name}"[^>]*>', form.content.decode()).group()
            self.assertNotIn("checked", box)

    def test_goes_by_a_preview_to_a_receipt_with_number_and_secret(self):
        preview = self.send(self.typed("preview"))
        self.assertEqual(ContributedArticle.objects.count(), 0)
        receipt = self.send(self.typed())

        self.assertContains(preview, "Bài chưa được gửi")
        self.assertContains(preview, "Hoa Sen")
        article = ContributedArticle.objects.get()
        self.assertContains(receipt, article.number)
        self.assertContains(receipt, article.secret)
        self.assertRegex(article.number, r"^CT-2026-\d{6}$")
        self.assertIn("Điều 20.2", article.declaration)
        self.assertIn("mã hóa", article.contact.consent_text)
        self.assertEqual((article.state, article.is_suspect), (State.RECEIVED, False))
        self.assertEqual(self.told(article), [f"Đã tiếp nhận bài gửi {article.number}"])

    def test_what_is_missing_is_named_beside_its_field_and_nothing_typed_is_lost(self):
        for missing, words in (
            ({"declaration": ""}, "Hãy đánh dấu lời cam kết về quyền tác giả"),
            ({"consent": ""}, "Cần ông/bà đánh dấu đồng ý"),
            ({"author_line": ""}, "Hãy ghi tên hoặc bút danh"),
            ({"title": ""}, "Hãy ghi tiêu đề của bài"),
            ({"email": ""}, "Hãy cho ít nhất một cách liên hệ"),
            ({"text": "Ngắn quá."}, "hoặc gửi kèm tệp có nội dung bài"),
        ):
            with self.subTest(missing=missing):
                answer = self.send(self.typed("preview", **missing))

                self.assertContains(answer, words)
                self.assertContains(answer, missing.get("text", "trồng một trăm cây sao"))
        self.assertEqual(ContributedArticle.objects.count(), 0)

    def test_a_text_that_is_too_short_is_named_together_with_what_else_is_wrong(self):
        answer = self.send(self.typed("preview", text="Ngắn.", author_line="", declaration=""))

        named = {anchor.removeprefix("hoi-") for anchor, _words in answer.context["errors"]}
        self.assertLessEqual({"text", "author_line", "declaration"}, named)
        self.assertContains(self.form(), "ít nhất 100 ký tự")

    def test_an_article_may_be_a_file_alone(self):
        file = SimpleUploadedFile("bai.pdf", minimal_pdf(), content_type="application/pdf")
        preview = self.send({**self.typed("preview", text=""), "files": file})
        ticket = re.search(r'name="kept" value="([^"]+)"', preview.content.decode()).group(1)

        self.send(self.typed(text="", kept=ticket))

        self.assertEqual(ContributedArticle.objects.get().files.get().name, "bai.pdf")

    def test_sent_twice_has_one_effect(self):
        data = self.typed()
        first, second = self.send(data), self.send(data)

        article = ContributedArticle.objects.get()
        self.assertContains(first, article.secret)
        self.assertContains(second, article.secret)

    def test_what_looks_like_a_program_s_is_received_and_mails_nobody(self):
        self.send(self.typed(website="http://example.invalid"))

        article = ContributedArticle.objects.get()
        self.assertTrue(article.is_suspect)
        self.assertEqual(self.told(article), [])

    def test_is_followed_by_number_and_code_only(self):
        article = an_article(self.city)

        shown = self.send({"number": article.number, "secret": article.secret}, "theo-doi/")
        wrong = self.send({"number": article.number, "secret": "SAI"}, "theo-doi/")

        self.assertContains(shown, "Đã tiếp nhận")
        self.assertContains(shown, "Trồng cây dọc kênh")
        self.assertEqual(shown.headers["Cache-Control"], "no-store")
        self.assertNotContains(wrong, "Trồng cây dọc kênh")
        self.assertContains(self.form("theo-doi/"), "Mã tra cứu")

    def test_the_sender_answers_what_was_asked(self):
        article = an_article(self.city)
        handling.ask_back(article, text="Buổi trồng cây ngày nào?", by=self.office)
        opened = {"number": article.number, "secret": article.secret}
        self.assertContains(self.send(opened, "theo-doi/"), "Buổi trồng cây ngày nào?")

        empty = self.send({**opened, "step": "answer", "text": ""}, "theo-doi/")
        answered = self.send({**opened, "step": "answer", "text": "Ngày 5 tháng 9."}, "theo-doi/")

        self.assertContains(empty, "Hãy ghi nội dung")
        self.assertContains(answered, "Đã nhận trả lời")
        self.assertEqual(stored(article).state, State.RECEIVED)
        self.assertEqual([message.text for message in article.messages.all()][-1], "Ngày 5 tháng 9.")

    def test_the_answer_takes_a_file_and_keeps_it_while_something_is_missing(self):
        article = an_article(self.city)
        handling.ask_back(article, text="Xin gửi ảnh.", by=self.office)
        opened = {"number": article.number, "secret": article.secret, "step": "answer"}
        file = SimpleUploadedFile("anh.pdf", minimal_pdf())

        empty = self.send({**opened, "text": "", "files": [file]}, "theo-doi/")
        ticket = re.search(r'name="kept" value="([^"]+)"', empty.content.decode()).group(1)
        refused = self.send({**opened, "text": "Đây.", "files": [SimpleUploadedFile("a.exe", b"MZ")]}, "theo-doi/")

        self.assertContains(empty, "sẽ gửi cùng trả lời")
        self.assertTrue(refused.context["refused"])
        self.assertEqual((article.files.count(), article.messages.count()), (0, 1))
        self.send({**opened, "text": "Đây là ảnh.", "kept": ticket}, "theo-doi/")
        self.assertEqual([stored.name for stored in article.files.all()], ["anh.pdf"])

    def test_the_sender_withdraws_it_after_a_tick(self):
        article = an_article(self.city)
        opened = {"number": article.number, "secret": article.secret, "step": "withdraw"}

        self.send(opened, "theo-doi/")
        self.assertEqual(stored(article).state, State.RECEIVED)
        answer = self.send({**opened, "sure": "1"}, "theo-doi/")

        self.assertContains(answer, "Đã rút bài")
        self.assertEqual(stored(article).state, State.WITHDRAWN)


class TheOffice(Contributed):
    def test_makes_a_draft_that_only_two_persons_publish(self):
        article = an_article(self.city)

        page = self.drafted(article)

        self.assertIsInstance(page, ArticlePage)
        self.assertFalse(page.live)
        self.assertEqual((page.author_name, page.source_name), ("Hoa Sen", drafting.SOURCE))
        self.assertEqual(page.get_parent().slug, "tin-tuc")
        self.assertEqual([block.block_type for block in page.body], ["paragraph", "paragraph"])
        self.assertEqual(stored(article).state, State.DRAFTED)
        page.summary = "Một trăm cây sao."
        page.save_revision(user=self.office)
        state = approval.submit(page, by=self.office, declaration=True, remark="Đã xem lại.")
        with self.assertRaises(Refused):
            approval.approve(state.current_task_state, by=self.office)
        approval.approve(state.current_task_state, by=self.cast.head)
        self.assertTrue(stored(page).live)
        article.refresh_from_db()
        self.assertEqual(article.state, State.PUBLISHED)
        self.assertIsNotNone(article.contact.purge_on)
        self.assertEqual(self.told(article)[-1], f"Bài gửi {article.number} đã được đăng")

    def test_who_approves_a_draft_reads_who_sent_it_and_what_the_office_changed(self):
        page = self.drafted()
        newest = page.get_latest_revision_as_object()
        newest.summary = "Chi hội trồng cây."
        newest.save_revision(user=self.office)
        page = stored(page)
        approval.submit(page, by=self.office, declaration=True, remark="Đã xem.")
        state = approval.current_state(page).current_task_state
        article = ContributedArticle.objects.get()
        for user, sees_link in ((self.cast.head, False), (self.office, True)):
            with self.subTest(user=user.username):
                self.client.force_login(user)

                answer = self.client.get(reverse("workflows_review", args=[state.pk])).content.decode()

                self.assertIn(f"Bài gửi cộng tác {article.number}, Hoa Sen", answer)
                self.assertEqual(reverse("faq_contribution", args=[article.pk]) in answer, sees_link)
                self.assertIn("Chi hội trồng cây.", answer.partition("Thay đổi so với bài được gửi đến")[2])

    def test_what_is_typed_is_text_and_no_markup(self):
        article = an_article(self.city, text=f"<script>alert(1)</script> {TEXT}")

        page = self.drafted(article)

        self.assertIn("&lt;script&gt;", page.body[0].value.source)
        self.assertNotIn("<script>", page.body[0].value.source)

    def test_takes_the_text_of_a_word_file(self):
        file = SimpleUploadedFile("Nguyễn Văn Mẫu.docx", word(p("Đoạn thứ nhất của bài trong tệp Word.")))
        article = an_article(self.city, text="", files=[submission.Attached(file, file.name, "clean")])

        page = self.drafted(article, file=article.files.get())

        self.assertIn("Đoạn thứ nhất", page.body[0].value.source)
        self.assertEqual(page.author_name, "Hoa Sen")
        self.assertFalse(any("Văn Mẫu" in str(entry.detail) for entry in AuditEntry.objects.all()))

    def test_declines_it_with_a_reason_that_the_sender_reads(self):
        article = an_article(self.city)
        with self.assertRaises(ValidationError):
            handling.decline(article, reason=" ", by=self.office)

        handling.decline(article, reason="Đã đăng tin cùng nội dung.", by=self.office)

        article.refresh_from_db()
        self.assertEqual((article.state, article.reply), (State.DECLINED, "Đã đăng tin cùng nội dung."))
        self.assertEqual(self.told(article)[-1], f"Bài gửi {article.number} không được sử dụng")

    def test_asks_the_sender_back(self):
        article = an_article(self.city)

        handling.ask_back(article, text="Buổi trồng cây ngày nào?", by=self.office)

        self.assertEqual(stored(article).state, State.WAITING)
        self.assertEqual(self.told(article)[-1], f"Ban Biên tập hỏi về bài gửi {article.number}")
        self.assertTrue(handling.may_answer(article))
        handling.answer_back(article, text="Ngày 5 tháng 9.")
        with self.assertRaises(Refused):
            handling.answer_back(article, text="Thêm nữa.")

    def test_puts_aside_what_is_no_article_and_mails_nobody(self):
        article = an_article(self.city, is_suspect=True)

        handling.mark_spam(article, reason="Quảng cáo.", by=self.office)

        self.assertEqual(stored(article).state, State.SPAM)
        self.assertEqual(self.told(article), [])

    def test_what_was_withdrawn_is_not_published_even_when_it_waits_for_approval(self):
        article = an_article(self.city)
        page = self.drafted(article)
        page.summary = "Một trăm cây sao."
        page.save_revision(user=self.office)

        handling.withdraw(article)

        with self.assertRaisesMessage(Refused, "Người gửi đã rút"):
            publish(page, by=self.office)
        self.assertFalse(stored(page).live)

    def test_a_draft_is_not_copied_or_translated_past_its_sender(self):
        article = an_article(self.city)
        page = self.drafted(article)
        self.client.force_login(self.office)
        self.client.post(reverse("wagtailadmin_pages:copy", args=[page.pk]), self.copied("ban-sao"))
        self.assertFalse(ArticlePage.objects.filter(slug="ban-sao").exists())
        with self.assertRaisesMessage(Refused, "không sao chép được"):
            handling.demand_copyable(page.get_parent())
        for copied, more in ((page, {}), (page.get_parent().specific, {"recursive": True})):
            with self.assertRaisesMessage(Refused, "không sao chép được"):
                stored(copied).copy(update_attrs={"slug": "ban-sao", "title": "Bản sao"}, user=self.office, **more)
        english = stored(page).copy(
            update_attrs={"slug": "trees", "locale": english_locale(), "translation_key": page.translation_key},
            reset_translation_key=False,
            user=self.office,
        )
        english.summary = "A hundred trees."
        english.save_revision(user=self.office)

        handling.withdraw(stored(article))

        with self.assertRaisesMessage(ValidationError, "Trang tiếng Việt không đăng"):
            publish(english, by=self.office)
        self.assertFalse(stored(english).live)

    def test_a_published_article_and_pages_of_others_are_copied(self):
        page = self.drafted()
        page.summary = "Một trăm cây sao."
        page.save_revision(user=self.office)
        publish(page, by=self.office)
        self.client.force_login(self.office)

        self.client.post(reverse("wagtailadmin_pages:copy", args=[page.pk]), self.copied("ban-sao"))

        copied = ArticlePage.objects.get(slug="ban-sao")
        self.assertFalse(copied.live)
        by_code = stored(page).copy(update_attrs={"slug": "ban-sao-2"}, user=self.office)
        self.assertEqual((by_code.live, by_code.title), (False, page.title))
        self.assertEqual(publish(copied, by=self.office).slug, "ban-sao")

    def copied(self, slug):
        return {"new_title": "Bản sao", "new_slug": slug, "new_parent_page": self.city.section(self.city.site).pk}

    def test_is_the_standing_office_alone(self):
        article = an_article(self.city, site=self.city.my_long)
        for user in (self.cast.contributor, self.cast.editor, self.cast.head, self.cast.unit_head):
            with self.subTest(user=user), self.assertRaises(Refused):
                handling.decline(article, reason="Không.", by=user)

        self.assertEqual(self.drafted(article).portal_site, self.city.my_long)

    def test_a_second_draft_is_refused(self):
        article = an_article(self.city)
        self.drafted(article)

        with self.assertRaises(Refused):
            self.drafted(article)


class TheTerm(Contributed):
    """By when the office says something: 5 working days after Monday 07/09/2026, as the board has set."""

    def terms(self, article) -> list[Deadline]:
        return list(Deadline.objects.for_subject(article).order_by("pk"))

    def test_runs_from_the_receipt_until_the_office_says_something(self):
        acts = (
            lambda article: self.drafted(article),
            lambda article: handling.ask_back(article, text="Ngày nào?", by=self.office),
            lambda article: handling.decline(article, reason="Trùng tin.", by=self.office),
            lambda article: handling.mark_spam(article, reason="Quảng cáo.", by=self.office),
        )
        for place, act in enumerate(acts):
            with self.subTest(place):
                article = an_article(self.city)
                (deadline,) = self.terms(article)
                self.assertEqual((deadline.rule.code, deadline.last_day), ("DL-ARTICLE", date(2026, 9, 14)))
                self.assertEqual(deadline.site, self.city.site)
                act(article)
                self.assertEqual([row.met_on for row in self.terms(article)], [date(2026, 9, 7)])

    def test_begins_anew_with_the_sender_s_answer(self):
        article = handling.ask_back(an_article(self.city), text="Ngày nào?", by=self.office)
        with time_machine.travel(DAY + timedelta(days=2), tick=True):
            handling.answer_back(article, text="Ngày 6.")

        self.assertEqual([row.last_day for row in self.terms(article)], [date(2026, 9, 14), date(2026, 9, 16)])
        self.assertEqual([row.is_open for row in self.terms(article)], [False, True])

    def test_ends_when_the_sender_takes_the_article_back(self):
        article = an_article(self.city)

        handling.withdraw(article)

        self.assertEqual([row.cancelled for row in self.terms(article)], [True])

    def test_is_not_measured_while_the_board_sets_no_amount(self):
        DeadlineRule.objects.filter(code="DL-ARTICLE").update(amount=None)

        self.assertEqual(self.terms(an_article(self.city)), [])

    def test_names_nobody_and_nothing_of_the_article(self):
        article = an_article(self.city, title="Tin của Lê Thị Dấu Vết", contact=TRACED)

        self.assertEqual([row.title for row in self.terms(article)], [str(article)])


class OfficeScreens(Contributed):
    def setUp(self):
        super().setUp()
        self.client.force_login(self.office)
        self.article = an_article(self.city)

    def screen(self, end="", pk=None):
        return reverse(f"faq_contribution{end}", args=[pk or self.article.pk])

    def test_what_came_is_among_the_office_s_work_and_in_its_list(self):
        work = self.client.get(reverse("wagtailadmin_home"))
        listed = self.client.get(f"{reverse('faq_contributions')}?tinh_trang=received")

        self.assertContains(work, self.screen())
        self.assertContains(listed, self.article.number)
        self.assertNotContains(self.client.get(f"{reverse('faq_contributions')}?tinh_trang=spam"), self.article.number)

    def test_an_answer_of_the_sender_is_said_on_the_first_screen_and_on_its_own(self):
        handling.ask_back(self.article, text="Ngày nào?", by=self.office)
        for screen in (reverse("wagtailadmin_home"), self.screen()):
            self.assertNotContains(self.client.get(screen), "gười gửi đã trả lời")

        handling.answer_back(self.article, text="Ngày 5 tháng 9.")

        for screen in (reverse("wagtailadmin_home"), self.screen()):
            self.assertContains(self.client.get(screen), "gười gửi đã trả lời")

    def test_its_last_day_stands_on_the_first_screen_in_the_list_and_on_its_own_screen(self):
        deadline = Deadline.objects.for_subject(self.article).get()
        with time_machine.travel(DAY + timedelta(days=8), tick=True):
            self.client.force_login(self.office)
            work = self.client.get(reverse("wagtailadmin_home"))
            listed = self.client.get(reverse("faq_contributions"))
            shown = self.client.get(self.screen())
            board = self.client.get(f"{reverse('workflows_deadlines')}?nhom=qua-han")
            one = self.client.get(reverse("workflows_deadline", args=[deadline.pk]))

        for answer in (work, listed, shown, board):
            self.assertContains(answer, "quá hạn 1 ngày làm việc")
        self.assertContains(shown, reverse("workflows_deadline", args=[deadline.pk]))
        self.assertContains(one, self.screen())

    def test_the_list_asks_for_all_terms_at_once(self):
        def queries():
            with CaptureQueriesContext(connection) as counted:
                self.client.get(reverse("faq_contributions"))
            return len(counted)

        queries()
        few = queries()
        for _more in range(3):
            an_article(self.city)
        self.assertEqual(queries(), few)

    def test_who_sent_it_is_shown_by_a_press_that_is_written_down(self):
        name = self.article.contact.name
        before = self.client.get(self.screen())

        after = self.client.post(self.screen())

        self.assertNotContains(before, name)
        self.assertContains(after, name)
        self.assertIn("no-store", after.headers["Cache-Control"])
        self.assertTrue(AuditEntry.objects.filter(action="personal_data.read").exists())

    def test_every_step_has_its_form(self):
        section = drafting.sections_of(self.article)[0]
        self.client.post(self.screen("_ask"), {"text": "Ngày nào?"})
        self.assertEqual(stored(self.article).state, State.WAITING)
        answer = self.client.post(self.screen("_draft"), {"section": section.pk, "source": "chu"})
        self.article.refresh_from_db()
        self.assertRedirects(answer, reverse("wagtailadmin_pages:edit", args=[self.article.page_id]))
        self.client.post(self.screen("_decline"), {"reason": "Trùng tin."})
        self.assertEqual(stored(self.article).state, State.DECLINED)
        self.assertContains(self.client.get(self.screen()), "Hãy xóa bản nháp")
        other = an_article(self.city)
        self.client.post(self.screen("_spam", other.pk), {"reason": "Quảng cáo."})
        self.assertEqual(stored(other).state, State.SPAM)

    def test_files_are_given_to_the_office_only(self):
        file = SimpleUploadedFile("bai.pdf", minimal_pdf())
        article = an_article(self.city, files=[submission.Attached(file, file.name, "clean")])
        address = reverse("faq_contribution_file", args=[article.files.get().pk])

        self.assertEqual(self.client.get(address).status_code, 200)
        self.client.force_login(self.cast.editor)
        self.assertNotEqual(self.client.get(address).status_code, 200)


class PersonalData(Contributed):
    def test_the_contact_is_encrypted_and_goes_when_its_term_is_over(self):
        article = an_article(
            self.city,
            text=f"{TEXT}\n\nLiên hệ: nguoi-gui-zq@example.invalid",
            contact=a_contact(name="Lê Thị Mẫu", email="nguoi-gui-zq@example.invalid"),
        )
        handling.decline(article, reason="Trùng tin.", by=self.office)
        self.assertEqual(retention.purge_contacts(on=DAY), 0)

        self.assertEqual(retention.purge_contacts(on=datetime(2027, 9, 8, 3, tzinfo=VIETNAM)), 1)

        contact = ContributorContact.objects.get()
        self.assertEqual([contact.name, contact.email, contact.phone], ["", "", ""])
        article.refresh_from_db()
        self.assertNotIn("example.invalid", article.text)
        self.assertNotIn("Hoa Sen", article.author_line)

    def test_of_a_draft_that_never_was_public_no_table_holds_a_trace_of_its_sender(self):
        for way in ("typed", "a file"):
            with self.subTest(way):
                page = self.traced(way)
                self.assertGreater(len(found_anywhere(TRACES)), 8, "the traces were laid")

                with time_machine.travel(DAY + timedelta(days=400), tick=True):
                    retention.purge_contacts(on=DAY + timedelta(days=400))

                self.assertEqual(found_anywhere(TRACES), [])
                kept = stored(page)
                self.assertIn("trồng một trăm cây", str(kept.get_latest_revision_as_object().body))
                self.assertEqual(kept.slug, f"bai-gui-{page.pk}")

    def test_when_consent_is_withdrawn_its_draft_is_covered_at_once_and_what_is_public_stays(self):
        draft = self.traced("typed", is_declined=False)
        public = self.drafted(an_article(self.city, title=f"Gặp {TRACED.name}", contact=TRACED))
        public.summary = "Một trăm cây sao."
        public.save_revision(user=self.office)
        publish(public, by=self.office)

        for page in (draft, public):
            retention.purge_contact(ContributedArticle.objects.get(page=page), by=self.office)

        self.assertNotIn(TRACED.name, str(stored(draft).get_latest_revision().content))
        self.assertNotIn(TRACED.name, stored(draft).title)
        self.assertIn(TRACED.name, stored(public).title)

    def traced(self, way, *, is_declined=True):
        """A draft with its sender's data wherever they can come to lie."""
        text = f"{TEXT}\n\nLiên hệ: {TRACED.name}, điện thoại {TRACED.phone}."
        fields = {"title": f"Bài của {TRACED.name}", "author_line": TRACED.name, "contact": TRACED, "text": text}
        if way == "a file":
            content = SimpleUploadedFile("bai.docx", word(p("Sáng nay, hội viên trồng một trăm cây.") + p(text)))
            fields["files"] = [submission.Attached(content, "bai.docx", "clean")]
        article = an_article(self.city, **fields)
        page = self.drafted(article, file=drafting.word_files(article)[0] if way == "a file" else None)
        page.title = f"Bài hay của {TRACED.name}"
        page.save_revision(user=self.office, log_action="wagtail.edit", changed=True)
        previews.make_link(page, by=self.office, recipient="Sở Tư pháp", reason="xin ý kiến")
        if is_declined:
            handling.decline(stored(article), reason="Không dùng", by=self.office)
        return page

    def test_the_sender_may_ask_about_and_withdraw_what_is_held(self):
        article = an_article(self.city)
        name = article.contact.name
        found = data_requests.find(article.number, article.secret)
        self.assertEqual(found, article)
        self.assertIn(name, data_requests.copy_of(found))

        data_requests.receive(found, kind=DataSubjectRequest.Kind.WITHDRAW)

        self.assertEqual(ContributorContact.objects.get().name, "")
