"""Who has a review or a take-down in hand: taken, given, given back; a claim takes no right away."""

from django.core import mail
from django.core.exceptions import ValidationError
from django.urls import reverse
from wagtail.models import PageLogEntry

from accounts import appointments, decisions
from base.gate import Refused
from legalref.models import LegalDocument
from tests.city import CityTestCase, fresh, person, publish
from tests.legalref.library import draft_document
from tests.workflows.drafts import article
from workflows.models import TakeDown, WorkClaim
from workflows.publishing import approval, claims, takedown


class WithWork(CityTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        page = article(cls.city, cls.city.my_long, by=cls.cast.contributor, title="Bài chờ duyệt")
        cls.page = page
        cls.review = approval.submit(
            page, by=cls.cast.contributor, declaration=True, remark="Đã xem lại."
        ).current_task_state
        public = publish(article(cls.city, cls.city.my_long, by=cls.cast.contributor, title="Bài đang đăng"))
        cls.removal = takedown.propose(
            public, by=cls.cast.contributor, ground=TakeDown.Ground.NO_LONGER_SUITABLE, explanation="Đã có bài mới."
        )[0]

    def of(self, work):
        found = claims.claim_of(work)
        return found.person if found else None


class Claiming(WithWork):
    def test_a_reviewer_takes_a_review_and_a_take_down(self):
        for work in (self.review, self.removal):
            with self.subTest(type(work).__name__):
                claims.claim(work, by=self.cast.head)
                self.assertEqual(self.of(work), self.cast.head)

    def test_twice_is_once_and_another_is_refused_by_name(self):
        claims.claim(self.review, by=self.cast.head)
        claims.claim(self.review, by=self.cast.head)

        with self.assertRaisesMessage(Refused, self.cast.head.get_full_name()):
            claims.claim(self.review, by=self.cast.deputy)

    def test_who_wrote_or_proposed_it_or_has_no_right_does_not(self):
        for who in ("contributor", "contributor_my_xuyen", "technical_admin", "accountant"):
            for work in (self.review, self.removal):
                with self.subTest(who), self.assertRaises(Refused):
                    claims.claim(work, by=getattr(self.cast, who))

    def test_a_record_under_review_is_taken_as_a_page_is(self):
        document = draft_document(self.city.site, by=self.cast.standing_office)
        self.assertIsInstance(document, LegalDocument)
        state = approval.submit(document, by=self.cast.standing_office, declaration=True, remark="Đã xem lại.")

        claims.claim(state.current_task_state, by=self.cast.head)

        self.assertEqual(self.of(state.current_task_state), self.cast.head)

    def test_others_may_still_decide(self):
        claims.claim(self.review, by=self.cast.head)

        approval.approve(self.review, by=self.cast.deputy, comment="Đã xem.")

        self.page.refresh_from_db()
        self.assertTrue(self.page.live)

    def test_what_was_decided_is_taken_no_more(self):
        approval.approve(self.review, by=self.cast.deputy, comment="Đã xem.")
        takedown.decide(self.removal, TakeDown.Decision.TAKE_DOWN, by=self.cast.deputy, note="Đã có bài mới.")

        for work in (self.review, self.removal):
            with self.subTest(type(work).__name__), self.assertRaises(Refused):
                claims.claim(work, by=self.cast.head)

    def test_it_lasts_through_a_return(self):
        claims.claim(self.review, by=self.cast.head)
        approval.send_back(self.review, by=self.cast.deputy, reason="Thiếu nguồn")

        state = approval.submit(self.page, by=self.cast.contributor, declaration=True, remark="Đã xem lại.")

        self.assertEqual(self.of(state.current_task_state), self.cast.head)


class Assigning(WithWork):
    def test_who_approves_gives_it_to_a_colleague_who_is_told(self):
        claims.assign(self.review, by=self.cast.head, to=self.cast.deputy, note="Xem trước 15 giờ")

        self.assertEqual(self.of(self.review), self.cast.deputy)
        told = [sent.to for sent in mail.outbox if sent.subject == "Được giao việc: Bài chờ duyệt"]
        self.assertEqual(told, [[self.cast.deputy.email]])

    def test_not_to_the_user_who_wrote_it_nor_to_another_ward(self):
        for who in ("contributor", "contributor_my_xuyen", "technical_admin"):
            with self.subTest(who), self.assertRaises(ValidationError):
                claims.assign(self.review, by=self.cast.head, to=getattr(self.cast, who))

    def test_an_editor_gives_nothing(self):
        with self.assertRaises(Refused):
            claims.assign(self.review, by=self.cast.editor, to=self.cast.deputy)

    def test_it_is_given_back_by_its_holder_or_by_who_assigns(self):
        claims.claim(self.review, by=self.cast.editor)
        claims.claim(self.removal, by=self.cast.deputy)
        with self.assertRaises(Refused):
            claims.release(self.removal, by=self.cast.editor)

        claims.release(self.review, by=self.cast.editor)
        claims.release(self.removal, by=self.cast.head)

        self.assertFalse(WorkClaim.objects.exists())

    def test_a_person_who_leaves_gives_everything_back(self):
        claims.claim(self.review, by=self.cast.editor)
        admin = self.cast.technical_admin
        decision = decisions.record_decision(
            by=admin,
            number="30/QĐ-UBND",
            signed_on=self.review.started_at.date(),
            issuing_body="UBND",
            title="Thôi",
            kind="end",
        )

        appointments.revoke(self.cast.editor.appointments.get(), by=admin, decision=decision, reason="Chuyển công tác")

        self.assertFalse(WorkClaim.objects.exists())
        line = PageLogEntry.objects.get(action="portal.claim.release")
        self.assertEqual((line.user, line.data["of"]), (admin, self.cast.editor.get_full_name()))


class Handing(WithWork):
    def test_is_taking_giving_or_giving_back_by_who_is_chosen(self):
        head, deputy, editor = self.cast.head, self.cast.deputy, self.cast.editor
        for by, to, given_by in (
            (head, head, head),
            (head, deputy, head),
            (deputy, None, None),
            (editor, editor, editor),
        ):
            with self.subTest(by=by.username, to=to):
                claims.hand(self.review, by=by, to=to)

                found = claims.claim_of(self.review)
                self.assertEqual((found.person, found.given_by) if found else (None, None), (to, given_by))

        with self.assertRaises(Refused):
            claims.hand(self.review, by=editor, to=deputy)

    def test_an_approver_takes_what_another_has_and_an_editor_does_not(self):
        claims.claim(self.review, by=self.cast.deputy)
        with self.assertRaises(Refused):
            claims.hand(self.review, by=self.cast.editor, to=self.cast.editor)

        claims.hand(self.review, by=self.cast.head, to=self.cast.head)

        self.assertEqual(self.of(self.review), self.cast.head)


class Screens(WithWork):
    def post(self, who, name, work, **data):
        self.client.force_login(getattr(self.cast, who))
        return self.client.post(reverse(name, args=[work.pk]), data, follow=True)

    def test_the_review_and_the_take_down_say_who_has_them(self):
        for name, shown, work in (
            ("workflows_claim_review", "workflows_review", self.review),
            ("workflows_claim_takedown", "workflows_takedown", self.removal),
        ):
            with self.subTest(name):
                answer = self.post("head", name, work, person=self.cast.head.pk)
                self.assertContains(answer, "Bạn đã nhận việc này.")
                self.client.force_login(self.cast.deputy)
                answer = self.client.get(reverse(shown, args=[work.pk]))
                self.assertContains(answer, f"<strong>{self.cast.head.get_full_name()}</strong>, từ")

    def test_one_form_gives_it_on_and_gives_it_back(self):
        self.post("head", "workflows_claim_review", self.review, person=self.cast.deputy.pk, note="Gấp")
        self.assertEqual(self.of(self.review), self.cast.deputy)

        self.post("head", "workflows_claim_review", self.review, person="")

        self.assertIsNone(self.of(self.review))

    def test_an_editor_is_offered_the_own_name_alone(self):
        answer = self.post("editor", "workflows_claim_review", self.review, person=self.cast.deputy.pk)

        self.assertContains(answer, "Người này không quyết định được việc này")
        self.assertIsNone(self.of(self.review))

    def test_another_ward_finds_no_such_screen(self):
        other = person("duyet.my-xuyen", "Cán bộ mẫu 80", "ward_approver", self.city.my_xuyen)
        self.client.force_login(fresh(other))

        for name, work in (("workflows_claim_review", self.review), ("workflows_claim_takedown", self.removal)):
            with self.subTest(name):
                self.assertEqual(self.client.get(reverse(name, args=[work.pk])).status_code, 404)

    def test_the_queue_and_the_workload_name_who_has_what(self):
        claims.claim(self.review, by=self.cast.deputy)
        claims.claim(self.removal, by=self.cast.deputy)
        self.client.force_login(self.cast.head)

        name = self.cast.deputy.get_full_name()
        self.assertContains(self.client.get(reverse("workflows_queue")), f"đang xử lý: {name}", count=2)
        answer = self.client.get(reverse("workflows_workload"))
        self.assertContains(answer, f"{name}: 2 việc")
        self.assertContains(answer, "Bài đang đăng")

    def test_another_ward_sees_nothing_of_it_in_the_workload(self):
        claims.claim(self.review, by=self.cast.deputy)
        other = person("duyet.my-xuyen", "Cán bộ mẫu 80", "ward_approver", self.city.my_xuyen)
        self.client.force_login(fresh(other))

        self.assertNotContains(self.client.get(reverse("workflows_workload")), "Bài chờ duyệt")
