"""Text that was being typed when a session ended: kept, seen by the right people, given back."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import PortalSession, RescuedText, User
from accounts.signin import rescue
from base.models import AuditEntry
from base.operations import personal_records
from sections.models import ArticlePage
from tests.city import CityClient, CityTestCase, draft, fresh

MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
HOME, KEEP, LIST = "/quan-tri/", "/quan-tri/phien/giu-lai/", "/quan-tri/van-ban-giu-lai/"
RICH = (
    '{"blocks":[{"key":"a","text":"Đoạn thứ nhất.","type":"unstyled"},'
    '{"key":"b","text":"Đoạn thứ hai."}],"entityMap":{}}'
)
FORM = {
    "title": "Lũ về sớm",
    "slug": "lu-ve-som",
    "body-count": "1",
    "body-0-type": "paragraph",
    "body-0-value": RICH,
    "csrfmiddlewaretoken": "x",
    "comments-TOTAL_FORMS": "0",
    "password": "bi-mat",
    "action-publish": "1",
}


class AtTheEditor(CityTestCase):
    """A contributor of Mỹ Long with the edit screen of a draft open."""

    client_class = CityClient

    def setUp(self):
        self.clock = self.enterContext(time_machine.travel(MORNING, tick=False))
        User.objects.update(password_changed_at=MORNING)
        self.user = fresh(self.cast.contributor)
        self.page = draft(ArticlePage(title="Lũ về", slug="lu-ve"), self.city.section(self.city.my_long), by=self.user)
        self.edit = f"/quan-tri/pages/{self.page.pk}/edit/"
        self.client.force_login(self.user)


class KeptText(AtTheEditor):
    def cut(self):
        """End the session as a decision does."""
        User.objects.filter(pk=self.user.pk).update(credentials_epoch=self.user.credentials_epoch + 1)

    def keep(self, **fields) -> RescuedText:
        self.cut()
        self.client.post(self.edit, {**FORM, **fields})
        return RescuedText.objects.get()

    def test_a_form_sent_after_the_cut_is_kept_and_says_so(self):
        self.cut()
        answer = self.client.post(self.edit, FORM)
        text = RescuedText.objects.get()

        self.assertContains(answer, "đã được giữ", status_code=403)
        self.assertContains(answer, "Lũ về sớm", status_code=403)
        self.assertEqual((text.user, text.site, text.label), (self.user, self.city.my_long, "Lũ về sớm"))
        self.assertEqual((text.path, text.object_id), (self.edit, str(self.page.pk)))
        self.assertEqual(self.page.get_latest_revision_as_object().title, "Lũ về")
        self.assertTrue(AuditEntry.objects.filter(action="account.text_rescued").exists())

    def test_a_screen_whose_title_depends_on_what_it_shows_is_named_by_its_address(self):
        decision = reverse("accounts_decision", args=[1])

        self.assertEqual(rescue._screen_at(decision), "")
        self.assertNotEqual(rescue._screen_at(reverse("accounts_revoke", args=[1])), "")

    def test_passwords_codes_and_tokens_are_not_kept(self):
        kept = str(self.keep(otp="123456", code="1.000001").fields)

        for secret in ("bi-mat", "csrfmiddlewaretoken", "123456"):
            self.assertNotIn(secret, kept)
        # That of a procedure is what somebody typed.
        self.assertIn("1.000001", kept)

    def test_reads_as_plain_text_field_by_field(self):
        parts = dict(rescue.paragraphs(self.keep()))

        self.assertIn("Lũ về sớm", parts.values())
        self.assertIn("Đoạn thứ nhất.\nĐoạn thứ hai.", parts.values())
        self.assertNotIn("paragraph", parts.values())

    def test_an_idle_and_an_incomplete_session_s_form_is_kept_too(self):
        self.clock.shift(timedelta(hours=1))
        self.client.post(self.edit, FORM)
        half = CityClient()
        User.objects.filter(pk=self.user.pk).update(must_change_password=True)
        half.force_login(self.user, verified=False)
        self.clock.shift(timedelta(hours=1))
        half.post(self.edit, {**FORM, "title": "Nửa chừng"})

        labels = set(RescuedText.objects.values_list("label", flat=True))
        self.assertEqual(labels, {"Lũ về sớm", "Nửa chừng"})

    def test_the_editor_s_script_may_hand_in_the_text_of_its_form(self):
        self.cut()
        told = self.client.get("/quan-tri/phien/").json()
        answer = self.client.post(KEEP, {**FORM, "duong-dan": self.edit}).json()
        text = RescuedText.objects.get()

        self.assertEqual(told["state"], "ended")
        self.assertTrue(answer["kept"])
        self.assertEqual((text.path, text.object_id), (self.edit, str(self.page.pk)))
        self.assertNotIn("duong-dan", str(text.fields))

    def test_the_same_form_of_a_window_is_one_text_however_often_it_comes(self):
        self.cut()
        for title in ("Lũ về sớm", "Lũ về muộn"):
            self.client.post(KEEP, {**FORM, "title": title, "duong-dan": self.edit, "cua-so": "mot"})
        self.client.post(self.edit, FORM)
        self.client.post(self.edit, FORM)

        self.assertEqual([text.label for text in RescuedText.objects.order_by("pk")], ["Lũ về muộn", FORM["title"]])
        self.assertNotIn("cua-so", str(RescuedText.objects.first().fields))

    def test_two_windows_with_new_articles_under_one_address_are_two_texts(self):
        self.cut()
        for window, title in (("mot", "Lũ về sớm"), ("hai", "Họp tổ dân phố"), ("", "Chợ đêm"), ("", "Tiêm chủng")):
            self.client.post(KEEP, {**FORM, "title": title, "duong-dan": self.edit, "cua-so": window})

        self.assertEqual(RescuedText.objects.count(), 4)

    def test_the_key_that_stays_after_signing_out_is_good_for_some_minutes_only(self):
        self.client.post("/quan-tri/logout/")
        self.clock.shift(timedelta(minutes=14))
        self.client.post(KEEP, {**FORM, "duong-dan": self.edit})
        self.clock.shift(timedelta(minutes=2))
        self.client.post(KEEP, {**FORM, "title": "Của người khác", "duong-dan": self.edit})

        self.assertEqual([text.label for text in RescuedText.objects.all()], [FORM["title"]])

    def test_nothing_is_taken_from_strangers_living_sessions_and_long_after_the_end(self):
        stranger = Client()
        living = self.client.post(KEEP, FORM)
        self.assertEqual(living.status_code, 409)
        self.assertEqual(stranger.post(KEEP, FORM).status_code, 409)
        self.assertEqual(stranger.post(self.edit, FORM).status_code, 302)
        self.cut()
        self.client.get("/quan-tri/phien/")
        self.clock.shift(timedelta(hours=25))
        self.client.post(KEEP, FORM)

        self.assertEqual(RescuedText.objects.count(), 0)

    def test_nothing_is_taken_without_the_token_against_forged_requests(self):
        client = CityClient(enforce_csrf_checks=True)
        client.force_login(self.user)
        self.cut()

        self.assertEqual(client.post(self.edit, FORM).status_code, 403)
        self.assertEqual(client.post(KEEP, FORM).status_code, 403)
        self.assertEqual(RescuedText.objects.count(), 0)

    def test_an_empty_form_is_not_kept(self):
        self.cut()
        self.client.post(self.edit, {"csrfmiddlewaretoken": "x", "title": " ", "body-count": "0"})

        self.assertEqual(RescuedText.objects.count(), 0)

    def test_nobody_fills_the_disk_by_this_road(self):
        self.cut()
        for number in range(rescue.MOST_A_DAY + 5):
            self.client.post(KEEP, {"title": "Rác", "duong-dan": f"/quan-tri/pages/{number}/edit/"})

        self.assertEqual(RescuedText.objects.count(), rescue.MOST_A_DAY)

    def test_is_offered_when_the_person_comes_back(self):
        text = self.keep()
        self.client.force_login(self.user)

        home = self.client.get(HOME)

        self.assertContains(home, text.label)
        self.assertContains(home, f"{LIST}{text.pk}/")

    def test_goes_back_into_the_draft_by_one_button(self):
        text = self.keep()
        self.client.force_login(self.user)
        shown = self.client.get(f"{LIST}{text.pk}/")
        fields = rescue.again(text)

        self.assertContains(shown, f'action="{self.edit}"')
        self.assertContains(shown, "Lưu lại vào bản nháp")
        self.assertIn(("body-0-value", RICH), fields)
        self.assertNotIn("action-publish", dict(fields))

    def test_what_came_from_another_screen_is_shown_but_not_sent_again(self):
        self.cut()
        self.client.post("/quan-tri/account/", {"name_email-first_name": "Tên"})
        text = RescuedText.objects.get()

        self.assertEqual(rescue.again(text), [])

    def test_is_seen_by_its_writer_and_those_who_review_for_the_site(self):
        text = self.keep()

        for name, sees in (
            ("contributor", True),
            ("ward_approver", True),
            ("editor", True),
            ("head", True),
            ("superuser", True),
            ("contributor_my_xuyen", False),
            ("unit_head", False),
            ("technical_admin", False),
            ("accountant", False),
        ):
            client = CityClient()
            client.force_login(getattr(self.cast, name))
            with self.subTest(who=name):
                self.assertEqual(client.get(f"{LIST}{text.pk}/").status_code, 200 if sees else 404)
                self.assertEqual(text.label in client.get(LIST).content.decode(), sees)
        self.assertEqual(AuditEntry.objects.filter(action="draft.seen", object_id=str(text.pk)).count(), 4)

    def test_a_form_about_another_ward_s_page_is_shown_to_the_writer_s_own_site(self):
        foreign = self.city.section(self.city.my_xuyen)
        self.cut()
        self.client.post(KEEP, {**FORM, "duong-dan": f"/quan-tri/pages/{foreign.pk}/edit/"})

        self.assertEqual(RescuedText.objects.get().site, self.city.my_long)

    def test_only_its_writer_removes_it(self):
        text = self.keep()
        editor = CityClient()
        editor.force_login(self.cast.editor)
        with self.assertRaises(PermissionDenied):
            rescue.remove(text, by=self.cast.editor)
        self.client.force_login(self.user)

        self.client.post(f"{LIST}{text.pk}/")

        self.assertEqual(RescuedText.objects.count(), 0)
        self.assertTrue(AuditEntry.objects.filter(action="account.text_removed").exists())

    def test_is_removed_after_ninety_days(self):
        self.keep()

        self.assertEqual(rescue.purge(on=MORNING + timedelta(days=89)), 0)
        self.assertEqual(rescue.purge(on=MORNING + timedelta(days=91)), 1)

    def test_a_script_that_comes_too_late_is_told_in_its_own_language(self):
        self.cut()

        answer = self.client.post(self.edit, FORM, headers={"x-requested-with": "XMLHttpRequest"})

        self.assertEqual((answer.status_code, answer.json()["error_code"]), (403, "locked"))
        self.assertIn("đã được giữ", answer.json()["error_message"])


class FormsWithDataOfCitizens(CityTestCase):
    """A question entered at the counter, cut off by the end of the session."""

    client_class = CityClient
    TYPED = {
        "title": "Hỏi của bà Mẫu",
        "text": "Tôi hỏi về thủ tục.",
        "name": "Lê Thị Mẫu",
        "phone": "0987 654 321",
        "email": "mau@example.invalid",
        "address": "12 Đường Mẫu",
    }

    def setUp(self):
        self.clock = self.enterContext(time_machine.travel(MORNING, tick=False))
        User.objects.update(password_changed_at=MORNING)
        self.writer = fresh(self.cast.standing_office)
        self.client.force_login(self.writer)
        PortalSession.objects.filter(user=self.writer).update(last_seen=MORNING - timedelta(minutes=31))
        self.path = reverse("faq_enter")
        self.assertEqual(self.client.post(self.path, self.TYPED).status_code, 403)
        self.text = RescuedText.objects.get()

    def shown_to(self, user):
        client = CityClient()
        client.force_login(user)
        return client.get(reverse("accounts_rescued_text", args=[self.text.pk]))

    def test_lie_encrypted_and_leave_nothing_in_label_and_trail(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM accounts_rescuedtext")
            stored = str(cursor.fetchall())
        trail = str(list(AuditEntry.objects.values()))
        for value in self.TYPED.values():
            self.assertNotIn(value, stored)
            self.assertNotIn(value, trail)
        self.assertEqual(self.text.label, "Nhập câu hỏi")

    def test_are_their_writer_s_alone_and_each_look_is_written_down(self):
        for user in (self.cast.editor, self.cast.head, self.cast.superuser, self.cast.technical_admin):
            self.assertEqual(self.shown_to(user).status_code, 404, user)
        self.assertEqual(AuditEntry.objects.filter(action="personal_data.read").count(), 0)

        self.assertContains(self.shown_to(self.writer), "0987 654 321")
        self.assertEqual(AuditEntry.objects.get(action="personal_data.read").actor_id, self.writer.pk)

    def test_count_among_the_records_with_personal_data_and_go_after_two_weeks(self):
        self.assertIn(("văn bản giữ lại", 1), personal_records.held())
        self.assertEqual(rescue.purge(on=MORNING + timedelta(days=13)), 0)
        self.assertEqual(rescue.purge(on=MORNING + timedelta(days=15)), 1)
        self.assertIn(("văn bản giữ lại", 0), personal_records.held())


class SignedOutElsewhere(AtTheEditor):
    """The person himself signed out in another window of the same browser."""

    def cut(self):
        self.client.post("/quan-tri/logout/")
        self.client.get("/quan-tri/login/?ly-do=signed_out")

    def test_a_form_sent_afterwards_is_kept_for_its_writer(self):
        self.cut()

        self.assertContains(self.client.post(self.edit, FORM), "đã được giữ", status_code=403)
        self.assertEqual((RescuedText.objects.get().user, RescuedText.objects.get().path), (self.user, self.edit))

    def test_an_open_screen_is_told_where(self):
        self.cut()

        self.assertEqual(
            self.client.get("/quan-tri/phien/").json(), {"state": "ended", "why": "Bạn đã đăng xuất ở cửa sổ khác."}
        )

    def test_the_key_that_stays_opens_nothing(self):
        self.cut()

        for address in (HOME, self.edit, LIST):
            self.assertIn("ly-do=signed_out", self.client.get(address)["Location"])

    def test_an_editor_that_saves_by_itself_shows_the_reason(self):
        self.cut()

        answer = self.client.post(self.edit, FORM, headers={"accept": "application/json"})

        self.assertEqual((answer.status_code, answer.json()["error_code"]), (403, "locked"))
        self.assertIn("đã được giữ", answer.json()["error_message"])

    def test_nothing_is_taken_under_the_name_of_who_signs_in_next(self):
        self.cut()
        self.client.force_login(self.cast.editor)

        self.assertEqual(self.client.post(KEEP, {**FORM, "duong-dan": self.edit}).status_code, 409)

        self.assertEqual(RescuedText.objects.count(), 0)
