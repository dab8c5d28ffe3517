"""Scales and other tariffs: what holds on a day, what the law allows, two persons."""

from datetime import date
from decimal import Decimal

import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from base.gate import Refused
from base.operations.mail import deliver_due
from royalties import seeding, tariffs
from royalties.models import BaseSalary, Scale, TaxRule
from tests.royalties.cast import IN_2020, IN_JULY, IN_SEPTEMBER, RoyaltyCase, amount_lines, at, scale_lines


class WhatHolds(RoyaltyCase):
    def test_a_unit_is_that_of_the_base_salary_of_the_day(self):
        units = {day: tariffs.unit_on(self.scale, day) for day in (IN_2020, date(2026, 6, 30), date(2026, 7, 1))}

        assert units == {IN_2020: 149_000, date(2026, 6, 30): 234_000, date(2026, 7, 1): 253_000}

    def test_the_scale_of_coefficients_ends_with_the_decree_that_knows_them(self):
        assert tariffs.scale_on(IN_JULY) == self.scale
        assert tariffs.scale_on(date(2026, 8, 31)) == self.scale
        assert tariffs.scale_on(date(2026, 9, 1)) == self.late_scale

    def test_before_the_first_day_nothing_holds(self):
        assert tariffs.scale_on(date(2020, 6, 14)) is None

    def test_the_tables_of_law_are_put_in_once(self):
        seeding.load_law()

        assert BaseSalary.objects.count() == 8
        assert TaxRule.objects.count() == 1


class Proposing(RoyaltyCase):
    def propose(self, **fields):
        data = {"name": "Biểu", "way": "coefficient", "valid_from": IN_JULY, "legal_source": "QĐ 2"}
        return tariffs.propose_scale(**({"by": self.office, "lines": scale_lines(), **data} | fields))

    def test_the_standing_office_proposes_and_the_head_hears_of_it(self):
        self.propose()
        deliver_due(on=at(IN_JULY))

        assert [message.to for message in mail.outbox if "Biểu" in message.subject] == [[self.head.email]]

    def test_others_do_not(self):
        for name in ("contributor", "head", "accountant", "technical_admin", "superuser"):
            with self.subTest(name), pytest.raises(Refused):
                self.propose(by=getattr(self.cast, name))

    def test_a_coefficient_above_the_ceiling_of_the_decree_is_refused_and_named(self):
        lines = scale_lines()
        lines[0]["most"] = Decimal("10.5")

        with pytest.raises(ValidationError) as refused:
            self.propose(lines=lines)

        assert "cao nhất 10 (Nghị định 18/2014/NĐ-CP, Điều 7)" in str(refused.value)

    def test_a_code_of_two_lines_and_an_amount_without_room_are_refused_by_their_line(self):
        twice, too_much, no_code = scale_lines(), amount_lines(), scale_lines()
        twice[1]["code"] = twice[0]["code"]
        too_much[0]["most"] = Decimal("2000000001")
        no_code[2]["code"] = "chính luận"
        later = {"way": "amount", "valid_from": IN_SEPTEMBER}
        cases = ((twice, {}, "Dòng 2: mã «tin»"), (too_much, later, "Dòng 1: cao nhất"), (no_code, {}, "Dòng 3: "))

        for lines, fields, message in cases:
            with self.subTest(message), pytest.raises(ValidationError) as refused:
                self.propose(lines=lines, **fields)
            assert refused.value.message_dict["lines"][0].startswith(message)

    def test_one_at_the_ceiling_is_taken(self):
        lines = scale_lines()
        lines[0]["most"] = Decimal(10)

        assert self.propose(lines=lines).is_open

    def test_an_amount_above_ceiling_times_unit_is_refused_while_there_are_ceilings(self):
        lines = amount_lines()
        lines[0]["most"] = Decimal(2_530_001)

        with pytest.raises(ValidationError, match="2.530.000"):
            self.propose(lines=lines, way="amount")

    def test_coefficients_are_refused_from_september_2026_on(self):
        with pytest.raises(ValidationError, match="không còn khung hệ số"):
            self.propose(valid_from=IN_SEPTEMBER)

    def test_a_scale_needs_lines_and_days_in_order(self):
        for fields in (
            {"lines": []},
            {"unit_percent": Decimal(101)},
            {"valid_to": date(2026, 7, 1)},
            {"valid_from": date(2014, 5, 31)},
        ):
            with self.subTest(fields), pytest.raises(ValidationError):
                self.propose(**fields)

    def test_a_base_salary_is_proposed_likewise(self):
        row = tariffs.propose(
            BaseSalary, by=self.office, amount=2_700_000, valid_from=date(2027, 7, 1), legal_source="NĐ mới"
        )
        assert tariffs.salary_on(date(2027, 7, 2)).amount == 2_530_000

        tariffs.decide(row, by=self.head, accepted=True)

        assert tariffs.salary_on(date(2027, 7, 2)).amount == 2_700_000
        assert tariffs.salary_on(date(2027, 6, 30)).amount == 2_530_000


class Deciding(RoyaltyCase):
    def proposed(self, first=IN_JULY) -> Scale:
        fields = {"name": "Biểu mới", "way": "coefficient", "valid_from": first, "legal_source": "QĐ 2"}
        return tariffs.propose_scale(by=self.office, lines=scale_lines(), **fields)

    def test_a_new_scale_ends_the_one_before_it_the_day_before(self):
        tariffs.decide(self.proposed(), by=self.head, accepted=True)

        assert self.again(self.scale).valid_to == date(2026, 7, 14)
        assert tariffs.scale_on(IN_JULY).name == "Biểu mới"

    def test_one_that_is_not_agreed_to_changes_nothing_and_needs_a_reason(self):
        row = self.proposed()
        with pytest.raises(ValidationError):
            tariffs.decide(row, by=self.head, accepted=False)

        tariffs.decide(row, by=self.head, accepted=False, note="Cao quá.")

        assert tariffs.scale_on(IN_JULY) == self.scale

    def test_who_proposed_it_hears_of_the_decision_with_its_reason(self):
        tariffs.decide(self.proposed(), by=self.head, accepted=False, note="Cao quá.")
        tariffs.decide(self.proposed(), by=self.head, accepted=True)
        deliver_due(on=at(IN_JULY))

        found = {message.subject: message.body for message in mail.outbox if message.to == [self.office.email]}
        refused, accepted = (found[f"{word}: biểu mức chi: Biểu mới"] for word in ("Không đồng ý", "Đã quyết định"))
        assert "không đồng ý biểu mức chi: Biểu mới: Cao quá." in refused
        assert "áp dụng từ 15/07/2026" in accepted

    def test_it_is_decided_by_the_head_once_and_never_by_who_proposed_it(self):
        row = self.proposed()
        for name in ("standing_office", "deputy", "accountant", "superuser"):
            with self.subTest(name), pytest.raises(Refused):
                tariffs.decide(row, by=getattr(self.cast, name), accepted=True)
        Scale.objects.filter(pk=row.pk).update(proposed_by=self.head)
        with pytest.raises(Refused, match="người khác"):
            tariffs.decide(row, by=self.head, accepted=True)
        Scale.objects.filter(pk=row.pk).update(proposed_by=self.office)

        tariffs.decide(row, by=self.head, accepted=True)

        with pytest.raises(Refused, match="đã được quyết định"):
            tariffs.decide(row, by=self.head, accepted=True)

    def test_a_second_one_of_the_same_day_is_refused(self):
        with pytest.raises(ValidationError, match="15/06/2020"):
            tariffs.decide(self.proposed(date(2020, 6, 15)), by=self.head, accepted=True)

    def test_one_before_a_later_one_ends_where_that_begins(self):
        tariffs.decide(self.proposed(date(2026, 8, 1)), by=self.head, accepted=True)
        tariffs.decide(self.proposed(), by=self.head, accepted=True)

        assert [str(tariffs.scale_on(day).valid_from) for day in (IN_JULY, date(2026, 8, 1))] == [
            "2026-07-15",
            "2026-08-01",
        ]
