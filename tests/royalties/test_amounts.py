"""Amounts are exact, whole, and add up; typed numbers are read as people mean them."""

import doctest
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from royalties import amounts, contributors, fields

DONG = st.integers(min_value=0, max_value=10**12)
PARTS = st.lists(st.decimals(min_value="0.01", max_value=100, places=2), min_size=1, max_size=12)
PERCENT = st.decimals(min_value=0, max_value=100, places=2)


@pytest.mark.parametrize("module", [amounts, fields, contributors])
def test_examples_hold(module):
    found = doctest.testmod(module)

    assert found.attempted
    assert not found.failed


@pytest.mark.parametrize(
    ("salary", "unit"), [(1_490_000, 149_000), (1_800_000, 180_000), (2_340_000, 234_000), (2_530_000, 253_000)]
)
def test_a_unit_is_a_tenth_of_the_base_salary(salary, unit):
    assert amounts.unit_value(salary, Decimal(10)) == unit


@given(DONG, PARTS)
def test_shares_add_up_to_the_dong(amount, parts):
    found = amounts.divided(amount, parts)

    assert sum(found) == amount
    assert all(part >= 0 for part in found)


@given(DONG, PARTS)
def test_no_share_is_a_dong_away_from_its_part(amount, parts):
    total = sum(parts)

    for found, part in zip(amounts.divided(amount, parts), parts, strict=True):
        assert abs(found * total - amount * part) < total


@given(DONG, st.integers(min_value=1, max_value=12))
def test_equal_parts_differ_by_one_dong_at_most_and_the_first_are_the_larger(amount, count):
    found = amounts.divided(amount, [Decimal(1)] * count)

    assert max(found) - min(found) <= 1
    assert found == sorted(found, reverse=True)


@given(st.decimals(min_value=0, max_value=50, places=2), st.integers(0, 400_000), PERCENT, PERCENT)
def test_an_amount_is_rounded_once_and_by_half_a_dong_at_most(rate, unit, portion, extra):
    exact = rate * unit * portion * (100 + extra) / 10_000

    found = amounts.amount_of(rate, unit, portion=portion, extra=extra)

    assert isinstance(found, int)
    assert abs(found - exact) <= Decimal("0.5")


@given(DONG, PERCENT, st.integers(0, 10**7))
def test_tax_is_never_more_than_the_payment_and_none_below_the_threshold(amount, percent, threshold):
    found = amounts.withheld(amount, percent, threshold)

    assert 0 <= found <= amount
    assert amount >= threshold or found == 0


@pytest.mark.parametrize("parts", [[], [Decimal(0)], [Decimal(1), Decimal(-1)], [Decimal(2), Decimal(-1)]])
def test_portions_that_make_no_sense_are_refused(parts):
    with pytest.raises(ValueError, match="portions"):
        amounts.divided(100, parts)


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_a_number_that_is_shown_is_read_as_the_same(number):
    assert Decimal(fields.plain(fields.shown(number))) == number
