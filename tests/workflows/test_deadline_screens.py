"""The boards, one clock, the rules: what each person sees, and what leaves as a file."""

from datetime import date
from io import BytesIO

import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from base.gate import Refused
from base.models import AuditEntry, PortalSite
from sections.models import FreshnessAmount
from tests import factories
from tests.city import CityTestCase, fresh
from workflows import deadlines
from workflows.deadlines import acting, boards
from workflows.models import Deadline, DeadlineRule, RecordChange
from workflows.publishing import approval, record_changes

NOW = "2026-06-24 09:00 +0700"


class Screens(CityTestCase):
    """Clocks of the city and of two wards, seen on 24/06/2026: some late, one soon due, one far, one paused."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        with time_machine.travel(NOW, tick=False):
            cls.make_clocks()

    @classmethod
    def make_clocks(cls):
        city, wards, cast = cls.city.site, cls.city, cls.cast
        cls.late = cls.begin(city, cast.editor, "DL-DOC-OWN", date(2026, 6, 18), "Việc quá hạn của thành phố")
        cls.soon = cls.begin(city, cast.editor, "DL-LAW-INFO", date(2026, 6, 5), "Việc sắp đến hạn")
        cls.far = cls.begin(city, cast.editor, "DL-SCI", date(2026, 6, 22), "Việc còn xa")
        cls.ward = cls.begin(wards.my_long, cast.contributor, "DL-PLAN", date(2026, 6, 1), "Việc Mỹ Long")
        cls.foreign = cls.begin(wards.my_xuyen, cast.contributor_my_xuyen, "DL-PLAN", date(2026, 6, 1), "Việc Mỹ Xuyên")
        cls.paused = cls.begin(city, cast.editor, "DL-QA-ANSWER", date(2026, 6, 15), "Việc tạm dừng")
        deadlines.pause(
            cls.paused,
            category="identity",
            reason="Số điện thoại sai",
            on=date(2026, 6, 22),
            by=cast.standing_office,
        )

    def setUp(self):
        traveller = time_machine.travel(NOW, tick=False)
        traveller.start()
        self.addCleanup(traveller.stop)

    @classmethod
    def begin(cls, site, by, rule, on, title, **fields):
        page = factories.notice(cls.city.section(site), by=by)
        return deadlines.start(page, rule, on=on, site=site, unit=site.unit, title=title, **fields)

    def get(self, name, user, *args, **data):
        self.client.force_login(user)
        return self.client.get(reverse(name, args=args), data)


class Board(Screens):
    def titles(self, user, **data):
        return [row.deadline.title for row in self.get("workflows_deadlines", user, **data).context["page"]]

    def test_groups_are_what_waits_what_is_late_what_will_be_and_what_stands_still(self):
        head = self.cast.head
        self.assertEqual(self.titles(head, nhom="qua-han"), ["Việc Mỹ Long", "Việc Mỹ Xuyên", self.late.title])
        self.assertEqual(self.titles(head, nhom="sap-den-han"), [self.soon.title])
        self.assertEqual(self.titles(head, nhom="tam-dung"), [self.paused.title])
        self.assertEqual(len(self.titles(head, nhom="dang-mo")), 6)
        self.assertEqual(self.titles(self.cast.editor), [self.soon.title, self.far.title])

    def test_how_many_days_are_soon_may_be_chosen(self):
        self.assertEqual(self.titles(self.cast.head, nhom="sap-den-han", ngay="1"), [])
        self.assertEqual(self.titles(self.cast.head, nhom="sap-den-han", ngay="2"), [self.soon.title])

    def test_what_is_soon_in_the_days_chosen_is_so_in_the_sums_and_in_the_sheet(self):
        context = self.get("workflows_deadlines", self.cast.head, ngay="1").context
        self.assertEqual(sum(item.soon for item in context["by_site"]), 0)

        content = self.get("workflows_deadlines_sheet", self.cast.head, ngay="1").content

        book = load_workbook(BytesIO(content))
        self.assertIn("sắp đến hạn khi còn 1 ngày làm việc trở xuống", book["Việc"]["A2"].value)
        standings = [row[7].value for row in book["Việc"].iter_rows(min_row=4)]
        self.assertNotIn("Sắp đến hạn", standings)

    def test_a_row_says_how_its_day_was_computed_and_marks_what_is_only_expected(self):
        expected = self.begin(self.city.site, self.cast.editor, "DL-SCI", date(2027, 1, 4), "Việc năm sau")

        answer = self.get("workflows_deadlines", self.cast.head, nhom="dang-mo")

        self.assertContains(answer, "không tính ngày ban hành; hạn cuối thứ Hai 22/06/2026; đã quá hạn")
        self.assertContains(answer, "quá hạn 2 ngày làm việc")
        self.assertContains(answer, f"{expected.last_day:%d/%m/%Y} (dự kiến)")

    def test_people_of_a_ward_see_their_wards_only_and_the_city_sees_all(self):
        for user in (self.cast.contributor, self.cast.unit_head, self.cast.ward_approver):
            with self.subTest(user.username):
                self.assertEqual(self.titles(user, nhom="dang-mo"), ["Việc Mỹ Long"])
                answer = self.get("workflows_deadlines", user, nhom="dang-mo", trang="my-xuyen")
                self.assertNotContains(answer, "Mỹ Xuyên")
                self.assertEqual(self.get("workflows_deadline", user, self.foreign.pk).status_code, 404)
                for name in ("workflows_deadline_extend", "workflows_deadline_cancel"):
                    # The screen is not for those who rule nowhere; to the others the clock does not exist.
                    wanted = 404 if user == self.cast.ward_approver else 302
                    self.assertEqual(self.get(name, user, self.foreign.pk).status_code, wanted)
        self.assertEqual(self.titles(self.cast.accountant, nhom="dang-mo"), [])

    def test_filters_by_site_unit_and_rule(self):
        head = self.cast.head
        self.assertEqual(self.titles(head, nhom="dang-mo", trang="my-long"), ["Việc Mỹ Long"])
        self.assertEqual(self.titles(head, nhom="dang-mo", loai="DL-SCI"), [self.far.title])
        unit = self.city.my_xuyen.unit.slug
        self.assertEqual(self.titles(head, nhom="dang-mo", **{"don-vi": unit}), ["Việc Mỹ Xuyên"])

    def test_sums_by_site_and_by_unit_put_what_is_late_first(self):
        Deadline.objects.filter(pk=self.far.pk).update(unit=None)
        context = self.get("workflows_deadlines", self.cast.head).context

        self.assertEqual(
            [(item.name, item.open, item.soon, item.late, item.paused) for item in context["by_site"]],
            [
                ("Phường Mỹ Long", 1, 0, 1, 0),
                ("Phường Mỹ Xuyên", 1, 0, 1, 0),
                (self.city.site.name, 4, 1, 1, 1),
            ],
        )
        self.assertIn(("Chưa giao đơn vị", 1), [(item.name, item.open) for item in context["by_unit"]])

    def test_the_sheet_holds_what_is_shown_the_sums_and_an_entry_in_the_trail(self):
        answer = self.get("workflows_deadlines_sheet", self.cast.head, nhom="qua-han", trang="my-long")

        book = load_workbook(BytesIO(answer.content))
        cells = [[cell.value for cell in row] for row in book["Việc"].iter_rows(min_row=4)]
        self.assertEqual([row[0] for row in cells], ["Việc Mỹ Long"])
        self.assertEqual(cells[0][5:8], ["15/06/2026", "quá hạn 7 ngày làm việc", "Quá hạn lâu"])
        self.assertEqual(book.sheetnames, ["Việc", "Theo trang", "Theo đơn vị"])
        self.assertTrue(AuditEntry.objects.filter(action="export.made", actor_id=self.cast.head.pk).exists())

    def test_a_list_asks_as_often_for_many_clocks_as_for_few(self):
        deadline_rows = boards.visible_to(self.cast.head)
        boards.rows(self.cast.head, deadline_rows)
        with self.assertNumQueries(FEW := self.queries_of(deadline_rows)):
            boards.rows(self.cast.head, deadline_rows)
        for number in range(8):
            self.begin(self.city.site, self.cast.editor, "DL-STAT", date(2026, 6, 18), f"Thêm {number}")

        with self.assertNumQueries(FEW):
            boards.rows(self.cast.head, deadline_rows)

    def queries_of(self, deadline_rows) -> int:
        with CaptureQueriesContext(connection) as asked:
            boards.rows(self.cast.head, deadline_rows)
        return len(asked)


class OneDeadline(Screens):
    def test_shows_the_way_the_day_was_computed_who_must_act_pauses_and_what_happened(self):
        answer = self.get("workflows_deadline", self.cast.standing_office, self.paused.pk)

        self.assertContains(answer, "đang tạm dừng từ thứ Hai 22/06/2026 (chờ người gửi xác nhận thông tin liên hệ)")
        self.assertContains(answer, "Số điện thoại sai")
        self.assertContains(answer, self.cast.standing_office.get_full_name())
        self.assertContains(answer, "Tạm dừng thời hạn")

    def test_leads_to_what_it_is_about(self):
        page = factories.notice(self.city.section(self.city.site), by=self.cast.editor)
        state = approval.submit(page, by=self.cast.editor, declaration=True)
        review = Deadline.objects.for_subject(page).get(rule__code="DL-REVIEW")

        for deadline, address in (
            (self.far, reverse("wagtailadmin_pages:edit", args=[self.far.object_id])),
            (review, reverse("workflows_review", args=[state.current_task_state_id])),
        ):
            with self.subTest(deadline.title):
                self.assertContains(self.get("workflows_deadline", self.cast.head, deadline.pk), f'href="{address}"')

    def test_a_room_says_itself_where_its_records_are(self):
        self.addCleanup(acting._subjects.pop, "sections.NoticePage")
        acting.register_subject("sections.NoticePage", address=lambda record: f"/quan-tri/cho-thu/{record.pk}/")

        answer = self.get("workflows_deadline", self.cast.head, self.far.pk)

        self.assertContains(answer, f"/quan-tri/cho-thu/{self.far.object_id}/")

    def test_what_is_gone_still_has_its_page(self):
        Deadline.objects.filter(pk=self.far.pk).update(object_id="999999")

        self.assertEqual(self.get("workflows_deadline", self.cast.head, self.far.pk).status_code, 200)

    def test_an_officer_extends_it_by_form_and_the_new_day_is_shown(self):
        self.client.force_login(self.cast.standing_office)
        address = reverse("workflows_deadline_extend", args=[self.soon.pk])

        refused = self.client.post(address, {"extended_to": "2026-07-04", "extension_reason": "Chờ số liệu"})
        self.assertContains(refused, "thứ Bảy 04/07/2026 không phải ngày làm việc; có thể chọn thứ Hai 06/07/2026")
        self.assertContains(refused, "Chờ số liệu")
        self.client.post(address, {"extended_to": "2026-07-06", "extension_reason": "Chờ số liệu"})

        answer = self.client.get(reverse("workflows_deadline", args=[self.soon.pk]))
        self.assertContains(answer, "gia hạn đến thứ Hai 06/07/2026: Chờ số liệu")

    def test_a_clock_is_cancelled_with_its_reason_by_those_who_may_rule_only(self):
        address = reverse("workflows_deadline_cancel", args=[self.ward.pk])
        self.client.force_login(self.cast.contributor)
        self.assertEqual(self.client.post(address, {"cancellation_reason": "Nhầm"}).status_code, 302)
        self.ward.refresh_from_db()
        self.assertTrue(self.ward.is_open)

        self.client.force_login(self.cast.ward_approver)
        self.client.post(address, {"cancellation_reason": "Nhập nhầm"})

        self.ward.refresh_from_db()
        self.assertEqual((self.ward.cancelled, self.ward.cancellation_reason), (True, "Nhập nhầm"))


class StartPage(Screens):
    def test_everybody_sees_his_own_and_how_late_it_is(self):
        answer = self.get("wagtailadmin_home", self.cast.contributor)

        self.assertContains(answer, "Việc khác có thời hạn")
        self.assertContains(answer, "Việc Mỹ Long")
        self.assertContains(answer, "<strong>1</strong> quá hạn")
        self.assertNotContains(answer, "Việc Mỹ Xuyên")
        self.assertNotContains(answer, "Chưa có lịch chính thức")


class Unmeasured(Screens):
    def named(self, screen) -> list[bool]:
        page = self.get(screen, self.cast.head).content.decode()
        head = page.split("quy tắc chưa đo việc nào")[-1].split("</p>")[0] if "chưa đo việc nào" in page else ""
        return [code in head for code in ("DL-FRESH", "DL-OUTCOME", "DL-REVIEW")]

    def test_rules_without_an_amount_are_named_on_the_index_and_the_list(self):
        for screen in ("workflows_deadlines", "workflows_deadline_rules"):
            self.assertEqual(self.named(screen), [True, True, False], screen)

    def test_a_rule_whose_amounts_stand_elsewhere_is_measured(self):
        FreshnessAmount.objects.create(
            section_key="tin-tuc", site_kind=PortalSite.Kind.WARD, days=7, legal_source="Công văn mẫu"
        )

        self.assertEqual(self.named("workflows_deadlines"), [False, True, False])

    def test_once_all_have_an_amount_nothing_is_said(self):
        DeadlineRule.objects.filter(code__in=("DL-FRESH", "DL-OUTCOME")).update(amount=10)

        self.assertNotContains(self.get("workflows_deadlines", self.cast.head), "chưa đo việc nào")


class Rules(Screens):
    def fields(self, rule, **changed):
        known = {
            name: getattr(rule, name)
            for name in (
                "label",
                "amount",
                "addressee",
                "acting",
                "legal_source",
                "soon_within",
                "very_late_after",
                "reminders",
            )
        }
        return {**known, "valid_from": "2026-07-01", **changed}

    def send(self, user, code="DL-STAT", **changed):
        self.client.force_login(user)
        rule = DeadlineRule.objects.get(code=code, valid_to=None)
        return self.client.post(reverse("workflows_deadline_rule", args=[code]), self.fields(rule, **changed))

    def confirm(self) -> None:
        """Another person lets what waits come true."""
        change = RecordChange.objects.get(decided_at=None)
        record_changes.confirm(change, by=fresh(self.cast.head), digest=change.digest)

    def test_are_listed_with_their_source(self):
        answer = self.get("workflows_deadline_rules", self.cast.contributor)

        self.assertContains(answer, "DL-QA-ANSWER")
        self.assertContains(answer, "Điều 10.1.d")

    def test_a_change_is_a_new_row_from_a_day_on_and_running_clocks_keep_theirs(self):
        running = self.begin(self.city.site, self.cast.editor, "DL-STAT", date(2026, 6, 22), "Số liệu")

        self.send(self.cast.standing_office, amount=5)
        self.assertEqual(DeadlineRule.objects.filter(code="DL-STAT").count(), 1)
        self.confirm()

        old, new = DeadlineRule.objects.filter(code="DL-STAT").order_by("valid_from")
        self.assertEqual((old.amount, old.valid_to), (10, date(2026, 6, 30)))
        self.assertEqual((new.amount, new.valid_from, new.unit), (5, date(2026, 7, 1), old.unit))
        running.refresh_from_db()
        self.assertEqual((running.rule, running.last_day), (old, date(2026, 7, 6)))
        self.assertEqual(deadlines.due_date("DL-STAT", date(2026, 7, 1)), date(2026, 7, 8))

    def test_the_past_is_never_changed(self):
        answer = self.send(self.cast.standing_office, amount=5, valid_from="2026-06-23")

        self.assertContains(answer, "không sửa được quá khứ")
        self.assertEqual(DeadlineRule.objects.filter(code="DL-STAT").count(), 1)

    def test_what_was_prepared_for_later_gives_way_until_it_was_used(self):
        self.send(self.cast.standing_office, amount=5)
        self.confirm()
        self.send(self.cast.standing_office, amount=6)
        self.confirm()
        self.assertEqual(
            list(DeadlineRule.objects.filter(code="DL-STAT").order_by("valid_from").values_list("amount", flat=True)),
            [10, 6],
        )
        self.begin(self.city.site, self.cast.editor, "DL-STAT", date(2026, 7, 2), "Số liệu")

        self.assertContains(self.send(self.cast.standing_office, amount=7), "Đã có việc tính theo quy tắc")

    def test_wrong_values_are_named_and_nothing_is_lost(self):
        answer = self.send(self.cast.standing_office, reminders="mai", legal_source="Văn bản mới")

        self.assertContains(answer, "các số nguyên cách nhau bằng dấu phẩy")
        self.assertContains(answer, "Văn bản mới")
        self.assertEqual(DeadlineRule.objects.filter(code="DL-STAT").count(), 1)

    def test_only_those_who_keep_them_may(self):
        for user in (self.cast.head, self.cast.editor, self.cast.unit_head):
            with self.subTest(user.username):
                self.assertEqual(self.get("workflows_deadline_rule", user, "DL-STAT").status_code, 200)
                self.send(user, amount=5)
        self.assertEqual(DeadlineRule.objects.filter(code="DL-STAT").count(), 1)
        self.send(self.cast.technical_admin, amount=5)
        self.confirm()
        self.assertEqual(DeadlineRule.objects.filter(code="DL-STAT").count(), 2)

    def test_whoever_proposed_one_does_not_confirm_it_and_a_second_is_not_proposed_beside_it(self):
        self.send(self.cast.standing_office, amount=5)
        change = RecordChange.objects.get()

        with self.assertRaises(Refused):
            record_changes.confirm(change, by=fresh(self.cast.standing_office), digest=change.digest)
        self.assertContains(self.send(self.cast.technical_admin, amount=6), "đang chờ người thứ hai")

        self.client.force_login(self.cast.head)
        answer = self.client.get(reverse("workflows_record_change", args=[change.pk]))
        for said in ("DL-STAT", "<td>10</td><td>5</td>", "01/07/2026"):
            self.assertContains(answer, said)
        self.assertEqual(DeadlineRule.objects.filter(code="DL-STAT").count(), 1)

    def test_one_that_changed_since_or_whose_day_has_passed_is_not_confirmed(self):
        self.send(self.cast.standing_office, amount=5)
        change = RecordChange.objects.get()
        DeadlineRule.objects.filter(code="DL-STAT").update(amount=8)
        with self.assertRaisesMessage(Refused, "đã thay đổi từ lúc đề nghị"):
            record_changes.confirm(change, by=fresh(self.cast.head), digest=change.digest)
        DeadlineRule.objects.filter(code="DL-STAT").update(amount=10)

        with time_machine.travel("2026-07-02 09:00 +0700", tick=False), self.assertRaises(ValidationError):
            record_changes.confirm(change, by=fresh(self.cast.head), digest=change.digest)

    def test_who_is_reminded_and_when_one_person_changes_because_no_reader_sees_it(self):
        self.send(self.cast.standing_office, reminders="-2,0")

        self.assertFalse(RecordChange.objects.exists())
        self.assertEqual(DeadlineRule.objects.get(code="DL-STAT", valid_to=None).reminders, "-2,0")

    def test_but_not_when_a_row_gives_way_that_two_had_prepared(self):
        self.send(self.cast.standing_office, amount=5)
        self.confirm()

        self.client.force_login(self.cast.standing_office)
        rule = DeadlineRule.objects.get(code="DL-STAT", amount=10)
        self.client.post(reverse("workflows_deadline_rule", args=["DL-STAT"]), self.fields(rule, reminders="-2,0"))

        self.assertEqual(RecordChange.objects.filter(decided_at=None).count(), 1)
        self.assertTrue(DeadlineRule.objects.filter(code="DL-STAT", amount=5).exists())
