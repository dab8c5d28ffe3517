"""Numbers of what citizens send: one book for all series."""

from datetime import datetime

from django.db import transaction
from django.test import TestCase

from faq import numbering
from faq.numbering import Series
from workflows.deadlines import VIETNAM

NOON = datetime(2026, 6, 1, 12, tzinfo=VIETNAM)
NEXT_YEAR = datetime(2027, 1, 1, 0, 0, tzinfo=VIETNAM)


class Numbers(TestCase):
    def test_count_each_series_and_each_year_by_itself(self):
        taken = [numbering.next_number(series, NOON) for series in (Series.QUESTION, Series.COMMENT, Series.QUESTION)]

        self.assertEqual([number for number, _year in taken], ["HD-2026-000001", "GY-2026-000001", "HD-2026-000002"])
        self.assertEqual(numbering.next_number(Series.QUESTION, NEXT_YEAR), ("HD-2027-000001", 2027))

    def test_that_a_transaction_gave_back_are_given_again(self):
        with self.assertRaises(ZeroDivisionError), transaction.atomic():
            numbering.next_number(Series.REQUEST, NOON)
            raise ZeroDivisionError

        self.assertEqual(numbering.next_number(Series.REQUEST, NOON)[0], "YC-2026-000001")
