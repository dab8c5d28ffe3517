"""How a query is asked: its terms, and which of them is only begun."""

from vietnam.analysis import index_text, query_terms

# A query without a word in it finds nothing.
NOTHING = [["zzzzzzzzzzzz"]]


class Planned:
    """Mixin of the query compilers: the terms of a query, each with "is it the beginning of a word"."""

    def plan(self, query) -> list[tuple[list[str], bool]]:
        """Return (alternatives, is a prefix) for each term."""
        terms = query_terms(query.query_string) or NOTHING
        last = len(terms) - 1
        return [(words, self.LAST_TERM_IS_PREFIX and place == last) for place, words in enumerate(terms)]


class Analysed:
    """Mixin of the indexers: write tokens instead of text."""

    def prepare_value(self, value):
        prepared = super().prepare_value(value)
        return prepared if isinstance(value, list | dict) else index_text(prepared)
