"""Document numbers: every pattern of real registers parses and prints back; mistyped ones are mended."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vietnam.document_numbers import (
    ADMINISTRATIVE,
    DOCUMENT_TYPES,
    LEGAL,
    DocumentNumber,
    address_slug,
    infer_family,
    normalise,
    parse,
    type_named,
    types_with,
)

# printed, number, year, letters, issuers, family
PATTERNS = [
    ("01/2020/QĐ-UBND", "01", 2020, "QĐ", ("UBND",), LEGAL),
    ("72/2002/QĐ-TTg", "72", 2002, "QĐ", ("TTg",), LEGAL),
    ("43/2011/NĐ-CP", "43", 2011, "NĐ", ("CP",), LEGAL),
    ("64/1999/NĐ-CP", "64", 1999, "NĐ", ("CP",), LEGAL),
    ("22/2013/TT-BTTTT", "22", 2013, "TT", ("BTTTT",), LEGAL),
    ("01/2020/L-CTN", "01", 2020, "L", ("CTN",), LEGAL),
    ("07/2012/TTLT-BTTTT-BVHTTDL", "07", 2012, "TTLT", ("BTTTT", "BVHTTDL"), LEGAL),
    ("19/2012/TTLT-BTC-BKH&ĐT-BTTTT", "19", 2012, "TTLT", ("BTC", "BKH&ĐT", "BTTTT"), LEGAL),
    ("67/2006/QH11", "67", 2006, "", ("QH11",), LEGAL),
    ("104/2016/QH13", "104", 2016, "", ("QH13",), LEGAL),
    ("28/2026/QH16", "28", 2026, "", ("QH16",), LEGAL),
    ("16/2013/UBTVQH13", "16", 2013, "", ("UBTVQH13",), LEGAL),
    ("1285/NQ-UBTVQH15", "1285", None, "NQ", ("UBTVQH15",), ADMINISTRATIVE),
    ("66.13/2026/NQ-CP", "66.13", 2026, "NQ", ("CP",), LEGAL),
    ("12a/2020/QĐ-UBND", "12a", 2020, "QĐ", ("UBND",), LEGAL),
    ("308/TTr-VHTT", "308", None, "TTr", ("VHTT",), ADMINISTRATIVE),
    ("9441/TB-BNV", "9441", None, "TB", ("BNV",), ADMINISTRATIVE),
    ("03/VBHN-VPQH", "03", None, "VBHN", ("VPQH",), ADMINISTRATIVE),
    ("15/QĐ-UBND.HC", "15", None, "QĐ", ("UBND.HC",), ADMINISTRATIVE),
    ("12729/VPCP-KGVX", "12729", None, "", ("VPCP", "KGVX"), ADMINISTRATIVE),
    ("123/UBND-VHTT", "123", None, "", ("UBND", "VHTT"), ADMINISTRATIVE),
    ("80-NQ/TW", "80", None, "NQ", ("TW",), ADMINISTRATIVE),
    ("39-CT/TW", "39", None, "CT", ("TW",), ADMINISTRATIVE),
    ("8-HĐBT", "8", None, "", ("HĐBT",), ADMINISTRATIVE),
    ("01/1999/QĐ.UB", "01", 1999, "QĐ", ("UB",), LEGAL),
]


class TestParse:
    @pytest.mark.parametrize(("printed", "number", "year", "letters", "issuers", "family"), PATTERNS)
    def test_takes_every_pattern_apart_and_prints_it_back(self, printed, number, year, letters, issuers, family):
        parsed = parse(printed)

        assert (parsed.number, parsed.year, parsed.type_abbr) == (number, year, letters)
        assert (parsed.issuers, parsed.family) == (issuers, family)
        assert str(parsed) == printed
        assert normalise(printed) == printed

    @pytest.mark.parametrize(
        ("written", "title", "dated"),
        [
            (
                "Luật Công nghệ thông tin ngày 29 tháng 6 năm 2006",
                "Công nghệ thông tin",
                date(2006, 6, 29),
            ),
            (
                "Luật Tổ chức chính quyền địa phương được Quốc hội thông qua ngày 19 tháng 6 năm 2015",
                "Tổ chức chính quyền địa phương",
                date(2015, 6, 19),
            ),
        ],
    )
    def test_reads_a_law_known_by_name_and_date_only(self, written, title, dated):
        parsed = parse(written)

        assert (parsed.number, parsed.type_name, parsed.title, parsed.dated) == ("", "Luật", title, dated)
        assert parsed.family == LEGAL
        assert parse(str(parsed)) == parsed

    def test_prints_a_law_known_by_name_and_date_back(self):
        written = "Luật Công nghệ thông tin ngày 29 tháng 6 năm 2006"

        assert str(parse(written)) == written

    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("01 /2020/QĐ-UBND", "01/2020/QĐ-UBND"),
            ("01 / 2020 / QĐ - UBND", "01/2020/QĐ-UBND"),
            ("43/2011/ NĐ-CP", "43/2011/NĐ-CP"),
            ("01/2020/Q\u00d0-UBND", "01/2020/QĐ-UBND"),
            ("01/2020/Q\u0189-UBND", "01/2020/QĐ-UBND"),
            ("01/2020/QĐ\u2013UBND", "01/2020/QĐ-UBND"),
            ("01/2020/QĐ\u2011UBND", "01/2020/QĐ-UBND"),
            ("01\u00a0/2020/QĐ-UBND", "01/2020/QĐ-UBND"),
            ("43/2011/NĐCP", "43/2011/NĐ-CP"),
            ("43/2011/ND-CP", "43/2011/NĐ-CP"),
            ("01/2020/QD-UBND", "01/2020/QĐ-UBND"),
            ("01/1999/QD.UB", "01/1999/QĐ.UB"),
            ("12/2015/NQ-HDND", "12/2015/NQ-HĐND"),
            ("8-HDBT", "8-HĐBT"),
            ("19/2012/TTLT-BTC-BKH&DT-BTTTT", "19/2012/TTLT-BTC-BKH&ĐT-BTTTT"),
            ("66. 13/2026/NQ-CP", "66.13/2026/NQ-CP"),
            ("01/2020/QĐ-\nUBND", "01/2020/QĐ-UBND"),
            ("43/2011/\nNĐ-CP", "43/2011/NĐ-CP"),
            ("Số: 01 /2020/QĐ-UBND", "01/2020/QĐ-UBND"),
            ("Quyết định số 01 /2020/QĐ-UBND", "01/2020/QĐ-UBND"),
            ("Luật số 80/2015/QH13", "80/2015/QH13"),
            ("Nghị quyết số 80-NQ/TW", "80-NQ/TW"),
            ("72/2002/qđ-ttg", "72/2002/QĐ-TTg"),
            ("308/ttr-vhtt", "308/TTr-VHTT"),
            ("(43/2011/NĐ-CP)", "43/2011/NĐ-CP"),
        ],
    )
    def test_mends_what_was_mistyped(self, written, meant):
        assert str(parse(written)) == meant

    @pytest.mark.parametrize("letters", ["123/TTCP-CIV", "123/BTTTT-CVT", "12/BCT-TTTN", "5/TTg-KTN"])
    def test_does_not_split_issuers_that_begin_like_a_type(self, letters):
        assert parse(letters).type_abbr == ""
        assert str(parse(letters)) == letters

    @pytest.mark.parametrize(
        "written",
        [
            "",
            "abc",
            "13/01/2017",
            "ngày 13 tháng 01 năm 2017",
            "01/2020",
            "QĐ-UBND",
            "01/20/QĐ-UBND",
            "TCVN 6909:2001",
            "QCVN 102:2016/BTTTT",
            "Luật Công nghệ thông tin",
            "01/2020/QĐ-UBND và 02/2020/QĐ-UBND",
        ],
    )
    def test_refuses_what_is_no_symbol_and_says_how_to_write_one(self, written):
        with pytest.raises(ValueError, match="Không đọc được số, ký hiệu"):
            parse(written)

    @pytest.mark.parametrize("written", ["…/QĐ-UBND", "/QĐ-UBND", "../2020/QĐ-UBND", "___/2020/QĐ-UBND"])
    def test_refuses_a_blank_number(self, written):
        with pytest.raises(ValueError, match="còn chỗ trống"):
            parse(written)

    def test_refuses_an_impossible_year(self):
        with pytest.raises(ValueError, match="Năm 9999"):
            parse("01/9999/QĐ-UBND")

    def test_the_word_before_the_number_wins_over_ambiguous_letters(self):
        assert parse("123/CT-TTHT").type_abbr == "CT"
        assert parse("Công văn số 123/CT-TTHT").issuers == ("CT", "TTHT")
        assert parse("123/CT-TTHT", "Công văn").type_abbr == ""

    @given(
        st.integers(min_value=1, max_value=99999),
        st.none() | st.integers(min_value=1945, max_value=2100),
        st.sampled_from(sorted({t.abbr for t in DOCUMENT_TYPES} - {"", "CV"})),
        st.lists(
            st.sampled_from(["UBND", "HĐND", "CP", "TTg", "BTTTT", "BKH&ĐT", "QH15", "VHTT"]),
            min_size=1,
            max_size=3,
        ),
    )
    def test_printing_and_parsing_are_inverse(self, number, year, letters, issuers):
        built = DocumentNumber(str(number), year, letters, tuple(issuers))

        assert parse(str(built)) == built


class TestNormalise:
    @given(st.text(max_size=40))
    def test_mending_twice_changes_nothing(self, text):
        assert normalise(normalise(text)) == normalise(text)

    def test_leaves_what_it_does_not_know(self):
        assert normalise("kèm theo Quyết định này") == "kèm theo Quyết định này"


class TestKey:
    @pytest.mark.parametrize(
        "written", ["1/2020/qd-ubnd", "01 /2020/Q\u00d0\u2013UBND", "001/2020/QĐ-UBND", "01/2020/QĐ-UBND"]
    )
    def test_two_ways_of_writing_one_number_are_equal(self, written):
        assert parse(written).key == ("1", 2020, "qdubnd")

    def test_the_year_and_the_letters_tell_documents_apart(self):
        keys = {parse(s).key for s in ("01/2020/QĐ-UBND", "01/2021/QĐ-UBND", "01/QĐ-UBND", "01/2020/QĐ-HĐND")}

        assert len(keys) == 4


class TestTypes:
    def test_letters_shared_by_two_types_give_both(self):
        assert [t.name for t in types_with("TC")] == ["Thông cáo", "Thư công"]
        assert [t.name for t in parse("01/2020/L-CTN").types] == ["Luật", "Lệnh"]

    def test_case_of_letters_counts(self):
        assert types_with("TTr")
        assert not types_with("TTR")

    def test_a_symbol_without_letters_is_an_official_letter_or_an_act_of_the_assembly(self):
        assert [t.name for t in parse("123/UBND-VHTT").types] == ["Công văn"]
        assert parse("67/2006/QH11").types[0].name == "Luật"
        assert parse("16/2013/UBTVQH13").types[0].name == "Pháp lệnh"
        assert parse("8-HĐBT").types[0].name == "Nghị định"

    def test_finds_a_type_by_name_without_marks(self):
        assert type_named("quyet dinh").abbr == "QĐ"
        assert type_named("thơ") is None

    def test_slips_are_not_published(self):
        assert {t.abbr for t in DOCUMENT_TYPES if not t.is_published} == {
            "GM",
            "GGT",
            "GNP",
            "PG",
            "PC",
            "PB",
        }

    def test_the_family_follows_the_year(self):
        assert infer_family("01/2020/QĐ-UBND") == LEGAL
        assert infer_family("308/QĐ-UBND") == ADMINISTRATIVE


class TestAddress:
    def test_names_type_number_year_and_issuer(self):
        made = address_slug("Quyết định", "01", 2020, "UBND thành phố Long Xuyên")

        assert made == "quyet-dinh-01-2020-ubnd-thanh-pho-long-xuyen"

    def test_a_dotted_number_stays_readable(self):
        assert address_slug("Nghị quyết", "66.13", 2026, "Chính phủ") == "nghi-quyet-66-13-2026-chinh-phu"

    def test_the_same_number_of_two_issuers_has_two_addresses(self):
        provinces = ("UBND tỉnh An Giang", "UBND tỉnh Bình Phước")

        assert len({address_slug("Quyết định", "01", 2020, issuer) for issuer in provinces}) == 2
