"""The columns of a model are put into SQL once, not with each query that reads the model.

Django builds the same list of columns, their SQL and what converts their values anew for each query: with pages of
thirty columns a third of what a query costs before the database is asked.

Held to the plain case: all columns of one model, without annotations, deferred fields, `extra` or `select_related`. The
joins of a model with parents are still made for each query, and the columns are known by the names the joins got.

Django also makes a table of all columns for each query that is ordered, to order by a column's number where its alias
is named; where no column has an alias and only names order, nothing is found there, and it is not made.

`install` changes Django's compiler, in this module alone. It can go when Django keeps compiled queries; until then
`tests/base/test_known_columns.py` compares it with Django's own answer for every model.
"""

from dataclasses import dataclass, field

from django.db.models.sql.compiler import SQLCompiler

_get_select = SQLCompiler.get_select
_get_converters = SQLCompiler.get_converters
_order_by_pairs = SQLCompiler._order_by_pairs


@dataclass
class Columns:
    """The columns of a model under the names of its tables in a query; `select` as `get_select` returns it."""

    select: list
    fields: list
    converters: dict = field(default_factory=dict)
    has_converters: bool = False


_known: dict[tuple, Columns] = {}


def install() -> None:
    """Let Django's compiler ask here first; called once, when the apps are ready."""
    SQLCompiler.get_select = _known_select
    SQLCompiler.get_converters = _known_converters
    SQLCompiler._order_by_pairs = _order_by_names


def _known_select(compiler, with_col_aliases=False):
    compiler.known_columns = None
    if with_col_aliases or not _is_plain(compiler.query):
        return _get_select(compiler, with_col_aliases)
    key = _key_of(compiler)
    columns = _known.get(key)
    if columns is None:
        select, _info, _annotations = _get_select(compiler)
        columns = _known[key] = Columns(select, [column for column, _sql, _alias in select])
    compiler.known_columns = columns
    model = compiler.query.model
    return list(columns.select), {"model": model, "select_fields": list(range(len(columns.select)))}, {}


def _is_plain(query) -> bool:
    return (
        query.default_cols
        and query.selected is None
        and query.model is not None
        and not query.select_related
        and not query.annotation_select
        and not query.extra_select
        and query.deferred_loading == (frozenset(), True)
    )


def _key_of(compiler) -> tuple:
    """Return the model, the database and the names of its tables; joins the tables of its parents as Django does."""
    query, options = compiler.query, compiler.query.get_meta()
    start = query.get_initial_alias()
    if not options.parents:
        return options.model, type(compiler.connection), start
    seen = {None: start}
    # In the order of the columns, which the joins follow.
    parents = dict.fromkeys(
        model for model in (one.model._meta.concrete_model for one in options.concrete_fields) if model != options.model
    )
    aliases = [query.join_parent_model(options, model, start, seen) for model in parents]
    return options.model, type(compiler.connection), start, *aliases


def _known_converters(compiler, expressions):
    columns = getattr(compiler, "known_columns", None)
    if columns is None or expressions != columns.fields:
        return _get_converters(compiler, expressions)
    if not columns.has_converters:
        columns.converters, columns.has_converters = _get_converters(compiler, expressions), True
    return columns.converters


def _order_by_names(compiler):
    if not _orders_by_names(compiler):
        return _order_by_pairs(compiler)
    select, compiler.select = compiler.select, None
    try:
        return list(_order_by_pairs(compiler))
    finally:
        compiler.select = select


def _orders_by_names(compiler) -> bool:
    query = compiler.query
    return (
        query.model is not None
        and not query.combinator
        and not query.extra_order_by
        and all(isinstance(name, str) for name in query.order_by or query.get_meta().ordering)
        and not any(alias for _expression, _sql, alias in compiler.select or ())
    )
