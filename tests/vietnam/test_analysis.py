"""Text and queries as tokens."""

import unicodedata
from unittest import TestCase

from vietnam.analysis import LONGEST_QUERY, MOST_TERMS, clean, excerpt, index_text, query_terms, spans, tokens


class Tokens(TestCase):
    def test_a_word_keeps_its_marks_in_one_token_and_loses_them_in_another(self):
        exact, folded, numbers = index_text("Đất đai").split("\n")
        assert exact == "dat169 dai9"
        assert folded == "dat dai"
        assert numbers == ""

    def test_composed_and_decomposed_text_agree(self):
        for word in ("Mỹ Hòa", "điều chỉnh", "QĐ-UBND"):
            assert index_text(unicodedata.normalize("NFD", word)) == index_text(word)

    def test_old_and_new_placement_of_the_tone_agree(self):
        assert index_text("Mỹ Hoà") == index_text("Mỹ Hòa")

    def test_a_number_and_every_run_inside_it_are_tokens(self):
        numbers = index_text("Quyết định 01/2020/QĐ-UBND").split("\n")[2].split()
        assert {"n1x2020xqdxubnd", "n1x2020", "nqdxubnd"} <= set(numbers)

    def test_numbers_are_asked_for_as_people_type_them(self):
        for typed in ("01/2020/QĐ-UBND", "1/2020/qd-ubnd", "01 /2020/QD-UBND", "01/2020/qđ - ubnd"):
            assert query_terms(typed) == [["n1x2020xqdxubnd"]], typed

    def test_a_word_with_marks_asks_for_both_forms_one_without_for_the_folded(self):
        assert query_terms("đất dai") == [["dat169", "dat"], ["dai"]]

    def test_look_alikes_of_dyet_are_taken_for_it(self):
        assert query_terms("QÐ-UBND") == query_terms("QĐ-UBND")

    def test_odd_input_gives_no_terms_or_harmless_ones(self):
        assert query_terms("") == query_terms("'\"*():&|!<>-") == query_terms("\0\x07") == []
        assert query_terms("a\0b") == [["a"], ["b"]]
        assert len(query_terms("từ " * 500)) == MOST_TERMS
        assert len(clean("x" * 5000)) == LONGEST_QUERY
        for token in (token for term in query_terms("漢字 ελλάδα đ1") for token in term):
            assert token.isalnum()


class Spans(TestCase):
    def test_a_word_with_marks_is_found_so_or_without_any(self):
        self.assertEqual(spans("đất đạt dat", "đất"), [(0, 3), (8, 11)])

    def test_a_word_without_marks_is_found_however_it_is_spelt(self):
        self.assertEqual(spans("đất, đạt; dat", "DAT"), [(0, 3), (5, 8), (10, 13)])

    def test_nothing_typed_is_nowhere(self):
        self.assertEqual(spans("đất", " "), [])


class Excerpt(TestCase):
    TEXT = "Điều 1. Phạm vi\n\n" + "Cơ quan thực hiện. " * 20 + "Hỗ trợ vườn sầu riêng ghép tại xã. " + "Hết. " * 60

    def test_shows_where_the_words_stand_together_whatever_their_marks(self):
        for typed in ("sầu riêng", "sau rieng", "SẦU RIÊNG"):
            piece = excerpt(self.TEXT, typed)
            self.assertIn("vườn sầu riêng ghép", piece)
            self.assertTrue(piece.startswith("… ") and piece.endswith(" …"), piece)
            self.assertLessEqual(len(piece), 244)

    def test_begins_with_the_text_where_the_words_do(self):
        self.assertTrue(excerpt(self.TEXT, "phạm vi").startswith("Điều 1. Phạm vi Cơ quan"))

    def test_part_of_a_word_is_not_the_word(self):
        self.assertEqual(excerpt("Sầuriêng, riêngbiệt", "riêng"), "")

    def test_signs_and_nothing_have_no_excerpt(self):
        for typed in ("", ".*", "(", "không có"):
            self.assertEqual(excerpt("Vườn cây", typed), "")


class TokensOnce(TestCase):
    def test_tokens_are_those_of_the_three_streams(self):
        text = "Đất đai theo Quyết định 01/2020/QĐ-UBND, hoà và hòa"

        self.assertEqual(tokens(text), set(index_text(text).split()))
