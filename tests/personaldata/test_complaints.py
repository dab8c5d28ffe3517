"""Somebody reports that public information is wrong: who may, what counts as corrected, who is told."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from accounts.models import User
from base.gate import Refused
from base.models import AuditEntry, OrganisationUnit
from base.operations import proof
from faq.models import RegisterBook
from faq.submission import Contact
from personaldata import clarifying, complaints, own_work, retention
from personaldata.models import CorrectionComplaint
from sections.models import ArticlePage
from tests.city import CityTestCase, appointed, draft, person, publish_at_once
from tests.faq.cast import CONSENT, questions_page
from workflows.dashboard import work_queue
from workflows.models import Deadline

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
NOW = datetime(2026, 3, 5, 9, tzinfo=VIETNAM)
PATH = "/hoi-dap/bao-loi/"
CONTACT = Contact(name="Lê Thị Dấu Vết", phone="0296 384 7561", consent_text=CONSENT, consent_source="biểu mẫu")
TEXT = "Giờ làm việc ghi 7 giờ 30 nhưng thực tế là 7 giờ."
Status = CorrectionComplaint.State


class Complaints(CityTestCase):
    """A Thursday in March 2026; an article of the city and one of Mỹ Long are public."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.office = cls.cast.standing_office
        with time_machine.travel(datetime(2026, 3, 1, 9, tzinfo=VIETNAM), tick=False):
            questions_page(cls.city)
            cls.article = cls.published(cls.city.site)
            cls.wards = cls.published(cls.city.my_long)

    @classmethod
    def published(cls, site) -> ArticlePage:
        page = ArticlePage(
            title="Lịch làm việc",
            slug="lich-lam-viec",
            summary="Tóm tắt.",
            author_name="Cán bộ mẫu",
            source_name="UBND",
            responsible_unit=site.unit,
            body=[("paragraph", "<p>Từ 7 giờ 30.</p>")],
        )
        return publish_at_once(draft(page, cls.city.section(site)))

    def setUp(self):
        deadline = time_machine.travel(NOW, tick=False)
        self.traveller = deadline.start()
        self.addCleanup(deadline.stop)

    def page_at(self, address, host="localhost"):
        return complaints.page_at(address, RequestFactory().get("/", HTTP_HOST=host))

    def received(self, page=None, text=TEXT, **fields) -> CorrectionComplaint:
        page = page or self.article
        reported = complaints.Reported(page, page.portal_site, page.get_url(), page.title)
        return complaints.receive(reported, text=text, **fields)


class Pages(Complaints):
    def test_an_address_of_the_portal_leads_to_its_page_and_its_site(self):
        for address, page in (
            ("/tin-tuc/lich-lam-viec/", self.article),
            ("https://localhost/tin-tuc/lich-lam-viec/?trang=2", self.article),
            ("/my-long/tin-tuc/lich-lam-viec/", self.wards),
        ):
            with self.subTest(address=address):
                found = self.page_at(address)
                self.assertEqual(found.page.pk, page.pk)
                self.assertEqual(found.site, page.portal_site)

    def test_what_a_page_answers_below_itself_is_reported_as_that_page(self):
        self.assertEqual(self.page_at("/van-ban/khong-co-that/").page.slug, "van-ban")

    def test_no_address_leads_out_of_the_portal(self):
        self.assertIsNone(self.page_at("/\\example.org/"))
        self.assertIsNone(self.page_at("//example.org/"))
        self.assertEqual(self.page_at("https://localhost//example.org/").address, "/example.org/")

    def test_another_host_a_draft_and_nonsense_are_no_page(self):
        hidden = draft(ArticlePage(title="Nháp", slug="nhap", summary="x"), self.city.section(self.city.site))
        for address in ("https://example.org/", "", "x" * 600, "http://[::1"):
            with self.subTest(address=address):
                self.assertIsNone(self.page_at(address))
        self.assertNotEqual(self.page_at("/tin-tuc/nhap/").page.pk, hidden.pk)


class Receiving(Complaints):
    def test_it_gets_a_number_a_secret_and_fifteen_days_of_the_site_whose_page_it_is(self):
        complaint = self.received(self.wards)

        deadline = complaints.deadline_of(complaint)
        self.assertEqual(complaint.number, "DC-2026-000001")
        self.assertEqual(complaint.owner_site, self.city.my_long)
        self.assertEqual((deadline.last_day, deadline.site), (date(2026, 3, 20), self.city.my_long))
        self.assertEqual(complaints.find(complaint.number.lower(), complaint.secret), complaint)
        self.assertIsNone(complaints.find(complaint.number, "SAIMATKHAU"))

    def test_numbers_have_no_gaps_after_what_was_refused(self):
        self.received()
        with self.assertRaises(ValidationError):
            self.received(text="ngắn")
        self.assertEqual(self.received(text="Một chỗ sai khác hẳn.").number, "DC-2026-000002")
        self.assertEqual(RegisterBook.objects.get(series="DC").last_number, 2)

    def test_the_same_report_again_is_merged_into_the_first(self):
        first = self.received()

        second = self.received(text=TEXT.upper())

        self.assertEqual((second.state, second.merged_into), (Status.MERGED, first))
        self.assertEqual(self.received(self.wards).state, Status.RECEIVED)

    def test_a_contact_takes_consent_and_none_takes_none(self):
        with self.assertRaises(ValidationError) as caught:
            self.received(contact=Contact(email="a@example.invalid"))
        self.assertEqual(set(caught.exception.message_dict), {"consent"})

        complaint = self.received()

        self.assertEqual((complaint.contact.email, complaint.contact.consented_at), ("", None))


class Answering(Complaints):
    def test_corrected_is_only_what_was_published_anew_or_taken_down(self):
        complaint = self.received()
        with self.assertRaisesMessage(Refused, "chưa được sửa"):
            complaints.answer(complaint, corrected=True, reply="Đã sửa.", by=self.office)

        self.traveller.move_to(datetime(2026, 3, 6, 9, tzinfo=VIETNAM))
        page = ArticlePage.objects.get(pk=self.article.pk)
        page.body = [("paragraph", "<p>Từ 7 giờ.</p>")]
        page.save_revision()
        publish_at_once(ArticlePage.objects.get(pk=page.pk))
        answered = complaints.answer(complaint, corrected=True, reply="Đã sửa thành 7 giờ.", by=self.office)

        self.assertEqual(answered.state, Status.CORRECTED)
        self.assertEqual(complaints.deadline_of(complaint).met_on, date(2026, 3, 6))

    def test_everybody_who_reported_it_is_told_and_every_clock_met(self):
        first = self.received()
        contact = Contact(email="hai@example.invalid", consent_text=CONSENT)
        second = self.received(contact=contact)
        mail.outbox.clear()

        complaints.answer(first, corrected=False, reply="Giờ làm việc đúng như đã đăng.", by=self.office)

        second.refresh_from_db()
        self.assertEqual([message.to for message in mail.outbox], [["hai@example.invalid"]])
        self.assertIn("đúng như đã đăng", mail.outbox[0].body)
        self.assertNotIn("7 giờ 30", mail.outbox[0].body)
        self.assertEqual(complaints.outcome_of(second).reply, "Giờ làm việc đúng như đã đăng.")
        self.assertEqual(complaints.deadline_of(second).met_on, date(2026, 3, 5))
        self.assertEqual(second.contact.purge_on, date(2027, 3, 5))

    def test_only_the_sites_own_people_and_the_citys_answer_and_only_once(self):
        complaint = self.received(self.wards)
        with self.assertRaises(Refused):
            complaints.answer(complaint, corrected=False, reply="Đúng.", by=self.cast.contributor_my_xuyen)

        complaints.answer(complaint, corrected=False, reply="Đúng.", by=self.cast.unit_head)

        with self.assertRaisesMessage(Refused, "đã xong"):
            complaints.answer(complaint, corrected=False, reply="Đúng.", by=self.cast.unit_head)

    def test_what_says_the_same_in_other_words_is_merged_by_hand_within_a_site(self):
        first, second = self.received(), self.received(text="Sai giờ mở cửa buổi sáng.")
        foreign = self.received(self.wards)
        with self.assertRaises(Refused):
            complaints.merge(second, foreign, by=self.office)

        complaints.merge(second, first, by=self.office)

        second.refresh_from_db()
        self.assertEqual((second.state, second.merged_into), (Status.MERGED, first))

    def test_spam_takes_a_reason_and_cancels_the_clock(self):
        complaint = self.received()
        with self.assertRaises(ValidationError):
            complaints.mark_spam(complaint, reason=" ", by=self.office)

        complaints.mark_spam(complaint, reason="quảng cáo", by=self.office)

        complaint.refresh_from_db()
        self.assertEqual(complaint.state, Status.SPAM)
        self.assertTrue(complaints.deadline_of(complaint).cancelled)

    def test_the_reason_for_putting_it_aside_goes_with_its_sender(self):
        complaint = self.received(contact=CONTACT)
        complaints.mark_spam(complaint, reason=f"quảng cáo của {CONTACT.name}", by=self.office)
        self.assertIn(CONTACT.name, complaints.deadline_of(complaint).cancellation_reason)

        retention.purge_record(complaint)

        kept = complaints.deadline_of(complaint)
        self.assertIn("quảng cáo", kept.cancellation_reason)
        self.assertNotIn(CONTACT.name, kept.cancellation_reason)
        for entry in (*ModelLogEntry.objects.for_instance(kept), *AuditEntry.objects.all()):
            self.assertNotIn(CONTACT.name, str(entry.__dict__))


class OfTheUnit(Complaints):
    """An article of the city for which a school answers, which has people of its own on the portal."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.school = OrganisationUnit.objects.create(
            name="Trường Tiểu học Thử",
            slug="tieu-hoc-thu",
            kind=OrganisationUnit.Kind.SCHOOL,
            parent=cls.city.site.unit,
            valid_from=date(2020, 1, 1),
        )
        cls.teacher = person("giao-vien", "Cán bộ mẫu 71")
        appointed(cls.teacher, "unit_contributor", cls.city.site, unit=cls.school)
        ArticlePage.objects.filter(pk=cls.article.pk).update(responsible_unit=cls.school)
        cls.article = ArticlePage.objects.get(pk=cls.article.pk)

    def waiting(self, user) -> list[str]:
        found = own_work.complaints(work_queue.Scope(user, NOW))
        return sorted(key for (key,) in found.of("key")) if found is not None else []

    def test_has_five_working_days_beside_the_fifteen(self):
        complaint = self.received()

        rows = (
            Deadline.objects.for_subject(complaint).order_by("rule__code").values_list("rule__code", "unit", "last_day")
        )
        self.assertEqual(
            list(rows),
            [
                ("DL-ERR", self.school.pk, date(2026, 3, 20)),
                ("DL-ERR-UNIT", self.school.pk, date(2026, 3, 12)),
            ],
        )
        self.assertEqual(complaints.deadline_of(complaint).rule.code, "DL-ERR")

    def test_it_waits_for_the_people_of_the_unit_and_not_for_the_desk_of_questions(self):
        of_school, of_ward = self.received(), self.received(self.wards)

        self.assertEqual(self.waiting(self.teacher), [str(of_school.pk)])
        self.assertEqual(self.waiting(self.cast.contributor), [str(of_ward.pk)])
        self.assertEqual(self.waiting(self.cast.contributor_my_xuyen), [])
        self.assertEqual(self.waiting(self.office), [])
        people = own_work.answering(list(Deadline.objects.for_subject(of_school).select_related("site")))
        self.assertEqual({user.pk for users in people.values() for user in users}, {self.teacher.pk})

    def test_the_standing_office_sees_all_a_unit_and_a_ward_their_own(self):
        of_school, of_ward = self.received(), self.received(self.wards)

        for user, seen in (
            (self.office, {of_school.pk, of_ward.pk}),
            (self.teacher, {of_school.pk}),
            (self.cast.contributor, {of_ward.pk}),
            (self.cast.contributor_my_xuyen, set()),
            (self.cast.technical_admin, set()),
        ):
            with self.subTest(user.username):
                self.assertEqual(set(complaints.visible_to(user).values_list("pk", flat=True)), seen)

    def test_its_people_answer_and_meet_both_deadlines(self):
        complaint = self.received()

        complaints.answer(complaint, corrected=False, reply="Đúng như đã đăng.", by=self.teacher)

        met = Deadline.objects.for_subject(complaint).values_list("met_on", flat=True)
        self.assertEqual(list(met), [date(2026, 3, 5)] * 2)

    def test_a_report_of_a_page_whose_unit_has_no_people_here_waits_for_the_writers_of_its_site(self):
        User.objects.filter(pk=self.teacher.pk).update(is_active=False)
        complaint = self.received()

        self.assertIn(str(complaint.pk), self.waiting(self.office))


class AnotherFormat(Complaints):
    def test_has_five_working_days_and_no_others(self):
        asked = self.received(kind="format", text="Xin bản in chữ lớn của lịch này.")

        deadline = Deadline.objects.for_subject(asked).get()
        self.assertEqual((deadline.rule.code, deadline.last_day), ("DL-FORMAT", date(2026, 3, 12)))
        self.assertEqual(complaints.deadline_of(asked), deadline)

    def test_is_answered_without_a_change_of_the_page_in_its_own_words(self):
        asked = self.received(kind="format", text="Xin bản in chữ lớn của lịch này.")
        self.client.force_login(self.cast.editor)
        address = reverse("faq_complaint_answer", args=[asked.pk])
        self.assertContains(self.client.get(address), "Đã cung cấp ở định dạng khác")

        self.client.post(address, {"outcome": "corrected", "reply": "Bản in có ở bộ phận một cửa."})

        asked.refresh_from_db()
        self.assertEqual(asked.state_label, "Đã cung cấp ở định dạng khác")

    def test_is_never_merged_with_a_report_of_an_error(self):
        error, asked = self.received(), self.received(kind="format")

        self.assertEqual(asked.state, Status.RECEIVED)
        with self.assertRaises(Refused):
            complaints.merge(asked, error, by=self.office)


class Clarifying(Complaints):
    def test_one_press_makes_a_draft_that_names_the_place_and_nothing_of_the_report(self):
        complaint = self.received(self.wards, text="Bà Dấu Vết nói lịch này sai.")
        self.client.force_login(self.cast.contributor)
        self.assertContains(self.client.get(reverse("faq_complaint", args=[complaint.pk])), "Soạn bài giải thích")

        response = self.client.post(reverse("faq_complaint_clarify", args=[complaint.pk]))

        complaint.refresh_from_db()
        page = complaint.clarification
        self.assertRedirects(
            response, reverse("wagtailadmin_pages:edit", args=[page.pk]), fetch_redirect_response=False
        )
        self.assertEqual((page.live, page.owner, page.get_parent().slug), (False, self.cast.contributor, "giai-thich"))
        self.assertEqual((page.claim_place, page.claim_on), (complaint.address, date(2026, 3, 5)))
        self.assertEqual(page.responsible_unit, self.city.my_long.unit)
        self.assertNotIn("Dấu Vết", str(page.get_latest_revision().content))
        self.assertContains(self.client.get(reverse("faq_complaint", args=[complaint.pk])), page.draft_title)

    def test_a_second_press_leads_to_the_same_draft(self):
        complaint = self.received(self.wards)

        first, second = (clarifying.clarify(complaint, by=self.cast.contributor) for _twice in range(2))

        self.assertEqual(first, second)

    def test_only_who_writes_on_the_site_makes_one_and_of_errors_alone(self):
        complaint, asked = self.received(self.wards), self.received(self.wards, kind="format")
        for user in (self.cast.contributor_my_xuyen, self.cast.technical_admin):
            with self.subTest(user.username), self.assertRaises(Refused):
                clarifying.clarify(complaint, by=user)
        with self.assertRaises(Refused):
            clarifying.clarify(asked, by=self.cast.contributor)


class ThePublicPage(Complaints):
    def form(self, **fields):
        stamp = proof.new_stamp(timezone.now())
        return {
            "step": "send",
            "page": "/tin-tuc/lich-lam-viec/",
            "text": TEXT,
            "stamp": stamp,
            "website": "",
            "proof": proof.solve(stamp),
            "portal_submission": "khoa-thu",
            **fields,
        }

    def test_the_link_of_a_page_opens_the_form_for_it(self):
        response = self.client.get(f"{PATH}?trang=/tin-tuc/lich-lam-viec/")

        self.assertContains(response, "Lịch làm việc")
        self.assertContains(response, 'value="/tin-tuc/lich-lam-viec/"')
        self.assertEqual(response["Cache-Control"], "no-store")

    def test_the_other_link_of_a_page_asks_for_another_format(self):
        link = "bao-loi/?trang=/tin-tuc/lich-lam-viec/&amp;loai=dinh-dang"
        self.assertContains(self.client.get("/tin-tuc/lich-lam-viec/"), link)
        form = self.client.get(f"{PATH}?trang=/tin-tuc/lich-lam-viec/&loai=dinh-dang")
        self.assertContains(form, "<h1>Yêu cầu định dạng khác</h1>", html=True)
        self.assertContains(form, 'name="kind" value="format"')

        sent = self.client.post(PATH, self.form(kind="format", text="Xin tệp Word của trang này."))

        self.assertContains(sent, "12/03/2026")
        self.assertEqual(CorrectionComplaint.objects.get().kind, "format")
        self.assertContains(self.client.post(PATH, self.form(kind="format", text="")), "Hãy ghi cần định dạng nào.")

    def test_takes_a_report_without_a_name_once_and_shows_number_and_secret(self):
        form = self.form()
        responses = [self.client.post(PATH, form) for _twice in range(2)]

        complaint = CorrectionComplaint.objects.get()
        for response in responses:
            self.assertContains(response, complaint.number)
            self.assertContains(response, complaint.secret)
            self.assertContains(response, "20/03/2026")
        self.assertFalse(complaint.is_suspect)

    def test_what_fills_the_trap_is_received_and_looked_at(self):
        self.client.post(PATH, self.form(website="x"))

        self.assertTrue(CorrectionComplaint.objects.get().is_suspect)

    def test_what_is_missing_keeps_what_was_typed(self):
        response = self.client.post(PATH, self.form(text="", email="a@example.invalid", page="https://example.org/"))

        self.assertContains(response, "Hãy ghi chỗ nào sai")
        self.assertContains(response, "a@example.invalid")
        response = self.client.post(PATH, self.form(email="a@example.invalid"))
        self.assertContains(response, "đánh dấu đồng ý cho dùng thông tin liên hệ")
        response = self.client.post(PATH, self.form(page="https://example.org/"))
        self.assertContains(response, "Không tìm thấy trang này trên cổng")
        self.assertEqual(CorrectionComplaint.objects.count(), 0)

    def test_number_and_secret_show_what_came_of_it_and_neither_alone_does(self):
        complaint = self.received()
        complaints.answer(complaint, corrected=False, reply="Đúng như đã đăng.", by=self.office)

        def follow(number, secret):
            return self.client.post(PATH, {"step": "follow", "number": number, "secret": secret})

        self.assertContains(follow(complaint.number, complaint.secret), "Đúng như đã đăng.")
        for number, secret in ((complaint.number, "ABCDEFGHJK"), ("DC-2026-999999", complaint.secret)):
            self.assertContains(follow(number, secret), "Số phản ánh hoặc mã tra cứu không đúng")

    def test_the_foot_of_every_public_page_leads_here_with_its_own_address(self):
        for path in ("/", "/tin-tuc/lich-lam-viec/", "/my-long/tin-tuc/lich-lam-viec/"):
            with self.subTest(path=path):
                self.assertContains(self.client.get(path), f"bao-loi/?trang={path}")
