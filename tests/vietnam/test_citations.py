"""Citations in running text: the Decision's own text, variants by hand, what is none, and texts made to be slow."""

import time
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.speed import slowness
from vietnam.citations import (
    ATTACHED,
    BASIS,
    LAW,
    MASTHEAD,
    NUMBERED,
    OWN,
    POINTS,
    PROPOSAL,
    RECIPIENTS,
    REFERENCE,
    STANDARD,
    find,
    initials,
)

# The text of Quyết định 01/2020/QĐ-UBND of 05/06/2020 with its Regulation, as the register holds it.
DECISION = (Path(__file__).parents[2] / "legalref/data/decision-01-2020.txt").read_text(encoding="utf-8")

CP, LONG_XUYEN = "Chính phủ", "thành phố Long Xuyên"
# What the Decision cites, read by hand: as printed, kind, symbol or title, date, issuer, parts, role.
IN_THE_DECISION = [
    ("Số: 01 /2020/QĐ-UBND", NUMBERED, "01/2020/QĐ-UBND", date(2020, 6, 5), f"UBND {LONG_XUYEN}", [], MASTHEAD),
    (
        "Luật Tổ chức chính quyền địa phương được Quốc hội thông qua ngày 19 tháng 6 năm 2015",
        LAW,
        "Tổ chức chính quyền địa phương",
        date(2015, 6, 19),
        "Quốc hội",
        [],
        BASIS,
    ),
    (
        "Luật Ban hành văn bản quy phạm pháp luật được quốc hội thông qua ngày 22 tháng 6 năm 2015",
        LAW,
        "Ban hành văn bản quy phạm pháp luật",
        date(2015, 6, 22),
        "Quốc hội",
        [],
        BASIS,
    ),
    (
        "Luật Công nghệ thông tin được Quốc hội thông qua ngày 29 tháng 6 năm 2006",
        LAW,
        "Công nghệ thông tin",
        date(2006, 6, 29),
        "Quốc hội",
        [],
        BASIS,
    ),
    (
        "Nghị định số 64/2007/NĐ-CP ngày 10 tháng 4 năm 2007 của Chính phủ",
        NUMBERED,
        "64/2007/NĐ-CP",
        date(2007, 4, 10),
        CP,
        [],
        BASIS,
    ),
    (
        "Nghị định số 43/2011/NĐ-CP ngày 13 tháng 6 năm 2011 của Chính phủ",
        NUMBERED,
        "43/2011/NĐ-CP",
        date(2011, 6, 13),
        CP,
        [],
        BASIS,
    ),
    (
        "Nghị định số 72/2013/NĐ-CP ngày 15 tháng 7 năm 2013 của Chính phủ",
        NUMBERED,
        "72/2013/NĐ-CP",
        date(2013, 7, 15),
        CP,
        [],
        BASIS,
    ),
    (
        "Nghị định số 72/2015/NĐ-CP ngày 07 tháng 9 năm 2015 của Chính phủ",
        NUMBERED,
        "72/2015/NĐ-CP",
        date(2015, 9, 7),
        CP,
        [],
        BASIS,
    ),
    (
        "Quyết định số 03/2017/QĐ-UBND ngày 13/01/2017 của UBND tỉnh An Giang",
        NUMBERED,
        "03/2017/QĐ-UBND",
        date(2017, 1, 13),
        "UBND tỉnh An Giang",
        [],
        BASIS,
    ),
    (
        "Tờ trình số 308/TTr-VHTT ngày 01 tháng 6 năm 2020",
        NUMBERED,
        "308/TTr-VHTT",
        date(2020, 6, 1),
        "Phòng Văn hóa và Thông tin",
        [],
        PROPOSAL,
    ),
    ("Như Điều 3", OWN, "", None, "", ["Điều 3"], RECIPIENTS),
    (
        "Quyết định số 01 /2020/QĐ-UBND\nngày 05 tháng 6 năm 2020 của Ủy ban nhân dân thành phố Long Xuyên",
        NUMBERED,
        "01/2020/QĐ-UBND",
        date(2020, 6, 5),
        f"UBND {LONG_XUYEN}",
        [],
        ATTACHED,
    ),
    (
        "Điều 5 Nghị định số 43/2011/NĐ-CP ngày 13 tháng 6 năm 2011 của Chính phủ",
        NUMBERED,
        "43/2011/NĐ-CP",
        date(2011, 6, 13),
        CP,
        ["Điều 5"],
        REFERENCE,
    ),
    (
        "Điều 21, 22 của Luật Công nghệ thông tin",
        LAW,
        "Công nghệ thông tin",
        date(2006, 6, 29),
        "",
        ["Điều 21", "Điều 22"],
        REFERENCE,
    ),
    (
        "Quyết định số 72/2002/QĐ-TTg ngày 10 tháng 6 năm 2002 của Thủ tướng Chính phủ",
        NUMBERED,
        "72/2002/QĐ-TTg",
        date(2002, 6, 10),
        "Thủ tướng Chính phủ",
        [],
        REFERENCE,
    ),
    ("TCVN 6909: 2001", STANDARD, "TCVN 6909:2001", None, "", [], REFERENCE),
    (
        "Thông tư số 22/2013/TT-BTTTT ngày 23 tháng 12 năm 2013 của Bộ Thông tin và Truyền thông",
        NUMBERED,
        "22/2013/TT-BTTTT",
        date(2013, 12, 23),
        "Bộ Thông tin và Truyền thông",
        [],
        REFERENCE,
    ),
    (
        "Chương II Nghị định số 43/2011/NĐ-CP ngày 13 tháng 6 năm 2011 của Chính phủ",
        NUMBERED,
        "43/2011/NĐ-CP",
        date(2011, 6, 13),
        CP,
        ["Chương II"],
        REFERENCE,
    ),
    ("Điều 9 của Quy chế này", OWN, "", None, "", ["Điều 9"], REFERENCE),
    ("Điều 7 Quy chế này", OWN, "", None, "", ["Điều 7"], REFERENCE),
]
# Written another way: the text, and for each citation its symbol, type and parts.
VARIANTS = [
    ("43/2011/ NĐ-CP", [("43/2011/NĐ-CP", "Nghị định", [])]),
    ("43/2011/N\u00d0-CP", [("43/2011/NĐ-CP", "Nghị định", [])]),
    ("Nghị định 43/2011/NĐ–CP", [("43/2011/NĐ-CP", "Nghị định", [])]),
    ("NĐ 43/2011", [("43/2011/NĐ", "Nghị định", [])]),
    (
        "khoản 1, 2 Điều 3 và điểm đ khoản 1 Điều 10 Quyết định số 01/2020/QĐ-UBND",
        [("01/2020/QĐ-UBND", "Quyết định", ["khoản 1 Điều 3", "khoản 2 Điều 3", "điểm đ khoản 1 Điều 10"])],
    ),
    (
        "các Nghị định số 64/2007/NĐ-CP, 43/2011/NĐ-CP và 72/2013/NĐ-CP",
        [(symbol, "Nghị định", []) for symbol in ("64/2007/NĐ-CP", "43/2011/NĐ-CP", "72/2013/NĐ-CP")],
    ),
    (
        "Thông tư liên tịch số 19/2012/TTLT-BTC-BKH&ĐT-BTTTT",
        [("19/2012/TTLT-BTC-BKH&ĐT-BTTTT", "Thông tư liên tịch", [])],
    ),
    ("Luật số 80/2015/QH13", [("80/2015/QH13", "Luật", [])]),
    ("Công văn số 12729/VPCP-KGVX", [("12729/VPCP-KGVX", "Công văn", [])]),
    ("Nghị quyết số 80-NQ/TW", [("80-NQ/TW", "Nghị quyết", [])]),
]
NOT_CITED = [
    "quyết định đó được gửi đến Sở Thông tin và Truyền thông",
    "đưa tin bằng quyết định của cơ quan chủ quản",
    "do Chủ tịch Ủy ban nhân dân thành phố quyết định thành lập",
    "Quyết định này có hiệu lực kể từ ngày 15/06/2020.",
    "được hưởng theo quy định hiện hành",
    "theo quy định của Nhà nước về Lưu trữ",
    "không quá 02 (hai) ngày làm việc",
    "15 (mười lăm) ngày làm việc",
    "hoạt động liên tục 24 giờ trong tất cả các ngày",
    "Chương II\n\nCUNG CẤP THÔNG TIN",
    "\n\n".join(f"Điều {number}. Phạm vi điều chỉnh" for number in range(1, 24)) + "\n\nĐiều 24.",
    "- Sở TT&TT;\n- TT. Thành ủy;",
    "- Lưu: VT, VHTT.",
    "Luật sư Nguyễn Văn A, Đại học Luật Hà Nội; Ngày Pháp luật Việt Nam",
    "tỷ lệ 12/2020 so với 24/7; 100/50; 1.234/2020/kg; ngày 13/01/2017",
    "khoản 3 Điều này; theo khoản 3 Điều 9 của Hiệp định Paris",
    "Số điện thoại 0296/2020, biển số 67-A1/1234",
]


def short(words: str) -> str:
    """An issuer as a reader takes it, whatever way it is printed."""
    return words.replace("Ủy ban nhân dân", "UBND").replace(
        "ỦY BAN NHÂN DÂN THÀNH PHỐ LONG XUYÊN", f"UBND {LONG_XUYEN}"
    )


def named(citation) -> str:
    return citation.symbol or citation.title


class TestTheDecision:
    found = find(DECISION)

    @pytest.mark.parametrize("row", range(len(IN_THE_DECISION)))
    def test_each_row_is_found_as_read_by_hand(self, row):
        printed, kind, name, dated, issuer, parts, role = IN_THE_DECISION[row]

        citation = self.found[row]

        assert citation.written == printed
        assert (citation.kind, named(citation), citation.dated, citation.role) == (kind, name, dated, role)
        assert short(citation.issuer).casefold() == issuer.casefold()
        assert [str(unit) for unit in citation.units] == parts
        assert not citation.has_conflict

    def test_nothing_else_is_found(self):
        assert [citation.written for citation in self.found] == [row[0] for row in IN_THE_DECISION]

    def test_twelve_numbers_nine_of_them_distinct(self):
        symbols = [citation.symbol for citation in self.found if citation.kind == NUMBERED]

        assert (len(symbols), len(set(symbols))) == (12, 9)
        assert (symbols.count("43/2011/NĐ-CP"), symbols.count("01/2020/QĐ-UBND")) == (3, 2)

    def test_places_lead_back_to_the_text(self):
        for citation in self.found:
            assert DECISION[citation.start : citation.end] == citation.written

    def test_combining_letters_and_other_spaces_are_read_the_same(self):
        for text in (
            unicodedata.normalize("NFD", DECISION),
            DECISION.replace(" ", "\u00a0"),
            DECISION.replace("-", "–"),
        ):
            found = find(text)

            assert [(c.kind, named(c), c.dated, len(c.units)) for c in found] == [
                (c.kind, named(c), c.dated, len(c.units)) for c in self.found
            ]
            assert all(text[c.start : c.end] == c.written for c in found)


class TestVariants:
    @pytest.mark.parametrize(("text", "expected"), VARIANTS)
    def test_each_way_of_writing_is_read(self, text, expected):
        found = find(text)

        assert [(c.symbol, c.type_name, [str(u) for u in c.units]) for c in found] == expected
        assert found[-1].end == len(text)

    @pytest.mark.parametrize(("text", "expected"), VARIANTS)
    def test_each_is_read_within_a_sentence_and_across_lines(self, text, expected):
        broken = f"Thực hiện {text}, ủy ban nhân dân".replace(" số ", "\nsố ").replace("/NĐ", "/\nNĐ")

        assert [c.symbol for c in find(broken)] == [symbol for symbol, _type, _parts in expected]

    @pytest.mark.parametrize("text", NOT_CITED)
    def test_what_is_no_citation_is_not_found(self, text):
        assert find(text) == []


class TestParts:
    @pytest.mark.parametrize(
        ("places", "parts"),
        [
            ("Điều 5, 6 và 7", ["Điều 5", "Điều 6", "Điều 7"]),
            ("các Điều 5, 6 và 7", ["Điều 5", "Điều 6", "Điều 7"]),
            ("Điều 5 đến Điều 8", ["Điều 5", "Điều 6", "Điều 7", "Điều 8"]),
            (
                "điểm a, b và đ khoản 2 Điều 4",
                ["điểm a khoản 2 Điều 4", "điểm b khoản 2 Điều 4", "điểm đ khoản 2 Điều 4"],
            ),
            ("điểm c đến điểm e khoản 2 Điều 4", ["điểm c khoản 2 Điều 4", "điểm e khoản 2 Điều 4"]),
            ("điểm c đến e khoản 2 Điều 4", [f"điểm {letter} khoản 2 Điều 4" for letter in "cdđe"]),
            ("khoản 1 và điểm a khoản 2 Điều 3", ["khoản 1 Điều 3", "điểm a khoản 2 Điều 3"]),
            ("Điều 10 khoản 1 điểm d", ["điểm d khoản 1 Điều 10"]),
            ("Điều 10.1.đ", ["điểm đ khoản 1 Điều 10"]),
            ("Điều 12a", ["Điều 12a"]),
            ("Mục 2 Chương IV", ["Mục 2 Chương IV"]),
            ("Phụ lục II", ["Phụ lục II"]),
        ],
    )
    def test_lists_ranges_and_both_orders(self, places, parts):
        (citation,) = find(f"theo {places} Nghị định số 43/2011/NĐ-CP")

        assert [str(unit) for unit in citation.units] == parts
        assert citation.written.startswith(places.removeprefix("các "))

    def test_points_follow_the_vietnamese_order_without_f_j_w_z(self):
        assert POINTS.startswith("abcdđeghiklmnopq")
        assert not set("fjwz") & set(POINTS)

    def test_articles_of_an_attached_instrument_name_it(self):
        (citation,) = find(
            "theo điểm c khoản 1 Điều 10 Quy chế quản lý, vận hành Trang thông tin điện tử ban hành kèm theo "
            "Quyết định số 01/2020/QĐ-UBND ngày 05/6/2020 của Ủy ban nhân dân thành phố Long Xuyên."
        )

        assert (citation.part, citation.provision) == ("Quy chế", "điểm c khoản 1 Điều 10")
        assert citation.written.startswith("điểm c") and citation.written.endswith("Long Xuyên")

    @pytest.mark.parametrize("own", ["Quy chế này", "Quyết định này", "Nghị định này", "Luật này"])
    def test_articles_of_the_text_itself(self, own):
        (citation,) = find(f"quy định tại khoản 2 Điều 7 của {own}")

        assert (citation.kind, f"{citation.type_name} này", citation.provision) == (OWN, own, "khoản 2 Điều 7")


class TestLaws:
    @pytest.mark.parametrize(
        ("text", "title", "year"),
        [
            ("Luật Công nghệ thông tin ngày 29 tháng 6 năm 2006", "Công nghệ thông tin", 2006),
            ("Luật Công nghệ thông tin năm 2006", "Công nghệ thông tin", 2006),
            ("Luật Đất đai 2024", "Đất đai", 2024),
            ("Bộ luật Dân sự năm 2015", "Dân sự", 2015),
            ("Hiến pháp năm 2013", "", 2013),
            ("Luật CNTT", "CNTT", None),
            ("Luật Tiếp cận thông tin quy định quyền của công dân", "Tiếp cận thông tin", None),
            ("Luật Giao thông đường bộ và các văn bản hướng dẫn", "Giao thông đường bộ", None),
            ("Luật Phòng, chống tham nhũng", "Phòng, chống tham nhũng", None),
            ("Luật Chuyển đổi số", "Chuyển đổi số", None),
            ("Luật Chuyển đổi số năm 2025", "Chuyển đổi số", 2025),
            ("Luật Khám bệnh, chữa bệnh và các văn bản hướng dẫn", "Khám bệnh, chữa bệnh", None),
            ("Luật Thi đua khen thưởng", "Thi đua, khen thưởng", None),
            ("Luật Đầu tư theo phương thức đối tác công tư", "Đầu tư theo phương thức đối tác công tư", None),
            ("Bộ luật Tố tụng hình sự ra quyết định tạm giữ", "Tố tụng hình sự", None),
            (
                "Luật Người lao động Việt Nam đi làm việc ở nước ngoài theo hợp đồng là",
                "Người lao động Việt Nam đi làm việc ở nước ngoài theo hợp đồng",
                None,
            ),
            ("Luật Hải quan\nkiểm tra", "Hải quan", None),
            ("Luật Nuôi trồng rong biển quy định", "Nuôi trồng rong biển", None),
        ],
    )
    def test_a_law_by_its_name(self, text, title, year):
        (citation,) = find(f"Theo {text}.")

        assert (citation.kind, citation.title, citation.year) == (LAW, title, year)

    def test_a_law_by_name_and_number_is_one_citation(self):
        (citation,) = find("Luật Phòng, chống tham nhũng số 36/2018/QH14 ngày 20/11/2018;")

        assert (citation.symbol, citation.title) == ("36/2018/QH14", "Phòng, chống tham nhũng")

    @pytest.mark.parametrize(
        ("text", "symbols", "titles"),
        [
            # The decree behind the law is not part of the law's name.
            (
                "căn cứ Điều 5 Luật Công nghệ thông tin và Điều 7 Nghị định số 42/2022/NĐ-CP,",
                ["", "42/2022/NĐ-CP"],
                ["Công nghệ thông tin", ""],
            ),
            (
                "Luật Quản lý dữ liệu vùng và Điều 3 Nghị định số 42/2022/NĐ-CP,",
                ["", "42/2022/NĐ-CP"],
                ["Quản lý dữ liệu vùng", ""],
            ),
            (
                "Căn cứ Luật Ban hành văn bản quy phạm pháp luật số 64/2025/QH15 được sửa đổi bởi Luật số "
                "87/2025/QH15;",
                ["64/2025/QH15", "87/2025/QH15"],
                ["Ban hành văn bản quy phạm pháp luật", ""],
            ),
            ("Luật Hải quan 54/2014/QH13;", ["54/2014/QH13"], ["Hải quan"]),
            ("Luật Chuyển đổi số số 148/2025/QH15;", ["148/2025/QH15"], ["Chuyển đổi số"]),
            ("Luật Đầu tư, Luật Đất đai và Luật Luật sư;", ["", "", ""], ["Đầu tư", "Đất đai", "Luật sư"]),
            ("Thông tư liên tịch số 69/2007/TTLT/BQP-BLĐTBXH-BTC,", ["69/2007/TTLT-BQP-BLĐTBXH-BTC"], [""]),
            ("Thông tư liên tịch số 05/2013/TTLT-BTP/BNG/BCA,", ["05/2013/TTLT-BTP-BNG-BCA"], [""]),
            (
                "Luật sửa đổi, bổ sung một số điều của Luật Quản lý thuế và Nghị định số 83/2013/NĐ-CP ngày 22/7/2013,",
                ["", "83/2013/NĐ-CP"],
                ["sửa đổi, bổ sung một số điều của Luật Quản lý thuế", ""],
            ),
            ("theo pháp luật số 5 của nước đó,", [], []),
        ],
    )
    def test_a_name_ends_where_the_next_document_begins(self, text, symbols, titles):
        found = find(text)

        assert [citation.symbol for citation in found] == symbols
        assert [citation.title for citation in found] == titles

    def test_names_of_the_register_are_known_first(self):
        text = "Luật Tổ chức đô thị số thông minh về quản lý, khai thác, vận hành quy định"

        (as_grammar,) = find(text)
        (as_known,) = find(text, ("Tổ chức đô thị số thông minh về quản lý, khai thác, vận hành",))

        assert as_grammar.title == "Tổ chức đô thị số thông minh"
        assert as_known.title == "Tổ chức đô thị số thông minh về quản lý, khai thác, vận hành"

    def test_a_law_that_amends_others_is_one_citation(self):
        text = "Luật sửa đổi, bổ sung một số điều của Luật Tổ chức Chính phủ ngày 22 tháng 11 năm 2019"

        assert [citation.written for citation in find(text)] == [text]

    def test_a_short_name_takes_date_and_number_of_the_earlier_mention(self):
        text = "Luật Công nghệ thông tin số 67/2006/QH11 ngày 29/6/2006 quy định. Theo Điều 5 Luật CNTT, cơ quan"

        assert [citation.symbol for citation in find(text)] == ["67/2006/QH11", "67/2006/QH11"]

    def test_initials_are_those_people_write(self):
        assert initials("Công nghệ thông tin") == "CNTT"
        assert initials("Đất đai") == "ĐĐ"


class TestDoubt:
    def test_the_word_wins_over_the_letters_and_somebody_should_look(self):
        (citation,) = find("Quyết định số 43/2011/NĐ-CP")

        assert (citation.type_name, citation.has_conflict) == ("Quyết định", True)

    def test_a_day_that_does_not_exist_is_left_out(self):
        (citation,) = find("Thông báo số 12/TB-UBND ngày 31/02/2024")

        assert (citation.written, citation.dated) == ("Thông báo số 12/TB-UBND", None)

    def test_an_issuer_ends_where_its_name_ends(self):
        for written, issuer in (
            ("của Bộ Lao động - Thương binh và Xã hội quy định", "Bộ Lao động - Thương binh và Xã hội"),
            ("của UBND phường Mỹ Long về chuyển đổi số", "UBND phường Mỹ Long"),
            ("của Sở Thông tin và Truyền thông, nay", "Sở Thông tin và Truyền thông"),
            ("của Thủ tướng Chính phủ", "Thủ tướng Chính phủ"),
        ):
            (citation,) = find(f"Kế hoạch số 12/KH-UBND ngày 1/2/2024 {written}")

            assert citation.issuer == issuer


SLOW = [
    "Điều 1, ",
    "Luật A ",
    "ngày ",
    " ",
    "1",
    "1/",
    "\n",
    "số ",
    "43/2011/NĐ-CP, ",
    "Quy chế ban hành kèm theo ",
    "Luật Công nghệ thông tin được Quốc hội ",
    "Nghị định số 43/2011/NĐ-CP của Bộ Thông tin ",
    "điểm a khoản 1 Điều 2 ",
    "e\u0323\u0302",
    "A-",
    "43-NQ/",
    "Luật số ",
    "điểm a, b, c, ",
    "Luật sửa đổi, bổ sung Luật ",
]
PIECES = st.sampled_from(
    [
        *SLOW,
        "Quyết định",
        "ngày 05 tháng 6 năm 2020",
        "của",
        "Ủy ban nhân dân",
        "tỉnh An Giang",
        "khoản 2",
        "\n\n",
        "TCVN",
        "6909: 2001",
        "này",
        "Căn cứ",
        "và",
        ";",
        "(",
        "\u00a0",
        "\u200b",
        "Ð",
        "Số:",
    ]
)


class TestAnyText:
    @settings(deadline=None, max_examples=120)
    @given(st.lists(PIECES | st.text(max_size=5), max_size=40).map("".join))
    @example("\u0301Điều 1 Luật số 80/2015/QH13\u0301")
    def test_offsets_are_valid_and_in_order(self, text):
        end = 0
        for citation in find(text):
            assert end <= citation.start < citation.end <= len(text)
            assert text[citation.start : citation.end] == citation.written
            end = citation.end

    @pytest.mark.parametrize("piece", SLOW)
    def test_a_hundred_thousand_letters_are_read_within_a_second(self, piece):
        text = piece * (100_000 // len(piece))
        best = float("inf")
        for _attempt in range(3):
            start = time.process_time()
            find(text)
            best = min(best, time.process_time() - start)
            if best < 1:
                break

        assert best < slowness()
