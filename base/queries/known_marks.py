"""The marks of parameters are put into SQLite's spelling once for a statement, not each time it is executed.

Django searches the whole text of each statement for them, some thousand characters with every query of a page.

`install` changes Django's cursor, in this module alone; PostgreSQL takes the marks as they are. It can go when
Django keeps what it put into SQL; until then `tests/base/test_known_marks.py` compares it with Django's own answer.
"""

from functools import lru_cache

from django.db.backends.sqlite3.base import SQLiteCursorWrapper

# Most statements that are kept.
MOST = 1000
_convert = SQLiteCursorWrapper.convert_query
_converted = lru_cache(maxsize=MOST)(lambda query: _convert(None, query))


def install() -> None:
    """Let Django's cursor ask here; called once, when the apps are ready."""
    SQLiteCursorWrapper.convert_query = _known_query


def _known_query(cursor, query, *, param_names=None):
    return _converted(query) if param_names is None else _convert(cursor, query, param_names=param_names)
