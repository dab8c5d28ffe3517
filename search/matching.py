"""Matches in Wagtail's index as plain query sets, without rank: for counting, and for what is spelt as typed."""

from modelsearch.query import PlainText

from vietnam.analysis import query_terms


class ExactText(PlainText):
    """A query for the words as they were typed: a word with marks does not ask for the same word without."""


def matches(objects, query):
    """Return those of a query set that match (`query`: text or a query object), in no order."""
    results = objects.search(query, order_by_relevance=False)
    compiler = results.query_compiler
    return compiler.search(compiler.get_config(results.backend), None, None).order_by()


def may_be_near(query: str) -> bool:
    """Tell whether a query also finds what is not spelt as typed: some word of it bears marks."""
    return any(len(alternatives) > 1 for alternatives in query_terms(query))
