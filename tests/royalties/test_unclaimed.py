"""Money that nobody decides or that cannot be paid: the standing office is told, and nobody else."""

from datetime import date, timedelta

from django.core.cache import cache
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from base.models import OutgoingMail
from royalties import contributors, items, statements, unclaimed
from tests.city import fresh
from tests.royalties.cast import IN_JULY, RoyaltyCase, at
from tests.royalties.test_statements import LATER, MONTH
from workflows.dashboard import queue_screen, work_queue

A_MONTH_LATER = IN_JULY + timedelta(days=32)


class Unclaimed(RoyaltyCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.item = cls.item_of(IN_JULY, title="Bài bị quên")

    def setUp(self):
        cache.clear()

    def titles(self, found) -> set[str]:
        return {item.title for item in found}

    def decided(self):
        statement = statements.submit(MONTH, by=self.office, on=at(LATER))
        return statements.decide(statement, by=self.head, on=at(LATER))


class Looking(Unclaimed):
    def test_an_item_is_undecided_from_the_day_after_a_month_on(self):
        assert self.titles(unclaimed.look(date(2026, 8, 15)).undecided) == set()
        assert self.titles(unclaimed.look(date(2026, 8, 16)).undecided) == {"Bài bị quên"}

    def test_an_item_in_a_statement_that_waits_counts_and_one_that_is_decided_does_not(self):
        statement = statements.submit(MONTH, by=self.office, on=at(LATER))
        assert self.titles(unclaimed.look(A_MONTH_LATER).undecided) == {"Bài bị quên"}

        statements.decide(statement, by=self.head, on=at(LATER))

        assert self.titles(unclaimed.look(A_MONTH_LATER).undecided) == set()

    def test_what_is_excluded_is_nobodys_money(self):
        items.exclude(self.item, by=self.office, reason="Trùng")

        assert self.titles(unclaimed.look(A_MONTH_LATER).undecided) == set()

    def test_an_item_that_nobody_shares_is_named_at_once(self):
        self.item.shares.all().delete()

        assert self.titles(unclaimed.look(IN_JULY).of_no_payee) == {"Bài bị quên"}

    def test_a_person_of_a_decided_statement_without_an_account_is_named_until_it_is_recorded(self):
        payee = contributors.of_user(self.cast.contributor)
        assert unclaimed.look(LATER).without_account == []
        self.decided()
        assert unclaimed.look(LATER).without_account == [unclaimed.Payee(payee, 253_000)]

        contributors.record(by=self.office, contributor=payee, bank_account="0123")

        assert unclaimed.look(LATER).without_account == []

    def test_what_was_paid_is_claimed(self):
        statements.note_payment(
            self.decided(), by=self.cast.accountant, paid_on=LATER, voucher="PC 1", on=at(LATER, 10)
        )

        assert unclaimed.as_text(unclaimed.look(A_MONTH_LATER)) == ""

    def test_it_costs_the_same_however_much_it_is(self):
        self.item_of(IN_JULY, title="Bài nữa", by=self.cast.contributor_my_xuyen)
        self.decided()

        with CaptureQueriesContext(connection) as queries:
            unclaimed.look(A_MONTH_LATER)

        assert len(queries) == 4


class Telling(Unclaimed):
    @override_settings(EMAIL_BACKEND="base.operations.mail.OutboxBackend")
    def test_the_standing_office_is_told_once_a_month_and_nobody_else(self):
        for day in (A_MONTH_LATER, A_MONTH_LATER + timedelta(days=1)):
            unclaimed.tell(on=at(day))

        told = list(
            OutgoingMail.objects.filter(key__startswith="royalty-unclaimed").values_list("recipient", flat=True)
        )
        assert sorted(told) == sorted([self.office.email, self.cast.deputy.email])

    def test_when_nothing_waits_nobody_is_told(self):
        assert unclaimed.tell(on=at(IN_JULY)) == 0

    def test_it_stands_on_the_first_screen_of_who_submits_statements(self):
        for name, is_told in (("standing_office", True), ("deputy", True), ("head", False), ("contributor", False)):
            scope = work_queue.Scope(fresh(getattr(self.cast, name)), at(A_MONTH_LATER))
            texts = [notice.text for notice in queue_screen.notices_of(scope)]
            with self.subTest(name):
                assert ("Nhuận bút, thù lao còn treo: 1 khoản quá một tháng chưa được quyết định." in texts) is is_told

    def test_the_screen_leads_to_the_item_and_the_person(self):
        self.decided()
        other = self.item_of(IN_JULY, title="Bài nữa", by=self.cast.contributor_my_xuyen)
        self.travel(A_MONTH_LATER)
        self.client.force_login(self.office)

        page = self.client.get(reverse("royalties_unclaimed"))

        self.assertContains(page, reverse("royalties_item", args=[other.pk]))
        payee = contributors.of_user(self.cast.contributor)
        self.assertContains(page, reverse("royalties_contributor", args=[payee.pk]))

    def test_a_person_without_an_account_sees_nothing(self):
        self.travel(A_MONTH_LATER)
        for name in ("royalties_unclaimed", "royalties_own", "royalties_months"):
            answer = self.client.get(reverse(name))
            with self.subTest(name):
                assert answer.status_code == 302
                assert "/dang-nhap/" in answer.url or "login" in answer.url
        for address in ("/my-long/tin-tuc/", "/tim-kiem/?q=Bài bị quên"):
            with self.subTest(address):
                self.assertNotContains(self.client.get(address), "253.000")
