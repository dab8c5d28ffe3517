"""Matches in Wagtail's index: as plain query sets, for counting; in the order of a list, the words as typed first."""

from modelsearch.query import PlainText

from vietnam.analysis import query_terms

# At most this many are counted and shown; a reader who finds more adds a word.
MOST_FOUND = 5000


class ExactText(PlainText):
    """A query for the words as they were typed: a word with marks does not ask for the same word without."""


def matches(objects, query):
    """Return those of a query set that match (`query`: text or a query object), in no order."""
    results = objects.search(query, order_by_relevance=False)
    compiler = results.query_compiler
    return compiler.search(compiler.get_config(results.backend), None, None).order_by()


def may_be_near(query: str) -> bool:
    """Tell whether a query also finds fuzzy matches: some word of it has marks."""
    return any(len(alternatives) > 1 for alternatives in query_terms(query))


class BestFirst:
    """The pages found, to be sliced: the exact matches by rank, then the fuzzy ones by rank.

    `count`: how many there are. Each page gets `is_exact`.
    """

    def __init__(self, pages, query: str, count: int):
        self.pages, self.query, self.count = pages, query, count
        self.exact_keys: list[int] | None = None
        if may_be_near(query):
            self.exact_keys = list(matches(pages, ExactText(query)).values_list("pk", flat=True)[:MOST_FOUND])

    def __getitem__(self, part: slice) -> list:
        if self.exact_keys is None:
            return self._found(self.pages, self.query, part, is_exact=True)
        count = len(self.exact_keys)
        first = slice(min(part.start, count), min(part.stop, count))
        second = slice(max(part.start - count, 0), max(part.stop - count, 0))
        near = self.pages.exclude(pk__in=self.exact_keys) if count else self.pages
        return [
            *self._found(self.pages, ExactText(self.query), first, is_exact=True),
            *self._found(near, self.query, second, is_exact=False),
        ]

    def _found(self, pages, query, part: slice, *, is_exact: bool) -> list:
        if part.start >= part.stop:
            return []
        found = list(pages.search(query)[part])
        for page in found:
            page.is_exact = is_exact
        return found
