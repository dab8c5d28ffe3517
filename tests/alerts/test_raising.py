"""Trực ban: an alert at once by who is on duty, on the sites chosen, until its end; a second person looks later."""

from datetime import datetime, timedelta

import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from alerts import invariants, proposing, raising
from alerts.models import Alert
from base.gate import Refused
from base.models import SiteBanner, SiteGeneration
from base.public.gone.journal import journal
from tests.alerts.standing import content, stand
from tests.city import CityTestCase, fresh, person
from workflows.deadlines import VIETNAM
from workflows.models import ArchiveCopy, EmergencyAct
from workflows.publishing import approval, record_changes

NOW = datetime(2026, 11, 28, 17, 30, tzinfo=VIETNAM)
TYPED = {
    "level": "emergency",
    "title": "Triều cường",
    "text": "Nước lên nhanh ở Mỹ Long; tránh đường ven sông.",
    "ends_at": "29/11/2026 06:00",
    "reason": "Đài khí tượng báo đỉnh triều lúc 19 giờ.",
}


class OnDuty(CityTestCase):
    """A person on duty in the city, one in a ward."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.duty = person("truc-ban", "Cán bộ mẫu 51", "duty", cls.city.site)
        cls.ward_duty = person("truc-ban.my-long", "Cán bộ mẫu 52", "duty", cls.city.my_long)

    def setUp(self):
        self.enterContext(time_machine.travel(NOW, tick=True))

    def shown(self, path: str) -> str:
        return self.client_class().get(path, HTTP_HOST="localhost").content.decode()

    def generations(self):
        return dict(SiteGeneration.objects.values_list("site_id", "urgent_value"))


class Raise(OnDuty):
    def test_stands_on_the_sites_chosen_and_raises_no_other_site(self):
        before = self.generations()

        alert = stand(self.duty, sites=[self.city.my_long, self.city.my_xuyen])

        for path, wanted in (("/my-long/", True), ("/my-xuyen/tin-tuc/", True), ("/dong-xuyen/", False), ("/", False)):
            with self.subTest(path):
                self.assertEqual("Tránh đường ven sông." in self.shown(path), wanted)
        raised = {key for key, value in self.generations().items() if value != before.get(key, 0)}
        self.assertEqual(raised, {self.city.my_long.pk, self.city.my_xuyen.pk})
        self.assertEqual(alert.owner_site, self.city.site)
        self.assertEqual(invariants.violations(), [])

    def test_what_it_said_is_in_the_journal_of_what_went_once_it_is_ended_or_says_something_else(self):
        alert = stand(self.duty, sites=[self.city.my_long, self.city.my_xuyen])
        before = journal().counter

        here, text = [self.city.my_long, self.city.my_xuyen], "Nước đã rút ở hầu hết các hẻm."
        raising.change_alert(alert, content(sites=here, text=text), by=self.duty, reason="Nước rút.")
        raising.change_alert(alert, content(sites=here[:1], text=text), by=self.duty, reason="Chỉ còn một phường.")
        raising.end_alert(alert, by=self.duty, reason="Hết ngập.")

        noted = [removal.titles for removal in journal().removals() if removal.number > before]
        self.assertEqual(noted, [["Tránh đường ven sông."], [text, "Triều cường"], [text, "Triều cường"]])

    def test_for_every_site_stands_on_those_that_open_later_too(self):
        stand(self.duty)

        self.assertEqual(list(SiteBanner.objects.values_list("site_id", flat=True)), [self.city.site.pk])
        for path in ("/", "/dong-xuyen/tin-tuc/"):
            self.assertIn("Tránh đường ven sông.", self.shown(path))

    def test_keeps_who_why_and_a_sealed_copy_and_waits_for_a_second_person(self):
        alert = stand(self.duty, reason="Nước lên nhanh.")

        act = EmergencyAct.objects.get()
        self.assertEqual(
            (act.kind, act.acted_by, act.reason, act.is_open), ("alert", self.duty, "Nước lên nhanh.", True)
        )
        self.assertEqual((act.object_label, act.site), ("Đăng cảnh báo: Triều cường", self.city.site))
        version = alert.versions.get()
        self.assertEqual((version.act, version.made_by, version.emergency), ("raise", self.duty, act))
        copy = ArchiveCopy.objects.filter(object_type="alerts.Alert").get()
        self.assertEqual((copy.object_id, copy.retention_class), (str(alert.pk), "notice"))

    def test_is_mailed_at_once_to_those_who_may_look_at_it_as_second(self):
        mail.outbox.clear()
        stand(self.ward_duty, sites=[self.city.my_long])
        act = EmergencyAct.objects.get()

        may_look = {user.email for user in User.objects.filter(is_active=True) if approval.may_look(act, user)}
        self.assertEqual(sorted(address for sent in mail.outbox for address in sent.to), sorted(may_look))
        self.assertIn(self.cast.deputy.email, may_look)
        self.assertNotIn(self.ward_duty.email, may_look)
        self.assertIn("Chờ xem lại: Cảnh báo đăng ngay, 17:30 28/11/2026", mail.outbox[0].subject)
        self.assertIn("Đăng cảnh báo: Triều cường", mail.outbox[0].body)
        self.assertIn(reverse("workflows_second_look", args=[act.pk]), mail.outbox[0].body)

    def test_of_a_ward_is_for_its_own_pages_alone(self):
        alert = stand(self.ward_duty, sites=[self.city.my_long])

        self.assertEqual(alert.owner_site, self.city.my_long)
        for changes in (
            {},
            {"sites": [self.city.my_xuyen]},
            {"sites": [self.city.my_long, self.city.my_xuyen]},
            {"sites": [self.city.site]},
        ):
            with self.subTest(changes), self.assertRaises(Refused):
                stand(self.ward_duty, **changes)

    def test_is_for_who_is_on_duty_and_the_head_alone(self):
        for name in ("deputy", "editor", "standing_office", "ward_approver", "contributor", "superuser"):
            with self.subTest(name), self.assertRaises(Refused):
                stand(getattr(self.cast, name), sites=[self.city.my_long])
        self.assertTrue(stand(self.cast.head))

    def test_wants_a_level_a_title_an_end_to_come_sites_and_a_reason(self):
        for changes, field in (
            ({"level": "khác"}, "level"),
            ({"title": "  "}, "title"),
            ({"title": "x" * 121}, "title"),
            ({"text": "x" * 401}, "text"),
            ({"title_en": "Tide"}, "text_en"),
            ({"text_en": "Keep away."}, "title_en"),
            ({"url": "http://example.invalid/"}, "url"),
            ({"url": "//example.invalid/"}, "url"),
            ({"ends_at": None}, "ends_at"),
            ({"ends_at": NOW}, "ends_at"),
            ({"ends_at": NOW + timedelta(days=60)}, "ends_at"),
            ({"starts_at": NOW + timedelta(days=2)}, "ends_at"),
            ({"sites": []}, "sites"),
            ({"reason": " "}, "reason"),
        ):
            with self.subTest(changes), self.assertRaises(ValidationError) as caught:
                stand(self.duty, **changes)
            self.assertEqual(list(caught.exception.error_dict), [field])
        self.assertFalse(Alert.objects.exists())

    def test_several_stand_at_once_the_gravest_first(self):
        for level, title in (("info", "Cấm đường"), ("emergency", "Vỡ đê"), ("warning", "Mưa lớn")):
            stand(self.duty, level=level, title=title, sites=[self.city.my_long])
        stand(self.duty, level="warning", title="Gió mạnh")

        html = self.shown("/my-long/")

        places = [html.index(f'alert__title">{title}') for title in ("Vỡ đê", "Gió mạnh", "Mưa lớn", "Cấm đường")]
        self.assertEqual(places, sorted(places))
        self.assertNotIn("Mưa lớn", self.shown("/"))

    def test_waits_for_its_hour_and_goes_at_its_end_by_itself(self):
        start = timezone.now() + timedelta(hours=2)
        stand(self.duty, starts_at=start, ends_at=start + timedelta(hours=3))

        for hours, wanted in ((-1, False), (1, True), (4, False)):
            with self.subTest(hours), time_machine.travel(start + timedelta(hours=hours), tick=False):
                self.assertEqual("Tránh đường ven sông." in self.shown("/my-long/"), wanted)
        with time_machine.travel(start - timedelta(minutes=10), tick=False):
            kept = self.client_class().get("/my-long/", HTTP_HOST="localhost")["X-Portal-Max-Age"]
            self.assertLessEqual(int(kept), 600)

    def test_is_seen_by_the_second_person_who_closes_it(self):
        stand(self.duty)
        act = EmergencyAct.objects.get()
        self.client.force_login(self.cast.deputy)

        look = self.client.get(reverse("workflows_second_look", args=[act.pk]))
        self.assertContains(look, "Tránh đường ven sông.")
        self.assertContains(look, "Mọi trang: thành phố và tất cả phường, xã")
        approval.second_look(act, by=self.cast.deputy, accepted=True)

        self.assertFalse(EmergencyAct.objects.get().is_open)
        self.assertFalse(approval.may_look(act, self.duty))


class Change(OnDuty):
    def test_moves_it_and_gives_it_another_key_for_who_put_it_away(self):
        alert = stand(self.duty, sites=[self.city.my_long])
        first = SiteBanner.objects.get(site=self.city.my_long).alerts[0]["key"]

        raising.change_alert(
            alert, content(title="Nước rút dần", sites=[self.city.my_xuyen]), by=fresh(self.duty), reason="Đổi nơi."
        )

        self.assertNotIn("ven sông", self.shown("/my-long/"))
        html = self.shown("/my-xuyen/")
        self.assertIn("Nước rút dần", html)
        self.assertNotIn(f'data-alert="{first}"', html)
        self.assertRegex(html, rf'data-alert="{alert.pk}-[0-9a-f]{{12}}"')
        self.assertEqual(list(alert.versions.values_list("number", "act")), [(1, "raise"), (2, "change")])
        self.assertEqual(ArchiveCopy.objects.filter(object_type="alerts.Alert").count(), 2)
        self.assertEqual(EmergencyAct.objects.filter(looked_at=None).count(), 2)
        self.assertEqual(invariants.violations(), [])

    def test_is_refused_to_another_ward_for_nothing_new_and_for_one_that_is_over(self):
        alert = stand(self.duty, sites=[self.city.my_long])
        with self.assertRaises(Refused):
            raising.change_alert(alert, content(title="Khác", sites=[self.city.my_long]), by=self.ward_duty, reason="x")
        same = content(sites=[self.city.my_long], ends_at=alert.ends_at)
        with self.assertRaises(ValidationError):
            raising.change_alert(alert, same, by=self.duty, reason="x")
        with time_machine.travel(alert.ends_at, tick=False), self.assertRaises(Refused):
            raising.change_alert(alert, content(title="Khác"), by=self.duty, reason="x")

    def test_lets_a_wards_alert_stand_on_no_other_site_by_any_hand(self):
        alert = stand(self.ward_duty, sites=[self.city.my_long])

        with self.assertRaises(Refused):
            raising.change_alert(alert, content(title="Khác"), by=self.duty, reason="Rộng hơn.")
        raising.change_alert(alert, content(title="Khác", sites=[self.city.my_long]), by=self.duty, reason="Rõ hơn.")
        self.assertIn("Khác", self.shown("/my-long/"))


class End(OnDuty):
    def test_takes_it_off_its_pages_and_waits_for_a_second_person(self):
        alert = stand(self.duty)

        raising.end_alert(alert, by=self.duty, reason="Nước đã rút.")

        for path in ("/", "/my-long/tin-tuc/"):
            self.assertNotIn("ven sông", self.shown(path))
        act = EmergencyAct.objects.latest("pk")
        self.assertEqual((act.is_open, act.object_label), (True, "Dừng cảnh báo: Triều cường"))

    def test_wants_a_reason_the_right_and_one_that_stands(self):
        alert = stand(self.duty)
        with self.assertRaises(ValidationError):
            raising.end_alert(alert, by=self.duty, reason="  ")
        for user in (self.ward_duty, self.cast.editor, self.cast.contributor):
            with self.subTest(user.username), self.assertRaises(Refused):
                raising.end_alert(alert, by=user, reason="Nước đã rút.")
        raising.end_alert(alert, by=self.duty, reason="Nước đã rút.")
        with self.assertRaises(Refused):
            raising.end_alert(alert, by=self.duty, reason="Lần nữa.")

    def test_by_the_second_person_closes_what_was_open_and_opens_nothing(self):
        alert = stand(self.duty)

        raising.end_alert(alert, by=self.cast.deputy, reason="Tin sai.")

        act = EmergencyAct.objects.get()
        self.assertEqual(
            (act.looked_by, act.accepted, act.note), (self.cast.deputy, False, "Đã dừng cảnh báo: Tin sai.")
        )
        self.assertNotIn("ven sông", self.shown("/"))
        newest = alert.versions.last()
        self.assertEqual((newest.act, newest.made_by, newest.emergency), ("end", self.cast.deputy, None))

    def test_what_two_persons_have_agreed_to_since_is_not_ended_by_one_of_them(self):
        alert = stand(self.duty, sites=[self.city.my_long])
        wanted = content(title="Nước rút dần", sites=[self.city.my_long])
        change = proposing.propose_change(alert, wanted, by=self.cast.editor, reason="Rõ hơn.")
        record_changes.confirm(change, by=self.cast.deputy, digest=change.digest)

        with self.assertRaises(Refused):
            raising.end_alert(alert, by=self.cast.deputy, reason="Tin sai.")
        self.assertTrue(EmergencyAct.objects.get().is_open)
        raising.change_alert(
            alert, content(title="Lên lại", sites=[self.city.my_long]), by=self.duty, reason="Nước lên."
        )
        raising.end_alert(alert, by=self.cast.deputy, reason="Tin sai.")

        self.assertFalse(EmergencyAct.objects.filter(looked_at=None).exists())


class Screens(OnDuty):
    def test_take_three_from_writing_to_done_and_say_where(self):
        self.client.force_login(self.duty)
        first = self.client.get(reverse("wagtailadmin_home"))
        self.assertContains(first, f'href="{reverse("alerts_new")}"')
        address, typed = reverse("alerts_new"), TYPED | {"sites": [str(self.city.my_long.pk)]}

        look = self.client.post(address, typed)
        self.assertContains(look, "Người đọc sẽ thấy")
        self.assertContains(look, self.city.my_long.name)
        self.assertFalse(Alert.objects.exists())
        self.assertContains(look, "Đăng ngay")
        self.assertNotContains(look, "Gửi người thứ hai")
        done = self.client.post(address, typed | {"dang-ngay": "1"}, follow=True)

        alert = Alert.objects.get()
        self.assertEqual(done.redirect_chain[-1][0], reverse("alerts_one", args=[alert.pk]))
        self.assertContains(done, "chờ người thứ hai xem lại")
        self.assertEqual(alert.ends_at, datetime(2026, 11, 29, 6, tzinfo=VIETNAM))
        self.assertIn("tránh đường ven sông", self.shown("/my-long/"))

    def test_go_back_with_all_that_was_typed(self):
        self.client.force_login(self.duty)

        answer = self.client.post(reverse("alerts_new"), TYPED | {"sites": ["moi-trang"], "sua-lai": "1"})

        self.assertContains(answer, TYPED["text"])
        self.assertContains(answer, "Xem trước")

    def test_name_what_is_missing_and_keep_what_was_typed(self):
        self.client.force_login(self.duty)
        for changes, message in (
            ({"ends_at": ""}, "Hãy chọn ngày giờ cảnh báo tự ẩn."),
            ({"ends_at": "31/11/2026 06:00"}, "Ngày 31/11/2026 không có"),
            ({"ends_at": "28/11/2026 17:00"}, "hãy chọn ngày giờ sau bây giờ"),
            ({"title": ""}, "Hãy ghi tiêu đề: việc gì, ở đâu."),
            ({"level": ""}, "Hãy chọn mức độ của cảnh báo."),
            ({"sites": []}, "Hãy chọn những trang hiện cảnh báo."),
            ({"reason": ""}, "Hãy ghi lý do."),
        ):
            with self.subTest(changes):
                answer = self.client.post(reverse("alerts_new"), TYPED | {"sites": ["moi-trang"]} | changes)
                self.assertContains(answer, message)
                self.assertContains(answer, "ở Mỹ Long; tránh đường ven sông.")

    def test_ask_a_ward_for_no_site_and_show_it_no_other_wards_alerts(self):
        stand(self.duty, title="Của Mỹ Xuyên", sites=[self.city.my_xuyen])
        foreign = Alert.objects.get()
        self.client.force_login(self.ward_duty)

        self.assertNotContains(self.client.get(reverse("alerts_new")), 'name="sites"')
        self.client.post(reverse("alerts_new"), TYPED | {"dang-ngay": "1"})

        self.assertEqual(Alert.objects.latest("pk").owner_site, self.city.my_long)
        listed = self.client.get(reverse("alerts_list"))
        self.assertContains(listed, "Triều cường")
        self.assertNotContains(listed, "Của Mỹ Xuyên")
        for name in ("alerts_one", "alerts_change", "alerts_end"):
            self.assertEqual(self.client.get(reverse(name, args=[foreign.pk])).status_code, 404)

    def test_change_and_end_from_its_page(self):
        alert = stand(self.duty, sites=[self.city.my_long])
        self.client.force_login(self.duty)
        page = self.client.get(reverse("alerts_one", args=[alert.pk]))
        for name in ("alerts_change", "alerts_end"):
            self.assertContains(page, f'href="{reverse(name, args=[alert.pk])}"')
        typed = TYPED | {"sites": [str(self.city.my_long.pk)]}

        self.assertContains(self.client.get(reverse("alerts_change", args=[alert.pk])), "Triều cường")
        self.client.post(reverse("alerts_change", args=[alert.pk]), typed | {"dang-ngay": "1"})
        self.assertIn("tránh đường ven sông", self.shown("/my-long/"))
        done = self.client.post(reverse("alerts_end", args=[alert.pk]), {"reason": "Nước đã rút."}, follow=True)

        self.assertContains(done, "Đã dừng cảnh báo.")
        self.assertContains(done, "Nước đã rút.")
        again = self.client.get(reverse("alerts_end", args=[alert.pk]))
        self.assertContains(again, "Cảnh báo này không còn hiện.")

    def test_ask_to_look_again_when_it_changed_meanwhile(self):
        alert = stand(self.duty, sites=[self.city.my_long])
        self.client.force_login(self.duty)
        look = self.client.get(reverse("alerts_end", args=[alert.pk]))
        raising.change_alert(alert, content(title="Khác", sites=[self.city.my_long]), by=self.duty, reason="Rõ hơn.")

        sent = {"reason": "Nước đã rút.", look.context["seen_field"]: look.context["seen_stamp"]}
        answer = self.client.post(reverse("alerts_end", args=[alert.pk]), sent)

        self.assertContains(answer, "đã thay đổi từ lúc bạn mở")
        self.assertIsNone(Alert.objects.get().ended_at)

    def test_show_the_second_person_the_way_to_end_it(self):
        alert = stand(self.duty)
        act = EmergencyAct.objects.get()
        self.client.force_login(self.cast.deputy)

        look = self.client.get(reverse("workflows_second_look", args=[act.pk]))
        self.assertContains(look, f'href="{reverse("alerts_end", args=[alert.pk])}"')
        ending = self.client.get(reverse("alerts_end", args=[alert.pk]))
        self.assertContains(ending, "Dừng ngay")
        self.client.post(reverse("alerts_end", args=[alert.pk]), {"reason": "Tin sai."})

        self.assertIsNotNone(Alert.objects.get().ended_at)
        self.assertContains(self.client.get(reverse("workflows_second_look", args=[act.pk])), "Không đồng ý")

    def test_let_who_acted_alone_see_what_became_of_it(self):
        stand(self.ward_duty, sites=[self.city.my_long])
        act = EmergencyAct.objects.get()
        self.client.force_login(self.ward_duty)

        self.assertContains(self.client.get(reverse("workflows_second_look", args=[act.pk])), "Triều cường")
        self.assertContains(self.client.get(reverse("workflows_queue")), "Đăng cảnh báo: Triều cường")

    def test_list_costs_the_same_however_many_there_are(self):
        self.client.force_login(self.duty)
        stand(self.duty, sites=[self.city.my_long])
        self.client.get(reverse("alerts_list"))
        few = self.queries()
        for number in range(4):
            stand(self.duty, title=f"Cảnh báo {number}", sites=[self.city.my_long, self.city.my_xuyen])

        self.assertEqual(self.queries(), few)

    def queries(self) -> int:
        with CaptureQueriesContext(connection) as asked:
            self.client.get(reverse("alerts_list"))
        return len(asked)
