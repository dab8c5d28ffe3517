"""1. What a text cites, and which documents of the register that may be."""

from hashlib import sha256

from django.db.models import Q

from base.queries import sql
from base.queries.known_rows import known_once
from vietnam import citations, text

from ...models import Citation, LegalDocument
from ...models.document import number_key
from ..texts import as_written, text_of
from .places import find_places
from .terms import (
    LAW_TYPES,
    LOCAL,
    LONGEST_WRITTEN,
    MOST_CANDIDATES,
    MOST_NAMES,
    SAME_WORDS,
    Suggestion,
)

# Texts whose citations are remembered.
MOST_KNOWN = 100


def suggestions(source) -> list[Suggestion]:
    """Return what a page or document cites, in the order of its text, each way of writing once.

    A bounded number of queries, whatever the length of the text. Standards are no documents of the register, and what
    refers to the text itself counts in a document only.
    """
    found: dict[str, Suggestion] = {}
    is_document = isinstance(source, LegalDocument)
    # A document that becomes public may be a law, or be named anew.
    laws = names_of_laws() if is_document else known_once("names of laws", names_of_laws)
    for citation in _citations_in(text_of(source), laws):
        if not _is_of_use(citation, is_document):
            continue
        written = as_written(citation.written)[:LONGEST_WRITTEN]
        if written in found:
            found[written].count += 1
        else:
            found[written] = Suggestion(citation, written)
    result = list(found.values())
    if result:
        _resolve(result, source)
        find_places(result)
        rows = {row.written: row for row in Citation.objects.of(source).select_related("proposed_target", "chosen")}
        for suggestion in result:
            suggestion.row = rows.get(suggestion.written)
    return result


def _citations_in(written: str, laws: tuple[str, ...]) -> tuple[citations.Citation, ...]:
    """Return the citations of a text: submission, approval and publication ask for those of the same one."""
    digest = sha256("\n".join([*laws, written]).encode()).digest()
    if digest not in _known:
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        _known[digest] = tuple(citations.find(written, laws))
    return _known[digest]


# By the digest of the text, which is not kept itself.
_known: dict[bytes, tuple[citations.Citation, ...]] = {}


def names_of_laws() -> tuple[str, ...]:
    """Return the names of the laws in the register, which a text is first read by; one query."""
    rows = sql.read(
        "SELECT DISTINCT d.subject FROM legalref_legaldocument d JOIN legalref_documenttype t "
        f"ON t.id = d.document_type_id WHERE t.name IN {sql.places(LAW_TYPES)} ORDER BY d.subject",
        LAW_TYPES,
    )
    return tuple(subject for (subject,) in rows)


def _is_of_use(citation, is_document: bool) -> bool:
    if citation.kind == citations.STANDARD:
        return False
    if citation.kind == citations.OWN:
        return is_document and bool(citation.type_name)
    return citation.role != citations.MASTHEAD


def _resolve(found: list[Suggestion], source) -> None:
    """Find the public documents each citation may mean: one query for numbers, one for names of laws."""
    numbered = [item for item in found if item.citation.number]
    named = [item for item in found if item.citation.kind == citations.LAW and not item.citation.number]
    for items, documents, fits in (
        (numbered, _with_numbers(numbered), _has_number),
        (named, _with_names(named), _has_name),
    ):
        for item in items:
            _decide(item, [document for document in documents if fits(document, item.citation)])
    for item in found:
        if item.citation.kind == citations.OWN:
            item.candidates, item.is_certain = [source], True


def _with_numbers(items) -> list[LegalDocument]:
    """Public documents with one of the numbers and one of the years; whose they are is told in memory."""
    if not items:
        return []
    keys, years, symbols = set(), set(), set()
    for item in items:
        number = item.citation.number
        keys.add(number_key(number.number))
        symbols.add(str(number))
        years |= {number.year, item.citation.dated.year if item.citation.dated else None}
    found = LegalDocument.objects.public().filter(number_key__in=keys)
    found = found.filter(Q(year__in=years - {None}) | Q(symbol__in=symbols))
    return list(found.for_display()[: MOST_CANDIDATES * len(items)])


def _with_names(items) -> list[LegalDocument]:
    if not items:
        return []
    laws = LegalDocument.objects.public().filter(document_type__name__in={item.citation.type_name for item in items})
    wanted = Q()
    titles = {item.citation.title for item in items}
    # A name shortened to its first letters is in no text, and too many names are no narrowing.
    if len(titles) <= MOST_NAMES and not any(title.isupper() for title in titles):
        for title in titles:
            wanted |= Q(search_text__contains=text.fold(title))
    return list(laws.filter(wanted).for_display()[: MOST_CANDIDATES * len(items)])


def _has_number(document, citation) -> bool:
    number = citation.number
    if document.number_key != number_key(number.number):
        return False
    if not number.issuers:
        return document.year == number.year and document.document_type.name == citation.type_name
    return _bare(document.suffix) == _bare(number.symbol) and (
        document.symbol == str(number) or document.year == (number.year or (citation.dated and citation.dated.year))
    )


def _bare(symbol: str) -> str:
    return text.slug(symbol).replace("-", "")


def _has_name(document, citation) -> bool:
    if document.document_type.name != citation.type_name:
        return False
    subject = text.fold(document.subject)
    title = text.fold(citation.title)
    names = {subject, subject.removeprefix(f"{text.fold(document.document_type.name)} ")}
    return title in names or (
        citation.title.isupper() and text.fold(citations.initials(document.subject)) == text.fold(citation.title)
    )


def _decide(item: Suggestion, documents: list[LegalDocument]) -> None:
    """Narrow the candidates by type, issuer and date, and tell whether the one that is left is certain."""
    citation, is_certain = item.citation, not item.citation.has_conflict
    for same in (
        lambda document: not citation.type_name or document.document_type.name == citation.type_name,
        lambda document: not citation.issuer or same_issuer(citation.issuer, document.main_issuer.name),
        lambda document: not citation.dated or document.issued_on == citation.dated,
    ):
        left = [document for document in documents if same(document)]
        is_certain = is_certain and bool(left)
        documents = left or documents
    if citation.number and citation.issuer and _is_local(citation.issuer):
        # Another authority's number of the same letters is another document.
        documents = [found for found in documents if same_issuer(citation.issuer, found.main_issuer.name)]
    if citation.kind == citations.LAW and citation.year:
        documents = [found for found in documents if found.year == citation.year]
    item.candidates = sorted(documents, key=lambda found: (found.status.rank, -found.pk))
    item.is_certain = is_certain and len(documents) == 1


def same_issuer(one: str, other: str) -> bool:
    """Tell whether two ways of naming a body mean the same: "UBND tỉnh An Giang", "Ủy ban nhân dân tỉnh An Giang"."""
    return _plain_issuer(one) == _plain_issuer(other)


def _plain_issuer(words: str) -> str:
    folded = text.fold(words)
    for longer, shorter in SAME_WORDS:
        folded = folded.replace(longer, shorter)
    return folded.strip()


def _is_local(issuer: str) -> bool:
    return _plain_issuer(issuer).startswith(LOCAL)
