"""The words by which the search finds a page, as tokens, and the terms that ask for them on each database."""

from django.db import connection
from wagtail.search import index

from vietnam.analysis import tokens

# Longer texts are searched by their beginning.
LONGEST_TEXT = 400_000
# Before every mark; no word of a text begins so.
MARK = "zz"


def words_of(page, site_id: int, language: str) -> tuple[set[str], set[str]]:
    """Return the tokens of a page's title, and those of everything that it says, its files included.

    Among both stand the marks of its site, its language and its group, by which a search stays within them, and of the
    other sites that show it.
    """
    marks = {site_mark(site_id), language_mark(language), group_mark(page.search_group)}
    marks |= {place_mark(key) for key in page.shown_also_on()}
    title = tokens(page.title) | marks
    parts = [text for field in page.get_search_fields() for text in _texts(field, page)]
    return title, title | tokens("\n".join(parts)[:LONGEST_TEXT])


def site_mark(site_id: int) -> str:
    """Return the token of a site."""
    return f"{MARK}s{site_id}"


def place_mark(site_key: int) -> str:
    """Return the token of another site that shows a page (`places.py`)."""
    return f"{MARK}h{site_key}"


def language_mark(language: str) -> str:
    """Return the token of a language."""
    return f"{MARK}l{''.join(filter(str.isalnum, language)).lower()}"


def group_mark(group: str) -> str:
    """Return the token of a group of pages that are looked for together."""
    return f"{MARK}g{group}"


def _texts(field, thing) -> list[str]:
    """The texts of one of the fields that a type of page lets be searched."""
    if isinstance(field, index.RelatedFields):
        rows = getattr(thing, field.field_name)
        rows = rows.all() if hasattr(rows, "all") else [rows] if rows is not None else []
        return [text for row in rows for own in field.fields for text in _texts(own, row)]
    if not isinstance(field, index.SearchField):
        return []
    value = field.get_value(thing)
    return [str(part) for part in value] if isinstance(value, list) else [str(value)] if value else []


def asked(column: str, terms: list[list[str]], newest: int = 0) -> tuple[str, str]:
    """Return the condition on an item `i` that "title_words" or "words" hold every term, and its one parameter.

    A term is a list of alternatives, letters and digits only, several with blanks between that all must be there
    (`vietnam.equivalents.Wanted`). `newest`: how many are wanted of those that became public last, where no other
    condition leaves some out; SQLite reads no more of them.
    """
    if connection.vendor == "postgresql":
        return f"i.{column} @@ %s::tsquery", _all_terms(terms, "'{}'", " & ", " | ")
    wanted = _all_terms(terms, '"{}"', " AND ", " OR ")
    found = "SELECT rowid FROM base_publicwords_fts WHERE base_publicwords_fts MATCH %s"
    if newest:
        found += f" ORDER BY rowid DESC LIMIT {int(newest)}"
    return f"i.id IN ({found})", f"{column} : ({wanted})"


def _all_terms(terms: list[list[str]], word: str, both: str, either: str) -> str:
    """Return terms in a language of queries: how it writes a word ('"{}"'), what joins two that must both be there."""

    def written(alternative: str) -> str:
        tokens = [word.format(token) for token in alternative.split()]
        return tokens[0] if len(tokens) == 1 else f"({both.join(tokens)})"

    return both.join("(" + either.join(map(written, alternatives)) + ")" for alternatives in terms)
