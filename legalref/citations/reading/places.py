"""The place in a document that a citation names: part, chapter, article."""

from vietnam import citations, text

from ...life import structure
from ...models import Provision
from .terms import Suggestion


def find_places(found: list[Suggestion]) -> None:
    """Find the anchors of the provisions cited, in each candidate that has a text: two queries at most."""
    wanted = [
        (item, document) for item in found if item.citation.units for document in item.candidates if document.part_keys
    ]
    if not wanted:
        return
    documents = {document.pk for _item, document in wanted}
    anchors: dict[int, set[str]] = {}
    rows = Provision.objects.filter(document__in=documents, kind__in=(structure.ARTICLE, structure.CHAPTER))
    for key, anchor in rows.values_list("document_id", "anchor"):
        anchors.setdefault(key, set()).add(anchor)
    inner = _inner_anchors(wanted)
    for item, document in wanted:
        item.places[document.pk] = _place(item.citation, document, anchors.get(document.pk, set()), inner)


def _inner_anchors(wanted) -> dict[tuple[int, str], set[str]]:
    """The anchors of clauses and points, of the articles whose clauses are cited: {(document, article): anchors}."""
    documents, articles = set(), set()
    for item, document in wanted:
        for unit in item.citation.units[:1]:
            if unit.article and (unit.clause or unit.point):
                documents.add(document.pk)
                articles |= {f"{part}-dieu-{_letters(unit.article)}" for part in document.parts}
    if not articles:
        return {}
    return {
        (key, anchor): {line.anchor for line in structure.lines_of(words, anchor) if line.anchor}
        for key, anchor, words in Provision.objects.filter(document__in=documents, anchor__in=articles).values_list(
            "document_id", "anchor", "text"
        )
    }


def _place(citation, document, anchors: set[str], inner) -> tuple[str, bool]:
    """Return the anchor of what is cited, and whether the document lacks it: the most exact place that there is."""
    unit = citation.units[0]
    best, is_missing = "", bool(unit.article or unit.chapter)
    for part in _parts(citation, document):
        if unit.chapter:
            whole = near = f"{part}-chuong-{_letters(unit.chapter)}"
        elif unit.article:
            near = whole = f"{part}-dieu-{_letters(unit.article)}"
            if unit.clause:
                whole += f"-khoan-{_letters(unit.clause)}"
            if unit.point:
                whole += f"-diem-{_letters(unit.point)}"
        else:
            return "", False
        if whole in anchors or whole in inner.get((document.pk, near), ()):
            return whole, False
        if near in anchors and not best:
            best = near
    return best, is_missing


def _parts(citation, document) -> list[str]:
    """The parts of a document in which an article is looked for: the one named; else itself, then what is attached."""
    parts = document.parts
    named = text.slug(citation.part or (citation.type_name if citation.kind == citations.OWN else ""))
    return [part for part in parts if part == named] or parts


def _letters(number: str) -> str:
    return number.lower().replace("đ", "dd")
