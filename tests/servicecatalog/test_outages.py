"""Notices of outage and guides: on which services they stand, since when, whether told in time; steps one at a time."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import time_machine
from django.core import mail
from django.utils import timezone

from alerts import invariants
from alerts.models import Alert
from base.admin.field_anchors import edit_address
from base.gate import Refused
from servicecatalog.catalogue import guide_page, outages, planned_stops, stop_page
from servicecatalog.models import ServiceGuidePage, ServiceOutagePage
from tests.city import CityTestCase, draft, publish, publish_at_once
from tests.desks import rows_for
from tests.servicecatalog.cast import a_procedure, an_offering
from workflows.deadlines import late_reasons
from workflows.models import Deadline
from workflows.publishing import approval, takedown

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
FRIDAY = datetime(2026, 11, 27, 10, 0, tzinfo=HANOI)
NOW, SOON = "Đang tạm ngừng dịch vụ trực tuyến", "Sắp tạm ngừng dịch vụ trực tuyến"


class WithServices(CityTestCase):
    """Two services in Mỹ Long, one of them in Mỹ Xuyên as well."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.birth, cls.marriage = (a_procedure(cls.city, name=name) for name in ("Khai sinh thử", "Kết hôn thử"))
        for site, procedure in (
            (cls.city.my_long, cls.birth),
            (cls.city.my_long, cls.marriage),
            (cls.city.my_xuyen, cls.birth),
        ):
            an_offering(site, procedure)

    def shown(self, path: str) -> str:
        return self.client.get(f"/{path}").content.decode()


class OutageCase(WithServices):
    BIRTH, MARRIAGE = "my-long/dich-vu-cong/khai-sinh-thu/", "my-long/dich-vu-cong/ket-hon-thu/"
    ELSEWHERE = "my-xuyen/dich-vu-cong/khai-sinh-thu/"

    def outage(self, site=None, procedures=(), starts=FRIDAY, hours=4, **fields):
        site = site or self.city.my_long
        page = ServiceOutagePage(
            title="Bảo trì hệ thống",
            message="Hệ thống tạm ngừng để bảo trì.",
            starts_at=starts,
            ends_at=starts + timedelta(hours=hours),
            responsible_unit=site.unit,
            **fields,
        )
        draft(page, self.city.section(site, "dich-vu-cong"))
        page.procedures.set(procedures)
        page.save()
        page.save_revision()
        return page


class Outages(OutageCase):
    def test_stand_on_the_services_they_name_of_their_site_only(self):
        publish_at_once(self.outage(procedures=[self.birth]))

        with time_machine.travel(FRIDAY + timedelta(hours=1), tick=False):
            self.assertIn(NOW, self.shown(self.BIRTH))
            self.assertNotIn(NOW, self.shown(self.MARRIAGE))
            self.assertNotIn(NOW, self.shown(self.ELSEWHERE))

    def test_that_name_nothing_stand_on_every_service_of_the_site(self):
        publish_at_once(self.outage())

        with time_machine.travel(FRIDAY + timedelta(hours=1), tick=False):
            self.assertIn(NOW, self.shown(self.MARRIAGE))
            self.assertIn(NOW, self.shown("my-long/dich-vu-cong/"))
            self.assertNotIn(NOW, self.shown(self.ELSEWHERE))

    def test_of_the_city_stand_on_all_sites(self):
        publish_at_once(self.outage(self.city.site))

        with time_machine.travel(FRIDAY + timedelta(hours=1), tick=False):
            for path in (self.BIRTH, self.ELSEWHERE, "dich-vu-cong/"):
                with self.subTest(path=path):
                    self.assertIn(NOW, self.shown(path))

    def test_that_are_planned_are_told_before_and_go_by_themselves(self):
        page = publish_at_once(self.outage())

        for hours, said, own in ((-48, SOON, SOON), (1, NOW, NOW), (4, "", "Dịch vụ đã hoạt động trở lại")):
            with self.subTest(hours=hours), time_machine.travel(FRIDAY + timedelta(hours=hours), tick=False):
                html = self.shown(self.BIRTH)
                self.assertEqual([text for text in (NOW, SOON) if text in html], [said] if said else [])
                self.assertIn(own, self.shown(f"my-long/dich-vu-cong/{page.slug}/"))

    def test_end_what_may_be_kept_when_they_begin_and_end(self):
        publish_at_once(self.outage())

        for before in (timedelta(seconds=-90), timedelta(hours=4, seconds=-90)):
            with self.subTest(before=before), time_machine.travel(FRIDAY + before, tick=False):
                for path in (self.BIRTH, "my-long/dich-vu-cong/", "my-long/dich-vu-cong/bao-tri-he-thong/"):
                    self.assertEqual(self.client.get(f"/{path}")["X-Portal-Max-Age"], "90", path)

    def test_warn_when_they_are_told_less_than_the_working_days_that_the_law_asks_for(self):
        monday = datetime(2026, 11, 30, 8, 0, tzinfo=HANOI)
        for told, starts, source in (
            # Seven working days before Wednesday 09/12/2026 is Monday 30/11.
            (monday, datetime(2026, 12, 9, 8, tzinfo=HANOI), None),
            (monday, datetime(2026, 12, 8, 8, tzinfo=HANOI), "NĐ 224/2026/NĐ-CP Điều 13"),
            # In 2020 one working day was enough, and Saturday is none.
            (datetime(2020, 6, 5, 16, tzinfo=HANOI), datetime(2020, 6, 8, 8, tzinfo=HANOI), None),
            (
                datetime(2020, 6, 6, 9, tzinfo=HANOI),
                datetime(2020, 6, 7, 8, tzinfo=HANOI),
                "TT 32/2017/TT-BTTTT Điều 11",
            ),
        ):
            with self.subTest(told=told, starts=starts), time_machine.travel(told, tick=False):
                page = ServiceOutagePage(
                    title="Bảo trì", message="Bảo trì.", starts_at=starts, ends_at=starts + timedelta(hours=2)
                )
                found = [finding.message for finding in outages.notice_findings(page)]
                self.assertEqual(len(found), 1 if source else 0, found)
                if source:
                    self.assertIn(source, found[0])

    def test_go_the_approved_road(self):
        page = publish(self.outage(starts=FRIDAY + timedelta(days=60)), by=self.cast.contributor)

        self.assertTrue(page.live)
        self.assertIn(SOON, self.shown(self.BIRTH))


class Alerts(OutageCase):
    def public(self, **fields):
        page = self.outage(raises_alert=True, **fields)
        page.is_planned = False
        page.save_revision()
        return publish(page, by=self.cast.contributor)

    def alert_at(self, hours: float, path="my-long/") -> bool:
        with time_machine.travel(FRIDAY + timedelta(hours=hours), tick=False):
            return 'class="alert alert--warning"' in self.shown(path)

    def test_stand_on_every_page_of_the_site_as_long_as_the_services_are_away(self):
        with time_machine.travel(FRIDAY - timedelta(hours=1), tick=False):
            self.public()

        self.assertEqual([self.alert_at(hours) for hours in (-0.5, 1, 5)], [False, True, False])
        self.assertFalse(self.alert_at(1, "my-xuyen/"))
        version = Alert.objects.get().versions.get()
        self.assertNotIn(version.agreed_by_name, ("", version.made_by_name))
        self.assertEqual(invariants.violations(), [])

    def test_follow_the_notice_when_it_changes_or_goes(self):
        with time_machine.travel(FRIDAY - timedelta(hours=1), tick=False):
            page = self.public()
            page.ends_at = FRIDAY + timedelta(hours=8)
            page.save_revision(user=self.cast.contributor)
            page = publish(page, by=self.cast.contributor)
        self.assertTrue(self.alert_at(6))
        with time_machine.travel(FRIDAY + timedelta(hours=1), tick=False):
            takedown.emergency_remove(page, by=self.cast.head, reason="Đã chạy lại.")

        self.assertFalse(self.alert_at(2))
        self.assertEqual(list(Alert.objects.get().versions.values_list("act", flat=True)), ["raise", "change", "end"])

    def test_go_when_the_notice_wants_none_any_more(self):
        with time_machine.travel(FRIDAY - timedelta(hours=1), tick=False):
            page = self.public()
            page.raises_alert = False
            page.save_revision(user=self.cast.contributor)
            publish(page, by=self.cast.contributor)

        self.assertFalse(self.alert_at(1))

    def test_want_an_end(self):
        page = ServiceOutagePage(title="Sự cố", message="Sự cố.", starts_at=FRIDAY, raises_alert=True)
        with time_machine.travel(FRIDAY - timedelta(hours=1), tick=False):
            self.assertEqual([finding.field for finding in outages.notice_findings(page)], ["ends_at"])


class PlannedStops(OutageCase):
    """The whole portal stops on Friday 27/11/2026 at 10:00 for four hours."""

    ANNOUNCED = "Từ 10:00 27/11/2026 đến 14:00 27/11/2026. Hệ thống tạm ngừng để bảo trì."

    def setUp(self):
        self.told = self.enterContext(time_machine.travel(FRIDAY - timedelta(days=14), tick=False))

    def public(self, **fields):
        page = self.outage(self.city.site, whole_portal=True, **fields)
        return publish(page, by=self.cast.editor)

    def test_stand_on_every_page_of_all_sites_from_the_publication_until_the_end(self):
        self.public(message_en="Maintenance.")
        for hours, expected in ((-300, True), (1, True), (5, False)):
            self.told.move_to(FRIDAY + timedelta(hours=hours))
            for path in ("", "my-long/", self.ELSEWHERE):
                with self.subTest(hours=hours, path=path):
                    self.assertEqual(self.ANNOUNCED in self.shown(path), expected)
        alert = Alert.objects.get()
        self.assertEqual(alert.title_en, "Planned stop of the portal")
        self.assertEqual(alert.text_en, "From 10:00 27/11/2026 to 14:00 27/11/2026. Maintenance.")
        self.assertEqual(invariants.violations(), [])

    def test_are_left_for_the_web_server_until_they_are_over_or_gone(self):
        self.assertFalse(stop_page.write(on=timezone.now()))
        page = self.public()

        self.assertTrue(stop_page.write(on=timezone.now()))
        self.assertFalse(stop_page.write(on=timezone.now()))
        left = stop_page.place().read_text(encoding="utf-8")
        self.assertIn("từ 10:00 27/11/2026 đến 14:00 27/11/2026", left)
        self.assertIn(page.message, left)
        self.assertTrue(stop_page.write(on=FRIDAY + timedelta(hours=5)))
        self.assertFalse(stop_page.place().exists())

        stop_page.write(on=timezone.now())
        takedown.emergency_remove(page, by=self.cast.head, reason="Hoãn bảo trì.")
        stop_page.write(on=timezone.now())
        self.assertFalse(stop_page.place().exists())

    def test_an_unplanned_one_is_not_announced(self):
        page = self.outage(self.city.site, whole_portal=True)
        page.is_planned = False
        page.save_revision(user=self.cast.editor)
        publish(page, by=self.cast.editor)

        self.assertFalse(stop_page.write(on=timezone.now()))
        self.assertFalse(Alert.objects.exists())

    def test_less_than_seven_working_days_before_a_reason_is_asked_and_stays(self):
        self.told.move_to(FRIDAY - timedelta(days=3))
        page = self.public()
        (asked,) = late_reasons.asked_of(page)

        self.assertEqual(asked.rule.code, "DL-DOWNTIME")
        late_reasons.give(asked, "Nhà cung cấp vá lỗ hổng khẩn.", by=self.cast.editor)
        self.assertEqual(late_reasons.asked_of(page), [])
        asked.refresh_from_db()
        self.assertEqual(asked.late_reason, "Nhà cung cấp vá lỗ hổng khẩn.")

    def test_in_time_no_reason_is_asked(self):
        self.assertEqual(late_reasons.asked_of(self.public()), [])

    def test_are_the_city_s_and_have_an_end(self):
        ward = self.outage(whole_portal=True)
        endless = self.outage(self.city.site, whole_portal=True)
        endless.ends_at = None

        found = [[finding.field for finding in outages.notice_findings(page)] for page in (ward, endless)]

        self.assertEqual(found, [["whole_portal"], ["ends_at"]])


class Proposing(OutageCase):
    """The technical administrator says that the portal stops on Friday 27/11/2026."""

    SCREEN = "/quan-tri/dich-vu-cong/tam-ngung/"

    def setUp(self):
        self.told = self.enterContext(time_machine.travel(FRIDAY - timedelta(days=14), tick=False))
        self.admin = self.cast.technical_admin

    def send(self, by=None, **fields):
        self.client.force_login(by or self.admin)
        typed = {"starts_at": "27/11/2026 22:00", "ends_at": "28/11/2026 02:00", "message": "Nâng cấp máy chủ."}
        return self.client.post(self.SCREEN, {**typed, **fields}, follow=True)

    def test_makes_a_draft_of_the_city_that_two_others_publish_and_tells_who_sees_to_it(self):
        answer = self.send()

        self.assertContains(answer, "Đã lập bản nháp thông báo")
        page = ServiceOutagePage.objects.get()
        self.assertEqual((page.live, page.is_planned_stop, page.owner), (False, True, self.admin))
        self.assertEqual(timezone.localtime(page.starts_at).strftime("%H:%M %d/%m"), "22:00 27/11")
        (told,) = mail.outbox
        self.assertEqual(told.to, [self.cast.standing_office.email])
        self.assertIn(f"/quan-tri/pages/{page.pk}/edit/", told.body)
        self.assertFalse(Alert.objects.exists())

        published = publish(page, by=self.cast.standing_office)

        self.assertTrue(published.live)
        self.assertEqual(Alert.objects.get().level, "info")
        self.assertEqual(outages.notice_findings(page), [])

    def test_waits_on_the_desk_of_who_submits_it_and_is_shown_to_the_administrator_until_it_is_over(self):
        self.send()
        page = ServiceOutagePage.objects.get()

        self.assertEqual([row.address for row in self.stops_of(self.cast.standing_office)], [edit_address(page)])
        self.assertEqual([row.title for row in self.stops_of(self.admin, "da-gui")], [page.draft_title])
        for user in (self.cast.editor, self.cast.head, self.cast.contributor):
            self.assertEqual(self.stops_of(user), [], user.username)
        self.assertContains(self.client.get(self.SCREEN), "bản nháp, chờ cơ quan Thường trực gửi duyệt")

        approval.submit(page, by=self.cast.standing_office, declaration=True)

        self.assertEqual(self.stops_of(self.cast.standing_office), [])
        self.assertContains(self.client.get(self.SCREEN), "chờ duyệt")
        publish_at_once(ServiceOutagePage.objects.get())
        self.assertEqual(self.stops_of(self.admin, "da-gui"), [])
        self.assertContains(self.client.get(self.SCREEN), "đã đăng")
        self.told.move_to(FRIDAY + timedelta(days=2))
        self.client.force_login(self.admin)
        self.assertNotContains(self.client.get(self.SCREEN), page.draft_title)

    def stops_of(self, user, kind="gui-len"):
        return [row for row in rows_for(user, [kind]) if "tạm ngừng cổng" in row.note]

    def test_told_late_it_needs_a_reason_which_stays_with_the_deadline(self):
        self.told.move_to(FRIDAY - timedelta(days=3))
        refused = self.send()
        taken = self.send(late_reason="Vá lỗ hổng khẩn.")

        self.assertContains(refused, "Phải thông báo chậm nhất ngày 17/11/2026")
        self.assertContains(refused, "Nâng cấp máy chủ.")
        self.assertContains(taken, "Đã lập bản nháp thông báo")
        deadline = Deadline.objects.get(rule__code="DL-DOWNTIME")
        self.assertEqual((deadline.late_reason, deadline.late_reason_by), ("Vá lỗ hổng khẩn.", self.admin))

    def test_says_what_is_missing_or_makes_no_sense_at_its_field(self):
        for fields, said in (
            ({"starts_at": ""}, "Hãy ghi lúc bắt đầu ngừng."),
            ({"starts_at": "mai"}, "Hãy nhập theo dạng"),
            ({"starts_at": "12/11/2026 22:00"}, "Lúc bắt đầu đã qua"),
            ({"ends_at": "27/11/2026 21:00"}, "Lúc kết thúc phải sau lúc bắt đầu"),
            ({"message": " "}, "Hãy ghi vì sao cổng tạm ngừng."),
        ):
            with self.subTest(fields=fields):
                self.assertContains(self.send(**fields), said)
        self.assertFalse(ServiceOutagePage.objects.exists())

    def test_is_for_the_technical_admin_alone(self):
        values = {"starts_at": FRIDAY, "ends_at": FRIDAY + timedelta(hours=4), "message": "Bảo trì."}
        for by in (self.cast.head, self.cast.standing_office, self.cast.contributor, self.cast.superuser):
            with self.subTest(by=by.username), self.assertRaises(Refused):
                planned_stops.propose(by=by, **values)
        self.send(self.cast.editor)
        self.assertFalse(ServiceOutagePage.objects.exists())


class Guides(WithServices):
    def guide(self, site, procedures=(), title="Hướng dẫn nộp hồ sơ"):
        steps = [
            ("paragraph", "<p>Cần có tài khoản.</p>"),
            ("heading", {"text": "Đăng nhập", "level": "2"}),
            ("paragraph", "<p>Bấm nút Đăng nhập.</p>"),
            ("heading", {"text": "Điền đơn", "level": "2"}),
            ("paragraph", "<p>Điền đủ các ô.</p>"),
        ]
        page = ServiceGuidePage(
            title=title,
            summary="Hai bước.",
            author_name="Cán bộ mẫu 90",
            source_name="Ban Biên tập",
            responsible_unit=site.unit,
            steps=steps,
        )
        draft(page, self.city.section(site, "dich-vu-cong"))
        page.procedures.set(procedures)
        page.save()
        page.save_revision()
        return publish_at_once(page)

    def test_show_all_steps_with_how_many_there_are(self):
        self.guide(self.city.site)

        html = self.shown("dich-vu-cong/huong-dan-nop-ho-so/")

        for words in ("Cần có tài khoản.", "Bước 1/2", "Bấm nút Đăng nhập.", "Bước 2/2", "Điền đủ các ô."):
            with self.subTest(words=words):
                self.assertIn(words, html)

    def test_show_one_step_with_the_way_on(self):
        self.guide(self.city.site)

        html = self.shown("dich-vu-cong/huong-dan-nop-ho-so/?buoc=2")

        self.assertIn("Điền đủ các ô.", html)
        self.assertNotIn("Bấm nút Đăng nhập.", html)
        self.assertIn('<progress id="tien-do" max="2" value="2">', html)
        self.assertIn('href="?buoc=1" rel="prev"', html)

    def test_name_a_step_without_the_number_that_its_editor_wrote(self):
        for written, title in (
            ("Bước 2. Nộp", "Nộp"),
            ("bước 2: nộp", "Nộp"),
            ("Step 2 – Apply", "Apply"),
            ("Bước chuẩn bị", "Bước chuẩn bị"),
        ):
            with self.subTest(written=written):
                page = ServiceGuidePage(steps=[("heading", {"text": written, "level": "2"})])

                self.assertEqual([step.title for step in guide_page.split(page.steps)[1]], [title])

    def test_of_a_step_that_there_is_not_are_shown_whole(self):
        self.guide(self.city.site)

        for step in ("0", "3", "x", "٢", "9999"):
            with self.subTest(step=step):
                response = self.client.get(f"/dich-vu-cong/huong-dan-nop-ho-so/?buoc={step}")
                self.assertContains(response, "Bấm nút Đăng nhập.")

    def test_of_the_city_stand_on_the_services_that_they_are_for(self):
        self.guide(self.city.site, [self.birth], "Hướng dẫn khai sinh")
        self.guide(self.city.my_xuyen, title="Hướng dẫn của Mỹ Xuyên")

        birth, marriage = (self.shown(f"my-long/dich-vu-cong/{slug}/") for slug in ("khai-sinh-thu", "ket-hon-thu"))

        self.assertIn("Hướng dẫn khai sinh", birth)
        self.assertNotIn("Hướng dẫn khai sinh", marriage)
        self.assertNotIn("Hướng dẫn của Mỹ Xuyên", birth)
        self.assertIn("Hướng dẫn của Mỹ Xuyên", self.shown("my-xuyen/dich-vu-cong/khai-sinh-thu/"))
