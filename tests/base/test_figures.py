"""Shares, what was in time, satisfaction and years are the same figure in every room."""

import doctest
from dataclasses import dataclass

from django.test import SimpleTestCase
from django.utils.translation import override

from base import figures
from base.figures import Answers, chosen_year, rows_of_year, share, share_on_time
from faq.public.figures import Figures as OfQuestions
from servicecatalog.dossiers.figures import Figures as OfDossiers
from servicecatalog.usage.figures import Figures as OfUses
from workflows.deadlines.performance import Line


@dataclass(frozen=True)
class Said(Answers):
    very: int = 0
    satisfied: int = 0
    not_satisfied: int = 0
    fewest = 3


class Definitions(SimpleTestCase):
    def test_read_as_their_docstrings_say(self):
        found = doctest.testmod(figures)

        self.assertGreaterEqual(found.attempted, 5)
        self.assertFalse(found.failed)

    def test_a_share_of_everything_and_of_none_of_it_are_numbers_and_one_of_nothing_is_not(self):
        self.assertEqual([share(3, 3), share(0, 3), share(0, 0)], [100, 0, None])
        self.assertIsInstance(share(1, 2), int)

    def test_satisfaction_is_told_from_so_many_answers_on(self):
        few, enough = Said(very=1, not_satisfied=1), Said(very=1, satisfied=1, not_satisfied=1)

        self.assertEqual([(one.rated, one.share_satisfied) for one in (few, enough)], [(2, None), (3, 67)])

    def test_a_year_that_is_none_is_as_if_nothing_was_asked_for(self):
        for typed in ("", "2023", "x", "²⁰²⁴", "-2024", "9" * 5000):
            with self.subTest(typed=typed[:10]):
                self.assertEqual(chosen_year(typed, [2026, 2024], 2026), 2026)
        self.assertEqual(chosen_year("02024", [2026, 2024], 2026), 2024)

    def test_months_stand_before_the_whole_year(self):
        with override("vi"):
            rows = rows_of_year(2026, [(1, "a"), (12, "b")], "c")

        self.assertEqual(rows, [("01/2026", "a"), ("12/2026", "b"), ("Cả năm", "c")])


class WhatRoomsTell(SimpleTestCase):
    """Where the rooms' figures differ, they differ by what they count, which stands here."""

    def test_what_lies_overdue_counts_against_questions_and_deadlines_and_not_in_the_form_of_dossiers(self):
        self.assertEqual(OfQuestions(answered=4, on_time=3, overdue=4).share_on_time, 38)
        self.assertEqual(Line("", "", 3, 1, 0, 4, 0, 0).percent, share_on_time(3, 4, 4, digits=1))
        self.assertEqual(OfDossiers(early=1, in_time=2, ended=4, late=1, overdue=4).share_on_time, 75)

    def test_answers_about_a_service_are_told_from_the_fifth_on_and_about_questions_from_the_first(self):
        self.assertEqual(OfQuestions(very=1).share_satisfied, 100)
        self.assertEqual([OfUses(very=count).share_satisfied for count in (4, 5)], [None, 100])
