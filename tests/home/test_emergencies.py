"""Khẩn cấp: the head puts an alert on every page, publishes or removes a page at once, from the first screen on."""

from datetime import datetime, timedelta

import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from base.gate import Refused
from home import alerts
from home.models import CityHomePage
from tests.city import CityTestCase, publish, publish_at_once
from tests.workflows.drafts import article
from workflows.deadlines import VIETNAM
from workflows.deadlines.duties import REVIEW_RULE
from workflows.models import Deadline, EmergencyAct, LiveFinding
from workflows.publishing import approval, takedown

NOW = datetime(2026, 11, 28, 17, 30, tzinfo=VIETNAM)
TYPED = {
    "alert_level": "emergency",
    "alert_title": "Triều cường",
    "alert_text": "Nước lên nhanh ở Mỹ Long; tránh đường ven sông.",
    "alert_until": "29/11/2026 06:00",
    "reason": "Đài khí tượng báo đỉnh triều lúc 19 giờ.",
}


class EmergencyCase(CityTestCase):
    def setUp(self):
        travel = time_machine.travel(NOW, tick=True)
        travel.start()
        self.addCleanup(travel.stop)
        # Who wrote since the public version is asked by its moment: the small city is older than this day.
        self.home.save_revision()
        publish_at_once(self.home)
        self.client.force_login(self.cast.head)

    @property
    def home(self) -> CityHomePage:
        return CityHomePage.objects.get(pk=self.city.home.pk)

    def raised(self, **changes):
        values = {
            "alert_level": "warning",
            "alert_title": "Triều cường",
            "alert_text": "Tránh đường ven sông.",
            "alert_until": timezone.now() + timedelta(hours=12),
            "reason": "Nước lên nhanh.",
            "by": self.cast.head,
        }
        return alerts.raise_alert(self.home, **values | changes)

    def drafted(self, by, **changes):
        """A version of the front page by somebody, which nobody has published."""
        home = self.home.get_latest_revision_as_object()
        for name, value in changes.items():
            setattr(home, name, value)
        home.save_revision(user=by)
        return self.home


class Alert(EmergencyCase):
    def test_stands_on_every_page_at_once_and_waits_for_a_second_person(self):
        self.raised()

        for address in ("/", "/my-long/", "/my-long/tin-tuc/"):
            self.assertContains(self.client.get(address, HTTP_HOST="localhost"), "Tránh đường ven sông.")
        act = EmergencyAct.objects.get()
        self.assertTrue(act.is_open)
        self.assertEqual((act.kind, act.acted_by, act.reason), ("publish", self.cast.head, "Nước lên nhanh."))
        self.assertEqual(act.revision_id, self.home.live_revision_id)
        self.assertEqual(act.object_label, "Thông báo khẩn: Triều cường")

    def test_is_the_heads_alone(self):
        for name in ("deputy", "editor", "standing_office", "ward_approver", "superuser"):
            with self.subTest(name), self.assertRaises(Refused):
                self.raised(by=getattr(self.cast, name))
        self.assertEqual(self.home.alert_text, "")

    def test_wants_a_text_a_level_an_end_to_come_and_a_reason(self):
        for changes, field in (
            ({"alert_text": "  "}, "alert_text"),
            ({"alert_text": "x" * 401}, "alert_text"),
            ({"alert_level": "khác"}, "alert_level"),
            ({"alert_until": None}, "alert_until"),
            ({"alert_until": NOW}, "alert_until"),
            ({"reason": ""}, "reason"),
        ):
            with self.subTest(field), self.assertRaises(ValidationError) as caught:
                self.raised(**changes)
            self.assertEqual(list(caught.exception.error_dict), [field])
        self.assertFalse(EmergencyAct.objects.exists())

    def test_publishes_nothing_of_what_another_has_drafted_and_loses_nothing_of_it(self):
        self.drafted(self.cast.editor, intro="<p>Lời giới thiệu còn dở.</p>")

        done = self.raised()

        home = self.home
        self.assertNotIn("còn dở", home.intro)
        self.assertEqual(home.alert_text, "Tránh đường ven sông.")
        newest = home.get_latest_revision()
        self.assertIn("còn dở", newest.as_object().intro)
        self.assertEqual(newest.as_object().alert_text, "Tránh đường ven sông.")
        self.assertEqual(newest.user, self.cast.editor)
        self.assertTrue(home.has_unpublished_changes)
        self.assertEqual(done.drafted_by, str(self.cast.editor))

    def test_lets_nobody_who_wrote_the_draft_approve_it_afterwards(self):
        self.drafted(self.cast.deputy, intro="<p>Của phó trưởng ban.</p>")
        self.drafted(self.cast.editor, summary="Của biên tập viên.")

        self.raised()

        state = approval.submit(self.home, by=self.cast.standing_office, declaration=True, remark="Đã xem.")
        self.assertFalse(approval.may_approve(self.cast.deputy, self.home))
        self.assertFalse(approval.may_approve(self.cast.editor, self.home))
        self.assertTrue(approval.may_approve(self.cast.head, self.home))
        approval.approve(state.current_task_state, by=self.cast.head)
        self.assertEqual((self.home.summary, self.home.alert_text), ("Của biên tập viên.", "Tránh đường ven sông."))

    def test_says_whose_review_it_stopped(self):
        self.drafted(self.cast.editor, intro="<p>Lời mới.</p>")
        approval.submit(self.home, by=self.cast.editor, declaration=True, remark="Đã xem.")

        done = self.raised()

        self.assertEqual(done.submitted_by, str(self.cast.editor))
        self.assertIsNone(approval.waiting_review(self.home))
        self.assertIn("Lời mới", self.home.get_latest_revision_as_object().intro)

    def test_counts_no_review_as_decided_and_nothing_else_as_looked_at(self):
        self.drafted(self.cast.editor, summary="Bản mới.")
        approval.submit(self.home, by=self.cast.editor, declaration=True, remark="Đã xem lại.")
        LiveFinding.objects.create(
            object_type=self.home._meta.label,
            object_id=str(self.home.pk),
            owner_site=self.city.site,
            title="Trang",
            level="warning",
            field="intro",
            message="Liên kết hỏng.",
            checked_at=NOW,
            since=NOW,
        )

        self.raised()

        deadline = Deadline.objects.for_subject(self.home).get(rule__code=REVIEW_RULE)
        self.assertTrue(deadline.cancelled)
        self.assertIsNone(deadline.met_on)
        self.assertTrue(LiveFinding.objects.filter(object_id=str(self.home.pk)).exists())

    def test_goes_out_although_the_front_page_shows_what_was_taken_down(self):
        page = publish(article(self.city, self.city.my_long, by=self.cast.contributor, title="Hội chợ xuân"))
        self.drafted(self.cast.editor, featured=[("page", page)])
        publish_at_once(self.home)
        takedown.emergency_remove(page, by=self.cast.head, reason="Sai.")
        self.assertTrue(approval.blockers(self.home))

        self.raised()

        self.assertEqual(self.home.alert_text, "Tránh đường ven sông.")


class End(EmergencyCase):
    def test_takes_the_alert_off_every_page_and_waits_for_a_second_person(self):
        self.raised()

        alerts.end_alert(self.home, by=self.cast.head, reason="Nước đã rút.")

        for address in ("/", "/my-long/tin-tuc/"):
            self.assertNotContains(self.client.get(address, HTTP_HOST="localhost"), "Tránh đường ven sông.")
        act = EmergencyAct.objects.latest("pk")
        self.assertEqual((act.is_open, act.reason), (True, "Nước đã rút."))
        self.assertEqual(act.object_label, "Dừng thông báo khẩn: Triều cường")

    def test_is_the_heads_alone_and_wants_a_reason_and_an_alert(self):
        with self.assertRaises(Refused):
            alerts.end_alert(self.home, by=self.cast.head, reason="Không có gì để dừng.")
        self.raised()
        for name in ("deputy", "editor", "standing_office", "ward_approver", "superuser"):
            with self.subTest(name), self.assertRaises(Refused):
                alerts.end_alert(self.home, by=getattr(self.cast, name), reason="Nước đã rút.")
        with self.assertRaises(ValidationError) as caught:
            alerts.end_alert(self.home, by=self.cast.head, reason="  ")
        self.assertEqual(list(caught.exception.error_dict), ["reason"])
        self.assertEqual(self.home.alert_text, "Tránh đường ven sông.")

    def test_publishes_nothing_of_what_another_has_drafted_and_loses_nothing_of_it(self):
        self.raised()
        self.drafted(self.cast.editor, seo_title="Cổng mới")

        done = alerts.end_alert(self.home, by=self.cast.head, reason="Nước đã rút.")

        self.assertEqual(self.home.seo_title, "")
        draft = self.home.get_latest_revision_as_object()
        self.assertEqual((draft.seo_title, draft.alert_text), ("Cổng mới", ""))
        self.assertEqual(done.drafted_by, str(self.cast.editor))

    def test_leaves_another_alert_in_the_draft_of_who_is_writing_it(self):
        self.raised()
        self.drafted(self.cast.editor, alert_text="Mưa lớn từ chiều mai.")

        alerts.end_alert(self.home, by=self.cast.head, reason="Nước đã rút.")

        self.assertEqual(self.home.alert_text, "")
        self.assertEqual(self.home.get_latest_revision_as_object().alert_text, "Mưa lớn từ chiều mai.")

    def test_the_second_person_sees_which_alert_was_ended(self):
        self.raised()
        alerts.end_alert(self.home, by=self.cast.head, reason="Nước đã rút.")
        screen = reverse("workflows_second_look", args=[EmergencyAct.objects.latest("pk").pk])
        self.client.force_login(self.cast.deputy)

        answer = self.client.get(screen)

        self.assertContains(answer, "Thông báo đã dừng, như người đọc đã thấy")
        self.assertContains(answer, "Tránh đường ven sông.")
        stamp = answer.context["seen_stamp"]
        self.client.post(screen, {"portal_seen": stamp, "accepted": "no", "note": "Nước chưa rút."})
        self.assertContains(self.client.get(screen), "Trưởng ban đăng lại thông báo ở «Khẩn cấp»")

    def test_is_two_presses_from_the_screen_that_shows_the_alert(self):
        self.raised()
        screen = reverse("home_end_alert")
        self.assertContains(self.client.get(reverse("home_emergency")), f'href="{screen}"')
        self.assertContains(self.client.get(screen), "Tránh đường ven sông.")

        self.assertContains(self.client.post(screen, {"reason": ""}), "Hãy ghi lý do dừng thông báo")
        answer = self.client.post(screen, {"reason": "Nước đã rút."}, follow=True)

        self.assertContains(answer, "Đã dừng thông báo khẩn; việc này chờ người thứ hai xem lại.")
        self.assertNotContains(answer, "có thêm thông báo này")
        self.assertContains(answer, "Hiện không có thông báo nào.")
        self.assertContains(self.client.get(screen), "Không còn thông báo nào đang hiện.")


class Screen(EmergencyCase):
    address = "/quan-tri/khan-cap/thong-bao/"

    def test_shows_first_how_it_will_appear_and_publishes_only_then(self):
        look = self.client.post(self.address, TYPED)

        self.assertContains(look, 'class="alert alert--emergency"')
        self.assertContains(look, "hiện đến <strong>06:00 29/11/2026</strong>")
        self.assertEqual(self.home.alert_text, "")

        answer = self.client.post(self.address, TYPED | {"xac-nhan": "1"}, follow=True)

        self.assertContains(answer, "Đã đăng thông báo khẩn trên mọi trang")
        self.assertEqual(self.home.alert_until, datetime(2026, 11, 29, 6, tzinfo=VIETNAM))

    def test_pressed_twice_publishes_once(self):
        look = self.client.post(self.address, TYPED)
        sent = TYPED | {
            "xac-nhan": "1",
            look.context["submission_field"]: look.context["submission_key"],
            look.context["seen_field"]: look.context["seen_stamp"],
        }

        self.client.post(self.address, sent)
        again = self.client.post(self.address, sent, follow=True)

        self.assertContains(again, "việc chỉ thực hiện một lần")
        self.assertEqual(EmergencyAct.objects.count(), 1)

    def test_names_the_field_and_the_way_out_and_keeps_what_was_typed(self):
        for changes, said in (
            ({"alert_until": ""}, "Hãy chọn ngày giờ thông báo tự ẩn."),
            ({"alert_until": "31/11/2026 06:00"}, "Ngày 31/11/2026 không có"),
            ({"alert_until": "28/11/2026 17:00"}, "Giờ này đã qua; hãy chọn ngày giờ sau bây giờ."),
            ({"alert_text": ""}, "Hãy ghi nội dung thông báo"),
            ({"alert_level": ""}, "Hãy chọn mức độ của thông báo."),
            ({"reason": ""}, "Hãy ghi lý do đăng khẩn cấp."),
        ):
            with self.subTest(said):
                answer = self.client.post(self.address, TYPED | changes)
                self.assertContains(answer, said)
                self.assertContains(answer, "Triều cường")
                self.assertNotContains(answer, 'name="xac-nhan"')

    def test_goes_back_to_the_form_with_what_was_typed(self):
        answer = self.client.post(self.address, TYPED | {"sua-lai": "1"})

        self.assertContains(answer, TYPED["alert_text"])
        self.assertContains(answer, "Xem trước")
        self.assertFalse(EmergencyAct.objects.exists())

    def test_asks_to_look_again_when_another_alert_came_first(self):
        look = self.client.post(self.address, TYPED)
        self.raised()
        sent = TYPED | {"xac-nhan": "1", look.context["seen_field"]: look.context["seen_stamp"]}

        answer = self.client.post(self.address, sent)

        self.assertContains(answer, "đã thay đổi từ lúc bạn mở")
        self.assertEqual(self.home.alert_text, "Tránh đường ven sông.")

    def test_a_draft_saved_meanwhile_does_not_hold_it_up(self):
        look = self.client.post(self.address, TYPED)
        self.drafted(self.cast.editor, intro="<p>Đang gõ.</p>")
        sent = TYPED | {"xac-nhan": "1", look.context["seen_field"]: look.context["seen_stamp"]}

        answer = self.client.post(self.address, sent, follow=True)

        self.assertContains(answer, f"Bản nháp trang chủ của {self.cast.editor} vẫn là bản nháp")

    def test_the_second_person_sees_what_was_published(self):
        self.raised()
        self.client.force_login(self.cast.deputy)
        act = EmergencyAct.objects.get()

        look = self.client.get(reverse("workflows_second_look", args=[act.pk]))

        self.assertContains(look, "Tránh đường ven sông.")
        self.assertContains(look, "Mức độ: <strong>Cảnh báo</strong>")
        self.assertContains(look, "hiện đến <strong>05:30 29/11/2026</strong>")
        version = look.context["version_url"]
        self.assertIn(f"/{act.revision_id}/", version)
        self.assertContains(self.client.get(version), "Tránh đường ven sông.")


class Ways(EmergencyCase):
    def test_one_press_from_the_first_screen_of_the_head_and_of_nobody_else(self):
        for name in ("head", "deputy", "editor", "standing_office", "ward_approver", "contributor", "accountant"):
            with self.subTest(name):
                self.client.force_login(getattr(self.cast, name))
                found = f'href="{reverse("home_emergency")}"' in self.client.get("/quan-tri/").content.decode()
                self.assertEqual(found, name == "head")
                opened = self.client.get(reverse("home_emergency"))
                self.assertEqual(opened.status_code == 200, name == "head")

    def test_lead_to_a_draft_of_any_ward_by_words_of_its_title(self):
        draft = article(self.city, self.city.my_long, by=self.cast.contributor, title="Cấm tàu qua rạch Long Xuyên")

        answer = self.client.get(reverse("home_publish_at_once"), {"q": "rạch Long"})

        self.assertContains(answer, reverse("workflows_emergency_publish", args=[draft.pk]))
        self.assertContains(answer, f"{self.city.my_long.home_page().title} › Tin tức")
        self.assertContains(
            self.client.get(reverse("home_publish_at_once"), {"q": "không có"}), "Không có bản nháp nào"
        )

    def test_find_a_title_in_any_case_of_its_letters(self):
        publish_at_once(article(self.city, self.city.my_long, by=self.cast.contributor, title="Đường Nguyễn Huệ ngập"))

        self.assertContains(self.client.get(reverse("home_remove_at_once"), {"q": "đường"}), "Đường Nguyễn Huệ ngập")

    def test_do_not_lead_to_what_two_persons_took_down(self):
        page = publish_at_once(article(self.city, self.city.my_long, by=self.cast.contributor, title="Danh sách hộ"))
        row = takedown.propose(page, "error", by=self.cast.contributor)[0]
        takedown.decide(row, "take_down", by=self.cast.deputy)

        shown = self.client.get(reverse("home_publish_at_once"), {"q": "Danh sách hộ"})

        self.assertNotContains(shown, reverse("workflows_emergency_publish", args=[page.pk]))

    def test_lead_to_a_public_page_to_remove_and_to_no_front_page(self):
        page = publish_at_once(article(self.city, self.city.my_long, by=self.cast.contributor, title="Tin sai"))

        answer = self.client.get(reverse("home_remove_at_once"), {"q": "sai"})

        self.assertContains(answer, reverse("workflows_emergency_remove", args=[page.pk]))
        front = self.city.my_long.home_page()
        shown = self.client.get(reverse("home_remove_at_once"), {"q": front.title})
        self.assertNotContains(shown, reverse("workflows_emergency_remove", args=[front.pk]))

    def test_cost_the_same_however_many_pages_there_are(self):
        for number in range(3):
            article(self.city, self.city.my_long, by=self.cast.contributor, title=f"Bài {number}")
        few = self.queries()
        for number in range(9):
            article(self.city, self.city.my_xuyen, by=self.cast.contributor_my_xuyen, title=f"Bài khác {number}")

        self.assertEqual(self.queries(), few)

    def queries(self) -> int:
        self.client.get(reverse("home_publish_at_once"))
        with CaptureQueriesContext(connection) as asked:
            self.client.get(reverse("home_publish_at_once"))
        return len(asked)

    def test_the_second_person_sees_the_removal(self):
        page = publish(article(self.city, self.city.my_long, by=self.cast.contributor, title="Tin sai"))
        row = takedown.emergency_remove(page, by=self.cast.head, reason="Số liệu sai.")
        self.client.force_login(self.cast.deputy)

        look = self.client.get(reverse("workflows_second_look", args=[EmergencyAct.objects.get().pk]))

        self.assertContains(look, reverse("workflows_takedown", args=[row.pk]))
