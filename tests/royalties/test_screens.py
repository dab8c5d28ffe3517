"""The screens of royalties: pressed as people press them, and shown to no other."""

from datetime import date
from decimal import Decimal

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from base.gate import Refused
from base.models import AuditEntry
from royalties import contributors, rights, statements
from royalties.models import BaseSalary, Budget, Contributor, Royalty, Scale, Statement, TaxRule
from tests.royalties.cast import IN_JULY, IN_SEPTEMBER, RoyaltyCase
from tests.royalties.test_statements import CO_AUTHORS, LATER, MONTH

SHARE_ROWS = {"phan-TOTAL_FORMS": "3", "phan-INITIAL_FORMS": "0"}


class Screens(RoyaltyCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.item = cls.item_of(IN_JULY, title="Bài viết chung", author=CO_AUTHORS)
        cls.other = cls.item_of(IN_JULY, title="Bài của Mỹ Xuyên", by=cls.cast.contributor_my_xuyen)

    def setUp(self):
        self.travel(LATER)

    def as_(self, user):
        self.client.force_login(user)
        return self.client

    def get(self, name, *args):
        return self.client.get(reverse(name, args=args))

    def press(self, screen, *args, **data):
        return self.client.post(reverse(screen, args=args), data)


class AMonth(Screens):
    def test_shows_items_shares_and_amounts_with_points(self):
        self.as_(self.office)

        page = self.get("royalties_month", 2026, 7)

        self.assertContains(page, "Bài viết chung")
        self.assertContains(page, "506.000 đồng")
        self.assertContains(page, "Cán bộ mẫu 71 50 %")

    def test_a_month_of_no_calendar_is_not_there(self):
        self.as_(self.office)

        for numbers in ((2026, 13), (0, 1), (99_999, 1)):
            assert self.get("royalties_month", *numbers).status_code == 404

    def test_costs_the_same_however_many_items_there_are(self):
        self.as_(self.office)
        self.get("royalties_month", 2026, 7)
        with CaptureQueriesContext(connection) as few:
            self.get("royalties_month", 2026, 7)
        for place in range(5):
            self.item_of(IN_JULY, title=f"Bài thêm {place}")

        with CaptureQueriesContext(connection) as many:
            self.get("royalties_month", 2026, 7)

        own = [sum('FROM "royalties_' in query["sql"] for query in found) for found in (few, many)]
        assert own[1] <= own[0] <= 8
        assert len(many) <= len(few)

    def test_is_submitted_by_one_press_and_decided_by_one_more(self):
        self.as_(self.office)
        answer = self.press("royalties_submit", 2026, 7, remark="Đủ bài.")
        statement = Statement.objects.get()
        self.assertRedirects(answer, reverse("royalties_statement", args=[statement.pk]))

        self.as_(self.head)
        self.assertContains(self.get("royalties_statement", statement.pk), "Năm trăm linh sáu nghìn đồng")
        self.press("royalties_statement", statement.pk, decision="decide", note="")

        assert self.again(statement).state == Statement.State.DECIDED

    def test_says_who_decided_and_who_paid_a_statement_each_once(self):
        statement = statements.decide(statements.submit(IN_JULY, by=self.office), by=self.head)
        statements.note_payment(statement, by=self.cast.accountant, paid_on=LATER, voucher="UNC 12")

        self.as_(self.head)
        page = self.get("royalties_statement", statement.pk)

        self.assertContains(page, "<dt>Quyết định chi</dt>", 1, html=True)
        self.assertContains(page, "<dt>Đã chi</dt>", 1, html=True)

    def test_what_may_stay_is_named_with_day_amount_and_people_as_titles_may_be_the_same(self):
        self.as_(self.office)

        page = self.get("royalties_submit", 2026, 7)

        self.assertContains(page, "Bài viết chung: 15/07/2026, 253.000 đồng, Cán bộ mẫu 01, Cán bộ mẫu 71</label>")

    def test_with_nothing_left_to_submit_there_is_no_button(self):
        self.as_(self.office)
        self.press("royalties_submit", 2026, 7)

        page = self.get("royalties_submit", 2026, 7)

        self.assertContains(page, "Không còn khoản nào của tháng 07/2026 chờ trình.")
        self.assertNotContains(page, "Trình Trưởng ban")
        self.assertNotContains(page, "0 khoản")

    def test_items_that_are_ticked_stay(self):
        self.as_(self.office)

        self.press("royalties_submit", 2026, 7, left_out=[str(self.other.pk)])

        assert Statement.objects.get().total == 253_000


class Stopwatch(Screens):
    """A month from the first screen of the office to the head's decision, every link followed where it stands."""

    def follow(self, address: str) -> None:
        assert f'href="{address}"' in self.page.content.decode()
        self.page = self.client.get(address)
        self.interactions.append(address)

    def send(self, screen: str, *args, **data) -> None:
        self.page = self.client.post(reverse(screen, args=args), data, follow=True)
        self.interactions.append(screen)

    def begin(self, user) -> None:
        self.as_(user)
        self.page = self.client.get(reverse("wagtailadmin_home"))

    def test_a_month_is_decided_in_at_most_twelve_interactions(self):
        self.interactions = []
        self.begin(self.office)
        self.page = self.client.get(reverse("royalties_months"))
        self.interactions += ["Điều hành", "Nhuận bút, thù lao"]
        self.follow(reverse("royalties_month", args=[2026, 7]))
        self.follow(reverse("royalties_submit", args=[2026, 7]))
        self.send("royalties_submit", 2026, 7)
        statement = Statement.objects.get()

        self.begin(self.head)
        self.follow(reverse("royalties_statement", args=[statement.pk]))
        self.send("royalties_statement", statement.pk, decision="decide")

        self.assertContains(self.page, "Đã ghi quyết định")
        assert self.again(statement).is_frozen
        assert len(self.interactions) == 7 <= 12


class AnItem(Screens):
    def numbers(self, **more):
        line = self.scale.lines.get(code="tin")
        return {
            "line": line.pk,
            "value": "1,5",
            "quantity": "1",
            "portion": "100",
            "extra": "0",
            "reason": "Bài dài, nhiều tư liệu",
            **SHARE_ROWS,
            "phan-0-contributor": contributors.of_name("Cán bộ mẫu 71").pk,
            "phan-0-part": "30",
            "phan-1-contributor": contributors.of_user(self.cast.contributor).pk,
            "phan-1-part": "70",
            **more,
        }

    def test_is_corrected_with_shares_and_the_reason_stays(self):
        self.as_(self.office)
        assert self.get("royalties_item_change", self.item.pk).status_code == 200

        answer = self.press("royalties_item_change", self.item.pk, **self.numbers())

        self.assertRedirects(answer, reverse("royalties_item", args=[self.item.pk]))
        item = self.again(self.item)
        assert item.amount == 379_500
        assert sorted(item.shares.values_list("part", "amount")) == [(30, 113_850), (70, 265_650)]
        shown = self.get("royalties_item", self.item.pk)
        self.assertContains(shown, "253.000 → 379.500 đồng")
        self.assertContains(shown, "Bài dài, nhiều tư liệu")

    def test_says_which_field_is_wrong_and_loses_nothing(self):
        self.as_(self.office)
        cases = (
            ({"value": "2,5"}, "từ 0,5 đến 2"),
            ({"phan-1-part": "60"}, "phải đúng 100 %"),
            ({"reason": " "}, "Hãy ghi lý do"),
            ({"portion": "70"}, "Tỷ lệ này không có trong biểu mức"),
            ({"extra": "101"}, "Cộng thêm từ 0 đến 100"),
            ({"quantity": "500.000.000"}, "nhiều nhất 1.000.000"),
            ({"phan-2-part": "5"}, "Hãy chọn người hưởng phần này"),
            ({"value": "abc"}, "Hãy ghi một số"),
        )

        for changed, message in cases:
            with self.subTest(message):
                answer = self.press("royalties_item_change", self.item.pk, **self.numbers(**changed))
                self.assertContains(answer, message)
                self.assertContains(answer, 'value="30"')
        assert self.again(self.item).amount == 253_000

    def test_a_translation_and_difficult_conditions_count(self):
        self.as_(self.office)

        self.press("royalties_item_change", self.item.pk, **self.numbers(value="2", portion="50", extra="10"))

        assert self.again(self.item).amount == 278_300

    def test_is_excluded_and_put_back(self):
        self.as_(self.office)
        self.press("royalties_item_exclude", self.item.pk, reason="Trùng bài")
        assert self.again(self.item).state == Royalty.State.EXCLUDED
        self.assertContains(self.get("royalties_month", 2026, 7), "Trùng bài")

        self.press("royalties_item_include", self.item.pk, reason="Không trùng")

        assert self.again(self.item).state == Royalty.State.PROPOSED

    def test_work_is_added_by_the_page(self):
        self.travel(date(2026, 8, 3))
        self.as_(self.office)
        line = self.scale.lines.get(code="trang")
        data = self.numbers(line=line.pk, value="12.000", quantity="20", title="Nhập 20 trang")

        self.press("royalties_item_add", **data, site=self.city.site.pk, made_on="01/08/2026")

        item = Royalty.objects.get(title="Nhập 20 trang")
        assert (item.kind, item.amount, item.month) == (Royalty.Kind.WORK, 240_000, date(2026, 8, 1))

    def test_work_of_a_day_before_the_present_scale_is_added_by_the_scale_of_its_day(self):
        self.travel(IN_SEPTEMBER)
        self.as_(self.office)
        now, then = self.late_scale.lines.get(code="tin"), self.scale.lines.get(code="trang")
        data = self.numbers(line=now.pk, value="12.000", quantity="20", title="Nhập 20 trang")
        data |= {"site": self.city.site.pk, "made_on": "01/08/2026"}

        asked = self.press("royalties_item_add", **data)
        self.assertContains(asked, "Thể loại đã chọn thuộc biểu mức của ngày khác")
        self.assertContains(asked, f'<option value="{then.pk}">')
        self.assertContains(asked, 'value="Nhập 20 trang"')
        self.press("royalties_item_add", **data | {"line": then.pk})

        assert Royalty.objects.get(title="Nhập 20 trang").amount == 240_000

    def test_work_of_a_day_without_a_scale_is_refused_by_the_day(self):
        self.as_(self.office)
        data = self.numbers(title="Nhập 20 trang", site=self.city.site.pk, made_on="01/06/2020")

        self.assertContains(self.press("royalties_item_add", **data), "Không có biểu mức nào áp dụng cho ngày này")


class AStatement(Screens):
    def setUp(self):
        super().setUp()
        self.statement = statements.submit(MONTH, by=self.office)

    def test_is_sent_back_with_a_reason_by_the_other_button(self):
        self.as_(self.head)
        answer = self.press("royalties_statement", self.statement.pk, decision="return", note="")
        self.assertContains(answer, "Hãy ghi lý do trả lại")

        self.press("royalties_statement", self.statement.pk, decision="return", note="Thiếu bài.")

        assert self.again(self.statement).state == Statement.State.RETURNED

    def test_of_which_the_head_gets_something_offers_the_one_button_that_works(self):
        statements.send_back(self.statement, by=self.head, reason="x")
        self.item_of(IN_JULY, title="Bài của Trưởng ban", by=self.head)
        statement = statements.submit(MONTH, by=self.office)
        self.as_(self.head)

        page = self.get("royalties_statement", statement.pk)
        self.assertContains(page, "Trả lại")
        self.assertNotContains(page, "Quyết định chi</button>")
        self.press("royalties_statement", statement.pk, decision="decide")

        assert self.again(statement).state == Statement.State.SUBMITTED

    def test_is_not_decided_by_others_by_its_address(self):
        for name in ("standing_office", "deputy"):
            self.as_(getattr(self.cast, name))
            assert self.press("royalties_statement", self.statement.pk, decision="decide").status_code == 302
        assert self.again(self.statement).state == Statement.State.SUBMITTED

    def test_is_seen_by_the_accountant_once_it_is_decided_and_paid_with_a_voucher(self):
        self.as_(self.cast.accountant)
        assert self.get("royalties_statement", self.statement.pk).status_code == 404
        statements.decide(self.statement, by=self.head)

        self.assertContains(self.get("royalties_statement", self.statement.pk), "Ghi việc chi")
        self.press("royalties_pay", self.statement.pk, paid_on="03/08/2026", voucher="PC 12")

        assert self.again(self.statement).state == Statement.State.PAID
        self.assertContains(self.get("royalties_pay", self.statement.pk), "PC 12")

    def test_gives_its_files_and_writes_that_down(self):
        self.as_(self.head)

        for extension, begins in (("xlsx", b"PK"), ("pdf", b"%PDF-")):
            answer = self.get("royalties_statement_file", self.statement.pk, extension)
            assert answer.content.startswith(begins)
            assert f"bang-ke-nhuan-but-07-2026.{extension}" in answer.headers["Content-Disposition"]
        assert self.get("royalties_statement_file", self.statement.pk, "doc").status_code == 404
        assert AuditEntry.objects.filter(action="export.made").count() == 2

    def test_shows_what_is_needed_to_pay_to_the_accountant_and_writes_each_reading_down(self):
        person = contributors.of_name("Cán bộ mẫu 71")
        contributors.record(by=self.office, contributor=person, bank_account="0123 Ngân hàng A")
        statements.decide(self.statement, by=self.head)
        self.as_(self.cast.accountant)

        self.assertContains(self.press("royalties_payees", self.statement.pk), "0123 Ngân hàng A")

        assert AuditEntry.objects.filter(action="personal_data.read").count() == 1
        self.as_(self.head)
        assert self.press("royalties_payees", self.statement.pk).status_code == 302

    def test_waits_in_the_work_queue_of_the_head_and_then_of_the_accountant(self):
        self.as_(self.head)
        self.assertContains(self.client.get(reverse("workflows_queue")), "Bảng kê nhuận bút, thù lao 07/2026")
        statements.decide(self.statement, by=self.head)
        self.as_(self.cast.accountant)

        self.assertContains(self.client.get(reverse("wagtailadmin_home")), "Bảng kê nhuận bút, thù lao 07/2026")


class OnesOwn(Screens):
    def test_item_is_refused_at_once_and_no_form_is_drawn_on_any_road(self):
        own = self.item_of(IN_JULY, title="Của cơ quan Thường trực", by=self.office)
        self.as_(self.office)
        self.assertContains(self.get("royalties_item", own.pk), "có phần của chính bạn")

        for screen in ("royalties_item_change", "royalties_item_exclude", "royalties_item_include"):
            with self.subTest(screen):
                page = self.get(screen, own.pk)
                self.assertContains(page, "có phần của chính bạn")
                self.assertNotContains(page, 'name="reason"')
                self.assertContains(self.get(screen, self.other.pk), 'name="reason"')

    def test_payment_is_refused_at_once(self):
        accountant = self.cast.accountant
        self.item_of(IN_JULY, title="Bài của kế toán", by=accountant)
        statement = statements.decide(statements.submit(MONTH, by=self.office), by=self.head)
        self.as_(accountant)

        page = self.get("royalties_pay", statement.pk)

        self.assertContains(page, "có khoản của chính bạn")
        self.assertNotContains(page, 'name="voucher"')

    def test_shows_the_users_own_and_no_others(self):
        self.as_(self.cast.contributor)

        page = self.get("royalties_own")

        self.assertContains(page, "Bài viết chung")
        self.assertContains(page, "126.500")
        self.assertNotContains(page, "Bài của Mỹ Xuyên")

    def test_who_has_none_is_told_so(self):
        self.as_(self.cast.editor)

        self.assertContains(self.get("royalties_own"), "Chưa có khoản nào")

    def test_no_other_screen_opens_to_who_only_writes(self):
        statement = statements.submit(MONTH, by=self.office)
        person = contributors.of_name("Cán bộ mẫu 71")
        for name in ("contributor", "unit_head", "ward_approver", "editor", "technical_admin"):
            self.as_(getattr(self.cast, name))
            for address in (
                reverse("royalties_months"),
                reverse("royalties_month", args=[2026, 7]),
                reverse("royalties_item", args=[self.item.pk]),
                reverse("royalties_statement", args=[statement.pk]),
                reverse("royalties_statement_file", args=[statement.pk, "xlsx"]),
                reverse("royalties_contributor", args=[person.pk]),
            ):
                with self.subTest(name, address=address):
                    answer = self.client.get(address, follow=True)
                    self.assertNotContains(answer, "Bài của Mỹ Xuyên")
                    assert answer.redirect_chain


class Contributors(Screens):
    def test_are_found_without_marks_and_corrected(self):
        person = contributors.of_name("Hồng Sơn")
        self.as_(self.office)
        self.assertContains(self.client.get(reverse("royalties_contributors"), {"q": "hong"}), "Hồng Sơn")

        self.press("royalties_contributor", person.pk, byline="Hồng Sơn", organisation="Báo", tax_code="8012345678")

        person = self.again(person)
        assert (person.organisation, person.tax_code) == ("Báo", "8012345678")
        assert "8012345678" not in str(AuditEntry.objects.values_list("detail", flat=True))

    def test_one_of_the_same_name_is_not_recorded_twice(self):
        contributors.of_name("Hồng Sơn")
        self.as_(self.office)

        answer = self.press("royalties_contributor_add", byline="hồng sơn")

        self.assertContains(answer, "Đã có người hưởng mang tên này")

    def test_a_new_one_is_recorded(self):
        self.as_(self.office)

        self.press("royalties_contributor_add", byline="Người cộng tác mới", has_contract="on")

        assert Contributor.objects.get(byline="Người cộng tác mới").has_contract

    def test_who_has_no_account_is_named_until_somebody_compared_them_with_their_papers(self):
        payee = Contributor.objects.get(byline="Cán bộ mẫu 71")
        way = reverse("royalties_contributor_confirm", args=[payee.pk])
        self.as_(self.office)
        pages = (("royalties_contributors",), ("royalties_contributor", payee.pk), ("royalties_submit", 2026, 7))
        for page in pages:
            self.assertContains(self.get(*page), way)
        self.assertContains(self.get("royalties_month", 2026, 7), "Cán bộ mẫu 71 50 % <small>(chưa đối chiếu)</small>")
        self.assertNotContains(self.get("royalties_submit", 2026, 7), "<li>Cán bộ mẫu 01")
        self.assertContains(self.press("royalties_contributor_confirm", payee.pk), "Chưa ghi họ và tên")
        self.press("royalties_contributor", payee.pk, byline=payee.byline, full_name="Cán bộ mẫu 71")

        self.press("royalties_contributor_confirm", payee.pk)

        payee = self.again(payee)
        assert (payee.checked_by, payee.is_checked) == (self.office, True)
        for page in pages:
            self.assertNotContains(self.get(*page), way)
        self.assertNotContains(self.get("royalties_month", 2026, 7), "chưa đối chiếu")
        self.assertContains(self.get("royalties_contributor_confirm", payee.pk), "đã được đối chiếu")
        self.press("royalties_contributor", payee.pk, byline=payee.byline, full_name="Cán bộ mẫu 71", phone="0296 3")
        assert self.again(payee).is_checked
        self.press("royalties_contributor", payee.pk, byline=payee.byline, full_name="Cán bộ mẫu 72")
        assert not self.again(payee).is_checked

    def test_a_statement_names_whom_nobody_compared_until_it_is_paid(self):
        statement = statements.submit(MONTH, by=self.office)
        payee = Contributor.objects.get(byline="Cán bộ mẫu 71")
        for user in (self.head, self.office, self.cast.accountant):
            self.as_(user)
            if user == self.cast.accountant:
                statements.decide(statement, by=self.head)
            page = self.get("royalties_statement", statement.pk)
            with self.subTest(user.username):
                self.assertContains(page, "Người hưởng chưa đối chiếu với giấy tờ")
                way = reverse("royalties_contributor_confirm", args=[payee.pk])
                assert (way in page.content.decode()) == rights.may_propose(user)
        contributors.record(by=self.office, contributor=payee, full_name="Cán bộ mẫu 71")
        contributors.confirm(payee, by=self.office)

        self.assertNotContains(self.get("royalties_statement", statement.pk), "chưa đối chiếu")

    def test_nobody_confirms_themselves_or_whose_text_they_wrote(self):
        written = self.item_of(IN_JULY, title="Bài của văn phòng", by=self.office, author="Bút danh Lá")
        payee = written.shares.get().contributor
        for user in (self.office, self.head, self.cast.contributor, self.cast.accountant):
            with self.subTest(user.username), self.assertRaises(Refused):
                contributors.confirm(payee, by=user)
        contributors.record(by=self.second_office(), contributor=payee, full_name="Cán bộ mẫu 80")
        with self.assertRaises(Refused):
            contributors.confirm(payee, by=self.again(self.office))
        with self.assertRaises(Refused):
            contributors.confirm(contributors.of_user(self.cast.contributor), by=self.office)

    def test_ones_own_is_closed(self):
        own = contributors.of_user(self.office)
        self.as_(self.office)

        self.assertContains(self.get("royalties_contributor", own.pk), "của chính bạn")
        self.press("royalties_contributor", own.pk, byline="Khác")

        assert self.again(own).byline == self.office.get_full_name()


class Tariffs(Screens):
    def test_a_scale_is_proposed_from_a_table_of_text_and_decided_by_one_press(self):
        self.as_(self.office)
        self.assertContains(self.get("royalties_tariff_add", "bieu-muc"), "thể loại | tin | Tin")
        data = {
            "name": "Biểu mới",
            "way": "coefficient",
            "unit_percent": "10",
            "valid_from": "10/08/2026",
            "legal_source": "QĐ 7",
            "lines": "thể loại | tin | Tin | tin | 0,5 | 1,2 | 2\n"
            "tạo lập | trang | Trang | trang | 9.500 | 12.000 | 14.000",
        }

        self.press("royalties_tariff_add", "bieu-muc", **data)

        scale = Scale.objects.get(name="Biểu mới")
        assert [(line.usual, line.kind) for line in scale.lines.all()] == [
            (Decimal("1.2"), "genre"),
            (Decimal(12_000), "tariff"),
        ]
        self.as_(self.head)
        self.assertContains(self.get("royalties_tariff", "bieu-muc", scale.pk), "12.000")
        self.press("royalties_tariff", "bieu-muc", scale.pk, decision="yes")
        assert self.again(scale).accepted

    def test_a_wrong_line_is_named(self):
        self.as_(self.office)
        data = {
            "name": "x",
            "way": "coefficient",
            "unit_percent": "10",
            "valid_from": "10/08/2026",
            "legal_source": "y",
        }
        cases = {
            "thể loại | tin | Tin": "Dòng 1: cần 7 ô",
            "khác | tin | Tin | tin | 1 | 2 | 3": "Dòng 1: nhóm là",
            "thể loại | tin | Tin | tin | 1 | x | 3": "Dòng 1: ba ô cuối là số",
            "thể loại | tin | Tin | tin | 2 | 1 | 3": "Dòng 1: thấp nhất",
            "thể loại | tin | Tin | tin | 1 | 2 | 11": "cao nhất 10",
        }

        for lines, message in cases.items():
            with self.subTest(message):
                self.assertContains(self.press("royalties_tariff_add", "bieu-muc", **data, lines=lines), message)

    def test_a_base_salary_tax_and_budget_are_proposed_by_their_forms_and_wait_for_the_head(self):
        self.as_(self.office)
        common = {"valid_from": "01/07/2027", "legal_source": "NĐ mới"}

        self.press("royalties_tariff_add", "luong-co-so", amount="2.700.000", **common)
        self.press("royalties_tariff_add", "thue", percent="10", threshold="5.000.000", **common)
        self.press("royalties_tariff_add", "kinh-phi", line="Chi", amount="120.000.000", **common)

        assert BaseSalary.objects.waiting().get().amount == 2_700_000
        page = self.get("royalties_tariffs")
        for text in ("2.700.000 đồng", "5.000.000 đồng", "120.000.000 đồng", "chờ Trưởng ban quyết định"):
            self.assertContains(page, text)

        self.as_(self.head)
        queue = self.client.get(reverse("workflows_queue"))
        for kind, row in (("luong-co-so", BaseSalary), ("thue", TaxRule), ("kinh-phi", Budget)):
            self.assertContains(queue, reverse("royalties_tariff", args=[kind, row.objects.waiting().get().pk]))

    def test_a_kind_that_is_none_is_not_there(self):
        self.as_(self.office)

        assert self.get("royalties_tariff_add", "khac").status_code == 404
        assert self.get("royalties_tariff", "khac", 1).status_code == 404

    def test_the_first_screen_says_what_is_missing(self):
        Scale.objects.update(valid_to=date(2026, 7, 31))
        self.as_(self.office)

        page = self.get("royalties_months")

        self.assertContains(page, "Chưa có biểu mức chi nào áp dụng hôm nay")
        self.assertContains(page, "Chưa ghi kinh phí")
