"""The screens by which officials carry a question from its receipt to its end."""

import io
import re
from datetime import datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

import time_machine
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.urls import reverse
from openpyxl import Workbook, load_workbook
from wagtail.models import ModelLogEntry
from wagtail.test.utils.form_data import rich_text

from base.blocks import TEXT_FEATURES
from base.models import AuditEntry, OrganisationUnit
from faq.handling import answering, assigning, classifying, running
from faq.models import Answer, AnswerTemplate, CompetentBody, FaqPage, Question, QuestionFile, State
from faq.office import answer_tables, next_steps
from tests import factories
from tests.city import CityClient, CityTestCase
from tests.desks import rows_for
from tests.legalref.library import public_document
from workflows.publishing import record_changes

from .cast import a_contact, a_question, a_topic, again, due, questions_page

MONDAY = datetime(2024, 1, 22, 9, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
ASKER = {"name": "Lê Thị Bí Mật", "email": "bi-mat@example.invalid", "phone": "0987 654 321"}


def body(html: str) -> str:
    """What the editor sends for some rich text."""
    return rich_text(html, features=TEXT_FEATURES)


def without_keys(html: str) -> str:
    """Rich text without the keys by which the editor knows its paragraphs."""
    return re.sub(r' data-block-key="[^"]*"', "", html)


class Screens(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.topic = a_topic("Lĩnh vực thử", keywords="hẻm ngập")
        cls.office = OrganisationUnit.objects.create(
            name="Phòng thử", slug="phong-thu", kind=OrganisationUnit.Kind.OFFICE, parent=cls.city.site.unit
        )

    def setUp(self):
        self.enterContext(time_machine.travel(MONDAY, tick=False))

    def question(self, **traits) -> Question:
        return a_question(self.city, contact=a_contact(**ASKER), **{"topic": self.topic, **traits})

    def browser(self, who: str) -> CityClient:
        browser = CityClient()
        browser.force_login(getattr(self.cast, who))
        return browser

    def get(self, who: str, name: str, /, *args, **data):
        return self.browser(who).get(reverse(name, args=args), data)

    def post(self, who: str, name: str, /, *args, **data):
        return self.browser(who).post(reverse(name, args=args), data)

    def logged(self, question: Question) -> list[str]:
        entries = ModelLogEntry.objects.filter(object_id=str(question.pk), action__startswith="portal.question.")
        return [entry.action.removeprefix("portal.question.") for entry in entries.order_by("timestamp", "pk")]

    def assertGoesTo(self, answer, question: Question, screen: str = "faq_question"):
        errors = answer.context["form"].errors if answer.context and "form" in answer.context else ""
        self.assertRedirects(
            answer, reverse(screen, args=[question.pk]), fetch_redirect_response=False, msg_prefix=str(errors)
        )


class AtTheSignature(Screens):
    """The head of the unit reads the answer, and signs it or sends it back from the same screen."""

    def laid_before_him(self):
        return self.question(state="drafted", answer="<p>Nạo vét trong quý.</p>")

    def test_the_answer_is_sent_back_with_what_is_to_be_mended(self):
        question = self.laid_before_him()
        day = due(question)

        answer = self.post("deputy", "faq_sign", question.pk, send_back="1", reason="Ghi rõ tháng nào.")

        self.assertGoesTo(answer, question)
        self.assertEqual((again(question).state, due(question)), (State.ASSIGNED, day))
        self.assertEqual(question.answers.get().state, Answer.State.RETURNED)
        self.assertEqual(self.logged(question)[-1], "returned")
        self.assertContains(self.get("editor", "faq_draft", question.pk), "Bị trả lại: Ghi rõ tháng nào.")

    def test_who_may_do_what_is_left_goes_on_with_it_without_the_list(self):
        for common, then in ((None, "faq_interest"), (True, "faq_reply")):
            with self.subTest(then):
                question = self.question(site=self.city.my_long, state="drafted", answer="<p>Nạo vét trong quý.</p>")
                if common is not None:
                    answering.decide_interest(question, common=common, reason="Nhiều hộ hỏi.", by=self.cast.unit_head)

                self.assertGoesTo(self.post("unit_head", "faq_sign", question.pk), question, then)

    def test_the_reason_stands_once_on_the_desk_of_who_wrote_it_and_leads_to_his_form(self):
        question = self.laid_before_him()
        writer = question.answers.get().written_by
        self.post("deputy", "faq_sign", question.pk, send_back="1", reason="Ghi rõ tháng nào.")

        rows = [row for row in rows_for(writer) if question.number in row.title]

        self.assertEqual([(row.kind.key, row.note) for row in rows], [("tra-lai", "Ghi rõ tháng nào.")])
        self.assertEqual(rows[0].address, reverse("faq_draft", args=[question.pk]))
        with time_machine.travel(MONDAY + timedelta(minutes=5), tick=False):
            answering.draft(again(question), body="<p>Nạo vét trong tháng 2.</p>", by=writer)
        self.assertEqual([row.kind.key for row in rows_for(writer) if question.number in row.title], ["cau-hoi"])

    def test_without_a_word_of_what_is_to_be_mended_nothing_is_sent_back(self):
        question = self.laid_before_him()

        answer = self.post("deputy", "faq_sign", question.pk, send_back="1", reason=" ")

        self.assertContains(answer, "Hãy ghi cần sửa gì trong câu trả lời.")
        self.assertEqual(again(question).state, State.DRAFTED)

    def test_what_was_written_for_sending_it_back_is_not_lost_in_a_signature(self):
        question = self.laid_before_him()

        answer = self.post("deputy", "faq_sign", question.pk, reason="Ghi rõ tháng nào.")

        self.assertContains(answer, "hãy bấm «Trả lại để sửa»")
        self.assertContains(answer, "Ghi rõ tháng nào.")
        self.assertEqual(again(question).state, State.DRAFTED)


class TheRoad(Screens):
    def test_a_question_goes_from_the_receipt_to_the_public_draft_by_the_screens_alone(self):
        questions_page(self.city)
        question = self.question(title="Hẻm ngập", text="Tôi là Lê Thị Bí Mật, hẻm ngập khi mưa, gọi 0987 654 321.")
        steps = (
            ("standing_office", "faq_claim", {}),
            (
                "standing_office",
                "faq_classify",
                {"topic": self.topic.pk, "unit": self.office.pk, "note": "Gấp", "assign": "co"},
            ),
            ("editor", "faq_draft", {"body": body("<p>Sẽ <b>nạo vét</b> cống.</p>")}),
            ("editor", "faq_submit", {}),
            ("deputy", "faq_send_back", {"reason": "Ghi rõ thời gian."}),
            ("editor", "faq_draft", {"body": body("<p>Nạo vét trong tháng 2.</p>"), "submit": "1"}),
            ("deputy", "faq_sign", {}),
            ("standing_office", "faq_interest", {"common": "co", "reason": "Nhiều hộ cùng hỏi."}),
            ("standing_office", "faq_reply", {}),
        )
        for who, name, data in steps:
            with self.subTest(name):
                if name == "faq_draft":
                    answer = question.answers.first()
                    data = {**data, "written_at": answer.written_at.isoformat() if answer else ""}
                self.assertEqual(self.get(who, name, question.pk).status_code, 200)
                # What was decided is sent next, by the same person.
                then = {"faq_sign": "faq_interest", "faq_interest": "faq_reply"}.get(name, "faq_question")
                self.assertGoesTo(self.post(who, name, question.pk, **data), question, then)
        question = again(question)
        self.assertEqual((question.state, question.unit, question.common_interest), (State.REPLIED, self.office, True))
        self.assertHTMLEqual(without_keys(question.answers.get().body), "<p>Nạo vét trong tháng 2.</p>")

        answer = self.post(
            "standing_office",
            "faq_prepare",
            question.pk,
            title="Hẻm ngập",
            question_text=question.text,
            answer=body(question.answers.get().body),
            replace=["Lê Thị Bí Mật", "0987 654 321"],
        )
        page = FaqPage.objects.get()
        self.assertRedirects(answer, reverse("wagtailadmin_pages:edit", args=[page.pk]), fetch_redirect_response=False)
        self.assertFalse(page.live)
        self.assertEqual(page.question_text, "Tôi là [tên người hỏi], hẻm ngập khi mưa, gọi [số điện thoại].")
        self.assertEqual(
            self.logged(question)[1:],
            [
                "claimed",
                "classified",
                "assigned",
                "drafted",
                "submitted",
                "returned",
                "drafted",
                "submitted",
                "signed",
                "interest",
                "replied",
                "prepared",
            ],
        )

    def test_only_steps_that_are_possible_for_the_person_are_offered(self):
        cases = (
            (
                "received",
                "standing_office",
                {"claim", "classify", "reject", "notify", "wait_for_asker", "merge", "mark_spam"},
            ),
            ("received", "technical_admin", set()),
            ("assigned", "contributor_my_xuyen", set()),
            ("assigned", "head", {"claim", "draft", "give_back", "notify", "wait_for_asker", "reassign", "merge"}),
            ("drafted", "editor", {"claim", "decide_interest", "notify", "wait_for_asker", "reassign", "merge"}),
            (
                "drafted",
                "deputy",
                {"claim", "sign", "send_back", "decide_interest", "notify", "wait_for_asker", "reassign", "merge"},
            ),
            ("signed", "standing_office", {"claim", "decide_interest", "notify", "wait_for_asker", "merge"}),
            ("replied", "standing_office", {"claim", "decide_interest", "prepare_page", "reopen"}),
            ("closed", "standing_office", {"reopen"}),
            ("spam", "standing_office", set()),
        )
        for state, who, expected in cases:
            with self.subTest(state=state, who=who):
                question = self.question(state=state, common=state != "closed")
                answer = question.answers.filter(round=question.round).first()
                found = {step.key for step in next_steps.steps_for(getattr(self.cast, who), question, answer)}
                self.assertEqual(found, expected)

    def test_who_has_taken_it_is_offered_to_give_it_back_and_not_to_take_it_again(self):
        question = self.question(state="received")
        assigning.claim(question, by=self.cast.standing_office)

        offered = {step.key for step in next_steps.steps_for(self.cast.standing_office, again(question), None)}

        self.assertIn("release", offered)
        self.assertNotIn("claim", offered)

    def test_an_empty_list_says_who_fills_it_and_offers_nothing_to_insert(self):
        AnswerTemplate.objects.all().delete()
        CompetentBody.objects.all().delete()
        asked, given = self.question(state="received"), self.question(state="assigned")

        empty = self.get("standing_office", "faq_reject", asked.pk)
        self.assertContains(empty, "Danh mục chưa có cơ quan nào")
        directory = reverse(CompetentBody.snippet_viewset.get_url_name("list"))
        self.assertContains(empty, f'href="{directory}"')
        self.client.force_login(self.cast.standing_office)
        self.assertEqual(self.client.get(directory).status_code, 200)
        page = self.get("head", "faq_draft", given.pk)
        self.assertContains(page, "Chưa có mẫu nào cho câu hỏi này")
        self.assertNotContains(page, "Chèn mẫu")

    def test_what_concerns_nobody_else_goes_on_to_its_end_and_not_to_a_page(self):
        for common, main in ((True, "prepare_page"), (False, "close")):
            with self.subTest(common=common):
                question = self.question(state="replied", common=common)
                answer = question.answers.filter(round=question.round).first()
                steps = next_steps.steps_for(self.cast.standing_office, question, answer)
                self.assertIn(main, [step.key for step in steps if step.is_main])
                self.assertEqual("soạn trang công khai" in next_steps.waits_for(question, answer), common)
                self.assertEqual(common, any(step.is_main for step in steps if step.key == "prepare_page"))

    def test_every_button_that_is_offered_opens_its_screen(self):
        for state in ("received", "classified", "assigned", "drafted", "signed", "replied", "closed", "out_of_scope"):
            question = self.question(state=state, common=state != "closed")
            page = self.get("head", "faq_question", question.pk)
            for step in page.context["steps"]:
                with self.subTest(state=state, step=step.key):
                    self.assertEqual(self.get("head", step.screen, question.pk).status_code, 200)

    def test_what_cannot_be_done_now_is_said_and_leads_back(self):
        question = self.question(state="received")
        answer = self.browser("standing_office").get(reverse("faq_reply", args=[question.pk]), follow=True)
        self.assertContains(answer, "đang ở bước «Đã tiếp nhận» nên không gửi câu trả lời được")
        self.assertEqual(answer.redirect_chain, [(reverse("faq_question", args=[question.pk]), 302)])

    def test_who_may_not_take_a_step_is_turned_away(self):
        question = self.question(site=self.city.my_long, state="assigned")
        for name in ("faq_reassign", "faq_sign", "faq_contact", "faq_interest"):
            with self.subTest(name):
                answer = self.post("contributor", name, question.pk, reason="x")
                self.assertIn(answer.status_code, (302, 403))
        self.assertEqual(again(question).state, State.ASSIGNED)

    def test_the_same_form_sent_twice_is_one_step(self):
        question = self.question(state="assigned")
        data = {"text": "Đang khảo sát.", "promised_on": "26/02/2024", "portal_submission": "k1"}
        browser = self.browser("head")
        for _ in range(2):
            answer = browser.post(reverse("faq_notify", args=[question.pk]), data)
            self.assertGoesTo(answer, question)
        self.assertEqual(question.notices.count(), 1)


class Classifying(Screens):
    def test_topic_and_unit_are_suggested_with_their_reasons(self):
        question = self.question(
            title="Hẻm ngập", text="Hẻm ngập ở Phường Mỹ Xuyên, xin nạo vét cống giúp bà con.", topic=None
        )
        answer = self.get("standing_office", "faq_classify", question.pk)
        self.assertContains(answer, "có từ khóa «hẻm ngập»")
        self.assertContains(answer, "câu hỏi nêu tên Phường Mỹ Xuyên")
        form = answer.context["form"]
        self.assertEqual((form.initial["topic"], form.initial["unit"]), (self.topic, self.city.my_xuyen.unit))

    def test_triage_changes_topic_and_body_the_asker_is_told_and_it_leaves_the_list(self):
        question = self.question(state="received")
        mail.outbox.clear()
        self.post("standing_office", "faq_classify", question.pk, topic=self.topic.pk, unit=self.office.pk, assign="co")
        self.assertEqual(again(question).unit, self.office)
        (told,) = [message for message in mail.outbox if message.to == [ASKER["email"]]]
        self.assertIn("Phòng thử", told.body)
        inbox = self.get("standing_office", "faq_inbox", tinh_trang="received")
        self.assertNotContains(inbox, question.number)

    def test_a_unit_that_stands_there_as_suggestion_gets_nothing_until_the_button_says_so(self):
        question = self.question(state="received")
        self.post(
            "standing_office", "faq_classify", question.pk, topic=self.topic.pk, unit=self.office.pk, assign="khong"
        )
        self.assertEqual((again(question).state, again(question).topic), ("classified", self.topic))
        self.assertNotEqual(again(question).unit, self.office)

    def test_a_note_for_the_unit_is_not_lost_by_the_button_that_hands_nothing_on(self):
        question = self.question(state="received")
        answer = self.post(
            "standing_office", "faq_classify", question.pk, topic=self.topic.pk, unit="", note="Gấp", assign="khong"
        )
        self.assertContains(answer, "Ghi chú chỉ đến tay đơn vị khi chuyển")
        self.assertContains(answer, "Gấp")
        self.assertEqual(again(question).state, "received")

    def test_handing_on_without_a_unit_names_the_field_and_the_other_button(self):
        question = self.question(state="received")
        answer = self.post("standing_office", "faq_classify", question.pk, topic=self.topic.pk, unit="", assign="co")
        self.assertContains(answer, "Hãy chọn đơn vị nhận câu hỏi, hoặc bấm «Chỉ phân loại, chuyển sau».")
        self.assertEqual(again(question).state, "received")

    def test_a_unit_of_another_site_takes_the_question_along(self):
        question = self.question(site=self.city.my_long, state="classified")
        answer = self.post("unit_head", "faq_assign", question.pk, unit=self.city.my_xuyen.unit.pk)
        self.assertRedirects(answer, reverse("faq_inbox"))
        self.assertEqual(again(question).owner_site, self.city.my_xuyen)

    def test_out_of_scope_is_answered_at_once_with_the_competent_body_or_an_explicit_unknown(self):
        question = self.question()
        refused = self.post("standing_office", "faq_reject", question.pk, reason="Việc của tòa án")
        self.assertContains(refused, "Hãy chọn hoặc ghi cơ quan có thẩm quyền")
        self.assertContains(refused, "Việc của tòa án")
        self.assertEqual(again(question).state, State.RECEIVED)
        both = self.post(
            "standing_office", "faq_reject", question.pk, reason="x", competent_body="Tòa án", is_unknown="on"
        )
        self.assertContains(both, "hãy bỏ dấu ở ô này")
        mail.outbox.clear()
        self.post("standing_office", "faq_reject", question.pk, reason="Việc của tòa án", competent_body="Tòa án")
        self.assertEqual(again(question).state, State.OUT_OF_SCOPE)
        self.assertIn("Tòa án", mail.outbox[-1].body)

        unknown = self.question()
        self.post("standing_office", "faq_reject", unknown.pk, reason="Không phải việc của tỉnh", is_unknown="on")
        self.assertEqual((again(unknown).state, again(unknown).competent_body), (State.OUT_OF_SCOPE, ""))

    def test_reassignment_keeps_the_day_and_the_history(self):
        question = self.question(state="assigned", unit=self.office)
        before = running.running_deadline(question).last_day
        with time_machine.travel(datetime(2024, 1, 30, 9, tzinfo=MONDAY.tzinfo), tick=False):
            self.post("head", "faq_reassign", question.pk, unit=self.city.my_long.unit.pk, reason="Đúng nơi hơn")
        self.assertEqual(running.running_deadline(question).last_day, before)
        page = self.get("unit_head", "faq_question", question.pk)
        for said in ("Chuyển đơn vị trả lời", "Chuyển đơn vị khác", "Đúng nơi hơn", "Phòng thử"):
            self.assertContains(page, said)

    def test_merging_offers_the_same_text_and_what_sounds_alike_of_one_s_own_sites(self):
        text = "Hẻm 12 ngập nước mỗi khi mưa lớn, xin nạo vét cống."
        first = self.question(site=self.city.my_long, title="Hẻm 12 ngập", text=text)
        same = self.question(site=self.city.my_long, title="Ngập hẻm", text=text.upper())
        alike = self.question(site=self.city.my_long, title="Hẻm 12 ngập nước", text="Hẻm 12 ngập nước khi mưa lớn.")
        foreign = self.question(site=self.city.my_xuyen, title="Hẻm 12 ngập", text=text)
        page = self.get("unit_head", "faq_merge", first.pk)
        self.assertContains(page, f"{same.number} (cùng nội dung)")
        self.assertContains(page, f"{alike.number} (gần giống)")
        self.assertNotContains(page, foreign.number)
        for number in (foreign.number, "HD-2024-999999"):
            refused = self.post("unit_head", "faq_merge", first.pk, number=number, reason="trùng")
            self.assertContains(refused, "Không có câu hỏi nào mang số này trong phạm vi bạn xử lý")
        self.post("unit_head", "faq_merge", first.pk, into=same.number, reason="trùng")
        self.assertEqual(again(first).merged_into, same)


class EveryStep(Screens):
    def test_shows_the_note_for_the_unit_the_files_and_where_the_question_was_asked(self):
        question = self.question(site=self.city.my_long)
        classifying.classify(question, topic=self.topic, in_scope=True, by=self.cast.unit_head)
        assigning.assign(again(question), unit=self.city.my_long.unit, note="Xem đợt tháng 3.", by=self.cast.unit_head)
        file = QuestionFile(
            question=again(question),
            name="Ảnh hẻm.jpg",
            size=9,
            digest="a" * 64,
            scan_state="clean",
            uploaded_at=MONDAY,
        )
        file.file.save("anh.jpg", ContentFile(b"Anh goc 1"), save=False)
        file.save()

        answer = self.get("unit_head", "faq_draft", question.pk)

        self.assertContains(answer, "Xem đợt tháng 3.")
        self.assertContains(answer, reverse("faq_question_file", args=[file.pk]))
        self.assertContains(answer, f"Gửi trên trang: {question.asked_on_site}")


class Writing(Screens):
    def template(self, name: str, **fields) -> AnswerTemplate:
        return AnswerTemplate.objects.create(
            **{"name": name, "body": f"<p>{name}</p>", "owner_site": self.city.site, **fields}
        )

    def test_templates_are_offered_by_topic_and_site(self):
        question = self.question(site=self.city.my_long, state="assigned")
        self.template("Mẫu chung")
        self.template("Mẫu lĩnh vực", topic=self.topic)
        self.template("Mẫu phường", owner_site=self.city.my_long)
        self.template("Mẫu khác lĩnh vực", topic=a_topic("Khác"))
        self.template("Mẫu phường khác", owner_site=self.city.my_xuyen)
        self.template("Mẫu cũ", is_active=False)
        form = self.get("contributor", "faq_draft", question.pk).context["form"]
        offered = {str(template) for template in form.fields["template"].queryset}
        self.assertEqual(offered, {"Mẫu chung", "Mẫu lĩnh vực", "Mẫu phường"})

    def test_a_template_is_put_under_what_is_written_with_its_documents_and_nothing_is_lost_or_saved(self):
        question = self.question(state="assigned")
        law, own = (
            public_document(self.city.site, by=self.cast.standing_office),
            public_document(self.city.site, by=self.cast.standing_office, symbol="07/2022/QĐ-UBND"),
        )
        template = self.template("Kính gửi ông/bà")
        more = [
            public_document(self.city.site, by=self.cast.standing_office, symbol=f"0{n}/2023/QĐ-UBND")
            for n in (1, 2, 3)
        ]
        template.documents.add(law, own, *more)
        answer = self.post(
            "editor",
            "faq_draft",
            question.pk,
            body=body("<p>Đang gõ dở.</p>"),
            template=template.pk,
            insert="1",
            document_1=own.pk,
        )
        form = answer.context["form"]
        initial = form.initial
        self.assertEqual(without_keys(initial["body"]), "<p>Đang gõ dở.</p><p>Kính gửi ông/bà</p>")
        shown = {name: form[name].value() or "" for name in form.places}
        self.assertEqual(shown["document_1"], own.pk)
        self.assertEqual({found for found in shown.values() if found}, {made.pk for made in (own, law, *more)})
        self.assertFalse(question.answers.exists())

        self.post("editor", "faq_draft", question.pk, body=body(initial["body"]), **shown)
        self.assertEqual(set(question.answers.get().documents.all()), {own, law, *more})

    def test_the_answer_keeps_the_documents_it_rests_on(self):
        question, law = self.question(state="assigned"), public_document(self.city.site, by=self.cast.standing_office)
        self.post("editor", "faq_draft", question.pk, body=body("<p>Theo quy định.</p>"), document_2=law.pk)
        self.assertEqual(list(question.answers.get().documents.all()), [law])
        self.assertContains(self.get("editor", "faq_question", question.pk), law.name)

    def test_an_empty_answer_is_refused_and_the_documents_stay_chosen(self):
        question, law = self.question(state="assigned"), public_document(self.city.site, by=self.cast.standing_office)
        answer = self.post("editor", "faq_draft", question.pk, body=body("<p></p>"), document_1=law.pk)
        self.assertContains(answer, "Hãy viết câu trả lời.")
        self.assertContains(answer, f'value="{law.pk}"')
        for broken in ("", "không phải JSON", "[]", '{"blocks": 1}'):
            with self.subTest(broken):
                answer = self.post("editor", "faq_draft", question.pk, body=broken)
                self.assertContains(answer, "Hãy viết câu trả lời.")

    def test_who_saves_second_sees_the_first_one_s_text_before_it_is_covered(self):
        question = self.question(state="assigned")
        answering.draft(question, body="<p>Bài của người thứ nhất.</p>", by=self.cast.head)
        answer = self.post("editor", "faq_draft", question.pk, body=body("<p>Bài của tôi.</p>"), written_at="")
        self.assertContains(answer, "Bài của người thứ nhất.")
        self.assertIn("Bài của tôi.", answer.context["form"]["body"].value())
        self.assertEqual(question.answers.get().body, "<p>Bài của người thứ nhất.</p>")
        seen = question.answers.get().written_at.isoformat()
        self.assertContains(answer, seen)
        self.assertGoesTo(
            self.post("editor", "faq_draft", question.pk, body=body("<p>Gộp.</p>"), written_at=seen), question
        )
        self.assertEqual(without_keys(question.answers.get().body), "<p>Gộp.</p>")

    def test_the_answer_is_hidden_from_the_asker_until_it_is_sent_then_he_is_told(self):
        question = self.question(state="signed", answer="<p>Nội dung chưa ai biết.</p>")
        self.assertIsNone(answering.answer_of(question))
        self.assertFalse([message for message in mail.outbox if "chưa ai biết" in message.body])
        self.post("standing_office", "faq_interest", question.pk, common="khong", reason="Việc riêng")
        self.post("standing_office", "faq_reply", question.pk)
        self.assertEqual(answering.answer_of(again(question)).state, Answer.State.SENT)
        (told,) = [message for message in mail.outbox if "chưa ai biết" in message.body]
        self.assertEqual(told.to, [ASKER["email"]])

    def test_the_office_is_told_to_call_who_left_no_e_mail_address(self):
        for left, said in (
            ({"email": "", "phone": "0296 111 222"}, "hãy gọi điện để báo"),
            ({"email": "", "phone": "0296 111 222", "address": "Ấp Mẫu"}, "hãy gọi điện hoặc gửi thư để báo"),
            ({}, "Đã gửi câu trả lời cho người hỏi."),
        ):
            with self.subTest(said):
                question = a_question(self.city, state="signed", topic=self.topic, contact=a_contact(**left))
                self.post("standing_office", "faq_interest", question.pk, common="khong", reason="Việc riêng")

                address = reverse("faq_reply", args=[question.pk])
                self.assertContains(self.browser("standing_office").post(address, follow=True), said)

    def test_errors_name_the_field_and_keep_what_was_typed(self):
        question = self.question(state="assigned")
        answer = self.post("head", "faq_notify", question.pk, text="Đang khảo sát thực địa.", promised_on="24/02/2024")
        self.assertContains(answer, "không phải ngày làm việc; có thể chọn")
        self.assertContains(answer, "Đang khảo sát thực địa.")
        self.assertFalse(question.notices.exists())


class PersonalData(Screens):
    def reads(self) -> list[str]:
        found = AuditEntry.objects.filter(action="personal_data.read").order_by("pk")
        return [f"{entry.actor_name.split(' (')[0]}: {entry.detail['what']}" for entry in found]

    def test_contact_data_are_shown_to_handlers_by_a_press_and_each_time_written_down(self):
        question = self.question()
        page = self.get("standing_office", "faq_question", question.pk)
        for said in ASKER.values():
            self.assertNotContains(page, said)
        self.assertRedirects(
            self.get("standing_office", "faq_contact", question.pk), reverse("faq_question", args=[question.pk])
        )
        self.assertEqual(self.reads(), [])

        shown = self.post("standing_office", "faq_contact", question.pk)
        for said in ASKER.values():
            self.assertContains(shown, said)
        self.assertIn("no-store", shown.headers["Cache-Control"])
        self.assertEqual(self.reads(), ["Cán bộ mẫu 05: họ và tên, thư điện tử, số điện thoại"])
        entry = AuditEntry.objects.get(action="personal_data.read")
        self.assertEqual((entry.object_label, entry.site_slug), (str(question), "long-xuyen"))
        self.assertFalse(any(said in f"{entry.detail} {entry.object_label}" for said in ASKER.values()))

    def test_whoever_only_writes_answers_and_other_wards_do_not_get_them(self):
        question = self.question(site=self.city.my_long, state="assigned")
        for who in ("contributor", "contributor_my_xuyen", "technical_admin", "superuser"):
            with self.subTest(who):
                answer = self.post(who, "faq_contact", question.pk)
                self.assertIn(answer.status_code, (302, 403, 404))
                self.assertFalse(any(said.encode() in answer.content for said in ASKER.values()))
        self.assertEqual(self.reads(), [])

    def test_the_two_panes_mark_the_originals_and_replace_what_is_ticked_on_a_look(self):
        questions_page(self.city)
        question = self.question(
            state="replied",
            text="Tôi là Lê Thị Bí Mật ở tổ 5. Gọi 0987.654.321.",
            answer="<p>Kính gửi bà Lê Thị Bí Mật.</p>",
        )
        page = self.get("standing_office", "faq_prepare", question.pk)
        self.assertContains(page, '<mark title="tên người hỏi">Lê Thị Bí Mật</mark>', count=2)
        self.assertContains(page, '<mark title="địa chỉ">tổ 5</mark>')
        self.assertEqual(
            page.context["form"].initial["question_text"], "Tôi là [tên người hỏi] ở [địa chỉ]. Gọi [số điện thoại]."
        )
        self.assertEqual(len(self.reads()), 1)

        own = "Một người dân (Lê Thị Bí Mật) ở tổ 5 hỏi, tôi viết lại."
        looked = self.post(
            "standing_office",
            "faq_prepare",
            question.pk,
            look="1",
            title="Hỏi",
            question_text=own,
            answer=body("<p>Kính gửi bà Lê Thị Bí Mật.</p>"),
            replace=["Lê Thị Bí Mật"],
        )
        initial = looked.context["form"].initial
        self.assertEqual(initial["question_text"], "Một người dân ([tên người hỏi]) ở tổ 5 hỏi, tôi viết lại.")
        self.assertEqual(without_keys(initial["answer"]), "<p>Kính gửi bà [tên người hỏi].</p>")
        self.assertFalse(FaqPage.objects.filter(title="Hỏi").exists())

    def test_what_is_left_of_the_asker_stops_the_page_field_by_field(self):
        questions_page(self.city)
        question = self.question(state="replied")
        answer = self.post(
            "standing_office",
            "faq_prepare",
            question.pk,
            title="Bà Lê Thị Bí Mật hỏi",
            question_text="Gọi 0987654321",
            answer=body("<p>Trả lời.</p>"),
        )
        self.assertContains(answer, "Còn tên người hỏi; hãy bỏ")
        self.assertContains(answer, "Còn số điện thoại của người hỏi; hãy bỏ")
        self.assertIsNone(again(question).page_id)

    def test_before_there_is_an_answer_there_is_no_page_to_prepare_whichever_way_it_is_asked_for(self):
        question = self.question(state="assigned")
        texts = {"title": "Hỏi", "question_text": "Hỏi gì đó", "answer": body("<p>Đáp.</p>")}

        for answer in (
            self.get("standing_office", "faq_prepare", question.pk),
            self.post("standing_office", "faq_prepare", question.pk, **texts),
            self.post("standing_office", "faq_prepare", question.pk, look="1", **texts),
        ):
            self.assertGoesTo(answer, question)
        self.assertFalse(FaqPage.objects.exists())


class Files(Screens):
    def attached(self, question: Question, scan_state: str = "clean") -> QuestionFile:
        made = QuestionFile(
            question=question,
            name="Đơn của tôi.txt",
            size=9,
            digest="a" * 64,
            scan_state=scan_state,
            uploaded_at=MONDAY,
        )
        made.file.save("don.txt", ContentFile(b"Don goc 1"), save=False)
        made.save()
        return made

    def test_a_file_goes_to_those_who_see_the_question_and_each_time_is_written_down(self):
        file = self.attached(self.question(site=self.city.my_long, state="assigned"))
        answer = self.get("contributor", "faq_question_file", file.pk)
        self.assertEqual(b"".join(answer.streaming_content), b"Don goc 1")
        self.assertIn("no-store", answer.headers["Cache-Control"])
        entry = AuditEntry.objects.get(action="file.downloaded")
        self.assertEqual((entry.object_id, entry.site_slug), (str(file.pk), "my-long"))
        self.assertNotIn("Đơn của tôi", entry.object_label)
        for who, pk in (("contributor_my_xuyen", file.pk), ("contributor", 987654321)):
            self.assertEqual(self.get(who, "faq_question_file", pk).status_code, 404)

    def test_a_file_with_malware_or_not_yet_scanned_is_refused(self):
        question = self.question()
        infected, unscanned = self.attached(question, "infected"), self.attached(question, "unscanned")
        with override_settings(PORTAL_CLAMAV="tcp://127.0.0.1:9"):
            for file in (infected, unscanned):
                answer = self.get("standing_office", "faq_question_file", file.pk)
                self.assertEqual((answer.status_code, answer.streaming), (302, False))
        self.assertFalse(AuditEntry.objects.filter(action="file.downloaded").exists())

    def test_a_redacted_copy_is_a_new_file_and_the_original_stays_as_it_was_and_private(self):
        question = self.question()
        original = self.attached(question)
        upload = SimpleUploadedFile("don-da-che.txt", b"Don da che")
        self.assertGoesTo(self.post("standing_office", "faq_redact", original.pk, file=upload), question)
        copy = QuestionFile.objects.get(redacted_of=original)
        self.assertEqual(copy.file.read(), b"Don da che")
        self.assertEqual(QuestionFile.objects.get(pk=original.pk).file.read(), b"Don goc 1")
        self.assertNotEqual(copy.file.name, original.file.name)
        for file in (original, copy):
            self.assertEqual(self.client.get(f"/tep/{file.file.name}").status_code, 404)
        self.assertIn("redact", self.logged(question))
        self.assertContains(self.get("standing_office", "faq_question", question.pk), "Bản đã che")

    def test_the_same_content_is_no_redacted_copy(self):
        original = self.attached(self.question())
        QuestionFile.objects.update(digest=sha256(b"Don goc 1").hexdigest())
        answer = self.post("standing_office", "faq_redact", original.pk, file=SimpleUploadedFile("x.txt", b"Don goc 1"))
        self.assertContains(answer, "giống hệt tệp gốc")
        self.assertEqual(QuestionFile.objects.count(), 1)


class Entering(Screens):
    typed = {
        "channel": "phone",
        "received_on": "19/01/2024 16:30",
        "title": "Hỏi lịch tiếp dân",
        "text": "Chủ tịch phường tiếp công dân vào ngày nào?",
        "phone": "0987 654 321",
        "consent": "on",
    }

    def test_a_question_by_telephone_is_entered_and_its_receipt_printed(self):
        data = {**self.typed, "site": self.city.my_long.pk}
        files = {"files": [SimpleUploadedFile("mot.txt", b"mot"), SimpleUploadedFile("hai.txt", b"hai")]}
        answer = self.post("unit_head", "faq_enter", **data, **files)
        question = Question.objects.get(title="Hỏi lịch tiếp dân")
        self.assertRedirects(answer, reverse("faq_receipt", args=[question.pk]), fetch_redirect_response=False)
        self.assertEqual(
            (question.channel, question.owner_site, question.files.count()), ("phone", self.city.my_long, 2)
        )
        self.assertEqual(f"{question.received_at.astimezone(MONDAY.tzinfo):%d/%m %H:%M}", "19/01 16:30")
        receipt = self.get("unit_head", "faq_receipt", question.pk)
        for said in (question.number, question.secret, "16/02/2024"):
            self.assertContains(receipt, said)
        self.assertNotContains(receipt, "0987 654 321")
        self.assertEqual(AuditEntry.objects.filter(action="personal_data.read").count(), 1)

    def test_what_is_missing_is_named_at_once_and_nothing_typed_is_lost(self):
        data = {**self.typed, "site": self.city.site.pk, "phone": "", "consent": "", "received_on": "hôm qua"}
        answer = self.post("standing_office", "faq_enter", **data)
        self.assertContains(answer, "Không đọc được; hãy ghi theo dạng")
        self.assertContains(answer, self.typed["text"])
        self.assertContains(answer, "Hãy cho ít nhất một cách liên hệ")
        self.assertContains(answer, "Hãy đánh dấu đồng ý")
        future = {**self.typed, "site": self.city.site.pk, "received_on": "23/01/2024 08:00"}
        self.assertContains(self.post("standing_office", "faq_enter", **future), "không thể ở tương lai")
        self.assertEqual(Question.objects.count(), 0)

    def test_one_enters_for_one_s_own_sites_only(self):
        form = self.get("unit_head", "faq_enter").context["form"]
        self.assertEqual(list(form.fields["site"].queryset), [self.city.my_long])
        answer = self.post("unit_head", "faq_enter", **self.typed, site=self.city.my_xuyen.pk)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(self.get("contributor", "faq_enter").status_code, 302)

    def test_the_receipt_of_a_question_from_the_web_is_nobody_s(self):
        question = self.question()
        self.assertEqual(self.get("standing_office", "faq_receipt", question.pk).status_code, 404)


class Tables(Screens):
    def table(self, *rows, heads=("Số câu hỏi", "Câu trả lời")) -> SimpleUploadedFile:
        book = Workbook()
        for row in (heads, *rows):
            book.active.append(row)
        out = io.BytesIO()
        book.save(out)
        return SimpleUploadedFile("tra-loi.xlsx", out.getvalue())

    def test_the_sheet_holds_the_open_questions_of_one_s_site_and_comes_back_as_drafts(self):
        own = [self.question(site=self.city.my_long, state="assigned") for _ in range(2)]
        self.question(site=self.city.my_xuyen, state="assigned")
        self.question(site=self.city.my_long, state="drafted")
        answer = self.get("contributor", "faq_answer_sheet")
        rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
        self.assertEqual(rows[0], tuple(column.header for column in answer_tables.COLUMNS))
        self.assertEqual({row[0] for row in rows[1:]}, {question.number for question in own})
        self.assertEqual(rows[1][3], "19/02/2024")
        self.assertFalse(any(said in str(rows) for said in ASKER.values()))
        self.assertEqual(AuditEntry.objects.filter(action="export.made").count(), 1)

        filled = self.table(
            *((row[0], row[1], row[2], row[3], "Đoạn một <b>\n\nĐoạn hai") for row in rows[1:]), heads=rows[0]
        )
        shown = self.post("contributor", "faq_answer_table", table=filled)
        self.assertEqual([row.error for row in shown.context["rows"]], ["", ""])
        self.assertFalse(Answer.objects.filter(question__in=own).exists())

        written = self.send("contributor", shown.context["rows"])
        self.assertRedirects(written, reverse("faq_inbox"))
        for question in own:
            found = question.answers.get()
            self.assertEqual(found.body, "<p>Đoạn một &lt;b&gt;</p><p>Đoạn hai</p>")
            self.assertEqual((found.state, again(question).state), (Answer.State.DRAFT, State.ASSIGNED))

    def send(self, who: str, rows, **data):
        return self.post(
            who,
            "faq_answer_table",
            place=[row.place for row in rows],
            number=[row.number for row in rows],
            replaces=[row.replaces_version for row in rows],
            answer=[row.answer for row in rows],
            **{"write": "1", **data},
        )

    def test_errors_are_shown_row_by_row_and_one_wrong_row_writes_none(self):
        own = self.question(site=self.city.my_long, state="assigned")
        signed = self.question(site=self.city.my_long, state="signed")
        foreign = self.question(site=self.city.my_xuyen, state="assigned")
        file = self.table(
            (own.number, "Trả lời đúng."),
            (own.number, "Lần nữa."),
            (foreign.number, "Của nơi khác."),
            ("HD-2024-999999", "Không có."),
            (signed.number, "Đã ký rồi."),
            ("", "Không số."),
            (own.number, ""),
        )
        shown = self.post("contributor", "faq_answer_table", table=file)
        rows = shown.context["rows"]
        for row, said in zip(
            rows,
            (
                "",
                "có hai dòng",
                "trong phạm vi bạn xử lý",
                "trong phạm vi bạn xử lý",
                "Câu trả lời đã được ký duyệt",
                "Thiếu số câu hỏi",
            ),
            strict=True,
        ):
            with self.subTest(row.place):
                self.assertIn(said, row.error)
                self.assertEqual(bool(said), bool(row.error))
        self.assertNotContains(shown, foreign.title)

        refused = self.send("contributor", rows)
        self.assertContains(refused, "Có 5 dòng có lỗi nên chưa ghi dòng nào")
        self.assertContains(refused, "Trả lời đúng.")
        self.assertFalse(own.answers.exists())

        left = self.send("contributor", rows, leave=[row.place for row in rows[1:]])
        self.assertRedirects(left, reverse("faq_inbox"))
        self.assertEqual(own.answers.get().body, "<p>Trả lời đúng.</p>")

    def test_a_table_that_cannot_be_used_is_refused_with_the_mend(self):
        for file, said in (
            (self.table(("x", "y"), heads=("Số", "Gì đó")), "thiếu cột: Số câu hỏi, Câu trả lời"),
            (self.table(), "Không có dòng nào có câu trả lời"),
            (SimpleUploadedFile("a.xlsx", b"khong phai bang"), "tệp"),
            (SimpleUploadedFile("a.doc", b"x"), "Bảng phải là tệp .xlsx hoặc .csv"),
        ):
            with self.subTest(said):
                self.assertContains(self.post("contributor", "faq_answer_table", table=file), said)

    def test_a_draft_that_is_replaced_is_said_and_its_documents_stay(self):
        question, law = self.question(state="assigned"), public_document(self.city.site, by=self.cast.standing_office)
        answering.draft(question, body="<p>Bài cũ.</p>", by=self.cast.head, documents=[law])
        shown = self.post("editor", "faq_answer_table", table=self.table((question.number, "Bài mới.")))
        self.assertContains(shown, "Thay bản nháp của Cán bộ mẫu 07")
        self.send("editor", shown.context["rows"])
        self.assertEqual(question.answers.get().body, "<p>Bài mới.</p>")
        self.assertEqual(list(question.answers.get().documents.all()), [law])


class TopicsAndTemplates(Screens):
    def test_the_standing_office_keeps_topics_and_handlers_see_them(self):
        name = "wagtailsnippets_faq_questiontopic"
        self.assertEqual(self.get("standing_office", f"{name}:add").status_code, 200)
        self.assertEqual(self.get("unit_head", f"{name}:list").status_code, 200)
        self.assertEqual(self.get("contributor", f"{name}:add").status_code, 200)
        self.assertIn(self.get("contributor", f"{name}:edit", self.topic.pk).status_code, (302, 403))
        answer = self.post(
            "standing_office",
            f"{name}:edit",
            self.topic.pk,
            name="Tên mới",
            slug=self.topic.slug,
            kind="question",
            keywords="cống thoát nước",
            is_active="on",
            sort_order="3",
        )
        self.assertEqual(answer.status_code, 302)
        change = record_changes.open_change(self.topic)
        record_changes.confirm(change, by=self.cast.head, digest=change.digest)
        self.topic.refresh_from_db()
        self.assertEqual((self.topic.name, self.topic.keywords), ("Tên mới", "cống thoát nước"))

    def test_a_ward_keeps_its_own_templates_with_their_documents_and_sees_no_other_ward_s(self):
        name, law = "wagtailsnippets_faq_answertemplate", public_document(self.city.site, by=self.cast.standing_office)
        data = {
            "name": "Mẫu của phường",
            "owner_site": self.city.my_long.pk,
            "body": body("<p>Kính gửi.</p>"),
            "document_1": law.pk,
            "is_active": "on",
        }
        self.assertEqual(self.post("unit_head", f"{name}:add", **data).status_code, 302)
        made = AnswerTemplate.objects.get(name="Mẫu của phường")
        self.assertEqual((made.owner_site, list(made.documents.all())), (self.city.my_long, [law]))
        self.assertContains(self.get("contributor", f"{name}:list"), "Mẫu của phường")
        self.assertNotContains(self.get("contributor_my_xuyen", f"{name}:list"), "Mẫu của phường")
        self.assertEqual(self.get("contributor_my_xuyen", f"{name}:edit", made.pk).status_code, 404)
        self.assertIn(self.get("contributor", f"{name}:edit", made.pk).status_code, (302, 403))

    def test_a_document_that_only_another_ward_may_see_is_answered_like_none_and_not_shown_again(self):
        secret = factories.document(self.city.my_xuyen, by=self.cast.contributor_my_xuyen)
        secret.abstract = "Trích yếu kín của phường khác"
        secret.save()
        question = self.question(site=self.city.my_long, state="assigned")
        forms = (
            ("unit_head", "wagtailsnippets_faq_answertemplate:add", (), {"name": "Mẫu", "body": body("<p>Kính.</p>")}),
            ("contributor", "faq_draft", (question.pk,), {"body": body("<p>Theo quy định.</p>")}),
        )
        for who, name, args, data in forms:
            with self.subTest(name):
                told = [
                    self.post(who, name, *args, **data, document_1=number, document_2="")
                    for number in (secret.pk, 987654321)
                ]
                for answer in told:
                    form = answer.context["form"]
                    self.assertTrue(form.has_error("document_1", "invalid_choice"))
                    self.assertFalse(form["document_1"].value())
                    self.assertNotContains(answer, "Trích yếu kín")
                words = [re.sub(r"\d+", "#", answer.context["form"].errors["document_1"].as_text()) for answer in told]
                self.assertEqual(*words)
