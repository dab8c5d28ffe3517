"""Query sets that are compiled once: building and compiling a wide one costs more than the database takes for it.

    PAGES = Prepared(lambda: ArticlePage.objects.filter(pk=given("pk"), live=True).select_related("locale"))
    page = PAGES.first(pk=12)

What varies is `given(name)` in the query set and a keyword in the call. Nothing else may vary with the day,
the language or the settings. A list of values is given by its length: `given_list("keys", count)`.
"""

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass
from functools import partial
from weakref import WeakKeyDictionary

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Value
from django.db.models.query import ModelIterable

from . import sql


@dataclass(frozen=True)
class _Place:
    """Is among the parameters of a compiled query in the place of a value that is given later."""

    name: str
    number: int | None = None


def given(name: str) -> Value:
    """Return what a query set has in the place of a value given at each call."""
    return Value(_Place(name))


def given_list(name: str, count: int) -> list[Value]:
    """Return what a query set has in the place of `count` values given at each call as one list."""
    return [Value(_Place(name, number)) for number in range(count)]


def in_steps(keys: Iterable) -> list:
    """Return keys for `given_list`, the last one repeated up to a power of two: few lengths are compiled then."""
    keys = sorted(set(keys))
    if not keys:
        return []
    return keys + keys[-1:] * ((1 << (len(keys) - 1).bit_length()) - len(keys))


class Prepared:
    """A query set of model instances, or of `values_list`, compiled at its first use on each kind of database.

    `make`: returns it, and takes the sizes of the lists that are given, by name.
    """

    def __init__(self, make: Callable):
        self._make = make
        self._compiled: dict[tuple, tuple] = {}
        # Of each connection, which its converters know.
        self._converters: WeakKeyDictionary = WeakKeyDictionary()

    def all(self, **values) -> list:
        """Return all that is found."""
        return list(ModelIterable(_Asked(self._asked(values))))

    def first(self, **values):
        """Return the first that is found, or None."""
        return next(iter(self.all(**values)), None)

    def rows(self, **values) -> list[tuple]:
        """Return all rows that a query set of `values_list` finds."""
        return list(self._asked(values).results_iter(tuple_expected=True))

    def stored(self, **values) -> list:
        """Return what is found as the database gives it, to be kept: `made_of` makes objects of it, each time anew."""
        return self._asked(values).execute_sql()

    def made_of(self, stored: list, **values) -> list:
        """Return the objects of what `stored` gave for lists of the same sizes; no query."""
        asked = self._asked(values)
        asked.execute_sql = lambda **_options: stored
        return list(ModelIterable(_Asked(asked)))

    def _asked(self, values: dict):
        compiler, statement, parameters = self._ready(values)
        asked = copy(compiler)
        # A compiler is bound to the connection of the thread that made it.
        asked.connection = connections[DEFAULT_DB_ALIAS]
        asked.as_sql = lambda: (statement, tuple(_filled(parameters, values)))
        asked.get_converters = partial(self._known_converters, asked)
        return asked

    def _known_converters(self, compiler, expressions) -> dict:
        """What makes the database's values into Python's, by the place of a column; the same at each call."""
        known = self._converters.setdefault(compiler.connection, {})
        # Lists of another length are compiled apart and have the same columns.
        if "found" not in known:
            known["found"] = type(compiler).get_converters(compiler, expressions)
        return known["found"]

    def _ready(self, values: dict) -> tuple:
        sizes = {name: len(value) for name, value in values.items() if isinstance(value, list | tuple)}
        key = (connection.vendor, *sorted(sizes.items()))
        if key not in self._compiled:
            compiler = self._make(**sizes).query.get_compiler(using=DEFAULT_DB_ALIAS)
            self._compiled[key] = (compiler, *compiler.as_sql())
        return self._compiled[key]


class _Asked:
    """What Django's iterable asks of a query set."""

    db = DEFAULT_DB_ALIAS
    _known_related_objects: dict = {}

    def __init__(self, compiler):
        self.query, self._compiler = self, compiler

    def get_compiler(self, using):
        return self._compiler


def _filled(parameters, values: dict):
    for parameter in parameters:
        if isinstance(parameter, _Place):
            value = values[parameter.name]
            yield sql.given(value if parameter.number is None else value[parameter.number])
        else:
            yield parameter
