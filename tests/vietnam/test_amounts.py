"""Amounts written out as below the sum of a statement, and in figures."""

import doctest

import pytest

from vietnam import amounts
from vietnam.amounts import in_figures, written_out

WRITTEN = {
    0: "Không đồng",
    1: "Một đồng",
    5: "Năm đồng",
    10: "Mười đồng",
    11: "Mười một đồng",
    15: "Mười lăm đồng",
    21: "Hai mươi mốt đồng",
    24: "Hai mươi tư đồng",
    25: "Hai mươi lăm đồng",
    100: "Một trăm đồng",
    105: "Một trăm linh năm đồng",
    111: "Một trăm mười một đồng",
    1_000: "Một nghìn đồng",
    1_005: "Một nghìn không trăm linh năm đồng",
    1_010: "Một nghìn không trăm mười đồng",
    149_000: "Một trăm bốn mươi chín nghìn đồng",
    1_000_005: "Một triệu không trăm linh năm đồng",
    2_530_000: "Hai triệu năm trăm ba mươi nghìn đồng",
    1_000_000_000: "Một tỷ đồng",
    1_234_567_890: "Một tỷ hai trăm ba mươi tư triệu năm trăm sáu mươi bảy nghìn tám trăm chín mươi đồng",
    2_001_000_000: "Hai tỷ không trăm linh một triệu đồng",
    21_000_000_021: "Hai mươi mốt tỷ không trăm hai mươi mốt đồng",
    1_000_000_000_000: "Một nghìn tỷ đồng",
    -149_000: "Âm một trăm bốn mươi chín nghìn đồng",
}


@pytest.mark.parametrize("amount", WRITTEN)
def test_an_amount_is_written_out_as_it_is_read(amount):
    assert written_out(amount) == WRITTEN[amount]


def test_no_two_amounts_read_the_same():
    amounts_tried = [*range(3_000), *range(0, 3_000_000, 997), *range(10**9 - 50, 10**9 + 1_200)]

    assert len({written_out(amount) for amount in amounts_tried}) == len(set(amounts_tried))


def test_figures_have_a_point_after_each_thousand():
    assert [in_figures(amount) for amount in (0, 999, 1_000, 1_234_567_890)] == ["0", "999", "1.000", "1.234.567.890"]


def test_examples_hold():
    assert doctest.testmod(amounts).failed == 0
