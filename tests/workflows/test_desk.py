"""Việc của tôi: each person sees his own work and nobody else's, with the engine's words, for a fixed price."""

import re
from datetime import date, datetime, timedelta
from unittest import mock

import time_machine
from django.db import connection
from django.test import RequestFactory, SimpleTestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Comment

from accounts.models import Appointment, RescuedText, RoleGroup
from faq.models import CommentContact, ConsultationComment
from home import opening
from legalref.life import lifecycle
from personaldata.models import CorrectionComplaint
from sections import catalogue
from sections.clarification import offer_to_city
from tests import factories, snapshot
from tests.city import USERNAMES, CityTestCase, fresh, publish, publish_at_once, stored_city
from tests.desks import rows_for
from tests.faq.cast import a_question
from tests.legalref.library import draft_document, public_document
from tests.servicecatalog.cast import a_procedure
from workflows import deadlines
from workflows.dashboard import queue_screen, work_queue
from workflows.dashboard import views as home_views
from workflows.dashboard.own_work import fix_address
from workflows.deadlines import VIETNAM, boards, duties
from workflows.models import (
    Deadline,
    EditorialApprovalTask,
    EmergencyAct,
    LiveFinding,
    MoveProposal,
    RecordChange,
    Schedule,
    TakeDown,
)
from workflows.publishing import approval, arrangement, file_changes, record_changes, takedown
from workflows.upkeep import review_dates

NOW = datetime(2026, 6, 24, 9, tzinfo=VIETNAM)
HOME = "/quan-tri/"
MOST_QUERIES = 25


class Filled(CityTestCase):
    """The small city on 24/06/2026 with something of every kind, in the city and in two wards."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        snapshot.built("work of every kind", cls.fill)
        cls.city = stored_city()
        cls.cast = cls.city.cast

    @classmethod
    @time_machine.travel(NOW - timedelta(days=1), tick=True)
    def fill(cls):
        city, cast = cls.city, cls.cast
        ward = city.my_long
        ward.approval_mode = "delegated"
        ward.save()
        news, ward_news = city.section(city.site), city.section(ward)
        for parent, who, name in (
            (news, cast.editor, "Bài của thành phố"),
            (ward_news, cast.contributor, "Bài của Mỹ Long"),
            (city.section(city.my_xuyen), cast.contributor_my_xuyen, "Bài của Mỹ Xuyên"),
        ):
            waits = factories.article(parent, by=who, title=f"{name} chờ duyệt")
            approval.submit(waits, by=who, declaration=True)
            back = factories.article(parent, by=who, title=f"{name} trả lại")
            state = approval.submit(back, by=who, declaration=True)
            approval.send_back(state.current_task_state, by=cast.deputy, reason="Thiếu nguồn")
            factories.article(parent, by=who, title=f"{name} còn nháp")
            gone = publish_at_once(factories.article(parent, by=who, title=f"{name} đề nghị gỡ"))
            takedown.propose(gone, by=who, ground="no_longer_suitable", explanation="Đã cũ.")
            followed = publish_at_once(factories.article(parent, by=who, title=f"{name} có bình luận"))
            Comment.objects.create(page=followed, user=cast.deputy, text="Nêu rõ nguồn", contentpath="title")
        later = factories.article(news, by=cast.editor, title="Bài hẹn giờ", go_live_at=NOW + timedelta(days=3))
        publish(later, by=cast.editor, approver=cast.head)
        moved = publish_at_once(factories.article(news, by=cast.editor, title="Bài chuyển chỗ"))
        arrangement.propose_move(moved, city.section(city.site, "tuyen-truyen"), by=cast.editor, reason="Đúng mục")
        shown = factories.picture(city.site, title="Ảnh đã đăng")
        publish_at_once(factories.article(news, by=cast.editor, picture=shown))
        file_changes.propose(shown, by=cast.editor, title="Ảnh tên mới", reason="Ghi đúng tên")
        body = public_document(city.site, by=cast.editor, symbol="9/2024/QĐ-UBND").main_issuer
        body.name = "Cơ quan tên mới"
        record_changes.propose(body, by=cast.standing_office, reason="Đổi tên")
        urgent = factories.notice(news, by=cast.head, title="Tin khẩn")
        approval.emergency_publish(urgent, by=cast.head, reason="Mưa lũ")
        claim = publish(
            factories.clarification(
                city.section(ward, "giai-thich"),
                by=cast.contributor,
                title="Làm rõ của Mỹ Long",
                also_on_city=True,
            ),
            by=cast.contributor,
            approver=cast.head,
        )
        offer_to_city(claim, by=cast.contributor)
        cls.deadline_rows(ward_news, news)
        for site, unit in ((city.site, None), (ward, ward.unit), (city.my_xuyen, city.my_xuyen.unit)):
            a_question(city, site=site)
            a_question(city, site=site, unit=unit, state="drafted")
            a_question(city, site=site, unit=unit, state="assigned")
            consultation = publish_at_once(factories.consultation(city.section(site, "gop-y"), by=cast.editor))
            comment = ConsultationComment.objects.create(
                number=f"GY-2026-{site.pk:06}",
                year=2026,
                page=consultation,
                owner_site=site,
                text="Nên rõ hơn.",
                received_at=timezone.now(),
            )
            CommentContact.objects.create(comment=comment, name="Người góp ý mẫu", consented_at=timezone.now())
            CorrectionComplaint.objects.create(
                number=f"DC-2026-{site.pk:06}",
                year=2026,
                secret="x",
                owner_site=site,
                address="/",
                page_title="Trang",
                text="Sai ngày",
                text_digest=f"{site.pk:064}",
                received_at=timezone.now(),
            )
        posted = draft_document(city.site, by=cast.standing_office, symbol="77/2026/QĐ-UBND")
        deadlines.start(posted, "DL-DOC-OWN", on=date(2026, 6, 17), site=city.site, title="Quyết định 77/2026/QĐ-UBND")
        lapsed = public_document(
            city.site,
            by=cast.standing_office,
            symbol="05/2019/QĐ-UBND",
            issued_on=date(2019, 3, 1),
            effective_from=date(2019, 3, 15),
            effective_to=date(2020, 1, 1),
        )
        lifecycle.refresh_status(on=NOW)
        a_procedure(city, basis=lapsed, name="Thủ tục cần xem lại")
        opening.submit_opening(
            opening.open_ward(
                by=cast.standing_office,
                name="Phường Thử",
                kind="ward",
                slug="thu",
                host_label="thu",
                gso_code="",
                legal_act="Quyết định",
                valid_from=date(2026, 7, 1),
                address="Trụ sở",
                phone="0296 000 0000",
                email="thu@example.invalid",
                sections=[catalogue.section("tin-tuc")],
            ),
            by=cast.standing_office,
        )
        cls.what_is_public()
        for person in (cast.head, cast.contributor):
            RescuedText.objects.create(user=person, label="Bài đang viết", path="/", stored_at=timezone.now())

    @classmethod
    def what_is_public(cls):
        """A page to be reviewed and one with a broken link, in the city and in two wards."""
        city, cast = cls.city, cls.cast
        for site, who in (
            (city.site, cast.editor),
            (city.my_long, cast.contributor),
            (city.my_xuyen, cast.contributor_my_xuyen),
        ):
            section = city.section(site, "gop-y")
            page = publish_at_once(factories.standard(section, by=who, title=f"Trang của {site}"))
            review_dates.choose(page, date(2026, 6, 25), by=who)
            LiveFinding.objects.create(
                owner_site=site,
                object_type=page._meta.label,
                object_id=str(page.pk),
                title=page.title,
                level="blocker",
                field="body",
                message="Liên kết hỏng",
                since=NOW,
                checked_at=NOW,
            )
        review_dates.start_deadlines()

    @classmethod
    def deadline_rows(cls, ward_news, news):
        """Clocks of drafts: one late and one far in the city, one in each of two wards."""
        cast, other_news = cls.cast, cls.city.section(cls.city.my_xuyen)
        for parent, who, rule, on, name in (
            (news, cast.editor, "DL-LAW-INFO", date(2026, 5, 25), "Hạn quá của thành phố"),
            (news, cast.editor, "DL-SCI", date(2026, 6, 22), "Hạn còn xa"),
            (ward_news, cast.contributor, "DL-PLAN", date(2026, 6, 1), "Hạn của Mỹ Long"),
            (other_news, cast.contributor_my_xuyen, "DL-PLAN", date(2026, 6, 1), "Hạn của Mỹ Xuyên"),
        ):
            page = factories.notice(parent, by=who, title=name)
            deadlines.start(page, rule, on=on, site=page.get_parent().specific.portal_site, title=name)

    def setUp(self):
        traveller = time_machine.travel(NOW, tick=False)
        traveller.start()
        self.addCleanup(traveller.stop)

    def groups(self, who: str) -> dict[str, queue_screen.Group]:
        user = fresh(getattr(self.cast, who))
        return {
            group.kind.key: group
            for group in queue_screen.groups_of(work_queue.Scope(user, timezone.now()), work_queue.BY_KEY)
        }

    def titles(self, who: str, kind: str) -> list[str]:
        group = self.groups(who).get(kind)
        return [row.title for row in group.rows] if group else []


class Desk(Filled):
    def test_every_kind_of_work_is_shown_to_somebody(self):
        seen = {kind for who in USERNAMES for kind, group in self.groups(who).items() if group.count}

        self.assertEqual({kind.key for kind in work_queue.KINDS} - seen, {"phan-cong"})

    def test_the_board_sees_what_waits_for_its_decision_but_not_what_one_wrote_or_proposed(self):
        self.assertEqual(
            sorted(self.titles("deputy", "cho-duyet")),
            ["Bài của Mỹ Long chờ duyệt", "Bài của Mỹ Xuyên chờ duyệt", "Bài của thành phố chờ duyệt"],
        )
        self.assertEqual(
            sorted(self.titles("editor", "cho-duyet")), ["Bài của Mỹ Long chờ duyệt", "Bài của Mỹ Xuyên chờ duyệt"]
        )
        self.assertEqual(len(self.titles("deputy", "go-bo")), 3)
        self.assertEqual(
            sorted(self.titles("deputy", "quyet-dinh")),
            ["Bài chuyển chỗ", "Cơ quan tên mới", "Mở trang thành phần: Phường Thử", "Tin khẩn", "Ảnh đã đăng"],
        )
        self.assertNotIn("Tin khẩn", self.titles("head", "quyet-dinh"))
        self.assertEqual(self.titles("standing_office", "quyet-dinh"), [])

    def test_a_version_that_one_saved_does_not_wait_for_him(self):
        page = self.city.section(self.city.my_long).get_children().get(title="Bài của Mỹ Long chờ duyệt").specific
        page.save_revision(user=self.cast.deputy)

        self.assertNotIn("Bài của Mỹ Long chờ duyệt", self.titles("deputy", "cho-duyet"))
        self.assertIn("Bài của Mỹ Long chờ duyệt", self.titles("head", "cho-duyet"))

    def test_what_waits_for_review_is_what_the_verb_lets_one_approve(self):
        for who in ("head", "deputy", "ward_approver"):
            user = fresh(getattr(self.cast, who))
            with self.subTest(who):
                states = [
                    s
                    for task in EditorialApprovalTask.objects.all()
                    for s in approval.task_states_to_review(user, task)
                ]
                may = sorted(
                    s.revision.object_str for s in states if approval.may_approve(user, s.revision.content_object)
                )
                self.assertEqual(sorted(self.titles(who, "cho-duyet")), may)

    def test_a_ward_sees_its_own_and_nothing_of_another(self):
        for who in ("contributor", "unit_head", "ward_approver"):
            for kind, group in self.groups(who).items():
                for row in group.rows:
                    with self.subTest(who=who, kind=kind, row=row.title):
                        self.assertNotIn("Mỹ Xuyên", row.title + row.note)
                        self.assertNotIn("thành phố", row.title)
        self.assertEqual(self.titles("ward_approver", "cho-duyet"), ["Bài của Mỹ Long chờ duyệt"])
        self.assertEqual(self.titles("ward_approver", "go-bo"), ["Bài của Mỹ Long đề nghị gỡ"])
        self.assertEqual(self.titles("contributor", "cho-duyet"), [])
        self.assertEqual(self.titles("contributor", "tra-lai"), ["Bài của Mỹ Long trả lại"])
        self.assertEqual(self.titles("contributor", "binh-luan"), ["Bài của Mỹ Long có bình luận"])
        self.assertIn("Bài của Mỹ Long còn nháp", self.titles("contributor", "ban-nhap"))
        self.assertEqual(self.titles("contributor", "thoi-han"), ["Hạn của Mỹ Long"])
        self.assertEqual(self.titles("contributor", "giu-lai"), ["Bài đang viết"])
        self.assertEqual(self.titles("unit_head", "giu-lai"), [])

    def test_clocks_that_are_mine_are_those_of_the_board(self):
        for who in ("head", "editor", "standing_office", "contributor", "unit_head", "ward_approver"):
            user = fresh(getattr(self.cast, who))
            with self.subTest(who):
                shown = set(self.titles(who, "thoi-han")) | set(self.titles(who, "van-ban"))
                rows = [row for row in boards.rows(user, boards.visible_to(user)) if row.is_mine]
                other = ("Câu hỏi", "Duyệt", "Gỡ bỏ")
                elsewhere = work_queue.SHOWN_ELSEWHERE - {self.document_type()}
                mine = {
                    row.deadline.title
                    for row in rows
                    if row.deadline.content_type.model_class() not in elsewhere
                    and row.deadline.rule.code != duties.REVIEW_RULE
                }
                self.assertEqual(shown, mine, other)

    @staticmethod
    def document_type():
        return factories.LegalDocument

    def test_days_are_said_in_the_words_of_the_engine_and_the_soonest_comes_first(self):
        group = self.groups("editor")["thoi-han"]

        self.assertEqual([row.title for row in group.rows], ["Hạn quá của thành phố", "Hạn còn xa"])
        rows = {row.deadline.title: row for row in boards.rows(self.cast.editor, boards.visible_to(self.cast.editor))}
        for row in group.rows:
            self.assertEqual((row.left, row.standing), (rows[row.title].time_left, rows[row.title].standing))
        self.assertRegex(group.rows[0].left, r"^quá hạn \d+ ngày làm việc$")
        self.assertRegex(group.rows[1].left, r"^còn \d+ ngày làm việc$")
        self.assertEqual((group.late, group.soon), (1, 0))

    def test_a_signer_has_what_others_wrote_and_a_writer_what_is_to_be_answered(self):
        self.assertEqual(len(self.titles("unit_head", "ky")), 1)
        self.assertEqual(len(self.titles("unit_head", "cau-hoi")), 2)
        self.assertEqual(self.titles("contributor", "ky"), [])
        self.assertEqual(len(self.titles("contributor", "cau-hoi")), 1)
        self.assertEqual(self.titles("technical_admin", "cau-hoi"), [])

    def test_a_question_leads_to_the_screen_of_its_step(self):
        rows = self.groups("unit_head")["cau-hoi"].rows + self.groups("standing_office")["cau-hoi"].rows
        screens = {row.address.rstrip("/").rsplit("/", 1)[1] for row in rows}

        self.assertLessEqual({"phan-loai", "soan"}, screens)
        self.assertTrue(all(row.address.endswith("/ky/") for row in self.groups("unit_head")["ky"].rows))

    def test_everybody_may_begin_with_what_is_his_work(self):
        offered = {}
        for who in ("contributor", "standing_office", "technical_admin", "accountant"):
            scope = work_queue.Scope(fresh(getattr(self.cast, who)), timezone.now())
            offered[who] = [label for label, _address in work_queue.shortcuts_for(scope)]

        self.assertEqual(offered["accountant"], [])
        self.assertEqual(offered["technical_admin"], ["Ghi quyết định phân công"])
        self.assertEqual(
            set(offered["contributor"]), {"Viết tin bài", "Thêm văn bản", "Việc tôi đã gửi", "Điểm của trang"}
        )
        self.assertEqual(
            set(offered["standing_office"]),
            {"Viết tin bài", "Thêm văn bản", "Việc tôi đã gửi", "Lập hồ sơ đăng", "Đơn vị", "Mở trang phường, xã"},
        )

    def test_the_city_posts_its_documents_and_takes_what_wards_offer(self):
        self.assertEqual(self.titles("standing_office", "van-ban"), ["Quyết định 77/2026/QĐ-UBND"])
        self.assertEqual(self.titles("editor", "gui-len"), ["Làm rõ của Mỹ Long"])
        self.assertEqual(self.titles("editor", "hen-gio"), ["Bài hẹn giờ"])
        self.assertEqual(self.titles("contributor_my_xuyen", "gui-len"), [])
        self.assertEqual(self.titles("standing_office", "xem-lai"), ["Thủ tục cần xem lại"])
        self.assertNotIn("xem-lai", self.groups("contributor"))

    def test_taken_down_pages_are_no_drafts(self):
        row = TakeDown.objects.get(title="Bài của Mỹ Long đề nghị gỡ")
        takedown.decide(row, by=self.cast.head, decision="take_down", note="")

        self.assertNotIn("Bài của Mỹ Long đề nghị gỡ", self.titles("contributor", "ban-nhap"))

    def test_what_one_has_handed_on_stands_beside_his_decisions_and_is_no_work_of_his(self):
        self.assertEqual(
            sorted(self.titles("contributor", "da-gui")), ["Bài của Mỹ Long chờ duyệt", "Bài của Mỹ Long đề nghị gỡ"]
        )
        self.assertIn("Ảnh đã đăng", self.titles("editor", "da-gui"))
        self.assertIn("Cơ quan tên mới", self.titles("standing_office", "da-gui"))
        self.assertNotIn(
            "da-gui", {row.kind.key for row in queue_screen.groups_of(work_queue.Scope(self.cast.editor, NOW))}
        )

    def test_a_change_of_a_shared_list_waits_for_whom_the_verb_lets_decide(self):
        change = RecordChange.objects.get()
        for who in USERNAMES:
            user = fresh(getattr(self.cast, who))
            with self.subTest(who):
                shown = "Cơ quan tên mới" in self.titles(who, "quyet-dinh")
                self.assertEqual(shown, record_changes.may_decide(user, change))

    def test_a_move_or_a_schedule_waits_for_whom_the_verb_lets_decide(self):
        Appointment.objects.filter(person=self.cast.head).update(state=Appointment.State.ENDED)
        move, [schedule] = MoveProposal.objects.get(), Schedule.objects.without_approver()
        for who in USERNAMES:
            user, shown = fresh(getattr(self.cast, who)), self.titles(who, "quyet-dinh")
            with self.subTest(who):
                self.assertEqual(move.title in shown, arrangement.may_decide_move(user, move))
                self.assertEqual(schedule.title in shown, arrangement.may_confirm_schedule(user, schedule))

    def test_what_one_handed_on_of_every_kind_is_named(self):
        self.assertIn("Bài chuyển chỗ", self.titles("editor", "da-gui"))
        self.assertIn("Tin khẩn", self.titles("head", "da-gui"))
        self.assertIn("Mở trang thành phần: Phường Thử", self.titles("standing_office", "da-gui"))

    def test_the_menu_asks_every_source_that_has_rows_for_a_person(self):
        idle, with_rows = queue_screen.idle_sources(), set()

        for who in USERNAMES:
            scope = work_queue.Scope(fresh(getattr(self.cast, who)), timezone.now())
            found = {key: source.find(scope) for key, source in work_queue.SOURCES.items()}
            with_rows |= {key for key, rows in found.items() if rows is not None and rows.found.exists()}

        self.assertGreater(len(with_rows), 25)
        self.assertEqual(with_rows & idle, set())


class Idle(CityTestCase):
    def test_sources_are_not_asked_for_the_menu_until_something_waits(self):
        idle = queue_screen.idle_sources()
        self.assertGreater(len(idle), 30)
        self.assertIn("go-bo", idle)

        page = publish_at_once(factories.article(self.city.section(self.city.site), by=self.cast.editor))
        takedown.propose(page, by=self.cast.editor, ground="no_longer_suitable", explanation="Đã cũ.")

        self.assertNotIn("go-bo", queue_screen.idle_sources())


class Addresses(SimpleTestCase):
    def test_what_no_longer_exists_leads_to_the_report(self):
        for label in ("sections.GonePage", "gone"):
            self.assertEqual(fix_address(f"{label}/1/body"), reverse("workflows_live_checks"))


class Screen(Filled):
    def submit_more(self, site, who, count: int) -> None:
        for number in range(count):
            title = f"Bài gửi thêm số {number + 1} để duyệt"
            page = factories.article(self.city.section(site), by=who, title=title)
            approval.submit(page, by=who, declaration=True)

    def get(self, who: str):
        self.client.force_login(getattr(self.cast, who))
        return self.client.get(HOME)

    def test_costs_at_most_25_queries_for_every_role(self):
        for who in (*USERNAMES,):
            if who.startswith("contributor_"):
                continue
            self.get(who)
            with self.subTest(who), CaptureQueriesContext(connection) as asked:
                answer = self.client.get(HOME)
                self.assertEqual(answer.status_code, 200)
            print(f"Việc của tôi, {who}: {len(asked)} truy vấn, {answer.context['counters'][0][2]} việc")
            self.assertLessEqual(len(asked), MOST_QUERIES, who)

    def test_the_number_in_the_menu_of_every_screen_costs_no_more(self):
        request = RequestFactory().get(HOME)
        for who in ("head", "standing_office", "contributor"):
            request.user = fresh(getattr(self.cast, who))
            queue_screen.count_anew(request.user)
            with self.subTest(who), CaptureQueriesContext(connection) as asked:
                counts = queue_screen.counts_for(request)
            found = {key: group.count for key, group in self.groups(who).items() if key in work_queue.WORK}
            self.assertEqual(counts, {key: count for key, count in found.items() if count})
            self.assertLessEqual(len(asked), MOST_QUERIES, who)

    def test_the_menu_counts_anew_after_what_its_person_did(self):
        def number():
            page = self.client.get(reverse("wagtailadmin_explore_root"), follow=True).content.decode()
            return re.search(r'"viec-cua-toi", "label": "[^"]*\((\d+)\)"', page)[1]

        self.client.force_login(self.cast.ward_approver)
        before = int(number())
        self.submit_more(self.city.my_long, self.cast.contributor, 2)
        self.assertEqual(int(number()), before)
        self.client.post(reverse("wagtailadmin_explore_root"))

        self.assertEqual(int(number()), before + 2)

    def test_every_row_leads_to_a_screen_that_its_person_may_open(self):
        for who in ("deputy", "standing_office", "contributor", "unit_head", "ward_approver"):
            answer = self.get(who)
            addresses = {row.address for group in answer.context["groups"] for row in group.rows}
            addresses |= {group.more for group in answer.context["groups"] if group.more}
            self.assertGreater(len(addresses), 5)
            for address in sorted(addresses):
                with self.subTest(who=who, address=address):
                    self.assertEqual(self.client.get(address).status_code, 200)

    def test_what_one_may_begin_with_opens(self):
        for who in ("contributor", "standing_office", "technical_admin", "deputy"):
            for label, address in self.get(who).context["shortcuts"]:
                with self.subTest(who=who, label=label):
                    self.assertEqual(self.client.get(address, follow=True).status_code, 200)
        self.client.force_login(self.cast.contributor)
        section = self.city.section(self.city.my_long)
        self.assertRedirects(
            self.client.get("/quan-tri/viet-tin/"),
            f"/quan-tri/pages/add/sections/articlepage/{section.pk}/",
            fetch_redirect_response=False,
        )
        self.client.force_login(self.cast.editor)
        self.assertIn(f"/{self.city.section(self.city.site).pk}/", self.client.get("/quan-tri/viet-tin/")["Location"])

    def test_says_in_words_what_is_late_and_what_there_is_not(self):
        answer = self.get("editor")

        self.assertContains(answer, "<h1", count=1)
        self.assertContains(answer, "Việc của tôi")
        self.assertContains(answer, "Biên tập viên")
        self.assertContains(answer, 'class="portal-badge portal-badge--')
        self.assertContains(answer, "quá hạn")
        self.assertNotContains(answer, "w-dashboard")

    def test_greets_a_person_without_work_kindly(self):
        answer = self.get("accountant")

        self.assertContains(answer, "Hiện không có việc nào chờ bạn.")
        self.assertContains(answer, "Kế toán")

    def test_is_one_list_what_came_back_first_then_by_the_last_day(self):
        answer = self.get("editor")

        rows = answer.context["page"].object_list
        self.assertEqual([row.title for row in rows[:1]], ["Bài của thành phố trả lại"])
        self.assertContains(answer, "Thiếu nguồn")
        days = [row.last_day for row in rows if row.last_day]
        self.assertGreater(len(days), 1)
        self.assertEqual(days, sorted(days))
        self.assertEqual(len(rows), sum(group.count for group in answer.context["groups"]))

    def test_puts_a_decision_without_a_last_day_before_what_is_due_after_a_week(self):
        today = date(2026, 6, 24)
        groups = [
            queue_screen.Group(
                work_queue.BY_KEY[kind],
                rows=[
                    queue_screen.Row(work_queue.BY_KEY[kind], title, "/", last_day=days and today + timedelta(days))
                    for title, days in rows
                ],
            )
            for kind, rows in (
                ("quyet-dinh", [("bảng kê", None), ("hồ sơ", 2)]),
                ("tra-lai", [("trả lại", None)]),
                ("thoi-han", [("tuần này", 7), ("tuần sau", 8), ("quá hạn", -3), ("chờ chi", None)]),
                ("ban-nhap", [("bản nháp", None)]),
            )
        ]

        titles = [row.title for row in queue_screen.in_one_list(groups, today)]

        self.assertEqual(
            titles, ["trả lại", "quá hạn", "hồ sơ", "tuần này", "bảng kê", "tuần sau", "chờ chi", "bản nháp"]
        )

    def test_puts_what_was_done_late_and_wants_its_reason_after_what_is_still_to_be_done(self):
        today, kind = date(2026, 6, 24), work_queue.BY_KEY["thoi-han"]
        rows = [
            queue_screen.Row(kind, title, "/", last_day=today + timedelta(days), standing=standing)
            for title, days, standing in (
                ("chưa ghi lý do", -2000, "met_late"),
                ("quá hạn", -3, "late"),
                ("tuần này", 7, "soon"),
                ("tuần sau", 8, "running"),
            )
        ]

        found = queue_screen.in_one_list([queue_screen.Group(kind, rows=rows)], today)

        self.assertEqual([row.title for row in found], ["quá hạn", "chưa ghi lý do", "tuần này", "tuần sau"])

    def test_counters_and_kinds_filter_the_list(self):
        self.get("editor")
        late = self.client.get(HOME, {"han": "qua-han"})
        soon = self.client.get(HOME, {"han": "sap-den-han"})
        drafts = self.client.get(HOME, {"loai": "ban-nhap"})
        both = self.client.get(HOME, {"loai": "ban-nhap", "han": "qua-han"})

        numbers = {words: number for _key, words, number in late.context["counters"]}
        self.assertTrue(all(row.is_late for row in late.context["page"]))
        self.assertEqual(len(late.context["page"].object_list), numbers["quá hạn"])
        self.assertEqual(len(soon.context["page"].object_list), numbers["sắp đến hạn"])
        self.assertEqual({row.kind.key for row in drafts.context["page"]}, {"ban-nhap"})
        self.assertContains(both, "Không có việc nào như vậy.")
        counted = {key: number for key, _words, number in both.context["counters"]}
        self.assertEqual(counted, {"": len(drafts.context["page"].object_list), "qua-han": 0, "sap-den-han": 0})
        for strange in ({"han": "x"}, {"loai": "x"}, {"p": "x"}, {"p": "999"}):
            with self.subTest(strange):
                self.assertEqual(self.client.get(HOME, strange).status_code, 200)

    def test_goes_on_page_by_page_and_keeps_what_was_chosen(self):
        self.submit_more(self.city.site, self.cast.editor, home_views.ROWS_A_PAGE)

        self.get("head")
        first = self.client.get(HOME, {"loai": "cho-duyet"})
        second = self.client.get(HOME, {"loai": "cho-duyet", "p": "2"})

        self.assertEqual(len(first.context["page"].object_list), home_views.ROWS_A_PAGE)
        self.assertContains(first, 'href="/quan-tri/duyet/">Mở danh sách riêng')
        self.assertContains(first, "?loai=cho-duyet&amp;p=2")
        shown = {row.address for row in first.context["page"]} | {row.address for row in second.context["page"]}
        self.assertEqual(len(shown), first.context["kind"].count)

    def test_what_it_costs_does_not_grow_with_the_work(self):
        self.get("head")
        with CaptureQueriesContext(connection) as before:
            self.client.get(HOME)
        self.submit_more(self.city.my_long, self.cast.contributor, 5)
        with CaptureQueriesContext(connection) as after:
            self.client.get(HOME)

        self.assertEqual(len(after), len(before))


class Queue(Filled):
    def test_shows_every_decision_whole_and_leads_to_each(self):
        kinds = work_queue.DECISIONS | work_queue.HANDED_ON
        for who in ("deputy", "head", "editor", "standing_office", "ward_approver", "unit_head", "contributor"):
            self.client.force_login(getattr(self.cast, who))
            answer = self.client.get(reverse("workflows_queue"))
            wanted = {kind: group for kind, group in self.groups(who).items() if kind in kinds and group.count}
            with self.subTest(who):
                self.assertEqual(
                    {group.kind.key: group.count for group in answer.context["groups"]},
                    {kind: group.count for kind, group in wanted.items()},
                )
                for group in wanted.values():
                    for row in group.rows:
                        self.assertContains(answer, f'href="{row.address}"')
                        self.assertEqual(self.client.get(row.address).status_code, 200)

    def test_says_so_when_nothing_waits(self):
        self.client.force_login(self.cast.accountant)

        self.assertContains(self.client.get(reverse("workflows_queue")), "Không có gì đang chờ người khác.")


class Notices(Filled):
    def test_those_who_keep_the_calendar_are_told_in_november_that_a_year_is_missing(self):
        with time_machine.travel("2026-11-02 09:00 +0700", tick=False):
            self.client.force_login(self.cast.standing_office)
            self.assertContains(self.client.get(HOME), "Chưa có lịch chính thức năm 2027")
            self.client.force_login(self.cast.contributor)
            self.assertNotContains(self.client.get(HOME), "Chưa có lịch chính thức")

    def test_a_password_that_comes_of_age_is_told(self):
        self.client.force_login(self.cast.contributor)
        user = fresh(self.cast.contributor)
        with time_machine.travel(NOW + timedelta(days=1), tick=False):
            user.password_changed_at = timezone.now() - timedelta(days=85)
            user.save()
            told = [notice.text for notice in queue_screen.notices_of(work_queue.Scope(user, timezone.now()))]

        self.assertTrue(any("Mật khẩu phải đổi" in text for text in told), told)


class CompactNotices(CityTestCase):
    def test_each_stands_on_one_line_and_a_long_one_is_folded_with_all_of_its_text(self):
        short = work_queue.WorkNotice("Chưa có lịch năm 2027.", "/quan-tri/lich/", "Mở lịch")
        long = work_queue.WorkNotice("Phường Mẫu còn nợ; " * 20, "/quan-tri/viec/", "Xem việc", is_grave=False)
        self.client.force_login(self.cast.standing_office)
        with mock.patch.object(queue_screen, "notices_of", return_value=[short, long]):
            page = self.client.get(HOME)

        self.assertEqual((short.is_long, long.is_long), (False, True))
        self.assertLessEqual(len(long.beginning), work_queue.LONGEST_NOTICE)
        self.assertContains(page, f"<details><summary>{long.beginning}</summary><p>{long.text}</p></details>")
        self.assertContains(page, "<span>Chưa có lịch năm 2027.</span>")
        self.assertContains(page, 'class="desk__notice desk__notice--grave"', count=1)
        for address in (short.address, long.address):
            self.assertContains(page, f'<a href="{address}">')


class AfterATransfer(CityTestCase):
    """Who was appointed to another ward sees nothing more of what he sent for the former one."""

    def test_neither_what_waits_nor_what_comes_back_is_on_the_desk(self):
        city, person = self.city, self.cast.contributor
        section = city.section(city.my_long)
        waits = factories.article(section, by=person, title="Bài chờ của phường cũ")
        approval.submit(waits, by=person, declaration=True)
        back = factories.article(section, by=person, title="Bài trả lại của phường cũ")
        state = approval.submit(back, by=person, declaration=True)
        approval.send_back(state.current_task_state, by=self.cast.deputy, reason="Thiếu nguồn")
        gone = publish_at_once(factories.article(section, by=person, title="Bài đề nghị gỡ của phường cũ"))
        takedown.propose(gone, by=person, ground="no_longer_suitable", explanation="Đã cũ.")
        titles = [row.title for row in rows_for(person, {kind.key for kind in work_queue.KINDS})]
        self.assertEqual(sum("phường cũ" in title for title in titles), 3)

        Appointment.objects.filter(person=person).update(site=city.my_xuyen)
        RoleGroup.objects.get(site=city.my_long, role="contributor").group.user_set.remove(person)
        RoleGroup.objects.get(site=city.my_xuyen, role="contributor").group.user_set.add(person)

        titles = [row.title for row in rows_for(person, {kind.key for kind in work_queue.KINDS})]
        self.assertFalse([title for title in titles if "phường cũ" in title])

    def test_what_came_back_to_who_has_left_is_work_of_those_who_write_there(self):
        person = self.cast.contributor
        back = factories.article(self.city.section(self.city.my_long), by=person, title="Bài trả lại")
        state = approval.submit(back, by=person, declaration=True)
        approval.send_back(state.current_task_state, by=self.cast.deputy, reason="Thiếu nguồn")
        self.assertNotIn("Bài trả lại", [row.title for row in rows_for(self.cast.ward_approver)])

        type(person).objects.filter(pk=person.pk).update(is_active=False)

        self.assertIn("Bài trả lại", [row.title for row in rows_for(self.cast.ward_approver)])


class ADocumentThatCameBack(CityTestCase):
    def test_keeps_its_deadline_on_the_desk_of_who_sent_it_and_of_those_who_have_it(self):
        office, site = self.cast.standing_office, self.city.site
        with time_machine.travel(NOW, tick=False):
            document = draft_document(site, by=self.cast.editor, symbol="77/2026/QĐ-UBND")
            deadlines.start(document, "DL-DOC-OWN", on=date(2026, 6, 22), site=site, title="Quyết định 77/2026/QĐ-UBND")
            self.assertEqual([row.kind.key for row in self.rows(office)], ["van-ban"])
            state = approval.submit(document, by=self.cast.editor, declaration=True, remark="Đã xem.")
            self.assertEqual(self.rows(office), [])
            self.assertTrue(all(row.last_day for row in self.rows(self.cast.head)))

            approval.send_back(state.current_task_state, by=self.cast.head, reason="Thiếu bản ký")

            self.assertEqual([row.kind.key for row in self.rows(office)], ["van-ban"])
            returned = self.rows(self.cast.editor)
            self.assertEqual([row.kind.key for row in returned], ["tra-lai"])
            self.assertEqual(returned[0].last_day, Deadline.objects.get(rule__code="DL-DOC-OWN").last_day)

    def rows(self, user):
        return [row for row in rows_for(user) if "77/2026" in row.title]


class AnEmergencyThatASecondDoesNotAgreeWith(CityTestCase):
    def test_comes_back_to_the_desk_of_who_acted_alone_for_two_weeks(self):
        head, deputy = self.cast.head, self.cast.deputy
        page = factories.notice(self.city.section(self.city.site), by=head, title="Tin khẩn")
        approval.emergency_publish(page, by=head, reason="Mưa lũ")
        act = EmergencyAct.objects.get()
        approval.second_look(act, by=deputy, accepted=False, note="Chưa cần đăng ngay.")

        found = [row for row in rows_for(head) if row.is_returned]
        self.assertEqual([row.note for row in found], ["người xem lại không đồng ý: Chưa cần đăng ngay."])
        self.assertEqual(found[0].address, reverse("workflows_second_look", args=[act.pk]))
        EmergencyAct.objects.update(looked_at=timezone.now() - timedelta(days=15))
        self.assertFalse([row for row in rows_for(head) if row.is_returned])
