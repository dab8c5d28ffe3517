"""A statement for SQLite is spelled as Django spells it."""

from django.db.backends.sqlite3.base import SQLiteCursorWrapper
from django.test import SimpleTestCase

from base.queries import known_marks


class KnownMarks(SimpleTestCase):
    def test_are_those_that_django_writes_twice(self):
        convert = SQLiteCursorWrapper.convert_query
        self.assertIs(convert, known_marks._known_query)
        for query in ("SELECT 1", "SELECT %s, %s", "SELECT '%%' WHERE a LIKE %s", "SELECT '%%s', %s", ""):
            for _time in ("as they are found", "as they are known"):
                self.assertEqual(convert(None, query), known_marks._convert(None, query))

    def test_with_names_are_djangos(self):
        self.assertEqual(
            SQLiteCursorWrapper.convert_query(None, "SELECT %(a)s, %(b)s", param_names=["a", "b"]), "SELECT :a, :b"
        )
