"""Vietnamese text rules: tables of examples and properties."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vietnam.text import (
    TCVN3,
    VIQR,
    VNI,
    convert_legacy,
    detect_legacy,
    fold,
    free_slug,
    has_diacritics,
    host_label,
    nfc,
    normalise_letters,
    slug,
    sort_key,
    unify_tone_placement,
)

# Unicode, TCVN3, VNI and VIQR of the same words; \u00ad is the soft hyphen, TCVN3's letter ư.
LEGACY_EXAMPLES = [
    ("thành phố Long Xuyên", "thµnh phè Long Xuyªn", "thaønh phoá Long Xuyeân", "tha`nh pho^' Long Xuye^n"),
    (
        "Ủy ban nhân dân phường Mỹ Phước",
        "ñy ban nh©n d©n ph\u00adêng Mü Ph\u00adíc",
        "UÛy ban nhaân daân phöôøng Myõ Phöôùc",
        "U?y ban nha^n da^n phu+o+`ng My~ Phu+o+'c",
    ),
    ("Quyết định", "QuyÕt ®Þnh", "Quyeát ñònh", "Quye^'t ddi.nh"),
    (
        "dịch vụ công trực tuyến",
        "dÞch vô c«ng trùc tuyÕn",
        "dòch vuï coâng tröïc tuyeán",
        "di.ch vu. co^ng tru+.c tuye^'n",
    ),
    (
        "người đứng đầu cơ quan",
        "ng\u00adêi ®øng ®Çu c¬ quan",
        "ngöôøi ñöùng ñaàu cô quan",
        "ngu+o+`i ddu+'ng dda^`u co+ quan",
    ),
    ("thủ tục hành chính", "thñ tôc hµnh chÝnh", "thuû tuïc haønh chính", "thu? tu.c ha`nh chi'nh"),
]
LETTERS = "".join(
    nfc(base + tone) for base in "aăâeêioôơuưy" for tone in ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
)


class TestNormalForm:
    def test_composes_letters_and_marks(self):
        assert nfc(unicodedata.normalize("NFD", "Mỹ Hòa Hưng")) == "Mỹ Hòa Hưng"

    @pytest.mark.parametrize("look_alike", ["\u00d0", "\u0189"])
    def test_replaces_capital_look_alikes(self, look_alike):
        assert normalise_letters(f"Q{look_alike}-UBND") == "Q\u0110-UBND"

    @pytest.mark.parametrize("look_alike", ["\u00f0", "\u0256"])
    def test_replaces_small_look_alikes(self, look_alike):
        assert normalise_letters(f"Quyết {look_alike}ịnh") == "Quyết \u0111ịnh"

    def test_leaves_tcvn3_text_alone_because_eth_is_the_letter_e(self):
        tcvn3 = "B\u00d0 th\u00adêng vô"  # Bé thường vụ

        assert normalise_letters(tcvn3) == tcvn3

    @pytest.mark.parametrize(
        ("text", "answer"),
        [("phố", True), ("đi", True), ("Ð", True), ("pho", False), ("façade", False), ("", False)],
    )
    def test_tells_whether_vietnamese_marks_were_typed(self, text, answer):
        assert has_diacritics(text) is answer


class TestFold:
    @pytest.mark.parametrize(
        ("text", "folded"),
        [
            ("Ủy ban nhân dân  phường Đông Xuyên", "uy ban nhan dan phuong dong xuyen"),
            ("QUYẾT ĐỊNH", "quyet dinh"),
            ("Quyết Ðịnh", "quyet dinh"),
            ("Ɖông ðông ɖông", "dong dong dong"),
            ("đăng ký", "dang ky"),
            ("một\u00a0\t hai\n", "mot hai"),
            (unicodedata.normalize("NFD", "Mỹ Thới"), "my thoi"),
            ("01/2020/QĐ-UBND", "01/2020/qd-ubnd"),
        ],
    )
    def test_drops_case_and_marks(self, text, folded):
        assert fold(text) == folded

    @given(st.text())
    def test_folding_twice_changes_nothing(self, text):
        assert fold(fold(text)) == fold(text)

    @given(st.text(alphabet=LETTERS + LETTERS.upper() + "đĐbcghkmnpqrstvx "))
    def test_vietnamese_text_folds_to_ascii_and_composition_does_not_matter(self, text):
        assert fold(text).isascii()
        assert fold(text) == fold(unicodedata.normalize("NFD", text))


class TestSlug:
    @pytest.mark.parametrize(
        ("title", "expected"),
        [
            ("Phường Mỹ Long", "phuong-my-long"),
            ("Ủy ban nhân dân – Văn phòng", "uy-ban-nhan-dan-van-phong"),
            (unicodedata.normalize("NFD", "Đường Nguyễn Trãi"), "duong-nguyen-trai"),
            ("QÐ 01/2020/QĐ-UBND", "qd-01-2020-qd-ubnd"),
            ("  “Trao đổi - Hỏi đáp”! ", "trao-doi-hoi-dap"),
            ("…", ""),
        ],
    )
    def test_makes_an_ascii_address(self, title, expected):
        assert slug(title) == expected

    def test_cuts_between_words(self):
        assert slug("Quy chế tổ chức và hoạt động", max_length=15) == "quy-che-to-chuc"
        assert slug("Quy chế tổ chức và hoạt động", max_length=14) == "quy-che-to"

    def test_cuts_a_single_long_word_hard(self):
        assert slug("a" * 50, max_length=20) == "a" * 20

    @pytest.mark.parametrize(
        "taken, other, expected",
        [
            ((), "", "van-hoa"),
            (("van-hoa-2",), "", "van-hoa"),
            (("van-hoa", "van-hoa-2"), "", "van-hoa-3"),
            (("van-hoa",), "van-hoa-my-long", "van-hoa-my-long"),
            (("van-hoa", "van-hoa-my-long"), "van-hoa-my-long", "van-hoa-my-long-2"),
        ],
    )
    def test_one_that_is_taken_is_not_given_again(self, taken, other, expected):
        assert free_slug("van-hoa", taken, other=other) == expected

    @given(st.text(), st.integers(min_value=1, max_value=60))
    def test_holds_only_letters_digits_and_single_hyphens(self, title, max_length):
        made = slug(title, max_length)

        assert len(made) <= max_length
        assert made == "" or all(part.isalnum() and part.isascii() for part in made.split("-"))

    def test_host_labels_join_the_words(self):
        assert host_label("Mỹ Hòa Hưng") == "myhoahung"


class TestSortKey:
    def test_follows_the_alphabet(self):
        words = ["ân", "đa", "ăn", "da", "an", "ơn", "ôn", "on", "ê", "e", "ưu", "u"]

        assert sorted(words, key=sort_key) == [
            "an",
            "ăn",
            "ân",
            "da",
            "đa",
            "e",
            "ê",
            "on",
            "ôn",
            "ơn",
            "u",
            "ưu",
        ]

    def test_follows_the_order_of_tones(self):
        assert sorted(["má", "mạ", "mã", "mả", "mà", "ma"], key=sort_key) == [
            "ma",
            "mà",
            "mả",
            "mã",
            "má",
            "mạ",
        ]

    def test_letters_weigh_more_than_tones_and_tones_more_than_case(self):
        assert sorted(["Mỹ Xuyên", "Mỹ Thới", "My Xuyên", "mỹ thới"], key=sort_key) == [
            "mỹ thới",
            "Mỹ Thới",
            "My Xuyên",
            "Mỹ Xuyên",
        ]

    def test_spaces_come_before_digits_and_digits_before_letters(self):
        assert sorted(["Mỹa", "Mỹ1", "Mỹ Long", "Mỹ"], key=sort_key) == ["Mỹ", "Mỹ Long", "Mỹ1", "Mỹa"]

    def test_composition_does_not_matter(self):
        assert sort_key(unicodedata.normalize("NFD", "Mỹ Quý"))[:3] == sort_key("Mỹ Quý")[:3]


class TestTonePlacement:
    @pytest.mark.parametrize(
        ("written", "unified"),
        [
            ("hoà", "hòa"),
            ("hòa", "hòa"),
            ("khoẻ", "khỏe"),
            ("thuỷ", "thủy"),
            ("toà", "tòa"),
            ("xoá", "xóa"),
            ("luỹ", "lũy"),
            ("thuý", "thúy"),
            ("Mỹ Hoà", "Mỹ Hòa"),
            ("MỸ HOÀ", "MỸ HÒA"),
            ("Mỹ Qúy", "Mỹ Quý"),
            ("Mỹ Quý", "Mỹ Quý"),
            ("hòan", "hoàn"),
            ("thúê", "thuế"),
            ("gìa", "già"),
            ("qủa", "quả"),
        ],
    )
    def test_one_spelling_for_every_style(self, written, unified):
        assert unify_tone_placement(written) == unified

    @pytest.mark.parametrize(
        "word",
        ["quý", "hoàn", "khuỷu", "ngoài", "gìn", "giá", "mía", "thuở", "người", "quyết", "résumé", "Đắk", ""],
    )
    def test_leaves_other_words_alone(self, word):
        assert unify_tone_placement(word) == word


class TestDetectLegacy:
    @pytest.mark.parametrize(("unicode_text", "tcvn3", "vni", "viqr"), LEGACY_EXAMPLES)
    def test_names_the_scheme(self, unicode_text, tcvn3, vni, viqr):
        assert detect_legacy(unicode_text) is None
        assert detect_legacy(tcvn3) == "tcvn3"
        assert detect_legacy(vni) == "vni"
        assert detect_legacy(viqr) == "viqr"

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "Thông báo",
            "Nguyên quán",
            "cá và không có",
            "élèves français étaient à l'école",
            "Über für São Paulo, niño",
            "© 2020 Samsung® 5 µm, 20°C",
            "What? you? to. go? it's don't",
            "a^2+b^2, C++, http://a.vn/c?d=e.f",
            "co\u00adoperation",
        ],
    )
    def test_leaves_readable_text_alone(self, text):
        assert detect_legacy(text) is None

    def test_unicode_letters_beside_legacy_words_prevent_conversion(self):
        assert detect_legacy("đã thấy: QuyÕt ®Þnh") is None
        assert convert_legacy("đã thấy: QuyÕt ®Þnh", "tcvn3") == "đã thấy: QuyÕt ®Þnh"


class TestConvertLegacy:
    @pytest.mark.parametrize(("unicode_text", "tcvn3", "vni", "viqr"), LEGACY_EXAMPLES)
    def test_reads_the_examples(self, unicode_text, tcvn3, vni, viqr):
        # TCVN3 has no accented capitals, so that "Ủ" was typed as a small letter.
        assert convert_legacy(tcvn3, "tcvn3") == unicode_text.replace("Ủ", "ủ")
        assert convert_legacy(vni, "vni") == unicode_text
        assert convert_legacy(viqr, "viqr") == unicode_text

    @pytest.mark.parametrize(("scheme", "table"), [("tcvn3", TCVN3), ("vni", VNI), ("viqr", VIQR)])
    @given(text=st.text(alphabet=LETTERS + "đ"))
    def test_every_letter_survives_the_round_trip(self, scheme, table, text):
        written = {}
        for code, letter in table.items():
            written.setdefault(letter, code)
        # A space between the letters: a sign after a letter is part of it in VNI and VIQR.
        encoded = " ".join(written.get(letter, letter) for letter in text)

        assert convert_legacy(encoded, scheme) == " ".join(text)

    def test_capitals_of_vni_carry_capital_marks(self):
        assert convert_legacy("UÛY BAN NHAÂN DAÂN TÆNH ÑAÉK", "vni") == "ỦY BAN NHÂN DÂN TỈNH ĐẮK"

    def test_backslash_escapes_a_sign_in_viqr(self):
        assert convert_legacy("ha?\\?", "viqr") == "hả?"

    def test_refuses_an_unknown_scheme(self):
        with pytest.raises(ValueError, match="Không biết bảng mã"):
            convert_legacy("abc", "utf7")
