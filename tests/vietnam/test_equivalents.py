"""Words that mean the same: what a query asks for with them, and how else it is said."""

import pytest

from vietnam.analysis import query_terms
from vietnam.equivalents import MOST_EQUIVALENTS, MOST_READINGS, Equivalents, wanted

KNOWN = Equivalents(
    [
        ("CCCD", ["căn cước công dân", "thẻ căn cước"], True),
        ("sổ đỏ", ["giấy chứng nhận quyền sử dụng đất"], False),
        ("đỏ", ["màu"], False),
    ]
)


class TestWhatAQueryAsksFor:
    def test_an_abbreviation_asks_for_what_it_stands_for(self):
        found = KNOWN.wanted("làm cccd")

        assert found.exact == [["lam2"], ["cccd", "can8 cuoc177 cong6 dan6", "the3 can8 cuoc177"]]
        assert found.near[0] == ["lam2", "lam"]
        assert "can cuoc cong dan" in found.near[1]
        assert found.readings == ("làm căn cước công dân", "làm thẻ căn cước")

    def test_what_it_stands_for_asks_for_the_abbreviation_where_both_ways_hold(self):
        assert "cccd" in KNOWN.wanted("căn cước công dân").exact[0]
        assert KNOWN.wanted("giấy chứng nhận quyền sử dụng đất") == wanted("giấy chứng nhận quyền sử dụng đất")

    @pytest.mark.parametrize(
        ("typed", "is_known"), [("so do", True), ("sổ đỏ", True), ("sơ đồ", False), ("số đo", False)]
    )
    def test_a_word_typed_without_marks_may_have_any(self, typed, is_known):
        assert bool(KNOWN.wanted(typed).readings) == is_known

    def test_a_long_text_is_asked_for_what_was_typed_and_for_single_words_alone(self):
        found = KNOWN.wanted("cccd")
        assert (found.in_text, found.near_in_text) == ([["cccd"]], [["cccd"]])

        typed = KNOWN.wanted("thẻ căn cước")
        assert typed.near_in_text == [["the3 can8 cuoc177", "cccd", "the can cuoc"]]
        assert KNOWN.wanted("đỏ").near_in_text == [["do39", "mau2", "do", "mau"]]

    def test_the_longest_phrase_counts(self):
        assert KNOWN.wanted("sổ đỏ").readings == ("giấy chứng nhận quyền sử dụng đất",)
        assert KNOWN.wanted("đỏ").readings == ("màu",)

    @pytest.mark.parametrize("typed", ["", "  ", "khai sinh", "01/2020/QĐ-UBND", "đất đai " * 20])
    def test_other_words_stay_what_they_are(self, typed):
        found = KNOWN.wanted(typed)

        assert found == wanted(typed)
        assert found.near == query_terms(typed)

    def test_a_number_beside_a_phrase_stays_one_term(self):
        assert KNOWN.wanted("cccd 01/2020/QĐ-UBND").exact[1] == ["n1x2020xqdxubnd"]

    def test_there_are_never_more_ways_than_can_be_afforded(self):
        many = Equivalents([("x", [f"từ {number}" for number in range(40)], False)])

        found = many.wanted("x x x")

        assert len(found.readings) == MOST_READINGS
        assert [len(term) for term in found.exact] == [MOST_EQUIVALENTS + 1] * 3
