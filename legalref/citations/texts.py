"""The words of a page or a document, in which citations are looked for, and of HTML, in which they become links."""

import html
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from django.db import models
from wagtail.fields import RichTextField, StreamField
from wagtail.models import Page

from vietnam.citations import Citation, find

_TAG = re.compile(r"(<[^<>]*>)")
_NAME = re.compile(r"</?\s*([a-zA-Z][a-zA-Z0-9]*)")
_ID = re.compile(r'\sid="([^"]*)"')
_LETTER = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|\w{1,31});|.", re.DOTALL)
# Elements within a line; any other begins a new paragraph.
_INLINE = frozenset("a abbr b cite code em i mark small span strong sub sup u".split())
# Within these nothing becomes a link.
_LEFT_ALONE = frozenset("a button code h1 nav option pre script select style svg textarea".split())
_EMPTY = frozenset("area base br col embed hr img input link meta source track wbr".split())
# What holds a person's words is longer than a key, a choice or an address.
_SHORTEST = 6


def as_written(words: str) -> str:
    """Return a citation as it is compared: on one line, without the stars of emphasis."""
    return " ".join(words.replace("*", "").split())


# --- The text of a thing -----------------------------------------------------------------------------


def text_of(source) -> str:
    """Return the words of a page (all its texts) or of a document (its full text), paragraphs parted by empty lines."""
    if not isinstance(source, Page):
        return source.full_text
    return "\n\n".join(filter(None, _texts(source)))


def _texts(page) -> Iterator[str]:
    yield page.title
    for field in page._meta.concrete_fields:
        if field.model is Page:
            continue
        if isinstance(field, StreamField):
            yield from _leaves(list(getattr(page, field.name).raw_data))
        elif isinstance(field, RichTextField):
            yield plain(getattr(page, field.name) or "")
        elif isinstance(field, models.TextField) and field.editable:
            yield getattr(page, field.name) or ""


def _leaves(stored) -> Iterator[str]:
    """The texts in the stored form of a stream, rich text as plain words."""
    if isinstance(stored, str):
        if len(stored) >= _SHORTEST:
            yield plain(stored) if "<" in stored else html.unescape(stored)
    elif isinstance(stored, Mapping):
        for name, child in stored.items():
            if name not in ("id", "type"):
                yield from _leaves(child)
    elif isinstance(stored, Iterable):
        for child in stored:
            yield from _leaves(child)


def plain(source: str) -> str:
    """Return the words of HTML; a new element that is not within a line begins a new paragraph."""
    return "".join(_words(source))


def _words(source: str) -> Iterator[str]:
    for place, token in enumerate(_TAG.split(source)):
        if place % 2 == 0:
            yield html.unescape(token)
        else:
            name = _name_of(token)
            yield "\n" if name == "br" else "" if name in _INLINE else "\n\n"


def _name_of(tag: str) -> str:
    match = _NAME.match(tag)
    return match[1].lower() if match else ""


# --- Links in HTML -----------------------------------------------------------------------------------


def link(source: str, mark: Callable[[Citation, str], tuple[str, str] | None]) -> str:
    """Return HTML in which each citation is put between what `mark` gives for it, or left as it is for None.

    `mark(citation, anchor)` gets the citation and the last id before it. Nothing inside links, buttons, the page's
    title and navigation is touched; a citation that would cut an element in two is left alone.
    """
    tokens = _TAG.split(source)
    insertions: dict[int, list[tuple[int, int, str]]] = {}
    for run, anchor in _runs(tokens):
        letters = [(token, start, end, html.unescape(tokens[token][start:end])) for token, start, end in run]
        places = [entry for entry in letters for _letter in entry[3]]
        for citation in find("".join(entry[3] for entry in letters)):
            span = _whole_span(tokens, places[citation.start], places[citation.end - 1])
            around = mark(citation, anchor) if span else None
            if around:
                (first, start), (last, end) = span
                insertions.setdefault(first, []).append((start, 1, around[0]))
                insertions.setdefault(last, []).append((end, 0, around[1]))
    for token, added in insertions.items():
        text = tokens[token]
        # From the end, and at one place the end of a link before the beginning of the next.
        for place, _order, words in sorted(added, reverse=True):
            text = text[:place] + words + text[place:]
        tokens[token] = text
    return "".join(tokens)


def _runs(tokens: list[str]) -> Iterator[tuple[list[tuple[int, int, int]], str]]:
    """Yield the letters of each paragraph as (token, start, end), with the last id before it."""
    run: list[tuple[int, int, int]] = []
    left_alone: list[str] = []
    anchor = here = ""
    for place, token in enumerate(tokens):
        if place % 2 == 0:
            if not left_alone and token:
                run += [(place, match.start(), match.end()) for match in _LETTER.finditer(token)]
            continue
        name = _name_of(token)
        if found := _ID.search(token):
            here = found[1]
        is_end = token.startswith("</")
        if name in _LEFT_ALONE and not is_end:
            left_alone.append(name)
        elif left_alone and is_end and name == left_alone[-1]:
            left_alone.pop()
        if name not in _INLINE or name in _LEFT_ALONE:
            if run:
                yield run, anchor
            run, anchor = [], here
    if run:
        yield run, anchor


def _whole_span(tokens: list[str], first, last) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Return where a link begins and ends as (token, place), so that it holds whole elements only; None if it cannot.

    `first` and `last` are the letters (token, start, end, …) of the citation. An element that begins or ends at the
    same place is included.
    """
    start, end = (first[0], first[1]), (last[0], last[2])
    opened: list[str] = []
    for tag in tokens[start[0] + 1 : end[0] : 2]:
        name = _name_of(tag)
        if not tag.startswith("</"):
            opened += [] if name in _EMPTY else [name]
        elif opened:
            if opened.pop() != name:
                return None
        elif start[1] == 0 and start[0] > 1 and _begins(tokens[start[0] - 1], name):
            start = (start[0] - 2, len(tokens[start[0] - 2]))
        else:
            return None
    while opened:
        is_at_end = end[1] == len(tokens[end[0]]) and end[0] + 2 < len(tokens)
        if not is_at_end or tokens[end[0] + 1] != f"</{opened.pop()}>":
            return None
        end = (end[0] + 2, 0)
    return start, end


def _begins(tag: str, name: str) -> bool:
    return not tag.startswith("</") and _name_of(tag) == name
