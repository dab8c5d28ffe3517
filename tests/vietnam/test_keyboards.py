"""Keys of Telex and VNI that were left in a word, decoded."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vietnam.keyboards import LONGEST, decode
from vietnam.text import is_syllable

TELEX = (
    "phuwowngf phường, phuongwf phường, dduwowngf đường, giaays giấy, keets kết, hoon hôn, ddawng đăng, kys ký, "
    "hooj hộ, ngheof nghèo, xaay xây, nhaf nhà, myx mỹ, trowj trợ, caaps cấp, xax xã, nuwowcs nước, quyeefn quyền, "
    "truwowngf trường, uyr ủy, nhaan nhân, nguwowif người, gif gì, nghieepj nghiệp, quoocs quốc, tuoori tuổi, uwr ử"
)
VNI = (
    "su73a sửa, su7a3 sửa, giay61 giấy, d9a8ng đăng, ky1 ký, ke6t1 kết, ho6n hôn, pha2 phà, ho65 hộ, tich5 tịch, "
    "duong972 đường, d9u7o7ng2 đường, via3 vỉa, he2 hè, tang1 táng"
)


def pairs(text: str) -> list[tuple[str, ...]]:
    return [tuple(pair.split()) for pair in text.split(", ")]


class TestDecoding:
    @pytest.mark.parametrize(("typed", "meant"), [*pairs(TELEX), *pairs(VNI)])
    def test_a_word_in_keys_is_the_syllable_that_they_spell(self, typed, meant):
        assert decode(typed) == unicodedata.normalize("NFC", meant)
        assert decode(typed.upper()) == decode(typed)

    @pytest.mark.parametrize(("typed", "meant"), [("phươngf", "phường"), ("giấys", "giấy"), ("đươngf", "đường")])
    def test_marks_that_are_there_already_stay(self, typed, meant):
        assert decode(typed) == meant

    @pytest.mark.parametrize("typed", ["", "a", "giay", "khai", "đường", "hello", "zqxj", "2020", "01", "f", "x" * 40])
    def test_what_spells_no_other_syllable_is_left_alone(self, typed):
        assert decode(typed) == ""

    @given(st.text(max_size=LONGEST + 4))
    def test_whatever_comes_out_is_a_syllable(self, typed):
        found = decode(typed)

        assert found == "" or is_syllable(found)
