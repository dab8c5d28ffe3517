"""Codes of dossiers: both formats are read, what is none is refused with the way to mend it."""

import unittest
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from vietnam.dossier_codes import FROM_LEFT, FROM_RIGHT, WrongCode, is_unit_code, parse


class Codes(unittest.TestCase):
    def test_of_both_formats_are_read_into_unit_day_and_counter(self):
        for typed, unit, day, counter, kind in (
            ("000.00.24.H01-200605-0001", "000.00.24.H01", date(2020, 6, 5), 1, FROM_RIGHT),
            ("H01.24.07-230605-0001", "H01.24.07", date(2023, 6, 5), 1, FROM_LEFT),
            ("H01-230605-0042", "H01", date(2023, 6, 5), 42, FROM_LEFT),
            ("000.00.24.H01-200229-12345", "000.00.24.H01", date(2020, 2, 29), 12345, FROM_RIGHT),
        ):
            with self.subTest(typed):
                found = parse(typed)

                self.assertEqual(
                    (found.text, found.unit_code, found.day, found.counter, found.format),
                    (typed, unit, day, counter, kind),
                )

    def test_are_read_as_people_type_them(self):
        for typed in (
            "h01.24.07-230605-0001",
            " H01.24.07 - 230605 - 0001\n",
            "H01.24.07–230605—0001",
            "H01.24.07 230605 0001",
            "h01.24.07‑230605 -- 0001",
            "Ｈ０１.24.07－230605－0001",
        ):
            with self.subTest(typed):
                self.assertEqual(parse(typed).text, "H01.24.07-230605-0001")

    def test_that_are_none_are_refused_by_the_part_that_is_wrong(self):
        for typed, said in (
            ("", "ba phần"),
            ("H01.24.07", "ba phần"),
            ("H01.24.07-230605-0001-1", "ba phần"),
            ("24.07-230605-0001", "Phần đầu"),
            ("00.00.24.H01-230605-0001", "Phần đầu"),
            ("H٠١-230605-0001", "Phần đầu"),
            ("H01.24.07-230230-0001", "Phần giữa"),
            ("H01.24.07-231305-0001", "Phần giữa"),
            ("H01.24.07-23065-0001", "Phần giữa"),
            ("H01.24.07-230605-001", "Phần cuối"),
            ("H01.24.07-230605-00A1", "Phần cuối"),
            ("H01.24.07-230605-" + "1" * 30, "dài quá 35"),
            ("x" * 5000, "dài quá 35"),
        ):
            with self.subTest(typed[:40]), self.assertRaisesRegex(WrongCode, said):
                parse(typed)

    def test_of_35_characters_are_the_longest(self):
        longest = "H01.24.07-230605-" + "1" * 18

        self.assertEqual(parse(longest).text, longest)
        with self.assertRaises(WrongCode):
            parse(longest + "1")

    def test_name_a_unit_only_where_the_table_does(self):
        table = {"H01.24.07": "Phường Mỹ Long"}

        self.assertEqual(parse("H01.24.07-230605-0001").unit(table), "Phường Mỹ Long")
        self.assertIsNone(parse("H01.24.08-230605-0001").unit(table))
        self.assertIsNone(parse("H01.24-230605-0001").unit(table))

    @given(st.text(max_size=60))
    def test_of_any_text_are_read_again_as_they_were_written_or_refused_in_words(self, typed):
        try:
            found = parse(typed)
        except WrongCode as error:
            self.assertIn("hãy", str(error))
        else:
            self.assertEqual(parse(found.text), found)
            self.assertTrue(is_unit_code(found.unit_code))
