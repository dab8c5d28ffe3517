"""The search backend for PostgreSQL."""

from functools import reduce
from operator import add, and_, or_

from django.contrib.postgres.search import SearchQuery, SearchRank
from modelsearch.backends.database.postgres import postgres as upstream
from modelsearch.backends.database.postgres.query import Lexeme
from modelsearch.query import Phrase, PlainText

from .plan import Analysed, Planned

# What is spelt as it was typed comes first, however often the folded word stands elsewhere.
EXACT_WEIGHT = 12.0


class Indexer(Analysed, upstream.ObjectIndexer):
    """Writes tokens into the index."""


# The index looks this name up whenever it adds something.
upstream.ObjectIndexer = Indexer


class Asking(Planned):
    """Mixin: build the tsquery from terms, and rank exact spelling first."""

    def build_tsquery_content(self, query, config=None, invert=False):
        if isinstance(query, PlainText):
            return self._leaf(query, config, invert)
        if isinstance(query, Phrase):
            words = " ".join(alternatives[0] for alternatives, _prefix in self.plan(query))
            return SearchQuery(words, search_type="phrase", config=config)
        return super().build_tsquery_content(query, config=config, invert=invert)

    def _leaf(self, query, config, invert):
        nodes = []
        for alternatives, prefix in self.plan(query):
            parts = [Lexeme(word, prefix=prefix, invert=invert) for word in alternatives]
            nodes.append(reduce(and_ if invert else or_, parts))
        join = or_ if (query.operator == "or") != invert else and_
        return SearchQuery(reduce(join, nodes), search_type="raw", config=config)

    def get_search_vectors(self, search_query):
        """Always the index: named fields would be read from the tables, where the text is no tokens."""
        return self.get_index_vectors(search_query)

    def _build_rank_expression(self, vectors, config):
        rank = super()._build_rank_expression(vectors, config)
        if not isinstance(self.query, PlainText):
            return rank
        exact = reduce(or_, [Lexeme(words[0], prefix=prefix) for words, prefix in self.plan(self.query)])
        exact = SearchQuery(exact, search_type="raw", config=config)
        ranks = [SearchRank(vector, exact, weights=self.sql_weights) * EXACT_WEIGHT for vector, _boost in vectors]
        return rank + reduce(add, ranks)


class Search(Asking, upstream.PostgresSearchQueryCompiler):
    """A search over whole words."""


class Autocomplete(Asking, upstream.PostgresAutocompleteQueryCompiler):
    """A search whose last word is only begun."""


class Index(upstream.PostgresIndex):
    """The index, without upstream's two passes over the whole table at every publication.

    They keep the average length of titles for the rank; a rebuild (`update_index`) still does it.
    """

    def _refresh_title_norms(self, full=False):
        if full:
            super()._refresh_title_norms(full=True)


class SearchBackend(upstream.PostgresSearchBackend):
    """What WAGTAILSEARCH_BACKENDS names."""

    query_compiler_class = Search
    autocomplete_query_compiler_class = Autocomplete
    index_class = Index

    def __init__(self, params):
        super().__init__({"SEARCH_CONFIG": "simple", **params})
