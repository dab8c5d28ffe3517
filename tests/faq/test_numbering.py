"""Numbers go on in one book for all series: those of questions and comments from where their own books ended."""

from datetime import datetime

from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.test import TestCase, TransactionTestCase

from faq import numbering
from faq.models import RegisterBook
from faq.numbering import Series
from workflows.deadlines import VIETNAM

NOON = datetime(2026, 6, 1, 12, tzinfo=VIETNAM)
NEXT_YEAR = datetime(2027, 1, 1, 0, 0, tzinfo=VIETNAM)
APART = [("faq", "0006_question_about_a_service")]
TOGETHER = [("faq", "0008_books_of_one_series_go")]


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


class BooksThatWereApart(TransactionTestCase):
    """The migration with rows: forwards, and back for whoever must return to the release before."""

    def setUp(self):
        self.addCleanup(self.migrate, TOGETHER)

    def migrate(self, to):
        executor = MigrationExecutor(connection)
        executor.migrate(to)
        return executor.loader.project_state(to).apps

    def test_go_on_without_a_gap_and_without_giving_a_number_twice(self):
        before = self.migrate(APART)
        before.get_model("faq", "QuestionBook").objects.create(year=2026, last_number=41)
        before.get_model("faq", "QuestionBook").objects.create(year=2027, last_number=3)
        before.get_model("faq", "CommentBook").objects.create(year=2026, last_number=7)
        before.get_model("faq", "RegisterBook").objects.create(series="DC", year=2026, last_number=5)

        self.migrate(TOGETHER)

        with transaction.atomic():
            taken = [numbering.next_number(series, NOON)[0] for series in Series]
            later = numbering.next_number(Series.QUESTION, NEXT_YEAR)[0]
        self.assertEqual(taken, ["HD-2026-000042", "GY-2026-000008", "YC-2026-000001", "DC-2026-000006"])
        self.assertEqual(later, "HD-2027-000004")

    def test_take_what_was_given_meanwhile_along_when_they_are_parted_again(self):
        RegisterBook.objects.create(series="HD", year=2026, last_number=50)
        RegisterBook.objects.create(series="GY", year=2026, last_number=9)
        RegisterBook.objects.create(series="YC", year=2026, last_number=2)

        after = self.migrate(APART)

        last = {
            name: after.get_model("faq", name).objects.get().last_number for name in ("QuestionBook", "CommentBook")
        }
        self.assertEqual(last, {"QuestionBook": 50, "CommentBook": 9})

    def test_may_come_together_once_more_with_the_higher_number(self):
        RegisterBook.objects.create(series="HD", year=2026, last_number=50)
        after = self.migrate(APART)
        after.get_model("faq", "QuestionBook").objects.filter(year=2026).update(last_number=52)

        self.migrate(TOGETHER)

        self.assertEqual(RegisterBook.objects.get(series="HD", year=2026).last_number, 52)
