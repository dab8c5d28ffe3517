"""The search backend for SQLite (FTS5)."""

from django.db.models import Case, IntegerField, TextField, Value, When
from django.db.models.functions import Cast
from modelsearch.backends.database.sqlite import sqlite as upstream
from modelsearch.backends.database.sqlite.query import (
    BM25,
    SearchQueryExpression,
    SearchQueryField,
    SQLiteFTSIndexEntry,
)
from modelsearch.query import MatchAll, Not, Phrase, PlainText

from .plan import Analysed, Planned

# SQLite: rank at most this many hits, in one pass.
MOST_RANKED = 500
# Weights of the index's columns: autocomplete, body, title.
SEARCH_WEIGHTS = "0.0, 1.0, 8.0"
AUTOCOMPLETE_WEIGHTS = "1.0, 0.0, 0.0"


class Indexer(Analysed, upstream.ObjectIndexer):
    """Writes tokens into the index."""


# The index looks this name up whenever it adds something.
upstream.ObjectIndexer = Indexer


class Match(Value):
    """A finished FTS5 expression."""

    _output_field_or_none = SearchQueryField()

    def as_sql(self, compiler, connection):
        return "%s", [self.value]


class WeightedBM25(BM25):
    """Rank that knows which column matched."""

    def __init__(self, weights: str):
        super().__init__()
        self.weights = weights

    def as_sql(self, compiler, connection, **kwargs):
        return f"bm25({SQLiteFTSIndexEntry._meta.db_table}, {self.weights})", []


class Asking(Planned):
    """Mixin: build the FTS5 expression from terms, and rank in one pass."""

    weights = SEARCH_WEIGHTS

    def build_search_query_content(self, query, config=None):
        if isinstance(query, Phrase):
            words = " ".join(alternatives[0] for alternatives, _prefix in self.plan(query))
            return SearchQueryExpression(Match(f'"{words}"'))
        if isinstance(query, PlainText):
            groups = [
                "(" + " OR ".join(f'"{word}"' + ("*" if prefix else "") for word in alternatives) + ")"
                for alternatives, prefix in self.plan(query)
            ]
            return SearchQueryExpression(Match("(" + f" {query.operator.upper()} ".join(groups) + ")"))
        return super().build_search_query_content(query, config=config)

    def _build_rank_expression(self, vectors, config):
        return WeightedBM25(self.weights)

    def search(self, config, start, stop, score_field=None):
        """Rank in one pass; upstream runs a correlated query for each row."""
        query = upstream.normalize(self.query)
        if stop is None or score_field or not self.order_by_relevance or isinstance(query, MatchAll | Not):
            return super().search(config, start, stop, score_field=score_field)
        match = upstream.MatchExpression(self.FTS_TABLE_FIELDS, self.build_search_query(query, config=config))
        types = upstream.get_descendants_content_types_pks(self.queryset.model)
        # Within what may be found: a ward's pages must not fall behind five hundred better ones of the city.
        allowed = self.queryset.order_by().annotate(_text_key=Cast("pk", TextField())).values("_text_key")
        hits = list(
            SQLiteFTSIndexEntry.objects.filter(match, index_entry__content_type__in=types)
            .filter(index_entry__object_id__in=allowed)
            .annotate(score=self._build_rank_expression([], config))
            .order_by("score")
            .values_list("index_entry__object_id", flat=True)[:MOST_RANKED]
        )
        queryset = self.queryset.filter(pk__in=hits)
        if hits:
            places = [When(pk=pk, then=Value(place)) for place, pk in enumerate(hits)]
            queryset = queryset.order_by(Case(*places, output_field=IntegerField()))
        return queryset[start:stop]


class Search(Asking, upstream.SQLiteSearchQueryCompiler):
    """A search over whole words."""


class Autocomplete(Asking, upstream.SQLiteAutocompleteQueryCompiler):
    """A search whose last word is only begun."""

    weights = AUTOCOMPLETE_WEIGHTS


class SearchBackend(upstream.SQLiteSearchBackend):
    """What WAGTAILSEARCH_BACKENDS names."""

    query_compiler_class = Search
    autocomplete_query_compiler_class = Autocomplete

    def __init__(self, params):
        super().__init__({"SEARCH_CONFIG": "simple", **params})
