"""The inbox: whose questions one sees, what waits for whom, counts that add up, one's own work first."""

import io
import json
from datetime import datetime
from zoneinfo import ZoneInfo

import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from base.models import AuditEntry
from faq.handling import answering, assigning, running
from faq.models import Question
from faq.office import inbox, inbox_filters
from tests.city import CityTestCase
from tests.desks import rows_for
from workflows.deadlines import Standing, acting, boards
from workflows.models import Deadline, DeadlineRule

from .cast import a_contact, a_question, a_topic, again

MONDAY = datetime(2024, 1, 22, 9, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
SECRET = a_contact(name="Lê Thị Bí Mật", email="bi-mat@example.invalid", phone="0987 654 321", address="số 9 đường Kín")


class Inboxes(CityTestCase):
    """Questions of the city and of two wards, in January 2024."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.topic = a_topic("Lĩnh vực thử")
        with time_machine.travel(MONDAY, tick=False):
            city, my_long = cls.city, cls.city.my_long
            cls.new = a_question(city, title="Câu hỏi mới của thành phố", contact=SECRET)
            cls.suspect = a_question(city, title="Nghi là thư rác", is_suspect=True)
            cls.answering = a_question(city, site=my_long, state="assigned", topic=cls.topic, title="Câu hỏi Mỹ Long")
            cls.signing = a_question(city, site=my_long, state="drafted", topic=cls.topic)
            cls.waiting = a_question(city, site=my_long, state="assigned", waiting="Xin gửi thêm giấy tờ.")
            cls.others = a_question(city, site=city.my_xuyen, state="assigned", title="Câu hỏi Mỹ Xuyên")
            cls.replied = a_question(city, state="replied")
            cls.closed = a_question(city, state="closed", common=False)

    def setUp(self):
        self.clock = self.enterContext(time_machine.travel(MONDAY, tick=False))

    def inbox(self, user, **asked) -> inbox_filters.Inbox:
        return inbox_filters.Inbox(user, asked)

    def shown(self, user, **asked) -> set[int]:
        return {question.pk for question in self.inbox(user, **asked).questions()}

    def without_steps(self) -> None:
        """The askers' deadlines alone."""
        Deadline.objects.filter(rule__code__in=running.STEPS).update(met_on=MONDAY.date())

    def counts(self, user, name: str, **asked) -> dict[str, int]:
        found = next(item for item in self.inbox(user, **asked).filters() if item.name == name)
        return {choice.value: choice.count for choice in found.choices}


class WhoHasItInHand(Inboxes):
    """The boards and reminders say the same of a question's clock as the desk: its state says whose turn it is."""

    def people(self, question) -> set[str]:
        deadline = running.running_deadline(again(question))
        return {user.username for user in acting.Actors([deadline]).of(deadline)}

    def test_one_to_answer_waits_for_those_who_answer_and_one_to_sign_for_those_who_sign(self):
        self.assertIn(self.cast.contributor.username, self.people(self.answering))
        self.assertEqual(self.people(self.signing), {self.cast.unit_head.username, self.cast.ward_approver.username})

    def test_who_took_it_has_it(self):
        assigning.claim(again(self.answering), by=self.cast.unit_head)

        self.assertEqual(self.people(self.answering), {self.cast.unit_head.username})

    def test_nobody_has_what_waits_for_the_asker(self):
        self.assertEqual(self.people(self.waiting), set())

    def test_the_head_who_wrote_the_answer_does_not_have_its_signature(self):
        question = again(self.answering)
        answering.draft(question, body="<p>Đã nạo vét.</p>", by=self.cast.unit_head)
        answering.submit(again(question), by=self.cast.unit_head)

        self.assertNotIn(self.cast.unit_head.username, self.people(question))

    def test_many_are_asked_about_with_the_queries_of_a_few(self):
        def asked(questions):
            keys = [running.running_deadline(again(question)).pk for question in questions]
            rows = list(Deadline.objects.filter(pk__in=keys).select_related("rule", "site", "content_type"))
            with CaptureQueriesContext(connection) as queries:
                acting.Actors(rows)
            return len(queries)

        self.assertEqual(asked([self.answering, self.signing]), asked([self.answering, self.signing, self.waiting]))


class WhoseQuestions(Inboxes):
    def test_a_ward_s_people_see_their_ward_s_and_the_city_s_all(self):
        own = {self.answering.pk, self.signing.pk, self.waiting.pk}
        for who in ("contributor", "unit_head", "ward_approver"):
            with self.subTest(who):
                self.assertEqual(self.shown(getattr(self.cast, who)), own)
        self.assertEqual(self.shown(self.cast.contributor_my_xuyen), {self.others.pk})
        self.assertEqual(len(self.shown(self.cast.standing_office)), 7)

    def test_whoever_has_nothing_to_do_with_questions_sees_none(self):
        for who in ("technical_admin", "accountant", "superuser"):
            with self.subTest(who):
                self.assertEqual(self.shown(getattr(self.cast, who), tinh_trang="tat-ca"), set())

    def test_a_question_that_was_given_to_another_ward_is_gone_from_the_first(self):
        assigning.reassign(
            self.answering, unit=self.city.my_xuyen.unit, reason="đúng nơi hơn", by=self.cast.standing_office
        )
        self.assertNotIn(self.answering.pk, self.shown(self.cast.contributor))
        self.assertIn(self.answering.pk, self.shown(self.cast.contributor_my_xuyen))

    def test_what_waits_for_a_person_follows_from_his_roles_on_his_own_site(self):
        for who, expected in (
            ("contributor", {self.answering}),
            ("unit_head", {self.answering, self.signing}),
            ("standing_office", {self.new, self.suspect, self.replied}),
            ("contributor_my_xuyen", {self.others}),
            ("technical_admin", set()),
        ):
            with self.subTest(who):
                self.assertEqual(set(inbox.waiting_for(getattr(self.cast, who))), expected)

    def test_where_a_ward_has_nobody_of_its_own_it_is_the_city_s_work(self):
        orphan = a_question(self.city, site=self.city.my_xuyen)
        unsigned = a_question(self.city, site=self.city.my_xuyen, state="drafted")
        self.assertIn(orphan, inbox.waiting_for(self.cast.standing_office))
        self.assertNotIn(orphan, inbox.waiting_for(self.cast.contributor_my_xuyen))
        self.assertIn(unsigned, inbox.waiting_for(self.cast.deputy))
        self.assertIn(unsigned.number, [row.title.partition(":")[0] for row in rows_for(self.cast.deputy, {"ky"})])

    def test_what_one_has_taken_waits_for_nobody_else(self):
        assigning.claim(self.answering, by=self.cast.contributor)
        self.assertIn(self.answering, inbox.waiting_for(self.cast.contributor))
        self.assertNotIn(self.answering, inbox.waiting_for(self.cast.unit_head))


class Filters(Inboxes):
    def test_the_counts_of_each_filter_add_up_to_all_that_the_others_leave(self):
        for asked in ({}, {"han": "con-han"}, {"tinh_trang": "tat-ca", "trang": "my-long"}, {"luu_y": "nghi-ngo"}):
            for found in self.inbox(self.cast.head, **asked).filters():
                with self.subTest(asked=asked, name=found.name):
                    values = [item.count for item in found.choices if item.value not in ("", "tat-ca", "dang-xu-ly")]
                    self.assertEqual(sum(values), found.total)
                    self.assertEqual(found.total, len(self.shown(self.cast.head, **self.without(asked, found.name))))

    def without(self, asked: dict, name: str) -> dict:
        rest = {key: value for key, value in asked.items() if key != name}
        return rest | {"tinh_trang": "tat-ca"} if name == "tinh_trang" else rest

    def test_each_value_leaves_as_many_as_it_says(self):
        for found in self.inbox(self.cast.head).filters():
            for choice in found.choices:
                with self.subTest(name=found.name, value=choice.value):
                    asked = {found.name: choice.value} if choice.value else {}
                    self.assertEqual(len(self.shown(self.cast.head, **asked)), choice.count)

    def test_by_state_unit_topic_site_and_what_is_to_be_looked_at(self):
        office, my_long = self.cast.standing_office, self.city.my_long
        for asked, expected in (
            ({"tinh_trang": "closed"}, {self.closed}),
            ({"don_vi": my_long.unit.slug, "tinh_trang": "drafted"}, {self.signing}),
            ({"linh_vuc": self.topic.slug}, {self.answering, self.signing}),
            ({"trang": "my-xuyen"}, {self.others}),
            ({"luu_y": "nghi-ngo"}, {self.suspect}),
            ({"luu_y": "cho-bo-sung"}, {self.waiting}),
            ({"q": self.new.number.lower()}, {self.new}),
            ({"q": "Mỹ Xuyên"}, {self.others}),
            ({"tinh_trang": "khong-co", "trang": "my-xuyen", "han": "x"}, {self.others}),
        ):
            with self.subTest(asked):
                self.assertEqual(self.shown(office, **asked), {question.pk for question in expected})

    def test_by_who_has_it(self):
        office = self.cast.standing_office
        assigning.claim(self.new, by=office)
        assigning.claim(self.answering, by=self.cast.contributor)
        self.assertEqual(self.shown(office, cua="toi"), {self.new.pk})
        self.assertEqual(self.shown(office, cua="nguoi-khac"), {self.answering.pk})
        self.assertEqual(len(self.shown(office, cua="chua-ai")), 5)

    def test_by_due_day_late_soon_and_far(self):
        self.without_steps()
        for day, name in ((19, "sap-den-han"), (14, "sap-den-han"), (5, "con-han"), (20, "qua-han")):
            with self.subTest(day=day), time_machine.travel(datetime(2024, 2, day, tzinfo=MONDAY.tzinfo), tick=False):
                counts = self.counts(self.cast.contributor_my_xuyen, "han")
                self.assertEqual({key: n for key, n in counts.items() if n}, {"": 1, name: 1})

    def test_what_is_due_soon_is_what_the_rule_and_the_other_screens_call_so(self):
        self.without_steps()
        user, on = self.cast.standing_office, datetime(2024, 2, 15, 9, tzinfo=MONDAY.tzinfo)
        for soon_within, name in ((1, "con-han"), (6, "sap-den-han")):
            DeadlineRule.objects.filter(code=running.ANSWER).update(soon_within=soon_within)
            with self.subTest(soon_within), time_machine.travel(on, tick=False):
                board = boards.rows(user, boards.visible_to(user).filter(rule__code__in=running.DEADLINES))

                self.assertIn(self.others.pk, self.shown(user, han=name))
                for key, standing in (("sap-den-han", Standing.SOON), ("tam-dung", Standing.PAUSED)):
                    on_the_board = {int(row.deadline.object_id) for row in board if row.standing == standing}
                    self.assertEqual(self.shown(user, han=key), on_the_board)


class StepsOnTheWay(Inboxes):
    """Of all that runs for a question, what is due first is told and counted."""

    TWO_DAYS_LATE = datetime(2024, 1, 25, 9, tzinfo=MONDAY.tzinfo)

    def setUp(self):
        super().setUp()
        self.clock.move_to(self.TWO_DAYS_LATE)

    def test_a_late_step_is_told_before_an_answer_that_is_far(self):
        time = inbox.deadline_texts([self.others])[self.others.pk]

        self.assertEqual((time.left, time.step.left), ("còn 12 ngày làm việc", "quá hạn 2 ngày làm việc"))
        self.assertEqual((time.badge, time.step.badge), ("in-force", "lapsed"))

    def test_a_late_step_is_counted_as_late(self):
        self.assertEqual(self.shown(self.cast.contributor_my_xuyen, han="qua-han"), {self.others.pk})

        Deadline.objects.filter(rule__code=running.ACCEPT).update(met_on=MONDAY.date())
        self.assertEqual(self.shown(self.cast.contributor_my_xuyen, han="con-han"), {self.others.pk})

    def test_the_first_screen_tells_and_counts_it(self):
        row = next(row for row in rows_for(self.cast.contributor_my_xuyen, {"cau-hoi"}))

        self.assertEqual((row.left, row.is_late), ("quá hạn 2 ngày làm việc", True))

    def test_the_screens_show_both_days_and_the_list_warns_of_the_first_alone(self):
        self.client.force_login(self.cast.contributor_my_xuyen)
        last_day, left = f"{running.running_deadline(self.others).last_day:%d/%m/%Y}", "còn 12 ngày làm việc"
        one = (self.others.pk,)
        for screen, args, shown in (("faq_inbox", (), last_day), ("faq_question", one, left), ("faq_draft", one, left)):
            with self.subTest(screen):
                answer = self.client.get(reverse(screen, args=args))
                for words in (shown, "Mở xem, phân loại câu hỏi", "quá hạn 2 ngày làm việc"):
                    self.assertContains(answer, words)
        self.assertNotContains(self.client.get(reverse("faq_inbox")), left)

    def test_a_step_due_after_the_answer_is_not_told(self):
        last_day = running.running_deadline(again(self.others)).last_day
        Deadline.objects.filter(rule__code__in=running.STEPS).update(last_day=last_day)

        self.assertIsNone(inbox.deadline_texts([self.others])[self.others.pk].step)

    def test_the_sheets_of_answers_keep_the_day_of_the_answer(self):
        self.client.force_login(self.cast.contributor_my_xuyen)
        sheet = self.client.get(reverse("faq_answer_sheet"))
        cells = [str(cell) for row in load_workbook(io.BytesIO(sheet.content)).active.values for cell in row if cell]

        self.assertIn("19/02/2024", cells)


class TheList(Inboxes):
    def test_one_s_own_work_comes_first_then_the_soonest_due_then_what_has_no_clock(self):
        late = a_question(self.city, on=datetime(2024, 1, 2, 9, tzinfo=MONDAY.tzinfo))
        assigning.claim(self.others, by=self.cast.head)
        found = list(self.inbox(self.cast.head).questions())
        self.assertEqual(found[:2], [self.others, late])
        self.assertEqual(found[-1], self.replied)

    def test_what_is_left_is_said_in_words(self):
        for day, month, words in (
            (22, 1, "còn 15 ngày làm việc"),
            (16, 2, "còn 1 ngày làm việc"),
            (19, 2, "hạn cuối hôm nay"),
            (21, 2, "quá hạn 2 ngày làm việc"),
        ):
            with self.subTest(day=day):
                on = datetime(2024, month, day, 9, tzinfo=MONDAY.tzinfo)
                self.assertEqual(inbox.deadline_texts([self.new], on)[self.new.pk].left, words)
        self.assertIn("đang tạm dừng", inbox.deadline_texts([self.waiting])[self.waiting.pk].left)

    def test_the_screen_takes_the_same_queries_for_three_questions_and_for_thirty(self):
        self.client.force_login(self.cast.contributor)
        address = reverse("faq_inbox")
        self.client.get(address)
        with CaptureQueriesContext(connection) as few:
            self.client.get(address)
        for _ in range(15):
            a_question(self.city, site=self.city.my_long, state="assigned")
        with self.assertNumQueries(len(few.captured_queries)):
            answer = self.client.get(address)
        self.assertEqual(len(answer.context["rows"]), 18)

    def test_the_list_and_its_sheet_hold_no_contact_data(self):
        self.client.force_login(self.cast.standing_office)
        page = self.client.get(reverse("faq_inbox"), {"tinh_trang": "tat-ca"})
        sheet = self.client.get(reverse("faq_inbox_sheet"), {"tinh_trang": "tat-ca"})
        cells = [str(cell) for row in load_workbook(io.BytesIO(sheet.content)).active.values for cell in row if cell]
        self.assertContains(page, self.new.title)
        self.assertIn(self.new.title, cells)
        for said in (SECRET.name, SECRET.email, SECRET.phone, SECRET.address, again(self.new).secret):
            with self.subTest(said):
                self.assertNotContains(page, said)
                self.assertNotIn(said, " ".join(cells))
        self.assertEqual(AuditEntry.objects.filter(action="export.made").count(), 1)

    def test_the_sheet_follows_the_filters_and_tells_both_shares(self):
        self.client.force_login(self.cast.standing_office)
        answer = self.client.get(reverse("faq_inbox_sheet"), {"trang": "my-xuyen"})
        rows = list(load_workbook(io.BytesIO(answer.content)).active.values)
        self.assertEqual(
            rows[3][11:14],
            (
                "Ban Biên tập giữ (ngày làm việc)",
                "Đơn vị giữ (ngày làm việc)",
                "Chờ người hỏi (ngày làm việc)",
            ),
        )
        self.assertEqual([row[0] for row in rows[4:]], [self.others.number])
        self.assertIn("Trang: Phường Mỹ Xuyên", rows[1][0])

    def test_an_address_with_values_that_there_are_not_is_answered(self):
        self.client.force_login(self.cast.contributor)
        address = reverse("faq_inbox")
        for query in ("?tinh_trang=x&han=y&cua=z&luu_y=q&p=abc", "?trang=long-xuyen&don_vi=-&linh_vuc=x", "?q=%25_"):
            with self.subTest(query):
                self.assertEqual(self.client.get(f"{address}{query}").status_code, 200)
                self.assertEqual(self.client.get(f"{reverse('faq_inbox_sheet')}{query}").status_code, 200)

    def test_pages_turn_and_keep_the_filters(self):
        topic = a_topic("Nhiều câu hỏi")
        for _ in range(51):
            a_question(self.city, site=self.city.my_long, state="classified", topic=topic)
        self.client.force_login(self.cast.contributor)
        answer = self.client.get(reverse("faq_inbox"), {"linh_vuc": topic.slug, "p": 2})
        self.assertEqual(len(answer.context["rows"]), 1)
        self.assertContains(answer, f"?linh_vuc={topic.slug}&amp;p=1")


class Elsewhere(Inboxes):
    def test_the_menu_and_the_first_screen_tell_how_many_wait(self):
        self.client.force_login(self.cast.unit_head)
        answer = self.client.get(reverse("wagtailadmin_home"))
        self.assertContains(answer, json.dumps("Câu hỏi (2)"))
        for kind in ("cau-hoi", "ky"):
            group = next(group for group in answer.context["groups"] if group.kind.key == kind)
            self.assertEqual(group.count, 1)
        self.assertContains(answer, self.answering.number)

    def test_the_queue_of_decisions_names_what_one_is_to_sign_on_the_own_site(self):
        for who, expected in (("unit_head", 1), ("ward_approver", 1), ("contributor", 0), ("head", 0)):
            with self.subTest(who):
                self.client.force_login(getattr(self.cast, who))
                answer = self.client.get(reverse("workflows_queue"))
                self.assertContains(answer, reverse("faq_sign", args=[self.signing.pk]), count=expected)
        answering.send_back(self.signing, reason="sửa", by=self.cast.unit_head)
        answering.draft(self.signing, body="<p>Bài tôi viết.</p>", by=self.cast.unit_head)
        answering.submit(self.signing, by=self.cast.unit_head)
        self.assertEqual(rows_for(self.cast.unit_head, {"ky"}), [])

    def test_whoever_has_nothing_to_do_with_questions_has_neither_menu_nor_screen(self):
        self.client.force_login(self.cast.technical_admin)
        self.assertNotContains(self.client.get(reverse("wagtailadmin_home")), reverse("faq_inbox"))
        self.assertEqual(self.client.get(reverse("faq_inbox")).status_code, 302)

    def test_another_ward_s_question_is_not_there(self):
        self.client.force_login(self.cast.contributor_my_xuyen)
        for name in ("faq_question", "faq_draft", "faq_claim", "faq_submit"):
            with self.subTest(name):
                foreign = self.client.get(reverse(name, args=[self.answering.pk]))
                missing = self.client.get(reverse(name, args=[987654321]))
                self.assertEqual((foreign.status_code, missing.status_code), (404, 404))
        self.assertEqual(Question.objects.get(pk=self.answering.pk).claimed_by, None)


class ATakenQuestion(Inboxes):
    def test_is_on_the_desk_of_who_may_do_the_next_step_whoever_took_it(self):
        question = again(self.new)
        Question.objects.filter(pk=question.pk).update(claimed_by=self.cast.contributor)

        self.assertIn(question, inbox.waiting_for(self.cast.standing_office))
        self.assertNotIn(question, inbox.waiting_for(self.cast.contributor))

    def test_comes_back_to_the_desk_when_who_took_it_has_left(self):
        assigning.claim(again(self.answering), by=self.cast.unit_head)
        self.assertNotIn(self.answering, inbox.waiting_for(self.cast.contributor))
        type(self.cast.unit_head).objects.filter(pk=self.cast.unit_head.pk).update(is_active=False)

        self.assertIn(self.answering, inbox.waiting_for(self.cast.contributor))
        deadline = running.running_deadline(again(self.answering))
        self.assertNotIn(self.cast.unit_head, acting.Actors([deadline]).of(deadline))
        self.assertEqual(
            assigning.claim(again(self.answering), by=self.cast.contributor).claimed_by, self.cast.contributor
        )

    def test_submitted_to_be_signed_is_no_work_of_who_wrote_it(self):
        question = again(self.answering)
        assigning.claim(question, by=self.cast.contributor)
        answering.draft(again(question), body="<p>Đã nạo vét.</p>", by=self.cast.contributor)
        answering.submit(again(question), by=self.cast.contributor)

        self.assertNotIn(question, inbox.waiting_for(self.cast.contributor))
        self.assertNotIn(question.number, " ".join(row.title for row in rows_for(self.cast.contributor)))

    def test_that_all_who_sign_wrote_at_waits_for_the_city(self):
        question = again(self.signing)
        signers = [user.pk for user in acting.people_at("sign_answers", self.city.my_long)]
        question.answers.update(writer_ids=signers)
        deadline = running.running_deadline(question)

        self.assertIn(self.cast.head, acting.Actors([deadline]).of(deadline))
        self.assertIn(question.number, " ".join(row.title for row in rows_for(self.cast.head)))
        question.answers.update(writer_ids=[])
        self.assertNotIn(question.number, " ".join(row.title for row in rows_for(self.cast.head)))


class GivenToOthers(Inboxes):
    def test_while_somebody_writes_gives_him_back_what_he_wrote_and_nothing_of_the_question(self):
        question = again(self.answering)
        self.client.force_login(self.cast.contributor)
        address = reverse("faq_draft", args=[question.pk])
        self.assertEqual(self.client.get(address).status_code, 200)
        assigning.reassign(
            question, unit=self.city.my_xuyen.unit, reason="Thuộc Mỹ Xuyên.", by=self.cast.standing_office
        )

        answer = self.client.post(address, {"body": "Nạo vét trong quý này."})

        self.assertContains(answer, "Nạo vét trong quý này.", status_code=403)
        self.assertNotContains(answer, question.title, status_code=403)
        self.assertEqual(self.client.get(address).status_code, 404)
