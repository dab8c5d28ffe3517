"""From the items of a month to the payment: who may, what is frozen, what is withheld, what a budget warns of."""

import json
from datetime import UTC, date
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as PropertyCase

from base.gate import Refused
from royalties import contributors, items, sheets, statements, tariffs
from royalties.models import Budget, Contributor, Royalty, Statement, StatementLine
from tests.city import appointed
from tests.royalties.cast import IN_JULY, RoyaltyCase, at
from workflows.archive import copies
from workflows.archive.verifying import verify
from workflows.models import ArchiveCopy
from workflows.upkeep import invariants

MONTH = date(2026, 7, 1)
LATER = date(2026, 8, 3)
CO_AUTHORS = "Cán bộ mẫu 01, Cán bộ mẫu 71"


class WithItems(RoyaltyCase):
    """Three items of July 2026: of co-authors, of one author of the ward, of the head."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.shared = cls.item_of(IN_JULY, title="Bài viết chung", author=CO_AUTHORS)
        cls.single = cls.item_of(IN_JULY, title="Bài một người", by=cls.cast.contributor_my_xuyen)
        cls.of_head = cls.item_of(IN_JULY, title="Bài của Trưởng ban", by=cls.head)

    def setUp(self):
        self.travel(LATER)

    def submit(self, **fields) -> Statement:
        without = {"left_out": {self.of_head.pk}}
        return statements.submit(MONTH, **({"by": self.office} | without | fields))

    def decided(self) -> Statement:
        return statements.decide(self.submit(), by=self.head)


class Submitting(WithItems):
    def test_takes_the_items_of_the_month_but_those_left_out(self):
        statement = self.submit()

        assert (statement.number, statement.total, statement.lines.count()) == ("07/2026", 506_000, 3)
        assert {item.title for item in statement.items.all()} == {"Bài viết chung", "Bài một người"}
        assert self.again(self.of_head).is_open

    def test_what_is_left_out_comes_into_the_next_one(self):
        self.submit()

        second = self.submit(left_out=())

        assert (second.number, second.total) == ("07/2026-2", 253_000)
        with pytest.raises(Refused, match="Không có khoản"):
            self.submit(left_out=())

    def test_what_is_the_submitters_own_stays_for_another(self):
        own = self.item_of(IN_JULY, title="Bài của người lập", by=self.office)

        self.submit()

        assert self.again(own).is_open
        other = statements.submit(MONTH, by=self.second_office(), left_out={self.of_head.pk})
        assert [item.pk for item in other.items.all()] == [own.pk]

    def test_an_item_without_anyone_who_shares_it_is_named(self):
        self.single.shares.all().delete()

        with pytest.raises(ValidationError, match="Bài một người"):
            self.submit()

    def test_others_do_not_submit(self):
        for name in ("contributor", "editor", "head", "accountant", "unit_head", "superuser"):
            with self.subTest(name), pytest.raises(Refused):
                self.submit(by=getattr(self.cast, name))


class Tax(WithItems):
    def raise_to(self, item, amount):
        Royalty.objects.filter(pk=item.pk).update(amount=amount)
        item.shares.update(amount=amount)

    def test_is_withheld_from_what_a_person_gets_in_all_and_divided_among_their_lines(self):
        self.raise_to(self.single, 1_500_001)
        second = self.item_of(IN_JULY, title="Bài nữa", by=self.cast.contributor_my_xuyen)
        self.raise_to(second, 500_002)

        statement = self.submit()

        lines = statement.lines.filter(byline="Cán bộ mẫu 02").order_by("amount")
        assert [(line.amount, line.tax, line.net) for line in lines] == [
            (500_002, 50_000, 450_002),
            (1_500_001, 150_000, 1_350_001),
        ]
        assert (statement.tax, statement.net) == (200_000, statement.total - 200_000)

    def test_below_the_threshold_and_under_a_contract_none_is(self):
        self.raise_to(self.single, 1_999_999)
        assert self.submit().tax == 0
        statements.send_back(Statement.objects.get(), by=self.head, reason="Xem lại.")
        self.raise_to(self.single, 9_000_000)
        Contributor.objects.filter(user=self.cast.contributor_my_xuyen).update(has_contract=True)

        assert self.submit().tax == 0


class Deciding(WithItems):
    def test_freezes_it_with_a_sealed_copy_in_the_archive(self):
        statement = self.decided()

        copy = ArchiveCopy.objects.get(pk=statement.copy_id)
        kept = json.loads(copies.read(copy.content_digest))
        assert (copy.content_digest, kept["total"], len(kept["lines"])) == (statement.digest, 506_000, 3)
        assert copies.read(copy.files[0]["digest"]).startswith(b"%PDF-")
        assert verify() == []
        assert statements.violations() == []
        assert [line for line in invariants.violations() if "Bản lưu trữ" in line or "Bảng kê" in line] == []

    def test_nothing_that_happens_later_changes_it(self):
        statement = self.decided()
        before = statements.content_of(statement)["lines"]

        Contributor.objects.filter(user=self.cast.contributor).update(byline="Tên khác", organisation="Nơi khác")
        with pytest.raises(Refused, match="bảng kê"):
            items.exclude(self.single, by=self.office, reason="Muộn")

        assert statements.content_of(self.again(statement))["lines"] == before

    def test_what_somebody_changes_in_the_database_is_found(self):
        statement = self.decided()

        StatementLine.objects.filter(statement=statement).update(amount=1)

        assert statements.violations() == ["Bảng kê 07/2026 không còn như lúc Trưởng ban quyết định."]

    def test_is_the_heads_alone_and_never_of_who_submitted_it(self):
        statement = self.submit()
        for name in ("deputy", "standing_office", "accountant", "technical_admin", "superuser"):
            with self.subTest(name), pytest.raises(Refused):
                statements.decide(statement, by=getattr(self.cast, name))
        appointed(self.office, "head", self.city.site)

        with pytest.raises(Refused, match="Bạn đã lập"):
            statements.decide(statement, by=self.again(self.office))

    def test_lines_changed_since_submission_are_refused(self):
        statement = self.submit()
        StatementLine.objects.filter(statement=statement).update(net=5)

        with pytest.raises(Refused, match="không còn như lúc trình"):
            statements.decide(statement, by=self.head)

    def test_sending_it_back_with_a_reason_gives_the_items_free(self):
        statement = self.submit()
        with pytest.raises(ValidationError):
            statements.send_back(statement, by=self.head, reason=" ")

        statements.send_back(statement, by=self.head, reason="Thiếu một bài.")

        assert self.again(self.single).is_open
        assert self.submit(left_out=()).number == "07/2026-2"
        with pytest.raises(Refused, match="không chờ"):
            statements.decide(statement, by=self.head)


class OnesOwn(WithItems):
    """Nobody proposes, decides or pays what is their own, on no road."""

    def test_a_statement_with_something_of_the_head_is_not_decided_by_the_head(self):
        statement = self.submit(left_out=())

        with pytest.raises(Refused, match="của chính bạn"):
            statements.decide(statement, by=self.head)

        statements.send_back(statement, by=self.head, reason="Lập riêng khoản của tôi.")
        assert statements.decide(self.submit(), by=self.head).is_frozen

    def test_another_head_by_delegation_decides_it(self):
        statement = self.submit(left_out=())
        appointed(self.cast.deputy, "head", self.city.site)

        assert statements.decide(statement, by=self.again(self.cast.deputy)).is_frozen

    def test_a_name_without_account_that_is_the_heads_is_the_heads_too(self):
        contributors.of_user(self.head).shares.all().delete()
        Contributor.objects.filter(user=self.head).update(user=None)
        item = self.item_of(IN_JULY, title="Dưới tên", author=self.head.get_full_name())

        statement = self.submit()

        assert item.pk in {line.royalty_id for line in statement.lines.all()}
        with pytest.raises(Refused, match="của chính bạn"):
            statements.decide(statement, by=self.head)

    def test_own_items_are_neither_changed_nor_excluded_nor_put_back_nor_added(self):
        own = self.item_of(IN_JULY, title="Của cơ quan Thường trực", by=self.office)
        person = contributors.of_user(self.office)
        numbers = {"line": self.scale.lines.get(code="tin"), "value": Decimal(2), "reason": "Hay"}
        other = [(contributors.of_user(self.cast.editor), Decimal(100))]
        acts = (
            lambda: items.change(own, by=self.office, shares=other, **numbers),
            lambda: items.exclude(own, by=self.office, reason="x"),
            lambda: items.include(own, by=self.office, reason="x"),
            lambda: items.change(self.single, by=self.office, shares=[(person, Decimal(100))], **numbers),
            lambda: items.add(
                by=self.office,
                site=self.city.site,
                title="x",
                made_on=IN_JULY,
                shares=[(person, Decimal(100))],
                **numbers,
            ),
            lambda: contributors.record(by=self.office, contributor=person, bank_account="1"),
        )

        for act in acts:
            with pytest.raises(Refused):
                act()
        assert self.again(own).amount == 253_000
        assert [share.contributor_id for share in self.single.shares.all()] != [person.pk]

    def test_an_accountant_does_not_pay_what_is_theirs_or_what_they_decided(self):
        self.item_of(IN_JULY, title="Bài của kế toán", by=self.cast.accountant)
        statement = self.decided()
        payment = {"paid_on": LATER, "voucher": "PC 1"}

        with pytest.raises(Refused, match="của chính bạn"):
            statements.note_payment(statement, by=self.cast.accountant, **payment)
        appointed(self.head, "accountant", self.city.site)
        with pytest.raises(Refused, match="người khác phải ghi"):
            statements.note_payment(statement, by=self.again(self.head), **payment)


class Paying(WithItems):
    def pay(self, statement, **fields):
        data = {"by": self.cast.accountant, "paid_on": LATER, "voucher": "PC 12"}
        return statements.note_payment(statement, **(data | fields))

    def test_is_noted_by_the_accountant_with_day_and_voucher(self):
        statement = self.pay(self.decided())

        assert (statement.state, statement.paid_on, statement.voucher) == ("paid", LATER, "PC 12")
        assert contributors.of_user(self.cast.contributor).paid_on == LATER
        assert statements.violations() == []
        with pytest.raises(Refused, match="chưa chi"):
            self.pay(statement)

    def test_needs_a_decision_a_day_that_can_be_and_a_voucher(self):
        waiting = self.submit()
        with pytest.raises(Refused):
            self.pay(waiting)
        statement = statements.decide(waiting, by=self.head)

        for fields in ({"paid_on": date(2026, 8, 2)}, {"paid_on": date(2026, 8, 4)}, {"voucher": " "}):
            with self.subTest(fields), pytest.raises(ValidationError):
                self.pay(statement, **fields)

    def test_others_do_not(self):
        statement = self.decided()

        for name in ("standing_office", "deputy", "editor", "contributor", "superuser"):
            with self.subTest(name), pytest.raises(Refused):
                self.pay(statement, by=getattr(self.cast, name))

    def test_what_is_needed_to_pay_goes_ten_years_after_the_last_payment(self):
        person = contributors.of_name("Cán bộ mẫu 71")
        contributors.record(by=self.office, contributor=person, bank_account="0123 Ngân hàng", full_name="Họ Và Tên")
        self.pay(self.decided())

        assert contributors.purge(on=at(date(2036, 8, 3))) == 0
        assert contributors.purge(on=at(date(2036, 8, 5))) == 3

        person = self.again(person)
        assert (person.bank_account, person.full_name, person.byline) == ("", "", "Cán bộ mẫu 71")


class OverBudget(WithItems):
    def test_warns_and_asks_the_head_for_the_reason_but_forbids_nothing(self):
        self.decided_budget(500_000)
        statement = self.submit()
        assert statement.over_budget == 6_000
        with pytest.raises(ValidationError, match="6.000"):
            statements.decide(statement, by=self.head)

        assert statements.decide(statement, by=self.head, note="Đã xin bổ sung.").is_frozen

    def test_statements_before_count_and_those_sent_back_do_not(self):
        budget = self.decided_budget(600_000)
        statements.send_back(self.submit(), by=self.head, reason="x")
        self.submit()

        assert tariffs.spent(budget) == 506_000
        assert tariffs.excess(budget, 94_000) == 0
        assert tariffs.excess(budget, 94_001) == 1


class BudgetProperty(PropertyCase):
    @settings(max_examples=30, deadline=None)
    @given(st.integers(0, 10**10), st.integers(0, 10**10))
    def test_a_total_goes_beyond_a_budget_by_what_it_is_more_and_never_by_less_than_nothing(self, given_, total):
        budget = Budget(amount=given_, valid_from=MONTH)

        assert tariffs.excess(budget, total) == max(0, total - given_)
        assert tariffs.excess(None, total) == 0


class OnPaper(WithItems):
    def rows(self, name):
        book = openpyxl.load_workbook(BytesIO(sheets.as_xlsx(self.statement)))
        return [[cell.value for cell in row] for row in book[name].iter_rows()]

    def setUp(self):
        super().setUp()
        items.add(
            by=self.office,
            site=self.city.site,
            title="Nhập 20 trang",
            made_on=IN_JULY,
            line=self.scale.lines.get(code="trang"),
            value=Decimal(12_000),
            quantity=Decimal(20),
            shares=[(contributors.of_name("Cán bộ mẫu 73"), Decimal(100))],
            reason="Theo hợp đồng",
        )
        self.statement = self.decided()

    def test_the_sums_of_the_spreadsheet_recompute_from_its_cells(self):
        found = {name: self.rows(name) for name in ("Nhuận bút", "Thù lao tạo lập, chuyển đổi, số", "Theo người hưởng")}

        for name, rows in found.items():
            head = next(place for place, row in enumerate(rows) if row[0] == "STT")
            *lines, last = rows[head + 1 :]
            for title in ("Thành tiền", "Thuế TNCN", "Thực nhận"):
                with self.subTest(name, column=title):
                    column = rows[head].index(title)
                    assert sum(row[column] for row in lines) == last[column]
        assert found["Theo người hưởng"][-1][4] == self.statement.total == 746_000

    def test_each_figure_of_the_spreadsheet_is_a_number(self):
        for name in ("Nhuận bút", "Thù lao tạo lập, chuyển đổi, số", "Theo người hưởng"):
            rows = self.rows(name)
            head = next(place for place, row in enumerate(rows) if row[0] == "STT")
            for title in ("STT", "Hệ số, số lượng", "Đơn giá", "Phần (%)", "Số khoản", "Thành tiền"):
                if title in rows[head]:
                    with self.subTest(name, column=title):
                        column = rows[head].index(title)
                        assert all(isinstance(row[column], int | float) for row in rows[head + 1 : -1])

    def test_it_says_the_sum_written_out_and_the_law(self):
        above = "\n".join(str(row[0]) for row in self.rows("Nhuận bút")[:6])

        assert "Bảy trăm bốn mươi sáu nghìn đồng" in above
        assert "Nghị định 18/2014/NĐ-CP" in above

    def test_it_names_the_day_of_the_decision_by_the_clock_of_vietnam(self):
        self.statement.refresh_from_db()
        self.statement.decided_at = at(date(2026, 8, 5), 6).astimezone(UTC)

        assert sheets.heading_of(self.statement)[-1].endswith("ngày 05/08/2026")

    def test_the_paper_in_the_archive_names_bylines_only(self):
        person = contributors.of_name("Cán bộ mẫu 71")
        assert sheets.as_pdf(self.statement).startswith(b"%PDF-")
        line = self.statement.lines.get(contributor=person)
        line.full_name = "Họ Và Tên"

        assert sheets.name_of(line) == "Họ Và Tên (Cán bộ mẫu 71)"
        assert "full_name" not in statements.SEALED
